"""Python's expressions over arrays of expressions: nothing is run, everything is written out."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import COMPARISONS, Number
from micrograd_like.formula.parsing import BINARY, COMPARE
from micrograd_like.worksheet.python.applying import Applier
from micrograd_like.worksheet.python.library import (
    FUNCTIONS,
    RANDOM,
    SAME,
    CallError,
    as_term,
    called,
    dot,
    kind,
    whole,
    written_out,
)
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
from micrograd_like.worksheet.python.values import (
    Data,
    Defined,
    External,
    Fields,
    Instance,
    Method,
    Unknown,
    UnknownError,
    UnreadError,
    counted,
)

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine

_CONSTANTS = {"pi": math.pi, "e": math.e, "newaxis": None, "inf": math.inf}


class Evaluator:
    """Works out expressions for a machine that knows what the names stand for."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.applier = Applier(self)

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
                return self._known(node, self.machine.look_up(name, node))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return applied("neg", self.term(inner))
            case ast.UnaryOp(op=ast.UAdd(), operand=inner):
                return self.term(inner)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return not self.truth(inner)
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(node, op, self.operand(left), self.operand(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARE:
                a, b = self.settled(self.value(left)), self.settled(self.value(right))
                if isinstance(b, str) and isinstance(op, ast.Eq):
                    a = self.machine.told_apart(left, a, b)
                return self._compared(COMPARE[type(op)], a, b)
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as op], comparators=[right]):
                return self._identical(node, self.value(left), self.value(right), op)
            case ast.Call():
                return self.applier.call(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript(value=whole_, slice=index):
                return self._subscript(node, self.value(whole_), index)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                values = [self.value(part) for part in parts]
                return values if isinstance(node, ast.List) else tuple(values)
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                return {self._key(k): self.value(v) for k, v in pairs if k is not None}
            case ast.DictComp(key=key, value=of, generators=[generator]):
                return dict(self._listed(generator, lambda: (self._key(key), self.value(of))))
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

    def _known(self, node: ast.expr, value: Any) -> Any:
        if isinstance(value, Data) and value.array is not None:
            value = value.array
        if isinstance(value, Unknown):
            raise UnknownError(node, value.why)
        if isinstance(value, Unshaped) and value.term is not None:
            return value.term
        return value

    def _key(self, node: ast.expr) -> Any:
        key = self.value(node)
        return whole(key) if isinstance(key, np.ndarray) else key

    def term(self, node: ast.expr) -> Term:
        """What an expression stands for, as an array."""
        return as_term(self.settled(self.value(node)))

    def truth(self, node: ast.expr) -> bool:
        """True if a condition holds whatever the free names are.

        Raises:
            UnreadError: It does not say.
        """
        value = self.settled(self.value(node))
        if isinstance(value, Data):
            raise UnreadError(node, "whether this holds is not known here")
        if isinstance(value, np.ndarray):
            known = number(value)
            if known is None:
                raise UnreadError(node, "whether this holds is not known here")
            return bool(known)
        return bool(value)

    def binary(self, node: ast.AST, op: ast.operator, a: Any, b: Any) -> Any:
        """Two operands and what stands between them."""
        if isinstance(a, str) or isinstance(b, str):
            return _joined(op, a, b)
        if isinstance(a, Data) or isinstance(b, Data):
            data, other = (a, b) if isinstance(a, Data) else (b, a)
            plain = isinstance(other, Data) or number(as_term(self.settled(other))) is not None
            if plain and data.array is None and not data.size:
                how = "" if isinstance(other, Data) else str(as_term(other).item())
                return data.part(f"{type(op).__name__} {how} {data is a}")
            a, b = self.machine.with_data(a), self.machine.with_data(b)
        if isinstance(a, Unshaped) or isinstance(b, Unshaped):
            a, b = self.fitted(op, a, b)
        if isinstance(op, ast.MatMult):
            return dot(a, b)
        if isinstance(a, list) and isinstance(b, list) and isinstance(op, ast.Add):
            return a + b
        if isinstance(a, list) and isinstance(op, ast.Mult):
            if len(a) * whole(b) > MAX_ELEMENTS:
                raise SizeError(f"expected at most {MAX_ELEMENTS:,} elements")
            return a * whole(b)
        if isinstance(op, ast.FloorDiv | ast.Mod):
            if number(as_term(a)) is None or number(as_term(b)) is None:
                return Data(size=True)
            x, y = whole(a), whole(b)
            return scalar(Number(x // y if isinstance(op, ast.FloorDiv) else x % y))
        if type(op) not in BINARY:
            raise UnreadError(node, "this operator is not read")
        return applied(BINARY[type(op)], as_term(a), as_term(b))

    def fitted(self, op: ast.operator, a: Any, b: Any) -> tuple[Any, Any]:
        """Two operands, a free array among them of the shape that the other one asks for."""
        shapes = self.machine.shapes
        if isinstance(op, ast.MatMult):
            return shapes.product(*(x if isinstance(x, Unshaped) else as_term(x) for x in (a, b)))
        sums = isinstance(op, ast.Add | ast.Sub)
        if isinstance(a, Unshaped) and isinstance(b, Unshaped):
            a = shapes.alone(a)
        if isinstance(a, Unshaped):
            a = shapes.beside(a, as_term(b), sums)
        if isinstance(b, Unshaped):
            b = shapes.beside(b, as_term(a), sums)
        return a, b

    def settled(self, value: Any) -> Any:
        """A value, of some shape where it has none yet."""
        return self.machine.shapes.alone(value) if isinstance(value, Unshaped) else value

    def _identical(self, node: ast.expr, a: Any, b: Any, op: ast.cmpop) -> bool:
        """``x is None`` or ``x is True``: a question about what stands there, not its number."""
        plain = [isinstance(x, bool | str | None) for x in (a, b)]
        if not any(plain) or isinstance(a, Unshaped) or isinstance(b, Unshaped):
            raise UnreadError(node, "whether this holds is not known here")
        return (all(plain) and a == b) is isinstance(op, ast.Is)

    def _compared(self, function: str, a: Any, b: Any) -> Any:
        if isinstance(a, Data) or isinstance(b, Data):
            return counted()
        if not all(isinstance(x, np.ndarray | int | float | list) for x in (a, b)):
            return {"eq": a == b, "ne": a != b}.get(function, False)
        return applied(function, as_term(a), as_term(b))

    def _chosen(self, node: ast.expr, test: ast.expr, then: ast.expr, other: ast.expr) -> Any:
        condition = self.value(test)
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
            return self.machine.given_elsewhere(node)
        return value

    def _listed(self, generator: ast.comprehension, body: Callable[[], Any]) -> list[Any]:
        found = []
        for item in self.few(generator.iter):
            self.machine.assignments.store(generator.target, item)
            if all(self.truth(test) for test in generator.ifs):
                found.append(body())
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
                numbers = range(*(whole(self.value(e)) for e in ends))
                return [scalar(Number(i)) for i in numbers[:MAX_ELEMENTS]]
            case ast.Call(func=ast.Name(id="reversed"), args=[inner]):
                return self.items(inner)[::-1]
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *rest], keywords=named):
                first = [*rest, *(k.value for k in named)]
                start = whole(self.value(first[0])) if first else 0
                return [(scalar(Number(i)), x) for i, x in enumerate(self.items(inner), start)]
            case ast.Call(func=ast.Name(id="zip"), args=parts):
                return [*zip(*(self.items(part) for part in parts), strict=False)]
            case ast.Call(func=ast.Name(id="tqdm"), args=[inner, *_]):
                return self.items(inner)
        value = self.settled(self.value(node))
        if isinstance(value, np.ndarray) and value.ndim:
            return [term(part) for part in value]
        if isinstance(value, list | tuple):
            return [*value]
        raise UnreadError(node, "what this runs over is not known here")

    # Attributes and elements.

    def _attribute(self, node: ast.Attribute) -> Any:
        name = node.attr
        owner = self.machine.attribute_owner(node)
        if owner is not None:
            return self._known(node, owner)
        value = self.value(node.value)
        if isinstance(value, Unshaped) and value.term is None:
            if name in SAME or name in ("reshape", "view"):
                return Method(value, name)
            if name == "T":
                return value.turned()
        value = self.settled(value)
        match value:
            case Data() if name in RANDOM:
                return External(f"random.{name}")
            case Data() if name == "T" and value.name:
                return self.machine.with_data(value, "array").turned()
            case Data():
                return value.part(name, size=value.size or name in ("shape", "size"))
            case External(path):
                return _CONSTANTS_OF.get(name, External(f"{path}.{name}"))
            case Instance():
                return self._known(node, self.machine.attribute(value, name, node))
            case np.ndarray() | list() | tuple():
                if name == "T" or name == "mT":
                    return as_term(value).T
                if name == "shape":
                    return FUNCTIONS["shape"](value)
                if name == "size":
                    return scalar(Number(as_term(value).size))
                if name == "ndim":
                    return scalar(Number(as_term(value).ndim))
                if name in ("data", "values"):
                    return value
                return Method(value, name)
            case dict():
                return Method(value, name)
        raise UnreadError(node, f"{name!r} of {kind(value)} is not read")

    def _subscript(self, node: ast.Subscript, owner: Any, index: ast.expr) -> Any:
        if isinstance(owner, Unshaped) and owner.kind == "onehot" and owner.term is None:
            return owner  # rows of an identity
        owner = self.settled(owner)
        if isinstance(owner, Method):  # one of a table's, such as its rows
            return Data()
        if isinstance(owner, Data):
            return owner.part(ast.dump(index), owner.size)
        if isinstance(owner, dict):
            key = self._key(index)
            if isinstance(owner, Fields):
                return owner.setdefault(key, self.machine.free(str(key)))
            if key not in owner:
                raise UnreadError(node, f"nothing is stored under {key!r} here")
            return self._known(node, owner[key])
        if isinstance(owner, list | tuple):
            if isinstance(index, ast.Slice):
                return owner[self.index(index)]
            found = self.value(index)
            if number(as_term(found)) is not None:
                return self._known(node, owner[whole(found)])
            owner = as_term(owner)
        if not isinstance(owner, np.ndarray):
            raise UnreadError(node, f"an element of {kind(owner)} is not read")
        if isinstance(index, ast.Tuple):
            self._labelled(index.elts[-1], len(owner))
        at = self.index(index)
        found = term(owner[at])
        if not found.size and owner.size:  # it is smaller here than the data it stands for
            found = term(owner[_within(at, owner.shape)])
        return found

    def _labelled(self, node: ast.expr, rows: int) -> None:
        """Let data that stands in an index be a class for each row."""
        if isinstance(node, ast.Name | ast.Attribute):
            labels = self.value(node)
            if isinstance(labels, Data):
                labels.array = self.machine.array(labels.name or "labels", (rows,))

    def index(self, node: ast.expr) -> Any:
        """What stands between brackets, as NumPy's index."""
        match node:
            case ast.Tuple(elts=parts):
                return tuple(self.index(part) for part in parts)
            case ast.Slice(lower=lower, upper=upper, step=step):
                ends = (lower, upper, step)
                return slice(*(None if e is None else whole(self.value(e)) for e in ends))
        value = self.settled(self.operand(node))
        if value is None or value is Ellipsis:
            return value
        indices = as_term(value)
        label = self.machine.assignments.label
        return np.vectorize(label, otypes=[int])(indices) if indices.ndim else label(indices.item())


_CONSTANTS_OF = {
    name: value if value is None else scalar(Number(value)) for name, value in _CONSTANTS.items()
}
#: What comparisons are called in the tree.
assert set(COMPARE.values()) == set(COMPARISONS)


def _within(index: Any, shape: tuple[int, ...]) -> Any:
    """An index, all of an axis in the place of what lies beyond its end."""
    parts = index if isinstance(index, tuple) else (index,)
    return tuple(
        slice(None) if isinstance(part, slice) and not range(*part.indices(size)) else part
        for part, size in zip(parts, shape, strict=False)
    )


def _joined(op: ast.operator, a: Any, b: Any) -> str | Data:
    """Texts, one behind the other."""
    parts = [written_out(a), written_out(b)]
    if isinstance(op, ast.Add) and None not in parts:
        return "".join(filter(None, parts))
    return counted()


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
