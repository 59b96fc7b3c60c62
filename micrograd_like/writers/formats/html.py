"""HTML: a page of its own, or a piece of one for a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from itertools import starmap
from typing import TYPE_CHECKING

from micrograd_like.formula import Expr, Number
from micrograd_like.notation import latex, latex_as_typed, name_text, number
from micrograd_like.writers import blocks
from micrograd_like.writers.format import writes
from micrograd_like.writers.formats.latex import NUMBERED
from micrograd_like.writers.layout import Page
from micrograd_like.writers.matrices import matrices_latex
from micrograd_like.writers.records import Remark

if TYPE_CHECKING:
    from micrograd_like.derivation.equations import Equation

_LEFT = 'style="text-align:left"'
#: A minus behind another sign, which MathML would take for one between two operands.
_SIGNED = re.compile(
    r"(<mo[^>]*>(?:&#x0003D;|&#x02248;|&#x00028;|&#x0002C;|,|&#x000B7;)</mo>)<mo>(&#x02212;|-)</mo>"
)
#: What ends a formula up to where the next one begins.
_BETWEEN = re.compile(r"\$\$?[^$]*\$\$?|\\[\])][^\\]*\\[\[(]")
_ROWS = re.compile(r"\\begin\{[^{}]*\}|\\end\{[^{}]*\}|\\\\|\\.|.", re.DOTALL)
_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>micrograd-like</title>
<style>
body { font-family: sans-serif; line-height: 1.4; margin: 2em auto; max-width: 60em; }
td, th { padding: 0.1em 0.6em; vertical-align: top; }
</style>
</head>
<body>"""


@writes("blocks")
def write(document: blocks.Document, page: Page) -> Iterator[str]:
    """The document's blocks as a page that asks nothing of the network."""
    yield _HEAD
    yield from map(block_html, document.blocks)
    yield "</body>\n</html>"


def block_html(block: blocks.Block) -> str:
    """The block as a piece of a page."""
    match block:
        case blocks.Heading(heading, level):
            return f"<h{level}>{escape(heading)}</h{level}>"
        case blocks.Sentence(sentence, title):
            return f"<p>{f'<b>{escape(title)}</b>: ' if title else ''}{escape(sentence)}</p>"
        case blocks.Lines(lines, places, value_places, title, rules):
            said = f"<p><b>{escape(title)}</b></p>" if title else ""
            rows = (_equation(line, places, value_places, rules) for line in lines)
            return f"{said}<table><tbody>{''.join(rows)}</tbody></table>"
        case blocks.Typed(rows):
            return f"<table><tbody>{''.join(starmap(_typed, rows))}</tbody></table>"
        case blocks.Table(heads, rows):
            shown = ((name_text(name), *map(number, cells)) for name, cells in rows)
            return _table(heads, shown)
        case blocks.Grid(heads, rows):
            return _table(heads, rows)
        case blocks.Matrices():
            return f"<p>{converted(matrices_latex(block))}</p>"
        case blocks.Marks(remarks, summary, title):
            said = f"<h2>{escape(title)}</h2>" if title else ""
            return f"{said}{_marks(remarks)}<p>{escape(str(summary))}</p>"
        case blocks.ClassMarks():
            return _class_marks(block)


def _typed(parts: Iterable[Expr], open: bool) -> str:
    said = converted(" = ".join([*map(latex_as_typed, parts), *([r"\quad"] if open else [])]))
    gap = '<td style="border-bottom: 1px solid; min-width: 8em"></td>' if open else ""
    return f"<tr><td {_LEFT}>{said}</td>{gap}</tr>"


def mathml(expr: Expr, places: int | None = None) -> str:
    """The expression as MathML."""
    return converted(latex(expr, places))


@cache
def converted(source: str) -> str:
    """A formula in LaTeX as MathML."""
    from latex2mathml.converter import convert

    # A prime would be raised a second time, and so be too small to be seen.
    primed = re.sub(r"'+", lambda primes: rf"\text{{{'′' * len(primes[0])}}}", source)
    # In text its escapes stay as they are.
    shown = re.sub(r"\\([_#$%&{}])", r"\1", convert(primed))
    shown = _SIGNED.sub(r'\1<mo form="prefix">\2</mo>', shown)
    return NUMBERED.sub(lambda letter: escape(chr(int(letter[1], 16))), shown)


def working_html(remark: Remark) -> str:
    """The right working, in the notation of its line."""
    if remark.line.notation == "latex":
        return converted(remark.working)
    return escape(remark.working)


def source_html(source: str, notation: str) -> str:
    """What stands on a line: LaTeX as the formula that it is, all else as it was typed."""
    typed = f"<code>{escape(source)}</code>"
    if notation != "latex":
        return typed
    try:
        return converted(_row_of(source))
    except _refusals():
        return typed  # what latex2mathml has no rule for


def _refusals() -> tuple[type[Exception], ...]:
    """The errors of latex2mathml, which have no common base."""
    from latex2mathml import exceptions

    found = (one for one in vars(exceptions).values() if isinstance(one, type))
    own = (one for one in found if issubclass(one, Exception))
    return (AttributeError, IndexError, KeyError, ValueError, *own)


def _row_of(source: str) -> str:
    """A formula of several rows, or on both sides of words, in one."""
    shown, depth = "", 0
    for piece in _ROWS.findall(_BETWEEN.sub(" ", source)):
        depth += piece.startswith("\\begin") - piece.startswith("\\end")
        shown += " " if depth == 0 and piece in ("&", "\\\\") else piece
    return shown


def _equation(line: Equation, places: int, value_places: int, rules: bool) -> str:
    formula = latex(line.formula, places if isinstance(line.formula, Number) else None)
    value = latex(Number(line.value), value_places)
    results = (latex(line.numbers, places), *([value] if line.closed else ()))
    steps = dict.fromkeys((latex(line.left), formula, *results))
    rule = f"<td>{escape(line.rule)}</td>" if rules else ""
    return f"<tr><td {_LEFT}>{converted(' = '.join(steps))}</td>{rule}</tr>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    lines = "".join(f"<tr>{row}</tr>" for row in body)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _marks(remarks: Iterable[Remark]) -> str:
    return (
        '<table style="text-align:left"><thead><tr><th></th><th>line</th><th>worksheet</th>'
        f"<th>remark</th></tr></thead><tbody>{''.join(map(_row, remarks))}</tbody></table>"
    )


def _row(remark: Remark) -> str:
    line, look = remark.line, remark.look
    mark = (
        f'<td title="{line.verdict}" style="color:{look.colour};font-weight:bold">{look.mark}</td>'
    )
    said = escape(remark.sentence)
    if remark.working:
        tag = "code" if remark.line.rewritten else "em"  # as it is typed
        said += f"<br>{remark.label}: <{tag}>{working_html(remark)}</{tag}>"
    source = source_html(line.source, line.notation)
    return (
        f"<tr>{mark}<td>{line.place.number}</td><td {_LEFT}>{source}</td>"
        f"<td {_LEFT}>{said}</td></tr>"
    )


def _class_marks(block: blocks.ClassMarks) -> str:
    summary = block.summary
    heads, *rows = summary.table
    shown = f"<h2>Worksheets</h2>{_table(heads, rows)}"
    if summary.common:
        causes = ((cause.code, *cause.counted, cause.brief) for cause in summary.common)
        shown += f"<h2>Most common causes</h2>{_table(('cause', '', '', ''), causes)}"
    return shown
