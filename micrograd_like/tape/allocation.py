"""The second stage of scheduling: register allocation.

What is the same for all samples has a scalar register of its own. Vector registers are reused:
one is free again after the last instruction that reads it. An instruction's results never lie
where its operands do: the kernel's loops rely on it.
"""

from __future__ import annotations

import numpy as np

from micrograd_like.tape.grouping import Group
from micrograd_like.tape.instructions import Indices
from micrograd_like.tape.nodes import (
    AFFINE,
    BROADCAST,
    CONSTANT,
    INPUT,
    NONE,
    PARAMETER,
    SEED,
)
from micrograd_like.tape.placement import Placement


class Allocation:
    """A register for every needed node.

    Attributes:
        register: By node, its vector register if it varies, else its scalar one; −1 without.
        vectors, scalars: How many there are.
        checked: So many of the scalars are values, and not derivatives.
        constants: (scalar register, value) pairs.
    """

    def __init__(self, placement: Placement, groups: list[Group], parameters: int) -> None:
        self.register: Indices = np.full(len(placement.nodes), -1, np.int32)
        self.constants: list[tuple[int, float]] = []
        self.scalars = self.checked = parameters
        self.vectors = 0
        self._allocate_scalars(placement)
        self._allocate_vectors(placement, groups)

    def _allocate_scalars(self, placement: Placement) -> None:
        for number, node in enumerate(placement.nodes):
            if node.varies or not placement.needed[number]:
                continue
            if node.kind == PARAMETER:
                self.register[number] = int(node.number)
                continue
            if node.kind == CONSTANT:
                self.constants.append((self.scalars, node.number))
            self._take_scalar(number)
            if number < placement.forward:
                self.checked = self.scalars
        for reduction in placement.reductions:
            for target in reduction.targets:
                if self.register[target] < 0:
                    self._take_scalar(target)

    def _take_scalar(self, number: int) -> None:
        self.register[number] = self.scalars
        self.scalars += 1

    def _allocate_vectors(self, placement: Placement, groups: list[Group]) -> None:
        given = [n for kind in (INPUT, BROADCAST, SEED) for n in placement.of_kind(kind)]
        for number in given:
            self._take_vector(number, [])
        made = _results(placement, groups)
        # Outputs are read at the end of a block; what is not written again keeps its register.
        kept = {*placement.outputs, *(n for n in given if placement.nodes[n].kind != INPUT)}
        dying: dict[int, list[int]] = {}
        for number, index in _last_uses(placement, groups, made).items():
            if number not in kept and placement.nodes[number].varies:
                dying.setdefault(index, []).append(number)
        free: list[int] = []
        for index, results in enumerate(made):
            for number in results:
                self._take_vector(number, free)
            free += [int(self.register[number]) for number in dying.get(index, ())]

    def _take_vector(self, number: int, free: list[int]) -> None:
        if free:
            self.register[number] = free.pop()
        else:
            self.register[number] = self.vectors
            self.vectors += 1


def _results(placement: Placement, groups: list[Group]) -> list[list[int]]:
    """What each instruction computes: its members, and their partials with them."""
    partials: dict[int, list[int]] = {}
    for (row, _), partial in placement.nodes.partials():
        if placement.needed[partial]:
            partials.setdefault(row, []).append(partial)
    return [
        [result for member in group.members for result in (member, *partials.get(member, ()))]
        for group in groups
    ]


def _last_uses(placement: Placement, groups: list[Group], made: list[list[int]]) -> dict[int, int]:
    """By node, the last instruction that reads it; the one that makes it where none does."""
    last: dict[int, int] = {}
    for index, (group, results) in enumerate(zip(groups, made, strict=True)):
        for number in group.members:
            node = placement.nodes[number]
            for operand in node.left:
                last[operand] = index
            if node.kind != AFFINE:  # whose weights and starts are scalars
                for operand in node.right:
                    last[operand] = index
                if node.start != NONE:
                    last[node.start] = index
        for reduction in group.reductions:
            last[reduction.adjoint] = index
        for factor in group.reductions[0].factors if group.reductions else ():
            last[factor] = index
        for number in results:
            last.setdefault(number, index)
    return last
