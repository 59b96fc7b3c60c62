"""A weight with its indices swapped: w2 where w3 belongs."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Derivative, Expr, Name, Quantity, names
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import operand, operand_guesses, turned_round
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _accept(claim: Claim, wrote: Quantity, meant: Quantity) -> bool:
    if isinstance(wrote, Derivative) and isinstance(meant, Derivative):
        return wrote.of == meant.of and claim.transposed.get(wrote.wrt) == meant.wrt
    return claim.transposed.get(wrote) == meant


def _guesses(claim: Claim) -> Iterator[Guess]:
    """The derivative by the other weight, as from an outer product that is turned round."""
    if isinstance(claim.key, Derivative) and claim.key.wrt in claim.transposed:
        other = Derivative(claim.key.of, claim.transposed[claim.key.wrt])
        yield Guess(other, other, claim.key)


def _undone(claim: Claim, written: Expr) -> Iterator[Guess]:
    """Every weight with its indices the other way round, as W for Wᵀ has them."""
    for guess in turned_round(claim, written):
        yield Guess(guess.made)


def _planted(place: places.Place) -> Iterator[Expr]:
    formula = place.step.formula
    if place.step.kind not in ("forward", "local"):
        return
    for pair in place.task.shape.transposed:
        for old, new in (pair, pair[::-1]):
            if old in names(formula):
                yield places.replaced(formula, Name(old), Name(new))


MISTAKE = Mistake(
    code="transposed",
    place=160,
    brief="a weight with its indices swapped",
    sentence="The weight's indices are swapped.",
    pointed="The weight's indices are swapped: {wrote} stands where {meant} belongs.",
    examples=examples(
        ("dE/dx1 = dE/da1*w1 + dE/da2*w2", "dE/dx1 = dE/da1*w1 + dE/da2*w3"),
        ("a1 = x1*w1 + x2*w3", "a1 = x1*w1 + x2*w2"),
        ("dE/dw2 = x1*dE/da2", "dE/dw2 = x2*dE/da1"),
        ("w2' = w2 - alpha*dE/dw3", "w2' = w2 - alpha*dE/dw2"),
    ),
    guesses=_guesses,
    mends=operand(_accept),
    numbers=operand_guesses(_accept),
    undone=_undone,
    few=True,
    planter=Planter(formulas=_planted),
)
