"""Functions of a document: f(x) = … and F(0.21) = 1/(1 + e^-0.21) say what they are.

A call of one, ``f()`` as a tree's function, is replaced by what it gives; one with primes,
``f'()``, by the derivative of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    nodes,
    replaced,
    rewrite,
    simplify,
    substitute,
)
from micrograd_like.ops import ACTIVATIONS, FLOAT, OPS

_ARGUMENT = Name("#0")
#: Where a function of a document is compared with those of the table.
_POINTS = (0.37, 1.21, -0.83, 2.4)
#: Calls inside calls that are opened, and nodes that one formula may grow to.
_DEEPEST, _LARGEST = 8, 10_000


class UnknownFunctionError(Exception):
    """A function is used that nothing defines."""


def slope(expr: Expr, name: str) -> Expr:
    """∂expr/∂name, every other name held fixed.

    Raises:
        UnknownFunctionError: A function without a row stands in it.
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
    return {call.function for call in nodes(expr, Call)}


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

    def assume(self, functions: Mapping[str, tuple[tuple[str, ...], Expr]]) -> None:
        """Take those that nothing defines for these: arguments and body."""
        for name, (arguments, body) in functions.items():
            self.define(name, arguments, body)

    def argument(self, name: str) -> str:
        """The argument of a function of one, as its definition names it; "" for any other."""
        arguments, _ = self._known.get(name, ((), None))
        return arguments[0] if len(arguments) == 1 else ""

    def call(self, name: str) -> Call | None:
        """The function with the arguments of its definition, f(x, y); None where it has none."""
        if name not in self._known:
            return None
        return Call(f"{name}()", tuple(map(Name, self._known[name][0])))

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
            general = replaced(body, call.arguments[0], _ARGUMENT)
            if general != body and f"{name}()" not in _calls(general):
                self._known[name] = ("x",), _as_row(general)

    def opened(self, expr: Expr) -> Expr:
        """The expression with every call of these functions replaced by what it gives.

        Raises:
            UnknownFunctionError: Nothing defines one of them, or what comes of it is too large.
        """
        for _ in range(_DEEPEST):
            if not any(f.endswith("()") for f in _calls(expr)):
                return expr
            expr = self._once(expr)
            if expr.size > _LARGEST:
                break
        raise UnknownFunctionError

    def _once(self, expr: Expr) -> Expr:
        """The expression with the calls in it replaced; those in what they give stay."""
        written = expr.size

        def rule(node: Expr) -> Expr | None:
            nonlocal written
            if not (isinstance(node, Call) and node.function.endswith("()")):
                return None
            body = self._body(node.function[:-2], len(node.arguments))
            written += body.size
            if written > _LARGEST:
                raise UnknownFunctionError
            return substitute(body, {f"#{i}": given for i, given in enumerate(node.arguments)})

        return rewrite(expr, rule)

    def _body(self, name: str, count: int) -> Expr:
        """What a function of so many arguments gives, or where it has primes its derivative."""
        base = name.rstrip("'")
        arguments, body = self._known.get(base, ((), None))
        if body is None or len(arguments) != count:
            raise UnknownFunctionError
        for _ in range(len(name) - len(base)):
            body = slope(self.opened(body), _ARGUMENT)
        return body


def _as_row(body: Expr) -> Expr:
    """The body as the operation of the table that it is, where it is one: 1/(1 + e^−x) as σ."""
    if body.size > 40:
        return body
    for row in ACTIVATIONS:
        try:
            same = all(
                abs(
                    float(evaluate(body, {_ARGUMENT: x, Name("e"): FLOAT["exp"](1.0)}, FLOAT))
                    - FLOAT[row](x)
                )
                < 1e-12
                for x in _POINTS
            )
        except (ArithmeticError, ValueError, TypeError, KeyError):
            continue
        if same:
            return Call(row, (_ARGUMENT,))
    return body
