"""Which gradient each assignment of a backward pass is, found by conventions and by trial.

A quantity is tried against every ∂cost/∂X of its shape, at several points: what agrees with one
up to a factor is that. What agrees with none, though its name or the update that uses it says
which it should be, claims to be that. Of a nameless one, that one is taken which makes what is
computed from it right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from micrograd_like.formula import Call, Expr, Name, Number, factors, names, terms
from micrograd_like.graph import reachable
from micrograd_like.worksheet.python.layers import LAYER_COST
from micrograd_like.worksheet.python.meanings import Meaning, Meanings, array, elements_meant, times
from micrograd_like.worksheet.python.naming import Said, said_by
from micrograd_like.worksheet.python.steps import Recorder, Step
from micrograd_like.worksheet.python.terms import Term, names_of
from micrograd_like.worksheet.python.trial import Point, extended, points, ratio, start_of

#: Nameless quantities whose meaning is looked for by what is computed from them.
_MOST_SUPPOSED = 4
#: Suppositions that are tried for one of them.
_MOST_TRIED = 30
#: A derivative that is smaller everywhere is none.
_NOTHING = 1e-12


class Finder:
    """Finds the meanings in a program.

    Args:
        recorder: The program's steps.
        before: The same program without a last cost, whose points serve again.
    """

    def __init__(self, recorder: Recorder, before: Finder | None = None) -> None:
        self.recorder, self._before = recorder, before
        self.steps = recorder.steps
        self.snapshots = recorder.snapshots
        self.leaves = start_of(self.steps)
        self.maker = {name: at for at, step in enumerate(self.steps) for name in step.names}
        self.given = {
            at
            for at, step in enumerate(self.steps)
            if all(isinstance(f, Number) for f in step.formulas)
            and not any(said.whole and said.of for said in self.said(at, ()))
        }
        self.starts = self.given | {-1}
        self._updates: dict[int, bool] = {}
        #: For every name the variables that are computed from it.
        self._users: dict[Name, set[str]] = defaultdict(set)
        for step in self.steps:
            for name in (n for f in step.formulas for n in names(f)):
                self._users[name].add(step.base)
        #: Sums that are added to further on.
        self.partial = {
            self.maker[n]
            for step in self.steps
            if step.augmented and step.index is None
            for n in step.older
            if n in self.maker and any(n in names(f) for f in step.formulas)
        }
        #: The versions of every variable that is computed, the last one last.
        self.versions: dict[str, list[Term]] = {}
        for at, step in enumerate(self.steps):
            if step.index is None and at not in self.given and not self.is_update(at):
                self.versions.setdefault(step.base, []).append(array(step.names, step.shape))
        self._counts = {
            float(size)
            for step in self.steps
            for size in (*step.shape, int(np.prod(step.shape, dtype=int)))
            if size > 1
        }
        if recorder.guessed:  # sizes that were chosen stand for those that it has
            self._counts |= {*map(float, recorder.counts)}

    @cached_property
    def points(self) -> list[Point]:
        """The program at numbers."""
        if self._before is None:
            return points(self.steps, self.leaves)
        new = [step for step in self.steps if step.names[0] not in self._before.maker]
        return [*filter(None, (extended(point, new) for point in self._before.points))]

    # What rests on what.

    def inputs(self, at: int) -> set[int]:
        """The steps from whose names a step is computed."""
        used = (n for f in self.steps[at].formulas for n in names(f))
        return {self.maker[n] for n in used if n in self.maker}

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
        """True for a 0 that only a sum begins with, as dw of dw = 0 and dw += …: no quantity."""
        return name in self._beginnings

    @cached_property
    def _beginnings(self) -> set[Name]:
        sums = (s for at, s in enumerate(self.steps) if s.augmented and not self.is_update(at))
        return {name for step in sums for name in step.older if self._is_zero(name)}

    def forward(self, ends: Sequence[int]) -> set[int]:
        """What these steps are computed from, not going back through updates."""
        return {*reachable(ends, lambda at: () if self.is_update(at) else self.inputs(at))}

    # The meanings.

    def as_it_is(self, cost: Mapping[int, Name]) -> Meanings:
        """What every step means if this is the cost, nothing supposed."""
        return self._pass(cost, {})

    def meanings(self, cost: Mapping[int, Name]) -> Meanings:
        """What every step means if this is the cost, its versions by the steps that make them."""
        fixed: dict[int, Meaning] = {}
        best = self._pass(cost, fixed)
        for _ in range(_MOST_SUPPOSED):
            better = self._supposed(cost, fixed, best)
            if better is None:
                break
            best, fixed = better
        fixed = {**fixed, **self._as_used(best), **self._odd_one(best)}
        return self._pass(cost, fixed)  # which leaves the points as they are under it

    def _as_used(self, best: Meanings) -> dict[int, Meaning]:
        """Wrong steps with the factor that the others ask of them.

        dZ = A + Y with dW = dZ·Aᵀ/m should have been m times the derivative; what ends in a weight
        has the factor of the other weights.
        """
        used = {i for at in best.found for i in self.inputs(at)}
        ends = {at: (self.forward([at]), m) for at, m in best.found.items() if at not in used}
        found = {}
        for at, meaning in best.found.items():
            behind = [m for below, m in ends.values() if at in ends or at in below]
            factors = {m.factor for m in behind if m.agrees and m.of[0] == meaning.of[0]}
            if not meaning.agrees and len(factors) == 1:
                factor = factors.pop()
                factor = factor if at in ends else meaning.factor / factor
                if factor != meaning.factor and self.allowed(factor, False):
                    found[at] = replace(meaning, factor=factor)
        return found

    def _odd_one(self, best: Meanings) -> dict[int, Meaning]:
        """The one gradient of a weight with a factor, where those of all others have none."""
        weights = {n for u in best.updates for n in self.steps[u].older}
        ends = {
            at: meaning
            for at, meaning in best.found.items()
            if meaning.agrees
            and self.cost_at(at, best) == meaning.of[0]
            and {*meaning.wrt} <= weights
        }
        odd = [at for at, meaning in ends.items() if abs(meaning.factor - 1) > 1e-6]
        if len(odd) != 1 or len(ends) < 3:
            return {}
        return {odd[0]: replace(ends[odd[0]], factor=1.0, agrees=False)}

    def _supposed(
        self, cost: Mapping[int, Name], fixed: dict[int, Meaning], best: Meanings
    ) -> tuple[Meanings, dict[int, Meaning]] | None:
        """The nameless step whose meaning makes most steps right: of several the first.

        Where mending one line mends several, only that one is wrong.
        """
        options = [
            (at, one, least)
            for at in range(len(self.steps))
            if self._may_be(at, best)
            for one, least in self._options(at, best)
        ]
        sure = [o for o in options if o[0] not in best.found or o[2] == best.score]
        found, most = None, 0
        for at, one, least in [*sure, *(o for o in options if o not in sure)][:_MOST_TRIED]:
            tried = self._pass(cost, {**fixed, at: one})
            better = found is None or tried.score - tried.wrong > most
            if tried.score >= least and tried.wrong <= best.wrong and better:
                found, most = (tried, {**fixed, at: one}), tried.score - tried.wrong
        return found

    def _options(self, at: int, best: Meanings) -> Iterator[tuple[Meaning, int]]:
        """What a nameless step may be meant as, and the score from which it is taken as that.

        What an update uses is the gradient of its weight. A sign that differs from that of the
        gradient it is computed from is likelier a slip than a convention, and so is the same
        gradient once more.
        """
        known, cost = best.found.get(at), self.cost_at(at, best)
        before = [best.found[i] for i in sorted(self.inputs(at)) if i in best.found]
        factors = [meaning.factor for meaning in before if meaning.of[0] == cost]
        size = abs(factors[-1]) if factors else 1.0
        if known is not None and not known.agrees:
            return
        sure = any(said.sure for said in self.said(at, ()))
        if sure:
            if known is not None and known.factor < 0:
                yield replace(known, factor=-known.factor, agrees=False), best.score
            return
        anchored = self._anchored(at, best)
        if known is not None and anchored is not None and anchored.wrt != known.wrt:
            yield anchored, best.score
        again = known is not None and any(meaning.wrt == known.wrt for meaning in before)
        inner = None if known is None or again else self._gated(at, known)
        if (
            known is not None and inner is not None
        ):  # at a unit that the cost is taken of, only if that mends more
            wrt, direct = inner
            for factor in (size, -size):
                yield Meaning(known.of, wrt, factor, agrees=False), best.score + direct
        elif known is None or again:
            for wrt, of in self._candidates(at, best):
                for factor in (size, -size):
                    yield Meaning(of, wrt, factor, agrees=False), best.score + (known is None)
        if known is not None:
            turned = bool(factors) and known.factor * factors[-1] < 0
            other = replace(known, factor=-known.factor, agrees=False)
            yield other, best.score + (not turned)

    def _gated(self, at: int, known: Meaning) -> tuple[tuple[Name, ...], bool] | None:
        """The argument of an activation, where a step is a gradient by its output.

        And True where the cost is taken of that output. Where it is not, only what goes back
        through the activation needs the output itself.
        """
        step, whole = self.steps[at], self.steps[self.maker.get(known.wrt[0], at)]
        used = {n for f in step.formulas for n in names(f)}
        last = self.steps[self.maker[known.of[0]]]
        direct = not {n for f in last.formulas for n in names(f)}.isdisjoint(known.wrt)
        if not known.agrees or used.isdisjoint(known.wrt) or whole.names != known.wrt:
            return None
        inner = [f.arguments for f in whole.formulas if isinstance(f, Call)]
        wrt = tuple(a[0] for a in inner if len(a) == 1 and isinstance(a[0], Name))
        return (wrt, direct) if len(wrt) == len(known.wrt) else None

    def _may_be(self, at: int, best: Meanings) -> bool:
        """True for a step that is no forward pass, and that something wrong is computed from."""
        if at in self.given or at in self.forward([*best.cost]) or self.is_update(at):
            return False
        if at in self.partial:
            return False
        forward = self.forward([*best.cost])
        if self._carried_on(
            at, {n for i in forward for f in self.steps[i].formulas for n in names(f)}
        ):
            return False
        wrong = {u for u, right in best.updates.items() if right is None}
        wrong |= {u for u, meaning in best.found.items() if not meaning.agrees}
        return any(at in self.inputs(later) for later in range(at + 1, len(self.steps))) and any(
            at in self.forward([w]) or at in self._behind(w) for w in wrong
        )

    def _behind(self, at: int) -> set[int]:
        """All that an update is computed from."""
        return (
            set().union(*(self.forward([i]) for i in self.inputs(at))) if self.inputs(at) else set()
        )

    def _pass(self, cost: Mapping[int, Name], fixed: Mapping[int, Meaning]) -> Meanings:
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
                meaning = self._meaning(at, result)
                if meaning is not None:
                    self._take(at, meaning, result)
                else:
                    self._as_written(at)
        return result

    def _differentiated(self) -> list[int]:
        """The steps that a name says are differentiated."""
        found = []
        for at in range(len(self.steps)):
            for said in self.said(at, ()):
                if said.whole and said.of and (names_ := names_of(self.snapshots[at][said.of])):
                    found += [self.maker[n] for n in names_ if n in self.maker]
        return found

    def said(self, at: int, costs: Sequence[str]) -> list[Said]:
        """What the name of a step says."""
        step = self.steps[at]
        variables = [base for base in self.snapshots[at] if not base.startswith("net_")]
        return [*said_by(step.base, variables, costs)]

    def _take(self, at: int, meaning: Meaning, result: Meanings) -> None:
        result.found[at] = meaning
        if len(meaning.wrt) > len(self.steps[at].names):  # it is repeated for every element
            self._as_written(at)
            return
        for point in self.points:
            for name, of, wrt in zip(self.steps[at].names, meaning.of, meaning.wrt, strict=True):
                point.values[name] = meaning.factor * point.slope(of, wrt)

    def _as_written(self, at: int) -> None:
        step = self.steps[at]
        for point in self.points:
            for name, formula in zip(step.names, step.formulas, strict=True):
                point.values[name] = point.value(formula)

    def table(self, at: int) -> np.ndarray:
        """The numbers of a step as it is written, a row for each point."""
        formulas = self.steps[at].formulas
        return np.array([[point.value(f) for f in formulas] for point in self.points])

    def true(self, of: Sequence[Name], wrt: Sequence[Name]) -> np.ndarray:
        """The derivatives of several quantities, a row for each point."""
        return np.array(
            [[p.slope(o, w) for o, w in zip(of, wrt, strict=True)] for p in self.points]
        )

    def cost_at(self, at: int, result: Meanings) -> Name | None:
        """The version of the cost that counts at a step: the last one before, else the first."""
        before = [place for place in result.cost if place < at]
        place = max(before) if before else min(result.cost, default=None)
        return None if place is None else result.cost[place]

    def _update(self, at: int, result: Meanings) -> Expr | None:
        """The rate of an update that goes against the gradient; None where it does not."""
        cost, step = self.cost_at(at, result), self.steps[at]
        if cost is None or len(step.older) != len(step.names):
            return None
        older = np.array([[point.value(n) for n in step.older] for point in self.points])
        moved = self.table(at) - older
        true = self.true([cost] * len(step.older), step.older)
        found = [ratio(m[None], t[None]) for m, t in zip(moved, true, strict=True)]
        tells = np.abs(true).max(axis=1) > _NOTHING
        if None in found or not tells.any():
            return None
        factors = np.array(found, float)
        for rate in self._rates(step, result):
            share = -factors / np.array([point.value(rate) for point in self.points])
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

    # Candidates.

    def _meaning(self, at: int, result: Meanings) -> Meaning | None:
        """What a step is or claims to be; None where nothing tells."""
        table = self.table(at)
        claims: list[Meaning] = []
        turned: list[Meaning] = []
        nothing = False
        for said in self.said(at, [self.steps[place].base for place in result.cost]):
            for meaning in self._read(at, said, result):
                true = self.true(meaning.of, meaning.wrt)
                if np.abs(true).max(initial=0.0) <= _NOTHING:
                    nothing = nothing or said.sure
                    continue
                factor = ratio(np.broadcast_to(table, true.shape), true)
                if factor is not None and (not said.sure or self.allowed(factor, bool(said.of))):
                    return replace(meaning, factor=factor)
                turns = not said.whole and not self.is_behind(at, result)
                if factor is not None and turns and self.allowed(-factor, False):
                    turned.append(replace(meaning, factor=factor))
                told = said.sure and len(self.versions_before(said.wrt, at)) < 2
                if told and at not in self.partial:
                    factor = self._likely_factor(at, table, true, result)
                    claims.append(replace(meaning, factor=factor, agrees=False))
        if turned:  # what is added in the update
            return turned[0]
        if claims and self._scaled(at, result):  # dw = rate·δ·x: a step, whatever its name
            return None
        if nothing and not claims:  # its name is plain, and at these points it tells nothing
            return None
        anchored = self._anchored(at, result)
        likely = [(anchored.wrt, anchored.of)] if anchored is not None else []
        likely = [o for o in likely if np.abs(self.true(o[1], o[0])).max() > _NOTHING]
        for wrt, of in [*likely, *self._candidates(at, result)]:
            true = self.true(of, wrt)
            factor = ratio(np.broadcast_to(table, true.shape), true)
            if factor is not None and not claims:
                return Meaning(of, wrt, factor)
        return claims[0] if claims else anchored

    def is_behind(self, at: int, result: Meanings) -> bool:
        """True where the gradient that comes back is given: its sign is no convention."""
        cost = self.cost_at(at, result)
        return cost is not None and self.steps[self.maker[cost]].base == LAYER_COST

    def _likely_factor(
        self, at: int, table: np.ndarray, true: np.ndarray, result: Meanings
    ) -> float:
        """1, or the number of samples where what it is computed from has that factor."""
        before = [result.found[i].factor for i in sorted(self.inputs(at)) if i in result.found]
        options = [1.0, *(abs(factor) for factor in before)]
        size = float(np.median(np.abs(table))) / max(float(np.median(np.abs(true))), _NOTHING)
        return min(options, key=lambda k: abs(np.log(max(size, _NOTHING) / k)))

    def is_sized(self, at: int, claim: Meaning) -> bool:
        """True for a step that is what it claims to be but for the sizes that were chosen here."""
        true = claim.factor * self.true(claim.of, claim.wrt)
        factor = ratio(np.broadcast_to(self.table(at), true.shape), true)
        sizes = {1.0, *self._counts}
        return factor is not None and any(
            abs(factor - a / b) < 1e-6 * abs(factor) for a in sizes for b in sizes if a != b
        )

    def allowed(self, factor: float, exact: bool) -> bool:
        """True for the factors that a named gradient may have: those of a mean."""
        close = [1.0] if exact else [1.0, *self._counts, *(1 / c for c in self._counts)]
        return any(abs(factor - one) < 1e-6 * one for one in close)

    def _read(self, at: int, said: Said, result: Meanings) -> Iterator[Meaning]:
        """The derivatives that a name may say."""
        variables = self.snapshots[at]
        several = self.versions_before(said.wrt, at)
        targets = [*several[::-1]] if len(several) > 1 else [variables[said.wrt]]
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

    def versions_before(self, base: str, at: int) -> list[Term]:
        """The versions of a variable that are computed before a step."""
        versions = self.versions.get(base, ())
        return [v for v in versions if self.maker[v.reshape(-1)[0]] < at]

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

    def _candidates(
        self, at: int, result: Meanings
    ) -> Iterator[tuple[tuple[Name, ...], tuple[Name, ...]]]:
        """The derivatives of the cost by everything of the step's shape, the latest first."""
        cost, step = self.cost_at(at, result), self.steps[at]
        if cost is None:
            return
        size = len(step.names)
        seen: set[tuple[Name, ...]] = set()
        variables = [(b, names_of(t)) for b, t in reversed(self.snapshots[at].items())]
        computed = [v for v in variables if v[1] and self.maker.get(v[1][0], -1) not in self.starts]
        for base, wrt in [*computed, *(v for v in variables if v not in computed)]:
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
                if np.abs(self.true(of, group)).max(initial=0.0) > _NOTHING:
                    yield group, of

    def _anchored(self, at: int, result: Meanings) -> Meaning | None:
        """What an update says that a step is: w −= rate·G makes G ∂cost/∂w."""
        step = self.steps[at]
        forward = self.forward([*result.cost])
        inside = {n for i in forward for f in self.steps[i].formulas for n in names(f)}
        if self._carried_on(at, inside):
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

    def _scaled(self, at: int, result: Meanings) -> bool:
        """True for a step that is multiplied by what the forward pass does not have: a rate."""
        forward = self.forward([*result.cost])
        inside = {n for i in forward for f in self.steps[i].formulas for n in names(f)}
        return self._carried_on(at, inside) and all(
            any(
                isinstance(part, Name) and self.maker.get(part, -1) in self.given - forward
                for _, part in factors(formula)
            )
            for formula in self.steps[at].formulas
        )

    def _carried_on(self, at: int, inside: set[Name]) -> bool:
        """True for what comes from elsewhere than the forward pass: a velocity, a rate."""
        own = {n for f in self.steps[at].formulas for n in names(f)}
        return any(self.maker.get(n, -1) in self.starts for n in own - inside)

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
