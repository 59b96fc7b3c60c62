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

from micrograd_like.formula import Call, Expr, Name, Number
from micrograd_like.ops import ACTIVATIONS
from micrograd_like.worksheet.python.evaluation import Evaluator
from micrograd_like.worksheet.python.library import CallError, as_term, whole
from micrograd_like.worksheet.python.naming import is_gradient_name, said_by
from micrograd_like.worksheet.python.shapes import Shapes, Unshaped
from micrograd_like.worksheet.python.steps import Recorder, Step
from micrograd_like.worksheet.python.syntax import (
    assigned_in,
    calls_of,
    is_helper,
    only_tells,
    renewed_in,
    target_name,
    used_in,
)
from micrograd_like.worksheet.python.terms import (
    SizeError,
    Term,
    added,
    chosen,
    filled,
    names_of,
    numeric,
    scalar,
    term,
)
from micrograd_like.worksheet.python.values import (
    Class,
    Defined,
    External,
    Instance,
    Unknown,
    UnknownError,
    UnreadError,
)
from micrograd_like.worksheet.records import Place, Problem, Statement
from micrograd_like.worksheet.source import Cells

#: Passes of one loop, and statements in all.
MAX_PASSES, MAX_STATEMENTS = 1_000, 20_000
#: What runs a text.
_NOT_RUN = ("exec", "eval", "compile")
#: Whole numbers under these names are counts, which are not differentiated by.
_COUNTS = ("m", "n", "N", "M", "n_samples", "num_samples", "batch_size", "n_examples")


class _LeftError(Exception):
    """A function is left."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


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
        self.lines, self.cells = lines, cells
        self.recorder = Recorder()
        self.problems: list[Problem] = []
        self.unchecked: list[Statement] = []
        self.told: dict[str, None] = {}
        self.globals: dict[str, Any] = {}
        self.scope = self.globals
        self.evaluator = Evaluator(self)
        self._module = ast.Module([], [])
        self.shapes = Shapes.of(self._module)
        self._called: set[ast.AST] = set()
        self._left = MAX_STATEMENTS

    def run(self, module: ast.Module) -> None:
        """Read a module, then what nothing in it calls."""
        self._module = module
        self.shapes = Shapes.of(module)
        self.shapes.known = self.recorder.current
        self._block(module.body)
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                self._class_by_itself(node)
        for node in module.body:
            if isinstance(node, ast.FunctionDef):
                self._function_by_itself(node, None)

    def _function_by_itself(self, node: ast.FunctionDef, owner: Instance | None) -> None:
        if node in self._called or is_helper(node):
            return
        self._called.add(node)
        skipped = () if owner is None else ("self",)
        given = [a.arg for a in (*node.args.args, *node.args.kwonlyargs) if a.arg not in skipped]
        known = {
            a.arg: d for a, d in zip(node.args.args[::-1], node.args.defaults[::-1], strict=False)
        }
        self.scope = self.globals
        for name in given:
            if (
                name not in self.globals
                and name in known
                and not isinstance(known[name], ast.Constant)
            ):
                self.globals[name] = self._attempt(known[name])
        if owner is not None:
            self.globals["self"] = owner
        with suppress(_LeftError):
            self._block(node.body)

    def _attempt(self, node: ast.expr) -> Any:
        try:
            return self.evaluator.value(node)
        except UnreadError as error:
            return Unknown(error.message)

    def _class_by_itself(self, node: ast.ClassDef) -> None:
        instances = [
            v for v in self.globals.values() if isinstance(v, Instance) and v.name == node.name
        ]
        owner = instances[0] if instances else Instance(node.name, Class(node).methods)
        methods = sorted(owner.methods.values(), key=lambda n: _ORDER.get(n.name, 2))
        for method in methods:
            self._function_by_itself(method, owner)

    # Names.

    def knows(self, name: str) -> bool:
        """True for a name that stands for something here."""
        return name in self.scope or name in self.globals

    def look_up(self, name: str, node: ast.AST) -> Any:
        """What a name stands for; a name that nothing gives is free."""
        for scope in (self.scope, self.globals):
            if name in scope:
                return scope[name]
        self.scope[name] = self._unshaped(name)
        return self.scope[name]

    def _unshaped(self, name: str) -> Any:
        """A free name: a number, or an array where it is used as one."""
        if name in self.shapes.sizes:  # a size that nobody gives
            self.recorder.guessed = True
            return scalar(Number(self.shapes.size()))
        kind = self.shapes.kinds.get(name)
        return self._free(name, ()) if kind is None else Unshaped(name, kind, self._guessed)

    def _guessed(self, base: str, shape: tuple[int, ...]) -> Term:
        """An array whose shape is chosen here: what does not fit it is no mistake."""
        self.recorder.guessed = True
        return self._free(base, shape)

    def _free(self, base: str, shape: tuple[int, ...]) -> Term:
        found = self.recorder.names(base, shape, Place())
        self.recorder.bind(base, found)
        return found

    def free_array(self, node: ast.AST, shape: tuple[int, ...]) -> Term:
        """An array of which only the shape is known."""
        return self._free(self._target, tuple(map(self.shapes.small, shape)))

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
        owner.attributes[name] = self._unshaped(name)
        return owner.attributes[name]

    # Functions.

    def call(
        self, function: Defined, arguments: list[Any], named: dict[str, Any], node: ast.AST
    ) -> Any:
        """What a function of the program gives for these arguments."""
        definition = function.node
        scope = self._arguments(function, arguments, named, node)
        before, self.scope = self.scope, scope
        if isinstance(definition, ast.Lambda):
            try:
                return self.evaluator.value(definition.body)
            finally:
                self.scope = before
        again = definition in self._called or is_helper(definition)
        silent = self.recorder.silent
        self.recorder.silent = silent or again or calls_of(definition.name, self._module) > 1
        self._called.add(definition)
        try:
            self._block(definition.body)
        except _LeftError as left:
            return left.value
        finally:
            self.scope, self.recorder.silent = before, silent
        return None

    def _arguments(
        self, function: Defined, arguments: list[Any], named: dict[str, Any], node: ast.AST
    ) -> dict[str, Any]:
        definition = function.node
        taken = [a.arg for a in definition.args.args]
        scope = dict(function.scope) if function.scope is not self.globals else {}
        if function.owner is not None:
            arguments = [function.owner, *arguments]
        if len(arguments) > len(taken):
            raise UnreadError(node, f"expected at most {len(taken)} arguments")
        defaults = zip(taken[::-1], definition.args.defaults[::-1], strict=False)
        for name, default in defaults:
            scope[name] = self.evaluator.value(default)
        keywords = zip(definition.args.kwonlyargs, definition.args.kw_defaults, strict=True)
        for argument, own in keywords:
            if own is not None:
                scope[argument.arg] = self.evaluator.value(own)
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
            start = Defined(owner.methods["__init__"], self.globals, owner)
            self.call(start, arguments, named, node)
        return owner

    # Statements.

    def _block(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            self._left -= 1
            if self._left < 0:
                self._tell(f"only the first {MAX_STATEMENTS:,} statements are read")
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
                self.set_target(target, self.evaluator.binary(node, op, old, new), node, True)
            case ast.For():
                self._for(node)
            case ast.While(body=body):
                self._tell(f"{self.place(node).where}: one pass of the loop is read")
                self._block(body)
            case ast.If(test=test, body=body, orelse=other):
                self._if(node, test, body, other)
            case ast.With(body=body) | ast.Try(body=body):
                self._block(body)
            case ast.Return(value=returned):
                raise _LeftError(None if returned is None else self.evaluator.value(returned))
            case ast.Expr(value=ast.Call() as call):
                self._call_alone(call)

    def _call_alone(self, call: ast.Call) -> None:
        """A call whose value nobody takes: of a function of the program, it is entered."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name and not self.knows(name):
            if name in _NOT_RUN:
                self._tell(f"{self.place(call).where}: {name}() is not run")
            return
        function = self._attempt(call.func)
        if isinstance(function, Defined) or getattr(function, "name", "") in ("append", "reverse"):
            self.evaluator.value(call)

    def _assign_all(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr) -> None:
        self._target = target_name(targets[0])
        found = self.evaluator.value(value)
        for target in targets:
            self.set_target(target, found, node)

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
        place = self.place(at)
        first = node.lineno - at.lineno + place.line if node.lineno != at.lineno else 0
        message = str(error).split("\n")[0]
        problem = Problem(place, message, self.lines[at.lineno - 1], first, targets[0])
        if problem not in self.problems:
            self.problems.append(problem)
        where = self.place(node).where
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
        self.scope[base] = self._taken(base, whole, node, False, str(error))
        return True

    def _gives_data(self, value: ast.expr, targets: list[str]) -> bool:
        """True for data from elsewhere: a call that takes nothing of the program's own."""
        inside = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        if not isinstance(value, ast.Call) or any(n in self.recorder.current for n in inside):
            return False
        called = value.func.id if isinstance(value.func, ast.Name) else ""
        for name in targets:
            self.scope[name] = self._unshaped(name)
            self._tell(
                f"{self.place(value).where}: {called}() is not run"
                if called in _NOT_RUN
                else f"{name} is data from elsewhere"
            )
        return True

    def _give_up(self, node: ast.stmt, why: str) -> None:
        targets = assigned_in(node)
        if isinstance(node, ast.For | ast.While | ast.With | ast.Try):
            self._tell(f"{self.place(node).where} is passed over: {why}")
            targets = []
        for name in targets:
            place = self.place(node)
            statement = Statement(place, self.source(place, node), Name(name), doubt=why)
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
            self._tell(f"{self.place(node).where}: one pass of the loop is read")
            for name in sorted(names):
                self.scope[name] = self._unshaped(name)
            self._block(node.body)
            return
        once = self._renews(node) or not names & used_in(node.body)
        if len(items) > MAX_PASSES:
            once = True
        if once and len(items) > 1:
            self._tell(f"{self.place(node).where}: one pass of the loop is read")
        for item in items[:1] if once else items:
            self.set_target(node.target, item)
            self._block(node.body)

    def _renews(self, node: ast.For) -> bool:
        """True if a pass goes on from what the one before has made, other than a sum from 0."""
        for name in renewed_in(node.body):
            value = self.scope.get(name, self.globals.get(name))
            zeros = isinstance(value, np.ndarray) and self._starts_at_zero(value)
            if not zeros and not isinstance(value, list):
                return True
        return False

    def _starts_at_zero(self, value: Term) -> bool:
        known = {
            n: f for s in self.recorder.steps for n, f in zip(s.names, s.formulas, strict=True)
        }
        elements = (known.get(e, e) if isinstance(e, Name) else e for e in value.reshape(-1))
        return all(e == Number(0) for e in elements)

    def _if(
        self, node: ast.If, test: ast.expr, body: list[ast.stmt], other: list[ast.stmt]
    ) -> None:
        if _is_main(test):
            self._block(body)
            return
        try:
            holds = self.evaluator.truth(test)
        except UnreadError as error:
            why = f"depends on {self.place(node).where}: {error.message}"
            if _returns(node):  # what the function gives is not known, nor what follows here
                raise UnknownError(node, f"what is returned {why}") from None
            for name in assigned_in(node):
                self.scope[name] = Unknown(f"{name!r} {why}")
            return
        self._block(body if holds else other)

    # What is assigned.

    def set_target(
        self, target: ast.expr, value: Any, node: ast.stmt | None = None, augmented: bool = False
    ) -> None:
        """Give a target its value.

        Args:
            target: What stands on the left side.
            value: What is assigned.
            node: The statement, which is taken down; None for what is only looked at.
            augmented: True for ``+=``.
        """
        match target:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                self._unpack(parts, value, node)
            case ast.Name(id=name):
                self.scope[name] = self._stored(name, value, target, node, augmented)
            case ast.Attribute(value=ast.Name(id=owner_name), attr=attribute):
                owner = self.scope.get(owner_name, self.globals.get(owner_name))
                if isinstance(owner, Instance):
                    stored = self._stored(attribute, value, target, node, augmented)
                    owner.attributes[attribute] = stored
                else:
                    name = f"{owner_name}.{attribute}"
                    self.scope[name] = self._stored(name, value, target, node, augmented)
            case ast.Subscript(value=inner, slice=index):
                self._store_part(inner, index, value, node)
            case _:
                raise UnreadError(target, "expected a name on the left side")

    def _unpack(self, parts: list[ast.expr], value: Any, node: ast.stmt | None) -> None:
        free = isinstance(value, Unshaped) or (isinstance(value, np.ndarray) and not value.ndim)
        if free:  # what somebody else has put together
            for part in parts:
                name = target_name(part)
                if not self.knows(name):
                    self.scope[name] = self._unshaped(name)
            return
        values = [term(v) for v in value] if isinstance(value, np.ndarray) else [*value]
        if len(values) != len(parts):
            raise UnreadError(parts[0], f"expected {len(parts)} values, got {len(values)}")
        for part, one in zip(parts, values, strict=True):
            self.set_target(part, one, node)

    def _stored(
        self, base: str, value: Any, target: ast.expr, node: ast.stmt | None, augmented: bool
    ) -> Any:
        """What a variable stands for, once it is assigned a value."""
        grows = base in self.shapes.lists
        if isinstance(value, list | tuple) and value and _is_numeric(value) and not grows:
            try:
                value = as_term(value)
            except CallError:
                return value
        if isinstance(value, bool | int | float):
            value = as_term(value)
        if not isinstance(value, np.ndarray) or node is None or self.recorder.silent:
            return value
        written = isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Tuple)
        count = base in _COUNTS or base in self.shapes.sizes or not (written or augmented)
        if not value.ndim and _is_count(value) and count and isinstance(node, ast.Assign):
            return scalar(Number(self.shapes.small(whole(value))))
        names = names_of(value)
        plain = (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Name)
            and target in node.targets
        )
        own = is_gradient_name(base) or (plain and self._is_computed(names))
        if names is not None and not augmented and not own:
            self.recorder.bind(base, value)  # another name for the same
            return value
        return self._taken(base, value, node, augmented)

    def given(self, expr: Expr) -> Expr:
        """The number that a name is given, where it is one."""
        known = (s.formulas[s.names.index(expr)] for s in self.recorder.steps if expr in s.names)
        return next((f for f in known if isinstance(f, Number)), expr)

    def _is_computed(self, names: list[Name] | None) -> bool:
        """True for names that stand for what is worked out from others."""
        known = {
            n: (f, s) for s in self.recorder.steps for n, f in zip(s.names, s.formulas, strict=True)
        }
        made = [known.get(name) for name in names or ()]
        return any(m is not None and not isinstance(m[0], Number) and not m[1].older for m in made)

    def _taken(
        self, base: str, value: Term, node: ast.stmt, augmented: bool, misfit: str = ""
    ) -> Term:
        place = self.place(node)
        formulas = [numeric(e) for e in value.reshape(-1)]
        formulas = self._inner_named(base, value.shape, formulas, place)
        old = self.recorder.current.get(base)
        older = names_of(old) if old is not None and old.shape == value.shape else None
        names = self.recorder.names(base, value.shape, place)
        step = Step(
            place,
            self.source(place, node),
            base,
            value.shape,
            tuple(names.reshape(-1)),
            tuple(formulas),
            tuple(older or ()),
            augmented,
            misfit=misfit,
        )
        self.recorder.take(step)
        self.recorder.bind(base, names)
        return names

    def _inner_named(
        self, base: str, shape: tuple[int, ...], formulas: list[Expr], place: Place
    ) -> list[Expr]:
        """The formulas, the argument of an activation as a quantity of its own."""
        inner = [
            f.arguments[0] for f in formulas if isinstance(f, Call) and f.function in ACTIVATIONS
        ]
        if len(inner) < len(formulas) or any(isinstance(f, Name | Number) for f in inner):
            return formulas
        own = f"net_{base}"
        names = self.recorder.names(own, shape, place)
        flat = tuple(names.reshape(-1))
        self.recorder.take(Step(place, "", own, shape, flat, tuple(inner), hidden=True))
        self.recorder.bind(own, names)
        outer = [f.function for f in formulas if isinstance(f, Call)]
        return [Call(f, (name,)) for f, name in zip(outer, flat, strict=True)]

    def _store_part(
        self, inner: ast.expr, index: ast.expr, value: Any, node: ast.stmt | None
    ) -> None:
        """Give elements of an array, or what a dictionary or list holds, a value."""
        owner = self.evaluator.settled(self.evaluator.value(inner))
        base = target_name(inner)
        if isinstance(owner, dict):
            key = self.evaluator._key(index)
            owner[key] = self._stored(str(key), value, inner, node, False)
            return
        if isinstance(owner, list):
            owner[whole(self.evaluator.value(index))] = value
            return
        array = as_term(owner).copy()
        mask = self._mask(index)
        new = as_term(value)
        if mask is not None:
            choose = np.frompyfunc(_chosen_of, 3, 1)
            self.set_target(inner, term(choose(mask, new, array)), node, True)
            return
        at = self.evaluator.index(index)
        old, formulas = array[at], np.broadcast_to(new, np.shape(array[at]))
        if node is None or self.recorder.silent:
            array[at] = formulas if np.shape(old) else formulas[()]
            self._rebind(inner, base, array)
            return
        if np.shape(old):
            array[at] = formulas
            self.set_target(inner, array, node, True)
            return
        place = self.place(node)
        position = at if isinstance(at, tuple) else (at,)
        position = tuple(p % n for p, n in zip(position, array.shape, strict=True))
        name = self.recorder.name(base, position, place)
        older = (old,) if isinstance(old, Name) else ()
        one = (numeric(formulas.item()),)
        source = self.source(place, node)
        self.recorder.take(Step(place, source, base, (), (name,), one, older, True, position))
        array[at] = name
        self._rebind(inner, base, array)

    def _rebind(self, target: ast.expr, base: str, array: Term) -> None:
        self.recorder.bind(base, array)
        self.set_target(target, array)

    def _mask(self, index: ast.expr) -> Term | None:
        """A condition for every element, where one stands between the brackets."""
        if isinstance(index, ast.Slice | ast.Tuple | ast.Constant | ast.UnaryOp):
            return None
        value = self.evaluator.value(index)
        if not isinstance(value, np.ndarray) or not value.ndim:
            return None
        first = value.reshape(-1)[0]
        conditions = ("gt", "ge", "lt", "le")
        return value if isinstance(first, Call) and first.function in conditions else None

    # Places.

    def place(self, node: ast.AST) -> Place:
        """Where a piece of syntax stands."""
        line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        before = self.lines[line - 1].encode()[:column].decode()
        last = self.lines[node.end_lineno - 1]  # type: ignore[attr-defined]
        end = last.encode()[: node.end_col_offset].decode()  # type: ignore[attr-defined]
        return self.cells.place(Place(line=line, column=len(before) + 1, end=len(end) + 1))

    def source(self, place: Place, node: ast.stmt) -> str:
        """The text of a statement, as it stands, without what stands beside it on its lines."""
        lines = [line.encode() for line in self.lines[node.lineno - 1 : node.end_lineno]]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return " ".join(line.decode().strip() for line in lines)

    def _tell(self, sentence: str) -> None:
        self.told[sentence] = None


#: In which order methods are read that nobody calls.
_ORDER = {"__init__": 0, "forward": 1, "feedforward": 1, "feed_forward": 1, "predict": 1}


def _chosen_of(condition: Expr, new: Expr, old: Expr) -> Expr:
    found = chosen(condition, numeric(new), numeric(old))
    if found is None:
        raise CallError("expected a comparison with > >= < <=")
    return found


def _returns(node: ast.If) -> bool:
    """True for a branch in which a function may be left."""
    return any(isinstance(inner, ast.Return) for inner in ast.walk(node))


def _is_main(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
    )


def _is_numeric(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_numeric, value)) and bool(value)
    if isinstance(value, np.ndarray):
        return not value.ndim
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Term) -> bool:
    expr = value.reshape(-1)[0] if value.size == 1 else None
    return isinstance(expr, Number) and float(expr.value).is_integer()
