"""Graphs whose leaves were given other numbers since.

A graph holds the numbers, and the slopes, of the moment in which it was built. After an
optimiser's step, say, its leaves have new ones, and all that was computed from them is old:
nothing is differentiated, derived or drawn before it is computed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from micrograd_like.engine.order import topological_order
from micrograd_like.engine.value import Constant
from micrograd_like.errors import StaleGraphError, printable

if TYPE_CHECKING:
    from micrograd_like.engine.value import Value


def outdated(output: Value) -> Value | None:
    """The first operation behind ``output`` that gives other numbers now; None if none does."""
    return next((node for node in topological_order(output) if not node.holds()), None)


def check_fresh(output: Value, what: str) -> None:
    """Refuse a graph whose numbers are old.

    Args:
        output: Its output.
        what: What was asked for, to begin the sentence with.

    Raises:
        StaleGraphError: Some number was set to another after what rests on it was computed.
    """
    node = outdated(output)
    if node is None:
        return
    name = printable(node.label) or f"{node.op}(…)"
    inputs = dict.fromkeys(i for i in node.inputs if not isinstance(i, Constant))
    operands = ", ".join(
        f"{printable(i.label) or 'an operand'} = {i._data:.6g}" for i in [*inputs][:4]
    )
    raise StaleGraphError(
        f"{what}: expected a graph with the numbers of now; {name} = {node._data:.6g} was computed "
        f"before its inputs were set to {operands}. Build it again, or call recompute() of its "
        "output"
    )
