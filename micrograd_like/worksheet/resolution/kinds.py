"""Kinds: whether a statement gives, defines or updates its left side, or claims something of it.

A new name with a single number is *given*; a new name with an expression is *defined*, and
its first part builds the graph; everything else a line says is a *claim*. A line that
defines a primed name from the unprimed one and a derivative is an *update*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from micrograd_like.formula import Derivative, Name, derivatives, names_in
from micrograd_like.worksheet.records import Kind, Statement
from micrograd_like.worksheet.tokens.spelling import before_renewal


def kind_of(read: Statement, builds: int, older: Mapping[Name, Name]) -> Kind:
    """The kind of a statement.

    Args:
        read: The statement.
        builds: Which of its parts gives the left side its value; −1 for none.
        older: For every later version of a name the one before.
    """
    if builds < 0 or read.subject is not None or isinstance(read.left, Derivative):
        return "claim"
    part = read.parts[builds]
    if part.number is not None:
        return "given"
    if derivatives(part.expr):
        named = {*names_in(part.expr)}
        if any(renewed in named for renewed in renewable(read.left, older)):
            return "update"
    return "definition"


def renewable(name: Name, older: Mapping[Name, Name]) -> Iterator[Name]:
    """The names that one may renew, the newest first: w' and w for w'', w for w_new."""
    while name in older:
        name = older[name]
        yield name
    while before := before_renewal(name):
        name = Name(before)
        yield name
