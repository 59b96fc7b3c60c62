"""Graphs in and out of pickles, without recursion."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any, ClassVar

from micrograd_like.order import topological_order

if TYPE_CHECKING:
    from micrograd_like.engine import Value


def restored(
    kind: type[Value],
    data: float,
    gradient: float | None,
    label: str,
    op: str,
    inputs: tuple[Value, ...],
    partials: tuple[float, ...],
) -> Value:
    """A node made of its fields, as they are, without any check."""
    node = object.__new__(kind)
    node.data, node._grad, node.label, node.op = data, gradient, label, op
    node.inputs, node.partials = inputs, partials
    return node


class Record:
    """A node with all that it depends on, as one flat record in a pickle.

    A node is pickled as its place in such a record, so the depth of a graph does not
    matter. Several nodes of one graph pickled together must find themselves in the same
    record, or they would come back as strangers: as long as a record lives (a pickler
    keeps what it has written), its nodes are looked up in it, and a later record refers to
    them instead of repeating them.
    """

    _lock = threading.RLock()
    _record_of: ClassVar[dict[Value, weakref.ref[Record]]] = {}

    def __init__(self, output: Value) -> None:
        recorded = {node for node, record in self._record_of.items() if record() is not None}
        self.nodes = topological_order(output, recorded)
        self.places = {node: place for place, node in enumerate(self.nodes)}
        self._record_of.update(dict.fromkeys(self.nodes, weakref.ref(self)))
        weakref.finalize(self, self._forget, self.nodes)

    @classmethod
    def place(cls, node: Value) -> tuple[Record, int]:
        """The record in which the node stands, a new one if need be, and its place there."""
        with cls._lock:
            reference = cls._record_of.get(node)
            record = reference() if reference else None
            if record is None:
                record = cls(node)
            return record, record.places[node]

    @classmethod
    def _forget(cls, nodes: list[Value]) -> None:
        with cls._lock:
            for node in nodes:
                cls._record_of.pop(node, None)

    def __reduce__(self) -> tuple[Any, ...]:
        nodes, places = self.nodes, dict(self.places)
        outside: list[Value] = []  # inputs that stand in an earlier record
        for node in nodes:
            for input in node.inputs:
                if input not in places:
                    places[input] = -1 - len(outside)
                    outside.append(input)
        fields = [
            [getattr(node, slot) for node in nodes]
            for slot in ("__class__", "data", "_grad", "label", "op", "partials")
        ]
        inputs = [tuple(places[i] for i in node.inputs) for node in nodes]
        return unpickled, (outside, inputs, fields)


def unpickled(
    outside: list[Value], inputs: list[tuple[int, ...]], fields: list[list[Any]]
) -> list[Value]:
    """The nodes of a record; a negative place is one of those outside it."""
    nodes: list[Value] = []
    for places, kind, data, gradient, label, op, partials in zip(inputs, *fields, strict=True):
        found = tuple(nodes[p] if p >= 0 else outside[-1 - p] for p in places)
        nodes.append(restored(kind, data, gradient, label, op, found, partials))
    return nodes
