"""Figures put into a formula, laid beside it operand by operand, and then compared.

For ŷ = σ(w·x) = σ(0.41·2.8) = σ(1.148), 0.41 and 2.8 are laid beside w and x, and 1.148 beside
0.41·2.8: every part of a line may be worked out from the figures of the part before it. Each
figure gets what is known of it: it is exact if it repeats a given; otherwise it may be off by
half a unit of its last place, or by as much as what it was worked out from. The larger of the
two counts, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Marked,
    Name,
    Number,
    Quantity,
    exact_number,
    nodes,
    operands,
    product,
    quantities,
    rewrite,
    summed,
)
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Figure, Hand, View, worked_out
from micrograd_like.marking.precise import exactly
from micrograd_like.marking.shape import other_function
from micrograd_like.marking.values import same_number

#: An operand of a formula, and what stands for it in figures put in: (figures, operand).
Pair = tuple[Expr, Expr]
#: What the method must be carried on from to give a figure; None if it cannot.
Follows = Callable[[Figure, Callable[[View], Figure | None]], frozenset[Quantity] | None]

#: Names of the figures of a line.
_FIGURE = "#"


@dataclass(frozen=True, slots=True)
class Aligned:
    """Figures beside a formula.

    Attributes:
        expr: The figures as they were written, each as a name of its own.
        slips: What they follow from.
        off: Those that are not their operand's.
        whole: True where some have been compared by their result alone.
    """

    expr: Expr
    slips: frozenset[Quantity] = frozenset()
    off: tuple[Pair, ...] = ()
    whole: bool = False


def is_figure(quantity: Quantity) -> bool:
    """True for a name that stands for a figure of this line."""
    return isinstance(quantity, Name) and quantity.startswith(_FIGURE)


class Aligner:
    """Lays the figures of one line beside its formulas.

    Attributes:
        hand: The learner's figures up to here.
        follows: What a figure follows from.
    """

    def __init__(self, facts: Facts, hand: Hand, follows: Follows) -> None:
        self.facts, self.hand, self.follows = facts, hand, follows
        self.known: dict[Name, Figure] = {}
        self._count = count()

    # What is known of figures.

    def look_up(self, quantity: Quantity) -> Figure:
        """A figure of this line; or a quantity, as the learner has it where a slip is in it."""
        if isinstance(quantity, Name) and quantity in self.known:
            return self.known[quantity]
        known = self.hand.figure(quantity)
        return known if known.slips else Figure.exact(self.facts.truth.here[quantity])

    def result(self, aligned: Aligned) -> Figure | None:
        """What the figures come to; None where that is not defined."""
        return self._worked_out(aligned.expr)

    def _worked_out(self, expr: Expr) -> Figure | None:
        figure = worked_out(expr, self.look_up)
        if figure is None or figure.low != figure.high:
            return figure
        # Nothing is rounded in the figures, and floats must not round them either.
        numbers = {key: self.look_up(key).center for key in quantities(expr)}
        center = exactly(expr, numbers)
        return figure if center is None else Figure(center, center, center, figure.slips)

    def _named(self, figure: Figure) -> Name:
        name = Name(f"{_FIGURE}{next(self._count)}")
        self.known[name] = figure
        return name

    def read(self, expr: Expr, exact: bool = False) -> Expr:
        """The figures by themselves, each as a name: exact, or off by half a unit."""

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Number):
                return None
            written = Figure.written(node)
            rounds = not exact and not self._repeats(written)
            return self._named(written if rounds else Figure.exact(written.center))

        return rewrite(expr, rule)

    def by_itself(self, expr: Expr) -> Figure | None:
        """What figures come to that stand beside no formula.

        One is off by half a unit if some quantity is rounded to it; else it stands for nothing.
        """

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Number):
                return None
            written = Figure.written(node)
            exact = self._is_given(written) or not self._rounds(written)
            return self._named(Figure.exact(written.center) if exact else written)

        return self._worked_out(rewrite(expr, rule))

    def as_it_stands(self, expr: Expr) -> Figure | None:
        """What figures come to, those of givens exact, all others as far as they are written."""

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Number):
                return None
            written = Figure.written(node)
            exact = self._is_given(written)
            return self._named(Figure.exact(written.center) if exact else written)

        return self._worked_out(rewrite(expr, rule))

    def _rounds(self, figure: Figure) -> bool:
        size, half = abs(figure.center), (figure.high - figure.low) / 2
        return any(0 < abs(abs(value) - size) <= half for value in self._computed)

    def _repeats(self, figure: Figure) -> bool:
        """True for a figure that is a given's, and rounds no other quantity."""
        return abs(figure.center) in self._given and not self._rounds(figure)

    def _is_given(self, figure: Figure) -> bool:
        """True for a figure that is a given's, and that no other quantity is stated as."""
        size, sources = abs(figure.center), self.facts.truth.sources
        stated = (f for key, f in self.hand.stated.items() if key not in sources)
        return size in self._given and all(abs(f.center) != size for f in stated)

    @cached_property
    def _given(self) -> set[float]:
        """Sizes of what is given; a figure worked out from rounded ones is itself rounded."""
        definitions = self.facts.truth.definitions
        return {
            abs(value)
            for name, value in self.facts.truth.sources.items()
            if exact_number(definitions[name]) is not None
            or all(number.places is None for number in nodes(definitions[name], Number))
        }

    @cached_property
    def _computed(self) -> list[float]:
        here = self.facts.truth.here
        sources = self.facts.truth.sources
        return [node.data for name, node in here.nodes.items() if name not in sources]

    # Side by side.

    def align(self, figures: Expr, formula: Expr) -> Aligned:
        """Figures beside the formula they are put into."""
        if figures == formula:
            return Aligned(self.read(figures, exact=True))
        ours, theirs = operands(figures), operands(formula)
        if ours is None or theirs is None:
            return self._beside(figures, formula)
        if other_function(figures, formula):
            return self._other_function(figures, formula)
        if _marks(ours) == _marks(theirs):
            found = self._in_order(figures, ours, theirs)
        elif _kind(ours) == _kind(theirs):
            found = self._regrouped(figures, ours, theirs)
        else:
            return self._beside(figures, formula)
        if found.off and len(found.off) == len(ours):  # figures of another shape
            return self._beside(figures, formula)
        if found.off:
            ours_come_to, theirs_come_to = self.result(found), self._come_to(formula)
            if ours_come_to and theirs_come_to and ours_come_to.meets(theirs_come_to):
                return Aligned(found.expr, whole=True)
        return found

    def _come_to(self, formula: Expr) -> Figure | None:
        """What the formula is in truth, or from the figures of the part before."""
        here = self.facts.truth.here
        return worked_out(
            formula,
            lambda q: self.known[q] if q in self.known else Figure.exact(here[q]),
        )

    def _in_order(self, figures: Expr, ours: list[Marked], theirs: list[Marked]) -> Aligned:
        """Operand by operand; two of the same kind may stand in another order."""
        found = [self.align(a, b) for (_, a), (_, b) in zip(ours, theirs, strict=True)]
        for i, one in enumerate(found):
            for j in range(i + 1, len(found)):
                if one.off and found[j].off and ours[i][0] == ours[j][0] == theirs[j][0]:
                    crossed = self.align(ours[i][1], theirs[j][1])
                    if not crossed.off:
                        theirs[i], theirs[j] = theirs[j], theirs[i]
                        found[i] = one = crossed
                        found[j] = self.align(ours[j][1], theirs[j][1])
        return _joined(figures, [mark for mark, _ in ours], found)

    def _regrouped(self, figures: Expr, ours: list[Marked], theirs: list[Marked]) -> Aligned:
        """Some operands put together: 2·5·0.3 for d·w, 1.4976 − t for 2.9 − 1.4024 − t."""
        left, found = list(range(len(theirs))), dict[int, Aligned]()
        for i, (mark, operand) in enumerate(ours):
            for j in left:
                if theirs[j][0] == mark and not (one := self.align(operand, theirs[j][1])).off:
                    found[i] = one
                    left.remove(j)
                    break
        rest = [i for i in range(len(ours)) if i not in found]
        together = product if _kind(ours) == "*" else summed
        if len(rest) == 1 and left:
            group = [theirs[j] for j in left]
            mark, operand = ours[rest[0]]
            turned = group if mark in "+*" else [(_TURNED[m], part) for m, part in group]
            found[rest[0]] = self.align(operand, together(turned))
        elif len(left) == 1 and rest:
            group = [ours[i] for i in rest]
            mark, operand = theirs[left[0]]
            turned = group if mark in "+*" else [(_TURNED[m], part) for m, part in group]
            one = self.align(together(turned), operand)
            if one.off:
                return Aligned(self.read(figures), off=((figures, operand),) * len(ours))
            kept = [(ours[i][0], found[i]) for i in range(len(ours)) if i in found]
            marks = [*(m for m, _ in kept), mark]
            return _joined(together([]), marks, [*(a for _, a in kept), one])
        if len(found) < len(ours) or (left and len(rest) != 1):
            whole = tuple((part, part) for _, part in ours)
            return Aligned(self.read(figures), off=whole)
        return _joined(figures, _marks(ours), [found[i] for i in range(len(ours))])

    def _other_function(self, figures: Expr, formula: Expr) -> Aligned:
        """log10(.3) for σ(a1): of the same argument, another function is wrong beyond rounding."""
        assert isinstance(figures, Call)
        assert isinstance(formula, Call)
        pairs = zip(figures.arguments, formula.arguments, strict=True)
        if any(self.align(*pair).off for pair in pairs):
            return self._beside(figures, formula)
        same = Call(formula.function, figures.arguments)
        if same_number(figures, same, self.facts.truth.here):
            return Aligned(self.read(figures), whole=True)
        return Aligned(self.read(figures, exact=True), off=((figures, formula),))

    def _beside(self, figures: Expr, formula: Expr) -> Aligned:
        """As a whole: what the figures come to beside what the formula comes to."""
        off = Aligned(self.read(figures, exact=True), off=((figures, formula),))
        if isinstance(figures, Name | Derivative):  # a name says more than its number
            if any(map(is_figure, quantities(formula))):
                return off
            return Aligned(figures) if self.facts.truth.equal(figures, formula) else off
        expr, theirs = self._read_beside(figures, formula), self._come_to(formula)
        ours = worked_out(expr, self.look_up)
        whole = isinstance(figures, Call) and exact_number(figures) is None
        if ours is None or theirs is None:
            return off
        if ours.meets(theirs):
            if isinstance(formula, Name) and ours.center == self.facts.truth.sources.get(formula):
                return Aligned(self.read(figures, exact=True))
            reach = (theirs.high - theirs.low) / 2
            if reach > (ours.high - ours.low) / 2:  # it is as uncertain as what it comes from
                wide = Figure(ours.center, ours.center - reach, ours.center + reach, theirs.slips)
                return Aligned(self._named(wide), slips=theirs.slips, whole=whole)
            return Aligned(expr, slips=theirs.slips, whole=whole)
        if not any(map(is_figure, quantities(formula))):
            slips = self.follows(ours, lambda view: view.worked_out(formula))
            if slips is not None:
                return Aligned(expr, slips=slips, whole=whole)
        return off

    def _read_beside(self, figures: Expr, formula: Expr) -> Expr:
        """The figures by themselves; one that stands for what is computed is a rounding of it."""
        number = exact_number(figures)
        if number is None:
            return self.read(figures)
        written = Figure.written(number)
        if not isinstance(formula, Name | Derivative):  # that a given has its number is chance
            whole = self._come_to(formula)
            other = whole is not None and whole.center != written.center
            return self._named(written) if other else self.read(figures)
        same = written.center == self.look_up(formula).center
        return self._named(Figure.exact(written.center) if same else written)


_TURNED = {"+": "-", "-": "+", "*": "/", "/": "*"}


def _kind(marked: Sequence[Marked]) -> str:
    """What joins the operands: + for a sum, * for a product, a function's name."""
    mark = marked[0][0]
    return {"-": "+", "/": "*"}.get(mark, mark.partition(" ")[0])


def _marks(marked: Iterable[tuple[str, object]]) -> list[str]:
    return [mark for mark, _ in marked]


def _joined(figures: Expr, marks: Sequence[str], found: Sequence[Aligned]) -> Aligned:
    """Operands that have been aligned, put together as they were."""
    marked = [(mark, one.expr) for mark, one in zip(marks, found, strict=True)]
    kind = _kind(marked)
    if kind == "+":
        expr: Expr = summed(marked)
    elif kind == "*":
        expr = product(marked)
    else:
        assert isinstance(figures, Call)
        expr = Call(figures.function, tuple(part for _, part in marked))
    return Aligned(
        expr,
        slips=frozenset[Quantity]().union(*(one.slips for one in found)),
        off=tuple(pair for one in found for pair in one.off),
        whole=any(one.whole for one in found),
    )
