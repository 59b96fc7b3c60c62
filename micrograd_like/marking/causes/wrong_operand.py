"""Another quantity in the place of the right one: ∂E/∂w5 for ∂E/∂w6, z1 for z2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import (
    Derivative,
    Expr,
    Name,
    Quantity,
    derivatives,
    names_in,
    quantities,
    rewrite,
)
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import operand, operand_guesses
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _accept(claim: Claim, wrote: Quantity, meant: Quantity) -> bool:
    """Not where a step may go along what is made of the slope on purpose: v = 0.9·∂E/∂w."""
    if claim.sure:
        return True
    sheet = claim.facts.sheet
    below = sheet.rests_on(map(str, names_in(wrote)))
    formulas = (sheet.formulas[name] for name in below if name in sheet.formulas)
    return below.isdisjoint(names_in(meant)) or not any(map(any, map(derivatives, formulas)))


def _mends(claim: Claim, written: Expr) -> Iterator[Guess]:
    """One operand set right, or a name throughout a chain: n1 in ∂E/∂n1·∂n1/∂w for ∂n2/∂w."""
    yield from operand(_accept)(claim, written)
    ends = [name for key in derivatives(written) for name in (key.of, key.wrt)]
    for wrote in dict.fromkeys(name for name in ends if ends.count(name) > 1):
        for meant in claim.names:
            yield Guess(partial(_renamed, written, wrote, meant), wrote, meant)


def _renamed(expr: Expr, wrote: Quantity, meant: Quantity) -> Expr:
    def other(name: Quantity) -> Quantity:
        return meant if name == wrote else name

    def rule(node: Expr) -> Expr | None:
        if isinstance(node, Derivative):
            return Derivative(other(node.of), other(node.wrt))
        return other(node) if isinstance(node, Name) else None

    return rewrite(expr, rule)


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
    mends=_mends,
    numbers=operand_guesses(_accept),
    general=True,
    planter=Planter(formulas=_planted),
)
