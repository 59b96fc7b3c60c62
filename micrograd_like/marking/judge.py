"""Judges the parts of a line: formulas as formulas, figures by their figures.

Three kinds of part. A *formula* (z1*(1 - z1)) is compared in every world. *Figures put in*
(.57(1 - .57)) are compared with the quantities they stand for, and by their result. A single
*number* is held against the truth, and against what the learner's own figures give by the
right method: rounding is carried along, so an honestly rounded number is never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from micrograd_like.build import CONSTANTS, exact_number
from micrograd_like.formula import Call, Derivative, Expr, Name, Number
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Figure, Hand, View, opened, worked_out
from micrograd_like.marking.records import Verdict
from micrograd_like.marking.shape import Marked, operands, other_function, symbol
from micrograd_like.marking.truth import Key, leaves, numbers_in, same_number, value
from micrograd_like.syntax import Part
from micrograd_like.worksheet import Statement

#: Up to so many slips behind a number, every choice of those carried on is looked at.
_MOST_SLIPS = 4

#: An operand of a formula, and what stands for it in figures put in: (figures, operand).
Pair = tuple[Expr, Expr]


@dataclass(slots=True)
class Judged:
    """A part with its verdict.

    figure:    what it says in numbers, where it does
    slips:     the slips it follows from
    accident:  a formula that is right at these numbers alone
    off:       figures put in that are not those of their operands
    problem:   why it is unchecked
    """

    part: Part
    verdict: Verdict
    figure: Figure | None = None
    slips: frozenset[Key] = frozenset()
    accident: bool = False
    off: tuple[Pair, ...] = ()
    problem: str = ""

    @property
    def numeric(self) -> bool:
        """True for a part without names."""
        return not leaves(self.part.expr)


class Judge:
    """Judges lines in their order.

    hand:  the learner's figures up to here
    near:  the learner's wrong formulas up to here, in the worlds near by
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.hand = Hand(facts.truth.here, facts)
        self.near: list[Hand] = []
        sizes = [abs(facts.true(name)) for name in facts.definitions]
        #: How far rounding may take a number that should be exact.
        self.grain = 1e-14 * max(sizes, default=0.0)

    def parts(self, statement: Statement, key: Key) -> list[Judged]:
        """Every part of the line about ``key``, judged; formulas before numbers."""
        judged: dict[int, Judged] = {}
        for place, part in enumerate(statement.parts):
            if part.number is None or (place == 0 and statement.kind == "given"):
                judged[place] = self._expression(statement, key, place, list(judged.values()))
        for place, part in enumerate(statement.parts):
            if place not in judged:
                judged[place] = self._number(part, key, list(judged.values()))
        return [judged[place] for place in range(len(statement.parts))]

    def state(self, statement: Statement, key: Key, judged: Sequence[Judged]) -> None:
        """Take down what the line has said, for those after it."""
        if not judged or statement.kind == "given":
            return
        wrong = [j for j in judged if j.verdict == "wrong" and leaves(j.part.expr)]
        if wrong:
            self._carry_on(key, wrong[0].part.expr)
        said = [(j.figure, j) for j in judged if j.figure is not None and j.numeric]
        said = [(f, j) for f, j in said if j.part.number is not None] or said
        if said:
            figure, last = said[-1]
            slipped = {key} if last.verdict in ("wrong", "follows") else ()
            self.hand.state(key, figure.resting_on(slipped))
        elif wrong:
            result = worked_out(wrong[0].part.expr, self.hand.figure)
            if result is not None:
                self.hand.state(key, result.resting_on({key}))
        elif isinstance(key, str) and statement.kind != "claim":
            for hand in (self.hand, *self.near):
                hand.define(key, self.facts.definitions[key])

    def _carry_on(self, key: Key, formula: Expr) -> None:
        """Take down a wrong formula, and what has followed from wrong ones by definition."""
        if not self.near:
            self.near = [Hand(world, self.facts) for world in self.facts.truth.near()]
        for hand in self.near:
            figure = worked_out(formula, hand.figure)
            if figure is not None:
                hand.state(key, Figure.exact(figure.center).resting_on({key}))

    # Formulas.

    def _expression(
        self, statement: Statement, key: Key, place: int, before: Sequence[Judged]
    ) -> Judged:
        part = statement.parts[place]
        missing = self._missing(part)
        if missing:
            return Judged(part, "unchecked", problem=missing)
        builds = place == 0 and statement.kind != "claim"
        target: Expr = symbol(key)
        if builds and statement.kind == "update":
            target = self.facts.updates.get(str(key), target)
        elif builds:
            return Judged(part, "right")
        if not leaves(part.expr):
            return self._figures(part, key, before)
        if self.facts.truth.holds(part.expr, target):
            return Judged(part, "right")
        if any(number.places is not None for number in numbers_in(part.expr)):
            mixed = self._figures(part, key, before)
            if mixed.verdict != "wrong":
                return mixed
        if (slips := self._symbols_follow(part.expr, key)) is not None:
            return Judged(part, "follows", slips=slips)
        accident = same_number(part.expr, target, self.facts.truth.here)
        return Judged(part, "wrong", accident=accident)

    def _missing(self, part: Part) -> str:
        for leaf in leaves(part.expr):
            names = (leaf,) if isinstance(leaf, str) else (leaf.of, leaf.wrt)
            for name in names:
                if name not in self.facts.definitions and name not in CONSTANTS:
                    return f"{name} is not defined in this worksheet"
        return ""

    def _symbols_follow(self, expr: Expr, key: Key) -> frozenset[Key] | None:
        """The slips from which a formula follows, all worlds agreeing; None if it does not."""
        slips: frozenset[Key] = frozenset()
        for hand in self.near:
            given = worked_out(expr, hand.figure)
            wanted = self._by_method(key, View(hand))
            if given is None or wanted is None or not wanted.slips or not given.meets(wanted):
                return None
            slips |= wanted.slips
        return slips or None

    def _by_method(self, key: Key, view: View) -> Figure | None:
        if isinstance(key, Derivative):
            try:
                return view.derivative(key)
            except ArithmeticError:  # one on the way does not exist
                return None
        return view.worked_out(self.facts.definitions[key])

    # Figures put in.

    def _figures(self, part: Part, key: Key, before: Sequence[Judged]) -> Judged:
        """Figures put into a formula: right if each is, or if the result is."""
        formulas = [j.part.expr for j in before if j.verdict in ("right", "follows")]
        formulas = [*filter(leaves, formulas), *self.facts.forms(key)]
        match = min((self.match(part.expr, f) for f in formulas), key=lambda m: len(m.off))
        figure = self._put_in(part.expr, match)
        if figure is None:
            return Judged(part, "wrong", problem="it is not defined")
        if figure.meets(self._truth(key)):
            return Judged(part, "right", figure)
        slips = None if match.off else match.slips
        if slips is None:
            slips = self._follows(figure, partial(self._by_method, key))
        if slips is None:
            return Judged(part, "wrong", figure, off=match.off)
        return Judged(part, "follows" if slips else "right", figure, slips)

    def fits(self, figures: Expr, formula: Expr) -> bool:
        """Whether figures put in are those of the formula, operand by operand."""
        match = self.match(figures, formula)
        return not match.off and not match.whole and operands(figures) is not None

    def match(self, figures: Expr, formula: Expr) -> Match:
        """Figures held against the formula they are put into, operand by operand."""
        if figures == formula:
            return Match()
        ours, theirs = operands(figures), operands(formula)
        if ours is None or theirs is None:
            return self._match_whole(figures, formula)
        if other_function(figures, formula):
            return self._match_function(figures, formula)
        if _marks(ours) != _marks(theirs):
            return self._match_whole(figures, formula)
        matches = [self.match(a, b) for (_, a), (_, b) in zip(ours, theirs, strict=True)]
        for i, match in enumerate(matches):  # perhaps in another order
            for j in range(i + 1, len(matches)):
                if match.off and matches[j].off and ours[i][0] == ours[j][0] == theirs[j][0]:
                    crossed = self.match(ours[i][1], theirs[j][1])
                    if not crossed.off:
                        theirs[i], theirs[j] = theirs[j], theirs[i]
                        matches[i] = match = crossed
                        matches[j] = self.match(ours[j][1], theirs[j][1])
        found = Match(
            frozenset[Key]().union(*(match.slips for match in matches)),
            tuple(pair for match in matches for pair in match.off),
            frozenset[int]().union(*(match.exact for match in matches)),
            any(match.whole for match in matches),
        )
        if found.off:
            figure, true = self._put_in(figures, found), value(formula, self.facts.truth.here)
            if figure is not None and true is not None and figure.meets(Figure.exact(true)):
                return Match(exact=found.exact, whole=True)
        return found

    def _match_function(self, figures: Expr, formula: Expr) -> Match:
        """log10(.3) for σ(a1): of the same argument, another function is wrong beyond rounding."""
        assert isinstance(figures, Call)
        assert isinstance(formula, Call)
        pairs = zip(figures.arguments, formula.arguments, strict=True)
        if any(self.match(*pair).off for pair in pairs):
            return self._match_whole(figures, formula)
        same = Call(formula.function, figures.arguments)
        if same_number(figures, same, self.facts.truth.here):
            return Match(whole=True)
        return Match(off=((figures, formula),))

    def _match_whole(self, figures: Expr, formula: Expr) -> Match:
        figure, true = self._put_in(figures), value(formula, self.facts.truth.here)
        whole = isinstance(figures, Call) and exact_number(figures) is None
        if figure is not None and true is not None:
            if figure.meets(Figure.exact(true)):
                given = isinstance(formula, Name) and formula.name in self.facts.truth.sources
                repeated = given and figure.center == true  # a given that is repeated is exact
                exact = frozenset(map(id, numbers_in(figures) if repeated else ()))
                return Match(exact=exact, whole=whole)
            slips = self._follows(figure, partial(View.worked_out, expr=formula))
            if slips is not None:
                return Match(slips, whole=whole)
        return Match(off=((figures, formula),))

    def _put_in(self, expr: Expr, match: Match | None = None) -> Figure | None:
        """The figures' result.

        Those that repeat a given are exact, and so are those that belong to no operand: they
        round nothing.
        """
        exact = set(match.exact if match else ())
        for wrong, _ in match.off if match else ():
            exact.update(map(id, numbers_in(wrong)))

        def read(number: Number) -> Figure:
            if id(number) in exact:
                return Figure.exact(float(number.value))
            return Figure.written(number)

        formula, figures = opened(expr, read)
        return worked_out(formula, lambda k: figures[k] if k in figures else self.hand.figure(k))

    # Numbers.

    def _number(self, part: Part, key: Key, before: Sequence[Judged]) -> Judged:
        assert part.number is not None
        figure = Figure.written(part.number, part.approximate)
        if figure.meets(self._truth(key)):
            return Judged(part, "right", figure)
        sound = [j for j in before if j.verdict in ("right", "follows")]
        for judged in sound:  # the result of the figures put in
            if judged.figure is not None and figure.meets(judged.figure):
                return Judged(part, judged.verdict, figure, judged.slips)
        formulas = [j.part.expr for j in sound if not j.numeric] + list(self.facts.forms(key))
        methods = [partial(View.worked_out, expr=formula) for formula in formulas]
        for method in [*methods, partial(self._by_method, key)]:
            slips = self._follows(figure, method)
            if slips is not None:
                return Judged(part, "follows" if slips else "right", figure, slips)
        return Judged(part, "wrong", figure)

    def _truth(self, key: Key) -> Figure:
        true = self.facts.true(key)
        return Figure(true, true - self.grain, true + self.grain)

    def _follows(self, figure: Figure, method: Method) -> frozenset[Key] | None:
        """The slips that must be carried on for the method to give the figure; None if it can't."""
        carried = method(View(self.hand))
        if carried is None:
            return None
        for ignored in _choices(sorted(carried.slips, key=str)):
            result = method(View(self.hand, ignored)) if ignored else carried
            if result is not None and figure.meets(result):
                return carried.slips - ignored
        return None


Method = Callable[[View], Figure | None]


@dataclass(frozen=True, slots=True)
class Match:
    """Figures held against a formula.

    slips:  what they follow from
    off:    those that are not their operand's
    exact:  the numbers, by identity, that repeat a given
    whole:  True where some have been compared by their result alone
    """

    slips: frozenset[Key] = frozenset()
    off: tuple[Pair, ...] = ()
    exact: frozenset[int] = frozenset()
    whole: bool = False


def _choices(slips: Sequence[Key]) -> Iterator[frozenset[Key]]:
    """Which of the slips may have been set right: all of them first, none last."""
    count = len(slips)
    sizes = range(count, -1, -1) if count <= _MOST_SLIPS else (count, 0)
    for size in sizes:
        yield from map(frozenset, combinations(slips, size))


def _marks(marked: Sequence[Marked]) -> list[str]:
    return [mark for mark, _ in marked]
