"""Judges the parts of a line: formulas as formulas, figures by their figures.

Three kinds of part. A *formula* (z1*(1 - z1)) is compared in every world. *Figures put in*
(.57(1 - .57)) are compared with the quantities they stand for, and by their result. A single
*number* is held against the truth, and against what the learner's own figures give by the
right method: rounding is carried along, so an honestly rounded number is never wrong.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

from micrograd_like.formula import Call, Derivative, Expr, Name, Number, Quantity, quantities
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Figure, Hand, View, opened, worked_out
from micrograd_like.marking.records import Verdict
from micrograd_like.marking.shape import Marked, operands, other_function, replaced
from micrograd_like.marking.truth import numbers_in, same_number, value
from micrograd_like.worksheet import Statement
from micrograd_like.worksheet.builder import exact_number
from micrograd_like.worksheet.syntax import Part

#: Up to so many slips behind a number, every choice of those carried on is looked at.
_MOST_SLIPS = 4

#: An operand of a formula, and what stands for it in figures put in: (figures, operand).
Pair = tuple[Expr, Expr]


@dataclass(slots=True)
class Judged:
    """A part with its verdict.

    expr:      the part as it was read: an ambiguous one may be meant in another way
    numeric:   True for a part without names
    figure:    what it says in numbers, where it does
    slips:     the slips it follows from
    accident:  a formula that is right at these numbers alone
    off:       figures put in that are not those of their operands
    problem:   why it is unchecked
    """

    part: Part
    verdict: Verdict
    expr: Expr
    numeric: bool
    figure: Figure | None = None
    slips: frozenset[Quantity] = frozenset()
    accident: bool = False
    off: tuple[Pair, ...] = ()
    problem: str = ""

    @property
    def number(self) -> bool:
        """True for a single number."""
        return self.part.number is not None


class Judge:
    """Judges lines in their order.

    hand:      the learner's figures up to here
    near:      the same in the worlds near by, where the learner's slips are carried on
    formulas:  the learner's wrong formulas up to here
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.hand = Hand(facts.truth.here, facts)
        self.near: list[Hand] = []
        self.formulas: dict[Quantity, Expr] = {}

    def parts(self, statement: Statement, key: Quantity) -> list[Judged]:
        """Every part of the line about ``key``, judged; formulas before numbers."""
        judged: dict[int, Judged] = {}
        for place, part in enumerate(statement.parts):
            if part.number is None or (place == 0 and statement.kind == "given"):
                judged[place] = self._expression(statement, key, place, list(judged.values()))
        for place, part in enumerate(statement.parts):
            if place not in judged:
                judged[place] = self._number(part, key, list(judged.values()))
        return [judged[place] for place in range(len(statement.parts))]

    def state(self, statement: Statement, key: Quantity, judged: Sequence[Judged]) -> None:
        """Take down what the line has said, for those after it."""
        if not judged or statement.kind == "given":
            return
        wrong = [j for j in judged if j.verdict == "wrong" and not j.numeric]
        said = [(j.figure, j) for j in judged if j.figure is not None and j.numeric]
        said = [(f, j) for f, j in said if j.number] or said
        defined = isinstance(key, Name) and statement.kind != "claim"
        if wrong:
            self.formulas[key] = wrong[0].expr
            self._carry_on(key, wrong[0].expr)
        elif said and said[-1][1].verdict == "wrong":
            self._carry_on(key, Number(said[-1][0].center))
        elif defined:
            for hand in self.near:
                hand.define(key, self.facts.definitions[key])
        if said:
            _, last = said[-1]
            # Of several that are right alike, whoever goes on may take the roughest.
            alike = [figure for figure, j in said if j.verdict == last.verdict]
            figure = max(alike[::-1], key=lambda f: f.high - f.low)
            if self._repeats_a_given(key, figure):
                figure = Figure.exact(figure.center)
            slipped = last.verdict in ("wrong", "follows")
            self.hand.state(key, figure.resting_on({key} if slipped else ()))
        elif wrong:
            result = worked_out(wrong[0].expr, self.hand.figure)
            if result is not None:
                self.hand.state(key, result.resting_on({key}))
        elif defined:
            self.hand.define(key, self.facts.definitions[key])

    def _repeats_a_given(self, key: Quantity, figure: Figure) -> bool:
        """True for ∂a/∂w = x = 1.58, where x is given as 1.58: nothing is rounded."""
        method = self.facts.method(key)
        sources = self.facts.truth.sources
        return isinstance(method, Name) and sources.get(method) == figure.center

    def _carry_on(self, key: Quantity, formula: Expr) -> None:
        """Take down a slip near by: a formula as it is, a number with a number near it."""
        if not self.near:
            self.near = [Hand(world, self.facts) for world in self.facts.truth.near()]
        chance = random.Random(len(self.hand.stated))
        for hand in self.near:
            figure = worked_out(formula, hand.figure)
            if figure is not None:
                moved = 1 + chance.uniform(0.005, 0.02) if isinstance(formula, Number) else 1
                hand.state(key, Figure.exact(figure.center * moved).resting_on({key}))

    def _judged(self, part: Part, verdict: Verdict, **known: Any) -> Judged:
        expr = known.pop("expr", part.expr)
        return Judged(part, verdict, expr, not self.facts.leaves(expr), **known)

    # Formulas.

    def _expression(
        self, statement: Statement, key: Quantity, place: int, before: Sequence[Judged]
    ) -> Judged:
        part = statement.parts[place]
        if problem := self._missing(part):
            return self._judged(part, "unchecked", problem=problem)
        builds = place == 0 and statement.kind != "claim"
        target: Expr = key
        if builds and key in self.facts.updates:
            target = self.facts.updates[key].formula
        elif builds:
            return self._judged(part, "right")
        if not self.facts.leaves(part.expr):
            return self._figures(part, key, before)
        forms = [target] if builds else [*self.facts.forms(key)]
        targets = self.facts.targets(key)
        for expr in self._readings(part):
            if self.facts.truth.holds(expr, target, forms, targets):
                return self._judged(part, "right", expr=expr)
        if numbers := numbers_in(part.expr):
            mixed = self._figures(part, key, before)
            rounded = any(number.places is not None for number in numbers)
            if mixed.verdict != "wrong" and (rounded or self._fits_one(part, key, before)):
                return mixed
        for expr in self._readings(part):
            if (slips := self._symbols_follow(expr, key)) is not None:
                return self._judged(part, "follows", expr=expr, slips=slips)
        for form in forms:
            own = self._own(form, key)
            if own != form and self.facts.truth.holds_in_what_is_left(part.expr, own):
                slips = frozenset(leaf for leaf in quantities(form) if leaf in self.formulas)
                return self._judged(part, "follows", slips=slips)
        accident = same_number(part.expr, target, self.facts.truth.here)
        return self._judged(part, "wrong", accident=accident)

    def _readings(self, part: Part) -> Iterator[Expr]:
        """What the part may mean: as it stands, 1/2y as 1/(2y), ∂U/∂V as the direct way."""
        exprs = [part.expr, *([part.otherwise] if part.otherwise is not None else [])]
        direct = [reading for expr in exprs for reading in self.facts.direct(expr)]
        yield from dict.fromkeys([*exprs, *direct])

    def _missing(self, part: Part) -> str:
        for leaf in self.facts.leaves(part.expr):
            for name in (leaf,) if isinstance(leaf, Name) else (leaf.of, leaf.wrt):
                if name not in self.facts.definitions:
                    return f"Nothing defines {str(name)!r} in this worksheet"
        return ""

    def _symbols_follow(self, expr: Expr, key: Quantity) -> frozenset[Quantity] | None:
        """The slips from which a formula follows, all worlds agreeing; None if it does not."""
        slips: frozenset[Quantity] = frozenset()
        for hand in self.near:
            given = worked_out(expr, hand.figure)
            wanted = self._by_method(key, View(hand))
            if given is None or wanted is None or not wanted.slips:
                return None
            if abs(given.center - wanted.center) > 1e-9 * abs(wanted.center):
                return None
            slips |= wanted.slips
        return slips or None

    def _by_method(self, key: Quantity, view: View) -> Figure | None:
        if isinstance(key, Derivative):
            try:
                return view.derivative(key)
            except ArithmeticError:  # one on the way does not exist
                return None
        return view.worked_out(self.facts.definitions[key])

    # Figures put in.

    def _figures(self, part: Part, key: Quantity, before: Sequence[Judged]) -> Judged:
        """Figures put into a formula: right if each is, or if the result is."""
        formulas = self._formulas(key, before)
        match = min((self.match(part.expr, f) for f in formulas), key=lambda m: len(m.off))
        figure = self._put_in(part.expr, match)
        if figure is None:
            return self._judged(part, "wrong")
        if self._is_true(figure, key):
            return self._judged(part, "right", figure=figure)
        slips = None if match.off else match.slips
        if slips is None:
            slips = self._follows(figure, partial(self._by_method, key))
        if slips is None:
            rounded = self._put_in(part.expr, Match(exact=match.exact)) or figure
            if (last := _worked_on(rounded, before)) is not None:
                return self._judged(part, last.verdict, figure=rounded, slips=last.slips)
            return self._judged(part, "wrong", figure=figure, off=match.off)
        return self._judged(part, "follows" if slips else "right", figure=figure, slips=slips)

    def _formulas(self, key: Quantity, before: Sequence[Judged]) -> list[Expr]:
        """The formulas that figures may be put into, with the learner's own for some pieces."""
        sound = [j.expr for j in before if j.verdict in ("right", "follows") and not j.numeric]
        formulas = [*sound, *self.facts.forms(key)]
        return list(dict.fromkeys([*formulas, *(self._own(f, key) for f in formulas)]))

    def _own(self, formula: Expr, key: Quantity) -> Expr:
        """A formula with the learner's wrong ones in the place of what they give."""
        for leaf in quantities(formula):
            if leaf in self.formulas and leaf != key:
                formula = replaced(formula, leaf, self.formulas[leaf])
        return formula

    def _fits_one(self, part: Part, key: Quantity, before: Sequence[Judged]) -> bool:
        """Whether a part in names and numbers is a formula with some of its numbers put in."""
        return any(self.fits(part.expr, formula) for formula in self._formulas(key, before))

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
            frozenset[Quantity]().union(*(match.slips for match in matches)),
            tuple(pair for match in matches for pair in match.off),
            frozenset[int]().union(*(match.exact for match in matches)),
            any(match.whole for match in matches),
        )
        if found.off and all(match.off for match in matches):  # figures of another shape
            return self._match_whole(figures, formula)
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
        if isinstance(figures, Name | Derivative):  # a name says more than its number
            same = self.facts.truth.equal(figures, formula)
            return Match() if same else Match(off=((figures, formula),))
        figure, true = self._put_in(figures), value(formula, self.facts.truth.here)
        whole = isinstance(figures, Call) and exact_number(figures) is None
        if figure is not None and true is not None:
            if figure.meets(Figure.exact(true)):
                given = isinstance(formula, Name) and formula in self.facts.truth.sources
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

        def look_up(key: Quantity) -> Figure:
            if key in figures:
                return figures[key]
            known = self.hand.figure(key)
            return known if known.slips else Figure.exact(self.facts.truth.here[key])

        formula, figures = opened(expr, read)
        return worked_out(formula, look_up)

    # Numbers.

    def _number(self, part: Part, key: Quantity, before: Sequence[Judged]) -> Judged:
        assert part.number is not None
        figure = Figure.written(part.number, part.approximate)
        if self._is_true(figure, key):
            return self._judged(part, "right", figure=figure)
        sound = [j for j in before if j.verdict in ("right", "follows")]
        for judged in sound:  # the result of the figures put in
            if judged.figure is not None and figure.meets(judged.figure):
                return self._judged(part, judged.verdict, figure=figure, slips=judged.slips)
        formulas = [j.expr for j in sound if not j.numeric] + list(self.facts.forms(key))
        methods = [partial(View.worked_out, expr=formula) for formula in formulas]
        for method in [*methods, partial(self._by_method, key)]:
            slips = self._follows(figure, method)
            if slips is not None:
                verdict: Verdict = "follows" if slips else "right"
                return self._judged(part, verdict, figure=figure, slips=slips)
        return self._judged(part, "wrong", figure=figure)

    def _is_true(self, figure: Figure, key: Quantity) -> bool:
        """True if the figure is the true number, as far as it is written and floats can tell."""
        true = self.facts.true(key)
        if figure.meets(Figure.exact(true)):
            return True
        if abs(figure.center - true) < 1e-6:
            noise = self.facts.noise(key)
            if figure.meets(Figure(true, true - noise, true + noise)):
                return True
        # At a kink, whatever lies between the derivatives on its sides will do.
        sides = [true, *(world[key] for world in self.facts.truth.beside_kinks)]
        slack = 1e-5 * max(map(abs, sides))
        most = Figure(true, min(sides) - slack, max(sides) + slack)
        return isinstance(key, Derivative) and len(sides) > 1 and figure.meets(most)

    def _follows(self, figure: Figure, method: Method) -> frozenset[Quantity] | None:
        """The slips that must be carried on for the method to give the figure; None if it can't."""
        carried = method(View(self.hand))
        if carried is None:
            return None
        for ignored in _choices(sorted(carried.slips, key=str)):
            result = method(View(self.hand, ignored)) if ignored else carried
            if result is not None and figure.meets(result):
                return carried.slips - ignored
        return None


def _worked_on(figure: Figure, before: Sequence[Judged]) -> Judged | None:
    """The figures just before, where these may be worked out from them.

    Whoever puts 2.8 in for 2.76 goes on from 2.8: each figure of the part before is known to
    half a unit of its last place, and so is each of these.
    """
    numeric = [j for j in before if j.numeric and j.figure is not None]
    if not numeric or numeric[-1].verdict not in ("right", "follows"):
        return None
    last = numeric[-1]
    assert last.figure is not None
    return last if figure.meets(last.figure) else None


Method = Callable[[View], Figure | None]


@dataclass(frozen=True, slots=True)
class Match:
    """Figures held against a formula.

    slips:  what they follow from
    off:    those that are not their operand's
    exact:  the numbers, by identity, that repeat a given
    whole:  True where some have been compared by their result alone
    """

    slips: frozenset[Quantity] = frozenset()
    off: tuple[Pair, ...] = ()
    exact: frozenset[int] = frozenset()
    whole: bool = False


def _choices(slips: Sequence[Quantity]) -> Iterator[frozenset[Quantity]]:
    """Which of the slips may have been set right: all of them, or none, or then some."""
    count = len(slips)
    some = range(count - 1, 0, -1) if count <= _MOST_SLIPS else ()
    sizes = dict.fromkeys((count, 0, *some))
    for size in sizes:
        yield from map(frozenset, combinations(slips, size))


def _marks(marked: Sequence[Marked]) -> list[str]:
    return [mark for mark, _ in marked]
