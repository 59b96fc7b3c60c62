r"""Fractions in TeX: quotients, and derivatives told from them."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_like.notation import normal_name
from micrograd_like.worksheet.tex.cursor import widened
from micrograd_like.worksheet.tex.macros import (
    ACCENTS,
    FRACTIONS,
    FUNCTION_WORDS,
    LETTERS,
    NOTHING,
    SERIES,
    SIZES,
    STYLES,
    WORDS,
)
from micrograd_like.worksheet.tex.names import Names
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tokens.lexer import Token

_Stretch = tuple[int, int]


class Fractions(Names):
    """The rules for what stands above and below a bar."""

    def fraction(self, piece: Piece) -> None:
        r"""``\frac{A}{B}`` as (A/B), or a derivative."""
        above, below = self.argument(piece), self.argument(piece)
        if self._derivative(piece, above, below):
            return
        upper, lower = self.captured(*above), self.captured(*below)
        if not upper or not lower:
            raise TexError(piece, f"expected something above and below in {piece}")
        if self._is_mixed(piece, upper, lower):
            raise TexError(piece, r"expected \cdot or + between a number and its fraction")
        last, middle = self.last, self.pieces[below[0] - 1]
        middle = middle if middle.kind == "open" else last
        self.emit("sign", "(", piece)
        self.emit_all(upper, piece, self.pieces[above[1] - 1])
        self.emit("sign", "/", middle)
        self.emit_all(lower, middle, last)
        self.emit("sign", ")", last)

    def _is_mixed(self, piece: Piece, upper: list[Token], lower: list[Token]) -> bool:
        r"""True for ``1\frac{1}{2}``, which is 1.5 for some and a product for others."""
        before = self.tokens[-1] if self.tokens else None
        if before is None or (before.line, before.end) != (piece.line, piece.column):
            return False
        alone = len(upper) == len(lower) == 1
        return alone and all(t.text.isdecimal() for t in (before, upper[0], lower[0]))

    def _derivative(self, piece: Piece, above: _Stretch, below: _Stretch) -> bool:
        r"""∂A/∂w for ``\frac{\partial A}{\partial w}``, with d or δ for ∂; False for a quotient.

        A derivative that is written without the d above, Co/dw, is one too.
        """
        under, over = self._mark(*below), self._mark(*above)
        if under is None and self._lacks_mark(above, over, below):
            under = below[0]
        if under is None or (over is None and self.single_name(*above) is None):
            return False
        start, order = (above[0], 1) if over is None else self._order(over, above[1])
        wrts = self._differentials(under, below[1], order)
        if not wrts:
            self.unclear("By what is differentiated is not worked out", piece)
            return True
        if any(f"d{wrt[0].text}" in self.symbols.wholes for wrt in wrts):
            return False
        upper, last = self.captured(start, above[1]), self.last
        self.emit("sign", "∂", piece)
        if order > 1:
            self._ordered(order, piece)
        if upper and not _is_one(upper):
            upper = [_at("(", upper[0]), *upper, _at(")", upper[-1])]
        self.tokens += upper
        self.emit("sign", "/", self.pieces[below[0]])
        for wrt in wrts:
            self.tokens += [_at("∂", wrt[0]), *wrt]
        self.tokens[-1:] = widened(self.tokens[-1:], last)
        if order > len(wrts):
            self._ordered(order, last)
        if upper:
            self._at_point(piece, wrts[0][0].text)
        return True

    def _lacks_mark(self, above: _Stretch, over: int | None, below: _Stretch) -> bool:
        r"""True for ``\frac{\partial L}{w}``, whose ∂ below was left out."""
        if over is None or over >= above[1]:
            return False
        marked = any(
            p.kind == "macro" and p.text == "partial" for p in self.pieces[above[0] : over]
        )
        return marked and self.single_name(*below) is not None

    def _at_point(self, piece: Piece, wrt: str) -> None:
        r"""Pass over the point in ``\frac{df}{dx}(2) = 12``, where the document has that x."""
        opening = self.place + self.at_macro("left")
        closing = self.pairs.brackets.get(opening)
        if closing is None or closing >= self.stop:
            return
        inside = self.pieces[opening + 1 : closing - (self.pieces[closing - 1].text == "right")]
        behind = self.pieces[closing + 1 : closing + 3]
        on_left = self.tokens[0].place == piece.place and any(
            p.text in ("=", "approx") for p in behind
        )
        listed = any(p.text == "," for p in inside)
        if not (listed or on_left):
            return  # a factor
        said = "".join(p.text for p in inside)
        if said != wrt and f"{wrt}={said}" not in self.symbols.givens:
            raise TexError(piece, f"expected a line {wrt}={said} in this document")
        self.place = closing + 1

    def differential(self) -> None:
        """D(…) as ∂(…)/∂x, x being the letter that stands in all such brackets."""
        piece = self.take()
        opening = self.place + self.at_macro(*SIZES)
        closing = self.pairs.brackets.get(opening)
        if closing is None or closing >= self.stop:
            raise TexError(piece, f"expected a bracket after {piece}")
        inside = self.captured(opening + 1, closing - (self.pieces[closing - 1].text in SIZES))
        self.place = closing + 1
        self.emit("sign", "∂", piece)
        self.emit("sign", "(", self.pieces[opening])
        self.tokens += inside
        self.emit("sign", ")", self.last)
        self._by(self.last)

    def primed(self, prime: Piece) -> None:
        """(…)′ as ∂(…)/∂x."""
        depth = 0
        for place in range(len(self.tokens) - 1, -1, -1):
            token = self.tokens[place]
            depth += (token.text == ")") - (token.text == "(")
            if not depth:
                self.tokens.insert(place, _at("∂", token))
                self._by(prime)
                return
        raise TexError(prime, "expected '(' before this ')'")

    def _by(self, piece: Piece) -> None:
        self.emit("sign", "/", piece)
        self.emit("sign", "∂", piece)
        self.emit("name", normal_name(self.symbols.by), piece)

    def _ordered(self, order: int, piece: Piece) -> None:
        self.emit("sign", "^", piece)
        self.emit("number", str(order), piece)

    def _mark(self, start: int, stop: int) -> int | None:
        """The place behind the ∂, d or δ that begins a stretch; None without one."""
        while start < stop and (
            self.pieces[start].kind == "macro" and self.pieces[start].text in NOTHING | STYLES
        ):
            start += 1
        if start >= stop:
            return None
        piece, behind = self.pieces[start], start + 1
        if piece.kind == "macro" and piece.text in WORDS and behind < stop:  # \mathrm{d}
            group = self.pieces[behind].kind == "open"
            letter_d = self.pieces[behind + group].text == "d"
            behind += 1 + 2 * group
            return behind if letter_d and behind <= stop else None
        letter = piece.kind == "letter" and piece.text == "d"
        sign = piece.text in ("partial", "delta") if piece.kind == "macro" else piece.text == "∂"
        if not (sign or letter) or (letter and self.symbols.has_d):
            return None
        return behind if behind >= stop or self._may_follow(self.pieces[behind]) else None

    def _may_follow(self, piece: Piece) -> bool:
        """True for what may follow the sign of a derivative: a name, a bracket, an order."""
        if piece.kind == "macro":
            own = LETTERS.keys() | ACCENTS.keys() | STYLES | WORDS | NOTHING | FUNCTION_WORDS
            return piece.text in own | FRACTIONS | SERIES.keys() | {"left", "sqrt"}
        return piece.kind in ("letter", "open") or piece.text in ("^", "(")

    def _order(self, place: int, stop: int) -> tuple[int, int]:
        """Where A begins in d²A, and the 2."""
        if place + 1 >= stop or self.pieces[place].text != "^":
            return place, 1
        kept, self.place = self.place, place + 1
        start, end = self.argument(self.pieces[place])
        behind, self.place = self.place, kept
        said = "".join(p.text for p in self.pieces[start:end])
        if said not in ("2", "3"):
            message = f"expected a derivative of order 2 or 3, got {said!r}"
            raise TexError(self.pieces[place], message)
        return behind, int(said)

    def _differentials(self, place: int, stop: int, order: int) -> list[list[Token]]:
        """What one differentiates by: dw, dx², ∂w∂b, ∂(wx + b)."""
        found: list[list[Token]] = []
        while place < stop:
            end = place + 1
            while end < stop and (order == 1 or self._mark(end, stop) is None):
                end += 1
            own = end
            if order > 1:  # dx^2
                own = next((i for i in range(place, end) if self.pieces[i].text == "^"), end)
            tokens = self.captured(place, own)
            whole = order == 1 and len(tokens) > 1 and tokens[0].text == "(" and _is_one(tokens)
            squared = order == 1 and [t.text for t in tokens[1:]] == ["^", "2"]
            if squared and tokens[0].kind == "name":  # by σ²
                tokens, whole = [_at("(", tokens[0]), *tokens, _at(")", tokens[-1])], True
            if not whole and (len(tokens) != 1 or tokens[0].kind != "name"):
                return []
            found.append(tokens)
            place = stop if end == stop else self._mark(end, stop) or stop
        if len(found) not in (1, order):
            raise TexError(self.pieces[place - 1], f"expected {order} names, got {len(found)}")
        return found


def _at(text: str, token: Token) -> Token:
    """A sign that stands where a token does."""
    return token._replace(kind="sign", text=text)


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
