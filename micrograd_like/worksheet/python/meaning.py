"""Which gradient each assignment of a backward pass is, found by conventions and by trial.

A quantity is tried against every ∂cost/∂X of its shape, at several points: what agrees with one
up to a factor is that. What agrees with none, though its name or the update that uses it says
which it should be, claims to be that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import copysign

import numpy as np

from micrograd_like.formula import Call, Expr, Name, Number, names
from micrograd_like.worksheet.python.claims import Claims
from micrograd_like.worksheet.python.flow import NOTHING
from micrograd_like.worksheet.python.meanings import Meaning, Meanings, is_plain_difference, times
from micrograd_like.worksheet.python.naming import Said
from micrograd_like.worksheet.python.steps import Step
from micrograd_like.worksheet.python.terms import names_of
from micrograd_like.worksheet.python.trial import ratio


class Finder(Claims):
    """Finds the meanings in a program, nothing supposed."""

    def as_it_is(self, cost: Mapping[int, Name]) -> Meanings:
        """What every step means if this is the cost, nothing supposed."""
        return self.walked(cost, {})

    def walked(self, cost: Mapping[int, Name], fixed: Mapping[int, Meaning]) -> Meanings:
        """One walk through the program, each step tried with the true derivatives before it."""
        result = Meanings(cost)
        forward = self.forward([*cost]) | self.forward(self._differentiated())
        for point in self.points:
            point.values.update({n: point.nodes[n].data for s in self.steps for n in s.names})
        for at, step in enumerate(self.steps):
            if at in self.given or step.hidden:
                continue
            if self.is_update(at):
                result.updates[at] = self._update(at, result)
                continue
            if at in fixed:
                self._take(at, fixed[at], result)
            elif at not in forward:
                meaning = None if self._renames(at, forward) else self._meaning(at, result)
                if meaning is not None:
                    self._take(at, meaning, result)
                else:
                    self._carried(at)
        return result

    def _renames(self, at: int, forward: frozenset[int]) -> bool:
        """True for another name of what the forward pass has, by which no gradient is meant."""
        plain = self.is_alias(at) and self.inputs(at) <= forward | self.starts
        return plain and not any(said.sure for said in self.said(at, ()))

    def _differentiated(self) -> list[int]:
        """The steps that a name says are differentiated."""
        found = []
        for at in range(len(self.steps)):
            for said in self.said(at, ()):
                if said.whole and said.of and (names_ := names_of(self.snapshots[at][said.of])):
                    found += [self.maker[n] for n in names_ if n in self.maker]
        return found

    def _take(self, at: int, meaning: Meaning, result: Meanings) -> None:
        result.found[at] = meaning
        if len(meaning.wrt) > len(self.steps[at].names):  # it is repeated for every element
            self._carried(at)
            return
        for point in self.points:
            for name, of, wrt in zip(self.steps[at].names, meaning.of, meaning.wrt, strict=True):
                point.values[name] = meaning.factor * point.slope(of, wrt)

    def _carried(self, at: int) -> None:
        """Let what is no derivative have the numbers of its formulas."""
        step = self.steps[at]
        for point in self.points:
            for name, formula in zip(step.names, step.meant or step.formulas, strict=True):
                point.values[name] = point.value(formula)

    def _update(self, at: int, result: Meanings) -> Expr | None:
        """The rate of an update that goes against the gradient; None where it does not."""
        cost, step = self.cost_at(at, result), self.steps[at]
        if cost is None or len(step.older) != len(step.names):
            return None
        older = np.array([[point.value(n) for n in step.older] for point in self.points])
        moved = self.table(at) - older
        true = self.true([cost] * len(step.older), step.older)
        found = [ratio(m[None], t[None]) for m, t in zip(moved, true, strict=True)]
        tells = np.abs(true).max(axis=1) > NOTHING
        if None in found or not tells.any():
            return None
        factors = np.array(found, float)
        for rate in self._rates(step, result):
            rates = np.array([point.value(rate) for point in self.points])
            if not rates.all():
                continue
            share = -factors / rates
            share = share[tells]
            if share[0] > 0 and np.allclose(share, share[0], rtol=1e-6):
                return times(rate, float(share[0]))
        return None

    def _rates(self, step: Step, result: Meanings) -> list[Expr]:
        """What the rate of an update may be: a name that the forward pass does not use, or 1."""
        forward = self.forward([*result.cost])
        used = {n for at in forward for f in self.steps[at].formulas for n in names(f)}
        here = {n for formula in step.formulas for n in names(formula)}
        outside = {
            n
            for n in here - used - {*step.older}
            if self.maker.get(n, -1) not in forward and self.maker.get(n, -1) not in result.found
        }
        return [*sorted(outside), Number(1)]

    def _meaning(self, at: int, result: Meanings) -> Meaning | None:
        """What a step is or claims to be; None where nothing tells."""
        again = self._said_again(at, result)
        if again is not None:
            return again
        table = self.table(at)
        claims: list[Meaning] = []
        turned: list[Meaning] = []
        nothing = False
        for said in self.said(at, [self.steps[place].base for place in result.cost]):
            for meaning in self.read(at, said, result):
                true = self.true(meaning.of, meaning.wrt)
                if np.abs(true).max(initial=0.0) <= NOTHING:
                    nothing = nothing or said.sure
                    continue
                factor = ratio(np.broadcast_to(table, true.shape), true)
                if factor is not None and self._is_usual(at, factor, said, result):
                    return replace(meaning, factor=factor)
                used = self.anchored(at, result) if said.sure else None
                taken_away = used is not None and used.wrt == meaning.wrt and used.factor > 0
                taken_away = taken_away and not self.is_turned_elsewhere(meaning.wrt, result)
                turns = not said.whole and not taken_away and not self.is_behind(at, result)
                if factor is not None and turns and self.allowed(-factor, False):
                    turned.append(replace(meaning, factor=factor))
                told = self.is_told(at, said, meaning, result)
                if told and at not in self.partial:
                    factor = self._likely_factor(at, table, true, result)
                    if (used := self.anchored(at, result)) and used.wrt == meaning.wrt:
                        factor = copysign(factor, used.factor)  # what is added is turned round
                    claims.append(replace(meaning, factor=factor, agrees=False))
        if turned:  # what is added in the update
            return turned[0]
        if claims and self.scaled(at, result):  # dw = rate·δ·x: a step, whatever its name
            return None
        if nothing and not claims:  # its name is plain, and at these points it tells nothing
            return None
        if not claims and any(self.is_misshapen(at, said) for said in self.said(at, ())):
            return None
        anchored = self.anchored(at, result)
        likely = [(anchored.wrt, anchored.of)] if anchored is not None else []
        likely = [o for o in likely if np.abs(self.true(o[1], o[0])).max() > NOTHING]
        for wrt, of in [*likely, *self.candidates(at, result)]:
            true = self.true(of, wrt)
            factor = ratio(np.broadcast_to(table, true.shape), true)
            if factor is not None and not claims:
                return Meaning(of, wrt, factor)
        if claims or not self.steps[at].meant:
            return claims[0] if claims else anchored
        return self._activation_of(at, table)

    def _is_usual(self, at: int, factor: float, said: Said, result: Meanings) -> bool:
        """True for a factor that what is named so may have beside the derivative.

        It is handed on; and a plain error, output − target, is usual for a mean of squares.
        """
        if not said.sure or self.allowed(factor, bool(said.of)):
            return True
        inputs = (result.found[i] for i in self.inputs(at) if i in result.found)
        usual = {m.factor for m in inputs if m.agrees and m.factor > 0}
        if all(map(is_plain_difference, self.steps[at].formulas)):
            usual |= {count / 2 for count in self.counts}
        return not said.of and any(abs(factor - one) < 1e-6 * abs(one) for one in usual)

    def is_turned_elsewhere(self, wrt: tuple[Name, ...], result: Meanings) -> bool:
        """True by a weight, where the gradient of another one has a minus, to be added."""
        moved = {
            n for i in range(len(self.steps)) if self.is_update(i) for n in self.steps[i].older
        }
        others = (m for m in result.found.values() if m.wrt != wrt and m.agrees)
        found = any(m.factor < 0 and moved.issuperset(m.wrt) for m in others)
        return moved.issuperset(wrt) and found

    def _activation_of(self, at: int, table: np.ndarray) -> Meaning | None:
        """The derivative of an activation that a step was meant as, element by element."""
        for step in self.steps[:at]:
            inner = [f.arguments[0] for f in step.formulas if isinstance(f, Call)]
            wrt = tuple(name for name in inner if isinstance(name, Name))
            like = len(wrt) == len(step.names) == table.shape[1]
            if like and ratio(table, self.true(step.names, wrt)) == 1:
                return Meaning(step.names, wrt)
        return None

    def claims(self, at: int, result: Meanings) -> Iterator[Meaning]:
        """What the name of a step says for sure, whatever the step comes to."""
        for said in self.said(at, [self.steps[place].base for place in result.cost]):
            for meaning in self.read(at, said, result):
                true = self.true(meaning.of, meaning.wrt)
                if not self.is_told(at, said, meaning, result):
                    continue
                if np.abs(true).max(initial=0.0) > NOTHING:
                    factor = self._likely_factor(at, self.table(at), true, result)
                    yield replace(meaning, factor=factor, agrees=False)

    def _said_again(self, at: int, result: Meanings) -> Meaning | None:
        """The meaning of a variable that a function gives back under the same name."""
        before = [result.found[i] for i in self.inputs(at) if i in result.found]
        same = [i for i in self.inputs(at) if self.steps[i].base == self.steps[at].base]
        if not self.is_alias(at) or len(before) != 1 or not same:
            return None
        order = [*self.steps[same[0]].names]
        places = [order.index(f) for f in self.steps[at].formulas if isinstance(f, Name)]
        meaning = before[0]
        if places != [*range(len(meaning.wrt))]:
            return None
        return replace(meaning, agrees=True)

    def _likely_factor(
        self, at: int, table: np.ndarray, true: np.ndarray, result: Meanings
    ) -> float:
        """1, or the number of samples where what it is computed from has that factor.

        Of what is computed from no gradient, the factor that all others have.
        """
        before = [result.found[i].factor for i in sorted(self.inputs(at)) if i in result.found]
        cost = self.cost_at(at, result)
        others = {m.factor for m in result.found.values() if m.agrees and m.of[0] == cost}
        if not before and len(others) == 1:
            return abs(others.pop())
        options = [1.0, *(abs(factor) for factor in before)]
        size = float(np.median(np.abs(table))) / max(float(np.median(np.abs(true))), NOTHING)
        return min(options, key=lambda k: abs(np.log(max(size, NOTHING) / k)))

    def is_sized(self, at: int, claim: Meaning) -> bool:
        """True for a step that is what it claims to be but for the sizes that were chosen here."""
        true = claim.factor * self.true(claim.of, claim.wrt)
        factor = ratio(np.broadcast_to(self.as_written(at), true.shape), true)
        sizes = {1.0, *self.counts}
        return factor is not None and any(
            abs(factor - a / b) < 1e-6 * abs(factor) for a in sizes for b in sizes if a != b
        )

    def is_turned(self, at: int, claim: Meaning) -> bool:
        """True for a step that is what it claims to be but for its sign, and perhaps a factor."""
        true = claim.factor * self.true(claim.of, claim.wrt)
        factor = ratio(np.broadcast_to(self.as_written(at), true.shape), true)
        return factor is not None and factor < 0

    def allowed(self, factor: float, exact: bool) -> bool:
        """True for the factors that a named gradient may have: those of a mean."""
        close = [1.0] if exact else [1.0, *self.counts, *(1 / c for c in self.counts)]
        return any(abs(factor - one) < 1e-6 * one for one in close)
