"""The learning rate left out: w' = w − ∂E/∂w."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    if claim.update and isinstance(claim.target, Call):
        weight, step = claim.target.arguments
        assert isinstance(step, Call)
        yield Guess(Call("sub", (weight, step.arguments[1])), meant=step.arguments[0])


def _planted(place: places.Place) -> Iterator[Expr]:
    match place.step.formula:
        case Call("sub", (old, Call("mul", (_, slope)))) if place.step.kind == "update":
            yield Call("sub", (old, slope))


MISTAKE = Mistake(
    code="no-learning-rate",
    place=80,
    brief="the learning rate left out",
    sentence="The learning rate is left out.",
    pointed="The learning rate {meant} is left out.",
    examples=examples(("w5' = w5 - dE/dw5", "w5' = w5 - alpha*dE/dw5")),
    guesses=_guesses,
    few=True,
    planter=Planter(formulas=_planted),
)
