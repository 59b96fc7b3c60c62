"""Wording: derivatives in words become the tokens of ∂L/∂w before anything else is read."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_like.worksheet.lexer import Token
from micrograd_like.worksheet.vocabulary import RELATIONS

_DERIVATIVES = {"derivative", "gradient", "slope", "partial"}
#: What stands between what is differentiated and what by.
_BY = (
    ("w", ".", "r", ".", "t", "."),
    ("w", ".", "r", ".", "t"),
    ("wrt",),
    ("with", "respect", "to"),
)
_ARTICLES = {"the", "a", "an"}


def in_signs(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with ∂L/∂w for "derivative of L with respect to w", where a relation follows."""
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        derivative = _derivative(tokens, place)
        if derivative is None:
            found.append(tokens[place])
            place += 1
        else:
            signs, place = derivative
            found += signs
    return found


def _derivative(tokens: Sequence[Token], place: int) -> tuple[list[Token], int] | None:
    """The signs for a derivative in words that begins here, and the place behind it."""
    first = tokens[place]
    if first.text.lower() not in _DERIVATIVES:
        return None
    texts = [token.text.lower() for token in tokens]
    at = place + 1
    if texts[place : at + 1] == ["partial", "derivative"]:
        at += 1
    if texts[at : at + 1] != ["of"]:
        return None
    of = _behind_article(texts, at + 1)
    by = next((way for way in _BY if tuple(texts[of + 1 : of + 1 + len(way)]) == way), None)
    if by is None:
        return None
    wrt = _behind_article(texts, of + 1 + len(by))
    behind = tokens[wrt + 1] if wrt + 1 < len(tokens) else None
    related = behind is not None and behind.kind == "sign" and behind.text in RELATIONS
    if not related or tokens[of].kind != "name" or tokens[wrt].kind != "name":
        return None
    above = first._replace(kind="sign", text="∂")
    line, below = tokens[of + 1], tokens[wrt - 1]
    signs = [
        above,
        tokens[of],
        line._replace(kind="sign", text="/"),
        below._replace(kind="sign", text="∂"),
        tokens[wrt],
    ]
    return signs, wrt + 1


def _behind_article(texts: Sequence[str], place: int) -> int:
    """The place of the name that may stand behind an article."""
    return place + (texts[place : place + 1] != [] and texts[place] in _ARTICLES)
