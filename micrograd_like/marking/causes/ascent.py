"""A step up instead of down: w' = w + rate·∂E/∂w."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    if claim.update and isinstance(claim.target, Call):
        yield Guess(Call("add", claim.target.arguments))


def _planted(place: places.Place) -> Iterator[Expr]:
    match place.step.formula:
        case Call("sub", arguments) if place.step.kind == "update":
            yield Call("add", arguments)


MISTAKE = Mistake(
    code="ascent",
    place=70,
    brief="a step up instead of down",
    sentence="The step is added, so the cost goes up; gradient descent subtracts it.",
    examples=examples(("w5' = w5 + alpha*dE/dw5", "w5' = w5 - alpha*dE/dw5")),
    guesses=_guesses,
    few=True,
    planter=Planter(formulas=_planted),
)
