"""Classes of values that know how to go back: ``out._backward = _backward`` beside each operation.

With E = out·g + Σ hᵢ·xᵢ, where g is what comes back to the output and hᵢ what the operands have
got on other paths, what ``self.grad += …`` gives must be ∂E/∂self: an assignment without the +
leaves the other paths out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Call, Derivative, Expr, Name
from micrograd_like.worksheet.python.conversions import CallError
from micrograd_like.worksheet.python.terms import added, numeric, scalar
from micrograd_like.worksheet.python.values import Class, Defined, Instance, UnreadError
from micrograd_like.worksheet.records import Part, Statement

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine


class Closures:
    """Holds the ways back of operations against the operations, for a machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def read(self, made: Class) -> set[ast.FunctionDef]:
        """Read the operations of a class of values; the methods that are such."""
        start = made.methods.get("__init__")
        if start is None:
            return set()
        data, grad = _number_of(start), _gradient_of(start)
        found = {m for m in made.methods.values() if data and grad and _goes_back(m)}
        for method in found:
            with suppress(UnreadError, CallError, ValueError, TypeError):
                self._operation(made, method, data, grad)
        return found

    def _operation(self, made: Class, method: ast.FunctionDef, data: str, grad: str) -> None:
        mark = f"in {method.name}"
        operands: dict[str, Any] = {}
        for argument in method.args.args:
            name = argument.arg
            operands[name] = scalar(Name(name, mark))
            if name == "self" or _has_attribute(method, name, data):
                values = {a: scalar(Name(f"{name}.{a}", mark)) for a in (data, grad)}
                operands[name] = Instance(made.node.name, made.methods, values, made)
        recorder = self.machine.recorder
        before, recorder.silent = recorder.silent, True
        try:
            own, *others = operands.values()
            function = Defined(method, self.machine.globals, own)
            out = self.machine.calls.call(function, others, {}, method)
            back = out.attributes.get("_backward") if isinstance(out, Instance) else None
            if isinstance(back, Defined) and isinstance(back.node, ast.FunctionDef):
                inside = {n: v for n, v in operands.items() if isinstance(v, Instance)}
                self._tell(out, back, inside, (data, grad, mark))
        finally:
            recorder.silent = before

    def _tell(
        self,
        out: Instance,
        back: Defined,
        operands: dict[str, Instance],
        called: tuple[str, str, str],
    ) -> None:
        """Hold each gradient that a way back gives against the derivative."""
        data, grad, mark = called
        cost, result, coming = (Name(n, mark) for n in ("E", f"out.{data}", f"out.{grad}"))
        whole = numeric(out.attributes[data].item())
        out.attributes |= {data: scalar(result), grad: scalar(coming)}
        paths: list[Expr] = [Call("mul", (result, coming))]
        for one in operands.values():
            pair = one.attributes[grad].item(), one.attributes[data].item()
            paths.append(Call("mul", pair))
        given: list[Statement] = []
        for node in _assignments(back.node):
            place, source = self.machine.places.of(node), self.machine.places.source(node)
            for one, formula in self._given(node, [*operands.values()], back, grad):
                left = Derivative(cost, one.attributes[data].item())
                given.append(Statement(place, source, left, (Part(formula, source, place),)))
        if given:
            place = given[0].place._replace(column=0, end=0)
            for name, formula in ((result, whole), (cost, added(paths))):
                part = Part(formula, "", place)
                hidden = Statement(place, "", name, (part,), defines="implied")
                self.machine.slips.append(hidden)
            self.machine.slips += given

    def _given(
        self, node: ast.stmt, operands: list[Instance], back: Defined, grad: str
    ) -> Iterator[tuple[Instance, Expr]]:
        """The operands to whose gradients a statement gives a value, and which."""
        before = [one.attributes[grad] for one in operands]
        outside, self.machine.scope = self.machine.scope, back.scope
        try:
            self.machine.block([node])
        finally:
            self.machine.scope = outside
        for one, old in zip(operands, before, strict=True):
            new, one.attributes[grad] = one.attributes[grad], old
            if isinstance(new, np.ndarray) and new is not old and not new.ndim:
                yield one, numeric(new.item())


def _number_of(start: ast.FunctionDef) -> str:
    """The attribute that holds what an object is made of."""
    given = start.args.args[1].arg if len(start.args.args) > 1 else ""
    for node in ast.walk(start):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=ast.Name(id=value)):
                if value == given:
                    return name
    return ""


def _gradient_of(start: ast.FunctionDef) -> str:
    assigned = (n.targets[0] for n in ast.walk(start) if isinstance(n, ast.Assign))
    names = (t.attr for t in assigned if isinstance(t, ast.Attribute))
    return next((name for name in names if "grad" in name and "require" not in name), "")


def _goes_back(method: ast.FunctionDef) -> bool:
    """True for a method that gives its result a function of its own to go back."""
    inner = {n.name for n in method.body if isinstance(n, ast.FunctionDef)}
    return any(
        isinstance(n, ast.Assign)
        and isinstance(n.targets[0], ast.Attribute)
        and n.targets[0].attr == "_backward"
        and isinstance(n.value, ast.Name)
        and n.value.id in inner
        for n in method.body
    )


def _has_attribute(method: ast.FunctionDef, name: str, attribute: str) -> bool:
    return any(
        isinstance(n, ast.Attribute)
        and n.attr == attribute
        and isinstance(n.value, ast.Name)
        and n.value.id == name
        for n in ast.walk(method)
    )


def _assignments(node: ast.AST) -> Iterator[ast.stmt]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign | ast.AugAssign):
            yield inner
