"""Where the small boxes of a graph go: Graphviz's layout, each parameter beside its one user.

A node and the parameters that it alone uses are laid out as one block, so that a parameter stands
on the rank of what it enters: above or below it where the graph runs from left to right, beside it
where the graph stands upright. Positions alone are kept here, so they last while numbers change.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_like.graph import PARAMETERS
from visualize.compact_curves import curves
from visualize.graph_model import HIGH, wide
from visualize.grouping import rank_keys
from visualize.layout import Point, run
from visualize.snapshot.records import Snapshot

#: Between boxes of one block: beside each other, and between a parameter and its user.
_BESIDE, _ABOVE, _ASIDE = 12.0, 40.0, 16.0
#: How far a row of parameters may hang into the room between ranks.
_OVER = 12.0
#: Parameters at most that stand on one side alone, in a row and in a stack.
_ROW, _STACK = 2, 4
#: Graphviz's distances in inches, and its points to the inch.
_RANKS, _INCH = 0.67, 72.0
_APART = {False: 0.34, True: 0.17}
_MARGIN = 9.0


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
    width = right - left + 2 * _MARGIN
    before, behind = _overhang(shot, boxes, width)
    boxes = {key: (x + before, y) for key, (x, y) in boxes.items()}
    routes = {place: [(x + before, y) for x, y in route] for place, route in routes.items()}
    return {
        "width": round(before + width + behind, 1),
        "height": round(top - bottom + 2 * _MARGIN, 1),
        "boxes": {key: [round(x, 1), round(y, 1)] for key, (x, y) in boxes.items()},
        "curves": curves(shot, boxes, routes, upright),
    }


def _overhang(shot: Snapshot, boxes: Mapping[str, Point], width: float) -> tuple[float, float]:
    """How far boxes that hang over their rank reach out of the picture, left and right."""
    sides = [(boxes[n.key][0] - wide(n) / 2, boxes[n.key][0] + wide(n) / 2) for n in shot.nodes]
    left = min(left for left, _ in sides) - _MARGIN
    right = width - _MARGIN - max(right for _, right in sides)
    return max(0.0, -left), max(0.0, -right)


def _point(written: str, left: float, top: float) -> Point:
    x, y = map(float, written.split(","))
    return x - left + _MARGIN, top - y + _MARGIN


# Blocks.


def _blocks(shot: Snapshot, upright: bool) -> list[_Block]:
    nodes = {node.key: node for node in shot.nodes}
    own = _own(shot)
    beside = {key for keys in own.values() for key in keys}
    widths = {key: wide(node) for key, node in nodes.items()}
    sides = _sides(shot, own, _STACK if upright else _ROW)
    return [
        _block(key, sides.get(key, ((), ())), widths, upright) for key in nodes if key not in beside
    ]


def _own(shot: Snapshot) -> dict[str, list[str]]:
    """For each node the leaves that stand beside it: its own parameters, and of others several.

    Other leaves that it alone uses are like parameters where it also uses what is not its own, as
    x in w·x + u·h + b; a single one, as a target, flows along.
    """
    roles = {node.key: node.role for node in shot.nodes}
    users = Counter(edge.tail for edge in shot.edges)
    inputs: dict[str, list[str]] = {key: [] for key in roles}
    for edge in shot.edges:
        inputs[edge.head].append(edge.tail)
    found = {}
    for key, tails in inputs.items():
        alone = [leaf for leaf in roles if leaf in tails and not inputs[leaf] and users[leaf] == 1]
        others = [tail for tail in alone if roles[tail] not in PARAMETERS]
        if len(others) < 2 or len(alone) == len(tails):
            alone = [tail for tail in alone if roles[tail] in PARAMETERS]
        if alone:
            found[key] = alone
    return found


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
