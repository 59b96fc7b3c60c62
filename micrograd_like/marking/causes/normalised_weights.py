"""The error split by w5/(w5 + w6) in place of w5, at one layer or at each."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, Name, Quantity, added
from micrograd_like.graph import Link
from micrograd_like.marking.claim import Claim
from micrograd_like.marking.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    sources = claim.facts.truth.sources
    shares: dict[Link, Expr] = {}
    for user, name in claim.links:
        weight = claim.facts.locals[user, name]
        if isinstance(weight, Name) and name not in sources:
            row = [
                local
                for (other, input_), local in claim.facts.locals.items()
                if other == user and isinstance(local, Name) and input_ not in sources
            ]
            if len(row) > 1:
                shares[user, name] = Call("div", (weight, added(row)))
    for link, share in shares.items():
        yield Guess(claim.chain({link: share}), share, claim.facts.locals[link])
    if len(shares) > 1:
        yield Guess(claim.chain(shares))


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        weights: dict[Quantity, Name] = dict(_products(place, link.of))
        weight = weights.get(link.wrt)
        if weight is not None and len(weights) > 1:
            share = Call("div", (weight, added(weights.values())))
            yield place.relinked(link, places.replaced(link.expr, weight, share))


def _products(place: places.Place, name: Quantity) -> Iterator[tuple[Name, Name]]:
    """The computed nodes that ``name`` is a weighted sum of, each with its weight."""
    definitions = place.task.definitions
    for term in places.terms(definitions[name]):
        match term:
            case Call("mul", (Name() as a, Name() as b)):
                for node, weight in ((a, b), (b, a)):
                    if node in definitions and weight in place.task.givens:
                        yield node, weight


MISTAKE = Mistake(
    code="normalised-weights",
    place=130,
    brief="the error split by shares of the weights",
    sentence="The error is shared out by each weight's share; the chain rule takes the weight "
    "itself.",
    pointed="The error is shared out by {wrote}; the chain rule takes the weight itself, {meant}.",
    examples=examples(("dE/dz1 = dE/da3*w5/(w5 + w6)", "dE/dz1 = dE/da3*w5")),
    guesses=_guesses,
    planter=Planter(formulas=_planted),
)
