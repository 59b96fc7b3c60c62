"""A graph as a person reads it: between its named nodes."""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
