"""Tables in Markdown: their cells, in TeX or as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from micrograd_like.worksheet.tex.formula import Row
from micrograd_like.worksheet.tex.pieces import Span, TexError, pieces
from micrograd_like.worksheet.tex.symbols import Symbols
from micrograd_like.worksheet.tokens.lexer import Conventions, Lexer, Token
from micrograd_like.worksheet.tokens.spelling import is_word
from micrograd_like.worksheet.tokens.tables import Cell, Lefts, statements

_LONGEST = 60


def values(
    lines: Sequence[str], symbols: Symbols, read: Iterable[Sequence[Token]]
) -> Iterator[list[Token]]:
    """The statements that the tables of a document make, beside those that were read."""
    lefts = Lefts(read)
    rows: list[list[Cell]] = []
    for number, line in enumerate([*lines, ""]):
        if line.lstrip().startswith("|"):
            rows.append(list(_cells(lines, number, symbols)))
        elif rows:
            if len(rows) > 2 and all(set(cell.text) <= {*"-: "} for cell in rows[1]):
                yield from statements(rows[0], rows[2:], lefts)
            rows = []


def _cells(lines: Sequence[str], number: int, symbols: Symbols) -> Iterator[Cell]:
    line = lines[number].rstrip()
    start = line.index("|") + 1
    for text in line[start:].removesuffix("|").split("|"):
        inner = text.strip()
        column = start + len(text) - len(text.lstrip())
        formula = False
        for opening, closing in (("**", "**"), ("$", "$"), (r"\(", r"\)")):
            if inner.startswith(opening) and inner.endswith(closing) and len(inner) > 2:
                formula |= opening != "**"
                column += len(opening)
                inner = inner[len(opening) : len(inner) - len(closing)]
        if not formula and len(inner) < _LONGEST:
            plain = _plain(inner, number + 1, column)
            yield Cell(text.strip(), len(plain) == 1 and not is_word(plain[0].text), plain)
        else:
            span = Span(lines, number, column, number, column + len(inner))
            try:
                tokens = Row(pieces(span), symbols).read() if len(inner) < _LONGEST else []
            except TexError:
                tokens = []
            yield Cell(text.strip(), formula, tokens)
        start += len(text) + 1


def _plain(text: str, line: int, column: int) -> list[Token]:
    """The tokens of a cell that is no formula."""
    return Lexer(Conventions.of([text])).tokens(" " * column + text, line)
