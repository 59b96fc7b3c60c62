"""What a learner's own figures give: numbers that carry how far rounding reaches.

A hand takes 0.57 for z1 where the truth is 0.5744…, and everything after it follows from
0.565 to 0.575. A :class:`Figure` is such an interval; it remembers which of the learner's
slips it rests on, so that what follows from a slip can be told from what is right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from copy import copy
from decimal import Decimal
from functools import reduce

from micrograd_like.formula import Derivative, Expr, Name, Number, Quantity, rewrite
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.world.effort import spend
from micrograd_like.marking.world.values import compiled
from micrograd_like.marking.world.worlds import World
from micrograd_like.record import record
from micrograd_like.worksheet.builder import CONSTANTS

#: A whole number from here on may be a rounded one.
_LARGE = 1e4

#: So little bend, as a part of the slope, is float noise.
_STRAIGHT = 1e-9
#: Names of the numbers of a formula while it is worked out from intervals.
_PLACE = "#"


@record
class Figure:
    """A number as a hand has it: ``center``, somewhere from ``low`` to ``high``.

    Attributes:
        slips: The quantities it rests on whose stated numbers are not the true ones.
    """

    center: float
    low: float
    high: float
    slips: frozenset[Quantity] = frozenset()

    @classmethod
    def exact(cls, number: float) -> Figure:
        """A number without rounding."""
        return cls(number, number, number)

    @classmethod
    def written(cls, number: Number, approximate: bool = False) -> Figure:
        """What a written number says: half a unit of its last place either way.

        A whole number is exact, unless it is large: 9863871 may be rounded to the unit.

        Args:
            number: The number.
            approximate: True for a number after ≈, which may be off by a whole unit; the zeros at
                the end of a whole number are rounded away: 41.3 ≈ 40.
        """
        center, reach = float(number.value), 0.0
        if number.places is not None:
            reach = (1.0 if approximate else 0.5) * 10.0**-number.places
        elif approximate and center.is_integer():
            digits = f"{abs(Decimal(repr(number.value))):f}".removesuffix(".0")
            reach = 10.0 ** (len(digits) - max(len(digits.rstrip("0")), 1))
        elif approximate:
            reach = 1.0
        elif abs(center) >= _LARGE:
            reach = 0.5
        return cls(center, center - reach, center + reach)

    def meets(self, other: Figure) -> bool:
        """True if both may be the same number, as far as floats can tell."""
        ends = (self.low, self.high, other.low, other.high)
        slack = 1e-12 * max(map(abs, ends)) + 1e-9 * (self.high - self.low + other.high - other.low)
        if not math.isfinite(slack):
            slack = 0.0
        return self.low - slack <= other.high and other.low - slack <= self.high

    def resting_on(self, slips: Iterable[Quantity]) -> Figure:
        """The same number, with these slips behind it."""
        return Figure(self.center, self.low, self.high, self.slips | frozenset(slips))

    def reaching(self, true: float) -> Figure:
        """The same number of one who may go on from it, or from the true number."""
        return Figure(self.center, min(self.low, true), max(self.high, true), self.slips)

    def __add__(self, other: Figure) -> Figure:
        return Figure(
            self.center + other.center,
            self.low + other.low,
            self.high + other.high,
            self.slips | other.slips,
        )

    def __mul__(self, other: Figure) -> Figure:
        ends = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        center = self.center * other.center
        return Figure(center, min(*ends, center), max(*ends, center), self.slips | other.slips)


def _times(a: float, b: float) -> float:
    return 0.0 if 0.0 in (a, b) else a * b  # where the other end is infinite


Lookup = Callable[[Quantity], Figure]

_NONE = frozenset[Quantity]()


def worked_out(expr: Expr, lookup: Lookup) -> Figure | None:
    """The formula worked out from figures; None where it, or one of them, is not defined.

    The ends are those of the formula when each figure is moved to its own ends, and to where the
    formula turns between them, one by one and all together in the direction that moves the
    result: exact for sums and products, and for the square of one figure.

    Raises:
        KeyError: ``lookup`` does not know a name.
    """
    try:
        if isinstance(expr, Name | Derivative):
            return lookup(expr)
        program = compiled(expr)
        figures = [lookup(key) for key in program.keys]
    except ArithmeticError:
        return None

    def at(numbers: list[float]) -> float | None:
        try:
            if program.conditional:
                numbers = program.numbers(dict(zip(program.keys, numbers, strict=True)))
            return program.run(numbers)
        except (ArithmeticError, ValueError, TypeError):
            return None

    centers = [figure.center for figure in figures]
    center = at(centers)
    slips = _NONE.union(*(figure.slips for figure in figures))
    if center is None:  # 1 − p with p = 1.000, say, which may be less
        moves = (_moved(centers, i, end) for i, f in enumerate(figures) for end in (f.low, f.high))
        inside = (number for moved in moves if (number := at(moved)) is not None)
        center = next(inside, None)
        return None if center is None else Figure(center, -math.inf, math.inf, slips)
    up, down = [*centers], [*centers]
    above = below = 0.0
    for place, figure in enumerate(figures):
        if figure.low == figure.high == figure.center:
            continue
        reach = _reached(at, centers, place, figure, center)
        if reach is None:  # beyond a pole or the edge of a domain
            return Figure(center, -math.inf, math.inf, slips)
        (lowest, down[place]), (highest, up[place]) = min(reach), max(reach)
        above, below = above + highest - center, below + center - lowest
    if up == down:
        return Figure(center, center, center, slips)
    most, least = at(up), at(down)
    if most is None or least is None:
        return Figure(center, -math.inf, math.inf, slips)
    ends = (center - below, center + above, most, least)
    return Figure(center, min(ends), max(ends), slips)


def _reached(
    at: Callable[[list[float]], float | None],
    centers: list[float],
    place: int,
    figure: Figure,
    center: float,
) -> list[tuple[float, float]] | None:
    """What the formula comes to while one figure is moved, each with that figure."""
    found = [(center, figure.center)]
    ends = {figure.low, figure.high} - {figure.center}
    if len(ends) == 1:  # three points for a parabola
        ends.add((figure.low + figure.high) / 2)
    for end in ends:
        moved = at(_moved(centers, place, end)) if math.isfinite(end) else None
        if moved is None:
            return None
        found.append((moved, end))
    between = _turns_at(*found) if len(found) == 3 else None
    turned = None if between is None else at(_moved(centers, place, between))
    return found if between is None or turned is None else [*found, (turned, between)]


def _turns_at(*points: tuple[float, float]) -> float | None:
    """Where the parabola through three points (y, x) turns, if that is between them."""
    (y0, x0), (y1, x1), (y2, x2) = points
    if len({x0, x1, x2}) < 3:
        return None
    first, second = (y1 - y0) / (x1 - x0), (y2 - y0) / (x2 - x0)
    bend = (first - second) / (x1 - x2)
    if not bend or abs(bend * (x1 - x2)) < _STRAIGHT * abs(first):
        return None
    turn = x0 - (first - bend * (x1 - x0)) / (2 * bend)
    return turn if min(x0, x1, x2) < turn < max(x0, x1, x2) else None


def _moved(numbers: list[float], place: int, number: float) -> list[float]:
    return [*numbers[:place], number, *numbers[place + 1 :]]


def opened(expr: Expr, read: Callable[[Number], Figure]) -> tuple[Expr, dict[Quantity, Figure]]:
    """The formula with names in the place of its numbers, and what they stand for."""
    figures: dict[Quantity, Figure] = {}

    def rule(node: Expr) -> Expr | None:
        if not isinstance(node, Number):
            return None
        name = Name(f"{_PLACE}{len(figures)}")
        figures[name] = read(node)
        return name

    return rewrite(expr, rule), figures


class Hand:
    """A learner's figures, as they are stated line by line.

    Attributes:
        world: The numbers that are true.
        facts: How each quantity follows from others.
    """

    def __init__(self, world: World, facts: Facts) -> None:
        self.world, self.facts = world, facts
        self.stated: dict[Quantity, Figure] = {}
        #: The local derivatives that are stated beside the totals.
        self.links: dict[Derivative, Figure] = {}
        #: Names without a number of their own that rest on a slip, in order of computation.
        self._following: dict[Quantity, Expr] = {}
        self._worked: dict[Quantity, Figure] = {}

    def among(self, facts: Facts) -> Hand:
        """The same figures among facts that have a further name."""
        other = copy(self)
        other.world, other.facts = facts.truth.here, facts
        return other

    def as_now(self) -> Hand:
        """The same figures, whatever is stated further on."""
        other = copy(self)
        other.stated, other.links = {**self.stated}, {**self.links}
        other._following, other._worked = {**self._following}, {**self._worked}
        return other

    def state(self, key: Quantity, figure: Figure) -> None:
        """Take the learner's figure for a quantity from here on."""
        before = self.stated.get(key)
        if before is not None and not before.slips and not figure.slips:  # either may be taken
            figure = figure.reaching(before.low).reaching(before.high)
        self.stated[key] = figure
        if isinstance(key, Name):
            self._following.pop(key, None)
            self._worked.pop(key, None)

    def define(self, name: Quantity, expr: Expr) -> None:
        """Take a name for which the learner gives a formula and no number.

        One that rests on what has no number in this world has none either.
        """
        try:
            figure = worked_out(expr, self.figure)
        except KeyError:
            return
        if figure is None:
            return
        self._worked[name] = self.rounded(name, figure)
        if figure.slips:
            self._following[name] = expr

    def rounded(self, key: Quantity, figure: Figure) -> Figure:
        """What is worked out from rounded figures, or may be from true ones."""
        if figure.slips or figure.low == figure.high:
            return figure
        return figure.reaching(self.world[key])

    def figure(self, key: Quantity) -> Figure:
        """The learner's figure.

        Raises:
            KeyError: The name is not known.
        """
        return View(self).figure(key)


class View:
    """The figures with some of the learner's slips set right: ``trusting`` names the others."""

    def __init__(self, hand: Hand, ignored: frozenset[Quantity] = frozenset()) -> None:
        self._hand, self._ignored = hand, ignored
        self._again: dict[Quantity, Figure] = {}
        #: Derivatives that are being worked out: one whose links rest on it again is the true one.
        self._open: set[Derivative] = set()
        if ignored:
            for name, expr in hand._following.items():
                if hand._worked[name].slips & ignored:
                    figure = worked_out(expr, self.figure)
                    if figure is not None:
                        self._again[name] = figure

    def figure(self, key: Quantity) -> Figure:
        """The figure of a quantity.

        Raises:
            KeyError: The name is not known.
        """
        hand = self._hand
        if key in self._ignored:  # right after all, and rounded as what is stated
            true, stated = hand.world[key], hand.stated[key]
            low, high = stated.low - stated.center, stated.high - stated.center
            return Figure(true, true + low, true + high)
        if key in hand.stated:
            return hand.stated[key]
        if isinstance(key, Derivative) and key not in self._open:
            self._open.add(key)
            try:
                return hand.rounded(key, self.derivative(key))
            finally:
                self._open.discard(key)
        if key in self._again:
            return self._again[key]
        if key in hand._worked:
            return hand._worked[key]
        if key in CONSTANTS and key not in hand.facts.definitions:
            return Figure.exact(CONSTANTS[key])
        return Figure.exact(hand.world[key])

    def worked_out(self, expr: Expr) -> Figure | None:
        """The formula worked out from these figures."""
        return worked_out(expr, self.figure)

    def derivative(self, key: Derivative) -> Figure:
        """∂of/∂wrt by the chain rule, from what is stated on the way, else from the formulas."""
        hand, graph = self._hand, self._hand.facts.graph
        true = Figure.exact(hand.world[key])
        if graph is None or key.of not in graph.users or key.wrt not in graph.users:
            return true
        between = graph.between(key.of, key.wrt)
        if not between:
            return true
        spend(len(graph.values))
        totals = {key.of: Figure.exact(1.0)}
        for name, users in between.items():
            if name == key.of:
                continue
            known = Derivative(key.of, name)
            if known in hand.stated and known != key:
                totals[name] = self.figure(known)
                continue
            terms = [totals[user] * self.link(user, name) for user in users if user in totals]
            if terms:
                totals[name] = reduce(Figure.__add__, terms)
        return totals[key.wrt]

    def link(self, user: Quantity, name: Quantity) -> Figure:
        """∂user/∂name between neighbours, what else acts on the user held fixed."""
        facts = self._hand.facts
        assert facts.graph is not None
        key = Derivative(user, name)
        if key in self._hand.links:
            return self._hand.links[key]
        if key in self._hand.stated and facts.graph.only_way(user, name):
            return self.figure(key)
        figure = worked_out(facts.locals[user, name], self.figure)
        return Figure.exact(facts.graph.partials[user, name]) if figure is None else figure
