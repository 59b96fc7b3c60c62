"""Cut off, or off by one in the last place: 0.65 for 0.6562."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises.slips import Planter, rewritten
from micrograd_like.formula import Number
from micrograd_like.marking.hand import Figure
from micrograd_like.marking.slips.mistakes import Mistake, examples


def _misread(figure: Figure, true: float) -> bool:
    unit = figure.high - figure.low
    if not unit and (true.is_integer() or not figure.center.is_integer()):
        return False  # nothing to round, or an exact number that is not rounded to whole ones
    unit = unit or 1.0
    return 0 < abs(figure.center - true) < 1.5 * unit * (1 + 1e-9) and abs(true) > unit


def _planted(value: float, number: Number) -> Iterator[Number]:
    """Cut off where it is to be rounded up; or a unit too far."""
    if number.places is None:
        return
    unit = 10.0**-number.places
    away = 1 if number.value > value else -1
    for steps in (-away, away):
        yield rewritten(float(number.value) + steps * unit, number)


MISTAKE = Mistake(
    code="rounded",
    place=165,
    brief="cut off, or off by one in the last place",
    sentence="It is cut off, or off by one in the last place; a whole number counts as exact.",
    examples=examples(("z1 = sigmoid(a1) = 0.5897", "z1 = sigmoid(a1) = 0.5898")),
    misread=_misread,
    rounding=True,
    planter=Planter(numbers=_planted, last_place=True),
)
