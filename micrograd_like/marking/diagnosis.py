"""Which slips explain a wrong line: those whose predictions are what was written.

A formula that matches counts for more than a number, a figure put in for more than a result,
and a number of many digits for more than one of few: what a few digits can be by coincidence
comes last.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from micrograd_like.formula import (
    Expr,
    Number,
)
from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.hand import Figure
from micrograd_like.marking.put_in import comes_to, explained, given_by, only_one_off, roughness
from micrograd_like.marking.records import Cause
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.mistakes import Guess, Mistake
from micrograd_like.marking.slips.pairs import two_slips
from micrograd_like.marking.world.effort import Effort, TooMuchError
from micrograd_like.marking.world.values import value

# How well a cause explains a line.
_FORMULA, _OPERAND, _NUMBER, _METHOD, _GENERAL, _COINCIDENCE, _NOTHING = range(7)

#: A number is specific if its rounding is so small a part of it.
_FEW, _MANY = 0.2, 0.005
#: Of a number so rough as this, nothing is said.
_VAGUE = 0.34

#: Operations worked out for the causes of one line.
_MOST_OPERATIONS = 120_000

#: So far apart, as a part of them, numbers are not those of one formula, whatever rounding does.
_APART = 0.01

_MISTAKES = {mistake.code: mistake for mistake in CAUSES}
#: What is said of a wrong number whose formula is right, and what is said where nothing else is.
OF_NUMBERS = next(mistake.code for mistake in CAUSES if mistake.remains == "number")
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
    if claim.facts.truth.differs_beyond(formula, claim.target):
        return  # where the worksheet is, nothing is wrong that a slip could explain
    meant = [formula, *claim.facts.direct(formula)]
    found = [c for mistake in CAUSES for f in meant for c in _explains_formula(claim, f, mistake)]
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
        yield _GENERAL, Cause(OF_NUMBERS)
    off = [*claim.off]
    if claim.figures is not None:
        for form in claim.forms:
            off += only_one_off(claim, claim.figures, form)
    for figures, operand in dict.fromkeys(off):
        for cause, sure in explained(claim, figures, operand):
            yield _FORMULA if sure else _OPERAND, cause
    if claim.figures is not None:
        for mistake in CAUSES:
            for guess in _guesses(claim, mistake):
                near = comes_to(claim, claim.come_to, guess.expr)
                if near and claim.fits(claim.figures, guess.expr):
                    yield _OPERAND, _cause(mistake, guess)
                    break
    if claim.figure is None:
        return
    if claim.figures is None and claim.figure.low == claim.figure.high:
        whole = Number(int(claim.figure.center))  # a formula too, as in ∂h/∂a = 1
        yield from (c for mistake in CAUSES for c in _explains_formula(claim, whole, mistake))
    if claim.figures is None:  # what is worked out is not written
        yield from _miswritten(claim, claim.figure)
    for mistake in CAUSES:
        yield from _explains_number(claim, claim.figure, mistake)


# Formulas.


def _explains_formula(claim: Claim, formula: Expr, mistake: Mistake) -> Iterator[tuple[int, Cause]]:
    here = claim.facts.truth.here
    written, right = value(formula, here), value(claim.target, here)
    for guess in mistake.guesses(claim) if mistake.guesses else ():
        if _near(guess, written) and _same(claim, formula, guess.expr):
            yield _FORMULA, _cause(mistake, guess)
            return
    for guess in mistake.mends(claim, formula) if mistake.mends else ():
        if _near(guess, right) and _mended(claim, guess.expr):
            yield _FORMULA, _cause(mistake, guess)
            return


def _near(guess: Guess, wanted: float | None) -> bool:
    """False where the number of a guess is known, and is another one."""
    if guess.number is None or wanted is None:
        return True
    return not abs(guess.number - wanted) > _APART * (abs(guess.number) + abs(wanted)) + 1e-8


def _mended(claim: Claim, expr: Expr) -> bool:
    """Whether a formula is right; p − y is so for targets that add up to 1 alone."""
    if _same(claim, expr, claim.target):
        return True
    facts = claim.facts
    return claim.sure and facts.truth.holds(
        expr, claim.target, lambda: claim.forms, facts.targets(claim.key)
    )


def _same(claim: Claim, a: Expr, b: Expr) -> bool:
    truth = claim.facts.truth
    here = value(a, truth.here), value(b, truth.here)
    if here[0] is None or here[1] is None or abs(here[0] - here[1]) > 1e-3 * abs(here[1]) + 1e-9:
        return False
    return truth.equal(a, b)


def _cause(mistake: Mistake, guess: Guess) -> Cause:
    return Cause(mistake.code, guess.wrote, guess.meant)


def _two_at_once(claim: Claim, formula: Expr) -> Iterator[tuple[int, Cause]]:
    """A slip, and with it what turns the whole; or two slips along the paths."""
    for also, undone in _undone(claim, formula):
        for mistake in CAUSES:
            if mistake.general or mistake.alone:  # with two slips, almost anything could be meant
                continue
            for level, cause in _explains_formula(claim, undone, mistake):
                yield from ((level, replace(one, together=True)) for one in (cause, *also))
                return
    for cause in two_slips(claim, formula, CAUSES) if claim.sure else ():
        yield _FORMULA, replace(cause, together=True)


def _undone(claim: Claim, formula: Expr) -> Iterator[tuple[tuple[Cause, ...], Expr]]:
    """What a formula may have been before its sign, a factor of 2 or its indices went wrong.

    Before one of them, then before two of different kinds.
    """
    kinds = [mistake for mistake in CAUSES if mistake.undone]
    once = [(kind, guess) for kind in kinds for guess in _before(kind, claim, formula)]
    for kind, guess in once:
        yield (_cause(kind, guess),), guess.expr
    for kind, guess in once:
        for other in kinds[kinds.index(kind) + 1 :]:
            for before in _before(other, claim, guess.expr):
                yield (_cause(kind, guess), _cause(other, before)), before.expr


def _before(kind: Mistake, claim: Claim, formula: Expr) -> Iterator[Guess]:
    yield from kind.undone(claim, formula) if kind.undone else ()


# Numbers.


def _miswritten(claim: Claim, figure: Figure) -> Iterator[tuple[int, Cause]]:
    level = _NUMBER if roughness(figure) <= _FEW else _COINCIDENCE
    likely = [(e, n) for e in given_by(claim, claim.forms) for n in _likely(e, figure)]
    for mistake in CAUSES:
        if mistake.misread is not None:
            read = (e for e, number in likely if mistake.misread(figure, number))
            yield from (
                (level, Cause(mistake.code, None, Number(e.center))) for e in islice(read, 1)
            )


def _explains_number(claim: Claim, figure: Figure, mistake: Mistake) -> Iterator[tuple[int, Cause]]:
    if roughness(figure) > _VAGUE:
        return
    for guess in _guesses(claim, mistake):
        for given in given_by(claim, [guess.expr]):
            if figure.meets(given):
                yield (
                    _level(claim, mistake, roughness(figure) + roughness(given)),
                    _cause(mistake, guess),
                )
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


def _guesses(claim: Claim, mistake: Mistake) -> Iterator[Guess]:
    """What the mistake leads to, where only figures are written."""
    sources = [guesses(claim) for guesses in (mistake.guesses, mistake.numbers) if guesses]
    return chain.from_iterable(sources)


def _likely(expected: Figure, figure: Figure) -> Iterator[float]:
    """The center of what was expected, and the numbers of as many places as were written."""
    yield expected.center
    unit = figure.high - figure.low
    if unit > 0 and expected.high - expected.low < 8 * unit:
        first = math.ceil(expected.low / unit)
        yield from (n * unit for n in range(first, math.floor(expected.high / unit) + 1))
