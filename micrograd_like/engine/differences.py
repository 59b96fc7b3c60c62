"""The derivative of a function of one number, from its values alone."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Method = Literal["complex", "central"]

EPSILON = sys.float_info.epsilon
#: The best step of a central difference, relative to x: the cube root of the rounding unit.
CENTRAL_STEP = EPSILON ** (1 / 3)
#: A complex step loses nothing by being small, but tiny derivatives underflow: for them, the other.
_COMPLEX_STEPS = (2.0**-66, 2.0**-33)
#: A share in doubt that is none.
_SURE = 1e-11
#: Within this distance, relatively, slopes on both sides of a kink are compared; those that
#: differ by more than rounding, relatively, do so.
_NEAR, _JUMP = 1e-3, 1e-6
#: A step that reaches over a kink is divided by this, so many times at most, and is to stay well
#: above the distance of two floats.
_SHRINK, _TIMES, _LEAST = 8.0, 100, 16 * EPSILON


@dataclass(frozen=True, slots=True)
class Numeric:
    """A numeric derivative, and a bound on its error from rounding and from the step.

    Attributes:
        settled: False where a smaller step gives something else altogether.
    """

    value: float
    uncertainty: float
    settled: bool = True

    @property
    def doubt(self) -> tuple[float, float]:
        """What the better one of two estimates has less of: its share in doubt, at most all."""
        known = abs(self.value) > self.uncertainty
        return self.uncertainty / abs(self.value) if known else 1.0, self.uncertainty


def difference(
    f: Callable[[Any], Any],
    x: float,
    method: Method,
    rounding: float = 0.0,
    steps: Sequence[float] = (),
) -> Numeric:
    """The derivative at ``x`` of a function of one number; NaN where it cannot be had.

    Args:
        f: The function.
        x: The point.
        method: How it is taken.
        rounding: How far f's values may be off, beside the rounding of the last operation.
        steps: Those of a central difference, to take the best one; some that suit x without them.
    """
    try:
        if method == "complex":
            # Not proportional to a large x: sin changes as fast at 1e8 as at 1.
            steps = [(min(abs(x), 1.0) or 1.0) * step for step in _COMPLEX_STEPS]
            first = _complex(f, x, steps[0])
            if first.doubt[0] < _SURE:
                return first
            return min(first, _complex(f, x, steps[1]), key=lambda numeric: numeric.doubt)
        found = (_central(f, x, step, rounding) for step in steps or _steps(x))
        return min(found, key=lambda numeric: numeric.doubt)
    except (ArithmeticError, ValueError):
        return Numeric(math.nan, math.inf)


def clear_steps(x: float, sides: Callable[[float], Any]) -> list[float]:
    """Steps of a central difference that reach over no kink; none where ``x`` is at one.

    Args:
        x: The point.
        sides: For a point, on which side of every kink it is, 0 at one.
    """
    here, found = sides(x), []
    if 0 in here:
        return []

    def reaches_over(step: float) -> bool:
        try:
            return not sides(x - step) == here == sides(x + step)
        except (ArithmeticError, ValueError):
            return True

    for step in _steps(x):
        for _ in range(_TIMES):
            if not reaches_over(step):
                break
            step /= _SHRINK
        if step > _LEAST * abs(x) and not reaches_over(step):
            found.append(step)
    return found


def _steps(x: float) -> list[float]:
    """A relative step suits a small x near a pole or the edge of the domain; an absolute one
    suits a small x that is added to a large number.
    """
    return sorted({CENTRAL_STEP * (abs(x) or 1.0), CENTRAL_STEP * max(abs(x), 1.0)})


def _complex(f: Callable[[complex], Any], x: float, step: float) -> Numeric:
    wide, narrow = (complex(f(complex(x, h))).imag / h for h in (16 * step, step))
    # The truncation error shrinks with the step: for x³ at 0 it is h², and the slope is 0.
    return Numeric(narrow, abs(wide - narrow) + sys.float_info.min * EPSILON / step)


def _central(f: Callable[[float], float], x: float, step: float, noise: float) -> Numeric:
    try:
        wide, narrow = _slope(f, x, step), _slope(f, x, step / 2)
        largest = max(abs(f(x)), abs(f(x + step)), abs(f(x - step)))
    except (ArithmeticError, ValueError):
        return Numeric(math.nan, math.inf)
    rounding = 4 * EPSILON * largest / step
    underflow = sys.float_info.min * EPSILON / step
    settled = abs(wide - narrow) <= 0.1 * max(abs(wide), abs(narrow)) + rounding
    return Numeric(narrow, abs(wide - narrow) + rounding + noise / step + underflow, settled)


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
