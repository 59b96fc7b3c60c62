"""The worked 2-2-1 example of a class: the calculation, and what the class published of it."""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
