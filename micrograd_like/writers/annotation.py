"""A notebook with its marks: each cell's stand below it, where its output does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from micrograd_like.errors import WorksheetError
from micrograd_like.marking.records import Report
from micrograd_like.worksheet.sources.notebooks import unpacked
from micrograd_like.writers.blocks import Document, Marks
from micrograd_like.writers.formats import written
from micrograd_like.writers.formats.html import block_html
from micrograd_like.writers.marks import summary
from micrograd_like.writers.remarks import remark

#: What tells marks from a program's own output, and a cell that holds nothing else.
_OURS = "micrograd_like"


def annotated(text: str, report: Report) -> str:
    """The JSON of a notebook with the marks of its cells; older marks are replaced.

    Args:
        text: The JSON of the notebook that was marked.
        report: Its marks.

    Raises:
        WorksheetError: It is no notebook of version 4, the only one that has such outputs.
    """
    data = unpacked(text)
    if data.get("nbformat") != 4:
        version = data.get("nbformat")
        raise WorksheetError(
            f"expected a notebook of version 4, got {version!r}; "
            "convert it with jupyter nbconvert --to notebook"
        )
    data["cells"] = list(_cells(data, report))
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _cells(data: dict[str, Any], report: Report) -> Iterator[dict[str, Any]]:
    """The cells; behind words that were marked one that shows their marks."""
    for number, cell in enumerate(data["cells"], 1):
        if not isinstance(cell, dict):
            yield cell
            continue
        if _OURS in _metadata(cell):
            continue
        marks = _marks(report, number)
        if cell.get("cell_type") != "code":
            yield cell
            if marks:
                yield _shown(marks, number, data)
            continue
        outputs = cell.get("outputs")
        own = [o for o in outputs if not _is_ours(o)] if isinstance(outputs, list) else []
        yield {**cell, "outputs": [*own, *marks]}


def _metadata(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _is_ours(output: Any) -> bool:
    return isinstance(output, dict) and _OURS in _metadata(output)


def _marks(report: Report, number: int) -> list[dict[str, Any]]:
    """The output that shows the marks of a cell, if it has any."""
    lines = tuple(line for line in report.lines if line.place.cell == number)
    if not lines:
        return []
    counted = summary(replace(report, lines=lines))
    block = Marks(tuple(remark(line, report) for line in lines), counted, "")
    shown = written("text", Document([block], dict)), block_html(block)
    data = {"text/plain": _lines(shown[0]), "text/html": _lines(shown[1])}
    return [{"output_type": "display_data", "metadata": {_OURS: "marks"}, "data": data}]


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _shown(marks: list[dict[str, Any]], number: int, data: dict[str, Any]) -> dict[str, Any]:
    """A cell without code, for the marks of words, which have no output."""
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {_OURS: "marks"},
        "outputs": marks,
        "source": [],
    }
    minor = data.get("nbformat_minor")
    if isinstance(minor, int) and minor >= 5:
        cell["id"] = f"marks-of-cell-{number}"
    return cell
