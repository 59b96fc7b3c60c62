"""Rules that are said of every layer: z^l = W^l·a^(l−1) + b^l, written out for each of a few."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import in_layer, layers_of

#: So many layers are assumed: one with a layer on both sides of it.
LAYERS = 3


def unrolled(lines: Sequence[list[Token]]) -> list[list[Token]]:
    """The lines, each that is said of a layer l once for every layer; none where no line is."""
    if not any(step for line in lines for step in _steps(line)):
        return []
    return [copy for line in lines for copy in _copies(line)]


def _steps(line: Sequence[Token]) -> list[int]:
    """What is added to l in the names of a line."""
    names = (token.text for token in line if token.kind == "name")
    return [step for name in names for letter, step in layers_of(name) if letter == "l"]


def _copies(line: list[Token]) -> list[list[Token]]:
    """The line for every l that leaves its first name in a layer, and none beyond them."""
    steps = _steps(line)
    first = max(1 - steps[0], -min(steps)) if steps else LAYERS
    last = LAYERS - max(steps) if steps else LAYERS
    return [[_in_layer(token, own) for token in line] for own in range(first, last + 1)]


def _in_layer(token: Token, own: int) -> Token:
    if token.kind != "name" or not layers_of(token.text):
        return token
    return token._replace(text=in_layer(token.text, own, LAYERS))
