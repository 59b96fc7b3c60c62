"""Marked worksheets as documents: remarks, counts, points, a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.records import Report, exit_status
from micrograd_like.notation import text
from micrograd_like.writers.blocks import Block, ClassMarks, Document, Grid, Marks, Sentence
from micrograd_like.writers.published import Marked, cells, data_of, marks_data
from micrograd_like.writers.records import LOOKS, Before, ClassSummary, Common, Summary
from micrograd_like.writers.remarks import remarks

_CAUSES = {cause.code: cause for cause in CAUSES}
#: So many causes of a class are listed.
_COMMON = 10


def summary(marked: Marked) -> Summary:
    """The worksheet's counts."""
    if isinstance(marked, Report):
        points = (marked.points, marked.of) if marked.items else None
        named = marked.file, marked.counts, marked.causes, points, marked.failure
        return Summary(*named, sum(i.points is None for i in marked.items), marked.status)
    data = marked.data
    counts = {verdict: data[verdict] for verdict in LOOKS}  # type: ignore[literal-required]
    items = [(item["points"], item["of"]) for item in data["asked"]]
    return Summary(
        data["file"],
        counts,
        Counter(line["causes"][0] for line in data["lines"] if line["causes"]),
        None if data["of"] is None else (data["points"] or 0.0, data["of"]),
        data["failure"],
        sum(had is None for had, _ in items),
        exit_status(counts, items),
    )


def class_summary(sheets: Iterable[Summary]) -> ClassSummary:
    """The counts of a whole class."""
    sheets = tuple(sheets)
    totals, lines, worksheets = Counter[str](), Counter[str](), Counter[str]()
    for sheet in sheets:
        totals.update(sheet.counts)
        lines.update(sheet.causes)
        worksheets.update(sheet.causes.keys())
    common = tuple(
        Common(code, _CAUSES[code].brief, count, worksheets[code])
        for code, count in lines.most_common(_COMMON)
    )
    return ClassSummary(sheets, totals, common)


def class_rows(marked: Iterable[Marked]) -> Iterator[tuple[object, ...]]:
    """The worksheets of a class for a spreadsheet: a head, and a row for each."""
    yield ("worksheet", "points", "of", "to be looked at", *LOOKS, "failure")
    for sheet in map(summary, marked):
        points, of = sheet.points or ("", "")
        yield (sheet.name, points, of, sheet.open, *map(sheet.counts.get, LOOKS), sheet.failure)


def marks(report: Report, title: str = "") -> Marks:
    """The worksheet's lines with what is to be said of them, and their counts."""
    return Marks(remarks(report), summary(report), title)


def document(marked: Iterable[Marked], several: bool = False, verbose: bool = False) -> Document:
    """Marked worksheets, written one by one as they come.

    Args:
        marked: Their reports.
        several: True for a summary at the end.
        verbose: True to list what was passed over.
    """
    return Document(
        _blocks(marked, several, verbose),
        lambda: marks_data([*map(data_of, marked)]),
        (cell for one in marked for cell in cells(data_of(one))),
    )


def _blocks(marked: Iterable[Marked], several: bool, verbose: bool) -> Iterator[Block]:
    counted = []
    for one in marked:
        counted.append(summary(one))
        if isinstance(one, Before):
            yield Sentence(f"{counted[-1].name}: marked before: {counted[-1]}")
            continue
        block = marks(one, one.file if several else "")
        if one.told:
            where = f"{block.title}: " if block.title else ""
            yield Sentence(f"{where}{'. '.join(one.told)}.")
        for passed in one.passed if verbose else ():
            yield Sentence(f"passed over, line {passed.place.number}: {passed.source}")
        yield block
        if one.items and not one.failure:
            yield _points(one)
    if len(counted) > 1:
        yield ClassMarks(class_summary(counted))


def _points(report: Report) -> Grid:
    """What an assignment asks for, and what the answer gets for it."""
    rows = (
        (
            text(item.quantity),
            "to be looked at" if item.points is None else f"{item.points:g} of {item.of:g}",
            "" if item.verdict == "unchecked" else item.verdict,
            "" if item.place is None else item.place.where,
        )
        for item in report.items
    )
    return Grid(("asked", "points", "", ""), tuple(rows))
