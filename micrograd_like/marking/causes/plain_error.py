"""A hidden error without the outputs' derivatives: ∂E/∂h1 = −(w11·e1 + w21·e2), Wᵀ·e."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.exercises.task import Link as Factor
from micrograd_like.formula import Call, Derivative, Expr, Quantity, nodes
from micrograd_like.graph import Link
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import (
    added_links,
    as_calculated,
    turned_round,
    weighted,
    without_activations,
)
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.ops import ACTIVATIONS

#: Two outputs behind two hidden nodes, the errors as courses write them.
SHEET = """
h1 = 0.5
h2 = 0.62
w11 = 0.2
w12 = 0.13
w21 = 0.31
w22 = 0.4
t1 = 1
t2 = 0
a1 = w11*h1 + w12*h2
a2 = w21*h1 + w22*h2
o1 = sigmoid(a1)
o2 = sigmoid(a2)
e1 = t1 - o1
e2 = t2 - o2
E = (e1^2 + e2^2)/2
"""

#: One output, whose weighted sum has no name.
ONE_OUTPUT = """
h1 = 0.5
h2 = 0.62
w1 = 0.2
w2 = 0.13
t = 1
o = sigmoid(w1*h1 + w2*h2)
E = (t - o)^2/2
"""


def _guesses(claim: Claim) -> Iterator[Guess]:
    if open_links := _open_links(claim):
        yield Guess(claim.chain(open_links))


def _numbers(claim: Claim) -> Iterator[Guess]:
    if open_links := _open_links(claim):
        for formula in as_calculated(claim, open_links):
            yield Guess(formula)
            yield from turned_round(claim, formula)


def _open_links(claim: Claim) -> dict[Link, Expr]:
    """The outputs' links without their derivatives, of what is about a hidden node."""
    if added_links(claim):  # the derivative is there, with + for ·
        return {}
    return without_activations(claim) if len(claim.paths) > 1 or _hidden(claim) else {}


def _hidden(claim: Claim) -> bool:
    """True for the one path to a hidden node, or through it, written without derivatives.

    Where it is written in derivatives, as ∂E/∂ŷ·w5, one of them is left out.
    """
    written = nodes(claim.formula, Derivative) if claim.formula is not None else []
    return not written and any(weighted(claim, link) for link in claim.links)


def _planted(place: places.Place) -> Iterator[Expr]:
    paths = [_open(place, term) for term in place.step.terms]
    if len(paths) > 1 and all(paths):
        yield places.chained(paths)


def _open(place: places.Place, term: Sequence[Factor]) -> list[Factor]:
    """The path without the output's activation: ∂E/∂o for ∂E/∂n where o = σ(n).

    Empty where it has none, or where ∂E/∂o is not written yet.
    """
    first, *rest = term
    for link in term:
        if _is_output(place, link.of, link.wrt):
            return [other for other in term if other is not link]
    match place.task.graph.users.get(first.wrt, []):
        case [out] if rest and _is_output(place, out, first.wrt):
            slope = Derivative(first.of, out)
            return [Factor(first.of, out, slope), *rest] if slope in place.before else []
    return []


def _is_output(place: places.Place, out: Quantity, wrt: Quantity) -> bool:
    """True for o = σ(n) with no other activation between it and the cost."""
    after = place.task.graph.dependents(out) - {out}
    return _activation(place, out) == (wrt,) and not any(_activation(place, n) for n in after)


def _activation(place: places.Place, name: Quantity) -> tuple[Expr, ...]:
    """What the activation is applied to whose output this is; () of anything else."""
    match place.task.definitions.get(name):
        case Call(function, arguments) if function in ACTIVATIONS:
            return arguments
    return ()


MISTAKE = Mistake(
    code="plain-error",
    place=105,
    brief="hidden error without the outputs' derivatives",
    sentence="The outputs' errors go back through the weights alone; on every path the derivative "
    "of the output's activation stands between them.",
    examples=(
        *examples(
            ("dE/dh1 = -(w11*e1 + w21*e2)", "dE/dh1 = -(w11*e1*o1*(1 - o1) + w21*e2*o2*(1 - o2))"),
            ("dE/dh2 = -w12*e1 - w22*e2", "dE/dh2 = -(w12*e1*o1*(1 - o1) + w22*e2*o2*(1 - o2))"),
            ("dE/dh1 = -(0.2*0.4550 + 0.31*(-0.5994))", "dE/dh1 = 0.0221"),
            ("dE/dh1 = -0.0948", "dE/dh1 = 0.0221"),
            ("dE/dh1 = -0.0131", "dE/dh1 = 0.0221"),
            sheet=SHEET,
        ),
        *examples(
            ("dE/dh1 = -w1*(t - o)", "dE/dh1 = -w1*(t - o)*o*(1 - o)"),
            ("dE/dh2 = -0.13*0.4550 = -0.0592", "dE/dh2 = -0.13*0.4550*0.5450*0.4550"),
            sheet=ONE_OUTPUT,
        ),
    ),
    pointed="The outputs' errors go back through the weights alone, without the derivatives of "
    "the outputs' activations, and by W for Wᵀ: {wrote} stands where {meant} belongs.",
    guesses=_guesses,
    numbers=_numbers,
    planter=Planter(formulas=_planted),
)
