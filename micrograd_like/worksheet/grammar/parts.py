"""Parts: what a statement says is equal, each with the other reading it may have."""

from __future__ import annotations

from micrograd_like.formula import Derivative, Expr, Name
from micrograd_like.record import record
from micrograd_like.worksheet.arrays import Array, ShapeError, Term
from micrograd_like.worksheet.clauses.trimming import Clause
from micrograd_like.worksheet.grammar import numerals
from micrograd_like.worksheet.grammar.expressions import Expressions
from micrograd_like.worksheet.grammar.rules import IMPLICIT, MULTIPLY
from micrograd_like.worksheet.grammar.scope import Document
from micrograd_like.worksheet.records import Part, Place
from micrograd_like.worksheet.tokens.brackets import literal_shape
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.vocabulary import RELATIONS


@record
class Piece:
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


class Parts(Expressions):
    """The rules for parts, which know those before them by their shape."""

    def __init__(self, clause: Clause, document: Document) -> None:
        super().__init__(clause, document)
        self.pieces: list[Piece] = []

    def piece(self, approximate: bool, left: Term) -> Piece:
        """A part; a product of two vectors is what fits the other parts."""
        place, self.asked = self.place, self.wanted(left)
        try:
            piece = self.one_piece(approximate)
        except ShapeError as error:
            if not self.products:
                raise
            piece, misfit = None, error
        if not self.products:
            assert piece is not None
            return piece
        wanted = self.wanted(left)
        if piece is not None and (wanted is None or _shape(piece.term) == wanted):
            return piece
        self.dot, self.place = not self.dot, place
        try:
            other: Piece | None = self.one_piece(approximate)
        except ShapeError:
            other = None
        self.dot = not self.dot
        if other is not None and _shape(other.term) == wanted:
            return other
        if piece is None:
            raise misfit
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

    def one_piece(self, approximate: bool) -> Piece:
        """The next part, and its other reading where it has one."""
        first = self.next
        self.products = False
        place, self.ambiguous = self.place, False
        self.scope.places, self.operations = {}, 0
        expr, otherwise = self.conditional(), None
        if self.ambiguous:
            self.place, self.operations, self.implicit = place, 0, IMPLICIT
            otherwise = self.conditional()
            self.implicit = MULTIPLY
        elif any(map(numerals.has_name, self.tokens[place : self.place])):
            otherwise = self.with_names(place)
        if self.at("…"):
            self.take()
            approximate = True
        source = self.source(first, self.next)
        stands = first.up_to(self.tokens[self.place - 1].end)
        return Piece(expr, otherwise, source, stands, approximate, self.scope.places)

    def with_names(self, place: int) -> Term:
        """The part from ``place`` up to here once more, 2e+1 as 2·e + 1."""
        tokens, end = self.tokens, self.place
        apart = [t for token in tokens[place:end] for t in numerals.apart(token)]
        self.tokens = [*tokens[:place], *apart, *tokens[end:]]
        self.place, self.operations = place, 0
        expr = self.conditional()
        self.tokens, self.place = tokens, end
        return expr

    def source(self, first: Token, end: Token) -> str:
        """The text from one token up to another, continuation lines joined."""
        pieces = []
        for number in range(first.line, end.line + 1):
            line = self.document.lines[number - 1]
            start = first.column - 1 if number == first.line else 0
            stop = end.column - 1 if number == end.line else len(line)
            pieces.append(line[start:stop].partition("#")[0].strip())
        return " ".join(piece for piece in pieces if piece).rstrip(",;")


def _shape(term: Term) -> tuple[int, ...]:
    return term.shape if isinstance(term, Array) else ()
