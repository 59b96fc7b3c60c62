"""Continuation: which lines of a text belong together.

A line that ends in an operator or inside brackets goes on in the next. One that begins with a
relation or an operator goes on with the last claim above it, never with a given (with − only
where it is set further in); or with an expression that was set and has no value yet. Rows of a
matrix may stand on lines of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import gt

from micrograd_like.worksheet.clauses.cases import begins_case
from micrograd_like.worksheet.tokens.bounds import MAX_ROWS
from micrograd_like.worksheet.tokens.brackets import closing
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.openings import (
    begins_statement,
    is_given,
    is_operator,
    is_relation,
)
from micrograd_like.worksheet.tokens.spelling import is_word
from micrograd_like.worksheet.vocabulary import FUNCTIONS, IF

#: A line that ends in one of these goes on in the next.
_CONTINUES = {"+", "-", "*", "·", "/", "^", "=", "≈", "("}
#: What a line begins with that goes on with the one above.
GOES_ON = {"=", "≈"}
#: So many tokens, with the colon, are the label of an operation: "*-1:".
_LONGEST_LABEL = 4
#: Arrows that may begin a line.
_LEADS = {"→", "⇒", "←"}
_OPERATORS = {"+", "/", "^"}
#: What a term further in begins with: elsewhere it may be the mark of a list.
_SIGNS = {"+", "-"}


def logical_lines(
    lines: Iterable[list[Token]], too_long: list[list[Token]]
) -> Iterator[list[Token]]:
    """The tokens of every statement or run of statements, continuation lines joined.

    Args:
        lines: The tokens line by line.
        too_long: Takes what goes on over more lines than may be read.
    """
    joined = _Joined(too_long)
    for found in lines:
        if found:
            yield from joined.take(found)
    yield from _ended(joined.last)


def _ended(last: list[Token]) -> Iterator[list[Token]]:
    """A statement that goes on no more: what is left open, as w =, is still to be filled in."""
    if last:
        yield [*last, last[-1]._replace(text="?")] if last[-1].text in GOES_ON else last


class _Joined:
    """Lines as they come.

    Attributes:
        last: The tokens of the statement that may still go on.
        claimed: The left side of the last claim.
        asked: A derivative that is set as a question, and has no value yet: d/dx (x²).
        lefts: Names that statements so far begin with.
        lines: On how many lines ``last`` stands.
        too_long: Statements on more lines than may be read.
    """

    def __init__(self, too_long: list[list[Token]]) -> None:
        self.last: list[Token] = []
        self.claimed: list[Token] = []
        self.asked: list[Token] = []
        self.lefts: set[str] = set()
        self.lines = 0
        self.too_long = too_long

    def take(self, found: list[Token]) -> Iterator[list[Token]]:
        """One more line; what it ends comes out."""
        if self.lines > MAX_ROWS:
            self.too_long.append(self.last)
            self.last, self.lines = [], 0
        last = self.last
        self.lines += 1
        if found[0].text in _LEADS:
            found = self._led(found, last)
            if not found:
                return
        related = any(is_relation(t) for t in last)
        if related and not is_given(last):
            self.claimed = _last_left(last)
        if found[0].text in GOES_ON and len(found) > 1:
            left = self._left_for(last, related)
            if left is not None:
                yield last
                last, self.lines = list(left), 1
            if last:
                self.last = last + found
                return
        if begins_statement(found):
            self.lefts.add(found[0].text)
        row = _with_row(last, found)
        if row is not None:
            self.last = row
            return
        if _is_further_case(last, found):
            comma = found[0]._replace(kind="sign", text=",", end=found[0].column)
            self.last = [*last, comma, *found]
            return
        opened = bool(last) and _open(last) and not begins_statement(found)
        if opened or (last and self._goes_on(found, last)):
            self.last = last + found
            return
        yield from _ended(last)
        self.last, self.lines = list(found), 1
        if is_operator(_tail(found)) and not any(is_relation(t) for t in found):
            self.asked = _tail(found)

    def _led(self, found: list[Token], last: Sequence[Token]) -> list[Token]:
        """A line that begins with an arrow: what it leads to is a value, or said of it."""
        rest = found[1:]
        figures = bool(rest) and all(t.kind == "number" or t.text in "[](),;-" for t in rest)
        if not figures or any(is_relation(t) for t in rest):
            return rest
        goes_on = bool(last) and (is_expression(last) or any(map(is_relation, last)))
        return [found[0]._replace(text="="), *rest] if goes_on and not is_given(last) else []

    def _goes_on(self, found: Sequence[Token], last: Sequence[Token]) -> bool:
        """True for a line that goes on with the statement above by how it begins."""
        first = found[0]
        if first.kind != "sign" or len(found) < 2 or not any(map(is_relation, last)):
            return False
        if first.text in GOES_ON:
            return True
        if any(token.text == ":" for token in found[1:_LONGEST_LABEL]):  # "+1: -0.53", a label
            return False
        if first.line == last[-1].line:  # a formula of its own, between the words of a line
            return False
        if first.text in _OPERATORS and not begins_statement(found[1:]):
            return True
        return first.text in _SIGNS and self._is_term(found, last)

    def _is_term(self, found: Sequence[Token], last: Sequence[Token]) -> bool:
        """True for a sign that a further term has; it may also be the mark of a list.

        It is a term's where it is set further in, or below what has no result yet: before a name
        that is not new, as + E2 = 0.51 below E = E1, or before what names nothing, as - 1 = 5.
        """
        further_in = found[0].column > last[0].column
        if _last_statement_is_given(last):  # u = 4 and below it − x = 4 − 0.3, where x is known
            own = begins_statement(found[1:]) and not is_given(found[1:])
            return further_in and own and found[1].text in self.lefts
        waiting = found[0].text != last[0].text and not has_result(last)
        if is_given(found[1:]):
            return waiting and found[1].text in self.lefts
        below = found[0].line == last[-1].line + 1
        return further_in or (waiting and below and self._computes(found[1:]))

    def _computes(self, tokens: Sequence[Token]) -> bool:
        """True for what says no word and begins no statement of its own: 1 = 5."""
        spoken = (t.kind == "name" and is_word(t.text) and len(t.text) > 2 for t in tokens)
        known = (t.text in self.lefts or t.text in FUNCTIONS for t in tokens)
        return not any(map(gt, spoken, known)) and not (
            begins_statement(tokens) or is_operator(tokens)
        )

    def _left_for(self, last: Sequence[Token], related: bool) -> list[Token] | None:
        """What a line beginning with = is about; None for the line right above it."""
        asked, self.asked = self.asked, []
        if asked and last and asked[-1] is not last[-1]:
            return asked
        if related:
            if not _last_statement_is_given(last):
                return None
            own = self.claimed and self.claimed[0].text == last[0].text
            return [] if own else self.claimed
        if is_expression(last):
            self.last[:] = _tail(last)
            return None
        return self.claimed if last else None


def is_expression(tokens: Sequence[Token]) -> bool:
    """True for a line that computes and says no more: no relation, no two words side by side.

    What stands apart without an operator between is a row of fractions over several lines.
    """
    tail = _tail(tokens)
    if any(_apart(a, b) for a, b in pairwise(tail)):
        return False
    words = [t.kind == "name" and is_word(t.text) and len(t.text) > 2 for t in tail]
    computes = any(t.kind == "sign" and t.text in "+-*·/^([√∂" for t in tail)
    return computes and not any(a and b for a, b in pairwise(words))


def _apart(a: Token, b: Token) -> bool:
    """True for operands of one line with a gap between them and no operator."""
    closed = a.kind != "sign" or a.text in (")", "]", "}")
    opens = b.kind != "sign" or b.text in ("(", "[", "{", "√", "∂")
    return a.line == b.line and b.column - a.end >= 2 and closed and opens


def _tail(tokens: Sequence[Token]) -> list[Token]:
    """What stands behind the label of a line."""
    colon = max((i for i, t in enumerate(tokens) if t.text == ":"), default=-1)
    return list(tokens[colon + 1 :])


def _last_left(tokens: Sequence[Token]) -> list[Token]:
    """The left side of the last statement among them, where it begins the line."""
    relation = next((i for i, t in enumerate(tokens) if is_relation(t)), 0)
    several = any(t.text in (",", ";", "|") for t in tokens)
    rule = all(t.kind == "sign" for t in tokens[:relation])  # ── of a fraction
    return [] if several or rule else list(tokens[:relation])


def _last_statement_is_given(tokens: Sequence[Token]) -> bool:
    """True for a line that ends in a given: y = 1, or x = 3, y = 1."""
    comma = max((i for i, t in enumerate(tokens) if t.text in (",", ";")), default=-1)
    return is_given(tokens[comma + 1 :])


def has_result(tokens: Sequence[Token]) -> bool:
    """True for a line that ends in = and a number."""
    behind = tokens[-2:] if len(tokens) < 3 or tokens[-2].text != "-" else tokens[-3:]
    return behind[-1].kind == "number" and is_relation(behind[0])


def _open(tokens: Sequence[Token]) -> bool:
    """True for a line that ends in an operator, or within an array."""
    if tokens[-1].kind == "sign" and tokens[-1].text in _CONTINUES:
        return True
    if tokens[-1].text not in (",", "]", ";"):
        return False
    depth = 0
    for token in tokens:
        depth += (token.text == "[") - (token.text == "]")
    return depth > 0


def _is_further_case(last: Sequence[Token], found: Sequence[Token]) -> bool:
    """True for 0 otherwise, set further in below f(x) = x if x > 0."""
    if not last or found[0].column <= last[0].column or not begins_case(found):
        return False
    case = any(t.text.lower() in IF for t in last)
    return case and any(map(is_relation, last)) and not any(map(is_relation, found))


def _with_row(last: Sequence[Token], found: Sequence[Token]) -> list[Token] | None:
    """W = [1, 2] and the row [3, 4] below it as one matrix; None where they are none."""
    if not last or last[-1].text != "]" or found[0].text != "[":
        return None
    if closing(found).get(0) != len(found) - 1:
        return None
    opening = next((o for o, c in closing(last).items() if c == len(last) - 1), 0)
    if not opening or not is_relation(last[opening - 1]):
        return None
    if _columns(last[opening:]) != _columns(found):
        return None
    before, end = last[opening], found[-1]
    comma = Token("sign", ",", end.line, found[0].column, found[0].column)
    if last[opening + 1].text == "[":
        return [*last[:-1], comma, *found, end]
    outer = before._replace(end=before.column)
    return [*last[:opening], outer, *last[opening:], comma, *found, end]


def _columns(array: Sequence[Token]) -> int:
    """The columns of an array that is written out, a vector or rows; 0 for what is none."""
    row = array[1 : closing(array[1:]).get(0, -1) + 2] if array[1].text == "[" else array
    inner = [t.text for t in row[1:-1]]
    return 0 if "[" in inner or "(" in inner else inner.count(",") + 1
