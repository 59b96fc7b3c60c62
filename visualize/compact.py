"""Where the small boxes of a graph go: Graphviz's layout, each parameter beside its one user.

A node and the parameters that it alone uses are laid out as one block, so that a parameter stands
on the rank of what it enters: above or below it where the graph runs from left to right, beside it
where the graph stands upright. Positions alone are kept here, so they last while numbers change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_like.graph import PARAMETERS
from visualize.graph_model import HIGH, wide
from visualize.grouping import rank_keys
from visualize.layout import Point, run
from visualize.snapshot.records import Edge, Snapshot

#: Between boxes of one block: beside each other, and between a parameter and its user.
_BESIDE, _ABOVE, _ASIDE = 12.0, 40.0, 16.0
#: How far a row of parameters may hang into the room between ranks.
_OVER = 20.0
#: Parameters at most that stand on one side alone, in a row and in a stack.
_ROW, _STACK = 2, 4
#: Graphviz's distances in inches, and its points to the inch.
_RANKS, _INCH = 0.67, 72.0
_APART = {False: 0.34, True: 0.17}
#: Between the ends of several arrows at one side of a box.
_ENDS = 15.0
_MARGIN = 9.0
#: The room of a label.
_LABEL, _LINE = 46.0, 17.0
#: Where it stands beside an arrow that runs down, and above or below one that runs across.
_ASIDES = ((33.0, 0.0), (-33.0, 0.0))
_ABOVES = ((0.0, -13.0), (0.0, 13.0), (0.0, -38.0), (0.0, 38.0))
#: What a ring adds to a box.
_RING = 8.0


@dataclass(frozen=True, slots=True)
class _Block:
    """A node with its parameters: the places of the boxes, from the block's own centre."""

    key: str
    boxes: Mapping[str, Point]
    width: float
    height: float


def layouts(shot: Snapshot) -> dict[str, Any]:
    """The graph from left to right, and upright, laid out by Graphviz.

    Raises:
        DrawingError: There is no Graphviz, or it cannot lay this out.
    """
    return {
        name: places(shot, json.loads(run(skeleton(shot, upright), "json0")), upright)
        for name, upright in (("along", False), ("upright", True))
    }


def skeleton(shot: Snapshot, upright: bool) -> str:
    """The blocks and the arrows between them as DOT, to be laid out."""
    blocks = _blocks(shot, upright)
    owner = {key: place for place, block in enumerate(blocks) for key in block.boxes}
    widths = {node.key: wide(node) for node in shot.nodes}
    ends = ("s", "n") if upright else ("e", "w")
    lines = [
        f"rankdir={'TB' if upright else 'LR'} ranksep={_RANKS} nodesep={_APART[upright]}",
        'node [shape=none margin=0 fixedsize=true label=""] edge [arrowhead=none]',
    ]
    for place, block in enumerate(blocks):
        size = f"width={block.width / _INCH:.4f} height={block.height / _INCH:.4f}"
        lines.append(f"b{place} [{size} label=<{_table(block, widths[block.key])}>]")
    for place, edge in enumerate(shot.edges):
        tail, head = owner[edge.tail], owner[edge.head]
        if tail != head:
            lines.append(f"b{tail}:c:{ends[0]} -> b{head}:c:{ends[1]} [id=e{place}]")
    for rank in rank_keys(shot):
        beside = " -> ".join(f"b{owner[key]}" for key in rank)
        lines.append(f"{{rank=same edge [style=invis] {beside}}}")
    return "digraph {\n" + "\n".join(lines) + "\n}\n"


def places(shot: Snapshot, laid_out: Mapping[str, Any], upright: bool) -> dict[str, Any]:
    """Where boxes and arrows go, of what Graphviz made of the skeleton (its format json0)."""
    left, bottom, right, top = map(float, laid_out["bb"].split(","))
    blocks = _blocks(shot, upright)
    centres = {
        thing["name"]: _point(thing["pos"], left, top)
        for thing in laid_out["objects"]
        if "pos" in thing
    }
    boxes = {
        key: (x + dx, y + dy)
        for place, block in enumerate(blocks)
        for x, y in [centres[f"b{place}"]]
        for key, (dx, dy) in block.boxes.items()
    }
    routes = {
        int(edge["id"][1:]): [_point(part, left, top) for part in edge["pos"].split()]
        for edge in laid_out.get("edges", ())
        if edge.get("style") != "invis"
    }
    return {
        "width": round(right - left + 2 * _MARGIN, 1),
        "height": round(top - bottom + 2 * _MARGIN, 1),
        "boxes": {key: [round(x, 1), round(y, 1)] for key, (x, y) in boxes.items()},
        "curves": _curves(shot, boxes, routes, upright),
    }


def _point(written: str, left: float, top: float) -> Point:
    x, y = map(float, written.split(","))
    return x - left + _MARGIN, top - y + _MARGIN


# Blocks.


def _blocks(shot: Snapshot, upright: bool) -> list[_Block]:
    nodes = {node.key: node for node in shot.nodes}
    users: dict[str, list[str]] = {}
    for edge in shot.edges:
        users.setdefault(edge.tail, []).append(edge.head)
    own: dict[str, list[str]] = {}
    for key, node in nodes.items():
        if node.role in PARAMETERS and len(used := users.get(key, [])) == 1:
            own.setdefault(used[0], []).append(key)
    beside = {key for keys in own.values() for key in keys}
    widths = {key: wide(node) for key, node in nodes.items()}
    sides = _sides(shot, own, _STACK if upright else _ROW)
    return [
        _block(key, sides.get(key, ((), ())), widths, upright) for key in nodes if key not in beside
    ]


def _sides(
    shot: Snapshot, own: Mapping[str, Sequence[str]], most: int
) -> dict[str, tuple[Sequence[str], Sequence[str]]]:
    """The parameters on either side of each node: away from what shares its rank, else half."""
    ranks = {key: rank for rank in rank_keys(shot) for key in rank}
    found = {}
    for key, keys in own.items():
        rank = ranks.get(key, (key,))
        turned = 2 * rank.index(key) - (len(rank) - 1)
        few = len(keys) <= most
        first = len(keys) if few and turned < 0 else 0 if few and turned else (len(keys) + 1) // 2
        found[key] = keys[:first], keys[first:]
    return found


def _block(
    key: str, sides: Sequence[Sequence[str]], widths: Mapping[str, float], upright: bool
) -> _Block:
    boxes: dict[str, Point] = {key: (0.0, 0.0)}
    for keys, sign in zip(sides, (-1, 1), strict=True):
        if upright:
            boxes |= _stack(keys, sign, widths, widths[key])
        else:
            boxes |= _row(keys, sign * (HIGH + _ABOVE), widths)
    left = min(x - widths[k] / 2 for k, (x, _) in boxes.items())
    right = max(x + widths[k] / 2 for k, (x, _) in boxes.items())
    low, high = (pick(y for _, y in boxes.values()) for pick in (min, max))
    centre = (left + right) / 2, (low + high) / 2
    moved = {k: (x - centre[0], y - centre[1]) for k, (x, y) in boxes.items()}
    width = right - left if upright else max(widths[key], right - left - 2 * _OVER)
    return _Block(key, moved, width, high - low + HIGH)


def _row(keys: Sequence[str], y: float, widths: Mapping[str, float]) -> dict[str, Point]:
    """Boxes beside each other, around the middle."""
    x = -(sum(widths[key] for key in keys) + _BESIDE * (len(keys) - 1)) / 2
    found = {}
    for key in keys:
        found[key] = x + widths[key] / 2, y
        x += widths[key] + _BESIDE
    return found


def _stack(
    keys: Sequence[str], sign: int, widths: Mapping[str, float], beside: float
) -> dict[str, Point]:
    """Boxes below each other, to one side."""
    middle, step = (len(keys) - 1) / 2, HIGH + _BESIDE
    return {
        key: (sign * (beside / 2 + _ASIDE + widths[key] / 2), (place - middle) * step)
        for place, key in enumerate(keys)
    }


def _table(block: _Block, width: float) -> str:
    """The block as Graphviz's table, the node itself at the port ``c``."""
    x, y = block.boxes[block.key]
    columns = block.width / 2 + x - width / 2, width, block.width / 2 - x - width / 2
    rows = block.height / 2 + y - HIGH / 2, HIGH, block.height / 2 - y - HIGH / 2
    port = ' PORT="c"'
    cells = [
        "".join(
            f'<TD{port * ((i, j) == (1, 1))} FIXEDSIZE="TRUE" '
            f'WIDTH="{across:.0f}" HEIGHT="{high:.0f}"></TD>'
            for j, across in enumerate(columns)
            if across >= 1
        )
        for i, high in enumerate(rows)
        if high >= 1
    ]
    body = "".join(f"<TR>{row}</TR>" for row in cells)
    return f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0">{body}</TABLE>'


# Arrows.


def _curves(
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
