"""Expressions, by operator precedence: operands, the operators between them, and names."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from micrograd_like.errors import did_you_mean
from micrograd_like.formula import Call, Name, Number
from micrograd_like.worksheet import arrays
from micrograd_like.worksheet.arrays import Array, Term
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.clauses.trimming import Clause
from micrograd_like.worksheet.grammar.calls import WRAPPERS, Calls, unread_call
from micrograd_like.worksheet.grammar.derivatives import Derivatives
from micrograd_like.worksheet.grammar.numerals import number
from micrograd_like.worksheet.grammar.rules import ADD, CLOSING, MULTIPLY, SIGNED
from micrograd_like.worksheet.grammar.scope import Document, UnsureError
from micrograd_like.worksheet.tokens.drawn import OUT_OF_LINE
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import element_number, index_letters, instance
from micrograd_like.worksheet.vocabulary import (
    COMPOSED,
    FUNCTIONS,
    OF_ARRAYS,
    RECIPROCALS,
    RELATIONS,
)

_INFIX = {
    "+": ("add", ADD),
    "-": ("sub", ADD),
    "*": ("mul", MULTIPLY),
    "·": ("mul", MULTIPLY),
    "⊙": ("mul", MULTIPLY),
    "@": ("mul", MULTIPLY),
    "⊗": ("mul", MULTIPLY),
    "/": ("div", MULTIPLY),
}
#: What no operand and no operator begins with.
_ENDS = {*RELATIONS, *CLOSING.values(), ",", ";"} - {"|"}
#: What is read and says nothing that could be computed.
_NOT_WORKED_OUT = {
    "…": "What stands in the place of … is not",
    "∫": "Integrals are not",
    "∞": "∞ is not",
    "±": "± is not",
    OUT_OF_LINE: "An array whose lines do not stand below one another is not",
    "⌊": "Rounding is not",
    "⌈": "Rounding is not",
}


_BRACKETS = {"⌊", "⌈"}


class Expressions(Derivatives, Calls):
    """The rules for expressions.

    Attributes:
        implicit: How tightly a product without a sign holds.
        ambiguous: True once it mattered: 1/2y is ½·y, or 1/(2y).
    """

    def __init__(self, clause: Clause, document: Document) -> None:
        super().__init__(clause, document)
        self.implicit: float = MULTIPLY
        self.ambiguous = False

    def expression(self, binding: float) -> Term:
        """An expression whose operators hold tighter than ``binding``."""
        left = self.prefix()
        while True:
            token = self.next
            sign = token.text if token.kind == "sign" else ""
            if sign == "." and self.is_apart():
                sign = "·"
            if sign in _ENDS or token.kind == "end":
                break
            if self.at("…") and (self.ahead(1).kind == "end" or self.ahead(1).text in RELATIONS):
                break  # 0.33…
            if sign in _NOT_WORKED_OUT and sign not in _BRACKETS:
                raise UnsureError(f"{_NOT_WORKED_OUT[sign]} worked out")
            if sign in _INFIX:
                function, own = _INFIX[sign]
                if own <= binding:
                    break
                self.take()
                right = self.expression(own)
                left = (
                    self.multiplied(left, right, sign)
                    if function == "mul"
                    else self.call(function, left, right)
                )
            elif self.at_transposed():
                left = self.transposed(left)
            elif token.kind == "power" or sign in ("^", "ⁿ", "ⁱ"):
                left = self.raised(left)
            elif sign == "." and self.ahead(1).kind == "name":
                left = self.attribute(left)
            elif sign == "%":
                left = self.percent(left)
            elif self.is_times():
                if binding >= MULTIPLY:
                    break
                self.take()
                left = self.call("mul", left, self.expression(MULTIPLY))
            elif self.at_unit():
                self.unit()
            elif self.implicit_product():
                if binding >= self.implicit:
                    break
                self.ambiguous |= isinstance(left, Call) and left.function == "div"
                left = self.multiplied(left, self.expression(self.implicit), "·")
            else:
                break
        return left

    def unit(self) -> None:
        """Pass over the words behind a number: 30 inputs per clerk + 1."""
        words = [self.take().text]
        while self.at_unit(inside=True):
            words.append(self.take().text)
        self.scope.doubts[f"the words {' '.join(words)[:60]!r} were passed over"] = None

    def at_transposed(self) -> bool:
        """True before the mark of a transposed matrix."""
        return self.at("ᵀ") or (self.at("^") and self.ahead(1).text in ("T", "⊤"))

    def transposed(self, left: Term) -> Term:
        """The rows of an array as its columns; a scalar as it is."""
        written = self.tokens[self.place - 1].text == "]"
        sign = self.take()
        if sign.text == "^":
            if "T" in self.known.lefts:
                self.place -= 1
                return self.raised(left)
            self.take()
        return self.turned(left, written)

    def turned(self, left: Term, written: bool) -> Term:
        """What is transposed; a column that is written out is a vector."""
        if not isinstance(left, Array) or (written and len(left.shape) == 1):
            return left
        return left.transposed

    def percent(self, left: Term) -> Term:
        """A number of hundredths: 5% as 0.05."""
        if not isinstance(left, Number):
            self.expected("an operator, '=' or the end of the line")
        self.take()
        return Number(float(f"{left.value}e-2"), (left.places or 0) + 2)

    def prefix(self) -> Term:
        """An operand with the sign or the bracket before it."""
        token = self.next
        if token.kind == "number":
            return number(self.take())
        if token.kind == "fraction":
            return self.fraction(self.take())
        if token.kind == "sign" and (signed := self.signed(token)) is not None:
            return signed
        derivative = self.derivative()
        if derivative is not None:
            return derivative
        if token.kind != "name":
            self.expected("a number, a name or a bracket")
        return self.name(self.take())

    def signed(self, token: Token) -> Term | None:
        """An operand that begins with a sign or a bracket; None for any other sign."""
        sign = token.text
        if sign == "-":
            self.take()
            return self.call("neg", self.inner(SIGNED - 1))
        if sign == "+":
            self.take()
            return self.inner(SIGNED - 1)
        if sign in ("(", "[", "{"):
            if words := self.words_inside():
                raise UnsureError(f"What {words[:60]!r} is, is not said")
            self.take()
            bars, self.bars = self.bars, 0
            inside = self.inner(0)
            self.bars = bars
            if self.at(",", ";") or (sign == "[" and isinstance(inside, Array)):
                return self.array(inside, token)
            return self.closed(inside, CLOSING[sign], token)
        if sign == "|":
            self.take()
            self.bars += 1
            inside = self.closed(self.inner(0), "|", token)
            self.bars -= 1
            return self.call("abs", inside)
        if sign == "‖":
            self.take()
            self.bars += 1
            inside = self.closed(self.inner(0), "‖", token)
            self.bars -= 1
            return self.length(inside)
        if sign == "√":
            self.take()
            return self.applied("sqrt", token)
        if sign in _NOT_WORKED_OUT:
            raise UnsureError(f"{_NOT_WORKED_OUT[sign]} worked out")
        if len(sign) > 1 and sign[0] == "\\":
            raise UnsureError(sign[1:] if " " in sign else f"{sign} is not worked out")
        return None

    def length(self, inside: Term) -> Term:
        """What ‖x‖ is."""
        return arrays.norm(inside) if isinstance(inside, Array) else self.call("abs", inside)

    def array(self, first: Term, opening: Token) -> Array:
        """The rest of [1, 2], [[1, 2], [3, 4]], [1, 2; 3, 4] or (1, 2)."""
        rows: list[list[Term]] = [[first]]
        while self.at(",", ";"):
            if self.take().text == ";":
                rows.append([])
            if self.at(CLOSING[opening.text]):
                break
            rows[-1].append(self.inner(0))
        self.closed(first, CLOSING[opening.text], opening)
        if len(rows) > 1:
            return Array.of([Array.of(row) for row in rows if row])
        return replace(Array.of(rows[0]), written=True)

    # Names.

    def name(self, token: Token) -> Term:
        """What a name means here: a quantity, a function with its arguments, a product."""
        self.check_length(token)
        text = self.scope.current(token.text)
        if self.at("[") and self.next.column == token.end and self.holds_indices():
            raise UnsureError(f"Which element of {token.text} is meant is not worked out")
        underscored = self.scope.underscored(token)
        if underscored is not None:
            return underscored
        if self.at("(") and (compound := self.compound(text)):
            return self.scope.stands(compound, token)
        if text in self.known.functions and self.at("(") and not self.holds_itself(text):
            return self.call(f"{text}()", *self.arguments())
        if self.at("(") and (element := self.element_at(text)):
            self.place += 3
            return Name(element)
        if self.at("(") and self.known.octave and (index := self.index_at(text)):
            self.place += 2 * len(index) + 1
            return arrays.indexed(self.scope.stands(text, token), index)
        if element := self.element_here(text):
            self.scope.read_as[f"{token.text} as {element}"] = None
            return Name(element)
        if text in self.known.lefts:
            if text in self.known.applied and self.at("("):
                self.skip_arguments(text)
                if self.at("(") and not self.holds_itself(text):
                    raise UnsureError(f"{text}(…) may be {text} at another point, and no product")
            return self.scope.stands(text, token)
        if text in WRAPPERS and self.at("("):
            return self.wrapped()
        function = _function(text)
        alone = (text in ("max", "min") and self.at(*RELATIONS)) or (
            text == "sigma" and self.stands_alone()
        )
        if function and not alone:
            return self.applied(function, token)
        if text in RECIPROCALS:
            return self.call("div", Number(1), self.applied(RECIPROCALS[text], token))
        if (named := text if len(text) < 2 else text.lower()) in OF_ARRAYS and self.at("("):
            return self.sum_of_arguments(named)
        if named in COMPOSED and self.at("("):
            return self.composed(*COMPOSED[named], token)
        if text == "sum" and self.next.kind in ("number", "fraction"):
            return self.series(token)
        series = text.startswith(("Sigma", "Pi")) or (text.startswith("sum_") and self.at("("))
        if series and text.rstrip("'") == text:
            return self.series(token)
        if text.endswith("'") and self.at("("):
            slope = self.primed_function(text)
            if slope is not None:
                return slope
        pieces = self.known.split(text)
        if pieces:
            return self.glued(pieces, token)
        return self.lone(text, token)

    def stands_alone(self) -> bool:
        """True where nothing follows that a function could be of: σ² beside σ(x)."""
        width = 2 if self.at("^") else int(self.next.kind == "power")
        behind = self.ahead(width)
        return behind.kind == "end" or (behind.kind == "sign" and behind.text in "+-*·/)],;=≈^")

    def element_at(self, text: str) -> str:
        """The element that w(2) is, where w is a vector; else ""."""
        shape, index = self.known.arrays.get(text, ()), self.ahead(1)
        whole = index.kind == "number" and index.text.isdecimal() and self.ahead(2).text == ")"
        if not whole or len([size for size in shape if size != 1]) > 1 or not shape:
            return ""
        names = self.known.elements(text, shape)
        place = int(index.text) - self.known.base if len(index.text) < 5 else -1
        return names[place] if 0 <= place < len(names) else ""

    def index_at(self, text: str) -> tuple[int | None, ...]:
        """The index of X(2, 1), X(:, 2) or X(2) of a matrix X, from 0, None for ":"; else ()."""
        size = len(self.known.arrays.get(text, ()))
        index: list[int | None] = []
        while size == 2 and len(index) < size:
            at, behind = self.ahead(2 * len(index) + 1), self.ahead(2 * len(index) + 2).text
            if at.text != ":" and not (at.kind == "number" and at.text.isdecimal()):
                break
            index.append(None if at.text == ":" else int(at.text) - 1)
            if behind == ")":
                return tuple(index)
            if behind != ",":
                break
        return ()

    def element_here(self, text: str) -> str:
        """The element that w_1 is on a line that speaks of the vector w as well; else ""."""
        for array in self.known.apart:
            number = element_number(text, array)
            element = 0 < number <= self.known.arrays[array][0]
            if element and any(token.text == array for token in self.tokens):
                return f"{array}[{number}]"
        return ""

    def lone(self, text: str, token: Token) -> Term:
        """A name that nothing gives a value, or a constant; before brackets a mistake."""
        quantity = self.known.is_quantity(text) or text in self.known.operands
        quantity |= any(self.known.is_quantity(instance(text, i, 1)) for i in index_letters(text))
        called = self.at("(") and not self.is_remark(self.place)
        if (called or self.at("[")) and not quantity and (reason := unread_call(text)):
            raise UnsureError(reason)
        if called and not quantity and text not in CONSTANTS:
            options = (*self.known.lefts, *FUNCTIONS)
            near = did_you_mean(text, options) if self.document.near else ""
            if not near:
                raise UnsureError(f"Nothing says what the function {text} is")
            self.fail(f"{text!r} is no function and no name of this worksheet{near}", token)
        if text in CONSTANTS:
            return Name(text)
        if self.only_called(text):
            self.scope.doubts[f"{text}(…) may be a function, which nothing defines"] = None
        return self.scope.stands(text, token)

    def glued(self, pieces: tuple[str, ...], token: Token) -> Term:
        """The product that a glued name is; below a fraction bar it stays together."""
        self.scope.read_as[f"{token.text} as {'·'.join(pieces)}"] = None
        factors: list[Term] = [self.scope.stands(piece, token) for piece in pieces]
        if self.at_transposed():
            factors[-1] = self.transposed(factors[-1])
        elif self.at_power():
            factors[-1] = self.raised(factors[-1])
        return reduce(lambda left, right: self.multiplied(left, right, "·"), factors)

    def compound(self, text: str) -> str:
        """``input(h1)``, where that is a name."""
        name = f"{text}({self.ahead(1).text})"
        if self.ahead(2).text == ")" and name in self.known.compounds:
            self.place += 3
            return name
        return ""


def _function(text: str) -> str:
    """The row of the table that a function's name means, in capitals or not; "" for none."""
    row = FUNCTIONS.get(text)
    if row is None and len(text) > 1 and text not in ("Sigma", "Pi"):
        row = FUNCTIONS.get(text.lower())
    return "" if row is None else row.name
