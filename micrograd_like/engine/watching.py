"""Finds code that asks a graph for its numbers while it builds it.

Such code may build another graph for other numbers, so that no one graph stands for all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from micrograd_like.engine.unrecorded import Detached
from micrograd_like.engine.value import Value

#: Methods that give a Value's number, or what depends on it, and how one asks by them.
_METHODS = {"__float__": "float()", "__int__": "int()", "__round__": "round()", "item": ".item()"}
_METHODS |= {"__format__": "format()", "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}
_METHODS |= {"detach": ".detach()", "__copy__": "copy()", "__deepcopy__": "deepcopy()"}
#: Attributes that do.
_ATTRIBUTES = {"data": ".data", "grad": ".grad", "has_grad": ".has_grad"}
_ATTRIBUTES |= {"partials": ".partials, backward() or grad() without create_graph"}
#: Those that a Value has as any object has them.
_INHERITED: dict[str, tuple[str, Callable[..., Any]]] = {
    "__bool__": ("if", lambda self: True),
    "__eq__": ("==", object.__eq__),
}

_lock = threading.RLock()


@contextmanager
def watched_numbers() -> Iterator[list[str]]:
    """A list to which every question for a number is added that this thread asks meanwhile.

    What the package itself asks, to check what it is given, is not among them.
    """
    asked: list[str] = []
    thread = threading.get_ident()
    silent = False

    def note(what: str) -> None:
        if threading.get_ident() == thread and not silent:
            asked.append(what)

    def watching(word: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        def watcher(self: Value, *arguments: Any) -> Any:
            note(word)
            return answer(self, *arguments)

        return watcher

    def holds(self: Value) -> bool:
        """``grad`` looks whether a graph is of now, and what it builds does not depend on that."""
        nonlocal silent
        before, silent = silent, True
        try:
            fresh: bool = own["holds"](self)
            return fresh
        finally:
            silent = before

    with _lock:
        own: Any = {name: Value.__dict__[name] for name in (*_METHODS, *_ATTRIBUTES, "holds")}
        watchers: dict[str, Any] = {"holds": holds}
        for name, word in _METHODS.items():
            watchers[name] = watching(word, own[name])
        for name, word in _ATTRIBUTES.items():
            plain = own[name]
            watchers[name] = property(watching(word, plain.__get__), plain.__set__)
        for name, (word, answer) in _INHERITED.items():
            watchers[name] = watching(word, answer)
        computed = Detached.__dict__["op"]
        try:
            for name, watcher in watchers.items():
                setattr(Value, name, watcher)
            # Whatever is computed without its graph is given its operation in vain.
            Detached.op = property(computed.fget, watching("no_grad()", computed.fset))
            yield asked
        finally:
            Detached.op = computed
            for name, answer in own.items():
                setattr(Value, name, answer)
            for name in _INHERITED:
                delattr(Value, name)
