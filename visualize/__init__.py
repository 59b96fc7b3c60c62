"""Pictures of computation graphs. Nothing is computed here: numbers come from the graph."""

from visualize.dot import draw_dot

__all__ = ["draw_dot"]
