"""Graphviz, wherever it is: ``dot`` on PATH, or what pygraphviz carries; and what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from micrograd_like.errors import MicrogradLikeError

#: Seconds that Graphviz is given.
TIME_LIMIT = 20.0

_NONE_FOUND = (
    "drawing needs Graphviz, and there is none here: install Graphviz, so that `dot` is on PATH "
    "(https://graphviz.org/download), or `pip install pygraphviz`, which brings it along; "
    "DOT text needs neither: draw_dot(…).source, or `micrograd-like draw FILE -o out.dot`"
)


class DrawingError(MicrogradLikeError, RuntimeError):
    """There is no Graphviz, or it cannot draw this, or not in time."""


Point = tuple[float, float]
#: Graphviz in the process itself, where no program can be started, as in a browser: DOT and a
#: format to what is made of it.
_within: list[Callable[[str, str], str]] = []


def lay_out_with(graphviz: Callable[[str, str], str]) -> None:
    """Ask this Graphviz before any other: it takes DOT and a format, and raises what it cannot."""
    _within[:] = [graphviz]


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in points, y downwards from the top.

    Attributes:
        boxes: The centre of every node, by its identifier.
        curves: For every arrow its Bézier points and its tip.
        labels: The centre of every arrow's label.
        frames: Every group's left, top, right and bottom.
    """

    width: float
    height: float
    boxes: dict[str, Point]
    curves: dict[str, tuple[tuple[Point, ...], Point]]
    labels: dict[str, Point]
    frames: dict[str, tuple[float, float, float, float]]


def run(dot: str, format: str, *options: str) -> bytes:
    """What Graphviz makes of the DOT text.

    Raises:
        DrawingError: There is no Graphviz, it cannot draw the graph, or takes more than
            :data:`TIME_LIMIT` seconds.
    """
    for graphviz in _within:
        try:
            return graphviz(dot, format).encode()
        except Exception as error:
            raise DrawingError(f"Graphviz could not make {format}: {error}") from error
    failures = []
    for command, environment in _engines(format, options):
        try:
            done = subprocess.run(
                command,
                input=dot.encode(),
                capture_output=True,
                timeout=TIME_LIMIT,
                env=environment,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DrawingError(
                f"Graphviz took more than {TIME_LIMIT:g} seconds to lay this out and was stopped: "
                "draw a node nearer to the inputs, a smaller network, or less detail"
            ) from None
        except OSError as error:
            failures.append(str(error))
            continue
        if done.returncode == 0 and done.stdout:
            return done.stdout
        failures.append(done.stderr.decode(errors="replace").strip().partition("\n")[0])
    if failures:
        raise DrawingError(f"Graphviz could not make {format}: {'; '.join(failures)}")
    raise DrawingError(_NONE_FOUND)


def drawable() -> bool:
    """Whether there is a Graphviz."""
    return bool(_within) or shutil.which("dot") is not None or find_spec("pygraphviz") is not None


def _engines(
    format: str, options: tuple[str, ...]
) -> Iterator[tuple[list[str], dict[str, str] | None]]:
    if path := shutil.which("dot"):
        yield [path, f"-T{format}", *options], None
    if find_spec("pygraphviz") is not None:
        path = os.pathsep.join(filter(None, sys.path))
        yield (
            [sys.executable, "-m", "visualize.bundled", format],
            {**os.environ, "PYTHONPATH": path},
        )


def placed(skeleton: str) -> Layout:
    """Where everything goes.

    Raises:
        DrawingError: As for :func:`run`.
    """
    graph = json.loads(run(skeleton, "json0"))
    left, bottom, right, top = map(float, graph["bb"].split(","))
    boxes: dict[str, Point] = {}
    frames = {}

    def point(written: str) -> Point:
        x, y = map(float, written.split(","))
        return x - left, top - y

    for thing in graph.get("objects", ()):
        if "bb" in thing:
            x0, y0, x1, y1 = map(float, thing["bb"].split(","))
            frames[thing["id"]] = x0 - left, top - y1, x1 - left, top - y0
        elif "pos" in thing:
            boxes[thing["name"]] = point(thing["pos"])
    curves, labels = {}, {}
    for edge in graph.get("edges", ()):
        if edge.get("style") == "invis":
            continue
        curves[edge["id"]] = _curve(edge, point)
        if "lp" in edge:
            labels[edge["id"]] = point(edge["lp"])
    return Layout(right - left, top - bottom, boxes, curves, labels, frames)


def _curve(edge: dict[str, Any], point: Any) -> tuple[tuple[Point, ...], Point]:
    """The points of ``e,x,y x,y x,y …``: the tip is written first."""
    tip: Point | None = None
    points: list[Point] = []
    for part in edge["pos"].split():
        if part.startswith("e,"):
            tip = point(part[2:])
        elif not part.startswith("s,"):
            points.append(point(part))
    return tuple(points), tip or points[-1]
