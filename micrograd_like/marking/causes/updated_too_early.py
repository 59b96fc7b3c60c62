"""A new weight used where the old one belongs: ∂E/∂z1 = ∂E/∂a3·w5'."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Expr, Name, Quantity, names, quantities
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import operand
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.world.shape import replaced


def _accept(claim: Claim, wrote: Quantity, meant: Quantity) -> bool:
    return isinstance(wrote, Name) and wrote.endswith("'") and wrote.rstrip("'") == meant


def _all_of_them(claim: Claim) -> Iterator[Guess]:
    for form in claim.forms:
        early = form
        for leaf in quantities(form):
            new = Name(f"{leaf}'")
            if isinstance(leaf, Name) and new in claim.names:
                early = replaced(early, leaf, new)
        if early != form:
            yield Guess(early)


def _planted(place: places.Place) -> Iterator[Expr]:
    """∂E/∂z1 with w5', which is not yet in force."""
    formula = place.step.formula
    if place.step.kind in ("local", "chain"):
        for name in names(formula):
            if f"{name}'" in place.before:
                yield places.replaced(formula, name, Name(f"{name}'"))


MISTAKE = Mistake(
    code="updated-too-early",
    place=90,
    brief="a new weight used where the old one belongs",
    sentence="New weights are used where the old ones belong.",
    pointed="The updated {wrote} is used where the old {meant} belongs.",
    examples=examples(
        (
            "w5' = w5 - alpha*dE/dw5\ndE/dz1 = dE/da3*w5'",
            "w5' = w5 - alpha*dE/dw5\ndE/dz1 = dE/da3*w5",
        )
    ),
    mends=operand(_accept),
    numbers=_all_of_them,
    planter=Planter(formulas=_planted, at_once=True),
)
