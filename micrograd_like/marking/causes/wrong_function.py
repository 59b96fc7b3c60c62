"""Another function: log10 or tanh for the logistic function."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import rows
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.world.shape import one_call_changed
from micrograd_like.ops import ACTIVATIONS, OPS

_LOGARITHMS = {"log", "log10", "log2"}  # one for another is its own cause


def _guesses(claim: Claim) -> Iterator[Guess]:
    yield from rows("wrong-function")(claim)
    for form in claim.forms:
        for expr, old, new in one_call_changed(form, _other_function):
            yield Guess(expr, new, old)


def _mends(claim: Claim, written: Expr) -> Iterator[Guess]:
    for expr, old, new in one_call_changed(written, _other_function):
        yield Guess(expr, old, new)


def _other_function(call: Call) -> Iterator[tuple[Expr, Call]]:
    row = OPS.get(call.function)
    if row is None or row.arithmetic or row.families:
        return
    for other in OPS.values():
        if other.arithmetic or other.families or len(other.inputs) != len(row.inputs):
            continue
        if other is not row and not {other.name, row.name} <= _LOGARITHMS:
            changed = Call(other.name, call.arguments)
            yield changed, changed


def _functions(wrote: str, meant: str) -> bool:
    return not {wrote, meant} <= _LOGARITHMS


#: For what each function is taken; an activation without a line of its own, for any other.
_TAKEN_FOR = {
    **{name: tuple(other for other in ACTIVATIONS if other != name) for name in ACTIVATIONS},
    "sigmoid": ("tanh", "softplus", "log10", "exp"),
    "tanh": ("sigmoid", "sin", "tan"),
    "softplus": ("sigmoid", "relu", "exp"),
    "relu": ("sigmoid", "tanh"),
    "sin": ("cos", "tan"),
    "cos": ("sin", "tan"),
    "exp": ("sigmoid", "sqrt"),
    "sqrt": ("log10", "exp"),
}


def _planted(place: places.Place) -> Iterator[Expr]:
    if place.step.kind in ("forward", "again"):
        formula = place.step.formula
        for call in places.calls(formula, *_TAKEN_FOR):
            for function in _TAKEN_FOR[call.function]:
                yield places.replaced(formula, call, Call(function, call.arguments))


MISTAKE = Mistake(
    code="wrong-function",
    place=190,
    brief="another function",
    sentence="Another function gives this number.",
    pointed="Another function gives this: {wrote}, where {meant} belongs.",
    examples=examples(
        ("z1 = tanh(a1)", "z1 = sigmoid(a1)"),
        ("z1 = log10(0.363) = 0.59", "z1 = sigmoid(0.363) = 0.59"),
    ),
    guesses=_guesses,
    mends=_mends,
    functions=_functions,
    calculator=True,
    planter=Planter(formulas=_planted),
)
