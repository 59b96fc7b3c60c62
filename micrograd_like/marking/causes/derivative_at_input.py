"""An activation's derivative formed from its input: a(1 − a) for σ′(a), which is z(1 − z)."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Derivative, Expr, Quantity, nodes, quantities
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import operand, rows
from micrograd_like.marking.slips.mistakes import Mistake, examples
from micrograd_like.ops import OPS


def _accept(claim: Claim, wrote: Quantity, meant: Quantity) -> bool:
    """True for what a function makes ``meant`` of: z for a = 1/(1 + e^−z), x1 for p1 = e^x1/S."""
    definitions = claim.facts.definitions
    formula = definitions.get(meant)
    if formula is None or isinstance(wrote, Derivative):
        return False
    parts = [formula, *(definitions.get(leaf, leaf) for leaf in quantities(formula))]
    return any(
        call.arguments in ((wrote,), (Call("neg", (wrote,)),))
        for part in parts
        for call in nodes(part, Call)
        if call.function in OPS and not OPS[call.function].arithmetic
    )


def _planted(place: places.Place) -> Iterator[Expr]:
    for link, argument in place.activated:
        yield place.relinked(link, places.replaced(link.expr, link.of, argument))


MISTAKE = Mistake(
    code="derivative-at-input",
    place=20,
    brief="an activation's derivative formed from its input",
    sentence="The activation's derivative is formed from its input; it belongs to its output.",
    pointed="The activation's derivative is formed from its input: {wrote}, not {meant}.",
    examples=(
        *examples(("dz1/da1 = a1*(1 - a1)", "dz1/da1 = z1*(1 - z1)")),
        *examples(
            ("dp1/dx1 = p1*(1 - x1)", "dp1/dx1 = p1*(1 - p1)"),
            ("dp1/dx2 = -p1*x2", "dp1/dx2 = -p1*p2"),
            ("dh/dx2 = x2*(1 - x2)", "dh/dx2 = h*(1 - h)"),
            sheet="x1 = 1\nx2 = 0.5\nS = exp(x1) + exp(x2)\np1 = exp(x1)/S\n"
            "p2 = exp(x2)/S\nh = 1/(1 + exp(-x2))\n",
        ),
    ),
    guesses=rows("derivative-at-input"),
    mends=operand(_accept),
    few=True,
    planter=Planter(formulas=_planted),
)
