"""Where a formula that is right by accident shows that it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.errors import DomainError
from micrograd_like.formula import Derivative, Expr, Name, Quantity, names_in, quantities
from micrograd_like.graph import reached
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.judging.judged import Judged
from micrograd_like.marking.records import Contrast, Sample
from micrograd_like.marking.world.values import value

#: Numbers that are easily put in, and names for which they are.
_PLACES = (0.9, 0.5, 2.0, -1.0, 3.0, 0.1)
_MOST_NAMES = 6
#: So far apart, as a part of the larger, nobody takes one number for the other.
_APART = 0.05


def contrast(facts: Facts, key: Quantity, written: Expr, right: Expr) -> Contrast | None:
    """A number of one quantity at which two formulas differ, and what each gives there.

    Args:
        facts: Of the worksheet.
        key: The quantity that they are about.
        written: A formula that is right at the numbers of the worksheet alone.
        right: The right one.
    """
    for name in [*_movable(facts, key, written)][:_MOST_NAMES]:
        for place in _PLACES:
            try:
                world = facts.truth.here.moved({name: place})
                both = value(written, world), value(right, world)
            except (DomainError, KeyError):
                continue
            yours, true = both
            if yours is None or true is None:
                continue
            if abs(yours - true) > _APART * max(abs(yours), abs(true)):
                return Contrast(name, place, yours, true)
    return None


def sample(facts: Facts, key: Quantity, judged: Sequence[Judged]) -> Sample | None:
    """Where nothing has a number: some numbers, what a wrong formula gives with them, the right.

    Args:
        facts: Of the worksheet.
        key: What the line is about.
        judged: Its parts.
    """
    wrong = next((j for j in judged if j.verdict == "wrong" and not j.numeric), None)
    sheet = facts.sheet
    if wrong is None or not sheet.without_number(key):
        return None
    names = sheet.rests_on(names_in(wrong.expr)) | sheet.rests_on(names_in(key))
    at = [(n, facts.true(n)) for n in sorted(names) if n in sheet.assumed]
    yours, right = value(wrong.expr, facts.truth.here), facts.true(key)
    if yours is None or len(at) > _MOST_NAMES or abs(yours - right) < 1e-3 * abs(right):
        return None
    return Sample(tuple(at), yours, right)


def _movable(facts: Facts, key: Quantity, written: Expr) -> Iterator[Quantity]:
    """What it is differentiated by, then the givens behind it, those in the formula first.

    Another name's number follows from its formula: moved, it would cut the ways through it.
    """
    of = key.of if isinstance(key, Derivative) else key
    behind = reached(of, facts.inputs)
    if isinstance(key, Derivative) and isinstance(key.wrt, Name):
        yield key.wrt
    sources = [name for name in facts.truth.sources if name in behind]
    own = quantities(written)
    yield from sorted(sources, key=lambda name: name not in own)
