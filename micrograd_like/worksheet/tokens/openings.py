"""Openings: what a run of tokens begins with, told from their kinds alone.

Each token is one character: n for a name, # a number, p a power, R another relation than
=, ≈ and ←, and a sign for itself. The patterns are over these, not over what was written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import is_word
from micrograd_like.worksheet.vocabulary import CONNECTIVES, COUNTED, RELATIONS, SECTIONS, SUPPOSES

#: Tokens before a relation that are looked at to tell whether a statement begins.
AHEAD = 14
_KINDS = {"name": "n", "number": "#", "power": "p"}
_OTHERS = dict.fromkeys(RELATIONS - {"=", "≈", "←"}, "R")
_LEFT = re.compile(r"(?:[∂n]n?\^?p?#?n?/∂?n\^?p?#?|∂p?n?/∂n|n(?:\([n#,]*\))?|n\.n)[=≈←R]")
_OPERATOR = re.compile(r"[∂n](?:p|\^#)?/")
#: Words that are cut short by a full stop.
_SHORTENED = {"eq", "eqn", "eqs", "fig", "sec", "ch", "vs", "cf", "approx", "resp", "no", "ca"}
_GIVEN = re.compile(r"n[=←][-+]?#")
#: Numbers in circles, that number lines.
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳❶❷❸❹❺❻❼❽❾❿"
_NUMBERING = re.compile(r"([#n]\))|(\([#n]\)|\[#\])|#")


def begins_statement(tokens: Sequence[Token]) -> bool:
    """True for tokens that begin with a quantity and a relation: name =, dA/dB =, f(x) =."""
    # Most runs that are looked at begin with a number or an operator.
    begins = bool(tokens) and _kinds(tokens[:1]) in ("n", "∂")
    return begins and _LEFT.match(_kinds(tokens[:AHEAD])) is not None


def is_given(tokens: Sequence[Token]) -> bool:
    """True for a name and its number, and nothing else."""
    return 2 < len(tokens) < 5 and _GIVEN.fullmatch(_kinds(tokens)) is not None


def is_operator(tokens: Sequence[Token]) -> bool:
    """True for tokens that begin with a derivative that is to be taken, as d/dx or ∂/∂x."""
    sign = bool(tokens) and tokens[0].text in ("d", "∂")
    return sign and _OPERATOR.match(_kinds(tokens[:AHEAD])) is not None


def is_heading(tokens: Sequence[Token]) -> bool:
    """True for a line that begins another problem, as Example 2: or Function:."""
    if not tokens or tokens[0].text.lower() not in SECTIONS:
        return False
    if len(tokens) == 1 or tokens[1].text == ":" or tokens[1].kind == "number":
        return True
    return len(tokens) > 2 and len(tokens[1].text) == 1 and tokens[2].text in (":", ")", ".")


def is_condition(tokens: Sequence[Token]) -> bool:
    """True for a line that begins with the case it is about: For x = 2:, At w = 0.8, z = 0:."""
    start = 0
    while start < len(tokens) and tokens[start].text.lower() in SUPPOSES:
        start += 1
    if not start and ":" not in [token.text for token in tokens[:AHEAD]]:
        return False
    given = _GIVEN.match(_kinds(tokens[start : start + AHEAD]))
    if given is None:
        return False
    after = tokens[start + given.end() : start + given.end() + 1]
    return start > 0 or (bool(after) and after[0].text == ":")


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


def ends_sentence(tokens: Sequence[Token], place: int) -> bool:
    """True for a full stop behind which another sentence begins; none is that of w.r.t. or Eq."""
    if tokens[place].text != "." or tokens[place].kind != "sign" or not place:
        return False
    before, behind = tokens[place - 1], tokens[place + 1 : place + 2]
    tight = before.end == tokens[place].column and before.line == tokens[place].line
    apart = not behind or behind[0].column > tokens[place].end or behind[0].line > before.line
    letter = place > 1 and len(before.text) == 1 and tokens[place - 2].text == "."
    return tight and apart and not letter and before.text.lower() not in _SHORTENED


def is_bullet(tokens: Sequence[Token]) -> bool:
    """True for a sign that stands apart from what follows it: - x = 2."""
    return (
        len(tokens) > 1 and tokens[0].text in ("-", "*", "·") and tokens[0].end < tokens[1].column
    )


def unnumbered(tokens: list[Token], bullets: bool = False) -> list[Token]:
    """The line without what numbers it: 1), a), (2), 3., Step 1:, a bullet.

    Args:
        tokens: Those of the line.
        bullets: Whether a sign alone is one in this document, whatever stands behind it.
    """
    if is_bullet(tokens) and (bullets or begins_statement(tokens[1:])):
        return unnumbered(tokens[1:])
    return tokens[numbering(tokens) :]


def numbering(tokens: Sequence[Token]) -> int:
    """How many tokens number the line: 1), a), (2), [2], 3.; 0 for none."""
    match = _NUMBERING.match(_kinds(tokens[:3]))
    if match is None:
        circled = bool(tokens) and tokens[0].text in _CIRCLED and tokens[0].kind == "fraction"
        return 1 if circled else _counted(tokens)
    if match[1]:
        return 2 if len(tokens) > 2 and len(tokens[0].text) <= 2 else 0
    if match[2]:
        return 3 if begins_statement(tokens[3:]) else 0
    return 1 if tokens[0].text.endswith(".") and begins_statement(tokens[1:]) else 0


def _counted(tokens: Sequence[Token]) -> int:
    """How many tokens say which step or problem the line is: Step 4, Problem 2.; 0 for none."""
    if len(tokens) < 2 or tokens[1].kind != "number":
        return 0
    if tokens[0].text.lower() not in COUNTED | SECTIONS:
        return 0
    if len(tokens) == 2 or tokens[1].text.endswith("."):
        return 2
    behind = tokens[2]
    colon = behind.text in (":", ".", "-")
    return 2 + colon if colon or behind.text == "(" else 0


def _kinds(tokens: Sequence[Token]) -> str:
    """The tokens as one character each."""
    return "".join([_KINDS.get(t.kind) or _OTHERS.get(t.text) or t.text[:1] for t in tokens])
