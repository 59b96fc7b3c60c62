"""Formulas that are one slip away from the derivative that they should be.

A sign that is turned, a sum for a difference, another variable of the same shape, a factor that is
left out: where one of these makes a step what it claims to be, it was meant as that, though no
cost is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from micrograd_like.formula import Call, Expr, Name, Number, names, rewrite
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.terms import names_of
from micrograd_like.worksheet.python.trial import ratio

_TURNED = {"add": "sub", "sub": "add"}
#: Variables that may have been taken for others.
_MOST_BESIDE = 12


def is_one_edit_away(finder: Finder, at: int, formulas: Sequence[Expr], true: np.ndarray) -> bool:
    """True where one slip turns the derivatives of a step into its formulas.

    Args:
        finder: The program.
        at: The step.
        formulas: What it gives its elements.
        true: What they should be, a row for each point, up to a positive factor.
    """
    return any(_is(finder, edited, true) for edited in _edited(finder, at, formulas))


def _is(finder: Finder, formulas: Sequence[Expr], true: np.ndarray) -> bool:
    table = np.array([[point.value(f) for f in formulas] for point in finder.points])
    factor = ratio(table, true)
    return factor is not None and factor > 0


def _edited(finder: Finder, at: int, formulas: Sequence[Expr]) -> Iterator[list[Expr]]:
    yield from map(list, zip(*map(with_other_signs, formulas), strict=False))
    used = {n for f in formulas for n in names(f)}
    variables = [names_of(v) or [] for v in finder.snapshots[at].values()]
    for old in (v for v in variables if used & {*v}):
        beside = [v for v in variables if len(v) == len(old) and v != old]
        for new in beside[:_MOST_BESIDE]:
            yield [_with_others(f, dict(zip(old, new, strict=True))) for f in formulas]
    for left_out in [v for v in variables if len(v) == len(formulas)][-_MOST_BESIDE:]:
        yield [Call("mul", pair) for pair in zip(formulas, left_out, strict=True)]


def _with_others(formula: Expr, put: dict[Name, Name]) -> Expr:
    return rewrite(formula, lambda node: put.get(node) if isinstance(node, Name) else None)


def with_other_signs(formula: Expr) -> Iterator[Expr]:
    """The formula, turned round as a whole or at one of its sums and differences."""
    yield Call("neg", (formula,))
    for place in range(sum(call.function in _TURNED for call in _calls(formula))):
        yield _with_other_sign(formula, place)


def parts_of_product(formula: Expr) -> Iterator[Expr]:
    """What is left of a product where one of its factors is left out."""
    match formula:
        case Call("mul", (a, b)):
            yield from (a, b)


def one_slip_off(formula: Expr) -> Iterator[Expr]:
    """The formula with another sign, without a factor, with a square more or less."""
    yield from with_other_signs(formula)
    for call in dict.fromkeys(_calls(formula)):
        others: list[Expr] = []
        match call:
            case Call("mul"):
                others = [*parts_of_product(call)]
            case Call("pow", (a, _)):
                others = [a]
            case Call("sub", (a, b)):
                others = [Call("sub", (a, Call("pow", (b, Number(2)))))]
            case Call("select", (a, b, then, other)):
                others = [Call("select", (b, a, then, other))]
        for other in others:
            yield _with_part(formula, call, other)
    yield Call("mul", (formula, Call("sub", (Number(1), formula))))


def _with_part(formula: Expr, part: Expr, other: Expr) -> Expr:
    return rewrite(formula, lambda node: other if node == part else None)


def _calls(formula: Expr) -> Iterator[Call]:
    """All calls in a formula, each as often as it stands there."""
    if isinstance(formula, Call):
        yield formula
        for argument in formula.arguments:
            yield from _calls(argument)


def _with_other_sign(formula: Expr, place: int) -> Expr:
    """The formula, a + b for the a − b that stands at a place among its sums, or turned round."""
    left = [place]

    def turned(node: Expr) -> Expr:
        if not isinstance(node, Call):
            return node
        function = node.function
        if function in _TURNED:
            function = _TURNED[function] if left[0] == 0 else function
            left[0] -= 1
        return Call(function, tuple(turned(argument) for argument in node.arguments))

    return turned(formula)
