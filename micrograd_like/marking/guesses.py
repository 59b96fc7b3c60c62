"""What several causes are looked for with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from micrograd_like.formula import Derivative, Expr, Quantity, quantities
from micrograd_like.marking.claim import Claim
from micrograd_like.marking.mistakes import Guess, Guesses, Mends
from micrograd_like.marking.shape import replaced, times

#: Whether one quantity, written in the place of another, is this slip: (claim, wrote, meant).
Accept = Callable[[Claim, Quantity, Quantity], bool]


def rows(code: str) -> Guesses:
    """The formulas that the slips of this code in the operation table lead to."""

    def guesses(claim: Claim) -> Iterator[Guess]:
        for found, whole, wrote, meant in claim.row_slips:
            if found == code:
                yield Guess(whole, wrote, meant)

    return guesses


def between(claim: Claim) -> list[Quantity]:
    """The names on the way from what is differentiated by to what is differentiated."""
    assert isinstance(claim.key, Derivative)
    found = dict.fromkeys(name for link in claim.links for name in link)
    return [name for name in found if name not in (claim.key.of, claim.key.wrt)]


# One quantity in the place of another.


def others(claim: Claim, leaf: Quantity) -> Iterator[Quantity]:
    """The quantities of the same kind that may have been taken for this one."""
    if isinstance(leaf, Derivative):
        wrt = [Derivative(leaf.of, name) for name in claim.names]
        of = [Derivative(key.of, leaf.wrt) for key in claim.others]
        found = dict.fromkeys((*claim.others, *wrt, *of))
        yield from (key for key in found if key != leaf and key.of != key.wrt)
    else:
        yield from (name for name in claim.names if name != leaf)


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
