"""Judges the parts of a line: formulas as formulas, figures by their figures.

Three kinds of part. A *formula* (z1*(1 - z1)) is compared in every world. *Figures put in*
(.57(1 - .57)) are compared with the quantities they stand for, and by their result. A single
*number* is held against the truth, and against what the learner's own figures give by the
right method: rounding is carried along, so an honestly rounded number is never wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import product

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
)
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import View, worked_out
from micrograd_like.marking.judging.compare import Comparison
from micrograd_like.marking.judging.figures import FigureJudge
from micrograd_like.marking.judging.free_names import FreeNames
from micrograd_like.marking.judging.judged import Judged
from micrograd_like.marking.judging.learner import Learner
from micrograd_like.marking.judging.measure import NO_SLIP, Line, Measure, no_number
from micrograd_like.marking.judging.numbers import NumberJudge
from micrograd_like.marking.records import SOUND, Verdict
from micrograd_like.marking.world.shape import replaced
from micrograd_like.marking.world.truth import Way
from micrograd_like.marking.world.values import same_number
from micrograd_like.notation import text
from micrograd_like.worksheet import Statement
from micrograd_like.worksheet.records import Part

_NOTHING_MOVES = "It comes to the right number, and no other number given here would change it"
_PUT_IN = "It puts numbers in for names that have none here"
_LABEL = "It holds with the number of a name that what is asked for does not rest on"


class Judge(Measure):
    """Judges lines by what the learner has stated up to each; it records nothing itself."""

    def __init__(self, facts: Facts, learner: Learner) -> None:
        super().__init__(facts, learner)
        self.figures = FigureJudge(facts, learner)
        self.numbers = NumberJudge(facts, learner)
        self.free_names = FreeNames(facts)

    def parts(self, statement: Statement, key: Quantity, named: bool = True) -> list[Judged]:
        """Every part of the line about ``key``, judged; formulas before numbers.

        Args:
            statement: The line.
            key: What it is about.
            named: Whether it is to be told which of the figures put in are off.
        """
        figures = self.figures_of_line()
        judged: dict[int, Judged] = {}
        for place in sorted(range(len(statement.parts)), key=partial(_is_number, statement)):
            line = Line(key, figures, tuple(judged.values()), named)
            judged[place] = self._part(statement, line, place)
        for place, part in enumerate(statement.parts):
            if judged[place].verdict == "wrong" and part.otherwise is not None:
                line = Line(key, figures, tuple(judged.values()), named)
                judged[place] = self._otherwise(statement, line, place) or judged[place]
        return [judged[place] for place in range(len(statement.parts))]

    def _part(self, statement: Statement, line: Line, place: int) -> Judged:
        if _is_number(statement, place):
            return self.numbers.part(statement.parts[place], line)
        return self._expression(statement, line, place)

    def _otherwise(self, statement: Statement, line: Line, place: int) -> Judged | None:
        """The other reading of a part, where that one is sound: 2e+1 as 2·e + 1."""
        parts = list(statement.parts)
        expr = parts[place].otherwise
        assert expr is not None
        parts[place] = replace(parts[place], expr=expr, otherwise=None)
        judged = self._expression(replace(statement, parts=tuple(parts)), line, place)
        return judged if judged.verdict in SOUND else None

    def _expression(self, statement: Statement, line: Line, place: int) -> Judged:
        part, key = statement.parts[place], line.key
        if problem := self._missing(part):
            return self.judged(part, "unchecked", problem=problem)
        builds = place == statement.builds
        target: Expr = key
        targets = self.facts.targets(key)
        if builds and key in self.facts.updates:
            update = self.facts.updates[key]
            target, targets = update.formula, [*targets, *update.beside]
        elif builds:
            return self._definition(part, line)
        if not self.facts.leaves(part.expr):
            if self.without_number(key):
                figure = worked_out(line.figures.read(part.expr), line.figures.look_up)
                right = figure is not None and self.as_stated(figure, key)
                verdict: Verdict = "right" if right else "unchecked"
                if not right and figure is not None and self._is_worked_out(statement, place):
                    verdict = "taken"  # what stands for the names is not known, the result is
                if line.before and self.numbers.breaks_off(line.before[-1].part, part) is not None:
                    verdict = "wrong"
                return self.judged(part, verdict, figure=figure, problem=no_number(key))
            return self.figures.part(part, line)
        forms = None if builds else partial(self.facts.forms, key)
        total = None
        for expr in self._readings(part):
            if self.facts.truth.holds(expr, target, forms, targets):
                local = self.learner.local.intersection(quantities(expr))
                if not local:
                    return self.judged(part, "right", expr=expr)
                total = total or _as_total(min(local, key=str))
        if total:
            return self.judged(part, "unchecked", problem=total)
        if self.facts.truth.differs_beyond(part.expr, target):
            return self.judged(part, "wrong", accident=True)
        if not builds and self.facts.cancels(key):
            for expr in self._readings(part):
                if self.facts.same_exactly(expr, key):
                    return self.judged(part, "right", expr=expr)
        if numbers := nodes(part.expr, Number):
            mixed = self.figures.part(part, line)
            rounded = any(number.places is not None for number in numbers)
            if mixed.verdict != "wrong" and (rounded or self.figures.fits_one(part, line)):
                return mixed
        for expr in self._readings(part):
            if (slips := self._symbols_follow(expr, key)) is not None:
                return self.judged(part, "follows", expr=expr, slips=slips)
        for form in [target] if forms is None else forms():
            own = self.own(form, key)
            if own != form and self.facts.truth.holds_in_what_is_left(part.expr, own):
                return self.judged(part, "follows", slips=self.slipped(form, key))
        behind = any(j.verdict in SOUND and self.facts.leaves(j.expr) for j in line.before)
        if not builds and self.free_names.stand_for(part.expr, key, behind):
            return self.judged(part, "unchecked", problem=_PUT_IN)
        accident = same_number(part.expr, target, self.facts.truth.here)
        if accident and not self.facts.truth.moves(part.expr):
            return self.judged(part, "unchecked", problem=_NOTHING_MOVES)
        if accident and self._with_a_label(part.expr, target, key):
            return self.judged(part, "unchecked", problem=_LABEL)
        if other := self._under_another_name(part.expr, key):
            return self.judged(part, "unchecked", problem=other)
        return self.judged(part, "wrong", accident=accident)

    def _with_a_label(self, expr: Expr, target: Expr, key: Quantity) -> bool:
        """True where a 0 or 1 is another's: p − y with y = 1, where L = ln(1 + e^−z)."""
        truth = self.facts.truth
        below = self.facts.sheet.rests_on([str(key.of if isinstance(key, Derivative) else key)])
        labels = {
            name
            for name in quantities(expr)
            if truth.sources.get(name) in (0.0, 1.0, -1.0) and name not in below
        }
        way = Way(frozenset(labels))
        moved = bool(labels) and truth.moves(expr, way)
        return moved and truth.same(expr, target, truth.near(way))

    def _under_another_name(self, expr: Expr, key: Quantity) -> str:
        """That a formula agrees if a name of the definition, which nothing defines, is its own.

        Of L = (y − ŷ)², and L = (a − y)² further down, where ŷ is not computed, and a is the last
        that is.
        """
        sheet = self.facts.sheet
        stated = sheet.formulas.get(key) if isinstance(key, Name) else None
        if stated is None:
            return ""
        mine, theirs = {*names_in(expr)}, {*names_in(stated)}
        users = Counter(name for formula in sheet.formulas.values() for name in names_in(formula))
        free = [name for name in theirs - mine if name in sheet.assumed and users[name] == 1]
        computed = (n for n in mine - theirs if nodes(sheet.formulas.get(n, n), Call))
        outputs = [name for name in computed if not users[name]]
        for name, own in product(sorted(free), sorted(outputs)):
            if self.facts.truth.holds(expr, replaced(stated, name, own)):
                return f"It agrees if {text(name)} is {text(own)}, which nothing says"
        return ""

    def _definition(self, part: Part, line: Line) -> Judged:
        """What defines a name is taken; it follows where a figure in it is that of a slip."""
        figures = part.number is None and not self.facts.leaves(part.expr)
        worked = line.figures.alone(part.expr) if figures else None
        figure = None if worked is None else line.figures.result(worked)
        formula = self.facts.definitions[line.key]
        if figures and self.facts.leaves(formula):  # they are read as this, and gone on from
            worked = Comparison(line.figures, self.follows).of(part.expr, formula).expr
        meant = self.learner.with_slips(part.expr)
        new = set(quantities(meant)) - set(quantities(part.expr))
        slips = NO_SLIP.union(*(self.learner.hand.figure(key).slips for key in new))
        verdict: Verdict = "follows" if slips else "taken"
        return self.judged(part, verdict, figure=figure, slips=slips, worked=worked)

    def _is_worked_out(self, statement: Statement, place: int) -> bool:
        """True for figures behind which a number stands: that is held against them."""
        behind = statement.parts[place + 1 :]
        return any(part.number is not None or not self.facts.leaves(part.expr) for part in behind)

    def _readings(self, part: Part) -> Iterator[Expr]:
        """What the part may mean: as it stands, 1/2y as 1/(2y), ∂U/∂V as the direct way."""
        exprs = [part.expr, *([part.otherwise] if part.otherwise is not None else [])]
        direct = [reading for expr in exprs for reading in self.facts.direct(expr)]
        yield from dict.fromkeys([*exprs, *direct])

    def _missing(self, part: Part) -> str:
        for leaf in self.facts.leaves(part.expr):
            for name in (leaf,) if isinstance(leaf, Name) else (leaf.of, leaf.wrt):
                if name not in self.facts.definitions:
                    return self.facts.sheet.nothing_defines(str(name))
        return ""

    def _symbols_follow(self, expr: Expr, key: Quantity) -> frozenset[Quantity] | None:
        """The slips from which a formula follows, all worlds agreeing; None if it does not."""
        slips: frozenset[Quantity] = frozenset()
        for hand in self.learner.near:
            try:
                given = worked_out(expr, hand.figure)
            except KeyError:  # a name that has no number in this world
                return None
            wanted = self.by_method(key, View(hand))
            if given is None or wanted is None or not wanted.slips:
                return None
            if abs(given.center - wanted.center) > 1e-9 * abs(wanted.center):
                return None
            slips |= wanted.slips
        return None if key in slips else slips or None  # the slip once more is one


def _is_number(statement: Statement, place: int) -> bool:
    """True for a single number that is held against what the line is about."""
    given = place == statement.builds and statement.kind == "given"
    return statement.parts[place].number is not None and not given


def _as_total(key: Quantity) -> str:
    return f"{text(key)} is stated above with the rest held fixed, and has to be the total here"
