"""What a notebook shows: for a Value its graph and its formula, for a worksheet its lines."""

from __future__ import annotations

import zlib
from contextlib import suppress
from html import escape
from itertools import count
from typing import TYPE_CHECKING, Any

from micrograd_like.engine import Value, check_fresh
from micrograd_like.errors import MicrogradLikeError, StaleGraphError
from micrograd_like.formula import Expr
from micrograd_like.graph import constant, quantity_of
from micrograd_like.lazy import beside
from micrograd_like.notation import latex, name_latex, number
from micrograd_like.ops import OPS
from micrograd_like.writers.formats.latex import lettered

if TYPE_CHECKING:
    from micrograd_like.worksheet import Worksheet

#: A formula of more operands is not shown.
_MOST_OPERANDS = 12
_PLACES = 4
_PICTURES = count(1)


def value_latex(value: Value) -> str:
    r"""The node as a line of LaTeX: ``$a = x \cdot w = 6 \qquad \text{gradient } 1$``."""
    steps = [name_latex(quantity_of(value))] if value.label else []
    if value.op and len(value.inputs) <= _MOST_OPERANDS:
        steps.append(latex(OPS[value.op].written(tuple(map(_operand, value.inputs))), _PLACES))
    steps.append(latex(constant(value.data), _PLACES))
    gradient = r"\text{no gradient yet}"
    if value.has_grad:
        gradient = rf"\text{{gradient }} {number(value.grad, _PLACES)}".replace("−", "-")
    return lettered(rf"${' = '.join(steps)} \qquad {gradient}$")


def value_bundle(value: Value, **_: Any) -> dict[str, str]:
    """The node as text, and its graph as SVG; where it cannot be drawn, its formula as LaTeX.

    Not both: notebooks that are given both show the LaTeX. Of a graph whose numbers are old it is
    said that they are.
    """
    text = repr(value)
    with suppress(MicrogradLikeError, ImportError):  # old, too large, or there is no Graphviz
        beside("visualize")
        from visualize import svg

        return {"text/plain": text, "image/svg+xml": svg(value, prefix=_prefix(value))}
    try:
        check_fresh(value, "draw")
    except StaleGraphError as error:
        said = f"<pre>{escape(text)}</pre><p>{escape(str(error))}</p>"
        return {"text/plain": f"{text}\n{error}", "text/html": said}
    return {"text/plain": text, "text/latex": value_latex(value)}


def value_dot(value: Value, format: str, rankdir: str, **options: Any) -> Any:
    """The node's graph for Graphviz, set to render itself in a format."""
    beside("visualize")
    from visualize import draw_dot

    dot = draw_dot(value, direction=rankdir, **options)  # type: ignore[arg-type]
    dot.format = format
    return dot


def _prefix(value: Value) -> str:
    """What sets the ids of a notebook's pictures apart: their number, and what they are of.

    Pictures of an earlier session may stand beside them, so the number alone would not do.
    """
    return f"picture-{next(_PICTURES)}-{zlib.crc32(repr(value).encode()):08x}-"


def worksheet_html(sheet: Worksheet) -> str:
    """The worksheet's lines with their numbers; below a line that was not read, the reason."""
    said = [
        (s.place, str(s), sheet.failures[s.place].message if s.place in sheet.failures else s.kind)
        for s in sheet.statements
    ]
    said += [(p.place, p.source.strip(), p.message) for p in sheet.unreadable]
    rows = []
    for place, source, kind in sorted(said, key=lambda row: row[0]):
        cells = (f"<td>{place.number}</td>", f"<td><code>{escape(source)}</code></td>")
        rows.append(f"<tr>{''.join(cells)}<td>{escape(kind)}</td></tr>")
    return (
        '<table><thead><tr><th>line</th><th style="text-align:left">worksheet</th><th></th></tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _operand(node: Value) -> Expr:
    return quantity_of(node) if node.label else constant(node.data)
