"""Sentences for a screen reader: no signs for verdicts, no columns, nothing drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.errors import printable
from micrograd_like.notation import name_text, number
from micrograd_like.writers import blocks
from micrograd_like.writers.format import writes
from micrograd_like.writers.formats.text import line_text
from micrograd_like.writers.layout import Page
from micrograd_like.writers.records import LOOKS, ClassSummary, Remark


@writes("blocks")
def write(document: blocks.Document, page: Page) -> Iterator[str]:
    """The document, each of its lines, rows and remarks as a sentence on a line of its own."""
    for block in document.blocks:
        yield from _said(block)


def _said(block: blocks.Block) -> Iterator[str]:
    match block:
        case blocks.Heading(heading):
            yield _ended(heading)
        case blocks.Sentence(sentence, title):
            yield _ended(f"{title}: {sentence}" if title else sentence)
        case blocks.Lines(lines, places, value_places, title, rules):
            yield from [f"{title}:"] if title else []
            for line in lines:
                rule = f", by the rule: {line.rule}" if rules else ""
                yield _ended(line_text(line, places, value_places) + rule)
        case blocks.Typed():
            yield from (_ended(line.replace("____", "to be filled in")) for line in block.lines)
        case blocks.Table(heads, rows):
            for name, cells in rows:
                yield _row(heads, (name_text(name), *map(number, cells)))
        case blocks.Grid(heads, rows):
            for row in rows:
                yield _row(heads, row)
        case blocks.Matrices(parts, places):
            yield _ended(" ".join(_part(part, places) for part in parts))
        case blocks.Marks(remarks, summary, title):
            yield from [f"Worksheet {printable(title)}."] if title else []
            yield from map(_remark, remarks)
            yield _ended(str(summary))
        case blocks.ClassMarks(summary):
            yield from _class(summary)


def _ended(said: str) -> str:
    """The sentence with its full stop."""
    return said if said.endswith((".", "?", "!", ":")) else f"{said}."


def _row(heads: Sequence[str], row: Sequence[str]) -> str:
    name, *cells = row
    said = ", ".join(f"{head} {cell}".strip() for head, cell in zip(heads[1:], cells, strict=True))
    return _ended(f"{name}: {said}")


def _part(part: str | tuple[str, Sequence[Sequence[float]]], places: int) -> str:
    """A sign, or a matrix by its rows."""
    if isinstance(part, str):
        return part
    name, rows = part
    said = "; ".join(
        f"row {place}: {', '.join(number(entry, places) for entry in row)}"
        for place, row in enumerate(rows, 1)
    )
    return f"{name} ({said})" if name else f"({said})"


def _remark(remark: Remark) -> str:
    line = remark.line
    quiet = line.verdict in ("right", "taken")
    verdict = f"{line.verdict}, {remark.reason}" if quiet and remark.reason else line.verdict
    parts = [f"{line.place.where.capitalize()}, {verdict}: {line.source.strip()}"]
    parts += [] if quiet else [remark.sentence]
    parts += [f"{remark.label.capitalize()}: {remark.working}"] if remark.working else []
    return " ".join(_ended(printable(part)) for part in parts)


def _class(summary: ClassSummary) -> Iterator[str]:
    for name, *counts in summary.table[1:]:
        counted = zip(LOOKS.values(), counts, strict=True)
        said = ", ".join(f"{n} {look.counted[n != '1']}" for look, n in counted if n != "0")
        yield _ended(f"{printable(name)}: {said or 'no lines'}")
    for cause in summary.common:
        yield _ended(f"{cause.code}, {', '.join(cause.counted)}: {cause.brief}")
