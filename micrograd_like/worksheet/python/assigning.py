"""What a program assigns: names and attributes, what each stands for once it is assigned."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Expr, Name, Number
from micrograd_like.formula import names as expr_names
from micrograd_like.worksheet.python.conversions import CallError, as_term, whole
from micrograd_like.worksheet.python.naming import is_gradient_name
from micrograd_like.worksheet.python.parts import Parts
from micrograd_like.worksheet.python.scopes import COUNTS
from micrograd_like.worksheet.python.shapes import Unshaped
from micrograd_like.worksheet.python.syntax import target_name
from micrograd_like.worksheet.python.taking import Target
from micrograd_like.worksheet.python.terms import (
    Term,
    is_tiny,
    names_of,
    numeric,
    scalar,
    term,
)
from micrograd_like.worksheet.python.values import Data, Fields, Instance, UnknownError, UnreadError

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine


#: Samples whose numbers have names.
_MOST_ROWS = 16


class Assignments:
    """Gives targets their values for a machine, which takes the steps down."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.parts = Parts(machine)
        self._aliases: dict[str, Term] = {}
        self._labels: dict[Name, int] = {}

    def store(
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
                self._store_name(name, value, target, node, augmented)
            case ast.Attribute(value=inner, attr=attribute):
                owner = self._owner(inner)
                if isinstance(owner, Instance):
                    own = Target(attribute, owner.attributes.get(attribute))
                    stored = self.stored(own, value, target, node, augmented)
                    owner.attributes[attribute] = stored
                else:
                    self._store_name(target_name(target), value, target, node, augmented)
            case ast.Subscript():
                self.parts.store(target, value, node, augmented)
            case _:
                raise UnreadError(target, "expected a name on the left side")

    def _store_name(
        self, name: str, value: Any, target: ast.expr, node: ast.stmt | None, augmented: bool
    ) -> None:
        old = self.machine.recorder.current.get(name)
        added = isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add)
        begins = added and old is not None and old is self._aliases.get(name)
        listed = self.machine.scope.get(name)
        own = Target(name, listed if isinstance(listed, list) else old, anew=begins)
        self.machine.scope[name] = self.stored(own, value, target, node, augmented)

    def _owner(self, node: ast.expr) -> Any:
        """What an attribute is set of."""
        if isinstance(node, ast.Name):
            return self.machine.scope.get(node.id, self.machine.globals.get(node.id))
        return self.machine.evaluator.value(node)

    def _unpack(self, parts: list[ast.expr], value: Any, node: ast.stmt | None) -> None:
        single = isinstance(value, np.ndarray) and not value.ndim
        if single or isinstance(value, Unshaped | Data):  # what somebody else has put together
            for part in parts:
                name = target_name(part)
                if isinstance(value, Data):
                    self.store(part, value.part(name, size=value.size), node)
                elif not self.machine.knows(name):
                    self.machine.scope[name] = self.machine.free(name)
            return
        if value is None:
            raise UnknownError(parts[0], "what is unpacked here could not be read")
        values = [term(v) for v in value] if isinstance(value, np.ndarray) else [*value]
        if len(values) != len(parts):
            raise UnreadError(parts[0], f"expected {len(parts)} values, got {len(values)}")
        for part, one in zip(parts, values, strict=True):
            self.store(part, one, node)

    def stored(
        self, own: Target, value: Any, target: ast.expr, node: ast.stmt | None, augmented: bool
    ) -> Any:
        """What a variable stands for, once it is assigned a value."""
        base = own.base
        if isinstance(value, Data):
            if value.size or base in self.machine.shapes.sizes:
                return self.machine.size()
            self.machine.tell(f"{base} {value.why}")
            return Data(value.why, base) if value.array is None else value.array
        if isinstance(value, list) and value and all(isinstance(v, Data) for v in value):
            self.machine.tell(f"{base} is taken as data")
            return self.machine.array(base, (len(value),))
        if isinstance(value, dict) and node is not None and not isinstance(value, Fields):
            rows = ((str(k), self._named_rows(str(k), v, node)) for k, v in value.items())
            named = dict(zip(value, [self._row(k, v, None, node) for k, v in rows], strict=True))
            value.update(named)
            return value
        if isinstance(value, list | tuple) and node is not None and not _is_numeric(value):
            return self._named_rows(base, value, node, own.old)
        grows = base in self.machine.shapes.lists
        if isinstance(value, list | tuple) and value and _is_numeric(value) and not grows:
            try:
                value = as_term(value)
            except CallError:
                return value if node is None else self._named_rows(base, value, node)
        if isinstance(value, bool | int | float):
            value = as_term(value)
        if not isinstance(value, np.ndarray) or node is None or self.machine.recorder.silent:
            return value
        if is_tiny(value) and not augmented:
            return value
        written = isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Tuple)
        count = base in COUNTS or base in self.machine.shapes.sizes or not (written or augmented)
        if not value.ndim and _is_count(value) and count and isinstance(node, ast.Assign):
            return scalar(Number(self.machine.shapes.small(whole(value))))
        if value.ndim and not augmented and self._is_random(base, value):
            return self.machine.array(base, value.shape)
        names = names_of(value)
        plain = (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Name)
            and target in node.targets
        )
        says = is_gradient_name(base) or (plain and self._is_computed(names))
        if names is not None and not augmented and not says:
            self.machine.recorder.bind(base, value)  # another name for the same
            if isinstance(target, ast.Name) and target in getattr(node, "targets", ()):
                self._aliases[base] = value
            return value
        if not augmented and self._is_data(base, value):
            self.machine.tell(f"{base} is taken as data")
            return self.machine.array(base, value.shape)
        return self.machine.taking.taken(own, value, node, augmented)

    def _named_rows(self, base: str, rows: Any, node: ast.stmt, old: Any = None) -> Any:
        """The numbers in a list of samples, each row as an array of its own.

        So is each array of a list of them, as of the weights of several layers.
        """
        if isinstance(rows, list | tuple) and len(rows) <= _MOST_ROWS:
            flat = not any(isinstance(row, list | tuple) for row in rows)
            if flat and _is_numeric(rows) and base not in self.machine.shapes.lists:
                return self.stored(Target(base), rows, ast.Name(base), node, False)
            before = old if isinstance(old, list) and len(old) == len(rows) else [None] * len(rows)
            inner = [
                self._named_rows(f"{base}{i}", row, node, before[i]) for i, row in enumerate(rows)
            ]
            if isinstance(rows, list):
                pairs = enumerate(zip(inner, before, strict=True))
                inner = [self._row(f"{base}{i}", row, one, node) for i, (row, one) in pairs]
            return type(rows)(inner)
        if isinstance(rows, np.ndarray) and rows.size == 1 and isinstance(rows.item(), Number):
            return self.stored(Target(base), rows, ast.Name(base), node, False)
        return rows

    def _row(self, base: str, row: Any, old: Any, node: ast.stmt) -> Any:
        """One array of a list: computed, free, or another name for what there is."""
        if not isinstance(row, np.ndarray) or not row.ndim or self.machine.recorder.silent:
            return row
        inside = names_of(row)
        begins = is_gradient_name(base) and all(isinstance(e, Number) for e in row.reshape(-1))
        if inside is None and not begins:
            return self.machine.taking.taken(Target(base, old), row, node, False)
        if inside is not None and not self.machine.is_own(row):
            self.machine.recorder.bind(base, row)
        return row

    def freed(self, base: str, value: Any) -> Any:
        """What stands for numbers of data: free names."""
        if isinstance(value, np.ndarray | list) and _is_numeric(value):
            return self.machine.array(base, as_term(value).shape)
        return value

    def _is_data(self, base: str, value: Term) -> bool:
        """True for a target that is made up of the data: nothing is differentiated through it."""
        outputs = {t.lower(): o for t, o in self.machine.shapes.like.items()}
        output = outputs.get(base.lower())
        inside = [n for element in value.reshape(-1) for n in expr_names(numeric(element))]
        later = output is not None and output not in self.machine.recorder.current
        return later and value.ndim > 0 and bool(inside) and all(map(self._is_drawn, inside))

    def _is_random(self, base: str, value: Term) -> bool:
        """True for numbers that are drawn here, in whatever range: no other statement has them."""
        recorder, drawn = self.machine.recorder, (base, f"{base}_drawn")
        inside = [n for element in value.reshape(-1) for n in expr_names(numeric(element))]
        bound = {*recorder.current.get(base, np.empty(0, object)).reshape(-1)}
        new = not any(n in recorder.maker or n in bound for n in inside)
        return bool(inside) and new and all(n.plain.partition("[")[0] in drawn for n in inside)

    def _is_drawn(self, name: Name) -> bool:
        """True for what is made up of numbers drawn at random, or free."""
        step = self.machine.recorder.maker.get(name)
        return step is None or all(
            self._is_drawn(n) for n in expr_names(step.formulas[step.names.index(name)])
        )

    def given_elsewhere(self, node: ast.expr) -> Any:
        """A free name in the place of a None that is computed with."""
        found = self.machine.free(target_name(node))
        self.store(node, found)
        return found

    def told_apart(self, node: ast.expr, value: Any, text: str) -> Any:
        """A free name that is compared with texts: the first of them is what it is taken for."""
        free = isinstance(value, np.ndarray) and value.item() not in self.machine.recorder.maker
        if not free and value is not None and not isinstance(value, Data):
            return value
        self.store(node, text)
        self.machine.tell(f"assumed: {target_name(node)} is {text!r}")
        return text

    def given(self, expr: Expr) -> Expr:
        """The number that a name is given, where it is one."""
        found = self.machine.recorder.formula(expr)
        return found if isinstance(found, Number) else expr

    def label(self, expr: Expr) -> int:
        """A whole number in an index; an element of data is a class there: 0 or 1 in turn."""
        found = self.given(expr)
        if isinstance(found, Name) and found not in self.machine.recorder.maker:
            return self._labels.setdefault(found, len(self._labels) % 2)
        return whole(scalar(found))

    def _is_computed(self, names: list[Name] | None) -> bool:
        """True for names that stand for what is worked out from others."""
        recorder = self.machine.recorder
        made = [n for n in names or () if n in recorder.maker and not recorder.maker[n].older]
        return not all(isinstance(recorder.formula(name), Number) for name in made)


def _is_numeric(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_numeric, value)) and bool(value)
    if isinstance(value, np.ndarray):
        return not value.ndim
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Term) -> bool:
    expr = value.reshape(-1)[0] if value.size == 1 else None
    return isinstance(expr, Number) and expr.value > 0 and float(expr.value).is_integer()
