"""NumPy's sums, products and choices, over arrays of expressions."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from micrograd_like.formula import Expr, Number
from micrograd_like.worksheet.python.conversions import (
    CallError,
    Function,
    as_term,
    axis_of,
    registering,
)
from micrograd_like.worksheet.python.terms import (
    Term,
    added,
    applied,
    chosen,
    made,
    multiplied,
    numeric,
    reduced,
    scalar,
    term,
)

REDUCING: dict[str, Function] = {}
_function = registering(REDUCING)


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


@_function("softmax")
def softmax(value: Any, axis: Any = None, dim: Any = None) -> Term:
    """e^x by their sum along an axis, the last one without."""
    powers = applied("exp", as_term(value))
    along = axis if axis is not None else dim if dim is not None else -1
    return applied("div", powers, total(powers, axis=along, keepdims=True))
