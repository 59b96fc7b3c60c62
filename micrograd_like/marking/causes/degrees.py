"""An angle taken in degrees: sin 0.5° for sin 0.5."""

from __future__ import annotations

import math
from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, Number
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.world.shape import one_call_changed

_HALF_TURN = Number(math.pi / 180)


def _guesses(claim: Claim) -> Iterator[Guess]:
    for form in claim.forms:
        for expr, old, _ in one_call_changed(form, _in_degrees):
            yield Guess(expr, old)


def _in_degrees(call: Call) -> Iterator[tuple[Expr, Call | None]]:
    if call.function in ("sin", "cos", "tan"):
        (angle,) = call.arguments
        yield Call(call.function, (Call("mul", (angle, _HALF_TURN)),)), None
    elif call.function in ("asin", "acos", "atan"):
        yield Call("div", (call, _HALF_TURN)), None


def _planted(place: places.Place) -> Iterator[Expr]:
    formula = place.step.formula
    found = places.calls(formula, "sin", "cos")
    for call in found:
        angle = Call("mul", (call.arguments[0], Number(math.pi / 180)))
        formula = places.replaced(formula, call, Call(call.function, (angle,)))
    if found:
        yield formula


MISTAKE = Mistake(
    code="degrees",
    place=180,
    brief="an angle taken in degrees",
    sentence="The angle is in radians, and was taken in degrees.",
    examples=examples(
        ("s = sin(a) = 0.0087", "s = sin(a) = 0.479"),
        ("c = cos(a) = 1.000", "c = cos(a) = 0.878"),
        sheet="a = 0.5\n",
    ),
    guesses=_guesses,
    few=True,
    calculator=True,
    planter=Planter(formulas=_planted, unseen=True),
)
