"""Plain text: every line is a line of the language of worksheets."""

from __future__ import annotations

from micrograd_like.worksheet.source import Source, reads
from micrograd_like.worksheet.tokens.lexer import Conventions, Lexer
from micrograd_like.worksheet.tokens.tables import with_tables


@reads(".txt", ".text", ".worksheet", order=9, looks_like=lambda text: True)
def read(lines: list[str]) -> Source:
    """The tokens of every line."""
    conventions = Conventions.of(lines)
    lexer = Lexer(conventions)
    rows = [lexer.tokens(line, number) for number, line in enumerate(lines, 1)]
    return Source(lines, with_tables(rows), told=tuple(conventions.told()))
