"""Settings that must lie in a range, and what is said of one that does not."""

from __future__ import annotations


def check_range(name: str, number: float, low: float, high: float) -> None:
    """Refuse a setting that is not in low ≤ number < high.

    Raises:
        ValueError: It is not.
    """
    if not low <= number < high:
        raise ValueError(f"{name}: expected {low} <= {name} < {high}, got {number!r}")


def check_positive(name: str, number: float) -> None:
    """Refuse a setting that is not above 0.

    Raises:
        ValueError: It is not.
    """
    if not number > 0:
        raise ValueError(f"{name}: expected a number above 0, got {number!r}")
