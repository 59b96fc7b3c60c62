"""Two slips in one derivative: a link of the chain done wrongly, a path turned or left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import prod

from micrograd_like.formula import Derivative, Expr, Number, multiplied, product, summed
from micrograd_like.graph import Link
from micrograd_like.marking.records import Cause
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.mistakes import Mistake
from micrograd_like.marking.world.effort import spend
from micrograd_like.marking.world.values import value

#: Paths, and single slips, of which two are put together.
_MOST_PATHS, _MOST_CHANGES = 6, 60
#: A number that agrees to so much of it is looked at more closely.
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class _Change:
    """A slip: other formulas for some links, or another factor for one path (0 leaves it out)."""

    cause: Cause
    links: Mapping[Link, Expr] = field(default_factory=dict)
    paths: Mapping[int, int] = field(default_factory=dict)


def two_slips(claim: Claim, written: Expr, mistakes: Iterable[Mistake]) -> tuple[Cause, ...]:
    """The two slips that together lead to what is written; none where no two do."""
    truth = claim.facts.truth
    wanted = value(written, truth.here)
    if wanted is None or not 0 < len(claim.paths) <= _MOST_PATHS:
        return ()
    changes = list(_changes(claim, mistakes))[:_MOST_CHANGES]
    own = (claim.facts.locals[link] for path in claim.paths for link in path)
    known = {
        expr: value(expr, truth.here)
        for expr in [*own, *(e for c in changes for e in c.links.values())]
    }
    for one, two in combinations(changes, 2):
        if one.links.keys() & two.links.keys() or one.paths.keys() & two.paths.keys():
            continue
        links, paths = {**one.links, **two.links}, {**one.paths, **two.paths}
        terms = list(_terms(claim, links, paths))
        spend(sum(len(term) for _, term in terms))
        numbers = [[sign, *(known[link] for link in term)] for sign, term in terms]
        if any(None in row for row in numbers):
            continue
        total = sum(map(prod, numbers))  # type: ignore[arg-type]
        if abs(total - wanted) > _NEAR * abs(wanted):
            continue
        if truth.equal(written, summed([(_SIGN[s], multiplied(t)) for s, t in terms])):
            return one.cause, two.cause
    return ()


_SIGN = {1: "+", -1: "-"}


def _terms(
    claim: Claim, links: Mapping[Link, Expr], paths: Mapping[int, int]
) -> Iterator[tuple[int, list[Expr]]]:
    for place, path in enumerate(claim.paths):
        if sign := paths.get(place, 1):
            yield sign, [links.get(link, claim.facts.locals[link]) for link in path]


def _changes(claim: Claim, mistakes: Iterable[Mistake]) -> Iterator[_Change]:
    for mistake in mistakes:
        if mistake.of_path is not None and len(claim.paths) > 1:
            for place, path in enumerate(claim.paths):
                meant = product([("*", claim.facts.locals[link]) for link in path])
                yield _Change(Cause(mistake.code, meant=meant), paths={place: mistake.of_path})
    for slip in claim.link_slips:
        cause = Cause(slip.code, slip.wrote, slip.meant)
        yield _Change(cause, links={slip.link: slip.whole})
    for link in claim.links if len(claim.links) > 1 else ():
        if claim.facts.locals[link] != Number(1):
            yield _Change(Cause("missing-factor", meant=Derivative(*link)), {link: Number(1)})
