"""A worksheet's lines as the page has them, with their marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from micrograd_like.marking.records import LineMark, Report
from micrograd_like.worksheet import Worksheet
from micrograd_like.writers import report as marks


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the worksheet, with its mark where it has been marked.

    lefts:  what the line is about, for the script: a name or dA/dB
    """

    source: str
    number: int = 0
    lefts: str = ""
    comment: bool = False
    verdict: str = ""
    mark: str = ""
    remark: str = ""
    working: str = ""
    working_label: str = ""


def line_views(worksheet: Worksheet, report: Report | None) -> Iterator[LineView]:
    """Comments and statements in their order."""
    comments = [
        (place, LineView(line.strip().lstrip("# "), place, comment=True))
        for place, line in enumerate(worksheet.lines, 1)
        if line.strip().startswith("#")
    ]
    if report is None:
        said = [(s.line, LineView(s.source, s.line, str(s.left))) for s in worksheet.statements]
    else:
        said = [(line.line, _marked(line, report)) for line in report.lines]
    for _, view in sorted([*comments, *said], key=lambda pair: pair[0]):
        yield view


def _marked(line: LineMark, report: Report) -> LineView:
    lefts = "" if line.left is None else str(line.left)
    remark = f"({line.rule})" if line.verdict == "right" else marks.message(line, report)
    return LineView(
        line.source,
        line.line,
        lefts,
        verdict=line.verdict,
        mark=marks.MARKS[line.verdict],
        remark=remark,
        working=marks.working_text(line),
        working_label="right" if line.verdict == "wrong" else "true",
    )
