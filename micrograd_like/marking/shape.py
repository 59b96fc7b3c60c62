"""Formulas taken apart and put together again: terms, factors, one operand for another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from micrograd_like.formula import Call, Derivative, Expr, Name, Number, added, fold, multiplied
from micrograd_like.marking.truth import spend
from micrograd_like.notation import derivative_name
from micrograd_like.ops import OPS
from micrograd_like.worksheet.builder import exact_number

#: An operand with its mark: + or − for a term, * or / for a factor.
Marked = tuple[str, Expr]

_SUM = {"add": "++", "sub": "+-", "neg": "-"}
_PRODUCT = {"mul": "**", "div": "*/"}
_TURNED = {"+": "-", "-": "+", "*": "/", "/": "*"}


def terms(expr: Expr) -> list[Marked]:
    """The terms of a sum, with their signs; one where it is no sum."""
    return list(_split(expr, _SUM, "+"))


def factors(expr: Expr) -> list[Marked]:
    """The factors of a product or quotient, ``/`` before those below; one where it is neither."""
    return list(_split(expr, _PRODUCT, "*"))


def operands(expr: Expr) -> list[Marked] | None:
    """The terms, factors or arguments of a formula; None for a number, name or derivative."""
    if not isinstance(expr, Call) or exact_number(expr) is not None:
        return None
    if expr.function in _SUM:
        return terms(expr)
    if expr.function in _PRODUCT:
        return factors(expr)
    return [(f"{expr.function} {place}", part) for place, part in enumerate(expr.arguments)]


def other_function(a: Expr, b: Expr) -> bool:
    """True for two functions of as many arguments, as tanh(…) and σ(…), that are not the same."""
    if not (isinstance(a, Call) and isinstance(b, Call)) or a.function == b.function:
        return False
    rows = OPS.get(a.function), OPS.get(b.function)
    arithmetic = any(row is None or row.arithmetic for row in rows)
    return not arithmetic and len(a.arguments) == len(b.arguments)


def _split(expr: Expr, marks: Mapping[str, str], mark: str) -> Iterator[Marked]:
    """The operands, in order; a stack, for a sum may be long."""
    stack = [(mark, expr)]
    while stack:
        mark, part = stack.pop()
        if isinstance(part, Call) and part.function in marks and exact_number(part) is None:
            pairs = zip(marks[part.function], part.arguments, strict=True)
            inner = [(mark if own in "+*" else _TURNED[mark], p) for own, p in pairs]
            stack += reversed(inner)
        else:
            yield mark, part


def summed(marked: Sequence[Marked]) -> Expr:
    """The sum of terms with their signs; 0 for none."""
    if not marked:
        return Number(0)
    return added(term if sign == "+" else Call("neg", (term,)) for sign, term in marked)


def product(marked: Sequence[Marked]) -> Expr:
    """The product of factors, those marked / below the line; 1 for none."""
    above = multiplied([f for mark, f in marked if mark == "*"] or [Number(1)])
    below = [f for mark, f in marked if mark == "/"]
    return Call("div", (above, multiplied(below))) if below else above


def without(marked: Sequence[Marked], place: int) -> list[Marked]:
    """All but one."""
    return [*marked[:place], *marked[place + 1 :]]


def replaced(expr: Expr, old: Expr, new: Expr, place: int | None = None) -> Expr:
    """The formula with ``new`` for ``old``: everywhere, or the one time numbered ``place``."""
    count, visited = -1, 0

    def combine(node: Expr, parts: list[Expr]) -> Expr:
        nonlocal count, visited
        visited += 1
        if node == old:
            count += 1
            return new if place in (None, count) else node
        return Call(node.function, tuple(parts)) if isinstance(node, Call) else node

    result: Expr = fold(expr, combine)
    spend(2 * visited)
    return result


def has_condition(expr: Expr) -> bool:
    """True for a formula such as 1 if a > 0 else 0."""
    found = False

    def visit(node: Expr, _: list[None]) -> None:
        nonlocal found
        found |= isinstance(node, Call) and node.function == "where"

    fold(expr, visit)
    return found


def times(expr: Expr, leaf: Expr) -> int:
    """How many times a name or derivative stands in the formula."""
    count = 0

    def visit(node: Expr, _: list[None]) -> None:
        nonlocal count
        count += node == leaf

    fold(expr, visit)
    return count


def one_call_changed(
    expr: Expr, change: Callable[[Call], Iterator[tuple[Expr, Call | None]]]
) -> Iterator[tuple[Expr, Call, Call | None]]:
    """The formula with one call in it changed, for each call and each change of it.

    ``change`` gives what may stand in a call's place, and the call that this is at heart.
    """
    calls: list[Call] = []
    fold(expr, lambda node, _: calls.append(node) if isinstance(node, Call) else None)
    for call in dict.fromkeys(calls):
        for new, heart in change(call):
            yield replaced(expr, call, new), call, heart


def symbol(key: str | Derivative) -> Name | Derivative:
    """The name or derivative as an expression."""
    return (derivative_name(key) or Name(key)) if isinstance(key, str) else key
