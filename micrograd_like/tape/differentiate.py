"""The backward pass as nodes: adjoints of what varies, then of what is the same for all.

    adjoint of a node = Σ over its users: adjoint of the user · ∂user/∂node

Where a user is a weighted sum, the partial is a weight, so adjoints are weighted sums again;
where it is a row of the table, the partial is a node of its own. The gradient of a weight w
in Σ w·x is the sum over the samples of adjoint · x, a :class:`Reduction`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from micrograd_like.formula import Name
from micrograd_like.tape.nodes import (
    AFFINE,
    BROADCAST,
    GUARDED,
    NONE,
    PARAMETER,
    PRODUCTS,
    REDUCED,
    ROW,
    SEED,
    Node,
    Nodes,
)
from micrograd_like.tape.rows import TAPE_ROWS, constant


@dataclass(frozen=True, slots=True)
class Reduction:
    """For every i: the sum over all samples of adjoint · factors[i] is added to targets[i]."""

    adjoint: int
    factors: list[int]
    targets: list[int]


@dataclass(frozen=True, slots=True)
class Gradients:
    """The nodes of values and derivatives.

    Attributes:
        adjoints: For each output, that of each parameter; NONE where there is none.
        reductions: How those of uniform nodes come from the samples.
    """

    nodes: Nodes
    adjoints: list[list[int]]
    reductions: list[Reduction]


def differentiate(nodes: Nodes, outputs: list[int], parameters: int, by_sample: bool) -> Gradients:
    """Nodes for ∂output/∂parameter: summed over the samples, or for each sample by itself."""
    nodes = nodes.copy()
    forward = len(nodes)
    active = _depending(nodes)
    seed = nodes.add(Node(SEED, True))
    places = {int(n.number): i for i, n in enumerate(nodes) if n.kind == PARAMETER}
    result = Gradients(nodes, [], [])
    for output in outputs:
        backward = _Backward(result, active, seed, by_sample)
        if active[output]:
            adjoints = backward.run(output, forward)
            result.adjoints.append([adjoints.get(places[p], NONE) for p in range(parameters)])
        else:
            result.adjoints.append([NONE] * parameters)
    return result


def _depending(nodes: Nodes) -> list[bool]:
    """Which nodes depend on a parameter."""
    active: list[bool] = []
    for node in nodes:
        start = node.start != NONE and active[node.start]
        active.append(
            start
            or node.kind == PARAMETER
            or any(active[i] for i in node.left)
            or any(active[i] for i in node.right)
        )
    return active


@dataclass(slots=True)
class _Terms:
    """An adjoint while it is put together: x·w with uniform w, and products of two nodes."""

    x: list[int] = field(default_factory=list)
    w: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    guarded_left: list[int] = field(default_factory=list)
    guarded_right: list[int] = field(default_factory=list)


class _Backward:
    """The backward pass of one output."""

    def __init__(self, result: Gradients, active: list[bool], seed: int, by_sample: bool) -> None:
        self.nodes, self.reductions = result.nodes, result.reductions
        self.active, self.seed, self.by_sample = active, seed, by_sample
        self.one = self.nodes.constant(1.0)
        self.terms: dict[int, _Terms] = {}
        self.reduced: dict[int, int] = {}
        self.adjoints: dict[int, int] = {}

    def run(self, output: int, forward: int) -> dict[int, int]:
        """The adjoints of all nodes that have one, by node."""
        nodes = self.nodes
        if nodes[output].varies:
            self.terms[output] = _Terms([self.seed], [self.one])
        else:
            self._into_uniform(self.seed, [self.seed], [output])
        for varying in (
            True,
            False,
        ):  # uniform nodes come last: their adjoints are sums over the samples
            for number in range(min(forward, output + 1) - 1, -1, -1):
                node = nodes[number]
                if node.varies is varying and (number in self.terms or number in self.reduced):
                    adjoint = self.adjoints[number] = self._made(number)
                    self._pass_on(adjoint, number, node)
        return self.adjoints

    def _made(self, number: int) -> int:
        """The adjoint of a node as a node."""
        nodes, terms = self.nodes, self.terms.get(number)
        varies = nodes[number].varies or self.by_sample
        start = self.reduced.get(number, NONE)
        if terms is None:
            return start
        if terms.x:
            if len(terms.x) == 1 and terms.w[0] == self.one and not terms.left:
                start = terms.x[0]
            else:
                start = nodes.add(Node(AFFINE, True, NONE, terms.x, terms.w))
        for kind, left, right in (
            (PRODUCTS, terms.left, terms.right),
            (GUARDED, terms.guarded_left, terms.guarded_right),
        ):
            if left:
                start = nodes.add(Node(kind, varies, start, left, right))
        return start

    def _pass_on(self, adjoint: int, number: int, node: Node) -> None:
        if node.kind == ROW:
            self._through_row(adjoint, number, node)
        elif node.kind == BROADCAST:
            self._into_uniform(adjoint, [self.seed], [node.start])
        elif node.kind == AFFINE:
            self._through_affine(adjoint, node)
        elif node.kind == PRODUCTS:
            self._through_products(adjoint, node)

    def _through_affine(self, adjoint: int, node: Node) -> None:
        active = self.active
        for x, w in zip(node.left, node.right, strict=True):
            if active[x]:
                terms = self._terms(x)
                terms.x.append(adjoint)
                terms.w.append(w)
        weights = [active[w] for w in node.right]
        starts = node.start != NONE and active[node.start]
        if all(weights):
            factors, targets = list(node.left), list(node.right)
        else:
            chosen = [i for i, wanted in enumerate(weights) if wanted]
            factors = [node.left[i] for i in chosen]
            targets = [node.right[i] for i in chosen]
        if starts:
            factors.append(self.seed)
            targets.append(node.start)
        if targets:
            self._into_uniform(adjoint, factors, targets)

    def _through_products(self, adjoint: int, node: Node) -> None:
        if node.start != NONE and self.active[node.start]:
            self._times(adjoint, self.one, node.start)
        for a, b in zip(node.left, node.right, strict=True):
            for input, other in ((a, b), (b, a)):
                if self.active[input]:
                    self._times(adjoint, other, input)

    def _through_row(self, adjoint: int, number: int, node: Node) -> None:
        row = TAPE_ROWS[node.name].op
        for place, input in enumerate(node.left):
            if not self.active[input]:
                continue
            formula = row.computed_partials[place]
            value = constant(formula)
            if value is not None:
                self._times(adjoint, self.nodes.constant(value), input)
            elif isinstance(formula, Name):
                factor = (
                    number if formula.name == "out" else node.left[row.inputs.index(formula.name)]
                )
                self._times(adjoint, factor, input)
            else:
                self._times(adjoint, self.nodes.partial(number, place), input, guarded=True)

    def _times(self, adjoint: int, factor: int, input: int, guarded: bool = False) -> None:
        """Add adjoint · factor to the adjoint of the input."""
        nodes, terms = self.nodes, self._terms(input)
        if nodes[adjoint].varies and not nodes[factor].varies:
            if not guarded:
                terms.x.append(adjoint)
                terms.w.append(factor)
                return
            factor = nodes.broadcast(factor)  # so that it is guarded: NaN · 0 is to be 0
        if guarded:
            terms.guarded_left.append(adjoint)
            terms.guarded_right.append(factor)
        else:
            terms.left.append(adjoint)
            terms.right.append(factor)

    def _into_uniform(self, adjoint: int, factors: list[int], targets: list[int]) -> None:
        """Add Σ over the samples of adjoint · factor to the uniform targets' adjoints."""
        if self.by_sample:
            for factor, target in zip(factors, targets, strict=True):
                if factor == self.seed:
                    self._times(adjoint, self.one, target)
                else:
                    self._times(adjoint, factor, target)
            return
        reduced, nodes = self.reduced, self.nodes
        for target in targets:
            if target not in reduced:
                reduced[target] = nodes.add(Node(REDUCED, False))
        slots = [reduced[target] for target in targets]
        self.reductions.append(Reduction(adjoint, factors, slots))

    def _terms(self, number: int) -> _Terms:
        terms = self.terms.get(number)
        if terms is None:
            terms = self.terms[number] = _Terms()
        return terms
