"""What a notebook shows for a Value: its number, its gradient and its formula."""

from __future__ import annotations

from micrograd_like.engine import Value
from micrograd_like.formula import Expr, Name
from micrograd_like.graph import constant
from micrograd_like.notation import latex, name_latex, number
from micrograd_like.ops import OPS

#: A formula of more operands is not shown.
_MOST_OPERANDS = 12
_PLACES = 4


def value_latex(value: Value) -> str:
    r"""The node as a line of LaTeX: ``$a = x \cdot w = 6 \qquad \text{gradient } 1$``."""
    steps = [name_latex(value.label)] if value.label else []
    if value.op and len(value.inputs) <= _MOST_OPERANDS:
        steps.append(latex(OPS[value.op].written(tuple(map(_operand, value.inputs))), _PLACES))
    steps.append(latex(constant(value.data), _PLACES))
    gradient = r"\text{no gradient yet}"
    if value.has_grad:
        gradient = rf"\text{{gradient }} {number(value.grad, _PLACES)}".replace("−", "-")
    return rf"${' = '.join(steps)} \qquad {gradient}$"


def _operand(node: Value) -> Expr:
    return Name(node.label) if node.label else constant(node.data)


# The engine knows nothing of notation, so the hook is hung on from here.
Value._repr_latex_ = value_latex  # type: ignore[attr-defined]
