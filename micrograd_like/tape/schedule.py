"""Nodes to a tape in three stages: place them, allocate registers, emit instructions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from micrograd_like.tape.allocation import Allocation
from micrograd_like.tape.differentiate import Gradients
from micrograd_like.tape.grouping import MOST, Group, grouped, with_reductions
from micrograd_like.tape.instructions import (
    CHECK,
    REDUCE,
    STORE,
    Indices,
    Instruction,
    Tape,
    indices,
)
from micrograd_like.tape.nodes import AFFINE, BROADCAST, GUARDED, INPUT, NONE, PRODUCTS, ROW, SEED
from micrograd_like.tape.placement import Placement
from micrograd_like.tape.rows import TAPE_ROWS

#: Nodes in an instruction at most, where they are scalars.
_MOST_SCALARS = 4096


def schedule(
    gradients: Gradients,
    outputs: list[int],
    forward: int,
    inputs: int,
    parameters: int,
    by_sample: bool,
) -> Tape:
    """The tape for values and the given adjoints.

    Args:
        gradients: Values and derivatives as nodes.
        outputs: The node of each output.
        forward: How many nodes the values take; the others are derivatives.
        inputs: How many columns samples have.
        parameters: How many parameters there are.
        by_sample: Whether derivatives are wanted for each sample by itself.
    """
    placement = Placement(gradients, outputs, forward, by_sample)
    plain, at = grouped(placement.nodes, placement.lanes, placement.masks, MOST)
    groups = [*with_reductions(plain, at, placement.reductions)]
    allocation = Allocation(placement, groups, parameters)
    return _Emitter(placement, allocation).tape(groups, inputs, parameters)


class _Emitter:
    """Writes down instructions over the registers of an allocation."""

    def __init__(self, placement: Placement, allocation: Allocation) -> None:
        self.placement, self.allocation = placement, allocation
        self.nodes, self.register = placement.nodes, allocation.register

    def tape(self, groups: list[Group], inputs: int, parameters: int) -> Tape:
        """All that a backend needs to run."""
        placement, allocation = self.placement, self.allocation
        register, nodes, of_kind = self.register.tolist(), self.nodes, placement.of_kind
        return Tape(
            registers=allocation.vectors,
            scalars=allocation.scalars,
            checked=allocation.checked,
            inputs=inputs,
            parameters=parameters,
            before=tuple(self._over_scalars(placement.before)),
            lanes=(*self._of_given(), *(i for group in groups for i in self._of_group(group))),
            after=tuple(self._over_scalars(placement.after)),
            constants=allocation.constants,
            read=[(register[n], int(nodes[n].number)) for n in of_kind(INPUT)],
            broadcasts=[(register[n], register[nodes[n].start]) for n in of_kind(BROADCAST)],
            seed=next((register[n] for n in of_kind(SEED)), -1),
            outputs=[register[n] for n in placement.outputs],
            gradients=[register[n] for n in placement.wanted],
            columns=placement.columns,
        )

    def _over_scalars(self, numbers: list[int]) -> Iterator[Instruction]:
        for group in grouped(self.nodes, numbers, self.placement.masks, _MOST_SCALARS)[0]:
            yield self._computation(group)

    def _of_given(self) -> Iterator[Instruction]:
        """Checks of inputs that no sum of products reads, and result columns that are given."""
        placement = self.placement
        given = [n for n in placement.of_kind(INPUT) if n not in placement.propagated]
        if given:
            yield self._check(given)
        stored = [n for n in placement.stored if self.nodes[n].kind in (INPUT, BROADCAST, SEED)]
        if stored:
            yield self._store(stored)

    def _of_group(self, group: Group) -> Iterator[Instruction]:
        placement = self.placement
        yield self._computation(group)
        checked = [
            n for n in group.members if n < placement.forward and n not in placement.propagated
        ]
        if checked:
            yield self._check(checked)
        stored = [n for n in group.members if n in placement.stored]
        if stored:
            yield self._store(stored)

    def _check(self, numbers: list[int]) -> Instruction:
        return Instruction(CHECK, self._registers(numbers), made=tuple(numbers))

    def _store(self, numbers: list[int]) -> Instruction:
        pairs = [(n, column) for n in numbers for column in self.placement.stored[n]]
        columns = indices([column for _, column in pairs])
        return Instruction(STORE, self._registers([n for n, _ in pairs]), right=columns)

    def _registers(self, numbers: Any) -> Indices:
        return self.register[indices(numbers)]

    def _computation(self, group: Group) -> Instruction:
        if group.kind == REDUCE:
            return self._reduction(group)
        if group.kind == AFFINE:
            return self._affine(group)
        if group.kind in (PRODUCTS, GUARDED):
            return self._products(group)
        return self._row(group)

    def _reduction(self, group: Group) -> Instruction:
        return Instruction(
            REDUCE,
            self._registers([r.adjoint for r in group.reductions]),
            left=self._registers(group.reductions[0].factors),
            right=self._registers([r.targets for r in group.reductions]),
        )

    def _affine(self, group: Group) -> Instruction:
        members = [self.nodes[n] for n in group.members]
        shared, zero = members[0].left, self.placement.zero
        return Instruction(
            AFFINE,
            self._registers(group.members),
            self._registers(shared),
            self._registers([n.right for n in members]).reshape(len(members), len(shared)),
            self._registers([zero if n.start == NONE else n.start for n in members]),
            made=tuple(group.members),
        )

    def _products(self, group: Group) -> Instruction:
        members = [self.nodes[n] for n in group.members]
        return Instruction(
            group.kind,
            self._registers(group.members),
            self._registers([n.left for n in members]),
            self._registers([n.right for n in members]),
            self._registers([n.start for n in members if n.start != NONE]),
            made=tuple(group.members),
        )

    def _row(self, group: Group) -> Instruction:
        name = self.nodes[group.members[0]].name
        mask = self.placement.masks.get(group.members[0], 0)
        wanted = [p for bit, p in enumerate(TAPE_ROWS[name].computed) if mask >> bit & 1]
        partials = [[self.nodes.partial(n, place) for place in wanted] for n in group.members]
        return Instruction(
            ROW,
            self._registers(group.members),
            self._registers([self.nodes[n].left for n in group.members]),
            partials=self._registers(partials).reshape(len(group.members), len(wanted)),
            name=name,
            mask=mask,
            made=tuple(group.members),
        )
