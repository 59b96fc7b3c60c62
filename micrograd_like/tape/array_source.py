"""From a formula of the table to Python over arrays: NumPy's, JAX's or the like.

The source calls functions by the table's own names (``exp``, ``where``, ``power``), which
:func:`array_functions` takes from the library. Both branches of a condition are computed and
one is taken, element by element.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd_like.errors import FormulaError
from micrograd_like.formula import COMPARISONS, OPERATORS, Call, Expr, Name, Number, fold
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
_LOGICAL = {"and": "logical_and", "or": "logical_or"}


def to_array(expr: Expr) -> str:
    """Python source of ``expr`` over arrays.

    >>> from micrograd_like.formula import parse
    >>> to_array(parse("x if x > 0 and y > 0 else exp(x)"))
    'where(logical_and((x > 0.0), (y > 0.0)), x, exp(x))'
    """
    source: str = fold(expr, _combined)
    return source


def _combined(node: Expr, parts: list[str]) -> str:
    match node:
        case Number(value):
            return repr(float(value))
        case Name(name):
            return name
        case Call("pow", (_, Number(2))):
            return f"({parts[0]} * {parts[0]})"
        case Call("pow"):
            return f"power({parts[0]}, {parts[1]})"
        case Call("neg"):
            return f"(-{parts[0]})"
        case Call("where"):
            return f"where({parts[0]}, {parts[1]}, {parts[2]})"
        case Call("and" | "or" as function):
            joined = parts[0]
            for part in parts[1:]:
                joined = f"{_LOGICAL[function]}({joined}, {part})"
            return joined
        case Call(function) if function in COMPARISONS:
            return f"({parts[0]} {COMPARISONS[function]} {parts[1]})"
        case Call(function) if function in OPERATORS:
            return f"({parts[0]} {OPERATORS[function]} {parts[1]})"
        case Call(function) if function != "sum":
            return f"{function}({', '.join(parts)})"
    raise FormulaError(f"{node} has no source over arrays")


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
    source = f"lambda {', '.join(row.inputs)}, out=None: {to_array(formula)}"
    return eval(source, functions)  # the table's own text, never a user's
