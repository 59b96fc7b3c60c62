"""The numbers of a worksheet to sixty digits, for where floats do not decide.

Of 100000001² − 100000000² a float has the wrong number, of ((x + h)² − x²)/h with h = 10⁻⁸ half
of the digits. What is given is taken as it is written in decimals; the graph's formulas are
worked out with mpmath from there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, localcontext
from functools import cached_property
from typing import Any

import mpmath
from mpmath import mp, mpf

from micrograd_like.formula import (
    ARITHMETIC,
    Call,
    Derivative,
    Expr,
    Name,
    Quantity,
    evaluate,
    nodes,
    parse,
    quantities,
)
from micrograd_like.graph import NamedGraph
from micrograd_like.marking.world.effort import spend
from micrograd_like.ops import OPS
from micrograd_like.worksheet.builder import CONSTANTS

_DIGITS = 60
_NOTHING = 1e-50
#: Two formulas are the same within this, relative to their number.
_SAME = 1e-20
#: What an operation costs here, in operations of floats.
_COST = 20


class Precise:
    """Values and derivatives of a graph, worked out when they are first asked for.

    Attributes:
        sources: The numbers it starts from.
    """

    def __init__(self, graph: NamedGraph, sources: Mapping[Quantity, float]) -> None:
        self._graph, self._sources = graph, sources

    def number(self, quantity: Quantity, scale: float) -> float | None:
        """The float nearest to the true number; None where mpmath has none.

        Args:
            quantity: The quantity.
            scale: Of what cancels in it: what is left of that after so many digits is 0.
        """
        with mp.workdps(_DIGITS):
            try:
                found = self._number(quantity)
            except (ArithmeticError, ValueError, TypeError, KeyError):
                return None
            if not isinstance(found, mpf) or not mpmath.isfinite(found):
                return None
            return 0.0 if abs(found) < _NOTHING * scale else float(found)

    def same(self, expr: Expr, wanted: Expr, others: Precise | None = None) -> bool:
        """True if two formulas of the names come to the same; False where mpmath has none.

        Args:
            expr: A formula.
            wanted: Another, or a quantity.
            others: What has the numbers of the quantities that the first leaves out.
        """
        with mp.workdps(_DIGITS):
            try:
                known = {leaf: self._number(leaf) for leaf in quantities(expr)}
                beside = self if others is None else others
                rest = {q: beside._number(q) for q in quantities(wanted) if q not in known}
                found, other = self._worked(expr, known), self._worked(wanted, {**rest, **known})
                return bool(abs(found - other) <= max(_SAME * abs(other), _NOTHING))
            except (ArithmeticError, ValueError, TypeError, KeyError):
                return False

    def _number(self, quantity: Quantity) -> Any:
        if not isinstance(quantity, Derivative) or quantity in self._values:
            return self._values[quantity]
        graph = self._graph
        between = graph.dependents(quantity.wrt)
        totals: dict[Quantity, Any] = {quantity.of: mpf(1)}
        for name in reversed(list(graph.values)):
            if name not in between or name == quantity.of:
                continue
            users = [user for user in graph.users[name] if user in totals]
            if users:
                links = (self._worked(graph.locals[user, name]) * totals[user] for user in users)
                totals[name] = mpmath.fsum(links)
        return totals.get(quantity.wrt, mpf(0))

    @cached_property
    def _values(self) -> dict[Quantity, Any]:
        values: dict[Quantity, Any] = {Name(name): +getattr(mp, name) for name in CONSTANTS}
        for name in self._graph.values:
            if name in self._graph.formulas:
                values[name] = self._worked(self._graph.formulas[name], values)
            elif name in self._sources or name not in values:
                values[name] = mpf(repr(self._sources.get(name, self._graph.values[name])))
        return values

    def _worked(self, formula: Expr, values: Mapping[Quantity, Any] | None = None) -> Any:
        spend(_COST)
        known = self._values if values is None else values
        return evaluate(formula, known, _FUNCTIONS, number=_as_written)


def exactly(expr: Expr, numbers: Mapping[Quantity, float]) -> float | None:
    """The formula at these decimals, rounded once, at the end; None where mpmath has none."""
    if not numbers.keys() & CONSTANTS.keys() and _is_decimal(expr):
        return _in_decimals(expr, numbers)
    with mp.workdps(_DIGITS):
        known = {quantity: _in_full(quantity, number) for quantity, number in numbers.items()}
        try:
            found = evaluate(expr, known, _FUNCTIONS, number=_as_written)
        except (ArithmeticError, ValueError, TypeError):
            return None
        real = isinstance(found, mpf) and mpmath.isfinite(found)
        return float(found) if real else None


def _is_decimal(expr: Expr) -> bool:
    """True where the formula only adds, multiplies and divides."""
    return all(call.function in _DECIMAL for call in nodes(expr, Call))


def _in_decimals(expr: Expr, numbers: Mapping[Quantity, float]) -> float | None:
    """The same by the decimals of the standard library, which are made for it."""
    with localcontext(_CONTEXT):
        known = {quantity: Decimal(repr(number)) for quantity, number in numbers.items()}
        try:
            found = float(evaluate(expr, known, _DECIMAL, number=lambda n: Decimal(repr(n))))
        except ArithmeticError:
            return None
    return found + 0.0 if math.isfinite(found) else None  # no −0


def _in_full(quantity: Quantity, number: float) -> Any:
    """A decimal as it is written; of π and e all digits."""
    is_constant = isinstance(quantity, Name) and CONSTANTS.get(quantity) == number
    return +getattr(mp, str(quantity)) if is_constant else _as_written(number)


def _as_written(number: float) -> Any:
    return mpf(repr(number))


def _function(name: str) -> Callable[..., Any]:
    row = OPS[name]

    def worked(*operands: Any) -> Any:
        return evaluate(parse(row.value), row.bind(operands), _FUNCTIONS, number=_as_written)

    return getattr(mpmath, name, worked)


#: What decimals are computed with.
_DECIMAL = {name: ARITHMETIC[name] for name in ("add", "sub", "mul", "div", "neg")}
_CONTEXT = Context(prec=_DIGITS)
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _function(name) for name in OPS},
    **ARITHMETIC,
    "abs": mpmath.fabs,
    "log2": lambda number: mpmath.log(number, 2),
    "floor": mpmath.floor,
}
