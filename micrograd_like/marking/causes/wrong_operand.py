"""Another quantity in the place of the right one: ∂E/∂w5 for ∂E/∂w6, z1 for z2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Derivative, Expr, Name, Quantity, quantities
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import operand, operand_guesses
from micrograd_like.marking.slips.mistakes import Mistake, examples


def _accept(claim: Claim, wrote: Quantity, meant: Quantity) -> bool:
    """Any other name of the same kind: a given for a given, a result for a result."""
    return True


def _planted(place: places.Place) -> Iterator[Expr]:
    """A neighbour in place of the right name."""
    formula, kind = place.step.formula, place.step.kind
    for leaf in quantities(formula):
        if kind == "update" and isinstance(leaf, Name):
            continue  # it would no longer be an update of this name
        for other in sorted(place.before, key=str):
            if _neighbours(place, leaf, other):
                yield places.replaced(formula, leaf, other)


def _neighbours(place: places.Place, key: Quantity, other: Quantity) -> bool:
    if key == other or isinstance(key, Derivative) is not isinstance(other, Derivative):
        return False
    if isinstance(key, Derivative) and isinstance(other, Derivative):
        pairs = [(key.of, other.of), (key.wrt, other.wrt)]
        below = place.task.graph.dependents
        if key.wrt != other.wrt and (key.wrt in below(other.wrt) or other.wrt in below(key.wrt)):
            return False  # further along the same chain: that is a link left out or added
    else:
        pairs = [(key, other)]
    alike = all(_family(a) == _family(b) for a, b in pairs)
    transposed = [set[Quantity](map(Name, pair)) for pair in place.task.shape.transposed]
    return alike and not any({a, b} in transposed for a, b in pairs)


def _family(name: Quantity) -> tuple[str, bool]:
    """Letters without their number, and whether it is numbered; w5' and w5 are two families."""
    bare = re.sub(r"\d+", "", str(name))
    return bare, bare == name


MISTAKE = Mistake(
    code="wrong-operand",
    place=170,
    brief="another quantity in the place of the right one",
    sentence="Another quantity stands in the place of the right one.",
    pointed="{wrote} stands where {meant} belongs.",
    examples=examples(
        ("dE/dw5 = dE/da3*z2", "dE/dw5 = dE/da3*z1"),
        ("w6' = w6 - alpha*dE/dw5", "w6' = w6 - alpha*dE/dw6"),
        ("z1 = sigmoid(a2)", "z1 = sigmoid(a1)"),
    ),
    mends=operand(_accept),
    numbers=operand_guesses(_accept),
    general=True,
    planter=Planter(formulas=_planted),
)
