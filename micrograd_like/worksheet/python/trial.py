"""A program at numbers: its values, and the true derivatives of any of its quantities.

Two quantities are the same if they agree at the program's own numbers and at others, drawn
anew for what the program starts from.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np

from micrograd_like.engine import Value, grad
from micrograd_like.errors import DomainError
from micrograd_like.formula import Expr, Name, Number, evaluate, names
from micrograd_like.ops import FLOAT
from micrograd_like.worksheet.builder import CONSTANTS, Builder, UndefinedError
from micrograd_like.worksheet.python.naming import is_target_name
from micrograd_like.worksheet.python.steps import Step

#: Points at which everything is compared, beside the program's own numbers.
POINTS = 5
#: Draws for one point, until everything is defined.
_TRIES = 12
#: How far two numbers that are the same may be apart, relative to the largest.
_CLOSE = 1e-6


@dataclass
class Point:
    """The program at one choice of numbers.

    Attributes:
        nodes: Its graph.
        values: The numbers of its names; those of gradients may be set to the true ones.
    """

    nodes: Mapping[str, Value]
    values: dict[Name, float]
    _slopes: dict[str, dict[str, float]] = field(default_factory=dict)

    def slope(self, of: Name, wrt: Name) -> float:
        """∂of/∂wrt; 0 for what nothing is computed from."""
        if of not in self._slopes:  # one way back gives those by all names
            found: Iterable[float]
            try:
                found = map(float, grad(self.nodes[of], [*self.nodes.values()]))
            except DomainError:  # one of them is not finite here: none tells
                found = repeat(float("nan"), len(self.nodes))
            self._slopes[of] = dict(zip(self.nodes, found, strict=True))
        return self._slopes[of].get(wrt, 0.0)

    def value(self, expr: Expr) -> float:
        """The number of an expression; NaN where it has none."""
        try:
            return float(evaluate(expr, self.values, FLOAT))
        except (ArithmeticError, ValueError, KeyError, TypeError):
            return float("nan")


def points(
    steps: Sequence[Step], leaves: Sequence[Name], fixed: Collection[Name] = ()
) -> list[Point]:
    """The program at its own numbers, and at others; fewer where these are not defined.

    Args:
        steps: The program.
        leaves: The names that nothing gives a value.
        fixed: Names whose numbers are the program's own at every point.
    """
    labels = {name for step in steps if _is_label(step) for name in step.names}
    kept = labels.union(fixed)
    found = []
    for which in range(POINTS + 1):
        for attempt in range(_TRIES):
            point = _point(steps, leaves, kept, _Chance(which, attempt))
            if point is not None:
                found.append(point)
                break
    return found


def extended(point: Point, steps: Sequence[Step]) -> Point | None:
    """A point of a program with some more steps; None where these are not defined."""
    builder = Builder()
    builder.names = dict(point.nodes)
    try:
        for step in steps:
            for name, formula in zip(step.names, step.formulas, strict=True):
                builder.define(name, formula)
    except (UndefinedError, DomainError):
        return None
    more = {name: builder.names[name].data for step in steps for name in step.names}
    return Point(builder.names, {**point.values, **more})


@dataclass
class _Chance:
    """Numbers for one point; every other one has positive numbers, where most units are on."""

    which: int
    attempt: int

    def __post_init__(self) -> None:
        self._random = random.Random(1000 * self.which + self.attempt)
        self._turns = self.which % 2 == 0 and self.attempt < _TRIES // 2

    def drawn(self) -> float:
        """A number for what has none."""
        value = self._random.uniform(0.2, 1.2)
        return -value if self._turns and self._random.random() < 0.4 else value

    def moved(self, value: float) -> float:
        """Another number for what has one."""
        factor = self._random.uniform(0.5, 1.5)
        if not value:
            return self.drawn() if self.attempt < _TRIES // 2 else 0.0
        turned = self._turns and self._random.random() < 0.4
        return -value * factor if turned else value * factor


def _point(
    steps: Sequence[Step], leaves: Sequence[Name], kept: Collection[Name], chance: _Chance
) -> Point | None:
    builder = Builder()
    for leaf in leaves:
        builder.assume(leaf, chance.drawn())
    try:
        for step in steps:
            for name, formula in zip(step.names, step.formulas, strict=True):
                if chance.which and isinstance(formula, Number) and name not in kept:
                    formula = Number(chance.moved(formula.value))
                builder.define(name, formula)
    except (UndefinedError, DomainError):
        return None
    nodes = dict(builder.names)
    values = {Name(name): node.data for name, node in nodes.items()}
    return Point(nodes, {**{Name(n): v for n, v in CONSTANTS.items()}, **values})


def _is_label(step: Step) -> bool:
    """True for what must stay as it is: labels, which are 0 or 1."""
    numbers = [f.value for f in step.formulas if isinstance(f, Number)]
    if len(numbers) < len(step.formulas) or not is_target_name(step.base):
        return False
    return all(n in (0, 1) for n in numbers) and (len(numbers) > 1 or isinstance(numbers[0], int))


# Comparing.


def ratio(found: np.ndarray, true: np.ndarray) -> float | None:
    """The one factor between two tables of numbers, points by elements; None without one.

    Where both are nothing but 0 it is 1.
    """
    if found.shape != true.shape or not np.isfinite(found).all() or not np.isfinite(true).all():
        return None
    size = float(np.abs(true).max(initial=0.0))
    other = float(np.abs(found).max(initial=0.0))
    if size < 1e-12:
        return 1.0 if other < 1e-12 else None
    at = np.unravel_index(np.abs(true).argmax(), true.shape)
    factor = float(found[at] / true[at])
    if not factor or np.abs(found - factor * true).max() > _CLOSE * max(size * abs(factor), 1e-9):
        return None
    return round(factor, 12) or None


def start_of(steps: Sequence[Step]) -> list[Name]:
    """The names that steps use and none gives a value."""
    given = {name for step in steps for name in step.names}
    used = (n for step in steps for formula in step.formulas for n in names(formula))
    return [n for n in dict.fromkeys(used) if n not in given]
