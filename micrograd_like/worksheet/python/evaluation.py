"""Python's expressions over arrays of expressions: nothing is run, everything is written out."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import COMPARISONS, Number
from micrograd_like.formula.parsing import COMPARE
from micrograd_like.worksheet.python.applying import Applier
from micrograd_like.worksheet.python.conversions import CallError, as_term, whole, written_out
from micrograd_like.worksheet.python.elements import Elements
from micrograd_like.worksheet.python.library import called
from micrograd_like.worksheet.python.operators import Operators
from micrograd_like.worksheet.python.shapes import Unshaped
from micrograd_like.worksheet.python.terms import (
    MAX_ELEMENTS,
    ShapeError,
    SizeError,
    Term,
    applied,
    number,
    scalar,
    term,
)
from micrograd_like.worksheet.python.usage import is_product
from micrograd_like.worksheet.python.values import (
    Data,
    Defined,
    Fields,
    Unknown,
    UnknownError,
    UnreadError,
    counted,
)

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine


class Evaluator:
    """Works out expressions for a machine that knows what the names stand for."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.applier, self.elements = Applier(self), Elements(self)
        self.operators = Operators(machine)

    def value(self, node: ast.expr) -> Any:
        """What an expression stands for.

        Raises:
            UnreadError: It is not read.
        """
        try:
            return self._value(node)
        except (CallError, ValueError, TypeError, IndexError, SizeError) as error:
            shapes = isinstance(error, ShapeError)
            raise UnreadError(node, str(error).split("\n")[0], shapes) from None

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=bool() | str() | None as value):
                return value
            case ast.Constant(value=value) if value is ...:
                return value
            case ast.JoinedStr(values=parts):
                return self._text(parts)
            case ast.Constant(value=int() | float() as number_):
                return scalar(Number(number_))
            case ast.Name(id=name):
                return self.known(node, self.machine.look_up(name, node))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return applied("neg", self.term(inner))
            case ast.UnaryOp(op=ast.UAdd(), operand=inner):
                return self.term(inner)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return not self.truth(inner)
            case ast.BinOp(left=left, op=op, right=right):
                first = self.operand(left)
                sums = isinstance(op, ast.Add | ast.Sub) and is_product(right)
                with self.machine.shapes.beside_a(first if sums else None):
                    second = self.operand(right)
                return self.operators.binary(node, op, first, second)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARE:
                a, b = (self.machine.settled(self.value(side)) for side in (left, right))
                if isinstance(b, str) and isinstance(op, ast.Eq):
                    a = self.machine.assignments.told_apart(left, a, b)
                return self.operators.compared(COMPARE[type(op)], a, b)
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as op], comparators=[right]):
                return self.operators.identical(node, self.value(left), self.value(right), op)
            case ast.Call():
                return self.applier.call(node)
            case ast.Attribute():
                return self.elements.attribute(node)
            case ast.Subscript(
                value=ast.Attribute(value=inner, attr="shape"), slice=ast.Constant(value=int(axis))
            ) if (samples := self.samples(self.value(inner), axis)) is not None:
                return samples
            case ast.Subscript(value=whole_, slice=index):
                return self.elements.subscript(node, self.value(whole_), index)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                values = [self.value(part) for part in parts]
                return values if isinstance(node, ast.List) else tuple(values)
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                stored = self._stored_under(node is self.machine.aimed)
                return dict(stored(k, v) for k, v in pairs if k is not None)
            case ast.DictComp(key=key, value=of, generators=[generator]):
                return dict(self._listed(generator, lambda: (self.key(key), self.value(of))))
            case ast.IfExp(test=test, body=then, orelse=other):
                return self._chosen(node, test, then, other)
            case ast.Lambda():
                return Defined(node, self.machine.scope)
            case ast.BoolOp(op=op, values=parts):
                decide = all if isinstance(op, ast.And) else any
                return decide(self.truth(part) for part in parts)
            case (
                ast.ListComp(elt=body, generators=[generator])
                | ast.GeneratorExp(elt=body, generators=[generator])
            ):
                return self._listed(generator, lambda: self.value(body))
        raise UnreadError(node, f"{_called(node)} is not read")

    def samples(self, array: Any, axis: int) -> Term | None:
        """The number of samples, where that is a free array's size: the other one stays open."""
        shapes = self.machine.shapes
        if isinstance(array, Data) and shapes.kinds.get(array.name) in ("array", "matrix", "like"):
            array = self.machine.with_data(array)
        if not isinstance(array, Unshaped) or not shapes.counts_samples(array, axis):
            return None
        self.machine.recorder.guessed = True
        self.machine.recorder.counts.add(shapes.samples())
        return scalar(Number(shapes.samples()))

    def known(self, node: ast.expr, value: Any) -> Any:
        """What a name or an element stands for.

        Raises:
            UnknownError: What gives it could not be read.
        """
        if isinstance(value, Data) and value.array is not None:
            value = value.array
        if isinstance(value, Unknown):
            raise UnknownError(node, value.why)
        if isinstance(value, Unshaped) and value.term is not None:
            return value.term
        return value

    def _stored_under(self, named: bool) -> Callable[[ast.expr, ast.expr], tuple[Any, Any]]:
        """What gives an entry of a dictionary; of one that is assigned itself, a name to it."""

        def stored(key: ast.expr, value: ast.expr) -> tuple[Any, Any]:
            found = self.key(key)
            if named and isinstance(found, str):
                self.machine.aim(found, value)
            return found, self.value(value)

        return stored

    def key(self, node: ast.expr) -> Any:
        """What stands between the brackets of a dictionary."""
        key = self.machine.settled(self.value(node))
        return self.whole(node) if isinstance(key, np.ndarray) else key

    def whole(self, node: ast.expr) -> int:
        """A whole number, or a name that is given one.

        Raises:
            UnreadError: It is none that is known.
        """
        found = as_term(self.machine.settled(self.value(node)))
        known = scalar(self.machine.assignments.given(found.item())) if found.size == 1 else found
        try:
            return whole(known)
        except CallError as error:
            raise UnreadError(node, str(error)) from None

    def term(self, node: ast.expr) -> Term:
        """What an expression stands for, as an array."""
        return as_term(self.machine.settled(self.value(node)))

    def truth(self, node: ast.expr) -> bool:
        """True if a condition holds whatever the free names are.

        Raises:
            UnreadError: It does not say.
        """
        value = self.machine.settled(self.value(node))
        if isinstance(value, Data):
            raise UnreadError(node, "whether this holds is not known here")
        if isinstance(value, np.ndarray):
            known = number(value)
            if known is None:
                raise UnreadError(node, "whether this holds is not known here")
            return bool(known)
        return bool(value)

    def _chosen(self, node: ast.expr, test: ast.expr, then: ast.expr, other: ast.expr) -> Any:
        condition = self.value(test)
        if isinstance(condition, Data):
            return counted()
        if isinstance(condition, np.ndarray) and number(condition) is None:
            return called("where", [condition, self.value(then), self.value(other)], {})
        return self.value(then if self.truth(test) else other)

    def _text(self, parts: list[ast.expr]) -> str | Data:
        """A formatted text, where all in it is known."""
        found = [self.value(p.value if isinstance(p, ast.FormattedValue) else p) for p in parts]
        written = [*map(written_out, found)]
        known = [w for w in written if w is not None]
        return "".join(known) if len(known) == len(written) else counted()

    def operand(self, node: ast.expr) -> Any:
        """What is computed with: what is None up to here is given elsewhere."""
        value = self.value(node)
        if value is None and isinstance(node, ast.Name | ast.Attribute):
            return self.machine.assignments.given_elsewhere(node)
        return value

    def _listed(self, generator: ast.comprehension, body: Callable[[], Any]) -> list[Any]:
        found = []
        inner = {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        scope = self.machine.scope
        outside = {name: scope[name] for name in inner if name in scope}
        for turn, item in enumerate(self.few(generator.iter)):
            self.machine.assignments.store(generator.target, item)
            with self.machine.inside(generator, turn):
                if all(self.truth(test) for test in generator.ifs):
                    found.append(body())
        for name in inner & scope.keys():
            del scope[name]
        scope.update(outside)
        return found

    def few(self, node: ast.expr) -> list[Any]:
        """What a loop runs over, where all of it is wanted."""
        items = self.items(node)
        if len(items) >= MAX_ELEMENTS:
            raise SizeError(f"expected fewer than {MAX_ELEMENTS:,} elements")
        return items

    def items(self, node: ast.expr) -> list[Any]:
        """What a loop runs over.

        Raises:
            UnreadError: That is not known.
        """
        match node:
            case ast.Call(func=ast.Name(id="range"), args=ends):
                numbers = range(*map(self.whole, ends))
                return [scalar(Number(i)) for i in numbers[:MAX_ELEMENTS]]
            case ast.Call(func=ast.Name(id="reversed"), args=[inner]):
                return self.items(inner)[::-1]
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *rest], keywords=named):
                first = [*rest, *(k.value for k in named)]
                start = self.whole(first[0]) if first else 0
                return [(scalar(Number(i)), x) for i, x in enumerate(self.items(inner), start)]
            case ast.Call(func=ast.Name(id="zip"), args=parts):
                return [*zip(*(self.items(part) for part in parts), strict=False)]
            case ast.Call(func=ast.Name(id="tqdm"), args=[inner, *_]):
                return self.items(inner)
        value = self.machine.settled(self.value(node))
        if isinstance(value, np.ndarray) and value.ndim:
            return [term(part) for part in value]
        if isinstance(value, list | tuple | dict) and not isinstance(value, Fields):
            return [*value]
        raise UnreadError(node, "what this runs over is not known here")


#: What comparisons are called in the tree.
assert set(COMPARE.values()) == set(COMPARISONS)


def _called(node: ast.AST) -> str:
    """What a piece of syntax is, in words."""
    names = {
        ast.Await: "await",
        ast.Yield: "yield",
        ast.Set: "a set",
        ast.NamedExpr: "an assignment inside an expression",
        ast.Starred: "an unpacked argument",
        ast.Compare: "this comparison",
    }
    return names.get(type(node), f"this ({type(node).__name__})")
