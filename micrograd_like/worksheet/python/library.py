"""What NumPy, ``math``, PyTorch and Python itself give names to, over arrays of expressions."""

from __future__ import annotations

from typing import Any

from micrograd_like.ops import OPS
from micrograd_like.worksheet.python.conversions import Function, as_term
from micrograd_like.worksheet.python.reducing import REDUCING
from micrograd_like.worksheet.python.shaping import SHAPING
from micrograd_like.worksheet.python.terms import Term, applied

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
RANDOM = (
    "randn",
    "rand",
    "random",
    "uniform",
    "normal",
    "standard_normal",
    "random_sample",
    "gauss",
)


def same(value: Any, *_: Any, **__: Any) -> Term:
    """The array as it is."""
    return as_term(value)


FUNCTIONS: dict[str, Function] = {**REDUCING, **SHAPING, **dict.fromkeys(SAME, same)}


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
