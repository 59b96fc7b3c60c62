"""Derivatives without side effects, and of any order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, overload

from micrograd_like.engine.freshness import check_fresh
from micrograd_like.engine.messages import missing_gradient, shown
from micrograd_like.engine.numbers import described
from micrograd_like.engine.order import topological_order
from micrograd_like.engine.recording import record
from micrograd_like.engine.unrecorded import check_recorded
from micrograd_like.engine.value import (
    OPERATIONS,
    Constant,
    Value,
    as_value,
)
from micrograd_like.errors import DomainError
from micrograd_like.formula import Call, Expr, Name, Number, parse
from micrograd_like.ops import OPS


@overload
def grad(output: Value, wrt: Value, create_graph: bool = False) -> Any: ...
@overload
def grad(output: Value, wrt: Sequence[Value], create_graph: bool = False) -> list[Any]: ...
def grad(output: Value, wrt: Value | Sequence[Value], create_graph: bool = False) -> Any:
    """∂output/∂w for the node ``wrt``, or a list of them for a sequence of nodes.

    No node's ``grad`` is touched. ``wrt`` may be any nodes, inner ones too; what output
    does not depend on gives 0. The results are floats; with ``create_graph`` they are
    Values whose own graph computes them, so that ``grad`` can be taken again.

    At a kink an operation's derivatives are its convention, as 0 for those of ``abs`` at 0. Each
    operation is taken by itself: where the whole is smooth all the same, what comes out may differ
    from its derivative. (|x|²)″ is 2, and at x = 0 it comes out as 0; write x² there.

    Raises:
        TypeError: An argument is no Value.
        ValueError: ``output`` was computed inside ``no_grad``.
        StaleGraphError: A number in the graph was set to another after what rests on it was
            computed.
        DomainError: A derivative does not exist.

    >>> x = Value(2.0)
    >>> grad(grad(x**3, x, create_graph=True), x)
    12.0
    """
    targets = list(wrt) if isinstance(wrt, Iterable) else [wrt]
    for node in (output, *targets):
        if not isinstance(node, Value):
            raise TypeError(f"grad: expected Value nodes, got {described(node)}")
    check_recorded(output, "grad")
    check_fresh(output, "grad")
    results = gradients(output, targets, create_graph)
    return results[0] if isinstance(wrt, Value) else results


def gradients(output: Value, targets: Sequence[Value], create_graph: bool = False) -> list[Any]:
    """The same for a graph as it was recorded, whatever its numbers and slopes have been set to."""
    adjoints: dict[Value, Any] = {output: Constant(1.0) if create_graph else 1.0}
    accumulate(output, targets, adjoints, link_as_graph if create_graph else _link)
    zero = Constant(0.0) if create_graph else 0.0
    return [adjoints.get(node, zero) for node in targets]


#: Of operations with inputs whose partial is 0 everywhere, as those of a condition: the others.
_ACTING = {
    row.name: tuple(place for place, partial in enumerate(row.partials) if partial != "0")
    for row in OPS.values()
    if "0" in row.partials
}


def accumulate(
    output: Value,
    targets: Iterable[Value],
    adjoints: dict[Value, Any],
    link: Callable[[Any, Value, int], Any],
) -> None:
    """Add to ``adjoints`` ∂output/∂node for the targets and all nodes on the way to them.

    ``adjoints`` holds ∂output/∂output = 1 to start with. What an earlier call for the same
    output has added is built upon; a target that output does not depend on is left out.
    ``link`` gives what flows from a node's gradient into that of one of its inputs, None for
    nothing.
    """
    order = topological_order(output)
    known = set(adjoints)
    relevant = set(targets)  # the nodes through which some target acts on the output
    for node in order:
        places = _ACTING.get(node.op)
        inputs = node.inputs if places is None else [node.inputs[place] for place in places]
        if not relevant.isdisjoint(inputs):
            relevant.add(node)
    for node in reversed(order):
        if node not in relevant or node not in adjoints:
            continue
        upstream = adjoints[node]
        if upstream.__class__ is float and not math.isfinite(upstream):
            raise missing_gradient(node, order)
        for index, input in enumerate(node.inputs):
            if input in relevant and input not in known:
                term = link(upstream, node, index)
                if term is None:
                    continue
                adjoints[input] = adjoints[input] + term if input in adjoints else term


def _link(upstream: float, node: Value, index: int) -> float:
    """What flows from the node's gradient into that of its input number ``index``."""
    return upstream * node.partials[index] if upstream else 0.0


def link_as_graph(upstream: Value, node: Value, index: int, written: bool = False) -> Value | None:
    """The same as a graph: the partial is the formula in the row, over the node's inputs.

    Args:
        upstream: The adjoint of the node.
        node: An operation's result.
        index: Which of its inputs.
        written: True takes the formula of the textbook, where that can be computed.

    Returns:
        The adjoint's part that comes to the input; None where the partial is 0 everywhere.

    Raises:
        DomainError: The partial does not exist there.
    """
    row = OPS[node.op]
    formula = row.recorded_partial(index, len(node.inputs), written)
    try:
        partial = record(formula, row.bind_partial(index, node.inputs, node), folding=True)
    except ArithmeticError as error:
        if written:
            return link_as_graph(upstream, node, index)
        if upstream._data == 0:
            return _where_it_acts(upstream, formula, row.bind_partial(index, node.inputs, node))
        raise DomainError(
            f"the derivative of {shown(node.op, node.inputs)} does not exist: {error}"
        ) from None
    if not isinstance(partial, Value) and partial == 0:
        return None
    if upstream.__class__ is Constant and upstream._data == 1:
        # A node of its own, so that a label given to it renames nothing.
        given = any(partial is one for one in (node, *node.inputs))
        return OPERATIONS["total"]((partial,)) if given else as_value(partial)
    if isinstance(partial, Value):
        return upstream * partial
    return upstream if partial == 1 else -upstream if partial == -1 else upstream * partial


#: Where the adjoint is 0 and the partial does not exist, nothing is passed on, as in backward. That
#: 0 has no derivative, and elsewhere, where it would be the root of what is negative, no value.
_NOTHING = parse("sqrt(-abs(upstream))")


def _where_it_acts(upstream: Value, partial: Expr, values: dict[str, Any]) -> Value:
    """The product of both where the first is not 0."""
    if isinstance(upstream, Constant):
        return Constant(0.0)
    factor = Name("upstream")
    condition, product = Call("ne", (factor, Number(0))), Call("mul", (factor, partial))
    chosen = Call("where", (condition, product, _NOTHING))
    made: Value = record(chosen, {**values, "upstream": upstream}, folding=True)
    return made
