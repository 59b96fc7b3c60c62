"""∂x/∂u where u depends on x, and x on nothing: 1/(∂u/∂x), if x is read as a function of u."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_like.formula import Call, Derivative, Expr, Number, Quantity, rewrite
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Figure
from micrograd_like.marking.judging.judged import Judged
from micrograd_like.marking.world.values import value
from micrograd_like.notation import text


def of_inverse(facts: Facts, key: Quantity, judged: Sequence[Judged]) -> str:
    """Why a line may be right all the same, as of the inverse function; or "".

    Args:
        facts: Those of the worksheet.
        key: What the line is about.
        judged: Its parts.
    """
    if not isinstance(key, Derivative) or not _is_upside_down(facts, key):
        return ""
    meant = _turned(facts, key)
    if not all(_agrees(facts, part, meant) for part in judged):
        return ""
    return f"{text(key.of)} is no function of {text(key.wrt)} here, but the reverse"


def _is_upside_down(facts: Facts, key: Derivative) -> bool:
    graph = facts.graph
    if graph is None or not {key.of, key.wrt} <= graph.users.keys():
        return False
    return bool(graph.between(key.wrt, key.of)) and not graph.between(key.of, key.wrt)


def _turned(facts: Facts, expr: Expr) -> Expr:
    """The formula with 1/(∂u/∂x) for ∂x/∂u."""

    def rule(node: Expr) -> Expr | None:
        if not isinstance(node, Derivative) or not _is_upside_down(facts, node):
            return None
        return Call("div", (Number(1), Derivative(node.wrt, node.of)))

    return rewrite(expr, rule)


def _agrees(facts: Facts, part: Judged, meant: Expr) -> bool:
    if not part.numeric:
        return facts.truth.equal(_turned(facts, part.expr), meant)
    number, figure = value(meant, facts.truth.here), part.figure
    return number is not None and figure is not None and figure.meets(Figure.exact(number))
