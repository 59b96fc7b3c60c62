"""A slope of 1 where a ReLU is off: ∂h/∂a = 1 for h = relu(a), a < 0, where it is 0."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, Number
from micrograd_like.marking.slips.guesses import rows
from micrograd_like.marking.slips.mistakes import Mistake, examples


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        match place.task.definitions[link.of]:
            case Call("relu") if place.partial(link) == 0:
                yield place.relinked(link, Number(1))


MISTAKE = Mistake(
    code="dead-unit",
    place=25,
    brief="the slope of a unit that is off",
    sentence="The unit is off here, so its slope is 0: nothing goes back through it.",
    examples=examples(
        ("dh/da = 1", "dh/da = 0"),
        ("dE/dw = 2(h*v - 1)*v*x", "dE/dw = 2(h*v - 1)*v*0*x"),
        sheet="x = 0.7\nw = -0.4\nv = 1.3\na = w*x\nh = relu(a)\nE = (h*v - 1)^2\n",
    ),
    guesses=rows("dead-unit"),
    few=True,
    planter=Planter(formulas=_planted),
)
