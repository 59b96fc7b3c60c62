"""Numerals: the tokens of numbers and fractions to exact numbers, within bounds."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from micrograd_like.formula import Number
from micrograd_like.worksheet.grammar.cursor import UnreadableError
from micrograd_like.worksheet.tokens.lexer import Token

MAX_DIGITS = 60


def number(token: Token) -> Number:
    """The number, with the decimals it is written with; one without a point is exact.

    Raises:
        UnreadableError: It is too long, too large or too small.
    """
    if len(token.text) > MAX_DIGITS:
        raise UnreadableError(token, f"expected a number of at most {MAX_DIGITS} characters")
    mantissa, _, exponent = token.text.lower().partition("e")
    value = float(token.text)
    if value in (float("inf"), float("-inf")):
        raise UnreadableError(token, "expected a number below 1.8e308")
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    if not -308 <= places <= 400 or (value == 0 and float(mantissa) != 0):
        raise UnreadableError(token, "expected a number between 1e-308 and 1.8e308")
    if "." not in mantissa:
        if not exponent:
            return Number(int(mantissa))
        if value.is_integer():  # exact, and short enough to be written out
            short = value < 10 ** (MAX_DIGITS - 1)
            return Number(int(Decimal(token.text)) if short else value)
    return Number(value, places)


def fraction(token: Token) -> tuple[Number, Number]:
    """What stands above and below in ½.

    Raises:
        UnreadableError: It is a sign such as ①, which only looks like a number.
    """
    above, slash, below = unicodedata.normalize("NFKC", token.text).partition("\u2044")
    if not slash or not (above.isdecimal() and below.isdecimal()):
        raise UnreadableError(token, f"did not expect {token.text!r} here")
    return Number(int(above)), Number(int(below))


def has_name(token: Token) -> bool:
    """True for what may be a number or a sum: 2e+1, which nobody writes for 20."""
    if token.kind != "number" or token.text[-2:-1] not in ("+", "-"):
        return False
    mantissa, _, exponent = token.text.lower().partition("e")
    return mantissa.isdecimal() and len(exponent) == 2


def apart(token: Token) -> list[Token]:
    """The tokens of 2e+1 as 2·e + 1; another token as it is."""
    if not has_name(token):
        return [token]
    kinds = ("number", "name", "sign", "number")
    texts = (token.text[:-3], token.text[-3], token.text[-2], token.text[-1])
    starts = [token.column + sum(map(len, texts[:i])) for i in range(4)]
    return [
        Token(kind, text, token.line, start, start + len(text))
        for kind, text, start in zip(kinds, texts, starts, strict=True)
    ]
