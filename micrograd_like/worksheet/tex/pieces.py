"""TeX source to pieces: control words, braces, letters, numbers and signs, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from micrograd_like.worksheet.records import Place
from micrograd_like.worksheet.tokens.characters import BLANK, exchanged

PieceKind = Literal["macro", "open", "close", "letter", "number", "sign", "row", "align"]


class Piece(NamedTuple):
    r"""A piece of TeX.

    Attributes:
        kind: "macro" is ``\frac``, "row" is ``\\``, "align" is ``&``.
        text: A control word without its backslash; all else as it stands.
        line: From 1.
        column: Where it begins, from 1.
        end: Where what follows it would.
    """

    kind: PieceKind
    text: str
    line: int
    column: int
    end: int

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(line=self.line, column=self.column, end=self.end)

    def __str__(self) -> str:
        return f"\\{self.text}" if self.kind == "macro" else repr(self.text)

    def touches(self, other: Piece) -> bool:
        """True if the other one follows without a blank."""
        return self.line == other.line and self.end == other.column


class TexError(Exception):
    """A formula that is not understood: what was expected, what came, and where."""

    def __init__(self, piece: Piece, message: str) -> None:
        super().__init__(message)
        self.piece, self.message = piece, message


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a document: its lines, and where in them it begins and ends, from 0."""

    lines: Sequence[str]
    first: int
    start: int
    last: int
    stop: int

    def pieces(self) -> Iterator[tuple[int, int, str]]:
        """(line from 1, column from 0, text) of each of its lines."""
        for number in range(self.first, self.last + 1):
            line = self.lines[number]
            start = self.start if number == self.first else 0
            stop = self.stop if number == self.last else len(line)
            yield number + 1, start, line[start:stop]


#: What groups of the pattern are, however they are written.
_STAND_FOR = {"underscore": ("letter", "_"), "dots": ("sign", "…")}
#: Control words that a star may belong to; behind others it is a sign.
_STARRED = {"operatorname", "hspace", "vspace", "tag", "DeclareMathOperator"}
_PIECE = re.compile(
    rf"(?P<space>[{BLANK}]+|~|%.*)"
    r"|(?P<row>\\\\(?:\*|\[[^\]\n]{0,20}\])?|\\(?:cr|newline)(?![A-Za-z])"
    rf"|\\(?=[{BLANK}]*$))"  # one of the two was lost when it was copied
    rf"|(?P<underscore>\{{[{BLANK}]*\\_[{BLANK}]*\}}|\\_)"  # a letter of a name: rel\_err
    r"|\\(?P<macro>[A-Za-z]+\*?|.)"
    r"|(?P<number>\d+(?:\{,\}\d+)+(?:\.\d+)?|(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+\-]?\d+(?![\d.]))?)"
    r"|(?P<open>\{)|(?P<close>\})|(?P<align>&)"
    r"|(?P<letter>[^\W\d_][\u0300-\u036f]*)"
    r"|(?P<dots>[.…]{2,})"
    r"|(?P<sign>:=|<=|>=|(?<!\^)[+\-]=|.)"
)


def pieces(span: Span) -> list[Piece]:
    """The pieces of a formula; blanks and comments are none."""
    found = []
    for number, start, text in span.pieces():
        for match in _PIECE.finditer(exchanged(text)):
            kind = match.lastgroup
            if kind == "space" or kind is None:
                continue
            text_ = match[kind]
            column, end = start + match.start() + 1, start + match.end() + 1
            if kind == "number" and text_.endswith("."):  # the end of a sentence, or 0.
                text_, end = text_[:-1], end - 1
            if kind == "macro" and text_[-1] == "*" and text_[:-1] not in _STARRED:
                found.append(Piece("macro", text_[:-1], number, column, end - 1))
                kind, text_, column = "sign", "*", end - 1
            if kind in _STAND_FOR:
                kind, text_ = _STAND_FOR[kind]
            found.append(Piece(kind, text_, number, column, end))  # type: ignore[arg-type]
    return list(_digits_of_fractions(found))


def _digits_of_fractions(found: Sequence[Piece]) -> Iterator[Piece]:
    r"""The pieces with the number in ``\frac12`` as two."""
    before = ""
    for piece in found:
        if before.endswith("frac") and piece.text.isdecimal() and len(piece.text) > 1:
            middle = piece.column + 1
            yield piece._replace(text=piece.text[0], end=middle)
            piece = piece._replace(text=piece.text[1:], column=middle)
        yield piece
        before = piece.text if piece.kind == "macro" else ""
