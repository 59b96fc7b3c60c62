"""A graph as a person reads it: between its named nodes."""

from __future__ import annotations

from micrograd_like.graph.labels import Label, quantity_of
from micrograd_like.graph.named import MAX_UNNAMED, Link, NamedGraph, constant

__all__ = ["MAX_UNNAMED", "Label", "Link", "NamedGraph", "constant", "quantity_of"]
