"""A constant term kept in the derivative: 2x + c for (x² + c)′ = 2x."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr
from micrograd_like.marking.slips.guesses import differentiated
from micrograd_like.marking.slips.mistakes import Mistake, examples
from micrograd_like.marking.slips.slopes import Slip, Slope, changed


def _rule(call: Call, slopes: Sequence[Slope]) -> Iterator[Slip]:
    if call.function in ("add", "sub") and slopes != [None, None]:
        for place, own in enumerate(slopes):
            if own is None:
                yield changed(call, slopes, place, call.arguments[place])


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        match place.task.definitions[link.of]:
            case Call("add" | "sub" as function, (_, last)):
                if places.is_constant(place.task, last, link.wrt):
                    yield place.relinked(link, Call(function, (link.expr, last)))


MISTAKE = Mistake(
    code="constant-kept",
    place=33,
    brief="a constant kept in the derivative",
    sentence="A constant is kept in the derivative; the derivative of a constant is 0.",
    pointed="{wrote} is a constant here: its derivative is 0.",
    examples=examples(
        ("dy/dx = 2x + c", "dy/dx = 2x"),
        ("dL/dx = 2y*(2x + c)", "dL/dx = 2y*2x"),
        ("dz/dx = 8", "dz/dx = 3"),
        sheet="x = 0.7\nc = 1.2\ny = x^2 + c\nL = y^2\nz = 3x + 5\n",
    ),
    guesses=differentiated(_rule),
    planter=Planter(formulas=_planted),
)
