"""Statements: the tokens of one clause to a left side and what is said to equal it.

Where two readings are usual, the likelier one is taken and the other kept beside it
(``1/2y``), or the statement says how it was read. What is understood but cannot be worked
out (a sum whose range nothing says) is a statement with a doubt and no parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import prod

from micrograd_like.errors import did_you_mean
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, nodes
from micrograd_like.worksheet import arrays
from micrograd_like.worksheet.arrays import Array, ShapeError, Term
from micrograd_like.worksheet.builder import stands_in
from micrograd_like.worksheet.clauses.trimming import Clause
from micrograd_like.worksheet.grammar.cursor import UnreadableError
from micrograd_like.worksheet.grammar.parts import Parts
from micrograd_like.worksheet.grammar.scope import Document, UnsureError
from micrograd_like.worksheet.records import Slip, Statement
from micrograd_like.worksheet.tokens import brackets
from micrograd_like.worksheet.vocabulary import FUNCTIONS, PRONOUNS, RELATIONS

#: Words behind a number that say nothing of it.
_UNITS = {"units", "unit", "rad", "radians", "degrees", "epochs", "steps", "cm", "kg", "ms", "nats"}


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
    parser = Statements(clause, document)
    return parser.checked_statement(), parser.function


class Statements(Parts):
    """Reads the tokens of one clause."""

    def __init__(self, clause: Clause, document: Document) -> None:
        super().__init__(clause, document)
        self.borrowed = clause.borrowed
        self.case = clause.case
        if clause.doubt:
            self.scope.doubts[clause.doubt] = None
        self.function: FunctionDefinition | None = None
        self.left_products = False  # True where the left side holds a product of vectors

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
            if self.diagonal and not self.whole:
                self.whole, self.place, self.operations = True, 0, 0
                return self.checked_statement()
            unsure = self._unsure(str(error))
            if self.tokens[0].place not in self.known.misfits:
                return [unsure]
            return [replace(unsure, doubt="", slip=Slip("shape", str(error)))]
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
        place = first.up_to(self.tokens[-1].column)
        return Statement(place, source, left, subject=subject, doubt=reason)

    def statement(self) -> list[Statement]:
        """The statement from its left side on."""
        first = self.next
        left, subject = self.left_side()
        if isinstance(subject, Number) and isinstance(subject.value, int):
            self.scope.doubts["The number on its left may count something, as in 'path 2'"] = None
        if isinstance(left, Name) and left.name.lower() in PRONOUNS:
            self.scope.doubts[f"What {left.name!r} is of is not said"] = None
        self.left_products, self.products = self.products, False
        if not self.at(*RELATIONS):
            self.expected("'=' after the left side")
        assigned = self.at("←", "→", "+=", "-=") or self.case
        blank = self.right_side(left, subject)
        if self.next.kind != "end":
            self.expected("an operator, '=' or the end of the line")
        source = self.source(first, self.next)
        place = first.up_to(self.next.column)
        if self.borrowed and self.pieces:
            source = " ".join(f"= {piece.source}" for piece in self.pieces)
            place = place._replace(line=self.pieces[0].place.line)
        about = partial(
            Statement,
            place,
            source,
            blank=blank,
            assigned=assigned,
            read_as="; ".join(self.scope.read_as),
            doubt="; ".join(self.scope.doubts),
        )
        return list(self.expanded(about, left, subject))

    def doubt_relation(self, sign: str, before: Term | None, behind: Term) -> None:
        """Take down why two parts side by side may not be meant to be equal."""
        if sign == "→" and self.pieces:
            self.scope.doubts["An arrow between its parts may lead to something else"] = None
        if before is None or isinstance(before, Name | Array):
            return
        if sign == "≈" and _has_names(before) and _has_names(behind):
            self.scope.doubts["≈ between formulas may hold only in a limit"] = None
        sums = isinstance(before, Call) and before.function in ("add", "sub")
        if sums and _has_names(before) and behind == Number(0) and self.next.kind == "end":
            self.scope.doubts["It may be an equation that is to be solved"] = None

    def right_side(self, left: Term, subject: Term | None) -> bool:
        """Read what is said to equal the left side; True where a ? stands for some of it."""
        self.pieces, blank = [], False
        while self.at(*RELATIONS):
            sign = self.take().text
            if self.at("?"):
                self.take()
                blank = True
                continue
            before = self.pieces[-1].term if self.pieces else subject
            piece = self.piece(sign == "≈", left)
            self.doubt_relation(sign, before, piece.term)
            if sign in ("+=", "-="):
                step = self.call("add" if sign == "+=" else "sub", left, piece.term)
                piece = replace(piece, term=step)
            self.pieces.append(piece)
            self.remark()
        return blank

    def expanded(
        self, about: Callable[..., Statement], left: Term, subject: Term | None
    ) -> Iterator[Statement]:
        """The statement, or for arrays one statement for each element."""
        terms = [piece.term for piece in self.pieces]
        shapes = [term.shape for term in (left, *terms) if isinstance(term, Array)]
        if not shapes:
            assert isinstance(left, Name | Derivative)
            parts = tuple(piece.part() for piece in self.pieces)
            assert not isinstance(subject, Array)
            yield about(left, parts, subject=subject)
            return
        if any(isinstance(term, Array) and term.folds for term in (left, *terms)):
            raise ShapeError(arrays.NOT_WORKED_OUT)
        shape = shapes[-1]
        if isinstance(left, Derivative) and all(isinstance(term, Array) for term in terms):
            left = self.by_elements(left, shape)
        if isinstance(left, Name):
            if stands_in(left):
                raise ShapeError("expected a vector or matrix on the left side")
            if self.known.varying and left.name not in self.known.varying:
                self.known.arrays[left.name] = shape
            shape = self.known.arrays.setdefault(left.name, shape)
            left = self.declared(left.name, shape)
        if not isinstance(left, Array):
            raise ShapeError("expected a vector or matrix on the left side")
        for term in terms:
            if isinstance(term, Name) and term.name in self.known.chained:  # a = n = [3, 0]
                self.declared(term.name, self.known.arrays.setdefault(term.name, left.shape))
        alone = [term for term in terms if not isinstance(term, Array | Name)]
        if len(left.items) > 1 and 0 < len(alone) < len(terms):  # a number for all its elements?
            raise ShapeError(f"expected {arrays.shown(left.shape)} in every part")
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
            yield about(own, parts, subject=one, element=place + 1)

    def by_elements(self, slope: Derivative, shape: tuple[int, ...]) -> Term:
        """∂L/∂W as an array of this shape, where nothing else says what W is."""
        name = slope.wrt.name if isinstance(slope.wrt, Name) else ""
        if not name or not isinstance(slope.of, Name) or name in self.known.lefts:
            return slope
        return arrays.derivative(slope.of, self.declared(name, shape))

    def declared(self, name: str, shape: tuple[int, ...]) -> Array:
        """The array of this name, whose elements are names of the document."""
        names = self.known.elements(name, shape)
        self.known.lefts.update(names)
        self.known.used.update(names)
        return Array(shape, tuple(map(Name, names)))

    def left_side(self) -> tuple[Term, Term | None]:
        """The quantity on the left, and the expression where it is none."""
        first = self.next
        if first.kind == "name" and self.ahead(1).text in RELATIONS:
            self.check_length(first)
            named = self.scope.underscored(first)
            self.take()
            return named or Name(self.scope.current(first.text)), None
        if first.kind == "name" and self.ahead(1).text == "(":
            self.function_definition()
        derivative = self.derivative(anything=True)
        if derivative is not None and self.at(*RELATIONS):
            return derivative, None
        self.place = 0
        known = first.kind in ("name", "number", "fraction") or self.at(*"(|√∂∇-+[‖∫")
        if known or first.text[:1] == "\\":
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
        if self.ambiguous:
            self.scope.doubts["The quotient on its left may end before or behind a factor"] = None
        self.scope.places, self.ambiguous = {}, False
        if isinstance(expr, Name | Derivative | Array):
            return expr, None
        if isinstance(expr, Call) and expr.function == "mul" and self.looks_called():
            said = f"{first.text}(…) may be {first.text} at another point, and no product"
            self.scope.doubts[said] = None
        return self.document.stand_in(expr), expr

    def looks_called(self) -> bool:
        """True if a name that is no function and its brackets are all that stands up to here."""
        closing = brackets.closing(self.tokens[: self.place])
        base = self.tokens[0].text.rstrip("'")
        known = base in FUNCTIONS or base in self.known.functions
        return self.tokens[0].kind == "name" and not known and closing.get(1) == self.place - 1

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
        of_vector = brackets.literal_shape(self.tokens, place + 2)  # exp(z) = [7.39, 2.72]
        if not of_vector and (base in self.known.functions or base in FUNCTIONS):
            self.scope.shadowed.update(arguments)
            if not self.comes_to_a_number():
                self.scope.general.update(arguments)
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

    def comes_to_a_number(self) -> bool:
        """True for f(x) = 0.88 and f(x) = 2x = 4, at the x of the document; not for f'(x) = 1."""
        last, before = self.tokens[-2], self.tokens[-3]  # behind them stands the end
        number = last.kind == "number" and (before.text in RELATIONS or before.text == "-")
        several = sum(token.text in RELATIONS for token in self.tokens) > 1
        return number and (several or "." in last.text)

    def remark(self) -> None:
        """Pass over a remark in brackets and words behind a part."""
        while self.at("(", "[") and self.is_remark(self.place):
            begins = self.place
            self.skip_group()
            said = {token.text for token in self.tokens[begins : self.place]}
            if {"held", "fixed"} <= said:
                self.scope.doubts["It is a derivative with something held fixed"] = None
        token = self.next
        if not self.is_prose(token):
            return
        if token.text in _UNITS:
            self.take()
            self.remark()
        else:
            alone = self.ahead(1).kind == "end" or self.ahead(1).kind == "sign"
            near = did_you_mean(token.text, self.known.lefts) if self.document.near else ""
            if near and alone:
                self.fail(f"expected an operator, '=' or the end of the line{near}")
            words = []
            while self.next.kind != "end" and not self.at(*RELATIONS):
                words.append(self.take().text)
            self.scope.doubts[f"the words {' '.join(words)[:60]!r} were passed over"] = None
        if self.at(*RELATIONS):
            self.scope.doubts["words stand between its parts"] = None


def _has_names(term: Term) -> bool:
    return not isinstance(term, Array) and bool(nodes(term, Name, Derivative))


def _reshaped(term: Term, shape: tuple[int, ...]) -> Term:
    """A row as a vector and a vector as a row, where that is the only difference."""
    if not isinstance(term, Array) or term.shape == shape:
        return term
    flat = {len(term.items)} | {size for size in (*term.shape, *shape) if size != 1}
    return Array(shape, term.items) if len(flat) == 1 and prod(shape) in flat else term
