"""The derivative of a function of one number, from its values alone."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Method = Literal["complex", "central"]

EPSILON = sys.float_info.epsilon
#: The best step of a central difference, relative to x: the cube root of the rounding unit.
CENTRAL_STEP = EPSILON ** (1 / 3)
#: A complex step loses nothing by being small; much smaller, and tiny derivatives underflow.
_COMPLEX_STEP = 2.0**-66
#: Within this distance, relatively, slopes on both sides of a kink are compared; those that
#: differ by more than rounding, relatively, do so.
_NEAR, _JUMP = 1e-3, 1e-6


@dataclass(frozen=True, slots=True)
class Numeric:
    """A numeric derivative, and a bound on its error from rounding and from the step.

    Attributes:
        settled: False where a smaller step gives something else altogether.
    """

    value: float
    uncertainty: float
    settled: bool = True


def difference(f: Callable[[Any], Any], x: float, method: Method) -> Numeric:
    """The derivative at ``x`` of a function of one number; NaN where it cannot be had."""
    try:
        if method == "complex":
            # Not proportional to a large x: sin changes as fast at 1e8 as at 1.
            step = min(abs(x), 1.0) * _COMPLEX_STEP or _COMPLEX_STEP
            wide, narrow = (complex(f(complex(x, h))).imag / h for h in (16 * step, step))
            # The truncation error shrinks with the step: for x³ at 0 it is h², and the slope is 0.
            return Numeric(narrow, abs(wide - narrow) + sys.float_info.min * EPSILON / step)
        # A relative step suits a small x near a pole or the edge of the domain; an absolute
        # one suits a small x that is added to a large number.
        steps = {CENTRAL_STEP * (abs(x) or 1.0), CENTRAL_STEP * max(abs(x), 1.0)}
        return min((_central(f, x, step) for step in steps), key=lambda n: n.uncertainty)
    except (ArithmeticError, ValueError):
        return Numeric(math.nan, math.inf)


def _central(f: Callable[[float], float], x: float, step: float) -> Numeric:
    try:
        wide, narrow = _slope(f, x, step), _slope(f, x, step / 2)
        rounding = 4 * EPSILON * max(abs(f(x)), abs(f(x + step)), abs(f(x - step))) / step
    except (ArithmeticError, ValueError):
        return Numeric(math.nan, math.inf)
    underflow = sys.float_info.min * EPSILON / step
    settled = abs(wide - narrow) <= 0.1 * max(abs(wide), abs(narrow)) + rounding
    return Numeric(narrow, abs(wide - narrow) + rounding + underflow, settled)


def _slope(f: Callable[[float], float], x: float, step: float) -> float:
    above, below = x + step, x - step
    return (f(above) - f(below)) / (above - below)


def slope_jumps(f: Callable[[float], float], x: float) -> bool:
    """True if the one-sided slopes differ, and go on doing so with a smaller step."""

    def gap(step: float) -> tuple[float, float]:
        left, here, right = f(x - step), f(x), f(x + step)
        before, after = (here - left) / step, (right - here) / step
        return abs(after - before), max(abs(before), abs(after))

    step = _NEAR * max(abs(x), 1.0)
    try:
        (wide, _), (narrow, slope) = gap(step), gap(step / 10)
    except (ArithmeticError, ValueError):
        return True
    return narrow > wide / 2 and narrow > _JUMP * slope
