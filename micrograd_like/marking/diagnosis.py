"""Which slips explain a wrong line: those whose predictions are what was written.

A formula that matches counts for more than a number, a figure put in for more than a result,
and a number of many digits for more than one of few: what a few digits can be by coincidence
comes last.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from micrograd_like.formula import Call, Expr, Name, Number, Quantity, exact_number, operands
from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.claim import Claim
from micrograd_like.marking.effort import Effort, TooMuchError
from micrograd_like.marking.hand import Figure, opened, worked_out
from micrograd_like.marking.mistakes import Guess, Mistake
from micrograd_like.marking.pairs import two_slips
from micrograd_like.marking.records import Cause
from micrograd_like.marking.shape import other_function
from micrograd_like.marking.values import value

# How well a cause explains a line.
_FORMULA, _OPERAND, _NUMBER, _METHOD, _GENERAL, _COINCIDENCE, _NOTHING = range(7)

#: A number is specific if its rounding is so small a part of it.
_FEW, _MANY = 0.2, 0.005
#: Of a number so rough as this, nothing is said.
_VAGUE = 0.34

#: Operations worked out for the causes of one line.
_MOST_OPERATIONS = 60_000

_MISTAKES = {mistake.code: mistake for mistake in CAUSES}
#: What is said of a wrong number whose formula is right, and what is said where nothing else is.
_OF_NUMBERS = next(mistake.code for mistake in CAUSES if mistake.remains == "number")
_OF_ALL = next(mistake.code for mistake in CAUSES if mistake.remains == "anything")


def causes_of(claim: Claim) -> tuple[Cause, ...]:
    """The causes of a wrong line, the likeliest first; at least one.

    Args:
        claim: What was written.
    """
    found: list[tuple[int, Cause]] = []
    try:
        with Effort(_MOST_OPERATIONS):
            if claim.formula is not None:
                found.extend(_in_formula(claim, claim.formula))
            else:
                found.extend(_in_figures(claim))
    except TooMuchError:  # those found so far will do
        pass
    if not found:
        found = [(_NOTHING, Cause(_OF_ALL))]
    found.sort(key=lambda pair: (pair[0], _MISTAKES[pair[1].code].place))
    sure = found[0][0] <= _OPERAND  # then what a number alone says adds nothing
    special = min((level for level, c in found if not _MISTAKES[c.code].general), default=_NOTHING)
    best: dict[tuple[str, Expr | None], Cause] = {}
    for level, cause in found:
        too_general = _MISTAKES[cause.code].general and level >= special < _NOTHING
        if not too_general and (not sure or level <= _OPERAND):
            best.setdefault((cause.code, cause.meant if cause.together else None), cause)
    return tuple(best.values())


def is_explained(causes: tuple[Cause, ...]) -> bool:
    """True if one of them is a slip that predicts what was written."""
    return any(cause.code != _OF_ALL for cause in causes)


def _in_formula(claim: Claim, formula: Expr) -> Iterator[tuple[int, Cause]]:
    found = [c for mistake in CAUSES for c in _explains_formula(claim, formula, mistake)]
    yield from found
    if any(not _MISTAKES[cause.code].general for _, cause in found):
        return
    gradient = claim.of_gradient
    if gradient is not None and gradient.formula is not None:
        own = list(_in_formula(gradient, gradient.formula))
        yield from own
        found += own
    if not any(_of_one_kind(claim, cause) for _, cause in found):
        yield from _two_at_once(claim, formula)


def _of_one_kind(claim: Claim, cause: Cause) -> bool:
    """False for a result in the place of a given, or the other way round: it may be chance."""
    sources = claim.facts.truth.sources
    return not _MISTAKES[cause.code].general or (cause.wrote in sources) == (cause.meant in sources)


def _in_figures(claim: Claim) -> Iterator[tuple[int, Cause]]:
    if claim.figure is not None and claim.sound:
        yield _GENERAL, Cause(_OF_NUMBERS)
    for figures, operand in claim.off:
        yield from _explains_operand(claim, figures, operand)
    if claim.figures is not None:
        for mistake in CAUSES:
            for guess in _guesses(claim, mistake):
                near = _comes_to(claim, claim.figure, guess.expr)
                if near and claim.fits(claim.figures, guess.expr):
                    yield _OPERAND, _cause(mistake, guess)
                    break
    if claim.figure is None:
        return
    if claim.figures is None and claim.figure.low == claim.figure.high:
        whole = Number(int(claim.figure.center))  # a formula too, as in ∂h/∂a = 1
        yield from (c for mistake in CAUSES for c in _explains_formula(claim, whole, mistake))
    for mistake in CAUSES:
        yield from _explains_number(claim, claim.figure, mistake)


# Formulas.


def _explains_formula(claim: Claim, formula: Expr, mistake: Mistake) -> Iterator[tuple[int, Cause]]:
    for guess in mistake.guesses(claim) if mistake.guesses else ():
        if _same(claim, formula, guess.expr):
            yield _FORMULA, _cause(mistake, guess)
            return
    for guess in mistake.mends(claim, formula) if mistake.mends else ():
        if _same(claim, guess.expr, claim.target):
            yield _FORMULA, _cause(mistake, guess)
            return


def _same(claim: Claim, a: Expr, b: Expr) -> bool:
    truth = claim.facts.truth
    here = value(a, truth.here), value(b, truth.here)
    if here[0] is None or here[1] is None or abs(here[0] - here[1]) > 1e-3 * abs(here[1]) + 1e-9:
        return False
    return truth.equal(a, b)


def _cause(mistake: Mistake, guess: Guess) -> Cause:
    return Cause(mistake.code, guess.wrote, guess.meant)


def _two_at_once(claim: Claim, formula: Expr) -> Iterator[tuple[int, Cause]]:
    """A slip, and with it a sign turned or a factor of 2; or two slips along the paths."""
    for also in CAUSES:
        for undone in also.undone(formula) if also.undone else ():
            for mistake in CAUSES:
                if mistake.general:  # with two slips, almost anything could be meant
                    continue
                for level, cause in _explains_formula(claim, undone, mistake):
                    yield level, replace(cause, together=True)
                    yield level, Cause(also.code, together=True)
                    return
    for cause in two_slips(claim, formula, CAUSES) if claim.sure else ():
        yield _FORMULA, replace(cause, together=True)


# Numbers.


def _explains_number(claim: Claim, figure: Figure, mistake: Mistake) -> Iterator[tuple[int, Cause]]:
    if mistake.misread is not None and claim.figures is None:  # what is worked out is not written
        for expected in _expected(claim, claim.forms):
            if any(mistake.misread(figure, number) for number in _likely(expected, figure)):
                level = _NUMBER if _width(figure) <= _FEW else _COINCIDENCE
                yield level, Cause(mistake.code, None, _number(expected))
                return
    if _width(figure) > _VAGUE:
        return
    for guess in _guesses(claim, mistake):
        for given in _expected(claim, [guess.expr]):
            if figure.meets(given):
                yield _level(claim, mistake, _width(figure) + _width(given)), _cause(mistake, guess)
                return


def _level(claim: Claim, mistake: Mistake, width: float) -> int:
    """How much it says that a number is what a mistake leads to."""
    most = _FEW if mistake.few else _MANY
    if not claim.sound:
        return _NUMBER if width <= most else _COINCIDENCE
    # The formula is right: a mistake of the calculator is likelier than one of the method.
    if mistake.calculator:
        return _NUMBER if width <= most else _COINCIDENCE
    return _METHOD if width <= most / 4 else _COINCIDENCE


def _width(figure: Figure) -> float:
    """By how much of itself a number may be off."""
    width = (figure.high - figure.low) or (0.0 if figure.center % 1 else 0.5)  # a whole number
    return width / abs(figure.center) if figure.center else 1.0


def _guesses(claim: Claim, mistake: Mistake) -> Iterator[Guess]:
    """What the mistake leads to, where only figures are written."""
    sources = [guesses(claim) for guesses in (mistake.guesses, mistake.numbers) if guesses]
    return chain.from_iterable(sources)


def _expected(claim: Claim, exprs: Iterable[Expr]) -> Iterator[Figure]:
    """What formulas give: in truth, and from the learner's figures."""
    for expr in exprs:
        true = value(expr, claim.facts.truth.here)
        if true is not None:
            yield Figure.exact(true)
        carried = claim.carried(expr)
        if carried is not None:
            yield carried


def _likely(expected: Figure, figure: Figure) -> Iterator[float]:
    """The center of what was expected, and the numbers of as many places as were written."""
    yield expected.center
    unit = figure.high - figure.low
    if unit > 0 and expected.high - expected.low < 8 * unit:
        first = math.ceil(expected.low / unit)
        yield from (n * unit for n in range(first, math.floor(expected.high / unit) + 1))


def _number(figure: Figure) -> Number:
    return Number(figure.center)


# Figures put in.


def _explains_operand(claim: Claim, figures: Expr, operand: Expr) -> Iterator[tuple[int, Cause]]:
    if isinstance(figures, Call) and exact_number(figures) is None:
        if other_function(figures, operand) and isinstance(operand, Call):
            for mistake in CAUSES:
                if mistake.functions and mistake.functions(figures.function, operand.function):
                    yield _OPERAND, Cause(mistake.code, figures, operand)
        elif inner := _only_one_off(claim, figures, operand):
            yield from _explains_operand(claim, *inner)
        return
    figure = _result(claim, figures)
    if figure is None:
        return
    given = exact_number(figures) is not None and operand in claim.facts.truth.sources
    found = list(_misput(claim, figures, figure, operand, given))
    if given and not found:
        found = [Cause(mistake.code, figures, operand) for mistake in CAUSES if mistake.given]
    for cause in found:
        yield _FORMULA if _siblings(cause.wrote, cause.meant) else _OPERAND, cause


def _result(claim: Claim, figures: Expr) -> Figure | None:
    formula, numbers = opened(figures, Figure.written)
    return worked_out(formula, lambda key: numbers.get(key) or claim.stated(key))


def _only_one_off(claim: Claim, figures: Expr, formula: Expr) -> tuple[Expr, Expr] | None:
    """Of figures in the shape of a formula, the one that is not its operand's."""
    ours, theirs = operands(figures), operands(formula)
    if ours is None or theirs is None or [m for m, _ in ours] != [m for m, _ in theirs]:
        return None
    pairs = [(a, b) for (_, a), (_, b) in zip(ours, theirs, strict=True)]
    off = [pair for pair in pairs if not _comes_to(claim, _result(claim, pair[0]), pair[1])]
    return off[0] if len(off) == 1 else None


def _comes_to(claim: Claim, figure: Figure | None, formula: Expr) -> bool:
    """Whether a figure is what the formula gives."""
    return figure is not None and any(figure.meets(e) for e in _expected(claim, [formula]))


def _misput(
    claim: Claim, figures: Expr, figure: Figure, operand: Expr, given: bool
) -> Iterator[Cause]:
    """What makes a figure of an operand: miswritten, or that of another quantity."""
    expected = list(_expected(claim, [operand]))
    whole = given and _of_as_many_places(figure, expected[0].center)
    others = list(_of_others(claim, figure, operand))
    for mistake in CAUSES:
        misread = None if whole and mistake.rounding else mistake.misread
        if misread is not None and any(misread(figure, e.center) for e in expected):
            yield Cause(mistake.code, figures, operand)
        for guess in chain.from_iterable(mistake.mends(claim, o) for o in others if mistake.mends):
            if guess.expr == operand:
                yield _cause(mistake, guess)
                break


def _of_as_many_places(figure: Figure, given: float) -> bool:
    """True where a given can be repeated in so many places: nothing is rounded then."""
    unit = figure.high - figure.low
    return given.is_integer() if not unit else abs(given / unit - round(given / unit)) < 1e-6


def _of_others(claim: Claim, figure: Figure, operand: Expr) -> Iterator[Quantity]:
    """The quantities whose figure it is: a given's is repeated exactly; a result's has digits."""
    sources = claim.facts.truth.sources
    for wrote in (*claim.names, *claim.others):
        if wrote == operand:
            continue
        if wrote in sources:
            small = figure.center.is_integer() and abs(figure.center) <= 10
            if figure.center == sources[wrote] and (not small or _siblings(wrote, operand)):
                yield wrote
        elif _width(figure) <= 4 * _MANY:
            known = claim.carried(wrote)
            if known is not None and figure.meets(known):
                yield wrote


def _siblings(a: Expr | None, b: Expr | None) -> bool:
    """True for t1 and t2."""
    names = isinstance(a, Name) and isinstance(b, Name)
    return names and a != b and str(a).rstrip("0123456789") == str(b).rstrip("0123456789")
