"""Whole worksheets: forward, derivatives, updates, and what people do besides.

make(seed, number) -> Sheet
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal, localcontext

from benchmarks.by_rule import manners
from benchmarks.by_rule.expression import CONTEXT, Expr, Op, Sym, Undefined, lift, symbols, times
from benchmarks.by_rule.learner import Learner, Line
from benchmarks.by_rule.network import Network
from benchmarks.by_rule.shapes import SHAPES

#: Numbers nearer to 0 are left to other tests.
TINY = Decimal("1e-40")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet whose every line is right."""

    shape: str
    seed: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The worksheet as it is written."""
        return "".join(f"{line}\n" for line in self.lines)


def make(seed: int, number: int) -> Sheet:
    """Worksheet ``number`` of the corpus ``seed``."""
    with localcontext(CONTEXT):
        for attempt in range(100):
            rng = random.Random(f"{seed}/{number}/{attempt}")
            name = rng.choice(list(SHAPES))
            shape = SHAPES[name](rng)
            try:
                network = Network(shape)
                reached = network.totals(shape.cost)
            except Undefined:
                continue
            numbers = [*network.values.values(), *reached.values()]
            if any(0 < abs(number) < TINY for number in numbers):
                continue
            learner = Learner(network, rng)
            if len(learner.beside) < 3:
                continue
            _work(learner)
            lines = manners.afterwards(learner.lines, rng)
            return Sheet(name, f"{seed}/{number}", tuple(lines))
    raise AssertionError(f"worksheet {number} of corpus {seed} cannot be made")


def _work(learner: Learner) -> None:
    network, rng = learner.network, learner.rng
    shape = network.shape
    for name in shape.givens:
        learner.given(name)
    _forward(learner)
    derivatives(learner)
    manner = rng.random()
    if manner < 0.05:
        manners.local(learner)
    elif manner < 0.1:
        manners.estimate(learner)
    updates(learner)
    if manner > 0.9:
        manners.other_updates(learner)
    again = 0.2 < manner < 0.26 and manners.second_example(learner)
    if again or (0.26 < manner < 0.32 and manners.next_epoch(learner)):
        _forward(learner)
        derivatives(learner)


def _forward(learner: Learner) -> None:
    for name in learner.network.shape.formulas:
        learner.definition(name)
        if learner.rng.random() < 0.03:
            learner.restated(name)


def derivatives(learner: Learner) -> None:
    """Backwards from the cost: what each name does to its users, and to the cost."""
    network, rng = learner.network, learner.rng
    cost = network.shape.cost
    reached = network.totals(cost)
    depth = rng.choice((0.0, 0.5, 1.0))
    for name in reversed(list(network.values)):
        if name == cost or name not in reached or name == network.shape.rate:
            continue
        if rng.random() < 0.15:
            continue
        for user in network.users[name]:
            several = len([u for u in network.users[name] if u in network.totals(user)]) > 1
            if user != cost and user in reached and not several and rng.random() < 0.4:
                learner.claim(f"d{user}/d{name}", network.local(user, name))
        learner.claim(f"d{cost}/d{name}", network.total(cost, name, rng, depth))
        if rng.random() < 0.04:
            learner.restated(f"d{cost}/d{name}")


def updates(learner: Learner) -> None:
    """Updates, w' = w − rate · upstream · input, in any factoring, in both sign conventions."""
    network, rng = learner.network, learner.rng
    shape = network.shape
    reached = network.totals(shape.cost)
    number = rng.choice(("0.1", "0.5", "0.01"))
    for name in shape.parameters:
        if name not in reached or rng.random() < 0.3:
            continue
        rate: Expr = Sym(shape.rate) if shape.rate else lift(Decimal(number))
        gradient: Expr = Sym(f"d{shape.cost}/d{name}")
        if rng.random() < 0.6:
            gradient = network.total(shape.cost, name, rng, rng.choice((0.0, 0.5, 1.0)))
        step = times([rate, gradient]) if rng.random() < 0.7 else times([gradient, rate])
        formula = Sym(name) - step
        kind = _kind(gradient)
        if rng.random() < 0.4 and (turned := _turned(gradient)) is not None:
            formula = Sym(name) + times([rate, turned])
            kind += ", the sign turned"
        primed = f"{name}'"
        network.values[primed] = network.number(formula)
        for world in learner.beside:
            world.values[primed] = world.number(formula)
        learner.claim(primed, formula, "update", kind)


def _kind(gradient: Expr) -> str:
    derivatives_in = [n for n in symbols(gradient) if "/" in n]
    if isinstance(gradient, Sym):
        return "rate × ∂cost/∂w"
    return "rate × upstream × input" if derivatives_in else "a rate and the derivative written out"


def _turned(gradient: Expr) -> Expr | None:
    """The gradient with the opposite sign, by turning a difference in it: (p − t) as (t − p)."""
    factors = gradient.args if isinstance(gradient, Op) and gradient.op == "mul" else (gradient,)
    for place, factor in enumerate(factors):
        if isinstance(factor, Op) and factor.op == "neg":
            return times([*factors[:place], factor.args[0], *factors[place + 1 :]])
        if isinstance(factor, Op) and factor.op == "add" and len(factor.args) == 2:
            a, b = factor.args
            if isinstance(b, Op) and b.op == "neg":
                return times([*factors[:place], b.args[0] - a, *factors[place + 1 :]])
    return None
