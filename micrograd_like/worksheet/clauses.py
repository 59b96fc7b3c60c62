"""Lines to clauses: each a statement of its own, with prose, numbering and remarks left out.

A line may hold several statements: ``x = 1, y = 2``; ``a = 1; b = 2``; ``so z = 3``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from micrograd_like.worksheet.brackets import closing
from micrograd_like.worksheet.continuation import GOES_ON
from micrograd_like.worksheet.lexer import Token
from micrograd_like.worksheet.names import Names
from micrograd_like.worksheet.openings import (
    AHEAD,
    begins_statement,
    is_bullet,
    is_operator,
    is_relation,
    numbering,
    remarked,
)
from micrograd_like.worksheet.vocabulary import CONNECTIVES, RELATIONS

_ARROWS = {"⇒", "→"}
#: Tokens that an expression left of a relation may have, behind a comma.
MOST_LEFT = 40
#: Words that may stand between two statements.
_BETWEEN = CONNECTIVES | {"x"}
#: What follows a name that is part of a formula.
_NO_LABEL = {"(", ".", "_", "/", "*", "^", "+", "·"}


@dataclass
class Clause:
    """The tokens of one statement, the end included.

    Attributes:
        tokens: The tokens.
        borrowed: True where its left side stands further up, with a given between.
    """

    tokens: list[Token]
    borrowed: bool = False


def clauses(lines: Sequence[list[Token]], names: Names) -> Iterator[Clause]:
    """The clauses of a document, in order; ``lines`` are logical ones, names joined."""
    bullets = sum(is_bullet(tokens) for tokens in lines) > 1
    for tokens in lines:
        rest = _without_numbering(tokens, bullets)
        if rest and not _is_prose(rest, names):
            for piece in _split(rest, names):
                clause = _trimmed(piece, names)
                if clause is not None:
                    yield clause


def _without_numbering(tokens: list[Token], bullets: bool) -> list[Token]:
    """The line without what numbers it: 1), a), (2), 3., Step 1:, a bullet."""
    if is_bullet(tokens) and (bullets or begins_statement(tokens[1:])):
        return _without_numbering(tokens[1:], False)
    return tokens[numbering(tokens) :]


def _is_prose(tokens: Sequence[Token], names: Names) -> bool:
    """True for a line without a relation that has words, or nothing that counts."""
    if any(t.text in RELATIONS and t.kind == "sign" for t in tokens):
        return False
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
            behind_words = place > start and all(
                names.is_word(t) or t.kind == "number" or t.text in (":", ",")
                for t in tokens[start:place]
            )
            inside = _inner_statement(tokens, place, pairs, related or behind_words, names)
            if inside is not None:
                yield tokens[start:place]
                yield from _split(inside, names)
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
    if token.text == ";" and token.kind == "sign":
        return 1
    if token.text in (",", "|") and token.kind == "sign":
        if not related:
            return None
        words = _words_before_statement(rest, names)
        if begins_statement(rest[words:]):
            return 1 + words
        if token.text == "," and _is_claim(tokens[place + 1 : place + 1 + MOST_LEFT], names):
            return 1
        return 1 if not rest and token.text == "," else None
    if token.text == ":" and related and begins_statement(rest):  # at t = 1: y = 2
        return 1
    if token.text in _ARROWS and token.kind == "sign":
        if token.text == "⇒" or (place > start + 1 and begins_statement(rest)):
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
    relation = next((i for i, t in enumerate(tokens) if is_relation(t)), None)
    if relation is None:
        labelled = _labelled(tokens, names)
        if labelled is not None:
            return Clause(_ended(labelled))
        if not tokens or _is_prose(tokens, names):
            return None
        return Clause(_ended(tokens))
    if not relation:
        return Clause(_ended(tokens))
    if relation == len(tokens) - 1:  # words stood behind it: n = the number of samples, x = 2
        return None
    if tokens[1].text == ":" and not begins_statement(tokens[2:]):
        labelled = _labelled(tokens, names)
        if labelled is not None:
            return Clause(_ended(labelled))
    left = _without_remark(tokens[:relation], names)
    tokens, relation = [*left, *tokens[relation:]], len(left)
    label = _label_end(left, names)
    if label == relation:  # nothing but words: they are the left side, or the line is prose
        return None
    if _says_in_words(tokens[relation + 1 :], names):
        return None
    tokens = tokens[label:]
    apart = tokens[relation - label].line > tokens[relation - label - 1].line
    return Clause(_ended(tokens), apart)


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
    words = [names.is_word(t) or t.text.lower() in CONNECTIVES for t in right]
    plain = all(t.kind == "name" or t.text in ("-", ",", ".", "'") for t in right)
    return words[0] and plain and sum(words) > 1


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
