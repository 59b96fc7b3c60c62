"""What a step of a backward pass may be: by its name, by its update, by its shape."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from micrograd_like.formula import Call, Name, Number, factors, names
from micrograd_like.worksheet.python.flow import NOTHING, Flow
from micrograd_like.worksheet.python.meanings import Meaning, Meanings, array, elements_meant
from micrograd_like.worksheet.python.naming import Said, is_label_name
from micrograd_like.worksheet.python.steps import Step
from micrograd_like.worksheet.python.terms import Term, names_of
from micrograd_like.worksheet.python.trial import ratio


class Claims(Flow):
    """A program's steps, and which derivatives each may be."""

    def read(self, at: int, said: Said, result: Meanings) -> Iterator[Meaning]:
        """The derivatives that a name may say."""
        variables = self.snapshots[at]
        several = self._different(said.wrt, at)
        targets = several if len(several) > 1 else [self._itself(variables[said.wrt])]
        inner = [self._argument(target) for target in targets]
        targets += [argument for argument in inner if argument is not None]
        cost = self.cost_at(at, result)
        for target in targets:
            for wrt in elements_meant(target, said.digits, self.steps[at], self._first[said.wrt]):
                if said.of:
                    of = names_of(variables[said.of])
                    if of is not None and len(of) in (1, len(wrt)):
                        yield Meaning(tuple(of * (len(wrt) // len(of))), wrt)
                    elif of is not None and len(wrt) == 1 and len(of) == len(self.steps[at].names):
                        yield Meaning(tuple(of), wrt * len(of))
                elif cost is not None:
                    yield Meaning((cost,) * len(wrt), wrt)

    def _different(self, base: str, at: int) -> list[Term]:
        """The versions of a variable before a step, the last one first, each once."""
        own = [self._itself(version) for version in self.versions_before(base, at)[::-1]]
        return [*{tuple(version.reshape(-1)): version for version in own}.values()]

    def is_told(self, at: int, said: Said, meaning: Meaning, result: Meanings) -> bool:
        """True where a name leaves no doubt by which version of a variable a gradient is.

        Of several, it is the one from which that is computed whose gradient the step goes on from.
        And d_h11 may be a part of ∂E/∂h1.
        """
        several = self._different(said.wrt, at)
        part = bool(said.digits) and not self.snapshots[at][said.wrt].ndim
        inputs = [result.found[i] for i in self.inputs(at) if i in result.found]
        ends = [found.wrt for found in inputs]
        # What goes on from ∂E/∂x is ∂E by something else.
        same = (found for found in inputs if set(found.of) == set(meaning.of))
        goes_on = any(not set(found.wrt).isdisjoint(meaning.wrt) for found in same)
        if not said.sure or part or goes_on or len(several) < 2:
            return said.sure and not part and not goes_on
        cost = self.cost_at(at, result)
        ends = ends or ([] if cost is None else [(cost,)])
        behind = {i for names_ in ends for n in names_ for i in self._direct(n)}
        close = [v for v in several if self.maker.get(v.reshape(-1)[0]) in behind]
        return len(close) == 1 and tuple(close[0].reshape(-1)) == meaning.wrt

    def _direct(self, name: Name) -> set[int]:
        """The steps from which a quantity is computed."""
        return {*self.inputs(self.maker[name])} if name in self.maker else set()

    def _itself(self, target: Term) -> Term:
        """What a variable stands for where it is another name of that: ``Z = cache``."""
        elements = (self.origin(e) if isinstance(e, Name) else e for e in target.reshape(-1))
        return array([*elements], target.shape)

    @cached_property
    def _first(self) -> Mapping[str, tuple[int, ...]]:
        """For every variable from which numbers its elements may be counted, in gradients' names.

        Where one of the names has 0 in it, or the number of elements, that is settled.
        """
        found: dict[str, tuple[int, ...]] = defaultdict(lambda: (0, 1))
        for at in range(len(self.steps)):
            for said in self.said(at, ()):
                target = self.snapshots[at][said.wrt]
                pairs = [*zip(map(int, said.digits), target.shape, strict=False)]
                if len(said.digits) == target.ndim:
                    if any(digit == 0 for digit, _ in pairs):
                        found[said.wrt] = (0,)
                    elif any(digit == size for digit, size in pairs):
                        found[said.wrt] = (1,)
        return found

    def _argument(self, target: Term) -> Term | None:
        """What an activation is taken of, where that is what a variable is."""
        whole = [self.maker.get(n, -1) for n in names_of(target) or ()]
        if not whole or whole[0] < 0 or {*whole} != {whole[0]}:
            return None
        step = self.steps[whole[0]]
        inner = [f.arguments for f in step.formulas if isinstance(f, Call)]
        if len(inner) < len(step.names) or step.names != tuple(target.reshape(-1)):
            return None
        if any(len(a) != 1 or not isinstance(a[0], Name) for a in inner):
            return None
        return array([a[0] for a in inner], target.shape)

    def candidates(
        self, at: int, result: Meanings
    ) -> Iterator[tuple[tuple[Name, ...], tuple[Name, ...]]]:
        """The derivatives of the cost by everything of the step's shape, the latest first."""
        cost, step = self.cost_at(at, result), self.steps[at]
        if cost is None:
            return
        size = len(step.names)
        seen: set[tuple[Name, ...]] = set()
        variables = [(b, names_of(t)) for b, t in reversed(self.snapshots[at].items())]
        computed = [v for v in variables if v[1] and self.is_computed(v[1][0])]
        earlier = [  # of several layers only the last one's are variables by now
            (self.steps[i].base, [*self.steps[i].names])
            for i in sorted(self.forward([*result.cost]) - self.starts, reverse=True)
            if i < at
        ]
        others = [v for v in variables if v not in computed and not is_label_name(v[0])]
        for base, wrt in [*computed, *earlier, *others]:
            if wrt is None or base == step.base:
                continue
            groups = [tuple(wrt)] if len(wrt) == size else []
            if size == 1 and len(wrt) > 1:
                groups = [(one,) for one in wrt]
            for group in groups:
                makers = {self.maker.get(n) for n in group}
                if group in seen or group == (cost,) or makers & result.found.keys():
                    continue
                seen.add(group)
                of = (cost,) * size
                if np.abs(self.true(of, group)).max(initial=0.0) > NOTHING:
                    yield group, of

    def anchored(self, at: int, result: Meanings) -> Meaning | None:
        """What an update says that a step is: w −= rate·G makes G ∂cost/∂w, and so of 2·G."""
        known = self._anchored(at, result)
        scaled = None if known is not None else self._scaled_on(at)
        if scaled is None:
            return known
        later, factor = scaled
        known = self.anchored(later, result)
        return None if known is None else replace(known, factor=known.factor / factor)

    def _scaled_on(self, at: int) -> tuple[int, float] | None:
        """The step that only multiplies a step by a number, and that."""
        users = self.users(at)
        if len(users) != 1 or len(self.steps[users[0]].names) != len(self.steps[at].names):
            return None
        pairs = zip(self.steps[users[0]].formulas, self.steps[at].names, strict=True)
        parts = [[p for p in factors(f) if p != ("*", n)] for f, n in pairs]
        whole = [len(factors(f)) for f in self.steps[users[0]].formulas]
        if not any(parts) or any(
            len(rest) != count - 1 or not all(isinstance(p, Number) for _, p in rest)
            for rest, count in zip(parts, whole, strict=True)
        ):
            return None
        factor = ratio(self.table(users[0]), self.table(at))
        return None if not factor else (users[0], factor)

    def _anchored(self, at: int, result: Meanings) -> Meaning | None:
        step = self.steps[at]
        forward = self.forward([*result.cost])
        inside = {n for i in forward for f in self.steps[i].formulas for n in names(f)}
        if self.carried_on(at, inside):
            return None
        for later in range(at + 1, len(self.steps)):
            update = self.steps[later]
            if not self.is_update(later) or len(step.names) not in (1, len(update.names)):
                continue
            cost = self.cost_at(later, result)
            mine = {*step.names}
            if {n for f in update.formulas for n in names(f)} & inside - {*update.older}:
                continue
            if self.inputs(later) - self.given - {at, *map(self.maker.get, update.older)}:
                continue  # another quantity takes part in it
            used = [[n for n in names(f) if n in mine] for f in update.formulas]
            if cost is not None and all(len(u) == 1 for u in used):
                if len(step.names) < len(update.names):
                    sign = self._sign(update, step)
                    return Meaning((cost,) * len(used), update.older, sign, agrees=False)
                order = [step.names.index(u[0]) for u in used]
                if sorted(order) == [*range(len(order))] and len(update.older) == len(order):
                    wrt = [Name("")] * len(order)
                    for place, old in zip(order, update.older, strict=True):
                        wrt[place] = old
                    sign = self._sign(update, step)
                    return Meaning((cost,) * len(wrt), tuple(wrt), sign, agrees=False)
        return None

    def is_misshapen(self, at: int, said: Said) -> bool:
        """True for what is named as the gradient of a weight, and can only renew it as another."""
        weight, step = self.snapshots[at][said.wrt], self.steps[at]
        renamed = step.source.rpartition("=")[2].strip().isidentifier()
        if not said.sure or said.of or said.digits or renamed:
            return False
        if weight.size == len(step.names) or not weight.ndim:
            return False
        users = [self.steps[later] for later in self.users(at)]
        renews = all(u.base == said.wrt and u.shape != weight.shape for u in users)
        return renews and not any(map(self.is_computed, names_of(weight) or ()))

    def scaled(self, at: int, result: Meanings) -> bool:
        """True for a step that is multiplied by what the forward pass does not have: a rate."""
        forward = self.forward([*result.cost])
        inside = {n for i in forward for f in self.steps[i].formulas for n in names(f)}
        return self.carried_on(at, inside) and all(
            any(
                isinstance(part, Name) and self.maker.get(part, -1) in self.given - forward
                for _, part in factors(formula)
            )
            for formula in self.steps[at].formulas
        )

    def _sign(self, update: Step, step: Step) -> float:
        """1 where the update takes the step away, −1 where it adds it."""
        point = self.points[min(1, len(self.points) - 1)]  # one of positive numbers
        name, formula = step.names[0], update.formulas[0]
        for f in update.formulas:
            if name in names(f):
                formula = f
        before = point.values[name]
        low = point.value(formula)
        point.values[name] = before + 1.0
        high = point.value(formula)
        point.values[name] = before
        return -1.0 if high > low else 1.0
