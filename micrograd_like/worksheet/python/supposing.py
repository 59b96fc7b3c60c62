"""What nameless steps of a backward pass are meant as.

Of a nameless one, that meaning is taken which makes what is computed from it right. Where mending
one line mends several, only that one is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import copysign

from micrograd_like.formula import Call, Name, names
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.meanings import Meaning, Meanings
from micrograd_like.worksheet.python.naming import is_gradient_name, spelled

#: Nameless quantities whose meaning is looked for by what is computed from them.
_MOST_SUPPOSED = 4
#: Suppositions that are tried for one of them.
_MOST_TRIED = 30


class Suppositions:
    """Finds the meanings in a program under one cost.

    Args:
        finder: The program.
        cost: The names of the cost's versions, by the step that makes each.
    """

    def __init__(self, finder: Finder, cost: Mapping[int, Name]) -> None:
        self.finder, self.cost = finder, cost

    def meanings(self) -> Meanings:
        """What every step means if this is the cost, its versions by the steps that make them."""
        fixed: dict[int, Meaning] = {}
        best = self.finder.walked(self.cost, fixed)
        for _ in range(_MOST_SUPPOSED):
            better = self._supposed(fixed, best)
            if better is None:
                break
            best, fixed = better
        fixed = {**fixed, **self._as_used(best), **self._odd_one(best)}
        return self.finder.walked(self.cost, fixed)  # which leaves the points as they are under it

    def _as_used(self, best: Meanings) -> dict[int, Meaning]:
        """Wrong steps with the factor that the others ask of them.

        dZ = A + Y with dW = dZ·Aᵀ/m should have been m times the derivative; what ends in a weight
        has the factor of the other weights.
        """
        named = {at: m for at, m in best.found.items() if not self.finder.is_alias(at)}
        used = {i for at in named for i in self.finder.inputs(at)}
        free = {at: m for at, m in named.items() if at not in used}
        ends = {
            at: (self.finder.forward([at]), m)
            for at, m in free.items()
            if not any(map(self.finder.is_computed, m.wrt))
        }
        found = {}
        for at, meaning in best.found.items():
            own = [end for end in ends.values() if end[1].agrees and end[1].of[0] == meaning.of[0]]
            factors = {m.factor for below, m in own if at in ends or at in below}
            others = {m.factor for below, m in own if at not in below}
            if not meaning.agrees and len(factors) == 1:
                factor, usual = factors.pop(), others.pop() if len(others) == 1 else 1.0
                factor = factor if at in ends else meaning.factor * abs(usual / factor)
                if factor != meaning.factor and self.finder.allowed(factor, False):
                    found[at] = replace(meaning, factor=factor)
        return found

    def _odd_one(self, best: Meanings) -> dict[int, Meaning]:
        """The gradients of weights with another factor than those of the others.

        Or what they come from, where that is where the factor goes astray.

        Of a cost that is written, or of a layer's, they have none; of any other one, that of most.
        """
        weights = {n for u in best.updates for n in self.finder.steps[u].older}
        ends = {
            at: meaning
            for at, meaning in best.found.items()
            if meaning.agrees
            and self.finder.cost_at(at, best) == meaning.of[0]
            and {*meaning.wrt} <= weights
            and not self._is_carried_on(at, best)
        }
        factors = Counter(round(meaning.factor, 9) for meaning in ends.values())
        written = all(self.finder.steps[at].place.line for at in self.cost)
        if not factors:
            return {}
        usual, count = max(factors.items(), key=lambda one: (one[0] == 1 and written, one[1]))
        if 2 * count <= len(ends) and (usual != 1 or not written):
            return {}
        odd = {at for at, meaning in ends.items() if abs(meaning.factor - usual) > 1e-6}
        fine = {below for at in ends.keys() - odd for below in self.finder.forward([at])}
        found = {}
        for at in odd:
            behind = sorted(self.finder.forward([at]) & best.found.keys() - fine - ends.keys())
            astray = [(i, own) for i in behind if (own := self._handed_on(i, best)) is not None]
            first, factor = astray[0] if astray else (at, usual)
            found[first] = replace(best.found[first], factor=factor, agrees=False)
        return found

    def _handed_on(self, at: int, best: Meanings) -> float | None:
        """The factor of the gradient that a step goes on from, where it has another one itself."""
        own = best.found[at]
        before = [best.found[i] for i in self.finder.inputs(at) if i in best.found]
        factors = {abs(meaning.factor) for meaning in before if meaning.of[0] == own.of[0]}
        if len(factors) != 1 or abs(own.factor) in factors or not own.agrees:
            return None
        return copysign(factors.pop(), own.factor)

    def _is_carried_on(self, at: int, best: Meanings) -> bool:
        """True for what only comes to the same weight's gradient further down, and for that."""
        own = best.found[at].wrt
        return self.finder.is_alias(at) or any(
            at in self.finder.inputs(later)
            and meaning.wrt == own
            and not self.finder.is_alias(later)
            for later, meaning in best.found.items()
        )

    def _supposed(
        self, fixed: dict[int, Meaning], best: Meanings
    ) -> tuple[Meanings, dict[int, Meaning]] | None:
        """The nameless step whose meaning makes most steps right: of several the first.

        Where mending one line mends several, only that one is wrong.
        """
        options = [
            (at, one, least)
            for at in range(len(self.finder.steps))
            if self._may_be(at, best)
            for one, least in self._options(at, best)
        ]
        options.sort(
            key=lambda o: (
                self._only_renames(o[0], o[1], best),
                o[0] in best.found and o[2] != best.score,
            )
        )
        found, most = None, 0
        for at, one, least in options[:_MOST_TRIED]:
            tried = self.finder.walked(self.cost, {**fixed, at: one})
            better = found is None or tried.score - tried.wrong > most
            right = at in best.found and best.found[at].agrees
            if right and self._is_one_line(best):
                continue
            if tried.score >= least and tried.wrong <= best.wrong and better:
                found, most = (tried, {**fixed, at: one}), tried.score - tried.wrong
        return found

    def _only_renames(self, at: int, one: Meaning, best: Meanings) -> bool:
        """True for another name that says nothing: no slip is looked for there first."""
        steps, flow = self.finder.steps, self.finder
        if not flow.is_alias(at) or self._is_used_as(at, one, best):
            return False
        before = [steps[i].base for i in flow.inputs(at)]
        return not is_gradient_name(steps[at].base) or any(map(is_gradient_name, before))

    def _is_used_as(self, at: int, one: Meaning, best: Meanings) -> bool:
        """True for the meaning that an update gives a step."""
        anchored = self.finder.anchored(at, best)
        return anchored is not None and anchored.wrt == one.wrt

    def _is_one_line(self, meanings: Meanings) -> bool:
        """True where nothing is wrong but one line that updates several weights."""
        places = [self.finder.steps[u].place for u, r in meanings.updates.items() if r is None]
        return meanings.wrong == len(places) > len({*places}) == 1

    def _options(self, at: int, best: Meanings) -> Iterator[tuple[Meaning, int]]:
        """What a nameless step may be meant as, and the score from which it is taken as that.

        What an update uses is the gradient of its weight. A sign that differs from that of the
        gradient it is computed from is likelier a slip than a convention, and so is the same
        gradient once more.
        """
        known, cost = best.found.get(at), self.finder.cost_at(at, best)
        before = [best.found[i] for i in sorted(self.finder.inputs(at)) if i in best.found]
        factors = [meaning.factor for meaning in before if meaning.of[0] == cost]
        size = abs(factors[-1]) if factors else 1.0
        if known is not None and not known.agrees:
            for claim in self.finder.claims(at, best):
                if claim.wrt != known.wrt:
                    yield claim, best.score + 1
            return
        sure = any(said.sure for said in self.finder.said(at, ()))
        if sure:
            odd = known is not None and not self.finder.is_turned_elsewhere(known.wrt, best)
            if known is not None and known.factor < 0 and odd:
                yield replace(known, factor=-known.factor, agrees=False), best.score
            return
        anchored = self.finder.anchored(at, best)
        if known is not None and anchored is not None and anchored.wrt != known.wrt:
            yield anchored, best.score
        again = known is not None and any(meaning.wrt == known.wrt for meaning in before)
        inner = None if known is None or again else self._gated(at, known)
        if (
            known is not None and inner is not None
        ):  # at a unit that the cost is taken of, only if that mends more
            wrt, more = inner
            for factor in (size, -size):
                yield Meaning(known.of, wrt, factor, agrees=False), best.score + more
        elif known is None or again:
            for wrt, of in self.finder.candidates(at, best):
                for factor in (size, -size):
                    yield Meaning(of, wrt, factor, agrees=False), best.score + (known is None)
        if known is not None:
            turned = bool(factors) and known.factor * factors[-1] < 0
            other = replace(known, factor=-known.factor, agrees=False)
            yield other, best.score + (not turned)

    def _gated(self, at: int, known: Meaning) -> tuple[tuple[Name, ...], int] | None:
        """The argument of an activation, where a step is a gradient by its output.

        And how much more must be right with it: where the cost is taken of that output, or where
        nothing in the step says that it goes back through the activation, not even its name.
        """
        step, whole = (
            self.finder.steps[at],
            self.finder.steps[self.finder.maker.get(known.wrt[0], at)],
        )
        used = {n for f in step.formulas for n in names(f)}
        last = self.finder.steps[self.finder.maker[known.of[0]]]
        direct = not {n for f in last.formulas for n in names(f)}.isdisjoint(known.wrt)
        through = "delta" in spelled(step.base) or not used.isdisjoint(known.wrt)
        if not known.agrees or whole.names != known.wrt or self.finder.is_alias(at):
            return None
        inner = [f.arguments for f in whole.formulas if isinstance(f, Call)]
        wrt = tuple(a[0] for a in inner if len(a) == 1 and isinstance(a[0], Name))
        more = direct + (not through)
        return (wrt, more) if len(wrt) == len(known.wrt) else None

    def _may_be(self, at: int, best: Meanings) -> bool:
        """True for a step that is no forward pass, and that something wrong is computed from."""
        flow, forward = self.finder, self.finder.forward([*best.cost])
        if at in flow.given | forward | flow.partial or flow.is_update(at):
            return False
        inside = {n for i in forward for f in flow.steps[i].formulas for n in names(f)}
        if flow.carried_on(at, inside):
            return False
        wrong = {u for u, right in best.updates.items() if right is None}
        wrong |= {u for u, meaning in best.found.items() if not meaning.agrees}
        used = any(at in flow.inputs(later) for later in range(at + 1, len(flow.steps)))
        return used and any(at in flow.forward([w]) or at in self._behind(w) for w in wrong)

    def _behind(self, at: int) -> set[int]:
        """All that an update is computed from."""
        return {below for i in self.finder.inputs(at) for below in self.finder.forward([i])}
