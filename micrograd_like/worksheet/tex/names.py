r"""Names in TeX: letters side by side, with marks, indices and primes: ``\hat{y}_1^{(2)}``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from micrograd_like.notation import normal_name
from micrograd_like.worksheet.tex.cursor import Cursor
from micrograd_like.worksheet.tex.macros import (
    ACCENTS,
    LETTERS,
    NOTHING,
    SIZES,
    STYLES,
    UPRIGHT,
    WORDS,
)
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tokens.lexer import MODULES

#: Words above a name that are a mark of it and no power.
_SIGNS_ABOVE = {"+": "^{+}", "-": "_minus", "*": "_star"}
_MARKS = {"new", "old", "next", "prev", "true", "pred", "target"}


@dataclass
class Written:
    """A name while its scripts are read; unclear where an index is none that a name has."""

    first: Piece
    last: Piece
    base: str
    below: str = ""
    above: str = ""
    mark: str = ""
    primes: str = ""
    unclear: bool = False

    @property
    def name(self) -> str:
        """The name in plain form, as the lexer has it."""
        return normal_name(f"{self.base}{self.above}{self.below}{self.mark}{self.primes}")


class Names(Cursor):
    """The rules for names."""

    def letters(self) -> None:
        """A run of letters: a name, or several side by side."""
        start = self.place
        while (
            self.place < self.stop
            and self.next.kind == "letter"
            and (self.place == start or self.last.touches(self.next))
        ):
            self.place += 1
        run = self.pieces[start : self.place]
        if mean := self._mean_of_squares(run):
            self.finish(mean)
            return
        text = "".join(piece.text for piece in run)
        if text in MODULES and self.at("."):  # np.sum
            self.place += 1
            return
        marked = len(text) > len(run)  # ŷ as two characters
        names = [piece.text for piece in run] if marked else self.symbols.split(text)
        place = 0
        for name in names[:-1]:
            size = len(name) if len(names) < len(run) else 1
            self.emit("name", normal_name(name), run[place], run[place + size - 1])
            place += size
        self.finish(self._numbered(Written(run[place], run[-1], names[-1])))

    def _mean_of_squares(self, run: Sequence[Piece]) -> Written | None:
        """E[g²]_t as one name, which its index says that it is."""
        closing = self.pairs.brackets.get(self.place, self.stop)
        inside = [p.text for p in self.pieces[self.place + 1 : closing] if p.text not in "{}"]
        squared = len(inside) == 3 and inside[1:] == ["^", "2"] and run[0].text == "E"
        indexed = closing + 1 < self.stop and self.pieces[closing + 1].text == "_"
        if len(run) > 1 or not squared or not indexed:
            return None
        self.place = closing + 1
        return Written(run[0], self.last, f"E{inside[0]}sq")

    def _numbered(self, name: Written) -> Written:
        """The name with digits that stand right behind it: w1."""
        digits = self.place < self.stop and self.next.kind == "number"
        if digits and self.next.text.isdecimal() and name.last.touches(self.next):
            name.last = self.take()
            name.base += name.last.text
        return name

    def finish(self, name: Written) -> None:
        """The name with its scripts, and its powers behind it."""
        powers = self.scripts(name)
        if not powers and not name.unclear:
            self._called(name)
        if name.unclear:
            said = f"Which {name.base} is meant by its index is not worked out"
            self.unclear(said, name.first)
            return
        self.emit("name", name.name, name.first, name.last)
        self.raise_to(powers)

    def raise_to(self, powers: list[tuple[Piece, int, int]]) -> None:
        """The powers that stood among a name's scripts."""
        for sign, start, stop in powers:
            first, last = self.pieces[start], self.pieces[stop - 1]
            if stop < len(self.pieces) and self.pieces[stop].kind == "close":
                last = self.pieces[stop]
            if self.is_transposed(start, stop):
                self.transposed(sign, first, last)
                continue
            self.emit("sign", "^", sign)
            self.emit_all(self.captured(start, stop), first, last)

    def _called(self, name: Written) -> None:
        """δ(t−1) as δ_{t−1}, where the document has δ with such arguments alone."""
        opening = self.place + self.at_macro(*SIZES)
        closing = self.pairs.brackets.get(opening)
        if closing is None or closing >= self.stop or name.primes:
            return
        end = closing - (self.pieces[closing - 1].text in SIZES)
        index = self.symbols.index_called(name.base, self.pieces[opening + 1 : end])
        if index is not None and bool(index) != bool(name.below):  # δ(t−1); w_1(0) is w_1
            name.below = f"_{{{index}}}" if index else name.below
            self.place = closing + 1
            name.last = self.last

    # What is one name.

    def single_name(self, start: int, stop: int) -> Written | None:
        """The name that a stretch of pieces is, if it is one and no more."""
        kept = self.tokens, self.place, self.stop
        self.tokens, self.place, self.stop = [], start, stop
        try:
            with self.deeper():
                return self._whole_name() if start < stop else None
        finally:
            self.tokens, self.place, self.stop = kept

    def _whole_name(self) -> Written | None:
        """The name from here to the stop."""
        start, piece = self.place, self.take()
        name: Written | None = None
        upright = piece.kind == "macro" and piece.text in UPRIGHT
        if piece.kind == "macro" and piece.text in NOTHING and self.place < self.stop:
            start, piece = self.place, self.take()
        if upright and piece.kind == "letter":
            while self.place < self.stop and self.next.kind == "letter":
                self.place += 1
            said = "".join(p.text for p in self.pieces[start : self.place])
            name = Written(piece, self.last, said)
        elif piece.kind == "letter":
            while self.place < self.stop and self.next.kind == "letter":
                self.place += 1
            run = "".join(p.text for p in self.pieces[start : self.place])
            if len(self.symbols.split(run)) == 1:
                name = self._numbered(Written(piece, self.last, run))
        elif piece.kind == "open":
            self.place = start
            name = self.single_name(*self.argument(piece))
        elif piece.kind == "macro" and piece.text in LETTERS:
            name = self.greek(piece)
        elif piece.kind == "macro" and piece.text in ACCENTS:
            name = self.accented(piece)
        elif piece.kind == "macro" and piece.text in STYLES:
            name = self.single_name(*self.argument(piece))
        if name is None:
            return None
        powers = self.scripts(name)
        whole = self.place == self.stop and not powers and not name.unclear
        return name if whole else None

    def greek(self, piece: Piece) -> Written:
        r"""A Greek letter; ``\Delta w`` is one name."""
        name = Written(piece, piece, LETTERS[piece.text])
        if piece.text == "Delta" and self.place < self.stop and self.next.kind == "letter":
            name.last = self.take()
            name.base += name.last.text
        return self._numbered(name)

    def accented(self, piece: Piece) -> Written:
        """ŷ: the mark belongs to the letter, the index to both."""
        start, stop = self.argument(piece)
        name = self.single_name(start, stop)
        if name is None and all(p.kind == "number" for p in self.pieces[start:stop]):
            return Written(piece, self.last, piece.text, unclear=True)  # \vec{0}
        if name is None:
            raise TexError(piece, f"expected one name under {piece}")
        return replace(name, first=piece, last=self.last, base=name.base + ACCENTS[piece.text])

    # Scripts.

    def scripts(self, name: Written) -> list[tuple[Piece, int, int]]:
        """Take the indices and primes into the name; the powers that stand among them."""
        powers = []
        while self.at("'", "_", "^") or self.at_macro("prime"):
            sign = self.take()
            if sign.text in ("'", "prime"):
                name.primes += "'"
                name.last = sign
                continue
            start, stop = self.argument(sign)
            if start == stop:
                raise TexError(sign, f"expected something after {sign}")
            if sign.text == "_" and self.pieces[stop - 1].kind == "letter" and stop == self.place:
                stop = self._digits_behind(stop)  # people mean E_{y1} by E_y1
            if sign.text == "_":
                if name.below:
                    raise TexError(sign, "expected one index, got two")
                said = self.clear_script(start, stop)
                name.below = f"_{{{said}}}" if said else ""
                name.unclear |= not said
            elif behind := self._transposed_behind(start, stop):
                self._above(name, start, behind)
                powers.append((sign, behind, stop))
            elif not self._above(name, start, stop):
                powers.append((sign, start, stop))
                continue
            name.last = self.last
        return powers

    def _transposed_behind(self, start: int, stop: int) -> int:
        """Where the T of A^{[1]T} stands, behind an index in brackets; 0 where there is none."""
        first = self.pieces[start].text
        end = self.pairs.brackets.get(start, stop) if first in ("(", "[") else stop
        inside = end > start + 1
        return end + 1 if inside and end + 1 < stop and self.is_transposed(end + 1, stop) else 0

    def _digits_behind(self, stop: int) -> int:
        digits = stop < self.stop and self.pieces[stop].kind == "number"
        if digits and self.pieces[stop].text.isdecimal():
            self.place += self.pieces[stop - 1].touches(self.pieces[stop])
        return self.place

    def clear_script(self, start: int, stop: int) -> str:
        """An index in plain form; "" where it is none that a name has."""
        try:
            return self.script(start, stop)
        except TexError:
            return ""

    def script(self, start: int, stop: int) -> str:
        """An index in plain form."""
        written = ""
        for piece in self.pieces[start:stop]:
            if piece.text in ("'", "prime") and written in self.symbols.primed:
                written = self.symbols.primed[written]
            elif piece.kind in ("letter", "number") or piece.text in "+-=,()[]'":
                written += piece.text
            elif piece.kind == "macro" and piece.text in LETTERS:
                written += LETTERS[piece.text]
            elif piece.kind == "macro" and piece.text == "prime":
                written += "'"
            elif piece.text in ("to", "rightarrow", "→"):  # w_{h1 \to o}
                continue
            elif piece.text in ("|", "mid", "<"):  # p_{j|i}, x_{<t}
                written += "," if written else "0"
            elif not (
                piece.kind in ("open", "close")
                or piece.text == "_"
                or (piece.kind == "macro" and piece.text in STYLES | WORDS | NOTHING)
            ):
                raise TexError(piece, f"expected letters and numbers in an index, got {piece}")
        if not written:
            raise TexError(self.pieces[start - 1], "expected an index, got nothing")
        return written

    def _above(self, name: Written, start: int, stop: int) -> bool:
        """Take what stands above into the name where it is an index; False for a power."""
        pieces = self.pieces[start:stop]
        first = pieces[0].text
        if all(piece.text in ("prime", "'") for piece in pieces):
            name.primes += "'" * len(pieces)
        elif self.is_transposed(start, stop):
            return False
        elif groups := self._bracketed(start, stop):  # a^{[1]}, and a^{[1](i)} of the sample i
            name.above = _index_above(",".join(self.script(*group) for group in groups))
        elif _is_word(pieces[0]) or "".join(p.text for p in pieces) in _MARKS:
            name.mark = f"^{{{self.script(start, stop)}}}"
        elif len(pieces) == 1 and first in _SIGNS_ABOVE:
            name.mark = _SIGNS_ABOVE[first]
        elif len(pieces) == 1 and first.isdecimal() and name.base in self.symbols.raised:
            name.above = _index_above(first)
        elif pieces[0].kind == "letter" and first in self.symbols.levels:
            said = self.script(start, stop)
            if len(said) > 1 and not (said[1] in "+-" and said[2:].isdecimal()):
                return False
            name.above = _index_above(said)
        else:
            return False
        return True

    def _bracketed(self, start: int, stop: int) -> list[tuple[int, int]]:
        """What stands in the brackets of a stretch that holds nothing outside of them."""
        groups = []
        while start < stop:
            end = self.pairs.brackets.get(start, stop)
            if self.pieces[start].text not in ("(", "[") or not start + 1 < end < stop:
                return []
            groups.append((start + 1, end))
            start = end + 1
        return groups

    def transposed(self, sign: Piece, mark: Piece, last: Piece | None = None) -> None:
        r"""The sign of a transposed matrix; a plain T may be a power."""
        if mark.kind == "letter":
            self.emit("sign", "^", sign)
            self.emit("name", "T", mark, last or mark)
        else:
            self.emit("sign", "ᵀ", sign, last or mark)

    def is_transposed(self, start: int, stop: int) -> bool:
        """True for the T of a transposed matrix."""
        said = [p.text for p in self.pieces[start:stop] if p.kind not in ("open", "close")]
        said = [text for text in said if text not in STYLES | WORDS]
        return said in (["T"], ["top"], ["intercal"], ["⊤"])


def _index_above(said: str) -> str:
    """An index above a name, as the lexer has it."""
    return f"^{{({said})}}" if said.isalnum() else f"^({said})"


def _is_word(piece: Piece) -> bool:
    return piece.kind == "macro" and piece.text in WORDS
