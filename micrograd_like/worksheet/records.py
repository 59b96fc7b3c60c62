"""What the reader makes of a worksheet: statements and their parts, and what it could not read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from micrograd_like.formula import Expr, Number, Quantity, exact_number


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: where, what was expected, and the line itself.

    first:  the line on which the statement begins, where it is an earlier one
    name:   the name that the statement would have given its value, where one can be told
    number: the number in which the statement ends
    """

    line: int
    column: int
    message: str
    source: str
    first: int = 0
    name: str = ""
    number: Number | None = None

    def __str__(self) -> str:
        shown = "".join(c if c.isprintable() else "·" for c in self.source.expandtabs(1))
        before = "".join(shown[: self.column - 1])
        start = max(len(before) - 60, 0)  # a very long line is shown around the place
        caret = " " * sum(map(_width, before[start:])) + "^"
        return (
            f"line {self.line}, column {self.column}: {self.message}\n"
            f"  {shown[start : start + 100]}\n  {caret}"
        )


def _width(character: str) -> int:
    """Columns a character takes in a terminal."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things a line says are equal.

    approximate:  True where it was joined with ≈
    line, column: where it begins, from 1
    names:        where each name in it first stands, as (line, column)
    otherwise:    what else it may mean, where 1/2y may be ½·y or 1/(2y)
    """

    expr: Expr
    source: str = field(compare=False)
    line: int = field(compare=False)
    column: int = field(compare=False)
    approximate: bool = False
    names: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    otherwise: Expr | None = field(default=None, compare=False)

    @property
    def number(self) -> Number | None:
        """The number, where the part is a single one, its sign included."""
        return exact_number(self.expr)


@dataclass(frozen=True, slots=True)
class Read:
    """One statement, read: a left side and what is said to equal it.

    left:     the quantity it is about
    subject:  the expression on the left side where it is no quantity; ``left`` stands for it
    blank:    True where a ? stands for what is still to be filled in
    assigned: True where a mark such as ← says that the name gets a new value
    read_as:  how it was understood, where that is not as it stands
    doubt:    why a disagreement on it is no proof of a mistake
    element:  which element of an array the statement is of, from 1; 0 for none
    defines:  the function that f(x) = … defines, or the template h_t = …
    """

    line: int = field(compare=False)
    column: int = field(compare=False)
    source: str = field(compare=False)
    left: Quantity
    parts: tuple[Part, ...]
    blank: bool = False
    subject: Expr | None = None
    assigned: bool = field(default=False, compare=False)
    read_as: str = field(default="", compare=False)
    doubt: str = field(default="", compare=False)
    defines: str = ""
    element: int = 0
