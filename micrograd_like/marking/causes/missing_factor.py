"""A link of the chain left out: ∂E/∂w5 = ∂E/∂ŷ · ∂a3/∂w5."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Number,
    added,
    exact_number,
    factors,
    multiplied,
    product,
    summed,
    terms,
    without,
)
from micrograd_like.graph import Link
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import added_links, between, relinked
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples

#: Neighbouring links left out at once.
_LONGEST_RUN = 4


def _guesses(claim: Claim) -> Iterator[Guess]:
    if added_links(claim):  # the link is there, with + for ·
        return
    yield from _short_paths(claim)
    if isinstance(claim.key, Derivative):  # all above a name on the way, or all below it
        of, wrt = claim.key.of, claim.key.wrt
        for name in between(claim):
            yield Guess(Derivative(name, wrt), meant=Derivative(of, name))
            yield Guess(Derivative(of, name), meant=Derivative(name, wrt))
    for form in claim.forms:  # in the shape in which it is written
        for place, (sign, term) in enumerate(marked := terms(form)):
            for part, (mark, factor) in enumerate(links := factors(term)):
                if len(links) > 1 and mark == "*" and exact_number(factor) is None:
                    rest = (sign, product(without(links, part)))
                    whole = summed([*marked[:place], rest, *marked[place + 1 :]])
                    yield Guess(whole, meant=factor)
    for slip in claim.link_slips:
        if slip.code == "missing-factor":
            meant = slip.meant if slip.wrote == Number(1) else None
            yield relinked(claim, slip.link, slip.whole, meant=meant)


def _short_paths(claim: Claim) -> Iterator[Guess]:
    """A link, or several in a row, left out of every path, or of one."""
    for run in _runs(claim.paths):
        without_run = [_cut(path, run) for path in claim.paths]
        meant = multiplied([Derivative(*link) for link in run])
        yield Guess(_over(claim, without_run), meant=meant)
        for place, path in enumerate(without_run if len(claim.paths) > 1 else ()):
            if path != claim.paths[place]:
                one = [*claim.paths[:place], path, *claim.paths[place + 1 :]]
                yield Guess(_over(claim, one), meant=meant)


def _runs(paths: list[list[Link]]) -> list[tuple[Link, ...]]:
    """Every row of neighbouring links that is not all of a path, the short ones first."""
    found = {
        tuple(path[start:end])
        for path in paths
        for start in range(len(path))
        for end in range(start + 1, min(start + _LONGEST_RUN, len(path)) + 1)
        if end - start < len(path)
    }
    order = {link: place for place, link in enumerate(link for path in paths for link in path)}
    return sorted(found, key=lambda run: (len(run), order[run[0]]))


def _cut(path: list[Link], run: tuple[Link, ...]) -> list[Link]:
    if run[0] not in path:
        return path
    start = path.index(run[0])
    if tuple(path[start : start + len(run)]) != run:
        return path
    return [*path[:start], *path[start + len(run) :]]


def _over(claim: Claim, paths: list[list[Link]]) -> Expr:
    locals_ = claim.facts.locals
    return added(multiplied([locals_[link] for link in path] or [Number(1)]) for path in paths)


def _planted(place: places.Place) -> Iterator[Expr]:
    """Here it is the activation's derivative, or a part of one formula's own chain."""
    terms_ = place.step.terms
    for at, term in enumerate(terms_):
        for left_out in range(len(term)):
            rest = [link for number, link in enumerate(term) if number != left_out]
            if any(place.partial(link) != 1 for link in rest):  # 1 alone says nothing
                yield places.chained([*terms_[:at], rest, *terms_[at + 1 :]])
    for link in place.links:
        match place.task.definitions[link.of]:
            case Call(_, (Call(),)):  # a chain within one formula, as in tanh(w*x)
                *outer, inner = places.factors(link.expr)
                if outer:
                    yield place.relinked(link, inner)
                    yield place.relinked(link, multiplied(outer))


MISTAKE = Mistake(
    code="missing-factor",
    place=110,
    brief="a link of the chain left out",
    sentence="A link of the chain is left out.",
    pointed="A link of the chain is left out: {meant}.",
    examples=examples(
        ("dE/dw5 = dE/dyhat*da3/dw5", "dE/dw5 = dE/dyhat*dyhat/da3*da3/dw5"),
        ("dE/dz1 = dE/dyhat*w5", "dE/dz1 = dE/dyhat*dyhat/da3*w5"),
        ("dE/dw1 = dE/dz1*x1", "dE/dw1 = dE/dz1*dz1/da1*x1"),
        ("dE/dw1 = dE/dz1*dz1/da1", "dE/dw1 = dE/dz1*dz1/da1*da1/dw1"),
    ),
    guesses=_guesses,
    planter=Planter(formulas=_planted),
)
