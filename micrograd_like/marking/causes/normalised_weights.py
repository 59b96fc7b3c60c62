"""The error split by w5/(w5 + w6) in place of w5, at one layer or at each."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, Name, Quantity, added, factors, product
from micrograd_like.graph import Link
from micrograd_like.marking.causes.plain_error import ONE_OUTPUT, SHEET
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import (
    Weighted,
    as_calculated,
    weighted,
    without_activations,
)
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    for links, found in _split(claim):
        pieces = (found.share, found.weight) if found else (None, None)
        yield Guess(claim.chain(links), *pieces)


def _numbers(claim: Claim) -> Iterator[Guess]:
    for links, found in _split(claim):
        pieces = (found.share, found.weight) if found else (None, None)
        yield from (Guess(expr, *pieces) for expr in as_calculated(claim, links))


def _split(claim: Claim) -> Iterator[tuple[dict[Link, Expr], Weighted | None]]:
    """The shares at one layer or at each; also without the outputs' derivatives, as in courses."""
    sums = {link: found for link in claim.links if (found := weighted(claim, link))}
    open_links = without_activations(claim) if sums else {}
    own = {link: claim.facts.locals[link] for link in sums}
    for others in (own, open_links) if open_links else (own,):
        shared = {
            link: _shared(others.get(link, claim.facts.locals[link]), found)
            for link, found in sums.items()
        }
        if len(sums) > 1 or others is open_links:
            yield {**others, **shared}, None
        for link, found in sums.items() if len(sums) > 1 or others is own else ():
            yield {**others, link: shared[link]}, found


def _shared(local: Expr, found: Weighted) -> Expr:
    """A link's derivative with the share in the place of the weight."""
    parts = [(mark, found.share if part == found.weight else part) for mark, part in factors(local)]
    return product(parts)


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
        *examples(
            ("dE/dh1 = -w1/(w1 + w2)*(t - o)", "dE/dh1 = -w1*(t - o)*o*(1 - o)"),
            ("dE/dh2 = -0.13/0.33*0.4550 = -0.1792", "dE/dh2 = -0.13*0.4550*0.5450*0.4550"),
            sheet=ONE_OUTPUT,
        ),
    ),
    guesses=_guesses,
    numbers=_numbers,
    planter=Planter(formulas=_planted),
)
