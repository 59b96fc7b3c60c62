"""Expressions and names as people write them: a notation is a file here, ``as_….py``.

Text for a terminal has products with ·, minus signs as −, a negative factor in brackets; LaTeX is
for a page; what is typed into a worksheet reads back as the same expression. How a function is
written stands in its row of the operation table.
"""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
