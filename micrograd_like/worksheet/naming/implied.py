"""Names that a formula's parts get where they are differentiated by: h and z1 of σ(w2·tanh(w1·x)).

Nothing defines them. What is put into an activation is called z, and what comes of it h or a; with
numbers from the input on, or without one where there is only one such part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    derivatives,
    names_in,
    nodes,
    rewrite,
)
from micrograd_like.ops import ACTIVATIONS
from micrograd_like.worksheet.records import Statement

#: What people call a sum that an activation is taken of, and what comes of it.
_SUMS, _OUTPUTS = {"z", "s", "net", "u"}, {"h", "a"}


def implied(reads: Sequence[Statement]) -> dict[Expr, Name]:
    """The parts of a document's formulas that have no names of their own, and what names them.

    Innermost first, each written with the names of those within it.
    """
    defined = {str(read.left) for read in reads if isinstance(read.left, Name)}
    formulas = [p.expr for r in reads if isinstance(r.left, Name) for p in r.parts[:1]]
    below = {name for formula in formulas for name in names_in(formula)}
    asked = {str(side) for read in reads for side in _differentiated(read)} - defined - below
    chain = _chain(formulas) if asked else []
    found: dict[Expr, Name] = {}
    for depth, call in enumerate(chain, 1):
        for kinds, expr in ((_SUMS, call.arguments[0]), (_OUTPUTS, call)):
            own = {name for name in asked if _is_called(name, kinds, depth, len(chain))}
            expr = rewrite(expr, found.get)
            if len(own) == 1 and isinstance(expr, Call) and expr not in formulas:
                found[expr] = Name(own.pop())
    return found


def _chain(formulas: Sequence[Expr]) -> list[Call]:
    """The activations of a document, the first of the forward pass first; none in two branches."""
    calls = dict.fromkeys(c for f in formulas for c in nodes(f, Call) if c.function in ACTIVATIONS)
    ordered = sorted(calls, key=lambda call: call.size)
    for inner, outer in pairwise(ordered):
        if inner not in nodes(outer, Call):
            return []
    return ordered


def _is_called(name: str, kinds: set[str], depth: int, count: int) -> bool:
    """True for z2 of the second activation, and for z of the only one."""
    base = name.rstrip("0123456789")
    digits = name.removeprefix(base)
    if base.rstrip("_") not in kinds:
        return False
    last_output = kinds is _OUTPUTS and count == depth + 1  # the outermost has a name
    return digits == str(depth) if digits else count == 1 or last_output


def _differentiated(read: Statement) -> Iterator[object]:
    """What is differentiated, and by what."""
    for expr in (read.left, *(part.expr for part in read.parts)):
        for slope in derivatives(expr):
            yield from (side for side in (slope.of, slope.wrt) if not isinstance(side, Derivative))
