"""The small expression language in which the operation table is written.

A formula such as ``out * (1 - out)`` is parsed once into a tree of four kinds of node;
everything else is an interpreter over that tree: :func:`substitute` puts operands in,
:func:`evaluate` computes with whatever numbers it is given (floats, complex numbers,
``Value`` nodes), :func:`emit` prints source for the engine and the tape, :func:`simplify`
does what a hand would do without thinking (``1 * x``, ``2 - 1``).
"""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
