"""Indices that stand beside a name without a mark: xi for x_i, w1,4 for w_{1,4}, w (new).

They are read so where the whole document leaves no doubt, and else left as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from micrograd_like.worksheet.tokens.lexer import Token

#: What may stand for the samples of a sum.
_SAMPLES = {*"xytwzuv", "yhat"}
#: What is set in brackets behind a name, apart from it.
_MARKS = {"new", "old"}
#: How often w1,4 and its like have to stand in a document.
_LEAST = 3


def with_indices(rows: Sequence[list[Token]]) -> list[list[Token]]:
    """The rows with these names as they are elsewhere."""
    names = {token.text for row in rows for token in row if token.kind == "name"}
    found = [*rows]
    if any(name.startswith("Sigma") for name in names):
        ends = {*names, *(name[1:] for name in names)}  # mxi is m times xi
        samples = {base for base in _SAMPLES if f"{base}i" in ends}
        if len(samples) > 1:
            found = [[*_of_samples(row, samples)] for row in found]
    if sum(1 for row in found for _ in _pairs(row)) >= _LEAST:
        found = [_with_pairs(row) for row in found]
    return found if names.isdisjoint(_MARKS) else [_marked(row) for row in found]


def _of_samples(row: Sequence[Token], samples: Set[str]) -> Iterator[Token]:
    """The tokens with x_i for xi, and with m and x_i for mxi."""
    for token in row:
        text, base = token.text, token.text[:-1]
        if token.kind != "name" or text[-1:] != "i":
            yield token
        elif base in samples:
            yield token._replace(text=f"{base}_i")
        elif len(text) > 2 and base[1:] in samples:
            middle = token.column + 1
            yield token._replace(text=base[0], end=middle)
            yield token._replace(text=f"{base[1:]}_i", column=middle)
        else:
            yield token


def _marked(row: list[Token]) -> list[Token]:
    """The row with w_new for w (new)."""
    found: list[Token] = []
    for token in row:
        said = [t.text for t in found[-2:]]
        named = len(found) > 2 and found[-3].kind == "name"
        if named and token.text == ")" and said[0] == "(" and said[1] in _MARKS:
            name = found[-3]
            found[-3:] = [name._replace(text=f"{name.text}_{said[1]}", end=token.end)]
        else:
            found.append(token)
    return found


def _pairs(row: Sequence[Token]) -> Iterator[int]:
    """Where a name with a digit, a comma and another digit stand side by side, outside of calls."""
    depth = 0
    for place, token in enumerate(row) if "," in [token.text for token in row] else ():
        called = place > 0 and row[place - 1].kind == "name"
        if token.text in ("[", "{") or (token.text == "(" and (depth or called)):
            depth += 1
        elif token.text in (")", "]", "}"):
            depth = max(depth - 1, 0)
        elif not depth and token.kind == "name" and _is_pair(row[place : place + 3]):
            yield place


def _is_pair(tokens: Sequence[Token]) -> bool:
    if len(tokens) < 3 or tokens[1].text != "," or tokens[2].kind != "number":
        return False
    name, comma, number = tokens
    tight = name.end == comma.column and comma.end == number.column
    indexed = name.text[-1].isdecimal() and name.text.rstrip("0123456789").isalpha()
    return tight and indexed and number.text.isdecimal() and len(number.text) == 1


def _with_pairs(row: list[Token]) -> list[Token]:
    """The row with w14 for w1,4."""
    found = [*row]
    for place in reversed([*_pairs(row)]):
        name, _, number = row[place : place + 3]
        joined = name._replace(text=name.text + number.text, end=number.end)
        found[place : place + 3] = [joined]
    return found
