"""What an input format is, and how its module says what it reads."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from micrograd_like.formula import Name
from micrograd_like.worksheet.records import Part, Place, Problem, Statement
from micrograd_like.worksheet.tokens.characters import split_lines
from micrograd_like.worksheet.tokens.lexer import Token


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a notebook, whose lines stand one behind the other.

    Attributes:
        starts: How many lines stand before each cell; none where a document has no cells.
    """

    starts: tuple[int, ...] = ()

    def place(self, place: Place) -> Place:
        """A place whose line is counted in the document, as one that is counted in its cell."""
        cell = bisect_left(self.starts, place.line)
        return place._replace(cell=cell, line=place.line - self.starts[cell - 1]) if cell else place

    def line(self, place: Place) -> int:
        """The line in the document of a place in a cell."""
        return place.line + (self.starts[place.cell - 1] if place.cell else 0)

    def statement(self, read: Statement) -> Statement:
        """A statement with its places in their cells."""
        if not self.starts:
            return read
        parts = tuple(map(self._part, read.parts))
        return replace(read, place=self.place(read.place), parts=parts)

    def problem(self, problem: Problem) -> Problem:
        """A problem with its place in its cell."""
        if not self.starts:
            return problem
        place = self.place(problem.place)
        first = problem.first and problem.first - problem.line + place.line
        return replace(problem, place=place, first=first)

    def _part(self, part: Part) -> Part:
        names = {name: self.place(place) for name, place in part.names.items()}
        return replace(part, place=self.place(part.place), names=names)


@dataclass
class Source:
    """What a format makes of a document.

    Attributes:
        lines: The document as it stands, line by line.
        rows: The tokens of every line or formula that may say something, in order.
        problems: What could not be understood, with its place.
        told: What was decided for the whole document, in words.
        reads: Statements of a format that gives them as they are, in the place of rows.
        passed: What was passed over, for it claims nothing, with its place.
        notation: In what rows are written: "latex", or "" for the language of worksheets.
        older: For every later version of a name in them the one before.
        sections: Headings that begin another problem.
        cells: The cells in which the lines stand.
    """

    lines: list[str]
    rows: list[list[Token]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    told: tuple[str, ...] = ()
    reads: list[Statement] = field(default_factory=list)
    passed: list[Problem] = field(default_factory=list)
    notation: str = ""
    older: dict[Name, Name] = field(default_factory=dict)
    sections: list[Place] = field(default_factory=list)
    cells: Cells = Cells()


#: Makes statements' tokens of a document's lines.
Read = Callable[[list[str]], Source]


@dataclass(frozen=True, slots=True)
class Format:
    """An input format.

    Attributes:
        suffixes: How the names of its files end.
        looks_like: True for a text of it, where no name tells.
        order: The place in which content is asked: the most particular first.
        expects: What a file of it must hold; "" where it may be empty.
        read: Makes rows of tokens of a document's lines.
        packed: True for a format whose lines are packed into something else, as a notebook's
            are: its whole text is the one line that ``read`` is given.
    """

    suffixes: tuple[str, ...]
    looks_like: Callable[[str], bool]
    order: int
    expects: str
    read: Read
    packed: bool = False

    def source(self, text: str) -> Source:
        """What it makes of a text.

        Raises:
            WorksheetError: The text is too large, has too many lines, or is none of the format.
        """
        return self.read([text] if self.packed else split_lines(text))


#: By the names of their modules.
REGISTERED: dict[str, Format] = {}


def reads(
    *suffixes: str,
    order: int,
    looks_like: Callable[[str], bool],
    expects: str = "",
    packed: bool = False,
) -> Callable[[Read], Read]:
    """Register the function as what reads its module's :class:`Format`."""

    def register(read: Read) -> Read:
        REGISTERED[read.__module__] = Format(suffixes, looks_like, order, expects, read, packed)
        return read

    return register
