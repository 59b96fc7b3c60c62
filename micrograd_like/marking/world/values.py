"""The number of a formula, from the numbers of what stands in it, and how sure that number is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    evaluate,
    quantities,
)
from micrograd_like.marking.world.effort import spend
from micrograd_like.ops import FLOAT
from micrograd_like.record import record

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
    other = world if other is None else other
    try:
        ours, theirs = value(expr, world), value(wanted, other)
    except KeyError:  # a name without a number
        return False
    if ours is None or theirs is None:
        return False
    if abs(ours - theirs) <= _ALIKE * abs(theirs):  # whatever rounding has done
        return True
    a, b = measured(expr, world), measured(wanted, other)
    return a is not None and b is not None and abs(a[0] - b[0]) <= a[1] + b[1] + _ALIKE * abs(b[0])


#: Two numbers are the same within this, as a part of them.
_ALIKE = 1e-9
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
    try:
        if isinstance(expr, Name | Derivative):
            own = _finite(world[expr])
            return own, max(_GIVEN * abs(own), noise(expr) if noise else 0.0)
        numbers: list[float] = []
        errors: list[float] = []
        program = compiled(expr)
        spend(2 * len(program.steps))
        given = [*program.numbers(world), *program.constants]
        for function, arity in program.steps:
            if function is None:
                result = given[arity]
                error = _GIVEN * abs(result)
                if noise is not None and arity >= 0:
                    error = max(error, noise(program.leaves[arity]))
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
        if isinstance(expr, Name | Derivative):
            return _finite(world[expr])
        program = compiled(expr)
        return program.run(program.numbers(world))
    except (ArithmeticError, ValueError, TypeError):
        return None


Function = Callable[..., float]
#: A function and how many numbers it takes from the stack; or None and the place of the number
#: that is put there, among the leaves and, counted from the end, the constants.
Step = tuple[Function | None, int]


@record
class Program:
    """A formula as steps on a stack, arguments before their function.

    Attributes:
        constants: The numbers in it.
        leaves: What else it is worked out from, each once; conditions as wholes.
        keys: The quantities in it, the leaves where it has no condition.
    """

    steps: tuple[Step, ...]
    constants: tuple[float, ...]
    leaves: tuple[Expr, ...]
    keys: tuple[Quantity, ...]

    @property
    def conditional(self) -> bool:
        """True where a leaf is a condition."""
        return self.leaves is not self.keys

    def numbers(self, world: Values) -> list[float]:
        """The numbers of the leaves.

        Raises:
            ArithmeticError, ValueError, TypeError: One is not defined.
            KeyError: A name has no number.
        """
        if self.conditional:
            return [_leaf(leaf, world) for leaf in self.leaves]
        numbers = [world[key] for key in self.keys]
        if not all(map(math.isfinite, numbers)):
            raise OverflowError
        return numbers

    def run(self, numbers: Sequence[float]) -> float:
        """The number that the steps come to, from those of the leaves.

        Raises:
            ArithmeticError, ValueError, TypeError: A function is not defined there.
        """
        spend(len(self.steps))
        given = [*numbers, *self.constants]
        stack: list[float] = []
        for function, arity in self.steps:
            if function is None:
                stack.append(given[arity])
                continue
            if arity == 2:
                right = stack.pop()
                result = function(stack[-1], right)
            elif arity == 1:
                result = function(stack[-1])
            else:
                result = function(*stack[-arity:])
                del stack[1 - arity :]
            if not -math.inf < result < math.inf:
                raise OverflowError
            stack[-1] = result
        return stack[0]


def compiled(expr: Expr) -> Program:
    """The formula as a program, made once.

    Raises:
        OverflowError: A number in it is beyond floats.
    """
    if not isinstance(expr, Call):
        return _compiled(expr)
    if expr.program is None:
        expr.program = _compiled(expr)  # type: ignore[misc]
    return expr.program  # type: ignore[no-any-return]


@lru_cache(maxsize=4096)
def _compiled(expr: Expr) -> Program:
    """The same: marking makes equal formulas again and again."""
    found: list[Expr] = []
    stack = [expr]
    while stack:
        node = stack.pop()
        found.append(node)
        if isinstance(node, Call) and node.function not in _CONDITIONS:
            stack += node.arguments
    steps: list[Step] = []
    constants: list[float] = []
    leaves: dict[Expr, int] = {}
    for node in reversed(found):
        if isinstance(node, Number):
            constants.append(_finite(float(node.value)))
            steps.append((None, -len(constants)))
        elif isinstance(node, Call) and node.function not in _CONDITIONS:
            steps.append((FUNCTIONS[node.function], len(node.arguments)))
        else:
            steps.append((None, leaves.setdefault(node, len(leaves))))
    keys = tuple(leaf for leaf in leaves if isinstance(leaf, Quantity))
    if len(keys) == len(leaves):
        return Program(tuple(steps), tuple(reversed(constants)), keys, keys)
    return Program(tuple(steps), tuple(reversed(constants)), tuple(leaves), quantities(expr))


def _leaf(leaf: Expr, world: Values) -> float:
    if isinstance(leaf, Call):
        return _finite(float(evaluate(leaf, world, FUNCTIONS)))  # type: ignore[arg-type]
    return _finite(world[leaf])  # type: ignore[index]


def _finite(number: float) -> float:
    if not abs(number) < math.inf:
        raise OverflowError
    return number
