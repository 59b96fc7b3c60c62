"""The error split by w5/(w5 + w6) in place of w5, at one layer or at each."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, Name, Number, Quantity, added, factors, terms
from micrograd_like.graph import Link
from micrograd_like.marking.causes.plain_error import SHEET
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import without_activations
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    """The shares at one layer or at each; also without the outputs' derivatives, as in courses."""
    shares: dict[Link, Expr] = {}
    for user, name in claim.links:
        weight = claim.facts.locals[user, name]
        row = _row(claim, user, name)
        if isinstance(weight, Name) and len(row) > 1:
            shares[user, name] = Call("div", (weight, added(row)))
    for link, share in shares.items():
        yield Guess(claim.chain({link: share}), share, claim.facts.locals[link])
    if len(shares) > 1:
        yield Guess(claim.chain(shares))
    if shares and (open_links := without_activations(claim)):
        yield Guess(claim.chain({**open_links, **shares}))
        for link, share in shares.items() if len(shares) > 1 else ():
            yield Guess(claim.chain({**open_links, link: share}), share, claim.facts.locals[link])


def _row(claim: Claim, user: Quantity, name: Quantity) -> list[Expr]:
    """The weights of the sum ``user``: what stands on the side of the weight of ``name``."""
    products = [
        [part for _, part in factors(term)]
        for _, term in terms(claim.facts.definitions.get(user, Number(0)))
    ]
    pairs = [pair for pair in products if len(pair) == 2 and all(isinstance(p, Name) for p in pair)]
    own = [pair.index(name) for pair in pairs if name in pair]
    return [pair[1 - own[0]] for pair in pairs] if len(own) == 1 else []


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
    examples=(
        *examples(
            ("dE/dz1 = dE/da3*w5/(w5 + w6)", "dE/dz1 = dE/da3*w5"),
            ("dE/dz1 = (yhat - y)*w5/(w5 + w6)", "dE/dz1 = (yhat - y)*yhat*(1 - yhat)*w5"),
        ),
        *examples(
            (
                "dE/dh1 = -(w11/(w11 + w12)*e1 + w21/(w21 + w22)*e2)",
                "dE/dh1 = -(w11*e1*o1*(1 - o1) + w21*e2*o2*(1 - o2))",
            ),
            (
                "dE/dh1 = -(w11/(w11 + w12)*e1*o1*(1 - o1) + w21/(w21 + w22)*e2*o2*(1 - o2))",
                "dE/dh1 = -(w11*e1*o1*(1 - o1) + w21*e2*o2*(1 - o2))",
            ),
            sheet=SHEET,
        ),
    ),
    guesses=_guesses,
    planter=Planter(formulas=_planted),
)
