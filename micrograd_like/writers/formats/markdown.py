"""Markdown with GitHub's tables, for issues, chats and notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from micrograd_like.errors import printable
from micrograd_like.notation import name_text, number
from micrograd_like.writers import blocks
from micrograd_like.writers.format import writes
from micrograd_like.writers.formats.text import aligned
from micrograd_like.writers.layout import WIDTH, Page
from micrograd_like.writers.matrices import matrices_latex
from micrograd_like.writers.records import Remark


@writes("blocks")
def write(document: blocks.Document, page: Page) -> Iterator[str]:
    """The document's blocks, with an empty line between them."""
    between = False
    for block in document.blocks:
        for paragraph in _paragraphs(block):
            yield f"\n{paragraph}" if between else paragraph
            between = True


def _paragraphs(block: blocks.Block) -> Iterator[str]:
    match block:
        case blocks.Heading(heading, level):
            yield f"{'#' * level} {escaped(heading)}"
        case blocks.Sentence(sentence, title):
            yield f"**{escaped(title)}**: {escaped(sentence)}" if title else escaped(sentence)
        case blocks.Lines():
            yield from [f"**{escaped(block.title)}**"] if block.title else []
            yield _fenced(_equations(block))
        case blocks.Typed():
            yield _fenced(block.lines)
        case blocks.Table(heads, rows):
            shown = ((name_text(name), *map(number, cells)) for name, cells in rows)
            yield _table(heads, (map(escaped, row) for row in shown))
        case blocks.Grid(heads, rows):
            yield _table(heads, (map(escaped, row) for row in rows))
        case blocks.Matrices():
            yield f"$$\n{matrices_latex(block)}\n$$"
        case blocks.Marks(remarks, summary, title):
            yield from [f"## {escaped(printable(title))}"] if title else []
            if remarks:
                yield _table(("", "line", "worksheet", "remark"), map(_row, remarks))
            yield f"{summary}"
        case blocks.ClassMarks(summary):
            yield "## Worksheets"
            head, *below = ([escaped(printable(cell)) for cell in row] for row in summary.table)
            yield _table(head, below)
            if summary.common:
                yield "## Most common causes"
                causes = ((f"`{c.code}`", *c.counted, escaped(c.brief)) for c in summary.common)
                yield _table(("cause", "lines", "worksheets", ""), causes)


def _row(remark: Remark) -> Iterator[str]:
    line = remark.line
    said = escaped(printable(remark.brief))
    if remark.working:
        said += f"<br>{remark.label}: {code(remark.working)}"
    yield from (remark.look.mark, line.place.number, code(printable(line.source)), said)


def _equations(block: blocks.Lines) -> Iterable[str]:
    rows = aligned(block.lines, block.places, block.value_places, WIDTH)
    for group, line in zip(rows, block.lines, strict=True):
        yield from (row[2:].rstrip() for row in group[:-1])
        yield group[-1][2:] + (f"   ({line.rule})" if block.rules and line.rule else "")


def _fenced(lines: Iterable[str]) -> str:
    return "\n".join(chain(["```text"], lines, ["```"]))


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join(chain(lines, ("| " + " | ".join(row) + " |" for row in rows)))


def escaped(text: str) -> str:
    """The text so that no character of it means anything to Markdown, or mentions anybody."""
    text = text.replace("&", "&amp;").replace("\n", " ")
    text = re.sub(r"([\\`*_\[\]<>|~$])", r"\\\1", text).replace("@", "&#64;")
    return re.sub(r"^(\s*\d*)([.)#+-])", r"\1\\\2", text)


def code(text: str) -> str:
    """The text as code in a cell of a table, whatever backticks it holds itself."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if longest else ""
    return f"{fence}{gap}{text}{gap}{fence}".replace("|", "\\|")
