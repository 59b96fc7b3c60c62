"""Figures put into a formula: which of them is not its operand's, and what makes it so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Marked,
    Name,
    Number,
    Quantity,
    exact_number,
    nodes,
    operands,
)
from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.hand import Figure, opened, worked_out
from micrograd_like.marking.judging.compare import Pair
from micrograd_like.marking.records import Cause
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.world.shape import other_function
from micrograd_like.marking.world.values import value

#: Nodes of figures that are laid beside a formula.
_MOST_FIGURES = 200
#: A result's figure is known by so many digits: its rounding is so small a part of it.
_KNOWN = 0.02


def explained(claim: Claim, figures: Expr, operand: Expr) -> Iterator[tuple[Cause, bool]]:
    """The causes of figures that are not their operand's, and whether each is beyond doubt."""
    if isinstance(figures, Call) and exact_number(figures) is None:
        if other_function(figures, operand) and isinstance(operand, Call):
            for mistake in CAUSES:
                if mistake.functions and mistake.functions(figures.function, operand.function):
                    yield Cause(mistake.code, figures, operand), False
        for inner in only_one_off(claim, figures, operand):
            yield from explained(claim, *inner)
        return
    figure = _result(claim, figures)
    if figure is None:
        return
    given = exact_number(figures) is not None and operand in claim.facts.truth.sources
    found = list(_misput(claim, figures, figure, operand, given))
    if given and not found:
        found = [Cause(mistake.code, figures, operand) for mistake in CAUSES if mistake.given]
    for cause in found:
        yield cause, _siblings(cause.wrote, cause.meant)


def _misput(
    claim: Claim, figures: Expr, figure: Figure, operand: Expr, given: bool
) -> Iterator[Cause]:
    """What makes a figure of an operand: miswritten, or that of another quantity."""
    expected = list(given_by(claim, [operand]))
    whole = given and _as_many_places(figure, expected[0].center)
    others = list(_of_others(claim, figure, operand))
    for mistake in CAUSES:
        misread = None if whole and mistake.rounding else mistake.misread
        if misread is not None and any(misread(figure, e.center) for e in expected):
            yield Cause(mistake.code, figures, operand)
        for guess in chain.from_iterable(mistake.mends(claim, o) for o in others if mistake.mends):
            if guess.expr == operand:
                yield Cause(mistake.code, guess.wrote, guess.meant)
                break
    for link in claim.links:
        if operand == Derivative(*link) or claim.facts.truth.equal(operand, Derivative(*link)):
            yield from _of_slope(claim, figures, figure, Derivative(*link))
            break


def _of_slope(claim: Claim, figures: Expr, figure: Figure, slope: Derivative) -> Iterator[Cause]:
    """The slips of a derivative that lead to the figure put in for it: 1 for a ReLU's 0."""
    alone = replace(claim, key=slope, target=slope)
    for mistake in CAUSES:
        guesses = mistake.guesses(alone) if mistake.few and mistake.guesses else ()
        if any(comes_to(alone, figure, guess.expr) for guess in guesses):
            yield Cause(mistake.code, figures, slope)


def _as_many_places(figure: Figure, given: float) -> bool:
    """True where a given can be repeated in so many places: nothing is rounded then."""
    unit = figure.high - figure.low
    return given.is_integer() if not unit else abs(given / unit - round(given / unit)) < 1e-6


def _of_others(claim: Claim, figure: Figure, operand: Expr) -> Iterator[Quantity]:
    """The quantities whose figure it is: a given's is repeated exactly; a result's has digits."""
    sources = claim.facts.truth.sources
    small = figure.center.is_integer() and abs(figure.center) <= 10
    for wrote in (*claim.names, *claim.others):
        if wrote == operand:
            continue
        if small and not _siblings(wrote, operand):  # 1 is the number of many
            continue
        if wrote in sources:
            if figure.center == sources[wrote]:
                yield wrote
        elif roughness(figure) <= _KNOWN:
            known = claim.carried(wrote)
            if known is not None and figure.meets(known):
                yield wrote


def _siblings(a: Expr | None, b: Expr | None) -> bool:
    """True for t1 and t2."""
    names = isinstance(a, Name) and isinstance(b, Name)
    return names and a != b and str(a).rstrip("0123456789") == str(b).rstrip("0123456789")


# Side by side.


def only_one_off(claim: Claim, figures: Expr, formula: Expr) -> list[Pair]:
    """Of figures in the shape of a formula, the one that is not its operand's; however often."""
    if len(nodes(figures, object)) > _MOST_FIGURES:
        return []
    off = list(dict.fromkeys(_off(claim, figures, formula)))
    return off if len(off) == 1 and off != [(figures, formula)] else []


def _off(claim: Claim, figures: Expr, formula: Expr) -> Iterator[Pair]:
    if comes_to(claim, _result(claim, figures), formula):
        return
    number = exact_number(figures)
    match formula:
        case Call("neg", (inner,)) if number is not None:
            yield Number(-number.value, number.places), inner
            return
    ours, theirs = operands(figures), operands(formula)
    if ours is None or theirs is None or not _alike(figures, formula, ours, theirs):
        yield figures, formula
        return
    for (mark, a), (other, b) in zip(ours, theirs, strict=True):
        yield from _off(claim, a if mark == other else Call("neg", (a,)), b)


def _alike(figures: Expr, formula: Expr, ours: list[Marked], theirs: list[Marked]) -> bool:
    """True for the same operands in the same places; a term may have its minus within."""
    if other_function(figures, formula) or len(ours) != len(theirs):
        return False
    marks = [(mark, other) for (mark, _), (other, _) in zip(ours, theirs, strict=True)]
    return all(mark == other or {mark, other} == {"+", "-"} for mark, other in marks)


def _result(claim: Claim, figures: Expr) -> Figure | None:
    formula, numbers = opened(figures, Figure.written)
    return worked_out(formula, lambda key: numbers.get(key) or claim.stated(key))


def comes_to(claim: Claim, figure: Figure | None, formula: Expr) -> bool:
    """Whether a figure is what the formula gives."""
    return figure is not None and any(figure.meets(e) for e in given_by(claim, [formula]))


def given_by(claim: Claim, exprs: Iterable[Expr]) -> Iterator[Figure]:
    """What formulas give: in truth, and from the learner's figures."""
    for expr in exprs:
        true = value(expr, claim.facts.truth.here)
        if true is not None:
            yield Figure.exact(true)
        carried = claim.carried(expr)
        if carried is not None:
            yield carried


def roughness(figure: Figure) -> float:
    """By how much of itself a number may be off."""
    reach = (figure.high - figure.low) or (0.0 if figure.center % 1 else 0.5)  # a whole number
    return reach / abs(figure.center) if figure.center else 1.0
