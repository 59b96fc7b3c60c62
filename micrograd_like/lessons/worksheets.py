"""Hand calculations as sections of equations, and as worksheets that ``check`` reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from micrograd_like.derivation.equations import Equation, equation, forward, local, total
from micrograd_like.engine import Value, grad
from micrograd_like.formula import Call, Derivative, Name, Number, Quantity
from micrograd_like.graph import NamedGraph
from micrograd_like.notation import plain

#: Significant digits of a result in a worksheet.
_DIGITS = 6


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


def worksheet(title: str, given: Mapping[str, float], sections: Iterable[Section]) -> str:
    """The calculation as a worksheet: what is given, then ``left = formula = result`` by section.

    What is given is written in full, results to six significant digits.
    """
    lines = [f"# {title}", "", *(f"{name} = {_exact(value)}" for name, value in given.items())]
    for section in sections:
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
    graph = NamedGraph(cost)
    nodes = {name: node for node, name in graph.names.items()}
    inner = [name for name in reversed(graph.formulas) if name != graph.output]
    weights = [Name(name) for name in parameters]
    wanted = [*inner, *weights]
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
    if rate is not None:
        given["alpha"] = values[Name("alpha")] = rate
        lines = (update(n, "alpha", Derivative(graph.output, n), values) for n in weights)
        sections.append(Section("Update", tuple(lines)))
    return worksheet(title, given, (section for section in sections if section.equations))


def _figure(value: float) -> str:
    """A result; one that only rounding makes whole keeps its zeros: whole numbers are exact."""
    rounded = float(f"{value:.{_DIGITS}g}")
    if rounded.is_integer() and rounded != value:
        return f"{value:#.{_DIGITS}g}"
    return _exact(rounded)


def _exact(value: float) -> str:
    return plain(Number(int(value) if value.is_integer() and abs(value) < 1e6 else value))
