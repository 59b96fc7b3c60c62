r"""What a picture of a graph shows, as records: nodes, edges, one derivative's paths.

Pictures compute nothing, so everything they show is computed here: the gradients of a
worksheet's cost, the local derivative along every edge, between named nodes as on paper or
operation by operation, and what of a network belongs to which neuron of which layer.

>>> from micrograd_like.worksheet import Worksheet
>>> shot = snapshot(Worksheet.parse("x = 2\ny = x^2 + 1\nE = x*y"), path="dE/dx")
>>> [(node.key, node.role, node.gradient) for node in shot.nodes]
[('x', 'given', 13.0), ('y', 'computed', 2.0), ('E', 'output', 1.0)]
>>> [(edge.tail, edge.head, edge.local) for edge in shot.edges]
[('x', 'y', 4.0), ('x', 'E', 5.0), ('y', 'E', 2.0)]
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import suppress

from micrograd_like.derivation import Derivation, derive
from micrograd_like.engine import Symbol, Value, check_fresh, topological_order
from micrograd_like.errors import MicrogradLikeError, WorksheetError, did_you_mean, printable
from micrograd_like.formula import Derivative, Expr, Name, Quantity, quantities
from micrograd_like.graph import (
    NamedGraph,
    OnPaper,
    constant,
    depending,
    learned,
    letters,
    quantity_of,
    roles_of,
)
from micrograd_like.nn import Module
from micrograd_like.notation import quantity
from micrograd_like.ops import OPS
from micrograd_like.worksheet import Worksheet
from micrograd_like.worksheet.resolution.kinds import renewable
from visualize.options import Detail
from visualize.snapshot.neurons import Neurons
from visualize.snapshot.records import NO_NAME, Edge, Node, Snapshot

#: Graphs of more nodes are refused at once.
MAX_WALKED = 20_000
#: Boxes and arrows of a picture at most: more are not readable.
MAX_NODES = 200
MAX_EDGES = 1_000
#: More operations than this are folded into neurons, or names, where that makes them fewer.
_MOST_OPERATIONS = 60
#: An operation of more operands is named, not written out.
_MOST_OPERANDS = 8


class TooLargeError(MicrogradLikeError, ValueError):
    """A graph has more nodes or edges than a picture can show."""


def snapshot(
    root: Value | Worksheet,
    *,
    path: str | Value | None = None,
    detail: Detail | None = None,
    parameters: Collection[str] = (),
    module: Module | None = None,
) -> Snapshot:
    """The graph of ``root``: that which a Value depends on, or which a worksheet's cost does.

    Of a worksheet the gradients are those of the cost, of a Value its nodes' own. What rests on a
    name without a number has formulas, and no numbers.

    Parameters are those named by ``parameters`` or in ``module``, what a worksheet updates
    (:func:`micrograd_like.graph.learned`), and those that :func:`micrograd_like.graph.roles_of`
    finds. All other leaves are inputs.

    Args:
        root: A Value or a worksheet.
        path: A derivative such as ``"dE/dw1"``, whose paths are to be highlighted; of a Value's
            graph also the node it is taken with respect to.
        detail: See :data:`Detail`; by default names for a worksheet, operations for a Value, and
            where these are too many to be read, neurons or names.
        parameters: Names of leaves that are parameters, as a collection or as ``"w, b"``; letters
            alone stand for all their numbers, ``"w"`` for w1, w2, ….
        module: A network whose parameters are parameters.

    Raises:
        TypeError: ``root`` is neither.
        TooLargeError: The graph is above the bounds.
        WorksheetError: The path is not in the graph.
        ValueError: Names clash, or the detail is unknown.
    """
    if not isinstance(root, Value | Worksheet):
        raise TypeError(f"expected a Value or a Worksheet, got {root!r} ({type(root).__name__})")
    if detail not in (None, "names", "operations", "neurons"):
        raise ValueError(f"expected the detail 'names', 'operations' or 'neurons', got {detail!r}")
    output, wrt = _ends(root, path)
    order = _bounded_order(output)
    check_fresh(output, "draw")
    of_sheet = isinstance(root, Worksheet)
    taken = _Taken(output, wrt, order, of_sheet, _parameters(root, order, parameters, module))
    shot = taken.with_detail(detail) if detail else _readable(taken, of_sheet)
    if _too_large(shot):
        raise TooLargeError(
            f"{len(shot.nodes):,} nodes and {len(shot.edges):,} edges are more than can be read: "
            f"expected at most {MAX_NODES} and {MAX_EDGES:,}; draw a node nearer to the inputs, "
            "a smaller network, or less detail ('names' or 'neurons')"
        )
    return shot


def _readable(taken: _Taken, of_sheet: bool) -> Snapshot:
    """The most detail that can be read."""
    neurons = taken.neurons(by_name=of_sheet)
    shot = neurons.placed()
    if len(shot.nodes) <= (MAX_NODES if of_sheet else _MOST_OPERATIONS) and not _too_large(shot):
        return shot
    choices = [shot, neurons.folded()]
    if not of_sheet and any(n.label and n.inputs for n in taken.order if n is not taken.output):
        with suppress(ValueError):  # a formula too long to be written
            choices.append(taken.with_detail("names"))
    return min(choices, key=lambda shot: len(shot.nodes))


# What is drawn.


def _ends(root: Value | Worksheet, path: str | Value | None) -> tuple[Value, Value | None]:
    """The output, and the node that the highlighted derivative is taken with respect to."""
    if isinstance(root, Worksheet):
        if path is None:
            return root.cost(), None
        if not isinstance(path, str):
            raise TypeError(f"path: expected a derivative such as 'dE/dw1', got {path!r}")
        return root.derivative(path)
    if path is None or isinstance(path, Value):
        return root, path
    if not isinstance(path, str):
        raise TypeError(f"path: expected a derivative such as 'dE/dw1' or a Value, got {path!r}")
    asked = quantity(path.strip())
    root_name = quantity_of(root)
    of, wrt = (asked.of, asked.wrt) if isinstance(asked, Derivative) else (root_name, asked)
    named = [node for node in _bounded_order(root) if node.label and quantity_of(node) == wrt]
    if len(named) != 1 or of != root_name:
        message = "expected a derivative of the root with respect to one of its named nodes"
        raise WorksheetError(f"{message}, got {path!r}")
    return root, named[0]


def _bounded_order(output: Value) -> list[Value]:
    """The graph's order, unless it has so many nodes that nothing could be drawn of it."""
    seen, stack = {output}, [output]
    while stack:
        for input in stack.pop().inputs:
            if input not in seen:
                seen.add(input)
                stack.append(input)
        if len(seen) > MAX_WALKED:
            raise TooLargeError(
                f"the graph has more than {MAX_WALKED:,} nodes, of which no picture can be read: "
                "draw a node nearer to the inputs, or a smaller network"
            )
    return topological_order(output)


def _too_large(shot: Snapshot) -> bool:
    return len(shot.nodes) > MAX_NODES or len(shot.edges) > MAX_EDGES


def _parameters(
    root: Value | Worksheet, order: list[Value], named: Collection[str], module: Module | None
) -> set[Value]:
    if isinstance(named, str):
        named = [part for part in re.split(r"[\s,]+", named) if part]
    if not isinstance(module, Module | None):
        raise TypeError(f"module: expected a Neuron, Layer or MLP, got {module!r}")
    leaves = {node.label: node for node in order if node.label and not node.inputs}
    known = leaves.keys() | set(map(letters, leaves))
    if unknown := [name for name in named if name not in known]:
        near = did_you_mean(unknown[0], known)
        message = "parameters: expected names of leaves of the graph, or their letters"
        raise ValueError(f"{message}, got {printable(str(unknown[0]))!r}{near}")
    found = learned(leaves, _renewed(root) if isinstance(root, Worksheet) else set(), named)
    of_module = set(module.parameters()) if module else set()
    return of_module | {node for node in order if not node.inputs and node.label in found}


def _renewed(sheet: Worksheet) -> set[str]:
    """The names that a worksheet's updates give a new value."""
    updates = (s.left for s in sheet.statements if s.kind == "update")
    names = (left for left in updates if isinstance(left, Name))
    return {old for name in names for old in renewable(name, sheet.older)}


class _Taken:
    """The parts of a snapshot, from the engine's nodes."""

    def __init__(
        self,
        output: Value,
        wrt: Value | None,
        order: list[Value],
        computed: bool,
        parameters: set[Value],
    ) -> None:
        self.output, self.wrt, self.order = output, wrt, order
        self.roles = roles_of(order, output, parameters)
        #: Numbers that stand in a formula; what a network is given as numbers is its input.
        self.constants = {node for node, role in self.roles.items() if role == "constant"}
        #: What has no number, as what it rests on has none.
        self.open = depending(order, *(node for node in order if isinstance(node, Symbol)))
        self.between = depending(order, wrt)
        if wrt is not None and wrt not in self.between:
            raise WorksheetError(
                f"{printable(output.label or 'the output')} does not depend on "
                f"{printable(wrt.label or 'that node')}: there is no path to highlight"
            )
        self.computed = computed
        self.on_paper = OnPaper(order)

    def with_detail(self, detail: Detail) -> Snapshot:
        """A box for every name, operation or neuron; each knows its layer and neuron."""
        neurons = self.neurons(detail == "names" or (detail == "neurons" and self.computed))
        return neurons.folded() if detail == "neurons" else neurons.placed()

    def neurons(self, by_name: bool) -> Neurons:
        """The graph between names, or operation by operation, and the neurons in it."""
        return Neurons(self.between_names() if by_name else self.by_operations())

    def between_names(self) -> Snapshot:
        """Between named nodes, as on paper."""
        named = {self.output: quantity_of(self.output, "f")}
        if self.wrt is not None:
            named |= {self.wrt: quantity_of(self.wrt, "x")}
        graph = NamedGraph(self.output, named)
        nodes = [node for node in self.order if node in graph.names]
        gradients = self._gradients(nodes)
        shown = tuple(
            self._node(node, str(name), name, graph.formulas.get(name), gradients)
            for node, name in ((node, graph.names[node]) for node in nodes)
        )
        edges = []
        between = {graph.names[node] for node in nodes if node in self.between}
        for of, wrt in graph.locals:
            pair = of, wrt
            formula, rule = graph.locals[pair], graph.rules[pair]
            numbered = all(name in graph.known for name in quantities(formula))
            local = graph.partials[pair] if numbered else None
            edges.append(Edge(str(wrt), str(of), local, formula, rule, wrt in between))
        derivation = None if self.wrt is None else derive(self.output, self.wrt)
        return self._snapshot("names", str(graph.output), shown, edges, derivation)

    def by_operations(self) -> Snapshot:
        """Every operation by itself."""
        labels = Counter(node.label for node in self.order)
        keys = {
            node: node.label if labels[node.label] == 1 and node.label else f"#{place}"
            for place, node in enumerate(self.order, 1)
        }
        gradients = self._gradients([n for n in self.order if n not in self.constants])
        nodes = tuple(
            self._node(node, keys[node], quantity_of(node), _operation(node), gradients)
            for node in self.order
        )
        edges = []
        for node in self.order:
            constants = tuple(input in self.constants for input in node.inputs)
            partials = self.on_paper.partials(node)
            for index, (input, partial) in enumerate(zip(node.inputs, partials, strict=True)):
                numbered = self.open.isdisjoint(node.inputs) and not constants[index]
                local = partial if numbered else None
                rule = OPS[node.op].rule_for(index, constants)
                on_path = input in self.between
                edges.append(Edge(keys[input], keys[node], local, None, rule, on_path))
        return self._snapshot("operations", keys[self.output], nodes, edges, None)

    def _node(
        self,
        node: Value,
        key: str,
        name: Quantity,
        formula: Expr | None,
        gradients: dict[Value, float | None],
    ) -> Node:
        role = self.roles[node]
        on_path = node in self.between
        value = None if node in self.open else self.on_paper.data(node)
        gradient = gradients.get(node)
        return Node(key, name, role, formula, node.op, value, gradient, on_path=on_path)

    def _gradients(self, nodes: list[Value]) -> dict[Value, float | None]:
        """The gradients: a worksheet's are computed, a Value's nodes have their own."""
        if self.output in self.open:
            return {}
        if not self.computed:
            return {n: n.grad if n.has_grad and n not in self.constants else None for n in nodes}
        try:
            return dict(zip(nodes, self.on_paper.gradients(self.output, nodes), strict=True))
        except ArithmeticError:
            return {node: self._gradient(node) for node in nodes}

    def _gradient(self, node: Value) -> float:
        try:
            return self.on_paper.gradients(self.output, [node])[0]
        except ArithmeticError:
            return math.nan

    def _snapshot(
        self,
        detail: Detail,
        output: str,
        nodes: tuple[Node, ...],
        edges: Iterable[Edge],
        derivation: Derivation | None,
    ) -> Snapshot:
        of = quantity_of(self.output) if self.computed else NO_NAME
        path, value = None, None
        if self.wrt is not None:
            path = Derivative(quantity_of(self.output, "f"), quantity_of(self.wrt, "x"))
            value = None if self.output in self.open else self._gradient(self.wrt)
        return Snapshot(output, detail, nodes, tuple(edges), of, path, value, derivation)


def _operation(node: Value) -> Expr | None:
    """An operation over its operands' names, or numbers where they have none."""
    if not 0 < len(node.inputs) <= _MOST_OPERANDS:
        return None
    return OPS[node.op].written(
        tuple(quantity_of(i) if i.label else constant(i.data) for i in node.inputs)
    )
