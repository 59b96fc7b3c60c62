"""Expressions, by operator precedence: the tokens of one clause to a statement.

Where two readings are usual, the likelier one is taken and the other kept beside it
(``1/2y``), or the statement says how it was read. What is understood but cannot be worked
out (a sum whose range nothing says) is a statement with a doubt and no parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import NoReturn

from micrograd_like.errors import did_you_mean
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, Quantity
from micrograd_like.notation import plain
from micrograd_like.ops import OPS
from micrograd_like.worksheet import arrays
from micrograd_like.worksheet.arrays import Array, ShapeError, Term
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.characters import lookalike
from micrograd_like.worksheet.clauses import Clause
from micrograd_like.worksheet.functions import inner_slope
from micrograd_like.worksheet.indices import each
from micrograd_like.worksheet.lexer import MAX_NAME, Token
from micrograd_like.worksheet.names import (
    CONNECTIVES,
    FUNCTIONS,
    RELATIONS,
    Names,
    literal_shape,
)
from micrograd_like.worksheet.records import Part, Place, Statement

MAX_NESTING = 200
#: Operations in one part of a statement; nobody writes more by hand.
MAX_OPERATIONS = 500
MAX_DIGITS = 60

_ADD, _MULTIPLY, _IMPLICIT, _SIGNED = 1, 2, 2.5, 3
_INFIX = {
    "+": ("add", _ADD),
    "-": ("sub", _ADD),
    "*": ("mul", _MULTIPLY),
    "·": ("mul", _MULTIPLY),
    "⊙": ("mul", _MULTIPLY),
    "@": ("mul", _MULTIPLY),
    "/": ("div", _MULTIPLY),
}
_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
_COMPARED = {">": "gt", "<": "lt", "≥": "ge", "≤": "le"}
#: What a number may be wrapped in, in Python.
_WRAPPERS = {"Value", "Parameter", "tensor", "Tensor", "array", "float", "Variable", "asarray"}
_SAME = {"data", "item", "detach", "value", "numpy", "copy", "clone"}
_UNITS = {"units", "unit", "rad", "radians", "degrees", "epochs", "steps", "cm", "kg", "ms", "nats"}
#: What is made of a whole array.
_OF_ARRAYS: dict[str, Callable[[Array], Term]] = {
    "sum": arrays.total,
    "mean": arrays.mean,
    "norm": arrays.norm,
    "softmax": arrays.softmax,
}
_OLD = re.compile(r"(.+?)_old|(.+?)_current")


class UnreadableError(Exception):
    """What was expected, and the token that stands there instead."""

    def __init__(self, token: Token, message: str) -> None:
        super().__init__(message)
        self.token, self.message = token, message


class UnsureError(Exception):
    """A statement is understood, but nothing can be held against it: why."""


@dataclass
class Document:
    """What the statements of a document share while they are read.

    cost:      the quantity whose gradient ``x.grad`` is
    hidden:    expressions that have no name of their own, by the name that stands for them
    elementwise: True where * between arrays is that of NumPy
    near:      False once so many names were proposed that nobody reads them
    """

    names: Names
    lines: list[str]
    cost: str = ""
    near: bool = True
    elementwise: bool = False
    hidden: dict[str, Expr] = field(default_factory=dict)

    def stand_in(self, expr: Expr) -> Quantity:
        """The quantity for an expression: its own, or a name in brackets that nobody can write."""
        if isinstance(expr, Name | Derivative):
            return expr
        name = Name(f"({plain(expr)})")
        self.hidden[name] = expr
        return name


@dataclass(frozen=True)
class FunctionDefinition:
    """f(x) = …: the function's name, its arguments, and what it gives."""

    name: str
    arguments: tuple[str, ...]
    body: Expr


def read_clause(
    clause: Clause, document: Document
) -> tuple[list[Statement], FunctionDefinition | None]:
    """The statement of a clause, one for each element of an array, and the function it defines.

    Raises:
        UnreadableError: What was expected, and where.
    """
    parser = _Parser(clause, document)
    return parser.checked_statement(), parser.function


@dataclass(frozen=True)
class _Piece:
    """A part as it was read, for all its elements."""

    term: Term
    otherwise: Term | None
    source: str
    place: Place
    approximate: bool
    names: dict[str, Place]

    def part(self, expr: Expr | None = None) -> Part:
        """The part, or that of one element."""
        otherwise = None
        if expr is None:
            assert not isinstance(self.term, Array)
            assert not isinstance(self.otherwise, Array)
            expr, otherwise = self.term, self.otherwise
        return Part(expr, self.source, self.place, self.approximate, self.names, otherwise)


class _Parser:
    """Reads the tokens of one clause."""

    def __init__(self, clause: Clause, document: Document) -> None:
        self.tokens = clause.tokens
        self.borrowed = clause.borrowed
        self.document = document
        self.known = document.names
        self.place = 0
        self.nesting = 0
        self.bars = 0
        self.operations = 0
        self.names: dict[str, Place] = {}
        self.implicit: float = _MULTIPLY  # how tightly a product without a sign holds
        self.ambiguous = False
        self.otherwise = False  # True while the second reading is tried
        self.read_as: dict[str, None] = {}
        self.doubts: dict[str, None] = {}
        self.function: FunctionDefinition | None = None
        self.pieces: list[_Piece] = []
        self.dot = True  # how a product of two vectors is read
        self.products = False  # True where one was
        self.left_products = False  # the same of the left side
        self.shadowed: set[str] = set()  # arguments of the function that the line defines

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def ahead(self, count: int) -> Token:
        return self.tokens[min(self.place + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.next
        self.place += 1
        return token

    def at(self, *signs: str) -> bool:
        return self.next.kind == "sign" and self.next.text in signs

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        raise UnreadableError(token or self.next, message)

    def expected(self, what: str) -> NoReturn:
        got = self.next.text if self.next.kind == "end" else repr(self.next.text[:MAX_NAME])
        self.fail(f"expected {what}, got {got}")

    # Statements.

    def checked_statement(self) -> list[Statement]:
        """The statement, one for each element of an array, or what is wrong with it."""
        try:
            return self.statement()
        except RecursionError:  # called from deep down in a program
            deep = self.next
        except ShapeError as error:
            if self.left_products and self.dot:  # x·y on the left may be meant by element
                self.dot, self.place, self.operations = False, 0, 0
                return self.checked_statement()
            return [self._unsure(str(error))]
        except UnsureError as unsure:
            return [self._unsure(str(unsure))]
        return self.too_deep(deep)

    def _unsure(self, reason: str) -> Statement:
        first = self.tokens[0]
        self.place = 0
        try:
            term, subject = self.left_side()
        except (UnsureError, UnreadableError, ShapeError):
            term, subject = Name("?"), None
        left = term if isinstance(term, Name | Derivative) else Name("?")
        source = self.source(first, self.tokens[-1])
        subject = None if isinstance(subject, Array) else subject
        place = replace(first.place, end=self.tokens[-1].column)
        return Statement(place, source, left, subject=subject, doubt=reason)

    def statement(self) -> list[Statement]:
        first = self.next
        left, subject = self.left_side()
        if isinstance(subject, Number) and isinstance(subject.value, int):
            self.doubts["The number on its left may count something, as in 'path 2'"] = None
        self.left_products, self.products = self.products, False
        if not self.at(*RELATIONS):
            self.expected("'=' after the left side")
        assigned = self.at("←", "→", "+=", "-=")
        self.pieces = []
        blank = False
        while self.at(*RELATIONS):
            sign = self.take().text
            if self.at("?"):
                self.take()
                blank = True
                continue
            piece = self.piece(sign == "≈", left)
            if sign in ("+=", "-="):
                step = self.call("add" if sign == "+=" else "sub", left, piece.term)
                piece = replace(piece, term=step)
            self.pieces.append(piece)
            self.remark()
        if self.next.kind != "end":
            self.expected("an operator, '=' or the end of the line")
        source = self.source(first, self.next)
        place = replace(first.place, end=self.next.column)
        if self.borrowed and self.pieces:
            source = " ".join(f"= {piece.source}" for piece in self.pieces)
            place = replace(place, line=self.pieces[0].place.line)
        read = Statement(
            place,
            source,
            Name("?"),
            blank=blank,
            assigned=assigned,
            read_as="; ".join(self.read_as),
            doubt="; ".join(self.doubts),
        )
        return list(self.expanded(read, left, subject))

    def expanded(self, read: Statement, left: Term, subject: Term | None) -> Iterator[Statement]:
        """The statement, or for arrays one statement for each element."""
        terms = [piece.term for piece in self.pieces]
        shapes = [term.shape for term in (left, *terms) if isinstance(term, Array)]
        if not shapes:
            assert isinstance(left, Name | Derivative)
            parts = tuple(piece.part() for piece in self.pieces)
            assert not isinstance(subject, Array)
            yield replace(read, left=left, subject=subject, parts=parts)
            return
        shape = shapes[-1]
        if isinstance(left, Name):
            if left.name.startswith("("):
                raise ShapeError("expected a vector or matrix on the left side")
            shape = self.known.arrays.setdefault(left.name, shape)
            names = self.elements(left.name, shape)
            left = Array(shape, tuple(map(Name, names)))
            self.known.lefts.update(names)
            self.known.used.update(names)
        if not isinstance(left, Array):
            raise ShapeError("expected a vector or matrix on the left side")
        terms = [_reshaped(term, left.shape) for term in terms]
        spread = [arrays.elementwise("id", (left, term)).shape for term in terms]
        if any(s != left.shape for s in spread):
            raise ShapeError(f"expected {arrays.shown(shape)} in every part")
        columns = [arrays.spread(term, left.shape) for term in terms]
        subjects = arrays.spread(subject, left.shape) if subject is not None else None
        for place, own in enumerate(left.items):
            parts = tuple(
                piece.part(column[place])
                for piece, column in zip(self.pieces, columns, strict=True)
            )
            if all(part.expr == own for part in parts):
                continue  # h = [h1, h2] says nothing of h1
            one = None if subjects is None else subjects[place]
            if not isinstance(own, Name | Derivative):
                one, own = own, self.document.stand_in(own)
            yield replace(read, left=own, subject=one, parts=parts, element=place + 1)

    def left_side(self) -> tuple[Term, Term | None]:
        """The quantity on the left, and the expression where it is none."""
        first = self.next
        if first.kind == "name" and self.ahead(1).text in RELATIONS:
            self.check_length(first)
            named = self.underscored(first)
            self.take()
            return named or Name(self.current(first.text)), None
        if first.kind == "name" and self.ahead(1).text == "(":
            self.function_definition()
        derivative = self.derivative(anything=True)
        if derivative is not None and self.at(*RELATIONS):
            return derivative, None
        self.place = 0
        if first.kind == "name" or first.kind in ("number", "fraction") or self.at(*"(|√∂∇-+[‖"):
            try:
                expr = self.expression(0)
            except UnreadableError as error:
                if error.token is first:
                    self.fail("expected a name or a derivative such as dE/dw5 at the start", first)
                raise
        else:
            self.expected("a name or a derivative such as dE/dw5 at the start of the line")
        if not self.at(*RELATIONS):
            self.expected("'=' after the left side")
        self.names, self.ambiguous = {}, False
        if isinstance(expr, Name | Derivative | Array):
            return expr, None
        return self.document.stand_in(expr), expr

    def function_definition(self) -> None:
        """f(x) = …, where x is no quantity: what the right side is makes f a function."""
        arguments, place = [], self.place + 2
        while self.tokens[place].kind == "name":
            arguments.append(self.tokens[place].text)
            place += 1 + (self.tokens[place + 1].text == ",")
        if self.tokens[place].text != ")" or self.tokens[place + 1].text not in ("=", "≈", "←"):
            return
        name, back = self.next.text, self.place
        base = name.rstrip("'")
        if base in self.known.functions or base in FUNCTIONS:
            self.shadowed.update(arguments)
        if name not in self.known.functions or base != name:
            return
        self.place = place + 2
        try:
            body = self.expression(0)
        except (UnreadableError, UnsureError):
            body = None
        if body is not None and not isinstance(body, Array) and self.next.kind in ("end", "sign"):
            self.function = FunctionDefinition(name, tuple(arguments), body)
        self.place, self.operations = back, 0

    def piece(self, approximate: bool, left: Term) -> _Piece:
        """A part; a product of two vectors is what fits the other parts."""
        place = self.place
        try:
            piece = self.one_piece(approximate)
        except ShapeError:
            if not self.products:
                raise
            piece = None
        if not self.products:
            assert piece is not None
            return piece
        wanted = self.wanted(left)
        if piece is not None and (wanted is None or _shape(piece.term) == wanted):
            return piece
        self.dot, self.place = not self.dot, place
        try:
            other: _Piece | None = self.one_piece(approximate)
        except ShapeError:
            other = None
        self.dot = not self.dot
        if other is not None and (piece is None or _shape(other.term) == wanted):
            return other
        if piece is None:
            raise ShapeError("the shapes of its vectors and matrices do not fit")
        self.place = place
        return self.one_piece(approximate)

    def wanted(self, left: Term) -> tuple[int, ...] | None:
        """The shape that the other parts have; None where nothing says."""
        if isinstance(left, Array):
            return left.shape
        if isinstance(left, Name) and left.name in self.known.arrays:
            return self.known.arrays[left.name]
        if self.pieces:
            return _shape(self.pieces[0].term)
        place, depth = self.place, 0  # what is written out further right
        while self.tokens[place].kind != "end":
            sign = self.tokens[place]
            depth += (sign.text in "([{") - (sign.text in ")]}") if sign.kind == "sign" else 0
            if not depth and sign.text in RELATIONS:
                return literal_shape(self.tokens, place + 1)
            place += 1
        return () if isinstance(left, Derivative) else None

    def one_piece(self, approximate: bool) -> _Piece:
        first = self.next
        self.products = False
        place, self.ambiguous = self.place, False
        self.names, self.operations = {}, 0
        expr, otherwise = self.conditional(), None
        if self.ambiguous:
            self.place, self.operations, self.implicit = place, 0, _IMPLICIT
            self.otherwise = True
            otherwise = self.conditional()
            self.implicit, self.otherwise = _MULTIPLY, False
        if self.at("…"):
            self.take()
            approximate = True
        source = self.source(first, self.next)
        stands = replace(first.place, end=self.tokens[self.place - 1].end)
        return _Piece(expr, otherwise, source, stands, approximate, self.names)

    def conditional(self) -> Term:
        """An expression, or ``a if x > 0 else b``."""
        expr = self.expression(0)
        return self.chosen(expr) if self.next.text == "if" else expr

    def chosen(self, then: Term) -> Term:
        """The rest of ``a if x > 0 else b``."""
        self.take()
        condition = self.comparison()
        if self.next.text != "else":
            self.expected("'else'")
        self.take()
        self.deeper()
        otherwise = self.conditional()
        self.nesting -= 1
        return self.call("where", condition, then, otherwise)

    def comparison(self) -> Term:
        left = self.expression(0)
        if not self.at(*_COMPARED):
            self.expected("a comparison such as x > 0")
        sign = self.take().text
        return self.call(_COMPARED[sign], left, self.expression(0))

    def remark(self) -> None:
        """Pass over a remark in brackets and words behind a part."""
        while self.at("(", "[") and self.is_remark(self.place):
            begins = self.place
            self.skip_group()
            said = {token.text for token in self.tokens[begins : self.place]}
            if {"held", "fixed"} <= said:
                self.doubts["It is a derivative with something held fixed"] = None
        token = self.next
        if not (self.known.is_word(token) or token.text.lower() in CONNECTIVES):
            return
        if token.text in _UNITS:
            self.take()
        else:
            near = did_you_mean(token.text, self.known.lefts) if self.document.near else ""
            if near:
                self.fail(f"expected an operator, '=' or the end of the line{near}")
            words = []
            while self.next.kind != "end" and not self.at(*RELATIONS):
                words.append(self.take().text)
            self.doubts[f"the words {' '.join(words)[:60]!r} were passed over"] = None
        if self.at(*RELATIONS):
            self.doubts["words stand between its parts"] = None

    def is_remark(self, place: int) -> bool:
        """True for a bracket that holds words: (power rule), (product rule; z held fixed).

        Names and functions may stand among two words or more, but nothing that computes.
        """
        inside, words, others = place + 1, 0, 0
        while self.tokens[inside].text not in (")", "]") and self.tokens[inside].kind != "end":
            token = self.tokens[inside]
            word = self.known.is_word(token) or (
                token.text.lower() in CONNECTIVES and token.text not in self.known.lefts
            )
            other = token.kind == "name" and self.tokens[inside + 1].text != "("
            mark = token.text in (*",.:;'-∂/",) or token.kind == "number"
            if not (word or other or mark):
                return False
            words += word
            others += other and not word
            inside += 1
        return words > (1 if others else 0)

    def skip_group(self) -> None:
        while self.take().text not in (")", "]"):
            if self.next.kind == "end":
                return

    def source(self, first: Token, end: Token) -> str:
        """The text from one token up to another, continuation lines joined."""
        pieces = []
        for number in range(first.line, end.line + 1):
            line = self.document.lines[number - 1]
            start = first.column - 1 if number == first.line else 0
            stop = end.column - 1 if number == end.line else len(line)
            pieces.append(line[start:stop].partition("#")[0].strip())
        return " ".join(piece for piece in pieces if piece).rstrip(",;")

    # Expressions.

    def expression(self, binding: float) -> Term:
        """An expression whose operators hold tighter than ``binding``."""
        left = self.prefix()
        while True:
            if self.at("ᵀ") or (self.at("^") and self.ahead(1).text in ("T", "⊤")):
                left = self.transposed(left)
            elif self.at("^") or self.next.kind == "power" or self.at("ⁿ", "ⁱ"):
                left = self.raised(left)
            elif self.at(".") and self.ahead(1).kind == "name":
                left = self.attribute(left)
            elif self.at("%"):
                left = self.percent(left)
            elif self.is_times():
                if binding >= _MULTIPLY:
                    break
                self.take()
                left = self.call("mul", left, self.expression(_MULTIPLY))
            elif self.next.kind == "sign" and self.next.text in _INFIX:
                function, own = _INFIX[self.next.text]
                if own <= binding:
                    break
                sign = self.take().text
                right = self.expression(own)
                left = (
                    self.multiplied(left, right, sign)
                    if function == "mul"
                    else self.call(function, left, right)
                )
            elif self.implicit_product():
                if binding >= self.implicit:
                    break
                self.ambiguous |= isinstance(left, Call) and left.function == "div"
                left = self.multiplied(left, self.expression(self.implicit), "·")
            else:
                break
        return left

    def multiplied(self, left: Term, right: Term, sign: str) -> Term:
        """A product: of arrays that of matrices, or element by element."""
        if not (isinstance(left, Array) and isinstance(right, Array)):
            return self.call("mul", left, right)
        if sign == "⊙":
            return self.call("mul", left, right)
        matrices = len(left.shape) == 2 and len(right.shape) == 2 and left.shape != right.shape
        if sign == "*" and self.document.elementwise and not matrices:
            return self.call("mul", left, right)
        if sign == "@" or matrices:
            return arrays.matrix_product(left, right)
        self.products = True
        if self.dot:
            return arrays.matrix_product(left, right)
        return self.call("mul", left, right)

    def inner(self, binding: float) -> Term:
        """An expression that stands inside another."""
        self.deeper()
        expr = self.expression(binding)
        if binding == 0 and self.next.text == "if" and self.next.kind == "name":
            expr = self.chosen(expr)
        elif binding == 0 and self.at(*_COMPARED):
            sign = self.take().text
            condition = self.call(_COMPARED[sign], expr, self.expression(0))
            expr = self.call("where", condition, Number(1), Number(0))
        self.nesting -= 1
        return expr

    def deeper(self) -> None:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.too_deep()

    def too_deep(self, token: Token | None = None) -> NoReturn:
        self.fail(f"expected at most {MAX_NESTING} nested brackets, signs and powers", token)

    def transposed(self, left: Term) -> Term:
        sign = self.take()
        if sign.text == "^":
            if "T" in self.known.lefts:
                self.place -= 1
                return self.raised(left)
            self.take()
        return left.transposed if isinstance(left, Array) else left

    def raised(self, base: Term) -> Term:
        token = self.take()
        if token.kind == "power":
            exponent: Term = self.integer(token)
        elif token.text in "ⁿⁱ":
            exponent = Name(unicodedata.normalize("NFKC", token.text))
        else:
            exponent = self.inner(_SIGNED)  # to the right: x^y^z is x^(y^z)
        return self.call("pow", base, exponent)

    def is_times(self) -> bool:
        """True for an x between figures that stands for times: 2 x (-1.147)."""
        if self.next.kind != "name" or self.next.text not in ("x", "X"):
            return False
        before, token, after = self.tokens[self.place - 1], self.next, self.ahead(1)
        spaced = before.end < token.column and token.end < after.column
        figures = before.kind in ("number", "fraction", "power") or before.text == ")"
        if not spaced or not figures:
            return False
        if after.kind == "number":
            return True
        bracket = after.text == "(" and self.figures_inside(self.place + 1)
        return bracket or (after.text == "-" and self.ahead(2).kind == "number")

    def figures_inside(self, place: int) -> bool:
        place += 1
        while self.tokens[place].text != ")" and self.tokens[place].kind != "end":
            if self.tokens[place].kind == "name":
                return False
            place += 1
        return True

    def implicit_product(self) -> bool:
        """True where a product needs no sign: 2x, w x, 2(…), x(…) of the worksheet, (…)(…)."""
        before, token = self.tokens[self.place - 1], self.next
        bracket = before.kind == "sign" and before.text in (")", "]", "}")
        bar = before.text == "|" and before.kind == "sign"
        closed = bracket or bar
        operand = before.kind in ("number", "name", "power", "fraction") or closed
        if not operand or token.kind == "end":
            return False
        if self.at("(", "[", "{"):
            return not self.is_remark(self.place)
        if self.at("√", "∂", "∇"):
            return True
        if self.at("|"):
            return not self.bars and before.kind in ("number", "fraction")
        if token.kind in ("number", "fraction"):
            return bracket and token.kind == "number"
        if token.kind != "name":
            return False
        if before.kind in ("number", "fraction") or bracket:
            return not self.is_prose(token) or before.end == token.column
        return self.is_factor(token)

    def is_prose(self, token: Token) -> bool:
        prose = self.known.is_word(token) or token.text.lower() in CONNECTIVES | {"else"}
        return prose and token.text not in self.known.lefts

    def is_factor(self, token: Token) -> bool:
        """True for a name that may follow another as a factor."""
        if self.is_prose(token):
            return False
        text = token.text
        return (
            self.known.is_quantity(text)
            or text.rstrip("'").lower() in FUNCTIONS
            or text in self.known.functions
            or text[:1] in "dΣΠ"
            or text.startswith(("Sigma", "Pi"))
            or len(text) == 1
            or bool(self.known.split(text))
        )

    def prefix(self) -> Term:
        token = self.next
        if self.at("-"):
            self.take()
            return self.call("neg", self.inner(_SIGNED - 1))
        if self.at("+"):
            self.take()
            return self.inner(_SIGNED - 1)
        if self.at("(", "[", "{"):
            self.take()
            bars, self.bars = self.bars, 0
            inside = self.inner(0)
            self.bars = bars
            if self.at(",", ";") or (token.text == "[" and isinstance(inside, Array)):
                return self.array(inside, token)
            return self.closed(inside, _CLOSING[token.text], token)
        if self.at("|"):
            self.take()
            self.bars += 1
            inside = self.closed(self.inner(0), "|", token)
            self.bars -= 1
            return self.call("abs", inside)
        if self.at("‖"):
            self.take()
            inside = self.closed(self.inner(0), "‖", token)
            return arrays.norm(inside) if isinstance(inside, Array) else self.call("abs", inside)
        if self.at("√"):
            self.take()
            return self.applied("sqrt", token)
        if token.kind == "number":
            return self.number(self.take())
        if token.kind == "fraction":
            return self.fraction(self.take())
        derivative = self.derivative()
        if derivative is not None:
            return derivative
        if token.kind != "name":
            self.expected("a number, a name or a bracket")
        return self.name(self.take())

    def array(self, first: Term, opening: Token) -> Array:
        """The rest of [1, 2], [[1, 2], [3, 4]], [1, 2; 3, 4] or (1, 2)."""
        rows: list[list[Term]] = [[first]]
        while self.at(",", ";"):
            if self.take().text == ";":
                rows.append([])
            if self.at(_CLOSING[opening.text]):
                break
            rows[-1].append(self.inner(0))
        self.closed(first, _CLOSING[opening.text], opening)
        if len(rows) > 1:
            return Array.of([Array.of(row) for row in rows if row])
        return Array.of(rows[0])

    def closed(self, inside: Term, sign: str, opening: Token) -> Term:
        if not self.at(sign):
            shown = "(" if opening.text in "[{" else opening.text
            wanted = ")" if sign in "]}" else sign
            self.expected(f"{wanted!r} for the {shown!r} in column {opening.column}")
        self.take()
        return inside

    def check_length(self, name: Token) -> None:
        if len(name.text) > MAX_NAME:
            self.fail(f"expected a name of at most {MAX_NAME} characters", name)

    # Names.

    def stands(self, name: str, token: Token) -> Term:
        """The name, its place taken down; an array as its elements."""
        self.names.setdefault(name, token.place)
        if name in self.known.arrays and name not in self.shadowed:
            shape = self.known.arrays[name]
            names = self.elements(name, shape)
            return Array(shape, tuple(map(Name, names)))
        return Name(name)

    def elements(self, name: str, shape: tuple[int, ...]) -> list[str]:
        """The names of an array's elements."""
        if name in self.known.apart:
            return [f"{name}[{place}]" for place in range(1, shape[0] + 1)]
        return arrays.element_names(name, shape, self.known.base)

    def current(self, text: str) -> str:
        """``w`` for ``w_old``, where nothing gives w_old a value of its own."""
        match = _OLD.fullmatch(text)
        if match and text not in self.known.lefts:
            name = match[1] or match[2]
            if self.known.is_quantity(name):
                self.read_as[f"{text} as {name}"] = None
                return name
        return text

    def name(self, token: Token) -> Term:
        self.check_length(token)
        text = self.current(token.text)
        underscored = self.underscored(token)
        if underscored is not None:
            return underscored
        if self.at("(") and (compound := self.compound(text)):
            return self.stands(compound, token)
        if text in self.known.functions and self.at("(") and not self.holds_itself(text):
            return self.call(f"{text}()", *self.arguments())
        if text in self.known.lefts:
            if text in self.known.applied and self.at("("):
                self.skip_arguments(text)
            return self.stands(text, token)
        if text in _WRAPPERS and self.at("("):
            return self.wrapped()
        function = FUNCTIONS.get(text) or (
            FUNCTIONS.get(text.lower()) if len(text) > 1 and text not in ("Sigma", "Pi") else None
        )
        if text == "lg":
            function = OPS["log10"]
        if function is not None:
            return self.applied(function.name, token)
        if text in _OF_ARRAYS and self.at("("):
            return self.sum_of_arguments(text)
        if text.startswith(("Sigma", "Pi")) and text.rstrip("'") == text:
            return self.series(token)
        if text.endswith("'") and self.at("("):
            slope = self.primed_function(text)
            if slope is not None:
                return slope
        pieces = self.known.split(text)
        if pieces:
            return self.glued(pieces, token)
        quantity = self.known.is_quantity(text) or text in self.known.operands
        if self.at("(") and not quantity and text not in CONSTANTS:
            options = (*self.known.lefts, *FUNCTIONS)
            near = did_you_mean(text, options) if self.document.near else ""
            self.fail(f"{text!r} is no function and no name of this worksheet{near}", token)
        if text in CONSTANTS:
            return Name(text)
        if self.only_called(text):
            self.doubts[f"{text}(…) may be a function, which nothing defines"] = None
        return self.stands(text, token)

    def only_called(self, text: str) -> bool:
        """True for a name of several numbers: g(1) and g(2), and never g alone."""
        after = [
            self.tokens[place + 1]
            for place, token in enumerate(self.tokens)
            if token.kind == "name" and token.text == text
        ]
        return len(after) > 1 and all(token.text == "(" for token in after)

    def glued(self, pieces: tuple[str, ...], token: Token) -> Term:
        """The product that a glued name is; below a fraction bar it stays together."""
        self.read_as[f"{token.text} as {'·'.join(pieces)}"] = None
        factors: list[Term] = [self.stands(piece, token) for piece in pieces]
        if self.at("^") or self.next.kind == "power":
            factors[-1] = self.raised(factors[-1])
        return self.joined("mul", factors)

    def compound(self, text: str) -> str:
        """``input(h1)``, where that is a name."""
        name = f"{text}({self.ahead(1).text})"
        if self.ahead(2).text == ")" and name in self.known.compounds:
            self.place += 3
            return name
        return ""

    def skip_arguments(self, text: str) -> None:
        """Pass over the arguments in y(x1, x2), where y is written so."""
        arguments = self.known.applied[text]
        ahead = self.tokens[self.place + 1 : self.place + 2 * len(arguments)]
        if tuple(t.text for t in ahead if t.text != ",") == arguments:
            end = self.place + 2 * len(arguments)
            if end < len(self.tokens) and self.tokens[end].text == ")":
                self.place = end + 1

    def holds_itself(self, text: str) -> bool:
        """True for f (1 − f): there f is a quantity."""
        if text not in self.known.lefts and text not in self.known.operands:
            return False
        place, depth = self.place, 0
        while self.tokens[place].kind != "end":
            sign = self.tokens[place].text
            depth += (sign == "(") - (sign == ")")
            if self.tokens[place].text == text and self.tokens[place + 1].text != "(":
                return True
            place += 1
            if depth == 0:
                return False
        return False

    def arguments(self) -> list[Term]:
        opening = self.take()
        found = [self.inner(0)]
        while self.at(","):
            self.take()
            found.append(self.inner(0))
        self.closed(found[-1], ")", opening)
        return found

    def primed_function(self, text: str) -> Term | None:
        """f′(x): the derivative of a function at an argument."""
        base, order = text.rstrip("'"), len(text) - len(text.rstrip("'"))
        if base in self.known.functions:
            return self.call(f"{text}()", *self.arguments())
        row = FUNCTIONS.get(base) or FUNCTIONS.get(base.lower())
        if row is None or len(row.inputs) != 1 or base in self.known.lefts:
            return None
        arguments = self.arguments()
        if len(arguments) != 1:
            self.fail(f"{text} takes 1 argument, got {len(arguments)}")
        slope = inner_slope(row.name, order)
        self.operations += 5
        argument = arguments[0]
        return argument.each(slope) if isinstance(argument, Array) else slope(argument)

    def wrapped(self) -> Term:
        """Value(2.0, label='a') as 2.0."""
        opening = self.take()
        inside = self.inner(0)
        depth = 1
        while depth and self.next.kind != "end":
            sign = self.take().text
            depth += (sign == "(") - (sign == ")")
        if depth:
            self.closed(inside, ")", opening)
        return inside

    def attribute(self, left: Term) -> Term:
        """n.tanh() as tanh(n), x.data as x, x.grad as the derivative of the cost."""
        name = self.ahead(1).text
        if name == "T":
            self.place += 2
            left = left.transposed if isinstance(left, Array) else left
        elif name in _SAME:
            self.place += 2
        elif name == "grad" and isinstance(left, Name | Array):
            self.place += 2
            cost = self.document.cost
            one = self.ahead(1).kind == "number" and float(self.ahead(1).text) == 1
            if self.at("=") and one and isinstance(left, Name):
                cost = self.document.cost = left.name
            if not cost and len(set(self.known.costs)) == 1:
                cost = self.known.costs[0]
            if not cost:
                raise UnsureError("Nothing says of what this is the gradient")
            shown = self.tokens[self.place - 3].text
            self.read_as[f"{shown}.grad as ∂{cost}/∂{shown}"] = None
            return arrays.derivative(self.stands(cost, self.tokens[self.place - 3]), left)
        elif name in FUNCTIONS:
            self.place += 2
            left = self.call(FUNCTIONS[name].name, left)
        else:
            self.expected("an operator, '=' or the end of the line")
        if self.at("(") and self.ahead(1).text == ")":
            self.place += 2
        return left

    def percent(self, left: Term) -> Term:
        if not isinstance(left, Number):
            self.expected("an operator, '=' or the end of the line")
        self.take()
        return Number(float(f"{left.value}e-2"), (left.places or 0) + 2)

    def underscored(self, token: Token) -> Derivative | None:
        """dJ_da as ∂J/∂a, where J and a are names of the document."""
        match = re.fullmatch(r"d([^\W_]\w*?)_d([^\W_]\w*)", token.text)
        if match is None:
            return None
        of, wrt = match[1], match[2]
        if not (of in self.known.lefts and wrt in self.known.lefts):
            return None
        self.read_as[f"{token.text} as ∂{of}/∂{wrt}"] = None
        return Derivative(Name(of), Name(wrt))

    # Functions.

    def applied(self, function: str, token: Token) -> Term:
        """A function and its arguments; a single plain one needs no brackets: ln ŷ."""
        if (self.at("^") or self.next.kind == "power") and token.text != "√":
            return self.power_of_function(function, token)
        if self.at("|"):
            arguments = [self.prefix()]  # ln|x|
        elif self.at("("):
            arguments = self.arguments()
        else:
            if self.next.kind not in ("name", "number"):
                self.expected(f"'(' after {token.text}")
            self.deeper()
            arguments = [self.prefix()]
            self.nesting -= 1
            tight = self.implicit_product() and self.tokens[self.place - 1].end == self.next.column
            number = self.tokens[self.place - 1].kind == "number" and self.implicit_product()
            if tight or number or self.at("^") or self.next.kind == "power":
                self.fail(f"expected brackets: what belongs to {token.text} is not clear", token)
        return self.call_of(function, arguments, token)

    def call_of(self, function: str, arguments: list[Term], token: Token) -> Term:
        row = OPS[function]
        if function in ("maximum", "minimum") and len(arguments) > 2:
            return self.joined(function, arguments)
        if len(arguments) != len(row.inputs):
            self.fail(
                f"{token.text} takes {len(row.inputs)} argument{'s' * (len(row.inputs) > 1)}, "
                f"got {len(arguments)}",
                token,
            )
        return self.call(function, *arguments)

    def power_of_function(self, function: str, token: Token) -> Term:
        """sin²(x) and sin² x, which are (sin x)²."""
        self.deeper()
        power = self.take()
        if power.kind == "power":
            exponent: Term = self.integer(power)
        elif self.at("{") and self.ahead(2).text == "}" and self.ahead(1).kind == "number":
            self.take()
            exponent = self.number(self.take())
            self.take()
        elif self.next.kind == "number":
            exponent = self.number(self.take())
        else:
            self.expected("a number")
        if not self.at("(") and self.next.kind != "name":
            self.expected(f"'(' after the power of {token.text}")
        if exponent == self.call("neg", Number(1)):
            self.fail(f"expected 1/{token.text}(…) or the inverse function by its name", token)
        value = self.applied(function, token)
        self.nesting -= 1
        return self.call("pow", value, exponent)

    def sum_of_arguments(self, text: str) -> Term:
        arguments = self.arguments()
        if isinstance(arguments[0], Array):
            return _OF_ARRAYS[text](arguments[0])
        if len(arguments) < 2 or text not in ("sum", "mean"):
            raise UnsureError(f"What {text} runs over is not said")
        total = self.joined("add", arguments)
        return total if text == "sum" else self.call("div", total, Number(len(arguments)))

    def series(self, token: Token) -> Term:
        """Σ_i x_i·w_i and Π: over the indices in use, or from one to another."""
        sign = "add" if token.text.startswith("Sigma") else "mul"
        index = token.text.partition("_")[2].strip("{}")
        last: Expr | None = None
        if self.at("^"):
            self.take()
            bound = self.inner(_SIGNED)
            last = None if isinstance(bound, Array) else bound
        deep = self.operations
        body = self.expression(_ADD)
        if isinstance(body, Array) and not index:
            self.read_as[f"a sum of {len(body.items)} terms"] = None
            return self.joined(sign, body.items)
        if isinstance(body, Array):
            raise UnsureError("Sums of arrays over an index are not worked out")
        if index == "" and self.summed(body):
            return body
        terms = each(body, index, last, self.known)
        if isinstance(terms, str):
            raise UnsureError(terms)
        self.operations += (self.operations - deep + 1) * len(terms)
        self.read_as[f"a sum of {len(terms)} terms"] = None
        return self.joined(sign, terms)

    def summed(self, body: Term) -> bool:
        """True where a product of vectors is the sum already: Σ x·w."""
        return self.products and self.dot and not isinstance(body, Array)

    # Derivatives.

    def derivative(self, anything: bool = False) -> Term | None:
        """dA/dB where A and B are names of the worksheet, or ``anything``; ∂A/∂B always."""
        start = self.place
        mark = self.differential(start)
        if mark is None:
            return None
        try:
            found = self.quotient(mark, anything)
        except UnreadableError:
            if mark != "∂":
                found = None
            else:
                raise
        if found is None:
            self.place = start
            if mark == "∂":
                self.fail("expected a derivative, as in ∂E/∂w5")
        return found

    def differential(self, place: int) -> str | None:
        """The sign of a derivative that begins here: ∂, d or delta; None without one."""
        token = self.tokens[place]
        if token.kind == "sign":
            return "∂" if token.text in ("∂", "∇") else None
        if token.kind != "name" or (token.text == "d" and "d" in self.known.lefts):
            return None
        if token.text.startswith("delta") and self.tokens[place + 1].text == "/":
            return "delta"
        return "d" if token.text.startswith("d") else None

    def quotient(self, mark: str, anything: bool) -> Term | None:
        """What stands above and below in dA/dB, from the sign on."""
        token = self.next
        if token.text == "∇":
            return self.nabla()
        own = mark == "∂" or token.text == mark  # d/dx, ∂/∂x, d²y/dx²
        order = 1
        if own:
            self.take()
            order = self.order()
            if self.at("/"):
                self.take()
                wrt = self.below(mark)
                return None if wrt is None else self.operator(wrt, order)
            above = self.above()
        else:
            above = self.above_glued(mark)
        if above is None or not self.at("/"):
            return None
        self.take()
        wrt = self.below(mark)
        if wrt is None:
            return None
        of, plain_names = above
        if mark == "d" and plain_names and not own and not self.meant(of, wrt, anything):
            return None
        return self.nested(of, wrt, order)

    def meant(self, of: Term, wrt: str, anything: bool) -> bool:
        known = self.known
        names = [of.name if isinstance(of, Name) else "", wrt]
        whole = f"d{names[0]}" in known.lefts or f"d{names[1]}" in known.lefts
        if whole:  # dx and dy have values of their own
            return all(name in known.lefts for name in names)
        return anything or all(known.is_defined(name) for name in names)

    def order(self) -> int:
        """The power behind the sign of a derivative: 2 in d²y."""
        if self.next.kind == "power" and self.next.text in ("2", "3"):
            return int(self.take().text)
        if self.at("^") and self.ahead(1).text in ("2", "3"):
            self.place += 2
            return int(self.tokens[self.place - 1].text)
        return 1

    def above(self) -> tuple[Term, bool] | None:
        """What is differentiated, where it stands apart from the sign."""
        if self.next.kind == "name":
            token = self.next
            if self.ahead(1).text == "(" and (
                token.text in FUNCTIONS or token.text in self.known.functions
            ):
                return self.name(self.take()), False
            self.take()
            if self.at("(") and token.text in self.known.applied:
                self.skip_arguments(token.text)
            self.names.setdefault(token.text, token.place)
            return Name(self.current(token.text)), True
        if self.at("(", "["):
            expr = self.prefix()
            while self.at("^") or self.next.kind == "power":
                expr = self.raised(expr)
            return expr, False
        return None

    def above_glued(self, mark: str) -> tuple[Term, bool] | None:
        """What is differentiated, where the sign is its first letter: dE, dσ(x)."""
        token = self.next
        text = token.text[len(mark) :]
        if not text or not (text[0].isalpha()):
            return None
        self.take()
        if self.at("("):
            if text in FUNCTIONS or text in self.known.functions:
                token = token._replace(text=text)
                return self.name(token), False
            if text not in self.known.applied:
                return None
            self.skip_arguments(text)
        if not self.at("/"):
            return None
        return Name(text), True

    def below(self, mark: str) -> str | None:
        """The name by which one differentiates."""
        token = self.next
        if mark == "∂" or token.text == mark:
            if token.text not in ("∂", mark):
                return None
            self.take()
            token = self.next
            if token.kind != "name":
                return None
            name = token.text
        elif token.kind == "name" and token.text.startswith(mark) and len(token.text) > len(mark):
            name = token.text[len(mark) :]
            if not name[0].isalpha():
                return None
        else:
            return None
        self.take()
        self.names.setdefault(name, token.place)
        return self.current(name)

    def operator(self, wrt: str, order: int) -> Term:
        """d/dx (…): what follows as a factor is differentiated."""
        if order > 1 and (self.next.kind == "power" or self.at("^")):
            self.order()
        body = self.expression(_ADD)
        return self.nested(body, wrt, order)

    def nested(self, of: Term, wrt: str, order: int) -> Term:
        if wrt in self.known.arrays or isinstance(of, Array) or self.is_array(of):
            return self.nested_array(of, wrt, order)
        inner = wrt
        if order > 1 and (self.next.kind == "power" or self.at("^")):
            self.order()
        elif order > 1 and self.at("∂") and self.ahead(1).kind == "name":  # ∂²L/∂w∂b
            inner = self.ahead(1).text
            self.place += 2
        assert not isinstance(of, Array)
        found = self.document.stand_in(of)
        for _ in range(order - 1):
            found = Derivative(found, Name(inner))
        return Derivative(found, Name(wrt))

    def is_array(self, term: Term) -> bool:
        return isinstance(term, Name) and term.name in self.known.arrays

    def nested_array(self, of: Term, wrt: str, order: int) -> Term:
        if order > 1:
            raise UnsureError("Second derivatives of arrays are not worked out")
        token = self.tokens[self.place - 1]
        above = self.stands(of.name, token) if isinstance(of, Name) else of
        if isinstance(above, Array):
            above = above.each(lambda expr: self.document.stand_in(expr))
        else:
            above = self.document.stand_in(above)
        return arrays.derivative(above, self.stands(wrt, token))

    def nabla(self) -> Term | None:
        """∇_w E, for a single w."""
        self.take()
        if self.at("_") and self.ahead(1).kind == "name" and self.ahead(2).kind == "name":
            self.take()
            wrt, of = self.take(), self.take()
            return Derivative(Name(of.text), Name(wrt.text))
        raise UnsureError("Gradients of vectors are not worked out")

    # Numbers.

    def number(self, token: Token) -> Number:
        if len(token.text) > MAX_DIGITS:
            self.fail(f"expected a number of at most {MAX_DIGITS} characters", token)
        mantissa, _, exponent = token.text.lower().partition("e")
        value = float(token.text)
        if value in (float("inf"), float("-inf")):
            self.fail("expected a number below 1.8e308", token)
        places = len(mantissa.partition(".")[2]) - int(exponent or 0)
        if not -308 <= places <= 400 or (value == 0 and float(mantissa) != 0):
            self.fail("expected a number between 1e-308 and 1.8e308", token)
        if "." not in mantissa:
            if not exponent:
                return Number(int(mantissa))
            if value.is_integer():  # exact, and short enough to be written out
                return Number(int(value) if value < 10 ** (MAX_DIGITS - 1) else value)
        return Number(value, places)

    def integer(self, token: Token) -> Term:
        """The number of a superscript."""
        number = self.number(token._replace(text=token.text.lstrip("+-")))
        return self.call("neg", number) if token.text.startswith("-") else number

    def fraction(self, token: Token) -> Term:
        above, slash, below = unicodedata.normalize("NFKC", token.text).partition("\u2044")
        if not slash or not (above.isdecimal() and below.isdecimal()):
            self.fail(f"did not expect {token.text!r} here", token)
        return self.call("div", Number(int(above)), Number(int(below)))

    def joined(self, function: str, terms: Sequence[Term]) -> Term:
        """The terms with an operation of two between them."""
        result = terms[0]
        for term in terms[1:]:
            result = self.call(function, result, term)
        return result

    def call(self, function: str, *arguments: Term) -> Term:
        if any(isinstance(argument, Array) for argument in arguments):
            return arrays.elementwise(function, arguments)
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            self.fail(
                f"expected at most {MAX_OPERATIONS} operations in one formula; "
                "give parts of it names of their own"
            )
        return Call(function, arguments)  # type: ignore[arg-type]


def _reshaped(term: Term, shape: tuple[int, ...]) -> Term:
    """A row as a vector and a vector as a row, where that is the only difference."""
    if not isinstance(term, Array) or term.shape == shape:
        return term
    flat = {len(term.items)} | {size for size in (*term.shape, *shape) if size != 1}
    return Array(shape, term.items) if len(flat) == 1 and _size(shape) in flat else term


def _size(shape: tuple[int, ...]) -> int:
    return reduce(int.__mul__, shape, 1)


def _shape(term: Term) -> tuple[int, ...]:
    return term.shape if isinstance(term, Array) else ()


def lookalike_told(name: str, known: Callable[[str], bool]) -> str:
    """The sentence about a Cyrillic letter in a name that a Latin one is taken for, or ""."""
    latin = lookalike(name)
    if latin != name and known(latin):
        letter = next(c for c, d in zip(name, latin, strict=True) if c != d)
        return f"; {letter!r} is the Cyrillic letter, not the Latin one of {latin!r}"
    return ""
