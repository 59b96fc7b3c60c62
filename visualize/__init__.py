"""Pictures of computation graphs, and a page to step through them. Nothing is computed here.

What is imported from here is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visualize.dot import draw_dot
    from visualize.notebook import show
    from visualize.html_page import page
    from visualize.picture_stub import svg

_HOME = {"draw_dot": "dot", "page": "html_page", "show": "notebook", "svg": "picture_stub"}

__all__ = ["draw_dot", "page", "show", "svg"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"visualize.{_HOME[name]}"), name)
    raise AttributeError(f"module 'visualize' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
