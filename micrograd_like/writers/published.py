"""Marked worksheets as plain data: what ``--format json`` and ``csv`` have, and its schema.

The names are a contract, and so is :data:`VERSION`: it is another one when a name goes or means
something else. ``docs/marks.schema.json`` is :func:`schema`; a program may rely on it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from micrograd_like.marking.records import Hint, Item, ItemVerdict, Report, Verdict
from micrograd_like.worksheet.records import Place
from micrograd_like.writers.records import Before, Cell, Remark
from micrograd_like.writers.remarks import remarks, typed

if sys.version_info >= (3, 12) or TYPE_CHECKING:
    from typing import TypedDict
else:  # pydantic, with which others read these types, asks for this one
    from typing_extensions import TypedDict

#: Of the names and their meanings.
VERSION = 1

#: A worksheet marked now or in an earlier run.
Marked = Report | Before


class CellData(TypedDict, total=False):
    """The cell of a notebook, from 1, where there is one."""

    cell: int


class PlaceData(CellData):
    """Where something stands, all from 1; ``end`` is the column behind it."""

    line: int
    column: int
    end: int


class PartData(PlaceData):
    """One of the things that a line says are equal."""

    source: str
    verdict: Verdict


class LineData(PlaceData):
    """A line: what it says, its verdict, and what is to be said of it.

    ``causes`` are codes, the most likely first; ``expected`` is the true number, and ``working``
    how it comes about, in the line's notation.
    """

    source: str
    verdict: Verdict
    parts: list[PartData]
    causes: list[str]
    read_as: str | None
    message: str
    expected: float | None
    working: str | None


class StatedData(CellData, total=False):
    """Where something stands, if it does."""

    line: int
    column: int
    end: int


class AskedData(StatedData):
    """A quantity that an assignment asks for; without points somebody has to look at it."""

    quantity: str
    verdict: ItemVerdict
    points: float | None
    of: float


class WorksheetData(TypedDict):
    """A worksheet: its lines, how many have each verdict, and points where it had an assignment.

    ``failure`` says why it could not be marked at all, and is empty where it could; ``told`` has
    what was decided for the whole of it.
    """

    file: str
    failure: str
    right: int
    taken: int
    follows: int
    unchecked: int
    wrong: int
    unreadable: int
    points: float | None
    of: float | None
    hint: Hint
    told: list[str]
    asked: list[AskedData]
    lines: list[LineData]


class MarksData(TypedDict):
    """What ``micrograd-like check --format json`` prints."""

    schema: int
    worksheets: list[WorksheetData]


def schema() -> dict[str, Any]:
    """The JSON schema of :class:`MarksData`, draft 2020-12."""
    import msgspec  # the playground marks without it

    found = msgspec.json.schema(MarksData)
    about = {"title": f"Marked worksheets, version {VERSION}"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **about, **found}


def marks_data(worksheets: list[WorksheetData]) -> MarksData:
    """Worksheets as they are printed together."""
    return {"schema": VERSION, "worksheets": worksheets}


def data_of(marked: Marked) -> WorksheetData:
    """A worksheet as plain data, made now or before."""
    return marked.data if isinstance(marked, Before) else worksheet_data(marked)


def worksheet_data(report: Report) -> WorksheetData:
    """The report as plain data."""
    return {
        "file": report.file,
        "failure": report.failure,
        **report.counts,  # type: ignore[typeddict-item]
        "points": report.points if report.items else None,
        "of": report.of if report.items else None,
        "hint": report.hint,
        "told": list(report.told),
        "asked": [_asked(item) for item in report.items],
        "lines": [_line(remark) for remark in remarks(report)],
    }


def cells(worksheet: WorksheetData) -> Iterator[Cell]:
    """A row a line, and one for each quantity that is asked for and stands on none."""
    asked = {_at(item): item for item in worksheet["asked"] if "line" in item}
    for line in worksheet["lines"]:
        stated = asked.get(_at(line))
        yield Cell(
            file=worksheet["file"],
            line=line["line"],
            column=line["column"],
            verdict=line["verdict"],
            causes=" ".join(line["causes"]),
            expected=line["expected"],
            source=line["source"],
            message=line["message"],
            working=line["working"] or "",
            cell=line.get("cell"),
            points=None if stated is None else stated["points"],
            of=None if stated is None else stated["of"],
        )
    for item in worksheet["asked"]:
        if "line" not in item:
            said = _NOWHERE[item["verdict"]]
            about = (item["verdict"], "", None, item["quantity"], said, "", None)
            yield Cell(worksheet["file"], None, None, *about, item["points"], item["of"])
    if worksheet["failure"]:
        yield Cell(
            worksheet["file"], None, None, "unreadable", "", None, "", worksheet["failure"], ""
        )


#: What is said of a quantity that stands on no line.
_NOWHERE = {
    "implied": "Left out on the way.",
    "missing": "It is missing.",
    "unchecked": "It is to be looked at.",
}


def _at(placed: Mapping[str, Any]) -> tuple[int, int, int]:
    return placed.get("cell", 0), placed["line"], placed["column"]


def _asked(item: Item) -> AskedData:
    asked: AskedData = {
        "quantity": str(item.quantity),
        "verdict": item.verdict,
        "points": item.points,
        "of": item.of,
    }
    return asked if item.place is None else {**asked, **_place(item.place)}


def _line(remark: Remark) -> LineData:
    line = remark.line
    return {
        **_place(line.place),
        "source": line.source,
        "verdict": line.verdict,
        "parts": [
            {**_place(part.place), "source": part.source, "verdict": part.verdict}
            for part in line.parts
        ],
        "causes": [cause.code for cause in line.causes],
        "read_as": line.read_as or None,
        "message": remark.sentence,
        "expected": line.expected,
        "working": typed(line) or None,
    }


def _place(place: Place) -> PlaceData:
    found: PlaceData = {"line": place.line, "column": place.column, "end": place.end}
    return {"cell": place.cell, **found} if place.cell else found


def main() -> None:
    """Print the schema, as ``docs/marks.schema.json`` has it."""
    import json

    print(json.dumps(schema(), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
