"""Cases: 1 if x > 0, else 0; x if x > 0, 0 otherwise; { x, x > 0; 0.01x, x ≤ 0 }.

They are put in one order, that of a if x > 0 else b, before the line is parted into statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.openings import is_relation
from micrograd_like.worksheet.vocabulary import COMPARED, IF, OTHERWISE

#: What is drawn before cases.
_BRACES = {"{", "⎧", "⎨", "⎩"}
#: What a line with cases has.
_BEGINS = _BRACES | IF


def in_cases(tokens: list[Token]) -> tuple[list[Token], bool]:
    """The tokens, cases in their order; without the case where it is one: q = 1 − p if y = 0.

    Returns:
        The tokens, and True where they hold in one case.
    """
    if _BEGINS.isdisjoint([t.text.lower() for t in tokens]):
        return tokens, False
    relation = next((i for i, t in enumerate(tokens) if is_relation(t)), len(tokens))
    head, body = tokens[: relation + 1], tokens[relation + 1 :]
    end = next((i for i, t in enumerate(body) if is_relation(t)), len(body))
    if chosen := _ordered(body[:end]):
        return [*head, *chosen, *body[end:]], False
    for place, token in enumerate(body):
        if token.kind == "name" and token.text.lower() == "if":
            if any(_says(t, {"else"}) for t in body[place:]):
                return tokens, False
            return [*head, *body[:place]], True
    return tokens, False


def begins_case(tokens: Sequence[Token]) -> bool:
    """True for a line that is a further case: 0 otherwise; { 0.01x if x ≤ 0."""
    if _says(tokens[-1], OTHERWISE) or _says(tokens[0], OTHERWISE):
        return True
    drawn = tokens[0].text in _BRACES
    return any(_says(t, IF) for t in tokens) and (drawn or any(map(_compares, tokens)))


def _ordered(body: Sequence[Token]) -> list[Token]:
    """The cases as a if x > 0 else b; none where they are something else."""
    drawn = bool(body) and body[0].text in _BRACES
    end = body[-1].text == "}" if body else False
    inside = [t for t in body[drawn : len(body) - end if drawn else None] if t.text not in _BRACES]
    cases = [*_cases(_parted(inside), drawn)]
    last = cases[-1] if cases else None
    if last is None or len(cases) < 2 or any(c is None or not c[1] for c in cases[:-1]):
        return []
    found: list[Token] = []
    for place, case in enumerate(cases):
        assert case is not None or place == len(cases) - 1
        if case is None or not case[0]:
            return []
        value, condition = case
        if place:
            found.append(value[0]._replace(kind="name", text="else", end=value[0].column))
        found += value
        if place < len(cases) - 1:
            found.append(condition[0]._replace(kind="name", text="if", end=condition[0].column))
            found += condition
    found[-1] = found[-1]._replace(line=body[-1].line, end=body[-1].end)
    return found


#: What a value is, and when; no condition for all other cases.
_Case = tuple[list[Token], list[Token]]


def _cases(pieces: Sequence[list[Token]], drawn: bool) -> Iterator[_Case | None]:
    """The cases that pieces between commas make; None for what is none."""
    waiting: list[Token] = []
    for piece in pieces:
        place = next((i for i, t in enumerate(piece) if _says(t, IF)), None)
        if place is not None:
            value, condition = [*waiting, *piece[:place]], piece[place + 1 :]
            yield (value, condition) if any(map(_compares, condition)) else None
            waiting = []
        elif _says(piece[0], OTHERWISE):
            yield (waiting or piece[1:], [])
            waiting = []
        elif _says(piece[-1], OTHERWISE):
            yield (piece[:-1], [])
        elif waiting and drawn and any(map(_compares, piece)):
            yield waiting, piece
            waiting = []
        elif waiting:
            yield None
        else:
            waiting = piece
    if waiting:
        yield None


def _parted(tokens: Sequence[Token]) -> list[list[Token]]:
    """What stands between commas, and from "otherwise" on, outside of brackets."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
        apart = not depth and token.kind == "sign" and token.text in (",", ";")
        if apart or (not depth and _says(token, OTHERWISE) and _holds_case(pieces[-1])):
            pieces.append([])
        if not apart:
            pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def _holds_case(piece: Sequence[Token]) -> bool:
    return any(_says(token, IF) for token in piece)


def _compares(token: Token) -> bool:
    return token.kind == "sign" and token.text in COMPARED


def _says(token: Token, words: set[str]) -> bool:
    return token.kind == "name" and token.text.lower() in words
