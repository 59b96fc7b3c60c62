"""What NumPy, ``math``, PyTorch and Python itself give names to, over arrays of expressions."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from micrograd_like.formula import Expr, Number
from micrograd_like.ops import OPS
from micrograd_like.worksheet.python.terms import (
    MAX_ELEMENTS,
    Term,
    added,
    applied,
    chosen,
    filled,
    made,
    multiplied,
    number,
    numeric,
    reduced,
    scalar,
    term,
)

#: Functions of one argument, and their rows of the operation table: by its names, and by others'.
ONE = {
    **{
        name: row.name
        for row in OPS.values()
        if row.signature == "x" and not row.arithmetic
        for name in (row.name, *row.aliases)
    },
    "expit": "sigmoid",
    "absolute": "abs",
    "fabs": "abs",
    "negative": "neg",
}
#: Functions of two.
TWO = {
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "true_divide": "div",
    "power": "pow",
    "pow": "pow",
    "float_power": "pow",
    "maximum": "maximum",
    "minimum": "minimum",
    "mul": "mul",
    "sub": "sub",
    "div": "div",
}
#: What changes nothing that is differentiated.
SAME = (
    *("array", "asarray", "float", "copy", "deepcopy", "tensor", "Tensor", "float64", "float32"),
    *(
        "clip",
        "nan_to_num",
        "clone",
        "detach",
        "astype",
        "double",
        "int64",
        "int32",
        "asanyarray",
        "int64",
        "int32",
        "asmatrix",
        "atleast_1d",
    ),
    *("ascontiguousarray", "matrix", "clamp", "numpy", "longdouble", "requires_grad_", "item"),
)
#: What is counted, chosen or compared, and so not differentiated.
COUNTING = (
    "meshgrid",
    "argmax",
    "argmin",
    "argsort",
    "round",
    "around",
    "unique",
    "bincount",
    "array_equal",
)
PRODUCTS = ("dot", "matmul", "mm")
RANDOM = ("randn", "rand", "random", "uniform", "normal", "standard_normal", "random_sample")


class CallError(Exception):
    """A function is called in a way that is not read."""


Function = Callable[..., Any]
FUNCTIONS: dict[str, Function] = {}


def _function(*names: str) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return register


def as_term(value: Any) -> Term:
    """A number, list or array as an array.

    Raises:
        CallError: It is something else.
    """
    match value:
        case np.ndarray():
            return value
        case bool() | int() | float():
            return scalar(Number(int(value) if isinstance(value, bool) else value))
        case list() | tuple():
            parts = [as_term(part) for part in value]
            if len({part.shape for part in parts}) > 1:
                raise CallError("expected rows of one length")
            whole = np.empty((len(parts), *(parts[0].shape if parts else ())), object)
            for place, part in enumerate(parts):
                whole[place] = part if part.ndim else part[()]
            return whole
    raise CallError(f"expected a number or an array, got {kind(value)}")


def kind(value: Any) -> str:
    """What a value is, in words."""
    known = {str: "a text", dict: "a dictionary", type(None): "None"}
    return known.get(type(value), type(value).__name__.lower())


def whole(value: Any) -> int:
    """A whole number.

    Raises:
        CallError: It is none.
    """
    found = number(as_term(value))
    if found is None or found != int(found):
        raise CallError("expected a whole number that is known here")
    return int(found)


def written_out(value: Any) -> str | None:
    """A text or a known number as text."""
    if isinstance(value, str):
        return value
    known = number(value) if isinstance(value, np.ndarray) else None
    return None if known is None else str(known)


def shape_of(*sizes: Any) -> tuple[int, ...]:
    """A shape, given as one tuple or number by number."""
    if len(sizes) == 1 and isinstance(sizes[0], tuple | list):
        sizes = tuple(sizes[0])
    return tuple(whole(size) for size in sizes)


def axis_of(axis: Any) -> Any:
    """An axis, several, or None."""
    if axis is None:
        return None
    return tuple(map(whole, axis)) if isinstance(axis, tuple | list) else whole(axis)


# Sums.


@_function("sum", "nansum", "fsum")
def total(value: Any, axis: Any = None, keepdims: Any = False, dim: Any = None, **_: Any) -> Term:
    """The sum along an axis, or of all."""
    along = axis if axis is not None else dim
    return reduced(as_term(value), axis_of(along), bool(keepdims), added)


@_function("mean", "average")
def mean(value: Any, axis: Any = None, keepdims: Any = False, dim: Any = None, **_: Any) -> Term:
    """The mean along an axis, or of all."""

    def of(elements: list[Expr]) -> Expr:
        return made("div", (added(elements), Number(len(elements))))

    along = axis if axis is not None else dim
    return reduced(as_term(value), axis_of(along), bool(keepdims), of)


@_function("max", "amax")
def most(value: Any, *others: Any, axis: Any = None, keepdims: Any = False, **_: Any) -> Term:
    """The largest along an axis, of all, or of several arguments."""
    if others and isinstance(others[0], np.ndarray):
        return reduce(lambda a, b: applied("maximum", a, b), map(as_term, (value, *others)))
    if others:
        axis, others = others[0], ()

    def of(elements: list[Expr]) -> Expr:
        return reduce(lambda a, b: made("maximum", (a, b)), elements)

    return reduced(as_term(value), axis_of(axis), bool(keepdims), of)


@_function("min", "amin")
def least(value: Any, *others: Any, axis: Any = None, keepdims: Any = False, **_: Any) -> Term:
    """The smallest along an axis, of all, or of several arguments."""
    if others:
        return reduce(lambda a, b: applied("minimum", a, b), map(as_term, (value, *others)))

    def of(elements: list[Expr]) -> Expr:
        return reduce(lambda a, b: made("minimum", (a, b)), elements)

    return reduced(as_term(value), axis_of(axis), bool(keepdims), of)


@_function("norm")
def norm(value: Any, **_: Any) -> Term:
    """The root of the sum of squares."""
    return applied("sqrt", total(applied("pow", as_term(value), scalar(Number(2)))))


# Products.


@_function("dot", "matmul", "mm", "inner", "mv")
def dot(a: Any, b: Any, **_: Any) -> Term:
    """Products of rows with columns."""
    return multiplied(as_term(a), as_term(b))


@_function("outer")
def outer(a: Any, b: Any) -> Term:
    """Every element of the first with every element of the second."""
    return applied("mul", as_term(a).reshape(-1, 1), as_term(b).reshape(1, -1))


@_function("square")
def square(value: Any) -> Term:
    """The square of each element."""
    return applied("pow", as_term(value), scalar(Number(2)))


@_function("reciprocal")
def reciprocal(value: Any) -> Term:
    """One by each element."""
    return applied("div", scalar(Number(1)), as_term(value))


# Choices.


@_function("permutation")
def permutation(count: Any) -> Term:
    """An order; that in which things stand."""
    return arange(count) if not as_term(count).ndim else as_term(count)


@_function("vectorize", "frompyfunc")
def vectorized(function: Any, *_: Any, **__: Any) -> Any:
    """The function; all are taken element by element."""
    return function


@_function("where")
def where(condition: Any, then: Any, other: Any) -> Term:
    """The second where the first holds, else the third."""

    def choose(c: Expr, a: Expr, b: Expr) -> Expr:
        found = chosen(c, numeric(a), numeric(b))
        if found is None:
            raise CallError("expected a comparison with > >= < <=")
        return found

    return term(np.frompyfunc(choose, 3, 1)(as_term(condition), as_term(then), as_term(other)))


@_function("heaviside")
def heaviside(value: Any, _at: Any) -> Term:
    """1 above 0, else 0."""
    gate = applied("gt", as_term(value), scalar(Number(0)))
    return term(np.frompyfunc(numeric, 1, 1)(gate))


# Shapes.


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


@_function("softmax")
def softmax(value: Any, axis: Any = None, dim: Any = None) -> Term:
    """e^x by their sum along an axis, the last one without."""
    powers = applied("exp", as_term(value))
    along = axis if axis is not None else dim if dim is not None else -1
    return applied("div", powers, total(powers, axis=along, keepdims=True))


def same(value: Any, *_: Any, **__: Any) -> Term:
    """The array as it is."""
    return as_term(value)


FUNCTIONS.update(dict.fromkeys(SAME, same))


def called(name: str, arguments: list[Any], named: dict[str, Any]) -> Any:
    """What a function of this name gives.

    Raises:
        CallError, ValueError, TypeError: It cannot take these arguments.
        KeyError: There is none.
    """
    if name in ONE and len(arguments) == 1:
        return applied(ONE[name], as_term(arguments[0]))
    if name in TWO and len(arguments) == 2:
        return applied(TWO[name], *map(as_term, arguments))
    return FUNCTIONS[name](*arguments, **named)
