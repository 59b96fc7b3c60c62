"""The derivative of another cost: ŷ − y for −log10 ŷ, alone or as a link of the chain."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    nodes,
    parse,
    quantities,
    replaced,
    simplify,
    substitute,
)
from micrograd_like.graph import NamedGraph
from micrograd_like.marking.slips.claim import Claim
from micrograd_like.marking.slips.guesses import relinked
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples
from micrograd_like.marking.world.effort import spend
from micrograd_like.worksheet.builder import Builder

_PREDICTION, _TARGET = Name("p"), Name("t")
#: Costs of a prediction p and a target t.
_COSTS = (
    "(p - t) ** 2 / 2",
    "(p - t) ** 2",
    "-log(p)",
    "-log10(p)",
    "-t * log(p)",
    "-t * log10(p)",
    "-(t * log(p) + (1 - t) * log(1 - p))",
    "-(t * log10(p) + (1 - t) * log10(1 - p))",
    "abs(p - t)",
    "-log(1 - p)",
)


_ONE = Number(1)
#: Functions of which at least one stands in a cost.
_OF_COSTS = {"log", "log10", "log2", "pow", "abs"}


@cache
def _cost_derivatives() -> tuple[tuple[Expr, Expr], ...]:
    """Each cost with its derivative by the prediction, from the engine."""
    found = []
    for cost in _COSTS:
        builder = Builder()
        builder.define(_PREDICTION, Number(0.3))
        builder.define(_TARGET, Number(0.6))
        node = builder.define(Name("C"), parse(cost))
        found.append((parse(cost), NamedGraph(node).locals[Name("C"), _PREDICTION]))
    return tuple(found)


def _guesses(claim: Claim) -> Iterator[Guess]:
    sources = claim.facts.truth.sources
    for cost, prediction in claim.links:
        definition = claim.facts.definitions.get(cost, _ONE)
        own = claim.key == Derivative(cost, prediction)
        if (prediction in sources and not own) or not _is_cost(definition):
            continue
        targets: list[Expr] = [name for name in claim.facts.inputs[cost] if name in sources]
        if not targets and isinstance(claim.key, Derivative) and cost == claim.key.of:
            targets = _targets(claim, prediction)
        right, put_in = claim.facts.locals[cost, prediction], [*targets, *_labels(definition)]
        for formula, derivative in _cost_derivatives():
            takes = put_in if _TARGET in quantities(formula) else [prediction]
            slopes = [(t, _slope(derivative, prediction, t)) for t in takes]
            spend(derivative.size * len(takes))
            if any(claim.facts.truth.equal(slope, right) for _, slope in slopes):
                continue  # it is this cost
            for target, slope in slopes:
                if slope != Number(0):
                    other = _put_in(formula, prediction, target)
                    yield relinked(claim, (cost, prediction), slope, other, definition)


def _is_cost(definition: Expr) -> bool:
    """True for what costs are made of: logarithms, squares, moduli."""
    calls = nodes(definition, Call)
    return any(
        call.function in _OF_COSTS or (call.function == "mul" and len({*call.arguments}) == 1)
        for call in calls
    )


def _labels(definition: Expr) -> list[Expr]:
    """Targets as numbers: 1 and 0, and what stands in the cost as one."""
    own = (n for n in nodes(definition, Number) if isinstance(n.value, float))
    return [*dict.fromkeys((_ONE, Number(0), *own))]


def _put_in(expr: Expr, prediction: Quantity, target: Expr) -> Expr:
    return replaced(replaced(expr, _PREDICTION, prediction), _TARGET, target)


@lru_cache(maxsize=1024)
def _slope(derivative: Expr, prediction: Quantity, target: Expr) -> Expr:
    return simplify(_put_in(derivative, prediction, target))


def _targets(claim: Claim, prediction: Quantity) -> list[Expr]:
    """Givens that the prediction does not come from."""
    graph = claim.facts.graph
    if graph is None:
        return []
    return [n for n in claim.sources() if prediction not in graph.dependents(n)]


#: As an exercise has them, of a prediction p and a target y.
_OTHERS = ("(p - y)**2/2", "(p - y)**2", "-log(p)", "-log10(p)", "-y*log(p)",
           "-(y*log(p) + (1 - y)*log(1 - p))")  # fmt: skip


def _planted(place: places.Place) -> Iterator[Expr]:
    for link in place.links:
        for cost, p, y in place.task.shape.costs:
            if (link.of, link.wrt) == (cost, p):
                for other in map(parse, _OTHERS):
                    formula = substitute(other, {"p": Name(p), "y": Name(y)})
                    wrong = places.derived(place.task, formula, link.wrt)
                    if wrong is not None and not _is_a_term(wrong, link.expr):
                        yield place.relinked(link, wrong)


def _is_a_term(slope: Expr, right: Expr) -> bool:
    """True for what is left of the right derivative when one of its terms is left out."""
    bare = slope.arguments[0] if isinstance(slope, Call) and slope.function == "neg" else slope
    parts = places.terms(right)
    return len(parts) > 1 and bare in parts


MISTAKE = Mistake(
    code="not-this-cost",
    place=150,
    brief="the derivative of another cost",
    sentence="This is the derivative of another cost.",
    pointed="This is the derivative of another cost, {wrote}; the one defined here is {meant}.",
    examples=examples(
        ("dE/dyhat = -1/yhat", "dE/dyhat = yhat - y"),
        ("dE/dyhat = (yhat - y)/(yhat*(1 - yhat))", "dE/dyhat = yhat - y"),
    )
    + examples(
        ("dE/dq = q - 1", "dE/dq = -1/(q*ln(10))"),
        ("dC/dq = -0.6/q", "dC/dq = 2(q - 0.6)"),
        sheet="q = 0.7\nE = -log10(q)\nC = (q - 0.6)^2\n",
    ),
    guesses=_guesses,
    planter=Planter(formulas=_planted),
)
