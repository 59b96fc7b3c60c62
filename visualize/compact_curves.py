"""Arrows between small boxes: curves from side to side, and where a number stands beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from visualize.graph_model import HIGH, wide
from visualize.layout import Point
from visualize.snapshot.records import Edge, Snapshot

#: Between the ends of several arrows at one side of a box.
_ENDS = 15.0
#: The room of a label.
_LABEL, _LINE = 46.0, 17.0
#: Where it stands beside an arrow that runs down, and above or below one that runs across.
_ASIDES = ((33.0, 0.0), (-33.0, 0.0))
_ABOVES = ((0.0, -13.0), (0.0, 13.0), (0.0, -38.0), (0.0, 38.0))
#: What a ring adds to a box.
_RING = 8.0


def curves(
    shot: Snapshot,
    boxes: Mapping[str, Point],
    routes: Mapping[int, list[Point]],
    upright: bool,
) -> list[dict[str, Any]]:
    """For every arrow the points of its curve, from side to side, and where its label stands."""
    widths = {node.key: wide(node) for node in shot.nodes}
    across = 0 if upright else 1  # the coordinate along a side where arrows along the ranks end
    at = {edge: _ends(shot, boxes, routes, edge, across) for edge in (0, 1)}
    taken = [_Area(x, y, widths[key] + _RING, HIGH + _RING) for key, (x, y) in boxes.items()]
    found = []
    for place, edge in enumerate(shot.edges):
        if place in routes:
            points: list[Any] = [list(point) for point in routes[place]]
            for end, near in ((0, 1), (-1, -2)):
                for point in (points[end], points[near]):
                    point[across] += at[-end][place]
        else:
            points = [*_beside(shot, boxes, widths, edge, upright)]
        label = _label(points, taken)
        taken.append(_Area(*label, _LABEL, _LINE))
        found.append(
            {
                "points": [[round(x, 1), round(y, 1)] for x, y in points],
                "label": [round(part, 1) for part in label],
            }
        )
    return found


def _ends(
    shot: Snapshot,
    boxes: Mapping[str, Point],
    routes: Mapping[int, list[Point]],
    end: int,
    across: int,
) -> dict[int, float]:
    """How far from the middle of its side each arrow leaves its tail (0) or enters its head (1)."""
    sides: dict[str, list[tuple[float, int]]] = {}
    for place in routes:
        edge = shot.edges[place]
        here, there = (edge.tail, edge.head)[:: -1 if end else 1]
        sides.setdefault(here, []).append((boxes[there][across], place))
    return {
        place: offset
        for side in sides.values()
        for (_, place), offset in zip(
            sorted(side), _spread(len(side), HIGH - 20, _ENDS), strict=True
        )
    }


def _spread(count: int, room: float, most: float) -> list[float]:
    """So many places around 0, at most so far apart, in so much room."""
    step = min(most, room / max(count - 1, 1))
    return [(place - (count - 1) / 2) * step for place in range(count)]


def _beside(
    shot: Snapshot,
    boxes: Mapping[str, Point],
    widths: Mapping[str, float],
    edge: Edge,
    upright: bool,
) -> list[Point]:
    """The curve from a parameter to the node that it stands beside."""
    (x, y), (hx, hy) = boxes[edge.tail], boxes[edge.head]
    along = 1 if upright else 0
    toward = 0 if upright else 1
    side = boxes[edge.tail][toward] < boxes[edge.head][toward]
    same = sorted(
        boxes[e.tail][along]
        for e in shot.edges
        if e.head == edge.head
        and boxes[e.tail][toward] == boxes[edge.tail][toward]
        and (boxes[e.tail][toward] < boxes[e.head][toward]) == side
    )
    place = same.index(boxes[edge.tail][along])
    if upright:
        sign = 1 if side else -1
        start = x + sign * widths[edge.tail] / 2, y
        end = hx - sign * widths[edge.head] / 2, hy + _spread(len(same), HIGH - 16, 18)[place]
        middle = (start[0] + end[0]) / 2
        return [start, (middle, start[1]), (middle, end[1]), end]
    sign = 1 if side else -1
    start = x, y + sign * HIGH / 2
    end = hx + _spread(len(same), widths[edge.head] - 24, 40)[place], hy - sign * HIGH / 2
    middle = (start[1] + end[1]) / 2
    return [start, (start[0], middle), (end[0], middle), end]


@dataclass(frozen=True, slots=True)
class _Area:
    """A rectangle around a centre."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: _Area) -> bool:
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


def _label(points: Sequence[Sequence[float]], taken: Sequence[_Area]) -> Point:
    """A place for a number beside the curve, where nothing else stands if there is one."""
    (x, y), *_, (u, v) = points
    down = abs(u - x) < abs(v - y)
    beside = (*_ASIDES, *_ABOVES) if down else (*_ABOVES, *_ASIDES)
    choices = [
        (x + dx, y + dy)
        for t in (0.5, 0.35, 0.65, 0.22, 0.78)
        for x, y in [_on(points, t)]
        for dx, dy in beside
    ]
    free = (c for c in choices if not any(_Area(*c, _LABEL, _LINE).meets(o) for o in taken))
    return next(free, choices[0])


def _on(points: Sequence[Sequence[float]], t: float) -> Point:
    """The point at a part of the way along a chain of cubic curves."""
    pieces = (len(points) - 1) // 3
    piece = min(int(t * pieces), pieces - 1)
    u = t * pieces - piece
    weights = (1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u), u**3
    four = points[3 * piece : 3 * piece + 4]
    x, y = (sum(w * p[i] for w, p in zip(weights, four, strict=True)) for i in (0, 1))
    return x, y
