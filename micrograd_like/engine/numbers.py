"""What counts as a number, and the sentence for what does not."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Set
from decimal import Decimal
from fractions import Fraction
from typing import Any

from micrograd_like.errors import DomainError

_EXPECTED = "a real number (int, float, bool, Fraction, Decimal or a NumPy scalar)"


def as_float(number: object) -> float:
    """The number as a float; NumPy's are known by what they have, without importing it."""
    if number.__class__ is float:
        return number
    if isinstance(number, int | float | Fraction | Decimal) or _is_scalar(number):
        try:
            return float(number)  # type: ignore[arg-type]
        except OverflowError:
            raise DomainError("expected a number below 1.8e308, got a larger one") from None
    raise TypeError(f"expected {_EXPECTED}, got {described(number)}")


def as_count(name: str, setting: Any, least: int | None = None, most: int | None = None) -> int:
    """A setting that counts something as an int, NumPy's too; see :func:`is_truth_value`.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is below ``least`` or above ``most``.
    """
    try:
        if is_truth_value(setting):
            raise TypeError
        count = operator.index(setting)
    except TypeError:
        raise TypeError(f"{name}: expected a whole number, got {described(setting)}") from None
    if most is not None and not (least or 0) <= count <= most:
        raise ValueError(
            f"{name}: expected a whole number from {least or 0} to {most}, got {count}"
        )
    if least is not None and count < least:
        raise ValueError(f"{name}: expected at least {least}, got {count}")
    return count


def is_truth_value(thing: Any) -> bool:
    """True for True and False, NumPy's too: none counts anything, or is the number of a class."""
    return isinstance(thing, bool) or getattr(getattr(thing, "dtype", None), "kind", "") == "b"


def _is_scalar(number: Any) -> bool:
    """True for a NumPy scalar or an array of no dimensions, of real numbers."""
    if getattr(number, "shape", None) != ():
        return False
    return getattr(getattr(number, "dtype", None), "kind", "") in {*"biuf"}


def is_row(thing: object) -> bool:
    """True for what can hold numbers in an order.

    Not for a text, bytes, a set, a dictionary; an array of no dimensions is a number.
    """
    if isinstance(thing, str | bytes | bytearray | memoryview | Set | Mapping):
        return False
    if getattr(thing, "shape", None) == ():
        return False
    return hasattr(thing, "__iter__")


def described(thing: object) -> str:
    """A thing and its type, for an error message."""
    text = repr(thing)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(thing).__name__})"
