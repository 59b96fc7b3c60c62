"""Functions of a document: f(x) = … and F(0.21) = 1/(1 + e^-0.21) say what they are.

A call of one, ``f()`` as a tree's function, is replaced by what it gives; one with primes,
``f'()``, by the derivative of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import isclose
from typing import NamedTuple

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
from micrograd_like.notation import plain
from micrograd_like.ops import ACTIVATIONS, FLOAT, OPS
from micrograd_like.worksheet.records import Place

_ARGUMENT = Name("#0")
#: What is defined here is so for every line.
ANYWHERE = Place()
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


class Function(NamedTuple):
    """A function as a line defines it.

    Attributes:
        place: Where it is defined.
        arguments: What its arguments are called there.
        body: What it gives of #0, #1 and so on.
        anew: True where it is another function from that very line on.
    """

    place: Place
    arguments: tuple[str, ...]
    body: Expr
    anew: bool = False

    def holds_at(self, place: Place) -> bool:
        """True on the lines below; on its own, where that begins another function."""
        return self.place[:4] < place[:4] or (self.anew and self.place[:4] == place[:4])


class Functions:
    """The functions that a document defines, by their names.

    One that is defined anew, as something else, is another function from there on.
    """

    def __init__(self) -> None:
        self._known: dict[str, list[Function]] = {}
        self._nested = 0  # how many derivatives of functions are being opened

    def define(
        self,
        name: str,
        arguments: tuple[str, ...],
        body: Expr,
        place: Place = ANYWHERE,
        anew: bool = False,
    ) -> None:
        """Take f(x) = body from this place on."""
        if f"{name}()" in _calls(body):
            return
        places = {argument: Name(f"#{i}") for i, argument in enumerate(arguments)}
        body = substitute(body, places)
        body = _as_row(body) if len(arguments) == 1 else body
        defined = self._known.setdefault(name, [])
        if not defined or not _alike(defined[-1].body, body):
            defined.append(Function(place, arguments, body, anew))

    def with_values_named(self, expr: Expr) -> Expr:
        """The expression with f'(4) as a quantity of its own, where nothing says what f is."""

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Call) or not node.function.endswith("()"):
                return None
            name = node.function[:-2]
            figures = all(exact_number(argument) is not None for argument in node.arguments)
            if not figures or name.rstrip("'") in self._known:
                return None
            return Name(f"{name}({', '.join(map(plain, node.arguments))})")

        return rewrite(expr, rule)

    def at(self, name: str, place: Place) -> Function | None:
        """The function that a name means on a line: the last one above it, or else the first."""
        defined = self._known.get(name, [])
        above = [function for function in defined if function.holds_at(place)]
        return (above[-1] if above else defined[0]) if defined else None

    def is_one(self, name: str) -> bool:
        """True for a function that is the same wherever it is defined."""
        return len(self._known.get(name.rstrip("'"), ())) == 1

    def several(self, expr: Expr) -> bool:
        """True if a function called in the expression is another one further down."""
        called = {name.removesuffix("()").rstrip("'") for name in _calls(expr)}
        return any(len(self._known.get(name, ())) > 1 for name in called)

    def begins_below(self, expr: Expr, place: Place) -> str:
        """A function called in the expression that is only defined further down; "" for none."""
        for called in sorted(_calls(expr)):
            name = called.removesuffix("()").rstrip("'")
            defined = self._known.get(name) if called != name else None
            if defined and defined[0].place[:4] > place[:4]:
                return name
        return ""

    def assume(self, functions: Mapping[str, tuple[tuple[str, ...], Expr]]) -> None:
        """Take those that nothing defines for these: arguments and body."""
        for name, (arguments, body) in functions.items():
            self.define(name, arguments, body)

    def argument(self, name: str, place: Place = ANYWHERE) -> str:
        """The argument of a function of one, as its definition names it; "" for any other."""
        function = self.at(name, place)
        return function.arguments[0] if function and len(function.arguments) == 1 else ""

    def call(self, name: str, place: Place = ANYWHERE) -> Call | None:
        """The function with the arguments of its definition, f(x, y); None where it has none."""
        function = self.at(name, place)
        return function and Call(f"{name}()", tuple(map(Name, function.arguments)))

    def learn(self, lines: Iterable[Sequence[Expr]], stated: Mapping[str, Number]) -> None:
        """Take F(0.21) = 1/(1 + e^-0.21): neighbours of which one applies F and one holds 0.21.

        What other examples contradict more often than not is none: a share of a whole,
        f(2) = e²/(e² + e¹), is no function of its 2 alone.

        Args:
            lines: What every line says is equal.
            stated: The numbers of names: with z = 0.21, F(z) = 1/(1 + e^-0.21) is an example too.
        """
        examples: dict[str, list[tuple[Expr, Expr]]] = {}
        for call, body in (pair for parts in lines for pair in pairwise(parts)):
            match call:
                case Call(function, (argument,)) if function.endswith("()"):
                    name = function[:-2]
                    plain_value = exact_number(body) is not None
                    if isinstance(argument, Name) and argument not in {*nodes(body, Name)}:
                        argument = stated.get(argument, argument)
                    if not plain_value and not isinstance(body, Name | Derivative):
                        examples.setdefault(name, []).append((argument, body))
        for name, found in examples.items():
            if name in self._known or name.endswith("'"):
                continue
            for argument, body in found:
                general = replaced(body, argument, _ARGUMENT)
                if general != body and f"{name}()" not in _calls(general):
                    if _holds(general, found):
                        self._known[name] = [Function(ANYWHERE, ("x",), _as_row(general))]
                    break

    def opened(self, expr: Expr, place: Place = ANYWHERE) -> Expr:
        """The expression with every call of these functions replaced by what it gives there.

        Raises:
            UnknownFunctionError: Nothing defines one of them, or what comes of it is too large.
        """
        for _ in range(_DEEPEST):
            if not any(f.endswith("()") for f in _calls(expr)):
                return expr
            expr = self._once(expr, place)
            if expr.size > _LARGEST:
                break
        raise UnknownFunctionError

    def _once(self, expr: Expr, place: Place) -> Expr:
        """The expression with the calls in it replaced; those in what they give stay."""
        written = expr.size

        def rule(node: Expr) -> Expr | None:
            nonlocal written
            if not (isinstance(node, Call) and node.function.endswith("()")):
                return None
            body = self._body(node.function[:-2], len(node.arguments), place)
            written += body.size
            if written > _LARGEST:
                raise UnknownFunctionError
            return substitute(body, {f"#{i}": given for i, given in enumerate(node.arguments)})

        return rewrite(expr, rule)

    def _body(self, name: str, count: int, place: Place) -> Expr:
        """What a function of so many arguments gives, or where it has primes its derivative."""
        base = name.rstrip("'")
        function = self.at(base, place)
        if function is None or len(function.arguments) != count:
            raise UnknownFunctionError
        body = function.body
        self._nested += 1
        try:
            if self._nested > _DEEPEST:  # f is g', and g is f'
                raise UnknownFunctionError
            for _ in range(len(name) - len(base)):
                body = slope(self.opened(body, place), _ARGUMENT)
        finally:
            self._nested -= 1
        return body


def _holds(general: Expr, examples: Sequence[tuple[Expr, Expr]]) -> bool:
    """True for what at least half of the examples say that is about other arguments."""
    others = [
        _alike(substitute(general, {_ARGUMENT: argument}), body)
        for argument, body in examples
        if exact_number(argument) is not None and replaced(body, argument, _ARGUMENT) != general
    ]
    return 2 * sum(others) >= len(others)


def _alike(one: Expr, other: Expr) -> bool:
    """True for two bodies that give the same, whatever stands for their names."""
    if one == other:
        return True
    names = sorted({*nodes(one, Name), *nodes(other, Name)})
    for shift in _POINTS:
        values = {name: shift + 0.29 * i for i, name in enumerate(names)}
        try:
            a, b = (float(evaluate(expr, values, FLOAT)) for expr in (one, other))
        except (ArithmeticError, ValueError, TypeError, KeyError):
            return False
        if not isclose(a, b, rel_tol=1e-9, abs_tol=1e-12):
            return False
    return True


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
