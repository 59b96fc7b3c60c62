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


class FormulaError(MicrogradLikeError, ValueError):
    """A formula of the operation table uses something its small language lacks."""


def did_you_mean(name: object, options: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest of ``options``, else ``""``.

    >>> did_you_mean("sigmod", ["relu", "sigmoid"])
    "; did you mean 'sigmoid'?"
    """
    near = difflib.get_close_matches(str(name), list(options), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
