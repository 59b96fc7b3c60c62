"""Links added, ∂E/∂a3 + ∂a3/∂w5 for their product; or paths multiplied."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import (
    Derivative,
    Expr,
    added,
    factors,
    multiplied,
    product,
    summed,
    terms,
)
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import added_links
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    if not isinstance(claim.key, Derivative):
        return
    sums = added_links(claim)
    for link, wrote in sums.items():
        yield Guess(claim.chain({link: wrote}), wrote, claim.facts.locals[link])
    if len(sums) > 1:
        yield Guess(claim.chain(sums))
    for path in claim.paths:
        if len(path) > 1:
            yield Guess(added(claim.facts.locals[link] for link in path))
    for form in claim.forms:
        marked = terms(form)
        if len(marked) > 1:
            yield Guess(product([pair for _, term in marked for pair in factors(term)]))
        for place, (sign, term) in enumerate(marked):  # one path's links added
            links = factors(term)
            if len(links) > 1 and all(mark == "*" for mark, _ in links):
                whole = (sign, added(factor for _, factor in links))
                yield Guess(summed([*marked[:place], whole, *marked[place + 1 :]]))


def _mends(claim: Claim, written: Expr) -> Iterator[Guess]:
    marked = terms(written)
    if len(marked) > 1:
        yield Guess(product([("*", term) for _, term in marked]))
    links = factors(written)
    for place in range(1, len(links)):
        first, second = links[:place], links[place:]
        yield Guess(added((product(first), product(second))))


def _planted(place: places.Place) -> Iterator[Expr]:
    terms_ = [[link.expr for link in term] for term in place.step.terms]
    for at, term in enumerate(terms_):
        if len(term) > 1:
            rest = [*map(multiplied, terms_[:at]), added(term), *map(multiplied, terms_[at + 1 :])]
            yield added(rest)
    if len(terms_) > 1:
        yield multiplied(map(multiplied, terms_))


MISTAKE = Mistake(
    code="added-for-multiplied",
    place=120,
    brief="links added, or paths multiplied",
    sentence="Links along a path are multiplied, and paths are added; "
    "here it is the other way round.",
    examples=examples(
        ("dE/dw5 = dE/da3 + da3/dw5", "dE/dw5 = dE/da3*da3/dw5"),
        ("dyhat/da3 = yhat + (1 - yhat)", "dyhat/da3 = yhat*(1 - yhat)"),
        ("dE/dw5 = dE/dyhat*(yhat + (1 - yhat))*z1", "dE/dw5 = dE/dyhat*yhat*(1 - yhat)*z1"),
        ("dE/dx1 = dE/da1*w1*dE/da2*w3", "dE/dx1 = dE/da1*w1 + dE/da2*w3"),
    ),
    guesses=_guesses,
    mends=_mends,
    planter=Planter(formulas=_planted),
)
