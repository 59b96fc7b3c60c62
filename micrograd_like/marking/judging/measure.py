"""What the parts of a line are held against: the truth, and what a learner may go on from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

from micrograd_like.formula import Derivative, Expr, Name, Quantity, quantities
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Figure, View, worked_out
from micrograd_like.marking.judging.judged import Judged
from micrograd_like.marking.judging.learner import Learner
from micrograd_like.marking.judging.line_figures import LineFigures
from micrograd_like.marking.records import SOUND, Verdict
from micrograd_like.marking.world.shape import replaced
from micrograd_like.notation import text
from micrograd_like.record import record
from micrograd_like.worksheet.records import Part

#: Up to so many slips behind a number, every choice of those carried on is looked at.
_MOST_SLIPS = 4
#: A figure of fewer digits is decided by floats.
_FINE = 1e-7

NO_SLIP = frozenset[Quantity]()

#: What gives a figure from the learner's.
Method = Callable[[View], Figure | None]


@record
class Line:
    """What a part is judged by.

    Attributes:
        key: What the line is about.
        figures: What is known of its figures.
        before: Its parts that have been judged: what they say may be put in, or gone on from.
        named: Whether it is to be told which of the figures put in are off.
    """

    key: Quantity
    figures: LineFigures
    before: tuple[Judged, ...]
    named: bool = True


class Measure:
    """What judges a part knows: the facts of the worksheet, and the learner's lines so far."""

    def __init__(self, facts: Facts, learner: Learner) -> None:
        self.facts, self.learner = facts, learner

    def judged(self, part: Part, verdict: Verdict, **known: Any) -> Judged:
        """The part with its verdict and what else is known of it."""
        expr = known.pop("expr", part.expr)
        return Judged(part, verdict, expr, not self.facts.leaves(expr), **known)

    def without_number(self, key: Quantity) -> bool:
        """True for what rests on names without a number: none can be held against it.

        Unless it is the same whatever they are: ∂m/∂a = 1/2 for m = (a + b)/2.
        """
        if not self.facts.sheet.without_number(key):
            return False
        return self.facts.truth.moves(key) or not self.facts.truth.near()

    def as_stated(self, figure: Figure, key: Quantity) -> bool:
        """True for what a right formula gives from the numbers that the learner has stated."""

        def look_up(leaf: Quantity) -> Figure:
            if leaf in self.learner.hand.stated:
                return self.learner.hand.stated[leaf]
            if self.without_number(leaf):
                raise ArithmeticError
            return self.learner.hand.figure(leaf)

        results = (worked_out(form, look_up) for form in self.facts.forms(key))
        return any(result is not None and figure.meets(result) for result in results)

    def by_method(self, key: Quantity, view: View) -> Figure | None:
        """What the right method gives from the learner's figures."""
        if isinstance(key, Derivative):
            try:
                return view.derivative(key)
            except ArithmeticError:  # one on the way does not exist
                return None
        return view.worked_out(self.learner.definition(key))

    def formulas(self, line: Line) -> Iterator[tuple[Expr, frozenset[Quantity]]]:
        """The formulas that figures may be put into, and the slips that are in each.

        Those with the learner's own for some pieces come last.
        """
        formulas: list[Expr] = []
        for formula, slips in self.shapes(line):
            formulas.append(formula)
            yield formula, slips
        for formula in formulas:
            own = self.own(formula, line.key)
            if own != formula:
                yield own, self.slipped(formula, line.key)

    def shapes(self, line: Line) -> Iterator[tuple[Expr, frozenset[Quantity]]]:
        """What the line, or one before it, says it is, with the slips; then the right formulas."""
        sound = (j for j in line.before if j.verdict in SOUND and not j.numeric)
        said = {j.expr: j.slips for j in sound} | dict(self.learner.said.get(line.key, ()))
        right = self._right(line.key)
        if any(said.values()):  # one that is right by itself has none
            said |= dict.fromkeys(right, NO_SLIP)
        yield from [*said.items()]
        for form in right:
            if form not in said:
                said[form] = NO_SLIP
                yield form, NO_SLIP

    def _right(self, key: Quantity) -> Iterator[Expr]:
        """The right formula in its shapes, written as they are asked for."""
        yield from self.facts.forms(key)
        if isinstance(key, Name):
            yield self.learner.definition(key)
        yield from self.facts.from_inputs(key)

    def own(self, formula: Expr, key: Quantity) -> Expr:
        """A formula with the learner's wrong ones in the place of what they give."""
        for leaf in sorted(self.slipped(formula, key), key=str):
            formula = replaced(formula, leaf, self.learner.formulas[leaf])
        return formula

    def slipped(self, formula: Expr, key: Quantity) -> frozenset[Quantity]:
        """The quantities in a formula for which the learner has a wrong one."""
        leaves = quantities(formula)
        return frozenset(q for q in leaves if q in self.learner.formulas and q != key)

    def figures_of_line(self) -> LineFigures:
        """What is known of the figures of a line, before any of them is read."""
        return LineFigures(self.facts, self.learner.hand)

    def is_true(self, figure: Figure, key: Quantity) -> bool:
        """True if the figure is the true number, as far as it is written and floats can tell."""
        true = self.facts.true(key)
        meets = figure.meets(Figure.exact(true))
        if meets and figure.high - figure.low > _FINE * abs(true):
            return True
        if meets or self.facts.cancels(key):  # floats do not decide
            precise = self.facts.precise(key)
            meets = meets if precise is None else figure.meets(Figure.exact(precise))
        if meets:
            return True
        # At a kink, whatever lies between the derivatives on its sides will do.
        sides = [true, *(world[key] for world in self.facts.truth.beside_kinks)]
        slack = 1e-5 * max(map(abs, sides))
        most = Figure(true, min(sides) - slack, max(sides) + slack)
        return isinstance(key, Derivative) and len(sides) > 1 and figure.meets(most)

    def follows(self, figure: Figure, method: Method) -> frozenset[Quantity] | None:
        """The slips carried on for the method to give the figure; None if it cannot."""
        carried = method(View(self.learner.hand))
        if carried is None or (carried.low == carried.high and not carried.slips):
            return None  # what is exact is as floats have it, and no more than the truth
        for ignored in _choices(sorted(carried.slips, key=str)):
            result = method(View(self.learner.hand, ignored)) if ignored else carried
            if result is not None and figure.meets(result):
                return carried.slips - ignored
        return None


def _choices(slips: Sequence[Quantity]) -> Iterator[frozenset[Quantity]]:
    """Which of the slips may have been set right: all of them, or none, or then some."""
    count = len(slips)
    some = range(count - 1, 0, -1) if count <= _MOST_SLIPS else ()
    sizes = dict.fromkeys((count, 0, *some))
    for size in sizes:
        yield from map(frozenset, combinations(slips, size))


def no_number(key: Quantity) -> str:
    """Why a number cannot be held to what rests on names without one."""
    return f"{text(key)} rests on names without a number, so that none can be held to it"
