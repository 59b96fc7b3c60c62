"""What several causes are looked for with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Quantity,
    added,
    factors,
    nodes,
    product,
    quantities,
    simplify,
    terms,
)
from micrograd_like.graph import Link
from micrograd_like.marking.slips.claim import Claim, Piece
from micrograd_like.marking.slips.mistakes import Guess, Guesses, Mends
from micrograd_like.marking.slips.slopes import Rule, Slip, slipped
from micrograd_like.marking.world.shape import replaced, times
from micrograd_like.notation import plain
from micrograd_like.ops import ACTIVATIONS

#: Whether one quantity, written in the place of another, is this slip: (claim, wrote, meant).
Accept = Callable[[Claim, Quantity, Quantity], bool]


def rows(code: str) -> Guesses:
    """The formulas that the slips of this code in the operation table lead to."""

    def guesses(claim: Claim) -> Iterator[Guess]:
        for slip in claim.link_slips:
            if slip.code == code:
                yield Guess(claim.chain({slip.link: slip.whole}), slip.wrote, slip.meant)

    return guesses


def differentiated(rule: Rule) -> Guesses:
    """The right derivative, with one operation on the way differentiated by the rule."""

    def guesses(claim: Claim) -> Iterator[Guess]:
        for piece in claim.pieces:
            for slip in slipped(piece.formula, piece.leaf, rule):
                yield in_place(piece, slip)

    return guesses


def in_place(piece: Piece, slip: Slip) -> Guess:
    """What a derivative on the way with a slip in it makes of the whole."""
    return Guess(piece.within(slip.whole), simplify(slip.wrote), simplify(slip.meant))


def between(claim: Claim) -> list[Quantity]:
    """The names on the way from what is differentiated by to what is differentiated."""
    assert isinstance(claim.key, Derivative)
    found = dict.fromkeys(name for link in claim.links for name in link)
    return [name for name in found if name not in (claim.key.of, claim.key.wrt)]


def without_activations(claim: Claim) -> dict[Link, Expr]:
    """Where every path passes an activation, the first from the cost on: its link without it.

    Of o = σ(a) the link to a is 1 then; of o = σ(w·h) that to h is w.
    """
    found: dict[Link, Expr] = {}
    for path in claim.paths:
        passed = next((link for link in path if _activation(claim, link)), None)
        if passed is None:
            return {}
        found[passed] = product(
            [pair for pair in factors(claim.facts.locals[passed]) if not times(pair[1], passed[0])]
            if _inside(claim, passed)
            else []
        )
    return found


def _activation(claim: Claim, link: Link) -> bool:
    formula = claim.facts.definitions.get(link[0])
    return isinstance(formula, Call) and formula.function in ACTIVATIONS


def _inside(claim: Claim, link: Link) -> bool:
    """True where the activation's argument is a formula of its own."""
    formula = claim.facts.definitions[link[0]]
    return isinstance(formula, Call) and formula.arguments != (link[1],)


def added_links(claim: Claim) -> dict[Link, Expr]:
    """The links whose factors stand in what is written, added: ŷ + (1 − ŷ) for ŷ·(1 − ŷ)."""
    sums = [] if claim.formula is None else nodes(claim.formula, Call)
    written = [_sorted(node) for node in sums if node.function in ("add", "sub")]
    found = {}
    for link in claim.links:
        parts = factors(claim.facts.locals[link])
        if len(parts) > 1 and all(mark == "*" for mark, _ in parts):
            whole = added(part for _, part in parts)
            if _sorted(whole) in written:
                found[link] = whole
    return found


def _sorted(expr: Expr) -> list[tuple[str, str]]:
    return sorted((mark, plain(term)) for mark, term in terms(expr))


# One quantity in the place of another.


def others(claim: Claim, leaf: Quantity) -> Iterator[Quantity]:
    """The quantities of the same kind that may have been taken for this one."""
    if isinstance(leaf, Derivative):
        wrt = [Derivative(leaf.of, name) for name in claim.names]
        of = [Derivative(key.of, leaf.wrt) for key in claim.others]
        found = dict.fromkeys((*claim.others, *wrt, *of))
        near = sorted(found, key=lambda key: _distance(claim, leaf, key))
        yield from (key for key in near if key != leaf and key.of != key.wrt)
    else:
        yield from (name for name in claim.names if name != leaf)


def _distance(claim: Claim, leaf: Derivative, other: Derivative) -> tuple[int, bool]:
    """How unlike two derivatives are; of those alike, one by the line's own variable is nearer."""
    ends = (leaf.of != other.of) + (leaf.wrt != other.wrt)
    own = isinstance(claim.key, Derivative) and other.wrt == claim.key.wrt
    return ends, not own


def operand(accept: Accept) -> Mends:
    """What is written, with one operand set right; ``accept`` says which count."""

    def mends(claim: Claim, written: Expr) -> Iterator[Guess]:
        for wrote in quantities(written):
            count = times(written, wrote)
            for meant in others(claim, wrote):
                if accept(claim, wrote, meant):
                    yield Guess(replaced(written, wrote, meant), wrote, meant)
                    for place in range(count if count > 1 else 0):
                        yield Guess(replaced(written, wrote, meant, place), wrote, meant)

    return mends


def operand_guesses(accept: Accept) -> Guesses:
    """The right formula with one operand that a learner may take for another."""

    def guesses(claim: Claim) -> Iterator[Guess]:
        for form in claim.forms:
            for meant in quantities(form):
                for wrote in others(claim, meant):
                    if accept(claim, wrote, meant):
                        yield Guess(replaced(form, meant, wrote), wrote, meant)

    return guesses
