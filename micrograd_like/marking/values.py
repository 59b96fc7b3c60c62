"""The number of a formula, from the numbers of what stands in it, and how sure that number is."""

from __future__ import annotations

import math
from typing import Protocol

from micrograd_like.formula import Call, Expr, Number, Quantity, evaluate, fold
from micrograd_like.marking.effort import spend
from micrograd_like.ops import FLOAT

#: What the formulas of a worksheet are computed with. A power of Python's own may be complex.
FUNCTIONS = {**FLOAT, "pow": math.pow}

#: What the table's partials at a kink are written with; only the branch that applies counts.
_CONDITIONS = ("where", "and", "or")


class Values(Protocol):
    """Numbers by quantity."""

    def __getitem__(self, key: Quantity, /) -> float:
        """The number.

        Raises:
            KeyError: The name is not known.
        """


def same_number(expr: Expr, wanted: Expr, world: Values, other: Values | None = None) -> bool:
    """True if the two give the same number in this world, as far as rounding lets one see.

    Args:
        expr: A formula.
        wanted: Another.
        world: The numbers they are worked out from.
        other: Those for ``wanted``, if they are others.
    """
    a, b = measured(expr, world), measured(wanted, other or world)
    if a is None or b is None:
        return False
    return abs(a[0] - b[0]) <= a[1] + b[1] + 1e-9 * abs(b[0])


#: A number of the worksheet, and one operation on it, as parts of the number.
_GIVEN, _ROUNDING = 4e-14, 4e-16


def measured(expr: Expr, world: Values) -> tuple[float, float] | None:
    """The number of a formula and how far rounding may have moved it; None if not defined.

    The error is carried through the formula, so it is large only where numbers cancel.
    """
    operations = 0

    def combine(node: Expr, parts: list[tuple[float, float]]) -> tuple[float, float]:
        nonlocal operations
        operations += 1
        arguments = [number for number, _ in parts]
        result = _applied(node, arguments, world)
        if not parts:
            return result, _GIVEN * abs(result)
        error = _ROUNDING * abs(result)
        for place, (number, off) in enumerate(parts):
            if off:
                error += _moved(node, arguments, place, number + off, result, world)
        return result, error

    try:
        found: tuple[float, float] = fold(expr, combine, whole=_CONDITIONS)
    except (ArithmeticError, ValueError, TypeError, KeyError):  # a name without a number
        return None
    finally:
        spend(2 * operations)
    return found


def _moved(
    node: Expr, arguments: list[float], place: int, to: float, result: float, world: Values
) -> float:
    """By how much a result changes with one of its arguments; 0 at the edge of a domain."""
    try:
        moved = _applied(node, [*arguments[:place], to, *arguments[place + 1 :]], world)
    except (ArithmeticError, ValueError, TypeError):
        return 0.0
    return abs(moved - result)


def value(expr: Expr, world: Values) -> float | None:
    """The number of a formula, or None if it is not defined."""
    operations = 0

    def combine(node: Expr, arguments: list[float]) -> float:
        nonlocal operations
        operations += 1
        return _applied(node, arguments, world)

    try:
        result: float = fold(expr, combine, whole=_CONDITIONS)
    except (ArithmeticError, ValueError, TypeError):
        return None
    finally:
        spend(operations)
    return result


def _applied(node: Expr, arguments: list[float], world: Values) -> float:
    if isinstance(node, Call):
        if node.function in _CONDITIONS:
            result = float(evaluate(node, world, FUNCTIONS))  # type: ignore[arg-type]
        else:
            result = FUNCTIONS[node.function](*arguments)
    else:
        result = float(node.value) if isinstance(node, Number) else world[node]
    if not abs(result) < math.inf:
        raise OverflowError
    return result
