"""What the reader makes of a worksheet: statements and their parts, and what it could not read."""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from micrograd_like.formula import Expr, Number, Quantity, exact_number
from micrograd_like.notation import as_written
from micrograd_like.record import record

#: What a statement defines that is said for every value of an index.
FOR_ALL = "for all"

Kind = Literal["given", "definition", "update", "claim"]


class Place(NamedTuple):
    """Where something stands, and so which one it is; places sort as they are read.

    Attributes:
        file: Its name, "" for text that is in none.
        cell: The cell of a notebook, from 1; 0 where there is none.
        line: From 1, in its cell where there is one.
        column: From 1.
        end: The column behind its last character, on the line on which it ends.
    """

    file: str = ""
    cell: int = 0
    line: int = 0
    column: int = 0
    end: int = 0

    @property
    def row(self) -> tuple[int, int]:
        """Cell and line: rows sort as they are read."""
        return self.cell, self.line

    @property
    def number(self) -> str:
        """The line in a column of such: ``5``, in a notebook ``3:5``."""
        return f"{self.cell}:{self.line}" if self.cell else str(self.line)

    @property
    def where(self) -> str:
        """The line in words: ``line 5``, in a notebook ``cell 3, line 5``."""
        return f"cell {self.cell}, line {self.line}" if self.cell else f"line {self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: where, what was expected, and the line itself.

    Attributes:
        first: The line on which the statement begins, where it is an earlier one.
        name: The name that the statement would have given its value, where one can be told.
        number: The number in which the statement ends.
    """

    place: Place
    message: str
    source: str
    first: int = 0
    name: str = ""
    number: Number | None = None

    @property
    def line(self) -> int:
        """The line it is on."""
        return self.place.line

    @property
    def column(self) -> int:
        """The column it is in."""
        return self.place.column

    def __str__(self) -> str:
        shown = "".join(c if c.isprintable() else "·" for c in self.source.expandtabs(1))
        before = "".join(shown[: self.column - 1])
        start = max(len(before) - 60, 0)  # a very long line is shown around the place
        caret = " " * sum(map(_width, before[start:])) + "^"
        return (
            f"{self.place.where}, column {self.column}: {self.message}\n"
            f"  {shown[start : start + 100]}\n  {caret}"
        )


def _width(character: str) -> int:
    """Columns a character takes in a terminal."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@record
class Part:
    """One of the things a line says are equal.

    Attributes:
        approximate: True where it was joined with ≈.
        names: Where each name in it first stands.
        otherwise: What else it may mean, where 1/2y may be ½·y or 1/(2y).
    """

    expr: Expr
    source: str = field(compare=False)
    place: Place = field(compare=False)
    approximate: bool = False
    names: Mapping[str, Place] = field(default_factory=dict, compare=False)
    otherwise: Expr | None = field(default=None, compare=False)

    @property
    def number(self) -> Number | None:
        """The number, where the part is a single one, its sign included."""
        return exact_number(self.expr)

    def rewritten(self, change: Callable[[Expr], Expr]) -> Part:
        """The part with its expression changed; the same object where nothing is."""
        expr, otherwise = change(self.expr), self.otherwise
        otherwise = None if otherwise is None else change(otherwise)
        if expr is self.expr and otherwise is self.otherwise:
            return self
        return replace(self, expr=expr, otherwise=otherwise)


@dataclass(frozen=True, slots=True)
class Slip:
    """A cause of a mistake that a reader finds which knows whole arrays.

    Attributes:
        code: Of the cause.
        detail: What is to be said beside it.
    """

    code: str
    detail: str = ""


@record
class Statement:
    """One statement: a left side and what is said to equal it.

    The reader makes it; which name is meant, what kind it is, and which of its parts gives the
    left side its value, are decided when the whole document is known.

    Attributes:
        left: The quantity it is about.
        parts: What is said to equal it; none where nothing can be held against it.
        blank: True where a ? stands for what is still to be filled in.
        subject: The expression on the left side where it is no quantity; ``left`` stands for it.
        kind: The kind: given (a number), definition, update, or claim.
        builds: Which part gives the left side its value; −1 for a claim.
        assigned: True where a mark such as ← says that the name gets a new value.
        read_as: How it was understood, where that is not as it stands.
        doubt: Why a disagreement on it is no proof of a mistake.
        element: Which element of an array it is about, from 1; 0 for none.
        step: When it is reached, where its place does not tell: a function is entered from further
            down; 0 for what is reached in the order of its lines.
        held: True for what is held against a definition that stands elsewhere: it makes none.
        expected: The line as it should be, where the format can write it.
        slip: The cause that the format has found, should the line be wrong.
        notation: In what it is written: "latex", or "" for the language of worksheets.
        defines: The function that f(x) = … defines; "template" for what one says of a number,
            and :data:`FOR_ALL` for the template h_t = … itself.
    """

    place: Place = field(compare=False)
    source: str = field(compare=False)
    left: Quantity
    parts: tuple[Part, ...] = ()
    blank: bool = False
    subject: Expr | None = None
    kind: Kind = "claim"
    builds: int = field(default=-1, compare=False)
    assigned: bool = field(default=False, compare=False)
    read_as: str = field(default="", compare=False)
    doubt: str = field(default="", compare=False)
    element: int = field(default=0, compare=False)
    step: int = field(default=0, compare=False)
    held: bool = field(default=False, compare=False)
    expected: str = field(default="", compare=False)
    slip: Slip | None = field(default=None, compare=False)
    notation: str = field(default="", compare=False)
    defines: str = field(default="", compare=False)

    @property
    def order(self) -> tuple[int, Place]:
        """What is reached before it has less."""
        return self.step, self.place

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.place.line

    @property
    def column(self) -> int:
        """The column in which it begins."""
        return self.place.column

    def rewritten(self, change: Callable[[Expr], Expr], left: Quantity | None = None) -> Statement:
        """The statement with every expression changed; the same object where nothing is.

        Args:
            change: Makes an expression of each, and a quantity of a quantity.
            left: What stands on the left; without it, what is made of the left side.
        """
        parts = tuple(part.rewritten(change) for part in self.parts)
        subject = None if self.subject is None else change(self.subject)
        own: Any = change(self.left) if left is None else left
        same = own is self.left and subject is self.subject
        if same and all(map(operator.is_, parts, self.parts)):
            return self
        return replace(self, left=own, parts=parts, subject=subject)

    def doubted(self, reason: str) -> Statement:
        """The statement with one more reason why it is no proof."""
        return replace(self, doubt="; ".join(filter(None, [self.doubt, reason])))

    def __str__(self) -> str:
        text = as_written(self.left if self.subject is None else self.subject)
        for part in self.parts:
            text += f" {'≈' if part.approximate else '='} {as_written(part.expr)}"
        return text + " = ?" * self.blank
