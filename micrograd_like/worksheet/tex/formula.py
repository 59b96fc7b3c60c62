r"""A formula in TeX to the tokens that the lexer of worksheets gives, each at its own place.

``\frac{\partial L}{\partial w}`` becomes the tokens of ∂L/∂w, ``\hat{y}_1^{(2)}`` one name, a
matrix a list of its rows. Nothing becomes text again. What is not understood ends the formula:
a row is read whole, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from micrograd_like.notation import normal_name
from micrograd_like.worksheet.lexer import Token
from micrograd_like.worksheet.tex.macros import (
    ACCENTS,
    CASES,
    FRACTIONS,
    FUNCTION_WORDS,
    GAPS,
    IGNORED,
    LETTERS,
    MATRICES,
    NOTHING,
    SERIES,
    SIGNS,
    SIZES,
    STYLES,
    WORDS,
)
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tex.symbols import Symbols
from micrograd_like.worksheet.vocabulary import CONNECTIVES, RELATIONS

#: Braces, fractions and the like inside each other.
MAX_NESTING = 60
_OPENING = {"(": ")", "[": "]", "⟨": "⟩"}
_PLAIN = {":=": "←", "<=": "≤", ">=": "≥"}
_NO_INDEX = "expected a name before the index"


@dataclass
class _Name:
    """A name while its scripts are read."""

    first: Piece
    last: Piece
    base: str
    below: str = ""
    above: str = ""
    mark: str = ""
    primes: str = ""

    def written(self) -> str:
        """As people type it in a worksheet."""
        return f"{self.base}{self.above}{self.below}{self.mark}{self.primes}"


class Row:
    """Reads one row of a formula.

    tokens:  what was read of it; up to where it is not understood, if it is not
    """

    def __init__(self, pieces: Sequence[Piece], symbols: Symbols) -> None:
        self.pieces = list(pieces)
        self.symbols = symbols
        self.place, self.stop = 0, len(pieces)
        self.tokens: list[Token] = []
        self._closing, self._lists = _pairs(pieces)
        self._nesting = 0
        self._wide: set[int] = set()  # places of tokens in front of which stands a wide blank
        self._align: Piece | None = None
        self._depth = 0

    def read(self) -> list[Token]:
        """The tokens.

        Raises:
            TexError: What is not understood, and where.
        """
        self.sequence()
        while self.tokens and self.tokens[-1].text in (".", ",", ";"):
            self.tokens.pop()
        return _adjoined(self.tokens, self._wide)

    # Pieces.

    @property
    def next(self) -> Piece:
        """The piece that comes next."""
        return self.pieces[self.place]

    def at(self, *texts: str) -> bool:
        """True if a sign or a brace with one of these texts is next."""
        inside = self.place < self.stop
        return inside and self.next.kind != "macro" and self.next.text in texts

    def take(self) -> Piece:
        """The next piece, which is passed."""
        self.place += 1
        return self.pieces[self.place - 1]

    def emit(self, kind: str, text: str, first: Piece, last: Piece | None = None) -> None:
        """A token that stands where these pieces do."""
        if self._align is not None:
            if text in RELATIONS and self._align.line == first.line:
                first = first._replace(column=self._align.column)
            else:
                self._wide.add(len(self.tokens))
            self._align = None
        end = (last or first).end if (last or first).line == first.line else first.end
        self.tokens.append(Token(kind, text, first.line, first.column, end))

    def emit_all(self, tokens: Sequence[Token], first: Piece, last: Piece) -> None:
        """Tokens as one operand: several in brackets."""
        if len(tokens) == 1:
            self.tokens += tokens
            return
        self.emit("sign", "(", first)
        self.tokens += tokens
        self.emit("sign", ")", last)

    def argument(self, of: Piece) -> tuple[int, int]:
        """Where the argument of a macro or script begins and ends; it is passed."""
        while self.place < self.stop and self.next.kind == "macro" and self.next.text in NOTHING:
            self.place += 1
        if self.place >= self.stop:
            raise TexError(of, f"expected an argument after {_shown(of)}, got the end of it")
        if self.next.kind == "open":
            start, stop = self.place + 1, self._closing[self.place]
            self.place = stop + 1
            return start, stop
        start = self.place
        if self.next.kind == "macro" and self.next.text in ACCENTS | dict.fromkeys(STYLES | WORDS):
            self.argument(self.take())  # x^\mathrm{new}, \frac\hat{y}2
            return start, self.place
        self.place += 1
        return start, self.place

    def captured(self, start: int, stop: int) -> list[Token]:
        """The tokens of a stretch of pieces, read apart; the place stays where it is."""
        kept = self.tokens, self.place, self.stop, self._wide, self._align, self._depth
        self.tokens, self.place, self.stop = [], start, stop
        self._wide, self._align, self._depth = set(), None, 0
        self.sequence()
        found = self.tokens
        self.tokens, self.place, self.stop, self._wide, self._align, self._depth = kept
        return found

    # What stands one after the other.

    def sequence(self) -> None:
        """All pieces up to the stop."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise TexError(self.pieces[self.place], f"expected at most {MAX_NESTING} nested braces")
        while self.place < self.stop:
            self.item()
        self._nesting -= 1

    def item(self) -> None:
        """One piece, with what belongs to it."""
        piece = self.next
        if piece.kind == "macro":
            self.macro(self.take())
        elif piece.kind == "letter":
            self.letters()
        elif piece.kind == "number":
            self.emit("number", self.take().text, piece)
        elif piece.kind == "open":
            self.group(self.take(), *self.argument_back())
        elif piece.kind == "align":
            self._align = self.take()
        elif piece.kind == "sign":
            self.sign(self.take())
        else:
            raise TexError(piece, f"did not expect {_shown(piece)} here")

    def argument_back(self) -> tuple[int, int]:
        """The group that has just been opened."""
        self.place -= 1
        return self.argument(self.next)

    def sign(self, piece: Piece, text: str = "") -> None:
        """A sign; brackets remember what they hold."""
        text = text or _PLAIN.get(piece.text, piece.text)
        if text == "^":
            self.power(piece)
        elif text == "_":
            self.index_without_name(piece)
        elif text == "'":
            raise TexError(piece, "expected a name or a function before the prime")
        elif text == "⟨":
            self.dot_product(piece)
        elif text in ("[", "]"):
            inside = self.place - 1 in self._lists
            self.bracket(piece, text if inside else {"[": "(", "]": ")"}[text])
        elif text in ("(", ")"):
            self.bracket(piece, text)
        elif text in ("|", "‖") and self.at("_"):
            self.bar(piece, text)
        elif text == ";" and self._depth:
            self.emit("sign", ",", piece)
        elif text in ("|", "‖") and self.opens(piece):
            self.emit("sign", "·", piece)
            self.emit("sign", text, piece)
        elif text.isalpha() or not text.isprintable():
            raise TexError(piece, f"did not expect {piece.text!r} here")
        else:
            self.emit("sign", text, piece)

    def bracket(self, piece: Piece, text: str) -> None:
        """A bracket, counted."""
        self._depth += 1 if text in _OPENING else -1
        self.emit("sign", text, piece)

    def bar(self, piece: Piece, text: str) -> None:
        """‖x‖_2 is ‖x‖; f|_{x=2} is f where x has that value."""
        index = self.take()
        said = self.script(*self.argument(index))
        if text == "‖" and said == "2":
            self.emit("sign", text, piece)
            return
        raise TexError(piece, "expected no value put in behind a bar: give it on a line of its own")

    def opens(self, piece: Piece) -> bool:
        """True for a bar that begins a factor behind another: ½‖o − y‖."""
        before = self.tokens[-1] if self.tokens else None
        operand = before is not None and (before.kind != "sign" or before.text in (")", "]"))
        if piece.text in ("lVert", "lvert"):
            return operand
        if piece.kind != "macro":
            return False
        bars = sum(token.text == "‖" for token in self.tokens)
        return operand and piece.text in ("|", "Vert") and bars % 2 == 0

    def index_without_name(self, piece: Piece) -> None:
        """_ behind what is no name."""
        raise TexError(piece, _NO_INDEX)

    def dot_product(self, piece: Piece) -> None:
        """⟨a, b⟩ as a·b."""
        self.emit("sign", "(", piece)
        depth = 0
        while self.place < self.stop:
            closes = self.next.kind == "macro" and self.next.text == "rangle"
            depth += self.at("(", "[") - self.at(")", "]")
            if closes:
                self.emit("sign", ")", self.take())
                return
            if self.at(",") and not depth:
                self.emit("sign", "·", self.take())
            else:
                self.item()
        raise TexError(piece, r"expected \rangle for the \langle")

    def power(self, piece: Piece) -> None:
        """^ behind what is no name."""
        start, stop = self.argument(piece)
        inside = self.captured(start, stop)
        if not inside:
            raise TexError(piece, "expected an exponent after '^'")
        self.emit("sign", "^", piece)
        self.emit_all(inside, self.pieces[start], self.pieces[stop - 1])

    def group(self, opening: Piece, start: int, stop: int) -> None:
        """Braces, or a style's argument: a name is one, all else stands as if without them."""
        name = self.single_name(start, stop)
        if name is not None:
            self.finish(replace(name, first=opening, last=self.pieces[self.place - 1]))
            return
        inside = self.captured(start, stop)
        if self.at("^") and len(inside) > 1:
            self.emit_all(inside, opening, self.pieces[self.place - 1])
        elif self.at("_", "'"):
            raise TexError(self.next, _NO_INDEX)
        else:
            self.tokens += inside

    # Names.

    def letters(self) -> None:
        """A run of letters: a name, or several side by side."""
        start = self.place
        while (
            self.place < self.stop
            and self.next.kind == "letter"
            and (self.place == start or self.pieces[self.place - 1].touches(self.next))
        ):
            self.place += 1
        run = self.pieces[start : self.place]
        names = self.symbols.split("".join(piece.text for piece in run))
        place = 0
        for name in names[:-1]:
            size = len(name) if len(names) < len(run) else 1
            self.emit("name", normal_name(name), run[place], run[place + size - 1])
            place += size
        self.finish(self.numbered(_Name(run[place], run[-1], names[-1])))

    def numbered(self, name: _Name) -> _Name:
        """The name with digits that stand right behind it: w1."""
        digits = self.place < self.stop and self.next.kind == "number"
        if digits and self.next.text.isdecimal() and name.last.touches(self.next):
            name.last = self.take()
            name.base += name.last.text
        return name

    def single_name(self, start: int, stop: int) -> _Name | None:
        """The name that a stretch of pieces is, if it is one and no more."""
        kept = self.tokens, self.place, self.stop
        self.tokens, self.place, self.stop = [], start, stop
        try:
            return self.whole_name()
        finally:
            self.tokens, self.place, self.stop = kept

    def whole_name(self) -> _Name | None:
        """The name from here to the stop."""
        if self.place >= self.stop:
            return None
        start, piece = self.place, self.take()
        name: _Name | None = None
        if piece.kind == "letter":
            while self.place < self.stop and self.next.kind == "letter":
                self.place += 1
            run = "".join(p.text for p in self.pieces[start : self.place])
            if len(self.symbols.split(run)) == 1:
                name = self.numbered(_Name(piece, self.pieces[self.place - 1], run))
        elif piece.kind == "macro" and piece.text in LETTERS:
            name = self.greek(piece)
        elif piece.kind == "macro" and piece.text in ACCENTS:
            name = self.accented(piece)
        elif piece.kind == "macro" and piece.text in STYLES:
            name = self.single_name(*self.argument(piece))
        elif piece.kind == "open":
            name = self.single_name(*self.argument_back())
        if name is None:
            return None
        powers = self.scripts(name)
        return name if self.place == self.stop and not powers else None

    def greek(self, piece: Piece) -> _Name:
        r"""A Greek letter; ``\Delta w`` is one name."""
        name = _Name(piece, piece, LETTERS[piece.text])
        if piece.text == "Delta" and self.place < self.stop and self.next.kind == "letter":
            name.last = self.take()
            name.base += name.last.text
        return name

    def accented(self, piece: Piece) -> _Name:
        """ŷ: the mark belongs to the letter, the index to both."""
        start, stop = self.argument(piece)
        name = self.single_name(start, stop)
        if name is None:
            raise TexError(piece, f"expected one name under {_shown(piece)}")
        name.first, name.last = piece, self.pieces[self.place - 1]
        name.base += ACCENTS[piece.text]
        return name

    def finish(self, name: _Name) -> None:
        """The name with its scripts, and its powers behind it."""
        powers = self.scripts(name)
        self.emit("name", normal_name(name.written()), name.first, name.last)
        for sign, start, stop in powers:
            self.emit("sign", "^", sign)
            first, last = self.pieces[start], self.pieces[stop - 1]
            if self.is_transposed(start, stop):
                self.emit("name", "T", first)
            else:
                self.emit_all(self.captured(start, stop), first, last)

    def scripts(self, name: _Name) -> list[tuple[Piece, int, int]]:
        """Take the indices and primes into the name; the powers that stand among them."""
        powers = []
        while self.at("'", "_", "^"):
            sign = self.take()
            if sign.text == "'":
                name.primes += "'"
                name.last = sign
                continue
            start, stop = self.argument(sign)
            if start == stop:
                raise TexError(sign, f"expected something after {sign.text!r}")
            if sign.text == "_":
                if name.below:
                    raise TexError(sign, "expected one index, got two")
                name.below = f"_{{{self.script(start, stop)}}}"
            elif not self.above(name, start, stop):
                powers.append((sign, start, stop))
                continue
            name.last = self.pieces[self.place - 1]
        return powers

    def is_transposed(self, start: int, stop: int) -> bool:
        """True for the T of a transposed matrix."""
        said = [p.text for p in self.pieces[start:stop] if p.kind not in ("open", "close")]
        said = [text for text in said if text not in STYLES | WORDS]
        return said in (["T"], ["top"], ["intercal"], ["⊤"])

    def above(self, name: _Name, start: int, stop: int) -> bool:
        """Take what stands above into the name where it is an index; False for a power."""
        pieces = self.pieces[start:stop]
        if all((p.kind == "macro" and p.text == "prime") or p.text == "'" for p in pieces):
            name.primes += "'" * len(pieces)
            return True
        if self.is_transposed(start, stop):
            return False
        first, last = pieces[0].text, pieces[-1].text
        if (first, last) in (("(", ")"), ("[", "]")) and len(pieces) > 2:
            name.above = f"^{{({self.script(start + 1, stop - 1)})}}"
            return True
        worded = pieces[0].kind == "macro" and first in WORDS
        letters = "".join(p.text for p in pieces if p.kind == "letter")
        if worded or letters in _MARKS:
            name.mark = f"^{{{self.script(start, stop)}}}"
            return True
        if len(pieces) == 1 and first in ("+", "*"):
            name.mark = "^{+}" if first == "+" else "_star"
            return True
        if pieces[0].kind == "letter" and first in self.symbols.levels:
            said = self.script(start, stop)
            if len(said) == 1 or (said[1] in "+-" and said[2:].isdecimal()):
                name.above = f"^{{({said})}}"
                return True
        return False

    def script(self, start: int, stop: int) -> str:
        """An index in plain form."""
        written = ""
        for piece in self.pieces[start:stop]:
            if piece.kind in ("letter", "number") or piece.text in "+-=,()[]'":
                written += piece.text
            elif piece.kind == "macro" and piece.text in LETTERS:
                written += LETTERS[piece.text]
            elif piece.kind == "macro" and piece.text == "prime":
                written += "'"
            elif piece.kind in ("open", "close") or piece.text in STYLES | WORDS | NOTHING | {"_"}:
                continue
            else:
                raise TexError(
                    piece, f"expected letters and numbers in an index, got {_shown(piece)}"
                )
        if not written:
            raise TexError(self.pieces[start - 1], "expected an index, got nothing")
        return written

    # Control words.

    def macro(self, piece: Piece) -> None:
        """A control word, by the tables."""
        text = piece.text
        if text in NOTHING:
            return
        if text in GAPS:
            self._wide.add(len(self.tokens))
        elif text in LETTERS:
            self.finish(self.greek(piece))
        elif text in ACCENTS:
            self.finish(self.accented(piece))
        elif text in SIZES:
            self.sized(piece)
        elif text in SIGNS:
            self.sign(piece, SIGNS[text])
        elif text in STYLES:
            self.group(piece, *self.argument(piece))
        elif text in WORDS:
            self.words(piece, *self.argument(piece))
        elif text in FRACTIONS:
            self.fraction(piece)
        elif text in SERIES:
            self.series(piece)
        elif text in FUNCTION_WORDS:
            self.function(piece)
        elif text in IGNORED:
            self.argument(piece)
        elif text in _STRUCTURES:
            _STRUCTURES[text](self, piece)
        else:
            raise TexError(piece, f"{_shown(piece)} is not read; write the formula without it")

    def sized(self, piece: Piece) -> None:
        r"""``\left(`` and ``\Big|``: the bracket alone."""
        if self.place >= self.stop:
            raise TexError(piece, f"expected a bracket after {_shown(piece)}")
        bracket = self.take()
        wide = bracket._replace(column=piece.column) if bracket.line == piece.line else bracket
        if bracket.text == "." and bracket.kind == "sign":
            return
        if bracket.kind == "macro" and bracket.text in SIGNS:
            self.sign(wide, SIGNS[bracket.text])
        elif bracket.kind == "sign":
            self.sign(wide, {"<": "⟨", ">": "⟩"}.get(bracket.text, ""))
        else:
            raise TexError(bracket, f"expected a bracket after {_shown(piece)}")

    def words(self, piece: Piece, start: int, stop: int) -> None:
        r"""``\text{…}``: a word is a name, or what stands between statements; several are prose."""
        inside = self.pieces[start:stop]
        plain = "".join(p.text for p in inside if p.kind in ("letter", "number"))
        touching = all(a.touches(b) for a, b in pairwise(inside))
        word = touching and len(plain) == sum(len(p.text) for p in inside)
        if word and plain and not plain[0].isdecimal() and plain.lower() not in CONNECTIVES:
            self.finish(_Name(piece, self.pieces[self.place - 1], plain))
            return
        self._wide.discard(len(self.tokens))
        place = start
        while place < stop:
            first = self.pieces[place]
            word_end = place + 1
            if first.kind == "letter":
                while (
                    word_end < stop
                    and self.pieces[word_end].kind == "letter"
                    and self.pieces[word_end - 1].touches(self.pieces[word_end])
                ):
                    word_end += 1
                run = self.pieces[place:word_end]
                self.emit("name", "".join(p.text for p in run), first, run[-1])
            elif first.kind == "number":
                self.emit("number", first.text, first)
            elif first.kind == "sign" and first.text in "(),.:;":
                if first.text != ".":
                    self.emit("sign", first.text, first)
            elif not (first.kind == "sign" and first.text in "-'’") and first.text not in NOTHING:
                raise TexError(first, f"expected words in {_shown(piece)}, got {_shown(first)}")
            place = word_end

    def fraction(self, piece: Piece) -> None:
        r"""``\frac{A}{B}`` as (A/B), or a derivative."""
        above = self.argument(piece)
        below = self.argument(piece)
        last = self.pieces[self.place - 1]
        if self.derivative(piece, above, below, last):
            return
        upper, lower = self.captured(*above), self.captured(*below)
        if not upper or not lower:
            raise TexError(piece, f"expected something above and below in {_shown(piece)}")
        middle = self.pieces[below[0] - 1] if self.pieces[below[0] - 1].kind == "open" else last
        self.emit("sign", "(", piece)
        self.emit_all(upper, piece, self.pieces[above[1] - 1])
        self.emit("sign", "/", middle)
        self.emit_all(lower, middle, last)
        self.emit("sign", ")", last)

    def derivative(
        self, piece: Piece, above: tuple[int, int], below: tuple[int, int], last: Piece
    ) -> bool:
        r"""∂A/∂w for ``\frac{\partial A}{\partial w}``, with d or δ for ∂; False for a quotient.

        A derivative that is written without the d above, Co/dw, is one too.
        """
        under = self.mark(*below)
        over = self.mark(*above)
        if under is None or (over is None and self.single_name(*above) is None):
            return False
        start, order = (above[0], 1) if over is None else self.order(over, above[1])
        wrts = self.differentials(under, below[1], order)
        if self.pieces[under - 1].text == "d" and any(
            f"d{wrt.text}" in self.symbols.wholes for wrt in wrts
        ):
            return False
        upper = self.captured(start, above[1])
        self.emit("sign", "∂", piece)
        power = Token("number", str(order), piece.line, piece.column, piece.end)
        if order > 1:
            self.emit("sign", "^", piece)
            self.tokens.append(power)
        if upper and not _is_one(upper):
            upper = [_at("sign", "(", upper[0]), *upper, _at("sign", ")", upper[-1])]
        self.tokens += upper
        self.emit("sign", "/", self.pieces[below[0]])
        for wrt in wrts:
            self.tokens += [_at("sign", "∂", wrt), wrt]
        if order > 1 and len(wrts) == 1:
            self.emit("sign", "^", last)
            self.tokens.append(power._replace(line=last.line, column=last.column, end=last.end))
        return True

    def mark(self, start: int, stop: int) -> int | None:
        """The place behind the ∂, d or δ that begins a stretch; None without one."""
        while (
            start < stop
            and self.pieces[start].kind == "macro"
            and (self.pieces[start].text in NOTHING | STYLES)
        ):
            start += 1
        if start >= stop:
            return None
        piece, behind = self.pieces[start], start + 1
        if piece.kind == "macro" and piece.text in WORDS and behind < stop:
            group = self.pieces[behind].kind == "open"
            inside = self.pieces[behind + group]
            end = behind + 1 + 2 * group
            return end if inside.text == "d" and end <= stop else None
        sign = piece.text in ("partial", "delta") if piece.kind == "macro" else False
        letter = piece.kind == "letter" and piece.text == "d"
        if not (sign or letter or piece.text == "∂"):
            return None
        if behind < stop and start and not self.begins_name(behind) and not self.is_order(behind):
            return None
        return None if letter and self.symbols.has_d else behind

    def begins_name(self, place: int) -> bool:
        """True where a name may begin."""
        piece = self.pieces[place]
        marked = piece.text in LETTERS or piece.text in ACCENTS
        return piece.kind in ("letter", "open") or (
            piece.kind == "macro" and (marked or piece.text in STYLES | WORDS)
        )

    def is_order(self, place: int) -> bool:
        """True for the ^2 of d²."""
        return self.pieces[place].text == "^" and place + 1 < len(self.pieces)

    def order(self, place: int, stop: int) -> tuple[int, int]:
        """Where A begins in d²A, and the 2."""
        if place + 1 >= stop or self.pieces[place].text != "^":
            return place, 1
        kept, self.place = self.place, place + 1
        start, end = self.argument(self.pieces[place])
        self.place = kept
        said = "".join(p.text for p in self.pieces[start:end])
        if said not in ("2", "3"):
            raise TexError(
                self.pieces[place], f"expected a derivative of order 2 or 3, got {said!r}"
            )
        return end + (self.pieces[start - 1].kind == "open"), int(said)

    def differentials(self, place: int, stop: int, order: int) -> list[Token]:
        """The names by which one differentiates: dw, dx², ∂w∂b."""
        found: list[Token] = []
        while place < stop:
            end = place + 1
            while end < stop and (order == 1 or self.mark(end, stop) is None):
                end += 1
            own = end
            if order > 1:  # dx^2
                own = next((i for i in range(place, end) if self.pieces[i].text == "^"), end)
            tokens = self.captured(place, own)
            if len(tokens) != 1 or tokens[0].kind != "name":
                raise TexError(self.pieces[place], "expected a name by which one differentiates")
            found += tokens
            place = stop if end == stop else self.mark(end, stop) or stop
        if len(found) not in (1, order):
            raise TexError(self.pieces[place - 1], f"expected {order} names, got {len(found)}")
        return found

    def series(self, piece: Piece) -> None:
        """Σ_{i=1}^n with its index in the name, as the lexer has it."""
        name = _Name(piece, piece, SERIES[piece.text])
        while self.place < self.stop and self.next.text in ("limits", "nolimits"):
            self.place += 1
        powers = self.scripts(name)
        self.emit("name", normal_name(name.written()), name.first, name.last)
        for sign, start, stop in powers:
            self.emit("sign", "^", sign)
            self.emit_all(self.captured(start, stop), self.pieces[start], self.pieces[stop - 1])

    def function(self, piece: Piece) -> None:
        """A function by its name; a logarithm with its base."""
        text = piece.text
        name = _Name(piece, piece, text)
        powers = self.scripts(name)
        if name.below:
            base = name.below[2:-1]
            named = {"10": "log10", "2": "log2", "e": "ln"}.get(base) if text == "log" else None
            if named is None:
                raise TexError(piece, f"expected {_shown(piece)} without the index {base!r}")
            name.base, name.below = named, ""
        self.emit("name", name.written(), piece, name.last)
        for sign, start, stop in powers:
            self.emit("sign", "^", sign)
            self.emit_all(self.captured(start, stop), self.pieces[start], self.pieces[stop - 1])

    def root(self, piece: Piece) -> None:
        """√(x), and the third root as a power."""
        degree: list[Token] = []
        if self.at("["):
            start = self.place + 1
            while self.place < self.stop and not self.at("]"):
                self.place += 1
            if self.place >= self.stop:
                raise TexError(piece, "expected ']' behind the degree of the root")
            degree = self.captured(start, self.place)
            self.place += 1
        start, stop = self.argument(piece)
        inside, last = self.captured(start, stop), self.pieces[self.place - 1]
        if not inside:
            raise TexError(piece, "expected something under the root")
        if not degree:
            self.emit("name", "sqrt", piece)
        self.emit("sign", "(", piece)
        self.tokens += inside
        self.emit("sign", ")", last)
        if degree:
            self.emit("sign", "^", piece)
            one = Token("number", "1", piece.line, piece.column, piece.end)
            self.emit_all([one, one._replace(kind="sign", text="/"), *degree], piece, last)

    def nabla(self, piece: Piece) -> None:
        """∇_w f as ∂/∂w f."""
        if not self.at("_"):
            self.emit("sign", "∇", piece)
            return
        index = self.take()
        wrt = self.captured(*self.argument(index))
        if len(wrt) != 1 or wrt[0].kind != "name":
            raise TexError(piece, "expected one name under the ∇")
        self.emit("sign", "∂", piece)
        self.emit("sign", "/", piece)
        self.emit("sign", "∂", index)
        self.tokens += wrt

    def brace(self, piece: Piece) -> None:
        r"""``\underbrace{x}_{said}``: x alone."""
        self.group(piece, *self.argument(piece))
        if self.at("_", "^"):
            self.argument(self.take())

    def coloured(self, piece: Piece) -> None:
        """What stands in colour, without it."""
        self.argument(piece)
        self.group(piece, *self.argument(piece))

    def environment(self, piece: Piece) -> None:
        """A matrix as the list of its rows; cases as a choice."""
        name = self.environment_name(piece)
        start, depth = self.place, 1
        while self.place < self.stop and depth:
            if self.next.kind == "macro" and self.next.text in ("begin", "end"):
                depth += 1 if self.next.text == "begin" else -1
            self.place += 1
        if depth:
            raise TexError(piece, rf"expected \end{{{name}}} for the \begin{{{name}}}")
        stop = self.place - 1
        ended = self.environment_name(self.pieces[stop])
        if ended != name:
            raise TexError(self.pieces[stop], rf"expected \end{{{name}}}, got \end{{{ended}}}")
        after = self.place
        if name in MATRICES:
            if name == "array":
                self.place = start
                start = self.argument(piece)[1] + 1
                self.place = after
            self.matrix(piece, self.cells(start, stop))
        elif name in CASES:
            self.cases(piece, self.cells(start, stop))
        else:
            raise TexError(piece, f"the environment {name!r} is not read")

    def environment_name(self, piece: Piece) -> str:
        """What stands in the braces of a begin or end."""
        start, stop = self.argument(piece)
        return "".join(p.text for p in self.pieces[start:stop])

    def cells(self, start: int, stop: int) -> list[list[list[Token]]]:
        """The rows of an environment, each a list of its cells' tokens."""
        rows: list[list[list[Token]]] = [[]]
        depth, begin, place = 0, start, start
        while place <= stop:
            piece = self.pieces[place]
            if piece.kind == "macro" and piece.text in ("begin", "end") and place < stop:
                depth += 1 if piece.text == "begin" else -1
            ends = place == stop or (not depth and piece.kind in ("align", "row"))
            if ends:
                rows[-1].append(self.captured(begin, place))
                if piece.kind == "row":
                    rows.append([])
                begin = place + 1
            place += 1
        return [row for row in rows if any(row)]

    def matrix(self, piece: Piece, rows: list[list[list[Token]]]) -> None:
        """[[a, b], [c, d]]; a column is a vector."""
        last = self.pieces[self.place - 1]
        if not rows or not all(cell for row in rows for cell in row):
            raise TexError(piece, "expected an element in every cell of the matrix")
        enclosed = bool(self.tokens) and self.tokens[-1].text in ("[", "(") and self.at("]", ")")
        column = all(len(row) == 1 for row in rows)
        if enclosed:
            self.tokens.pop()
            self._depth -= 1
            self.take()
        nested = not column
        self.emit("sign", "[", piece)
        for place, row in enumerate(rows):
            if place:
                self.emit("sign", ",", piece)
            if nested:
                self.emit("sign", "[", piece)
            for column_, cell in enumerate(row):
                if column_:
                    self.emit("sign", ",", piece)
                self.tokens += cell
            if nested:
                self.emit("sign", "]", last)
        self.emit("sign", "]", last)

    def cases(self, piece: Piece, rows: list[list[list[Token]]]) -> None:
        """The first case if its condition holds, else the second."""
        last = self.pieces[self.place - 1]
        words = ("if", "when", "for", "otherwise", "else")
        plain = [[[t for t in cell if t.text.lower() not in words] for cell in row] for row in rows]
        if len(rows) != 2 or any(len(row) != 2 for row in rows) or not plain[0][1]:
            raise TexError(piece, "expected two cases, the first with its condition")
        (then, condition), (otherwise, _) = plain
        self.emit("sign", "(", piece)
        self.tokens += [t for t in then if t.text != ","]
        self.emit("name", "if", piece)
        self.tokens += condition
        self.emit("name", "else", piece)
        self.tokens += [t for t in otherwise if t.text != ","]
        self.emit("sign", ")", last)


#: Words above a name that are a mark of it and no power.
_MARKS = {"new", "old", "next", "prev", "true", "pred", "target"}

_STRUCTURES: dict[str, Callable[[Row, Piece], None]] = {
    "sqrt": Row.root,
    "nabla": Row.nabla,
    "underbrace": Row.brace,
    "overbrace": Row.brace,
    "textcolor": Row.coloured,
    "begin": Row.environment,
}


def _at(kind: str, text: str, token: Token) -> Token:
    """A token that stands where another does."""
    return token._replace(kind=kind, text=text)


def _shown(piece: Piece) -> str:
    return f"\\{piece.text}" if piece.kind == "macro" else repr(piece.text)


def _is_one(tokens: Sequence[Token]) -> bool:
    """True for a name, a name with its arguments, or what stands in one pair of brackets."""
    if len(tokens) == 1:
        return tokens[0].kind == "name"
    start = 1 if tokens[0].kind == "name" else 0
    if tokens[start].text != "(":
        return False
    depth = 0
    for place in range(start, len(tokens)):
        depth += (tokens[place].text == "(") - (tokens[place].text == ")")
        if not depth:
            return place == len(tokens) - 1
    return False


def _pairs(pieces: Sequence[Piece]) -> tuple[dict[int, int], set[int]]:
    """The place of the brace that closes each one; the square brackets that hold commas.

    Raises:
        TexError: A brace without its other one.
    """
    closing: dict[int, int] = {}
    lists: set[int] = set()
    braces: list[int] = []
    brackets: list[tuple[int, bool]] = []
    for place, piece in enumerate(pieces):
        if piece.kind == "open":
            braces.append(place)
        elif piece.kind == "close":
            if not braces:
                raise TexError(piece, "expected '{' before this '}'")
            closing[braces.pop()] = place
        elif piece.kind == "sign" and piece.text in ("(", "["):
            brackets.append((place, False))
        elif piece.kind == "sign" and piece.text in (")", "]") and brackets:
            opening, comma = brackets.pop()
            if comma and pieces[opening].text == "[" and piece.text == "]":
                lists |= {opening, place}
        elif piece.kind == "sign" and piece.text in (",", ";") and brackets:
            brackets[-1] = (brackets[-1][0], True)
    if braces:
        raise TexError(pieces[braces[-1]], "expected '}' for this '{'")
    return closing, lists


def _adjoined(tokens: Sequence[Token], wide: set[int]) -> list[Token]:
    """The tokens side by side: a blank says nothing in TeX, save for a wide one."""
    found = []
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if following is not None and following.line == token.line:
            apart = 2 if place + 1 in wide else _blank(token, following)
            token = token._replace(end=max(following.column - apart, token.column))
        found.append(token)
    return found


def _blank(token: Token, following: Token) -> int:
    """1 before a function, a word or a number that no sign precedes."""
    if token.kind == "sign" and token.text not in (")", "]"):
        return 0
    worded = following.kind == "name" and len(following.text) > 2
    return 1 if worded or following.kind == "number" else 0
