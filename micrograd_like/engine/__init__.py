"""Scalar reverse-mode automatic differentiation: values, gradients of any order, gradcheck."""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
