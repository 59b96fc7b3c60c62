"""What is said of a marked worksheet, and of a class's: records that every format writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from micrograd_like.writers.layout import FIXED, FORMULA

if TYPE_CHECKING:  # the command lists the formats, and has no use for the marking before that
    from micrograd_like.marking.records import LineMark


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
    """A worksheet, counted: how many lines have each verdict, and each cause."""

    name: str
    counts: Mapping[str, int]
    causes: Mapping[str, int]

    def __str__(self) -> str:
        """The counts in words: ``38 right, 11 follow, 5 wrong``."""
        if not any(self.counts.values()):
            return "There is nothing to mark."
        return ", ".join(
            f"{count} {LOOKS[verdict].counted[count != 1]}"
            for verdict, count in self.counts.items()
            if count or verdict in ("right", "wrong")
        )


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
        """The heads, the worksheets and their sum, each a name and a number for each verdict."""
        named = [*((sheet.name, sheet.counts) for sheet in self.sheets), ("all", self.totals)]
        rows = ((name, *(str(counts[verdict]) for verdict in LOOKS)) for name, counts in named)
        return (("worksheet", *LOOKS), *rows)


class Cell(NamedTuple):
    """A line of a marked worksheet as a spreadsheet has it."""

    file: str
    line: int
    column: int
    verdict: str
    causes: str
    expected: float | None
    source: str
    message: str
    working: str
    cell: int | None = None

    def harmless(self) -> tuple[object, ...]:
        """What a spreadsheet may be given: it takes no text of them for a formula."""
        formulas = ("=", "+", "-", "@", "\t", "\r")
        return tuple(f"'{v}" if isinstance(v, str) and v.startswith(formulas) else v for v in self)
