"""Predictions: whether the number somebody writes down is the right one.

A number is right to the places it is written with, so 0.57 and 0.574 are both right for
0.5744, and 0.5740 is not.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, localcontext
from typing import Literal

#: right; only the last decimal is off, by one, as from rounded figures; only the sign is
#: wrong; 0 or a whole number was written for what is neither; wrong; no number
Verdict = Literal["right", "near", "sign", "coarse", "wrong", "unreadable"]

#: What floats add to a number that is whole on paper.
_ROUNDING = Decimal("1e-12")
_NUMBER = re.compile(r"[+-]?(\d{1,40}\.?\d{0,40}|\.\d{1,40})(e[+-]?\d{1,3})?", re.IGNORECASE)


def judge(written: str, value: float) -> Verdict:
    """Whether ``written`` is ``value`` to the decimals it has: within half of the last one.

    A whole number is no prediction of one that is not whole: any of a wide range would be.

    >>> judge("0.57", 0.5744), judge("0.58", 0.5744), judge("-0.57", 0.5744), judge("1", 0.5744)
    ('right', 'near', 'sign', 'coarse')
    """
    written = written.strip().replace("−", "-")
    if not _NUMBER.fullmatch(written):
        return "unreadable"
    if not math.isfinite(value):
        return "wrong"
    typed, true = Decimal(written), Decimal(repr(value))
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
