"""The steps of a hand calculation, as records: what stands on each line, and its number."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from micrograd_like.formula import (
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    added,
    evaluate,
    multiplied,
    quantities,
    rewrite,
)
from micrograd_like.graph import NamedGraph
from micrograd_like.ops import FLOAT


@dataclass(frozen=True, slots=True)
class Equation:
    """left = formula = numbers = value: one line of a hand calculation.

    Attributes:
        numbers: The formula with the numbers of its quantities put in, or their formulas.
        rule: The rule that gives a derivative its formula, or "".
        closed: False where a quantity in it has no number: then ``numbers`` is the result, and
            ``value`` says nothing.
    """

    left: Quantity
    formula: Expr
    numbers: Expr
    value: float
    rule: str = ""
    closed: bool = field(default=True, repr=False)


def equation(
    left: Quantity,
    formula: Expr,
    values: Mapping[Quantity, float | Expr],
    rule: str = "",
    value: float | None = None,
) -> Equation:
    """The line left = formula = numbers = value.

    Args:
        left: What the line is about.
        formula: Its formula.
        values: What is put in for the quantities of the formula: their numbers, or formulas.
        rule: The rule that gives a derivative its formula.
        value: The engine's own number; without it, it is computed from those put in.
    """

    def put_in(node: Expr) -> Expr | None:
        if not isinstance(node, Name | Derivative) or node not in values:
            return None
        known = values[node]
        return Number(known) if isinstance(known, float | int) else known

    numbers = rewrite(formula, put_in)
    if quantities(numbers):
        stand_in = math.nan if value is None else value
        return Equation(left, formula, numbers, stand_in, rule, closed=False)
    if value is None:
        value = float(evaluate(numbers, {}, FLOAT))
    return Equation(left, formula, numbers, value, rule)


def forward(graph: NamedGraph) -> list[Equation]:
    """The forward pass: every computed name, inputs before their users."""
    return [
        equation(name, formula, graph.known, value=graph.values[name])
        for name, formula in graph.formulas.items()
    ]


def local(graph: NamedGraph, of: Quantity, wrt: Quantity) -> Equation:
    """∂of/∂wrt between neighbours."""
    pair = of, wrt
    return equation(
        Derivative(of, wrt),
        graph.locals[pair],
        graph.known,
        rule=graph.rules[pair],
        value=graph.partials[pair],
    )


def total(
    graph: NamedGraph,
    wrt: Quantity,
    partials: Mapping[Quantity, float],
    known: Collection[Quantity] = (),
) -> Equation:
    """∂output/∂wrt by the chain rule: the sum over paths of the product of their links.

    Args:
        graph: The graph between its named nodes.
        wrt: With respect to what.
        partials: The numbers of the links. Where the total itself is among them, as the
            engine computed it, that is the value.
        known: Names at which a path ends, with ∂output/∂name, whose number must be among
            ``partials``; otherwise it goes on to the output.
    """
    paths = [_links(graph.output, path) for path in graph.paths(graph.output, wrt, {*known})]
    formula = added(map(multiplied, paths))
    rule = "chain rule" if len(paths) == 1 else f"chain rule, sum over {len(paths)} paths"
    left = Derivative(graph.output, wrt)
    return equation(left, formula, partials, rule=rule, value=partials.get(left))


def _links(output: Quantity, path: tuple[Quantity, ...]) -> list[Expr]:
    """The factors along a path; one that begins further down, with what leads to there."""
    first = [] if path[0] == output else [Derivative(output, path[0])]
    return [*first, *(Derivative(user, name) for user, name in pairwise(path))]
