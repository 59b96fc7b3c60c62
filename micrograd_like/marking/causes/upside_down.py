"""A derivative upside down: ∂w/∂E where ∂E/∂w belongs."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Derivative, Expr, Number, quantities
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.world.shape import replaced


def _mends(claim: Claim, written: Expr) -> Iterator[Guess]:
    """Only a derivative that is there can be meant: ∂b/∂ŷ is no quantity of ŷ = w·x + b."""
    graph = claim.facts.graph
    if graph is None:
        return
    for wrote in quantities(written):
        if isinstance(wrote, Derivative) and graph.between(wrote.wrt, wrote.of):
            meant = Derivative(wrote.wrt, wrote.of)
            yield Guess(replaced(written, wrote, meant), wrote, meant)


def _guesses(claim: Claim) -> Iterator[Guess]:
    """A link as 1 divided by it."""
    for link in claim.links:
        local = claim.facts.locals[link]
        if local not in (Number(1), Number(0)):
            turned = Call("div", (Number(1), local))
            of, wrt = link
            yield Guess(claim.chain({link: turned}), Derivative(wrt, of), Derivative(of, wrt))


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        yield place.relinked(link, Call("div", (Number(1), link.expr)))


MISTAKE = Mistake(
    code="upside-down",
    place=85,
    brief="a derivative upside down",
    sentence="A derivative stands upside down.",
    pointed="{wrote} is upside down: {meant} belongs there.",
    examples=examples(
        ("w5' = w5 - alpha*dw5/dE", "w5' = w5 - alpha*dE/dw5"),
        ("dE/dw5 = dE/da3*dw5/da3", "dE/dw5 = dE/da3*da3/dw5"),
    ),
    guesses=_guesses,
    mends=_mends,
    planter=Planter(formulas=_planted),
)
