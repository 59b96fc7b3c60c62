"""What a node's label names: a quantity, which the label may carry with it."""

from __future__ import annotations

from micrograd_like.engine import Value
from micrograd_like.formula import Quantity
from micrograd_like.notation import quantity


class Label(str):
    """A node's label that carries the quantity it names, so that nobody reads it again."""

    __slots__ = ("quantity",)
    quantity: Quantity

    def __new__(cls, quantity: Quantity) -> Label:
        """The label of the node that is this quantity."""
        label = super().__new__(cls, quantity)
        label.quantity = quantity
        return label

    def __getnewargs__(self) -> tuple[Quantity]:  # type: ignore[override]
        return (self.quantity,)


def quantity_of(node: Value, otherwise: str = "") -> Quantity:
    """The quantity that a node's label names, a derivative for ``dE/dw``.

    Args:
        node: The node.
        otherwise: A name for a node without a label.
    """
    label = node.label or otherwise
    return label.quantity if isinstance(label, Label) else quantity(label)
