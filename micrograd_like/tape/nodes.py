"""What a graph is lowered to: nodes, named by number, each after those it needs.

A node is either the same for all samples (a parameter, a constant, what follows from them)
or varies over the samples; in the kernel, one is a scalar and the other a vector. There are
few kinds, for all plain arithmetic is a sum of products.
"""

from __future__ import annotations

import math
import pickle
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np

#: Kinds of nodes without operands: a column of the samples, a parameter, a number, and what
#: the gradient starts from: 1 for every sample.
INPUT, PARAMETER, CONSTANT, SEED = "input", "parameter", "constant", "seed"
#: Σ w·x + start over varying x and uniform w.
AFFINE = "affine"
#: start + Σ left·right, all of them uniform or all varying. GUARDED ones skip left = 0.
PRODUCTS, GUARDED = "products", "guarded"
#: A row of the operation table, and one of the partials computed with it.
ROW, PARTIAL = "row", "partial"
#: A uniform node as a vector; the sum over all samples of Σ left·right, a uniform node.
BROADCAST, REDUCED = "broadcast", "reduced"

NONE = -1


@dataclass(slots=True)
class Node:
    """One node."""

    kind: str
    #: True if it differs from sample to sample.
    varies: bool
    #: A node to add to, or NONE.
    start: int = NONE
    #: x of an AFFINE, the left factors of products, the operands of a ROW.
    left: list[int] = field(default_factory=list)
    #: The weights of an AFFINE, the right factors of products.
    right: list[int] = field(default_factory=list)
    #: The row of a ROW.
    name: str = ""
    #: The column, the place among the parameters, the value; a partial's input.
    number: float = 0

    def needs(self) -> Iterator[int]:
        """The nodes it is computed from."""
        if self.start != NONE:
            yield self.start
        yield from self.left
        yield from self.right


class Nodes(list[Node]):
    """All nodes, a node's number being its place.

    Attributes:
        origin: For nodes that an operation of the user's led to, its name and its label.
    """

    def __init__(self, nodes: list[Node] | None = None) -> None:
        super().__init__(nodes or [])
        self.origin: dict[int, tuple[str, str]] = {}
        self._constants: dict[tuple[float, float], int] = {}
        self._broadcasts: dict[int, int] = {}
        self._partials: dict[tuple[int, int], int] = {}

    def add(self, node: Node) -> int:
        """Put a node at the end; its number."""
        self.append(node)
        return len(self) - 1

    def constant(self, number: float) -> int:
        """The node of a number; −0 and 0 are two."""
        key = (number, math.copysign(1.0, number))
        if key not in self._constants:
            self._constants[key] = self.add(Node(CONSTANT, False, number=number))
        return self._constants[key]

    def broadcast(self, number: int) -> int:
        """A uniform node as a vector."""
        if number not in self._broadcasts:
            self._broadcasts[number] = self.add(Node(BROADCAST, True, start=number))
        return self._broadcasts[number]

    def as_varying(self, number: int) -> int:
        """The node itself if it varies, else as a vector."""
        return number if self[number].varies else self.broadcast(number)

    def partial(self, row: int, place: int) -> int:
        """The partial of a ROW by input number ``place``."""
        key = row, place
        if key not in self._partials:
            varies = self[row].varies
            self._partials[key] = self.add(Node(PARTIAL, varies, start=row, number=place))
        return self._partials[key]

    def partials(self) -> Iterable[tuple[tuple[int, int], int]]:
        """((row, place), node) for every partial there is."""
        return self._partials.items()

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (_packed(self), self.origin)

    def copy(self) -> Nodes:
        """The same nodes, to which others can be added."""
        twin = Nodes(self)
        twin.origin = self.origin
        twin._constants = dict(self._constants)
        twin._broadcasts = dict(self._broadcasts)
        return twin


# In a pickle, nodes are a few arrays: a list of objects would be many times as large.

_KINDS = (INPUT, PARAMETER, CONSTANT, SEED, AFFINE, PRODUCTS, GUARDED, ROW, PARTIAL, BROADCAST)


def _packed(nodes: Nodes) -> bytes:
    names = sorted({n.name for n in nodes})
    columns = (
        np.array([_KINDS.index(n.kind) for n in nodes], np.uint8),
        np.array([n.varies for n in nodes], bool),
        np.array([n.start for n in nodes], np.int32),
        np.array([len(n.left) for n in nodes], np.int32),
        np.fromiter(chain.from_iterable(n.left for n in nodes), np.int32),
        np.fromiter(chain.from_iterable(n.right for n in nodes), np.int32),
        names,
        np.array([names.index(n.name) for n in nodes], np.int32),
        np.array([n.number for n in nodes], np.float64),
    )
    return zlib.compress(pickle.dumps(columns), 1)


def _unpacked(packed: bytes, origin: dict[int, tuple[str, str]]) -> Nodes:
    kinds, varies, starts, counts, lefts, rights, names, which, numbers = (
        part if isinstance(part, list) else part.tolist()
        for part in pickle.loads(zlib.decompress(packed))
    )
    nodes = Nodes()
    left_at = right_at = 0
    for place, code in enumerate(kinds):
        kind, count = _KINDS[code], counts[place]
        left = lefts[left_at : left_at + count]
        left_at += count
        right: list[int] = []
        if kind in (AFFINE, PRODUCTS, GUARDED):
            right = rights[right_at : right_at + count]
            right_at += count
        name = names[which[place]]
        node = Node(kind, varies[place], starts[place], left, right, name, numbers[place])
        if kind == CONSTANT:
            nodes.constant(node.number)
        elif kind == BROADCAST:
            nodes.broadcast(node.start)
        else:
            nodes.append(node)
    nodes.origin = origin
    return nodes
