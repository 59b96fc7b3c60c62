"""Formulas to rows of tokens: what is read whole, what continues, what is not understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from micrograd_like.worksheet.lexer import Token
from micrograd_like.worksheet.records import Problem
from micrograd_like.worksheet.tex.formula import Row
from micrograd_like.worksheet.tex.macros import FORMULAS, SIGNS
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tex.symbols import Symbols
from micrograd_like.worksheet.vocabulary import RELATIONS

_OPERATORS = {"+", "-", "·", "*", "/", "⊙"}
_GOES_ON = "it goes on with a formula that could not be read"


@dataclass
class Rows:
    """Reads the formulas of a document, one after the other.

    rows:      the tokens of each row that says something
    problems:  the rows that could not be read
    """

    lines: Sequence[str]
    symbols: Symbols
    rows: list[list[Token]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _broken: bool = False

    def read(self, pieces: Sequence[Piece], display: bool) -> None:
        """One formula; inline, it neither goes on with another nor is left open."""
        before: list[Token] = []
        for row in split(pieces):
            if not row:
                continue
            aligned = row[0].kind == "align"
            relates = any(_relates(piece) for piece in row)
            tokens = self._tokens(row, relates)
            if not tokens:
                before = []
                continue
            goes_on = tokens[0].kind == "sign" and tokens[0].text in RELATIONS
            if before and tokens[0].text in _OPERATORS and (aligned or not relates):
                before += tokens  # the row above goes on
                continue
            if goes_on and self._broken:
                self._fail(TexError(row[0], _GOES_ON), row)
                continue
            self._broken = False
            dangling = tokens[-1].kind == "sign" and tokens[-1].text in RELATIONS
            if not relates or (not display and (goes_on or dangling)):
                before = tokens
                if relates:
                    self._fail(TexError(row[0], "expected a left and a right side"), row)
                continue
            self.rows.append(tokens)
            before = tokens

    def _tokens(self, row: Sequence[Piece], relates: bool) -> list[Token]:
        try:
            return Row(row, self.symbols).read()
        except TexError as error:
            if relates:
                self._fail(error, row)
            return []

    def _fail(self, error: TexError, row: Sequence[Piece]) -> None:
        self._broken = True
        place = error.piece.place
        source = self.lines[place.line - 1]
        name = self._defines(row)
        self.problems.append(Problem(place, error.message, source, row[0].line, name))

    def _defines(self, row: Sequence[Piece]) -> str:
        """The name that a row would have given a value."""
        relation = next((i for i, piece in enumerate(row) if _relates(piece)), 0)
        try:
            tokens = Row(row[:relation], self.symbols).read()
        except TexError:
            return ""
        return tokens[0].text if len(tokens) == 1 and tokens[0].kind == "name" else ""


def _relates(piece: Piece) -> bool:
    text = SIGNS.get(piece.text, "") if piece.kind == "macro" else piece.text
    return piece.kind in ("macro", "sign") and (text in RELATIONS or text == ":=")


def split(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    r"""The rows of a formula: what ``\\`` parts, outside of braces and matrices.

    The environments that hold formulas are gone with their names.
    """
    row: list[Piece] = []
    depth, inner, place = 0, 0, 0
    while place < len(pieces):
        piece = pieces[place]
        depth += (piece.kind == "open") - (piece.kind == "close")
        if piece.kind == "macro" and piece.text in ("begin", "end"):
            name, behind = _environment(pieces, place + 1)
            if name.rstrip("*") in FORMULAS and not inner:
                place = behind
                continue
            inner += 1 if piece.text == "begin" else -1
        if piece.kind == "row" and not depth and inner <= 0:
            yield row
            row = []
        else:
            row.append(piece)
        place += 1
    yield row


def _environment(pieces: Sequence[Piece], place: int) -> tuple[str, int]:
    r"""The name behind ``\begin``, and the place behind it; of alignat, behind its number too."""
    if place >= len(pieces) or pieces[place].kind != "open":
        return "", place
    behind = next((i for i in range(place, len(pieces)) if pieces[i].kind == "close"), len(pieces))
    name = "".join(piece.text for piece in pieces[place + 1 : behind])
    behind += 1
    counted = name.rstrip("*") in ("alignat", "alignedat") and pieces[behind : behind + 3]
    return name, behind + 3 if counted else behind
