"""A graph as Graphviz's DOT."""

from __future__ import annotations

from typing import Literal

import graphviz

from micrograd_like.engine import Constant, Value
from micrograd_like.notation import name_text, number
from micrograd_like.ops import OPS
from micrograd_like.order import topological_order

#: More boxes than anybody reads, and than Graphviz lays out in reasonable time.
MAX_NODES = 500


def draw_dot(
    root: Value, *, direction: Literal["LR", "TB"] = "LR", places: int = 4
) -> graphviz.Digraph:
    """The graph that ``root`` depends on, one box a node, one arrow an operand.

    A box has the node's name, its value, its gradient (or that there is none yet) and the
    operation; an arrow has ∂node/∂operand, save from a constant. Leaves are boxes with
    square corners, computed nodes have round ones, constants are plain.

    direction:  "LR" from left to right, "TB" from top to bottom
    places:     decimals shown

    Errors: TypeError for what is no Value, ValueError for another direction or for more
    than :data:`MAX_NODES` nodes.
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw_dot: expected a Value, got {root!r} ({type(root).__name__})")
    if direction not in ("LR", "TB"):
        raise ValueError(f"draw_dot: expected the direction 'LR' or 'TB', got {direction!r}")
    order = topological_order(root)
    if len(order) > MAX_NODES:
        raise ValueError(
            f"draw_dot: {len(order):,} nodes are more than can be read, expected at most "
            f"{MAX_NODES}; draw a node nearer to the inputs, or a smaller network"
        )
    dot = graphviz.Digraph(
        graph_attr={"rankdir": direction},
        node_attr={"shape": "box", "fontname": "Helvetica", "fontsize": "11"},
        edge_attr={"fontname": "Helvetica", "fontsize": "10"},
    )
    identifiers = {node: f"n{place}" for place, node in enumerate(order)}
    for node in order:
        style = {} if isinstance(node, Constant) else {"style": "rounded" if node.op else "bold"}
        shape = {"shape": "plain"} if isinstance(node, Constant) else {}
        label = graphviz.nohtml(r"\n".join(map(graphviz.escape, _lines(node, places))))
        dot.node(identifiers[node], label, **style, **shape)
        for input, partial in zip(node.inputs, node.partials, strict=True):
            local = "" if isinstance(input, Constant) else f" {number(partial, places)} "
            dot.edge(identifiers[input], identifiers[node], label=graphviz.escape(local))
    return dot


def _lines(node: Value, places: int) -> list[str]:
    if isinstance(node, Constant):
        return [number(node.data, places)]
    title = name_text(node.label)
    if node.op:
        operation = OPS[node.op].text.replace("#1", "·") or node.op
        title = f"{title} = {operation}" if title else operation
    gradient = f"grad {number(node.grad, places)}" if node.has_grad else "no gradient yet"
    return [line for line in (title, number(node.data, places), gradient) if line]
