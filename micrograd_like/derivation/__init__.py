"""Derivatives worked out, and graphs walked step by step: records only."""

from __future__ import annotations

from micrograd_like.derivation.derive import Derivation, Path, derive

__all__ = ["Derivation", "Path", "derive"]
