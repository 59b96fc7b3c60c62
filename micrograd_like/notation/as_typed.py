"""Expressions as they are typed into a worksheet, in ASCII: what is written reads back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from micrograd_like.formula import Derivative, Expr, Name, Number, Quantity
from micrograd_like.notation.writer import Style, brackets, written


def plain(expr: Expr) -> str:
    """The expression as a worksheet has it, in ASCII; it reads back as the same expression."""
    return written(expr, _PLAIN)


def as_written(expr: Expr) -> str:
    """The same with every name as somebody wrote it, whichever of its versions is meant.

    >>> from micrograd_like.formula import Name
    >>> plain(Name("w", "line 2")), as_written(Name("w", "line 2"))
    ('w (line 2)', 'w')
    """
    return written(expr, _WRITTEN)


def by_hand(expr: Expr) -> str:
    """The same as people type it.

    >>> from micrograd_like.formula import Call, Derivative, Name
    >>> E, a, w = Name("E"), Name("a"), Name("w")
    >>> by_hand(Call("mul", (Derivative(E, a), Derivative(a, w))))
    'dE/da * da/dw'
    """
    return written(expr, _BY_HAND)


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


_PLAIN = Style(
    name=str,
    number=lambda value, places: literal(Number(value, places)),
    minus="-",
    times="*",
    spaced_times="*",
    power=lambda base, exponent: f"{base}^{exponent if exponent.isalnum() else brackets(exponent)}",
    function=lambda function, arguments: f"{function}({arguments})",
    exact=True,
)


def _in_first_version(quantity: Quantity) -> Quantity:
    if isinstance(quantity, Name):
        return Name(quantity.plain)
    return Derivative(_in_first_version(quantity.of), _in_first_version(quantity.wrt))


_WRITTEN = replace(_PLAIN, name=lambda quantity: str(_in_first_version(quantity)))
#: The same as people type it: dE/da * da/dw and ln.
_BY_HAND = replace(
    _PLAIN,
    function=lambda function, arguments: f"{'ln' if function == 'log' else function}({arguments})",
    ratios=True,
)
