"""Python's statements, one after the other: what each assignment gives, written out.

Nothing is run. Of a loop whose passes renew something, one pass is read; other loops are
unrolled. Functions are entered where they are called; those that nobody calls are read with
their arguments free, and so are the methods of a class, ``forward`` before the others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

import numpy as np

from micrograd_like.formula import Name, Number
from micrograd_like.worksheet.python.applying import NOT_RUN
from micrograd_like.worksheet.python.assigning import Assignments
from micrograd_like.worksheet.python.calling import Calls
from micrograd_like.worksheet.python.evaluation import Evaluator
from micrograd_like.worksheet.python.library import CallError
from micrograd_like.worksheet.python.naming import said_by
from micrograd_like.worksheet.python.places import Places
from micrograd_like.worksheet.python.shapes import Shapes, Unshaped
from micrograd_like.worksheet.python.steps import Recorder
from micrograd_like.worksheet.python.syntax import (
    assigned_in,
    large_numbers,
    only_tells,
    renewed_in,
    target_name,
    used_in,
)
from micrograd_like.worksheet.python.terms import SizeError, Term, added, filled, scalar
from micrograd_like.worksheet.python.values import (
    Class,
    Data,
    Defined,
    External,
    Fields,
    Instance,
    LeftError,
    Unknown,
    UnknownError,
    UnreadError,
)
from micrograd_like.worksheet.records import Place, Problem, Statement
from micrograd_like.worksheet.source import Cells

#: Passes of one loop, and statements in all.
MAX_PASSES, MAX_STATEMENTS = 1_000, 20_000


class Machine:
    """Reads a program.

    Attributes:
        recorder: The assignments.
        problems: What could not be read.
        unchecked: Assignments that rest on such, and why.
        told: What was decided, in words.
        globals: What the names of the module stand for.
        scope: What the names stand for where the machine is.
    """

    def __init__(self, lines: list[str], cells: Cells) -> None:
        self.places = Places(lines, cells)
        self.recorder = Recorder()
        self.problems: list[Problem] = []
        self.unchecked: list[Statement] = []
        self.told: dict[str, None] = {}
        self.globals: dict[str, Any] = {}
        self.scope = self.globals
        self.evaluator = Evaluator(self)
        self.assignments = Assignments(self)
        self.calls = Calls(self)
        self.module = ast.Module([], [])
        self.shapes = Shapes.of(self.module)
        self._left = MAX_STATEMENTS

    def run(self, module: ast.Module) -> None:
        """Read a module, then what nothing in it calls."""
        self.module = module
        self.shapes = Shapes.of(module)
        self.shapes.known = self.recorder.current
        self.recorder.counts = large_numbers(module)
        self.block(module.body)
        self.calls.read_uncalled(module)

    def attempt(self, node: ast.expr) -> Any:
        """What an expression stands for; unknown where it is not read."""
        try:
            return self.evaluator.value(node)
        except UnreadError as error:
            return Unknown(error.message)

    # Names.

    def knows(self, name: str) -> bool:
        """True for a name that stands for something here."""
        return name in self.scope or name in self.globals

    def look_up(self, name: str, node: ast.AST) -> Any:
        """What a name stands for; a name that nothing gives is free."""
        for scope in (self.scope, self.globals):
            if name in scope:
                return scope[name]
        self.scope[name] = self.free(name)
        return self.scope[name]

    def free(self, name: str) -> Any:
        """A free name: a number, or an array where it is used as one."""
        if name in self.shapes.sizes:  # a size that nobody gives
            return self.size()
        if name in self.shapes.size_lists:
            return [scalar(Number(self.shapes.size())) for _ in range(3)]
        kind = self.shapes.kinds.get(name)
        if kind == "fields":
            return Fields()
        return self.array(name, ()) if kind is None else self.unshaped(name, kind)

    def unshaped(self, name: str, kind: str = "array") -> Unshaped:
        """A free array whose shape is chosen where it is used."""
        return Unshaped(name, kind, self._guessed)

    def given_elsewhere(self, node: ast.expr) -> Any:
        """A free name in the place of a None that is computed with."""
        found = self.free(target_name(node))
        self.assignments.store(node, found)
        return found

    def told_apart(self, node: ast.expr, value: Any, text: str) -> Any:
        """A free name that is compared with texts: the first of them is what it is taken for."""
        free = isinstance(value, np.ndarray) and value.item() not in self.recorder.maker
        if not free and value is not None and not isinstance(value, Data):
            return value
        self.assignments.store(node, text)
        self.tell(f"assumed: {target_name(node)} is {text!r}")
        return text

    def with_data(self, value: Any, kind: str = "data") -> Any:
        """Data that is computed with as an array of its own; anything else as it is."""
        if not isinstance(value, Data):
            return value
        if value.array is None:
            kind = self.shapes.kinds.get(value.name, kind)
            value.array = self.size() if value.size else self.unshaped(value.name or "data", kind)
        return value.array

    def size(self) -> Term:
        """A number of elements that nobody gives."""
        self.recorder.guessed = True
        size = self.shapes.size()
        self.recorder.counts.add(size)
        return scalar(Number(size))

    def one_hot(self, name: str) -> Unshaped:
        """Labels, a row for each sample, of which one is 1; they are no quantities of their own."""

        def label(at: tuple[int, ...], classes: int) -> Number:
            return Number(int(at[-1] == (at[0] if len(at) > 1 else 0) % classes))

        def made(_: str, shape: tuple[int, ...]) -> Term:
            self.recorder.guessed = True
            return filled(shape, lambda at: label(at, shape[-1]))

        return Unshaped(name, "onehot", made)

    def _guessed(self, base: str, shape: tuple[int, ...]) -> Term:
        """An array whose shape is chosen here: what does not fit it is no mistake."""
        self.recorder.guessed = True
        return self.array(base, shape)

    def array(self, base: str, shape: tuple[int, ...]) -> Term:
        """A free array of this shape."""
        found = self.recorder.names(base, shape, Place())
        self.recorder.bind(base, found)
        return found

    def free_array(self, node: ast.AST, shape: tuple[int, ...]) -> Term:
        """An array of which only the shape is known."""
        return self.array(self.target, tuple(map(self.shapes.small, shape)))

    def attribute_owner(self, node: ast.Attribute) -> Any:
        """What ``w.grad`` stands for; None for any other attribute."""
        if node.attr not in ("grad", "gradient") or not isinstance(node.value, ast.Name):
            return None
        name = f"{node.value.id}.{node.attr}"
        return self.scope.get(name, self.globals.get(name))

    def attribute(self, owner: Instance, name: str, node: ast.AST) -> Any:
        """An attribute of an object of the program's own."""
        if name in owner.attributes:
            return owner.attributes[name]
        if name in owner.methods:
            return Defined(owner.methods[name], self.globals, owner)
        owner.attributes[name] = self.free(name)
        return owner.attributes[name]

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
            self._give_up(node, error.message)
        except RecursionError:
            self._cannot(node, UnreadError(node, "this is too deep to be read"))
        except (UnreadError, CallError, ValueError, TypeError, IndexError, SizeError) as error:
            self._cannot(node, error)

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
                self.scope[name] = Class(node)
            case ast.Assign(targets=targets, value=value):
                self._assign_all(node, targets, value)
            case ast.AnnAssign(target=target, value=ast.expr() as annotated):
                self._assign_all(node, [target], annotated)
            case ast.AugAssign(target=target, op=op, value=value):
                old = self.evaluator.settled(self.evaluator.value(target))
                new = self.evaluator.value(value)
                self.assignments.store(
                    target, self.evaluator.binary(node, op, old, new), node, True
                )
            case ast.For():
                self._for(node)
            case ast.While(body=body):
                self.tell(f"{self.places.of(node).where}: one pass of the loop is read")
                self.block(body)
            case ast.If(test=test, body=body, orelse=other):
                self._if(node, test, body, other)
            case ast.With(body=body) | ast.Try(body=body):
                self.block(body)
            case ast.Return(value=returned):
                raise LeftError(None if returned is None else self.evaluator.value(returned))
            case ast.Expr(value=ast.Call() as call):
                self._call_alone(call)

    def _call_alone(self, call: ast.Call) -> None:
        """A call whose value nobody takes: of a function of the program, it is entered."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name and not self.knows(name):
            if name in NOT_RUN:
                self.tell(f"{self.places.of(call).where}: {name}() is not run")
            return
        function = self.attempt(call.func)
        if isinstance(function, Defined) or getattr(function, "name", "") in ("append", "reverse"):
            self.evaluator.value(call)

    def _assign_all(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr) -> None:
        self.target = target_name(targets[0])
        found = self.evaluator.value(value)
        for target in targets:
            self.assignments.store(target, found, node)

    def _cannot(self, node: ast.stmt, error: Exception) -> None:
        """Something that is not read: a problem, where it gives a name its value."""
        targets = assigned_in(node)
        if isinstance(node, ast.Assign) and (
            self._gives_data(node.value, targets) or self._misfits(node, error)
        ):
            return
        if not targets or only_tells(node):
            return
        at = error.node if isinstance(error, UnreadError) else node
        if not hasattr(at, "lineno"):
            at = node
        place = self.places.of(at)
        first = node.lineno - at.lineno + place.line if node.lineno != at.lineno else 0
        message = str(error).split("\n")[0]
        problem = Problem(place, message, self.places.lines[at.lineno - 1], first, targets[0])
        if problem not in self.problems:
            self.problems.append(problem)
        where = self.places.of(node).where
        self._unknown(node, f"{targets[0]!r} stands on {where}, which could not be read")

    def _misfits(self, node: ast.Assign, error: Exception) -> bool:
        """Take down a gradient whose operands do not fit, as that which its name says."""
        own = isinstance(error, UnreadError) and error.shapes and not self.recorder.guessed
        variables = self.recorder.current
        base = target_name(node.targets[0])
        said = [s for s in said_by(base, variables, ()) if s.sure and not s.of and not s.digits]
        if not own or not said or self.recorder.silent:
            return False
        used = (n.id for n in ast.walk(node.value) if isinstance(n, ast.Name))
        inside = [e for name in used if name in variables for e in variables[name].reshape(-1)]
        whole = filled(variables[said[0].wrt].shape, lambda _: added(inside))
        self.scope[base] = self.assignments.taken(base, whole, node, False, str(error))
        return True

    def _gives_data(self, value: ast.expr, targets: list[str]) -> bool:
        """True for data from elsewhere: a call that takes nothing of the program's own."""
        inside = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        if not isinstance(value, ast.Call) or any(n in self.recorder.current for n in inside):
            return False
        called = value.func.id if isinstance(value.func, ast.Name) else ""
        for name in targets:
            self.scope[name] = self.free(name)
            self.tell(
                f"{self.places.of(value).where}: {called}() is not run"
                if called in NOT_RUN
                else f"{name} is data from elsewhere"
            )
        return True

    def _give_up(self, node: ast.stmt, why: str) -> None:
        targets = assigned_in(node)
        if isinstance(node, ast.For | ast.While | ast.With | ast.Try):
            self.tell(f"{self.places.of(node).where} is passed over: {why}")
            targets = []
        for name in targets:
            place = self.places.of(node)
            statement = Statement(place, self.places.source(node), Name(name), doubt=why)
            if statement not in self.unchecked:
                self.unchecked.append(statement)
        self._unknown(node, why)

    def _unknown(self, node: ast.stmt, why: str) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                owner = self.scope.get(target.value.id)
                if isinstance(owner, Instance):
                    owner.attributes[target.attr] = Unknown(why)
        for name in assigned_in(node):
            self.scope[name] = Unknown(why)

    # Loops and branches.

    def _for(self, node: ast.For) -> None:
        try:
            items = self.evaluator.items(node.iter)
        except (UnreadError, CallError, ValueError, TypeError) as error:
            if isinstance(error, UnknownError):
                raise
            items = None
        names = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        if items is None:
            self.tell(f"{self.places.of(node).where}: one pass of the loop is read")
            for name in sorted(names):
                self.scope[name] = self.free(name)
            self.block(node.body)
            return
        once = self._renews(node) or not names & used_in(node.body)
        if len(items) > MAX_PASSES:
            once = True
        start = len(self.recorder.steps)
        for passes, item in enumerate(items):
            if passes == 1 and (once or self.recorder.renews(start)):
                self.tell(f"{self.places.of(node).where}: one pass of the loop is read")
                break
            self.assignments.store(node.target, item)
            self.block(node.body)

    def _renews(self, node: ast.For) -> bool:
        """True if a pass goes on from what the one before has made, other than a sum from 0."""
        for name in renewed_in(node.body):
            value = self.scope.get(name, self.globals.get(name))
            zeros = isinstance(value, np.ndarray) and self._starts_at_zero(value)
            if not zeros and not isinstance(value, list):
                return True
        return False

    def _starts_at_zero(self, value: Term) -> bool:
        return all(self.recorder.formula(e) == Number(0) for e in value.reshape(-1))

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
            for name in assigned_in(node):
                self.scope[name] = Unknown(f"{name!r} {why}")
            return
        self.block(body if holds else other)

    def tell(self, sentence: str) -> None:
        """Say what was decided."""
        self.told[sentence] = None


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


def _is_main(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
    )
