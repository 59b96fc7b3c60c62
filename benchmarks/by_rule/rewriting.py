"""The same formula in other words: each rule keeps its value wherever it is defined.

``reworded(expr, rng)`` tries rules at random places and keeps what its own evaluator finds
equal at the worksheet's numbers and beside them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from benchmarks.by_rule.expression import (
    EPS,
    ONE,
    TWO,
    Expr,
    Num,
    Op,
    Sym,
    Undefined,
    at,
    call,
    lift,
    plus,
    replace,
    times,
    walk,
)

exp, ln, tanh, sigmoid, sqrt = map(call, ("exp", "ln", "tanh", "sigmoid", "sqrt"))
Rule = Callable[[Op, random.Random], Iterator[Expr]]


def _half() -> Expr:
    return lift(Decimal("0.5"))


def _sum(e: Op, rng: random.Random) -> Iterator[Expr]:
    terms = list(e.args)
    rng.shuffle(terms)
    yield Op("add", tuple(terms))
    yield -Op("add", tuple(_opposite(t) for t in e.args))
    shared = [f for f in _factors(e.args[0]) if all(f in _factors(t) for t in e.args[1:])]
    if shared and not isinstance(shared[0], Num):
        yield shared[0] * plus([_without(t, shared[0]) for t in e.args])


def _opposite(term: Expr) -> Expr:
    return term.args[0] if isinstance(term, Op) and term.op == "neg" else -term


def _factors(term: Expr) -> list[Expr]:
    if isinstance(term, Op) and term.op == "neg":
        return _factors(term.args[0])
    return list(term.args) if isinstance(term, Op) and term.op == "mul" else [term]


def _without(term: Expr, factor: Expr) -> Expr:
    if isinstance(term, Op) and term.op == "neg":
        return -_without(term.args[0], factor)
    left = _factors(term)
    left.remove(factor)
    return times(left) if left else lift(1)


def _product(e: Op, rng: random.Random) -> Iterator[Expr]:
    factors = list(e.args)
    rng.shuffle(factors)
    yield Op("mul", tuple(factors))
    for place, factor in enumerate(e.args):
        others = [*e.args[:place], *e.args[place + 1 :]]
        rest = others[0] if len(others) == 1 else Op("mul", tuple(others))
        if isinstance(factor, Op) and factor.op == "add":
            yield plus([_expanded(term, others) for term in factor.args])
            turned = Op("add", tuple(_opposite(t) for t in reversed(factor.args)))
            yield -Op("mul", (turned, *others))
        if isinstance(factor, Op) and factor.op == "div":
            yield Op("mul", (factor.args[0], rest)) / factor.args[1]
        if factor == lift(2):
            yield rest + rest
        if isinstance(factor, Num) and factor.value == Decimal("0.5"):
            yield rest / 2


def _expanded(term: Expr, others: list[Expr]) -> Expr:
    if isinstance(term, Op) and term.op == "neg":
        return -Op("mul", (term.args[0], *others))
    return Op("mul", (term, *others)) if term != lift(1) else times(others)


def _quotient(e: Op, rng: random.Random) -> Iterator[Expr]:
    above, below = e.args
    yield above * (1 / below)
    yield (1 / below) * above
    yield above * below ** lift(-1)
    if isinstance(above, Op) and above.op == "add":
        yield Op("add", tuple(_over(term, below) for term in above.args))
    if isinstance(above, Op) and above.op == "mul":
        yield Op("mul", (above.args[0] / below, *above.args[1:]))
    if below == lift(2):
        yield _half() * above
    if isinstance(below, Op) and below.op == "exp":
        yield above * exp(-below.args[0])


def _over(term: Expr, below: Expr) -> Expr:
    if isinstance(term, Op) and term.op == "neg":
        return -(term.args[0] / below)
    return term / below


def _power(e: Op, rng: random.Random) -> Iterator[Expr]:
    base, power = e.args
    if not isinstance(power, Num):
        return
    if power.value == TWO:
        yield base * base
        if isinstance(base, Op) and base.op == "add" and len(base.args) == 2:
            a, b = base.args
            yield Op("pow", (Op("add", tuple(_opposite(t) for t in reversed(base.args))), power))
            if isinstance(b, Op) and b.op == "neg":
                yield a**2 - Op("mul", (lift(2), a, b.args[0])) + b.args[0] ** 2
            else:
                yield a**2 + Op("mul", (lift(2), a, b)) + b**2
    elif power.value == 3:
        yield base * base**2
    elif power.value < 0:
        yield 1 / (base if power.value == -ONE else base ** lift(-power.value))


def _negative(e: Op, rng: random.Random) -> Iterator[Expr]:
    (inner,) = e.args
    yield lift(-1) * inner
    if isinstance(inner, Op) and inner.op == "add":
        yield Op("add", tuple(_opposite(term) for term in inner.args))
    if isinstance(inner, Op) and inner.op == "ln":
        yield ln(1 / inner.args[0])
    if isinstance(inner, Op) and inner.op == "mul" and isinstance(inner.args[0], Op):
        first, *rest = inner.args
        if isinstance(first, Op) and first.op == "add":
            turned = Op("add", tuple(_opposite(t) for t in reversed(first.args)))
            yield Op("mul", (turned, *rest))


def _sigmoid(e: Op, rng: random.Random) -> Iterator[Expr]:
    (z,) = e.args
    yield 1 / (1 + exp(_opposite(z)))
    yield exp(z) / (1 + exp(z))
    yield 1 - sigmoid(_opposite(z))
    yield (1 + tanh(z / 2)) / 2
    yield (1 + exp(_opposite(z))) ** lift(-1)
    yield 1 - 1 / (1 + exp(z))


def _tanh(e: Op, rng: random.Random) -> Iterator[Expr]:
    (z,) = e.args
    yield (exp(z) - exp(_opposite(z))) / (exp(z) + exp(_opposite(z)))
    yield 2 * sigmoid(2 * z) - 1
    yield (exp(2 * z) - 1) / (exp(2 * z) + 1)
    yield 1 - 2 / (exp(2 * z) + 1)


def _logarithm(e: Op, rng: random.Random) -> Iterator[Expr]:
    (z,) = e.args
    if isinstance(z, Op):
        match z.op, z.args:
            case "mul", args:
                yield Op("add", tuple(ln(a) for a in args))
            case "div", (a, b):
                yield ln(a) - ln(b)
            case "pow", (a, n):
                yield n * ln(a)
            case "exp", (a,):
                yield a
            case "sqrt", (a,):
                yield ln(a) / 2
    yield -ln(1 / z)


def _root(e: Op, rng: random.Random) -> Iterator[Expr]:
    (z,) = e.args
    yield z ** lift(Decimal("0.5"))
    yield z ** (lift(1) / 2)


def _exponential(e: Op, rng: random.Random) -> Iterator[Expr]:
    (z,) = e.args
    yield 1 / exp(_opposite(z))
    if isinstance(z, Op) and z.op == "add":
        yield Op("mul", tuple(exp(term) for term in z.args))


def _sine(e: Op, rng: random.Random) -> Iterator[Expr]:
    (z,) = e.args
    name, half_turn = e.op, Sym("pi") / 2
    yield call("cos")(half_turn - z) if name == "sin" else call("sin")(half_turn - z)
    yield -call("sin")(_opposite(z)) if name == "sin" else call("cos")(_opposite(z))


def _softplus(e: Op, rng: random.Random) -> Iterator[Expr]:
    (z,) = e.args
    yield ln(1 + exp(z))
    yield z + ln(1 + exp(_opposite(z)))
    yield -ln(sigmoid(_opposite(z)))


def _relu(e: Op, rng: random.Random) -> Iterator[Expr]:
    yield Op("max", (lift(0), e.args[0]))
    yield (e.args[0] + call("abs")(e.args[0])) / 2


#: What each operation may be written as, and what that is called.
RULES: dict[str, tuple[str, Rule]] = {
    "add": ("sums reordered or factored", _sum),
    "mul": ("products reordered or expanded", _product),
    "div": ("quotients as products", _quotient),
    "pow": ("powers written out", _power),
    "neg": ("signs moved", _negative),
    "sigmoid": ("sigmoid written out", _sigmoid),
    "tanh": ("tanh written out", _tanh),
    "ln": ("logarithms taken apart", _logarithm),
    "sqrt": ("roots as powers", _root),
    "exp": ("exponentials taken apart", _exponential),
    "sin": ("sines as cosines", _sine),
    "cos": ("cosines as sines", _sine),
    "softplus": ("softplus written out", _softplus),
    "relu": ("relu written out", _relu),
}

#: Pieces; a person does not write longer formulas.
_LONGEST = 40


def reworded(
    expr: Expr, rng: random.Random, worlds: Sequence[Mapping[str, Decimal]], steps: int = 1
) -> tuple[Expr, list[str]]:
    """The formula in other words, and which rules were used; equal in every one of the worlds."""
    used: list[str] = []
    for _ in range(steps):
        places = [e for e in walk(expr) if isinstance(e, Op) and e.op in RULES]
        if not places:
            break
        place = rng.choice(places)
        name, rule = RULES[place.op]
        ways = list(rule(place, rng))
        if not ways:
            continue
        other = _once(expr, place, rng.choice(ways))
        if other != expr and sum(1 for _ in walk(other)) <= _LONGEST and same(expr, other, worlds):
            expr, used = other, [*used, name]
    return expr, used


def _once(expr: Expr, place: Op, other: Expr) -> Expr:
    done: list[Expr] = []

    def rule(e: Expr) -> Expr | None:
        if e is place and not done:
            done.append(e)
            return other
        return None

    return replace(expr, rule)


def same(a: Expr, b: Expr, worlds: Sequence[Mapping[str, Decimal]]) -> bool:
    """True if the two have the same number, to 40 digits, in every world."""
    for world in worlds:
        try:
            one, other = at(a, world), at(b, world)
        except Undefined:
            return False
        if abs(one - other) > EPS * max(ONE, abs(one)):
            return False
    return True


def simplified(expr: Expr) -> Expr:
    """The formula without factors 1, terms 0 and products with 0 that figures have made."""

    def rule(e: Expr) -> Expr | None:
        if not isinstance(e, Op):
            return e
        args = [replace(arg, rule) for arg in e.args]
        if e.op == "mul":
            return times(args)
        if e.op == "add":
            return plus(args)
        if e.op == "neg" and isinstance(args[0], Num) and args[0].value == 0:
            return lift(0)
        if e.op == "div" and isinstance(args[1], Num) and args[1].value == 1:
            return args[0]
        if e.op == "pow" and isinstance(args[1], Num) and args[1].value == 1:
            return args[0]
        return Op(e.op, tuple(args))

    return replace(expr, rule)
