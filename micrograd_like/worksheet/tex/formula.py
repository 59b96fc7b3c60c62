r"""A formula in TeX to the tokens that the lexer of worksheets gives, each at its own place.

``\frac{\partial L}{\partial w}`` becomes the tokens of ∂L/∂w, ``\hat{y}_1^{(2)}`` one name, a
matrix a list of its rows. Nothing becomes text again. What is not understood ends the formula:
a row is read whole, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from micrograd_like.worksheet.clauses.prose import COMPARISONS
from micrograd_like.worksheet.tex.cursor import widened
from micrograd_like.worksheet.tex.environments import Environments
from micrograd_like.worksheet.tex.macros import (
    ACCENTS,
    FRACTIONS,
    FUNCTION_WORDS,
    GAPS,
    IGNORED,
    LETTERS,
    NOTHING,
    SERIES,
    SIGNS,
    SIZES,
    STYLES,
    UNREAD,
    UNREAD_OVER,
    WORDS,
)
from micrograd_like.worksheet.tex.names import Written
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tex.symbols import commas_in
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.vocabulary import CONNECTIVES, IF, OTHERWISE, RELATIONS

_PLAIN = {":=": "←", "<=": "≤", ">=": "≥"}
_LOGARITHMS = {"10": "log10", "2": "log2", "e": "ln"}
#: Words that mean something where they stand, among them those of a choice between cases.
_KNOWN_WORDS = CONNECTIVES | IF | OTHERWISE | {"otherwise", "while", "until", "unless"}
_OPERATORS = {"+", "-", "*", "·", "/", "⊙"}
#: The last letter of Latin and Greek; words in other alphabets have no blanks between them.
_LATIN = "\u1fff"
_NO_INDEX = "expected a name before the index"


class Row(Environments):
    """Reads one row of a formula."""

    def read(self) -> list[Token]:
        """The tokens.

        Raises:
            TexError: What is not understood, and where.
        """
        self.sequence()
        while self.tokens and self.tokens[-1].text in (".", ",", ";"):
            self.tokens.pop()
        return self.adjoined()

    def item(self) -> None:
        """One piece, with what belongs to it."""
        piece = self.next
        if piece.kind == "macro":
            self._macro(self.take())
        elif piece.kind == "letter":
            self.differential() if self.symbols.by and piece.text == "D" else self.letters()
        elif piece.kind == "number":
            self._number(self.take())
        elif piece.kind == "open":
            self._group(piece, *self.argument(piece))
        elif piece.kind == "align":
            self.align(self.take())
        elif piece.kind == "sign":
            self._sign(self.take())
        else:
            raise TexError(piece, f"did not expect {piece} here")

    def _number(self, piece: Piece) -> None:
        """A number; commas in it part thousands, or are decimal signs throughout."""
        last, text = piece, piece.text.replace("{,}", "." if self.symbols.commas else "")
        if self.symbols.commas and self.place in commas_in(self.pieces, decimal=True):
            self.place += 2
            last, text = self.last, f"{text}.{self.last.text}"
        self.emit("number", text, piece, last)

    # Signs and groups.

    def _sign(self, piece: Piece, text: str = "") -> None:
        """A sign; brackets remember what they hold."""
        text = text or _PLAIN.get(piece.text, piece.text)
        if self.symbols.lost and text in ",;!" and self._was_blank(piece):
            return
        if text == "^":
            self._power(piece)
        elif text == "'" and self.symbols.by and self.tokens[-1:] and self.tokens[-1].text == ")":
            self.primed(piece)
        elif text in ("_", "'"):
            raise TexError(piece, f"{_NO_INDEX if text == '_' else 'expected a name'} here")
        elif text == "⟨":
            self._dot_product(piece)
        elif text in ("(", "[", ")", "]"):
            listed = self.place - 1 in self.pairs.lists
            self.depth += 1 if text in "([" else -1
            self.emit("sign", text if listed else {"[": "(", "]": ")"}.get(text, text), piece)
        elif text == "|" and piece.kind == "sign" and self.at("|") and piece.touches(self.next):
            self._sign(self.take(), "‖")  # ||x||
        elif text in ("|", "‖") and self.at("_"):
            self._bar(piece, text)
        elif text == ";" and self.depth:
            self.emit("sign", ",", piece)
        elif text.isalpha() or not text.isprintable():
            raise TexError(piece, f"did not expect {piece} here")
        else:
            if text in ("|", "‖") and self._opens(piece, text):
                self.emit("sign", "·", piece)
            self.emit("sign", text, piece)

    def _was_blank(self, piece: Piece) -> bool:
        r"""True for what ``\,`` or ``\;`` became when its backslash was lost."""
        before = self.pieces[self.place - 2]
        return not before.touches(piece) or (piece.text == ";" and before.text == ",")

    def _opens(self, piece: Piece, text: str) -> bool:
        """True for a bar that begins a factor behind another: ½‖o − y‖."""
        before = self.tokens[-1] if self.tokens else None
        bars = sum(token.text == "‖" for token in self.tokens)
        closed = (")", "]") if bars % 2 else (")", "]", "‖")
        operand = before is not None and (before.kind != "sign" or before.text in closed)
        double = text == "‖" and bars % 2 == 0
        return operand and (double or piece.text in ("lVert", "lvert"))

    def _bar(self, piece: Piece, text: str) -> None:
        """‖x‖_2 is ‖x‖; f|_{x=2} is f where the document has that value of x."""
        said = self.script(*self.argument(self.take()))
        if text == "‖" and said == "2":
            self.emit("sign", text, piece)
        elif text == "‖" or not {*said.split(",")} <= self.symbols.givens:
            raise TexError(piece, f"expected a line {said} in this document, where it is put in")

    def _dot_product(self, piece: Piece) -> None:
        """⟨a, b⟩ as a·b."""
        self.emit("sign", "(", piece)
        outer = self.depth
        while self.place < self.stop:
            if self.at_macro("rangle") or self.at("⟩"):
                self.emit("sign", ")", self.take())
                return
            if self.at(",") and self.depth == outer:
                self.emit("sign", "·", self.take())
            else:
                self.item()
        raise TexError(piece, rf"expected \rangle for this {piece}")

    def _power(self, piece: Piece) -> None:
        """^ behind what is no name."""
        start, stop = self.argument(piece)
        if self.is_transposed(start, stop):
            self.transposed(piece, self.pieces[start])
            return
        inside = self.captured(start, stop)
        if not inside:
            raise TexError(piece, "expected an exponent after '^'")
        self.emit("sign", "^", piece)
        self.emit_all(inside, self.pieces[start], self.last)

    def _group(self, opening: Piece, start: int, stop: int) -> None:
        """Braces, or a style's argument: a name is one, all else stands as if without them."""
        name = self.single_name(start, stop)
        if name is not None:
            self.finish(replace(name, first=opening, last=self.last))
            return
        inside = self.captured(start, stop)
        signed = len(inside) == 2 and inside[0].text in ("+", "-")  # {-e}^{-x} is seen as −e^{−x}
        if self.at("^") and len(inside) > 1 and not signed:
            self.emit_all(inside, opening, self.last)
        elif self.at("_", "'"):
            raise TexError(self.next, _NO_INDEX)
        else:
            if (
                [t.text for t in inside] == ["="]
                and self.tokens[-1:]
                and self.tokens[-1].text in "+-"
            ):
                sign = self.tokens.pop()  # {+}{=}
                inside = [sign._replace(text=f"{sign.text}=")]
            if inside and inside[0].line == opening.line:
                inside[0] = inside[0]._replace(column=opening.column)
            self.tokens += widened(inside, self.last)

    # Control words.

    def _macro(self, piece: Piece) -> None:
        """A control word, by the tables."""
        text = piece.text
        if text in NOTHING:
            return
        if text in GAPS:
            self.widen()
        elif text in LETTERS:
            self.finish(self.greek(piece))
        elif text in ACCENTS:
            self.finish(self.accented(piece))
        elif text in SIZES:
            self._sized(piece)
        elif text in SIGNS:
            self._sign(piece, SIGNS[text])
        elif text in STYLES:
            self._group(piece, *self.argument(piece))
        elif text in WORDS:
            self._words(piece, *self.argument(piece))
        elif text in FRACTIONS:
            self.fraction(piece)
        elif text in SERIES:
            self._series(piece)
        elif text in _STRUCTURES:
            _STRUCTURES[text](self, piece)
        elif text in UNREAD or (text in UNREAD_OVER and self.at("_")):
            self._unread(piece)
        elif text in FUNCTION_WORDS:
            self._function(piece)
        elif text in IGNORED:
            self.argument(piece)
        else:
            raise TexError(piece, f"{piece} is not read: write the formula without it")

    def _sized(self, piece: Piece) -> None:
        r"""``\left(`` and ``\Big|``: the bracket alone."""
        if self.place >= self.stop:
            raise TexError(piece, f"expected a bracket after {piece}")
        bracket = self.take()
        wide = bracket._replace(column=piece.column) if bracket.line == piece.line else bracket
        if bracket.text == "." and bracket.kind == "sign":
            return
        if bracket.kind == "macro" and bracket.text in SIGNS:
            self._sign(wide, SIGNS[bracket.text])
        elif bracket.kind == "sign":
            self._sign(wide, {"<": "⟨", ">": "⟩"}.get(bracket.text, ""))
        else:
            raise TexError(bracket, f"expected a bracket after {piece}")

    def _words(self, piece: Piece, start: int, stop: int) -> None:
        r"""``\text{…}``: a word is a name, or what stands between statements; several are prose."""
        inside = self.pieces[start:stop]
        plain = "".join(p.text for p in inside if p.kind in ("letter", "number"))
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
                raise TexError(first, f"expected words in {piece}, got {first}")
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

    # Structures.

    def _series(self, piece: Piece) -> None:
        """Σ_{i=1}^n with its index in the name, as the lexer has it; Σ_{i ∈ D} is not told."""
        if self._runs_over_set():
            self._unread(piece)
            return
        name = Written(piece, piece, SERIES[piece.text])
        while self.at_macro("limits", "nolimits"):
            self.place += 1
        powers = self.scripts(name)
        self.emit("name", name.name, name.first, name.last)
        self.raise_to(powers)

    def _runs_over_set(self) -> bool:
        """True for an index that says of what it is, or what it is not: i ∈ D, k ≠ i."""
        place = self.place
        while place < self.stop and self.pieces[place].text in ("limits", "nolimits"):
            place += 1
        if self.pieces[place : place + 1] and self.pieces[place].text != "_":
            return False
        end = self.pairs.braces.get(place + 1, place)
        return any(SIGNS.get(p.text, p.text) in COMPARISONS for p in self.pieces[place + 1 : end])

    def _function(self, piece: Piece) -> None:
        """A function by its name; a logarithm with its base."""
        name = Written(piece, piece, piece.text)
        powers = self.scripts(name)
        if name.below:
            base = name.below[2:-1]
            if piece.text != "log" or base not in _LOGARITHMS:
                raise TexError(piece, f"expected {piece} without the index {base!r}")
            name.base, name.below = _LOGARITHMS[base], ""
        self.emit("name", name.base + name.primes, piece, name.last)
        self.raise_to(powers)

    def _unread(self, piece: Piece) -> None:
        """A limit, an integral and the like: a sign that says what is not worked out."""
        while self.at_macro("limits", "nolimits"):
            self.place += 1
        while self.at("_", "^"):
            self.argument(self.take())
        self.emit("sign", rf"\{piece.text}", piece)

    def _root(self, piece: Piece) -> None:
        """√(x), and the third root as a power."""
        degree: list[Token] = []
        if self.at("["):
            closing = self.pairs.brackets.get(self.place)
            if closing is None:
                raise TexError(piece, "expected ']' behind the degree of the root")
            degree = self.captured(self.place + 1, closing)
            self.place = closing + 1
        start, stop = self.argument(piece)
        inside, last = self.captured(start, stop), self.last
        if not inside:
            raise TexError(piece, "expected something under the root")
        if not degree:
            self.emit("name", "sqrt", piece)
        self.emit("sign", "(", piece)
        self.tokens += inside
        self.emit("sign", ")", last)
        if degree:
            self.emit("sign", "^", last)
            one = self.tokens[-1]._replace(kind="number", text="1")
            self.emit_all([one, one._replace(kind="sign", text="/"), *degree], last, last)

    def _nabla(self, piece: Piece) -> None:
        """∇_w f as ∂/∂w f."""
        if not self.at("_"):
            self.emit("sign", "∇", piece)
            return
        index = self.take()
        wrt = self.captured(*self.argument(index))
        if len(wrt) != 1 or wrt[0].kind != "name":
            raise TexError(piece, f"expected one name under {piece}")
        self.emit("sign", "∂", piece)
        self.emit("sign", "/", piece)
        self.emit("sign", "∂", index)
        self.tokens += widened(wrt, self.last)

    def _brace(self, piece: Piece) -> None:
        r"""``\underbrace{x}_{said}``: x alone."""
        self._group(piece, *self._scriptless(piece))

    def _scriptless(self, piece: Piece) -> tuple[int, int]:
        """An argument, and what is said above or below it passed over."""
        found = self.argument(piece)
        if self.at("_", "^"):
            self.argument(self.take())
        return found

    def _coloured(self, piece: Piece) -> None:
        """What stands in colour, without it."""
        self.argument(piece)
        self._group(piece, *self.argument(piece))


_STRUCTURES: dict[str, Callable[[Row, Piece], None]] = {
    "sqrt": Row._root,
    "nabla": Row._nabla,
    "underbrace": Row._brace,
    "overbrace": Row._brace,
    "textcolor": Row._coloured,
    "begin": Row.environment,
}
