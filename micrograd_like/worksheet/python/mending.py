"""Derivatives of activations that a program gives what they do not take.

σ′ is written of the input, σ(z)(1 − σ(z)), or of the output, a(1 − a). Which of them a helper of
the program is, its own formula tells; whether it is given z or a, the forward pass. Where they do
not go together, what was meant is σ′(z) all the same: the steps behind can be judged by it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Call, Expr, Name, evaluate, names, rewrite
from micrograd_like.ops import FLOAT
from micrograd_like.worksheet.naming.functions import UnknownFunctionError, slope
from micrograd_like.worksheet.python.conversions import CallError
from micrograd_like.worksheet.python.library import ONE
from micrograd_like.worksheet.python.naming import differentiated, spelled
from micrograd_like.worksheet.python.terms import SizeError, Term, scalar
from micrograd_like.worksheet.python.values import Defined, LeftError, UnreadError

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine

#: What an element stands for twice: as it is written, and as it was meant.
MENDED = "mended"
#: Arguments at which a helper is compared with what its name says.
_AT = (-1.3, -0.4, 0.3, 0.8, 1.7)
#: Words for the argument that asks a function for its derivative.
_ASKING = ("deriv", "derivative", "derive", "prime", "grad", "gradient", "diff", "backward")
#: How far numbers that are the same may be apart.
_CLOSE = 1e-6
_VARIABLE = Name("argument of an activation")


def as_written(formula: Expr) -> Expr:
    """A formula with what stands in the program."""
    return _one_of(formula, 0)


def as_meant(formula: Expr) -> Expr:
    """A formula with what was meant."""
    return _one_of(formula, 1)


def _one_of(formula: Expr, which: int) -> Expr:
    def rule(node: Expr) -> Expr | None:
        match node:
            case Call(function, arguments) if function == MENDED:
                return _one_of(arguments[which], which)
        return None

    return rewrite(formula, rule)


@dataclass(frozen=True)
class _Helper:
    """A function of a program that is said to be the derivative of an activation.

    Attributes:
        activation: What it is to be the derivative of, in ``_VARIABLE``.
        takes: Of what it is that: its "input", its "output", or both.
    """

    activation: Expr
    takes: frozenset[str]


class Mending:
    """Looks at what the derivatives of activations are given, for a machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._known: dict[tuple[ast.AST, bool], _Helper | None] = {}
        self._trying = False

    def mended(self, function: Defined, scope: Mapping[str, Any], found: Any) -> Any:
        """What a call has given, each element beside what was meant where that is another."""
        node = function.node
        if self._trying or not isinstance(node, ast.FunctionDef):
            return found
        taken = [a.arg for a in node.args.args if a.arg != "self"]
        value = scope.get(taken[0]) if taken else None
        asked = any(scope.get(a) is True and spelled(a).startswith(_ASKING) for a in taken[1:])
        if not isinstance(value, np.ndarray) or not isinstance(found, np.ndarray):
            return found
        if value.shape != found.shape or not value.size:
            return found
        if (node, asked) not in self._known:
            self._known[node, asked] = self._helper(function, asked)
        helper = self._known[node, asked]
        sides = None if helper is None else self._sides([*value.reshape(-1)], helper)
        if helper is None or sides is None:
            return found
        rule = slope(helper.activation, _VARIABLE)
        meant = [_at(rule, argument) for argument in sides]
        made = [Call(MENDED, pair) for pair in zip(found.reshape(-1), meant, strict=True)]
        whole = np.empty(len(made), object)
        whole[:] = made
        mended: Term = whole.reshape(found.shape)
        return mended

    def _helper(self, function: Defined, asked: bool) -> _Helper | None:
        """What a function is said to be the derivative of; None where it is no such."""
        node = function.node
        assert isinstance(node, ast.FunctionDef)
        own = self._own(function)
        known = {spelled(name): name for name in (*ONE, *own) if name != node.name}
        of = known.get(differentiated(node.name, known), "")
        if not asked and not of:
            return None
        outer = function if asked else own.get(of)
        activation = self._formula(outer, False) if outer else Call(ONE[of], (_VARIABLE,))
        written = self._formula(function, asked)
        if activation is None or written is None or isinstance(activation, Name):
            return None
        try:
            wanted = [_number(slope(activation, _VARIABLE), t) for t in _AT]
            outputs = [_number(activation, t) for t in _AT]
            of_input = [_number(written, t) for t in _AT]
            of_output = [_number(written, t) for t in outputs]
        except (ArithmeticError, ValueError, KeyError, TypeError, UnknownFunctionError):
            return None
        told = (("input", of_input), ("output", of_output))
        takes = frozenset(word for word, found in told if _apart(found, wanted) < _CLOSE)
        return _Helper(activation, takes) if takes else None

    def _own(self, function: Defined) -> dict[str, Defined]:
        """The functions of the program that a helper may be the derivative of."""
        own = {n: v for n, v in self.machine.globals.items() if isinstance(v, Defined)}
        if function.owner is not None:
            methods = function.owner.methods.items()
            scope = self.machine.globals
            own |= {n: Defined(method, scope, function.owner) for n, method in methods}
        return own

    def _formula(self, function: Defined, asked: bool) -> Expr | None:
        """What a function gives of one variable; None where that is no formula of it."""
        recorder = self.machine.recorder
        silent, recorder.silent, self._trying = recorder.silent, True, True
        arguments: list[Any] = [scalar(_VARIABLE), *([True] if asked else [])]
        try:
            with suppress(UnreadError, LeftError, CallError, ValueError, TypeError, SizeError):
                found = self.machine.calls.call(function, arguments, {}, function.node)
                if isinstance(found, np.ndarray) and not found.ndim:
                    formula: Expr = found.item()
                    return formula if {*names(formula)} == {_VARIABLE} else None
        finally:
            recorder.silent, self._trying = silent, False
        return None

    def _sides(self, elements: list[Expr], helper: _Helper) -> list[Expr] | None:
        """The arguments of the activation that elements are an output or an argument of.

        None where they are neither, or what the helper takes.
        """
        recorder = self.machine.recorder
        inside = [_matched(helper.activation, recorder.formula(e)) for e in elements]
        if None not in inside:
            return None if "output" in helper.takes else [e for e in inside if e is not None]
        if "input" in helper.takes:
            return None
        formulas = (f for step in recorder.steps for f in step.formulas)
        arguments = {_matched(helper.activation, f) for f in formulas} - {None}
        known = arguments | {recorder.formula(a) for a in arguments if a is not None}
        return elements if known.issuperset(elements) else None


def _matched(pattern: Expr, formula: Expr) -> Expr | None:
    """What stands in a formula for the variable of a pattern; None where they differ."""
    found = [*_bound(pattern, formula)]
    return found[0] if found and None not in found and len({*found}) == 1 else None


def _bound(pattern: Expr, formula: Expr) -> Iterator[Expr | None]:
    match pattern, formula:
        case Name(), _ if pattern == _VARIABLE:
            yield formula
        case Call(f, inner), Call(g, outer) if f == g and len(inner) == len(outer):
            for a, b in zip(inner, outer, strict=True):
                yield from _bound(a, b)
        case _ if pattern != formula:
            yield None


def _at(rule: Expr, argument: Expr) -> Expr:
    return rewrite(rule, lambda node: argument if node == _VARIABLE else None)


def _number(formula: Expr, at: float) -> float:
    return float(evaluate(formula, {_VARIABLE: at}, FLOAT))


def _apart(found: list[float], wanted: list[float]) -> float:
    """How far numbers are apart, relative to the largest that is wanted."""
    pairs = zip(found, wanted, strict=True)
    return max(abs(a - b) for a, b in pairs) / max(map(abs, wanted), default=1.0)
