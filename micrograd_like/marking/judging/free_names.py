"""Numbers in the place of names that have none: they say what these are, and prove nothing.

Q = X·W = 0.5·X says what W is, where nothing else does. So a part is looked at as a formula in
which constants have been put in for such names: is there any choice of them with which the two are
the same, whatever the names that are left?
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from micrograd_like.formula import (
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    nodes,
    quantities,
    rewrite,
)
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.world.values import value
from micrograd_like.worksheet.builder import CONSTANTS

#: Names without a number in one formula; a row of a large matrix has more.
_MOST = 12
#: Steps of Newton's method: one for sums of products, a few for what is bent.
_STEPS = 12
#: Points beyond those that determine the constants.
_BEYOND = 3
_SAME, _STEP = 1e-8, 1e-6
#: The size of a name that was left out, not put in as a number.
_NEUTRAL = (0.0, 1.0)


class FreeNames:
    """The names of a worksheet that have no number, and what stands in their place."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.free: Collection[Quantity] = facts.sheet.assumed.keys()

    def stand_for(self, part: Expr, key: Quantity, behind: bool) -> bool:
        """True for what ``key`` is, with numbers put in for names that have none.

        A name that is only left out is not put in: 2(y − t) for 2(y − t)·x is a slip. Where a line
        gives the name, but is not understood, it may be anything.

        Args:
            part: What was written.
            key: What it is about.
            behind: Whether the line has the formula too: then numbers may be joined, 2x as 3.
        """
        if not self.free or not self.facts.leaves(part):
            return False
        formulas = (self._spelled_out(form, part) for form in self.facts.forms(key))
        return any(self._put_in(part, formula, behind) for formula in formulas)

    def _spelled_out(self, formula: Expr, part: Expr) -> Expr:
        """The formula with the formula of every name in it that the part does not have."""
        kept = {*quantities(part), *CONSTANTS, *self.free, *self.facts.truth.sources}

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Name | Derivative) or node in kept:
                return None
            return self.facts.definitions.get(node)

        for _ in range(_MOST):
            if kept.issuperset(quantities(formula)):
                return formula
            formula = rewrite(formula, rule)
        return formula

    def _put_in(self, part: Expr, formula: Expr, behind: bool) -> bool:
        own, left = self.facts.leaves(part), self.facts.leaves(formula)
        whole = self.facts.sheet.whole_of
        arrays = {whole(str(name)) for name in own}
        free = [name for name in left if name in self.free]
        gone = [name for name in free if whole(str(name)) not in arrays]
        if not 0 < len(gone) <= _MOST or not {*own} <= {*left}:
            return False
        moving = {*own, *free} - {*gone}
        found = self._constants(part, formula, gone, moving)
        if found is None:
            return False
        unknown = self.facts.sheet.not_understood
        if all(name in unknown for name in gone):
            return True
        more = Counter(abs(n.value) for n in nodes(part, Number))
        more -= Counter(abs(n.value) for n in nodes(formula, Number))
        sizes = [abs(number) for number in found]
        other = [size for size in sizes if not _among(size, _NEUTRAL)]
        if other and behind:
            return bool(more)
        return all(_among(n, more) for n in other) and any(_among(n, more) for n in sizes)

    def _constants(
        self, part: Expr, formula: Expr, gone: Sequence[Quantity], moving: Collection[Quantity]
    ) -> Sequence[float] | None:
        """Numbers for the names that are gone, with which the formula is the part; or None.

        Wherever the others move.
        """
        chance = random.Random(len(gone))
        here = {key: self.facts.true(key) for key in {*quantities(formula), *quantities(part)}}
        points = [
            here
            | {
                key: here[key] * chance.uniform(0.5, 1.5) + chance.uniform(0, 0.2)
                for key in sorted(moving, key=str)
            }
            for _ in range(len(gone) + _BEYOND)
        ]

        def apart(numbers: Sequence[float]) -> list[float] | None:
            put_in = dict(zip(gone, numbers, strict=True))
            both = [(value(formula, p | put_in), value(part, p)) for p in points]
            found = [a - b for a, b in both if a is not None and b is not None]
            return found if len(found) == len(points) else None

        return _root(apart, [here[name] for name in gone])


def _among(number: float, numbers: Collection[float]) -> bool:
    return any(abs(number - other) < _STEP for other in numbers)


def _root(
    function: Callable[[Sequence[float]], list[float] | None], start: list[float]
) -> list[float] | None:
    """Where a function of more values than arguments is 0, by Newton's method; None if nowhere."""
    at = start
    for _ in range(_STEPS):
        values = function(at)
        if values is None:
            return None
        if max(map(abs, values)) < _SAME:
            return at
        slopes = []
        for place, number in enumerate(at):
            moved = function([*at[:place], number + _STEP, *at[place + 1 :]])
            if moved is None:
                return None
            slopes.append([(b - a) / _STEP for a, b in zip(values, moved, strict=True)])
        step = _solved(
            [[sum(map(float.__mul__, a, b)) for b in slopes] for a in slopes],
            [sum(map(float.__mul__, a, values)) for a in slopes],
        )
        at = [number - move for number, move in zip(at, step, strict=True)]
    return None


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The x of A·x = b for a symmetric A, none of it below 0; 0 where nothing depends on it."""
    rows = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    least = 1e-12 * max((row[i] for i, row in enumerate(rows)), default=0.0)
    for i, pivot in enumerate(rows):
        if pivot[i] <= least:
            rows[i] = [0.0] * len(pivot)
            rows[i][i] = 1.0
            pivot = rows[i]
        rows[i] = [number / pivot[i] for number in pivot]
        for j, row in enumerate(rows):
            if j != i:
                rows[j] = [a - row[i] * b for a, b in zip(row, rows[i], strict=True)]
    return [row[-1] for row in rows]
