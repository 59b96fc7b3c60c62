"""The steps of a worksheet of one's own: its lines, and what these need and no line gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from micrograd_like.exercises.oracle import Oracle
from micrograd_like.exercises.places import chained, factors, terms
from micrograd_like.exercises.task import Kind, Link, Step, decided
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    derivatives,
    evaluate,
    names_in,
    nodes,
    quantities,
)
from micrograd_like.graph import NamedGraph
from micrograd_like.ops import FLOAT

#: A formula is true if it agrees to so much at every draw.
_ALIKE = 1e-9


class Lines:
    """Puts steps together, each behind what it needs.

    Args:
        givens: What is given.
        definitions: The formula of every other name.
        updates: The names that an update gives a new value.
        lines: What each line is about, with the formulas that it offers.
        graph: The graph of the definitions.
        oracles: What is true, at several draws of the givens.
    """

    def __init__(
        self,
        givens: Collection[Quantity],
        definitions: Mapping[Quantity, Expr],
        updates: Collection[Quantity],
        lines: Mapping[Quantity, Sequence[Expr]],
        graph: NamedGraph,
        oracles: Sequence[Oracle],
    ) -> None:
        self._definitions, self._updates, self._lines = definitions, updates, lines
        self._graph, self._oracles = graph, oracles
        self._done: set[Quantity] = {*givens}
        self._rank = {name: place for place, name in enumerate(definitions, 1)}
        self._renewed: set[Quantity] = set()
        self._steps: list[Step] = []

    def steps(self) -> tuple[Step, ...]:
        """All of them, in the order of the lines as far as that goes."""
        for left in self._lines:
            self._add(left)
        return tuple(self._steps)

    def _add(self, left: Quantity) -> None:
        if left in self._done:
            return
        self._done.add(left)
        step = self._defined(left) if isinstance(left, Name) else self._derived(left)
        for needed in quantities(step.formula):
            self._add(needed)
        self._steps.append(step)

    def _defined(self, name: Name) -> Step:
        formula = self._definitions[name]
        kind: Kind = "forward"
        if name in self._updates:
            kind = "update"
        elif not self._renewed.isdisjoint(names_in(formula)):
            kind = "again"
        elif nodes(formula, Derivative):
            kind = "chain"
        if kind in ("update", "again"):
            self._renewed.add(name)
        return Step(kind, name, formula)

    def _derived(self, left: Derivative) -> Step:
        """A derivative's step: the first of the line's formulas that is true, or the chain rule."""
        of, wrt = left.of, left.wrt
        if of == wrt:
            return Step("chain", left, Number(1))
        direct = (of, wrt) in self._graph.locals and self._graph.only_way(of, wrt)
        for formula in self._lines.get(left, ()):
            if self._is_true(left, formula):
                paths = () if direct else self._paths(left, formula)
                return Step("local" if direct else "chain", left, formula, paths)
        if direct:
            return Step("local", left, decided(self._graph.locals[of, wrt], self._graph))
        users = self._graph.between(of, wrt).get(wrt, [])
        chain = tuple(self._link(of, user, wrt) for user in users)
        return Step("chain", left, chained(chain) if chain else Number(0), chain)

    def _link(self, of: Quantity, user: Quantity, wrt: Quantity) -> tuple[Link, ...]:
        """One path by the chain rule: down to a user, and from there to ``wrt``."""
        last = Link(user, wrt, Derivative(user, wrt))
        if user == of or not self._graph.only_way(user, wrt):
            last = Link(user, wrt, decided(self._graph.locals[user, wrt], self._graph))
        return (last,) if user == of else (Link(of, user, Derivative(of, user)), last)

    def _is_true(self, left: Derivative, formula: Expr) -> bool:
        """True if the formula gives the derivative at every draw, from what lies nearer."""
        nearer = all(self._span(needed) < self._span(left) for needed in derivatives(formula))
        if not nearer or any(call.function == "where" for call in nodes(formula, Call)):
            return False
        try:
            for oracle in self._oracles:
                known = {needed: oracle[needed] for needed in quantities(formula)}
                true = oracle[left]
                if abs(evaluate(formula, known, FLOAT) - true) > _ALIKE * max(1.0, abs(true)):
                    return False
        except (ArithmeticError, ValueError, KeyError):
            return False
        return True

    def _span(self, derivative: Derivative) -> int:
        """How far a derivative reaches back: further than those it is worked out from."""
        return self._rank.get(derivative.of, 0) - self._rank.get(derivative.wrt, 0)

    def _paths(self, left: Derivative, formula: Expr) -> tuple[tuple[Link, ...], ...]:
        """A formula as paths of links, where it is a sum of such."""
        found = []
        for term in terms(formula):
            at, links = left.of, list[Link]()
            for factor in factors(term):
                match factor:
                    case Derivative(of, wrt) if of == at:
                        links.append(Link(at, wrt, factor))
                    case _:
                        links.append(Link(at, left.wrt, factor))
                at = links[-1].wrt
            if at != left.wrt or (links[-1].of, at) not in self._graph.locals:
                return ()
            found.append(tuple(links))
        return tuple(found) if chained(found) == formula else ()
