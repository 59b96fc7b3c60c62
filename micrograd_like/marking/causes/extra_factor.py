"""A link counted twice, or one of the next step taken with it."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Number,
    exact_number,
    factors,
    product,
    summed,
    terms,
)
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import between
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    if not isinstance(claim.key, Derivative):
        return
    yield from _links(claim, claim.key)
    for form in claim.forms:  # in one path alone
        for place, (sign, term) in enumerate(marked := terms(form)):
            for mark, factor in factors(term) if len(marked) > 1 else ():
                if mark == "*" and exact_number(factor) is None:
                    twice = (sign, Call("mul", (term, factor)))
                    whole = summed([*marked[:place], twice, *marked[place + 1 :]])
                    yield Guess(whole, wrote=factor)
    for name in between(claim):
        for key in (Derivative(claim.key.of, name), Derivative(name, claim.key.wrt)):
            yield Guess(Call("mul", (claim.right(), key)), wrote=key)


def _links(claim: Claim, key: Derivative) -> Iterator[Guess]:
    """A link of the paths, or one next to them."""
    ends = {key.of, key.wrt, *(name for link in claim.links for name in link)}
    spoken_of = set(claim.names)
    near = [
        link
        for link in claim.facts.locals
        if (link[0] in ends or link[1] in ends) and spoken_of.issuperset(link)
    ]
    for link in [*claim.links, *(link for link in near if link not in claim.links)]:
        local = claim.facts.locals[link]
        if local not in (Number(1), Number(0)):
            extra = Derivative(*link)
            yield Guess(Call("mul", (claim.right(), local)), wrote=extra)
            for form in claim.forms:  # in the shape in which it is written
                yield Guess(product([*factors(form), *factors(local)]), wrote=extra)


def _planted(place: places.Place) -> Iterator[Expr]:
    """Beside a link that is 1 it would be one put in its place."""
    terms_ = place.step.terms
    for at, term in enumerate(terms_):
        one = any(place.partial(link) == 1 for link in term)
        for link in term if len(term) > 1 and not one else ():
            yield places.chained([*terms_[:at], [*term, link], *terms_[at + 1 :]])


MISTAKE = Mistake(
    code="extra-factor",
    place=140,
    brief="a link counted twice",
    sentence="A link is counted once too often.",
    pointed="A link is counted once too often: {wrote}.",
    examples=examples(
        ("dE/dw5 = dE/dyhat*dyhat/da3*dyhat/da3*z1", "dE/dw5 = dE/dyhat*dyhat/da3*z1")
    ),
    guesses=_guesses,
    planter=Planter(formulas=_planted),
)
