"""From a formula of the table to C: one expression over numbers of the type ``real``.

A name ``x`` becomes ``v_x``, and a function ``f`` is called ``F(f)``, a macro that makes of it
the function for the numbers and the processor at hand, so that no name of the table can be a
word of C's. Both branches of a condition are computed and one is taken: that is what a compiler
can do for many samples at once.
"""

from __future__ import annotations

from micrograd_like.errors import FormulaError
from micrograd_like.formula import COMPARISONS, OPERATORS, Call, Expr, Name, Number, fold

#: Powers up to this one are written as products.
_LONGEST_PRODUCT = 4


def to_c(expr: Expr) -> str:
    """C source of ``expr``; a family has none.

    >>> from micrograd_like.formula import parse
    >>> to_c(parse("x if x > 0 else exp(x) - 1"))
    '((v_x > R(0.0)) ? v_x : (F(exp)(v_x) - R(1.0)))'
    """
    source: str = fold(expr, combined)
    return source


def combined(node: Expr, parts: list[str]) -> str:
    """C source of a node, its arguments being written already."""
    match node:
        case Number(value):
            return f"R({float(value)!r})"
        case Name(name):
            return f"v_{name}"
        case Call("pow", (_, Number(int() as n))) if 1 <= n <= _LONGEST_PRODUCT:
            return f"({' * '.join([parts[0]] * n)})"
        case Call("neg"):
            return f"(-{parts[0]})"
        case Call("where"):
            return f"({parts[0]} ? {parts[1]} : {parts[2]})"
        case Call("and" | "or" as function):
            # Not && and ||: nothing may be skipped where samples go side by side.
            return f"({(' & ' if function == 'and' else ' | ').join(parts)})"
        case Call(function) if function in COMPARISONS:
            return f"({parts[0]} {COMPARISONS[function]} {parts[1]})"
        case Call(function) if function in OPERATORS and function != "pow":
            return f"({parts[0]} {OPERATORS[function]} {parts[1]})"
        case Call(function) if function != "sum":
            return f"F({function})({', '.join(parts)})"
    raise FormulaError(f"{node} has no C source")
