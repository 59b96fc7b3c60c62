"""Bounds: what a line may hold, so that reading any text ends soon. Sizes, never time."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.vocabulary import RELATIONS

#: Names, numbers and signs in one line: an array of 2,000 elements has some 4,000.
MAX_TOKENS = 6_000
#: What a line says is equal, in all its statements together.
MAX_RELATIONS = 300
#: Brackets, signs and powers inside one another.
MAX_NESTING = 200
#: Lines that may go on with one statement.
MAX_ROWS = 150
TOO_FAR = f"expected at most {MAX_ROWS} lines in one statement"
#: Nodes of a line's formulas where arrays, sums and functions are written out, and of all such
#: formulas of a document.
MAX_WRITTEN, MAX_DOCUMENT = 20_000, 60_000
TOO_LONG = f"written out, it has more than {MAX_WRITTEN:,} operations and operands"
TOO_MUCH = f"written out, the document has more than {MAX_DOCUMENT:,} operations and operands"


def beyond(tokens: Sequence[Token]) -> tuple[Token, str] | None:
    """Why a line is refused, and the token at which it is too long; None within the bounds."""
    if len(tokens) <= MAX_NESTING:
        return None
    if len(tokens) > MAX_TOKENS:
        return tokens[MAX_TOKENS], f"expected at most {MAX_TOKENS:,} names, numbers and signs"
    relations = depth = 0
    for token in tokens:
        if token.kind != "sign":
            continue
        relations += token.text in RELATIONS
        if relations > MAX_RELATIONS:
            return token, f"expected at most {MAX_RELATIONS} relations in one line"
        depth += (token.text in "([{") - (token.text in ")]}")
        if depth > MAX_NESTING:
            return token, f"expected at most {MAX_NESTING} nested brackets, signs and powers"
    return None
