"""A graph walked through: forward value by value, then backward edge by edge, as records.

Backward starts from ∂E/∂E = 1. Every node, the output first, passes its gradient on: to each
name it is computed from it adds *upstream · local*, and a gradient is complete when all the
users of its name have added their part. Where a name has no number, what rests on it is worked
out in symbols.

>>> x = Value(3.0, "x")
>>> y = x**2; y.label = "y"
>>> given, forward, seed, backward = walk(y)
>>> given.values, forward.line.value
((('x', 3.0),), 9.0)
>>> seed.output, backward.name, backward.upstream, backward.local.value, backward.total
('y', 'x', 1.0, 6.0, 6.0)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain
from typing import ClassVar

from micrograd_like.derivation.equations import Equation, equation, forward, local
from micrograd_like.engine import Value, check_fresh, topological_order
from micrograd_like.errors import WorksheetError, did_you_mean
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    multiplied,
    nodes,
    simplify,
)
from micrograd_like.graph import NamedGraph, quantity_of
from micrograd_like.notation import name_text, normal_name, quantity

#: What a value or a gradient comes to: a number, or a formula where there is none.
Result = float | Expr
#: A formula of more pieces than this is not written out again in those that rest on it.
_LONGEST = 40
#: Names told of to who typed none of them.
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Given:
    """The numbers to start from, by name; None for a name without one."""

    kind: ClassVar = "given"
    values: tuple[tuple[Quantity, float | None], ...]


@dataclass(frozen=True, slots=True)
class Forward:
    """A value is computed: the name's line, ``name = formula = numbers = value``."""

    kind: ClassVar = "forward"
    name: Quantity
    line: Equation

    @property
    def predicted(self) -> tuple[Quantity, float | None]:
        """What a learner can compute before it is shown, and its number if it has one."""
        return self.line.left, self.line.value if self.line.closed else None


@dataclass(frozen=True, slots=True)
class Seed:
    """Backward starts: ∂E/∂E = 1."""

    kind: ClassVar = "seed"
    output: Quantity

    @property
    def predicted(self) -> tuple[Quantity, float | None]:
        """What a learner can compute before it is shown, and its number."""
        return Derivative(self.output, self.output), 1.0


@dataclass(frozen=True, slots=True)
class Backward:
    """What one user of a name adds to the name's gradient: upstream · local.

    Attributes:
        user: Whose own gradient, ``upstream``, is complete.
        local: ∂user/∂name, with its rule.
        held: The user's other inputs that depend on ``name`` themselves; the local derivative holds
            them fixed, and their own parts come by other steps.
        product: ``upstream`` · ``local``.
        before: The name's gradient without this part.
        total: The name's gradient with it.
        part: Which of the parts it is, from 1.
        parts: How many parts the gradient has.
    """

    kind: ClassVar = "backward"
    output: Quantity
    name: Quantity
    user: Quantity
    upstream: Result
    local: Equation
    held: tuple[Quantity, ...]
    product: Equation
    before: Result
    total: Result
    part: int
    parts: int

    @property
    def complete(self) -> bool:
        """Whether nothing more will be added to the gradient."""
        return self.part == self.parts

    @property
    def predicted(self) -> tuple[Quantity, float | None]:
        """What a learner can compute before it is shown, and its number if it has one."""
        return self.product.left, self.product.value if self.product.closed else None


#: One step of a walk through a graph.
Step = Given | Forward | Seed | Backward


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a name after some steps; None is what is not known yet.

    Attributes:
        part, parts: How many parts its gradient has so far, and how many there are.
    """

    value: float | None = None
    gradient: Result | None = None
    part: int = 0
    parts: int = 0


def walk(output: Value, wrt: Value | None = None, beside: Iterable[Value] = ()) -> list[Step]:
    """Every step from the given numbers to all gradients of ``output``.

    The graph is read between its named nodes (see :class:`NamedGraph`). The last total of
    every gradient is the engine's own, whatever the order in which the parts are rounded.

    Args:
        output: What is differentiated.
        wrt: With it, only what lies between it and the output; all else is given.
        beside: Nodes whose values are worked out too, though ``output`` does not depend on
            them: what follows from its gradients, an update and a second forward pass, comes
            after these.

    Raises:
        TypeError: ``output`` or ``wrt`` is no Value.
        ValueError: Names clash.
        WorksheetError: ``output`` does not depend on ``wrt``.
        DomainError: A derivative does not exist.
    """
    for node in (output,) if wrt is None else (output, wrt):
        if not isinstance(node, Value):
            raise TypeError(f"walk: expected a Value, got {type(node).__name__}")
    check_fresh(output, "walk")
    names = {output: quantity_of(output, "f")}
    if wrt is not None and wrt is not output:
        names[wrt] = quantity_of(wrt, "x")
        if wrt not in set(topological_order(output)):
            raise WorksheetError(
                f"{name_text(names[output])} does not depend on {name_text(names[wrt])}: "
                "their derivative is 0, and there is no step between them"
            )
    graph = NamedGraph([*(node for node in beside if node is not output), output], names)
    computed: Set[Quantity] = graph.values.keys() if wrt is None else graph.dependents(names[wrt])
    start = None if wrt is None else names[wrt]
    named = [node for node in topological_order(output) if node in graph.names]
    below = [graph.names[node] for node in named]
    gradients: dict[Quantity, float] = {}
    if graph.output in graph.known:
        gradients = dict(zip(below, graph.on_paper.gradients(output, named), strict=True))
    between = computed & {*below}
    slopes = {q for q in graph.values if isinstance(q, Derivative)}.difference(below)
    later = set[Quantity]().union(*map(graph.dependents, slopes)).difference(below)
    first = computed - later
    return [
        _given(graph, computed, start),
        *_forward(graph, first, start),
        *_backward(graph, between, gradients),
        *_forward(graph, (computed & later) - slopes, start),
    ]


def known_after(steps: Sequence[Step], index: int) -> dict[Quantity, Known]:
    """Every name of the walk with what is known of it after step ``index``."""
    known: dict[Quantity, Known] = {}
    for step in steps:
        known |= {name: Known() for name, _ in values_of(step)}
    for step in steps[: index + 1]:
        known |= {name: Known(value) for name, value in values_of(step)}
        match step:
            case Seed(name):
                known[name] = Known(known[name].value, 1.0, 1, 1)
            case Backward(name=name):
                known[name] = Known(known[name].value, step.total, step.part, step.parts)
    return known


def values_of(step: Step) -> tuple[tuple[Quantity, float | None], ...]:
    """The values that are known from this step on, by name; None for one in symbols."""
    match step:
        case Given(values):
            return values
        case Forward(name):
            return ((name, step.predicted[1]),)
    return ()


def output_of(steps: Iterable[Step]) -> Quantity:
    """The name of what is differentiated."""
    return next(step.output for step in steps if isinstance(step, Seed))


def name_of(step: Step) -> Quantity:
    """The quantity whose value or gradient the step is about; an empty name for what is given."""
    match step:
        case Given():
            return Name("")
        case Seed(output):
            return output
    return step.name


def find(steps: Sequence[Step], written: str, at: int) -> int:
    """The next step about a name, around the end.

    Args:
        steps: The walk.
        written: The name, as people may write it; ∂E/∂name asks for its gradient.
        at: After which step.

    Returns:
        The step's index.

    Raises:
        WorksheetError: There is no such name; near ones are proposed.
    """
    asked = quantity(written.strip())
    backward = isinstance(asked, Derivative)
    name = str(asked.wrt if isinstance(asked, Derivative) else asked)
    names = {value: name_text(value) for step in steps for value, _ in values_of(step)}
    wanted = normal_name(name)
    matching = {n for n, shown in names.items() if wanted == n or name in (n, shown)}
    for index in chain(range(at + 1, len(steps)), range(at + 1)):
        step = steps[index]
        if name_of(step) in matching and not (backward and isinstance(step, Forward)):
            return index
    if matching:
        return 0  # a number that was given and has no gradient
    near = did_you_mean(name, names.values())
    if not near:
        more = ", …" if len(names) > _MOST_NAMES else ""
        near = f"; there are {', '.join([*names.values()][:_MOST_NAMES])}{more}"
    raise WorksheetError(f"there is no {name_text(name)!r} here{near}")


def _given(graph: NamedGraph, between: Set[Quantity], start: Quantity | None) -> Given:
    """The numbers to start from; a derivative of the output is none of them."""
    computed = {name for name in graph.formulas if name in between} - {start}
    needed = {name for of, name in graph.locals if of in between} | between
    own = {q for q in graph.values if isinstance(q, Derivative) and q.of == graph.output}
    known = [name for name in graph.values if name in needed - computed - own]
    return Given(tuple((name, graph.known.get(name)) for name in known))


def _forward(graph: NamedGraph, names: Set[Quantity], start: Quantity | None) -> Iterator[Step]:
    for line in forward(graph):
        if line.left in names and line.left != start:
            yield Forward(line.left, line)


def _backward(
    graph: NamedGraph, between: Set[Quantity], gradients: Mapping[Quantity, float]
) -> Iterator[Step]:
    output = graph.output
    yield Seed(output)
    parts = {n: sum(user in between for user in graph.users[n]) for n in graph.values}
    totals: dict[Quantity, Result] = dict.fromkeys(graph.values, 0.0)
    totals[output] = 1.0
    added = dict.fromkeys(graph.values, 0)
    for user in reversed(graph.values):
        upstream = gradients.get(user, totals[user])
        for name in graph.inputs[user] if user in between else ():
            if name not in between:
                continue
            line = local(graph, user, name)
            held = tuple(graph.held(user, name))
            product = _product(Derivative(output, user), upstream, line, bool(held))
            before, added[name] = totals[name], added[name] + 1
            complete = added[name] == parts[name]
            totals[name] = _sum(before, product)
            if complete and name in gradients:
                totals[name] = gradients[name]
            yield Backward(
                output,
                name,
                user,
                upstream,
                line,
                held,
                product,
                before=before,
                total=totals[name],
                part=added[name],
                parts=parts[name],
            )


def _product(above: Derivative, upstream: Result, line: Equation, held: bool) -> Equation:
    """∂output/∂user · ∂user/∂name, the user's part of ∂output/∂name.

    Where the symbol ∂user/∂name would say more than this one way, its formula, or its number,
    stands in its place.
    """
    assert isinstance(line.left, Derivative)
    link = Number(line.value) if line.closed else line.numbers
    factors = _short(expr_of(upstream), above), _short(link, line.left)
    product = equation(
        Derivative(above.of, line.left.wrt),
        Call("mul", (above, link if held else line.left)),
        dict(zip((above, line.left), factors, strict=True)),
        rule="chain rule",
        # As in the engine: what has no effect passes nothing on, even at a singular point.
        value=_times(upstream, line),
    )
    if product.closed:
        return product
    telling = [factor for factor in factors if factor != Number(1)]
    return replace(product, numbers=simplify(multiplied(telling)))


def _times(upstream: Result, line: Equation) -> float:
    """Their product, where both are numbers."""
    if not isinstance(upstream, float) or not line.closed:
        return math.nan
    return upstream * line.value if upstream else 0.0


def _sum(before: Result, product: Equation) -> Result:
    """What a gradient comes to with one part more."""
    if product.closed and isinstance(before, float):
        return before + product.value
    part = Number(product.value) if product.closed else product.numbers
    return part if before == 0.0 else simplify(Call("add", (expr_of(before), part)))


def _short(expr: Expr, symbol: Expr) -> Expr:
    """The formula, or the symbol for it where it is long."""
    return expr if len(nodes(expr, Call)) <= _LONGEST else symbol


def expr_of(result: Result) -> Expr:
    """A result as an expression."""
    return Number(result) if isinstance(result, float) else result
