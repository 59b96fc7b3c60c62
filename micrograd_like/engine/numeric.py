"""Derivatives checked against numbers that no derivative rule has touched.

The reference is a complex step, Im f(x + ih)/h, exact to rounding because nothing is
subtracted, or a central difference, (f(x + h) − f(x − h))/2h. Either one uses only the
*value* formulas of the operation table, so a wrong partial derivative cannot hide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from micrograd_like.engine import Constant, Value
from micrograd_like.engine.beside import derivatives
from micrograd_like.engine.complex_functions import COMPLEX
from micrograd_like.engine.differences import (
    CENTRAL_STEP,
    EPSILON,
    Method,
    Numeric,
    difference,
    slope_jumps,
)
from micrograd_like.engine.gradient import gradients
from micrograd_like.engine.order import topological_order
from micrograd_like.engine.unrecorded import check_recorded
from micrograd_like.engine.watching import watched_numbers
from micrograd_like.errors import printable
from micrograd_like.formula import evaluate, parse
from micrograd_like.ops import FLOAT, OPS

#: Largest relative error taken for rounding. A complex step is as exact as the evaluation
#: itself; a central difference keeps about two thirds of float64's digits.
TOLERANCE: Mapping[Method, float] = {"complex": 1e-9, "central": 1e-6}

#: A numeric derivative known no better than this, relatively, proves nothing.
_USELESS = 1e-4
#: What acts on f beside its graph is wrong by more than a rounding: so many times what is in doubt.
_SAFELY = 4
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One partial derivative: as the engine has it and as the numbers have it.

    Attributes:
        verdict: "agrees"; "wrong"; "kink" where the derivative jumps within reach of the step and
            the analytic number is a convention; "unsure" where rounding leaves the numeric
            derivative too few digits to tell.
    """

    of: str
    wrt: str
    analytic: float
    numeric: float
    error: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Gradcheck:
    """The table: first ∂output/∂input for every input, then every local partial.

    It is true when no row is wrong, and prints as the table.
    """

    totals: tuple[Row, ...]
    locals: tuple[Row, ...]
    method: Method

    def __bool__(self) -> bool:
        return not self.wrong

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows of the table."""
        return self.totals + self.locals

    @property
    def wrong(self) -> tuple[Row, ...]:
        """The rows whose two numbers differ by more than rounding."""
        return tuple(row for row in self.rows if row.verdict == "wrong")

    def __str__(self) -> str:
        shown = self.rows
        if len(shown) > _SHOWN:  # what does not agree comes first, and is never left out
            odd = [row for row in shown if row.verdict != "agrees"]
            even = [row for row in shown if row.verdict == "agrees"]
            shown = (*odd, *even[: max(_SHOWN - len(odd), 0)])
        names = [f"∂{row.of}/∂{row.wrt}" for row in shown]
        width = max(map(len, names), default=0)
        lines = [
            f"{'':<{width}}  {'analytic':>24}  {self.method + ' step':>24}  {'rel. error':>10}"
        ]
        for name, row in zip(names, shown, strict=True):
            numbers = f"{row.analytic:>24.16g}  {row.numeric:>24.16g}  {row.error:>10.1e}"
            lines.append(f"{name:<{width}}  {numbers}  {row.verdict}")
        if len(shown) < len(self.rows):
            lines.append(f"… and {len(self.rows) - len(shown)} more that agree")
        count = len(self.wrong)
        lines.append(f"{len(self.rows)} partial derivatives: {count or 'none'} wrong")
        return "\n".join(lines)


def gradcheck(
    f: Callable[..., Value],
    inputs: Sequence[Value | float],
    method: Method = "complex",
    tolerance: float | None = None,
) -> Gradcheck:
    """Check every derivative of ``f(*inputs)``, in total and operation by operation.

    The graph of f is computed again near the point. So that nothing can act on f beside its
    graph, as ``x.data`` in a formula does, f itself is called again for every input moved a
    little: where its graph is then another one, the derivative is held against f's own values; if f
    asks for numbers, so it is where only larger steps tell, as with ``round(x.data, 3)``.

    Args:
        f: Builds a graph from as many Values as there are inputs.
        inputs: The point, numbers or Values; a label names the input in the table.
        method: "complex" or "central", see the module.
        tolerance: Largest relative error that is no mistake; :data:`TOLERANCE` has the default.

    Returns:
        The table, which is true when nothing in it is wrong.

    Raises:
        TypeError: f does not return a Value.
        ValueError: Another method, no inputs, or f uses the inputs and not its arguments.

    >>> bool(gradcheck(lambda x: x * x, [3.0])), bool(gradcheck(lambda x: x * x.data, [3.0]))
    (True, False)
    """
    if method not in TOLERANCE:
        raise ValueError(f"gradcheck: expected one of {', '.join(TOLERANCE)}, got {method!r}")
    if not isinstance(inputs, Iterable):
        raise TypeError(f"gradcheck: expected the inputs in a list, got {inputs!r}")
    inputs = list(inputs)
    if not inputs:
        raise ValueError("gradcheck: expected at least one input, got none")
    tolerance = TOLERANCE[method] if tolerance is None else tolerance
    if not 0 < tolerance < 1:
        raise ValueError(f"gradcheck: expected a tolerance between 0 and 1, got {tolerance!r}")
    leaves = [_leaf(x, place) for place, x in enumerate(inputs, 1)]
    with watched_numbers() as asked:
        output = f(*leaves)
    if not isinstance(output, Value):
        raise TypeError(f"gradcheck: expected f to return a Value, got {type(output).__name__}")
    check_recorded(output, "grad")
    order = topological_order(output)
    given = {id(x) for x in inputs}
    own = next((node for node in order if id(node) in given), None)
    if own is not None:  # a Value of 0 is false
        raise ValueError(
            f"gradcheck: expected f to work with the Values that it is given, got {own!r} of the "
            "inputs itself in its graph: moving its own argument changes nothing there"
        )
    kinks = [node for node in order if _at_kink(node, method)]
    jumps = {leaf for node in kinks for leaf in topological_order(node)}
    sizes = _path_sizes(order)
    names = {
        node: printable(node.label) or (f"{node.op}#{place}" if node.op else f"{node.data:g}")
        for place, node in enumerate(order)
    }
    totals = tuple(
        _row(
            printable(output.label) or "f",
            printable(leaf.label),
            analytic,
            beside or _numeric_total(order, leaf, method, sizes),
            leaf in jumps and slope_jumps(partial(_replayed, order, leaf, "central"), leaf.data),
            tolerance,
            by_values=beside is not None,
        )
        for leaf, analytic, beside in zip(
            leaves, gradients(output, leaves), derivatives(f, leaves, bool(asked)), strict=True
        )
    )
    local_rows = tuple(
        _row(
            names[node],
            names[input] if node.inputs.count(input) == 1 else f"{names[input]} [{index}]",
            node.partials[index],
            difference(partial(_local, node, index, method), node.inputs[index].data, method),
            node in kinks
            and slope_jumps(partial(_local, node, index, "central"), node.inputs[index].data),
            tolerance,
        )
        for node in order
        for index, input in enumerate(node.inputs)
        if not isinstance(input, Constant)
    )
    return Gradcheck(totals, local_rows, method)


def _leaf(x: Value | float, place: int) -> Value:
    if isinstance(x, Value):
        return Value(x.data, x.label or f"x{place}")
    return Value(x, f"x{place}")


def _path_sizes(order: list[Value]) -> dict[Value, float]:
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


def _row(
    of: str,
    wrt: str,
    analytic: float,
    numeric: Numeric,
    kink: bool,
    tolerance: float,
    by_values: bool = False,
) -> Row:
    scale = max(abs(analytic), abs(numeric.value))
    difference = abs(analytic - numeric.value)
    error = difference / scale if scale else 0.0
    if kink:
        verdict = "kink"
    elif by_values and difference > tolerance * scale + _SAFELY * numeric.uncertainty:
        verdict = "wrong" if numeric.settled else "unsure"
    elif not numeric.uncertainty <= max(_USELESS * scale, tolerance):
        verdict = "unsure"
    else:
        agrees = difference <= tolerance * scale + numeric.uncertainty
        verdict = "agrees" if agrees else "wrong" if numeric.settled else "unsure"
    return Row(of, wrt, analytic, numeric.value, error, verdict)


def _replayed(order: list[Value], leaf: Value, method: Method, x: Any) -> Any:
    """The output of the graph with another number for one of its leaves."""
    values: dict[Value, Any] = {}
    for node in order:
        if node.inputs:
            operands = tuple(values[input] for input in node.inputs)
            values[node] = _value(node.op, operands, method)
        else:
            values[node] = x if node is leaf else node.data
    return values[order[-1]]


def _local(node: Value, index: int, method: Method, x: Any) -> Any:
    """An operation's value with another number for one of its inputs."""
    data = tuple(input.data for input in node.inputs)
    return _value(node.op, (*data[:index], x, *data[index + 1 :]), method)


def _numeric_total(
    order: list[Value], leaf: Value, method: Method, sizes: Mapping[Value, float]
) -> Numeric:
    numeric = difference(partial(_replayed, order, leaf, method), leaf.data, method)
    rounding = 16 * EPSILON * sizes.get(leaf, 0.0)
    if method == "central":  # the rounding of every node, propagated to the output
        noise = 4 * EPSILON * sum(abs(node.data) * sizes[node] for node in order)
        rounding += noise / (CENTRAL_STEP * max(abs(leaf.data), 1.0))
    return Numeric(numeric.value, numeric.uncertainty + rounding, numeric.settled)


def _value(op: str, operands: tuple[Any, ...], method: Method) -> Any:
    row = OPS[op]
    functions = COMPLEX if method == "complex" else FLOAT
    return evaluate(row.computed_value, row.bind(operands), functions)


def _at_kink(node: Value, method: Method) -> bool:
    """True if a kink lies no further from the node's inputs than a step reaches."""
    if not node.op or not OPS[node.op].kink:
        return False
    values = dict(zip(OPS[node.op].inputs, (i.data for i in node.inputs), strict=True))
    distance = abs(evaluate(parse(OPS[node.op].kink), values, FLOAT))
    reach = 2 * CENTRAL_STEP * max(1.0, *map(abs, values.values())) if method == "central" else 0
    return bool(distance <= reach)
