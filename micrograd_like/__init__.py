"""micrograd_like: a scalar autograd engine that shows its work."""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
