"""Where a slip may be made, and formulas taken apart to make it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from micrograd_like.errors import DomainError
from micrograd_like.exercises.task import Link, Step, Task
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    added,
    multiplied,
    names,
    nodes,
    parse,
)
from micrograd_like.formula import replaced as replaced
from micrograd_like.graph import NamedGraph
from micrograd_like.ops import ACTIVATIONS, OPS
from micrograd_like.worksheet.builder import Builder

#: The activations whose derivative is written in their output, as o(1 − o) is.
_IN_OUTPUT = tuple(name for name in ACTIVATIONS if "out" in names(parse(OPS[name].partials[0])))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a slip may be made: a step of a task, and the quantities written before it."""

    task: Task
    step: Step
    before: Collection[Quantity]

    @property
    def links(self) -> Iterator[Link]:
        """The links that stand as formulas on this line: its own, or those inside a chain."""
        if self.step.kind == "local" and isinstance(self.step.left, Derivative):
            yield Link(self.step.left.of, self.step.left.wrt, self.step.formula)
        for term in self.step.terms:
            yield from (link for link in term if not isinstance(link.expr, Derivative))

    @property
    def activated(self) -> Iterator[tuple[Link, Expr]]:
        """Those that are written in an activation's output, each with what it is applied to."""
        for link in self.links:
            match self.task.definitions[link.of]:
                case Call(function, (argument,)) if function in _IN_OUTPUT:
                    yield link, argument

    @property
    def direct(self) -> Iterator[tuple[Link, ...]]:
        """Of several paths, one from a quantity straight down that the others come through too."""
        terms_ = self.step.terms
        for term in terms_ if len(terms_) > 1 else ():
            others = (other[-1].of for other in terms_ if other is not term)
            if all(term[-1].of in self.task.graph.dependents(other) for other in others):
                yield term

    def partial(self, link: Link) -> float | None:
        """The number of a link between neighbours; None of one that goes further."""
        return self.task.graph.partials.get((link.of, link.wrt))

    def relinked(self, link: Link, formula: Expr) -> Expr:
        """The step's formula with another one for a link."""
        if self.step.kind == "local":
            return formula
        new = Link(link.of, link.wrt, formula)
        return chained([[new if one is link else one for one in t] for t in self.step.terms])

    def differentiated_as(self, link: Link, call: Call, wrong: Expr) -> Iterator[Expr]:
        """The step's formula with another derivative for a call in a link, where it has one."""
        slope = derived(self.task, call, link.wrt)
        if slope is not None:
            yield self.relinked(link, replaced(link.expr, slope, wrong))


def chained(terms: Sequence[Sequence[Link]]) -> Expr:
    """The sum over paths of the product of their links."""
    return added(multiplied(link.expr for link in term) for term in terms)


# Formulas taken apart.


def calls(expr: Expr, *functions: str) -> list[Call]:
    """Every call of these functions in the formula, once each; of all without any."""
    found = dict.fromkeys(nodes(expr, Call))
    return [call for call in found if not functions or call.function in functions]


def factors(expr: Expr) -> list[Expr]:
    """The factors of a product, itself where it is none."""
    above: list[Expr] = []
    while isinstance(expr, Call) and expr.function == "mul":
        expr, last = expr.arguments
        above.insert(0, last)
    return [expr, *above]


def terms(expr: Expr) -> list[Expr]:
    """The terms of a sum without their signs."""
    found: list[Expr] = []
    while isinstance(expr, Call) and expr.function in ("add", "sub"):
        expr, last = expr.arguments
        found.insert(0, last)
    return [expr, *found]


def negative(expr: Expr) -> Expr:
    """The formula with its sign turned, as one writes it."""
    match expr:
        case Call("neg", (inside,)):
            return inside
        case Call("sub", (left, right)):
            return Call("sub", (right, left))
        case Number(value, places):
            return Number(-value, places)
    return Call("neg", (expr,))


#: Stands for a formula that no name has; no name of a shape begins so.
_UNNAMED = Name("(formula)")


def is_constant(task: Task, expr: Expr, wrt: Quantity) -> bool:
    """True for a number, and for a given other than ``wrt``."""
    return isinstance(expr, Number) or (expr in task.givens and expr != wrt)


def derived(task: Task, formula: Expr, wrt: Quantity) -> Expr | None:
    """∂formula/∂wrt at the task's numbers; None where that is not defined, or always 0."""
    builder = Builder()
    try:
        for used in names(formula):
            builder.define(used, Number(task.worlds[0][used]))
        node = builder.define(_UNNAMED, formula)
    except DomainError:
        return None
    found = NamedGraph(node).locals.get((_UNNAMED, wrt))
    return None if found is None else replaced(found, _UNNAMED, formula)
