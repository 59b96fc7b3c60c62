"""What a program's values are taken as: arrays, whole numbers, shapes, axes, texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from micrograd_like.formula import Number
from micrograd_like.worksheet.python.terms import Term, number, scalar

Function = Callable[..., Any]


class CallError(Exception):
    """A function is called in a way that is not read."""


def as_term(value: Any) -> Term:
    """A number, list or array as an array.

    Raises:
        CallError: It is something else.
    """
    match value:
        case np.ndarray():
            return value
        case bool() | int() | float():
            return scalar(Number(int(value) if isinstance(value, bool) else value))
        case list() | tuple():
            parts = [as_term(part) for part in value]
            if len({part.shape for part in parts}) > 1:
                raise CallError("expected rows of one length")
            whole = np.empty((len(parts), *(parts[0].shape if parts else ())), object)
            for place, part in enumerate(parts):
                whole[place] = part if part.ndim else part[()]
            return whole
    raise CallError(f"expected a number or an array, got {kind(value)}")


def kind(value: Any) -> str:
    """What a value is, in words."""
    known = {str: "a text", dict: "a dictionary", type(None): "None"}
    return known.get(type(value), type(value).__name__.lower())


def whole(value: Any) -> int:
    """A whole number.

    Raises:
        CallError: It is none.
    """
    found = number(as_term(value))
    if found is None or found != int(found):
        raise CallError("expected a whole number that is known here")
    return int(found)


def written_out(value: Any) -> str | None:
    """A text or a known number as text."""
    if isinstance(value, str):
        return value
    known = number(value) if isinstance(value, np.ndarray) else None
    return None if known is None else str(known)


def shape_of(*sizes: Any) -> tuple[int, ...]:
    """A shape, given as one tuple or number by number."""
    if len(sizes) == 1 and isinstance(sizes[0], tuple | list):
        sizes = tuple(sizes[0])
    return tuple(whole(size) for size in sizes)


def axis_of(axis: Any) -> Any:
    """An axis, several, or None."""
    if axis is None:
        return None
    return tuple(map(whole, axis)) if isinstance(axis, tuple | list) else whole(axis)


def registering(table: dict[str, Function]) -> Callable[..., Callable[[Function], Function]]:
    """What registers a function in a table, under the names by which programs call it."""

    def named(*names: str) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            table.update(dict.fromkeys(names, function))
            return function

        return register

    return named
