"""What a program assigns: names, elements, attributes, each version taken down."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Call, Expr, Name, Number, terms
from micrograd_like.formula import names as expr_names
from micrograd_like.ops import ACTIVATIONS
from micrograd_like.worksheet.python.conversions import CallError, as_term, whole
from micrograd_like.worksheet.python.naming import is_gradient_name
from micrograd_like.worksheet.python.scopes import COUNTS
from micrograd_like.worksheet.python.shapes import Unshaped
from micrograd_like.worksheet.python.steps import Step
from micrograd_like.worksheet.python.syntax import target_name
from micrograd_like.worksheet.python.terms import Term, chosen, names_of, numeric, scalar, term
from micrograd_like.worksheet.python.values import Data, Instance, UnknownError, UnreadError
from micrograd_like.worksheet.records import Place
from micrograd_like.worksheet.tokens.spelling import before_renewal

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.machine import Machine


class Assignments:
    """Gives targets their values for a machine, which takes the steps down."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
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
                self.machine.scope[name] = self.stored(name, value, target, node, augmented)
            case ast.Attribute(value=ast.Name(id=owner_name), attr=attribute):
                owner = self.machine.scope.get(owner_name, self.machine.globals.get(owner_name))
                if isinstance(owner, Instance):
                    stored = self.stored(attribute, value, target, node, augmented)
                    owner.attributes[attribute] = stored
                else:
                    name = f"{owner_name}.{attribute}"
                    self.machine.scope[name] = self.stored(name, value, target, node, augmented)
            case ast.Subscript(value=inner, slice=index):
                self._store_part(inner, index, value, node, augmented)
            case _:
                raise UnreadError(target, "expected a name on the left side")

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
        self, base: str, value: Any, target: ast.expr, node: ast.stmt | None, augmented: bool
    ) -> Any:
        """What a variable stands for, once it is assigned a value."""
        if isinstance(value, Data):
            if value.size or base in self.machine.shapes.sizes:
                return self.machine.size()
            self.machine.tell(f"{base} {value.why}")
            return Data(value.why, base) if value.array is None else value.array
        grows = base in self.machine.shapes.lists
        if isinstance(value, list | tuple) and value and _is_numeric(value) and not grows:
            try:
                value = as_term(value)
            except CallError:
                return value
        if isinstance(value, bool | int | float):
            value = as_term(value)
        if not isinstance(value, np.ndarray) or node is None or self.machine.recorder.silent:
            return value
        written = isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Tuple)
        count = base in COUNTS or base in self.machine.shapes.sizes or not (written or augmented)
        if not value.ndim and _is_count(value) and count and isinstance(node, ast.Assign):
            return scalar(Number(self.machine.shapes.small(whole(value))))
        names = names_of(value)
        plain = (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Name)
            and target in node.targets
        )
        own = is_gradient_name(base) or (plain and self._is_computed(names))
        if names is not None and not augmented and not own:
            self.machine.recorder.bind(base, value)  # another name for the same
            return value
        if not augmented and self._is_data(base, value):
            self.machine.tell(f"{base} is taken as data")
            return self.machine.array(base, value.shape)
        if not augmented and _is_random(base, value):
            return self.machine.array(base, value.shape)
        return self.taken(base, value, node, augmented)

    def _is_data(self, base: str, value: Term) -> bool:
        """True for a target that is made up of the data: nothing is differentiated through it."""
        outputs = {t.lower(): o for t, o in self.machine.shapes.like.items()}
        output = outputs.get(base.lower())
        inside = [n for element in value.reshape(-1) for n in expr_names(numeric(element))]
        later = output is not None and output not in self.machine.recorder.current
        return later and value.ndim > 0 and bool(inside) and all(map(self._is_drawn, inside))

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

    def taken(
        self, base: str, value: Term, node: ast.stmt, augmented: bool, misfit: str = ""
    ) -> Term:
        """Take down what a variable is assigned; its new names."""
        place = self.machine.places.of(node)
        formulas = [numeric(e) for e in value.reshape(-1)]
        formulas = self._inner_named(base, value.shape, formulas, place)
        older = self._older(base, value.shape, formulas)
        names = self.machine.recorder.names(base, value.shape, place)
        step = Step(
            place,
            self.machine.places.source(node),
            base,
            value.shape,
            tuple(names.reshape(-1)),
            tuple(formulas),
            older,
            augmented,
            misfit=misfit,
        )
        self.machine.recorder.take(step)
        self.machine.recorder.bind(base, names)
        return names

    def _older(
        self, base: str, shape: tuple[int, ...], formulas: Sequence[Expr]
    ) -> tuple[Name, ...]:
        """The elements that a variable has had: its own, or w's for w_new = w + …."""
        current = self.machine.recorder.current
        if (old := current.get(base)) is not None:
            return tuple(names_of(old) or ()) if old.shape == shape else ()
        before = current.get(before_renewal(base))
        names = names_of(before) if before is not None and before.shape == shape else None
        adds = names and all(("+", n) in terms(f) for n, f in zip(names, formulas, strict=True))
        return tuple(names) if names and adds else ()

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
        names = self.machine.recorder.names(own, shape, place)
        flat = tuple(names.reshape(-1))
        self.machine.recorder.take(Step(place, "", own, shape, flat, tuple(inner), hidden=True))
        self.machine.recorder.bind(own, names)
        outer = [f.function for f in formulas if isinstance(f, Call)]
        return [Call(f, (name,)) for f, name in zip(outer, flat, strict=True)]

    def _store_part(
        self,
        inner: ast.expr,
        index: ast.expr,
        value: Any,
        node: ast.stmt | None,
        augmented: bool,
    ) -> None:
        """Give elements of an array, or what a dictionary or list holds, a value."""
        owner = self.machine.evaluator.value(inner)
        base = target_name(inner)
        if isinstance(owner, Unshaped) and owner.term is None and _is_one(value):
            if isinstance(index, ast.Tuple):
                self.store(inner, self.machine.one_hot(base))
            return
        owner = self.machine.settled(owner)
        if isinstance(owner, Data):
            return
        if isinstance(owner, dict):
            key = self.machine.evaluator.key(index)
            name = key if isinstance(key, str) else f"{base}{key}"
            owner[key] = self.stored(name, value, inner, node, augmented)
            return
        if isinstance(owner, list):
            which = whole(self.machine.evaluator.value(index))
            own = f"{base}{which % len(owner)}"
            owner[which] = self.stored(own, value, inner, node, augmented)
            return
        array = as_term(owner).copy()
        mask = self._mask(index)
        new = as_term(value)
        if mask is not None:
            choose = np.frompyfunc(_chosen_of, 3, 1)
            self.store(inner, term(choose(mask, new, array)), node, True)
            return
        at = self.machine.evaluator.elements.index(index)
        old, formulas = array[at], np.broadcast_to(new, np.shape(array[at]))
        if node is None or self.machine.recorder.silent:
            array[at] = formulas if np.shape(old) else formulas[()]
            self._rebind(inner, base, array)
            return
        if np.shape(old):
            array[at] = formulas
            self.store(inner, array, node, True)
            return
        place = self.machine.places.of(node)
        position = at if isinstance(at, tuple) else (at,)
        position = tuple(p % n for p, n in zip(position, array.shape, strict=True))
        name = self.machine.recorder.name(base, position, place)
        older = (old,) if isinstance(old, Name) else ()
        one = (numeric(formulas.item()),)
        source = self.machine.places.source(node)
        self.machine.recorder.take(
            Step(place, source, base, (), (name,), one, older, True, position)
        )
        array[at] = name
        self._rebind(inner, base, array)

    def _rebind(self, target: ast.expr, base: str, array: Term) -> None:
        self.machine.recorder.bind(base, array)
        self.store(target, array)

    def _mask(self, index: ast.expr) -> Term | None:
        """A condition for every element, where one stands between the brackets."""
        if isinstance(index, ast.Slice | ast.Tuple | ast.Constant | ast.UnaryOp):
            return None
        value = self.machine.evaluator.value(index)
        if not isinstance(value, np.ndarray) or not value.size:
            return None
        first = value.reshape(-1)[0]
        conditions = ("gt", "ge", "lt", "le")
        return value if isinstance(first, Call) and first.function in conditions else None


def _chosen_of(condition: Expr, new: Expr, old: Expr) -> Expr:
    found = chosen(condition, numeric(new), numeric(old))
    if found is None:
        raise CallError("expected a comparison with > >= < <=")
    return found


def _is_random(base: str, value: Term) -> bool:
    """True for numbers that are drawn here, in whatever range."""
    inside = [n.plain for element in value.reshape(-1) for n in expr_names(numeric(element))]
    return bool(inside) and all(plain.startswith(f"{base}_drawn") for plain in inside)


def _is_numeric(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_numeric, value)) and bool(value)
    if isinstance(value, np.ndarray):
        return not value.ndim
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_one(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.size == 1 and value.item() == Number(1)


def _is_count(value: Term) -> bool:
    expr = value.reshape(-1)[0] if value.size == 1 else None
    return isinstance(expr, Number) and expr.value > 0 and float(expr.value).is_integer()
