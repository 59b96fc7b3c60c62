"""The sentences for operations and gradients that do not exist or are not finite."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from micrograd_like.errors import DomainError, printable
from micrograd_like.formula import evaluate, parse
from micrograd_like.ops import FLOAT, OPS

if TYPE_CHECKING:
    from micrograd_like.engine.value import Value


def shown(op: str, inputs: tuple[Value, ...]) -> str:
    """An operation with its operands' labels and values."""
    operands = ", ".join(
        f"{printable(i.label)} = {i._data!r}" if i.label else repr(i._data) for i in inputs[:6]
    )
    return f"{op}({operands}{', …' if len(inputs) > 6 else ''})"


def domain_error(op: str, inputs: tuple[Value, ...]) -> DomainError:
    """The error for an operation whose value is not defined or not finite."""
    call = shown(op, inputs)
    row = OPS[op]
    if not all(math.isfinite(i._data) for i in inputs):
        return DomainError(f"{call}: expected finite operands")
    inside = True
    if row.domain and not row.families:
        values = dict(zip(row.inputs, (i._data for i in inputs), strict=True))
        inside = evaluate(parse(row.domain), values, FLOAT)
    if inside:
        return DomainError(f"{call} is too large: the result is not a finite number")
    general = f"{op}({', '.join(row.inputs)})"
    return DomainError(f"{call} is not defined: {general} needs {row.domain}")


def missing_gradient(node: Value, order: list[Value]) -> DomainError:
    """The error for a gradient that is not finite, and the operation that is the reason."""
    name = printable(node.label) or (
        shown(node.op, node.inputs) if node.op else f"the leaf {node._data!r}"
    )
    for user in order:
        for input, partial in zip(user.inputs, user.partials, strict=True):
            if input is node and not math.isfinite(partial):
                if user.op == "pow" and _nobody_wrote(user, order):
                    return _without_calls(order)
                call = shown(user.op, user.inputs)
                return DomainError(
                    f"the gradient of {name} is not finite: {call} has no finite derivative with "
                    "respect to it there"
                )
    return DomainError(f"the gradient of {name} is not finite: it overflows")


def _nobody_wrote(node: Value, order: list[Value]) -> bool:
    """True for what may be a part of a recorded partial: no name in it, and a condition around."""
    return not any(i.label for i in node.inputs) and any(n.op == "select" for n in order)


def _without_calls(order: list[Value]) -> DomainError:
    """The error for a derivative of a derivative, in terms of the leaves that have names."""
    named = {printable(n.label): n._data for n in order if n.label and not n.op}
    at = ", ".join(f"{name} = {number!r}" for name, number in sorted(named.items())[:6])
    return DomainError(
        f"the gradient is not finite{f' at {at}' if at else ''}: a power of 0, or a derivative of "
        "one, has no finite derivative there"
    )
