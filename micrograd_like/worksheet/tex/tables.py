"""Tables of values in Markdown: what they give as statements.

Three kinds give names their values: names beside a column "Value"; one row of numbers under names;
rows of numbers, each with its i, under names such as x^{(i)}. All others say nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from micrograd_like.worksheet.tex.formula import Row
from micrograd_like.worksheet.tex.pieces import Span, TexError, pieces
from micrograd_like.worksheet.tex.symbols import Symbols
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import index_letters, instance

_VALUE = {"value", "values", "initial value", "number"}


class _Cell(NamedTuple):
    """A cell: its text, whether that is a formula, and its tokens where they are understood."""

    text: str
    formula: bool
    tokens: list[Token]

    @property
    def name(self) -> Token | None:
        """The name that it is."""
        alone = len(self.tokens) == 1 and self.tokens[0].kind == "name"
        return self.tokens[0] if alone and self.formula else None

    @property
    def number(self) -> list[Token]:
        """The number that it is, with its sign; none for anything else."""
        signed = self.tokens[:1] and self.tokens[0].text == "-"
        rest = self.tokens[1:] if signed else self.tokens
        return self.tokens if len(rest) == 1 and rest[0].kind == "number" else []


def values(lines: Sequence[str], symbols: Symbols) -> Iterator[list[Token]]:
    """The statements that the tables of a document make."""
    rows: list[list[_Cell]] = []
    for number, line in enumerate([*lines, ""]):
        if line.lstrip().startswith("|"):
            rows.append(list(_cells(lines, number, symbols)))
        elif rows:
            if len(rows) > 2 and all(set(cell.text) <= {*"-: "} for cell in rows[1]):
                yield from _of_table(rows[0], rows[2:])
            rows = []


def _of_table(header: list[_Cell], rows: list[list[_Cell]]) -> Iterator[list[Token]]:
    rows = [row for row in rows if len(row) == len(header)]
    if len(header) == 2 and header[1].text.strip("*").lower() in _VALUE:
        for name, value in rows:
            yield from _statement(name.name, value)
    elif len(rows) == 1 and all(cell.name for cell in header):
        for name, value in zip(header, rows[0], strict=True):
            yield from _statement(name.name, value)
    elif counted := {
        letter for cell in header[1:] if cell.name for letter in index_letters(cell.name.text)
    }:
        letter = min(counted)
        for row in rows:
            if len(counted) == 1 and row[0].text.isdecimal():
                for name, value in zip(header[1:], row[1:], strict=True):
                    yield from _instance(name.name, letter, int(row[0].text), value)


def _instance(name: Token | None, letter: str, number: int, value: _Cell) -> Iterator[list[Token]]:
    if name is not None and letter in index_letters(name.text):
        yield from _statement(name._replace(text=instance(name.text, letter, number)), value)


def _statement(name: Token | None, value: _Cell) -> Iterator[list[Token]]:
    """The name with its value: both where they stand in a row, else where the value stands."""
    number = value.number
    if name is not None and number:
        if name.line == number[0].line:
            yield [name, name._replace(kind="sign", text="=", column=name.end), *number]
            return
        here = number[0]._replace(end=number[0].column)
        yield [
            here._replace(kind="name", text=name.text),
            here._replace(kind="sign", text="="),
            *number,
        ]


def _cells(lines: Sequence[str], number: int, symbols: Symbols) -> Iterator[_Cell]:
    line = lines[number].rstrip()
    start = line.index("|") + 1
    for text in line[start:].removesuffix("|").split("|"):
        inner = text.strip()
        column = start + len(text) - len(text.lstrip())
        formula = False
        for opening, closing in (("$", "$"), (r"\(", r"\)")):
            if inner.startswith(opening) and inner.endswith(closing) and len(inner) > 2:
                formula = True
                column += len(opening)
                inner = inner[len(opening) : len(inner) - len(closing)]
        span = Span(lines, number, column, number, column + len(inner))
        try:
            tokens = Row(pieces(span), symbols).read() if len(inner) < 60 else []
        except TexError:
            tokens = []
        yield _Cell(text.strip(), formula, tokens)
        start += len(text) + 1
