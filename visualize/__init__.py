"""Pictures of computation graphs, and a page to step through them. Nothing is computed here.

What is imported from here is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from micrograd_like.snapshot import TooLargeError
    from visualize.draw import draw_dot, render, svg
    from visualize.html_page import page
    from visualize.layout import DrawingError
    from visualize.notebook import show

_HOME = {
    "DrawingError": "visualize.layout",
    "TooLargeError": "micrograd_like.snapshot",
    "draw_dot": "visualize.draw",
    "page": "visualize.html_page",
    "render": "visualize.draw",
    "show": "visualize.notebook",
    "svg": "visualize.draw",
}

__all__ = ["DrawingError", "TooLargeError", "draw_dot", "page", "render", "show", "svg"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'visualize' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
