"""Settings that must lie in a range, as floats, and what is said of one that does not."""

from __future__ import annotations

import math

from micrograd_like.engine.numbers import as_float
from micrograd_like.errors import DomainError


def real(name: str, setting: float) -> float:
    """The setting as a float, whatever kind of number it is.

    Raises:
        TypeError: It is no number; the message has the setting's name.
        DomainError: It is too large for a float.
    """
    try:
        return as_float(setting)
    except (TypeError, DomainError) as error:
        raise type(error)(f"{name}: {error}") from None


def finite(name: str, setting: float) -> float:
    """The setting as a float.

    Raises:
        TypeError: It is no number.
        ValueError: It is infinite or NaN.
    """
    number = real(name, setting)
    if not math.isfinite(number):
        raise ValueError(f"{name}: expected a finite number, got {number!r}")
    return number


def in_range(name: str, setting: float, low: float, high: float) -> float:
    """The setting as a float, with low ≤ setting < high.

    Raises:
        TypeError: It is no number.
        ValueError: It is not in the range.
    """
    number = real(name, setting)
    if not low <= number < high:
        raise ValueError(f"{name}: expected {low} <= {name} < {high}, got {number!r}")
    return number


def positive(name: str, setting: float) -> float:
    """The setting as a finite float above 0.

    Raises:
        TypeError: It is no number.
        ValueError: It is not above 0, or not finite.
    """
    number = finite(name, setting)
    if number <= 0:
        raise ValueError(f"{name}: expected a number above 0, got {number!r}")
    return number
