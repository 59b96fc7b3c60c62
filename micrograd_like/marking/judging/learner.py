"""What a learner has stated up to a line, slips included; what is judged is recorded here."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from copy import copy
from itertools import islice
from operator import itemgetter

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    names_in,
    nodes,
    quantities,
    rewrite,
)
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Figure, Hand, worked_out
from micrograd_like.marking.judging.judged import Judged, Read
from micrograd_like.marking.judging.line_figures import LineFigures
from micrograd_like.marking.records import SOUND
from micrograd_like.marking.world.shape import replaced
from micrograd_like.worksheet import Statement

#: Formulas of one line that a later one may go on from.
_MOST_SAID = 4


class Learner:
    """The learner of one worksheet, line by line.

    Attributes:
        hand: The figures up to here.
        near: The same in the worlds near by, where slips are carried on.
        formulas: The wrong formulas up to here.
        said: The sound formulas up to here, each with the slips that it follows from.
        slips: What the learner has for each quantity that is wrong: a formula, or a number.
        local: The derivatives that are stated as local ones alone.
        doubted: The quantities whose number as stated last, or whose formula, is in doubt.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.hand = Hand(facts.truth.here, facts)
        self.near: list[Hand] = []
        self.formulas: dict[Quantity, Expr] = {}
        self.said: dict[Quantity, tuple[tuple[Expr, frozenset[Quantity]], ...]] = {}
        self.slips: dict[Quantity, Expr] = {}
        self._made: dict[Quantity, int] = {}  # when
        self._made_for: dict[Call, list[tuple[int, Quantity]]] = {}  # in place of which formula
        self.local: set[Quantity] = set()
        self.doubted: set[Quantity] = set()
        self._rough: set[Quantity] = set()  # whose definition has rounded figures alone
        for name, number in facts.rounded:
            self.hand.state(name, Figure.written(number))

    def state(self, statement: Statement, read: Read) -> None:
        """Take down what a line has said, for those after it."""
        if read.held:
            self._state_locally(statement.left, read.judged)
        else:
            self._state(statement, read.key, read.judged)

    def as_now(self) -> Learner:
        """The learner as of this line, whatever is stated further on."""
        other = copy(self)
        other.hand = self.hand.as_now()
        return other

    def _state(self, statement: Statement, key: Quantity, judged: Sequence[Judged]) -> None:
        if not judged or statement.kind == "given":
            return
        self.local.discard(key)
        sound = ((j.expr, j.slips) for j in judged if j.verdict in SOUND and not j.numeric)
        self.said[key] = tuple(islice(sound, _MOST_SAID)) or self.said.get(key, ())
        self.doubted.discard(key)
        formula = statement.kind == "definition"
        if any((j.number or formula) and j.verdict == "unchecked" for j in judged):
            self.doubted.add(key)
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
                hand.define(key, self.definition(key))
        if said:
            _, last = said[-1]
            figure = _any_of([figure for figure, j in said if j.verdict == last.verdict])
            slipped = last.verdict in ("wrong", "follows")
            true = self.facts.true(key)
            own = self._defined_as(judged[statement.builds]) if defined else None
            rough = own is not None and own.low < own.high and figure.meets(own)
            if self._repeats_a_given(key, figure) or not (
                slipped or rough or not self._is_exact(key, figure)
            ):
                figure = Figure.exact(figure.center)
            elif last.verdict == "right":  # as the figures before it round
                figure = figure.reaching(true)
                if own is not None and rough:
                    self._rough.add(key)
                    figure = figure.reaching(own.low).reaching(own.high)
                elif self._rests_on_rough_figures(key):
                    figure = self._as_worked_out(figure, judged)
            elif last.verdict == "unchecked":
                figure = self._as_worked_out(figure, judged)
            self.hand.state(key, figure.resting_on({key} if slipped else ()))
        elif wrong:
            result = worked_out(wrong[0].expr, self.hand.figure)
            if result is not None:
                self.hand.state(key, result.resting_on({key}))
        elif defined:
            self.hand.define(key, self.definition(key))

    def _defined_as(self, part: Judged) -> Figure | None:
        """What figures alone come to, whatever they stand for; or what ŷ = a3 has from a3."""
        if isinstance(part.expr, Name) and part.expr in self._rough:
            return self.hand.stated[part.expr]
        return part.figure

    def _rests_on_rough_figures(self, key: Quantity) -> bool:
        """True where what is taken for the truth is as rough as the figures it comes from."""
        below = self.facts.sheet.rests_on(names_in(key)) if self._rough else ()
        return not self._rough.isdisjoint(below)

    def _as_worked_out(self, figure: Figure, judged: Sequence[Judged]) -> Figure:
        """A number, as uncertain as what its line works it out from."""
        line = LineFigures(self.facts, self.hand)
        for j in judged:
            given = None if j.number else line.from_stated(j.part.expr)
            if given is None or not figure.meets(given):
                continue
            if given.low == given.high == figure.center:  # nothing is rounded
                return given
            figure = figure.reaching(given.low).reaching(given.high)
        return figure

    def definition(self, name: Quantity) -> Expr:
        """The formula of a name, with the names of slips where it has what they stand for."""
        formula, last = self.with_slips(self.facts.definitions[name]), -1
        while (slip := self._hidden(formula, name, last)) is not None:
            last, key = slip
            formula = replaced(formula, self.facts.definitions[key], key)
        return formula

    def _hidden(self, formula: Expr, name: Quantity, last: int) -> tuple[int, Quantity] | None:
        """The first slip after one whose right formula stands in this one, and which it was."""
        found: list[tuple[int, Quantity]] = []
        for call in nodes(formula, Call):
            made = self._made_for.get(call, ())
            after = bisect_right(made, last, key=itemgetter(0))
            found += [slip for slip in made[after : after + 2] if slip[1] != name][:1]
        return min(found, key=itemgetter(0), default=None)

    def with_slips(self, formula: Expr) -> Expr:
        """A formula with the names of slips in the place of their figures.

        Whoever writes 1.1·h below a wrong a = 1.1 means a·h.
        """
        if all(number.places is None for number in nodes(formula, Number)):
            return formula
        given = set(map(abs, self.facts.truth.sources.values()))
        known = {
            abs(figure.center): (key, figure.center)
            for key, figure in self.hand.stated.items()
            if figure.slips and abs(figure.center) not in given
        }

        def rule(node: Expr) -> Expr | None:
            if not isinstance(node, Number) or node.places is None or node.value not in known:
                return None
            key, number = known[node.value]
            return key if number == node.value else Call("neg", (key,))

        return rewrite(formula, rule) if known else formula

    def among(self, facts: Facts) -> Learner:
        """The same learner among facts that have a further name."""
        other = copy(self)
        other.facts, other.hand = facts, self.hand.among(facts)
        return other

    def _state_locally(self, key: Quantity, judged: Sequence[Judged]) -> None:
        """Take down a local derivative, which is no total: its figure is that of one link."""
        figures = [j.figure for j in judged if j.figure is not None and j.verdict == "right"]
        if figures and isinstance(key, Derivative):
            self.hand.links[key] = max(figures, key=lambda f: f.high - f.low)
        self.local.add(key)

    def _repeats_a_given(self, key: Quantity, figure: Figure) -> bool:
        """True for ∂a/∂w = x = 1.58, where x is given as 1.58: nothing is rounded."""
        method = self.facts.method(key)
        sources = self.facts.truth.sources
        return isinstance(method, Name) and sources.get(method) == figure.center

    def _is_exact(self, key: Quantity, figure: Figure) -> bool:
        """True for the very number from what is exact: 0.6533 = −1.39·(−0.47) rounds nothing."""
        if isinstance(key, Derivative):
            formula = self.facts.method(key)
        elif key in self.facts.definitions:
            formula = self.definition(key)
        else:
            return False
        given = worked_out(formula, self.hand.figure)
        if given is None or given.low != given.high:
            return False
        behind = map(self.hand.figure, quantities(formula))
        if given.center and any(figure.low < figure.high for figure in behind):
            return False  # σ(74.2 ± 0.1) is 1 in floats alone
        return abs(figure.center - given.center) <= 1e-13 * abs(given.center)

    def _carry_on(self, key: Quantity, formula: Expr) -> None:
        """Take down a slip; near by a formula as it is, a number with a number near it."""
        self.slips[key] = formula
        if key not in self._made:
            self._made[key] = len(self._made)
            right = self.facts.definitions.get(key)
            if isinstance(right, Call):
                self._made_for.setdefault(right, []).append((self._made[key], key))
        if not self.near:
            self.near = [Hand(world, self.facts) for world in self.facts.truth.near()]
        chance = random.Random(len(self.hand.stated))
        for hand in self.near:
            figure = worked_out(formula, hand.figure)
            if figure is not None:
                moved = 1 + chance.uniform(0.005, 0.02) if isinstance(formula, Number) else 1
                hand.state(key, Figure.exact(figure.center * moved).resting_on({key}))


def _any_of(alike: Sequence[Figure]) -> Figure:
    """Of several that are right alike, whoever goes on may take any, or what they round.

    That is known as far as the one with the most digits says.
    """
    rough = max(alike[::-1], key=lambda f: f.high - f.low)
    fine = min(alike, key=lambda f: f.high - f.low)
    centers = [figure.center for figure in alike]
    return Figure(rough.center, min(fine.low, *centers), max(fine.high, *centers), rough.slips)
