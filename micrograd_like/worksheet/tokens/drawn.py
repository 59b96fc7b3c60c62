"""Arrays as they are drawn in plain text, over several lines, and cases beside a tall brace.

    | 1  2 |   | 5 |   | 5 |
W = | 3  0 | · | 0 | = |15 |

One of the lines holds the statement, and every bracket of the others stands above or below one of
its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.vocabulary import RELATIONS

#: What a bracket begins with on one of its lines, and what it ends with there.
_PAIRS = {"[": "]", "|": "|", "⎡": "⎤", "⎢": "⎥", "⎣": "⎦"}
_PAIRS |= {"⎛": "⎞", "⎜": "⎟", "⎝": "⎠", "┌": "┐", "└": "┘"}
#: The lines of a tall brace.
_BRACE = {"⎧", "⎨", "⎩", "⎪"}
#: The most rows that an array has.
_MOST = 12
#: What may stand between two arrays on any line.
_BETWEEN = {"+", "-", "*", "·", "⊙", "@"}
#: What stands in the place of a bracket whose further lines stand elsewhere.
OUT_OF_LINE = "⋮"
_OPERATORS = {"+", "-", "*", "/", "^", "·"}


class _Row(NamedTuple):
    """What stands between two brackets on one line: the columns of these, and the items."""

    column: int
    end: int
    items: list[list[Token]]


class _Alone(NamedTuple):
    """A row that holds brackets alone: these, and the signs between them; or one of a brace."""

    brackets: list[_Row]
    signs: list[Token]


def with_arrays(rows: Sequence[list[Token]]) -> list[list[Token]]:
    """The rows, those over which arrays are drawn as one."""
    alone = [_alone(row) for row in rows]
    found: list[list[Token]] = []
    place = 0
    while place < len(rows):
        joined, count = _drawn_over(rows, alone, place)
        above = found[-1] if found else []
        if count == 1 and alone[place] and _misses(above, joined):
            found[-1] = [t._replace(text=OUT_OF_LINE) if t.text in _PAIRS else t for t in above]
            joined = []
        found.append(_in_brackets(joined) if count == 1 else joined)
        place += count
    return found


def _drawn_over(
    rows: Sequence[list[Token]], alone: Sequence[_Alone | None], place: int
) -> tuple[list[Token], int]:
    """The row that begins at a place, and over how many it is drawn: as many as fit."""
    above = _count(alone, place)
    base = place + above
    below = _count(alone, base + 1) if base < len(rows) and above < _MOST else 0
    for end in range(base + 1 + below, base, -1) if above or below else ():
        joined = _joined(rows[place:end], alone[place:end], above) if end > place + 1 else None
        if joined is not None:
            return joined, end - place
    return rows[place], 1


def _count(alone: Sequence[_Alone | None], place: int) -> int:
    """How many rows from a place on hold brackets alone."""
    return sum(1 for _ in takewhile(lambda row: row is not None, alone[place : place + _MOST]))


def _misses(above: Sequence[Token], row: Sequence[Token]) -> bool:
    """True for brackets that stand below those of a statement, and below none of them exactly."""
    if not row or row[0].text not in _PAIRS or not any(t.text in RELATIONS for t in above):
        return False
    several = sum(token.text in _PAIRS for token in above) > 1
    return several and row[0].line == above[0].line + 1


def _in_brackets(row: list[Token]) -> list[Token]:
    """The row with [0, 2] for |0 2|: numbers side by side are no amount."""
    bars = [place for place, token in enumerate(row) if token.text == "|"]
    if not bars or len(bars) % 2 or not any(token.text in RELATIONS for token in row):
        return row
    found = [*row]
    for start, end in [*zip(bars[::2], bars[1::2], strict=True)][::-1]:
        inside = row[start + 1 : end]
        numbers = all(token.kind == "number" or token.text in "-," for token in inside)
        if numbers and len(_items(inside)) > 1:
            one = _Row(row[start].column, row[end].end, _items(inside))
            found[start : end + 1] = _written([one], one, row[start])
    return found


def _alone(row: Sequence[Token]) -> _Alone | None:
    """What a row holds that has brackets alone, with signs between them; None for another."""
    first = row[0].text if row else ""
    if first in _BRACE:
        return _Alone([], [])
    found: list[_Row] = []
    signs: list[Token] = []
    place = 0
    while place < len(row) and first in _PAIRS:
        one = _bracket(row, place)
        if one is not None:
            found.append(one[0])
            place = one[1]
        elif row[place].text in _BETWEEN and found:
            signs.append(row[place])
            place += 1
        else:
            return None
    return _Alone(found, signs) if found else None


def _bracket(row: Sequence[Token], place: int) -> tuple[_Row, int] | None:
    """The bracket that begins at a place, with what stands behind it; None for none."""
    closing = _PAIRS.get(row[place].text)
    end = next((i for i in range(place + 1, len(row)) if row[i].text == closing), None)
    if closing is None or end is None or end == place + 1:
        return None
    inside = row[place + 1 : end]
    if any(t.text in RELATIONS or t.text in _PAIRS or t.kind == "string" for t in inside):
        return None
    return _Row(row[place].column, row[end].end, _items(inside)), end + 1


def _items(inside: Sequence[Token]) -> list[list[Token]]:
    """The items between two brackets, parted by commas, or else by blanks."""
    commas = any(token.text in (",", ";") for token in inside)
    found: list[list[Token]] = [[]]
    for place, token in enumerate(inside):
        if token.text in (",", ";"):
            found.append([])
            continue
        before = inside[place - 1] if place else None
        apart = before is not None and before.end < token.column and not commas
        if apart and before is not None and _begins_item(before, inside[place:]):
            found.append([])
        found[-1].append(token)
    return [item for item in found if item]


def _begins_item(before: Token, rest: Sequence[Token]) -> bool:
    """True behind a gap for what is no operator between two operands."""
    if before.text in _OPERATORS:
        return False
    signed = rest[0].text == "-" and len(rest) > 1 and rest[0].end == rest[1].column
    return signed or rest[0].text not in _OPERATORS


def _joined(
    block: Sequence[list[Token]], alone: Sequence[_Alone | None], place: int
) -> list[Token] | None:
    """The statement on one of several rows that is drawn over all; None for something else."""
    base = block[place] if place < len(block) else []
    if not base:
        return None
    others = [row for row in alone if row is not None]
    if not all(row.brackets for row in others):
        return None if any(row.brackets for row in others) else _with_cases(block, place)
    drawn = [{one.column: one for one in row.brackets} if row else {} for row in alone]
    columns = {column for row in drawn for column in row}
    if columns == {base[0].column} and all(len(i.items) < 2 for r in drawn for i in r.values()):
        return None  # [1] and [2] number two lines
    found: list[Token] = []
    own = set()
    at = 0
    while at < len(base):
        one = _bracket(base, at) if base[at].column in columns else None
        if one is None:
            found.append(base[at])
            at += 1
            continue
        drawn[place][one[0].column] = one[0]
        own.add(one[0].column)
        array = _array([row.get(one[0].column) for row in drawn], one[0], base[at])
        if array is None or (not at and any(t.kind == "name" for t in array)):
            return None  # |x| and below it |y| = 3
        found += array
        at = one[1]
    if own != columns:
        return None
    for sign in (sign for row in others for sign in row.signs):
        behind = (i for i, t in enumerate(found) if t.column > sign.column)
        found.insert(next(behind, len(found)), sign._replace(line=base[0].line))
    return found


def _array(parts: Sequence[_Row | None], own: _Row, base: Token) -> list[Token] | None:
    """The tokens of an array, of which some rows of the block hold a line each."""
    rows = [row for row in parts if row is not None]
    sizes = {len(row.items) for row in rows}
    if len(sizes) != 1:
        return None
    return _written(rows, own, base)


def _written(rows: Sequence[_Row], own: _Row, base: Token) -> list[Token]:
    """The tokens of an array that is written out in a line."""
    wide = len(rows[0].items) > 1 and len(rows) > 1
    end = base._replace(kind="sign", column=own.end - 1, end=own.end)
    start = end._replace(column=own.column, end=own.column + 1)
    found = [start._replace(text="[")]
    for number, row in enumerate(rows):
        found += [start._replace(text=",")] if number else []
        found += [start._replace(text="[")] if wide else []
        for place, item in enumerate(row.items):
            found += [start._replace(text=",")] if place else []
            found += [token._replace(line=base.line) for token in item]
        found += [end._replace(text="]")] if wide else []
    return [*found, end._replace(text="]")]


def _with_cases(block: Sequence[list[Token]], place: int) -> list[Token] | None:
    """f(x) = { x if x > 0; 0 otherwise of a brace over several lines."""
    base = block[place]
    at = next((i for i, token in enumerate(base) if token.text in _BRACE), None)
    if at is None or any(r[0].column != base[at].column for r in block if r is not base):
        return None
    sign = base[at]._replace(kind="sign", text="{", end=base[at].column)
    found = [*base[:at], sign]
    for number, row in enumerate([*block[:place], base[at:], *block[place + 1 :]]):
        if len(row) > 1:
            found += [sign._replace(text=",")] if number and found[-1] is not sign else []
            found += [token._replace(line=base[at].line) for token in row[1:]]
    return [*found, sign._replace(text="}")]
