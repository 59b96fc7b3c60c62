"""An activation applied twice: σ(z)(1 − σ(z)) for σ′(a), which is z(1 − z)."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr
from micrograd_like.marking.slips.guesses import rows
from micrograd_like.marking.slips.mistakes import Mistake, examples


def _planted(place: places.Place) -> Iterator[Expr]:
    for link, _ in place.activated:
        function = place.task.definitions[link.of]
        assert isinstance(function, Call)
        again = Call(function.function, (link.of,))
        yield place.relinked(link, places.replaced(link.expr, link.of, again))


MISTAKE = Mistake(
    code="derivative-of-output",
    place=30,
    brief="an activation applied twice",
    sentence="The activation is applied a second time before it is differentiated.",
    pointed="The activation is applied a second time before it is differentiated: "
    "{wrote} for {meant}.",
    examples=examples(
        (
            "dz1/da1 = sigmoid(z1)*(1 - sigmoid(z1))",
            "dz1/da1 = sigmoid(a1)*(1 - sigmoid(a1))",
        )
    ),
    guesses=rows("derivative-of-output"),
    few=True,
    planter=Planter(formulas=_planted),
)
