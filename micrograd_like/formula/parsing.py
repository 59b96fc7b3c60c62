"""From the text of a formula to its tree.

The language: numbers, names, ``+ - * / **``, unary minus, calls ``f(x)``,
``a if condition else b`` with comparisons, ``and`` and ``or``, and ``sum(body)``, which
runs over the *families* of names in its body (``sum(x * w)`` is x₁w₁ + x₂w₂ + …).
"""

from __future__ import annotations

import ast
from functools import cache

from micrograd_like.errors import FormulaError
from micrograd_like.formula.tree import COMPARISONS, OPERATORS, Call, Expr, Name, Number

#: Python's operators and comparisons, by the functions of the tree.
BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}
COMPARE: dict[type[ast.cmpop], str] = {
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}

#: Functions of the tree that have signs or words of their own in the text.
_WRITTEN_OTHERWISE = {*OPERATORS, *COMPARISONS, "neg", "where", "and", "or"}


@cache
def parse(text: str) -> Expr:
    """The tree of a formula of the table. Nothing in it is evaluated.

    Raises:
        FormulaError: It is no formula of this language; what it lacks is named, and where.

    >>> parse("x * y")
    Call(function='mul', arguments=('x', 'y'))
    """
    shown = repr(text if len(text) <= 200 else text[:197] + "...")
    try:
        return _convert(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError as error:
        raise FormulaError(f"formula {shown}: {error.msg} at column {error.offset}") from None
    except FormulaError as error:
        raise FormulaError(f"formula {shown}: {error}") from None
    except (RecursionError, MemoryError, ValueError):
        raise FormulaError(f"formula {shown}: it is too long or too deep to be read") from None


def _convert(node: ast.expr) -> Expr:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Number(value)
        case ast.Name(id=name):
            return Name(name)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return Call(BINARY[type(op)], (_convert(left), _convert(right)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Call("neg", (_convert(operand),))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name in _WRITTEN_OTHERWISE or (name == "sum" and len(arguments) != 1):
                raise FormulaError(f"{name!r} is not called like this, column {node.col_offset}")
            return Call(name, tuple(map(_convert, arguments)))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return Call("where", (_convert(test), _convert(body), _convert(orelse)))
        case ast.BoolOp(op=op, values=values):
            name = "and" if isinstance(op, ast.And) else "or"
            return Call(name, tuple(map(_convert, values)))
        case ast.Compare(left=left, ops=ops, comparators=rights) if all(
            type(op) in COMPARE for op in ops
        ):
            sides = [_convert(side) for side in (left, *rights)]
            pairs = tuple(
                Call(COMPARE[type(op)], (a, b))
                for op, a, b in zip(ops, sides, sides[1:], strict=False)
            )
            return pairs[0] if len(pairs) == 1 else Call("and", pairs)
    raise FormulaError(f"{type(node).__name__} is not in the language, column {node.col_offset}")
