"""What the names of a program stand for, and names that nothing gives a value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from micrograd_like.formula import Number
from micrograd_like.worksheet.python.shapes import Shapes, Unshaped
from micrograd_like.worksheet.python.steps import Passes, Recorder
from micrograd_like.worksheet.python.terms import Term, filled, scalar
from micrograd_like.worksheet.python.values import Data, Defined, External, Fields, Instance
from micrograd_like.worksheet.records import Place

#: What modules are called where a piece of a program has lost its imports.
_MODULES = {
    "np": "numpy",
    **{name: name for name in ("numpy", "math", "scipy", "torch", "random")},
}
#: Whole numbers under these names are counts, which are not differentiated by.
COUNTS = ("m", "n", "N", "M", "n_samples", "num_samples", "batch_size", "n_examples")


class Scopes:
    """The names of a program.

    Attributes:
        recorder: The assignments.
        shapes: What the syntax tells of free arrays.
        told: What was decided, in words.
        globals: What the names of the module stand for.
        scope: What the names stand for where the machine is.
        target: The name that is assigned to.
        whole: True where nothing is computed from what is assigned.
        aimed: What is assigned to it.
        function: The name of the function that is read; "" outside one.
        passes: The loops and calls in which the machine is.
    """

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.shapes = Shapes.of(ast.Module([], []))
        self.told: dict[str, None] = {}
        self.globals: dict[str, Any] = {}
        self.scope = self.globals
        self.target, self.whole, self.function = "", True, ""
        self.aimed: ast.expr | None = None
        self.passes: Passes = ()

    @contextmanager
    def inside(self, node: ast.AST, number: int = 0) -> Iterator[None]:
        """Be in one pass of a loop, or in a call."""
        outside, self.passes = self.passes, (*self.passes, (id(node), number))
        try:
            yield
        finally:
            self.passes = outside

    def tell(self, sentence: str) -> None:
        """Say what was decided."""
        self.told[sentence] = None

    def aim(self, name: str, value: ast.expr) -> None:
        """Say what a value is assigned to, before it is worked out."""
        self.target, self.aimed = name, value
        self.whole = not any(isinstance(n, ast.BinOp) for n in ast.walk(value))

    @property
    def knows_shapes(self) -> bool:
        """True where every size so far is the program's own: what does not fit is a slip."""
        return not self.recorder.guessed and not (self.shapes.shrinks and self.shapes.cuts)

    def knows(self, name: str) -> bool:
        """True for a name that stands for something here."""
        return name in self.scope or name in self.globals

    def look_up(self, name: str, node: ast.AST) -> Any:
        """What a name stands for; a name that nothing gives is free."""
        for scope in (self.scope, self.globals):
            if name in scope:
                return scope[name]
        self.globals[name] = External(_MODULES[name]) if name in _MODULES else self.free(name)
        return self.globals[name]

    def free(self, name: str) -> Any:
        """A free name: a number, or an array where it is used as one."""
        if name in self.shapes.sizes or name in COUNTS:  # a size that nobody gives
            return self.size()
        if name in self.shapes.size_lists:
            return [scalar(Number(self.shapes.size())) for _ in range(3)]
        kind = self.shapes.kinds.get(name)
        if kind == "fields":
            return Fields()
        return self.array(name, ()) if kind is None else self.unshaped(name, kind)

    def free_field(self, name: str) -> Any:
        """What stands in a table that the program is given."""
        kind = self.shapes.kind_of(name)
        return self.free(name) if kind is None else self.unshaped(name, kind)

    def unshaped(self, name: str, kind: str = "array") -> Unshaped:
        """A free array whose shape is chosen where it is used."""
        return Unshaped(name, kind, self._guessed)

    def with_data(self, value: Any, kind: str = "data") -> Any:
        """Data that is computed with as an array of its own; anything else as it is."""
        if not isinstance(value, Data):
            return value
        if value.array is None:
            kind = self.shapes.kinds.get(value.name, kind)
            value.array = self.size() if value.size else self.unshaped(value.name or "data", kind)
        return value.array

    def settled(self, value: Any) -> Any:
        """A value, of some shape where it has none yet."""
        return self.shapes.alone(value) if isinstance(value, Unshaped) else value

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
        """An array of which only the shape is known; a name of its own where it is a part."""
        base = self.target if self.whole else f"{self.target}_drawn"
        return self.recorder.names(base, tuple(map(self.shapes.small, shape)), Place())

    def attribute_owner(self, node: ast.Attribute) -> Any:
        """What ``w.grad`` stands for; None for any other attribute."""
        if node.attr not in ("grad", "gradient") or not isinstance(node.value, ast.Name):
            return None
        name = f"{node.value.id}.{node.attr}"
        return self.scope.get(name, self.globals.get(name))

    def attribute(self, owner: Instance, name: str, node: ast.AST) -> Any:
        """An attribute of an object of the program's own."""
        if name in owner.attributes:
            value = owner.attributes[name]
            if isinstance(value, np.ndarray):  # of several objects, this one is spoken of
                self.recorder.bind(name, value)
            return value
        if owner.made_of is not None and name in owner.made_of.attributes:
            return owner.made_of.attributes[name]
        if name in owner.methods:
            return Defined(owner.methods[name], self.globals, owner)
        owner.attributes[name] = self.free(name)
        return owner.attributes[name]
