"""Prose: which runs of tokens say something in words, and so nothing that could be held.

What is not mathematics is passed over without a mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from micrograd_like.worksheet.naming.names import Names
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.openings import is_operator, is_relation
from micrograd_like.worksheet.tokens.spelling import is_word
from micrograd_like.worksheet.vocabulary import (
    COMPOSED,
    CONNECTIVES,
    FUNCTIONS,
    OF_ARRAYS,
    RELATIONS,
)

#: Signs that compare, behind which nothing is held against anything.
COMPARISONS = {"≥", "≤", "<", ">", "≠", "!=", "∈", "∉", "≫", "≪", "∝", "~"}
#: What is a word by itself, and a function before a bracket.
_CALLED = {*OF_ARRAYS, *COMPOSED}
#: What a program says its own object is.
_OBJECT = "self"


def is_prose(tokens: Sequence[Token], names: Names) -> bool:
    """True for a line without a relation that has words, or nothing that counts."""
    if any(t.text in RELATIONS and t.kind == "sign" for t in tokens):
        return False
    if tokens[-1].text == ":":  # Update:
        return True
    if is_operator(tokens[next((i + 1 for i, t in enumerate(tokens) if t.text == ":"), 0) :]):
        return True  # d/dx (x²): a question, which the lines below may answer
    if any(names.is_word(token) or token.text.lower() in CONNECTIVES for token in tokens):
        labelled = len(tokens) > 3 and tokens[1].text == ":"
        return not (labelled and names.is_computed(tokens[0].text))
    return all(t.kind in ("sign", "string") or t.text.endswith(".") for t in tokens)


def is_said(token: Token, names: Names) -> bool:
    """True for a word that is no quantity, or one that joins others."""
    joins = token.kind == "name" and token.text.lower() in CONNECTIVES
    return (joins or names.is_word(token)) and token.text not in names.lefts


def is_spoken(tokens: Sequence[Token], names: Names) -> bool:
    """True for two words side by side, one of which is no quantity: raw score."""
    for a, b in pairwise(tokens):
        words = all(
            t.kind == "name"
            and (t.text.lower() in CONNECTIVES or is_word(t.text))
            and t.text.lower() not in FUNCTIONS
            for t in (a, b)
        )
        if words and a.end < b.column and any(t.text not in names.lefts for t in (a, b)):
            return True
    return False


def says_in_words(right: Sequence[Token], names: Names) -> bool:
    """True for a right side that is a phrase: number of training examples."""
    first = next((i for i, t in enumerate(right) if t.kind != "sign"), 0)
    if len(right) < 2 or not is_said(right[first], names):
        return False
    opened = all(right[i].text in ("(", "[") for i in range(first))
    if not opened or any(is_relation(t) for t in right):
        return False
    called = right[first].text.lower() in _CALLED
    if called and [t.text for t in right[first + 1 : first + 2]] == ["("]:
        return False
    words = [is_said(t, names) for t in right]
    plain = all(t.kind == "name" or t.text in ("-", ",", ".", "'") for t in right)
    beside = right[first + 1 : first + 2]
    if len(right) == 2 and beside and beside[0].kind == "number":  # April 2023
        return True
    spoken = bool(beside) and (beside[0].kind == "name" or beside[0].text in ("(", ","))
    return (plain and sum(words) > 1) or (spoken and sum(words) > 1)


def says_nothing(tokens: Sequence[Token]) -> bool:
    """True for what begins with no quantity, or holds quoted text, and relates nothing."""
    begins = tokens[0].kind == "name" or tokens[0].text == "∂"
    called = any(a.kind == "name" and b.text == "." for a, b in pairwise(tokens))
    return not begins or called or any(token.kind == "string" for token in tokens)


def outside(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens that stand in no bracket."""
    depth = 0
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth <= 0:
            yield token


def first_relation(tokens: Sequence[Token]) -> int | None:
    """The place of the first relation outside of brackets, or else of the first."""
    depth, inside = 0, None
    for place, token in enumerate(tokens):
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
            if is_relation(token):
                if depth <= 0:
                    return place
                inside = place if inside is None else inside
    return inside


def without_comparison(tokens: list[Token]) -> list[Token]:
    """The tokens before ≥, < or ≠, which are not held against anything; none before = is none."""
    if COMPARISONS.isdisjoint([token.text for token in tokens]):
        return tokens
    depth = 0
    for place, token in enumerate(tokens):
        if token.text in ("if", "else"):
            return tokens
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
            if not depth and token.text in COMPARISONS and _is_apart(tokens, place):
                before = tokens[:place]
                return before if any(map(is_relation, before)) else []
    return tokens


def _is_apart(tokens: Sequence[Token], place: int) -> bool:
    """True for a sign, save for one with no blank behind it that may be a tag: x <b>."""
    behind = tokens[place + 1 : place + 2]
    return not behind or tokens[place].text not in "<>" or tokens[place].end < behind[0].column


def leads_elsewhere(tokens: Sequence[Token], relation: int) -> bool:
    """True where arrows alone relate: x → h → y is a picture, 64 → 128 no equation."""
    signs = [token.text for token in tokens if is_relation(token)]
    if tokens[relation].text != "→" or set(signs) != {"→"}:
        return False
    behind = tokens[relation + 1 :]
    computes = any(t.kind == "number" or t.text in "+*/·" for t in behind)
    named = tokens[relation - 1].kind == "name"
    return len(signs) > 1 or not named or not computes


def is_code(tokens: Sequence[Token]) -> bool:
    """True for what only a program says: self.op = op, loss='mse', k = 1 … n."""
    texts = [token.text for token in tokens]
    relation = next((i for i, token in enumerate(tokens) if is_relation(token)), 0)
    attributes = "." in texts[:relation] and any(
        a.text == "." and a.kind == "sign" and b.kind == "name" and b.text != "grad"
        for a, b in pairwise(tokens[:relation])
    )
    quoted = relation == 1 and tokens[-1].kind == "string" and len(tokens) == relation + 2
    ranges = relation == 1 and texts[3:4] == ["…"] and len(tokens) == 5
    return attributes or texts[:2] == [_OBJECT, "."] or bool(quoted) or ranges
