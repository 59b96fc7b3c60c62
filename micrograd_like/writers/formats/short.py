"""One line for each line that is not right, ``file:line:column: wrong: sentence``.

That is how compilers and linters say it, so that editors and continuous integration find the place.
"""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.errors import printable
from micrograd_like.writers.blocks import Document
from micrograd_like.writers.format import writes
from micrograd_like.writers.layout import Page
from micrograd_like.writers.records import Cell

#: Of these nothing is to be said.
_QUIET = ("right", "taken", "implied")


@writes("cells")
def write(document: Document, page: Page) -> Iterator[str]:
    """The document's cells that have a fault, each with its place."""
    for cell in document.cells or ():
        if cell.verdict not in _QUIET:
            yield f"{_place(cell)}: {cell.verdict}: {printable(_said(cell))}"


def _place(cell: Cell) -> str:
    inside = () if cell.cell is None else (f"cell {cell.cell}",)
    at = (1 if n is None else n for n in (cell.line, cell.column))  # what is missing stands nowhere
    return ":".join(map(str, (printable(cell.file), *inside, *at)))


def _said(cell: Cell) -> str:
    """The sentence on one line; the column stands in the place already."""
    if cell.line is None:
        return f"{cell.source}: {cell.message}" if cell.source else cell.message
    return " ".join(cell.message.split()).removeprefix(f"column {cell.column}: ")
