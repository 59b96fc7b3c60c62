"""Judges a single number: by the truth, and by what the learner's figures give.

Rounding is carried along, so that an honestly rounded number is never wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain

from micrograd_like.formula import Expr, Number, Quantity, nodes
from micrograd_like.marking.hand import Figure, View
from micrograd_like.marking.judging.judged import Judged
from micrograd_like.marking.judging.measure import NO_SLIP, Line, Measure, Method, no_number
from micrograd_like.marking.records import SOUND, Verdict
from micrograd_like.marking.world.values import measured
from micrograd_like.worksheet.records import Part

#: So far apart, as a part of the larger, two results are of no rounding.
_APART = 0.01


class NumberJudge(Measure):
    """Judges single numbers."""

    def part(self, part: Part, line: Line) -> Judged:
        """A number of a line, and what the figures before it give where that is another."""
        judged = self._held(part, line)
        return replace(judged, gives=self._given_otherwise(judged, line))

    def _given_otherwise(self, judged: Judged, line: Line) -> float | None:
        """What the figures right before a number give; None where they give it, or it is true."""
        last, figure = (line.before or (None,))[-1], judged.figure
        left = self._left(line) if last is None else last.expr
        if left is None or figure is None or (last and (last.number or not last.numeric)):
            return None
        if judged.verdict not in SOUND or self.without_number(line.key):
            return None
        about = measured(left, self.facts.truth.here)
        if about and figure.low <= about[0] - about[1] and about[0] + about[1] <= figure.high:
            return None  # floats decide
        given = line.figures.exactly(left)
        if given is None or figure.meets(given) or self.is_true(figure, line.key):
            return None
        return given.center

    def _held(self, part: Part, line: Line) -> Judged:
        assert part.number is not None
        figure = Figure.written(part.number, part.approximate)
        key, before = line.key, line.before
        if self.without_number(key):
            return self._number_alone(part, key, figure, before)
        if self.is_true(figure, key):
            return self.judged(part, "right", figure=figure)
        sound = [j for j in before if j.verdict in SOUND]
        if sound and sound[-1] is before[-1] and _is_no_rounding(part.number, figure, before[-1]):
            return self.judged(part, "wrong", figure=figure)
        for judged in sound:  # the result of the figures put in
            if _goes_on_from(part.number, figure, judged):
                verdict: Verdict = "follows" if judged.slips else "right"
                return self.judged(part, verdict, figure=figure, slips=judged.slips)
        for stated in self._alone(line) if not before else ():
            if stated is not None and figure.meets(stated):
                verdict = "follows" if stated.slips else "right"
                return self.judged(part, verdict, figure=figure, slips=stated.slips)
        last = before[-1] if before else None
        shapes = self.shapes(line)
        methods = ((partial(View.worked_out, expr=formula), own) for formula, own in shapes)
        for method, own in chain(methods, [(partial(self.by_method, key), NO_SLIP)]):
            slips = self.follows(figure, method)
            if slips is not None and not self._disagrees(part, last, method):
                verdict = "follows" if slips | own else "right"
                return self.judged(part, verdict, figure=figure, slips=slips | own)
        return self.judged(part, "wrong", figure=figure)

    def _number_alone(
        self, part: Part, key: Quantity, figure: Figure, before: Sequence[Judged]
    ) -> Judged:
        """A number of what has no true one: held against the line's figures and what is stated."""
        last = next((j for j in reversed(before) if j.numeric and j.figure is not None), None)
        if last is not None and last.figure is not None:
            verdict: Verdict = "right" if figure.meets(last.figure) else "wrong"
            return self.judged(part, verdict, figure=figure)
        verdict = "right" if self.as_stated(figure, key) else "unchecked"
        return self.judged(part, verdict, figure=figure, problem=no_number(key))

    def _alone(self, line: Line) -> Iterator[Figure | None]:
        """What a number with nothing before it may be: one stated again, or that of its left."""
        yield self.learner.hand.stated.get(line.key)
        left = self._left(line)
        yield None if left is None else line.figures.by_itself(left)

    def _left(self, line: Line) -> Expr | None:
        """The figures to the left of a number, where no name stands: 0.53·9 = 4.79."""
        formula = self.facts.definitions.get(line.key)
        if formula is None or self.facts.leaves(formula):
            return None
        rounded = any(number.places is not None for number in nodes(formula, Number))
        return formula if rounded else None

    def _disagrees(self, part: Part, before: Judged | None, method: Method) -> bool:
        """True for a number that a slip might explain, but not beside the figures before it."""
        carried = method(View(self.learner.hand))
        return bool(carried and carried.slips) and self.contradicts(part, before)

    def contradicts(self, part: Part, before: Judged | None) -> bool:
        """True for a number that is not what the figures right before it give, as they stand."""
        if before is None or part.number is None:
            return False
        return self.breaks_off(before.part, part) is not None

    def breaks_off(self, before: Part, part: Part) -> float | None:
        """What figures give, where what stands behind them is not that; else None.

        Figures behind them may have been rounded less than is shown.
        """
        given = self._by_itself(before) if before.number is None else None
        if given is None:
            return None
        if part.number is None:
            own = self._by_itself(part)
        else:
            own = Figure.written(part.number, part.approximate or given.low < given.high)
        if own is None or own.meets(given):
            return None
        apart = abs(own.center - given.center) / max(abs(own.center), abs(given.center))
        return given.center if part.number is not None or apart > _APART else None

    def _by_itself(self, part: Part) -> Figure | None:
        """What a part comes to as it stands; None where a name is in it."""
        leaves = self.facts.leaves(part.expr)
        return None if leaves else self.figures_of_line().as_it_stands(part.expr)


def _goes_on_from(number: Number, figure: Figure, judged: Judged) -> bool:
    """True for what a part comes to: a number is rounded further, but gains no digit but zeros."""
    before = judged.part.number
    finer = before is not None and (number.places or 0) > (before.places or 0)
    if judged.figure is None or (finer and figure.center != judged.figure.center):
        return False
    return figure.meets(judged.figure)


def _is_no_rounding(number: Number, figure: Figure, judged: Judged) -> bool:
    """True for 0.1473 behind 0.14765: of a number right before it, it can be nothing else."""
    before = judged.part.number
    if before is None or judged.figure is None or (number.places or 0) > (before.places or 0):
        return False
    return not figure.meets(judged.figure)
