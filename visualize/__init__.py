"""Pictures of computation graphs, and a page to step through them. Nothing is computed here."""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
