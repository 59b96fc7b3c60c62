"""One of several paths left out: ∂E/∂x1 through h1 alone."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Expr, summed, terms, without
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    if not claim.several_ways:
        return
    for form in claim.forms:
        marked = terms(form)
        if len(marked) > 1:
            for place, (_, term) in enumerate(marked):
                yield Guess(summed(without(marked, place)), meant=term)
            for single in marked if len(marked) > 2 else ():
                yield Guess(summed([single]))


def _planted(place: places.Place) -> Iterator[Expr]:
    terms_ = place.step.terms
    for at in range(len(terms_) if len(terms_) > 1 else 0):
        left = [*terms_[:at], *terms_[at + 1 :]]
        if left[0] not in place.direct:  # that would be the local derivative for the total one
            yield places.chained(left)


MISTAKE = Mistake(
    code="missing-path",
    place=100,
    brief="one of several paths left out",
    sentence="The derivative is a sum over all paths, and one is left out.",
    pointed="{left} is a sum over all paths, and one is left out: {meant}.",
    examples=examples(
        ("dE/dx1 = dE/da1*da1/dx1", "dE/dx1 = dE/da1*da1/dx1 + dE/da2*da2/dx1"),
        ("dE/dx2 = dE/da2*w4", "dE/dx2 = dE/da2*w4 + dE/da1*w2"),
    ),
    guesses=_guesses,
    of_path=0,
    few=True,
    planter=Planter(formulas=_planted),
)
