"""The formula is right, the arithmetic is not."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises.slips import Planter, rewritten
from micrograd_like.formula import Number
from micrograd_like.marking.slips.mistakes import Mistake, examples


def _planted(value: float, number: Number) -> Iterator[Number]:
    """The number is off by an eighth or more."""
    for factor in (0.87, 1.16, 0.73, 1.29, 0.64, 1.37):
        yield rewritten(value * factor, number)


MISTAKE = Mistake(
    code="arithmetic",
    place=220,
    brief="the arithmetic",
    sentence="The formula is right, the arithmetic is not.",
    examples=examples(("a3 = z1*w5 + z2*w6 = 0.314", "a3 = z1*w5 + z2*w6 = 0.247")),
    remains="number",
    planter=Planter(numbers=_planted, arbitrary=True),
)
