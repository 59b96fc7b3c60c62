"""What is true: a worksheet's graph at its own numbers, and at numbers near them.

Two formulas are the same if they give the same numbers in every world. At the worksheet's
own numbers alone a wrong formula may be right by accident: with a = 0.4, a(1 − a) is 0.24
and so is σ′(a).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar, Token
from itertools import islice, product
from typing import Protocol

from micrograd_like.build import CONSTANTS, Builder, UndefinedError
from micrograd_like.engine import Value, grad
from micrograd_like.errors import DomainError
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, evaluate, fold, names
from micrograd_like.notation import derivative_name
from micrograd_like.ops import FLOAT
from micrograd_like.order import topological_order

Key = str | Derivative

#: Worlds beside the worksheet's own.
NEAR = 3
#: How far they lie: small enough for no kink to be crossed and no root to be left.
_LEAST, _MOST = 0.005, 0.02

#: What the formulas of a worksheet are computed with. A power of Python's own may be complex.
FUNCTIONS = {**FLOAT, "pow": math.pow}

#: What the table's partials at a kink are written with; only the branch that applies counts.
_CONDITIONS = ("where", "and", "or")

#: Ways to read the numbers of one formula as quantities that have them.
_MOST_READINGS = 32


class Values(Protocol):
    """Numbers by name and by derivative."""

    def __getitem__(self, key: Key, /) -> float:
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

    ``world["z1"]`` is a value, ``world[Derivative("E", "w5")]`` a derivative.

    Errors: KeyError for an unknown name, DomainError for a derivative that does not exist.
    """

    def __init__(self, definitions: Mapping[str, Expr], moved: Mapping[str, float]) -> None:
        builder = Builder()
        for name, expr in definitions.items():
            builder.define(name, Number(moved[name]) if name in moved else expr)
        self.nodes = builder.names
        self._derivatives: dict[str, dict[str, float] | None] = {}

    def __getitem__(self, key: Key) -> float:
        if isinstance(key, str):
            if key in self.nodes:
                return self.nodes[key].data
            if key in CONSTANTS:
                return CONSTANTS[key]
            if (derivative := derivative_name(key)) is None:
                raise KeyError(key)
            key = derivative
        output, variable = self.nodes[key.of], self.nodes[key.wrt]
        if key.of not in self._derivatives:
            self._derivatives[key.of] = self._all(output)
        known = self._derivatives[key.of]
        if known is not None:
            return known.get(key.wrt, 0.0)
        return float(grad(output, variable))

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


class Truth:
    """A worksheet's graph here and near by.

    definitions:  for every name the formula that gives it, inputs before their users

    Errors: what :class:`~micrograd_like.build.Builder` raises, where the graph cannot be built.
    """

    def __init__(self, definitions: Mapping[str, Expr]) -> None:
        self.definitions = dict(definitions)
        self.here = World(definitions, {})
        self.sources = {
            name: self.here[name]
            for name, expr in definitions.items()
            if all(leaf in CONSTANTS and leaf not in definitions for leaf in leaves(expr))
        }
        self._neutral = frozenset(n for n, v in self.sources.items() if v in (0.0, 1.0, -1.0))
        self._near: dict[frozenset[str], list[World]] = {}
        self._fixed: frozenset[str] | None = None

    def near(self, frozen: frozenset[str] = frozenset()) -> list[World]:
        """Worlds in which every source has another number, save for the frozen ones."""
        if frozen not in self._near:
            if self._fixed is None:
                self._fixed = self._not_movable()
            movable = self.sources.keys() - frozen - self._fixed
            self._near[frozen] = []
            for seed in range(NEAR if movable else 0):
                moved = {name: number for name, number in self._moved(seed) if name in movable}
                world = self._world(moved)
                if world is not None:
                    self._near[frozen].append(world)
        return self._near[frozen]

    def _moved(self, seed: int) -> Iterator[tuple[str, float]]:
        chance = random.Random(seed)
        for name, number in self.sources.items():
            step = chance.choice((-1, 1)) * chance.uniform(_LEAST, _MOST)
            yield name, number * (1 + step) if number else step

    def _world(self, moved: Mapping[str, float]) -> World | None:
        try:
            return World(self.definitions, moved)
        except (DomainError, UndefinedError):
            return None

    def _not_movable(self) -> frozenset[str]:
        """The sources that must stay as they are, such as n in (−2)ⁿ."""
        if all(self._world(dict(self._moved(seed))) for seed in range(NEAR)):
            return frozenset()
        return frozenset(
            name
            for seed in range(NEAR)
            for name, number in self._moved(seed)
            if self._world({name: number}) is None
        )

    # Formulas.

    def same(self, expr: Expr, wanted: Expr, worlds: Iterable[Values]) -> bool:
        """True if the two give the same number in each of the worlds, to rounding."""
        return all(same_number(expr, wanted, world) for world in worlds)

    def equal(self, expr: Expr, wanted: Expr) -> bool:
        """True if the two are the same here and near by."""
        return self.same(expr, wanted, (self.here,)) and self.same(expr, wanted, self.near())

    def holds(self, expr: Expr, wanted: Expr) -> bool:
        """True if a person may write ``expr`` for ``wanted``: not right by accident alone.

        Numbers put in and what they simplify to are allowed: a source of which the formula
        has the number only, and a 0 or 1 that has made a term or a factor go away.
        """
        if not self.same(expr, wanted, (self.here,)):
            return False
        if self.same(expr, wanted, self.near()):
            return True
        used = set(names(expr))
        numbers = {float(number.value) for number in numbers_in(expr)}
        put_in = {name for name, number in self.sources.items() if number in numbers} - used
        dropped = frozenset(put_in | (self._neutral - used))
        ways = [dropped, *(dropped | {name} for name in self._neutral & used)]
        if any(self.near(way) and self.same(expr, wanted, self.near(way)) for way in ways):
            return True
        return any(self.same(reading, wanted, self.near()) for reading in self._readings(expr))

    def _readings(self, expr: Expr) -> Iterator[Expr]:
        """The formula with its numbers read as sources that have them: 3·2·x as 3·x·x."""
        values = {number.value: float(number.value) for number in numbers_in(expr)}
        meanings = [
            [(value, None), *((value, n) for n, v in self.sources.items() if v == number)]
            for value, number in values.items()
        ]
        for choice in islice(product(*meanings), 1, _MOST_READINGS):
            read = {value: Name(name) for value, name in choice if name is not None}

            def combine(node: Expr, parts: list[Expr], read: dict[float, Name] = read) -> Expr:
                if isinstance(node, Number):
                    return read.get(node.value, node)
                return Call(node.function, tuple(parts)) if isinstance(node, Call) else node

            yield fold(expr, combine)


def same_number(expr: Expr, wanted: Expr, world: Values) -> bool:
    """True if the two give the same number in this world, as far as rounding lets one see."""
    a, b = measured(expr, world), measured(wanted, world)
    if a is None or b is None:
        return False
    return abs(a[0] - b[0]) <= a[1] + b[1] + 1e-9 * abs(b[0])


def measured(expr: Expr, world: Values) -> tuple[float, float] | None:
    """The number of a formula and how far rounding may have moved it; None if not defined.

    Rounding is seen in the largest intermediate result, and in how the number changes when
    the names in it change by a billionth of a thousandth.
    """
    try:
        value, scale = _computed(expr, world)
        nudged, _ = _computed(expr, _Nudged(world))
    except (ArithmeticError, ValueError, TypeError):
        return None
    return value, 1e-13 * scale + 0.02 * abs(nudged - value)


def value(expr: Expr, world: Values) -> float | None:
    """The number of a formula, or None if it is not defined."""
    try:
        return _computed(expr, world)[0]
    except (ArithmeticError, ValueError, TypeError):
        return None


def _computed(expr: Expr, world: Values) -> tuple[float, float]:
    scale, operations = 0.0, 0

    def combine(node: Expr, arguments: list[float]) -> float:
        nonlocal scale, operations
        operations += 1
        match node:
            case Number(number):
                result = float(number)
            case Name(name):
                result = world[name]
            case Derivative():
                result = world[node]
            case Call(function) if function in _CONDITIONS:
                result = float(evaluate(node, world, FUNCTIONS))  # type: ignore[arg-type]
            case Call(function):
                result = FUNCTIONS[function](*arguments)
        size = abs(result)
        if not size < math.inf:
            raise OverflowError
        scale = max(scale, size)
        return result

    try:
        return fold(expr, combine, whole=_CONDITIONS), scale
    finally:
        spend(operations)


class _Nudged:
    """A world in which every number is a very little off, up and down by turns."""

    def __init__(self, world: Values) -> None:
        self._world = world
        self._factors: dict[Key, float] = {}

    def __getitem__(self, key: Key) -> float:
        sign = 1 if len(self._factors) % 2 else -1
        return self._world[key] * self._factors.setdefault(key, 1 + sign * 1e-12)


def leaves(expr: Expr) -> list[Key]:
    """The names and derivatives in a formula, each once, in the order they are written."""
    found: dict[Key, None] = {}

    def visit(node: Expr, _: list[None]) -> None:
        if isinstance(node, Name):
            found.setdefault(derivative_name(node.name) or node.name)
        elif isinstance(node, Derivative):
            found.setdefault(node)

    fold(expr, visit)
    return list(found)


def numbers_in(expr: Expr) -> list[Number]:
    """Every number in a formula, each time it stands there."""
    found: list[Number] = []
    fold(expr, lambda node, _: found.append(node) if isinstance(node, Number) else None)
    return found
