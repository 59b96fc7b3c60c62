"""What several causes are looked for with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Marked,
    Name,
    Number,
    Quantity,
    added,
    factors,
    names,
    nodes,
    product,
    quantities,
    simplify,
    substitute,
    summed,
    terms,
)
from micrograd_like.graph import Link
from micrograd_like.marking.slips.claim import Claim, Piece
from micrograd_like.marking.slips.mistakes import Guess, Guesses, Mends
from micrograd_like.marking.slips.slopes import Rule, Slip, slipped
from micrograd_like.marking.world.shape import replaced, times
from micrograd_like.marking.world.values import value
from micrograd_like.marking.world.worlds import Exchanged
from micrograd_like.notation import plain
from micrograd_like.ops import ACTIVATIONS

#: Whether one quantity, written in the place of another, is this slip: (claim, wrote, meant).
Accept = Callable[[Claim, Quantity, Quantity], bool]
_SUM = ("add", "sub")
_TURNED = {"+": "-", "-": "+"}
#: What weights are called.
_WEIGHT = re.compile("w|theta", re.IGNORECASE)


def rows(code: str) -> Guesses:
    """The formulas that the slips of this code in the operation table lead to."""

    def guesses(claim: Claim) -> Iterator[Guess]:
        for slip in claim.link_slips:
            if slip.code == code:
                yield relinked(claim, slip.link, slip.whole, slip.wrote, slip.meant)

    return guesses


def relinked(
    claim: Claim, link: Link, whole: Expr, wrote: Expr | None = None, meant: Expr | None = None
) -> Guess:
    """The derivative with another formula for one link."""
    number = value(whole, claim.facts.truth.here)
    chained = None if number is None else claim.chained(link, number)
    return Guess(lambda: claim.chain({link: whole}), wrote, meant, chained)


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


@dataclass(frozen=True, slots=True)
class Weighted:
    """A link to a node of a weighted sum: its weight, and all weights of the sum."""

    weight: Name
    row: tuple[Name, ...]

    @property
    def share(self) -> Expr:
        """Its part of the sum of all weights."""
        return Call("div", (self.weight, added(self.row)))


def turned_round(claim: Claim, formula: Expr) -> Iterator[Guess]:
    """The formula with W for Wᵀ, if it has weights: each with its indices swapped."""
    swapped: dict[str, Expr] = {
        name: claim.transposed[name] for name in names(formula) if name in claim.transposed
    }
    for name, wrote in list(swapped.items())[:1]:
        yield Guess(substitute(formula, swapped), wrote, Name(name))


def weighted(claim: Claim, link: Link) -> Weighted | None:
    """The weight of a link to a node; None of a link to a weight, or of no weighted sum.

    The sum is the whole formula, or stands in it, as in σ(w1·h1 + w2·h2). What is computed is
    a node; of two givens it is the one beside a weight by name.
    """
    user, name = link
    for found in _weighted_sums(claim, user):
        own = [pair for pair in found if name in pair]
        if len(found) > 1 and len(own) == 1:
            place = own[0].index(name)
            row = tuple(pair[1 - place] for pair in found)
            if name not in claim.facts.truth.sources or _WEIGHT.match(row[0]):
                return Weighted(own[0][1 - place], row)
    return None


def _weighted_sums(claim: Claim, user: Quantity) -> Iterator[list[tuple[Name, Name]]]:
    """The products of two names in every sum of a name's formula."""
    formula = claim.facts.definitions.get(user)
    sums = [n for n in nodes(formula, Call) if n.function in _SUM] if formula is not None else []
    inner = {id(part) for node in sums for part in node.arguments}
    for node in sums:
        if id(node) not in inner:
            products = ([part for _, part in factors(term)] for _, term in terms(node))
            yield list(_pairs(products))


def _pairs(products: Iterable[list[Expr]]) -> Iterator[tuple[Name, Name]]:
    for product_ in products:
        match product_:
            case [Name() as a, Name() as b]:
                yield a, b


def as_calculated(claim: Claim, links: Mapping[Link, Expr]) -> Iterator[Expr]:
    """The chain with other formulas for some links, in the shapes into which figures are put.

    Signs stand in front, of a term or of the whole; an error is o − t or t − o. Last comes the
    whole without its sign, as courses have it: e_h = Σ w·e is −∂E/∂h.
    """
    for turn in (False, True):
        paths = [_sign_in_front(claim, path, links, turn) for path in claim.paths]
        turned = [(_TURNED[sign], term) for sign, term in paths]
        yield summed(paths)
        (sign, first), *rest = paths
        if sign == "-":  # it goes with the figure behind it, as in −0.2·0.455
            yield summed([("+", product([("*", Number(-1)), *factors(first)])), *rest])
        yield Call("neg", (summed(turned),))
        yield summed(turned)


def _sign_in_front(
    claim: Claim, path: Sequence[Link], links: Mapping[Link, Expr], turn: bool
) -> Marked:
    """A path's product, its signs taken together; ``turn`` writes b − a for its first a − b."""
    sign, parts = "+", []
    for link in path:
        for mark, part in factors(links.get(link, claim.facts.locals[link])):
            while isinstance(part, Call) and part.function == "neg":
                sign, (part,) = _TURNED[sign], part.arguments
            match part:
                case Number(-1):
                    sign = _TURNED[sign]
                    continue
                case Number(1):
                    continue
                case Call("sub", (a, b)) if turn:
                    sign, turn = _TURNED[sign], False
                    part = Call("sub", (b, a))
            parts.append((mark, part))
    return sign, product(parts)


def added_links(claim: Claim) -> dict[Link, Expr]:
    """The links whose factors stand in what is written, added: ŷ + (1 − ŷ) for ŷ·(1 − ŷ)."""
    sums = [] if claim.formula is None else nodes(claim.formula, Call)
    written = [_sorted(node) for node in sums if node.function in _SUM]
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
        here = claim.facts.truth.here
        for wrote in quantities(written):
            count = times(written, wrote)
            for meant in others(claim, wrote):
                if accept(claim, wrote, meant):
                    number = value(written, Exchanged(here, wrote, meant))
                    yield Guess(partial(replaced, written, wrote, meant), wrote, meant, number)
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
