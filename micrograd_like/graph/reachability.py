"""What lies between two nodes of a graph: reachability, and paths.

All of it works on adjacency as a mapping, ``users[name]`` being what ``name`` acts on directly,
so the same serves names, picture nodes and the engine's own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from micrograd_like.engine import Value

T = TypeVar("T")
#: What each node leads to: ``users`` upwards, ``inputs`` downwards.
Adjacency = Mapping[T, Collection[T]]


def reachable(starts: Iterable[T], adjacent: Callable[[T], Iterable[T]]) -> Iterator[T]:
    """The starts and everything that can be reached from them, each once, as it is found."""
    found = set[T]()
    stack: list[T] = []
    nodes = starts
    while True:
        for node in nodes:
            if node not in found:
                found.add(node)
                stack.append(node)
                yield node
        if not stack:
            return
        nodes = adjacent(stack.pop())


class Reach(Generic[T]):
    """What a search finds, as a set: no further is looked than is asked."""

    def __init__(self, search: Iterator[T]) -> None:
        self._search = search
        self._found: dict[T, None] = {}

    def __contains__(self, wanted: object) -> bool:
        return wanted in self._found or any(node == wanted for node in self._further())

    def __iter__(self) -> Iterator[T]:
        yield from [*self._found, *self._further()]

    def _further(self) -> Iterator[T]:
        for node in self._search:
            self._found[node] = None
            yield node


def reached(start: T, adjacent: Adjacency[T]) -> set[T]:
    """``start`` and everything that can be reached from it."""
    return {*reachable((start,), lambda node: adjacent.get(node, ()))}


def paths(of: T, wrt: T, users: Adjacency[T], ends: Collection[T] = ()) -> Iterator[tuple[T, ...]]:
    """Every path from ``of`` down to ``wrt``, as its nodes, in the order of the users.

    Args:
        of: Where the paths begin.
        wrt: Where they end.
        users: What each node acts on, between the two.
        ends: Nodes beyond which a path is not followed: it begins there.
    """
    # Each entry is a node and the entry it was reached from, so paths share their ends.
    stack: list[tuple[T, Any]] = [(wrt, None)]
    while stack:
        entry = stack.pop()
        node, below = entry
        if node == of or (node in ends and below is not None):
            path = [node]
            while below is not None:
                path.append(below[0])
                below = below[1]
            yield tuple(path)
        else:
            stack += [(user, entry) for user in reversed([*users[node]])]


def path_count(of: T, wrt: T, users: Adjacency[T], order: Iterable[T]) -> int:
    """How many paths there are from ``of`` down to ``wrt``.

    ``order`` has everything between the two, users before their inputs.
    """
    counts = {of: 1}
    for node in order:
        if node != of:
            counts[node] = sum(counts.get(user, 0) for user in users[node])
    return counts.get(wrt, 0)


def depending(order: Iterable[Value], *nodes: Value | None) -> set[Value]:
    """The nodes and what depends on them, among those in the order of their computation."""
    found: set[Value] = set()
    for node in order:
        if node in nodes or not found.isdisjoint(node.inputs):
            found.add(node)
    return found
