"""Formulas taken apart and put together again, with what this costs counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from micrograd_like.formula import Call, Expr, nodes
from micrograd_like.formula import replaced as with_new
from micrograd_like.marking.world.effort import spend
from micrograd_like.ops import OPS


def other_function(a: Expr, b: Expr) -> bool:
    """True for two functions of as many arguments, as tanh(…) and σ(…), that are not the same."""
    if not (isinstance(a, Call) and isinstance(b, Call)) or a.function == b.function:
        return False
    rows = OPS.get(a.function), OPS.get(b.function)
    arithmetic = any(row is None or row.arithmetic for row in rows)
    return not arithmetic and len(a.arguments) == len(b.arguments)


def replaced(expr: Expr, old: Expr, new: Expr, place: int | None = None) -> Expr:
    """The formula with ``new`` for ``old``, and what this costs counted."""
    spend(2 * expr.size)
    return with_new(expr, old, new, place)


def has_condition(expr: Expr) -> bool:
    """True for a formula such as 1 if a > 0 else 0."""
    return any(call.function == "where" for call in nodes(expr, Call))


def times(expr: Expr, leaf: Expr) -> int:
    """How many times a name or derivative stands in the formula."""
    return nodes(expr, type(leaf)).count(leaf)


def one_call_changed(
    expr: Expr, change: Callable[[Call], Iterator[tuple[Expr, Call | None]]]
) -> Iterator[tuple[Expr, Call, Call | None]]:
    """The formula with one call in it changed, for each call and each change of it.

    ``change`` gives what may stand in a call's place, and the call that this is at heart.
    """
    for call in dict.fromkeys(nodes(expr, Call)):
        for new, heart in change(call):
            yield replaced(expr, call, new), call, heart
