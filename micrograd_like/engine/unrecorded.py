"""Computing without recording: what comes of an operation is a leaf, as if it were detached."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from micrograd_like.engine.value import COMPILED, Value


class Detached(Value):
    """A number that was computed, without how: what an operation makes inside :func:`no_grad`."""

    __slots__ = ()

    # Operations set these; here that has no effect.
    op = property(lambda self: "", lambda self, given: None)
    inputs = property(lambda self: (), lambda self, given: None)
    partials = property(lambda self: (), lambda self, given: None)

    def backward(self) -> None:
        """Nothing flows back from here.

        Raises:
            ValueError: Always.
        """
        check_recorded(self, "backward")


def check_recorded(output: Value, what: str) -> None:
    """Refuse to differentiate what was computed without its graph.

    Args:
        output: A node.
        what: What was asked for, to begin the sentence with.

    Raises:
        ValueError: It was computed inside :func:`no_grad`.
    """
    if isinstance(output, Detached):
        raise ValueError(
            f"{what}: expected a node with its graph, got {output._data!r}, which was computed "
            "inside no_grad()"
        )


_lock = threading.Lock()
#: The threads that are inside, once for each time.
_inside: list[int] = []


@contextmanager
def no_grad() -> Iterator[None]:
    """Operations give leaves inside it: no graph is kept, and no gradient flows through them.

    It is a decorator, too. Other threads go on recording.

    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.inputs
    (9.0, ())
    """
    thread = threading.get_ident()
    with _lock:
        _inside.append(thread)
        COMPILED["new"] = _new
    try:
        yield
    finally:
        with _lock:
            _inside.remove(thread)
            if not _inside:
                COMPILED["new"] = object.__new__


def _new(kind: type[Value]) -> Value:
    return object.__new__(Detached if threading.get_ident() in _inside else kind)
