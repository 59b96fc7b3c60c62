"""Worksheets: a hand calculation as people have it, read into statements and a graph."""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
