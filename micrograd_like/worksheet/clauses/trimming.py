"""Trimming: one clause to its left side and what is said to equal it, words left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from micrograd_like.worksheet.clauses.prose import (
    first_relation,
    is_code,
    is_prose,
    is_said,
    is_spoken,
    leads_elsewhere,
    outside,
    says_in_words,
    says_nothing,
    without_comparison,
)
from micrograd_like.worksheet.naming.names import Names
from micrograd_like.worksheet.tokens.brackets import closing
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.openings import (
    begins_statement,
    is_condition,
    is_relation,
    remarked,
)
from micrograd_like.worksheet.vocabulary import CONNECTIVES

_QUALIFIED = "The brackets on its left side may say which part of it is meant"
_SPOKEN = "Its left side is in words"
#: What a quantity of its own is, of another: change in w, error of h1.
_OF_ANOTHER = {"change", "error", "gradient", "derivative", "slope", "delta", "update", "increase"}
#: What follows a name that is part of a formula.
_NO_LABEL = {"(", ".", "_", "/", "*", "^", "+", "·"}
#: What follows a unit, as in 30 inputs + 1, and no label.
_BEHIND_UNIT = {"+", "-", "*", "/", "·", "x", "X", ")"}


@dataclass
class Clause:
    """The tokens of one statement, the end included.

    Attributes:
        tokens: The tokens.
        borrowed: True where its left side stands further up, with a given between.
        doubt: Why a disagreement on it is no proof of a mistake.
        case: True for the value under which what follows holds: For x = 2:.
    """

    tokens: list[Token]
    borrowed: bool = False
    doubt: str = ""
    case: bool = False


def trimmed(tokens: list[Token], names: Names) -> Clause | None:
    """The clause without the words before its left side; None for prose."""
    case = is_condition(tokens)
    while tokens and tokens[0].text in (",", ".") and tokens[0].kind == "sign":  # (x = 3), y = 2
        tokens = tokens[1:]
    while tokens and tokens[-1].text in (",", ".", ":") and tokens[-1].kind == "sign":
        tokens = tokens[:-1]
    tokens = without_comparison(tokens)
    relation = first_relation(tokens)
    if relation is None:
        return _unrelated(tokens, names)
    if not any(map(is_relation, outside(tokens))) or is_code(tokens):
        return None  # Dense(16, activation = relu)
    if not relation:
        return Clause(_ended(tokens))
    if relation == len(tokens) - 1:  # words stood behind it: n = the number of samples, x = 2
        return None
    if leads_elsewhere(tokens, relation):
        return None
    if tokens[1].text == ":" and not begins_statement(tokens[2:]):
        labelled = _labelled(tokens, names)
        if labelled is not None:
            return Clause(_ended(labelled))
    left = _without_remark(tokens[:relation], names)
    qualified = _without_qualifier(left, names)
    doubt = "" if qualified is left else _QUALIFIED
    label = _label_end(qualified, names)
    right = tokens[relation:]
    first = first_relation(right[1:])
    if says_in_words(right[1:] if first is None else right[1 : first + 1], names):
        return None if first is None else _without_left(right[first + 1 :])
    about = _is_of_another(qualified[:label], right)
    if label == len(qualified) or about or is_spoken(qualified[label:], names):
        return _without_left(right)
    apart = right[0].line > qualified[-1].line
    return Clause(_ended([*qualified[label:], *right]), apart, doubt, case)


def _unrelated(tokens: list[Token], names: Names) -> Clause | None:
    """What relates nothing: a value behind a label, prose, or what was meant to be a statement."""
    labelled = _labelled(tokens, names)
    if labelled is not None:
        return Clause(_ended(labelled))
    if not tokens or is_prose(tokens, names) or says_nothing(tokens) or _is_drawn(tokens):
        return None
    return Clause(_ended(tokens))


def _is_drawn(tokens: Sequence[Token]) -> bool:
    """True for names and numbers set wide apart, as in a picture of a network."""
    bare = all(token.kind in ("name", "number") for token in tokens)
    return len(tokens) > 1 and bare and all(b.column - a.end > 2 for a, b in pairwise(tokens))


def _without_left(right: list[Token]) -> Clause | None:
    """What words on the left are said to equal: the error = 0.2·0.3 = 0.06 as 0.2·0.3 = 0.06."""
    behind = right[1:]
    relation = first_relation(behind)
    computes = relation is not None and any(t.text in "+-*·/^(" for t in behind[:relation])
    if not computes or len(behind) == (relation or 0) + 1:
        return None
    return Clause(_ended(behind), doubt=_SPOKEN)


def _without_qualifier(left: list[Token], names: Names) -> list[Token]:
    """The left side dL/dW of ``dL/dW (from t=3) =``, which may be a part of it."""
    pairs = {end: opening for opening, end in closing(left).items()}
    opening = pairs.get(len(left) - 1, 0)
    inside = left[opening + 1 : -1]
    if not opening or left[-1].text != ")" or left[opening - 1].end == left[opening].column:
        return left
    said = any(is_said(token, names) or is_relation(token) for token in inside)
    return left[:opening] if said else left


def _without_remark(left: list[Token], names: Names) -> list[Token]:
    """The left side y of ``y (true label) =``; eta of ``learning rate (eta) =``."""
    opening = remarked(left)
    if not opening:
        return left
    inside = left[opening + 1 : -1]
    if len(inside) == 1:
        words = (names.is_word(t) or t.text.lower() in CONNECTIVES for t in left[:opening])
        return inside if all(words) else left
    return left[:opening]


def _label_end(left: Sequence[Token], names: Names) -> int:
    """How many tokens before a relation are words that belong to no left side."""
    label = depth = 0
    for place, token in enumerate(left):
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth:
            continue
        colon = token.text == ":" and token.kind == "sign"
        word = place < len(left) - 1 and _is_label(left, place, names)
        comma = token.text == "," and any(names.is_word(t) for t in left[:place])
        count = token.kind == "number" and token.text.endswith(".") and 0 < label == place
        if colon or word or comma or (count and place < len(left) - 1):  # Step 2. h = …
            label = place + 1
    return label


def _is_of_another(words: Sequence[Token], right: Sequence[Token]) -> bool:
    """True where words make another quantity of a name, as "change in w" does of w."""
    said = [token.text.lower() for token in words[-2:]]
    computed = any(token.text in "+-*·/^(" for token in right[2:])
    return len(said) == 2 and said[0] in _OF_ANOTHER and said[1] in ("of", "in") and computed


def _is_label(left: Sequence[Token], place: int, names: Names) -> bool:
    """True for a word before the left side that is no part of it, nor the unit of a number."""
    token, after = left[place], left[place + 1]
    words = names.is_word(token) or is_said(token, names)
    counted = place > 0 and left[place - 1].kind == "number" and after.text in _BEHIND_UNIT
    return token.kind == "name" and words and after.text not in _NO_LABEL and not counted


def _labelled(tokens: list[Token], names: Names) -> list[Token] | None:
    """``W_xh: 0.5 - 0.1*0.3`` as W_xh = …, where W_xh is a name of the document."""
    if len(tokens) < 3 or tokens[1].text != ":":
        return None
    if names.is_computed(tokens[0].text):
        return [tokens[0], tokens[1]._replace(text="←"), *tokens[2:]]
    return None


def _ended(tokens: Sequence[Token]) -> list[Token]:
    last = tokens[-1]
    return [*tokens, Token("end", "the end of the line", last.line, last.end, last.end)]
