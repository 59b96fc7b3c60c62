"""Functions that a document uses and never defines: f in a = f(z) and f′(z).

A formula about them may be right whatever they are, or for one of them alone. So they are put in
one after the other: the usual activations, and smooth functions that are nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.formula import Expr, parse
from micrograd_like.worksheet.naming.survey import Survey
from micrograd_like.worksheet.tokens.spelling import is_letters
from micrograd_like.worksheet.vocabulary import FUNCTIONS

#: Letters that are functions where they only stand before brackets; others need a prime: q'(z).
_LETTERS = {*"fghsFGH", "phi", "psi", "Phi", "Psi", "rho", "act", "activation"}
_ARGUMENT = "x"
#: What they may be, in words and as a formula: {0} tells several of them apart.
READINGS = (
    ("the logistic function", "1/(1 + exp(-x))"),
    ("tanh", "tanh(x)"),
    ("a smooth function of its own", "0.5 + 0.07*{0} + 0.25*sin(1.3*x + {0})"),
)


def open_functions(found: Survey, defined: set[str]) -> list[str]:
    """The functions of one argument that nothing defines, in order.

    Args:
        found: What stands where in the document.
        defined: Its quantities and the functions that it defines.
    """
    primed = {name.rstrip("'") for name in found.called if name.endswith("'")}
    bases = {name.rstrip("'") for name in found.called}
    others = FUNCTIONS.keys() | found.calls_of | {call.name for call in found.calls}
    others |= defined - found.same_letter
    return sorted(
        base
        for base in bases - others
        if is_letters(base)
        and (len(base) == 1 or base.lower() not in FUNCTIONS)
        and found.arities[base] | found.arities[f"{base}'"] == {1}
        and (base in primed | found.same_letter or (base in _LETTERS and base not in found.bare))
        and {"names", "other"} & (found.called[base] | found.called[f"{base}'"])
    )


def bodies(names: Sequence[str], reading: int) -> dict[str, tuple[tuple[str, ...], Expr]]:
    """For every function its argument and what it gives, in one of the :data:`READINGS`."""
    formula = READINGS[reading][1]
    return {
        name: ((_ARGUMENT,), parse(formula.format(place))) for place, name in enumerate(names, 1)
    }


def told_of(names: Sequence[str]) -> Iterator[str]:
    """What is assumed of them, in words."""
    if names:
        *others, last = (said for said, _ in READINGS)
        which = f"{', '.join(names)} {'are' if len(names) > 1 else 'is'}"
        yield f"What {which} is not said: judged with {', '.join(others)} and {last}"
