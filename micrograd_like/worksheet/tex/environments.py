"""Environments in TeX: matrices, vectors, and a choice between cases."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_like.worksheet.clauses.prose import COMPARISONS
from micrograd_like.worksheet.tex.fractions import Fractions
from micrograd_like.worksheet.tex.macros import CASES, DETERMINANTS, FORMULAS, MATRICES
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.vocabulary import COMPARED, RELATIONS

_Cells = list[list[list[Token]]]
#: What says in words when a case holds.
_WHEN = ("if", "when", "for", "otherwise", "else")


class Environments(Fractions):
    r"""The rules for ``\begin{…}``."""

    def environment(self, piece: Piece) -> None:
        """A matrix as the list of its rows; cases as a choice."""
        braced = begins_cases(self.pieces, self.place - 1)
        name, start, depth = self._named(piece).rstrip("*"), self.place, 1
        while self.place < self.stop and depth:
            if self.at_macro("begin", "end"):
                depth += 1 if self.next.text == "begin" else -1
            self.place += 1
        if depth:
            raise TexError(piece, rf"expected \end{{{name}}} for this \begin{{{name}}}")
        stop = self.place - 1
        ended = self._named(self.pieces[stop]).rstrip("*")
        if ended != name:
            raise TexError(self.pieces[stop], rf"expected \end{{{name}}}, got \end{{{ended}}}")
        if name in DETERMINANTS:
            self.unclear("Determinants are not worked out", piece)
            return
        if name == "array":  # behind its columns
            start = self.pairs.braces.get(start, start - 1) + 1
        if name in CASES:
            self._cases(piece, self._cells(start, stop))
        elif braced and name in MATRICES | FORMULAS:
            self.tokens.pop()  # the brace
            self.depth -= 1
            self._cases(piece, self._cells(start, stop))
        elif name in MATRICES:
            self._matrix(piece, self._cells(start, stop))
        else:
            known = ", ".join(sorted(MATRICES | CASES))
            raise TexError(piece, f"expected one of {known}; got the environment {name!r}")

    def _named(self, piece: Piece) -> str:
        """What stands in the braces of a begin or end."""
        start, stop = self.argument(piece)
        return "".join(p.text for p in self.pieces[start:stop])

    def _cells(self, start: int, stop: int) -> _Cells:
        """The rows of an environment, each a list of its cells' tokens."""
        rows: _Cells = [[]]
        depth, begin = 0, start
        for place in range(start, stop + 1):
            piece = self.pieces[place]
            if place < stop and piece.kind == "macro" and piece.text in ("begin", "end"):
                depth += 1 if piece.text == "begin" else -1
            if place == stop or (not depth and piece.kind in ("align", "row")):
                rows[-1].append(self.captured(begin, place))
                if piece.kind == "row":
                    rows.append([])
                begin = place + 1
        return [row for row in rows if any(row)]

    def _matrix(self, piece: Piece, rows: _Cells) -> None:
        """[[a, b], [c, d]]; a column is a vector."""
        last = self.last
        if not rows:
            raise TexError(piece, "expected an element in the matrix")
        rows = [row[:-1] if len(row) > 1 and not row[-1] else row for row in rows]
        if not all(cell for row in rows for cell in row):
            self.unclear("A matrix with an empty cell is not worked out", piece)
            return
        behind = self.place + self.at_macro("right")
        closed = behind < self.stop and self.pieces[behind].text in ("]", ")")
        called = len(self.tokens) > 1 and self.tokens[-2].kind == "name"
        if closed and not called and self.tokens and self.tokens[-1].text in ("[", "("):
            self.tokens.pop()  # \left[\begin{array}…
            self.depth -= 1
            self.place = behind + 1
        nested = any(len(row) > 1 for row in rows)
        if (not nested or len(rows) == 1) and self._transposed():
            rows, nested = [[*cells] for cells in zip(*rows, strict=True)], not nested
        self.emit("sign", "[", piece)
        for place, row in enumerate(rows):
            if place:
                self.emit("sign", ",", piece)
            if nested:
                self.emit("sign", "[", piece)
            for column, cell in enumerate(row):
                if column:
                    self.emit("sign", ",", piece)
                self.tokens += cell
            if nested:
                self.emit("sign", "]", last)
        self.emit("sign", "]", last)

    def _transposed(self) -> bool:
        """True where a transposition follows; it is passed."""
        if not self.at("^"):
            return False
        kept, sign = self.place, self.take()
        if not self.is_transposed(*self.argument(sign)):
            self.place = kept
            return False
        return True

    def _cases(self, piece: Piece, rows: _Cells) -> None:
        """The first case if its condition holds, else the next one, else the last."""
        if self.at_macro("right"):
            self.place += 2 if self.place + 1 < self.stop else 1
        cases = [_case(row) for row in rows]
        if len(cases) < 2 or not all(value for value, _ in cases):
            raise TexError(piece, "expected two cases or more, each with its value")
        if not all(_compares(condition) for _, condition in cases[:-1]):
            self.unclear("Which of its cases holds is not worked out", piece)
            return
        self.emit("sign", "(", piece)
        for value, condition in cases[:-1]:
            self.tokens += value
            self.emit("name", "if", piece)
            self.tokens += condition
            self.emit("name", "else", piece)
        self.tokens += cases[-1][0]
        self.emit("sign", ")", self.last)


def begins_cases(pieces: Sequence[Piece], place: int) -> bool:
    r"""True for the begin of ``\left\{ \begin{array}``: it holds cases."""
    before = pieces[place - 1] if place else None
    return before is not None and before.kind == "macro" and before.text in ("{", "lbrace")


def _case(row: list[list[Token]]) -> tuple[list[Token], list[Token]]:
    """What a row of cases says, and when: behind an &, or the last comma outside of brackets."""
    cells = [_without_words(cell) for cell in row]
    filled = [cell for cell in cells if cell]
    if len(filled) != 1:
        return filled[0] if filled else [], [token for cell in filled[1:] for token in cell]
    depth, comma = 0, 0
    for place, token in enumerate(filled[0]):
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if token.text == "," and not depth:
            comma = place
    return (filled[0][:comma], filled[0][comma + 1 :]) if comma else (filled[0], [])


def _compares(condition: Sequence[Token]) -> bool:
    """True for one comparison that can be worked out: x > 0."""
    signs = [t.text for t in condition if t.text in COMPARISONS | RELATIONS]
    return len(signs) == 1 and signs[0] in COMPARED


def _without_words(cell: list[Token]) -> list[Token]:
    """A case without what says when it holds, and the comma before that."""
    kept = [token for token in cell if token.text.lower() not in _WHEN]
    return kept[:-1] if kept and kept[-1].text in (",", ".") else kept
