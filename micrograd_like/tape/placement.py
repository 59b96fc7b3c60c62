"""The first stage of scheduling: which nodes are needed, and where each is computed.

A node that varies over the samples belongs in the lanes, one that does not before the samples,
or after them if it depends on a sum over them.
"""

from __future__ import annotations

from micrograd_like.tape.differentiate import Gradients
from micrograd_like.tape.nodes import (
    AFFINE,
    CONSTANT,
    NONE,
    PARAMETER,
    PRODUCTS,
    REDUCED,
)
from micrograd_like.tape.rows import TAPE_ROWS


class Placement:
    """The needed nodes by place.

    Attributes:
        outputs: A varying node for each output.
        wanted: The nodes of the gradient, output by output; empty by sample.
        stored: By node, the columns of the result by sample that it is put into.
        columns: How many columns that result has.
        needed: Which nodes any of these depends on.
        masks: For every ROW the partials that are needed of it, as bits.
        before, lanes, after: The needed nodes that are computed there, in order.
    """

    def __init__(
        self, gradients: Gradients, outputs: list[int], forward: int, by_sample: bool
    ) -> None:
        self.nodes = nodes = gradients.nodes
        self.reductions = gradients.reductions
        self.forward = forward
        self.zero = nodes.constant(0.0)
        self.outputs = [nodes.as_varying(output) for output in outputs]
        adjoints = [adjoint for row in gradients.adjoints for adjoint in row]
        self.stored: dict[int, list[int]] = {}
        self.wanted: list[int] = []
        self.columns = len(adjoints) if by_sample else 0
        if by_sample:
            for column, adjoint in enumerate(adjoints):
                if adjoint != NONE:
                    self.stored.setdefault(nodes.as_varying(adjoint), []).append(column)
        else:
            self.wanted = [self.zero if adjoint == NONE else adjoint for adjoint in adjoints]
        self.needed = self._reached()
        self.masks = self._masks()
        self.propagated = self._propagated()
        self.before: list[int] = []
        self.lanes: list[int] = []
        self.after: list[int] = []
        self._place()

    def of_kind(self, kind: str) -> list[int]:
        """The needed nodes of a kind."""
        return [n for n, node in enumerate(self.nodes) if node.kind == kind and self.needed[n]]

    def _reached(self) -> bytearray:
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

    def _masks(self) -> dict[int, int]:
        masks: dict[int, int] = {}
        for (row, place), partial in self.nodes.partials():
            if self.needed[partial]:
                bit = TAPE_ROWS[self.nodes[row].name].computed.index(place)
                masks[row] = masks.get(row, 0) | 1 << bit
        return masks

    def _propagated(self) -> set[int]:
        """Nodes of the forward pass that a sum of products reads.

        The sum is not finite if one of them is not (0 · ∞ is NaN), so that the sum is checked
        in their place.
        """
        propagated: set[int] = set()
        for number in range(self.forward):
            node = self.nodes[number]
            if self.needed[number] and node.kind in (AFFINE, PRODUCTS):
                propagated.update(node.needs())
        return propagated

    def _place(self) -> None:
        late = bytearray(len(self.nodes))  # what depends on a sum over the samples
        for number, node in enumerate(self.nodes):
            if not self.needed[number]:
                continue
            if node.varies:
                self.lanes.append(number)
            elif node.kind == REDUCED:
                late[number] = 1
            elif node.kind not in (PARAMETER, CONSTANT):
                late[number] = any(late[i] for i in node.needs())
                (self.after if late[number] else self.before).append(number)
