"""A logarithm to another base: −1/ŷ for −log10 ŷ; or the other logarithm's value."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Expr, rewrite
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import rows
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.slips.slopes import slope
from micrograd_like.marking.world.shape import one_call_changed

_LOGARITHMS = ("log", "log10", "log2")


def _guesses(claim: Claim) -> Iterator[Guess]:
    yield from rows("log-base")(claim)
    for form in claim.forms:
        for expr, old, new in one_call_changed(form, _other_logarithm):
            yield Guess(expr, new, old)
        for function in _LOGARITHMS:
            if (expr := _all_logarithms(form, function)) != form:
                yield Guess(expr)
    for piece in claim.pieces:
        for function in _LOGARITHMS:
            other = _all_logarithms(piece.formula, function)
            own = slope(other, piece.leaf) if other != piece.formula else None
            if own is not None:
                yield Guess(piece.within(own), other, piece.formula)


def _all_logarithms(form: Expr, function: str) -> Expr:
    """The formula with every logarithm to the same base."""

    def rule(node: Expr) -> Expr | None:
        match node:
            case Call(other, arguments) if other in _LOGARITHMS:
                return Call(function, arguments)
        return None

    return rewrite(form, rule)


def _other_logarithm(call: Call) -> Iterator[tuple[Expr, Call]]:
    for function in _LOGARITHMS if call.function in _LOGARITHMS else ():
        if function != call.function:
            other = Call(function, call.arguments)
            yield other, other


def _mends(claim: Claim, written: Expr) -> Iterator[Guess]:
    for expr, old, new in one_call_changed(written, _other_logarithm):
        yield Guess(expr, old, new)


def _functions(wrote: str, meant: str) -> bool:
    return {wrote, meant} <= {*_LOGARITHMS}


_BASES = {"log": "log10", "log10": "log"}


def _planted(place: places.Place) -> Iterator[Expr]:
    """For log10 it is ln, or the other way round; or the derivative of the wrong one."""
    formula = place.step.formula
    if place.step.kind in ("forward", "again"):
        if places.calls(formula, *_BASES):
            yield _other_base(formula)
        return
    for link in place.links:
        definition = place.task.definitions[link.of]
        if places.calls(definition, *_BASES):
            other = _other_base(definition)
            wrong = places.derived(place.task, other, link.wrt)
            if wrong is not None:
                yield place.relinked(link, wrong)


def _other_base(formula: Expr) -> Expr:
    for call in places.calls(formula, *_BASES):
        formula = places.replaced(formula, call, Call(_BASES[call.function], call.arguments))
    return formula


MISTAKE = Mistake(
    code="log-base",
    place=50,
    brief="a logarithm to another base",
    sentence="The logarithm has another base: natural and base 10 are mixed up.",
    pointed="The logarithm has another base: {wrote} for {meant}.",
    examples=examples(
        ("dE/dp = -1/p", "dE/dp = -1/(p*ln(10))"),
        ("E = -log10(p) = 0.357", "E = -log10(p) = 0.155"),
        sheet="p = 0.7\nE = -log10(p)\n",
    ),
    guesses=_guesses,
    mends=_mends,
    functions=_functions,
    few=True,
    calculator=True,
    planter=Planter(formulas=_planted),
)
