"""How much may still be worked out: a bound on operations, not on time."""

from __future__ import annotations

from contextvars import ContextVar, Token


class TooMuchError(Exception):
    """There is more to work out than may be."""


class Effort:
    """Operations that may still be worked out: all inside ``with effort:`` are counted.

    Args:
        most: How many.

    Raises:
        TooMuchError: Inside, when they are used up.
    """

    def __init__(self, most: int) -> None:
        self.most, self.left = most, most
        self._tokens: list[Token[Effort]] = []

    def __enter__(self) -> Effort:
        self._tokens.append(_EFFORT.set(self))
        return self

    def __exit__(self, *_: object) -> None:
        _EFFORT.reset(self._tokens.pop())
        if (around := _EFFORT.get(None)) is not None:
            around.left -= self.used

    @property
    def used(self) -> int:
        """The operations that have been worked out, those of efforts within it too."""
        return self.most - self.left


_EFFORT: ContextVar[Effort] = ContextVar("effort")


def spend(operations: int) -> None:
    """Count operations that are worked out.

    Raises:
        TooMuchError: There are more than the :class:`Effort` around this has left.
    """
    effort = _EFFORT.get(None)
    if effort is not None:
        effort.left -= operations
        if effort.left < 0:
            raise TooMuchError
