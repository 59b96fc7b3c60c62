"""A worksheet's lines as the page has them, with their marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Place, Worksheet
from micrograd_like.writers.formats import html
from micrograd_like.writers.marks import remark
from micrograd_like.writers.records import Remark


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the worksheet.

    Attributes:
        notation: In what it is written.
        lefts: What the line is about, for the script: a name or dA/dB.
        remark: What is to be said of it, where it has been marked.
    """

    source: str
    place: Place
    lefts: str = ""
    comment: bool = False
    remark: Remark | None = None
    notation: str = ""

    @property
    def shown(self) -> Markup:
        """The line as the page has it."""
        return Markup(html.source_html(self.source, self.notation))

    @property
    def working(self) -> str:
        """The right working, in the line's notation."""
        if self.remark is None or self.notation != "latex":
            return "" if self.remark is None else self.remark.working
        return Markup(html.working_html(self.remark))


def line_views(worksheet: Worksheet, report: Report | None) -> Iterator[LineView]:
    """Comments and statements in their order."""
    views = [
        LineView(line.strip().lstrip("# "), worksheet.place(number), comment=True)
        for number, line in enumerate(worksheet.lines, 1)
        if line.strip().startswith("#")
    ]
    if report is None:
        views += [
            LineView(s.source, s.place, str(s.left), notation=s.notation)
            for s in worksheet.statements
        ]
    else:
        views += [
            LineView(
                line.source,
                line.place,
                str(line.left or ""),
                remark=remark(line, report),
                notation=line.notation,
            )
            for line in report.lines
        ]
    yield from sorted(views, key=lambda view: view.place)
