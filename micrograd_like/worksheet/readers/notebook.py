"""Notebooks: words with formulas, and code, in the document's order."""

from __future__ import annotations

from itertools import accumulate

from micrograd_like.errors import WorksheetError
from micrograd_like.worksheet.readers import markdown, text
from micrograd_like.worksheet.source import Cells, Source, reads
from micrograd_like.worksheet.sources.mixed import Stretch, mixed
from micrograd_like.worksheet.sources.notebooks import Cell, cells_of, unpacked
from micrograd_like.worksheet.tokens.characters import MAX_LINES


def _looks_like(document: str) -> bool:
    return document.lstrip()[:1] == "{" and '"cells"' in document and '"nbformat"' in document


@reads(
    ".ipynb",
    order=0,
    looks_like=_looks_like,
    expects="expected a formula such as $z = wx$, or an assignment such as z = w * x",
    packed=True,
)
def read(lines: list[str]) -> Source:
    """The statements of every cell.

    Raises:
        WorksheetError: It is no notebook, or has too many lines.
    """
    data = unpacked("\n".join(lines))
    cells = [*cells_of(data)]
    ends = [*accumulate(len(cell.lines) for cell in cells)]
    if ends and ends[-1] > MAX_LINES:
        raise WorksheetError(f"the notebook has {ends[-1]:,} lines, expected at most {MAX_LINES:,}")
    starts = tuple([0, *ends][:-1])
    stretches = [
        Stretch(cell.kind, range(start, end))
        for cell, start, end in zip(cells, starts, ends, strict=True)
    ]
    readers = {"text": markdown.read, "worksheet": text.read}
    source = mixed(
        [line for cell in cells for line in cell.lines], stretches, readers, Cells(starts)
    )
    source.told = (*_said(data, cells), *source.told)
    return source


def _said(data: dict[str, object], cells: list[Cell]) -> list[str]:
    """What of the notebook is not read, in words."""
    told: dict[str, list[str]] = {}
    for number, cell in enumerate(cells, 1):
        if cell.said:
            told.setdefault(cell.said, []).append(str(number))
    shown = [f"cell {', '.join(numbers)}: {said}" for said, numbers in told.items()]
    if data.get("nbformat") != 4:
        shown.insert(
            0, f"a notebook of version {data.get('nbformat')!r}, read as far as it is known"
        )
    return shown
