"""What people do besides: a second example, another epoch, figures first, another order.

Each manner leaves every line right. The lines that it makes, or that it may lead a reader
astray on, carry its name.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from benchmarks.by_rule.expression import Expr, Num, Op, Sym, Undefined, at, lift, symbols, times
from benchmarks.by_rule.learner import Learner, Line, Part, unit
from benchmarks.by_rule.network import Network
from benchmarks.by_rule.shapes import Shape, value

# While the lines are written.


def again(learner: Learner, givens: dict[str, str], kind: str) -> bool:
    """From here on the same task with other numbers; False where it cannot be."""
    old = learner.network.shape
    numbers = {n: learner.network.values[n] for n in old.givens}
    shape = Shape(old.name, {**old.givens, **givens}, old.formulas, old.cost, [], old.rate)
    try:
        fresh = Network(shape)
        numbers |= {n: fresh.values[n] for n in givens}
        network = Network(shape, numbers)
        network.totals(shape.cost)
        beside = [w for w in (network.moved(learner.rng) for _ in range(3)) if w is not None]
    except Undefined:
        return False
    if len(beside) < 3:
        return False
    learner.network, learner.beside = network, beside
    learner.stated.clear()
    learner.kinds.add(kind)
    return True


def second_example(learner: Learner) -> bool:
    """The inputs are given anew."""
    shape = learner.network.shape
    inputs = [n for n in shape.givens if n[0] in "xtyabc" and n not in shape.parameters]
    if not inputs:
        return False
    fresh = {n: value(learner.rng, "length", 2) for n in inputs}
    if not again(learner, fresh, "a second example"):
        return False
    for name in inputs:
        learner.given(name)
    return True


def next_epoch(learner: Learner) -> bool:
    """W = w − 0.1·dE/dw = 0.47 without a prime, and all over again with the new w."""
    network, rng = learner.network, learner.rng
    shape = network.shape
    reached = network.totals(shape.cost)
    names = [n for n in shape.parameters if reached.get(n)]
    if not names:
        return False
    name = rng.choice(names)
    rate = Sym(shape.rate) if shape.rate else lift("0.1")
    formula = Sym(name) - times([rate, Sym(f"d{shape.cost}/d{name}")])
    changed = network.number(formula)
    saved = set(learner.kinds)
    learner.kinds.add("w = w − …, and on with the new w")
    before = learner.stated.pop(name, None)
    number = len(learner.lines)
    learner.claim(name, formula, "update")
    if name not in learner.stated or len(learner.lines) == number:
        learner.kinds = saved
        if before is not None:
            learner.stated[name] = before
        del learner.lines[number:]
        return False
    figure = learner.stated[name]
    network.values[name] = changed
    if not again(learner, {}, "another epoch"):
        del learner.lines[number:]
        return False
    del learner.exact[name]
    learner.stated[name] = figure
    return True


def estimate(learner: Learner) -> None:
    """A central difference in figures after ≈, dE/dw ≈ (0.3127 - 0.3101)/(2*0.01) = 0.13."""
    network, rng = learner.network, learner.rng
    cost = network.shape.cost
    reached = network.totals(cost)
    names = [n for n in network.shape.givens if n in reached and abs(reached[n]) > Decimal("0.01")]
    if not names:
        return
    name, h = rng.choice(names), rng.choice(("0.01", "0.001"))
    step = Decimal(h)
    values = {n: network.values[n] for n in network.shape.givens}
    try:
        ends = [
            Network(network.shape, {**values, name: values[name] + s}).values[cost]
            for s in (step, -step)
        ]
    except Undefined:
        return
    exact = (ends[0] - ends[1]) / (2 * step)
    if abs(exact - reached[name]) > abs(reached[name]) / 200 or max(map(abs, ends)) > 100:
        return
    up, down = (end.quantize(Decimal("1e-8")) for end in ends)
    result = (up - down) / (2 * step)
    if abs(result - exact) > abs(exact) / 200:
        return
    shown = result.quantize(Decimal(1).scaleb(result.adjusted() - rng.randint(1, 2)))
    difference = f"({up:f} - {down:f})" if down >= 0 else f"({up:f} - ({down:f}))"
    parts = [
        Part(f"{difference}/(2*{h})", "an estimate", "≈"),
        Part(f"{shown:f}", "an estimate", "≈", Num(shown, f"{shown:f}")),
    ]
    learner.add(f"d{cost}/d{name}", parts, "claim")


def local(learner: Learner) -> None:
    """∂h2/∂w with h1 held fixed, though h1 depends on w."""
    network = learner.network
    for name in network.values:
        for user in network.users.get(name, ()):
            here = network.local(user, name)
            several = len([u for u in network.users[name] if u in network.totals(user)]) > 1
            if not several or user == network.shape.cost or f"d{user}/d{name}" in learner.stated:
                continue
            derivative = f"d{user}/d{name}"
            learner.kinds.add("∂ with the rest held fixed")
            learner.claim(derivative, here)
            learner.kinds.discard("∂ with the rest held fixed")
            learner.stated.pop(derivative, None)


def other_updates(learner: Learner) -> None:
    """Momentum, weight decay, a name for the derivative, a parameter that does nothing."""
    network, rng = learner.network, learner.rng
    shape = network.shape
    reached = network.totals(shape.cost)
    names = [n for n in shape.parameters if n in reached]
    if not names:
        return
    name = rng.choice(names)
    rate = Sym(shape.rate) if shape.rate else lift("0.1")
    gradient = Sym(f"d{shape.cost}/d{name}")
    match rng.randint(0, 2):
        case 0:
            formula = Sym(name) - rate * (gradient + lift("0.01") * Sym(name))
            kind = "an update with weight decay"
        case 1:
            let(learner, "slope", gradient, "claim")
            formula = Sym(name) - rate * Sym("slope")
            kind = "an update by a name for the derivative"
        case _:
            let(learner, "vel", lift("0.9") * lift(0) + gradient, "definition")
            formula = Sym(name) - rate * Sym("vel")
            kind = "an update with momentum"
    let(learner, f"{name}'", formula, "update", kind)


def let(learner: Learner, name: str, formula: Expr, role: str, kind: str = "formula") -> None:
    """A further name, with its line."""
    for world in (learner.network, *learner.beside):
        if name not in world.values or name.endswith("'"):
            world.values[name] = world.number(formula)
    learner.claim(name, formula, "definition" if role == "claim" else role, kind)


# When they are written.

Manner = Callable[[list[Line], random.Random], list[Line]]


def _tagged(lines: Iterable[Line], kind: str) -> list[Line]:
    return [replace(line, kinds=line.kinds | {kind}) for line in lines]


def given_left_out(lines: list[Line], rng: random.Random) -> list[Line]:
    """One given is nowhere stated; its number stands in the figures alone.

    Nobody can tell then that a number is right which those figures do not give.
    """
    givens = [line for line in lines if line.role == "given"]
    gone = rng.choice(givens)
    kept = [_as_figures_give(line) for line in lines if line is not gone]
    return _tagged(kept, "a given left out")


def _as_figures_give(line: Line) -> Line:
    """The line without what is worked out from full numbers, where its figures give another."""
    for place, (before, part) in enumerate(pairwise(line.parts), 1):
        figures, number = before.expr, part.expr
        if not (figures and isinstance(number, Num)) or symbols(figures):
            continue
        given = at(figures, {})
        if abs(given - number.value) > unit(number) and part.kind.startswith("number by full"):
            return replace(line, parts=line.parts[:place])
    return line


def figures_first(lines: list[Line], rng: random.Random) -> list[Line]:
    """Z = 0.5*2 + 0.1 = 1.1, and nothing but figures to define z."""

    def bare(line: Line) -> Line:
        for place, part in enumerate(line.parts):
            if part.kind.startswith("figures") and part.expr and not symbols(part.expr):
                return replace(line, parts=line.parts[place:])
        return line

    some = rng.choice((0.5, 1.0))
    changed = [
        bare(line) if line.role == "definition" and rng.random() < some else line for line in lines
    ]
    return _tagged(changed, "a first formula in figures")


def cost_first(lines: list[Line], rng: random.Random) -> list[Line]:
    """The last formula of the forward pass stands above everything, its figures below."""
    definitions = [line for line in lines if line.role == "definition"]
    last = definitions[-1]
    ahead = replace(last, parts=last.parts[:1], number=-1, rests=frozenset())
    return _tagged([ahead, *lines], "the cost stated first")


def any_order(lines: list[Line], rng: random.Random) -> list[Line]:
    """Givens after the formulas that use them, or formulas from the cost down."""
    givens = [line for line in lines if line.role == "given"]
    definitions = [line for line in lines if line.role == "definition"]
    others = [line for line in lines if line.role not in ("given", "definition")]
    if rng.random() < 0.5:
        return _tagged([*definitions, *givens, *others], "givens after formulas")
    return _tagged([*givens, *definitions[::-1], *others], "formulas from the cost down")


def numbers_first(lines: list[Line], rng: random.Random) -> list[Line]:
    """P = 0.573 is stated, and p = σ(z) = 0.573 further down."""
    places = [
        i
        for i, line in enumerate(lines)
        if line.role == "definition"
        and len(line.parts) > 1
        and isinstance(line.parts[-1].expr, Num)
        and line.parts[-1].sign == "="
    ]
    if not places:
        return lines
    place = rng.choice(places)
    line = lines[place]
    alone = replace(line, parts=line.parts[-1:], names=frozenset({line.left}))
    later = replace(line, number=-2)
    first = min(len(lines), place + rng.randint(1, 3))
    changed = [*lines[:place], alone, *lines[place + 1 : first], later, *lines[first:]]
    return _tagged(changed, "a number before its formula")


def continued(lines: list[Line], rng: random.Random) -> list[Line]:
    """Lines that go on below, at an = or at a sign."""

    def split(line: Line) -> Line:
        if len(line.parts) < 2:
            return line
        place = rng.randrange(1, len(line.parts))
        part = line.parts[place]
        if rng.random() < 0.3 and isinstance(line.parts[0].expr, Op):
            shown = line.parts[0].text
            for sign in (" + ", " - "):
                before, found, after = shown.partition(sign)
                if found and before.count("(") == before.count(")"):
                    shown = f"{before}\n   {sign.strip()} {after}"
                    whole = (replace(line.parts[0], text=shown), *line.parts[1:])
                    return replace(line, parts=whole)
        below = replace(part, sign=f"\n    {part.sign}")
        return replace(line, parts=(*line.parts[:place], below, *line.parts[place + 1 :]))

    chosen = [
        split(line) if line.role != "given" and rng.random() < 0.5 else line for line in lines
    ]
    return [
        replace(line, kinds=line.kinds | {"goes on below"}) if line is not old else line
        for line, old in zip(chosen, lines, strict=True)
    ]


def in_figures_alone(lines: list[Line], rng: random.Random) -> list[Line]:
    """Updates whose formula is left out: w' = 0.5 - 0.1*(-0.3) = 0.53."""
    changed = []
    for line in lines:
        starts = [
            i
            for i, part in enumerate(line.parts)
            if part.expr and not symbols(part.expr) and isinstance(part.expr, Op)
        ]
        if line.role == "update" and starts:
            kinds = line.kinds | {"an update in figures"}
            line = replace(line, parts=line.parts[starts[0] :], kinds=kinds)
        changed.append(line)
    return changed


#: Those that leave the lines in their order, so that names may have been used again.
IN_ORDER = (continued, in_figures_alone)
#: How often each is seen, in a hundred worksheets.
AFTERWARDS: dict[Manner, int] = {
    given_left_out: 3,
    figures_first: 4,
    cost_first: 3,
    any_order: 3,
    numbers_first: 3,
    continued: 5,
    in_figures_alone: 6,
}


def afterwards(lines: list[Line], rng: random.Random) -> list[Line]:
    """The lines as somebody of one manner, or most often of none, has them."""
    number = rng.uniform(0, 100)
    for manner, share in AFTERWARDS.items():
        number -= share
        if number < 0:
            again = len({line.left for line in lines if line.role == "given"}) < sum(
                line.role == "given" for line in lines
            ) or any("another epoch" in line.kinds for line in lines)
            return lines if again and manner not in IN_ORDER else manner(lines, rng)
    return lines
