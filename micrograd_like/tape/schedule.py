"""Nodes to a tape: alike ones side by side in one step, rows reused once nobody needs them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from micrograd_like.tape.differentiate import Gradients
from micrograd_like.tape.grouping import MOST, Group, grouped, with_reductions
from micrograd_like.tape.nodes import (
    AFFINE,
    BROADCAST,
    CONSTANT,
    GUARDED,
    INPUT,
    NONE,
    PARAMETER,
    PRODUCTS,
    REDUCED,
    ROW,
    SEED,
)
from micrograd_like.tape.rows import TAPE_ROWS
from micrograd_like.tape.steps import CHECK, REDUCE, STORE, Indices, Step, Tape, indices

#: Nodes in a step at most, where they are numbers and no rows.
_MOST_NUMBERS = 4096


def schedule(
    gradients: Gradients,
    outputs: list[int],
    forward: int,
    inputs: int,
    parameters: int,
    by_sample: bool,
) -> Tape:
    """The tape for values and the given adjoints.

    forward:  how many nodes the values take; the others are derivatives
    """
    return _Schedule(gradients, outputs, forward, by_sample).tape(inputs, parameters)


class _Schedule:
    def __init__(
        self, gradients: Gradients, outputs: list[int], forward: int, by_sample: bool
    ) -> None:
        self.nodes = gradients.nodes
        self.forward = forward
        self.by_sample = by_sample
        self.outputs = [self.nodes.as_row(output) for output in outputs]
        self.zero = self.nodes.constant(0.0)
        self.reductions = gradients.reductions
        self.stored = self._stored(gradients) if by_sample else {}
        self.wanted = [
            self.zero if adjoint == NONE else adjoint
            for adjoints in (() if by_sample else gradients.adjoints)
            for adjoint in adjoints
        ]
        self.needed = self._needed()

    def _stored(self, gradients: Gradients) -> dict[int, list[int]]:
        """The columns of the result by sample that a node is put into."""
        stored: dict[int, list[int]] = {}
        column = 0
        for adjoints in gradients.adjoints:
            for adjoint in adjoints:
                if adjoint != NONE:
                    stored.setdefault(self.nodes.as_row(adjoint), []).append(column)
                column += 1
        self.columns = column
        return stored

    def _needed(self) -> bytearray:
        """Which nodes something wanted depends on."""
        nodes = self.nodes
        needed = bytearray(len(nodes))
        stack: list[int] = [*self.outputs, *self.wanted, *self.stored, self.zero]
        for reduction in self.reductions:
            stack.append(reduction.adjoint)
            stack += reduction.factors
        while stack:
            number = stack.pop()
            if not needed[number]:
                needed[number] = 1
                node = nodes[number]
                if node.start != NONE:
                    stack.append(node.start)
                stack += node.left
                stack += node.right
        return needed

    def tape(self, inputs: int, parameters: int) -> Tape:
        nodes = self.nodes
        self.masks = self._masks()
        before, after, lanes = self._by_place()
        self.place = np.full(len(nodes), -1, np.int32)  # rows of what varies, else numbers
        constants = self._number(parameters)
        plain, at = grouped(nodes, lanes, self.masks, MOST)
        groups = [*with_reductions(plain, at, self.reductions)]
        rows = self._allocate(groups)
        row_steps = [step for group in groups for step in self._steps(group)]
        given = self._given_steps()
        seed = [n for n, node in enumerate(nodes) if node.kind == SEED and self.needed[n]]
        return Tape(
            rows=rows,
            numbers=self.numbers,
            checked=self.checked,
            inputs=inputs,
            parameters=parameters,
            before=tuple(self._number_steps(before)),
            lanes=(*given, *row_steps),
            after=tuple(self._number_steps(after)),
            constants=constants,
            read=[(int(self.place[n]), int(nodes[n].number)) for n in self._of_kind(INPUT)],
            broadcasts=[
                (int(self.place[n]), int(self.place[nodes[n].start]))
                for n in self._of_kind(BROADCAST)
            ],
            seed=int(self.place[seed[0]]) if seed else -1,
            outputs=[int(self.place[n]) for n in self.outputs],
            gradients=[int(self.place[n]) for n in self.wanted],
            columns=self.columns if self.by_sample else 0,
        )

    def _of_kind(self, kind: str) -> list[int]:
        return [n for n, node in enumerate(self.nodes) if node.kind == kind and self.needed[n]]

    def _masks(self) -> dict[int, int]:
        """For every ROW the partials that are wanted of it, as bits."""
        masks: dict[int, int] = {}
        for (row, place), partial in self.nodes.partials():
            if self.needed[partial]:
                bit = TAPE_ROWS[self.nodes[row].name].computed.index(place)
                masks[row] = masks.get(row, 0) | 1 << bit
        return masks

    def _by_place(self) -> tuple[list[int], list[int], list[int]]:
        """Needed nodes: before the samples, after them, and for each sample."""
        before: list[int] = []
        after: list[int] = []
        lanes: list[int] = []
        late = bytearray(len(self.nodes))
        for number, node in enumerate(self.nodes):
            if not self.needed[number]:
                continue
            if node.varies:
                lanes.append(number)
            elif node.kind == REDUCED:
                late[number] = 1
            elif node.kind not in (PARAMETER, CONSTANT):
                late[number] = any(late[i] for i in node.needs())
                (after if late[number] else before).append(number)
        return before, after, lanes

    def _number(self, parameters: int) -> list[tuple[int, float]]:
        """Give what is uniform its place; the constants."""
        self.numbers = parameters
        constants = []
        self.checked = self.numbers
        for number, node in enumerate(self.nodes):
            if node.varies or not self.needed[number]:
                continue
            if node.kind == PARAMETER:
                self.place[number] = int(node.number)
                continue
            self.place[number] = self.numbers
            if node.kind == CONSTANT:
                constants.append((self.numbers, node.number))
            self.numbers += 1
            if number < self.forward:
                self.checked = self.numbers
        for reduction in self.reductions:
            for slot in reduction.targets:
                if self.place[slot] < 0:
                    self.place[slot] = self.numbers
                    self.numbers += 1
        return constants

    # Rows.

    def _allocate(self, groups: list[Group]) -> int:
        """Give what varies a row; how many there are.

        A row is free again after the last step that reads it. A step's results never lie
        where its operands do: the kernel's loops rely on it.
        """
        nodes, place = self.nodes, self.place
        last_use: dict[int, int] = {}
        made: list[list[int]] = []
        partials_of: dict[int, list[int]] = {}
        for (row, _), partial in nodes.partials():
            if self.needed[partial]:
                partials_of.setdefault(row, []).append(partial)
        for index, group in enumerate(groups):
            out = []
            for number in group.members:
                out.append(number)
                out += partials_of.get(number, ())
                node = nodes[number]
                for needed in node.left:
                    last_use[needed] = index
                if node.kind != AFFINE:
                    for needed in node.right:
                        last_use[needed] = index
                    if node.start != NONE:
                        last_use[node.start] = index
            for reduction in group.reductions:
                last_use[reduction.adjoint] = index
            for needed in group.reductions[0].factors if group.reductions else ():
                last_use[needed] = index
            for number in out:
                last_use.setdefault(number, index)
            made.append(out)
        kept = {*self.outputs, *self._of_kind(BROADCAST), *self._of_kind(SEED)}
        rows = 0
        for number in (*self._of_kind(INPUT), *self._of_kind(BROADCAST), *self._of_kind(SEED)):
            place[number] = rows
            rows += 1
        ends: dict[int, list[int]] = {}
        for number, index in last_use.items():
            if number not in kept and nodes[number].varies:
                ends.setdefault(index, []).append(number)
        free: list[int] = []
        for index, out in enumerate(made):
            for number in out:
                if free:
                    place[number] = free.pop()
                else:
                    place[number] = rows
                    rows += 1
            free += [int(place[number]) for number in ends.get(index, ())]
        return rows

    # Steps.

    def _number_steps(self, numbers: list[int]) -> Iterator[Step]:
        for group in grouped(self.nodes, numbers, self.masks, _MOST_NUMBERS)[0]:
            yield self._step(group)

    def _given_steps(self) -> Iterator[Step]:
        """Checks of inputs that nothing carries on to a check, and columns of given rows."""
        given = [n for n in self._of_kind(INPUT) if n not in self._carried]
        if given:
            yield self._check(given)
        rows = [n for n in self.stored if self.nodes[n].kind in (INPUT, BROADCAST, SEED)]
        if rows:
            yield self._store(rows)

    def _steps(self, group: Group) -> Iterator[Step]:
        yield self._step(group)
        checked = [n for n in group.members if n < self.forward and n not in self._carried]
        if checked:
            yield self._check(checked)
        stored = [n for n in group.members if n in self.stored]
        if stored:
            yield self._store(stored)

    @cached_property
    def _carried(self) -> set[int]:
        """Nodes of the forward pass that a sum of products reads.

        It is not finite if one of them is not: not even 0 · ∞ hides that. So it is enough to
        look at the others.
        """
        carried: set[int] = set()
        for number in range(self.forward):
            node = self.nodes[number]
            if self.needed[number] and node.kind in (AFFINE, PRODUCTS):
                carried.update(node.needs())
        return carried

    def _check(self, numbers: list[int]) -> Step:
        return Step(CHECK, self._places(numbers), made=tuple(numbers))

    def _store(self, numbers: list[int]) -> Step:
        pairs = [(n, column) for n in numbers for column in self.stored[n]]
        columns = indices([column for _, column in pairs])
        return Step(STORE, self._places([n for n, _ in pairs]), right=columns)

    def _places(self, numbers: Any) -> Indices:
        return self.place[indices(numbers)]

    def _step(self, group: Group) -> Step:
        if group.kind == REDUCE:
            first = group.reductions[0]
            return Step(
                REDUCE,
                self._places([r.adjoint for r in group.reductions]),
                left=self._places(first.factors),
                right=self._places([r.targets for r in group.reductions]),
            )
        members = [self.nodes[n] for n in group.members]
        first_node = members[0]
        out = self._places(group.members)
        made = tuple(group.members)
        if group.kind == AFFINE:
            starts = [self.zero if n.start == NONE else n.start for n in members]
            count = len(first_node.left)
            return Step(
                AFFINE,
                out,
                self._places(first_node.left),
                self._places([n.right for n in members]).reshape(len(members), count),
                self._places(starts),
                made=made,
            )
        if group.kind in (PRODUCTS, GUARDED):
            starts = [n.start for n in members if n.start != NONE]
            return Step(
                group.kind,
                out,
                self._places([n.left for n in members]),
                self._places([n.right for n in members]),
                self._places(starts),
                made=made,
            )
        mask = self.masks.get(group.members[0], 0)
        wanted = [
            place
            for bit, place in enumerate(TAPE_ROWS[first_node.name].computed)
            if mask >> bit & 1
        ]
        partials = [[self.nodes.partial(n, place) for place in wanted] for n in group.members]
        return Step(
            ROW,
            out,
            self._places([n.left for n in members]),
            partials=self._places(partials).reshape(len(members), len(wanted)),
            name=first_node.name,
            mask=mask,
            made=made,
        )
