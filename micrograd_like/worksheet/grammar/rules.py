"""What every rule of the grammar has at hand: operations, and expressions inside others."""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence

from micrograd_like.formula import Call, Name, Number
from micrograd_like.worksheet import arrays
from micrograd_like.worksheet.arrays import Array, ShapeError, Term
from micrograd_like.worksheet.clauses.prose import COMPARISONS
from micrograd_like.worksheet.clauses.trimming import Clause
from micrograd_like.worksheet.grammar.neighbours import Neighbours
from micrograd_like.worksheet.grammar.numerals import fraction, number
from micrograd_like.worksheet.grammar.scope import Document, Scope, UnsureError
from micrograd_like.worksheet.tokens.bounds import MAX_WRITTEN, TOO_LONG, TOO_MUCH
from micrograd_like.worksheet.tokens.brackets import closing
from micrograd_like.worksheet.tokens.lexer import MAX_NAME, Token
from micrograd_like.worksheet.vocabulary import COMPARED, RELATIONS

#: Operations in one part of a statement; nobody writes more by hand.
MAX_OPERATIONS = 500

#: How tightly operators hold: sums, products, products without a sign, signs and powers.
ADD, MULTIPLY, IMPLICIT, SIGNED = 1, 2, 2.5, 3
#: What says along which side of an array something is done.
_AXES = {"axis", "dim", "keepdims", "keepdim"}
CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}


class Rules(Neighbours, ABC):
    """The part of a grammar that needs no more than :meth:`expression` and :meth:`prefix`."""

    def __init__(self, clause: Clause, document: Document) -> None:
        super().__init__(clause.tokens, document.names)
        self.document = document
        self.scope = Scope(document.names)
        self.operations = 0
        self.dot = True  # how a product of two vectors is read
        self.products = False  # True where one was
        self.asked: tuple[int, ...] | None = None  # the shape that a part has to have

    @abstractmethod
    def expression(self, binding: float) -> Term:
        """An expression whose operators hold tighter than ``binding``."""

    @abstractmethod
    def prefix(self) -> Term:
        """An operand with the sign or the bracket before it."""

    # Operations.

    def call(self, function: str, *arguments: Term) -> Term:
        """An operation, counted; on arrays, element by element."""
        if Array in map(type, arguments):
            if self.document.is_full:
                raise ShapeError(TOO_MUCH)
            beside = function in ("add", "sub") and arrays.beside_square(*arguments)
            if beside and self.document.takes("columns"):
                arguments = tuple(map(arrays.as_column, arguments))
            return arrays.elementwise(function, arguments)
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            self.fail(
                f"expected at most {MAX_OPERATIONS} operations in one formula; "
                "give parts of it names of their own"
            )
        made = Call(function, arguments)  # type: ignore[arg-type]
        if made.size > MAX_WRITTEN:
            self.fail(TOO_LONG)
        return made

    def joined(self, function: str, terms: Sequence[Term]) -> Term:
        """The terms with an operation of two between them."""
        result = terms[0]
        for term in terms[1:]:
            result = self.call(function, result, term)
        return result

    def multiplied(self, left: Term, right: Term, sign: str) -> Term:
        """A product: of arrays that of matrices, the outer one, or element by element."""
        if sign == "⊗":
            return arrays.outer(left, right)
        if sign == "⊙" or not (isinstance(left, Array) and isinstance(right, Array)):
            return self.call("mul", left, right)
        if self.document.is_full:
            raise ShapeError(TOO_MUCH)
        matrices = len(left.shape) == 2 and len(right.shape) == 2 and left.shape != right.shape
        if sign == "@" or matrices or left.folds or right.folds:
            return arrays.matrix_product(left, right)
        self.products = True
        if sign == "*" and left.shape == right.shape == self.asked:  # a * (1 − a), in code
            return self.call("mul", left, right)
        if self.dot or left.shape != right.shape:
            try:
                return arrays.matrix_product(left, right)
            except ShapeError:
                if self.dot and (loose := self.loosely(left, right)) is not None:
                    return loose
                if self.dot:
                    raise
        return self.call("mul", left, right)

    def loosely(self, left: Array, right: Array) -> Term | None:
        """The product that δ x or W δ is, written without its transpose, where it fits."""
        ranks, sizes = (len(left.shape), len(right.shape)), (*left.shape, *right.shape)
        if ranks == (1, 1) and self.asked in (sizes, sizes[::-1]):
            self.scope.read_as["a product of two vectors as the outer one"] = None
            found: Term = arrays.outer(left, right)
            if self.asked != sizes:
                found = arrays.outer(right, left)
        elif ranks == (2, 1) and self.known.loose and sizes[0] == sizes[2]:
            self.scope.read_as["a matrix as transposed"] = None
            found = arrays.matrix_product(left.transposed, right)
        else:
            return None
        self.scope.doubts["What is transposed in it is not said"] = None
        return found

    def integer(self, token: Token) -> Term:
        """The number of a superscript."""
        positive = number(token._replace(text=token.text.lstrip("+-")))
        return self.call("neg", positive) if token.text.startswith("-") else positive

    def fraction(self, token: Token) -> Term:
        """The quotient that ½ is."""
        return self.call("div", *fraction(token))

    def raised(self, base: Term) -> Term:
        """A power: x^2, x², x^y^z as x^(y^z)."""
        token = self.take()
        if token.kind == "power":
            exponent: Term = self.integer(token)
        elif token.text in "ⁿⁱ":
            exponent = Name(unicodedata.normalize("NFKC", token.text))
        else:
            exponent = self.inner(SIGNED)  # to the right: x^y^z is x^(y^z)
        negative = isinstance(exponent, Call) and exponent.function == "neg"
        if base == Name("e") and "e" in self.known.lefts and negative:
            self.scope.read_as["e^− as the exponential"] = None
            return self.call("exp", exponent)
        return self.call("pow", base, exponent)

    # Inside an expression.

    def inner(self, binding: float) -> Term:
        """An expression that stands inside another."""
        self.deeper()
        expr = self.expression(binding)
        if binding == 0 and self.next.text == "if" and self.next.kind == "name":
            expr = self.chosen(expr)
        elif binding == 0 and self.at(*COMPARED):
            sign = self.take().text
            condition = self.call(COMPARED[sign], expr, self.expression(0))
            expr = self.call("where", condition, Number(1), Number(0))
        self.nesting -= 1
        return expr

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
        """A condition: x > 0."""
        left = self.expression(0)
        if not self.at(*COMPARED):
            self.expected("a comparison such as x > 0")
        sign = self.take().text
        return self.call(COMPARED[sign], left, self.expression(0))

    def arguments(self) -> list[Term]:
        """What stands in the brackets behind a function's name."""
        opening = self.take()
        found = [self.inner(0)]
        while self.at(",", ";"):
            self.take()
            if self.next.text in _AXES and self.ahead(1).text == "=":
                self.place += 3
                raise UnsureError(f"What {self.tokens[self.place - 3].text} is, is not worked out")
            found.append(self.inner(0))
        self.closed(found[-1], CLOSING[opening.text], opening)
        return found

    def closed(self, inside: Term, sign: str, opening: Token) -> Term:
        """What stood in a bracket, where the bracket ends here."""
        if not self.at(sign):
            if self.next.text in RELATIONS | COMPARISONS | {"|"} and self.closes(opening):
                reason = f"What stands in the brackets in column {opening.column} is no expression"
                raise UnsureError(reason)
            shown = "(" if opening.text in "[{" else opening.text
            wanted = ")" if sign in "]}" else sign
            self.expected(f"{wanted!r} for the {shown!r} in column {opening.column}")
        self.take()
        return inside

    def closes(self, opening: Token) -> bool:
        """True if the bracket ends somewhere behind: P(A = a) is something, (w = 2 is not."""
        place = next((i for i, token in enumerate(self.tokens) if token is opening), -1)
        return closing(self.tokens).get(place, 0) >= self.place

    def check_length(self, name: Token) -> None:
        """Refuse a name that nobody would write by hand."""
        if len(name.text) > MAX_NAME:
            self.fail(f"expected a name of at most {MAX_NAME} characters", name)
