r"""Words in formulas: ``\text{…}`` as a name, as what parts statements, or as a remark."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from micrograd_like.worksheet.tex.environments import Environments
from micrograd_like.worksheet.tex.macros import NOTHING, SIGNS, UNREAD
from micrograd_like.worksheet.tex.names import Written
from micrograd_like.worksheet.tex.pieces import Piece
from micrograd_like.worksheet.vocabulary import CONNECTIVES, IF, OTHERWISE, RELATIONS

#: Words that mean something where they stand, among them those of a choice between cases.
_KNOWN_WORDS = CONNECTIVES | IF | OTHERWISE | {"otherwise", "while", "until", "unless"}
_OPERATORS = {"+", "-", "*", "·", "/", "⊙"}
#: The last letter of Latin and Greek; words in other alphabets have no blanks between them.
_LATIN = "\u1fff"


class Words(Environments):
    """The rules for words."""

    def words(self, piece: Piece, start: int, stop: int) -> None:
        r"""``\text{…}``: a word is a name, or what stands between statements; several are prose."""
        inside = self.pieces[start:stop]
        plain = "".join(p.text for p in inside if p.kind in ("letter", "number"))
        if plain.lower() in UNREAD and piece.text.startswith("operatorname"):  # arg\\,min
            self.unread(piece, plain)
            return
        touching = all(a.touches(b) for a, b in pairwise(inside))
        word = touching and len(plain) == sum(len(p.text) for p in inside)
        if self._parts_statements(start, stop):
            self.emit("sign", ";", piece, self.last)
            return
        if word and plain and not plain[0].isdecimal() and plain.lower() not in CONNECTIVES:
            self.finish(Written(piece, self.last, plain))
            return
        if self._named_so(inside):  # - \\text{learning rate} \\cdot g
            self.finish(Written(piece, self.last, "_".join(self._said(inside))))
            return
        if self.tokens and self._is_remark(inside):
            return
        place = start
        while place < stop:
            first, end = self.pieces[place], place + 1
            if first.kind == "letter":
                while end < stop and self.pieces[end - 1].touches(self.pieces[end]):
                    if self.pieces[end].kind != "letter":
                        break
                    end += 1
                run = self.pieces[place:end]
                self.emit("name", "".join(p.text for p in run), first, run[-1])
            elif first.kind == "number" or (first.kind == "sign" and first.text in "(),:;"):
                self.emit(first.kind, first.text, first)
            elif first.text not in NOTHING and first.text not in ("-", "'", "."):
                self.unclear(f"What {piece} says is not understood", first)
                return
            place = end

    def _parts_statements(self, start: int, stop: int) -> bool:
        r"""True for words of another language between two statements: ``\text{ donc }``."""
        words, inside = self._said(self.pieces[start:stop]), self.pieces[start:stop]
        if not words or self.depth or self.stop < len(self.pieces) or not self.tokens:
            return False
        if not _KNOWN_WORDS.isdisjoint(words) or any(p.kind == "macro" for p in inside):
            return False
        around = self.pieces[start - 1].end < inside[0].column or (
            inside[-1].end < self.pieces[stop].column if stop < len(self.pieces) else False
        )
        related = any(token.text in RELATIONS for token in self.tokens)
        ahead = [SIGNS.get(p.text, p.text) for p in self.pieces[self.place :]]
        beside = {self.tokens[-1].text, *ahead[:1]}
        apart = beside.isdisjoint(_OPERATORS | RELATIONS)
        return around and related and apart and not RELATIONS.isdisjoint(ahead)

    def _said(self, inside: Sequence[Piece]) -> list[str]:
        """The words of a text, in small letters."""
        words: list[str] = []
        for before, piece in zip([None, *inside], inside, strict=False):
            letters = before is not None and before.kind == piece.kind == "letter"
            if letters and before is not None and before.touches(piece):
                words[-1] += piece.text.lower()
            elif piece.kind == "letter":
                words.append(piece.text.lower())
        return words

    def _named_so(self, inside: Sequence[Piece]) -> bool:
        """True for two or three words between operators: one quantity."""
        words = self._said(inside)
        plain = all(piece.kind == "letter" for piece in inside)
        if not plain or not 1 < len(words) < 4 or not CONNECTIVES.isdisjoint(words):
            return False
        before = self.tokens[-1].text if self.tokens else ""
        after = SIGNS.get(self.next.text, self.next.text) if self.place < self.stop else ""
        return before in _OPERATORS | RELATIONS and after in _OPERATORS

    def _is_remark(self, inside: Sequence[Piece]) -> bool:
        """True for words in brackets: (activation, e.g. the logistic function)."""
        bracketed = len(inside) > 3 and inside[0].text == "(" and inside[-1].text == ")"
        says = any(SIGNS.get(p.text, p.text) in RELATIONS - {"→"} for p in inside)
        words = self._said(inside)
        foreign = any(max(word) > _LATIN for word in words)
        return bracketed and not says and (len(words) > 1 or foreign)

    def unread(self, piece: Piece, called: str = "") -> None:
        """A limit, an integral and the like: a sign that says what is not worked out."""
        while self.at_macro("limits", "nolimits"):
            self.place += 1
        while self.at("_", "^"):
            self.argument(self.take())
        self.emit("sign", rf"\{called or piece.text}", piece)
