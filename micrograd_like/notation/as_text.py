"""Expressions and names for a terminal: ∂E/∂w₅ as ∂E/∂w5, yhat as ŷ, x**2 as x²."""

from __future__ import annotations

import unicodedata

from micrograd_like.errors import printable
from micrograd_like.formula import Derivative, Expr
from micrograd_like.notation.names import ACCENT, LETTERS, spelling, step_of
from micrograd_like.notation.numbers import number
from micrograd_like.notation.writer import Style, brackets, filled, quotient_of, written
from micrograd_like.ops import OPS

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def text(expr: Expr, places: int | None = None) -> str:
    """The expression for a terminal, floats with ``places`` (see :func:`number`)."""
    return written(expr, _TEXT, places)


def name_text(name: str | Derivative) -> str:
    """A quantity for a terminal: Greek letters, ŷ for yhat, control characters escaped."""
    if isinstance(name, Derivative):
        above, below = quotient_of(name, name_text, brackets)
        return f"∂{above}/∂{below}"
    spelled = spelling(name)
    if spelled is None:
        return printable(name)
    change, letter = step_of(spelled.base)
    base = LETTERS.get(change, "") + LETTERS.get(letter, letter)
    accent = ACCENT.get(spelled.accent, "")
    return unicodedata.normalize("NFC", base + accent) + spelled.digits + spelled.primes


def _power(base: str, exponent: str) -> str:
    if exponent.isdecimal():
        return base + exponent.translate(_SUPERSCRIPTS)
    return f"{base}^{exponent if exponent.isidentifier() else brackets(exponent)}"


def _function(function: str, arguments: str) -> str:
    row = OPS.get(function)
    return filled(row.text if row and row.text else function, arguments, brackets)


_TEXT = Style(
    name=name_text,
    number=number,
    minus="−",
    times="·",
    spaced_times=" · ",
    power=_power,
    function=_function,
)
