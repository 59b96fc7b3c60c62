"""Notebooks: from their JSON to the cells as somebody sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Literal

from micrograd_like.errors import WorksheetError
from micrograd_like.worksheet.tokens.characters import LINE_END

#: Cells of one notebook.
MAX_CELLS = 2_000
#: Magics of a whole cell behind which its Python goes on.
_PYTHON = ("time", "timeit", "capture", "prun", "python", "python3", "debug", "micropython")
#: Magics behind which a worksheet stands.
_WORKSHEET = ("worksheet",)


@dataclass(frozen=True)
class Cell:
    """A cell.

    Attributes:
        kind: Words with formulas, Python, a worksheet, or what is not read.
        lines: What it says, magics and commands of the shell emptied.
        said: Why it is not read, or what of it is not.
    """

    kind: Literal["text", "code", "worksheet", "other"]
    lines: list[str]
    said: str = ""


def unpacked(text: str) -> dict[str, Any]:
    """The notebook in a text.

    Raises:
        WorksheetError: It is no JSON, or holds no cells.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise WorksheetError(
            f"the notebook is no JSON: line {error.lineno}, column {error.colno}: {error.msg}; "
            "save it again in Jupyter"
        ) from None
    except (RecursionError, ValueError):
        raise WorksheetError("the notebook is no JSON that can be read") from None
    if not isinstance(data, dict):
        raise WorksheetError("expected a notebook, with cells; got other JSON")
    if not isinstance(_raw_cells(data), list):
        raise WorksheetError("expected a notebook, with cells; it has none")
    if len(_raw_cells(data)) > MAX_CELLS:
        raise WorksheetError(f"expected at most {MAX_CELLS:,} cells")
    return data


def _raw_cells(data: Mapping[str, Any]) -> Any:
    """The cells as JSON has them; those of version 3 stand in sheets."""
    sheets = data.get("worksheets")
    if "cells" not in data and isinstance(sheets, list):
        inside = [s.get("cells") for s in sheets if isinstance(s, dict)]
        return [cell for cells in inside if isinstance(cells, list) for cell in cells]
    return data.get("cells")


def cells_of(data: Mapping[str, Any]) -> Iterator[Cell]:
    """The cells of a notebook, in order."""
    language = _language(data)
    for raw in _raw_cells(data):
        if not isinstance(raw, dict):
            yield Cell("other", [""], "it is no cell")
            continue
        lines = _lines(raw)
        match raw.get("cell_type"):
            case "code":
                yield _code(lines, str(raw.get("language", language)).lower())
            case "markdown" | "heading":
                yield Cell("text", lines)
            case _:
                yield Cell("other", lines)


def _language(data: Mapping[str, Any]) -> str:
    """The language of its code."""
    metadata = data.get("metadata")
    for key, name in (("kernelspec", "language"), ("language_info", "name")):
        known = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(known, dict) and isinstance(known.get(name), str):
            return str(known[name])
    return "python"


def _lines(raw: Mapping[str, Any]) -> list[str]:
    source = raw.get("source", raw.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return LINE_END.split(source) if isinstance(source, str) else [""]


def _code(lines: list[str], language: str) -> Cell:
    """A cell of code, by its language or the magic above it."""
    blank = sum(1 for _ in takewhile(lambda line: not line.strip(), lines))
    first = lines[blank].split() if blank < len(lines) else []
    magic = first[0][2:] if first and first[0].startswith("%%") else ""
    if magic in _WORKSHEET:
        return Cell("worksheet", _without(lines, {blank}))
    if magic and magic not in _PYTHON:
        return Cell("other", lines, f"%%{magic} is not read")
    if not magic and "python" not in language:
        return Cell("other", lines, f"{language} is not read")
    others = {n for n, line in enumerate(lines) if _is_command(line)}
    said = "magics and commands of the shell are not run" if others - {blank} or magic else ""
    return Cell("code", _without(lines, others), said)


def _is_command(line: str) -> bool:
    """True for %magics, !commands and questions? of IPython."""
    bare = line.strip()
    assigned = bare.partition("=")[2].strip() if "=" in bare else ""
    asks = bare.endswith("?") and not bare.startswith("#")
    return bare.startswith(("%", "!", "?")) or assigned.startswith(("!", "%")) or asks


def _without(lines: list[str], others: set[int]) -> list[str]:
    """The lines, some emptied to what may stand in any block."""
    return [_emptied(line) if n in others else line for n, line in enumerate(lines)]


def _emptied(line: str) -> str:
    return line[: len(line) - len(line.lstrip())] + "pass" if line[:1].isspace() else ""
