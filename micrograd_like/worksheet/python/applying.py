"""Calls in a program: of its own functions, of NumPy's and the like, of methods of arrays."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Call, Expr, Name, Number, rewrite
from micrograd_like.worksheet.naming.functions import slope
from micrograd_like.worksheet.python.conversions import (
    CallError,
    as_term,
    kind,
    shape_of,
    whole,
    written_out,
)
from micrograd_like.worksheet.python.library import (
    COUNTING,
    FUNCTIONS,
    ONE,
    PRODUCTS,
    RANDOM,
    SAME,
    TWO,
    called,
)
from micrograd_like.worksheet.python.naming import differentiated, is_target_name
from micrograd_like.worksheet.python.reducing import total
from micrograd_like.worksheet.python.shapes import Unshaped
from micrograd_like.worksheet.python.syntax import target_name
from micrograd_like.worksheet.python.terms import Term, applied, number, scalar, term
from micrograd_like.worksheet.python.values import (
    Class,
    Data,
    Defined,
    External,
    Instance,
    Method,
    UnreadError,
    counted,
)

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.evaluation import Evaluator

#: Calls inside calls.
_DEEPEST = 12
#: What runs a text.
NOT_RUN = ("exec", "eval", "compile")
#: What gives data anew that it is given.
_SPLITTING = ("train_test_split", "fit_transform", "transform", "shuffle")
#: Methods of lists.
_OF_LISTS: dict[str, Callable[..., Any]] = {
    "append": list.append,
    "extend": list.extend,
    "reverse": list.reverse,
    "insert": lambda owner, place, one: owner.insert(whole(place), one),
    "pop": lambda owner, *place: owner.pop(*map(whole, place)),
    "copy": list.copy,
}
#: Modules whose functions compute with what they are given.
_NUMERIC = ("numpy", "math", "scipy", "torch", "jax")


class Applier:
    """Works out calls for an evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.machine = evaluator, evaluator.machine
        self._depth = 0

    def call(self, node: ast.Call) -> Any:
        """What a call gives.

        Raises:
            UnreadError: It is not read.
        """
        if isinstance(node.func, ast.Name) and node.func.id in ("list", "tuple", "range"):
            if node.func.id == "range":
                return self.evaluator.few(node)
            made = [*self.evaluator.few(node.args[0])] if node.args else []
            return made if node.func.id == "list" else tuple(made)
        function = self._function(node)
        arguments = self._arguments(node.args, isinstance(function, External | Method))
        named = {k.arg: self.evaluator.value(k.value) for k in node.keywords if k.arg is not None}
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
                root, _, name = path.rpartition(".")
                if path == "sum" and arguments:  # Python's own goes along the first axis
                    return self._summed(*map(self.machine.settled, arguments))
                numeric = root.partition(".")[0] in _NUMERIC
                return self._external(node, name, arguments, named, numeric)
            case Data():
                return function.part(_how(node))
        raise UnreadError(node, f"a call of {kind(function)} is not read")

    def _summed(self, values: Any, start: Any = 0) -> Term:
        array = as_term(values)
        whole = total(array, 0) if array.ndim else array
        return applied("add", whole, as_term(start))

    def _arguments(self, nodes: list[ast.expr], computes: bool) -> list[Any]:
        """The arguments of a call; of one that computes with them, None is given elsewhere."""
        found = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += self.evaluator.few(node.value)
            else:
                found.append(
                    self.evaluator.operand(node) if computes else self.evaluator.value(node)
                )
        return found

    def _function(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name):
            name = node.func.id
            if not self.machine.knows(name):
                if name in NOT_RUN:
                    raise UnreadError(node, f"{name}() is not run")
                return External(name)
        return self.evaluator.value(node.func)

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
                return [*self.evaluator.operators.fitted(ast.MatMult(), *arguments)]
            if name in TWO:
                op = ast.Sub() if "sub" in name else ast.Mult()
                return [*self.evaluator.operators.fitted(op, *arguments)]
        return [self.machine.settled(argument) for argument in arguments]

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
        if isinstance(owner, list) and name in _OF_LISTS:
            return _OF_LISTS[name](owner, *arguments)
        if name in ("backward", "zero_grad", "zero_"):
            raise UnreadError(node, f"{name}() is not run")
        return self._external(node, name, [owner, *arguments], named, True)

    def _external(
        self,
        node: ast.Call,
        name: str,
        arguments: list[Any],
        named: dict[str, Any],
        numeric: bool,
    ) -> Any:
        if name == "isinstance" and len(arguments) == 2 and isinstance(arguments[1], Class):
            kind_of = arguments[1].node.name
            return isinstance(arguments[0], Instance) and arguments[0].name == kind_of
        if name in COUNTING:
            return counted()
        if name in ("set", "sorted"):
            return self._arranged(name, arguments[0])
        if name == "str":
            text = written_out(arguments[0]) if arguments else ""
            return counted() if text is None else text
        if name == "len" and isinstance(arguments[0], Data) and arguments[0].name:
            data_kind = self.machine.shapes.kinds.get(arguments[0].name)
            if data_kind in ("array", "vector", "matrix"):
                arguments = [self.machine.settled(self.machine.with_data(arguments[0]))]
        data = next((a for a in arguments if isinstance(a, Data)), None)
        if data is not None:
            if name not in TWO and name not in PRODUCTS:
                same = name in SAME or (len(arguments) > 1 and name not in FUNCTIONS)
                return data if same else data.part(_how(node), size=name in ("len", "size"))
            arguments = [self.machine.with_data(a) for a in arguments]
        first = arguments[0] if arguments else None
        if isinstance(first, Unshaped) and first.term is None:
            if name in SAME:
                return first
            if name == "len" and (samples := self.evaluator.samples(first, 0)) is not None:
                return samples
            if name in ("reshape", "view"):
                sizes = self._chosen_sizes(arguments[1:])
                told = sizes is not None and not is_target_name(first.base)
                return first.shaped(sizes) if sizes and told else first
        arguments = self._shaped(name, arguments)
        if name in RANDOM:
            return self.machine.free_array(node, _random_shape(name, arguments, named))
        if name in ("zeros", "ones", "empty", "full") and arguments:
            sizes = self._chosen_sizes(arguments[:1])
            if sizes is None:
                return self.machine.unshaped(self.machine.target)
            arguments = [tuple(scalar(Number(n)) for n in sizes), *arguments[1:]]
        if name in ("eye", "identity"):
            sizes = self._chosen_sizes(arguments[:1])
            if sizes is None:
                return self.machine.one_hot(self.machine.target)
            arguments = [scalar(Number(sizes[0]))]
        try:
            found = called(name, arguments, named)
            return self._fewer(found) if name in ("linspace", "arange") else found
        except CallError:
            if name in ("arange", "linspace"):  # between ends that are data's
                return Data()
            raise
        except KeyError:
            if (of := differentiated(name, ONE)) and len(arguments) == 1:
                return self._slope(ONE[of], as_term(arguments[0]))
            made = name[:1].isupper()  # an object of a class from elsewhere
            if numeric or (
                not made
                and (
                    name not in _SPLITTING
                    and any(self.machine.is_own(a) for a in (*arguments, *named.values()))
                )
            ):
                raise UnreadError(node, f"what {name}() gives is not known here") from None
            return Data()

    def _arranged(self, name: str, values: Any) -> Any:
        """A list in order, or each of its numbers once, where all are known."""
        given = self.machine.assignments.given
        found = [*map(given, as_term(values).reshape(-1))] if isinstance(values, list) else []
        known = {n.value for n in found if isinstance(n, Number)}
        if name == "set" and found and all(isinstance(n, Number) for n in found):
            return [scalar(Number(n)) for n in sorted(known)]
        return counted()

    def _fewer(self, points: Term) -> Term:
        """Some of many points at which a program computes the same."""
        count = self.machine.shapes.small(len(points))
        return points[:: len(points) // count][:count] if count else points

    def _slope(self, function: str, at: Term) -> Term:
        """The derivative of a function, at its argument, which what it gives stands for too."""
        recorder, variable = self.machine.recorder, Name("x")
        rule = slope(Call(function, (variable,)), variable)

        def of(element: Expr) -> Expr:
            match recorder.formula(element):
                case Call(inner, (argument,)) if inner == function:
                    element = argument
            return rewrite(rule, lambda node: element if node == variable else None)

        return term(np.frompyfunc(of, 1, 1)(at))

    def _chosen_sizes(self, sizes: list[Any]) -> tuple[int, ...] | None:
        """Sizes, small ones in the place of large ones; None where one of them is not told."""
        if len(sizes) == 1 and isinstance(sizes[0], tuple | list):
            sizes = [*sizes[0]]
        known = [number(s) if isinstance(s, np.ndarray) else None for s in sizes]
        if any(n is None or n < 0 for n in known):
            return None
        return tuple(self.machine.shapes.small(whole(size)) for size in sizes)


def _how(node: ast.Call) -> str:
    """In which way a call takes something of what it is given."""
    return f"{target_name(node.func)}({', '.join(map(ast.dump, node.args[1:]))})"


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
