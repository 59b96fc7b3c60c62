"""What is said of a marked worksheet, and of a class's: records that every format writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from micrograd_like.writers.layout import FIXED, FORMULA

if TYPE_CHECKING:  # the command lists the formats, and has no use for the marking before that
    from micrograd_like.marking.records import LineMark
    from micrograd_like.writers.published import WorksheetData


@dataclass(frozen=True, slots=True)
class Look:
    """How a verdict looks.

    Attributes:
        mark: The sign before a line.
        plain: The same in ASCII.
        counted: The verdict of one line in the counts, and that of several.
        colour: In HTML.
        ansi: In a terminal.
    """

    mark: str
    plain: str
    counted: tuple[str, str]
    colour: str
    ansi: str


#: In the order of the counts.
LOOKS: Mapping[str, Look] = {
    "right": Look("✓", "+", ("right", "right"), "#1b7f3b", "green"),
    "taken": Look("·", "*", ("taken", "taken"), "#57606a", "white"),
    "follows": Look("→", ">", ("follows", "follow"), "#9a6700", "yellow"),
    "wrong": Look("✗", "x", ("wrong", "wrong"), "#c4262e", "red"),
    "unreadable": Look("?", "?", ("unreadable", "unreadable"), "#6e40c9", "magenta"),
    "unchecked": Look("–", "-", ("unchecked", "unchecked"), "#57606a", "cyan"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a line.

    Attributes:
        line: The line, marked.
        said: What a teacher would say, with fixed spaces where no line of text may end, and each
            formula between two marks.
        label: What the working is called: "right", "true", or "expected" in the line's notation.
        working: How the right number comes about, in text; "" where that is not said.
        reason: Of a right line, its rule and what is to be noticed.
    """

    line: LineMark
    said: str
    label: str = ""
    working: str = ""
    reason: str = ""

    @property
    def sentence(self) -> str:
        """What a teacher would say."""
        return self.kept.replace(FIXED, " ")

    @property
    def kept(self) -> str:
        """The same, with the fixed spaces."""
        return self.said.replace(FORMULA, "")

    @property
    def brief(self) -> str:
        """The same, of a right line only the reason."""
        return f"({self.reason})" if self.line.verdict in ("right", "taken") else self.sentence

    @property
    def look(self) -> Look:
        """How the line's verdict looks."""
        return LOOKS[self.line.verdict]


@dataclass(frozen=True, slots=True)
class Summary:
    """A worksheet, counted: how many lines have each verdict, and each cause.

    Attributes:
        points: What it gets of an assignment's points, and what there are; None without one.
        failure: Why it could not be marked at all.
        open: Quantities of the assignment that somebody has to look at.
        status: The command's exit status for it.
    """

    name: str
    counts: Mapping[str, int]
    causes: Mapping[str, int]
    points: tuple[float, float] | None = None
    failure: str = ""
    open: int = 0
    status: int = 0

    def __str__(self) -> str:
        """The counts in words: ``38 right, 11 follow, 5 wrong; 7 of 10 points``."""
        if self.failure:
            return f"It could not be marked: {self.failure}."
        said = ", ".join(
            f"{count} {LOOKS[verdict].counted[count != 1]}"
            for verdict, count in self.counts.items()
            if count or verdict in ("right", "wrong")
        )
        points = f"{self.scored} points" if self.points else ""
        points += f", {self.open} to be looked at" if self.open else ""
        if not any(self.counts.values()):
            said = "There is nothing to mark."
            return f"{said} {points}." if points else said
        return "; ".join(filter(None, (said, points)))

    @property
    def scored(self) -> str:
        """The points in words: ``7.5 of 10``; "" where there are none."""
        return "" if self.points is None else " of ".join(f"{n:g}" for n in self.points)


@dataclass(frozen=True, slots=True)
class Before:
    """A worksheet that an earlier run has marked: what programs read of it is kept, no more."""

    data: WorksheetData


@dataclass(frozen=True, slots=True)
class Common:
    """A cause that is common in a class: in how many lines, of how many worksheets."""

    code: str
    brief: str
    lines: int
    worksheets: int

    @property
    def counted(self) -> tuple[str, str]:
        """The counts in words."""
        lines, sheets = self.lines, self.worksheets
        return (
            f"{lines} line{'s' * (lines != 1)}",
            f"in {sheets} worksheet{'s' * (sheets != 1)}",
        )


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """Worksheets, counted.

    Attributes:
        totals: How many lines of all have each verdict.
        common: The most common causes, the most common first.
    """

    sheets: tuple[Summary, ...]
    totals: Mapping[str, int]
    common: tuple[Common, ...]

    @property
    def table(self) -> tuple[tuple[str, ...], ...]:
        """The heads, the worksheets and their sum: a name, a number for each verdict, points.

        A worksheet that could not be marked has no numbers.
        """
        all_counted = Summary("all", self.totals, {})
        graded = any(sheet.points for sheet in self.sheets)
        rows = (
            (
                sheet.name,
                *("–" if sheet.failure else str(sheet.counts[verdict]) for verdict in LOOKS),
                *((sheet.scored,) if graded else ()),
            )
            for sheet in (*self.sheets, all_counted)
        )
        return (("worksheet", *LOOKS, *(("points",) if graded else ())), *rows)


def harmless(row: Iterable[object]) -> tuple[object, ...]:
    """A row for a spreadsheet, which takes no text in it for a formula."""
    formulas = ("=", "+", "-", "@", "\t", "\r")
    return tuple(f"'{v}" if isinstance(v, str) and v.startswith(formulas) else v for v in row)


class Cell(NamedTuple):
    """A line of a marked worksheet as a spreadsheet has it, or something that is missing in it.

    Attributes:
        points: What an assignment's quantity on the line gets, and what it is worth.
    """

    file: str
    line: int | None
    column: int | None
    verdict: str
    causes: str
    expected: float | None
    source: str
    message: str
    working: str
    cell: int | None = None
    points: float | None = None
    of: float | None = None

    def harmless(self) -> tuple[object, ...]:
        """What a spreadsheet may be given: it takes no text of them for a formula."""
        return harmless(self)
