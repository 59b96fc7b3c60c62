"""The power rule with another exponent, or factor, than it has: 3x³ for (x³)′ = 3x²."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, Number, derivatives, exact_number, simplify
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import differentiated
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.slips.slopes import Slip, Slope, combined, times


def _rule(call: Call, slopes: Sequence[Slope]) -> Iterator[Slip]:
    power = _power(call, slopes)
    if power is None:
        return
    base, exponent, own = power
    lowered = Call("sub", (exponent, Number(1)))
    right = _derivative(exponent, base, lowered, own)
    for factor, raised in _wrong(exponent, lowered):
        whole = _derivative(factor, base, raised, own)
        yield Slip(whole, whole, right)


def _derivative(factor: Expr, base: Expr, exponent: Expr, own: Expr) -> Expr:
    return times(Call("mul", (factor, Call("pow", (base, simplify(exponent))))), own)


def _power(call: Call, slopes: Sequence[Slope]) -> tuple[Expr, Expr, Expr] | None:
    """The base, the fixed exponent, −2 of 1/x², and the slope of the base."""
    match call, slopes:
        case Call("pow", (base, exponent)), (own, None) if own is not None:
            return base, exponent, own
        case Call("sqrt", (base,)), (own,) if own is not None:
            return base, Call("div", (Number(1), Number(2))), own
        case Call("div", (Number(1), below)), (_, slope) if slope is not None:
            match below:
                case Call("pow", (base, exponent)) if slope == combined(below, (Number(1), None)):
                    return base, Call("neg", (exponent,)), Number(1)
            return below, Number(-1), slope
    return None


def _wrong(exponent: Expr, lowered: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Factor and exponent as they are got wrong."""
    yield exponent, exponent  # not lowered
    number = exact_number(simplify(exponent))
    if number is None:
        return
    if number.value < 0:
        yield exponent, Call("add", (exponent, Number(1)))  # −2x⁻¹ for (x⁻²)′
    if number.value > 2:
        yield exponent, Number(1)  # 3x for (x³)′
        yield simplify(lowered), lowered  # lowered first, and then put in front


def _guesses(claim: Claim) -> Iterator[Guess]:
    """Nothing where a link written twice would be the same: among derivatives, or as a number."""
    formula = claim.formula
    chained = len(claim.links) > 1 if formula is None else bool(derivatives(formula))
    if not chained:
        yield from differentiated(_rule)(claim)


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        for call in places.calls(place.task.definitions[link.of], "pow"):
            base, exponent = call.arguments
            if base == link.wrt and isinstance(exponent, Number):
                yield from place.differentiated_as(link, call, Call("mul", (exponent, call)))


MISTAKE = Mistake(
    code="power-not-lowered",
    place=34,
    brief="the power rule with a wrong exponent",
    sentence="The power rule puts the exponent in front and lowers it by one: (xⁿ)′ = n·xⁿ⁻¹.",
    pointed="The power rule puts the exponent in front and lowers it by one: {meant}, not {wrote}.",
    examples=examples(
        ("dy/dx = 3*x^3", "dy/dx = 3*x^2"),
        ("dy/dx = 2*x^2", "dy/dx = 3*x^2"),
        ("dz/dx = -2/x", "dz/dx = -2/x^3"),
        ("dL/dx = 2*y*3*x", "dL/dx = 2*y*3*x^2"),
        sheet="x = 0.7\ny = x^3\nz = 1/x^2\nL = y^2\n",
    ),
    guesses=_guesses,
    planter=Planter(formulas=_planted),
)
