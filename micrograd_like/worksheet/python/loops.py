"""Loops of a program: which are unrolled, and of which one pass is read.

What a loop gives element by element, or adds up, is read whole, and so is what goes from layer to
layer. Of a loop whose passes renew the weights, over epochs or samples, one pass is enough.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Name, Number
from micrograd_like.worksheet.python.conversions import CallError
from micrograd_like.worksheet.python.library import RANDOM
from micrograd_like.worksheet.python.syntax import (
    renewed_elements,
    renewed_in,
    target_name,
    used_in,
)
from micrograd_like.worksheet.python.terms import Term
from micrograd_like.worksheet.python.values import (
    Class,
    External,
    Instance,
    UnknownError,
    UnreadError,
    is_made_of,
)

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine

#: Passes of one loop.
MAX_PASSES = 1_000
#: Layers of a program, or what else it is made of, of which every one is read.
MOST_LAYERS = 12


class Loops:
    """Reads loops for a machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def read(self, node: ast.For) -> None:
        """Read a loop."""
        try:
            items = self.machine.evaluator.items(node.iter)
        except (UnreadError, CallError, ValueError, TypeError) as error:
            if isinstance(error, UnknownError):
                raise
            items = None
        names = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        if items is None:
            self._tell_one_pass(node)
            for name in sorted(names):
                self.machine.scope[name] = self.machine.free(name)
            lists = {n: v for n, v in self.machine.scope.items() if isinstance(v, list)}
            growing = [name for name, value in lists.items() if not value]
            self.machine.block(node.body)
            self._taken_as_data(growing)
            return
        items = self._as_samples(node, items)
        single = [i for i in items if isinstance(i, np.ndarray) and not i.ndim]
        if isinstance(node.target, ast.Tuple) and len(single) == len(items) > 1:
            self._tell_one_pass(node)  # samples of which nothing is known
            items = items[:1]
        whole = len(items) <= MOST_LAYERS and self._runs_over_layers(node, items, names)
        whole = whole or renewed_elements(node.body, names)
        idle = not names & used_in(node.body) and not self._builds(node)
        unknown = isinstance(node.target, ast.Tuple) and all(map(_is_free, items))
        once = self._renews(node) or idle or unknown or len(items) > MAX_PASSES
        start = len(self.machine.recorder.steps)
        for number, item in enumerate(items):
            if number == 1 and not whole and (once or self.machine.recorder.renews(start)):
                self._tell_one_pass(node)
                break
            with self.machine.inside(node, number):
                self.machine.assignments.store(node.target, item)
                self.machine.block(node.body)

    def _as_samples(self, node: ast.For, items: list[Any]) -> list[Any]:
        """Rows that stand in the loop itself, their numbers free; sizes stay as they are."""
        literal = isinstance(node.iter, ast.List | ast.Tuple)
        names = [*map(target_name, getattr(node.target, "elts", ()))]
        rows = all(isinstance(i, tuple | list) and len(i) == len(names) for i in items)
        if not literal or not names or not rows:
            return items
        if not self.machine.shapes.sizes.isdisjoint(names):
            return items
        free = self.machine.assignments.freed
        return [tuple(map(free, names, item)) for item in items]

    def _tell_one_pass(self, node: ast.For) -> None:
        self.machine.tell(f"{self.machine.places.of(node).where}: one pass of the loop is read")

    def _taken_as_data(self, names: list[str]) -> None:
        """Let lists that a loop over data fills stand for as many elements as there are."""
        for name in names:
            value = self.machine.scope[name]
            if isinstance(value, list) and value and not any(map(self.machine.is_own, value)):
                self.machine.scope[name] = self.machine.unshaped(name, "list")
                self.machine.tell(f"{name} is taken as data")

    def _runs_over_layers(self, node: ast.For, items: list[Any], names: set[str]) -> bool:
        """True for a loop over what a program is made of, not over epochs or samples."""
        if any(map(is_made_of, items)):
            return True
        picked = (
            inner.value
            for statement in node.body
            for inner in ast.walk(statement)
            if isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Load)
            if any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(inner.slice))
        )
        return any(isinstance(self._already(owner), list | dict) for owner in picked)

    def _builds(self, node: ast.For) -> bool:
        """True for a loop that puts parts of the program into a list: neurons, weights."""
        calls = (n for part in node.body for n in ast.walk(part) if isinstance(n, ast.Call))
        grown = [c.args[0] for c in calls if target_name(c.func).endswith(".append") and c.args]
        for one in grown:
            if isinstance(one, ast.Dict | ast.List | ast.ListComp):
                return True
            made = self.machine.attempt(one.func) if isinstance(one, ast.Call) else None
            drawn = isinstance(made, External) and made.path.rpartition(".")[2] in RANDOM
            if drawn or isinstance(made, Class):
                return True
        return False

    def _already(self, node: ast.expr) -> Any:
        """What a name or an attribute stands for by now; None without one."""
        match node:
            case ast.Name(id=name):
                return self.machine.scope.get(name, self.machine.globals.get(name))
            case ast.Attribute(value=inner, attr=name):
                owner = self._already(inner)
                return owner.attributes.get(name) if isinstance(owner, Instance) else None
        return None

    def _renews(self, node: ast.For) -> bool:
        """True if a pass goes on from what the one before has made, other than a sum from 0."""
        own = {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        for name in renewed_in(node.body) - own:
            value = self.machine.scope.get(name, self.machine.globals.get(name))
            zeros = isinstance(value, np.ndarray) and self._starts_at_zero(value)
            if not zeros and not isinstance(value, list):
                return True
        return False

    def _starts_at_zero(self, value: Term) -> bool:
        return all(self.machine.recorder.formula(e) == Number(0) for e in value.reshape(-1))


def _is_free(item: Any) -> bool:
    """True for an element of which nothing is known."""
    return isinstance(item, np.ndarray) and item.size == 1 and isinstance(item.item(), Name)
