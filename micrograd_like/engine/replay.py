"""A recorded graph computed again with another number somewhere, and how far it is rounded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from micrograd_like.engine.complex_functions import COMPLEX
from micrograd_like.engine.differences import EPSILON, Method
from micrograd_like.engine.value import Value
from micrograd_like.formula import evaluate, parse
from micrograd_like.ops import FLOAT, OPS

Sides = tuple[int, ...]


def replayed(order: Sequence[Value], leaf: Value, method: Method, x: Any) -> Any:
    """The output of the graph with another number for one of its leaves."""
    return _numbers(order, leaf, method, x)[order[-1]]


def local(node: Value, index: int, method: Method, x: Any) -> Any:
    """An operation's value with another number for one of its inputs."""
    return _value(node.op, _operands(node, index, x), method)


def has_kink(node: Value) -> bool:
    """Whether the node's operation has a point where a derivative jumps."""
    return bool(node.op and OPS[node.op].kink)


def replayed_sides(order: Sequence[Value], leaf: Value, kinks: Sequence[Value], x: float) -> Sides:
    """On which side of its kink each of some operations is, with another number for a leaf."""
    values = _numbers(order, leaf, "central", x)
    return tuple(_side(node.op, tuple(values[i] for i in node.inputs)) for node in kinks)


def local_sides(node: Value, index: int, x: float) -> Sides:
    """The same of one operation, with another number for one of its inputs."""
    return (_side(node.op, _operands(node, index, x)),)


def path_sizes(order: Sequence[Value]) -> dict[Value, float]:
    """For every node the sum over its paths to the output of the product of |partials|.

    Where paths cancel, a derivative is known no better than this times the rounding unit.
    """
    sizes = dict.fromkeys(order, 0.0)
    sizes[order[-1]] = 1.0
    for node in reversed(order):
        for input, slope in zip(node.inputs, node.partials, strict=True):
            if math.isfinite(slope):
                sizes[input] += abs(slope) * sizes[node]
    return sizes


def rounding(order: Sequence[Value], sizes: Mapping[Value, float]) -> float:
    """How far the output may be off: the rounding of every node, propagated to it."""
    return 4 * EPSILON * math.fsum(abs(node.data) * sizes[node] for node in order)


def _numbers(order: Sequence[Value], leaf: Value, method: Method, x: Any) -> dict[Value, Any]:
    values: dict[Value, Any] = {}
    for node in order:
        if node.inputs:
            operands = tuple(values[input] for input in node.inputs)
            values[node] = _value(node.op, operands, method)
        else:
            values[node] = x if node is leaf else node.data
    return values


def _operands(node: Value, index: int, x: Any) -> tuple[Any, ...]:
    data = tuple(input.data for input in node.inputs)
    return (*data[:index], x, *data[index + 1 :])


def _value(op: str, operands: tuple[Any, ...], method: Method) -> Any:
    row = OPS[op]
    functions = COMPLEX if method == "complex" else FLOAT
    return evaluate(row.computed_value, row.bind(operands), functions)


def _side(op: str, operands: tuple[float, ...]) -> int:
    row = OPS[op]
    distance = float(evaluate(parse(row.kink), row.bind(operands), FLOAT))
    return (distance > 0) - (distance < 0)
