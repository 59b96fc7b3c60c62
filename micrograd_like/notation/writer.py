"""What all notations share: where brackets go, what stands around a sign, and their order.

A notation is a :class:`Style`, the marks in which it differs from another, in a file of its
own beside this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from micrograd_like.formula import COMPARISONS, Call, Derivative, Expr, Name, Number, Quantity, fold

_DIFFERENTIAL = re.compile(r"d\w+'*")

# How tightly the parts of an expression hold together.
_WHERE, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _RATIO, _POWER, _ATOM = range(9)


def brackets(inside: str) -> str:
    """The part in round brackets."""
    return f"({inside})"


def filled(written: str, arguments: str, brackets: Callable[[str], str]) -> str:
    """A function applied: the arguments in place of #1, or else behind it in brackets."""
    return written.replace("#1", arguments) if "#1" in written else written + brackets(arguments)


def quotient_of(
    derivative: Derivative, shown: Callable[[Quantity], str], brackets: Callable[[str], str]
) -> tuple[str, str]:
    """What stands above and below in a derivative; a side that is one itself in brackets."""
    of, wrt = (
        brackets(shown(side)) if isinstance(side, Derivative) else shown(side)
        for side in (derivative.of, derivative.wrt)
    )
    return of, wrt


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The marks in which one notation differs from another.

    Attributes:
        name: A name or derivative.
        number: A number, with so many decimals or as it is.
        minus, times: The signs.
        spaced_times: The sign of a product that is the whole expression.
        fraction: Above and below the line; None where a quotient is written with a slash.
        power: Base and exponent.
        function: Of the name in the operation table, and the arguments.
        brackets: Around a part that would fall apart.
        where: Condition, then, otherwise.
        comparison: A sign such as >=.
        word: "and" or "or".
        exact: True keeps every bracket that the same expression takes to read back.
        ratios: True writes a derivative in a product without brackets.
    """

    name: Callable[[Quantity], str]
    number: Callable[[float, int | None], str]
    minus: str
    times: str
    spaced_times: str
    power: Callable[[str, str], str]
    function: Callable[[str, str], str]
    fraction: Callable[[str, str], str] | None = None
    brackets: Callable[[str], str] = brackets
    where: Callable[[str, str, str], str] = "{1} if {0} else {2}".format
    comparison: Callable[[str], str] = str
    word: Callable[[str], str] = " {} ".format
    exact: bool = False
    ratios: bool = False


def written(expr: Expr, style: Style, places: int | None = None) -> str:
    """The expression in a notation.

    Args:
        expr: The expression.
        style: The notation's marks.
        places: Decimals of numbers that were not written with decimals of their own.
    """
    return _Writer(style, places).write(expr)


@dataclass(frozen=True, slots=True)
class _Written:
    """A part of an expression as written, and how tightly it holds together."""

    shown: str
    binding: int


@dataclass(frozen=True, slots=True)
class _Writer:
    style: Style
    places: int | None

    def write(self, expr: Expr) -> str:
        """The whole expression; a product that is all of it gets air around its signs."""
        factors: list[Expr] = []
        while isinstance(expr, Call) and expr.function == "mul":
            expr, factor = expr.arguments
            factors.append(factor)
        first = fold(expr, self._join)
        if not factors:
            return str(first.shown)
        shown = self._inside(first, _PRODUCT)
        for before, factor in pairwise([expr, *reversed(factors)]):
            sign = self._times(before, factor, self.style.spaced_times)
            shown += sign + self._factor(fold(factor, self._join))
        return shown

    def _times(self, left: Expr, right: Expr, sign: str) -> str:
        """The sign between two factors; between derivatives that need no brackets with blanks."""
        if isinstance(left, Call) and left.function == "mul":
            left = left.arguments[-1]
        both = isinstance(left, Derivative) and isinstance(right, Derivative)
        return " * " if both and self.style.ratios else sign

    def _join(self, node: Expr, parts: list[_Written]) -> _Written:
        """What a node is, as written, from what its arguments are."""
        style = self.style
        match node:
            case Number(value, places):
                shown = style.number(value, self.places if places is None else places)
                plain = shown[0].isdecimal() and "e" not in shown and "10^" not in shown
                return _Written(shown, _ATOM if plain else _PRODUCT)
            case Name():
                return _Written(style.name(node), _ATOM)
            case Derivative():
                binding = _RATIO if style.fraction is None else _POWER
                return _Written(style.name(node), binding)
            case Call("neg"):
                binding = _POWER if style.exact else _PRODUCT
                return _Written(f"{style.minus}{self._inside(parts[0], binding, True)}", _PRODUCT)
            case Call("add" | "sub" as function):
                left, right = parts
                sign, binding = ("+", _SUM) if function == "add" else (style.minus, _PRODUCT)
                binding = _PRODUCT if style.exact else binding
                shown = f"{self._inside(left, _SUM)} {sign} {self._inside(right, binding, True)}"
                return _Written(shown, _SUM)
            case Call("mul", (one, other)):
                left, right = parts
                shown = self._inside(left, _PRODUCT) + self._times(one, other, style.times)
                return _Written(shown + self._factor(right), _PRODUCT)
            case Call("div"):
                return _Written(self._quotient(*parts), _PRODUCT)
            case Call("pow"):
                base, exponent = parts
                return _Written(style.power(self._inside(base, _ATOM), exponent.shown), _POWER)
            case Call(function):
                return self._call(function, parts)
        raise TypeError(f"expected an expression, got {node!r}")

    def _call(self, function: str, parts: list[_Written]) -> _Written:
        style = self.style
        if function == "select" and not style.exact:  # a > b, then, otherwise
            return self._call("where", [self._call("gt", parts[:2]), *parts[2:]])
        if function == "where":
            condition, then, otherwise = parts
            first = self._inside(condition, _OR), self._inside(then, _OR)
            return _Written(style.where(*first, otherwise.shown), _WHERE)
        if function in ("and", "or"):
            binding = _AND if function == "and" else _OR
            joined = style.word(function).join(self._inside(p, binding + 1) for p in parts)
            return _Written(joined, binding)
        if function in COMPARISONS:
            symbol = style.comparison(COMPARISONS[function])
            left, right = (self._inside(part, _SUM) for part in parts)
            return _Written(f"{left} {symbol} {right}", _COMPARISON)
        shown = style.function(function, ", ".join(part.shown for part in parts))
        return _Written(shown, _POWER if shown.startswith("e^") else _ATOM)

    def _quotient(self, above: _Written, below: _Written) -> str:
        if self.style.fraction is not None:
            return self.style.fraction(above.shown, below.shown)
        shown = self._inside(below, _POWER, right=True)
        if self.style.exact and _DIFFERENTIAL.fullmatch(shown):  # dy/dx would be a derivative
            shown = self.style.brackets(shown)
        return f"{self._inside(above, _PRODUCT)}/{shown}"

    def _factor(self, part: _Written) -> str:
        """The right factor of a product."""
        least = _PRODUCT if not self.style.exact else _RATIO if self.style.ratios else _POWER
        return self._inside(part, least, right=True)

    def _inside(self, part: _Written, binding: int, right: bool = False) -> str:
        """A part of an expression, in brackets where it would fall apart or two signs meet."""
        loose = part.binding < binding or (right and part.shown.startswith(("−", "-")))
        return self.style.brackets(part.shown) if loose else part.shown
