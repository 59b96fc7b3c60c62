"""Lines to clauses: each a statement of its own, with prose, numbering and remarks left out.

A line may hold several statements: ``x = 1, y = 2``; ``a = 1; b = 2``; ``so z = 3``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from micrograd_like.worksheet.brackets import closing
from micrograd_like.worksheet.continuation import GOES_ON
from micrograd_like.worksheet.lexer import Token
from micrograd_like.worksheet.names import Names
from micrograd_like.worksheet.openings import (
    AHEAD,
    begins_statement,
    ends_sentence,
    is_bullet,
    is_operator,
    is_relation,
    remarked,
    unnumbered,
)
from micrograd_like.worksheet.vocabulary import CONNECTIVES, RELATIONS

_ARROWS = {"⇒", "→"}
#: Tokens that an expression left of a relation may have, behind a comma.
MOST_LEFT = 40
#: Words that may stand between two statements.
_BETWEEN = CONNECTIVES | {"x"}
#: Signs that compare, behind which nothing is held against anything.
_COMPARISONS = {"≥", "≤", "<", ">", "≠", "!=", "∈", "∉", "≫", "≪", "∝", "~"}
_QUALIFIED = "The brackets on its left side may say which part of it is meant"
#: What a bracket begins with under which the statement before it holds.
_CONDITIONS = {"with", "when", "at", "for", "if", "where", "since", "because", "using", "as"}
#: What follows a name that is part of a formula.
_NO_LABEL = {"(", ".", "_", "/", "*", "^", "+", "·"}


@dataclass
class Clause:
    """The tokens of one statement, the end included.

    Attributes:
        tokens: The tokens.
        borrowed: True where its left side stands further up, with a given between.
        doubt: Why a disagreement on it is no proof of a mistake.
    """

    tokens: list[Token]
    borrowed: bool = False
    doubt: str = ""


def clauses(lines: Sequence[list[Token]], names: Names) -> Iterator[Clause]:
    """The clauses of a document, in order; ``lines`` are logical ones, names joined."""
    bullets = sum(is_bullet(tokens) for tokens in lines) > 1
    for tokens in lines:
        rest = unnumbered(tokens, bullets)
        if rest and not _is_prose(rest, names):
            for piece in _split(rest, names):
                clause = _trimmed(piece, names)
                if clause is not None:
                    yield clause


def _is_prose(tokens: Sequence[Token], names: Names) -> bool:
    """True for a line without a relation that has words, or nothing that counts."""
    if any(t.text in RELATIONS and t.kind == "sign" for t in tokens):
        return False
    if tokens[-1].text == ":":  # Update:
        return True
    if is_operator(tokens[next((i + 1 for i, t in enumerate(tokens) if t.text == ":"), 0) :]):
        return True  # d/dx (x²): a question, which the lines below may answer
    if any(names.is_word(token) or token.text.lower() in CONNECTIVES for token in tokens):
        labelled = len(tokens) > 3 and tokens[1].text == ":"
        return not (labelled and names.is_quantity(tokens[0].text))
    return all(t.kind in ("sign", "string") or t.text.endswith(".") for t in tokens)


# Several statements on a line.


def _split(tokens: list[Token], names: Names) -> Iterator[list[Token]]:
    """The line's statements."""
    start, depth, related = 0, 0, False
    pairs = closing(tokens)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        text = token.text if token.kind == "sign" else ""
        if text in ("(", "[", "{"):
            before = tokens[start:place]
            worded = not before or any(names.is_word(t) for t in before)
            behind_words = worded and all(t.kind != "sign" or t.text in ":,-" for t in before)
            inside = _inner_statement(tokens, place, pairs, related or behind_words, names)
            if inside is not None:
                under = [*_split(inside, names)]
                condition = tokens[place + 1].text.lower() in _CONDITIONS
                yield from [*under, before] if condition else [before, *under]
                start = place = pairs[place] + 1
                related = False
                continue
            depth += 1
        elif text in (")", "]", "}"):
            depth = max(depth - 1, 0)
        elif not depth:
            width = _separator(tokens, place, start, related, names)
            if width is not None:
                if place > start:
                    yield tokens[start:place]
                start = place + width
                place = max(start, place + 1)
                related = False
                continue
            related |= text in RELATIONS
        place += 1
    if start < len(tokens):
        yield tokens[start:]


def _inner_statement(
    tokens: Sequence[Token], place: int, pairs: dict[int, int], related: bool, names: Names
) -> list[Token] | None:
    """The statement of a bracket such as (w9 = 0.85) behind another, or of (= 0.78): none."""
    end = pairs.get(place)
    if not related or end is None or end < place + 3:
        return None
    inside = list(tokens[place + 1 : end])
    if inside[0].text in GOES_ON:
        return []
    if any(token.text == "→" for token in inside):  # (x₁ → h) says where a weight belongs
        return None
    inside = inside[_words_before_statement(inside, names) :]
    return inside if begins_statement(inside) else None


def _separator(
    tokens: Sequence[Token], place: int, start: int, related: bool, names: Names
) -> int | None:
    """How many tokens part two statements here; None where nothing does."""
    token = tokens[place]
    rest = tokens[place + 1 : place + 1 + AHEAD]
    if (token.text == ";" and token.kind == "sign") or ends_sentence(tokens, place):
        return 1
    if token.text in (",", "|") and token.kind == "sign":
        if not related:
            return None
        words = _words_before_statement(rest, names)
        if begins_statement(rest[words:]):
            return 1 + words
        if token.text == "," and _is_claim(tokens[place + 1 : place + 1 + MOST_LEFT], names):
            return 1
        ends = not rest or _is_said(rest[0], names)
        return 1 if ends and token.text == "," else None
    if token.text == ":" and related and _is_closed(tokens[place - 1]):  # at t = 1: y = 2
        return 1
    if token.text in _ARROWS and token.kind == "sign":
        said = related and rest and _is_said(rest[0], names)
        if token.text == "⇒" or said or (place > start + 1 and begins_statement(rest)):
            return 1
        return 1 if related and _rests_on_left(tokens[start:], place - start, names) else None
    if not related or token.kind not in ("name", "sign"):
        return None
    if (token.kind == "name" and token.text.lower() in _BETWEEN) or names.is_word(token):
        words = _words_before_statement(tokens[place : place + AHEAD], names)
        if words and begins_statement(tokens[place + words : place + words + AHEAD]):
            return words
        return None
    before = tokens[place - 1]
    gap = token.line != before.line or token.column - before.end >= 2
    closed = before.kind != "sign" or before.text in (")", "]", "}")
    if gap and closed and begins_statement(tokens[place : place + AHEAD]):
        return 0
    return None


def _is_closed(token: Token) -> bool:
    """True for a number or a bracket that ends."""
    return token.kind == "number" or token.text == ")"


def _is_said(token: Token, names: Names) -> bool:
    """True for a word that is no quantity, or one that joins others."""
    joins = token.kind == "name" and token.text.lower() in CONNECTIVES
    return (joins or names.is_word(token)) and token.text not in names.lefts


def _is_claim(tokens: Sequence[Token], names: Names) -> bool:
    """True for an expression and a relation before the next comma: e^2 ≈ 7.389."""
    depth = 0
    for place, token in enumerate(tokens[:MOST_LEFT]):
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth < 0 or (not depth and token.text in (",", ";", "|")):
            return False
        if not depth and is_relation(token):
            return place > 0
        if names.is_word(token) or token.text in CONNECTIVES:
            return False
    return False


def _rests_on_left(tokens: Sequence[Token], arrow: int, names: Names) -> bool:
    """True for h = 0.54 → 1 - h² = 0.71: what rests on the left side is no value of it."""
    behind = tokens[arrow + 1 :]
    relation = next((i for i, t in enumerate(behind) if is_relation(t)), 0)
    left = tokens[0].text
    before, after = ([t.text for t in run] for run in (tokens[1:arrow], behind[:relation]))
    named = tokens[0].kind == "name" and left not in before and left in after
    return named and _is_claim(behind, names)


def _words_before_statement(tokens: Sequence[Token], names: Names) -> int:
    count = 0
    while count < len(tokens) and (
        names.is_word(tokens[count])
        or (tokens[count].kind == "name" and tokens[count].text.lower() in CONNECTIVES)
        or (count and tokens[count].text in (",", ":"))
    ):
        if begins_statement(tokens[count:]) and tokens[count].text in names.lefts:
            break
        count += 1
    return count


# One clause.


def _trimmed(tokens: list[Token], names: Names) -> Clause | None:
    """The clause without the words before its left side; None for prose."""
    while tokens and tokens[-1].text in (",", ".", ":") and tokens[-1].kind == "sign":
        tokens = tokens[:-1]
    tokens = _without_comparison(tokens)
    relation = _first_relation(tokens)
    if relation is None:
        labelled = _labelled(tokens, names)
        if labelled is not None:
            return Clause(_ended(labelled))
        if not tokens or _is_prose(tokens, names) or _says_nothing(tokens):
            return None
        return Clause(_ended(tokens))
    if not any(is_relation(t) for t in _outside(tokens)):  # Dense(16, activation = relu)
        return None
    if not relation:
        return Clause(_ended(tokens))
    if relation == len(tokens) - 1:  # words stood behind it: n = the number of samples, x = 2
        return None
    if _leads_elsewhere(tokens, relation):
        return None
    if tokens[1].text == ":" and not begins_statement(tokens[2:]):
        labelled = _labelled(tokens, names)
        if labelled is not None:
            return Clause(_ended(labelled))
    left = _without_remark(tokens[:relation], names)
    qualified = _without_qualifier(left, names)
    doubt = "" if qualified is left else _QUALIFIED
    left = qualified
    tokens, relation = [*left, *tokens[relation:]], len(left)
    label = _label_end(left, names)
    if label == relation:  # nothing but words: they are the left side, or the line is prose
        return None
    if _says_in_words(tokens[relation + 1 :], names):
        return None
    tokens = tokens[label:]
    apart = tokens[relation - label].line > tokens[relation - label - 1].line
    return Clause(_ended(tokens), apart, doubt)


def _says_nothing(tokens: Sequence[Token]) -> bool:
    """True for what begins with no quantity, or holds quoted text, and relates nothing."""
    begins = tokens[0].kind == "name" or tokens[0].text == "∂"
    called = any(a.kind == "name" and b.text == "." for a, b in pairwise(tokens))
    return not begins or called or any(token.kind == "string" for token in tokens)


def _outside(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens that stand in no bracket."""
    depth = 0
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth <= 0:
            yield token


def _first_relation(tokens: Sequence[Token]) -> int | None:
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


def _without_comparison(tokens: list[Token]) -> list[Token]:
    """The tokens before ≥, < or ≠, which are not held against anything; none before = is none."""
    depth = 0
    for place, token in enumerate(tokens):
        if token.text in ("if", "else"):
            return tokens
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
            if not depth and token.text in _COMPARISONS and _is_apart(tokens, place):
                before = tokens[:place]
                return before if any(map(is_relation, before)) else []
    return tokens


def _is_apart(tokens: Sequence[Token], place: int) -> bool:
    """True for a sign with a blank behind it: x <b> is no comparison."""
    behind = tokens[place + 1 : place + 2]
    return not behind or tokens[place].end < behind[0].column


def _leads_elsewhere(tokens: Sequence[Token], relation: int) -> bool:
    """True where arrows alone relate: x → h → y is a picture, 64 → 128 no equation."""
    signs = [token.text for token in tokens if is_relation(token)]
    if tokens[relation].text != "→" or set(signs) != {"→"}:
        return False
    behind = tokens[relation + 1 :]
    computes = any(t.kind == "number" or t.text in "+*/·" for t in behind)
    named = tokens[relation - 1].kind == "name"
    return len(signs) > 1 or not named or not computes


def _without_qualifier(left: list[Token], names: Names) -> list[Token]:
    """The left side dL/dW of ``dL/dW (from t=3) =``, which may be a part of it."""
    pairs = {end: opening for opening, end in closing(left).items()}
    opening = pairs.get(len(left) - 1, 0)
    inside = left[opening + 1 : -1]
    if not opening or left[-1].text != ")" or left[opening - 1].end == left[opening].column:
        return left
    said = any(_is_said(token, names) or is_relation(token) for token in inside)
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


def _says_in_words(right: Sequence[Token], names: Names) -> bool:
    """True for a right side that is a phrase: number of training examples."""
    if len(right) < 2 or any(is_relation(t) for t in right):
        return False
    words = [_is_said(t, names) for t in right]
    first = next((i for i, t in enumerate(right) if t.kind != "sign"), 0)
    if any(right[i].text not in ("(", "[") for i in range(first)) or not words[first]:
        return False
    plain = all(t.kind == "name" or t.text in ("-", ",", ".", "'") for t in right)
    beside = right[first + 1 : first + 2]
    spoken = bool(beside) and (beside[0].kind == "name" or beside[0].text in ("(", ","))
    return (plain and sum(words) > 1) or (spoken and sum(words) > 1)


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


def _is_label(left: Sequence[Token], place: int, names: Names) -> bool:
    """True for a word before the left side that is no part of it."""
    token, after = left[place], left[place + 1]
    words = names.is_word(token) or token.text.lower() in CONNECTIVES - names.lefts
    return token.kind == "name" and words and after.text not in _NO_LABEL


def _labelled(tokens: list[Token], names: Names) -> list[Token] | None:
    """``W_xh: 0.5 - 0.1*0.3`` as W_xh = …, where W_xh is a name of the document."""
    if len(tokens) > 2 and tokens[1].text == ":" and names.is_quantity(tokens[0].text):
        return [tokens[0], tokens[1]._replace(text="←"), *tokens[2:]]
    return None


def _ended(tokens: Sequence[Token]) -> list[Token]:
    last = tokens[-1]
    return [*tokens, Token("end", "the end of the line", last.line, last.end, last.end)]
