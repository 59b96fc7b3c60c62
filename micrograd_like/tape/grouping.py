"""Instruction scheduling: nodes of a kind that are ready together become one instruction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from micrograd_like.tape.differentiate import Reduction
from micrograd_like.tape.instructions import REDUCE
from micrograd_like.tape.nodes import AFFINE, BROADCAST, INPUT, NONE, PARTIAL, ROW, SEED, Nodes

#: Nodes in an instruction at most: more are not faster, and raise register pressure.
MOST = 64
#: A node joins an instruction at most so many instructions back: a wider window lengthens the
#: live ranges of registers.
_WINDOW = 32


@dataclass(slots=True)
class Group:
    """Nodes that become one instruction; of a REDUCE, adjoints with the same factors."""

    kind: str
    members: list[int]
    reductions: list[Reduction]


def grouped(
    nodes: Nodes, numbers: Iterable[int], masks: Mapping[int, int], most: int
) -> tuple[list[Group], list[int]]:
    """The groups in the order of their execution, and for every node the place of its group.

    Args:
        nodes: All nodes.
        numbers: Those to be grouped, operands before their users.
        masks: For every ROW the partials that are wanted of it.
        most: How many nodes a group may have.
    """
    groups: list[Group] = []
    at = [-1] * len(nodes)
    last: dict[Any, int] = {}
    for number in numbers:
        node = nodes[number]
        kind = node.kind
        if kind in (INPUT, SEED, BROADCAST):
            continue
        if kind == PARTIAL:
            at[number] = at[node.start]
            continue
        key: Any
        if kind == AFFINE:
            key = tuple(node.left)
        elif kind == ROW:
            key = (node.name, masks.get(number, 0))
        else:
            key = (kind, len(node.left), node.start == NONE)
        index = last.get(key, -1)
        if (
            index < len(groups) - _WINDOW
            or index < 0
            or len(groups[index].members) >= most
            or (kind != AFFINE and index <= max([at[i] for i in node.needs()]))
        ):
            index = last[key] = len(groups)
            groups.append(Group(kind, [], []))
        groups[index].members.append(number)
        at[number] = index
    return groups, at


def with_reductions(
    groups: list[Group], at: list[int], reductions: Iterable[Reduction]
) -> Iterator[Group]:
    """The groups with REDUCEs among them, each after all that it sums."""
    ready: dict[int, list[Reduction]] = {}
    for reduction in reductions:
        last = max(at[reduction.adjoint], max([at[x] for x in reduction.factors]))
        ready.setdefault(last, []).append(reduction)
    waiting: dict[tuple[int, ...], list[Reduction]] = {}
    count = 0
    for index in range(-1, len(groups)):
        if index >= 0:
            yield groups[index]
        for reduction in ready.get(index, ()):
            waiting.setdefault(tuple(reduction.factors), []).append(reduction)
            count += 1
        if count >= MOST or index == len(groups) - 1:
            for same in waiting.values():
                for start in range(0, len(same), MOST):
                    yield Group(REDUCE, [], same[start : start + MOST])
            waiting, count = {}, 0
