"""The factor itself for the other one: ∂a3/∂w5 = w5 for a3 = z1·w5, where it is z1."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Derivative, Expr, Name, quantities
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import rows
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _mends(claim: Claim, written: Expr) -> Iterator[Guess]:
    """What is differentiated by, in place of what it is multiplied by."""
    if isinstance(claim.key, Derivative) and written == claim.key.wrt:
        right = claim.forms[0]
        if claim.key.wrt not in quantities(right):  # x² by x is no product with another factor
            yield Guess(claim.right(), written, right)


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        for product in places.calls(place.task.definitions[link.of], "mul"):
            match product.arguments:
                case (Name() as this, Name() as other) | (Name() as other, Name() as this) if (
                    this == link.wrt
                ):
                    for wrong in _swapped(link.expr, other, this):
                        yield place.relinked(link, wrong)


def _swapped(expr: Expr, old: Name, new: Name) -> Iterator[Expr]:
    """The formula with ``new`` for ``old`` where it is a factor; not inside a function."""
    if expr == old:
        yield new
    for call in places.calls(expr, "mul"):
        left, right = call.arguments
        if right == old:
            yield places.replaced(expr, call, Call("mul", (left, new)))
        elif left == old:
            yield places.replaced(expr, call, Call("mul", (new, right)))


MISTAKE = Mistake(
    code="swapped-operand",
    place=40,
    brief="the factor itself for the other one",
    sentence="Of a product, the derivative by one factor is the other factor.",
    pointed="Of a product, the derivative by one factor is the other factor: {meant}, not {wrote}.",
    examples=examples(
        ("da3/dw5 = w5", "da3/dw5 = z1"),
        ("dE/dz1 = dE/da3*z1", "dE/dz1 = dE/da3*w5"),
    ),
    guesses=rows("swapped-operand"),
    mends=_mends,
    few=True,
    planter=Planter(formulas=_planted),
)
