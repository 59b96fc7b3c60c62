"""A part copied into the derivative: cos(x²)·x² for (sin x²)′, x³ + 1 for (x³ + x)′."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, Number, exact_number
from micrograd_like.marking.slips.guesses import differentiated
from micrograd_like.marking.slips.mistakes import Mistake, examples
from micrograd_like.marking.slips.slopes import Slip, Slope, changed, combined


def _rule(call: Call, slopes: Sequence[Slope]) -> Iterator[Slip]:
    """An argument copied, or the operation itself."""
    for place, own in enumerate(slopes):
        argument = call.arguments[place]
        if own is not None and (own != Number(1) or call.function in ("add", "sub")):
            yield changed(call, slopes, place, argument)
    right = combined(call, slopes)
    if right is not None and exact_number(call) is None:
        yield Slip(call, call, right)


def _planted(place: places.Place) -> Iterator[Expr]:
    """One term of a sum as it stands, the other one differentiated."""
    for link in place.links:
        match place.task.definitions[link.of]:
            case Call("add" | "sub" as function, (first, second)):
                slopes = [places.derived(place.task, part, link.wrt) for part in (first, second)]
                if slopes[0] is not None and slopes[1] is not None:
                    yield place.relinked(link, Call(function, (first, slopes[1])))
                    yield place.relinked(link, Call(function, (slopes[0], second)))


MISTAKE = Mistake(
    code="not-differentiated",
    place=35,
    brief="a part copied as it stands",
    sentence="A part of the formula is copied as it stands; it is to be differentiated.",
    pointed="{wrote} is copied as it stands; what belongs there is its derivative, {meant}.",
    examples=examples(
        ("dy/dx = x^3 + 2", "dy/dx = 3x^2 + 2"),
        ("ds/dx = cos(x^2)*x^2", "ds/dx = cos(x^2)*2x"),
        ("dL/dx = 2y*(x^3 + 2)", "dL/dx = 2y*(3x^2 + 2)"),
        sheet="x = 0.7\ny = x^3 + 2x\ns = sin(x^2)\nL = y^2\n",
    ),
    guesses=differentiated(_rule),
    alone=True,
    planter=Planter(formulas=_planted),
)
