"""Plain text: every line is a line of the language of worksheets."""

from __future__ import annotations

import re

from micrograd_like.worksheet.source import Source, reads
from micrograd_like.worksheet.tokens.lexer import Conventions, Lexer
from micrograd_like.worksheet.tokens.tables import with_tables

_COMMENT = re.compile(r"^\s*#+(?=\s)")
_CLAIMS = re.compile("[=≈]")


@reads(".txt", ".text", ".worksheet", order=9, looks_like=lambda text: True)
def read(lines: list[str]) -> Source:
    """The tokens of every line."""
    lines = _uncommented(lines)
    conventions = Conventions.of(lines)
    lexer = Lexer(conventions)
    rows = [lexer.tokens(line, number) for number, line in enumerate(lines, 1)]
    return Source(lines, with_tables(rows), told=tuple(conventions.told()))


def _uncommented(lines: list[str]) -> list[str]:
    """The lines; where comments alone claim something, as beside a program, without their marks."""
    if any(_CLAIMS.search(line.partition("#")[0]) for line in lines):
        return lines
    return [_COMMENT.sub(lambda mark: " " * len(mark[0]), line) for line in lines]
