"""An exponent lost, put in, or moved: (1 − h) or (1 − h)² for 1 − h²."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, exact_number, nodes
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.world.shape import has_condition, replaced


def _guesses(claim: Claim) -> Iterator[Guess]:
    for form in () if claim.update else claim.forms:
        yield from _without_one(form)


def _mends(claim: Claim, written: Expr) -> Iterator[Guess]:
    if not claim.update:
        for guess in _without_one(written):
            yield Guess(guess.expr, wrote=guess.meant, meant=guess.wrote)


def _without_one(formula: Expr) -> Iterator[Guess]:
    """The formula with an exponent left out, or put behind another bracket."""
    for call in dict.fromkeys(nodes(formula, Call)) if not has_condition(formula) else ():
        for changed in _changed(call):
            yield Guess(replaced(formula, call, changed), wrote=changed, meant=call)


def _changed(call: Call) -> Iterator[Expr]:
    match call:
        case Call("pow", (base, exponent)) if exact_number(exponent) is not None:
            yield base
            match base:
                case Call("add" | "sub" as sign, (a, b)):  # 1 − h² for (1 − h)²
                    yield Call(sign, (a, Call("pow", (b, exponent))))


def _planted(place: places.Place) -> Iterator[Expr]:
    for call in places.calls(place.step.formula, "pow"):
        if exact_number(call.arguments[1]) is not None:
            yield places.replaced(place.step.formula, call, call.arguments[0])


MISTAKE = Mistake(
    code="exponent",
    place=62,
    brief="an exponent lost or put in",
    sentence="An exponent is lost, put in, or stands behind another bracket.",
    pointed="An exponent is lost, put in, or stands elsewhere: {meant} belongs there, not {wrote}.",
    examples=examples(
        ("dh/da = 1 - h", "dh/da = 1 - h^2"),
        ("dh/da = (1 - h)^2", "dh/da = 1 - h^2"),
        ("dp/da = p^2*(1 - p)", "dp/da = p*(1 - p)"),
        sheet="a = 0.7\nh = tanh(a)\np = sigmoid(a)\n",
    ),
    guesses=_guesses,
    mends=_mends,
    planter=Planter(formulas=_planted),
)
