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
from micrograd_like.marking.claim import Claim
from micrograd_like.marking.guesses import added_links, between, rows
from micrograd_like.marking.mistakes import Guess, Mistake, examples


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
    yield from rows("missing-factor")(claim)


def _short_paths(claim: Claim) -> Iterator[Guess]:
    """A link left out of every path, or of one."""
    for link in claim.links if len(claim.links) > 1 else ():
        yield Guess(claim.chain({link: Number(1)}), meant=Derivative(*link))
        for place, path in enumerate(claim.paths if len(claim.paths) > 1 else ()):
            if link in path:
                paths = [*claim.paths]
                paths[place] = [other for other in path if other != link]
                yield Guess(_over(claim, paths), meant=Derivative(*link))


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
