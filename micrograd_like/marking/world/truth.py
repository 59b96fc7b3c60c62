"""What is true: a worksheet's graph at its own numbers, and at numbers near them.

Two formulas are the same if they give the same numbers in every world. At the worksheet's
own numbers alone a wrong formula may be right by accident: with a = 0.4, a(1 − a) is 0.24
and so is σ′(a).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, combinations, islice, product

from micrograd_like.errors import DomainError
from micrograd_like.formula import (
    Call,
    Expr,
    Name,
    Number,
    Quantity,
    exact_number,
    names,
    names_in,
    nodes,
    quantities,
    rewrite,
)
from micrograd_like.marking.world.values import Values, same_number, value
from micrograd_like.marking.world.worlds import Mixed, World, build
from micrograd_like.record import record
from micrograd_like.worksheet.builder import CONSTANTS, Builder

#: Worlds beside the worksheet's own.
NEAR = 3
#: How far they lie, and by how much less where there is a kink between.
_LEAST, _MOST = 0.005, 0.02
_SIZES = (1.0, 0.1, 0.01, 0.001)

#: Conditions of two numbers, and how far beyond a bound another piece is looked at.
_BOUNDS, _BEYOND = ("lt", "le", "gt", "ge"), 0.37

#: Sources, one after the other, because of whose numbers a formula may be right.
_MOST_WAYS = 12
#: Ways to read the numbers of one formula as quantities that have them.
_MOST_READINGS = 32


@record
class Way:
    """How sources are moved: some not at all, some so that their sum stays."""

    frozen: frozenset[Quantity] = frozenset()
    summing: tuple[Quantity, ...] = ()


ANY_WAY = Way()


class Truth:
    """A worksheet's graph here and near by.

    Args:
        definitions: For every name the formula that gives it, inputs before their users.
        built: What has built their graph; without it the graph is built.
        starts: Names that are computed, but from which what follows starts anew: a new weight.
        rounded: Names that have their numbers from figures somewhere, which may be rounded.

    Raises:
        UndefinedError, DomainError: The graph cannot be built.
    """

    def __init__(
        self,
        definitions: Mapping[Quantity, Expr],
        built: Builder | None = None,
        starts: Collection[Quantity] = (),
        rounded: Collection[Quantity] = (),
    ) -> None:
        self.definitions, self._starts, self._rounded = dict(definitions), starts, rounded
        self.here = build(definitions, starts) if built is None else World(built, definitions)
        self.sources = {
            name: self.here[name]
            for name, expr in definitions.items()
            if all(leaf in CONSTANTS and leaf not in definitions for leaf in quantities(expr))
        }
        self._near: dict[Way, list[World]] = {}

    @cached_property
    def given(self) -> set[float]:
        """Sizes of what is given; a figure worked out from rounded ones is itself rounded.

        A number beside names in a formula is given too: 0.2 in E = (y - 0.2)^2.
        """
        beside = (expr for name, expr in self.definitions.items() if name not in self.sources)
        constants = {abs(float(n.value)) for expr in beside for n in nodes(expr, Number)}
        return constants | {
            abs(value)
            for name, value in self.sources.items()
            if name not in self._rounded
            and (
                exact_number(self.definitions[name]) is not None
                or all(n.places is None for n in nodes(self.definitions[name], Number))
            )
        }

    def sizes(self, free: Collection[Quantity]) -> list[float]:
        """Sizes of all that is given, or worked out from names that are not free.

        The smallest comes first.
        """
        resting = {*free}
        for name, formula in self.definitions.items() if free else ():
            if not resting.isdisjoint(names_in(formula)):
                resting.add(name)
        return sorted(abs(self.here[name]) for name in self.definitions if name not in resting)

    def with_formulas(self, formulas: Mapping[Quantity, Expr]) -> Truth:
        """The same with some names more, or with other formulas.

        Raises:
            UndefinedError, DomainError: The graph cannot be built.
        """
        definitions = {**self.definitions, **formulas}
        return Truth(definitions, starts=self._starts, rounded=self._rounded)

    def near(self, way: Way = ANY_WAY) -> list[World]:
        """Worlds in which the sources have other numbers, as far as the way leaves them free.

        They are so near that no operation is on the other side of its kink.
        """
        if way not in self._near:
            movable = self.sources.keys() - way.frozen - self._not_movable
            self._near[way] = []
            for seed in range(NEAR if movable else 0):
                for size in _SIZES:
                    world = self._beside(seed, size, way, movable)
                    if world is not None and self._same_sides(world):
                        self._near[way].append(world)
                        break
        return self._near[way]

    def _beside(
        self, seed: int, size: float, way: Way, movable: Collection[Quantity]
    ) -> World | None:
        if size == 1.0 and not way.summing and len(movable) == len(self.sources):
            return self._all_moved[seed]
        return self._world(self._moved(seed, size, way, movable))

    @cached_property
    def _all_moved(self) -> list[World | None]:
        """The worlds in which every source is moved, as far as sources ever are."""
        moved = (self._moved(seed, 1.0, ANY_WAY, self.sources) for seed in range(NEAR))
        return [self._world(numbers) for numbers in moved]

    def _same_sides(self, world: World) -> bool:
        if len(self.here.sides) != len(world.sides):  # another branch has other operations
            return False
        return all(h in (0, w) for h, w in zip(self.here.sides, world.sides, strict=True))

    def _moved(
        self, seed: int, size: float, way: Way, movable: Collection[Quantity]
    ) -> dict[Quantity, float]:
        chance = random.Random(seed)
        moved = {}
        for name, number in self.sources.items():
            step = size * chance.choice((-1, 1)) * chance.uniform(_LEAST, _MOST)
            if name in movable:
                moved[name] = number * (1 + step) if number else step
        if way.summing:  # shares of a whole stay so
            *others, last = way.summing
            total = sum(self.sources[name] for name in way.summing)
            moved[last] = total - sum(moved.get(name, self.sources[name]) for name in others)
        return moved

    def _world(self, moved: Mapping[Quantity, float]) -> World | None:
        try:
            return self.here.moved(moved)
        except DomainError:
            return None

    @cached_property
    def _not_movable(self) -> frozenset[Quantity]:
        """The sources that must stay as they are, such as n in (−2)ⁿ."""
        if None not in self._all_moved:
            return frozenset()
        moved = (self._moved(seed, 1.0, ANY_WAY, self.sources) for seed in range(NEAR))
        return frozenset(
            name
            for numbers in moved
            for name, number in numbers.items()
            if self._world({name: number}) is None
        )

    @cached_property
    def beside_kinks(self) -> list[World]:
        """Where the graph is at a kink: worlds on its sides, as near as can be told apart."""
        if 0 not in self.here.sides:
            return []
        seeds = range(2 * NEAR)
        worlds = [self._world(self._moved(s, 1e-6, ANY_WAY, self.sources)) for s in seeds]
        return [world for world in worlds if world is not None]

    # Formulas.

    def same(self, expr: Expr, wanted: Expr, worlds: Iterable[Values]) -> bool:
        """True if the two give the same number in each of the worlds, to rounding.

        A world in which ``expr`` is not defined says nothing: here it is.
        """
        return all(
            same_number(expr, wanted, world)
            for world in worlds
            if world is self.here or value(expr, world) is not None
        )

    def equal(self, expr: Expr, wanted: Expr) -> bool:
        """True if the two are the same here and near by."""
        return self.same(expr, wanted, (self.here,)) and self.same(expr, wanted, self.near())

    def holds(
        self,
        expr: Expr,
        wanted: Expr,
        forms: Callable[[], Sequence[Expr]] | None = None,
        belong: Collection[Quantity] = (),
    ) -> bool:
        """True if a person may write ``expr`` for ``wanted``: not right by accident alone.

        Numbers put in and what they simplify to are allowed: the formula need hold only as one
        of the quantities that are left in it.

        Args:
            expr: What was written.
            wanted: What belongs there.
            forms: Gives that in the shapes in which people write it, should they be needed.
            belong: Sources that may stand in it though the definitions leave them out.
        """
        if not self.same(expr, wanted, (self.here,)):
            return False
        if self.same(expr, wanted, self.near()):
            return not self.differs_beyond(expr, wanted)
        shapes = [wanted] if forms is None else forms()
        if any(self.holds_in_what_is_left(expr, form) for form in shapes):
            return True
        asked = {leaf for form in shapes for leaf in quantities(form)} | {*belong}
        if any(self._holds_one_way(expr, wanted, way) for way in self._ways(expr, asked)):
            return True
        return any(self.same(reading, wanted, self.near()) for reading in self._readings(expr))

    def differs_beyond(self, expr: Expr, wanted: Expr) -> bool:
        """True for a formula in pieces that is right where the worksheet is, and elsewhere not."""
        if not self.same(expr, wanted, (self.here,)):
            return False
        worlds = (world for world in self._beyond(expr) if value(wanted, world) is not None)
        return not self.same(expr, wanted, worlds)

    def _beyond(self, expr: Expr) -> Iterator[World]:
        """Worlds in which a source is below or above what a condition compares it with."""
        for bound in (call for call in nodes(expr, Call) if call.function in _BOUNDS):
            for name, other in (bound.arguments, bound.arguments[::-1]):
                at = value(other, self.here) if name in self.sources else None
                if at is not None and isinstance(name, Name):
                    moved = (self._world({name: at + step}) for step in (-_BEYOND, _BEYOND))
                    yield from (w for w in moved if w is not None and 0 not in w.sides)

    def holds_in_what_is_left(self, expr: Expr, form: Expr) -> bool:
        """True if they are the same as functions of the quantities in ``expr`` alone.

        What else is in the form is held fixed: its numbers may have been put in.
        """
        if not self.same(expr, form, (self.here,)):
            return False
        left, held = quantities(expr), quantities(form)
        if not left:
            return False
        worlds = [Mixed(world, self.here, frozenset(left)) for world in self.near()]
        # With nothing in common, nothing would be seen.
        common = not set(left).isdisjoint(held)
        return common and bool(worlds) and self.same(expr, form, worlds)

    def moves(self, expr: Expr, way: Way = ANY_WAY) -> bool:
        """True if the formula has another number near by: only then its form can be told."""
        return any(not same_number(expr, expr, world, self.here) for world in self.near(way))

    def _holds_one_way(self, expr: Expr, wanted: Expr, way: Way) -> bool:
        return self.moves(expr, way) and self.same(expr, wanted, self.near(way))

    def _ways(self, expr: Expr, asked: set[Quantity]) -> Iterator[Way]:
        """Ways to move the sources for formulas that are right because of what some are.

        A 0 or 1 has made a term or a factor go away; n is the number of terms; the numbers of
        all sources but those in the formula are put in; shares add up to 1. What stands in the
        formula itself is held fixed only if it belongs there (``asked``).
        """
        used = set(names(expr))
        neutral = frozenset(n for n, v in self.sources.items() if v in (0.0, 1.0, -1.0))
        dropped = neutral - used
        yield Way(dropped)
        yield Way(dropped | (neutral & asked))
        whole = [n for n, v in self.sources.items() if v == int(v) and n not in dropped]
        belong = [n for n in whole if n not in used or n in asked]
        yield from (Way(dropped | {name}) for name in belong[:_MOST_WAYS])
        if used & self.sources.keys():
            yield Way(frozenset(self.sources.keys() - used))
        for summing in self._shares():
            yield Way(dropped - set(summing), summing)

    def _shares(self) -> Iterator[tuple[Quantity, ...]]:
        """Sources between 0 and 1 that add up to 1: neighbours, or any two."""
        parts = [name for name, number in self.sources.items() if 0 < number < 1]
        runs = (parts[i:j] for i in range(len(parts)) for j in range(i + 3, i + 6))
        pairs = combinations(parts[:_MOST_WAYS], 2)
        for run in chain(pairs, runs):
            if abs(sum(self.sources[name] for name in run) - 1) < 1e-12:
                yield tuple(run)

    def _readings(self, expr: Expr) -> Iterator[Expr]:
        """The formula with its numbers read as sources that have them: 3·2·x as 3·x·x."""
        values = {number.value: float(number.value) for number in nodes(expr, Number)}
        meanings = [
            [(value, None), *((value, n) for n, v in self.sources.items() if v == number)]
            for value, number in values.items()
        ]
        for choice in islice(product(*meanings), 1, _MOST_READINGS):
            read = {value: name for value, name in choice if name is not None}

            def rule(node: Expr, read: dict[float, Quantity] = read) -> Expr | None:
                return read.get(node.value) if isinstance(node, Number) else None

            yield rewrite(expr, rule)
