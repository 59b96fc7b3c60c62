"""NumPy's functions that make arrays, and give arrays other shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_like.formula import Expr, Number
from micrograd_like.worksheet.python.conversions import (
    CallError,
    Function,
    as_term,
    registering,
    shape_of,
    whole,
)
from micrograd_like.worksheet.python.terms import MAX_ELEMENTS, Term, filled, number, scalar

SHAPING: dict[str, Function] = {}
_function = registering(SHAPING)


@_function("reshape", "view")
def reshape(value: Any, *shape: Any) -> Term:
    """The elements in another shape."""
    reshaped: Term = as_term(value).reshape(shape_of(*shape))
    return reshaped


@_function("transpose", "t", "swapaxes")
def transpose(value: Any, *axes: Any) -> Term:
    """Rows for columns."""
    turned: Term = as_term(value).transpose(*(shape_of(*axes) if len(axes) != 2 else ()))
    return turned


@_function("flatten", "ravel")
def flatten(value: Any) -> Term:
    """All elements in a row."""
    flat: Term = as_term(value).reshape(-1)
    return flat


@_function("squeeze")
def squeeze(value: Any, *_: Any) -> Term:
    """The array without axes of one element."""
    return as_term(value).squeeze()


@_function("expand_dims", "unsqueeze")
def expand(value: Any, axis: Any) -> Term:
    """The array with one more axis."""
    return np.expand_dims(as_term(value), whole(axis))


@_function("atleast_2d")
def at_least_two(value: Any) -> Term:
    """The array with two axes."""
    return np.atleast_2d(as_term(value))


@_function("vstack", "row_stack", "stack")
def stacked(values: Any) -> Term:
    """Arrays one below the other."""
    return np.vstack([as_term(v) for v in values])


@_function("hstack", "column_stack")
def beside(values: Any) -> Term:
    """Arrays side by side."""
    return np.hstack([as_term(v) for v in values])


@_function("concatenate", "cat")
def concatenated(values: Any, axis: Any = 0) -> Term:
    """Arrays joined along an axis."""
    joined: Term = np.concatenate([as_term(v) for v in values], axis=whole(axis))
    return joined


@_function("diag", "diagflat")
def diagonal(value: Any) -> Term:
    """The diagonal of a matrix, or a matrix of one."""
    array = as_term(value)
    if array.ndim == 2 and 1 not in array.shape:
        inside: Term = np.diagonal(array).copy()
        return inside
    flat = array.reshape(-1)
    size = (len(flat), len(flat))
    return filled(size, lambda at: flat[at[0]] if at[0] == at[1] else Number(0))


@_function("eye", "identity")
def eye(size: Any, **_: Any) -> Term:
    """1 on the diagonal, else 0."""
    n = whole(size)
    return filled((n, n), lambda at: Number(int(at[0] == at[1])))


@_function("zeros", "empty")
def zeros(*shape: Any, **_: Any) -> Term:
    """Zeros."""
    return filled(shape_of(*shape), lambda _: Number(0))


@_function("ones")
def ones(*shape: Any, **_: Any) -> Term:
    """Ones."""
    return filled(shape_of(*shape), lambda _: Number(1))


@_function("zeros_like", "empty_like")
def zeros_like(value: Any, **_: Any) -> Term:
    """Zeros of the same shape."""
    return filled(as_term(value).shape, lambda _: Number(0))


@_function("ones_like")
def ones_like(value: Any, **_: Any) -> Term:
    """Ones of the same shape."""
    return filled(as_term(value).shape, lambda _: Number(1))


@_function("full")
def full(shape: Any, value: Any, **_: Any) -> Term:
    """One number everywhere."""
    sizes = shape_of(*shape) if isinstance(shape, tuple | list) else shape_of(shape)
    element: Expr = as_term(value).item()
    return filled(sizes, lambda _: element)


@_function("arange")
def arange(*ends: Any, **_: Any) -> Term:
    """Whole numbers."""
    numbers = range(*map(whole, ends))
    if len(numbers) > MAX_ELEMENTS:
        raise CallError(f"expected at most {MAX_ELEMENTS:,} elements")
    return as_term([*numbers])


@_function("linspace")
def linspace(first: Any, last: Any, count: Any = 50) -> Term:
    """Numbers in equal steps."""
    low, high = number(as_term(first)), number(as_term(last))
    if low is None or high is None:
        raise CallError("expected numbers that are known here")
    return as_term([float(x) for x in np.linspace(low, high, whole(count))])


@_function("len")
def length(value: Any) -> Term:
    """How many elements there are along the first axis."""
    if isinstance(value, np.ndarray) and not value.ndim:
        raise CallError("expected an array")
    return scalar(Number(len(value)))


@_function("int")
def to_int(value: Any) -> Term:
    """A whole number that is known."""
    return scalar(Number(whole(value)))


@_function("bool")
def to_bool(value: Any) -> bool:
    """True for a number other than 0."""
    return bool(whole(value))


@_function("shape")
def shape(value: Any) -> tuple[Term, ...]:
    """The sizes along the axes."""
    return tuple(scalar(Number(size)) for size in as_term(value).shape)


@_function("permutation")
def permutation(count: Any) -> Term:
    """An order; that in which things stand."""
    return arange(count) if not as_term(count).ndim else as_term(count)
