"""Graphs of derivatives recorded at one point and replayed at many others, against mpmath."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import islice
from typing import Any

import mpmath
import pytest
from random_graphs import Recipe, drawn
from references import symbolic

from micrograd_like import DomainError, Value, apply, compile_graph, grad
from micrograd_like.formula import evaluate, parse
from micrograd_like.ops import FLOAT, OPS
from micrograd_like.tape import native

BACKEND = "numpy" if native.missing() else "c"
#: Points nearer to a kink or to the edge of a domain are left out, and those with larger numbers.
NEAR, LARGE = 1e-3, 1e4
#: The relative change of every result that shows by how much roundings count.
CHANGE, ROUNDING = mpmath.mpf("1e-20"), 2.0**-52
#: Graphs in which every operation comes up.
SEEDS = range(120)


def by_mpmath(recipe: Recipe, leaves: Sequence[Any], changes: Sequence[int]) -> Any:
    """The recipe's output over mpmath's numbers, each result changed."""
    nodes = [*leaves, *map(mpmath.mpf, recipe.constants)]
    for (op, places), change in zip(recipe.lines, changes, strict=True):
        node = symbolic(op, len(places), ())(*(nodes[place] for place in places))
        nodes.append(node * (1 + change * CHANGE))
    return nodes[recipe.outputs[0]]


def derivatives(recipe: Recipe, point: list[float], wrt: int, changes: Sequence[int]) -> list[Any]:
    """Those of the orders 0 to 3 by one of the leaves."""

    def f(x: Any) -> Any:
        leaves = [x if place == wrt else mpmath.mpf(y) for place, y in enumerate(point)]
        return by_mpmath(recipe, leaves, changes)

    with mpmath.workdps(60):
        return list(mpmath.diffs(f, mpmath.mpf(point[wrt]), 3))


def is_smooth(recipe: Recipe, point: list[float]) -> bool:
    """True where it is defined, and no kink, no edge of a domain and no large number is near."""
    for nudge in (0.0, NEAR, -NEAR):
        nodes = [*(Value(x + nudge) for x in point), *map(Value, recipe.constants)]
        for op, places in recipe.lines:
            operands = [nodes[place] for place in places]
            row = OPS[op]
            if row.kink:
                numbers = row.bind(tuple(node.data for node in operands))
                if abs(evaluate(parse(row.kink), numbers, FLOAT)) < NEAR:
                    return False
            try:
                nodes.append(apply(op, *operands))
            except DomainError:
                return False
            if not all(abs(x) < LARGE for x in (nodes[-1].data, *nodes[-1].partials)):
                return False
    return True


def recorded(recipe: Recipe, point: list[float], wrt: int) -> tuple[list[Value], list[Value]]:
    """The leaves, and the graphs of the derivatives of the orders 1 to 3."""
    leaves = [Value(number, f"x{place}") for place, number in enumerate(point)]
    (node,) = recipe.build(leaves[: recipe.inputs], leaves[recipe.inputs :])
    nodes = [node := grad(node, leaves[wrt], create_graph=True) for _ in range(3)]
    return leaves, nodes


class Drawn:
    """A random graph, the point where it is recorded, and others where it is smooth."""

    def __init__(self, seed: int, count: int) -> None:
        self.generator = random.Random(seed)
        self.recipe, inputs, parameters = drawn(seed, most=8)
        self.here = [*inputs, *parameters]
        used = [place for place in range(len(self.here)) if self.recipe.uses(place)]
        self.wrt = self.generator.choice(used) if used else 0
        points = ([self.generator.uniform(-2, 2) for _ in self.here] for _ in range(20 * count))
        self.points = list(islice((p for p in points if is_smooth(self.recipe, p)), count))

    def sides(self, point: list[float]) -> list[tuple[str, bool]]:
        """The operations, and on which side of its kink each is there."""
        nodes = [*map(Value, point), *map(Value, self.recipe.constants)]
        found = []
        for op, places in self.recipe.lines:
            row, operands = OPS[op], [nodes[place] for place in places]
            numbers = row.bind(tuple(node.data for node in operands))
            found.append((op, bool(row.kink) and evaluate(parse(row.kink), numbers, FLOAT) > 0))
            nodes.append(apply(op, *operands))
        return found


def test_every_operation_comes_up_and_every_kink_is_crossed() -> None:
    """Between the point where a graph is recorded and one where it is replayed."""
    came_up, crossed = set(), set()
    for seed in SEEDS:
        graph = Drawn(seed, 20)
        before = graph.sides(graph.here)
        for point in graph.points:
            came_up |= {op for op, _ in before}
            crossed |= {
                op
                for (op, side), (_, other) in zip(before, graph.sides(point), strict=True)
                if side != other
            }
    assert came_up == set(OPS)
    assert crossed == {name for name, row in OPS.items() if row.kink}


def check_everywhere(seed: int, count: int) -> None:
    """Record the derivatives at one point, and replay them at the others."""
    graph = Drawn(seed, count)
    recipe, generator = graph.recipe, graph.generator
    try:
        leaves, nodes = recorded(recipe, graph.here, graph.wrt)
    except DomainError:  # a third derivative that does not exist there
        return
    everything = [*nodes, sum(leaves, Value(0.0))]
    program = compile_graph(everything, leaves, backend=BACKEND, allow_nonfinite=True)
    for point in graph.points:
        got = program([point])[0]
        exact = derivatives(recipe, point, graph.wrt, [0] * len(recipe.lines))
        changed = [generator.choice((-1, 1)) for _ in recipe.lines]
        other = derivatives(recipe, point, graph.wrt, changed)
        largest = max(float(abs(number)) for number in exact)
        for order in (1, 2, 3):
            counts = float(abs(other[order] - exact[order]) / CHANGE)
            tolerance = ROUNDING * (1e4 * largest + 100 * counts) + 1e-12
            error = abs(got[order - 1] - float(exact[order]))
            assert error <= tolerance, (seed, order, point, got[order - 1], exact[order])


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_derivatives_hold_at_other_points(seed: int) -> None:
    check_everywhere(seed, 3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_derivatives_hold_at_a_thousand_points(seed: int) -> None:
    check_everywhere(seed, 1000)
