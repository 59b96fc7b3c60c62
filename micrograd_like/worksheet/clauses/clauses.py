"""Lines to clauses: each a statement of its own, with prose, numbering and remarks left out.

A line may hold several statements: ``x = 1, y = 2``; ``a = 1; b = 2``; ``so z = 3``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from micrograd_like.worksheet.clauses.cases import in_cases
from micrograd_like.worksheet.clauses.continuation import GOES_ON, has_result
from micrograd_like.worksheet.clauses.prose import is_prose, is_said
from micrograd_like.worksheet.clauses.trimming import Clause, trimmed
from micrograd_like.worksheet.naming.names import Names
from micrograd_like.worksheet.tokens.brackets import closing
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.openings import (
    AHEAD,
    begins_statement,
    ends_sentence,
    is_bullet,
    is_relation,
    unnumbered,
)
from micrograd_like.worksheet.tokens.spelling import is_word
from micrograd_like.worksheet.vocabulary import CONNECTIVES, FUNCTIONS, RELATIONS

_IN_A_CASE = "It is said of one case"
_LISTED = "The sign that it begins with may be the mark of a list"
_ARROWS = {"⇒", "→"}
#: Signs that may part two statements.
_PARTING = {*_ARROWS, ";", ".", ",", "|", ":"}
#: Tokens that an expression left of a relation may have, behind a comma.
MOST_LEFT = 40
#: Words that may stand between two statements.
_BETWEEN = CONNECTIVES | {"x"}
#: What a bracket begins with under which the statement before it holds.
_CONDITIONS = {"with", "when", "at", "for", "if", "where", "since", "because", "using", "as"}


def clauses(lines: Sequence[list[Token]], names: Names, passed: list[Token]) -> Iterator[Clause]:
    """The clauses of a document, in order; ``lines`` are logical ones, names joined.

    Where what relates something says nothing in mathematics, its first token goes to ``passed``.
    """
    bullets = sum(is_bullet(tokens) for tokens in lines) > 1
    for tokens in lines:
        rest = unnumbered(tokens, bullets)
        if not rest or is_prose(rest, names):
            continue
        listed = _LISTED if is_bullet(rest) or _has_list(rest) else ""
        rest, in_a_case = in_cases(rest)
        doubt = _IN_A_CASE if in_a_case else listed
        rest, inner = _with_results(rest)
        for piece in (*_split(rest, names), *inner):
            clause = trimmed(piece, names)
            if clause is None and any(map(is_relation, piece)):
                passed.append(piece[0])
            if clause is not None:
                yield replace(clause, doubt=doubt) if doubt else clause


def _has_list(tokens: Sequence[Token]) -> bool:
    """True where a further line begins with - though there is a result before it."""
    rows = (i for i in range(2, len(tokens)) if tokens[i].line > tokens[i - 1].line)
    return any(is_bullet(tokens[i:]) and has_result(tokens[:i]) for i in rows)


def _with_results(tokens: list[Token]) -> tuple[list[Token], list[list[Token]]]:
    """2·(0.5·0.4 = 0.2) as 2·(0.2), and what such a factor is said to be apart."""
    inside = [p for p, t in enumerate(tokens) if is_relation(t) and 2 < p < len(tokens) - 1]
    if len(inside) < 2:
        return tokens, []
    found, claims = tokens, list[list[Token]]()
    for start, end in sorted(closing(tokens).items(), reverse=True):
        relations = [p for p in inside if start < p < end]
        if not relations or not start or tokens[start].text != "(":
            continue
        factor = tokens[start + 1].kind == "number" and _ends_factor(tokens[start - 1])
        if factor and all(t.kind != "name" for t in tokens[start:end]):
            claims.append(tokens[start + 1 : end])
            found = [*found[: start + 1], *found[relations[-1] + 1 :]]
    return found, claims


def _ends_factor(token: Token) -> bool:
    """True for what a further factor or term may follow: a sign of one, or a bracket's end."""
    return token.kind == "sign" and token.text in "+-*·/)"


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
            behind = related or _is_worded(tokens, start, place, names)
            inside = _inner_statement(tokens, place, pairs, behind, names)
            if inside is not None:
                under = [*_split(inside, names)]
                condition = tokens[place + 1].text.lower() in _CONDITIONS
                yield from (
                    [*under, tokens[start:place]] if condition else [tokens[start:place], *under]
                )
                start = place = pairs[place] + 1
                related = False
                continue
            depth += 1
        elif text in (")", "]", "}"):
            depth = max(depth - 1, 0)
        elif not depth and (related or text in _PARTING):
            width = _separator(tokens, place, start, related, names)
            if width is not None:
                if place > start:
                    yield tokens[start : place + (text == ":")]
                start = place + width
                place = max(start, place + 1)
                related = False
                continue
        related |= not depth and text in RELATIONS
        place += 1
    if start < len(tokens):
        yield tokens[start:]


def _is_worded(tokens: Sequence[Token], start: int, place: int, names: Names) -> bool:
    """True for nothing, or words and figures, before a bracket: Settings (rate = 0.1)."""
    if place - start > MOST_LEFT:
        return False
    before = tokens[start:place]
    worded = not before or any(names.is_word(t) for t in before)
    return worded and all(t.kind != "sign" or t.text in ":,-" for t in before)


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
    inside = inside[_words_before_statement(inside, names) :]
    if not begins_statement(inside) or any(token.text == "→" for token in inside):
        return None  # (x₁ → h) says where a weight belongs
    return inside


def _separator(
    tokens: Sequence[Token], place: int, start: int, related: bool, names: Names
) -> int | None:
    """How many tokens part two statements here; None where nothing does."""
    token = tokens[place]
    if token.kind == "sign" and token.text in _PARTING:
        return _parting(tokens, place, start, related, names)
    if not related or token.kind not in ("name", "sign"):
        return None
    between = token.text.lower() in _BETWEEN and token.text not in names.lefts
    if (token.kind == "name" and between) or names.is_word(token):
        words = _words_before_statement(tokens[place : place + AHEAD], names)
        if words and begins_statement(tokens[place + words : place + words + AHEAD]):
            return words
        return None
    return 0 if _begins_apart(tokens, place) else None


def _begins_apart(tokens: Sequence[Token], place: int) -> bool:
    """True where another statement begins, set apart from what stands before it."""
    token, before = tokens[place], tokens[place - 1]
    gap = token.line != before.line or token.column - before.end >= 2
    gap |= before.kind == "number" and _is_tight(tokens[place - 2 : place + 2])
    closed = before.kind != "sign" or before.text in (")", "]", "}")
    return gap and closed and begins_statement(tokens[place : place + AHEAD])


def _is_tight(tokens: Sequence[Token]) -> bool:
    """True for =2 w= where no blank stands beside the relations: x=2 w=3."""
    if len(tokens) < 4 or not is_relation(tokens[0]) or not is_relation(tokens[3]):
        return False
    relation, number, name, further = tokens
    tight = relation.end == number.column and name.end == further.column
    return tight and number.end < name.column


def _parting(
    tokens: Sequence[Token], place: int, start: int, related: bool, names: Names
) -> int | None:
    """How many tokens part two statements, beginning with a sign that may; None elsewhere."""
    token = tokens[place]
    rest = tokens[place + 1 : place + 1 + AHEAD]
    if token.text == ";" or ends_sentence(tokens, place):
        return 1
    if token.text in (",", "|"):
        if not related:
            return None
        words = _words_before_statement(rest, names)
        if begins_statement(rest[words:]):
            return 1 + words
        if token.text == "," and _is_claim(tokens[place + 1 : place + 1 + MOST_LEFT], names):
            return 1
        ends = not rest or is_said(rest[0], names) or _names_function(rest)
        return 1 if ends and token.text == "," else None
    closed = related and (_is_closed(tokens[place - 1]) or begins_statement(rest))
    if token.text == ":" and closed:  # at t = 1: y = 2
        return 1
    if token.text in _ARROWS:
        said = related and rest and is_said(rest[0], names)
        if token.text == "⇒" or said or (place > start + 1 and begins_statement(rest)):
            return 1
        return (
            1
            if related and _rests_on_left(tokens[start : place + MOST_LEFT], place - start, names)
            else None
        )
    return 0 if related and _begins_apart(tokens, place) else None


def _names_function(tokens: Sequence[Token]) -> bool:
    """True for a function that is spoken of, not called: sigmoid activations."""
    called = tokens[0].text.lower() in FUNCTIONS and len(tokens[0].text) > 1
    return called and (len(tokens) < 2 or is_word(tokens[1].text) or tokens[1].text in (",", ";"))


def _is_closed(token: Token) -> bool:
    """True for a number or a bracket that ends."""
    return token.kind == "number" or token.text == ")"


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
        or is_said(tokens[count], names)
        or (count and tokens[count].text in (",", ":"))
    ):
        named = tokens[count].text in names.lefts or len(tokens[count].text) == 1
        if named and begins_statement(tokens[count : count + AHEAD]):
            break
        count += 1
    return count
