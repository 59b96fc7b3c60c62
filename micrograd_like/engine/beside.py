"""What acts on a function's value beside its graph: ``x * x.data``, whose slope is 2x and not x.

The function is called again for an input moved a little, and its graph laid beside the first one.
Where a number in it follows the input, the function's own values are held against the slopes that
its graphs give on the way from one to the other:

    f(x + h) − f(x − h) = ∫ f′ dx        from x − h to x + h, if f′ is all there is

What is missing on the right is what goes past the graph. Where it is 0 all is well: a number that
changes from cell to cell of a table, say, or one that cancels. A number that goes up in stairs, as
``round(x.data, 3)`` does, is found by a larger step; one that jumps, as ``1 if x.data > 0 else 2``
does, follows nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from micrograd_like.engine.differences import CENTRAL_STEP, Numeric
from micrograd_like.engine.gradient import gradients
from micrograd_like.engine.order import topological_order
from micrograd_like.engine.replay import path_sizes, rounding
from micrograd_like.engine.value import Value

if TYPE_CHECKING:
    from collections.abc import Hashable

#: Steps by which an input is moved, relative to it and to 1; the larger ones only where the
#: function was seen to ask for numbers.
_SMALLEST, _LARGER = 1e-7, (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
#: Where the input is moved to, in steps, and how many of the numbers there differ if they follow.
_PLACES, _DISTINCT = (-1.0, -0.5, 0.5, 1.0), 4
#: The interval reaches so many steps to either side, so that stairs count for little, though not
#: beyond this share of the input, or of 1; and the slopes within it are taken at so many points.
_WIDER, _WIDEST, _POINTS = CENTRAL_STEP / _SMALLEST, 0.5, 16

Graph = tuple["Hashable", "Hashable"]


def derivatives(
    f: Callable[..., Value], leaves: Sequence[Value], asks: bool
) -> Iterator[Numeric | None]:
    """The derivatives by each input as f's own values have them; None where its graph has it.

    Args:
        f: The function.
        leaves: Its inputs, at the point.
        asks: Whether f asks what numbers are, so that they may act on it in stairs.
    """
    here = _graph(f, leaves, leaves[0], leaves[0].data)
    for leaf in leaves:
        found = [_derivative(f, leaves, leaf, step) for step in _steps(f, leaves, leaf, here, asks)]
        yield min(found, key=lambda numeric: numeric.doubt, default=None)


def _derivative(
    f: Callable[..., Value], leaves: Sequence[Value], leaf: Value, step: float
) -> Numeric:
    """The slope that the graph gives, and what is missing in it."""
    reach = min(_WIDER * step, _WIDEST * max(abs(leaf.data), 1.0))
    try:
        (wide, _), (narrow, doubt) = (_missing(f, leaves, leaf, h) for h in (reach, reach / 2))
        inputs, output = _called(f, leaves, leaf, leaf.data)
        (slope,) = gradients(output, [inputs[leaves.index(leaf)]])
        order = topological_order(output)
        noise = rounding(order, path_sizes(order)) / reach
    except (ArithmeticError, ValueError):
        return Numeric(math.nan, math.inf)
    settled = abs(wide - narrow) <= 0.1 * max(abs(wide), abs(narrow), abs(slope))
    return Numeric(slope + narrow, abs(wide - narrow) + doubt + noise, settled)


def _missing(
    f: Callable[..., Value], leaves: Sequence[Value], leaf: Value, reach: float
) -> tuple[float, float]:
    """The mean slope of f's values over an interval, less that of its graphs; and a bound on what
    the latter is off by, if their slope jumps.
    """
    below, above = leaf.data - reach, leaf.data + reach
    place, slopes = leaves.index(leaf), []
    for point in range(_POINTS):
        x = below + (above - below) * (point + 0.5) / _POINTS
        inputs, output = _called(f, leaves, leaf, x)
        slopes += gradients(output, [inputs[place]])
    ends = [_called(f, leaves, leaf, x)[1].data for x in (below, above)]
    jumps = math.fsum(abs(b - a) for a, b in pairwise(slopes))
    missing = (ends[1] - ends[0]) / (above - below) - math.fsum(slopes) / _POINTS
    return missing, jumps / (2 * _POINTS)


def _steps(
    f: Callable[..., Value], leaves: Sequence[Value], leaf: Value, here: Graph, asks: bool
) -> list[float]:
    """The smallest steps at which the numbers in f's graph follow an input, if they do."""
    steps = _sizes(leaf.data, _SMALLEST)
    if found := [h for h in steps if next(_moved(f, leaves, leaf, (h, -h)), here) != here]:
        return found
    for relative in _LARGER if asks else ():
        for step in _sizes(leaf.data, relative):
            there = _moved(f, leaves, leaf, [step * place for place in _PLACES])
            numbers = {
                here[1],
                *(numbers for operations, numbers in there if operations == here[0]),
            }
            if len(numbers) >= _DISTINCT:
                return [step]
    return []


def _sizes(x: float, relative: float) -> list[float]:
    """Steps that suit a small number near a pole, and one that is added to a large number."""
    return sorted({relative * abs(x), relative * max(abs(x), 1.0)} - {0.0})


def _moved(
    f: Callable[..., Value], leaves: Sequence[Value], leaf: Value, moves: Sequence[float]
) -> Iterator[Graph]:
    for move in moves:
        try:
            yield _graph(f, leaves, leaf, leaf.data + move)
        except (ArithmeticError, ValueError):  # beyond the edge of what is defined
            continue


def _called(
    f: Callable[..., Value], leaves: Sequence[Value], leaf: Value, x: float
) -> tuple[list[Value], Value]:
    """The inputs with another number for one of them, and what f makes of them."""
    inputs = [Value(x if other is leaf else other.data, other.label) for other in leaves]
    return inputs, f(*inputs)


def _graph(f: Callable[..., Value], leaves: Sequence[Value], leaf: Value, x: float) -> Graph:
    """The operations with their operands' places, and the numbers that are no inputs."""
    inputs, output = _called(f, leaves, leaf, x)
    order = topological_order(output)
    place = {node: number for number, node in enumerate(order)}
    given = {node: number for number, node in enumerate(inputs)}
    operations = tuple((n.op, *(place[i] for i in n.inputs), given.get(n, -1)) for n in order)
    return operations, tuple(n.data for n in order if not n.op and n not in given)
