"""Graphs whose leaves were given other numbers since.

A graph holds the numbers of the moment in which it was built. After an optimiser's step, say,
its leaves have new ones, and all that was computed from them is old.
"""

from __future__ import annotations

from micrograd_like.engine.order import topological_order
from micrograd_like.engine.value import Value, apply
from micrograd_like.errors import DomainError, StaleGraphError, printable


def outdated(output: Value) -> Value | None:
    """The first operation behind ``output`` that gives another number now; None if none does."""
    for node in topological_order(output):
        if node.inputs and _again(node) != node._data:
            return node
    return None


def check_fresh(output: Value, what: str) -> None:
    """Refuse a graph whose numbers are old.

    Args:
        output: Its output.
        what: What was asked for, to begin the sentence with.

    Raises:
        StaleGraphError: Some leaf was given another number after the graph was built.
    """
    node = outdated(output)
    if node is None:
        return
    name = printable(node.label) or f"{node.op}(…)"
    operands = ", ".join(
        f"{printable(i.label) or 'an operand'} = {i._data:.6g}" for i in node.inputs[:4]
    )
    raise StaleGraphError(
        f"{what}: expected a graph with the numbers of now; {name} = {node._data:.6g} was computed "
        f"before its inputs were set to {operands}. Build it again, or call recompute() of its "
        "output"
    )


def _again(node: Value) -> float | None:
    try:
        return apply(node.op, *node.inputs)._data
    except DomainError:
        return None
