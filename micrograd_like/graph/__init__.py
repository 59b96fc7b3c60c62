"""A graph as a person reads it: between its named nodes."""

from __future__ import annotations

from micrograd_like.graph.named import MAX_UNNAMED, NamedGraph, constant

__all__ = ["MAX_UNNAMED", "NamedGraph", "constant"]
