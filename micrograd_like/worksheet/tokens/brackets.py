"""Brackets: which closes which, and the shape of an array that is written out in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from micrograd_like.worksheet.tokens.bounds import MAX_TOKENS
from micrograd_like.worksheet.tokens.lexer import Token

_WRAPPED = {"array", "tensor", "Tensor", "asarray", "matrix"}


def closing(tokens: Sequence[Token]) -> dict[int, int]:
    """The place of the bracket that closes each one."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in "([{":
            stack.append(place)
        elif token.text in ")]}" and stack:
            found[stack.pop()] = place
    return found


def literal_shape(tokens: Sequence[Token], place: int) -> tuple[int, ...]:
    """The shape of the array that is written out here, with commas; () for none.

    What is a factor of something says nothing of the shape of the whole.
    """
    while place < len(tokens) and tokens[place].text in _WRAPPED:
        place += 2
    if place >= len(tokens) or tokens[place].text not in ("[", "("):
        return ()
    depth, inner, counts, commas, rows = 0, 0, [], 0, 1
    for behind, token in enumerate(tokens[place:], place + 1):
        if token.kind != "sign":
            continue
        if token.text in ("(", "[", "{"):
            depth += 1
            inner += depth == 2 and token.text == "["
        elif token.text in (")", "]", "}"):
            depth -= 1
            if not depth:
                if _goes_on(tokens, behind):
                    return ()
                break
            if depth == 1 and token.text == "]" and inner:
                counts.append(commas + 1)
                commas = 0
        elif token.text == ";" and depth == 1 and not inner:
            rows += 1
        elif token.text in (",", ";") and depth == (2 if inner else 1):
            commas += 1
    if rows > 1:
        return (rows, (commas + rows) // rows) if (commas + rows) % rows == 0 else ()
    if depth or not (commas or counts):
        return ()
    if inner:
        return (len(counts), counts[0]) if len(set(counts)) == 1 else ()
    return (commas + 1,)


def _goes_on(tokens: Sequence[Token], place: int) -> bool:
    """True where what stands before is only the first factor or term of a part."""
    if place >= len(tokens):
        return False
    after = tokens[place]
    if after.text == "^" and [t.text for t in tokens[place + 1 : place + 2]] in (["T"], ["⊤"]):
        return False  # a column, as people type it in a line
    if after.kind == "sign":
        return after.text in ("(", "[", "+", "-", "*", "·", "/", "⊙", "@", "^")
    return after.kind in ("number", "power")


def with_rows(lines: Iterable[list[Token]]) -> Iterator[list[Token]]:
    """The lines, those that only go on with the numbers of an open array joined to it."""
    last: list[Token] = []
    for tokens in lines:
        deep = sum((t.text == "[") - (t.text == "]") for t in last) if _opens(last) else 0
        if deep > 0 and tokens and _is_plain(tokens) and len(last) < MAX_TOKENS:
            first, before = tokens[0], last[-1]
            parted = before.text in (",", ";", "[") or first.text == "]"
            sign = "," if first.text == "[" else ";"
            mark = Token("sign", sign, first.line, first.column, first.column)
            last = [*last, *([] if parted else [mark]), *tokens]
            continue
        yield last
        last = tokens
    yield last


def _is_plain(tokens: Sequence[Token]) -> bool:
    """True for numbers and names, and what parts those of an array."""
    return all(t.kind in ("number", "name") or t.text in "[],;-" for t in tokens)


def _opens(tokens: Sequence[Token]) -> bool:
    """True for a line that says what an array is, as W = [1 2."""
    if "[" not in [token.text for token in tokens]:
        return False
    return any(a.text == "=" and b.text == "[" for a, b in pairwise(tokens))


def separated(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with commas where only blanks part what an array holds: [0.1 -0.3], [w1 w2]."""
    if "[" not in [token.text for token in tokens]:
        return [*tokens]
    closes = closing(tokens)
    behind = {place for opening, end in closes.items() for place in _gaps(tokens, opening, end)}
    found: list[Token] = []
    for place, token in enumerate(tokens):
        found.append(token)
        if place in behind:
            found.append(Token("sign", ",", token.line, token.end, token.end))
    return found


def _gaps(tokens: Sequence[Token], opening: int, end: int) -> list[int]:
    """The places behind which an item of a [] ends, where it holds numbers, names or rows alone.

    Names are items of what a name is said to be, as in W = [w11 w12]; elsewhere they are factors.
    """
    if tokens[opening].text != "[":
        return []
    said = opening and tokens[opening - 1].text == "=" and end == len(tokens) - 1
    items = ("number", "name") if said else ("number",)
    gaps: list[int] = []
    place, row = opening + 1, tokens[opening + 1].text == "["
    closes = closing(tokens[opening + 1 : end]) if row else {}
    while place < end:
        if row:
            last = closes.get(place - opening - 1)
            if tokens[place].text != "[" or last is None:
                return []
            place = last + opening + 1
        else:
            if tokens[place].text == ";" and gaps:  # [1 2; 3 4]
                gaps.pop()
                place += 1
            place += tokens[place].text == "-" and tokens[place].end == tokens[place + 1].column
            if tokens[place].kind not in items:
                return []
        gaps.append(place)
        place += 1
    return gaps[:-1]
