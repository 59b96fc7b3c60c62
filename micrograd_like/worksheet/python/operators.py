"""Operators between what expressions of a program stand for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Call, Number
from micrograd_like.formula.parsing import BINARY
from micrograd_like.worksheet.python.conversions import as_term, whole, written_out
from micrograd_like.worksheet.python.naming import is_target_name
from micrograd_like.worksheet.python.reducing import dot
from micrograd_like.worksheet.python.shapes import Unshaped
from micrograd_like.worksheet.python.terms import (
    MAX_ELEMENTS,
    SizeError,
    Term,
    applied,
    number,
    scalar,
    term,
)
from micrograd_like.worksheet.python.values import Data, UnreadError, counted

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine


class Operators:
    """Works out what stands between two values, for a machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def binary(self, node: ast.AST, op: ast.operator, a: Any, b: Any) -> Any:
        """Two operands and what stands between them."""
        if isinstance(a, str) or isinstance(b, str):
            return _joined(op, a, b)
        if isinstance(a, Data) or isinstance(b, Data):
            data, other = (a, b) if isinstance(a, Data) else (b, a)
            settled = self.machine.settled(other)
            plain = isinstance(other, Data) or number(as_term(settled)) is not None
            if plain and data.array is None and not data.size:
                how = "" if isinstance(other, Data) else str(as_term(other).item())
                return data.part(f"{type(op).__name__} {how} {data is a}")
            a, b = self.machine.with_data(a), self.machine.with_data(b)
        if isinstance(a, Unshaped) or isinstance(b, Unshaped):
            a, b = self.fitted(op, a, b)
        if isinstance(op, ast.MatMult):
            return dot(a, b)
        if isinstance(op, ast.Add) and _are_joined(a, b):
            return [*_parts(a), *_parts(b)]
        if isinstance(op, ast.Mult) and (isinstance(a, list) or isinstance(b, list)):
            one, count = (a, b) if isinstance(a, list) else (b, a)
            times = whole(scalar(self.machine.assignments.given(as_term(count).item())))
            if len(one) * times > MAX_ELEMENTS:
                raise SizeError(f"expected at most {MAX_ELEMENTS:,} elements")
            return one * times
        if isinstance(op, ast.FloorDiv | ast.Mod):
            if number(as_term(a)) is None or number(as_term(b)) is None:
                return Data(size=True)
            x, y = whole(a), whole(b)
            return scalar(Number(x // y if isinstance(op, ast.FloorDiv) else x % y))
        if type(op) not in BINARY:
            raise UnreadError(node, "this operator is not read")
        return applied(BINARY[type(op)], as_term(a), as_term(b))

    def fitted(self, op: ast.operator, a: Any, b: Any) -> tuple[Any, Any]:
        """Two operands, a free array among them of the shape that the other one asks for."""
        shapes = self.machine.shapes
        if isinstance(op, ast.MatMult):
            return shapes.product(*(x if isinstance(x, Unshaped) else as_term(x) for x in (a, b)))
        if isinstance(a, Unshaped) and isinstance(b, Unshaped):
            a = shapes.alone(a)
        for labels, output in ((a, b), (b, a)):
            if isinstance(labels, Unshaped) and isinstance(output, np.ndarray):
                self._label(labels, output)
        if isinstance(a, Unshaped):
            a = shapes.beside(a, as_term(b))
        if isinstance(b, Unshaped):
            b = shapes.beside(b, as_term(a))
        return a, b

    def _label(self, labels: Unshaped, output: Term) -> None:
        """Let the targets of shares of a whole be shares of it too: of each, one is 1."""
        recorder = self.machine.recorder
        formulas = [recorder.formula(e) for e in output.reshape(-1)]
        if not is_target_name(labels.base) or output.ndim != 2 or labels.of is not None:
            return
        wholes = [f.arguments[1] for f in formulas if isinstance(f, Call) and f.function == "div"]
        if len(wholes) < len(formulas) or isinstance(wholes[0], Number) or output.shape[1] == 1:
            return
        make = self.machine.one_hot(labels.base).make
        rows = wholes[0] == wholes[1]
        labels.make = make if rows else lambda base, shape: make(base, shape[::-1]).T

    def identical(self, node: ast.expr, a: Any, b: Any, op: ast.cmpop) -> bool:
        """``x is None`` or ``x is True``: a question about what stands there, not its number."""
        plain = [isinstance(x, bool | str | None) for x in (a, b)]
        if not any(plain) or isinstance(a, Unshaped) or isinstance(b, Unshaped):
            raise UnreadError(node, "whether this holds is not known here")
        return (all(plain) and a == b) is isinstance(op, ast.Is)

    def compared(self, function: str, a: Any, b: Any) -> Any:
        """A comparison; of data, whatever it gives."""
        if isinstance(a, Data) or isinstance(b, Data):
            return counted()
        if not all(isinstance(x, np.ndarray | int | float | list) for x in (a, b)):
            same = a == b if isinstance(a, str) and isinstance(b, str) else a is b
            return {"eq": same, "ne": not same}.get(function, False)
        return applied(function, as_term(a), as_term(b))


def _joined(op: ast.operator, a: Any, b: Any) -> str | Data:
    """Texts, one behind the other."""
    parts = [written_out(a), written_out(b)]
    if isinstance(op, ast.Add) and None not in parts:
        return "".join(filter(None, parts))
    return counted()


def _parts(value: Any) -> list[Any]:
    return [term(part) for part in value] if isinstance(value, np.ndarray) else [*value]


def _are_joined(a: Any, b: Any) -> bool:
    """True for two lists that are put behind one another: of arrays, they have other lengths."""
    if not isinstance(a, list) or not isinstance(b, list):
        return _are_of_other_lengths(a, b)
    return True


def _are_of_other_lengths(a: Any, b: Any) -> bool:
    if not isinstance(a, list) and not isinstance(b, list):
        return False
    other = a if isinstance(b, list) else b
    count = len(b if isinstance(b, list) else a)
    return isinstance(other, np.ndarray) and other.ndim == 1 and len(other) != count
