"""Functions and classes of a program: entered where they are called, or read by themselves."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from micrograd_like.worksheet.python.syntax import calls_of, is_helper
from micrograd_like.worksheet.python.values import (
    Class,
    Defined,
    Instance,
    LeftError,
    UnknownError,
    UnreadError,
)

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine

#: In which order methods are read that nobody calls.
_ORDER = {"__init__": 0, "forward": 1, "feedforward": 1, "feed_forward": 1, "predict": 1}


class Calls:
    """Enters functions for a machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._called: set[ast.AST] = set()

    def function_by_itself(self, node: ast.FunctionDef, owner: Instance | None) -> None:
        """Read a function that nobody calls, its arguments free."""
        if node in self._called or is_helper(node):
            return
        self._called.add(node)
        skipped = () if owner is None else ("self",)
        given = [a.arg for a in (*node.args.args, *node.args.kwonlyargs) if a.arg not in skipped]
        known = {
            a.arg: d for a, d in zip(node.args.args[::-1], node.args.defaults[::-1], strict=False)
        }
        self.machine.scope = self.machine.globals
        for name in given:
            if (
                name not in self.machine.globals
                and name in known
                and not isinstance(known[name], ast.Constant)
            ):
                self.machine.globals[name] = self.machine.attempt(known[name])
        if owner is not None:
            self.machine.globals["self"] = owner
        with suppress(LeftError, UnknownError):
            self.machine.block(node.body)

    def class_by_itself(self, node: ast.ClassDef) -> None:
        """Read the methods of a class that nobody calls."""
        known = self.machine.globals.values()
        instances = [v for v in known if isinstance(v, Instance) and v.name == node.name]
        owner = instances[0] if instances else Instance(node.name, Class(node).methods)
        methods = sorted(owner.methods.values(), key=lambda n: _ORDER.get(n.name, 2))
        for method in methods:
            self.function_by_itself(method, owner)

    def call(
        self, function: Defined, arguments: list[Any], named: dict[str, Any], node: ast.AST
    ) -> Any:
        """What a function of the program gives for these arguments."""
        definition = function.node
        scope = self._arguments(function, arguments, named, node)
        before, self.machine.scope = self.machine.scope, scope
        if isinstance(definition, ast.Lambda):
            try:
                return self.machine.evaluator.value(definition.body)
            finally:
                self.machine.scope = before
        again = definition in self._called or is_helper(definition)
        silent = self.machine.recorder.silent
        several = calls_of(definition.name, self.machine.module) > 1
        self.machine.recorder.silent = silent or again or several
        self._called.add(definition)
        try:
            self.machine.block(definition.body)
        except LeftError as left:
            return left.value
        finally:
            self.machine.scope, self.machine.recorder.silent = before, silent
        return None

    def _arguments(
        self, function: Defined, arguments: list[Any], named: dict[str, Any], node: ast.AST
    ) -> dict[str, Any]:
        definition = function.node
        taken = [a.arg for a in definition.args.args]
        scope = dict(function.scope) if function.scope is not self.machine.globals else {}
        if function.owner is not None:
            arguments = [function.owner, *arguments]
        if len(arguments) > len(taken):
            raise UnreadError(node, f"expected at most {len(taken)} arguments")
        defaults = zip(taken[::-1], definition.args.defaults[::-1], strict=False)
        for name, default in defaults:
            scope[name] = self.machine.evaluator.value(default)
        keywords = zip(definition.args.kwonlyargs, definition.args.kw_defaults, strict=True)
        for argument, own in keywords:
            if own is not None:
                scope[argument.arg] = self.machine.evaluator.value(own)
        scope |= dict(zip(taken, arguments, strict=False)) | named
        if missing := [name for name in taken if name not in scope]:
            raise UnreadError(node, f"expected a value for {missing[0]!r}")
        return scope

    def instance(
        self, made: Class, arguments: list[Any], named: dict[str, Any], node: ast.AST
    ) -> Instance:
        """A new object of a class of the program."""
        owner = Instance(made.node.name, made.methods)
        if "__init__" in owner.methods:
            start = Defined(owner.methods["__init__"], self.machine.globals, owner)
            self.call(start, arguments, named, node)
        return owner
