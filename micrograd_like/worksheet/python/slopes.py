"""Functions of a program that say they are derivatives of others: ``sigmoid_prime``, ``d_tanh``.

Such a function is right if it gives f′ of its argument, or of the output that it is given: x for
f(x). One that gives neither, and is a slip away from one of them, is wrong where it stands; what
calls it is held against what it should give.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Call, Derivative, Expr, Name, evaluate, rewrite
from micrograd_like.ops import FLOAT
from micrograd_like.worksheet.naming.functions import UnknownFunctionError, slope
from micrograd_like.worksheet.python.conversions import CallError, as_term
from micrograd_like.worksheet.python.edits import one_slip_off
from micrograd_like.worksheet.python.library import ONE
from micrograd_like.worksheet.python.naming import differentiated, spelled
from micrograd_like.worksheet.python.terms import Term, numeric, scalar, term
from micrograd_like.worksheet.python.values import Defined, UnreadError
from micrograd_like.worksheet.records import Part, Statement

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine

#: Where derivatives are compared.
_POINTS = (0.3, -0.7, 1.2, -1.6, 2.1)
_X = Name("x", "of a function")


class Slopes:
    """Holds the derivatives among a program's functions against what they are derivatives of."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._mended: dict[ast.AST, Expr | None] = {}

    def mended(self, function: Defined, arguments: list[Any]) -> Term | None:
        """What a function that is a slip away from a derivative should give; None for others."""
        node = function.node
        if not isinstance(node, ast.FunctionDef) or len(arguments) != 1:
            return None
        if node not in self._mended:
            self._mended[node] = None  # it may call itself
            self._mended[node] = self._looked_at(function, node)
        formula, value = self._mended[node], arguments[0]
        if formula is None or not isinstance(value, np.ndarray):
            return None
        return term(np.frompyfunc(lambda e: _with(formula, _X, numeric(e)), 1, 1)(value))

    def _looked_at(self, function: Defined, node: ast.FunctionDef) -> Expr | None:
        """The formula of the derivative, in x, where a slip is all that is between."""
        whole = self._differentiated(function, node.name)
        if whole is None:
            return None
        try:
            given = numeric(as_term(self._silent(function)).item())
            true = slope(whole, _X)
        except (UnreadError, CallError, ValueError, TypeError, UnknownFunctionError):
            return None
        if _agree(given, true) or _agree(_with(given, _X, whole), true):
            return None
        for right in one_slip_off(given):
            by_output = _agree(_with(right, _X, whole), true)
            if by_output or _agree(right, true):
                self._tell(node, whole, given, by_output)
                return right
        return None

    def _differentiated(self, function: Defined, name: str) -> Expr | None:
        """The formula, in x, of the function whose derivative a name says."""
        scope = {n: v for n, v in self.machine.globals.items() if isinstance(v, Defined)}
        known = {spelled(n): v for n, v in scope.items()}
        if function.owner is not None:
            methods = function.owner.methods.items()
            own = {spelled(n): Defined(m, self.machine.globals, function.owner) for n, m in methods}
            known |= own
        called = differentiated(name, {*known, *ONE})
        try:
            if called in known:
                return numeric(as_term(self._silent(known[called])).item())
        except (UnreadError, CallError, ValueError, TypeError):
            return None
        return Call(ONE[called], (_X,)) if called else None

    def _silent(self, function: Defined) -> Any:
        """What a function gives for x; nothing is taken down."""
        recorder = self.machine.recorder
        before, recorder.silent = recorder.silent, True
        try:
            return self.machine.calls.call(function, [scalar(_X)], {}, function.node)
        finally:
            recorder.silent = before

    def _tell(self, node: ast.FunctionDef, whole: Expr, given: Expr, by_output: bool) -> None:
        """Hold what the function returns against the derivative."""
        returned = next(n for n in ast.walk(node) if isinstance(n, ast.Return))
        place = self.machine.places.of(returned)
        source = self.machine.places.source(returned)
        x, out = (Name(name, f"in {node.name}") for name in ("x", "f"))
        own = _with(given, _X, out if by_output else x)
        defined = Part(_with(whole, _X, x), source, place)
        before = place._replace(column=0, end=0)
        self.machine.slips += [
            Statement(before, "", out, (defined,), defines="implied"),
            Statement(place, source, Derivative(out, x), (Part(own, source, place),)),
        ]


def _with(formula: Expr, name: Name, value: Expr) -> Expr:
    return rewrite(formula, lambda node: value if node == name else None)


def _agree(one: Expr, other: Expr) -> bool:
    """True for formulas in x that are the same wherever both have values."""
    pairs = [(_value(one, x), _value(other, x)) for x in _POINTS]
    known = [(a, b) for a, b in pairs if np.isfinite(a) and np.isfinite(b)]
    return len(known) > 1 and all(abs(a - b) < 1e-6 * max(abs(b), 1e-3) for a, b in known)


def _value(formula: Expr, x: float) -> float:
    try:
        return float(evaluate(formula, {_X: x}, FLOAT))
    except (ArithmeticError, ValueError, KeyError, TypeError):
        return float("nan")
