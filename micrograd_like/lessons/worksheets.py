"""Hand calculations as sections of equations, and as worksheets that ``check`` reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from micrograd_like.derivation.equations import Equation, equation, forward, local, total
from micrograd_like.engine import Value, grad
from micrograd_like.formula import Call, Derivative, Name, Number, Quantity
from micrograd_like.graph import NamedGraph
from micrograd_like.notation import plain

#: Significant digits of a result in a worksheet.
_DIGITS = 6
_LEAST = 1e-290
#: A number, a vector, or the rows of a matrix.
Entries = float | list[float] | list[list[float]]


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a calculation.

    Attributes:
        extra_places: Decimals beyond the usual ones that it takes to see anything change.
    """

    title: str
    equations: tuple[Equation, ...]
    extra_places: int = 0


def update(
    name: str,
    rate: str,
    derivative: Derivative,
    values: Mapping[Quantity, float],
) -> Equation:
    """The line name' = name − rate·derivative, with the numbers of all three."""
    step = Call("mul", (Name(rate), derivative))
    return equation(Name(f"{name}'"), Call("sub", (Name(name), step)), values)


def worksheet(title: str, given: Mapping[str, float], sections: Sequence[Section]) -> str:
    """The calculation as a worksheet: what is given, then ``left = formula = result`` by section.

    What is given is written in full, results to six significant digits. "" where a number
    leaves the range in which floats have so many digits: no hand works with it.
    """
    written = [*given.values(), *(line.value for part in sections for line in part.equations)]
    if not all(map(_by_hand, written)):
        return ""
    lines = [f"# {title}", "", *(f"{name} = {_exact(value)}" for name, value in given.items())]
    for section in (one for one in sections if one.equations):
        lines += ["", f"# {section.title}"]
        for line in section.equations:
            steps = (plain(line.left), plain(line.formula), _figure(line.value))
            lines.append(" = ".join(dict.fromkeys(steps)))
    return "\n".join(lines) + "\n"


def backpropagation(
    title: str, cost: Value, parameters: Sequence[str], rate: float | None = None
) -> str:
    """The whole calculation of a cost's derivatives as a worksheet.

    Args:
        title: What it is, in a sentence.
        cost: A labelled graph; every name in it is given, or computed in the forward pass.
        parameters: The names whose derivatives are wanted.
        rate: With it, each of them is updated: w' = w − alpha·∂E/∂w.
    """
    given, sections, values = _calculated(cost, parameters)
    if rate is not None:
        given["alpha"] = values[Name("alpha")] = rate
        of = Name(cost.label)
        lines = (update(n, "alpha", Derivative(of, Name(n)), values) for n in parameters)
        sections.append(Section("Update", tuple(lines)))
    return worksheet(title, given, sections)


def side_by_side(title: str, outputs: Sequence[tuple[Value, str]]) -> str:
    """Several outputs that share no cost, each with the name it is derived by, as a worksheet."""
    given: dict[str, float] = {}
    lines: dict[str, list[Equation]] = {}
    for output, wrt in outputs:
        own, sections, _ = _calculated(output, [wrt])
        given |= own
        for section in sections:
            lines.setdefault(section.title, []).extend(section.equations)
    return worksheet(title, given, [Section(t, tuple(each)) for t, each in lines.items()])


def _calculated(
    cost: Value, parameters: Sequence[str]
) -> tuple[dict[str, float], list[Section], dict[Quantity, float]]:
    """What is given, the sections of the calculation, and the number of everything in it."""
    graph = NamedGraph(cost)
    nodes = {name: node for node, name in graph.names.items()}
    inner = [name for name in reversed(graph.formulas) if name != graph.output]
    wanted = [*inner, *map(Name, parameters)]
    slopes = grad(cost, [nodes[name] for name in wanted])
    symbols: dict[Quantity, float] = {
        Derivative(*link): partial for link, partial in graph.partials.items()
    }
    symbols |= {Derivative(graph.output, n): s for n, s in zip(wanted, slopes, strict=True)}
    values = {**graph.values, **symbols}
    pairs = [(of, wrt) for of, wrt in graph.locals if wrt in wanted]
    totals = [name for name in wanted if graph.users[name] != [graph.output]]
    sections = [
        Section("Forward pass", tuple(forward(graph))),
        Section("Each node with respect to its inputs", tuple(local(graph, *p) for p in pairs)),
        Section("The chain rule", tuple(total(graph, n, values, inner) for n in totals)),
    ]
    given = {str(q): value for q, value in graph.values.items() if q not in graph.formulas}
    return given, sections, values


def in_matrices(
    title: str, given: Mapping[str, Entries], lines: Iterable[tuple[str, Entries]]
) -> str:
    """A calculation in vectors and matrices as a worksheet: what is given, then every line.

    Empty as for :func:`worksheet`.
    """
    lines = list(lines)
    if not all(map(_by_hand, _numbers([*given.values(), *(entries for _, entries in lines)]))):
        return ""
    head = [f"# {title}", "", *(f"{name} = {_array(e, _exact)}" for name, e in given.items()), ""]
    return "\n".join([*head, *(f"{line} = {_array(e, _figure)}" for line, e in lines)]) + "\n"


def _numbers(entries: Sequence[Entries]) -> Iterator[float]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _numbers(entry)
        else:
            yield entry


def _by_hand(value: float) -> bool:
    return value == 0 or _LEAST < abs(value) < 1 / _LEAST


def _array(entries: Entries, shown: Callable[[float], str]) -> str:
    if isinstance(entries, list):
        return f"[{', '.join(_array(entry, shown) for entry in entries)}]"
    return shown(entries)


def _figure(value: float) -> str:
    """A result; one that only rounding makes whole keeps its zeros: whole numbers are exact."""
    rounded = float(f"{value:.{_DIGITS}g}")
    if rounded.is_integer() and rounded != value:
        return f"{value:#.{_DIGITS}g}"
    return _exact(rounded)


def _exact(value: float) -> str:
    return plain(Number(int(value) if value.is_integer() and abs(value) < 1e6 else value))
