"""Which slips explain a wrong line: those whose predictions are what was written.

A formula that matches counts for more than a number, a figure put in for more than a result,
and a number of many digits for more than one of few: what a few digits can be by coincidence
comes last.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain

from micrograd_like.formula import Call, Expr, Number, Quantity, exact_number
from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.claim import Claim
from micrograd_like.marking.effort import Effort, TooMuchError
from micrograd_like.marking.hand import Figure, opened, worked_out
from micrograd_like.marking.mistakes import Guess, Mends, Mistake
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
_MOST_OPERATIONS = 200_000

_MISTAKES = {mistake.code: mistake for mistake in CAUSES}
#: What is said of a wrong number whose formula is right, and what is said where nothing else is.
_OF_NUMBERS = next(mistake.code for mistake in CAUSES if mistake.remains == "number")
_OF_ALL = next(mistake.code for mistake in CAUSES if mistake.remains == "anything")


def causes_of(claim: Claim, effort: Effort) -> tuple[Cause, ...]:
    """The causes of a wrong line, the likeliest first; at least one.

    Args:
        claim: What was written.
        effort: What may be worked out for all lines of the worksheet.
    """
    found: list[tuple[int, Cause]] = []
    try:
        with Effort(allowed := min(effort.left, _MOST_OPERATIONS)) as own:
            found.extend(_found(claim))
            if not found and claim.formula is not None:
                found.extend(_two_at_once(claim, claim.formula))
    except TooMuchError:  # those found so far will do
        pass
    effort.left -= allowed - max(own.left, 0)
    if not found:
        found = [(_NOTHING, Cause(_OF_ALL))]
    found.sort(key=lambda pair: (pair[0], _MISTAKES[pair[1].code].place))
    sure = found[0][0] <= _OPERAND  # then what a number alone says adds nothing
    best: dict[str, Cause] = {}
    for level, cause in found:
        if not sure or level <= _OPERAND:
            best.setdefault(cause.code, cause)
    special = [cause for code, cause in best.items() if not _MISTAKES[code].general]
    return tuple(special or best.values())


def is_explained(causes: tuple[Cause, ...]) -> bool:
    """True if one of them is a slip that predicts what was written."""
    return any(cause.code != _OF_ALL for cause in causes)


def _found(claim: Claim) -> Iterator[tuple[int, Cause]]:
    if claim.formula is not None:
        found = [c for mistake in CAUSES for c in _explains_formula(claim, claim.formula, mistake)]
        special = any(not _MISTAKES[cause.code].general for _, cause in found)
        gradient = None if special else claim.of_gradient
        if gradient is not None and gradient.formula is not None:
            found += _found(gradient)
            if not found:
                found += _two_at_once(gradient, gradient.formula)
        yield from found
        return
    for figures, operand in claim.off:
        yield from _explains_operand(claim, figures, operand)
    if claim.figures is not None:
        for mistake in CAUSES:
            for guess in _guesses(claim, mistake):
                if claim.fits(claim.figures, guess.expr):
                    yield _OPERAND, _cause(mistake, guess)
                    break
    if claim.figure is not None:
        if claim.figures is None and claim.figure.low == claim.figure.high:
            whole = Number(int(claim.figure.center))  # a formula too, as in ∂h/∂a = 1
            yield from (c for mistake in CAUSES for c in _explains_formula(claim, whole, mistake))
        for mistake in CAUSES:
            yield from _explains_number(claim, claim.figure, mistake)
        if claim.sound:
            yield _GENERAL, Cause(_OF_NUMBERS)


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
    """A slip, and with it a sign turned or a factor of 2."""
    for also in CAUSES:
        for undone in also.undone(formula) if also.undone else ():
            for mistake in CAUSES:
                if mistake.general:  # with two slips, almost anything could be meant
                    continue
                for level, cause in _explains_formula(claim, undone, mistake):
                    yield level, cause
                    yield level, Cause(also.code)
                    return


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
        carried = claim.view.worked_out(expr)
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
        return
    formula, numbers = opened(figures, Figure.written)
    figure = worked_out(formula, lambda key: numbers.get(key) or claim.view.figure(key))
    if figure is None:
        return
    given = exact_number(figures) is not None and operand in claim.facts.truth.sources
    found = list(_misput(claim, figures, figure, operand, given))
    if given and not found:
        found = [Cause(mistake.code, figures, operand) for mistake in CAUSES if mistake.given]
    for cause in found:
        yield _OPERAND, cause


def _misput(
    claim: Claim, figures: Expr, figure: Figure, operand: Expr, given: bool
) -> Iterator[Cause]:
    """What makes a figure of an operand: miswritten, or that of another quantity."""
    expected = list(_expected(claim, [operand]))
    whole = given and _of_as_many_places(figure, expected[0].center)
    for mistake in CAUSES:
        misread = None if whole and mistake.rounding else mistake.misread
        if misread is not None and any(misread(figure, e.center) for e in expected):
            yield Cause(mistake.code, figures, operand)
        for guess in _for_another(claim, figure, operand, mistake.mends) if mistake.mends else ():
            yield _cause(mistake, guess)
            break


def _of_as_many_places(figure: Figure, given: float) -> bool:
    """True where a given can be repeated in so many places: nothing is rounded then."""
    unit = figure.high - figure.low
    return given.is_integer() if not unit else abs(given / unit - round(given / unit)) < 1e-6


def _for_another(claim: Claim, figure: Figure, operand: Expr, mends: Mends) -> Iterator[Guess]:
    """Where the figure is that of another quantity: that one in the operand's place.

    A given is repeated exactly; of other numbers, those of few digits say nothing.
    """
    sources = claim.facts.truth.sources
    for wrote in _quantities(claim):
        known = worked_out(wrote, claim.view.figure)
        if wrote == operand or known is None or not figure.meets(known):
            continue
        small = figure.center.is_integer() and abs(figure.center) <= 10
        given = wrote in sources
        if given and (small or figure.center != sources[wrote]):
            continue
        if not given and _width(figure) > 4 * _MANY:
            continue
        yield from (guess for guess in mends(claim, wrote) if guess.expr == operand)


def _quantities(claim: Claim) -> Iterator[Quantity]:
    yield from claim.names
    yield from claim.others
