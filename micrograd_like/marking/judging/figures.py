"""Judges figures put into a formula: by the quantities they stand for, and by their result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import TypeVar

from micrograd_like.formula import Call, Derivative, Expr, Quantity, operands
from micrograd_like.marking.hand import Figure, worked_out
from micrograd_like.marking.judging.compare import Compared, Comparison
from micrograd_like.marking.judging.judged import Judged
from micrograd_like.marking.judging.measure import NO_SLIP, Line, Measure
from micrograd_like.marking.records import SOUND, Verdict
from micrograd_like.worksheet.records import Part

_T = TypeVar("_T")

#: A difference quotient is as near as this to the derivative that it estimates.
_NEAR = 0.01
_NOT_DEFINED = "These figures do not give a number: they may be too rough for that"
_ESTIMATE = "This is an estimate by differences, and how near it comes is not known"


class FigureJudge(Measure):
    """Judges figures put in."""

    def part(self, part: Part, line: Line) -> Judged:
        """Figures put into a formula: right if each is, or if the result is."""
        key = line.key
        if isinstance(key, Derivative) and part.approximate and _is_quotient(part.expr):
            return self._estimate(part, line)
        comparison = Comparison(line.figures, self.follows)
        worked = ((j.worked, NO_SLIP) for j in line.before if j.worked)
        formulas: Iterator[tuple[Expr, frozenset[Quantity]]] = chain(self.formulas(line), worked)
        if not line.named:
            formulas = _possible(formulas, partial(comparison.may_be, part.expr))
        compared, own = _least(
            ((comparison.of(part.expr, formula), own) for formula, own in formulas),
            lambda pair: len(pair[0].off),
        )
        compared = self._given_otherwise_put_in(part, line, comparison) or compared
        figure = line.figures.result(compared.expr)
        slips = None if compared.off else compared.slips | own
        if figure is None and slips is not None:  # the right figures, and 1/(1 − 1.00)
            verdict: Verdict = "follows" if slips else "unchecked"
            return self.judged(part, verdict, slips=slips, problem=_NOT_DEFINED)
        if figure is None:
            return self.judged(part, "wrong")
        if self.is_true(figure, key):
            slips = frozenset()
        elif slips is None and not compared.given_otherwise:
            slips = self.follows(figure, partial(self.by_method, key))
        if slips is None:
            off = tuple((a, line.figures.unnamed(b)) for a, b in compared.off)
            return self.judged(part, "wrong", figure=figure, off=off)
        verdict = "follows" if slips else "right"
        return self.judged(part, verdict, figure=figure, slips=slips, worked=compared.expr)

    def _given_otherwise_put_in(
        self, part: Part, line: Line, comparison: Comparison
    ) -> Compared | None:
        """The first figures of a line, where a given in its formula has been put in as another.

        What else the figures come to does not make up for that.
        """
        sound = [j for j in line.before if j.verdict in SOUND]
        if any(j.numeric for j in sound):
            return None
        found = [comparison.of(part.expr, j.expr) for j in sound]
        fits = any(not compared.off for compared in found)
        return None if fits else next((c for c in found if c.given_otherwise), None)

    def _estimate(self, part: Part, line: Line) -> Judged:
        """A difference quotient after ≈: near enough, or how near it has to be is not known."""
        figure, true = worked_out(part.expr, line.figures.look_up), self.facts.true(line.key)
        if figure is not None and abs(figure.center - true) <= _NEAR * abs(true):
            return self.judged(part, "right", figure=figure)
        return self.judged(part, "unchecked", figure=figure, problem=_ESTIMATE)

    def fits_one(self, part: Part, line: Line) -> bool:
        """Whether a part in names and numbers is a formula with some of its numbers put in."""
        return any(self.fits(part.expr, formula) for formula, _ in self.formulas(line))

    def fits(self, figures: Expr, formula: Expr) -> bool:
        """Whether figures put in are those of the formula, operand by operand."""
        if operands(figures) is None:
            return False
        compared = Comparison(self.figures_of_line(), self.follows).of(figures, formula)
        return not compared.off and not compared.whole

    def as_it_stands(self, figures: Expr) -> Figure | None:
        """What figures give by themselves, those of givens exact."""
        return self.figures_of_line().as_it_stands(figures)


def _is_quotient(expr: Expr) -> bool:
    """True for a difference over something."""
    return (
        isinstance(expr, Call)
        and expr.function == "div"
        and isinstance(expr.arguments[0], Call)
        and expr.arguments[0].function == "sub"
    )


def _possible(
    formulas: Iterable[tuple[Expr, _T]], may_be: Callable[[Expr], bool]
) -> Iterator[tuple[Expr, _T]]:
    """The formulas that figures may be put into; the first one where they are of none."""
    none, first = True, None
    for formula, own in formulas:
        first = first or (formula, own)
        if may_be(formula):
            none = False
            yield formula, own
    if none and first is not None:
        yield first


def _least(items: Iterable[_T], size: Callable[[_T], int]) -> _T:
    """The first of the smallest; where one is 0, no further one is made."""
    found: list[_T] = []
    for item in items:
        if not size(item):
            return item
        found.append(item)
    return min(found, key=size)
