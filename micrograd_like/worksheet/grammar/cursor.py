"""The cursor: the tokens of one clause, which comes next, and what is wrong with it."""

from __future__ import annotations

from typing import NoReturn

from micrograd_like.worksheet.tokens.bounds import MAX_NESTING
from micrograd_like.worksheet.tokens.lexer import MAX_NAME, Token


class UnreadableError(Exception):
    """What was expected, and the token that stands there instead."""

    def __init__(self, token: Token, message: str) -> None:
        super().__init__(message)
        self.token, self.message = token, message


class Cursor:
    """A place among the tokens of a clause, the last of which is its end."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.nesting = 0

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.place]

    def ahead(self, count: int) -> Token:
        """The token so many behind the next one; at the end, the end."""
        return self.tokens[min(self.place + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The next token, which is then behind."""
        token = self.next
        self.place += 1
        return token

    def at(self, *signs: str) -> bool:
        """True where one of the signs comes next."""
        token = self.tokens[self.place]
        return token.kind == "sign" and token.text in signs

    def at_power(self) -> bool:
        """True where an exponent comes next: ^ or a raised figure."""
        return self.at("^") or self.next.kind == "power"

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        """Say what is wrong, and with which token: the next one unless told."""
        raise UnreadableError(token or self.next, message)

    def expected(self, what: str) -> NoReturn:
        """Say that something else had to come next."""
        got = self.next.text if self.next.kind == "end" else repr(self.next.text[:MAX_NAME])
        self.fail(f"expected {what}, got {got}")

    def deeper(self) -> None:
        """Enter a bracket, sign or power inside another."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.too_deep()

    def too_deep(self, token: Token | None = None) -> NoReturn:
        """Say that too many of them stand inside one another."""
        self.fail(f"expected at most {MAX_NESTING} nested brackets, signs and powers", token)

    def skip_group(self) -> None:
        """Pass over a bracket and all that it holds."""
        depth = 0
        while self.next.kind != "end":
            sign = self.take().text
            depth += (sign in ("(", "[")) - (sign in (")", "]"))
            if not depth:
                return
