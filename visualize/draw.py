"""Pictures of a computation graph: DOT, SVG, and files. Numbers come from the graph.

All functions take the same options; :func:`svg` says what they mean.
"""

from __future__ import annotations

from collections.abc import Collection

import graphviz

from micrograd_like.engine import Value
from micrograd_like.nn import Module
from micrograd_like.worksheet import Worksheet
from visualize.as_dot import to_dot, to_skeleton
from visualize.as_svg import to_svg
from visualize.drawing import SHOWN, drawing
from visualize.layout import placed, run
from visualize.options import Detail, Direction, Picture
from visualize.records import Drawing
from visualize.snapshot import snapshot
from visualize.snapshot.records import Snapshot

Root = Value | Worksheet | Snapshot


def draw_dot(
    root: Root,
    *,
    path: str | Value | None = None,
    detail: Detail | None = None,
    parameters: Collection[str] = (),
    module: Module | None = None,
    direction: Direction = "LR",
    show: Collection[str] = SHOWN,
    places: int = 4,
    group: bool | None = None,
) -> graphviz.Digraph:
    """The graph for Graphviz: its ``source`` is the DOT text, which needs no Graphviz.

    The options are those of :func:`svg`.

    Raises:
        TypeError: ``root`` or an option is of another type.
        ValueError: An option has another value.
        TooLargeError: The graph is above the bounds. It is a ValueError.
    """
    shot = _snapshot(root, path, detail, parameters, module)
    return to_dot(drawing(shot, direction, show, places, group))


def svg(
    root: Root,
    *,
    path: str | Value | None = None,
    detail: Detail | None = None,
    parameters: Collection[str] = (),
    module: Module | None = None,
    direction: Direction = "LR",
    show: Collection[str] = SHOWN,
    places: int = 4,
    group: bool | None = None,
    prefix: str = "",
) -> str:
    """The graph as one ``<svg>`` element, for a file or inside a page.

    Every node is ``<g id="node-w5" class="node parameter" data-name="w5">`` with its texts
    in elements of class ``name``, ``operation``, ``value`` and ``gradient``; every arrow is
    ``<g id="edge-w5-to-a3" class="edge" data-tail="w5" data-head="a3">`` with its text in
    ``formula`` and ``local``; what is on the highlighted paths has the class ``on-path``.

    Args:
        root: A Value, whose graph is drawn, a Worksheet, whose cost's graph is drawn, or a
            snapshot of either.
        path: A derivative whose paths are highlighted, such as ``"dE/dw1"``.
        detail: "names", "operations" or "neurons"; see :func:`visualize.snapshot.snapshot`.
        parameters: Names of leaves that are parameters.
        module: A network whose parameters are parameters.
        direction: "LR" from left to right, "TB" from top to bottom.
        show: Which of "operations", "values", "gradients", "derivatives" stand beside names.
        places: Decimals shown, from 1 to 15.
        group: Whether layers and neurons get frames; by default where a neuron is one box.
        prefix: Stands before every ``id``, for several pictures on one page.

    Raises:
        TypeError: ``root`` or an option is of another type.
        ValueError: An option has another value.
        TooLargeError: The graph is above the bounds. It is a ValueError.
        DrawingError: There is no Graphviz to lay it out, or it takes too long.
    """
    shot = _snapshot(root, path, detail, parameters, module)
    return _drawn(drawing(shot, direction, show, places, group), prefix)


def render(
    root: Root,
    format: Picture,
    *,
    path: str | Value | None = None,
    detail: Detail | None = None,
    parameters: Collection[str] = (),
    module: Module | None = None,
    direction: Direction = "LR",
    show: Collection[str] = SHOWN,
    places: int = 4,
    group: bool | None = None,
) -> bytes:
    """The graph as a file of the format "svg", "png", "pdf" or "dot".

    The options and the exceptions are those of :func:`svg`; "dot" needs no Graphviz.
    """
    if format not in ("svg", "png", "pdf", "dot"):
        raise ValueError(f"expected the format 'svg', 'png', 'pdf' or 'dot', got {format!r}")
    shot = _snapshot(root, path, detail, parameters, module)
    made = drawing(shot, direction, show, places, group)
    if format == "svg":
        return _drawn(made, "").encode()
    dot = to_dot(made)
    if format == "dot":
        return str(dot.source).encode()
    if format == "png":
        dot.attr(dpi="144")
    return run(dot.source, format)


def _snapshot(
    root: Root,
    path: str | Value | None,
    detail: Detail | None,
    parameters: Collection[str],
    module: Module | None,
) -> Snapshot:
    if isinstance(root, Snapshot):
        return root
    return snapshot(root, path=path, detail=detail, parameters=parameters, module=module)


def _drawn(made: Drawing, prefix: str) -> str:
    return to_svg(made, placed(to_skeleton(made)), prefix)
