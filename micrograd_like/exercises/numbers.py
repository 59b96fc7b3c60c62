"""Numbers for what is given, such that all that follows from them is fit for a hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TypeVar

from micrograd_like.exercises.shapes import Shape
from micrograd_like.formula import Call, Expr, Name, Number, Quantity, evaluate, names, nodes
from micrograd_like.graph import NamedGraph
from micrograd_like.ops import FLOAT
from micrograd_like.worksheet.builder import Builder

T = TypeVar("T")

#: How often numbers are drawn anew until they are fit for a hand.
_TRIES = 1000
#: How often those of a stage are.
_STAGE = 200
#: Forward values and derivatives lie between these: no saturation, nothing lost in rounding.
SMALLEST, GREATEST = 0.004, 30.0
#: An argument of an activation keeps off its kink and off where it is flat.
_NEAR, _FAR = 0.1, 2.2
#: Functions that are no activation: their arguments may lie anywhere.
_ANYWHERE = ("neg", "log", "log10", "sqrt")


def pick(rng: random.Random, options: Sequence[T]) -> T:
    """One of them. Only ``random()`` is the same in every version of Python."""
    return options[int(rng.random() * len(options))]


def shuffled(rng: random.Random, options: Sequence[T]) -> list[T]:
    """All of them, in random order."""
    keys = [(rng.random(), place) for place in range(len(options))]
    return [options[place] for _, place in sorted(keys)]


def drawn(shape: Shape, rng: random.Random) -> dict[Name, Number]:
    """Numbers for what is given in a shape.

    Raises:
        ValueError: The ranges of the shape leave no such numbers.
    """
    ranges = {Name(name): (low, high) for many, low, high in shape.givens for name in many.split()}
    stages = [*_stages(shape, [*ranges])]
    for _ in range(_TRIES):
        givens: dict[Name, Number] = {}
        values: dict[Quantity, float] = {}
        for new, definitions in stages:
            for _ in range(_STAGE if shape.staged else 1):
                fresh = _givens({name: ranges[name] for name in new}, rng, givens)
                trial = values | {name: float(number.value) for name, number in fresh.items()}
                if _fit(shape, definitions, trial):
                    break
            else:
                break
            givens |= fresh
            values = trial
        else:
            return {name: givens[name] for name in ranges}
    raise ValueError(f"the shape {shape.name!r} leaves no numbers fit for a hand")


def _stages(shape: Shape, given: Sequence[Name]) -> Iterator[tuple[list[Name], list[Name]]]:
    """What is drawn at once, and what is computed from it: all, or as it comes."""
    if not shape.staged:
        yield [*given], [name for name, _ in shape.definitions]
        return
    left = dict.fromkeys(given)
    stages: list[tuple[list[Name], list[Name]]] = []
    for name, formula in shape.definitions:
        new = [part for part in names(formula) if part in left]
        for part in new:
            del left[part]
        if new or not stages:
            stages.append((new, []))
        stages[-1][1].append(name)
    yield from stages
    yield [*left], []


def graph_of(shape: Shape, givens: Mapping[Name, Number]) -> NamedGraph:
    """The shape's graph at these numbers."""
    builder = Builder()
    for name, formula in (*givens.items(), *shape.definitions):
        builder.define(name, formula)
    return NamedGraph([*builder.names.values()])


@cache
def _formulas(shape: Shape) -> NamedGraph:
    """The formulas of a shape, whatever its numbers; 0.5 is in every domain."""
    given = (name for names_, *_ in shape.givens for name in names_.split())
    return graph_of(shape, {Name(name): Number(0.5, 1) for name in given})


@cache
def _slopes(shape: Shape) -> Mapping[Quantity, Sequence[Expr]]:
    """The local derivatives of every quantity of a shape, as formulas."""
    found: dict[Quantity, list[Expr]] = {}
    for (of, _), slope in _formulas(shape).locals.items():
        found.setdefault(of, []).append(slope)
    return found


def _givens(
    ranges: Mapping[Name, tuple[float, float]],
    rng: random.Random,
    others: Mapping[Name, Number],
) -> dict[Name, Number]:
    """Two decimals each, none of them 0; away from 0 and 1, and all different in size."""
    givens: dict[Name, Number] = {}
    used = {round(abs(number.value) * 100) for number in others.values()}
    for name, (low, high) in ranges.items():
        sizes = [
            n
            for n in range(max(round(low * 100), 12), round(high * 100) + 1)
            if n % 10 and not 93 <= n <= 107 and n not in used
        ]
        size = pick(rng, sizes)
        used.add(size)
        sign = pick(rng, (1, -1)) if low < 0 else 1
        givens[name] = Number(sign * size / 100, 2)
    return givens


def _fit(shape: Shape, definitions: Sequence[Name], values: dict[Quantity, float]) -> bool:
    """True if these definitions and their slopes are fit for a hand; they join the values."""
    graph, off = _formulas(shape), shape.off.split()
    try:
        for name in definitions:
            formula = graph.formulas[name]
            values[name] = evaluate(formula, values, FLOAT)
            size = abs(values[name])
            if not (size == 0 if name in off else SMALLEST * 10 < size < GREATEST):
                return False
            for call in nodes(formula, Call):
                first = abs(evaluate(call.arguments[0], values, FLOAT))
                activation = len(call.arguments) == 1 and call.function not in _ANYWHERE
                if activation and not _NEAR < first < _FAR:
                    return False
        for name in definitions:
            for slope in _slopes(shape).get(name, ()):
                size = abs(evaluate(slope, values, FLOAT))
                if not (SMALLEST < size < GREATEST or (off and size == 0)):
                    return False
    except (ArithmeticError, ValueError):  # a logarithm of what is below 0
        return False
    return True
