"""The value of a formula, over whatever numbers it is given."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from micrograd_like.errors import FormulaError
from micrograd_like.formula.tree import COMPARISONS, Call, Expr, Number, inside_out, names

#: What the operators and comparisons do to any numbers that support them.
ARITHMETIC: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "pow", "neg")},
    "div": operator.truediv,
    **{name: getattr(operator, name) for name in COMPARISONS},
}
#: What is not worked out from all of its arguments.
_BY_NEED = ("where", "and", "or", "sum")


def evaluate(
    expr: Expr,
    values: Mapping[Any, Any],
    functions: Mapping[str, Callable[..., Any]],
    number: Callable[[float], Any] | None = None,
) -> Any:
    """The value of an expression; of a condition, only the branch that applies is computed.

    Args:
        expr: The expression.
        values: The value of every quantity in it; of a family, a tuple of values.
        functions: What each function does, and so what is computed with: floats, complex
            numbers, graph nodes.
        number: What makes such a value of a constant; without it constants are numbers.

    Raises:
        KeyError: A quantity has no value, or a function is not among them.
        FormulaError: A sum runs over no family.
    """
    results: list[Any] = []
    for node, count in inside_out(expr, _BY_NEED):
        if isinstance(node, Number):
            results.append(node.value if number is None else number(node.value))
        elif not isinstance(node, Call):
            results.append(values[node])
        elif count:
            arguments = results[-count:]
            del results[-count:]
            results.append(functions[node.function](*arguments))
        else:
            results.append(_by_need(node, values, functions))
    return results[0]


def _by_need(
    call: Call, values: Mapping[Any, Any], functions: Mapping[str, Callable[..., Any]]
) -> Any:
    match call:
        case Call("where", (condition, then, otherwise)):
            chosen = then if evaluate(condition, values, functions) else otherwise
            return evaluate(chosen, values, functions)
        case Call("and" | "or" as function, conditions):
            results = (evaluate(c, values, functions) for c in conditions)
            return all(results) if function == "and" else any(results)
        case Call("sum", (body,)):
            return _sum(body, values, functions)
    return functions[call.function]()


def _sum(body: Expr, values: Mapping[Any, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    families = [name for name in names(body) if isinstance(values[name], tuple)]
    if not families:
        raise FormulaError("a sum runs over a family, and none of its names is one")
    members = zip(*(values[name] for name in families), strict=True)
    terms = ({**values, **dict(zip(families, m, strict=True))} for m in members)
    return reduce(functions["add"], (evaluate(body, term, functions) for term in terms))
