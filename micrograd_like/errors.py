"""The exceptions, and the sentence that proposes a near name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MicrogradLikeError(Exception):
    """Base of every exception that only this package raises."""


class DomainError(MicrogradLikeError, ArithmeticError, ValueError):
    """An operation is not defined, or not finite, where it was asked for.

    It is an ``ArithmeticError`` and a ``ValueError`` too, so that code written for
    ``math.log(0)`` or ``1 / 0`` catches it without knowing this package.
    """


class StaleGraphError(MicrogradLikeError, ValueError):
    """A graph's leaves were given other numbers after it was built: what it holds is old."""


class FormulaError(MicrogradLikeError, ValueError):
    """A formula of the operation table uses something its small language lacks."""


class CompileError(MicrogradLikeError, ValueError):
    """A graph cannot become a tape as it was asked for."""


class WorksheetError(MicrogradLikeError, ValueError):
    """A worksheet as a whole cannot be taken: too large, no text, no such quantity in it."""


class ModelFileError(MicrogradLikeError, ValueError):
    """A saved model or checkpoint is damaged, of another kind, or newer than the program."""


class LessonError(MicrogradLikeError, ValueError):
    """A lesson is unknown, or cannot be given as it was asked for."""


def did_you_mean(name: object, options: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest of ``options``, else ``""``.

    >>> did_you_mean("sigmod", ["relu", "sigmoid"])
    "; did you mean 'sigmoid'?"
    """
    by_lower_case = {option.lower(): option for option in options}
    near = difflib.get_close_matches(str(name).lower(), by_lower_case, n=1)
    return f"; did you mean {by_lower_case[near[0]]!r}?" if near else ""


def printable(text: str) -> str:
    """The text with everything that could act on a terminal escaped.

    >>> len(printable(chr(27))) == len("x1b") + 1
    True
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
