"""Spelling: what a name's text says by itself, without the document it stands in.

A name in plain form is a base, an index and primes: ``h_{t-1}'`` is h, t−1 and one prime.
"""

from __future__ import annotations

import re

_OLD = re.compile(r"(.+?)_old|(.+?)_current")
_DERIVATIVE = re.compile(r"d([^\W_]\w*?)_d([^\W_]\w*)")


def without_old(name: str) -> str:
    """``w`` for ``w_old`` and ``w_current``; "" for any other name."""
    match = _OLD.fullmatch(name)
    return (match[1] or match[2]) if match else ""


def derivative_named(name: str) -> tuple[str, str] | None:
    """J and a for ``dJ_da``, the name that a program gives to ∂J/∂a; None for any other."""
    match = _DERIVATIVE.fullmatch(name)
    return (match[1], match[2]) if match else None
