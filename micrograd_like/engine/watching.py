"""Finds code that asks a graph for its numbers while it builds it.

Such code may build another graph for other numbers, so that no one graph stands for all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from micrograd_like.engine.value import Value

#: Attributes and methods that give a Value's number, or what depends on it.
_ASKED: tuple[str, ...] = ("item", "__float__", "__int__", "__round__", "__format__")
_ASKED += ("__lt__", "__le__", "__gt__", "__ge__")
_WORDS = {"__float__": "float()", "__bool__": "if", "__eq__": "==", "__format__": "format()"}
_WORDS |= {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">=", "__round__": "round()"}
_WORDS |= {"item": ".item()", "__int__": "int()"}

_lock = threading.RLock()


@contextmanager
def watched_numbers() -> Iterator[list[str]]:
    """A list to which every question for a number is added that this thread asks meanwhile.

    What the package itself asks, to check what it is given, is not among them.
    """
    asked: list[str] = []
    thread = threading.get_ident()

    def note(what: str) -> None:
        if threading.get_ident() == thread:
            asked.append(what)

    def watching(name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        def watcher(self: Value, *arguments: Any) -> Any:
            note(_WORDS[name])
            return answer(self, *arguments)

        return watcher

    with _lock:
        plain: Any = Value.__dict__["data"]

        def read(self: Value) -> Any:
            note(".data")
            return plain.fget(self)

        own = {name: Value.__dict__[name] for name in _ASKED}
        watchers = {name: watching(name, answer) for name, answer in own.items()}
        watchers["__bool__"] = watching("__bool__", lambda self: True)
        watchers["__eq__"] = watching("__eq__", object.__eq__)
        try:
            for name, watcher in watchers.items():
                setattr(Value, name, watcher)
            Value.data = property(read, plain.fset)  # type: ignore[assignment]
            yield asked
        finally:
            Value.data = plain
            for name, answer in own.items():
                setattr(Value, name, answer)
            del Value.__bool__, Value.__eq__  # type: ignore[attr-defined]
