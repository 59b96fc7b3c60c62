"""What is said of a calculation, as blocks; a document of them, which every format writes.

Headings, sentences, lines of the calculation, tables and marks are records, so that every
format says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from micrograd_like.notation import counted
from micrograd_like.writers.records import Cell, ClassSummary, Remark, Summary

if TYPE_CHECKING:  # the names of the formats must be had fast
    from micrograd_like.derivation.equations import Equation

#: More digits than a float64 has say nothing.
MOST_PLACES = 15


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; that of the whole is at level 1."""

    text: str
    level: int = 2


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


Block = Heading | Sentence | Lines | Table | Grid | Matrices | Marks | ClassMarks


@dataclass(frozen=True, slots=True)
class Document:
    """What a command answers. A format reads one of its parts, once.

    Attributes:
        blocks: For readers; may be worked out while they are written.
        record: For programs: plain data, every number in full.
        cells: For spreadsheets: a row a line, or None for what has no such rows.
        worksheet: Its calculation, for ``check`` to read; "" for what has none.
    """

    blocks: Iterable[Block]
    record: Callable[[], Mapping[str, Any]]
    cells: Iterable[Cell] | None = None
    worksheet: str = ""


def rounding(places: int) -> str:
    """What a reader must know of the numbers: how they are rounded."""
    return (
        f"Numbers are shown to {counted(places, 'place')} or more; every result is computed in "
        "full, not from the rounded figures beside it."
    )
