"""Python's expressions over arrays of expressions: nothing is run, everything is written out."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import COMPARISONS, Expr, Number
from micrograd_like.formula.parsing import BINARY, COMPARE
from micrograd_like.worksheet.python.library import (
    FUNCTIONS,
    ONE,
    RANDOM,
    TWO,
    CallError,
    as_term,
    called,
    dot,
    kind,
    shape_of,
    whole,
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
    Class,
    Defined,
    External,
    Instance,
    Method,
    Unknown,
    UnknownError,
    UnreadError,
)

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine

_CONSTANTS = {"pi": math.pi, "e": math.e, "newaxis": None, "inf": math.inf}
#: Calls inside calls.
_DEEPEST = 12
#: Functions of Python that are read though no module gives them.
_BUILTINS = ("len", "abs", "max", "min", "sum", "float", "int", "pow", "bool")


class Evaluator:
    """Works out expressions for a machine that knows what the names stand for."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._depth = 0

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
                return self.binary(node, op, self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARE:
                return self._compared(
                    COMPARE[type(op)],
                    self.settled(self.value(left)),
                    self.settled(self.value(right)),
                )
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as op], comparators=[right]):
                return self._identical(node, self.value(left), self.value(right), op)
            case ast.Call():
                return self._call(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript(value=whole_, slice=index):
                return self._subscript(node, self.settled(self.value(whole_)), index)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                values = [self.value(part) for part in parts]
                return values if isinstance(node, ast.List) else tuple(values)
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                return {self._key(k): self.value(v) for k, v in pairs if k is not None}
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
                return self._listed(generator, body)
        raise UnreadError(node, f"{_called(node)} is not read")

    def _known(self, node: ast.expr, value: Any) -> Any:
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
        if isinstance(value, np.ndarray):
            known = number(value)
            if known is None:
                raise UnreadError(node, "whether this holds is not known here")
            return bool(known)
        return bool(value)

    def binary(self, node: ast.AST, op: ast.operator, a: Any, b: Any) -> Any:
        """Two operands and what stands between them."""
        if isinstance(a, Unshaped) or isinstance(b, Unshaped):
            a, b = self._fitted(op, a, b)
        if isinstance(op, ast.MatMult):
            return dot(a, b)
        if isinstance(a, list) and isinstance(b, list) and isinstance(op, ast.Add):
            return a + b
        if isinstance(a, list) and isinstance(op, ast.Mult):
            if len(a) * whole(b) > MAX_ELEMENTS:
                raise SizeError(f"expected at most {MAX_ELEMENTS:,} elements")
            return a * whole(b)
        if isinstance(op, ast.FloorDiv | ast.Mod):
            x, y = whole(a), whole(b)
            return scalar(Number(x // y if isinstance(op, ast.FloorDiv) else x % y))
        if type(op) not in BINARY:
            raise UnreadError(node, "this operator is not read")
        return applied(BINARY[type(op)], as_term(a), as_term(b))

    def _fitted(self, op: ast.operator, a: Any, b: Any) -> tuple[Any, Any]:
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
        if not all(isinstance(x, np.ndarray | int | float | list) for x in (a, b)):
            return {"eq": a == b, "ne": a != b}.get(function, False)
        return applied(function, as_term(a), as_term(b))

    def _chosen(self, node: ast.expr, test: ast.expr, then: ast.expr, other: ast.expr) -> Any:
        condition = self.value(test)
        if isinstance(condition, np.ndarray) and number(condition) is None:
            return called("where", [condition, self.value(then), self.value(other)], {})
        return self.value(then if self.truth(test) else other)

    def _listed(self, generator: ast.comprehension, body: ast.expr) -> list[Any]:
        found = []
        for item in self._few(generator.iter):
            self.machine.assignments.store(generator.target, item)
            if all(self.truth(test) for test in generator.ifs):
                found.append(self.value(body))
        return found

    def _few(self, node: ast.expr) -> list[Any]:
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
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
                return [(scalar(Number(i)), x) for i, x in enumerate(self.items(inner))]
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
        value = self.settled(self.value(node.value))
        match value:
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
        if isinstance(owner, dict):
            key = self._key(index)
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
        return term(owner[self.index(index)])

    def index(self, node: ast.expr) -> Any:
        """What stands between brackets, as NumPy's index."""
        match node:
            case ast.Tuple(elts=parts):
                return tuple(self.index(part) for part in parts)
            case ast.Slice(lower=lower, upper=upper, step=step):
                ends = (lower, upper, step)
                return slice(*(None if e is None else whole(self.value(e)) for e in ends))
        value = self.value(node)
        if value is None or value is Ellipsis:
            return value
        indices = as_term(value)
        if not indices.ndim:
            return whole(indices)
        given = self.machine.assignments.given
        return np.vectorize(lambda e: whole(scalar(given(e))), otypes=[int])(indices)

    # Calls.

    def _call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id in ("list", "tuple", "range"):
            if node.func.id == "range":
                return self._few(node)
            made = [*self._few(node.args[0])] if node.args else []
            return made if node.func.id == "list" else tuple(made)
        function = self._function(node)
        arguments = [self.value(a) for a in node.args]
        named = {k.arg: self.value(k.value) for k in node.keywords if k.arg is not None}
        match function:
            case Defined():
                return self._inside(
                    node, lambda: self.machine.calls.call(function, arguments, named, node)
                )
            case Class():
                return self.machine.calls.instance(function, arguments, named, node)
            case Instance():
                forward = next((n for n in ("__call__", "forward") if n in function.methods), "")
                if forward:
                    bound = Defined(function.methods[forward], self.machine.globals, function)
                    return self.machine.calls.call(bound, arguments, named, node)
            case Method(owner, name):
                return self._method(node, owner, name, arguments, named)
            case External(path):
                return self._external(node, path.rpartition(".")[2], arguments, named)
        raise UnreadError(node, f"a call of {kind(function)} is not read")

    def _function(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name):
            name = node.func.id
            if not self.machine.knows(name):
                if name in (*_BUILTINS, *FUNCTIONS, *ONE, *TWO, *RANDOM):
                    return External(name)
                raise UnreadError(node, f"what {name}() gives is not known here")
        return self.value(node.func)

    def _inside(self, node: ast.AST, work: Callable[[], Any]) -> Any:
        if self._depth >= _DEEPEST:
            raise UnreadError(node, f"calls are read {_DEEPEST} deep")
        self._depth += 1
        try:
            return work()
        finally:
            self._depth -= 1

    def _shaped(self, name: str, arguments: list[Any]) -> list[Any]:
        """The arguments of a function, free arrays of a shape that goes with the others."""
        if len(arguments) == 2 and any(isinstance(a, Unshaped) for a in arguments):
            if name in ("dot", "matmul", "mm"):
                return [*self._fitted(ast.MatMult(), *arguments)]
            if name in TWO:
                return [*self._fitted(ast.Sub() if "sub" in name else ast.Mult(), *arguments)]
        return [self.settled(argument) for argument in arguments]

    def _method(
        self, node: ast.Call, owner: Any, name: str, arguments: list[Any], named: dict[str, Any]
    ) -> Any:
        if isinstance(owner, dict):
            if name == "items":
                return [(k, v) for k, v in owner.items()]
            if name in ("keys", "values"):
                return [*getattr(owner, name)()]
            if name in ("copy",):
                return dict(owner)
            if name == "get":
                return owner.get(arguments[0], arguments[1] if len(arguments) > 1 else None)
            raise UnreadError(node, f"a dictionary's {name}() is not read")
        if isinstance(owner, list) and name == "append":
            owner.append(arguments[0])
            return None
        if isinstance(owner, list) and name == "reverse":
            owner.reverse()
            return None
        if name in ("backward", "zero_grad", "zero_"):
            raise UnreadError(node, f"{name}() is not run")
        return self._external(node, name, [owner, *arguments], named)

    def _external(
        self, node: ast.Call, name: str, arguments: list[Any], named: dict[str, Any]
    ) -> Any:
        arguments = self._shaped(name, arguments)
        if name in RANDOM:
            return self.machine.free_array(node, _random_shape(name, arguments, named))
        if name in ("zeros", "ones", "empty", "full") and arguments:
            sizes = arguments[0] if isinstance(arguments[0], tuple | list) else (arguments[0],)
            small = [scalar(Number(self.machine.shapes.small(whole(size)))) for size in sizes]
            arguments = [tuple(small), *arguments[1:]]
        try:
            return called(name, arguments, named)
        except KeyError:
            raise UnreadError(node, f"what {name}() gives is not known here") from None


_CONSTANTS_OF = {
    name: value if value is None else scalar(Number(value)) for name, value in _CONSTANTS.items()
}
#: What comparisons are called in the tree.
assert set(COMPARE.values()) == set(COMPARISONS)


def _random_shape(name: str, arguments: list[Any], named: dict[str, Any]) -> tuple[int, ...]:
    if "size" in named:
        return _sizes(named["size"])
    if name in ("randn", "rand"):
        return shape_of(*arguments)
    if name in ("random", "standard_normal", "random_sample"):
        return _sizes(arguments[0]) if arguments else ()
    return _sizes(arguments[2]) if len(arguments) > 2 else ()


def _sizes(value: Any) -> tuple[int, ...]:
    return shape_of(value) if isinstance(value, tuple | list) else (whole(value),)


def _called(node: ast.AST) -> str:
    """What a piece of syntax is, in words."""
    names = {
        ast.JoinedStr: "a formatted text",
        ast.Await: "await",
        ast.Yield: "yield",
        ast.Set: "a set",
        ast.NamedExpr: "an assignment inside an expression",
        ast.Starred: "an unpacked argument",
        ast.DictComp: "a dictionary made in a loop",
        ast.Compare: "this comparison",
    }
    return names.get(type(node), f"this ({type(node).__name__})")


def element(value: Term) -> Expr:
    """The only element of an array."""
    return value.reshape(-1)[0]  # type: ignore[no-any-return]
