"""Numbers of expressions, and whether two of them can be roundings of one another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from micrograd_like.formula import Expr, Number, evaluate
from micrograd_like.ops import FLOAT

_FUNCTIONS: dict[str, Any] = {**FLOAT, "pow": math.pow}


def computed(expr: Expr, values: Mapping[object, float]) -> float | None:
    """The number of an expression, or None where it has none."""
    try:
        result = float(evaluate(expr, values, _FUNCTIONS))
    except (ArithmeticError, ValueError, TypeError, KeyError):
        return None
    return result if math.isfinite(result) else None


def unlike(a: Number | None, b: Number | None, units: float = 1.5) -> bool:
    """True for two numbers that cannot be roundings of one another, by so many units."""
    if a is None or b is None:
        return False
    places = [n.places for n in (a, b) if n.places is not None]
    reach = units * 10.0 ** -min(places) if places else 0.0
    return abs(a.value - b.value) > reach + 1e-9 * abs(b.value)
