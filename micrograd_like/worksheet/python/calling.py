"""Functions and classes of a program: entered where they are called, or read by themselves."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.worksheet.python.layers import backward_of, fed, order_of
from micrograd_like.worksheet.python.mending import Mending
from micrograd_like.worksheet.python.naming import gives_cost, is_output_name
from micrograd_like.worksheet.python.syntax import called_in, is_helper, is_method
from micrograd_like.worksheet.python.terms import Term
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

#: Calls of one function whose steps are taken down, and steps of it for which more of them are.
_LEAST_CALLS, _MOST_TAKEN = 3, 60


class Calls:
    """Enters functions for a machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.mending = Mending(machine)
        self._called: Counter[ast.AST] = Counter()
        self._taken: Counter[ast.AST] = Counter()
        self._anywhere: set[str] = set()
        #: Functions of which a call has been read whole: what fails in a later one is no matter.
        self.whole: set[ast.FunctionDef] = set()
        self._output: Term | None = None

    def take_loose_methods(self, module: ast.Module) -> None:
        """Let what stands outside a class and speaks of ``self`` speak of one object."""
        outside = (node for node in module.body if not isinstance(node, ast.ClassDef))
        inside = (inner for node in outside for inner in ast.walk(node))
        if any(isinstance(n, ast.Name) and n.id == "self" for n in inside):
            methods = {n.name: n for n in module.body if is_method(n)}
            self.machine.globals["self"] = Instance("", methods)

    def read_uncalled(self, module: ast.Module) -> None:
        """Read the classes and functions that nothing in a module calls."""
        self._anywhere = called_in(module)
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                self._class_by_itself(node)
        functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
        loose = [node for node in functions if is_method(node)]
        if loose:
            self._by_themselves(loose, self.machine.globals["self"])
        self._by_themselves([node for node in functions if node not in loose], None)

    def _class_by_itself(self, node: ast.ClassDef) -> None:
        known = self.machine.globals.values()
        instances = [v for v in known if isinstance(v, Instance) and v.name == node.name]
        owner = instances[0] if instances else Instance(node.name, Class(node).methods)
        for method in self.machine.closures.read(Class(node)):
            self._called[method] += 1
        outside = dict(self.machine.globals)
        self._output = None
        self._by_themselves([*owner.methods.values()], owner)
        self.machine.globals.clear()  # what one class calls x is not that of another
        self.machine.globals.update(outside)

    def _by_themselves(self, functions: list[ast.FunctionDef], owner: Instance | None) -> None:
        """Read functions, those first that nothing calls: they enter the others."""
        order = sorted(
            functions,
            key=lambda n: (n.name in self._anywhere and n.name != "__init__", order_of(n.name)),
        )
        for node in order:
            back = backward_of(node, functions)
            idle = is_helper(node) and back is None and not gives_cost(node.name)
            if node in self._called or idle:
                continue
            given = self._function_by_itself(node, owner)
            if given is None and owner is not None:
                given = _kept(node, owner)
            if back is not None and given is not None and back not in self._called:
                fed(self.machine, back, given)
                self._function_by_itself(back, owner)

    def _function_by_itself(self, node: ast.FunctionDef, owner: Instance | None) -> Any:
        """Read a function with its arguments free; what it gives."""
        self._called[node] += 1
        skipped = () if owner is None else ("self",)
        given = [a.arg for a in (*node.args.args, *node.args.kwonlyargs) if a.arg not in skipped]
        defaults = zip(node.args.args[::-1], node.args.defaults[::-1], strict=False)
        known = {a.arg: d for a, d in defaults if not isinstance(d, ast.Constant)}
        names = self.machine.globals
        self.machine.scope = names
        for name in given:
            if name not in names and name in known:
                names[name] = self.machine.attempt(known[name])
            elif name not in names and is_output_name(name) and self._output is not None:
                names[name] = self._output
        if owner is not None:
            names["self"] = owner
        self.machine.function = node.name
        try:
            self.machine.block(node.body)
        except UnknownError:
            return None
        except LeftError as left:
            self._keep_output(node, left.value)
            return left.value
        finally:
            self.machine.function = ""
        return None

    def _keep_output(self, node: ast.FunctionDef, value: Any) -> None:
        """Keep what a way forward gives: a way back may be given it by a name of its own."""
        forward = any(word in node.name for word in ("forward", "predict", "feed"))
        if forward and isinstance(value, np.ndarray):
            self._output = value

    def call(
        self, function: Defined, arguments: list[Any], named: dict[str, Any], node: ast.AST
    ) -> Any:
        """What a function of the program gives for these arguments."""
        mended = self.machine.slopes.mended(function, arguments)
        if mended is not None:
            return mended
        definition = function.node
        scope = self._arguments(function, arguments, named, node)
        before, self.machine.scope = self.machine.scope, scope
        if isinstance(definition, ast.Lambda):
            try:
                return self.machine.evaluator.value(definition.body)
            finally:
                self.machine.scope = before
        outside, self.machine.function = self.machine.function, definition.name
        silent = self.machine.recorder.silent
        often = self._called[definition] >= _LEAST_CALLS and self._taken[definition] > _MOST_TAKEN
        before_it, doubts = len(self.machine.recorder.steps), self._doubts()
        self.machine.recorder.silent = silent or often or is_helper(definition)
        self._called[definition] += 1
        try:
            with self.machine.inside(node):
                self.machine.block(definition.body)
        except LeftError as left:
            found = left.value
        else:
            found = None
        finally:
            self._taken[definition] += len(self.machine.recorder.steps) - before_it
            self.machine.scope, self.machine.recorder.silent = before, silent
            self.machine.function = outside
        if self._doubts() == doubts:
            self.whole.add(definition)
        return self.mending.mended(function, scope, found)

    def _doubts(self) -> int:
        """How many statements have not been read, or rest on such."""
        return len(self.machine.problems) + len(self.machine.unchecked)

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
        owner = Instance(made.node.name, made.methods, made_of=made)
        if "__init__" in owner.methods:
            start = Defined(owner.methods["__init__"], self.machine.globals, owner)
            self.call(start, arguments, named, node)
        return owner


def _kept(forward: ast.FunctionDef, owner: Instance) -> Any:
    """What a way forward that returns nothing keeps last, as an attribute."""
    match forward.body[-1]:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)]):
            return owner.attributes.get(name)
    return None
