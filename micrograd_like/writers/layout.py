"""A page of text: its width, its look, lines wrapped to it and columns on it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

#: Columns of a page, where no terminal says otherwise.
WIDTH = 88
#: A space at which no line ends.
FIXED = "\u00a0"
#: Stands on either side of a formula in a sentence, for formats that set formulas.
FORMULA = "\u2063"
#: A line has at least so many columns beside what stands before it.
_LEAST = 20

#: Gives a text the look of a verdict, of "bold" or of "dim".
Paint = Callable[[str, str], str]


def unpainted(_: str, text: str) -> str:
    """The text as it is."""
    return text


@dataclass(frozen=True, slots=True)
class Page:
    """A page of so many columns, and how looks are given to what stands on it.

    Attributes:
        edge: The last column of the terminal, which may be wider than what is read well; None for a
            file, in which the rules behind equations may stand beyond the page.
    """

    width: int = WIDTH
    paint: Paint = unpainted
    edge: int | None = None

    @property
    def last(self) -> float:
        """The last column in which anything may stand."""
        return self.edge or (self.width if self.width < WIDTH else math.inf)


def wrapped(text: str, width: int = WIDTH, head: str = "", margin: str | None = None) -> list[str]:
    """The text in lines of ``width`` columns, broken at spaces alone, none that is FIXED.

    Args:
        text: What is wrapped; a word that is too long stays whole.
        width: Columns of the page; beside ``head`` there are at least some.
        head: What stands before the first line.
        margin: What stands before the others; without it, ``head`` again.
    """
    lines = textwrap.wrap(
        text,
        max(width, len(head) + _LEAST),
        initial_indent=head,
        subsequent_indent=head if margin is None else margin,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [line.replace(FIXED, " ") for line in lines]


def columns(rows: Iterable[Sequence[str]], gap: int = 2) -> list[str]:
    """The rows in columns: their first cells to the left, the others to the right.

    A letter that takes two columns of a terminal, as Chinese ones do, counts as two.
    """
    rows = list(rows)
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [
        (" " * gap).join((left(row[0], widths[0]), *map(right, row[1:], widths[1:]))).rstrip()
        for row in rows
    ]


def left(text: str, width: int) -> str:
    """The text at the left of so many columns."""
    return text + " " * (width - cell_len(text))


def right(text: str, width: int) -> str:
    """The text at the right of so many columns."""
    return " " * (width - cell_len(text)) + text
