"""Openings: what a run of tokens begins with, told from their kinds alone.

Each token is one character: n for a name, # a number, p a power, R another relation than
=, ≈ and ←, and a sign for itself. The patterns are over these, not over what was written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from micrograd_like.worksheet.lexer import Token
from micrograd_like.worksheet.spelling import is_word
from micrograd_like.worksheet.vocabulary import CONNECTIVES, RELATIONS, SECTIONS

#: Tokens before a relation that are looked at to tell whether a statement begins.
AHEAD = 14
_KINDS = {"name": "n", "number": "#", "power": "p"}
_LEFT = re.compile(r"(?:[∂n]n?\^?p?#?n?/∂?n\^?p?#?|∂p?n?/∂n|n(?:\([n#,]*\))?|n\.n)[=≈←R]")
_OPERATOR = re.compile(r"[∂n](?:p|\^#)?/")
_GIVEN = re.compile(r"n[=←][-+]?#")
_NUMBERING = re.compile(r"([#n]\))|(\([#n]\))|#")


def begins_statement(tokens: Sequence[Token]) -> bool:
    """True for tokens that begin with a quantity and a relation: name =, dA/dB =, f(x) =."""
    return _LEFT.match(_kinds(tokens[:AHEAD])) is not None


def is_given(tokens: Sequence[Token]) -> bool:
    """True for a name and its number, and nothing else."""
    return _GIVEN.fullmatch(_kinds(tokens[:AHEAD])) is not None


def is_operator(tokens: Sequence[Token]) -> bool:
    """True for tokens that begin with a derivative that is to be taken, as d/dx or ∂/∂x."""
    sign = bool(tokens) and tokens[0].text in ("d", "∂")
    return sign and _OPERATOR.match(_kinds(tokens[:AHEAD])) is not None


def is_heading(tokens: Sequence[Token]) -> bool:
    """True for a line that begins another problem, as Example 2: or Function:."""
    if not tokens or tokens[0].text.lower() not in SECTIONS:
        return False
    return len(tokens) == 1 or tokens[1].text == ":" or tokens[1].kind == "number"


def is_relation(token: Token) -> bool:
    """True for =, ≈, ← and their like."""
    return token.kind == "sign" and token.text in RELATIONS


def remarked(left: Sequence[Token]) -> int:
    """The place of the bracket in which a left side ends, where it holds words alone.

    They say what the name before them is, y (true label), or are the name that the words
    before them describe, learning rate (eta). 0 for none.
    """
    if len(left) < 4 or left[-1].text != ")":
        return 0
    opening = next((i for i in range(len(left) - 1, 0, -1) if left[i].text == "("), 0)
    inside, before = left[opening + 1 : -1], left[:opening]
    if not opening or not inside or any(t.kind != "name" for t in (*inside, *before)):
        return 0
    if len(inside) == 1:
        words = [is_word(t.text) or t.text.lower() in CONNECTIVES for t in before]
        return opening if len(words) > 1 and all(words) else 0
    return opening if sum(is_word(t.text) for t in inside) > 1 else 0


def is_bullet(tokens: Sequence[Token]) -> bool:
    """True for a sign that stands apart from what follows it: - x = 2."""
    return (
        len(tokens) > 1 and tokens[0].text in ("-", "*", "·") and tokens[0].end < tokens[1].column
    )


def numbering(tokens: Sequence[Token]) -> int:
    """How many tokens number the line: 1), a), (2), 3.; 0 for none."""
    match = _NUMBERING.match(_kinds(tokens[:4]))
    if match is None:
        return 0
    if match[1]:
        return 2 if len(tokens) > 2 and len(tokens[0].text) <= 2 else 0
    if match[2]:
        return 3 if begins_statement(tokens[3:]) else 0
    return 1 if tokens[0].text.endswith(".") and begins_statement(tokens[1:]) else 0


def _kinds(tokens: Sequence[Token]) -> str:
    """The tokens as one character each."""
    return "".join(
        _KINDS.get(t.kind) or ("R" if t.text in RELATIONS - {"=", "≈", "←"} else t.text[:1])
        for t in tokens
    )
