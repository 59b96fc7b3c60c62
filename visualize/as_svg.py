"""A drawing, laid out, as SVG: an element for every node and arrow, text that can be selected."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from html import escape

from micrograd_like.graph import ROLES, Role
from visualize.layout import Layout, Point
from visualize.palette import DARK, LIGHT, SHAPES
from visualize.records import LINE, SIZE, SMALL, SMALL_LINE, Arrow, Box, Drawing, Group, Line
from visualize.words import pieces, width

_MARGIN = 16.0
_LOWER = 0.28  # of the text's size, for an index
#: Of a side of an octagon, what is cut off at each corner.
_CUT = 0.5 - 0.5 * math.tan(math.pi / 8)


def to_svg(drawing: Drawing, layout: Layout, prefix: str = "") -> str:
    """The picture as one ``<svg>`` element.

    Args:
        drawing: Boxes, arrows and their texts.
        layout: Where they go.
        prefix: Stands before every ``id``, for several pictures on one page.
    """
    below = list(_below(drawing, layout))
    foot = sum(high for _, _, high in below)
    wide = max([layout.width, *(w for _, w, _ in below)]) + 2 * _MARGIN
    high = layout.height + foot + 2 * _MARGIN
    title, described = f"{prefix}graph-title", f"{prefix}graph-description"
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="micrograd-graph" '
        f'width="{wide:.0f}" height="{high:.0f}" viewBox="0 0 {wide:.0f} {high:.0f}" '
        f'role="img" aria-labelledby="{title} {described}">',
        f'<title id="{title}">{_safe(drawing.title)}</title>',
        f'<desc id="{described}">{_safe(drawing.description)}</desc>',
        f"<style>{_style(drawing)}</style>",
        f'<rect class="paper" width="{wide:.0f}" height="{high:.0f}" rx="8"/>',
        f'<g transform="translate({_MARGIN:g} {_MARGIN:g})">',
    ]
    for group in drawing.groups:
        out += _group(group, layout, prefix)
    for arrow in drawing.arrows:
        out.append(_arrow(arrow, layout, drawing.weighed, prefix))
    for box in drawing.boxes:
        out.append(_box(box, layout.boxes[box.id], prefix))
    y = layout.height
    for element, _, tall in below:
        out.append(f'<g transform="translate(0 {y:.1f})">{element}</g>')
        y += tall
    return "\n".join([*out, "</g>", "</svg>"]) + "\n"


# Nodes.


def _box(box: Box, centre: Point, prefix: str) -> str:
    node, (x, y) = box.node, centre
    mark = ROLES[node.role].mark
    classes = f"node {mark}{' on-path' if node.on_path else ''}"
    start = y - LINE * len(box.lines) / 2 + LINE / 2 + SIZE * 0.35
    rows = "".join(
        _text(line, x, start + LINE * place, SIZE, _row_kind(line))
        for place, line in enumerate(box.lines)
    )
    return (
        f'<g id="{prefix}{box.id}" class="{classes}" data-name="{_safe(node.key)}" '
        f'data-role="{mark}"><title>{_safe(box.tip)}</title>'
        f"{_shape(node.role, x, y, box.width, box.height)}{rows}</g>"
    )


def _shape(role: Role, x: float, y: float, wide: float, high: float) -> str:
    """The outline around a centre: square, octagonal, rounded, or rounded and double."""
    left, top = x - wide / 2, y - high / 2
    shape, style = SHAPES[role]
    if role == "constant":
        return ""
    if shape == "octagon":
        a, b = wide * _CUT, high * _CUT
        right, bottom = left + wide, top + high
        corners = [(left + a, top), (right - a, top), (right, top + b), (right, bottom - b)]
        corners += [(right - a, bottom), (left + a, bottom), (left, bottom - b), (left, top + b)]
        points = " ".join(f"{px:.1f},{py:.1f}" for px, py in corners)
        return f'<polygon class="outline" points="{points}"/>'
    corner = min(12.0, high / 3) if style == "rounded" else 0.0
    outline = _rectangle("outline", left, top, wide, high, corner)
    if role == "output":
        outline += _rectangle("inline", left + 3.5, top + 3.5, wide - 7, high - 7, corner - 3)
    return outline


def _rectangle(kind: str, left: float, top: float, wide: float, high: float, corner: float) -> str:
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" '
        f'height="{high:.1f}" rx="{corner:g}"/>'
    )


# Arrows.


def _arrow(arrow: Arrow, layout: Layout, weighed: bool, prefix: str) -> str:
    points, tip = layout.curves[arrow.id]
    (x, y), *rest = points
    curve = f"M{x:.1f} {y:.1f}C" + " ".join(f"{px:.1f} {py:.1f}" for px, py in rest)
    classes = f"edge{' on-path' if arrow.edge.on_path else ''}"
    look = ""
    if weighed:
        look = f' style="stroke-width:{0.4 + 2.2 * arrow.weight:.2f}"'
        if (arrow.edge.local or 0.0) < 0:
            classes += " negative"
    label = ""
    if arrow.lines:
        lx, ly = layout.labels[arrow.id]
        start = ly - SMALL_LINE * (len(arrow.lines) - 1) / 2 + SMALL * 0.35
        label = "".join(
            _text(line, lx, start + SMALL_LINE * place, SMALL, "factor")
            for place, line in enumerate(arrow.lines)
        )
    return (
        f'<g id="{prefix}{arrow.id}" class="{classes}" '
        f'data-tail="{_safe(arrow.edge.tail)}" data-head="{_safe(arrow.edge.head)}">'
        f'<title>{_safe(arrow.tip)}</title><path class="curve" d="{curve}"{look}/>'
        f'<polygon class="arrowhead" points="{_head(points[-1], tip)}"/>{label}</g>'
    )


def _head(base: Point, tip: Point) -> str:
    """A triangle from where the curve ends to the box."""
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    length = math.hypot(dx, dy) or 1.0
    side = -dy / length * 2.8, dx / length * 2.8
    corners = [
        (base[0] + side[0], base[1] + side[1]),
        tip,
        (base[0] - side[0], base[1] - side[1]),
    ]
    return " ".join(f"{px:.1f},{py:.1f}" for px, py in corners)


# Groups, caption and legend.


def _group(group: Group, layout: Layout, prefix: str) -> Iterator[str]:
    left, top, right, bottom = layout.frames[group.id]
    yield (
        f'<g id="{prefix}{group.id}" class="group">'
        f"{_rectangle('frame', left, top, right - left, bottom - top, 10)}"
        f'<text class="group-title" x="{left + 10:.1f}" y="{top + 17:.1f}">'
        f"{_safe(group.title)}</text></g>"
    )
    for inner in group.inner:
        yield from _group(inner, layout, prefix)


def _below(drawing: Drawing, layout: Layout) -> Iterator[tuple[str, float, float]]:
    """What stands below the graph: elements with their width and height."""
    for place, row in enumerate(drawing.caption):
        gap = 14.0 if place == 0 else 0.0
        indented = 16.0 * row.startswith("  ")
        said = _tspans("caption", row.strip(), SIZE)
        text = f'<text class="caption" x="{indented:g}" y="{gap + 14:g}">{said}</text>'
        yield text, indented + width(row.strip(), SIZE), gap + 19
    legend, wide = _legend(drawing)
    if legend:
        yield f'<g class="legend" transform="translate(0 16)">{legend}</g>', wide, 36.0


def _legend(drawing: Drawing) -> tuple[str, float]:
    roles = [role for role in ROLES if any(box.node.role == role for box in drawing.boxes)]
    x, out = 0.0, ""
    for role in roles:
        if role == "constant":
            continue
        name = ROLES[role].word
        out += f'<g class="node {ROLES[role].mark}">{_shape(role, x + 15, 8, 28, 16)}</g>'
        out += f'<text class="legend" x="{x + 35:.1f}" y="12">{name}</text>'
        x += 35 + width(name, SMALL) + 18
    if drawing.weighed:
        said = "the thicker an arrow, the larger the local derivative; dashed: negative"
        out += f'<text class="legend" x="{x:.1f}" y="12">{said}</text>'
        x += width(said, SMALL)
    return out, x


# Text.


def _row_kind(line: Line) -> str:
    return "row-gradient" if line[-1].kind == "gradient" else "row"


def _text(line: Line, x: float, y: float, size: float, kind: str) -> str:
    spans, lowered = "", False
    for span in line:
        inside, lowered = _shifted(span.kind, span.text, size, lowered)
        spans += inside
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" xml:space="preserve">{spans}</text>'


def _tspans(kind: str, said: str, size: float) -> str:
    return _shifted(kind, said, size, False)[0]


def _shifted(kind: str, said: str, size: float, lowered: bool) -> tuple[str, bool]:
    """The text with its indices set lower, and whether the next text starts lowered."""
    out, down = "", _LOWER * size
    for piece, lower in pieces(said):
        if not piece:
            continue
        shift = f' dy="{(lower - lowered) * down:.2f}"' if lower != lowered else ""
        index = " index" if lower else ""
        out += f'<tspan class="{kind}{index}"{shift}>{_safe(piece)}</tspan>'
        lowered = lower
    return out, lowered


def _safe(said: str) -> str:
    """Text for XML: nothing that could end it, and no character that XML has not."""
    return escape("".join(c if c.isprintable() or c in "\u2066\u2069" else "�" for c in said))


def _style(drawing: Drawing) -> str:
    """The rules for what is drawn: of roles, those that the picture has."""
    drawn = {box.node.role for box in drawing.boxes} - {"constant"}
    marks = [called.mark for role, called in ROLES.items() if role in drawn]
    boxes = "".join(
        f".micrograd-graph .{mark} .outline{{fill:var(--{mark});stroke:var(--{mark}-line)}}"
        f".micrograd-graph .{mark} .inline{{stroke:var(--{mark}-line)}}"
        for mark in marks
    )
    return f"""
.micrograd-graph{{{_variables(LIGHT, marks)};font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans","DejaVu Sans",sans-serif;font-size:{SIZE:g}px}}
@media (prefers-color-scheme:dark){{.micrograd-graph{{{_variables(DARK, marks)}}}}}
@media print{{.micrograd-graph{{{_variables(LIGHT, marks)}}}}}
.micrograd-graph .paper{{fill:var(--paper)}}
.micrograd-graph text{{fill:var(--ink);text-anchor:middle}}
.micrograd-graph .outline{{stroke-width:1.4}}
.micrograd-graph .inline{{fill:none;stroke-width:1}}
{boxes}
.micrograd-graph .name{{font-weight:700}}
.micrograd-graph .operation,.micrograd-graph .label,.micrograd-graph .equals,.micrograd-graph .formula,.micrograd-graph .constant .value{{fill:var(--muted)}}
.micrograd-graph .index{{font-size:.75em}}
.micrograd-graph .curve{{fill:none;stroke:var(--line);stroke-width:1.1}}
.micrograd-graph .arrowhead{{fill:var(--line)}}
.micrograd-graph .negative .curve{{stroke-dasharray:6 3}}
.micrograd-graph .factor{{font-size:{SMALL:g}px;paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}}
.micrograd-graph .node.on-path .outline{{stroke:var(--path);stroke-width:2.4}}
.micrograd-graph .node.on-path .inline{{stroke:var(--path)}}
.micrograd-graph .edge.on-path .curve{{stroke:var(--path);stroke-width:2.2}}
.micrograd-graph .edge.on-path .arrowhead{{fill:var(--path)}}
.micrograd-graph .edge.on-path .local,.micrograd-graph .edge.on-path .formula{{fill:var(--path);font-weight:700}}
.micrograd-graph .frame{{fill:var(--group);stroke:var(--group-line)}}
.micrograd-graph .group-title,.micrograd-graph .legend text{{font-size:{SMALL:g}px;fill:var(--muted);text-anchor:start}}
.micrograd-graph .caption{{text-anchor:start}}
"""  # noqa: E501


def _variables(colours: Mapping[str, str], marks: Collection[str]) -> str:
    """The colours of a page and of the roles of these marks."""
    others = {called.mark for called in ROLES.values()}.difference(marks)
    return ";".join(
        f"--{name}:{colour}"
        for name, colour in colours.items()
        if name.removesuffix("-line") not in others
    )
