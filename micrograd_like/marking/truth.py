"""What is true: a worksheet's graph at its own numbers, and at numbers near them.

Two formulas are the same if they give the same numbers in every world. At the worksheet's
own numbers alone a wrong formula may be right by accident: with a = 0.4, a(1 − a) is 0.24
and so is σ′(a).
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, islice, product
from typing import Protocol

from micrograd_like.engine import Value, grad, topological_order
from micrograd_like.errors import DomainError
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    evaluate,
    fold,
    names,
    parse,
    quantities,
)
from micrograd_like.ops import FLOAT, OPS
from micrograd_like.worksheet.builder import CONSTANTS, Builder, UndefinedError

#: Worlds beside the worksheet's own.
NEAR = 3
#: How far they lie, and by how much less where there is a kink between.
_LEAST, _MOST = 0.005, 0.02
_SIZES = (1.0, 0.1, 0.01, 0.001)

#: What the formulas of a worksheet are computed with. A power of Python's own may be complex.
FUNCTIONS = {**FLOAT, "pow": math.pow}

#: What the table's partials at a kink are written with; only the branch that applies counts.
_CONDITIONS = ("where", "and", "or")

#: Sources, one after the other, because of whose numbers a formula may be right.
_MOST_WAYS = 12
#: Ways to read the numbers of one formula as quantities that have them.
_MOST_READINGS = 32


@dataclass(frozen=True, slots=True)
class Way:
    """How sources are moved: some not at all, some so that their sum stays."""

    frozen: frozenset[Quantity] = frozenset()
    summing: tuple[Quantity, ...] = ()


ANY_WAY = Way()


class Values(Protocol):
    """Numbers by quantity."""

    def __getitem__(self, key: Quantity, /) -> float:
        """The number. Errors: KeyError for an unknown name."""


class TooMuchError(Exception):
    """There is more to work out than may be."""


class Effort:
    """Operations that may still be worked out: all inside ``with effort:`` are counted.

    Errors: TooMuchError inside, when they are used up.
    """

    def __init__(self, most: int) -> None:
        self.left = most
        self._tokens: list[Token[Effort]] = []

    def __enter__(self) -> Effort:
        self._tokens.append(_EFFORT.set(self))
        return self

    def __exit__(self, *_: object) -> None:
        _EFFORT.reset(self._tokens.pop())


_EFFORT: ContextVar[Effort] = ContextVar("effort")


def spend(operations: int) -> None:
    """Count operations that are worked out. Errors: TooMuchError, see :class:`Effort`."""
    effort = _EFFORT.get(None)
    if effort is not None:
        effort.left -= operations
        if effort.left < 0:
            raise TooMuchError


class World:
    """The graph at one choice of the numbers it starts from.

    ``world[Name("z1")]`` is a value, ``world[Derivative(Name("E"), Name("w5"))]`` a derivative.

    Errors: KeyError for an unknown quantity, DomainError for a derivative that does not exist.
    """

    def __init__(
        self, definitions: Mapping[Quantity, Expr], moved: Mapping[Quantity, float]
    ) -> None:
        self._builder = builder = Builder()
        for name, expr in definitions.items():
            assert isinstance(name, Name)
            builder.define(name, Number(moved[name]) if name in moved else expr)
        self.nodes = builder.names
        self._derivatives: dict[Quantity, dict[str, float] | None] = {}

    def __getitem__(self, key: Quantity) -> float:
        if isinstance(key, Name):
            if key in self.nodes:
                return self.nodes[key].data
            if key in CONSTANTS:
                return CONSTANTS[key]
            raise KeyError(key)
        output, variable = self._node(key.of), self._node(key.wrt)
        if key.of not in self._derivatives:
            self._derivatives[key.of] = self._all(output)
        known = self._derivatives[key.of]
        if known is not None and isinstance(key.wrt, Name) and key.wrt in self.nodes:
            return known.get(key.wrt, 0.0)
        return float(grad(output, variable))

    def _node(self, quantity: Quantity) -> Value:
        node = self._builder.node(quantity)
        if node is None:
            raise KeyError(quantity)
        return node

    @cached_property
    def sides(self) -> list[int]:
        """On which side of its kink each operation with one is: −1, 1, or 0 at the kink."""
        seen: set[Value] = set()
        order = (n for node in self.nodes.values() for n in topological_order(node, seen))
        return [side for node in order if node.op and (side := _side(node)) is not None]

    def _all(self, output: Value) -> dict[str, float] | None:
        """∂output/∂name for all that it depends on; None if one of them does not exist."""
        order = topological_order(output)
        spend(3 * len(order))
        named = [node for node in order if self.nodes.get(node.label) is node]
        try:
            numbers = grad(output, named)
        except DomainError:
            return None
        return dict(zip((node.label for node in named), numbers, strict=True))


def _side(node: Value) -> int | None:
    row = OPS[node.op]
    if not row.kink:
        return None
    values = dict(zip(row.inputs, (i.data for i in node.inputs), strict=True))
    place: float = evaluate(parse(row.kink), values, FLOAT)
    return (place > 0) - (place < 0)


class Truth:
    """A worksheet's graph here and near by.

    definitions:  for every name the formula that gives it, inputs before their users

    Errors: what :class:`~micrograd_like.worksheet.builder.Builder` raises, where the graph
    cannot be built.
    """

    def __init__(self, definitions: Mapping[Quantity, Expr]) -> None:
        self.definitions = dict(definitions)
        self.here = World(definitions, {})
        self.sources = {
            name: self.here[name]
            for name, expr in definitions.items()
            if all(leaf in CONSTANTS and leaf not in definitions for leaf in quantities(expr))
        }
        self._near: dict[Way, list[World]] = {}

    def near(self, way: Way = ANY_WAY) -> list[World]:
        """Worlds in which the sources have other numbers, as far as the way leaves them free.

        They are so near that no operation is on the other side of its kink.
        """
        if way not in self._near:
            movable = self.sources.keys() - way.frozen - self._not_movable
            self._near[way] = []
            for seed in range(NEAR if movable else 0):
                for size in _SIZES:
                    world = self._world(self._moved(seed, size, way, movable))
                    if world is not None and self._same_sides(world):
                        self._near[way].append(world)
                        break
        return self._near[way]

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
            return World(self.definitions, moved)
        except (DomainError, UndefinedError):
            return None

    @cached_property
    def _not_movable(self) -> frozenset[Quantity]:
        """The sources that must stay as they are, such as n in (−2)ⁿ."""
        moved = [self._moved(seed, 1.0, ANY_WAY, self.sources) for seed in range(NEAR)]
        if all(self._world(numbers) for numbers in moved):
            return frozenset()
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
        forms: Sequence[Expr] = (),
        belong: Collection[Quantity] = (),
    ) -> bool:
        """True if a person may write ``expr`` for ``wanted``: not right by accident alone.

        Numbers put in and what they simplify to are allowed: the formula need hold only as one
        of the quantities that are left in it.

        forms:   the right formula in several shapes
        belong:  sources that may stand in it though the definitions leave them out
        """
        if not self.same(expr, wanted, (self.here,)):
            return False
        if self.same(expr, wanted, self.near()):
            return True
        if any(self.holds_in_what_is_left(expr, form) for form in forms):
            return True
        asked = {leaf for form in forms for leaf in quantities(form)} | {*belong}
        if any(self._holds_one_way(expr, wanted, way) for way in self._ways(expr, asked)):
            return True
        return any(self.same(reading, wanted, self.near()) for reading in self._readings(expr))

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

    def _holds_one_way(self, expr: Expr, wanted: Expr, way: Way) -> bool:
        worlds = self.near(way)
        moves = any(not same_number(expr, expr, world, self.here) for world in worlds)
        return moves and self.same(expr, wanted, worlds)

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
        values = {number.value: float(number.value) for number in numbers_in(expr)}
        meanings = [
            [(value, None), *((value, n) for n, v in self.sources.items() if v == number)]
            for value, number in values.items()
        ]
        for choice in islice(product(*meanings), 1, _MOST_READINGS):
            read = {value: name for value, name in choice if name is not None}

            def combine(node: Expr, parts: list[Expr], read: dict[float, Quantity] = read) -> Expr:
                if isinstance(node, Number):
                    return read.get(node.value, node)
                return Call(node.function, tuple(parts)) if isinstance(node, Call) else node

            yield fold(expr, combine)


def same_number(expr: Expr, wanted: Expr, world: Values, other: Values | None = None) -> bool:
    """True if the two give the same number in this world, as far as rounding lets one see.

    other:  the world for ``wanted``, if it is another
    """
    a, b = measured(expr, world), measured(wanted, other or world)
    if a is None or b is None:
        return False
    return abs(a[0] - b[0]) <= a[1] + b[1] + 1e-9 * abs(b[0])


#: A number of the worksheet, and one operation on it, as parts of the number.
_GIVEN, _ROUNDING = 4e-14, 4e-16


def measured(expr: Expr, world: Values) -> tuple[float, float] | None:
    """The number of a formula and how far rounding may have moved it; None if not defined.

    The error is carried through the formula, so it is large only where numbers cancel.
    """
    operations = 0

    def combine(node: Expr, parts: list[tuple[float, float]]) -> tuple[float, float]:
        nonlocal operations
        operations += 1
        arguments = [number for number, _ in parts]
        result = _applied(node, arguments, world)
        if not parts:
            return result, _GIVEN * abs(result)
        error = _ROUNDING * abs(result)
        for place, (number, off) in enumerate(parts):
            if off:
                error += _moved(node, arguments, place, number + off, result, world)
        return result, error

    try:
        found: tuple[float, float] = fold(expr, combine, whole=_CONDITIONS)
    except (ArithmeticError, ValueError, TypeError, KeyError):  # a name without a number
        return None
    finally:
        spend(2 * operations)
    return found


def _moved(
    node: Expr, arguments: list[float], place: int, to: float, result: float, world: Values
) -> float:
    """By how much a result changes with one of its arguments; 0 at the edge of a domain."""
    try:
        moved = _applied(node, [*arguments[:place], to, *arguments[place + 1 :]], world)
    except (ArithmeticError, ValueError, TypeError):
        return 0.0
    return abs(moved - result)


def value(expr: Expr, world: Values) -> float | None:
    """The number of a formula, or None if it is not defined."""
    operations = 0

    def combine(node: Expr, arguments: list[float]) -> float:
        nonlocal operations
        operations += 1
        return _applied(node, arguments, world)

    try:
        result: float = fold(expr, combine, whole=_CONDITIONS)
    except (ArithmeticError, ValueError, TypeError):
        return None
    finally:
        spend(operations)
    return result


def _applied(node: Expr, arguments: list[float], world: Values) -> float:
    match node:
        case Number(number):
            result = float(number)
        case Name() | Derivative():
            result = world[node]
        case Call(function) if function in _CONDITIONS:
            result = float(evaluate(node, world, FUNCTIONS))  # type: ignore[arg-type]
        case Call(function):
            result = FUNCTIONS[function](*arguments)
    if not abs(result) < math.inf:
        raise OverflowError
    return result


class Mixed:
    """One world for some quantities, and another for all others."""

    def __init__(self, some: Values, others: Values, keys: frozenset[Quantity]) -> None:
        self._some, self._others, self._keys = some, others, keys

    def __getitem__(self, key: Quantity) -> float:
        return (self._some if key in self._keys else self._others)[key]


def numbers_in(expr: Expr) -> list[Number]:
    """Every number in a formula, each time it stands there."""
    found: list[Number] = []
    fold(expr, lambda node, _: found.append(node) if isinstance(node, Number) else None)
    return found
