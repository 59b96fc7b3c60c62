"""Judges the parts of a line: formulas as formulas, figures by their figures.

Three kinds of part. A *formula* (z1*(1 - z1)) is compared in every world. *Figures put in*
(.57(1 - .57)) are compared with the quantities they stand for, and by their result. A single
*number* is held against the truth, and against what the learner's own figures give by the
right method: rounding is carried along, so an honestly rounded number is never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, combinations
from typing import Any, TypeVar

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    nodes,
    operands,
    quantities,
)
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Figure, View, worked_out
from micrograd_like.marking.judging.compare import Compared, Comparison
from micrograd_like.marking.judging.judged import Judged
from micrograd_like.marking.judging.learner import Learner
from micrograd_like.marking.judging.line_figures import LineFigures
from micrograd_like.marking.records import SOUND, Verdict
from micrograd_like.marking.world.shape import replaced
from micrograd_like.marking.world.truth import Way
from micrograd_like.marking.world.values import same_number
from micrograd_like.notation import text
from micrograd_like.record import record
from micrograd_like.worksheet import Statement
from micrograd_like.worksheet.records import Part

#: Up to so many slips behind a number, every choice of those carried on is looked at.
_MOST_SLIPS = 4

_T = TypeVar("_T")
_NO_SLIP = frozenset[Quantity]()

#: What gives a figure from the learner's.
Method = Callable[[View], Figure | None]

#: A difference quotient is as near as this to the derivative that it estimates.
_NEAR = 0.01
_NOT_DEFINED = "These figures do not give a number: they may be too rough for that"
_NOTHING_MOVES = "It comes to the right number, and no other number given here would change it"
_LABEL = "It holds with the number of a name that what is asked for does not rest on"
_ESTIMATE = "This is an estimate by differences, and how near it comes is not known"

#: A figure of fewer digits is decided by floats.
_FINE = 1e-7


class Judge:
    """Judges lines by what the learner has stated up to each; it records nothing itself."""

    def __init__(self, facts: Facts, learner: Learner) -> None:
        self.facts, self.learner = facts, learner

    def parts(self, statement: Statement, key: Quantity) -> list[Judged]:
        """Every part of the line about ``key``, judged; formulas before numbers."""
        figures = self._figures_of_line()
        judged: dict[int, Judged] = {}
        for place in sorted(range(len(statement.parts)), key=partial(_is_number, statement)):
            line = _Line(key, figures, tuple(judged.values()))
            judged[place] = self._part(statement, line, place)
        for place, part in enumerate(statement.parts):
            if judged[place].verdict == "wrong" and part.otherwise is not None:
                line = _Line(key, figures, tuple(judged.values()))
                judged[place] = self._otherwise(statement, line, place) or judged[place]
        return [judged[place] for place in range(len(statement.parts))]

    def _part(self, statement: Statement, line: _Line, place: int) -> Judged:
        if _is_number(statement, place):
            return self._number(statement.parts[place], line)
        return self._expression(statement, line, place)

    def _otherwise(self, statement: Statement, line: _Line, place: int) -> Judged | None:
        """The other reading of a part, where that one is sound: 2e+1 as 2·e + 1."""
        parts = list(statement.parts)
        expr = parts[place].otherwise
        assert expr is not None
        parts[place] = replace(parts[place], expr=expr, otherwise=None)
        judged = self._expression(replace(statement, parts=tuple(parts)), line, place)
        return judged if judged.verdict in SOUND else None

    def _judged(self, part: Part, verdict: Verdict, **known: Any) -> Judged:
        expr = known.pop("expr", part.expr)
        return Judged(part, verdict, expr, not self.facts.leaves(expr), **known)

    def _without_number(self, key: Quantity) -> bool:
        """True for what rests on names without a number: no number can be held against it."""
        return self.facts.sheet.without_number(key)

    def _number_alone(
        self, part: Part, key: Quantity, figure: Figure, before: Sequence[Judged]
    ) -> Judged:
        """A number of what has no true one: held against the line's figures and what is stated."""
        last = next((j for j in reversed(before) if j.numeric and j.figure is not None), None)
        if last is not None and last.figure is not None:
            verdict: Verdict = "right" if figure.meets(last.figure) else "wrong"
            return self._judged(part, verdict, figure=figure)
        verdict = "right" if self._as_stated(figure, key) else "unchecked"
        return self._judged(part, verdict, figure=figure, problem=_no_number(key))

    def _as_stated(self, figure: Figure, key: Quantity) -> bool:
        """True for what a right formula gives from the numbers that the learner has stated."""

        def look_up(leaf: Quantity) -> Figure:
            if leaf in self.learner.hand.stated:
                return self.learner.hand.stated[leaf]
            if self._without_number(leaf):
                raise ArithmeticError
            return self.learner.hand.figure(leaf)

        results = (worked_out(form, look_up) for form in self.facts.forms(key))
        return any(result is not None and figure.meets(result) for result in results)

    # Formulas.

    def _expression(self, statement: Statement, line: _Line, place: int) -> Judged:
        part, key = statement.parts[place], line.key
        if problem := self._missing(part):
            return self._judged(part, "unchecked", problem=problem)
        builds = place == statement.builds
        target: Expr = key
        targets = self.facts.targets(key)
        if builds and key in self.facts.updates:
            update = self.facts.updates[key]
            target, targets = update.formula, [*targets, *update.beside]
        elif builds:
            return self._definition(part, line)
        if not self.facts.leaves(part.expr):
            if self._without_number(key):
                figure = worked_out(line.figures.read(part.expr), line.figures.look_up)
                right = figure is not None and self._as_stated(figure, key)
                verdict: Verdict = "right" if right else "unchecked"
                if not right and figure is not None and self._is_worked_out(statement, place):
                    verdict = "taken"  # what stands for the names is not known, the result is
                return self._judged(part, verdict, figure=figure, problem=_no_number(key))
            return self._figures(part, line)
        forms = [target] if builds else [*self.facts.forms(key)]
        total = None
        for expr in self._readings(part):
            if self.facts.truth.holds(expr, target, forms, targets):
                local = self.learner.local.intersection(quantities(expr))
                if not local:
                    return self._judged(part, "right", expr=expr)
                total = total or _as_total(min(local, key=str))
        if total:
            return self._judged(part, "unchecked", problem=total)
        if not builds and self.facts.cancels(key):
            for expr in self._readings(part):
                if self.facts.same_exactly(expr, key):
                    return self._judged(part, "right", expr=expr)
        if numbers := nodes(part.expr, Number):
            mixed = self._figures(part, line)
            rounded = any(number.places is not None for number in numbers)
            if mixed.verdict != "wrong" and (rounded or self._fits_one(part, line)):
                return mixed
        for expr in self._readings(part):
            if (slips := self._symbols_follow(expr, key)) is not None:
                return self._judged(part, "follows", expr=expr, slips=slips)
        for form in forms:
            own = self._own(form, key)
            if own != form and self.facts.truth.holds_in_what_is_left(part.expr, own):
                return self._judged(part, "follows", slips=self._slipped(form, key))
        accident = same_number(part.expr, target, self.facts.truth.here)
        if accident and not self.facts.truth.moves(part.expr):
            return self._judged(part, "unchecked", problem=_NOTHING_MOVES)
        if accident and self._with_a_label(part.expr, target, key):
            return self._judged(part, "unchecked", problem=_LABEL)
        return self._judged(part, "wrong", accident=accident)

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

    def _definition(self, part: Part, line: _Line) -> Judged:
        """What defines a name is taken; it follows where a figure in it is that of a slip."""
        figures = part.number is None and not self.facts.leaves(part.expr)
        figure = line.figures.by_itself(part.expr) if figures else None
        worked = None
        formula = self.facts.definitions[line.key]
        if figures and self.facts.leaves(formula):  # they are read as this, and gone on from
            worked = Comparison(line.figures, self._follows).of(part.expr, formula).expr
        meant = self.learner.with_slips(part.expr)
        new = set(quantities(meant)) - set(quantities(part.expr))
        slips = _NO_SLIP.union(*(self.learner.hand.figure(key).slips for key in new))
        verdict: Verdict = "follows" if slips else "taken"
        return self._judged(part, verdict, figure=figure, slips=slips, worked=worked)

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
                    return f"Nothing defines {str(name)!r} in this worksheet"
        return ""

    def _symbols_follow(self, expr: Expr, key: Quantity) -> frozenset[Quantity] | None:
        """The slips from which a formula follows, all worlds agreeing; None if it does not."""
        slips: frozenset[Quantity] = frozenset()
        for hand in self.learner.near:
            try:
                given = worked_out(expr, hand.figure)
            except KeyError:  # a name that has no number in this world
                return None
            wanted = self._by_method(key, View(hand))
            if given is None or wanted is None or not wanted.slips:
                return None
            if abs(given.center - wanted.center) > 1e-9 * abs(wanted.center):
                return None
            slips |= wanted.slips
        return None if key in slips else slips or None  # the slip once more is one

    def _by_method(self, key: Quantity, view: View) -> Figure | None:
        if isinstance(key, Derivative):
            try:
                return view.derivative(key)
            except ArithmeticError:  # one on the way does not exist
                return None
        return view.worked_out(self.learner.definition(key))

    # Figures put in.

    def _figures(self, part: Part, line: _Line) -> Judged:
        """Figures put into a formula: right if each is, or if the result is."""
        key = line.key
        if isinstance(key, Derivative) and part.approximate and _is_quotient(part.expr):
            return self._estimate(part, line)
        comparison = Comparison(line.figures, self._follows)
        worked = ((j.worked, _NO_SLIP) for j in line.before if j.worked)
        compared, own = _least(
            (
                (comparison.of(part.expr, formula), own)
                for formula, own in chain(self._formulas(line), worked)
            ),
            lambda pair: len(pair[0].off),
        )
        compared = self._given_otherwise_put_in(part, line, comparison) or compared
        figure = line.figures.result(compared.expr)
        slips = None if compared.off else compared.slips | own
        if figure is None and slips is not None:  # the right figures, and 1/(1 − 1.00)
            verdict: Verdict = "follows" if slips else "unchecked"
            return self._judged(part, verdict, slips=slips, problem=_NOT_DEFINED)
        if figure is None:
            return self._judged(part, "wrong")
        if self._is_true(figure, key):
            slips = frozenset()
        elif slips is None and not compared.given_otherwise:
            slips = self._follows(figure, partial(self._by_method, key))
        if slips is None:
            return self._judged(part, "wrong", figure=figure, off=compared.off)
        verdict = "follows" if slips else "right"
        return self._judged(part, verdict, figure=figure, slips=slips, worked=compared.expr)

    def _given_otherwise_put_in(
        self, part: Part, line: _Line, comparison: Comparison
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

    def _estimate(self, part: Part, line: _Line) -> Judged:
        """A difference quotient after ≈: near enough, or how near it has to be is not known."""
        figure, true = worked_out(part.expr, line.figures.look_up), self.facts.true(line.key)
        if figure is not None and abs(figure.center - true) <= _NEAR * abs(true):
            return self._judged(part, "right", figure=figure)
        return self._judged(part, "unchecked", figure=figure, problem=_ESTIMATE)

    def _formulas(self, line: _Line) -> Iterator[tuple[Expr, frozenset[Quantity]]]:
        """The formulas that figures may be put into, and the slips that are in each.

        Those with the learner's own for some pieces come last.
        """
        formulas = dict(self._shapes(line))
        yield from formulas.items()
        for formula in formulas:
            own = self._own(formula, line.key)
            if own != formula:
                yield own, self._slipped(formula, line.key)

    def _shapes(self, line: _Line) -> Iterator[tuple[Expr, frozenset[Quantity]]]:
        """What the line, or one before it, has as a formula, with its slips; then the right ones.

        Of one that is right by itself the last pair says so.
        """
        sound = (j for j in line.before if j.verdict in SOUND and not j.numeric)
        yield from ((j.expr, j.slips) for j in sound)
        yield from self.learner.said.get(line.key, ())
        yield from ((form, _NO_SLIP) for form in self.facts.forms(line.key))
        if isinstance(line.key, Name):
            yield self.learner.definition(line.key), _NO_SLIP
        yield from ((form, _NO_SLIP) for form in self.facts.from_inputs(line.key))

    def _own(self, formula: Expr, key: Quantity) -> Expr:
        """A formula with the learner's wrong ones in the place of what they give."""
        for leaf in sorted(self._slipped(formula, key), key=str):
            formula = replaced(formula, leaf, self.learner.formulas[leaf])
        return formula

    def _slipped(self, formula: Expr, key: Quantity) -> frozenset[Quantity]:
        """The quantities in a formula for which the learner has a wrong one."""
        leaves = quantities(formula)
        return frozenset(q for q in leaves if q in self.learner.formulas and q != key)

    def _fits_one(self, part: Part, line: _Line) -> bool:
        """Whether a part in names and numbers is a formula with some of its numbers put in."""
        return any(self.fits(part.expr, formula) for formula, _ in self._formulas(line))

    def fits(self, figures: Expr, formula: Expr) -> bool:
        """Whether figures put in are those of the formula, operand by operand."""
        if operands(figures) is None:
            return False
        compared = Comparison(self._figures_of_line(), self._follows).of(figures, formula)
        return not compared.off and not compared.whole

    def as_it_stands(self, figures: Expr) -> Figure | None:
        """What figures give by themselves, those of givens exact."""
        return self._figures_of_line().as_it_stands(figures)

    def contradicts(self, part: Part, before: Judged | None) -> bool:
        """True for a number that is not what the figures right before it give, as they stand."""
        if before is None or part.number is None or before.number or not before.numeric:
            return False
        given = self.as_it_stands(before.part.expr)
        if given is None:
            return False
        rounded = part.approximate or given.low < given.high
        return not Figure.written(part.number, rounded).meets(given)

    def _figures_of_line(self) -> LineFigures:
        return LineFigures(self.facts, self.learner.hand)

    # Numbers.

    def _number(self, part: Part, line: _Line) -> Judged:
        judged = self._held(part, line)
        return replace(judged, gives=self._given_otherwise(judged, line))

    def _given_otherwise(self, judged: Judged, line: _Line) -> float | None:
        """What the figures right before a number give; None where they give it, or it is true."""
        last, figure = (line.before or (None,))[-1], judged.figure
        if last is None or last.number or not last.numeric or figure is None:
            return None
        given = line.figures.exactly(last.expr)
        sound = judged.verdict in SOUND and not self._without_number(line.key)
        if not sound or given is None or figure.meets(given) or self._is_true(figure, line.key):
            return None
        return given.center

    def _held(self, part: Part, line: _Line) -> Judged:
        assert part.number is not None
        figure = Figure.written(part.number, part.approximate)
        key, before = line.key, line.before
        if self._without_number(key):
            return self._number_alone(part, key, figure, before)
        if self._is_true(figure, key):
            return self._judged(part, "right", figure=figure)
        sound = [j for j in before if j.verdict in SOUND]
        for judged in sound:  # the result of the figures put in
            if _goes_on_from(part.number, figure, judged):
                verdict: Verdict = "follows" if judged.slips else "right"
                return self._judged(part, verdict, figure=figure, slips=judged.slips)
        stated = self.learner.hand.stated.get(key)
        if not before and stated is not None and figure.meets(stated):  # once more
            verdict = "follows" if stated.slips else "right"
            return self._judged(part, verdict, figure=figure, slips=stated.slips)
        last = before[-1] if before else None
        formulas = dict(self._shapes(line)).items()
        methods = ((partial(View.worked_out, expr=formula), own) for formula, own in formulas)
        for method, own in chain(methods, [(partial(self._by_method, key), _NO_SLIP)]):
            slips = self._follows(figure, method)
            if slips is not None and not self._disagrees(part, last, method):
                verdict = "follows" if slips | own else "right"
                return self._judged(part, verdict, figure=figure, slips=slips | own)
        return self._judged(part, "wrong", figure=figure)

    def _disagrees(self, part: Part, before: Judged | None, method: Method) -> bool:
        """True for a number that a slip might explain, but not beside the figures before it."""
        carried = method(View(self.learner.hand))
        return bool(carried and carried.slips) and self.contradicts(part, before)

    def _is_true(self, figure: Figure, key: Quantity) -> bool:
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

    def _follows(self, figure: Figure, method: Method) -> frozenset[Quantity] | None:
        """The slips carried on for the method to give the figure; None if it cannot."""
        carried = method(View(self.learner.hand))
        if carried is None or (carried.low == carried.high and not carried.slips):
            return None  # what is exact is as floats have it, and no more than the truth
        for ignored in _choices(sorted(carried.slips, key=str)):
            result = method(View(self.learner.hand, ignored)) if ignored else carried
            if result is not None and figure.meets(result):
                return carried.slips - ignored
        return None


def _is_quotient(expr: Expr) -> bool:
    """True for a difference over something."""
    return (
        isinstance(expr, Call)
        and expr.function == "div"
        and isinstance(expr.arguments[0], Call)
        and expr.arguments[0].function == "sub"
    )


@record
class _Line:
    """What a part is judged by.

    Attributes:
        key: What the line is about.
        figures: What is known of its figures.
        before: Its parts that have been judged: what they say may be put in, or gone on from.
    """

    key: Quantity
    figures: LineFigures
    before: tuple[Judged, ...]


def _goes_on_from(number: Number, figure: Figure, judged: Judged) -> bool:
    """True for what a part comes to: a number is rounded further, but gains no digit but zeros."""
    before = judged.part.number
    finer = before is not None and (number.places or 0) > (before.places or 0)
    if judged.figure is None or (finer and figure.center != judged.figure.center):
        return False
    return figure.meets(judged.figure)


def _is_number(statement: Statement, place: int) -> bool:
    """True for a single number that is held against what the line is about."""
    given = place == statement.builds and statement.kind == "given"
    return statement.parts[place].number is not None and not given


def _least(items: Iterable[_T], size: Callable[[_T], int]) -> _T:
    """The first of the smallest; where one is 0, no further one is made."""
    found: list[_T] = []
    for item in items:
        if not size(item):
            return item
        found.append(item)
    return min(found, key=size)


def _choices(slips: Sequence[Quantity]) -> Iterator[frozenset[Quantity]]:
    """Which of the slips may have been set right: all of them, or none, or then some."""
    count = len(slips)
    some = range(count - 1, 0, -1) if count <= _MOST_SLIPS else ()
    sizes = dict.fromkeys((count, 0, *some))
    for size in sizes:
        yield from map(frozenset, combinations(slips, size))


def _as_total(key: Quantity) -> str:
    return f"{text(key)} is stated above with the rest held fixed, and has to be the total here"


def _no_number(key: Quantity) -> str:
    return f"{text(key)} rests on names without a number, so that none can be held to it"
