"""Fractions as they are drawn in plain text: a line above, a rule, and a line below.

dg     e^(-s)
-- = ------------
ds   (1 + e^(-s))^2
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from micrograd_like.worksheet.tokens.lexer import Token

#: The least width of a rule, and how far what stands above it may reach beyond its ends.
_LEAST, _BEYOND = 2, 2


class _Rule(NamedTuple):
    """The tokens of a rule by their places in the row, and the columns that it takes."""

    first: int
    last: int
    column: int
    end: int


def with_fractions(rows: Sequence[list[Token]]) -> list[list[Token]]:
    """The rows, each three that draw fractions as one."""
    found: list[list[Token]] = []
    place = 0
    while place < len(rows):
        row = _joined(*rows[place : place + 3]) if place + 2 < len(rows) else None
        found.append(rows[place] if row is None else row)
        place += 1 if row is None else 3
    return found


def _joined(above: list[Token], middle: list[Token], below: list[Token]) -> list[Token] | None:
    """The row that three draw; None where they draw none."""
    if len(middle) < _LEAST or not above or not below:
        return None
    rules = _rules(middle)
    if not rules or (len(middle) == sum(r.last - r.first + 1 for r in rules) and len(rules) == 1):
        return None  # a rule alone parts a text
    tops, bottoms = _under(above, rules), _under(below, rules)
    if tops is None or bottoms is None:
        return None
    found: list[Token] = []
    place = 0
    for rule, top, bottom in zip(rules, tops, bottoms, strict=True):
        found += middle[place : rule.first]
        place = rule.last + 1
        found += _fraction(middle[rule.first], rule, top, bottom)
    return [*found, *middle[place:]]


def _rules(row: Sequence[Token]) -> list[_Rule]:
    """The runs of dashes set side by side."""
    found: list[_Rule] = []
    start = None
    for place, (token, after) in enumerate(pairwise([*row, row[-1]._replace(text="")])):
        if token.text != "-":
            continue
        start = place if start is None else start
        if after.text != "-" or after.column > token.end:
            if place - start + 1 >= _LEAST:
                found.append(_Rule(start, place, row[start].column, token.end))
            start = None
    return found


def _under(row: Sequence[Token], rules: Sequence[_Rule]) -> list[list[Token]] | None:
    """What stands above or below each rule; None where something stands elsewhere."""
    found: list[list[Token]] = [[] for _ in rules]
    for token in row:
        for rule, inside in zip(rules, found, strict=True):
            if rule.column - _BEYOND <= token.column and token.end <= rule.end + _BEYOND:
                inside.append(token)
                break
        else:
            return None
    return found if all(found) else None


def _fraction(
    sign: Token, rule: _Rule, above: Sequence[Token], below: Sequence[Token]
) -> list[Token]:
    """The tokens of a quotient; a derivative stays one."""
    single = all(len(part) == 1 + (part[0].text == "∂") for part in (above, below))
    start = sign._replace(end=sign.column)
    end = sign._replace(column=rule.end, end=rule.end)
    opening, closing = ([] if single else [start._replace(text="(")]), end._replace(text=")")
    over, under = ([t._replace(line=sign.line) for t in part] for part in (above, below))
    if single:
        return [*over, end._replace(text="/"), *under]
    return [*opening, *over, closing, end._replace(text="/"), *opening, *under, closing]
