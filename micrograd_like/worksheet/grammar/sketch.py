"""Sketches: statements whose products and transposes are kept as they stand.

A formula over arrays is expanded by element while it is read. Where nothing says which names are
arrays, that has to be told from the formulas first, as they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from micrograd_like.formula import Call, Expr, Name, Number, Quantity
from micrograd_like.worksheet.arrays import Array, ShapeError, Term
from micrograd_like.worksheet.clauses.trimming import Clause
from micrograd_like.worksheet.grammar.cursor import UnreadableError
from micrograd_like.worksheet.grammar.rules import ADD
from micrograd_like.worksheet.grammar.scope import Document, Scope, UnsureError
from micrograd_like.worksheet.grammar.statements import Statements
from micrograd_like.worksheet.records import Place, Statement
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import is_symbol

#: What a sketch has for products by their signs, a transpose, a norm, and a sum over an index.
MATRIX, TIMES, ELEMENTS, OUTER, TURNED, NORM, SUM = "·", "*", "⊙", "⊗", "ᵀ", "‖", "Σ"


@dataclass(frozen=True, slots=True)
class Sketch:
    """One statement: what it says is equal.

    Attributes:
        place: Where it begins.
        left: The quantity that it begins with; None for an expression.
        sides: The expressions that are equal to it, or to one another.
    """

    place: Place
    left: Quantity | None
    sides: tuple[Expr, ...]


def sketched(clauses: Iterable[Clause], document: Document) -> list[Sketch]:
    """The statements that can be read, in order."""
    found = []
    for clause in clauses:
        parser = _Sketcher(clause, document)
        try:
            parser.statement()
        except (UnreadableError, UnsureError, ShapeError, RecursionError):
            continue
        found += parser.found
    return found


class _Names(Scope):
    """The names of a clause, none of them an array."""

    def stands(self, name: str, token: Token) -> Term:
        return Name(name)


class _Sketcher(Statements):
    """Reads a clause without working its products out."""

    def __init__(self, clause: Clause, document: Document) -> None:
        super().__init__(clause, document)
        self.scope = _Names(document.names)
        self.found: list[Sketch] = []

    def multiplied(self, left: Term, right: Term, sign: str) -> Term:
        return self.call(sign if sign in (ELEMENTS, OUTER, TIMES) else MATRIX, left, right)

    def turned(self, left: Term, written: bool) -> Term:
        return self.call(TURNED, left)

    def length(self, inside: Term) -> Term:
        return self.call(NORM, inside)

    def lone(self, text: str, token: Token) -> Term:
        capital = is_symbol(text) and text[:1].isupper()  # X (ŷ − y) is a product
        return Name(text) if capital else super().lone(text, token)

    def array(self, first: Term, opening: Token) -> Array:
        raise UnsureError("An array is written out")

    def of_arguments(self, text: str, arguments: list[Term]) -> Term:
        return self.call(text, *arguments)

    def summed_up(self, sign: str, index: str, last: Expr | None) -> Term:
        body, letter = self.expression(ADD), index.partition("=")[0]
        count = last if isinstance(last, Number) else None
        if isinstance(last, Name) and last in self.known.counts:
            count = Number(self.known.counts[last])
        if last is None and letter in self.known.sizes:
            count = Number(self.known.sizes[letter])
        return self.call(f"{SUM}{letter}", body, *([] if count is None else [count]))

    def expanded(
        self, about: Callable[..., Statement], left: Term, subject: Term | None
    ) -> Iterator[Statement]:
        terms = [piece.term for piece in self.pieces]
        terms = terms if subject is None else [subject, *terms]
        sides = tuple(term for term in terms if not isinstance(term, Array))
        own = None if subject is not None or isinstance(left, Array | Call | Number) else left
        self.found.append(Sketch(self.tokens[0].place, own, sides))
        return iter(())
