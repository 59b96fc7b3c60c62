"""What a program's steps mean: which derivative each is, and of which elements.

The records that are found by :mod:`micrograd_like.worksheet.python.meaning`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from micrograd_like.formula import Call, Expr, Name, Number
from micrograd_like.worksheet.python.steps import Step
from micrograd_like.worksheet.python.terms import Term, names_of


@dataclass(frozen=True)
class Meaning:
    """What a step is: ``factor`` times ∂of/∂wrt, element by element.

    Attributes:
        of, wrt: The quantities for each element of the step.
        factor: By how much it is more than the derivative; None where nothing tells.
        agrees: True where it is that; else it only claims to be.
    """

    of: tuple[Name, ...]
    wrt: tuple[Name, ...]
    factor: float = 1.0
    agrees: bool = True


@dataclass
class Meanings:
    """The meanings of a program's steps under one cost.

    Attributes:
        cost: The names of the cost's versions, by the step that makes each.
        found: The meaning of each step, by its place in the program.
        updates: The updates: for each the rate by which it goes against ∂cost/∂w, None where it is
            no such.
    """

    cost: Mapping[int, Name]
    found: dict[int, Meaning] = field(default_factory=dict)
    updates: dict[int, Expr | None] = field(default_factory=dict)

    @property
    def score(self) -> int:
        """How many steps agree."""
        agreeing = sum(m.agrees for m in self.found.values())
        return agreeing + sum(u is not None for u in self.updates.values())

    @property
    def wrong(self) -> int:
        """How many do not."""
        claims = sum(not m.agrees for m in self.found.values())
        return claims + sum(u is None for u in self.updates.values())

    @property
    def rank(self) -> tuple[int, int]:
        """The score, and how many agree without a factor of their own."""
        return self.score, sum(m.agrees and m.factor == 1 for m in self.found.values())


def array(elements: Sequence[Expr], shape: tuple[int, ...]) -> Term:
    """Elements as an array of a shape."""
    flat = np.empty(len(elements), object)
    flat[:] = elements
    array: Term = flat.reshape(shape)
    return array


def times(expr: Expr, factor: float) -> Expr:
    """A factor in front: −1, a whole number, or one by it where it is that."""
    if abs(factor - 1) < 1e-6:
        return expr
    if abs(factor + 1) < 1e-6:
        return Call("neg", (expr,))
    below = 1 / factor
    if abs(factor) < 1 and abs(below - round(below)) < 1e-6 * abs(below):
        return Call("div", (expr, Number(round(below))))
    is_whole = abs(factor - round(factor)) < 1e-6 * abs(factor)
    number = Number(round(factor) if is_whole else factor)
    return number if expr == Number(1) else Call("mul", (number, expr))


def is_plain_difference(formula: Expr) -> bool:
    """True for one quantity less another."""
    match formula:
        case Call("sub", (Name(), Name() | Number())):
            return True
    return False


def elements_meant(
    target: Term, digits: str, step: Step, starts: Sequence[int]
) -> Iterator[tuple[Name, ...]]:
    """The elements of a variable that a step may be about, counted from each of ``starts``."""
    wrt = names_of(target)
    if wrt is None:
        return
    size = len(step.names)
    if not digits:
        if step.index is not None and len(wrt) > 1:
            try:
                yield (target[step.index],)
            except IndexError:
                return
        elif len(wrt) == size:
            turned = target.T.shape == step.shape != target.shape and target.ndim > 1
            yield tuple((target.T if turned else target).reshape(-1))
        elif size == 1:
            yield tuple(wrt)
        return
    for first in starts:
        index = tuple(int(d) - first for d in digits)
        while len(index) > target.ndim and index and index[-1] == 0:
            index = index[:-1]
        fits = len(index) == target.ndim
        if fits and size == 1 and all(0 <= i < n for i, n in zip(index, target.shape, strict=True)):
            yield (target[index],)
