"""Expressions as people write them: plain text for a terminal, LaTeX for a page.

Products are written with ·, minus signs as −, a negative factor in brackets; how a
function is written stands in its row of the operation table. Names are in
:mod:`micrograd_like.notation.names`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise

from micrograd_like.formula import COMPARISONS, Call, Derivative, Expr, Name, Number, Quantity, fold
from micrograd_like.notation.names import (
    ACCENTS,
    GREEK,
    latex_escaped,
    letters_named,
    name_latex,
    name_text,
    normal_name,
    quantity,
)
from micrograd_like.ops import OPS

__all__ = [
    "ACCENTS",
    "GREEK",
    "by_hand",
    "decimals",
    "half_up",
    "latex",
    "latex_escaped",
    "letters_named",
    "literal",
    "name_latex",
    "name_text",
    "normal_name",
    "number",
    "plain",
    "quantity",
    "signed",
    "text",
]

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_DIFFERENTIAL = re.compile(r"d\w+'*")

# How tightly the parts of an expression hold together.
_WHERE, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _RATIO, _POWER, _ATOM = range(9)
_BINDING = {"add": _SUM, "sub": _SUM, "mul": _PRODUCT, "div": _PRODUCT, "neg": _PRODUCT}


def number(value: float, places: int | None = None) -> str:
    """A number with ``places`` decimals, and more where needed for as many digits to count.

    So with two places 0.574 is 0.57 and −0.0446 is −0.045. A whole number is exact and has
    no decimals; very small and very large ones have an exponent. Without ``places`` every
    number is written in full. NaN, a derivative that does not exist, is "undefined".

    >>> number(-0.04455, 2), number(0.3, 2), number(1.0, 2), number(1.5e-9, 2)
    ('−0.045', '0.30', '1', '1.5e−09')
    """
    if isinstance(value, int):
        return str(value).replace("-", "−")
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value)).replace("-", "−")
    if places is None:
        return repr(value).removesuffix(".0").replace("-", "−")
    mantissa = _mantissa(value, places)
    power = mantissa.adjusted()
    if -7 < power < 15:
        shown = f"{half_up(value, decimals(value, places)):f}"
    else:
        shown = f"{mantissa.scaleb(-power):f}e{power:+03d}"
    return shown.replace("-", "−")


def decimals(value: float, places: int) -> int:
    """The decimals of a number with ``places``: more where needed for as many digits to count."""
    power = _mantissa(value, places).adjusted()
    return places if power >= 0 else max(places, 1) - 1 - power


def half_up(value: float, decimals: int) -> Decimal:
    """The number rounded half up from the decimal digits one sees, as a hand does it."""
    with localcontext() as context:
        context.prec = 400  # every digit of every float
        return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _mantissa(value: float, places: int) -> Decimal:
    """The number to ``places`` digits, at least one, wherever its point is."""
    return half_up(value, max(places, 1) - 1 - Decimal(repr(value)).adjusted())


def signed(value: float, places: int | None = None) -> str:
    """A number with its sign, + included."""
    return number(value, places) if value < 0 else f"+{number(value, places)}"


@dataclass(frozen=True, slots=True)
class _Style:
    """The marks in which one kind of output differs from another."""

    name: Callable[[Quantity], str]
    brackets: Callable[[str], str]
    minus: str
    times: str
    spaced_times: str
    fraction: Callable[[str, str], str] | None  # None: written with a slash
    power: Callable[[str, str], str]
    function: Callable[[str, str], str]  # of the row's name and the arguments
    number: Callable[[float, int | None], str]
    where: Callable[[str, str, str], str]
    comparison: Callable[[str], str]
    word: Callable[[str], str]  # "and" or "or"
    exact: bool = False  # True keeps every bracket that the same expression takes to read back
    ratios: bool = False  # True writes a derivative in a product without brackets


def _brackets(inside: str) -> str:
    return f"({inside})"


def _text_power(base: str, exponent: str) -> str:
    if exponent.isdecimal():
        return base + exponent.translate(_SUPERSCRIPTS)
    return f"{base}^{exponent if exponent.isidentifier() else _brackets(exponent)}"


def _text_function(function: str, arguments: str) -> str:
    written = OPS[function].text if function in OPS else ""
    return _filled(written or function, _brackets(arguments), arguments)


def _latex_function(function: str, arguments: str) -> str:
    written = OPS[function].latex if function in OPS else ""
    default = rf"\operatorname{{{function.replace('_', chr(92) + '_')}}}"
    return _filled(written or default, rf"\left({arguments}\right)", arguments)


def _filled(written: str, bracketed: str, arguments: str) -> str:
    return written.replace("#1", arguments) if "#1" in written else written + bracketed


def _latex_number(value: float, places: int | None) -> str:
    if math.isnan(value):
        return r"\text{undefined}"
    shown = number(value, places).replace("−", "-").replace("∞", r"\infty")
    mantissa, exponent, power = shown.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else shown


_LATEX_COMPARISONS = {">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne"}

_TEXT = _Style(
    name=name_text,
    brackets=_brackets,
    minus="−",
    times="·",
    spaced_times=" · ",
    fraction=None,
    power=_text_power,
    function=_text_function,
    number=number,
    where=lambda condition, then, otherwise: f"{then} if {condition} else {otherwise}",
    comparison=lambda symbol: symbol,
    word=lambda word: f" {word} ",
)
_LATEX = _Style(
    name=name_latex,
    brackets=lambda inside: rf"\left({inside}\right)",
    minus="-",
    times=r" \cdot ",
    spaced_times=r" \cdot ",
    fraction=lambda above, below: rf"\frac{{{above}}}{{{below}}}",
    power=lambda base, exponent: rf"{{{base}}}^{{{exponent}}}",
    function=_latex_function,
    number=_latex_number,
    where=lambda condition, then, otherwise: (
        rf"\begin{{cases}} {then} & {condition} \\ {otherwise} & \text{{otherwise}} \end{{cases}}"
    ),
    comparison=lambda symbol: _LATEX_COMPARISONS.get(symbol, symbol),
    word=lambda word: rf" \text{{ {word} }} ",
)


_PLAIN = _Style(
    name=str,
    brackets=_brackets,
    minus="-",
    times="*",
    spaced_times="*",
    fraction=None,
    power=lambda base, exponent: (
        f"{base}^{exponent if exponent.isalnum() else _brackets(exponent)}"
    ),
    function=lambda function, arguments: f"{function}({arguments})",
    number=lambda value, places: literal(Number(value, places)),
    where=_TEXT.where,
    comparison=_TEXT.comparison,
    word=_TEXT.word,
    exact=True,
)


#: The same as people type it: dE/da * da/dw and ln.
_BY_HAND = replace(
    _PLAIN,
    function=lambda function, arguments: f"{'ln' if function == 'log' else function}({arguments})",
    ratios=True,
)


def literal(number: Number) -> str:
    """A number as a worksheet has it, with the decimals it was written with.

    >>> literal(Number(0.3, 2)), literal(Number(5.0, 0)), literal(Number(1500.0, -2))
    ('0.30', '5.', '1.5e3')
    """
    value, places = number.value, number.places
    if places is None:
        return repr(value)
    exact = Decimal(repr(value))
    if places == 0:
        return f"{exact:.0f}."
    if 0 < places <= 50:
        return f"{exact:.{places}f}"
    # A long row of zeros, or places before the point: with an exponent.
    mantissa, _, exponent = f"{exact:.{max(places + exact.adjusted(), 0)}e}".partition("e")
    point = "" if "." in mantissa else "."
    return f"{mantissa}{point}e{int(exponent)}"


def plain(expr: Expr) -> str:
    """The expression as a worksheet has it, in ASCII; it reads back as the same expression."""
    return _Writer(_PLAIN, None).write(expr)


def by_hand(expr: Expr) -> str:
    """The same as people type it.

    >>> E, a, w = Name("E"), Name("a"), Name("w")
    >>> by_hand(Call("mul", (Derivative(E, a), Derivative(a, w))))
    'dE/da * da/dw'
    """
    return _Writer(_BY_HAND, None).write(expr)


def text(expr: Expr, places: int | None = None) -> str:
    """The expression for a terminal, floats with ``places`` (see :func:`number`)."""
    return _Writer(_TEXT, places).write(expr)


def latex(expr: Expr, places: int | None = None) -> str:
    """The expression in LaTeX's mathematics mode, floats with ``places``."""
    return _Writer(_LATEX, places).write(expr)


@dataclass(frozen=True, slots=True)
class _Written:
    """A part of an expression as written, and how tightly it holds together."""

    shown: str
    binding: int


@dataclass(frozen=True, slots=True)
class _Writer:
    style: _Style
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
