"""Attributes and elements of what expressions of a program stand for."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from micrograd_like.formula import Number
from micrograd_like.worksheet.python.conversions import as_term, kind
from micrograd_like.worksheet.python.library import FUNCTIONS, PRODUCTS, RANDOM, SAME
from micrograd_like.worksheet.python.shapes import Unshaped
from micrograd_like.worksheet.python.syntax import first_text
from micrograd_like.worksheet.python.terms import number, scalar, term
from micrograd_like.worksheet.python.values import (
    Class,
    Data,
    External,
    Fields,
    Instance,
    Method,
    UnreadError,
    counted,
)

if TYPE_CHECKING:
    from micrograd_like.worksheet.python.evaluation import Evaluator

_CONSTANTS = {"pi": math.pi, "e": math.e, "newaxis": None, "inf": math.inf}
_CONSTANTS_OF = {
    name: value if value is None else scalar(Number(value)) for name, value in _CONSTANTS.items()
}


class Elements:
    """Works out attributes and elements for an evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.machine = evaluator, evaluator.machine

    def attribute(self, node: ast.Attribute) -> Any:
        """What an attribute stands for.

        Raises:
            UnreadError: It is not read.
        """
        name = node.attr
        owner = self.machine.attribute_owner(node)
        if owner is not None:
            return self.evaluator.known(node, owner)
        value = self.evaluator.value(node.value)
        if isinstance(value, Unshaped) and value.term is None:
            if name in SAME or name in PRODUCTS or name in ("reshape", "view"):
                return Method(value, name)
            if name == "T":
                return value.turned()
        value = self.machine.settled(value)
        match value:
            case Data() if name in RANDOM:
                return External(f"random.{name}")
            case Data() if name == "T" and value.name:
                return self.machine.with_data(value, "array").turned()
            case Data():
                return value.part(name, size=value.size or name in ("shape", "size"))
            case External(path):
                return _CONSTANTS_OF.get(name, External(f"{path}.{name}"))
            case Class(attributes=attributes) if name in attributes:
                return self.evaluator.known(node, attributes[name])
            case Instance():
                return self.evaluator.known(node, self.machine.attribute(value, name, node))
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

    def subscript(self, node: ast.Subscript, owner: Any, index: ast.expr) -> Any:
        """What an element stands for, or a part.

        Raises:
            UnreadError: It is not read.
        """
        if isinstance(owner, Unshaped) and owner.kind == "onehot" and owner.term is None:
            return owner  # rows of an identity
        owner = self.machine.settled(owner)
        if isinstance(owner, Method):  # one of a table's, such as its rows
            return Data()
        if isinstance(owner, Data) and self._is_array(owner, index):
            owner = self.machine.settled(self.machine.with_data(owner))
        if isinstance(owner, Data):
            return owner.part(ast.dump(index), owner.size)
        if isinstance(owner, dict):
            key = self.evaluator.key(index)
            if isinstance(owner, Fields):
                name = key if isinstance(key, str) else first_text(index) or str(key)
                return owner.setdefault(name, self.machine.free_field(name))
            if key not in owner:
                raise UnreadError(node, f"nothing is stored under {key!r} here")
            return self.evaluator.known(node, owner[key])
        if isinstance(owner, list | tuple):
            if isinstance(index, ast.Slice):
                return owner[self.index(index)]
            found = self.evaluator.value(index)
            if isinstance(found, Data):
                return counted()
            if isinstance(self.machine.assignments.given(as_term(found).item()), Number):
                return self.evaluator.known(node, owner[self.evaluator.whole(index)])
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

    def _is_array(self, data: Data, index: ast.expr) -> bool:
        """True for data of which single rows or numbers are taken."""
        kind = self.machine.shapes.kinds.get(data.name)
        if data.size or kind not in ("list", "array", "vector", "matrix"):
            return False
        plain = isinstance(index, ast.Name) or (
            kind in ("array", "matrix") and isinstance(index, ast.Constant)
        )
        found = self.evaluator.value(index) if plain else None
        return isinstance(found, np.ndarray) and number(found) is not None

    def _labelled(self, node: ast.expr, rows: int) -> None:
        """Let data that stands in an index be a class for each row."""
        if isinstance(node, ast.Name | ast.Attribute):
            labels = self.evaluator.value(node)
            if isinstance(labels, Data):
                labels.array = self.machine.array(labels.name or "labels", (rows,))

    def index(self, node: ast.expr) -> Any:
        """What stands between brackets, as NumPy's index."""
        match node:
            case ast.Tuple(elts=parts):
                return tuple(self.index(part) for part in parts)
            case ast.Slice(lower=lower, upper=upper, step=step):
                ends = (lower, upper, step)
                return slice(*(None if e is None else self.evaluator.whole(e) for e in ends))
        value = self.machine.settled(self.evaluator.operand(node))
        if value is None or value is Ellipsis:
            return value
        indices = as_term(value)
        label = self.machine.assignments.label
        return np.vectorize(label, otypes=[int])(indices) if indices.ndim else label(indices.item())


def _within(index: Any, shape: tuple[int, ...]) -> Any:
    """An index, all of an axis in the place of what lies beyond its end."""
    parts = index if isinstance(index, tuple) else (index,)
    return tuple(
        slice(None) if isinstance(part, slice) and not range(*part.indices(size)) else part
        for part, size in zip(parts, shape, strict=False)
    )
