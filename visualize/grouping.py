"""What belongs together in a picture: layers, neurons, and boxes beside each other."""

from __future__ import annotations

from dataclasses import replace

from micrograd_like.notation import text
from visualize.records import Box, Group
from visualize.snapshot.records import Snapshot
from visualize.words import slug


def node_id(key: str) -> str:
    """The identifier of a node's box."""
    return f"node-{slug(key)}"


def groups(shot: Snapshot) -> tuple[Group, ...]:
    """Frames: a layer's, with its neurons' inside where these are more than one box."""
    layers: dict[int, dict[int, list[str]]] = {}
    formulas: dict[int, set[str]] = {}
    for node in shot.nodes:
        if node.layer:
            if node.formula is not None:
                formulas.setdefault(node.layer, set()).add(text(node.formula))
            neurons = layers.setdefault(node.layer, {})
            neurons.setdefault(node.neuron, []).append(node_id(node.key))
    framed = []
    for layer, neurons in sorted(layers.items()):
        if shot.detail == "neurons":
            title = f"layer {layer}"
            if len(written := formulas.get(layer, set())) == 1:
                title += f": {written.pop()}"
            boxes = tuple(box for own in neurons.values() for box in own)
            framed.append(
                Group(f"layer-{layer}", title, boxes, in_order=len(boxes) == len(neurons))
            )
        else:
            inner = tuple(
                Group(f"layer-{layer}-neuron-{n}", f"neuron {n}", tuple(own))
                for n, own in neurons.items()
            )
            framed.append(Group(f"layer-{layer}", f"layer {layer}", (), inner))
    return tuple(framed)


def evened(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    """The boxes, those of one layer as wide as its widest."""
    widest: dict[int, float] = {}
    for box in boxes:
        widest[box.node.layer] = max(box.width, widest.get(box.node.layer, 0.0))
    return tuple(
        replace(box, width=widest[box.node.layer]) if box.node.layer else box for box in boxes
    )


def ranks(shot: Snapshot) -> tuple[tuple[str, ...], ...]:
    """The boxes that belong beside each other."""
    return tuple(tuple(map(node_id, rank)) for rank in rank_keys(shot))


def rank_keys(shot: Snapshot) -> tuple[tuple[str, ...], ...]:
    """Computed nodes equally far from the inputs and from the output: a1 and a2, z1 and z2."""
    if shot.detail == "operations":
        return ()
    inputs: dict[str, int] = {node.key: 0 for node in shot.nodes}
    output = dict(inputs)
    for edge in shot.edges:  # in the order of their heads
        inputs[edge.head] = max(inputs[edge.head], inputs[edge.tail] + 1)
    for edge in reversed(shot.edges):
        output[edge.tail] = max(output[edge.tail], output[edge.head] + 1)
    found: dict[tuple[int, int], list[str]] = {}
    for node in shot.nodes:
        if inputs[node.key]:
            found.setdefault((inputs[node.key], output[node.key]), []).append(node.key)
    return tuple(tuple(rank) for rank in found.values() if len(rank) > 1)
