"""Environments in TeX: matrices, vectors, and a choice between cases."""

from __future__ import annotations

from micrograd_like.worksheet.tex.fractions import Fractions
from micrograd_like.worksheet.tex.macros import CASES, MATRICES
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tokens.lexer import Token

_Cells = list[list[list[Token]]]
#: What says in words when a case holds.
_WHEN = ("if", "when", "for", "otherwise", "else")


class Environments(Fractions):
    r"""The rules for ``\begin{…}``."""

    def environment(self, piece: Piece) -> None:
        """A matrix as the list of its rows; cases as a choice."""
        name, start, depth = self._named(piece), self.place, 1
        while self.place < self.stop and depth:
            if self.at_macro("begin", "end"):
                depth += 1 if self.next.text == "begin" else -1
            self.place += 1
        if depth:
            raise TexError(piece, rf"expected \end{{{name}}} for this \begin{{{name}}}")
        stop = self.place - 1
        ended = self._named(self.pieces[stop])
        if ended != name:
            raise TexError(self.pieces[stop], rf"expected \end{{{name}}}, got \end{{{ended}}}")
        if name in MATRICES:
            if name == "array":  # behind its columns
                start = self.pairs.braces.get(start, start - 1) + 1
            self._matrix(piece, self._cells(start, stop))
        elif name in CASES:
            self._cases(piece, self._cells(start, stop))
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
        if not rows or not all(cell for row in rows for cell in row):
            raise TexError(piece, "expected an element in every cell of the matrix")
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
        """The first case if its condition holds, else the second."""
        plain = [[_without_words(cell) for cell in row] for row in rows]
        if len(plain) != 2 or any(len(row) != 2 for row in plain) or not plain[0][1]:
            raise TexError(piece, "expected two cases, the first with its condition")
        (then, condition), (otherwise, _) = plain
        self.emit("sign", "(", piece)
        self.tokens += then
        self.emit("name", "if", piece)
        self.tokens += condition
        self.emit("name", "else", piece)
        self.tokens += otherwise
        self.emit("sign", ")", self.last)


def _without_words(cell: list[Token]) -> list[Token]:
    """A case without what says when it holds, and the comma before that."""
    kept = [token for token in cell if token.text.lower() not in _WHEN]
    return kept[:-1] if kept and kept[-1].text == "," else kept
