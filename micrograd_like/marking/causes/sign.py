"""A sign turned: dE/dŷ = y − ŷ for ½(ŷ − y)²."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, summed, terms
from micrograd_like.marking.hand import Figure
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import rows
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.world.shape import has_condition, one_call_changed


def _guesses(claim: Claim) -> Iterator[Guess]:
    """The whole, one term of a sum, or a sign somewhere inside."""
    if claim.update:
        return
    yield Guess(Call("neg", (claim.right(),)))
    yield from rows("sign")(claim)
    for form in claim.forms:
        for place, (sign, term) in enumerate(marked := terms(form)):
            if len(marked) > 1:
                turned = ("-" if sign == "+" else "+", term)
                yield Guess(summed([*marked[:place], turned, *marked[place + 1 :]]))
        if not has_condition(form):  # a sign turned in a condition is another condition
            for expr, old, new in one_call_changed(form, _other_sign):
                yield Guess(expr, new, old)


def _other_sign(call: Call) -> Iterator[tuple[Expr, Call | None]]:
    match call:
        case Call("add", operands):
            yield (turned := Call("sub", operands)), turned
        case Call("sub", operands):
            yield (turned := Call("add", operands)), turned
        case Call("neg", (operand,)):
            yield operand, None


def _undone(claim: Claim, written: Expr) -> Iterator[Guess]:
    if not claim.update:
        yield Guess(Call("neg", (written,)))


def _mends(claim: Claim, written: Expr) -> Iterator[Guess]:
    """The whole with its sign turned back, or with one sign inside, in whatever shape it is."""
    yield from _undone(claim, written)
    if not claim.update and not has_condition(written):
        for expr, old, new in one_call_changed(written, _other_sign):
            yield Guess(expr, old, new)


def _turned(figure: Figure, true: float) -> bool:
    return true != 0 and figure.meets(Figure.exact(-true))


def _planted(place: places.Place) -> Iterator[Expr]:
    """For ŷ − y it is y − ŷ; for 1 − z² it is 1 + z²."""
    formula, kind = place.step.formula, place.step.kind
    if kind in ("local", "chain"):
        yield places.negative(formula)
    if kind != "update":  # there it is an ascent
        for call in places.calls(formula, "add", "sub"):
            turned = "sub" if call.function == "add" else "add"
            yield places.replaced(formula, call, Call(turned, call.arguments))
        if kind in ("forward", "again"):
            for call in places.calls(formula, "neg"):
                yield places.replaced(formula, call, call.arguments[0])


MISTAKE = Mistake(
    code="sign",
    place=10,
    brief="a sign turned",
    sentence="The sign is turned.",
    examples=examples(
        ("dE/dyhat = y - yhat", "dE/dyhat = yhat - y"),
        ("dE/dyhat = yhat + y", "dE/dyhat = yhat - y"),
        ("dE/dx1 = dE/da1*w1 - dE/da2*w3", "dE/dx1 = dE/da1*w1 + dE/da2*w3"),
    ),
    guesses=_guesses,
    mends=_mends,
    undone=_undone,
    of_path=-1,
    misread=_turned,
    few=True,
    planter=Planter(formulas=_planted),
)
