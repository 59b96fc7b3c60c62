"""A derivative worked out: every factor with its rule and numbers, path by path.

Between named nodes, as on paper. The same derivative is to be had in two forms: *node by
node*, as backward does it, where each node's derivative is a sum over the nodes that use
it and nothing is written twice; and *path by path*, a product for every path.

>>> from micrograd_like.engine import Value
>>> x, w = Value(2.0, "x"), Value(3.0, "w")
>>> a = x * w; a.label = "a"
>>> E = a**2; E.label = "E"
>>> derivation = derive(E, w)
>>> derivation.value
24.0
>>> print(derivation.text())
  ∂E/∂w = 24
<BLANKLINE>
Factors
  ∂E/∂a = 2 · a = 2 · 6 = 12   (power rule)
  ∂a/∂w = x = 2                (product rule)
<BLANKLINE>
Chain rule
  ∂E/∂w = ∂E/∂a · ∂a/∂w = 12 · 2 = 24
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from micrograd_like.derivation.equations import Equation, equation, local
from micrograd_like.engine import Value, as_count, check_fresh, topological_order
from micrograd_like.formula import (
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    added,
    multiplied,
    nodes,
    simplify,
)
from micrograd_like.graph import NamedGraph, constant, path_count, paths, quantity_of
from micrograd_like.notation import name_text, text

if TYPE_CHECKING:
    from micrograd_like.writers.blocks import Block

#: The parts of a formula that is put in for a derivative's symbol; a longer one is not.
_MOST_NODES = 40
#: Paths written out; of more, the first ones and the count.
SHOWN_PATHS = 6


@dataclass(frozen=True, slots=True)
class Path:
    """One path from the output down to the variable, and the product along it."""

    names: tuple[Quantity, ...]
    product: Equation


@dataclass(frozen=True, slots=True)
class Derivation:
    """∂of/∂wrt, worked out.

    Attributes:
        value: Its number, as the engine has it; None where it has none.
        formula: The formula that it comes to where it has no number.
        factors: The local derivatives on the paths, from the output down.
        steps: Node by node: each derivative of the output, as a sum over the node's users.
        paths: Path by path, the first :data:`SHOWN_PATHS` of them.
        path_count: How many paths there are.
        reason: Why the derivative is 0, or 1, where there is nothing to work out; or "".
    """

    of: Quantity
    wrt: Quantity
    value: float | None
    factors: tuple[Equation, ...]
    steps: tuple[Equation, ...]
    paths: tuple[Path, ...]
    path_count: int
    reason: str
    formula: Expr | None = field(default=None, repr=False)

    @property
    def left(self) -> Derivative:
        """∂of/∂wrt."""
        return Derivative(self.of, self.wrt)

    def text(self, places: int = 4) -> str:
        """The derivation for a terminal."""
        return self._written("text", places)

    def latex(self, places: int = 4) -> str:
        """The derivation as a LaTeX document that compiles."""
        return self._written("latex", places)

    def json(self) -> str:
        """The derivation as JSON, every number in full."""
        return self._written("json")

    def blocks(self, places: int = 4) -> list[Block]:
        """What is said of it, for a document that says more."""
        from micrograd_like.writers.derivation import blocks

        return list(blocks(self, as_count("places", places, 1, 15)))

    def _written(self, format: str, places: int = 4) -> str:
        from micrograd_like.writers.derivation import document
        from micrograd_like.writers.formats import written

        return written(format, document(self, as_count("places", places, 1, 15)))

    def __str__(self) -> str:
        return self.text()

    def _repr_latex_(self) -> str:
        """Notebooks show the derivation as formulas."""
        from micrograd_like.writers.derivation import shown_latex

        return shown_latex(self)


def derive(output: Value, wrt: Value) -> Derivation:
    """Work out ∂output/∂wrt between the named nodes of the graph.

    Nodes without a label are folded into the formulas of those that have one.

    Args:
        output: What is differentiated; without a label it is f.
        wrt: With respect to what; without a label it is x.

    Raises:
        TypeError: One of them is no Value.
        ValueError: Names clash, or a formula would be too long to read.
        DomainError: The derivative does not exist.
    """
    for node in (output, wrt):
        if not isinstance(node, Value):
            raise TypeError(f"derive: expected a Value, got {type(node).__name__}")
    check_fresh(output, "derive")
    of, name = quantity_of(output, "f"), quantity_of(wrt, "x")
    if wrt is output:
        return Derivation(of, of, 1.0, (), (), (), 0, "A quantity changes with itself.")
    if wrt not in set(topological_order(output)):
        reason = f"{name_text(of)} does not depend on {name_text(name)}: there is no path."
        return Derivation(of, name, 0.0, (), (), (), 0, reason)
    graph = NamedGraph(output, {output: of, wrt: name})
    return _Worked(graph, output, name).derivation()


class _Worked:
    """The pieces of a derivation: what lies between the output and the variable."""

    def __init__(self, graph: NamedGraph, output: Value, wrt: Quantity) -> None:
        self.graph, self.wrt = graph, wrt
        #: Between the output and wrt, the output first, each with what it acts on there.
        self.users = graph.between(graph.output, wrt)
        nodes = {name: node for node, name in graph.names.items() if name in self.users}
        gradients = graph.on_paper.gradients(output, list(nodes.values()))
        totals = dict(zip(nodes, gradients, strict=True))
        self.order = list(self.users)
        #: Without a number, if the output rests on a name that has none.
        self.closed = graph.output in graph.known
        #: What the symbols of its formulas are: numbers, or formulas where there are none.
        self.numbers: dict[Quantity, float | Expr] = {
            **{Derivative(*link): partial for link, partial in graph.partials.items()},
            **graph.known,
        }
        if self.closed:
            self.numbers |= {Derivative(graph.output, n): total for n, total in totals.items()}
        else:
            lines = (local(graph, *link) for link in graph.locals)
            self.numbers |= {line.left: self._known(line) for line in lines}
        self.value = totals[wrt]

    def derivation(self) -> Derivation:
        counts = path_count(self.graph.output, self.wrt, self.users, self.order)
        links = [(user, name) for name in self.order for user in self.users[name]]
        factors = tuple(self._factor(user, name) for user, name in links)
        steps = tuple(map(self._step, self.order[1:]))
        shown = list(islice(paths(self.graph.output, self.wrt, self.users), SHOWN_PATHS))
        lefts: list[Quantity] = [Derivative(self.graph.output, self.wrt)]
        if counts > 1:
            lefts = [Name(f"path {number}") for number in range(1, len(shown) + 1)]
        worked = tuple(map(self._path, lefts, shown))
        made = Derivation(self.graph.output, self.wrt, None, factors, steps, worked, counts, "")
        if not steps[-1].closed:
            return replace(made, formula=steps[-1].numbers)
        if not self.closed:
            self.value = steps[-1].value
        reason = self._reason() if self.value == 0 else ""
        return replace(made, value=self.value, reason=reason)

    def _known(self, line: Equation) -> Expr:
        """The number of a line, or its formula; its own symbol where that is long."""
        if line.closed:
            return constant(line.value)
        return line.numbers if len(nodes(line.numbers, object)) <= _MOST_NODES else line.left

    def _factor(self, user: Quantity, name: Quantity) -> Equation:
        """∂user/∂name; where the name acts by other ways too, they are held fixed."""
        line = local(self.graph, user, name)
        held = ", ".join(map(name_text, self.graph.held(user, name)))
        return replace(line, rule=f"{line.rule}; {held} held fixed") if held else line

    def _reason(self) -> str:
        """Why the derivative is 0."""
        open_paths = {self.graph.output}  # from here a path without a zero leads to the output
        sizes = {self.graph.output: 1.0}
        for name in self.order[1:]:
            links = [(user, self.graph.partials[user, name]) for user in self.users[name]]
            if any(user in open_paths and partial != 0 for user, partial in links):
                open_paths.add(name)
            sizes[name] = sum(abs(p) * sizes[user] for user, p in links if sizes[user])
        if self.wrt not in open_paths:
            zeros = [
                text(Derivative(user, name))
                for name in self.order
                for user in self.users[name]
                if self.graph.partials[user, name] == 0
            ]
            if all(self.graph.locals[u, n] == Number(0) for n in self.order for u in self.users[n]):
                return "It is 0 whatever the numbers are."
            if len(self.order) == 2:  # it is the only factor
                return "It is 0 at these numbers."
            more = ", …" if len(zeros) > 3 else ""
            return f"It is 0 because of what is 0 on the way: {', '.join(zeros[:3])}{more}."
        if sizes[self.wrt] > 0:
            return "It is 0 because the paths cancel."
        return "It is 0 because the product is smaller than any float."

    def _link(self, user: Quantity, name: Quantity) -> Expr:
        """∂user/∂name with the rest held fixed: its symbol, where that says just this.

        Where ``name`` acts on ``user`` by another way too, the symbol would say the sum, so
        the formula stands in its place.
        """
        alone = self.graph.only_way(user, name)
        return Derivative(user, name) if alone else self.graph.locals[user, name]

    def _step(self, name: Quantity) -> Equation:
        output = self.graph.output
        terms: list[Expr] = []
        for user in self.users[name]:
            link = self._link(user, name)
            if user == output:
                alone = self.users[name] == [user]
                terms.append(self.graph.locals[user, name] if alone else link)
            else:
                terms.append(_product([Derivative(output, user), link]))
        formula = added(terms)
        rule = "chain rule" if len(terms) == 1 else f"chain rule, sum over {len(terms)} users"
        line = self._line(name, formula, rule)
        if not self.closed:
            self.numbers[line.left] = self._known(line)
        return line

    def _line(
        self, name: Quantity, formula: Expr, rule: str, value: float | None = None
    ) -> Equation:
        left = Derivative(self.graph.output, name)
        number = self.numbers.get(left) if value is None and self.closed else value
        assert number is None or isinstance(number, float)
        line = equation(left, formula, self.numbers, rule, number)
        return line if line.closed else replace(line, numbers=simplify(line.numbers))

    def _path(self, left: Quantity, names: tuple[Quantity, ...]) -> Path:
        links = list(pairwise(names))
        factors = [self._link(user, name) for user, name in links]
        formula = _product(factors)
        value = 1.0
        for link in links:
            value = value * self.graph.partials[link] if value else 0.0
        line = self._line(self.wrt, formula, "one path", value)
        return Path(names, replace(line, left=left))


def _product(factors: list[Expr]) -> Expr:
    """The factors multiplied, without those that are 1."""
    telling = [factor for factor in factors if factor != Number(1)] or factors[:1]
    return multiplied(telling)
