"""The numbers of a graph as they are on paper: 0 where floats have left nothing but rounding.

0.1 + 0.2 − 0.3 is 0 on paper and 5.6e−17 in floats, sin π is 1.2e−16; what follows from them, 2u
or u·x, is 0 too. A result is taken for 0 where it is no larger than what the rounding of its
operands may have made of it; everything above it is worked out again from there.
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_like.engine import Value, apply, grad
from micrograd_like.errors import DomainError

#: A result that is larger is not looked at.
_TINY = 1e-9
#: How far a given number, and the result of an operation, may be off, as parts of the number.
_GIVEN, _ROUNDED = 4e-16, 2.3e-16


class OnPaper:
    """The numbers of the nodes of a graph.

    Args:
        order: The nodes, inputs before their users.
    """

    def __init__(self, order: Sequence[Value]) -> None:
        self._order = order
        self._data: dict[Value, float] = {}
        self._partials: dict[Value, Sequence[float]] = {}
        if any(node.op and 0 < abs(node.data) < _TINY for node in order):
            try:
                self._work_out_again()
            except DomainError:  # 1/u, where only rounding keeps u from being 0
                self._data, self._partials = {}, {}

    def data(self, node: Value) -> float:
        """The number of a node."""
        return self._data.get(node, node.data)

    def partials(self, node: Value) -> Sequence[float]:
        """The derivatives of a node by its inputs."""
        return self._partials.get(node, node.partials)

    def gradients(self, output: Value, nodes: Sequence[Value]) -> list[float]:
        """The derivatives of one node by others."""
        if not self._data:
            return list(grad(output, nodes))
        totals = dict.fromkeys(self._order, 0.0) | dict.fromkeys(nodes, 0.0) | {output: 1.0}
        for node in reversed(self._order):
            if upstream := totals[node]:
                for input, partial in zip(node.inputs, self.partials(node), strict=True):
                    totals[input] = totals.get(input, 0.0) + upstream * partial
        return [totals[node] for node in nodes]

    def _work_out_again(self) -> None:
        off: dict[Value, float] = {}
        for node in self._order:
            if not node.op:
                off[node] = 0.0 if node.data.is_integer() else _GIVEN * abs(node.data)
                continue
            if any(input in self._data for input in node.inputs):
                again = apply(node.op, *map(self.data, node.inputs))
                self._data[node], self._partials[node] = again.data, again.partials
            pairs = zip(node.inputs, self.partials(node), strict=True)
            carried = sum(abs(partial) * off[input] for input, partial in pairs)
            off[node] = carried + (_ROUNDED * abs(self.data(node)) if carried else 0.0)
            if 0 < abs(self.data(node)) <= carried:
                self._data[node] = 0.0
