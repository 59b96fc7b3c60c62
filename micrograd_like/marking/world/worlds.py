"""A worksheet's graph at one choice of the numbers it starts from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from micrograd_like.engine import Value, topological_order
from micrograd_like.engine.gradient import gradients
from micrograd_like.errors import DomainError
from micrograd_like.formula import Expr, Name, Quantity, evaluate, parse
from micrograd_like.marking.world.effort import spend
from micrograd_like.marking.world.values import Values
from micrograd_like.ops import FLOAT, OPS
from micrograd_like.worksheet.builder import CONSTANTS, Builder


def build(definitions: Mapping[Quantity, Expr], starts: Collection[Quantity] = ()) -> World:
    """The graph of definitions.

    Args:
        definitions: For every name the formula that gives it, inputs before their users.
        starts: Names that are computed, but from which what follows starts anew.

    Raises:
        UndefinedError: A formula asks for a name that has no node.
        DomainError: A formula is not defined at these numbers.
    """
    builder = Builder()
    for name, expr in definitions.items():
        assert isinstance(name, Name)
        builder.define(name, expr)
        if name in starts:
            builder.start_at(name)
    return World(builder, definitions)


class World(dict[Quantity, float]):
    """The graph at one choice of the numbers it starts from.

    ``world[Name("z1")]`` is a value, ``world[Derivative(Name("E"), Name("w5"))]`` a derivative,
    each worked out when it is first asked for.

    Args:
        builder: What has built the graph.
        names: What it has built, inputs before their users.
    """

    def __init__(self, builder: Builder, names: Iterable[Quantity]) -> None:
        super().__init__()
        self._builder, self._names = builder, [*names]
        self.nodes = {str(name): self._node(name) for name in self._names}
        self._derivatives: dict[Quantity, dict[str, float] | None] = {}

    def moved(self, numbers: Mapping[Quantity, float]) -> World:
        """The same graph with other numbers for some names.

        Raises:
            DomainError: An operation is not defined there.
        """
        moved = {str(name): number for name, number in numbers.items()}
        return World(self._builder.moved(moved), self._names)

    def __missing__(self, key: Quantity) -> float:
        """The number of a quantity.

        Raises:
            KeyError: The quantity is not known.
            DomainError: The derivative does not exist.
        """
        number = self[key] = self._number(key)
        return number

    def _number(self, key: Quantity) -> float:
        if str(key) in self.nodes:  # a name, or a derivative that its own line declares
            return self.nodes[str(key)].data
        if isinstance(key, Name):
            if key in CONSTANTS:
                return CONSTANTS[key]
            raise KeyError(key)
        output, variable = self._node(key.of), self._node(key.wrt)
        if key.of not in self._derivatives:
            self._derivatives[key.of] = self._all(output)
        known = self._derivatives[key.of]
        if known is not None and isinstance(key.wrt, Name) and key.wrt in self.nodes:
            return known.get(key.wrt, 0.0)
        return float(gradients(output, (variable,))[0])

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
            numbers = gradients(output, named)
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


class Exchanged:
    """A world with the number of one quantity in the place of another's."""

    def __init__(self, world: Values, old: Quantity, new: Quantity) -> None:
        self._world, self._old, self._new = world, old, new

    def __getitem__(self, key: Quantity) -> float:
        return self._world[self._new if key == self._old else key]


class Mixed:
    """One world for some quantities, and another for all others."""

    def __init__(self, some: Values, others: Values, keys: frozenset[Quantity]) -> None:
        self._some, self._others, self._keys = some, others, keys

    def __getitem__(self, key: Quantity) -> float:
        return (self._some if key in self._keys else self._others)[key]
