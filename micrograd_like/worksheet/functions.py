"""Functions of a document: f(x) = … and F(0.21) = 1/(1 + e^-0.21) say what they are.

A call of one, ``f()`` as a tree's function, is replaced by what it gives; one with primes,
``f'()``, by the derivative of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    evaluate,
    exact_number,
    fold,
    simplify,
    substitute,
)
from micrograd_like.ops import FLOAT, OPS

_ARGUMENT = Name("#0")
#: Where a function of a document is compared with those of the table.
_POINTS = (0.37, 1.21, -0.83, 2.4)
#: Calls inside calls that are opened, and operations that one formula may grow to.
_DEEPEST, _LARGEST = 8, 5_000


class UnknownFunctionError(Exception):
    """A function is used that nothing defines."""


def slope(expr: Expr, name: str) -> Expr:
    """∂expr/∂name, every other name held fixed.

    Errors: UnknownFunctionError where a function without a row stands in it.
    """

    def combine(node: Expr, parts: list[tuple[Expr, Expr]]) -> tuple[Expr, Expr]:
        match node:
            case Name(own):
                return node, Number(int(own == name))
            case Call("where", _):
                (condition, _), (then, d_then), (other, d_other) = parts
                chosen = Call("where", (condition, d_then, d_other))
                return Call("where", (condition, then, other)), chosen
            case Call(function):
                arguments = tuple(argument for argument, _ in parts)
                out = Call(function, arguments)
                if function not in OPS:
                    return out, Number(0)
                terms: Expr = Number(0)
                for place, (_, inner) in enumerate(parts):
                    if inner != Number(0):
                        partial = OPS[function].partial(place, arguments, out)
                        terms = Call("add", (terms, Call("mul", (partial, inner))))
                return out, simplify(terms)
        return node, Number(0)

    if any(f.endswith("()") for f in _calls(expr)):
        raise UnknownFunctionError
    return simplify(fold(expr, combine)[1])


@cache
def _row_slope(row: str, order: int) -> Expr:
    expr: Expr = Call(row, (_ARGUMENT,))
    for _ in range(order):
        expr = slope(expr, _ARGUMENT)
    return expr


def inner_slope(row: str, order: int) -> Callable[[Expr], Expr]:
    """The derivative of an operation of one input, as a function of its argument."""
    return lambda argument: substitute(_row_slope(row, order), {_ARGUMENT: argument})


def _calls(expr: Expr) -> set[str]:
    found: set[str] = set()
    fold(expr, lambda node, _: found.add(node.function) if isinstance(node, Call) else None)
    return found


class Functions:
    """The functions that a document defines, by their names: arguments and body."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[str, ...], Expr]] = {}

    def define(self, name: str, arguments: tuple[str, ...], body: Expr) -> None:
        """Take f(x) = body; the first definition stands."""
        if name in self._known or f"{name}()" in _calls(body):
            return
        places = {argument: Name(f"#{i}") for i, argument in enumerate(arguments)}
        body = substitute(body, places)
        self._known[name] = arguments, _as_row(body) if len(arguments) == 1 else body

    def learn(self, parts: Iterable[Expr]) -> None:
        """Take F(0.21) = 1/(1 + e^-0.21): neighbours of which one applies F and one holds 0.21."""
        parts = list(parts)
        for call, body in pairwise(parts):
            if not (isinstance(call, Call) and call.function.endswith("()")):
                continue
            name = call.function[:-2]
            if name in self._known or name.endswith("'") or len(call.arguments) != 1:
                continue
            if exact_number(body) is not None or isinstance(body, Name | Derivative):
                continue
            argument, found = call.arguments[0], 0

            def combine(node: Expr, inner: list[Expr], argument: Expr = argument) -> Expr:
                nonlocal found
                if node == argument:
                    found += 1
                    return Name("#0")
                return Call(node.function, tuple(inner)) if isinstance(node, Call) else node

            general: Expr = fold(body, combine)
            if found and f"{name}()" not in _calls(general):
                self._known[name] = ("x",), _as_row(general)

    def opened(self, expr: Expr) -> Expr:
        """The expression with every call of these functions replaced by what it gives.

        Errors: UnknownFunctionError for one that nothing defines, or that grows too large.
        """
        for _ in range(_DEEPEST):
            if not any(f.endswith("()") for f in _calls(expr)):
                return expr
            expr = self._once(expr)
        raise UnknownFunctionError

    def _once(self, expr: Expr) -> Expr:
        size = 0

        def combine(node: Expr, inner: list[Expr]) -> Expr:
            nonlocal size
            if not isinstance(node, Call):
                return node
            size += 1
            if not node.function.endswith("()"):
                return Call(node.function, tuple(inner))
            name = node.function[:-2]
            base = name.rstrip("'")
            if base not in self._known:
                raise UnknownFunctionError
            arguments, body = self._known[base]
            if len(arguments) != len(inner):
                raise UnknownFunctionError
            for _ in range(len(name) - len(base)):
                body = slope(self.opened(body), "#0")
            size += _size(body)
            if size > _LARGEST:
                raise UnknownFunctionError
            return substitute(body, {f"#{i}": argument for i, argument in enumerate(inner)})

        opened: Expr = fold(expr, combine)
        return opened


def _size(expr: Expr) -> int:
    count = 0

    def visit(node: Expr, _: list[None]) -> None:
        nonlocal count
        count += 1

    fold(expr, visit)
    return count


def _as_row(body: Expr) -> Expr:
    """The body as the operation of the table that it is, where it is one: 1/(1 + e^−x) as σ."""
    if _size(body) > 40:
        return body
    for row in ("sigmoid", "tanh", "softplus", "relu"):
        try:
            same = all(
                abs(
                    float(evaluate(body, {Name("#0"): x, Name("e"): FLOAT["exp"](1.0)}, FLOAT))
                    - FLOAT[row](x)
                )
                < 1e-12
                for x in _POINTS
            )
        except (ArithmeticError, ValueError, TypeError, KeyError):
            continue
        if same:
            return Call(row, (Name("#0"),))
    return body
