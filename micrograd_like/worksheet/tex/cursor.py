"""A row of pieces while it is read: where one is, and the tokens so far."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile

from micrograd_like.notation import GREEK
from micrograd_like.notation.names import ACCENT
from micrograd_like.worksheet.tex.macros import ACCENTS, NOTHING, STYLES, WORDS
from micrograd_like.worksheet.tex.pairs import Pairs
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tex.symbols import Symbols
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.vocabulary import RELATIONS

#: Braces, fractions and the like inside each other.
MAX_NESTING = 60
_WITH_ARGUMENT = {*ACCENTS, *STYLES, *WORDS}


class Cursor:
    """What every rule needs: the pieces, one after the other, and what was made of them.

    Attributes:
        pieces: The row.
        place: Which piece comes next.
        stop: Where the stretch that is read ends.
        tokens: What was read of it; up to where it is not understood, if it is not.
        depth: How many brackets are open.
        symbols: What the letters of the document are.
    """

    def __init__(self, pieces: Sequence[Piece], symbols: Symbols) -> None:
        self.pieces = pieces
        self.symbols = symbols
        self.place, self.stop = 0, len(pieces)
        self.tokens: list[Token] = []
        self.depth = 0
        self.pairs = Pairs(pieces)
        self._nesting = 0
        self._wide: set[int] = set()  # places of tokens in front of which stands a wide blank
        self._align: Piece | None = None

    @abstractmethod
    def item(self) -> None:
        """One piece, with what belongs to it."""

    @property
    def next(self) -> Piece:
        """The piece that comes next."""
        return self.pieces[self.place]

    @property
    def last(self) -> Piece:
        """The piece that was passed last."""
        return self.pieces[self.place - 1]

    def at(self, *texts: str) -> bool:
        """True if a sign or a brace with one of these texts is next."""
        inside = self.place < self.stop
        return inside and self.next.kind != "macro" and self.next.text in texts

    def at_macro(self, *texts: str) -> bool:
        """True if one of these control words is next."""
        inside = self.place < self.stop
        return inside and self.next.kind == "macro" and self.next.text in texts

    def take(self) -> Piece:
        """The next piece, which is passed."""
        self.place += 1
        return self.pieces[self.place - 1]

    def sequence(self) -> None:
        """All pieces up to the stop."""
        with self.deeper():
            while self.place < self.stop:
                self.item()

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level more of braces, fractions and the like."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            at = self.pieces[min(self.place, len(self.pieces) - 1)]
            raise TexError(at, f"expected at most {MAX_NESTING} nested braces and fractions")
        yield
        self._nesting -= 1

    def captured(self, start: int, stop: int) -> list[Token]:
        """The tokens of a stretch of pieces, read apart; the place stays where it is."""
        kept = self.tokens, self.place, self.stop, self._wide, self._align, self.depth
        self.tokens, self.place, self.stop = [], start, stop
        self._wide, self._align, self.depth = set(), None, 0
        self.sequence()
        found = self.tokens
        self.tokens, self.place, self.stop, self._wide, self._align, self.depth = kept
        return found

    def argument(self, of: Piece) -> tuple[int, int]:
        """Where the argument of a control word or script begins and ends; it is passed."""
        while self.at_macro(*NOTHING):
            self.place += 1
        if self.place >= self.stop:
            raise TexError(of, f"expected something after {of}, got the end of it")
        start = self.place
        if self.next.kind == "open":
            self.place = self.pairs.braces[start] + 1
            return start + 1, self.place - 1
        piece = self.take()
        if piece.kind == "macro" and piece.text in _WITH_ARGUMENT:  # x^\mathrm{new}
            self.argument(piece)
        return start, self.place

    # Tokens.

    def emit(self, kind: str, text: str, first: Piece, last: Piece | None = None) -> None:
        """A token that stands where these pieces do."""
        if self._align is not None:  # & before a relation belongs to it, else it parts statements
            if text in RELATIONS and self._align.line == first.line:
                first = first._replace(column=self._align.column)
            else:
                self.widen()
            self._align = None
        end = (last or first).end if (last or first).line == first.line else first.end
        self.tokens.append(Token(kind, text, first.line, first.column, end))

    def emit_all(self, tokens: Sequence[Token], first: Piece, last: Piece) -> None:
        """Tokens as one operand: several in brackets."""
        if len(tokens) == 1:
            self.tokens += widened(tokens, last)
            return
        self.emit("sign", "(", first)
        self.tokens += tokens
        self.emit("sign", ")", last)

    def unclear(self, reason: str, piece: Piece) -> None:
        """A sign that says, in a sentence, why what stands here is not worked out."""
        self.emit("sign", f"\\{reason}", piece)

    def align(self, piece: Piece) -> None:
        """Take down an &."""
        self._align = piece

    def widen(self) -> None:
        """Let a wide blank stand before the token that comes next."""
        self._wide.add(len(self.tokens))

    def adjoined(self) -> list[Token]:
        """The tokens side by side: a blank says nothing in TeX, save for a wide one."""
        found = []
        for place, token in enumerate(self.tokens):
            following = self.tokens[place + 1] if place + 1 < len(self.tokens) else None
            if following is not None and following.line == token.line:
                wide = place + 1 in self._wide
                end = following.column - (2 if wide else _blank(token, following))
                token = token._replace(end=max(min(end, token.end) if wide else end, token.column))
            found.append(token)
        return found


def widened(tokens: Sequence[Token], last: Piece) -> list[Token]:
    """The tokens, the last of them with the brace that closes them."""
    if not tokens or tokens[-1].line != last.line or tokens[-1].end >= last.end:
        return list(tokens)
    return [*tokens[:-1], tokens[-1]._replace(end=last.end)]


def _blank(token: Token, following: Token) -> int:
    """1 before a function, a word or a number without a sign before it; no letter is a word."""
    if token.kind == "sign" and token.text not in (")", "]"):
        return 0
    worded = following.kind == "name" and len(following.text) > 2 and not _is_letter(following)
    return 1 if worded or following.kind == "number" else 0


def _is_letter(token: Token) -> bool:
    r"""True for the name of one letter, with its mark and its index: ``\hat{\beta}_1``."""
    letters = "".join(takewhile(str.isalpha, token.text))
    for mark in ACCENT:
        letters = letters.removesuffix(mark)
    return len(letters) == 1 or letters in GREEK.values()
