"""The slips people make in a formula, each as what they write in place of a step's.

Every function gives the wrong formulas of one slip for one step, none where it cannot be
made there. They are written from what the slip is, and know nothing of how it is found.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping

from micrograd_like.exercises.misreckoned import NUMBERS
from micrograd_like.exercises.places import (
    Place,
    calls,
    chained,
    derived,
    factors,
    leaves,
    negative,
    replaced,
    terms,
)
from micrograd_like.exercises.task import Key, Link, Task
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, added, multiplied, names
from micrograd_like.notation import plain

# Slips in signs, constants and costs.


def sign(place: Place) -> Iterator[Expr]:
    """For ŷ − y it is y − ŷ; for 1 − z² it is 1 + z²."""
    formula, kind = place.step.formula, place.step.kind
    if kind in ("local", "chain"):
        yield negative(formula)
    if kind != "update":  # there it is an ascent
        for call in calls(formula, "add", "sub"):
            turned = "sub" if call.function == "add" else "add"
            yield replaced(formula, call, Call(turned, call.arguments))
        if kind in ("forward", "again"):
            for call in calls(formula, "neg"):
                yield replaced(formula, call, call.arguments[0])


_COSTS = ("({p} - {y})^2/2", "({p} - {y})^2", "-ln({p})", "-log10({p})", "-{y}*ln({p})",
          "-({y}*ln({p}) + (1 - {y})*ln(1 - {p}))")  # fmt: skip


def not_this_cost(place: Place) -> Iterator[Expr]:
    """ŷ − y, the derivative of ½(ŷ − y)², where the cost is −log10 ŷ."""
    for link in place.links:
        for cost, p, y in place.task.shape.costs:
            if (link.of, link.wrt) == (cost, p):
                for other in _COSTS:
                    slope = derived(place.task, cost, other.format(p=p, y=y), p)
                    if slope is not None:
                        yield place.relinked(link, slope)


_BASES = {"log": "log10", "log10": "log"}


def log_base(place: Place) -> Iterator[Expr]:
    """For log10 it is ln, or the other way round; or the derivative of the wrong one."""
    formula = place.step.formula
    if place.step.kind in ("forward", "again"):
        if calls(formula, *_BASES):
            yield _other_base(formula)
        return
    for link in place.links:
        definition = place.task.definitions[link.of]
        if calls(definition, *_BASES):
            other = plain(_other_base(definition))
            slope = derived(place.task, link.of, other, link.wrt)
            if slope is not None:
                yield place.relinked(link, slope)


def _other_base(formula: Expr) -> Expr:
    for call in calls(formula, *_BASES):
        formula = replaced(formula, call, Call(_BASES[call.function], call.arguments))
    return formula


def constant_factor(place: Place) -> Iterator[Expr]:
    """2(ŷ − y) for ½(ŷ − y)²; the ½ of the cost forgotten."""
    formula = place.step.formula
    if place.step.kind in ("forward", "again"):
        yield from _without_constant(formula)
        return
    for link in place.links:
        for wrong in _without_constant(link.expr):
            yield place.relinked(link, wrong)
        constants = [c for c in calls(place.task.definitions[link.of]) if _constant(c)]
        if constants and not list(_without_constant(link.expr)):
            yield place.relinked(link, Call("mul", (Number(2), link.expr)))


def _without_constant(formula: Expr) -> Iterator[Expr]:
    for call in calls(formula, "mul", "div"):
        match call:
            case Call(_, (kept, Number())) | Call("mul", (Number(), kept)):
                yield replaced(formula, call, kept)
            case Call("div", (Number(int(value)), below)) if value != 1:
                yield replaced(formula, call, Call("div", (Number(1), below)))


def _constant(call: Call) -> bool:
    """True for 2x, x/2 and x²."""
    return call.function in ("mul", "div", "pow") and any(
        isinstance(argument, Number) for argument in call.arguments
    )


# Slips with an activation.

_ACTIVATIONS = ("sigmoid", "tanh")


def derivative_at_input(place: Place) -> Iterator[Expr]:
    """a(1 − a) for σ′, which is z(1 − z)."""
    for link, argument in _activated(place):
        yield place.relinked(link, replaced(link.expr, Name(link.of), argument))


def derivative_of_output(place: Place) -> Iterator[Expr]:
    """σ(z)(1 − σ(z)) for σ′: the activation applied once more."""
    for link, _ in _activated(place):
        function = place.task.definitions[link.of]
        assert isinstance(function, Call)
        again = Call(function.function, (Name(link.of),))
        yield place.relinked(link, replaced(link.expr, Name(link.of), again))


def _activated(place: Place) -> Iterator[tuple[Link, Expr]]:
    for link in place.links:
        match place.task.definitions[link.of]:
            case Call(function, (argument,)) if function in _ACTIVATIONS:
                yield link, argument


def wrong_function(place: Place) -> Iterator[Expr]:
    """log10 for the logistic function: another function of the table."""
    if place.step.kind in ("forward", "again"):
        formula = place.step.formula
        for call in calls(formula, *_TAKEN_FOR):
            for function in _TAKEN_FOR[call.function]:
                yield replaced(formula, call, Call(function, call.arguments))


_TAKEN_FOR = {
    "sigmoid": ("tanh", "softplus", "log10", "exp"),
    "tanh": ("sigmoid", "sin", "tan"),
    "softplus": ("sigmoid", "relu", "exp"),
    "relu": ("sigmoid", "tanh"),
    "sin": ("cos", "tan"),
    "cos": ("sin", "tan"),
    "exp": ("sigmoid", "sqrt"),
    "sqrt": ("log10", "exp"),
}


def degrees(place: Place) -> Iterator[Expr]:
    """As sin 0.8° for sin 0.8."""
    formula = place.step.formula
    found = calls(formula, "sin", "cos")
    for call in found:
        angle = Call("mul", (call.arguments[0], Number(math.pi / 180)))
        formula = replaced(formula, call, Call(call.function, (angle,)))
    if found:
        yield formula


# Slips with the chain rule.


def missing_factor(place: Place) -> Iterator[Expr]:
    """∂E/∂w5 = ∂E/∂ŷ · ∂a3/∂w5: a link left out, here the activation's derivative."""
    terms_ = place.step.terms
    for at, term in enumerate(terms_):
        for left_out in range(len(term)):
            rest = [link for number, link in enumerate(term) if number != left_out]
            if any(place.partial(link) != 1 for link in rest):  # 1 alone says nothing
                yield chained([*terms_[:at], rest, *terms_[at + 1 :]])
    for link in place.links:
        match place.task.definitions[link.of]:
            case Call(_, (Call(),)):  # a chain within one formula, as in tanh(w*x)
                *outer, inner = factors(link.expr)
                if outer:
                    yield place.relinked(link, inner)
                    yield place.relinked(link, multiplied(outer))


def extra_factor(place: Place) -> Iterator[Expr]:
    """A link counted twice; beside a link that is 1 it would be one put in its place."""
    terms_ = place.step.terms
    for at, term in enumerate(terms_):
        one = any(place.partial(link) == 1 for link in term)
        for link in term if len(term) > 1 and not one else ():
            yield chained([*terms_[:at], [*term, link], *terms_[at + 1 :]])


def missing_path(place: Place) -> Iterator[Expr]:
    """∂E/∂x1 through h1 alone."""
    terms_ = place.step.terms
    for at in range(len(terms_) if len(terms_) > 1 else 0):
        yield chained([*terms_[:at], *terms_[at + 1 :]])


def added_for_multiplied(place: Place) -> Iterator[Expr]:
    """Links added, or paths multiplied."""
    terms_ = [[link.expr for link in term] for term in place.step.terms]
    for at, term in enumerate(terms_):
        if len(term) > 1:
            rest = [*map(multiplied, terms_[:at]), added(term), *map(multiplied, terms_[at + 1 :])]
            yield added(rest)
    if len(terms_) > 1:
        yield multiplied(map(multiplied, terms_))


def swapped_operand(place: Place) -> Iterator[Expr]:
    """∂a3/∂w5 = w5, where the product rule gives z1."""
    for link in place.links:
        for product in calls(place.task.definitions[link.of], "mul"):
            match product.arguments:
                case (Name(this), Name(other)) | (Name(other), Name(this)) if this == link.wrt:
                    for wrong in _swapped(link.expr, Name(other), Name(this)):
                        yield place.relinked(link, wrong)


def _swapped(expr: Expr, old: Name, new: Name) -> Iterator[Expr]:
    """The formula with ``new`` for ``old`` where it is a factor; not inside a function."""
    if expr == old:
        yield new
    for call in calls(expr, "mul"):
        left, right = call.arguments
        if right == old:
            yield replaced(expr, call, Call("mul", (left, new)))
        elif left == old:
            yield replaced(expr, call, Call("mul", (new, right)))


# Slips with names.


def wrong_operand(place: Place) -> Iterator[Expr]:
    """A neighbour in place of the right name: ∂E/∂w5 for ∂E/∂w6, z1 for z2."""
    formula, kind = place.step.formula, place.step.kind
    for leaf in leaves(formula):
        if kind == "update" and isinstance(leaf, Name):
            continue  # it would no longer be an update of this name
        for other in sorted(place.before, key=str):
            if _neighbours(place.task, _key(leaf), other):
                symbol = Name(other) if isinstance(other, str) else other
                yield replaced(formula, leaf, symbol)


def _key(leaf: Name | Derivative) -> Key:
    return leaf.name if isinstance(leaf, Name) else leaf


def _neighbours(task: Task, key: Key, other: Key) -> bool:
    if key == other or isinstance(key, str) is not isinstance(other, str):
        return False
    pairs: list[tuple[str, str]]
    if isinstance(key, Derivative) and isinstance(other, Derivative):
        pairs = [(key.of, other.of), (key.wrt, other.wrt)]
        below = task.graph.dependents
        if key.wrt != other.wrt and (key.wrt in below(other.wrt) or other.wrt in below(key.wrt)):
            return False  # further along the same chain: that is a link left out or added
    else:
        pairs = [(str(key), str(other))]
    alike = all(_family(a) == _family(b) for a, b in pairs)
    return alike and not any({a, b} in map(set, task.shape.transposed) for a, b in pairs)


def _family(name: str) -> tuple[str, bool]:
    """Letters without their number, and whether it is numbered; w5' and w5 are two families."""
    bare = re.sub(r"\d+", "", name)
    return bare, bare == name


def transposed(place: Place) -> Iterator[Expr]:
    """w2 for w3: the indices of a weight changed round."""
    formula = place.step.formula
    if place.step.kind not in ("forward", "local"):
        return
    for pair in place.task.shape.transposed:
        for old, new in (pair, pair[::-1]):
            if old in names(formula):
                yield replaced(formula, Name(old), Name(new))


def updated_too_early(place: Place) -> Iterator[Expr]:
    """∂E/∂z1 with w5', which is not yet in force."""
    formula = place.step.formula
    if place.step.kind in ("local", "chain"):
        for name in names(formula):
            if f"{name}'" in place.before:
                yield replaced(formula, Name(name), Name(f"{name}'"))


# Slips in an update, and in sharing out the error.


def ascent(place: Place) -> Iterator[Expr]:
    """As w' = w + α·∂E/∂w."""
    match place.step.formula:
        case Call("sub", arguments) if place.step.kind == "update":
            yield Call("add", arguments)


def no_learning_rate(place: Place) -> Iterator[Expr]:
    """As w' = w − ∂E/∂w."""
    match place.step.formula:
        case Call("sub", (old, Call("mul", (_, slope)))) if place.step.kind == "update":
            yield Call("sub", (old, slope))


def normalised_weights(place: Place) -> Iterator[Expr]:
    """The error shared out by w5/(w5 + w6) in place of w5."""
    for link in place.links:
        weights = dict(_products(place.task, link.of))
        weight = weights.get(link.wrt)
        if weight is not None and len(weights) > 1:
            share = Call("div", (Name(weight), added(map(Name, weights.values()))))
            yield place.relinked(link, replaced(link.expr, Name(weight), share))


def _products(task: Task, name: str) -> Iterator[tuple[str, str]]:
    """The computed nodes that ``name`` is a weighted sum of, each with its weight."""
    for term in terms(task.definitions[name]):
        match term:
            case Call("mul", (Name(a), Name(b))):
                for node, weight in ((a, b), (b, a)):
                    if node in task.definitions and weight in task.givens:
                        yield node, weight


FORMULAS: Mapping[str, Callable[[Place], Iterator[Expr]]] = {
    "sign": sign,
    "not-this-cost": not_this_cost,
    "log-base": log_base,
    "constant-factor": constant_factor,
    "derivative-at-input": derivative_at_input,
    "derivative-of-output": derivative_of_output,
    "missing-factor": missing_factor,
    "extra-factor": extra_factor,
    "missing-path": missing_path,
    "added-for-multiplied": added_for_multiplied,
    "swapped-operand": swapped_operand,
    "wrong-operand": wrong_operand,
    "transposed": transposed,
    "updated-too-early": updated_too_early,
    "ascent": ascent,
    "no-learning-rate": no_learning_rate,
    "normalised-weights": normalised_weights,
    "wrong-function": wrong_function,
    "degrees": degrees,
}


#: Every cause that can be planted.
CODES = (*FORMULAS, *NUMBERS)
