"""Python's statements, one after the other: what each assignment gives, written out.

Nothing is run. Of a loop whose passes renew something, one pass is read; other loops are
unrolled. Functions are entered where they are called; those that nobody calls are read with
their arguments free, and so are the methods of a class, ``forward`` before the others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import numpy as np

from micrograd_like.formula import names as names_in
from micrograd_like.worksheet.python.applying import NOT_RUN
from micrograd_like.worksheet.python.assigning import Assignments
from micrograd_like.worksheet.python.calling import Calls
from micrograd_like.worksheet.python.closures import Closures
from micrograd_like.worksheet.python.conversions import CallError
from micrograd_like.worksheet.python.evaluation import Evaluator
from micrograd_like.worksheet.python.failures import Failures
from micrograd_like.worksheet.python.loops import Loops
from micrograd_like.worksheet.python.places import Places
from micrograd_like.worksheet.python.scopes import Scopes
from micrograd_like.worksheet.python.shapes import Shapes
from micrograd_like.worksheet.python.slopes import Slopes
from micrograd_like.worksheet.python.syntax import (
    assigned_in,
    large_numbers,
    target_name,
)
from micrograd_like.worksheet.python.taking import Taking, Target
from micrograd_like.worksheet.python.terms import ShapeError, SizeError, Term, names_of, numeric
from micrograd_like.worksheet.python.values import (
    Class,
    Defined,
    External,
    Instance,
    LeftError,
    Method,
    Unknown,
    UnknownError,
    UnreadError,
)
from micrograd_like.worksheet.records import Problem, Statement
from micrograd_like.worksheet.source import Cells

#: Statements in all.
MAX_STATEMENTS = 20_000


class Machine(Scopes):
    """Reads a program.

    Attributes:
        problems: What could not be read.
        unchecked: Assignments that rest on such, and why.
        slips: What functions return that are no derivatives, though they say so.
    """

    def __init__(self, lines: list[str], cells: Cells) -> None:
        super().__init__()
        self.places = Places(lines, cells)
        self.problems: list[Problem] = []
        self.unchecked: list[Statement] = []
        self.slips: list[Statement] = []
        self.evaluator = Evaluator(self)
        self.assignments, self.taking = Assignments(self), Taking(self)
        self.calls = Calls(self)
        self.failures = Failures(self)
        self.loops = Loops(self)
        self.slopes, self.closures = Slopes(self), Closures(self)
        self._left = MAX_STATEMENTS

    def run(self, module: ast.Module) -> None:
        """Read a module, then what nothing in it calls."""
        self.shapes = Shapes.of(module)
        self.shapes.known = self.recorder.current
        self.recorder.counts = large_numbers(module)
        self.calls.take_loose_methods(module)
        for node in module.body:
            with suppress(LeftError, UnknownError):  # a piece of a function may return something
                self.block([node])
        self.calls.read_uncalled(module)

    def attempt(self, node: ast.expr) -> Any:
        """What an expression stands for; unknown where it is not read."""
        try:
            return self.evaluator.value(node)
        except UnreadError as error:
            return Unknown(error.message)

    def is_own(self, value: Any) -> bool:
        """True for what is worked out by the program."""
        if isinstance(value, list | tuple):
            return any(map(self.is_own, value))
        if isinstance(value, np.ndarray):
            inside = (n for e in value.reshape(-1) for n in names_in(numeric(e)))
            return any(n in self.recorder.maker for n in inside)
        return isinstance(value, Instance | Defined)

    # Statements.

    def block(self, body: Iterable[ast.stmt]) -> None:
        """Read statements."""
        for node in body:
            self._left -= 1
            if self._left < 0:
                self.tell(f"only the first {MAX_STATEMENTS:,} statements are read")
                return
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        try:
            self._do(node)
        except UnknownError as error:
            if isinstance(node, ast.If) and _returns(node):
                raise
            self.failures.give_up(node, error.message)
        except RecursionError:
            self.failures.cannot(node, UnreadError(node, "this is too deep to be read"))
        except ShapeError as error:
            self.failures.cannot(node, UnreadError(node, str(error), True))
        except (UnreadError, CallError, ValueError, TypeError, IndexError, SizeError) as error:
            self.failures.cannot(node, error)

    def _do(self, node: ast.stmt) -> None:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self.scope[name] = External(alias.name if alias.asname else name)
            case ast.ImportFrom(module=module, names=names):
                for alias in names:
                    self.scope[alias.asname or alias.name] = External(f"{module}.{alias.name}")
            case ast.FunctionDef(name=name):
                self.scope[name] = Defined(node, self.scope)
            case ast.ClassDef(name=name):
                self.scope[name] = Class(node, self._of_class(node))
            case ast.Assign(targets=targets, value=value):
                self._assign_all(node, targets, value)
            case ast.AnnAssign(target=target, value=ast.expr() as annotated):
                self._assign_all(node, [target], annotated)
            case ast.AugAssign(target=target, op=op, value=value):
                old = self.settled(self.evaluator.value(target))
                new = self.evaluator.value(value)
                found = self.evaluator.operators.binary(node, op, old, new)
                if self.knows_shapes and isinstance(found, np.ndarray):
                    self._stays_in_place(node, old, found)
                self.assignments.store(target, found, node, True)
            case ast.For():
                self.loops.read(node)
            case ast.While(body=body):
                self.tell(f"{self.places.of(node).where}: one pass of the loop is read")
                self.block(body)
            case ast.If(test=test, body=body, orelse=other):
                self._if(node, test, body, other)
            case ast.With(body=body) | ast.Try(body=body):
                self.block(body)
            case ast.Return(value=returned):
                raise LeftError(self._returned(node, returned))
            case ast.Expr(value=ast.Call() as call):
                self._call_alone(node, call)

    def _stays_in_place(self, node: ast.AugAssign, old: Any, new: Term) -> None:
        """Hold what is put in the place of an array to its shape.

        Raises:
            ShapeError: It has another one, by what is computed here.
            UnknownError: It has another one, by something above.
        """
        if not isinstance(old, np.ndarray) or not old.ndim or old.shape == new.shape:
            return
        why = f"an array of shape {new.shape} has no place in one of {old.shape}"
        if any(isinstance(n, ast.Call | ast.MatMult) for n in ast.walk(node.value)):
            raise ShapeError(why)
        raise UnknownError(node, why)

    def _of_class(self, node: ast.ClassDef) -> dict[str, Any]:
        """What a class gives all its objects."""
        plain = [n for n in node.body if isinstance(n, ast.Assign | ast.AnnAssign)]
        outside, self.scope = self.scope, {}
        try:
            self.block(plain)
            return self.scope
        finally:
            self.scope = outside

    def _returned(self, node: ast.Return, value: ast.expr | None) -> Any:
        """What is returned; what is only computed there is taken down under the function's name."""
        found = None if value is None else self.evaluator.value(value)
        silent = not self.function or self.recorder.silent
        if isinstance(found, dict) and not silent:
            own = Target(self.function)
            return self.assignments.stored(own, found, ast.Name(self.function), node, False)
        if silent or not isinstance(found, np.ndarray) or names_of(found) is not None:
            return found
        return self.taking.taken(Target(self.function), found, node, False)

    def _call_alone(self, node: ast.Expr, call: ast.Call) -> None:
        """A call whose value nobody takes: of a function of the program, it is entered."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name and not self.knows(name):
            if name in NOT_RUN:
                self.tell(f"{self.places.of(call).where}: {name}() is not run")
            return
        match self.attempt(call.func):
            case Method(list() as owner, ("append" | "insert") as name) if call.args:
                place = len(owner) if name == "append" else self.evaluator.whole(call.args[0])
                self._grow(owner, place, call, node)
            case Defined() | Method(list()):
                self.evaluator.value(call)

    def _grow(self, owner: list[Any], place: int, call: ast.Call, node: ast.stmt) -> None:
        """Put one more element in a list: what is only computed there is taken down."""
        base = target_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        found = self.evaluator.value(call.args[-1])
        if isinstance(found, np.ndarray) and not self.recorder.silent and names_of(found) is None:
            found = self.taking.taken(Target(base), found, node, False)
        owner.insert(place, found)

    def _assign_all(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr) -> None:
        self.aim(target_name(targets[0]), value)
        found = self.evaluator.value(value)
        for target in targets:
            self.assignments.store(target, found, node)

    # Branches.

    def _if(
        self, node: ast.If, test: ast.expr, body: list[ast.stmt], other: list[ast.stmt]
    ) -> None:
        if _is_main(test):
            self.block(body)
            return
        try:
            holds = self.evaluator.truth(test)
        except UnreadError as error:
            why = f"depends on {self.places.of(node).where}: {error.message}"
            if _returns(node):  # what the function gives is not known, nor what follows here
                raise UnknownError(node, f"what is returned {why}") from None
            if _is_now_and_then(test) and not other:
                self.block(body)
                return
            for name in assigned_in(node):
                self.scope[name] = Unknown(f"{name!r} {why}")
            return
        self.block(body if holds else other)


def _returns(node: ast.If) -> bool:
    """True for a branch in which a function may be left."""
    stack: list[ast.AST] = [*node.body, *node.orelse]
    while stack:
        inner = stack.pop()
        if isinstance(inner, ast.Return):
            return True
        if not isinstance(inner, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            stack += ast.iter_child_nodes(inner)
    return False


def _is_now_and_then(test: ast.expr) -> bool:
    """True for ``epoch % 100 == 0``: it holds in some of the passes."""
    return any(isinstance(n, ast.Mod) for n in ast.walk(test))


def _is_main(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
    )
