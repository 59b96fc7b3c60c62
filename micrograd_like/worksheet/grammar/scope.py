"""The scope of a clause: what the names in it stand for, and how it is understood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from micrograd_like.formula import Derivative, Expr, Name, Quantity
from micrograd_like.worksheet.arrays import Array, Term
from micrograd_like.worksheet.builder import named_for
from micrograd_like.worksheet.naming.names import Names
from micrograd_like.worksheet.records import Place, Statement
from micrograd_like.worksheet.tokens.bounds import MAX_DOCUMENT, TOO_MUCH
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import derivatives_named, element_number, without_old

#: What may be read in two ways where nothing tells.
CHOICES = {
    "once": "Σ_{i=1}^n (y − ŷ)², without an i in it, is (y − ŷ)² and not n times that",
    "columns": "a vector beside a square matrix is added to every column, not every row",
    "jacobian": "∂y/∂x of vectors of one length is all of ∂yᵢ/∂xⱼ, not ∂yᵢ/∂xᵢ alone",
    "layout": "∂yᵢ/∂xⱼ stands in row j, not in row i",
    "sample": "a variance is the sum of squares by n − 1, not by n",
}


class UnsureError(Exception):
    """A statement is understood, but nothing can be held against it: why."""


@dataclass
class Document:
    """What the statements of a document share while they are read.

    Attributes:
        hidden: Expressions that have no name of their own, by the name that stands for them.
        slopes: The derivatives so far.
        varied: What one differentiates by that has no name of its own, and what stands for it.
        near: False once so many names were proposed that nobody reads them.
        choices: What is read the other way, of :data:`CHOICES`.
        mattered: Those of them that made a difference.
        written: Nodes of its formulas whose arrays, sums or functions are written out.
    """

    names: Names
    lines: list[str]
    choices: frozenset[str] = frozenset()
    mattered: set[str] = field(default_factory=set)
    near: bool = True
    written: int = 0
    hidden: dict[str, Expr] = field(default_factory=dict)
    slopes: set[Derivative] = field(default_factory=set)
    varied: dict[Expr, Name] = field(default_factory=dict)

    def takes(self, choice: str) -> bool:
        """Whether this reading takes the other way; that it mattered is taken down."""
        self.mattered.add(choice)
        return choice in self.choices

    @property
    def is_full(self) -> bool:
        """True once no more arrays, sums and functions are written out."""
        return self.written > MAX_DOCUMENT

    def kept(self, reads: list[Statement], typed: int) -> list[Statement]:
        """The statements that a line of so many tokens comes to; a doubt where they are too many.

        What stands as it is typed is no more than the text: only what is written out is counted.
        """
        nodes = sum(part.expr.size for read in reads for part in read.parts)
        self.written += nodes if nodes > typed else 0
        if nodes <= typed or not self.is_full:
            return reads
        return [replace(read, parts=(), subject=None, doubt=TOO_MUCH) for read in reads[:1]]

    def stand_in(self, expr: Expr) -> Quantity:
        """The quantity for an expression: its own, or a name in brackets that nobody can write."""
        return expr if isinstance(expr, Name | Derivative) else self.named(expr)

    def named(self, expr: Expr) -> Name:
        """A name in brackets, which nobody can write, that stands for an expression."""
        name = named_for(expr)
        self.hidden[name] = expr
        return name


class Scope:
    """The names of one clause.

    Attributes:
        known: The names of the document.
        places: Where each name first stands in the part that is read.
        shadowed: Arguments of the function that the clause defines: no array's name there.
        general: Those of them for which anything may stand: the z of f'(z) = 2z is no z1.
        read_as: How the clause is understood, where that is not as it stands; in order.
        doubts: Why a disagreement of the clause is no proof of a mistake; in order.
    """

    def __init__(self, known: Names) -> None:
        self.known = known
        self.places: dict[str, Place] = {}
        self.shadowed: set[str] = set()
        self.general: set[str] = set()
        self.read_as: dict[str, None] = {}
        self.doubts: dict[str, None] = {}

    def stands(self, name: str, token: Token) -> Term:
        """The name, its place taken down; an array as its elements."""
        self.places.setdefault(name, token.place)
        if name in self.known.arrays and name not in self.shadowed:
            shape = self.known.arrays[name]
            names = self.known.elements(name, shape)
            self.places = dict.fromkeys(names, token.place) | self.places
            return Array(shape, tuple(map(Name, names)))
        if name.endswith("'") and name not in self.known.lefts:  # the transpose, in Octave
            array = self.stands(name[:-1], token) if name[:-1] in self.known.arrays else None
            if isinstance(array, Array):
                self.read_as[f"{name} as {name[:-1]}ᵀ"] = None
                row = len(array.shape) == 1  # as Octave has it
                return Array((*array.shape, 1), array.items) if row else array.transposed
        if name not in self.known.lefts and (told := self._beyond(name, token)):
            raise UnsureError(told)
        return Name(name)

    def _beyond(self, name: str, token: Token) -> str:
        """What is wrong with w[5] of a vector w of two; w5 and w_5 may be other quantities."""
        base = name.rstrip("0123456789").rstrip("_")
        shape = self.known.arrays.get(base, ())
        digits = name[len(base) :].lstrip("_")
        bracketed = token.end - token.column == len(base) + len(digits) + len("[]")
        if not bracketed or len(shape) != 1 or element_number(name, base) <= shape[0]:
            return ""
        size = f"{base} has {shape[0]} element{'s' * (shape[0] != 1)}"
        return f"{size}, and nothing gives {name} a value"

    def current(self, text: str) -> str:
        """``w`` for ``w_old``, where nothing gives w_old a value of its own."""
        if text in self.known.same:
            name = self.known.same[text]
            self.read_as[f"{text} as {name}"] = None
            self.doubts[f"{text} is taken for {name}"] = None
            return name
        if text in self.known.short and text not in self.general:
            self.read_as[f"{text} as {self.known.short[text]}"] = None
            return self.known.short[text]
        name = without_old(text)
        if name and text not in self.known.lefts and self.known.is_quantity(name):
            self.read_as[f"{text} as {name}"] = None
            return name
        return text

    def underscored(self, token: Token) -> Derivative | None:
        """dJ_da and dJda as ∂J/∂a, where J and a are names of the document."""
        sides = [
            (of, wrt)
            for of, wrt in derivatives_named(token.text)
            if of in self.known.lefts and self.known.is_defined(wrt)
        ]
        if len(sides) != 1:
            return None
        [(of, wrt)] = sides
        self.read_as[f"{token.text} as ∂{of}/∂{wrt}"] = None
        return Derivative(Name(of), Name(wrt))
