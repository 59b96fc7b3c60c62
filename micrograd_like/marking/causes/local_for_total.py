"""The derivative with all else held fixed, where the total one belongs: v for s = h(x) + v·x."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Expr
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import in_place
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.slips.slopes import Slip


def _guesses(claim: Claim) -> Iterator[Guess]:
    graph = claim.facts.graph
    for piece in claim.pieces:
        link = (piece.total.of, piece.total.wrt)
        if graph is not None and link in claim.facts.locals and not graph.only_way(*link):
            local = claim.facts.locals[link]
            yield in_place(piece, Slip(local, local, piece.total))


def _planted(place: places.Place) -> Iterator[Expr]:
    for term in place.direct:
        yield places.chained([term])


MISTAKE = Mistake(
    code="local-for-total",
    place=95,
    brief="the local derivative for the total one",
    sentence="This is the derivative with all else held fixed; what belongs here is the total "
    "one, the sum over all paths.",
    pointed="{wrote} is {meant} with all else held fixed; what belongs here is the total "
    "derivative, the sum over all paths.",
    examples=examples(
        ("dE/dx = 2(s - y)*v", "dE/dx = 2(s - y)*(v + w*(1 - h^2))"),
        ("dE/dx = dE/ds*v", "dE/dx = dE/ds*(v + w*(1 - h^2))"),
        sheet="x = 0.7\nw = -0.4\nv = 1.3\ny = 0.2\nh = tanh(w*x)\ns = h + v*x\nE = (s - y)^2\n",
    ),
    guesses=_guesses,
    few=True,
    planter=Planter(formulas=_planted),
)
