"""CSV, for spreadsheets: a row a line, with a head."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from micrograd_like.writers.blocks import Document
from micrograd_like.writers.format import writes
from micrograd_like.writers.layout import Page
from micrograd_like.writers.records import Cell, harmless


@writes("cells")
def write(document: Document, page: Page) -> Iterator[str]:
    """The document's cells, line by line."""
    yield _row(Cell._fields)
    for cell in document.cells or ():
        yield _row(cell.harmless())


def comma_separated(rows: Iterable[Iterable[object]]) -> str:
    """Rows for a spreadsheet, each with its line end."""
    return "".join(f"{_row(harmless(row))}\n" for row in rows)


def _row(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
