r"""A formula in TeX to the tokens that the lexer of worksheets gives, each at its own place.

``\frac{\partial L}{\partial w}`` becomes the tokens of ∂L/∂w, ``\hat{y}_1^{(2)}`` one name, a
matrix a list of its rows. Nothing becomes text again. What is not understood ends the formula:
a row is read whole, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from micrograd_like.worksheet.clauses.prose import COMPARISONS
from micrograd_like.worksheet.tex.cursor import widened
from micrograd_like.worksheet.tex.macros import (
    ACCENTS,
    BOLD,
    FRACTIONS,
    FUNCTION_WORDS,
    GAPS,
    IGNORED,
    LETTERS,
    LONG_ARROWS,
    NOTHING,
    SERIES,
    SIGNS,
    SIZES,
    SKIPS,
    STACKED,
    STYLES,
    UNREAD,
    UNREAD_OVER,
    UNREAD_WITH,
    WORDS,
)
from micrograd_like.worksheet.tex.names import Written
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tex.symbols import commas_in
from micrograd_like.worksheet.tex.words import Words
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.vocabulary import RELATIONS

_PLAIN = {":=": "←", "<=": "≤", ">=": "≥"}
_LOGARITHMS = {"10": "log10", "2": "log2", "e": "ln"}
#: What a term stands behind, and before.
_OPENS_TERM = {*RELATIONS, "(", "[", "+", "-", ","}
_ENDS_TERM = {*RELATIONS, ")", "]", "+", "-", ",", ";", "."}
#: What is understood, and not worked out.
_ELEMENT = "Which element of what stands before an index is meant is not worked out"
_ONES = "What 1 in bold type stands for is not worked out"
_INDICATOR = "What is 1 where an equality holds is not worked out"


class Row(Words):
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
        elif text == "_":
            self.argument(piece)
            self.unclear(_ELEMENT, piece)
        elif text == "'":
            self.unclear("By what is differentiated is not said", piece)
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
        elif text == "." and self._is_between_factors(piece):
            self.emit("sign", "·", piece)
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

    def _is_between_factors(self, piece: Piece) -> bool:
        """True for the point of ∂z/∂u.du/dt, set tight."""
        behind = self.pieces[self.place : min(self.place + 1, self.stop)]
        before = self.pieces[self.place - 2 : self.place - 1]
        fraction = bool(behind) and behind[0].kind == "macro" and behind[0].text in FRACTIONS
        return fraction and bool(before) and before[0].touches(piece) and piece.touches(behind[0])

    def _opens(self, piece: Piece, text: str) -> bool:
        """True for a bar that begins a factor behind another: ½‖o − y‖."""
        before = self.tokens[-1] if self.tokens else None
        if before is not None and before.text.startswith(("Sigma", "Pi")):
            return False
        bars = sum(token.text == "‖" for token in self.tokens)
        closed = (")", "]") if bars % 2 else (")", "]", "‖")
        operand = before is not None and (before.kind != "sign" or before.text in closed)
        double = text == "‖" and bars % 2 == 0
        return operand and (double or piece.text in ("lVert", "lvert"))

    def _bar(self, piece: Piece, text: str) -> None:
        """‖x‖_2 is ‖x‖; f|_{x=2} is f where the document has that value of x."""
        said = self.clear_script(*self.argument(self.take())) or "…"
        if text == "‖":
            self.emit("sign", text, piece)
            if said not in ("2", "F"):
                self.emit("sign", "·", piece)
                self.unclear(f"The norm ‖…‖_{said} is not worked out", piece)
        elif not {*said.split(",")} <= self.symbols.givens:
            self.unclear(f"No line says {said}, where it is put in", piece)

    def _dot_product(self, piece: Piece) -> None:
        """⟨a, b⟩ as a·b."""
        self.emit("sign", "(", piece)
        outer, of_two = self.depth, False
        while self.place < self.stop:
            if self._closes_angle():
                self.emit("sign", ")", self.take())
                if not of_two:
                    self.unclear("Averages ⟨…⟩ are not worked out", self.last)
                return
            if self.at(",") and self.depth == outer:
                self.emit("sign", "·", self.take())
                of_two = True
            else:
                self.item()
        raise TexError(piece, rf"expected \rangle for this {piece}")

    def _closes_angle(self) -> bool:
        r"""True before ⟩; a ``\right`` in front of it is passed."""
        sized = self.at_macro("right") and self.place + 1 < self.stop
        text = self.pieces[self.place + sized].text
        closes = text in ("rangle", "⟩") or (sized and text == ">")
        self.place += sized and closes
        return closes

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
            self._styled(piece)
        elif text in WORDS:
            self.words(piece, *self.argument(piece))
        elif text in FRACTIONS:
            self.fraction(piece)
        elif text in SERIES:
            self._series(piece)
        elif text in _STRUCTURES:
            _STRUCTURES[text](self, piece)
        elif text in UNREAD or (text in UNREAD_OVER and self.at("_")):
            self.unread(piece)
        elif text in FUNCTION_WORDS:
            self._function(piece)
        elif text in IGNORED:
            self.argument(piece)
        elif text in STACKED:
            self.argument(piece)
            self._group(piece, *self.argument(piece))
        elif text in SKIPS:
            self._skip()
        elif text in UNREAD_WITH:
            for _ in range(UNREAD_WITH[text]):
                self.argument(piece)
            self.unread(piece)
        elif text in LONG_ARROWS:
            self._long_arrow(piece)
        else:
            raise TexError(piece, f"{piece} is not read: write the formula without it")

    def _styled(self, piece: Piece) -> None:
        """What stands in another shape; 1 may be one where something holds, or a vector of ones."""
        start, stop = self.argument(piece)
        alone = stop - start == 1 and self.pieces[start].text == "1" and piece.text in BOLD
        if not alone or self._is_term():  # \mathbf{1} - p
            self._group(piece, start, stop)
            return
        opening = self.place + self.at_macro(*SIZES)
        opens = self.pieces[opening].text if opening < self.stop else ""
        closing = self._closing(opening) if opens in ("(", "[", "{", "lbrace") else None
        if closing is None:
            self.unclear(_ONES, piece)
            return
        inside = [SIGNS.get(p.text, p.text) for p in self.pieces[opening:closing]]
        if RELATIONS.isdisjoint(inside):
            self.emit("number", "1", piece, self.last)
        else:
            self.place = closing + 1
            self.unclear(_INDICATOR, piece)

    def _is_term(self) -> bool:
        """True for what was read last where no factor stands on either side of it."""
        before = self.tokens[-1].text if self.tokens else "="
        after = SIGNS.get(self.next.text, self.next.text) if self.place < self.stop else "="
        return before in _OPENS_TERM and after in _ENDS_TERM

    def _closing(self, opening: int) -> int | None:
        """The place of the bracket of any kind that closes the one here."""
        depth = 0
        for place in range(opening, self.stop):
            piece = self.pieces[place]
            sign = SIGNS.get(piece.text, "") if piece.kind == "macro" else piece.text
            if piece.kind in ("sign", "macro"):
                depth += (sign in ("(", "[")) - (sign in (")", "]"))
            if not depth:
                return place
        return None

    def _skip(self) -> None:
        r"""Pass over the width in ``\hskip 1em``."""
        while self.at("-", "+"):
            self.place += 1
        if self.place < self.stop and self.next.kind == "number":
            self.place += 1
            unit = self.pieces[self.place : min(self.place + 2, self.stop)]
            self.place += len(unit) if all(p.kind == "letter" for p in unit) else 0
        self.widen()

    def _long_arrow(self, piece: Piece) -> None:
        """An arrow, without what is said above and below it."""
        if self.at("[") and (closing := self.pairs.brackets.get(self.place)) is not None:
            self.place = closing + 1
        self.argument(piece)
        self.emit("sign", "⇒", piece)

    def _negated(self, piece: Piece) -> None:
        r"""``\not=`` and ``\not\in``: what does not hold."""
        if self.place < self.stop:
            self.take()
        self.emit("sign", "≠", piece)

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

    # Structures.

    def _series(self, piece: Piece) -> None:
        """Σ_{i=1}^n with its index in the name, as the lexer has it; Σ_{i ∈ D} is not told."""
        if self._runs_over_set():
            self.unread(piece)
            return
        name = Written(piece, piece, SERIES[piece.text])
        while self.at_macro("limits", "nolimits"):
            self.place += 1
        powers = self.scripts(name)
        if name.unclear:
            self.unread(piece)
            return
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
                self.unclear(f"{piece.text} with the index {base} is not worked out", piece)
                return
            name.base, name.below = _LOGARITHMS[base], ""
        self.emit("name", name.base + name.primes, piece, name.last)
        self.raise_to(powers)
        if self.place < self.stop and self.next.kind == "open":  # \exp{-x}
            start, stop = self.argument(piece)
            inside = self.captured(start, stop)
            if len(inside) < 2 or inside[0].text == "(":
                self.tokens += inside
            else:
                self.emit_all(inside, self.pieces[start - 1], self.last)

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
            self.unclear("By what is differentiated is not worked out", piece)
            return
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
    "not": Row._negated,
    "begin": Row.environment,
}
