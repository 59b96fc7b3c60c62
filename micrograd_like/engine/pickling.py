"""Graphs copied, and put in and out of pickles, without recursion.

Pickle saves what a node refers to before the node, so a chain would take one level of
recursion an operation. Here a node is preceded by all that it depends on, in order: by the
time a node is saved, its inputs have been, and pickle refers to them. What a subclass has added is
set when all of them are there, for it may lead back to any.
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
    """All that a Value is made of, as :func:`restored` takes it."""
    return (
        node.__class__,
        node._data,
        node._grad,
        node.label,
        node.op,
        node.inputs,
        node.partials,
    )


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
    node._data, node._grad, node.label, node.op = data, gradient, label, op
    node.inputs, node.partials = inputs, partials
    return node


def added_to(node: Value) -> dict[str, Any]:
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
    return extras


def add_to(node: Value, extras: dict[str, Any]) -> None:
    """Set what a subclass has added, as :func:`added_to` gives it."""
    for name, value in extras.items():
        setattr(node, name, value)


def reduced(node: Value) -> tuple[Any, ...]:
    """What ``node.__reduce__`` returns."""
    if node in _session.in_order:
        return restored, fields(node)
    how: tuple[Any, ...] = restored, fields(node)
    if node.inputs:
        if node in _session.saved:  # not by this pickler, or it would not ask again
            _session.saved.clear()
        how = _restored_after, (_Ancestors(node), fields(node))
    extras = added_to(node)
    return (*how, extras, None, None, add_to) if extras else how


def _restored_after(ancestors: list[Any], node: Fields) -> Value:
    """The node; its ancestors stood before it for the sake of the order alone."""
    return restored(*node)


class _Session(threading.local):
    """What this thread is pickling.

    Attributes:
        in_order: Nodes whose turn in a list of ancestors is now: their inputs are saved.
        saved: Nodes in the lists that live picklers hold; a later list leaves them out.
        adding: Nodes of which a list holds what was added, so that none within it does.
    """

    def __init__(self) -> None:
        self.in_order: set[Value] = set()
        self.saved: set[Value] = set()
        self.adding: set[Value] = set()


_session = _Session()


class _Added:
    """In a list of ancestors, when all of them are there: what was added to one of them."""

    def __init__(self, node: Value) -> None:
        self._node = node

    def __reduce__(self) -> tuple[Any, ...]:
        return add_to, (self._node, added_to(self._node))


class _Ancestors:
    """All that a node depends on, in a pickle: a list, inputs before their users."""

    def __init__(self, node: Value) -> None:
        new = topological_order(node, _session.saved)
        self.nodes = new[:-1]
        # Picklers hold the list they have written: it is freed with the last of them.
        weakref.finalize(self, _session.saved.difference_update, new)

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self._each_in_order()

    def _each_in_order(self) -> Iterator[Value | _Added | None]:
        in_order, adding = _session.in_order, _session.adding
        in_order.update(self.nodes)
        subclassed = [node for node in self.nodes if node not in adding and added_to(node)]
        adding.update(subclassed)
        try:
            yield from self.nodes
            yield from map(_Added, subclassed)
            yield from repeat(None, _FETCHED_AHEAD)
        finally:
            in_order.difference_update(self.nodes)
            adding.difference_update(subclassed)
