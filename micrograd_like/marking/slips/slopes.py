"""A formula differentiated as a hand does it, with one part of it done wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from micrograd_like.formula import Call, Expr, Number, Quantity, added, multiplied
from micrograd_like.ops import OPS

#: ∂quantity/∂x as a formula; None for what does not depend on x.
Slope = Expr | None
Slopes = Callable[[Expr], Slope]


@dataclass(frozen=True, slots=True)
class Slip:
    """A derivative with a slip in it.

    Attributes:
        whole: All of it.
        wrote, meant: The piece that is wrong, and the one that belongs there.
    """

    whole: Expr
    wrote: Expr
    meant: Expr


#: The wrong derivatives of one operation, given those of its arguments.
Rule = Callable[[Call, Sequence[Slope]], Iterator[Slip]]


def slope(expr: Expr, leaf: Slopes) -> Slope:
    """The derivative of a formula, by those of its names; None where it depends on none."""
    if not isinstance(expr, Call):
        return None if isinstance(expr, Number) else leaf(expr)
    return combined(expr, [slope(argument, leaf) for argument in expr.arguments])


def directly(variable: Quantity) -> Slopes:
    """The slopes by a variable of names that do not depend on it."""
    return lambda leaf: Number(1) if leaf == variable else None


def combined(call: Call, slopes: Sequence[Slope]) -> Slope:
    """The chain rule over one operation: Σ ∂call/∂argument · argument′."""
    row = OPS.get(call.function)
    if row is None:
        return None
    found = [
        times(row.partial(place, call.arguments, call), own)
        for place, own in enumerate(slopes)
        if own is not None
    ]
    return added(found) if found else None


def times(factor: Expr, own: Expr) -> Expr:
    """The product factor · own, as one writes it."""
    if own == Number(1):
        return factor
    return own if factor == Number(1) else multiplied((factor, own))


def changed(call: Call, slopes: Sequence[Slope], place: int, wrong: Expr) -> Slip:
    """The derivative of a call with another one for one of its arguments."""
    whole = combined(call, [*slopes[:place], wrong, *slopes[place + 1 :]])
    assert whole is not None
    return Slip(whole, wrong, slopes[place] or Number(0))


def slipped(expr: Expr, leaf: Slopes, rule: Rule) -> Iterator[Slip]:
    """Every derivative of the formula in which one operation is differentiated by the rule."""
    if not isinstance(expr, Call) or expr.function not in OPS:
        return
    slopes = [slope(argument, leaf) for argument in expr.arguments]
    yield from rule(expr, slopes)
    for place, argument in enumerate(expr.arguments):
        for slip in slipped(argument, leaf, rule):
            yield Slip(changed(expr, slopes, place, slip.whole).whole, slip.wrote, slip.meant)
