"""From a row of the operation table to the source of the engine's function.

Value and partials are written out inside one function: calling a formula from another
function would cost more than the arithmetic.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from micrograd_like.formula import PYTHON, Expr, Name, emit, names
from micrograd_like.ops import FLOAT, OPS, Op

if TYPE_CHECKING:
    from micrograd_like.engine.value import Value

#: The rows that are operators of Python's, by the name Python gives them.
PYTHON_OPERATORS = {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "div": "truediv",
    "pow": "pow",
    "neg": "neg",
    "abs": "abs",
}

_FUNCTION = """
def apply_{name}({parameters}):
{operands}
    try:
        out = {value}
        if not -inf < out < inf:
            raise OverflowError
    except (ArithmeticError, ValueError):
        raise domain_error({op!r}, {inputs}) from None
    try:
        partials = {partials}
    except (ArithmeticError, ValueError):
        partials = some_partials({op!r}, {inputs}, out)
    node = new(Value)
    node._data = out
    node._grad = None
    node.label = ""
    node.op = {op!r}
    node.inputs = {inputs}
    node.partials = partials
    return node
"""


def function_source(row: Op, name: str, strict: bool) -> str:
    """Source of a function ``apply_{name}`` that applies ``row`` to nodes and records the partials.

    A family is one parameter, a sequence of nodes. A second operand that is no node is
    made one; where that cannot be, the function raises TypeError if ``strict``, and
    otherwise returns NotImplemented, as Python's operators do.
    """
    parameters = [f"{n}_all" if n in row.families else f"{n}_node" for n in row.inputs]
    items = [f"*{p}" if p.endswith("_all") else p for p in parameters]
    return _FUNCTION.format(
        name=name,
        op=row.name,
        parameters=", ".join(parameters),
        operands="\n".join(f"    {line}" for line in _operand_lines(row, strict)),
        value=emit(row.computed_value, PYTHON, row.families),
        inputs=f"({', '.join(items)},)",
        partials=f"({', '.join(_partial_items(row))},)",
    )


def _operand_lines(row: Op, strict: bool) -> list[str]:
    lines = []
    for name in row.inputs:
        if name in row.families:
            lines.append(f"{name}_data = [node._data for node in {name}_all]")
            continue
        if not row.families and name != row.inputs[0]:
            lines.append(
                f"if {name}_node.__class__ is not Value and {name}_node.__class__ is not Parameter:"
            )
            if strict:
                lines.append(f"    {name}_node = as_value({name}_node)")
            else:
                lines.append(f"    {name}_node = operand({name}_node)")
                lines.append(f"    if {name}_node is NotImplemented:")
                lines.append("        return NotImplemented")
        lines.append(f"{name} = {name}_node._data")
    return lines


def _partial_items(row: Op) -> list[str]:
    return [
        _over_family(row, name, formula) if name in row.families else emit(formula, PYTHON)
        for name, formula in zip(row.inputs, row.computed_partials, strict=True)
    ]


def _over_family(row: Op, family: str, formula: Expr) -> str:
    """The partial of each member of ``family``, as a starred item of a tuple."""
    if isinstance(formula, Name):
        return f"*{formula.name}_data"
    used = [n for n in row.families if n in names(formula)] or [family]
    lists = ", ".join(f"{n}_data" for n in used)
    return f"*[{emit(formula, PYTHON)} for {', '.join(used)}, in zip({lists})]"


def some_partials(op: str, inputs: tuple[Value, ...], out: float) -> tuple[float, ...]:
    """The partials one by one, NaN for those that do not exist at this point."""
    row, values = OPS[op], tuple(i._data for i in inputs)

    def one(index: int) -> float:
        try:
            return float(row.computed_partial(index, values, out, FLOAT))
        except (ArithmeticError, ValueError):
            return math.nan

    return tuple(map(one, range(len(inputs))))
