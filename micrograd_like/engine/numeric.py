"""Derivatives checked against numbers that no derivative rule has touched.

The reference is a complex step, Im f(x + ih)/h, exact to rounding because nothing is
subtracted, or a central difference, (f(x + h) − f(x − h))/2h. Either one uses only the
*value* formulas of the operation table, so a wrong partial derivative cannot hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from micrograd_like.engine import Constant, Value
from micrograd_like.engine.beside import derivatives
from micrograd_like.engine.differences import (
    EPSILON,
    Method,
    Numeric,
    clear_steps,
    difference,
    slope_jumps,
)
from micrograd_like.engine.gradient import gradients
from micrograd_like.engine.order import topological_order
from micrograd_like.engine.ranges import real
from micrograd_like.engine.replay import (
    Sides,
    has_kink,
    local,
    local_sides,
    path_sizes,
    replayed,
    replayed_sides,
    rounding,
)
from micrograd_like.engine.unrecorded import check_recorded
from micrograd_like.engine.watching import watched_numbers
from micrograd_like.errors import printable

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

    Attributes:
        totals: The rows of ∂output/∂input.
        locals: Those of the operations' partials.
        method: How the numbers were taken.
        asked: How f asked what numbers are, as by ``<`` or ``.data``: elsewhere its graph may be
            another one, so that it is no formula to compile.
    """

    totals: tuple[Row, ...]
    locals: tuple[Row, ...]
    method: Method
    asked: tuple[str, ...] = ()

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
        if self.asked:
            lines.append(
                f"f asks what numbers are ({', '.join(self.asked)}): elsewhere its graph may be "
                "another one"
            )
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
    tolerance = TOLERANCE[method] if tolerance is None else real("gradcheck: tolerance", tolerance)
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
    sizes = path_sizes(order)
    names = {
        node: printable(node.label) or (f"{node.op}#{place}" if node.op else f"{node.data:g}")
        for place, node in enumerate(order)
    }
    totals = tuple(
        _row(
            (printable(output.label) or "f", printable(leaf.label)),
            analytic,
            _total(order, leaf, method, sizes, beside),
            tolerance,
        )
        for leaf, analytic, beside in zip(
            leaves, gradients(output, leaves), derivatives(f, leaves, bool(asked)), strict=True
        )
    )
    local_rows = tuple(
        _row(
            (names[node], names[x] if node.inputs.count(x) == 1 else f"{names[x]} [{index}]"),
            node.partials[index],
            _local(node, index, method),
            tolerance,
        )
        for node in order
        for index, x in enumerate(node.inputs)
        if not isinstance(x, Constant)
    )
    return Gradcheck(totals, local_rows, method, tuple(dict.fromkeys(asked)))


def _leaf(x: Value | float, place: int) -> Value:
    if isinstance(x, Value):
        return Value(x.data, x.label or f"x{place}")
    return Value(x, f"x{place}")


@dataclass(frozen=True, slots=True)
class _Reference:
    """What an analytic derivative is held against.

    Attributes:
        size: What the derivative is the sum of, in magnitude.
        kink: Whether the derivative jumps within reach of every step.
        by_values: Whether it was taken from f's own values, beside its graph.
    """

    numeric: Numeric
    size: float
    kink: bool
    by_values: bool = False


def _row(names: tuple[str, str], analytic: float, found: _Reference, tolerance: float) -> Row:
    numeric = found.numeric
    scale = max(abs(analytic), abs(numeric.value))
    difference = abs(analytic - numeric.value)
    error = difference / scale if scale else 0.0
    # An exact 0 has no size: there a small number agrees.
    useful = max(_USELESS * scale, tolerance * (found.size if analytic else 1.0))
    if found.kink:
        verdict = "kink"
    elif found.by_values and difference > tolerance * scale + _SAFELY * numeric.uncertainty:
        verdict = "wrong" if numeric.settled else "unsure"
    elif not numeric.uncertainty <= useful:
        verdict = "unsure"
    else:
        agrees = difference <= tolerance * scale + numeric.uncertainty
        verdict = "agrees" if agrees else "wrong" if numeric.settled else "unsure"
    return Row(*names, analytic, numeric.value, error, verdict)


def _total(
    order: list[Value],
    leaf: Value,
    method: Method,
    sizes: Mapping[Value, float],
    beside: Numeric | None,
) -> _Reference:
    """The derivative of the output by one of its leaves."""
    after = {leaf}
    for node in order:
        after |= {node} if not after.isdisjoint(node.inputs) else set()
    kinks = [node for node in order if node in after and has_kink(node)]
    f, real = (partial(replayed, order, leaf, how) for how in (method, "central"))
    where = partial(replayed_sides, order, leaf, kinks) if kinks else None
    size = sizes.get(leaf, 0.0)
    numeric, kink = _differentiated(f, real, where, leaf.data, method, rounding(order, sizes))
    if beside is None:  # the slopes along the paths are rounded, too
        doubt = numeric.uncertainty + 16 * EPSILON * size
        numeric = Numeric(numeric.value, doubt, numeric.settled)
    return _Reference(beside or numeric, size, kink, by_values=beside is not None)


def _local(node: Value, index: int, method: Method) -> _Reference:
    """The derivative of an operation by one of its inputs."""
    f, real = (partial(local, node, index, how) for how in (method, "central"))
    where = partial(local_sides, node, index) if has_kink(node) else None
    numeric, kink = _differentiated(f, real, where, node.inputs[index].data, method, 0.0)
    return _Reference(numeric, abs(node.partials[index]), kink)


def _differentiated(
    f: Callable[[Any], Any],
    real: Callable[[float], float],
    sides: Callable[[float], Sides] | None,
    x: float,
    method: Method,
    doubt: float,
) -> tuple[Numeric, bool]:
    """The numeric derivative, and whether a kink is in its way."""
    if sides is None:
        return difference(f, x, method, doubt), False
    if method == "complex":
        return difference(f, x, method), 0 in sides(x) and slope_jumps(real, x)
    steps = clear_steps(x, sides)
    return difference(f, x, method, doubt, steps), not steps and slope_jumps(real, x)
