"""Differentiated by another variable, all of it or a term: 2x + … for ∂(x² + …)/∂y."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import (
    Call,
    Expr,
    Number,
    exact_number,
    names,
    nodes,
    quantities,
    simplify,
)
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import in_place
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.slips.slopes import (
    Rule,
    Slip,
    Slope,
    Slopes,
    changed,
    directly,
    slipped,
    slope,
)


def _guesses(claim: Claim) -> Iterator[Guess]:
    for piece in claim.pieces:
        right = slope(piece.formula, piece.leaf)
        for other in quantities(piece.formula):
            if piece.leaf(other) is None:  # else it is a link left out
                by_other = directly(other)
                whole = slope(piece.formula, by_other)
                if right is not None and whole is not None and _of_another_shape(whole, right):
                    yield in_place(piece, Slip(whole, whole, right))
                for slip in slipped(piece.formula, piece.leaf, _of_terms(by_other)):
                    yield in_place(piece, slip)


def _of_terms(by_other: Slopes) -> Rule:
    def rule(call: Call, slopes: Sequence[Slope]) -> Iterator[Slip]:
        for place, own in enumerate(slopes if call.function in ("add", "sub") else ()):
            wrong = slope(call.arguments[place], by_other)
            if wrong is not None and (own is None or _of_another_shape(wrong, own)):
                yield changed(call, slopes, place, wrong)

    return rule


def _of_another_shape(a: Expr, b: Expr) -> bool:
    """True for x² and 2x·y or 2x; of −2y and x one may say that a name stands for another."""
    return _shape(a) != _shape(b)


def _shape(expr: Expr) -> list[tuple[str, Number | None]]:
    """The functions in a formula, but for factors and signs, each power with its exponent."""
    calls = (c for c in nodes(simplify(expr), Call) if c.function not in ("mul", "neg"))
    found = ((c.function, exact_number(c.arguments[-1])) for c in calls)
    return sorted(((f, n if f == "pow" else None) for f, n in found), key=str)


def _planted(place: places.Place) -> Iterator[Expr]:
    """One term of a sum by another of its names; of aˣ, that by a is the power rule misused."""
    for link in place.links:
        match place.task.definitions[link.of]:
            case Call("add" | "sub" as function, (first, second)):
                own = [places.derived(place.task, part, link.wrt) for part in (first, second)]
                powers = places.calls(first, "pow")
                below = [call.arguments[0] for call in powers if call.arguments[1] == link.wrt]
                for other in (name for name in names(first) if name not in below):
                    wrong = places.derived(place.task, first, other)
                    if other != link.wrt and wrong is not None and own[1] is not None:
                        yield place.relinked(link, Call(function, (wrong, own[1])))


MISTAKE = Mistake(
    code="other-variable",
    place=115,
    brief="differentiated by another variable",
    sentence="It is differentiated with respect to another variable.",
    pointed="It is differentiated with respect to another variable: {wrote}, not {meant}.",
    examples=examples(
        ("dE/dy = 2x + x*cos(x*y)", "dE/dy = x*cos(x*y)"),
        ("dE/dy = 2x + y*cos(x*y)", "dE/dy = x*cos(x*y)"),
        ("dg/dy = 2 + cos(x*y) - x*y*sin(x*y)", "dg/dy = cos(x*y) - x*y*sin(x*y)"),
        ("dL/dy = 2E*(2x + x*cos(x*y))", "dL/dy = 2E*x*cos(x*y)"),
        ("dP/dx = 3x^2*y^2", "dP/dx = 2x*y^3"),
        sheet="x = 0.5\ny = 1.2\nE = x^2 + sin(x*y)\ng = dE/dx\nL = E^2\nP = x^2*y^3\n",
    ),
    guesses=_guesses,
    alone=True,
    planter=Planter(formulas=_planted),
)
