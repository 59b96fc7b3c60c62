"""The order in which a graph is computed, found with a loop: depth costs no stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from micrograd_like.engine import Value


def topological_order(output: Value, seen: set[Value] | None = None) -> list[Value]:
    """Every node that ``output`` depends on, itself last, each after all of its inputs.

    Inputs come in the order in which they are written, depth first. Nodes in ``seen`` are
    left out, with what only they depend on; those found are added to it.
    """
    order: list[Value] = []
    seen = set() if seen is None else seen
    stack: list[Value | None] = [output]
    pop, push, done, mark = stack.pop, stack.append, order.append, seen.add
    all_seen = seen.issuperset
    while stack:
        node = pop()
        if node is None:  # the mark above a node all of whose inputs are in order
            done(pop())  # type: ignore[arg-type]
        elif node not in seen:
            mark(node)
            if all_seen(inputs := node.inputs):  # a leaf, or a node that leads to nothing new
                done(node)
            else:
                push(node)
                push(None)
                for input in reversed(inputs):
                    if input not in seen:
                        push(input)
    return order
