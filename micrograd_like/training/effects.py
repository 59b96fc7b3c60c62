"""What a function leaves behind when it is called: a counter, a list that grows, drawn numbers.

Looked at is what Python can reach from it by names: the variables that it closes over, the
globals that it mentions, the attributes of its object and of the object's class, its defaults;
functions of the user's own that it finds there, likewise. What is kept elsewhere, as in a module
or a file, is not seen.
"""

from __future__ import annotations

import inspect
import random
import sys
from collections.abc import Iterator, Mapping, Set
from functools import partial
from itertools import islice
from types import (
    BuiltinMethodType,
    CodeType,
    FunctionType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

import numpy as np

from micrograd_like.engine import Value

#: So many items of a container are looked at, and so many things in all.
_ITEMS, _THINGS = 64, 20_000
#: Functions and classes of these packages keep nothing, though their objects may.
_KNOWN = {"micrograd_like", "numpy", *sys.stdlib_module_names}
#: A whole number beyond this is not written out.
_LARGE = 10**18

Kept = list[tuple[str, str]]


def kept_by(**roots: object) -> Kept:
    """The numbers, texts and sizes that the functions can reach, each with its name."""
    found: Kept = [
        ("the state of random", repr(random.getstate())),
        ("the state of numpy.random", _state(np.random.get_state())),
    ]
    stack = [*roots.items()]
    seen: set[int] = set()
    while stack and len(seen) < _THINGS:
        name, thing = stack.pop()
        if thing is None or isinstance(thing, bool | int | float | complex | str | bytes):
            found.append((name, _written(thing)))
        elif id(thing) not in seen and not isinstance(thing, Value | ModuleType):
            seen.add(id(thing))
            size, parts = _inside(name, thing)
            found += [(name, size)] if size else []
            stack += parts
    return found


def _written(thing: Any) -> str:
    """A number or a text; Python writes no large whole number with decimal digits."""
    return hex(thing) if isinstance(thing, int) and abs(thing) > _LARGE else repr(thing)


def _state(state: Any) -> str:
    """The state of NumPy's older generators, whose numbers NumPy would write one by one."""
    parts = state if isinstance(state, tuple) else (state,)
    return repr([part.tobytes() if isinstance(part, np.ndarray) else part for part in parts])


def difference(before: Kept, after: Kept) -> str | None:
    """What changed first, in words."""
    for (name, then), (_, now) in zip(before, after, strict=False):
        if then != now:
            short = all(len(text) <= 40 for text in (then, now))
            return f"{name} went from {then} to {now}" if short else f"{name} changed"
    return None


def _inside(name: str, thing: Any) -> tuple[str, list[tuple[str, Any]]]:
    """A thing's size, or how it looks, and what is in it."""
    if isinstance(thing, Mapping):
        items = islice(thing.items(), _ITEMS)
        return f"{len(thing)} entries", [(f"{name}[{key!r}]", part) for key, part in items]
    if isinstance(thing, list | tuple):
        return f"{len(thing)} items", [(f"{name}[{n}]", x) for n, x in enumerate(thing[:_ITEMS])]
    if isinstance(thing, Set):
        return f"{len(thing)} members", []
    if inspect.isgenerator(thing):
        return repr(inspect.getgeneratorlocals(thing)), []
    if isinstance(thing, Iterator):
        return repr(thing), []
    if isinstance(thing, random.Random):
        return repr(thing.getstate()), []
    if isinstance(thing, np.random.RandomState):
        return _state(thing.get_state()), []
    if isinstance(thing, np.random.Generator):
        return repr(thing.bit_generator.state), []
    if isinstance(thing, np.ndarray):
        return repr(thing.tolist()) if thing.size <= _ITEMS else "", []
    if isinstance(thing, MethodType | BuiltinMethodType):
        return "", [(name, getattr(thing, "__func__", None)), (name, thing.__self__)]
    if isinstance(thing, partial):
        return "", [(name, thing.func), (name, thing.args), (name, thing.keywords)]
    if isinstance(thing, FunctionType):
        return "", [] if _is_known(thing) else [*_named_in(thing)]
    parts = [(f"{name}.{key}", part) for key, part in getattr(thing, "__dict__", {}).items()]
    for kind in type(thing).__mro__:
        for key, part in () if _is_known(kind) else vars(kind).items():
            in_slot = isinstance(part, MemberDescriptorType)
            parts.append((f"{kind.__name__}.{key}", getattr(thing, key, None) if in_slot else part))
    return "" if parts or isinstance(thing, type) else repr(thing), parts


def _named_in(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """What a function finds by name: what it closes over, globals, defaults, attributes."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:  # not set yet
            continue
    yield f"the defaults of {function.__name__}", function.__defaults__
    yield f"the defaults of {function.__name__}", function.__kwdefaults__
    for name, part in vars(function).items():
        yield f"{function.__name__}.{name}", part
    for name in _names(function.__code__):
        if name in function.__globals__:
            yield name, function.__globals__[name]


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _is_known(thing: Any) -> bool:
    return str(thing.__module__).partition(".")[0] in _KNOWN
