"""Shaping: small sizes for the vectors and matrices of a document that gives none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from micrograd_like.formula import Call, Derivative, Expr, Name, Number, names_in, nodes
from micrograd_like.worksheet.clauses.clauses import clauses
from micrograd_like.worksheet.grammar.scope import Document
from micrograd_like.worksheet.grammar.settling import Walk
from micrograd_like.worksheet.grammar.sizes import SCALAR, Sizes
from micrograd_like.worksheet.grammar.sketch import (
    ELEMENTS,
    NORM,
    OUTER,
    TURNED,
    Sketch,
    sketched,
)
from micrograd_like.worksheet.naming.names import Names
from micrograd_like.worksheet.records import Place
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import index_letters

#: What is only said of vectors and matrices.
_EVIDENCE = {TURNED, ELEMENTS, OUTER, NORM, "softmax", "log_softmax"}
_SIGNS = {"ᵀ", "⊙", "⊗", "‖", "softmax", "Softmax", "log_softmax"}
_BEFORE = {"ᵀ", "T", "=", "(", "·", "@"}
#: Statements of a document that is looked at, and names of which each may be a number after all.
_MOST_STATEMENTS, _MOST_OTHERS = 200, 12
#: Names that are said to have sizes.
_MOST_TOLD = 12


@dataclass(frozen=True)
class Shapes:
    """What is assumed of a document.

    Attributes:
        arrays: The shapes of its vectors and matrices.
        misfits: Where lines begin that cannot be right.
        loose: True where nothing is written as transposed.
    """

    arrays: dict[str, tuple[int, ...]]
    misfits: frozenset[Place]
    loose: bool

    @property
    def told(self) -> str:
        """The sizes in words."""
        names = list(self.arrays.items())
        said = [f"{name} is {_size(shape)}" for name, shape in names[:_MOST_TOLD]]
        return f"Sizes are assumed: {', '.join(said)}{', …' * (len(names) > _MOST_TOLD)}"


def shaped(sketches: Sequence[Sketch], hidden: dict[str, Expr]) -> Shapes | None:
    """The shapes of a document's names, where some of them can only be vectors or matrices.

    Args:
        sketches: Its statements.
        hidden: What stands for an expression, and the expression.
    """
    exprs = [*hidden.values(), *(side for sketch in sketches for side in sketch.sides)]
    whole = frozenset(n for e in exprs for n in names_in(e) if not index_letters(n))
    calls = [call for expr in exprs for call in nodes(expr, Call)]
    given = {s.left for s in sketches if isinstance(s.left, Name) and any(map(_is_number, s.sides))}
    turned = {call.arguments[0] for call in calls if call.function == TURNED}
    if len(sketches) > _MOST_STATEMENTS:
        return None
    if _EVIDENCE.isdisjoint(call.function for call in calls) or not given.isdisjoint(turned):
        return None
    start = Sizes(hidden, whole, not turned, dict.fromkeys(given, SCALAR))
    runs = [Walk(sketches, start, rows) for rows in (False, True)]
    best = min(runs, key=lambda run: run.badness)
    # Of what does not fit, a bias or a target may be a number.
    for name in sorted(best.by_custom)[:_MOST_OTHERS]:
        if not best.misfits:
            break
        other = Walk(sketches, start, best.rows, {name})
        best = min(best, other, key=lambda run: run.badness)
    if not best.holds:
        return None
    return Shapes(dict(best.sizes.numbered()), best.mistaken(), best.sizes.loose)


def assume_shapes(lines: Sequence[list[Token]], names: Names, texts: list[str]) -> tuple[str, ...]:
    """Take down in a document's names which are vectors and matrices, where none has elements.

    Returns:
        What is assumed, in words.
    """
    speaking = [line for line in lines if speaks_of_arrays(line)]
    if names.arrays or not speaking:
        return ()
    for line in speaking:  # A x behind a sign is no article and its noun
        signs = [before.text for before, token in pairwise(line) if token.text == "A"]
        names.operands |= {"A"} if _BEFORE.intersection(signs) else set()
    document = Document(names, texts)
    found = sketched(clauses([names.joined(line) for line in lines], names, []), document)
    shapes = shaped(found, document.hidden)
    if shapes is None:
        return ()
    names.take_arrays(shapes.arrays)
    names.misfits, names.loose = shapes.misfits, shapes.loose
    return (shapes.told,)


def speaks_of_arrays(tokens: Sequence[Token]) -> bool:
    """True for a line with a sign or a function of vectors and matrices."""
    texts = [token.text for token in tokens]
    powers = (texts[i + 1 : i + 2] for i, text in enumerate(texts) if text == "^")
    return not _SIGNS.isdisjoint(texts) or any(power in (["T"], ["⊤"]) for power in powers)


def _is_number(side: Expr) -> bool:
    """True for a number, but for 0, which is that of every element too."""
    return not nodes(side, Name, Derivative) and side != Number(0)


def _size(shape: tuple[int, ...]) -> str:
    """A vector's size in words, a matrix's in figures."""
    return f"a vector of {shape[0]}" if len(shape) == 1 else "×".join(map(str, shape))
