"""An activation's derivative formed from its input: a(1 − a) for σ′(a), which is z(1 − z)."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Expr
from micrograd_like.marking.guesses import rows
from micrograd_like.marking.mistakes import Mistake, examples


def _planted(place: places.Place) -> Iterator[Expr]:
    for link, argument in place.activated:
        yield place.relinked(link, places.replaced(link.expr, link.of, argument))


MISTAKE = Mistake(
    code="derivative-at-input",
    place=20,
    brief="an activation's derivative formed from its input",
    sentence="The activation's derivative is formed from its input; it belongs to its output.",
    pointed="The activation's derivative is formed from its input: {wrote}, not {meant}.",
    examples=examples(("dz1/da1 = a1*(1 - a1)", "dz1/da1 = z1*(1 - z1)")),
    guesses=rows("derivative-at-input"),
    few=True,
    planter=Planter(formulas=_planted),
)
