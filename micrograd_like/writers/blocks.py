"""What is said of a calculation, as blocks; a document of them, which every format writes.

Headings, sentences, lines of the calculation, tables and marks are records, so that every
format says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from micrograd_like.notation import by_hand, counted
from micrograd_like.writers.records import Cell, ClassSummary, Remark, Summary

if TYPE_CHECKING:  # the names of the formats must be had fast
    from micrograd_like.derivation.equations import Equation
    from micrograd_like.exercises import Exercise
    from micrograd_like.formula import Expr

#: More digits than a float64 has say nothing.
MOST_PLACES = 15


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; that of the whole is at level 1.

    Attributes:
        apart: True where a new page begins, on what has pages.
    """

    text: str
    level: int = 2
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; with a ``title`` it is set beside lines with titles."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of the calculation: operands with ``places``, results with ``value_places``.

    Attributes:
        rules: True names the rule behind every line.
    """

    lines: tuple[Equation, ...]
    places: int
    value_places: int
    title: str = ""
    rules: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """Lines as somebody types them, each what is equal on it, and whether more is to be filled in.

    Every number stands with the decimals that it was written with.
    """

    rows: tuple[tuple[tuple[Expr, ...], bool], ...]

    @property
    def lines(self) -> Iterator[str]:
        """The lines as a worksheet has them, with a place to write in."""
        for parts, open in self.rows:
            yield " = ".join([*map(by_hand, parts), *(["____"] if open else [])])


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers in full; the first cell of each is a name, the first row has heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of short texts under heads, the first cell of each row naming it."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Matrices:
    """A line with matrices in it, such as ΔW = 0.1 · δ · Hᵀ.

    Attributes:
        parts: Matrices as rows, each with its name, and between them signs and numbers.
        places: Decimals of an entry.
    """

    parts: Sequence[str | tuple[str, Sequence[Sequence[float]]]]
    places: int = 4


@dataclass(frozen=True, slots=True)
class Marks:
    """A worksheet's lines with what is to be said of them, and their counts.

    Attributes:
        title: Its name, where it is one of several.
    """

    remarks: tuple[Remark, ...]
    summary: Summary
    title: str = ""


@dataclass(frozen=True, slots=True)
class ClassMarks:
    """Worksheets by verdicts, and their most common causes."""

    summary: ClassSummary


Block = Heading | Sentence | Lines | Typed | Table | Grid | Matrices | Marks | ClassMarks


@dataclass(frozen=True, slots=True)
class Document:
    """What a command answers. A format reads one of its parts, once.

    Attributes:
        blocks: For readers; may be worked out while they are written.
        record: For programs: plain data, every number in full.
        cells: For spreadsheets: a row a line, or None for what has no such rows.
        worksheet: Its calculation, for ``check`` to read; "" for what has none.
        exercises: Exercises, for what asks them and marks them by itself.
    """

    blocks: Iterable[Block]
    record: Callable[[], Mapping[str, Any]]
    cells: Iterable[Cell] | None = None
    worksheet: str = ""
    exercises: Sequence[Exercise] = ()


def rounding(places: int) -> str:
    """What a reader must know of the numbers: how they are rounded."""
    return (
        f"Numbers are shown to {counted(places, 'place')} or more; every result is computed in "
        "full, not from the rounded figures beside it."
    )
