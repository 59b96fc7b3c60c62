"""Neurons in a picture: a weighted sum of one set of parameters, and its activation.

A sum is a node computed from parameters and from something else, in proportion to the
parameters. All sums of the same parameters are one neuron's, so a network that is given
several examples still has its neurons once. A layer is what has as many neurons behind it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from micrograd_like.formula import Call, Expr, Name, Number, quantities
from micrograd_like.graph import PARAMETERS
from micrograd_like.nn import ACTIVATIONS
from micrograd_like.ops import OPS
from visualize.snapshot.records import Edge, Held, Node, Snapshot

_SUMS = ("wsum", "affine")


class Neurons:
    """The neurons of a snapshot."""

    def __init__(self, shot: Snapshot) -> None:
        self.shot = shot
        self.nodes = {node.key: node for node in shot.nodes}
        self.users: dict[str, list[Edge]] = {key: [] for key in self.nodes}
        self.inputs: dict[str, list[Edge]] = {key: [] for key in self.nodes}
        for edge in shot.edges:
            self.users[edge.tail].append(edge)
            self.inputs[edge.head].append(edge)
        #: For every sum the parameters it is computed from.
        self.weights = {
            key: own for key in self.nodes if (own := self._own(key)) and self._is_sum(key)
        }

    def placed(self) -> Snapshot:
        """The snapshot, in which every node knows its layer and neuron."""
        places = self._places()
        nodes = tuple(
            replace(node, layer=places[node.key][0], neuron=places[node.key][1])
            if node.key in places
            else node
            for node in self.shot.nodes
        )
        return replace(self.shot, nodes=nodes)

    def folded(self) -> Snapshot:
        """The snapshot with one node for every neuron, which takes in its parameters."""
        hidden = {
            key
            for key, node in self.nodes.items()
            if node.role in PARAMETERS and all(e.head in self.weights for e in self.users[key])
        }
        stand_in = {key: self._activation(key) or self.nodes[key] for key in self.weights}
        gone = hidden | {key for key, node in stand_in.items() if node.key != key}
        edges = [
            replace(self._moved(edge, stand_in), weight=self._weight(edge))
            for edge in self.shot.edges
            if edge.tail not in gone
        ]
        biases = {stand_in[key].key: self._bias(key) for key in self.weights}
        formulas = {node.key: _written(self.nodes[key], node) for key, node in stand_in.items()}
        nodes = tuple(
            replace(node, formula=formulas.get(node.key, node.formula), bias=biases.get(node.key))
            for node in self.placed().nodes
            if node.key not in gone
        )
        return replace(self.shot, detail="neurons", nodes=nodes, edges=tuple(edges))

    def _own(self, key: str) -> frozenset[str]:
        tails = (edge.tail for edge in self.inputs[key])
        return frozenset(tail for tail in tails if self.nodes[tail].role in PARAMETERS)

    def _is_sum(self, key: str) -> bool:
        if self.shot.detail == "operations":
            return self.nodes[key].operation in _SUMS
        own, others = self._weighed(key), {e.tail for e in self.inputs[key]} - self._own(key)
        if any(edge.tail in _names(edge.formula) for edge in own):
            return False
        return any(not others.isdisjoint(_names(edge.formula)) for edge in own)

    def _weighed(self, key: str) -> list[Edge]:
        """The edges to ``key`` from parameters."""
        return [e for e in self.inputs[key] if self.nodes[e.tail].role in PARAMETERS]

    def _weight(self, edge: Edge) -> Held | None:
        """The parameter that the edge's tail is multiplied by on its way into a sum."""
        if edge.head not in self.weights:
            return None
        inputs = self.inputs[edge.head]
        if self.shot.detail == "operations":  # x1, …, xn, w1, …, wn, and a bias
            place, count = inputs.index(edge), len(inputs) // 2
            return self._held(inputs[place + count].tail) if place < count else None
        own = self.weights[edge.head]
        factor = edge.formula
        return self._held(str(factor)) if isinstance(factor, Name) and factor in own else None

    def _bias(self, key: str) -> Held | None:
        """The parameter that a sum has as a term by itself."""
        if self.shot.detail == "operations":
            affine = self.nodes[key].operation == "affine"
            return self._held(self.inputs[key][-1].tail) if affine else None
        alone = [e.tail for e in self._weighed(key) if e.formula == Number(1)]
        return self._held(alone[0]) if len(alone) == 1 else None

    def _held(self, key: str) -> Held:
        node = self.nodes[key]
        return Held(node.name, node.value)

    def _activation(self, key: str) -> Node | None:
        """The node that applies a function of one variable to the sum, and alone uses it."""
        if len(self.users[key]) != 1:
            return None
        head = self.users[key][0].head
        only = len(self.inputs[head]) == 1 and head not in self.weights
        return self.nodes[head] if only and self.nodes[head].operation in ACTIVATIONS else None

    def _places(self) -> dict[str, tuple[int, int]]:
        """For every node of a neuron its layer, and the neuron's number in it."""
        depth = dict.fromkeys(self.nodes, 0)
        numbers: dict[frozenset[str], tuple[int, int]] = {}
        in_layer: Counter[int] = Counter()
        for key in self.nodes:  # inputs before their users
            depth[key] = max((depth[edge.tail] for edge in self.inputs[key]), default=0)
            if own := self.weights.get(key):
                depth[key] += 1
                if own not in numbers:
                    in_layer[depth[key]] += 1
                    numbers[own] = depth[key], in_layer[depth[key]]
        places = {key: numbers[own] for key, own in self.weights.items()}
        for key in self.weights:
            if activation := self._activation(key):
                places[activation.key] = places[key]
        sharing = Counter(weight for own in numbers for weight in own)
        for own, place in numbers.items():
            places |= {weight: place for weight in own if sharing[weight] == 1}
        return places

    def _moved(self, edge: Edge, stand_in: dict[str, Node]) -> Edge:
        """An edge to a sum as one to its neuron: ∂neuron/∂tail, by the chain rule."""
        if edge.head not in stand_in or stand_in[edge.head].key == edge.head:
            return edge
        factor, local = self.users[edge.head][0].local, edge.local
        if factor is None:
            local = None
        elif local is not None:  # as in the engine: a gradient of 0 is not propagated
            local = local * factor if factor else 0.0
        rule = "chain rule"
        return replace(edge, head=stand_in[edge.head].key, local=local, formula=None, rule=rule)


def _names(formula: Expr | None) -> set[str]:
    return set() if formula is None else set(map(str, quantities(formula)))


def _written(weighted: Node, neuron: Node) -> Expr:
    """What a neuron's box says: its activation of Σ x·w + b."""
    row = weighted.operation if weighted.operation in _SUMS else "wsum"
    inside = Name(OPS[row].text)
    return inside if neuron is weighted else Call(neuron.operation, (inside,))
