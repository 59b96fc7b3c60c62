"""Figures compared with what they are laid beside, operand by operand.

Every part of a line may be worked out from the figures of the part before it, and each figure may
be off by as much as what it was worked out from, or by half a unit of its last place: the larger
of the two counts, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Quantity,
    product,
    quantities,
    summed,
)
from micrograd_like.marking.hand import Figure, View
from micrograd_like.marking.judging.align import Pairing, pairing
from micrograd_like.marking.judging.line_figures import LineFigures, is_figure, one_number
from micrograd_like.marking.world.shape import other_function
from micrograd_like.marking.world.values import same_number
from micrograd_like.record import record

#: An operand of a formula, and what stands for it in figures put in: (figures, operand).
Pair = tuple[Expr, Expr]
#: What the method must be carried on from to give a figure; None if it cannot.
Follows = Callable[[Figure, Callable[[View], Figure | None]], frozenset[Quantity] | None]

#: How far a name is from another one of the same number.
_OTHER_NAME = 1.0


@record
class Compared:
    """Figures beside a formula, compared.

    Attributes:
        expr: The figures as they were written, each as a name of its own.
        slips: What they follow from.
        off: Those that are not their operand's.
        whole: True where some have been compared by their result alone.
        given_otherwise: True where all are their operands' but for givens that are others.
    """

    expr: Expr
    slips: frozenset[Quantity] = frozenset()
    off: tuple[Pair, ...] = ()
    whole: bool = False
    given_otherwise: bool = False


def _once(
    known: dict[Expr, Figure | None], formula: Expr, worked_out: Callable[[Expr], Figure | None]
) -> Figure | None:
    """What a formula gives, worked out once for each."""
    if formula not in known:
        known[formula] = worked_out(formula)
    return known[formula]


class _Beside:
    """Figures, with how far they are from each formula that they have been laid beside.

    Attributes:
        expr: The figures.
        given: What they give.
    """

    def __init__(self, expr: Expr, given: Figure | None) -> None:
        self.expr, self.given = expr, given
        self.apart: dict[Expr, tuple[float, float]] = {}


class Comparison:
    """Compares the figures of one line with formulas.

    Attributes:
        line: What is known of the figures.
        follows: What a figure follows from.
    """

    def __init__(self, line: LineFigures, follows: Follows) -> None:
        self.line, self.follows = line, follows
        self.facts = line.facts
        #: By the identity of both: equal numbers may be written with other decimals.
        self._found: dict[tuple[int, int], tuple[Pairing, Compared]] = {}
        self._ours: dict[int, _Beside] = {}
        self._rough: dict[int, tuple[Expr, Figure | None]] = {}
        self._true: dict[Expr, Figure | None] = {}
        self._learnt: dict[Expr, Figure | None] = {}

    def of(self, figures: Expr, formula: Expr) -> Compared:
        """Figures that have been put into a formula."""
        known = self._found.get((id(figures), id(formula)))
        if known is None:
            pair = pairing(figures, formula, self._distance, self.may_be)
            known = self._found[id(figures), id(formula)] = pair, self._compared(pair)
        return known[1]

    def may_be(self, figures: Expr, formula: Expr) -> bool:
        """False where what figures come to tells that they have not been put into a formula."""
        if id(figures) not in self._rough:
            self._rough[id(figures)] = figures, self.line.as_written(figures)
        ours, theirs = self._rough[id(figures)][1], _once(self._true, formula, self.line.true)
        if ours is None or theirs is None or ours.meets(theirs):
            return True
        if any(map(is_figure, quantities(formula))):
            return False
        carried = self._carried(formula)
        return carried is not None and (bool(carried.slips) or ours.meets(carried))

    def _distance(self, figures: Expr, formula: Expr) -> tuple[float, float]:
        """How far figures are from a formula, in truth or from the learner's figures.

        Of those that may be the same, the nearest number comes first: 0.3 may round 0.307, but
        belongs to 0.3 where that is there.
        """
        if figures == formula:
            return 0.0, 0.0
        beside = self._ours.get(id(figures))
        if beside is None:
            beside = self._ours[id(figures)] = _Beside(figures, self._written(figures))
        if formula not in beside.apart:
            beside.apart[formula] = self._apart(figures, beside.given, formula)
        return beside.apart[formula]

    def _apart(self, figures: Expr, ours: Figure | None, formula: Expr) -> tuple[float, float]:
        if ours is None:
            return math.inf, math.inf
        off = float(isinstance(figures, Name | Derivative))
        theirs = [_once(self._true, formula, self.line.true)]
        if _gap(ours, theirs[0]) > 0 and not any(map(is_figure, quantities(formula))):
            theirs.append(self._carried(formula))
        between = [abs(ours.center - figure.center) for figure in theirs if figure is not None]
        gap = min(_gap(ours, figure) for figure in theirs)
        return gap + _OTHER_NAME * off, min(between, default=math.inf)

    def _carried(self, formula: Expr) -> Figure | None:
        """What a formula gives from the learner's figures."""
        return _once(self._learnt, formula, View(self.line.hand).worked_out)

    def _written(self, figures: Expr) -> Figure | None:
        number = one_number(figures)
        return self.line.written(figures) if number is None else Figure.written(number)

    def _compared(self, pair: Pairing) -> Compared:
        if not pair.operands:
            return self._whole(pair.figures, pair.formula)
        found = [self._compared(operand) for _, operand in pair.operands]
        joined = Compared(
            _joined(pair, [one.expr for one in found]),
            slips=frozenset[Quantity]().union(*(one.slips for one in found)),
            off=tuple(off for one in found for off in one.off),
            whole=any(one.whole for one in found),
            given_otherwise=all(one.given_otherwise or not one.off for one in found),
        )
        if not joined.off:
            return joined
        atoms = [formula for figure, formula in joined.off if self._is_other(figure, formula)]
        # Where several are off, they may have been laid beside one another's operands.
        given = len(joined.off) == 1 and any(f in self.facts.truth.sources for f in atoms)
        other_shape = all(one.off for one in found)
        if other_shape and not given:
            return self._whole(pair.figures, pair.formula)
        expr = joined.expr
        if given:  # what others are rounded by does not make up for a given that is another
            expr = self.line.read(pair.figures, exact=True)
        elif not atoms or len(joined.off) > 1:
            expr = self.line.read(pair.figures)
        ours, theirs = self.line.result(expr), self.line.true(pair.formula)
        if ours is not None and theirs is not None and ours.meets(theirs):
            return Compared(expr, whole=True)
        if other_shape:
            return Compared(expr, joined.slips, ((pair.figures, pair.formula),))
        sources = self.facts.truth.sources
        alone = given and all(f in sources and self._is_other(a, f) for a, f in joined.off)
        return Compared(
            expr if given else joined.expr, joined.slips, joined.off, given_otherwise=alone
        )

    def _is_other(self, figure: Expr, formula: Expr) -> bool:
        """True for a single number that is not that of a quantity with its sign turned."""
        number = one_number(figure)
        if number is None or not isinstance(formula, Quantity):
            return False
        return abs(number.value) != abs(self.line.look_up(formula).center)

    def _whole(self, figures: Expr, formula: Expr) -> Compared:
        """What the figures come to beside what the formula comes to."""
        line = self.line
        if figures == formula:
            return Compared(line.read(figures, exact=True))
        off = Compared(line.read(figures, exact=True), off=((figures, formula),))
        if isinstance(figures, Name | Derivative):  # a name says more than its number
            if any(map(is_figure, quantities(formula))):
                return off
            return Compared(figures) if self.facts.truth.equal(figures, formula) else off
        if other_function(figures, formula) and self._same_arguments(figures, formula):
            # Of the same argument, another function is wrong beyond rounding.
            same = Call(formula.function, figures.arguments)  # type: ignore[union-attr]
            right = same_number(figures, same, self.facts.truth.here)
            return Compared(line.read(figures), whole=True) if right else off
        expr, theirs = line.beside(figures, formula), line.true(formula)
        ours = line.result(expr)
        whole = isinstance(figures, Call) and one_number(figures) is None
        if ours is None or theirs is None:
            return off
        if ours.meets(theirs):
            if isinstance(formula, Name) and ours.center == self.facts.truth.sources.get(formula):
                return Compared(line.read(figures, exact=True))
            reach = (theirs.high - theirs.low) / 2
            if reach > (ours.high - ours.low) / 2:  # it is as uncertain as what it comes from
                expr = line.named(
                    Figure(ours.center, ours.center - reach, ours.center + reach, theirs.slips)
                )
            return Compared(expr, slips=theirs.slips, whole=whole)
        if any(map(is_figure, quantities(formula))):
            return off
        carried = self._carried(formula)
        if carried is None or not (carried.slips or ours.meets(carried)):
            return off
        slips = self.follows(ours, lambda view: view.worked_out(formula))
        return off if slips is None else Compared(expr, slips=slips, whole=whole)

    def _same_arguments(self, figures: Expr, formula: Expr) -> bool:
        """True for log10(.3) beside σ(a1), where a1 is .3."""
        assert isinstance(figures, Call)
        assert isinstance(formula, Call)
        pairs = zip(figures.arguments, formula.arguments, strict=True)
        return not any(self.of(*pair).off for pair in pairs)


def _gap(a: Figure, b: Figure | None) -> float:
    """How far two figures are apart, as a part of the second."""
    if b is None:
        return float("inf")
    return 0.0 if a.meets(b) else max(a.low - b.high, b.low - a.high) / (abs(b.center) or 1.0)


def _joined(pair: Pairing, parts: list[Expr]) -> Expr:
    """Operands put together as they were."""
    marked = [(mark, part) for (mark, _), part in zip(pair.operands, parts, strict=True)]
    mark = marked[0][0]
    if mark in ("+", "-"):
        return summed(marked)
    if mark in ("*", "/"):
        return product(marked)
    assert isinstance(pair.figures, Call)
    return Call(pair.figures.function, tuple(parts))
