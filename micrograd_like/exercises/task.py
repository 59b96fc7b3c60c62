"""An exercise before anybody has worked it: numbers drawn for a shape, and the steps to take.

A :class:`Step` is a quantity and the right formula for it: a definition of the forward
pass, ∂U/∂V between neighbours, ∂E/∂V by the chain rule as a sum over the users U of V of
∂E/∂U · ∂U/∂V, an update w' = w − rate·∂E/∂w, a definition of the second forward pass.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from micrograd_like.exercises.numbers import drawn, graph_of
from micrograd_like.exercises.oracle import Oracle
from micrograd_like.exercises.shapes import Shape
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    added,
    evaluate,
    multiplied,
    names,
    rewrite,
    simplify,
    substitute,
)
from micrograd_like.graph import NamedGraph
from micrograd_like.ops import FLOAT

Kind = Literal["forward", "local", "chain", "update", "again"]


@dataclass(frozen=True, slots=True)
class Link:
    """A factor of a chain: the derivative's symbol, or the formula in its place."""

    of: Quantity
    wrt: Quantity
    expr: Expr


@dataclass(frozen=True, slots=True)
class Step:
    """A line to be written: the quantity, and its right formula.

    Attributes:
        terms: Of a chain, its paths, each as its links.
    """

    kind: Kind
    left: Quantity
    formula: Expr
    terms: tuple[tuple[Link, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How the steps are laid out; any of them is good practice.

    Attributes:
        inline: The last link of a chain is written as its formula, dE/da3*z1.
        in_full: A chain goes back to the output, where there is a single path; its links are then
            those worked out before, and none is written inline.
        at_once: Backward node by node, each weight updated as soon as its derivative is there;
            otherwise all local derivatives first, and the updates last.
    """

    inline: bool = False
    in_full: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """Numbers for a shape, its graph, and the steps.

    Attributes:
        worlds: The true numbers of everything here, and at two other draws of the givens, from the
            oracle.
    """

    shape: Shape
    givens: Mapping[Name, Number]
    graph: NamedGraph
    definitions: Mapping[Quantity, Expr]
    steps: tuple[Step, ...]
    worlds: tuple[Mapping[Quantity, float], ...]


def task(shape: Shape, rng: random.Random, manner: Manner) -> Task:
    """An exercise of the shape with numbers fit for a hand.

    Raises:
        ValueError: The ranges of the shape leave no such numbers.
    """
    definitions: dict[Quantity, Expr] = dict(shape.definitions)
    givens = drawn(shape, rng)
    graph = graph_of(shape, givens)
    steps = tuple(_steps(shape, graph, definitions, manner))
    others = [drawn(shape, rng) for _ in range(2)]
    worlds = tuple(_true(definitions, steps, numbers) for numbers in (givens, *others))
    return Task(shape, givens, graph, definitions, steps, worlds)


def _true(
    definitions: Mapping[Quantity, Expr], steps: Sequence[Step], givens: Mapping[Name, Number]
) -> dict[Quantity, float]:
    """The true number of every given and every step; no formula of a derivative is believed."""
    known: dict[Quantity, float] = {n: float(number.value) for n, number in givens.items()}
    oracle = Oracle(dict(known), definitions)
    for step in steps:
        new = step.kind in ("update", "again")
        known[step.left] = evaluate(step.formula, known, FLOAT) if new else oracle[step.left]
    return known


# Steps.


def _steps(
    shape: Shape, graph: NamedGraph, definitions: Mapping[Quantity, Expr], manner: Manner
) -> Iterator[Step]:
    for name, formula in definitions.items():
        yield Step("forward", name, formula)
    updated = shape.updated.split()
    if manner.at_once:
        yield from _node_by_node(shape, graph, definitions, manner)
    else:
        backward = list(_node_by_node(shape, graph, definitions, manner))
        for kind in ("local", "chain", "update"):
            yield from (step for step in backward if step.kind == kind)
    primed: dict[Quantity, Name] = {Name(name): Name(f"{name}'") for name in updated}
    for name, formula in definitions.items():
        if any(part in primed for part in names(formula)):
            primed[name] = Name(f"{name}'")
            new = substitute(formula, {str(old): new for old, new in primed.items()})
            yield Step("again", primed[name], new)


def _node_by_node(
    shape: Shape, graph: NamedGraph, definitions: Mapping[Quantity, Expr], manner: Manner
) -> Iterator[Step]:
    """From the output back: of each node, ∂E/∂node, then its inputs, the givens first."""
    output = list(definitions)[-1]
    held = shape.held.split()
    rank = {name: place for place, name in enumerate(definitions)}
    written: set[tuple[Quantity, Quantity]] = set()
    wanted = [name for name in definitions if name != output][::-1]
    for node in [output, *wanted]:
        if node != output:
            yield from _totals(graph, output, node, written, manner)
        inputs = [name for name in names(definitions[node]) if name not in held]
        for name in sorted(inputs, key=lambda name: rank.get(name, -1)):
            if graph.only_way(node, name):
                written.add((node, name))
                formula = decided(graph.locals[node, name], graph)
                yield Step("local", Derivative(node, name), formula)
            last = all(rank[user] >= rank[node] for user in graph.users[name])
            if name not in definitions and last:
                yield from _totals(graph, output, name, written, manner)
                if name in shape.updated.split():
                    yield _update(shape, output, name)


def decided(formula: Expr, graph: NamedGraph) -> Expr:
    """The formula without its conditions: a relu's derivative is 1 or 0, as it happens to be."""

    def rule(node: Expr) -> Expr | None:
        match node:
            case Call("where", (condition, then, otherwise)):
                return then if evaluate(condition, graph.values, FLOAT) else otherwise
        return None

    changed = rewrite(formula, rule)
    return formula if changed is formula else simplify(changed)


def _totals(
    graph: NamedGraph,
    output: Quantity,
    name: Quantity,
    written: set[tuple[Quantity, Quantity]],
    manner: Manner,
) -> Iterator[Step]:
    """∂output/∂name by the chain rule, unless it is a link that is written already."""
    if (output, name) in written:
        return
    written.add((output, name))
    terms: list[tuple[Link, ...]] = []
    for user in graph.users[name]:
        last = Link(user, name, Derivative(user, name))
        inline = manner.inline and not manner.in_full
        if inline or not graph.only_way(user, name):
            last = Link(user, name, decided(graph.locals[user, name], graph))
        if user == output:
            terms.append((last,))
        else:
            terms.append((*_upstream(graph, output, user, manner), last))
    formula = added(multiplied(link.expr for link in term) for term in terms)
    yield Step("chain", Derivative(output, name), formula, tuple(terms))


def _upstream(graph: NamedGraph, output: Quantity, user: Quantity, manner: Manner) -> list[Link]:
    """The links from the output to ``user``: one, or all where there is a single path."""
    links: list[Link] = []
    while manner.in_full and user != output:
        nexts = graph.users[user]
        if len(nexts) != 1:
            break
        links.insert(0, Link(nexts[0], user, Derivative(nexts[0], user)))
        user = nexts[0]
    if user != output:
        links.insert(0, Link(output, user, Derivative(output, user)))
    return links


def _update(shape: Shape, output: Quantity, name: Name) -> Step:
    slope = Call("mul", (Name(shape.rate), Derivative(output, name)))
    return Step("update", Name(f"{name}'"), Call("sub", (name, slope)))
