"""The power rule where the exponent varies: x·aˣ⁻¹ for (aˣ)′ = aˣ·ln a."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, Number
from micrograd_like.marking.slips.guesses import differentiated
from micrograd_like.marking.slips.mistakes import Mistake, examples
from micrograd_like.marking.slips.slopes import Slip, Slope, combined, times


def _rule(call: Call, slopes: Sequence[Slope]) -> Iterator[Slip]:
    match call, slopes:
        case Call("pow", (base, exponent)), (None, own) if own is not None:
            lowered = Call("pow", (base, Call("sub", (exponent, Number(1)))))
        case Call("exp", (exponent,)), (own,) if own is not None:
            lowered = Call("exp", (Call("sub", (exponent, Number(1))),))
        case _:
            return
    right = combined(call, slopes)
    assert right is not None
    wrong = Call("mul", (exponent, lowered))
    for whole in dict.fromkeys((times(wrong, own), wrong)):
        yield Slip(whole, whole, right)


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        for call in places.calls(place.task.definitions[link.of], "pow"):
            base, exponent = call.arguments
            if exponent == link.wrt:
                lowered = Call("pow", (base, Call("sub", (exponent, Number(1)))))
                wrong = Call("mul", (exponent, lowered))
                yield from place.differentiated_as(link, call, wrong)


MISTAKE = Mistake(
    code="power-rule-misused",
    place=31,
    brief="the power rule where the exponent varies",
    sentence="The power rule is for a fixed exponent; where the exponent varies, (aˣ)′ = aˣ·ln a.",
    pointed="The power rule is for a fixed exponent; here it is {meant}, not {wrote}.",
    examples=examples(
        ("dy/dx = x*2^(x - 1)", "dy/dx = 2^x*ln(2)"),
        ("dz/dx = x*e^(x - 1)", "dz/dx = e^x"),
        ("dL/dx = 2y*x*2^(x - 1)", "dL/dx = 2y*2^x*ln(2)"),
        sheet="x = 0.7\ny = 2^x\nz = exp(x)\nL = y^2\n",
    ),
    guesses=differentiated(_rule),
    planter=Planter(formulas=_planted),
)
