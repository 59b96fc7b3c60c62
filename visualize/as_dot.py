"""A drawing as Graphviz's DOT: with everything that it says, or its bare sizes to be laid out."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import pairwise

import graphviz

from micrograd_like.graph import ROLES
from visualize.palette import LIGHT, SHAPES
from visualize.records import LINE, SIZE, SMALL, SMALL_LINE, Arrow, Box, Drawing, Group, Line, Span
from visualize.words import pieces, width

_POINTS = 72.0  # to the inch
_FACE = "Helvetica"


def to_dot(drawing: Drawing) -> graphviz.Digraph:
    """The drawing with its labels, as Graphviz draws it by itself."""
    dot = _digraph(drawing)
    dot.attr(bgcolor=LIGHT["paper"], fontcolor=LIGHT["ink"], fontname=_FACE, fontsize=f"{SIZE:g}")
    dot.attr(tooltip=_plain(drawing.title))
    if drawing.caption:
        caption = _table(map(_marked, drawing.caption), LINE, align="LEFT")
        dot.attr(label=caption, labelloc="b", labeljust="l")
    dot.attr("node", fontname=_FACE, fontsize=f"{SIZE:g}", fontcolor=LIGHT["ink"])
    dot.attr("edge", fontname=_FACE, fontsize=f"{SMALL:g}", color=LIGHT["line"])
    _groups(dot, drawing.groups, drawing.direction, labelled=True)
    for box in drawing.boxes:
        dot.node(box.id, _table(_rows(box.lines, SIZE), LINE), **_sized(box) | _look(box))
    for arrow in drawing.arrows:
        look = _arrow_look(arrow, drawing.weighed)
        dot.edge(arrow.tail, arrow.head, **look, **_way(arrow, drawing))
    _ranks(dot, drawing)
    return dot


def to_skeleton(drawing: Drawing) -> str:
    """The same without a word in it: sizes alone, so that no font and no label matters."""
    dot = _digraph(drawing)
    _groups(dot, drawing.groups, drawing.direction, labelled=False)
    for box in drawing.boxes:
        dot.node(box.id, "", shape=SHAPES[box.node.role][0], **_sized(box))
    for arrow in drawing.arrows:
        empty = _table([""] * len(arrow.lines), SMALL_LINE, (arrow.width, arrow.height))
        label = {"label": empty} if arrow.lines else {}
        dot.edge(arrow.tail, arrow.head, id=arrow.id, **label, **_way(arrow, drawing))
    _ranks(dot, drawing)
    return str(dot.source)


def _digraph(drawing: Drawing) -> graphviz.Digraph:
    apart = "2.4" if drawing.weighed else "0.4"
    return graphviz.Digraph(
        graph_attr={
            "rankdir": drawing.direction,
            "ranksep": apart,
            "nodesep": "0.22",
            "splines": "line" if drawing.weighed else "true",
            "pad": "0.2",
            "outputorder": "edgesfirst",
            # A second pass would undo the order inside of frames.
            **({"remincross": "false"} if any(g.in_order for g in drawing.groups) else {}),
        },
        edge_attr={"arrowsize": "0.6"},
    )


def _way(arrow: Arrow, drawing: Drawing) -> dict[str, str]:
    """Where an arrow leaves and arrives: of many, in the middle of a side, so that they fan out.

    What comes from outside into a neuron's frame stands before the frame, not below it.
    """
    if drawing.weighed:
        ends = ("e", "w") if drawing.direction == "LR" else ("s", "n")
        return dict(zip(("tailport", "headport"), ends, strict=True))
    framed = {box for group in drawing.groups for inner in group.inner for box in inner.boxes}
    enters = arrow.head in framed and arrow.tail not in framed
    return {"minlen": "2"} if enters else {}


def _ranks(dot: graphviz.Digraph, drawing: Drawing) -> None:
    """Keep what belongs beside each other in its order; frames do so by themselves."""
    for rank in () if drawing.groups else drawing.ranks:
        _in_order(dot, rank)


def _in_order(dot: graphviz.Digraph, boxes: tuple[str, ...]) -> None:
    """Set the boxes beside each other, by arrows that are not drawn."""
    with dot.subgraph() as beside:
        beside.attr(rank="same")
        for first, second in pairwise(boxes):
            beside.edge(first, second, style="invis")


def _groups(
    dot: graphviz.Digraph, groups: tuple[Group, ...], direction: str, labelled: bool
) -> None:
    for group in groups:
        wide = width(group.title, SMALL) + 6
        title = escape(group.title) if labelled else ""
        label = _table([title], SMALL_LINE, (wide, SMALL_LINE + 4))
        with dot.subgraph(name=f"cluster-{group.id}") as inside:
            inside.attr(id=group.id, label=label, labeljust="l", labelloc="t", margin="10")
            if labelled:
                inside.attr(fontsize=f"{SMALL:g}", fontcolor=LIGHT["muted"], style="rounded,filled")
                inside.attr(color=LIGHT["group-line"], fillcolor=LIGHT["group"])
            _groups(inside, group.inner, direction, labelled)
            for box in group.boxes:
                inside.node(box)
            if group.in_order:
                # From left to right Graphviz turns the order in a frame around.
                _in_order(inside, group.boxes[:: -1 if direction == "LR" else 1])


def _sized(box: Box) -> dict[str, str]:
    return {
        "id": box.id,
        "fixedsize": "true",
        "width": f"{box.width / _POINTS:.4f}",
        "height": f"{box.height / _POINTS:.4f}",
        "margin": "0",
    }


def _look(box: Box) -> dict[str, str]:
    role = box.node.role
    shape, style = SHAPES[role]
    mark = ROLES[role].mark
    look = {"shape": shape, "tooltip": _plain(box.tip)}
    if role == "constant":
        return {**look, "shape": "plaintext", "fontcolor": LIGHT["muted"]}
    look |= {"style": f"{style},filled".strip(","), "fillcolor": LIGHT[mark]}
    look |= {"color": LIGHT[f"{mark}-line"], "penwidth": "1.4"}
    if role == "output":  # the second line is outside of the size
        narrow, low = (box.width - 8) / _POINTS, (box.height - 8) / _POINTS
        look |= {"peripheries": "2", "width": f"{narrow:.4f}", "height": f"{low:.4f}"}
    if box.node.on_path:
        look |= {"color": LIGHT["path"], "penwidth": "2.4"}
    return look


def _arrow_look(arrow: Arrow, weighed: bool) -> dict[str, str]:
    look = {"id": arrow.id, "tooltip": _plain(arrow.tip)}
    if arrow.lines:
        muted = LIGHT["path" if arrow.edge.on_path else "muted"]
        rows = _rows(arrow.lines, SMALL, muted)
        look["label"] = _table(rows, SMALL_LINE, (arrow.width, arrow.height))
    if weighed:
        look["penwidth"] = f"{0.4 + 2.2 * arrow.weight:.2f}"
        if (arrow.edge.local or 0.0) < 0:
            look["style"] = "dashed"
    if arrow.edge.on_path:
        look |= {"color": LIGHT["path"], "penwidth": "2.2", "fontcolor": LIGHT["path"]}
    return look


# Labels in Graphviz's HTML-like language: an XML of its own, in which \N would be replaced.


def _table(
    rows: Iterable[str], high: float, size: tuple[float, float] | None = None, align: str = "CENTER"
) -> str:
    """Rows of one height, the whole of a fixed size where there is one, whatever the font."""
    frame = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'
    if size is not None:
        frame += f' FIXEDSIZE="TRUE" WIDTH="{size[0]:.0f}" HEIGHT="{size[1]:.0f}"'
    cell = f'<TD HEIGHT="{high:g}" ALIGN="{align}">'
    return f"<<TABLE {frame}>{''.join(f'<TR>{cell}{row}</TD></TR>' for row in rows)}</TABLE>>"


def _rows(lines: tuple[Line, ...], size: float, muted: str = LIGHT["muted"]) -> list[str]:
    return ["".join(_span(span, size, muted) for span in line) for line in lines]


def _span(span: Span, size: float, muted: str) -> str:
    inside = _marked(span.text, size)
    if span.kind == "name":
        return f"<B>{inside}</B>"
    if span.kind in ("operation", "label", "formula", "equals"):
        return f'<FONT COLOR="{muted}">{inside}</FONT>'
    return inside


def _marked(said: str, size: float = SIZE) -> str:
    """The text, escaped, with its indices set lower."""
    out = ""
    for piece, lower in pieces(said):
        safe = escape(piece).replace("\\", "&#92;&#92;")
        if lower:
            safe = f'<SUB><FONT POINT-SIZE="{0.75 * size:g}">{safe}</FONT></SUB>'
        out += safe
    return out


def _plain(said: str) -> str:
    return str(graphviz.nohtml(graphviz.escape(said)))
