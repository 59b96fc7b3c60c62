"""The rows of the table as functions over arrays: NumPy's, JAX's or the like.

The source (:data:`micrograd_like.formula.ARRAYS`) calls functions by the table's own names
(``exp``, ``where``, ``power``), which :func:`array_functions` takes from the library.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd_like.formula import ARRAYS, OPERATORS, Call, Expr, emit
from micrograd_like.ops import OPS, Op

#: Functions that array libraries have under another name.
_RENAMED = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "power": "power",
}


def array_functions(
    library: Any, missing: Callable[[str], Callable[..., Any]]
) -> dict[str, Callable[..., Any]]:
    """Every function a formula may call, from an array library.

    A row made of other functions is compiled from its formula; for what the library lacks,
    ``missing`` is asked by name.
    """
    functions = _Functions(library, missing)
    for row in OPS.values():
        if not (row.families or row.arithmetic or is_primitive(row)):
            functions[row.name] = compiled(row, row.computed_value, functions)
    return functions


class _Functions(dict[str, Callable[..., Any]]):
    """Names looked up when a compiled formula first calls them."""

    def __init__(self, library: Any, missing: Callable[[str], Callable[..., Any]]) -> None:
        super().__init__()
        self._library, self._missing = library, missing

    def __missing__(self, name: str) -> Callable[..., Any]:
        found = getattr(self._library, _RENAMED.get(name, name), None) or self._missing(name)
        self[name] = found
        return found


def is_primitive(row: Op) -> bool:
    """True if the row's value is the function of its own name: exp(x) is exp."""
    value = row.computed_value
    named = isinstance(value, Call) and value.function == row.name
    return named and (row.name not in OPERATORS or row.name == "pow") and row.name != "neg"


def compiled(row: Op, formula: Expr, functions: dict[str, Callable[..., Any]]) -> Any:
    """A function of the row's inputs and ``out`` that computes ``formula``."""
    source = f"lambda {', '.join(row.inputs)}, out=None: {emit(formula, ARRAYS)}"
    return eval(source, functions)  # the table's own text, never a user's
