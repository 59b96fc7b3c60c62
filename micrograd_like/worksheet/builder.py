"""The graph of a worksheet, built from formulas, one name after the other.

A derivative in a formula becomes part of the graph: what backward computes for it is written
into the graph as operations, each ∂A/∂name a node that bears its name.

>>> from micrograd_like.formula import parse
>>> builder = Builder()
>>> for name, formula in {"x": "2", "y": "x ** 3"}.items():
...     _ = builder.define(Name(name), parse(formula))
>>> builder.define(Name("slope"), Derivative(Name("y"), Name("x"))).data
12.0
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from itertools import chain

from micrograd_like.engine import (
    Constant,
    Symbol,
    Value,
    accumulate,
    apply,
    link_as_graph,
    record,
    topological_order,
)
from micrograd_like.errors import DomainError
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Quantity,
    exact_number,
    quantities,
    rewrite,
)
from micrograd_like.graph import Label, quantity_of
from micrograd_like.notation import plain

#: Names that mean a number unless they are given another meaning.
CONSTANTS = {"pi": math.pi, "e": math.e}

#: Nodes that the derivatives of one worksheet may visit in all; by hand it is some hundreds.
MAX_GRADIENTS = 300_000


class UndefinedError(Exception):
    """A formula asks for a name that has no node, or for too much."""

    def __init__(self, name: Quantity, message: str = "") -> None:
        super().__init__(message)
        self.name = name


class Builder:
    """Builds a graph.

    Attributes:
        names: Every name's node.
        broken: The names whose formulas failed; what needs one of them fails too.
    """

    def __init__(self) -> None:
        self.names: dict[str, Value] = {}
        #: The nodes of expressions that have no name of their own, by their stand-ins.
        self.hidden: dict[str, Value] = {}
        self.broken: set[str] = set()
        self._constants: dict[str, Constant] = {}
        self._gradients: dict[Derivative, Value] = {}
        self._adjoints: dict[Value, dict[Value, Value]] = {}
        #: The leaves from which what follows starts, and what their numbers are computed by.
        self._starts: dict[Value, Value] = {}
        self._visited = 0

    def define(self, name: Name, expr: Expr) -> Value:
        """Give ``name`` a new node, computed from those before it.

        Raises:
            UndefinedError: A name in it has no node.
            DomainError: The formula or a derivative in it is not defined.
        """
        try:
            node = self._built(expr)
        except (UndefinedError, DomainError):
            self.broken.add(name)
            raise
        node.label = Label(name) if name.version else name.name
        (self.hidden if stands_in(name) else self.names)[name.name] = node
        self.broken.discard(name)  # a second attempt may succeed
        return node

    def start_at(self, name: Name) -> None:
        """Let a name be where what follows starts from: it keeps its number, and no more."""
        node = Value(self.names[name].data)
        node.label = Label(name) if name.version else name.name
        self._starts[node] = self.names[name]
        self.names[name.name] = node

    def assume(self, name: Name, number: float) -> None:
        """Let ``name`` be one without a number, with this one in its place."""
        self.names[name.name] = Symbol(number, name.name)

    def moved(self, numbers: Mapping[str, float]) -> Builder:
        """The same graph with other numbers for some names.

        Raises:
            DomainError: An operation is not defined there.
        """
        copies: dict[Value, Value] = {}
        seen: set[Value] = set()
        named = (self.names, self.hidden, self._gradients)
        outputs = chain(self._starts.values(), *(nodes.values() for nodes in named))
        for node in chain.from_iterable(topological_order(output, seen) for output in outputs):
            if node.label in numbers and self.names.get(node.label) is node:
                copies[node] = Value(numbers[node.label])
            elif node in self._starts:
                copies[node] = Value(copies[self._starts[node]].data)
            elif node.op:
                copies[node] = apply(node.op, *(copies[input] for input in node.inputs))
            else:
                copies[node] = node if isinstance(node, Constant) else Value(node.data)
            copies[node].label = node.label
        other = Builder()
        other.names = {name: copies[node] for name, node in self.names.items()}
        other.hidden = {name: copies[node] for name, node in self.hidden.items()}
        other._gradients = {key: copies[node] for key, node in self._gradients.items()}
        other._starts = {copies[node]: copies[own] for node, own in self._starts.items()}
        return other

    def _built(self, expr: Expr) -> Value:
        if (number := exact_number(expr)) is not None:
            return Value(number.value)
        if "e" not in self.names and "e" not in self.broken and "e" in quantities(expr):
            expr = exponentials(expr)
        values = {quantity: self._operand(quantity) for quantity in quantities(expr)}
        built: Value = record(expr, values, Constant)
        # A bare name is a new quantity that equals it, not the same one.
        return apply("total", built) if isinstance(expr, Name | Derivative) else built

    def node(self, quantity: Quantity) -> Value | None:
        """The node of a name, or of a derivative in some formula; None without one."""
        if isinstance(quantity, Name):
            return self.names.get(quantity, self.hidden.get(quantity))
        return self._gradients.get(quantity)

    def has(self, name: Quantity) -> bool:
        """True if the name has a node."""
        return name in self.names or name in self.hidden

    def _operand(self, name: Quantity) -> Value:
        if isinstance(name, Derivative):
            return self._gradient(name)
        if name in self.names:
            return self.names[name]
        if name in self.hidden:
            return self.hidden[name]
        if name in self.broken:
            raise UndefinedError(name, f"{str(name)!r} could not be computed further up")
        if name in CONSTANTS:
            return self._constants.setdefault(name, Constant(CONSTANTS[name], name.name))
        raise UndefinedError(name)

    def _gradient(self, derivative: Derivative) -> Value:
        """The derivative as a node that bears its name, with a graph of its own."""
        of, wrt = self._operand(derivative.of), self._operand(derivative.wrt)
        if derivative not in self._gradients:
            if self._visited > MAX_GRADIENTS:
                message = "expected fewer derivatives, or shorter ways to them"
                raise UndefinedError(derivative.of, message)
            self._visited += len(topological_order(of))
            adjoints = self._adjoints.setdefault(of, {of: Constant(1.0)})
            known = set(adjoints) - {of}
            accumulate(of, (wrt,), adjoints, partial(link_as_graph, written=True))
            for node, adjoint in adjoints.items():
                if node not in known and node.label in self.names:
                    self._name_gradient(Derivative(quantity_of(of), quantity_of(node)), adjoint)
            if derivative not in self._gradients:
                self._name_gradient(derivative, Constant(0.0))
        return self._gradients[derivative]

    def _name_gradient(self, derivative: Derivative, adjoint: Value) -> None:
        if adjoint.label:  # it is another derivative's too
            adjoint = apply("total", adjoint)
        adjoint.label = Label(derivative)
        self._gradients[derivative] = adjoint


def named_for(expr: Expr) -> Name:
    """What stands for an expression that has no name of its own."""
    return Name(f"({plain(expr)})".replace("()(", "("))  # E()(x) is E(x)


def stands_in(name: str) -> bool:
    """True for what stands for an expression that has no name of its own."""
    return name.startswith("(")


def exponentials(expr: Expr) -> Expr:
    """The formula with e^x as the exponential that it is, and not as a power of a number."""

    def rule(node: Expr) -> Expr | None:
        match node:
            case Call("pow", (Name("e"), exponent)):
                return Call("exp", (exponent,))
        return None

    return rewrite(expr, rule)
