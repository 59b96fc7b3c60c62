"""Layout: what is only drawn or noted on a line is left out, before anything is read.

Rules (====), boxes and rows of a table say nothing; nor does a tick behind a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.vocabulary import RELATIONS

#: Characters that a rule or a box is drawn with.
_DRAWN = set("=-_*~+|#:.") | set("┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╭╮╰╯")
_CORNERS = set("┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╭╮╰╯\\╲╱")
_BRACKETS = set("()[]{}")
#: So many of one sign side by side are a rule.
_RULE = 3
#: Columns that set apart what is no argument.
_APART = 2
#: What is set behind a result when it is checked off.
_TICKS = set("✓✔✅☑✗✘❌!∎■□⚠")
#: What else is left out of a line that does not begin with a sign.
_MARKS = {*_TICKS, *_CORNERS, "←"}


def laid_out(tokens: Sequence[Token]) -> list[Token]:
    """The tokens of a line without rules, the bars of a box and ticks; none for a drawing."""
    tokens = _without_sizes(tokens)
    if tokens and tokens[0].kind != "sign" and _MARKS.isdisjoint([t.text for t in tokens]):
        return [*tokens]
    row = _without_remark(_without_rules(tokens))
    signs = {token.text for token in row if token.kind == "sign"}
    if _only_drawn(row) or signs & _CORNERS or ("-" in signs and _holds_line(row)):
        return []
    while row and row[-1].text in _TICKS:
        row = row[:-1]
    return [t for i, t in enumerate(row) if t.text not in _TICKS or not _noted(row, i)]


def _without_remark(row: Sequence[Token]) -> list[Token]:
    """The row before an arrow that points back at what was said: q = 3  ← small."""
    for place, token in enumerate(row):
        behind = any(t.text in RELATIONS or t.text == "|" for t in row[:place])
        if token.text == "←" and behind and not _is_assigned(row, place):
            return list(row[:place])
    return list(row)


def _is_assigned(row: Sequence[Token], place: int) -> bool:
    """True for the second arrow of w ← w − g, b ← 3: a name stands before it, set apart."""
    before, further = row[place - 1], row[place - 2].text if place > 1 else ","
    if before.kind != "name" or further in (",", ";"):
        return before.kind == "name"
    again = before.text in [token.text for token in row[place + 1 :]]
    return again and (further in (":", ".", "→", "⇒") or further.isalpha())


def _without_sizes(row: Sequence[Token]) -> Sequence[Token]:
    """The row before sizes that are set apart behind a formula: z = W @ x   (3, 2) @ (2, 1)."""
    for place in range(3, len(row) - 3):
        token, before = row[place], row[place - 1]
        if token.text != "(" or token.column - before.end < _APART:
            continue
        inside = [t.text for t in row[place + 1 : place + 5]]
        sized = inside[1:2] == [","] and (inside[2] == ")" or inside[3:] == [")"])
        small = all(len(text) < 4 for text in (inside[0], inside[2]))
        closed = before.kind != "sign" or before.text in (")", "]", "ᵀ")
        if sized and small and closed and any(t.text in RELATIONS for t in row[:place]):
            return row[:place]
    return row


def _noted(row: Sequence[Token], place: int) -> bool:
    """True for a tick between two statements, or before the words about it."""
    after = row[place + 1]
    return after.text in (")", ",", ";", "|") or after.kind == "name"


def _without_rules(tokens: Sequence[Token]) -> list[Token]:
    """The row without === on both sides, and without the | of a box on both ends."""
    row = list(tokens)
    start = _run(row, _RULE) or (_run(row, 2) if _run(row[::-1], _RULE) else 0)
    row = row[start:]
    if start:
        end = _run(row[::-1], _RULE)
        row = row[: len(row) - end]
    if len(row) > 2 and row[0].text == row[-1].text == "|":
        return [_parted(row, i) for i in range(1, len(row) - 1)]
    return row


def _parted(row: Sequence[Token], place: int) -> Token:
    """The token, and ; for the bar between two cells of a table."""
    token = row[place]
    return token._replace(text=";") if token.text == "|" and _apart(row, place) else token


def _run(row: Sequence[Token], least: int) -> int:
    """How many tokens at the beginning are one rule, at least so wide: ==== or ----."""
    count = width = 0
    for token in row:
        drawn = token.kind == "sign" and token.text in _DRAWN and token.text == row[0].text
        if not drawn or (count and not _beside(row[count - 1], token)):
            break
        count += 1
        width += token.end - token.column
    return count if width >= least and (count > 1 or width == 2) else 0


def _holds_line(row: Sequence[Token]) -> bool:
    """True for a picture: a line of dashes leads from one thing on it to another."""
    width, begins = 0, False
    for before, token in pairwise(row):
        begins = begins if width else before.kind != "sign" or before.text in (")", ">", "|", "*")
        width = width + 1 if token.text == "-" else 0
        if begins and width > _RULE:
            return True
    return False


def _beside(a: Token, b: Token) -> bool:
    return a.end == b.column or b.end == a.column


def _only_drawn(row: Sequence[Token]) -> bool:
    """True for signs alone that are no bracket of an array and no relation set apart."""
    if any(token.kind != "sign" or token.text in _BRACKETS for token in row):
        return False
    return len(row) > 1 and sum(token.end - token.column for token in row) >= _RULE


def is_cells(row: Sequence[Token]) -> bool:
    """True for a row of a table: cells between bars, or numbers set apart, and no relation."""
    if any(token.kind == "sign" and token.text in RELATIONS for token in row):
        return False
    bars = [i for i, token in enumerate(row) if token.text == "|"]
    if len(bars) > 1 or any(_apart(row, i) for i in bars):
        return True
    figures = all(t.kind == "number" or t.text in ("-", "+", "…") for t in row)
    apart = [a for a, b in pairwise(row) if a.kind == "number" and b.column > a.end]
    return figures and len(apart) > 0 and all(a.kind == "number" for a in apart)


def _apart(row: Sequence[Token], place: int) -> bool:
    """True for a sign between two others, with blanks on both sides."""
    if not 0 < place < len(row) - 1:
        return False
    before, after = row[place - 1], row[place + 1]
    return before.end < row[place].column and row[place].end < after.column
