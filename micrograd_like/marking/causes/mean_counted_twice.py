"""The n of a mean divided by twice: 2(p − y)/n² where the cost is a mean already."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, factors, nodes, terms
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim: Claim) -> Iterator[Guess]:
    if not isinstance(claim.key, Derivative):
        return
    on_the_way = dict.fromkeys([claim.key.of, *(of for of, _ in claim.links)])
    for name in on_the_way:
        for count in _counts(claim, claim.facts.definitions.get(name, Number(0))):
            yield Guess(Call("div", (claim.right(), count)), wrote=count)


def _counts(claim: Claim, formula: Expr) -> Iterator[Expr]:
    """What a sum is divided by; half a sum of squares is no mean."""
    parts = factors(formula)
    sums = [part for mark, part in parts if mark == "*" and len(terms(part)) > 1]
    halved = any(call.function == "pow" for part in sums for call in nodes(part, Call))
    for mark, part in parts if sums else ():
        number = part.value if isinstance(part, Number) else 0
        if isinstance(part, Name):
            number = claim.facts.truth.sources.get(part, 0)
        if mark == "/" and number == int(number) and number > (2 if halved else 1):
            yield part


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        match place.task.definitions[link.of]:
            case Call("div", (_, Number(value) as count)) if value > 2:
                yield place.relinked(link, Call("div", (link.expr, count)))


MISTAKE = Mistake(
    code="mean-counted-twice",
    place=58,
    brief="the mean taken twice",
    sentence="The cost is a mean already; it is divided by the number of examples once more.",
    pointed="The cost is a mean already; it is divided by {wrote} once more.",
    examples=examples(
        ("dE/dp1 = 2(p1 - y1)/3/3", "dE/dp1 = 2(p1 - y1)/3"),
        ("dE/dw = (2(p1 - y1)*x1 + 2(p2 - y2)*x2)/9", "dE/dw = (2(p1 - y1)*x1 + 2(p2 - y2)*x2)/3"),
        sheet="x1 = 0.7\nx2 = 1.2\ny1 = 0.1\ny2 = 1.3\nw = 0.8\np1 = w*x1\np2 = w*x2\n"
        "E = ((p1 - y1)^2 + (p2 - y2)^2 + 1)/3\n",
    ),
    guesses=_guesses,
    few=True,
    planter=Planter(formulas=_planted),
)
