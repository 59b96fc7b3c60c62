"""Elements of arrays, lists and dictionaries of a program that are given values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Call, Expr, Number
from micrograd_like.worksheet.python.conversions import CallError, as_term
from micrograd_like.worksheet.python.naming import is_gradient_name
from micrograd_like.worksheet.python.shapes import Unshaped
from micrograd_like.worksheet.python.syntax import target_name
from micrograd_like.worksheet.python.taking import Target
from micrograd_like.worksheet.python.terms import Term, chosen, names_of, numeric, scalar, term
from micrograd_like.worksheet.python.values import Data, Instance

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine

_CONDITIONS = ("gt", "ge", "lt", "le")


class Parts:
    """Gives elements their values for a machine, which takes the steps down."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def store(
        self, target: ast.Subscript, value: Any, node: ast.stmt | None, augmented: bool
    ) -> None:
        """Give elements of an array, or what a dictionary or list holds, a value.

        Args:
            target: What stands on the left side.
            value: What is assigned.
            node: The statement, which is taken down; None for what is only looked at.
            augmented: True for ``+=``.
        """
        inner, index = target.value, target.slice
        machine, base = self.machine, target_name(inner)
        owner = machine.evaluator.value(inner)
        if isinstance(owner, Unshaped) and owner.term is None and _is_one(value):
            if isinstance(index, ast.Tuple):
                machine.assignments.store(inner, machine.one_hot(base))
            return
        owner = machine.settled(owner)
        if isinstance(owner, Data):
            return
        if isinstance(owner, dict):
            key = machine.evaluator.key(index)
            name = key if isinstance(key, str) else f"{base}{key}"
            if is_gradient_name(base) and not is_gradient_name(name):
                name = f"grad_{name}"
            own = Target(name, owner.get(key))
            owner[key] = machine.assignments.stored(own, value, inner, node, augmented)
        elif isinstance(owner, list):
            self._store_in_list(owner, target, value, node, augmented)
        else:
            self._store_in_array(as_term(owner).copy(), target, as_term(value), node)

    def _store_in_list(
        self, owner: list[Any], target: ast.Subscript, value: Any, node: ast.stmt | None, add: bool
    ) -> None:
        if not owner:
            raise CallError("expected an element that is there")
        which = self.machine.evaluator.whole(target.slice) % len(owner)
        base, old = self._name(target.value), owner[which]
        single = isinstance(value, np.ndarray) and not value.ndim
        own = Target(base, old, (which,)) if single else Target(f"{base}{which}", old)
        owner[which] = self.machine.assignments.stored(own, value, target.value, node, add)

    def _store_in_array(
        self, array: Term, target: ast.Subscript, new: Term, node: ast.stmt | None
    ) -> None:
        machine, inner = self.machine, target.value
        mask = self._mask(target.slice)
        if mask is not None:
            choose = np.frompyfunc(_chosen_of, 3, 1)
            machine.assignments.store(inner, term(choose(mask, new, array)), node, True)
            return
        at = machine.evaluator.elements.index(target.slice)
        old = array[at]
        kept = None if machine.recorder.silent else node
        if np.shape(old):
            new = np.broadcast_to(new, np.shape(old))
            if kept is not None and names_of(new) is None:
                own = Target(self._name(inner), old, part=np.size(old) < array.size)
                new = machine.taking.taken(own, new, kept, True)
            array[at] = new
            self._put(inner, array)
            return
        if kept is not None:
            place = (*self._within(inner), *_positions(at, array.shape))
            own = Target(self._name(inner), scalar(old), place)
            new = machine.taking.taken(own, new.reshape(()), kept, True)
        array[at] = new.item()
        self._put(inner, array)

    def _put(self, inner: ast.expr, array: Term) -> None:
        if not self._within(inner):
            self.machine.recorder.bind(self._name(inner), array)
        self.machine.assignments.store(inner, array)

    def _name(self, node: ast.expr) -> str:
        """The name of a whole whose elements are stored; an object's attribute has its own."""
        if isinstance(node, ast.Attribute) and isinstance(
            self.machine.attempt(node.value), Instance
        ):
            return node.attr
        return target_name(node)

    def _within(self, node: ast.expr) -> tuple[int, ...]:
        """The index of a part of an array: (1,) for ``w[1]``, whose elements are ``w[1][j]``."""
        if not isinstance(node, ast.Subscript):
            return ()
        owner = self.machine.evaluator.value(node.value)
        if not isinstance(owner, np.ndarray):
            return ()
        at = self.machine.evaluator.elements.index(node.slice)
        return (*self._within(node.value), *_positions(at, owner.shape))

    def _mask(self, index: ast.expr) -> Term | None:
        """A condition for every element, where one stands between the brackets."""
        if isinstance(index, ast.Slice | ast.Tuple | ast.Constant | ast.UnaryOp):
            return None
        value = self.machine.evaluator.value(index)
        if not isinstance(value, np.ndarray) or not value.size:
            return None
        first = value.reshape(-1)[0]
        return value if isinstance(first, Call) and first.function in _CONDITIONS else None


def _positions(index: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """An index, counted from the start along every axis."""
    position = index if isinstance(index, tuple) else (index,)
    return tuple(p % n for p, n in zip(position, shape, strict=False))


def _chosen_of(condition: Expr, new: Expr, old: Expr) -> Expr:
    found = chosen(condition, numeric(new), numeric(old))
    if found is None:
        raise CallError("expected a comparison with > >= < <=")
    return found


def _is_one(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.size == 1 and value.item() == Number(1)
