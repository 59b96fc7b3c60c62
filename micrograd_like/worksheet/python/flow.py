"""What each step of a program rests on, and its numbers at several points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np

from micrograd_like.formula import Call, Expr, Name, Number, names, nodes, terms
from micrograd_like.graph import reachable
from micrograd_like.worksheet.python.layers import LAYER_COST
from micrograd_like.worksheet.python.meanings import Meanings, array
from micrograd_like.worksheet.python.naming import Said, is_cost_name, said_by
from micrograd_like.worksheet.python.steps import Recorder
from micrograd_like.worksheet.python.terms import Term
from micrograd_like.worksheet.python.trial import Point, extended, points, start_of

#: A derivative that is smaller everywhere is none.
NOTHING = 1e-12


class Flow:
    """A program's steps.

    Args:
        recorder: The steps.
        before: The same program without a last cost, whose points serve again.
    """

    def __init__(self, recorder: Recorder, before: Flow | None = None) -> None:
        self.recorder, self._before = recorder, before
        self.steps = recorder.steps
        self.snapshots = recorder.snapshots
        self.leaves = start_of(self.steps)
        self._said: dict[tuple[int, tuple[str, ...]], list[Said]] = {}
        self._true: dict[tuple[tuple[Name, ...], tuple[Name, ...]], np.ndarray] = {}
        self.maker = {name: at for at, step in enumerate(self.steps) for name in step.names}
        self.given = {
            at
            for at, step in enumerate(self.steps)
            if all(isinstance(f, Number) for f in step.formulas)
            and not any(said.whole and said.of for said in self.said(at, ()))
        }
        self.starts = self.given | {-1}
        self._updates: dict[int, bool] = {}
        self._inputs: dict[int, frozenset[int]] = {}
        self._forward: dict[tuple[int, ...], frozenset[int]] = {}
        #: For every name the variables that are computed from it.
        self._users: dict[Name, set[str]] = defaultdict(set)
        for step in self.steps:
            for name in (n for f in step.formulas for n in names(f)):
                self._users[name].add(step.base)
        #: What is added to or masked further on.
        self.partial = {
            self.maker[n]
            for step in self.steps
            if step.augmented and step.index is None
            for n, f in zip(step.older, step.formulas, strict=False)
            if n in self.maker and n in names(f) and not _is_scaled(f, n)
        }
        #: The versions of every variable that is computed, the last one last.
        self.versions: dict[str, list[Term]] = {}
        for at, step in enumerate(self.steps):
            if step.index is None and at not in self.given and not self.is_update(at):
                self.versions.setdefault(step.base, []).append(array(step.names, step.shape))
        #: By how many a gradient may be divided, or not: samples, and what else is compared.
        self.counts = {float(size) for size in self._compared() if size > 1}
        if recorder.guessed:  # sizes that were chosen stand for those that it has
            self.counts |= {*map(float, recorder.counts)}

    def _compared(self) -> Iterator[int]:
        """The sizes of what is compared with a target or goes into a cost."""
        for step in self.steps:
            arrays = [step] if any(map(self._compares, step.formulas)) else []
            if is_cost_name(step.base) and len(step.names) == 1:
                makers = {self.maker[n] for n in names(step.formulas[0]) if n in self.maker}
                arrays += [self.steps[at] for at in makers]
            for one in arrays:
                yield from (*one.shape, int(np.prod(one.shape, dtype=int)))

    def _compares(self, formula: Expr) -> bool:
        """True for a difference of what is computed and what is not."""
        sums = (n.arguments for n in nodes(formula, Call) if n.function in ("sub", "add"))
        pairs = (pair for pair in sums if all(isinstance(part, Name | Number) for part in pair))
        return any(self.is_computed(a) != self.is_computed(b) for a, b in pairs)

    @cached_property
    def points(self) -> list[Point]:
        """The program at numbers."""
        if self._before is None:
            return points(self.steps, self.leaves, self._beginnings)
        new = [step for step in self.steps if step.names[0] not in self._before.maker]
        return [*filter(None, (extended(point, new) for point in self._before.points))]

    def inputs(self, at: int) -> frozenset[int]:
        """The steps from whose names a step is computed."""
        if at not in self._inputs:
            used = (n for f in self.steps[at].formulas for n in names(f))
            self._inputs[at] = frozenset(self.maker[n] for n in used if n in self.maker)
        return self._inputs[at]

    def users(self, at: int) -> list[int]:
        """The later steps that are computed from a step."""
        return [i for i in range(at + 1, len(self.steps)) if at in self.inputs(i)]

    def is_computed(self, part: Expr) -> bool:
        """True for what a step makes of something: nothing that the program starts from."""
        return isinstance(part, Name) and self.maker.get(part, -1) not in self.starts

    def is_alias(self, at: int) -> bool:
        """True for another name of what a step has made: it says nothing of its own."""
        return all(isinstance(f, Name) for f in self.steps[at].formulas)

    def origin(self, name: Name) -> Name:
        """What a name stands for, where it is another one for that."""
        while (at := self.maker.get(name)) is not None and self.is_alias(at):
            inner = self.steps[at].formulas[self.steps[at].names.index(name)]
            assert isinstance(inner, Name)
            name = inner
        return name

    def is_update(self, at: int) -> bool:
        """True for a step that adds to what the program starts from: an update."""
        if at not in self._updates:
            self._updates[at] = self._renews(at)
        return self._updates[at]

    def _renews(self, at: int) -> bool:
        step = self.steps[at]
        if len(step.older) != len(step.names) or at in self.given:
            return False
        pairs = zip(step.formulas, step.older, strict=True)
        if not all(("+", old) in terms(formula) for formula, old in pairs):
            return False
        makers = {self.maker.get(n) for n in step.older}
        known = [m for m in makers if m is not None and m not in self.given]
        if not all(not self.inputs(m) or self.is_update(m) for m in known):  # random ones, too
            return False
        zeros = all(self._is_zero(name) for name in step.older)
        return not zeros or any(self._users[name] - {step.base} for name in step.older)

    def _is_zero(self, name: Name) -> bool:
        """True for an element that starts at 0: a sum begins so, and a bias."""
        at = self.maker.get(name)
        return at is not None and dict(
            zip(self.steps[at].names, self.steps[at].formulas, strict=True)
        )[name] == Number(0)

    def begins_sum(self, name: Name) -> bool:
        """True for a 0 that a sum begins with, or a velocity, as dw of dw = 0 and dw += ….

        It is no quantity.
        """
        return name in self._beginnings

    @cached_property
    def _beginnings(self) -> set[Name]:
        sums = (s for at, s in enumerate(self.steps) if not self.is_update(at))
        pairs = (zip(step.older, step.formulas, strict=False) for step in sums if step.older)
        return {
            name
            for step in pairs
            for name, formula in step
            if self._is_zero(name) and name in names(formula)
        }

    def forward(self, ends: Iterable[int]) -> frozenset[int]:
        """What these steps are computed from, not going back through updates."""
        key = tuple(ends)
        if key not in self._forward:
            back = reachable(key, lambda at: () if self.is_update(at) else self.inputs(at))
            self._forward[key] = frozenset(back)
        return self._forward[key]

    def cost_at(self, at: int, result: Meanings) -> Name | None:
        """The version of the cost that counts at a step: the last one before, else the first."""
        before = [place for place in result.cost if place < at]
        place = max(before) if before else min(result.cost, default=None)
        return None if place is None else result.cost[place]

    def said(self, at: int, costs: Sequence[str]) -> list[Said]:
        """What the name of a step says."""
        key = at, tuple(costs)
        if key not in self._said:
            variables = [base for base in self.snapshots[at] if not base.startswith("net_")]
            self._said[key] = [*said_by(self.steps[at].base, variables, costs)]
        return self._said[key]

    def versions_before(self, base: str, at: int) -> list[Term]:
        """The versions of a variable that are computed before a step."""
        versions = self.versions.get(base, ())
        return [v for v in versions if self.maker[v.reshape(-1)[0]] < at]

    def carried_on(self, at: int, inside: set[Name]) -> bool:
        """True for what comes from elsewhere than the forward pass: a velocity, a rate."""
        own = {n for f in self.steps[at].formulas for n in names(f)} - self._beginnings
        return not all(map(self.is_computed, own - inside))

    def table(self, at: int) -> np.ndarray:
        """The numbers of a step as it is meant, a row for each point."""
        return self._numbers(self.steps[at].meant or self.steps[at].formulas)

    def as_written(self, at: int) -> np.ndarray:
        """The numbers of a step as it stands, a row for each point."""
        return self._numbers(self.steps[at].formulas)

    def _numbers(self, formulas: Sequence[Expr]) -> np.ndarray:
        return np.array([[point.value(f) for f in formulas] for point in self.points])

    def true(self, of: Sequence[Name], wrt: Sequence[Name]) -> np.ndarray:
        """The derivatives of several quantities, a row for each point."""
        key = tuple(of), tuple(wrt)
        if key not in self._true:  # every walk asks again
            rows = [[p.slope(o, w) for o, w in zip(of, wrt, strict=True)] for p in self.points]
            self._true[key] = np.array(rows)
        return self._true[key]

    def is_behind(self, at: int, result: Meanings) -> bool:
        """True where the gradient that comes back is given: its sign is no convention."""
        cost = self.cost_at(at, result)
        return cost is not None and self.steps[self.maker[cost]].base == LAYER_COST


def _is_scaled(formula: Expr, name: Name) -> bool:
    """True for a quantity times or over a number."""
    match formula:
        case Call("mul" | "div", (first, Number())):
            return first == name
    return False
