"""A graph as data for the component that draws it in a browser: small boxes, arrows, marks.

Nothing of the mathematics is left to the browser: numbers are written out, the flow along every
arrow, ∂E/∂head · ∂head/∂tail, is worked out, and verdicts are those of a report.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from micrograd_like.formula import Derivative, Quantity
from micrograd_like.graph import ROLES
from micrograd_like.marking.records import VERDICTS, LineMark, Report
from micrograd_like.notation import name_text, number, text
from micrograd_like.ops import OPS
from visualize.snapshot.records import Edge, Node, Snapshot
from visualize.words import shortened

#: A box: its height, and its least width.
HIGH, WIDE = 48.0, 92.0
#: A name's letters at most, and how wide they are as they are set; a figure, and a point.
_LETTERS = 14
_LETTER = {"i": 10.0, "u": 10.0, "b": 7.2}
_FIGURE, _POINT = 7.4, 3.7
#: Verdicts that are shown at a box.
_SHOWN = ("wrong", "follows")
#: Figures of a number in a box.
_FIGURES = 6

#: Pieces of a name: what it is, and how it is set (i italic, u upright, b below).
Runs = list[tuple[str, str]]


def graph_model(shot: Snapshot, report: Report | None = None) -> dict[str, Any]:
    """The graph's boxes and arrows as JSON takes them, with the marks of a report."""
    nodes = {node.key: node for node in shot.nodes}
    flows = [_flow(edge, nodes[edge.head]) for edge in shot.edges]
    largest = max([1.0, *(abs(flow) for flow in flows if flow is not None)])
    rings = _rings(shot, report) if report is not None else {}
    return {
        "output": shot.output,
        "name": runs(nodes[shot.output].name),
        "nodes": [_node(node, shot, rings) for node in shot.nodes],
        "edges": [
            _edge(edge, nodes, flow, largest, rings)
            for edge, flow in zip(shot.edges, flows, strict=True)
        ],
    }


def runs(name: Quantity) -> Runs:
    """A name in pieces as it is set: one letter in italics, its index below.

    >>> from micrograd_like.formula import Name
    >>> runs(Name("w5'")), runs(Name("loss"))
    ([('w', 'i'), ('5', 'b'), ('′', 'i')], [('loss', 'u')])
    """
    if isinstance(name, Derivative):
        return [("∂", "u"), *runs(name.of), ("/∂", "u"), *runs(name.wrt)]
    said = shortened(name_text(name), _LETTERS)
    match = re.fullmatch(r"([^\W\d_]+\u0302?)_?(\w*?)('*)", said)
    base, index, primes = match.groups() if match else (said, "", "")
    if match and not index and (digits := re.fullmatch(r"(\D+?)(\d+)", base)):
        base, index = digits.groups()
    found: Runs = [(base, "i" if len(base.rstrip("\u0302")) == 1 else "u")]
    found += [(index, "b")] if index else []
    return [*found, ("′" * len(primes), "i")] if primes else found


def wide(node: Node) -> float:
    """The width of a node's box: the common one, or as wide as its name and numbers need."""
    name = sum(len(piece) * _LETTER[kind] for piece, kind in _called(node))
    value = _written(box_number(node.value, node.role))
    return max(
        WIDE, 2.0 * round(14 + max(name + value, 14 + _written(box_number(node.gradient))) / 2)
    )


def _written(figures: str) -> float:
    return sum(_POINT if figure == "." else _FIGURE for figure in figures)


def box_number(value: float | None, role: str = "") -> str:
    """A number in a box: four decimals, fewer of a large one; a given one as it was written."""
    if value is None:
        return ""
    if not math.isfinite(value) or value == 0:
        return number(value)
    if role in ("given", "parameter") and len(written := number(value)) <= _FIGURES + 2:
        return written
    size = abs(value)
    if value.is_integer() and size < 10**_FIGURES:
        return number(value)
    if 1e-3 <= size < 10**_FIGURES:
        whole = len(str(int(size)))
        return f"{value:.{min(4, _FIGURES - whole)}f}".replace("-", "−")
    digits, _, power = f"{value:.1e}".partition("e")
    return f"{digits}e{int(power)}".replace("-", "−")


def _called(node: Node) -> Runs:
    if node.name:
        return runs(node.name)
    sign = OPS[node.operation].text.replace("#1", "·") or node.operation if node.operation else ""
    return [(shortened(sign, _LETTERS), "u")]


def _node(node: Node, shot: Snapshot, rings: Mapping[Any, str]) -> dict[str, Any]:
    gradient = node.gradient
    said = [name_text(node.name) or node.operation, ROLES[node.role].word]
    if node.value is not None:
        said.append(f"value {number(node.value, 4)}")
    if gradient is not None:
        said.append(f"gradient {number(gradient, 4)}")
    marks = {
        part: rings[node.key, part] for part in ("value", "gradient") if (node.key, part) in rings
    }
    said += [f"the line of its {part} {_WORDS[verdict]}" for part, verdict in marks.items()]
    return {
        "key": node.key,
        "name": _called(node),
        "role": ROLES[node.role].mark,
        "width": wide(node),
        "value": box_number(node.value, node.role),
        "gradient": box_number(gradient),
        "sign": _sign(gradient),
        "formula": text(node.formula, 4) if node.formula is not None else "",
        "marks": marks,
        "said": ", ".join(said),
    }


_WORDS = {"wrong": "is wrong", "follows": "follows from a wrong one"}


def _edge(
    edge: Edge,
    nodes: Mapping[str, Node],
    flow: float | None,
    largest: float,
    rings: Mapping[Any, str],
) -> dict[str, Any]:
    return {
        "tail": edge.tail,
        "head": edge.head,
        "local": box_number(edge.local),
        "sign": _sign(flow),
        "width": round(1.2 + 6.2 * (abs(flow or 0.0) / largest) ** 0.62, 2),
        "mark": rings.get((edge.tail, edge.head, "edge"), ""),
    }


def _flow(edge: Edge, head: Node) -> float | None:
    """What flows back along an arrow: ∂E/∂head · ∂head/∂tail; none where it is not known."""
    if edge.local is None or head.gradient is None:
        return None
    flow = head.gradient * edge.local if head.gradient else 0.0
    return flow if math.isfinite(flow) else None


def _sign(value: float | None) -> int:
    return 0 if value is None or math.isnan(value) else (value > 0) - (value < 0)


def _rings(shot: Snapshot, report: Report) -> dict[Any, str]:
    """The gravest verdict of the lines about each node's value or gradient, and each arrow."""
    keys = {node.name: node.key for node in shot.nodes if node.name}
    found: dict[Any, str] = {}
    for line in report.lines:
        place = _place(line, shot, keys)
        if place is not None and line.verdict in _SHOWN:
            grave = min(line.verdict, found.get(place, line.verdict), key=VERDICTS.index)
            found[place] = grave
    return found


def _place(line: LineMark, shot: Snapshot, keys: Mapping[Quantity, str]) -> Any:
    """Where a line belongs in the graph."""
    match line.left:
        case Derivative(of, wrt) if of in keys and wrt in keys:
            if keys[of] == shot.output:
                return keys[wrt], "gradient"
            return keys[wrt], keys[of], "edge"
        case None:
            return None
        case left:
            return (keys[left], "value") if left in keys else None
