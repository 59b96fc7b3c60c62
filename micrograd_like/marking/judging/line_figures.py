"""What is known of the figures of a line, each as a name of its own.

A figure is exact if it repeats a given; otherwise it may be off by half a unit of its last place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import count

from micrograd_like.formula import (
    Call,
    Expr,
    Name,
    Number,
    Quantity,
    exact_number,
    quantities,
    rewrite,
)
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Figure, Hand, opened, worked_out
from micrograd_like.marking.world.precise import exactly

#: So little doubt, as a part of a number, leaves no other number near.
_HARDLY = 0.01
#: Names of the figures of a line.
_FIGURE = "#"


def is_figure(quantity: Quantity) -> bool:
    """True for a name that stands for a figure of a line."""
    return isinstance(quantity, Name) and quantity.startswith(_FIGURE)


def one_number(figures: Expr) -> Number | None:
    """The number that figures are, its signs worked out: 0.9 of −(−0.9)."""
    match figures:
        case Call("neg", (Call("neg", (inner,)),)):
            return one_number(inner)
    return exact_number(figures)


class LineFigures:
    """The figures of one line, and what each may be.

    Attributes:
        hand: The learner's figures up to here.
    """

    def __init__(self, facts: Facts, hand: Hand) -> None:
        self.facts, self.hand = facts, hand
        self._known: dict[Quantity, Figure] = {}
        #: By the identity of the expression: equal numbers may be written with other decimals.
        self._written: dict[int, tuple[Expr, Figure | None]] = {}
        self._count = count()

    def named(self, figure: Figure) -> Name:
        """A new name for a figure."""
        name = Name(f"{_FIGURE}{next(self._count)}")
        self._known[name] = figure
        return name

    # Names and what they stand for.

    def unnamed(self, expr: Expr) -> Expr:
        """An expression with numbers in the place of the names of figures."""

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Name) or node not in self._known:
                return None
            number = self._known[node].center
            return Number(number) if number >= 0 else Call("neg", (Number(-number),))

        return rewrite(expr, rule)

    def look_up(self, quantity: Quantity) -> Figure:
        """A figure of this line; or a quantity, as the learner has it where a slip is in it."""
        if isinstance(quantity, Name) and quantity in self._known:
            return self._known[quantity]
        known = self.hand.figure(quantity)
        return known if known.slips else Figure.exact(self.facts.truth.here[quantity])

    def true(self, formula: Expr) -> Figure | None:
        """What a formula is in truth, or from the figures of the part before."""
        here = self.facts.truth.here
        return worked_out(
            formula,
            lambda q: self._known[q] if q in self._known else Figure.exact(here[q]),
        )

    def result(self, expr: Expr) -> Figure | None:
        """What figures that have been read come to; None where that is not defined."""
        figure = worked_out(expr, self.look_up)
        if figure is None or figure.low != figure.high or isinstance(expr, Name):
            return figure
        # Nothing is rounded in the figures, and floats must not round them either.
        numbers = {key: self.look_up(key).center for key in quantities(expr)}
        center = exactly(expr, numbers)
        return figure if center is None else Figure(center, center, center, figure.slips)

    # Figures, read.

    def read(self, expr: Expr, exact: bool = False) -> Expr:
        """The figures by themselves, each as a name: exact, or off by half a unit."""
        return self._each(expr, _exact_where(lambda figure: exact or self._repeats(figure)))

    def alone(self, expr: Expr) -> Expr:
        """The figures that stand beside no formula, each as a name.

        One is off by half a unit if some quantity is rounded to it, or as much as what is stated
        just so; else it stands for nothing.
        """

        def known(figure: Figure) -> Figure:
            if self._is_given(figure):
                return Figure.exact(figure.center)
            return self._stated(figure if self._rounds(figure) else Figure.exact(figure.center))

        return self._each(expr, known)

    def by_itself(self, expr: Expr) -> Figure | None:
        """What figures come to that stand beside no formula."""
        return self.result(self.alone(expr))

    def exactly(self, expr: Expr) -> Figure | None:
        """What these very figures come to."""
        return self.result(self.read(expr, exact=True))

    def as_it_stands(self, expr: Expr) -> Figure | None:
        """What figures come to: those of givens exact, all others as written, or as stated."""
        return self.result(self._each(expr, self._as_given_or_stated))

    def from_stated(self, expr: Expr) -> Figure | None:
        """The same, its names as the learner has them."""

        def look_up(quantity: Quantity) -> Figure:
            try:
                return self._known.get(quantity) or self.hand.figure(quantity)
            except KeyError:  # it has no number
                raise ArithmeticError from None

        return worked_out(self._each(expr, self._as_given_or_stated), look_up)

    def written(self, expr: Expr) -> Figure | None:
        """What figures come to, read by themselves."""
        if id(expr) not in self._written:
            self._written[id(expr)] = expr, self._come_to(expr)
        return self._written[id(expr)][1]

    def _come_to(self, expr: Expr) -> Figure | None:
        return self._opened(expr, _exact_where(self._repeats))

    def as_written(self, expr: Expr) -> Figure | None:
        """What figures come to where each may be rounded."""
        return self._opened(expr, lambda figure: figure)

    def _opened(self, expr: Expr, known: Callable[[Figure], Figure]) -> Figure | None:
        formula, numbers = opened(expr, lambda number: known(Figure.written(number)))
        return worked_out(formula, lambda key: numbers.get(key) or self.look_up(key))

    def beside(self, figures: Expr, formula: Expr) -> Expr:
        """The figures by themselves; one that stands for what is computed is a rounding of it."""
        number = one_number(figures)
        if number is None:
            return self.read(figures)
        written = Figure.written(number)
        if not isinstance(formula, Quantity):  # that a given has its number is chance
            whole = self.true(formula)
            other = whole is not None and whole.center != written.center
            return self.named(written) if other else self.read(figures)
        same = written.center == self.look_up(formula).center
        return self.named(Figure.exact(written.center) if same else written)

    def _each(self, expr: Expr, known: Callable[[Figure], Figure]) -> Expr:
        def rule(node: Expr) -> Expr | None:
            return self.named(known(Figure.written(node))) if isinstance(node, Number) else None

        return rewrite(expr, rule)

    # Whose figure it may be.

    def _as_given_or_stated(self, figure: Figure) -> Figure:
        given = self._is_given(figure) and not self._rounds_a_result(figure)
        return Figure.exact(figure.center) if given else self._stated(figure)

    def _stated(self, figure: Figure) -> Figure:
        """The figure, as uncertain as what is stated and rounds to it; a slip is no rounding.

        It may have more digits than what is stated with hardly any doubt.
        """
        size, half = abs(figure.center), (figure.high - figure.low) / 2
        reaching = figure
        for stated in self.hand.stated.values():
            reach = stated.high - stated.low
            near = max(half, reach / 2 if reach <= _HARDLY * size else 0.0)
            if abs(abs(stated.center) - size) <= near and not stated.slips:
                sign = 1 if stated.center * figure.center >= 0 else -1
                reaching = reaching.reaching(sign * stated.low).reaching(sign * stated.high)
        return reaching

    def _rounds(self, figure: Figure) -> bool:
        """True for a figure that some quantity is rounded to, 1.0 for one given as 1.04 too."""
        size, half = abs(figure.center), (figure.high - figure.low) / 2
        sizes = self.facts.sizes
        first, last = bisect_left(sizes, size - 2 * half), bisect_right(sizes, size + 2 * half)
        return any(0 < abs(other - size) <= half for other in sizes[first:last])

    def _repeats(self, figure: Figure) -> bool:
        """True for a figure that is a given's, and rounds no other quantity."""
        return abs(figure.center) in self.facts.truth.given and not self._rounds(figure)

    def _is_given(self, figure: Figure) -> bool:
        """True for a figure that is an exact given's, and no rough one's that is stated so."""
        size = abs(figure.center)
        rough = (f for f in self.hand.stated.values() if f.low < f.high)
        return size in self.facts.truth.given and all(abs(f.center) != size for f in rough)

    def _rounds_a_result(self, figure: Figure) -> bool:
        """True for a figure that a result as stated is rounded to."""
        size, half = abs(figure.center), (figure.high - figure.low) / 2
        definitions = self.facts.definitions
        return any(
            0 < abs(abs(stated.center) - size) <= half
            for key, stated in self.hand.stated.items()
            if key not in definitions or exact_number(definitions[key]) is None
        )


def _exact_where(exact: Callable[[Figure], bool]) -> Callable[[Figure], Figure]:
    return lambda figure: Figure.exact(figure.center) if exact(figure) else figure
