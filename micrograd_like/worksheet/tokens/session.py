"""A session in a terminal or a notebook: prompts, and results as they are printed.

>> z = W*x
z =
0.5000
1.1000
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.openings import is_relation

#: What a session, or a quotation, sets before a line.
_PROMPTS = {">", ">>", ">>>", "≫"}
#: Rows that a result may be printed on.
_MOST_ROWS = 60


def with_results(rows: Iterable[list[Token]]) -> Iterator[list[Token]]:
    """The lines without prompts, a result that is printed below one joined to it.

    Several numbers are an array: a column where they stand below each other.
    """
    head: list[Token] = []
    asked = ""
    printed: list[list[Token]] = []
    for whole in rows:
        prompt, row = _prompt(whole)
        answers = prompt in ("", asked.replace("In", "Out")) and len(printed) < _MOST_ROWS
        numbers = _numbers(row) if head and answers else []
        if numbers and (not printed or len(numbers) == len(_numbers(printed[0]))):
            printed.append(row)
            continue
        if head and not row and not printed:  # an empty line before the result
            continue
        yield from _joined(head, printed)
        head, printed = [], []
        if row and (prompt.startswith("In") or (len(row) > 1 and is_relation(row[-1]))):
            head, asked = row, prompt
        else:
            yield row
    yield from _joined(head, printed)


def _prompt(tokens: list[Token]) -> tuple[str, list[Token]]:
    """What a session sets before the line, as In3, Out3, In or nothing, and the line without."""
    if tokens and tokens[0].kind == "name" and not tokens[0].text.startswith(("In", "Out")):
        return "", tokens
    count = 0
    while count < min(3, len(tokens)) and tokens[count].text in _PROMPTS:
        count += 1
    if count:
        return "In", tokens[count:]
    texts = [token.text for token in tokens]
    for name in ("In", "Out"):  # In [3]: and Out[3]:, whose number is an index of the name
        if texts[:2] == [name, "["] and texts[3:5] == ["]", ":"]:
            return name + texts[2], tokens[5:]
        if len(texts) > 1 and texts[1] == ":" and texts[0].removeprefix(name).isdecimal():
            return texts[0], tokens[2:]
    return "", tokens


def _numbers(row: Sequence[Token]) -> list[list[Token]]:
    """The numbers of a row of figures, each with its sign; none where anything else stands."""
    found: list[list[Token]] = []
    signed = False
    for token in row:
        if token.kind == "number":
            if signed:
                found[-1].append(token)
            else:
                found.append([token])
            signed = False
        elif token.text == "-" and not signed:
            found.append([token])
            signed = True
        else:
            return []
    return [] if signed else found


def _joined(head: list[Token], printed: Sequence[list[Token]]) -> Iterator[list[Token]]:
    """A line and what is printed below it: y = x^2 and 4, z = and a column."""
    if not printed:
        yield from [head] if head else []
        return
    rows = [_numbers(row) for row in printed]
    first = rows[0][0][0]
    start = head if is_relation(head[-1]) else [*head, _sign("=", first)]
    if len(rows) == len(rows[0]) == 1:
        yield [*start, *printed[0]]
        return
    items = [_sign("[", first)]
    for place, row in enumerate(rows):
        for column, number in enumerate(row):
            if place or column:
                items.append(_sign("," if column else ";", number[0]))
            items += number
    last = items[-1]
    yield [*start, *items, Token("sign", "]", last.line, last.end, last.end)]


def _sign(text: str, before: Token) -> Token:
    return Token("sign", text, before.line, before.column, before.column)
