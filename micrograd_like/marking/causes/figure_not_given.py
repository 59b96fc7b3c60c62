"""A figure put in that is not the given one: 4 where b = 3 is given."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Expr, Number, names
from micrograd_like.marking.slips.mistakes import Mistake, examples


def _planted(place: places.Place) -> Iterator[Expr]:
    """The first digit of a given is another one."""
    formula = place.step.formula
    for name in names(formula):
        given = place.task.givens.get(name)
        if given is not None:
            for away in (0.2, 0.3, -0.2, 2.0):
                other = Number(round(float(given.value) + away, given.places), given.places)
                if all(abs(other.value) != abs(one.value) for one in place.task.givens.values()):
                    yield places.replaced(formula, name, other)


MISTAKE = Mistake(
    code="figure-not-given",
    place=205,
    brief="a figure that is not the given one",
    sentence="A figure is put in that is not the given one.",
    pointed="{wrote} is put in for {meant}, which is given otherwise.",
    examples=examples(
        ("s = a*x + b*y = 2*0.4 + 4*0.5 = 2.8", "s = a*x + b*y = 2*0.4 + 3*0.5 = 2.3"),
        ("s = a*x + b*y = 2*0.6 + 3*0.5 = 2.7", "s = a*x + b*y = 2*0.4 + 3*0.5 = 2.3"),
        sheet="a = 2\nb = 3\nx = 0.4\ny = 0.5\n",
    ),
    given=True,
    planter=Planter(formulas=_planted, copied=True),
)
