"""The number of a formula, from the numbers of what stands in it, and how sure that number is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
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


def measured(
    expr: Expr, world: Values, noise: Callable[[Expr], float] | None = None
) -> tuple[float, float] | None:
    """The number of a formula and how far rounding may have moved it; None if not defined.

    The error is carried through the formula, so it is large only where numbers cancel.

    Args:
        expr: The formula.
        world: The numbers it is worked out from.
        noise: How far rounding may have moved those; else each is taken for a given.
    """
    numbers: list[float] = []
    errors: list[float] = []
    try:
        steps = steps_of(expr)
        spend(2 * len(steps))
        for function, arity, leaf in steps:
            if function is None:
                result = _leaf(leaf, world)
                error = _GIVEN * abs(result)
                if noise is not None and not isinstance(leaf, float):
                    error = max(error, noise(leaf))
            else:
                arguments, offsets = numbers[-arity:], errors[-arity:]
                del numbers[-arity:], errors[-arity:]
                result = _finite(function(*arguments))
                error = _ROUNDING * abs(result)
                for place, off in enumerate(offsets):
                    if off:
                        error += _moved(function, arguments, place, off, result)
            numbers.append(result)
            errors.append(error)
    except (ArithmeticError, ValueError, TypeError, KeyError):  # a name without a number
        return None
    return numbers[0], errors[0]


def _moved(
    function: Function, arguments: list[float], place: int, off: float, result: float
) -> float:
    """By how much a result changes with one of its arguments; 0 at the edge of a domain."""
    moved = [*arguments]
    moved[place] += off
    try:
        return abs(_finite(function(*moved)) - result)
    except (ArithmeticError, ValueError, TypeError):
        return 0.0


def value(expr: Expr, world: Values) -> float | None:
    """The number of a formula, or None if it is not defined.

    Raises:
        KeyError: A name has no number.
    """
    try:
        return run(steps_of(expr), world)
    except (ArithmeticError, ValueError, TypeError):
        return None


Function = Callable[..., float]
#: A function and how many numbers it takes from the stack; or None, 0 and what is put there.
Step = tuple[Function | None, int, Expr | float]


@lru_cache(maxsize=4096)
def steps_of(expr: Expr) -> tuple[Step, ...]:
    """The formula as steps on a stack, arguments before their function.

    Marking works the same few formulas out again and again, from other numbers.

    Raises:
        OverflowError: A number in it is beyond floats.
    """
    steps: list[Step] = []

    def combine(node: Expr, _: list[None]) -> None:
        if isinstance(node, Number):
            steps.append((None, 0, _finite(float(node.value))))
        elif isinstance(node, Call) and node.function not in _CONDITIONS:
            steps.append((FUNCTIONS[node.function], len(node.arguments), node))
        else:
            steps.append((None, 0, node))

    fold(expr, combine, whole=_CONDITIONS)
    return tuple(steps)


def run(steps: Sequence[Step], world: Values) -> float:
    """The number that the steps come to.

    Raises:
        ArithmeticError, ValueError, TypeError: A function is not defined there.
        KeyError: A name has no number.
    """
    spend(len(steps))
    numbers: list[float] = []
    for function, arity, leaf in steps:
        if function is None:
            numbers.append(leaf if type(leaf) is float else _leaf(leaf, world))
        else:
            arguments = numbers[-arity:]
            del numbers[-arity:]
            numbers.append(_finite(function(*arguments)))
    return numbers[0]


def _leaf(leaf: Expr | float, world: Values) -> float:
    if isinstance(leaf, float):
        return leaf
    if isinstance(leaf, Call):
        return _finite(float(evaluate(leaf, world, FUNCTIONS)))  # type: ignore[arg-type]
    return _finite(world[leaf])  # type: ignore[index]


def _finite(number: float) -> float:
    if not abs(number) < math.inf:
        raise OverflowError
    return number
