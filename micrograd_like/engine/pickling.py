"""Graphs copied, and put in and out of pickles, without recursion.

Pickle saves what a node refers to before the node, so a chain would take one level of
recursion an operation. Here a node is preceded by all that it depends on, in order: by the
time a node is saved, its inputs have been, and pickle refers to them.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from itertools import repeat
from typing import TYPE_CHECKING, Any

from micrograd_like.engine.order import topological_order

if TYPE_CHECKING:
    from micrograd_like.engine import Value

#: pickle.py fetches so many items of a list before it saves the first of them.
_FETCHED_AHEAD = 1000

#: The module of Value, whose own fields are known; its subclasses there may add some.
_ENGINE = "micrograd_like.engine.value"

Fields = tuple[Any, ...]


def fields(node: Value) -> Fields:
    """All that a node is made of, as :func:`restored` takes it."""
    return (
        node.__class__,
        node._data,
        node._grad,
        node.label,
        node.op,
        node.inputs,
        node.partials,
        _extras(node),
    )


def restored(
    kind: type[Value],
    data: float,
    gradient: float | None,
    label: str,
    op: str,
    inputs: tuple[Value, ...],
    partials: tuple[float, ...],
    extras: dict[str, Any] | None = None,
) -> Value:
    """A node made of its fields, as they are, without any check."""
    node = object.__new__(kind)
    node._data, node._grad, node.label, node.op = data, gradient, label, op
    node.inputs, node.partials = inputs, partials
    for name, value in (extras or {}).items():
        setattr(node, name, value)
    return node


def _extras(node: Value) -> dict[str, Any] | None:
    """What a subclass has added, in its dictionary or in slots of its own."""
    extras = dict(getattr(node, "__dict__", {}))
    for kind in node.__class__.__mro__:
        if kind is object or (kind.__module__ == _ENGINE and kind.__name__ == "Value"):
            continue
        slots = kind.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            private = slot.startswith("__") and not slot.endswith("__")
            name = f"_{kind.__name__.lstrip('_')}{slot}" if private else slot
            if slot not in ("__dict__", "__weakref__") and hasattr(node, name):
                extras[name] = getattr(node, name)
    return extras or None


def reduced(node: Value) -> tuple[Any, ...]:
    """What ``node.__reduce__`` returns."""
    if not node.inputs or node in _session.in_order:
        return restored, fields(node)
    if node in _session.saved:  # not by this pickler, or it would not ask again
        _session.saved.clear()
    return _restored_after, (_Ancestors(node), fields(node))


def _restored_after(ancestors: list[Value | None], node: Fields) -> Value:
    """The node; its ancestors stood before it for the sake of the order alone."""
    return restored(*node)


class _Session(threading.local):
    """What this thread is pickling.

    Attributes:
        in_order: Nodes whose turn in a list of ancestors is now: their inputs are saved.
        saved: Nodes in the lists that live picklers hold; a later list leaves them out.
    """

    def __init__(self) -> None:
        self.in_order: set[Value] = set()
        self.saved: set[Value] = set()


_session = _Session()


class _Ancestors:
    """All that a node depends on, in a pickle: a list, inputs before their users."""

    def __init__(self, node: Value) -> None:
        new = topological_order(node, _session.saved)
        self.nodes = new[:-1]
        # Picklers hold the list they have written: it is freed with the last of them.
        weakref.finalize(self, _session.saved.difference_update, new)

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self._each_in_order()

    def _each_in_order(self) -> Iterator[Value | None]:
        in_order = _session.in_order
        in_order.update(self.nodes)
        try:
            yield from self.nodes
            yield from repeat(None, _FETCHED_AHEAD)
        finally:
            in_order.difference_update(self.nodes)
