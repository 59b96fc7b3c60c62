"""What a name of a program may stand for beside arrays: functions, classes, what is not known."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

import numpy as np


class UnreadError(Exception):
    """Something that is not read, and where."""

    def __init__(self, node: ast.AST, message: str, shapes: bool = False) -> None:
        super().__init__(message)
        self.node, self.message = node, message
        #: True where it is read, but its operands have shapes that do not fit.
        self.shapes = shapes


class UnknownError(UnreadError):
    """It rests on something that could not be read."""


class LeftError(Exception):
    """A function is left, with what it returns."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


@dataclass(frozen=True)
class External:
    """Something imported, by its dotted name; its last part says what it is."""

    path: str


@dataclass(frozen=True)
class Defined:
    """A function of the program, with what it is bound to."""

    node: ast.FunctionDef | ast.Lambda
    scope: dict[str, Any] = field(compare=False, default_factory=dict)
    owner: Instance | None = field(compare=False, default=None)


@dataclass(eq=False)
class Instance:
    """An object of a class of the program: its methods and attributes."""

    name: str
    methods: dict[str, ast.FunctionDef]
    attributes: dict[str, Any] = field(default_factory=dict)
    made_of: Class | None = None


@dataclass(frozen=True)
class Class:
    """A class of the program."""

    node: ast.ClassDef
    attributes: dict[str, Any] = field(compare=False, default_factory=dict)

    @property
    def methods(self) -> dict[str, ast.FunctionDef]:
        """Its methods by their names."""
        return {n.name: n for n in self.node.body if isinstance(n, ast.FunctionDef)}


@dataclass(eq=False)
class Data:
    """What a program is given from elsewhere, or counts: nothing is differentiated by it.

    Attributes:
        why: That, in words that follow its name.
        name: Of the variable that holds it; "" for what is taken of another.
        size: True for a number of elements.
        array: What stands for it, once it is computed with.
        parts: What is taken of it, by how: the same again where the same is taken.
    """

    why: str = "is data from elsewhere"
    name: str = ""
    size: bool = False
    array: Any = None
    parts: dict[str, Data] = field(default_factory=dict)

    def part(self, how: str, size: bool = False) -> Data:
        """What is taken of it."""
        return self.parts.setdefault(how, Data(self.why, size=size))


def counted() -> Data:
    """What is counted, chosen or compared."""
    return Data("is counted, not differentiated")


class Fields(dict[Any, Any]):
    """A dictionary that the program is given: what stands under a key is a free name."""


def is_made_of(value: Any) -> bool:
    """True for a part of a program, such as a layer or a matrix of weights: no row of data."""
    if isinstance(value, dict):
        return any(isinstance(inner, list) or is_made_of(inner) for inner in value.values())
    if isinstance(value, tuple | list):
        return any(map(is_made_of, value))
    if isinstance(value, np.ndarray):
        return value.ndim > 1
    return isinstance(value, Instance | Defined)


@dataclass(frozen=True)
class Unknown:
    """What a line that could not be read would have given."""

    why: str


@dataclass(frozen=True)
class Method:
    """A method of an array or list: ``x.sum``."""

    owner: Any
    name: str
