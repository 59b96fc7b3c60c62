"""What a graph is lowered to: nodes with numbers for names, each after those it needs.

A node is either the same for all samples (a parameter, a constant, what follows from them)
or varies over the samples; in the kernel, one is a single number and the other a row. There
are few kinds, for all plain arithmetic is a sum of products.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

#: Kinds of nodes without operands: a column of the samples, a parameter, a number, and what
#: the gradient starts from: 1 for every sample.
INPUT, PARAMETER, CONSTANT, SEED = "input", "parameter", "constant", "seed"
#: Σ w·x + start over varying x and uniform w.
AFFINE = "affine"
#: start + Σ left·right, all of them uniform or all varying. GUARDED ones skip left = 0.
PRODUCTS, GUARDED = "products", "guarded"
#: A row of the operation table, and one of the partials computed with it.
ROW, PARTIAL = "row", "partial"
#: A uniform number as a row; the sum over all samples of Σ left·right, as a uniform number.
BROADCAST, REDUCED = "broadcast", "reduced"

NONE = -1


@dataclass(slots=True)
class Node:
    """One node.

    varies:   True if it differs from sample to sample
    start:    a node to add to, or NONE
    left:     x of an AFFINE, the left factors of products, the operands of a ROW
    right:    the weights of an AFFINE, the right factors of products
    name:     the row of a ROW
    number:   the column, the place among the parameters, the value; a partial's input
    """

    kind: str
    varies: bool
    start: int = NONE
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    name: str = ""
    number: float = 0

    def needs(self) -> Iterator[int]:
        """The nodes it is computed from."""
        if self.start != NONE:
            yield self.start
        yield from self.left
        yield from self.right


class Nodes(list[Node]):
    """All nodes, a node's number being its place.

    origin:  for nodes that an operation of the user's led to, its name and its label
    """

    def __init__(self, nodes: list[Node] | None = None) -> None:
        super().__init__(nodes or [])
        self.origin: dict[int, tuple[str, str]] = {}
        self._constants: dict[float, int] = {}
        self._broadcasts: dict[int, int] = {}
        self._partials: dict[tuple[int, int], int] = {}

    def add(self, node: Node) -> int:
        """Put a node at the end; its number."""
        self.append(node)
        return len(self) - 1

    def constant(self, number: float) -> int:
        """The node of a number; −0 and 0 are two."""
        key = number if number else 1 / (-1e308 if str(number)[0] == "-" else 1e308)
        if key not in self._constants:
            self._constants[key] = self.add(Node(CONSTANT, False, number=number))
        return self._constants[key]

    def broadcast(self, number: int) -> int:
        """A uniform node as a row."""
        if number not in self._broadcasts:
            self._broadcasts[number] = self.add(Node(BROADCAST, True, start=number))
        return self._broadcasts[number]

    def as_row(self, number: int) -> int:
        """The node itself if it varies, else as a row."""
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

    def copy(self) -> Nodes:
        """The same nodes, to which others can be added."""
        twin = Nodes(self)
        twin.origin = self.origin
        twin._constants = dict(self._constants)
        twin._broadcasts = dict(self._broadcasts)
        return twin
