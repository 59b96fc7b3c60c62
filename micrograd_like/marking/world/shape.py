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
    found: dict[Call, _Around | None] = {}
    for call, around in _calls(expr):
        found[call] = None if call in found else around
    for call, at in found.items():
        for new, heart in change(call):
            whole = replaced(expr, call, new) if at is None else _put(new, at)
            yield whole, call, heart


#: The call that another one is an argument of, which, and the same of it; () around the whole.
_Around = tuple[()] | tuple[Call, int, "_Around"]


def _calls(expr: Expr) -> list[tuple[Call, _Around]]:
    """Every call in a formula, innermost first, with what is around it."""
    found: list[tuple[Call, _Around]] = []
    stack: list[tuple[Expr, _Around]] = [(expr, ())]
    while stack:
        node, around = stack.pop()
        if isinstance(node, Call):
            found.append((node, around))
            stack += [(argument, (node, i, around)) for i, argument in enumerate(node.arguments)]
    return found[::-1]


def _put(new: Expr, around: _Around) -> Expr:
    """The formula with this in the innermost place, and what this costs counted."""
    while around:
        call, place, around = around
        spend(len(call.arguments))
        new = Call(call.function, (*call.arguments[:place], new, *call.arguments[place + 1 :]))
    return new
