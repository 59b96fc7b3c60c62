"""Predictions: whether the number somebody writes down is the right one.

A number is right to the places it is written with, so 0.57 and 0.574 are both right for
0.5744, and 0.5740 is not. A fraction stands for its exact value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal, get_args

#: right; only the last decimal is off, by one, as from rounded figures; only the sign is
#: wrong; 0 or a whole number was written for what is neither; wrong; no number. Where a text
#: can be read in two ways, it is taken in the one that comes first here.
Verdict = Literal["right", "near", "sign", "coarse", "wrong", "unreadable"]
_ORDER = get_args(Verdict)

#: What floats add to a number that is whole on paper.
_ROUNDING = Decimal("1e-12")
#: What they add to a fraction, and what rounded figures above or below its bar do.
_EXACT, _ROUNDED = Fraction(1, 10**9), Fraction(1, 2000)
_PLAIN = r"(\d{1,40}\.?\d{0,40}|\.\d{1,40})(e[+-]?\d{1,3})?"
_NUMBER = re.compile(rf"[+-]?{_PLAIN}", re.IGNORECASE)
_FRACTION = re.compile(rf"(?P<above>[+-]?{_PLAIN})\s*/\s*(?P<below>{_PLAIN})", re.IGNORECASE)
_IN_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def judge(written: str, value: float) -> Verdict:
    """Whether ``written`` is ``value`` to the decimals it has: within half of the last one.

    A whole number is no prediction of one that is not whole: any of a wide range would be. A
    comma is a decimal sign, or groups thousands where it can.

    >>> judge("0.57", 0.5744), judge("0.58", 0.5744), judge("-0,57", 0.5744), judge("1", 0.5744)
    ('right', 'near', 'sign', 'coarse')
    >>> judge("3/4", 0.75), judge("1,500", 1500.0)
    ('right', 'right')
    """
    return min((_judged(text, value) for text in _readings(written)), key=_ORDER.index)


def _readings(written: str) -> Iterator[str]:
    text = written.strip().replace("−", "-")
    yield text if "." in text else text.replace(",", ".")
    if _IN_THOUSANDS.fullmatch(text):
        yield text.replace(",", "")


def _judged(text: str, value: float) -> Verdict:
    fraction = _FRACTION.fullmatch(text)
    if not fraction and not _NUMBER.fullmatch(text):
        return "unreadable"
    if not math.isfinite(value):
        return "wrong"
    if not fraction:
        return _decimal(Decimal(text), value)
    below = Fraction(fraction["below"])
    return _fraction(Fraction(fraction["above"]) / below, value) if below else "unreadable"


def _decimal(typed: Decimal, value: float) -> Verdict:
    true = Decimal(repr(value))
    with localcontext() as context:
        context.prec = 2000  # every digit of both
        half = Decimal(5).scaleb(int(typed.as_tuple().exponent) - 1)
        if abs(typed - true) <= half:
            exact = abs(typed - true) <= _ROUNDING * abs(true)
            whole = int(typed.as_tuple().exponent) >= 0
            return "coarse" if (whole or not typed) and not exact else "right"
        figures = len(typed.as_tuple().digits)
        if abs(typed - true) <= 3 * half and figures > 1 and not value.is_integer():
            return "near"
        return "sign" if abs(-typed - true) <= half else "wrong"


def _fraction(typed: Fraction, value: float) -> Verdict:
    true = Fraction(value)
    if abs(typed - true) <= _EXACT * abs(true):
        return "right"
    if abs(typed + true) <= _EXACT * abs(true):
        return "sign"
    return "near" if abs(typed - true) <= _ROUNDED * abs(true) else "wrong"
