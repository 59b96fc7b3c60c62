"""A constant factor lost or added: 2(ŷ − y) for ½(ŷ − y)²; or a step of another size."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    exact_number,
    factors,
    nodes,
    product,
    quantities,
    summed,
    terms,
    without,
)
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import rows
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    if claim.update:
        yield from _other_step(claim)
        return
    yield from rows("constant-factor")(claim)
    numbers = [Number(number) for number in sorted(_constants(claim))]
    for constant in (*numbers, *_counts(claim)):
        yield Guess(Call("mul", (constant, claim.right())))
        yield Guess(Call("div", (claim.right(), constant)))
    several = isinstance(claim.key, Derivative)
    for form in claim.forms:  # in one path alone
        for place, (sign, term) in enumerate(marked := terms(form)):
            for number in numbers if several and len(marked) > 1 else ():
                for scaled in (Call("mul", (number, term)), Call("div", (term, number))):
                    whole = [*marked[:place], (sign, scaled), *marked[place + 1 :]]
                    yield Guess(summed(whole), meant=term)
    for form in claim.forms:  # in the shape in which it is written
        for place, (mark, factor) in enumerate(marked := factors(form)):
            if exact_number(factor) is not None or (mark == "/" and _count(claim, factor)):
                yield Guess(product(without(marked, place)), meant=factor)


def _other_step(claim: Claim) -> Iterator[Guess]:
    """A step twice or half as long, or as much so as a number in the line says."""
    if isinstance(claim.target, Call):
        weight, step = claim.target.arguments
        written = nodes(claim.formula, Number) if claim.formula is not None else []
        sizes = dict.fromkeys([2, *(n.value for n in written if n.value not in (0, 1))])
        for size in sizes:
            for function in ("mul", "div"):
                yield Guess(Call("sub", (weight, Call(function, (step, Number(size))))))


def _constants(claim: Claim) -> set[int]:
    """2, and the whole numbers in the formulas of what the line is about."""
    found = {2}
    for formula in _formulas(claim):
        for number in nodes(formula, Number):
            if isinstance(number.value, int) and 1 < abs(number.value) <= 100:
                found.add(abs(number.value))
    return found


def _counts(claim: Claim) -> dict[Expr, None]:
    """The counts that the formulas of what the line is about divide by, as the n of a mean."""
    divisions = (c for f in _formulas(claim) for c in nodes(f, Call) if c.function == "div")
    below = (leaf for call in divisions for leaf in quantities(call.arguments[1]))
    return dict.fromkeys(leaf for leaf in below if _count(claim, leaf))


def _formulas(claim: Claim) -> Iterator[Expr]:
    key = claim.key
    for name in (key.of, key.wrt) if isinstance(key, Derivative) else (key,):
        if name in claim.facts.definitions:
            yield claim.facts.definitions[name]


def _count(claim: Claim, factor: Expr) -> bool:
    """True for a given whole number, as the n of a mean."""
    number = claim.facts.truth.sources.get(factor, 0.5) if isinstance(factor, Name) else 0.5
    return number > 1 and number.is_integer()


def _undone(claim: Claim, written: Expr) -> Iterator[Guess]:
    yield Guess(Call("div", (written, Number(2))))
    yield Guess(Call("mul", (written, Number(2))))


def _planted(place: places.Place) -> Iterator[Expr]:
    """The ½ of the cost forgotten, or the 2 of the square."""
    formula = place.step.formula
    if place.step.kind in ("forward", "again"):
        yield from _without_constant(formula)
        return
    for link in place.links:
        for wrong in _without_constant(link.expr):
            yield place.relinked(link, wrong)
        constants = [c for c in places.calls(place.task.definitions[link.of]) if _constant(c)]
        if constants and not list(_without_constant(link.expr)):
            yield place.relinked(link, Call("mul", (Number(2), link.expr)))


def _without_constant(formula: Expr) -> Iterator[Expr]:
    for call in places.calls(formula, "mul", "div"):
        match call:
            case Call(_, (kept, Number())) | Call("mul", (Number(), kept)):
                yield places.replaced(formula, call, kept)
            case Call("div", (Number(int(value)), below)) if value != 1:
                yield places.replaced(formula, call, Call("div", (Number(1), below)))


def _constant(call: Call) -> bool:
    """True for 2x, x/2 and x²."""
    return call.function in ("mul", "div", "pow") and any(
        isinstance(argument, Number) for argument in call.arguments
    )


MISTAKE = Mistake(
    code="constant-factor",
    place=60,
    brief="a constant factor lost or added",
    sentence="A constant factor, such as 2, 1/2 or 1/n, is lost or added.",
    examples=examples(
        ("dE/dyhat = 2*(yhat - y)", "dE/dyhat = 2*(yhat - y)/2"),
        ("dE/dyhat = (yhat - y)/2", "dE/dyhat = (yhat - y)"),
    ),
    guesses=_guesses,
    undone=_undone,
    few=True,
    planter=Planter(formulas=_planted),
)
