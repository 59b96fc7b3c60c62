"""Continuation: which lines of a text belong together.

A line that ends in an operator goes on in the next; one that begins with a relation or an
operator goes on with the last claim above it, never with a given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.worksheet.lexer import Token
from micrograd_like.worksheet.openings import begins_statement, is_given, is_relation
from micrograd_like.worksheet.vocabulary import RELATIONS

#: A line that ends in one of these goes on in the next.
_CONTINUES = {"+", "-", "*", "·", "/", "^", "=", "≈", "("}
#: What a line begins with that goes on with the one above.
GOES_ON = {"=", "≈"}
_OPERATORS = {"+", "/", "^"}


def logical_lines(lines: Sequence[list[Token]]) -> Iterator[list[Token]]:
    """The tokens of every statement or run of statements, continuation lines joined."""
    last: list[Token] = []
    claimed: list[Token] = []  # the left side of the last claim
    for found in lines:
        if not found:
            continue
        if last and not is_given(last):
            claimed = _last_left(last)
        elif last and _goes_on(found, last) and found[0].text in GOES_ON:
            yield last
            last = [*claimed, *found]
            continue
        if (last and _open(last) and not begins_statement(found)) or (
            last and _goes_on(found, last)
        ):
            last += found
        elif last and last[-1].text in GOES_ON:  # left open: w =
            yield [*last[:-1], last[-1], last[-1]._replace(text="?")]
            last = list(found)
        else:
            if last:
                yield last
            last = list(found)
    if last:
        yield last


def _last_left(tokens: Sequence[Token]) -> list[Token]:
    """The left side of the last statement among them, where it begins the line."""
    relation = next((i for i, t in enumerate(tokens) if is_relation(t)), 0)
    several = any(t.text in (",", ";", "|") for t in tokens)
    return [] if several else list(tokens[:relation])


def _goes_on(found: Sequence[Token], last: Sequence[Token]) -> bool:
    first = found[0]
    if first.kind != "sign" or not any(t.text in RELATIONS for t in last):
        return False
    if first.text in GOES_ON:
        return len(found) > 1
    return first.text in _OPERATORS and not begins_statement(found[1:])


def _open(tokens: Sequence[Token]) -> bool:
    return tokens[-1].kind == "sign" and tokens[-1].text in _CONTINUES
