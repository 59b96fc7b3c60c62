"""Arrays of expressions under NumPy's own rules: shapes, broadcasting, indexing, sums, products.

An array is a NumPy array of objects, each element an expression; a scalar is one without axes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from micrograd_like.formula import ARITHMETIC, COMPARISONS, Call, Expr, Name, Number
from micrograd_like.ops import FLOAT

Term = np.ndarray[Any, np.dtype[Any]]
#: Elements of one array.
MAX_ELEMENTS = 2_000
#: Numbers added to keep a logarithm or a quotient defined say nothing else.
_TINY = 1e-5

_ZERO, _ONE = Number(0), Number(1)


class SizeError(Exception):
    """An array is beyond the bounds."""


class ShapeError(ValueError):
    """Arrays of these shapes cannot be added or multiplied."""


def scalar(expr: Expr) -> Term:
    """An array without axes."""
    term = np.empty((), object)
    term[()] = expr
    return term


def filled(shape: tuple[int, ...], make: Callable[[tuple[int, ...]], Expr]) -> Term:
    """An array of what is made for each index.

    Raises:
        SizeError: It has too many elements.
    """
    if math.prod(shape) > MAX_ELEMENTS:
        raise SizeError(f"expected at most {MAX_ELEMENTS:,} elements, got {math.prod(shape):,}")
    term = np.empty(shape, object)
    for index in np.ndindex(*shape):
        term[index] = make(index)
    return term


def term(value: Any) -> Term:
    """What an operation on objects gave, as an array also where it gave a single element."""
    return value if isinstance(value, np.ndarray) else scalar(value)


def is_tiny(value: Term) -> bool:
    """True for a number that only keeps a logarithm or a quotient defined."""
    known = number(value)
    return known is not None and 0 < abs(known) < _TINY


def number(value: Term) -> int | float | None:
    """The number of a scalar, where it is one."""
    expr = value.reshape(-1)[0] if value.size == 1 else None
    return expr.value if isinstance(expr, Number) else None


def applied(function: str, *terms: Term) -> Term:
    """A function of every element, repeated as NumPy repeats.

    Raises:
        ShapeError: The shapes do not fit.
        SizeError: The result has too many elements.
    """
    try:
        size = math.prod(np.broadcast_shapes(*(t.shape for t in terms)))
    except ValueError:
        shapes = " and ".join(str(t.shape) for t in terms)
        raise ShapeError(f"shapes {shapes} do not fit") from None
    if size > MAX_ELEMENTS:
        raise SizeError(f"expected at most {MAX_ELEMENTS:,} elements, got {size:,}")
    each = np.frompyfunc(lambda *elements: made(function, elements), len(terms), 1)
    return term(each(*terms))


def multiplied(a: Term, b: Term) -> Term:
    """The product of matrices, vectors and scalars, as ``dot`` has it.

    Raises:
        ShapeError: The inner sizes differ.
    """
    if not a.ndim or not b.ndim:
        return applied("mul", a, b)
    inner = b.shape[-2] if b.ndim > 1 else b.shape[0]
    if a.shape[-1] != inner:
        raise ShapeError(f"shapes {a.shape} and {b.shape} cannot be multiplied")
    left = a.reshape(-1, a.shape[-1])
    right = b.reshape(inner, -1)
    if left.shape[0] * right.shape[1] * inner > 10 * MAX_ELEMENTS:
        raise SizeError("expected smaller matrices")
    product = np.empty((left.shape[0], right.shape[1]), object)
    for i, j in np.ndindex(*product.shape):
        product[i, j] = added(
            [made("mul", (x, y)) for x, y in zip(left[i], right[:, j], strict=True)]
        )
    whole: Term = product.reshape(a.shape[:-1] + (b.shape[1:] if b.ndim > 1 else ()))
    return whole


def added(elements: list[Expr]) -> Expr:
    """Their sum."""
    total: Expr = _ZERO
    for element in elements:
        total = made("add", (total, element))
    return total


def reduced(value: Term, axis: Any, keepdims: bool, together: Callable[[list[Expr]], Expr]) -> Term:
    """What becomes of the elements along an axis, or of all.

    Raises:
        ValueError: There is no such axis.
    """
    axes = range(value.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if any(not -value.ndim <= a < value.ndim for a in axes):
        raise ValueError(f"axis {axis} is out of bounds for an array of {value.ndim} axes")
    gone = sorted(a % value.ndim for a in axes)
    kept = [a for a in range(value.ndim) if a not in gone]
    moved = value.transpose(*kept, *gone).reshape(*(value.shape[a] for a in kept), -1)
    result = np.empty(moved.shape[:-1], object)
    for index in np.ndindex(*result.shape):
        result[index] = together([*moved[index]])
    return np.expand_dims(result, tuple(gone)) if keepdims else result


# One element.


def made(function: str, elements: tuple[Expr, ...]) -> Expr:
    """A call, with the arithmetic of plain numbers done and common forms named."""
    if function not in COMPARISONS:
        elements = tuple(map(numeric, elements))
    if all(isinstance(e, Number) for e in elements):
        values = [e.value for e in elements if isinstance(e, Number)]
        if (found := _computed(function, values)) is not None:
            return Number(found)
    match function, elements:
        case "add", (a, Number(value)) | (Number(value), a) if abs(value) < _TINY:
            return a
        case "sub", (a, Number(value)) if abs(value) < _TINY:
            return a
        case "mul", (a, Number(1)) | (Number(1), a):
            return a
        case "mul", (Number(0), _) | (_, Number(0)):
            return _ZERO
        case "div", (a, Number(1)):
            return a
        case "mul", (a, b) if (gated := _gated(a, b) or _gated(b, a)) is not None:
            return gated
        case "maximum", (a, Number(0)) | (Number(0), a):
            return Call("relu", (a,))
        case "select", (a, Number(0), b, Number(0)) if a == b:
            return Call("relu", (a,))
        case "div", (Number(1), below) if (inner := _logistic(below)) is not None:
            return Call("sigmoid", (inner,))
    return Call(function, elements)


def numeric(expr: Expr) -> Expr:
    """An expression as a number: of a comparison, 1 where it holds and 0 where not."""
    match expr:
        case Call("gt", (a, b)):
            return Call("select", (a, b, _ONE, _ZERO))
        case Call("lt", (a, b)):
            return Call("select", (b, a, _ONE, _ZERO))
        case Call("ge", (a, b)):
            return Call("select", (b, a, _ZERO, _ONE))
        case Call("le", (a, b)):
            return Call("select", (a, b, _ZERO, _ONE))
    return expr


def chosen(condition: Expr, then: Expr, other: Expr) -> Expr | None:
    """``then`` where the condition holds, else the other; None where it is no comparison."""
    match condition:
        case Number(value):
            return then if value else other
        case Call("gt", (a, b)):
            return made("select", (a, b, then, other))
        case Call("lt", (a, b)):
            return made("select", (b, a, then, other))
        case Call("ge", (a, b)):
            return made("select", (b, a, other, then))
        case Call("le", (a, b)):
            return made("select", (a, b, other, then))
    return None


def _gated(gate: Expr, a: Expr) -> Expr | None:
    """ReLU, where it is written as (z > 0)·z."""
    match gate:
        case Call("select", (z, Number(0), Number(1), Number(0))) if z == a:
            return Call("relu", (a,))
        case Call("select", (Number(0), z, Number(0), Number(1))) if z == a:
            return Call("relu", (a,))
    return None


def _logistic(below: Expr) -> Expr | None:
    """z, where 1 + e^−z stands below the line."""
    match below:
        case Call("add", (Number(1), Call("exp", (power,))) | (Call("exp", (power,)), Number(1))):
            return _turned(power)
    return None


def _turned(expr: Expr) -> Expr | None:
    """The expression without its minus; None where none stands in front."""
    match expr:
        case Number(value) if value < 0:
            return Number(-value)
        case Call("neg", (inner,)):
            return inner
        case Call("mul" | "div" as function, (a, b)) if (first := _turned(a)) is not None:
            return made(function, (first, b))
        case Call("mul", (a, b)) if (second := _turned(b)) is not None:
            return made("mul", (a, second))
        case Call("sub", (a, b)) if (first := _turned(a)) is not None:
            return made("add", (first, b))
    return None


def _computed(function: str, values: list[int | float]) -> int | float | None:
    compute = ARITHMETIC.get(function) or FLOAT.get(function)
    if compute is None:
        return None
    if function == "pow" and abs(values[1]) > 64:
        return None
    try:
        found = compute(*values)
    except (ArithmeticError, ValueError):
        return None
    if isinstance(found, bool | int):
        return int(found) if abs(found) < 10**15 else None
    return found if isinstance(found, float) and math.isfinite(found) else None


def names_of(value: Term) -> list[Name] | None:
    """The names of which an array is made; None where one of its elements is something else."""
    elements = [*value.reshape(-1)]
    return elements if all(isinstance(e, Name) for e in elements) else None
