"""Tables of values: what they give as statements.

Three kinds give names their values: names beside a column "Value"; one row of numbers under names;
rows of numbers, each with its i, under names such as x^{(i)}. All others say nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import index_letters, instance, is_word

_VALUE = {"value", "values", "initial value", "number"}
#: What stands over names, so that a word below is one: eta, bias.
_NAMED = {"symbol", "name", "parameter", "variable", "quantity"}
#: Signs that a row is drawn with.
_RULES = {"-", ":", "|", "+"}


class Cell(NamedTuple):
    """A cell: its text, whether that is a formula, and its tokens where they are understood."""

    text: str
    formula: bool
    tokens: Sequence[Token]

    @property
    def alone(self) -> Token | None:
        """The name or word that is all it holds."""
        return self.tokens[0] if len(self.tokens) == 1 and self.tokens[0].kind == "name" else None

    @property
    def name(self) -> Token | None:
        """The name of a quantity that it is, told from a word without knowing its column."""
        return self.alone if self.formula else None

    @property
    def number(self) -> Sequence[Token]:
        """The number that it is, with its sign; none for anything else."""
        signed = self.tokens[:1] and self.tokens[0].text == "-"
        rest = self.tokens[1:] if signed else self.tokens
        return self.tokens if len(rest) == 1 and rest[0].kind == "number" else []


def statements(header: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> Iterator[list[Token]]:
    """The statements that a table makes."""
    rows = [row for row in rows if len(row) == len(header)]
    titles = [cell.text.strip("*").lower() for cell in header]
    valued = next((place for place, title in enumerate(titles) if title in _VALUE), 0)
    named = titles[0] in _NAMED
    if valued:
        for row in rows:
            yield from _statement(row[0].alone if named else row[0].name, row[valued])
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


def _instance(name: Token | None, letter: str, number: int, value: Cell) -> Iterator[list[Token]]:
    if name is not None and letter in index_letters(name.text):
        yield from _statement(name._replace(text=instance(name.text, letter, number)), value)


def _statement(name: Token | None, value: Cell) -> Iterator[list[Token]]:
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


def with_tables(rows: Sequence[list[Token]]) -> list[list[Token]]:
    """The rows of a text, those of tables of values as the statements that they make."""
    if not any(row and row[0].text == "|" for row in rows):
        return [*rows]
    found: list[list[Token]] = []
    table: list[list[Token]] = []
    for row in [*rows, []]:
        if row and row[0].text == "|":
            table.append(row)
        else:
            found += _read(table)
            found.append(row)
            table = []
    return found[:-1]


def _read(table: list[list[Token]]) -> list[list[Token]]:
    """The statements of a table whose second row is a rule; any other as it stands."""
    if len(table) < 3 or any(token.text not in _RULES for token in table[1]):
        return table
    header, _, *rows = ([*_cells(row)] for row in table)
    return [*statements(header, rows)] or table


def _cells(row: Sequence[Token]) -> Iterator[Cell]:
    """The cells of a row that begins with a bar; a word alone is no name of a quantity."""
    start = 1
    for place, token in enumerate(row):
        if place and (token.text == "|" or place == len(row) - 1):
            inside = row[start : place + (token.text != "|")]
            text = " ".join(token.text for token in inside)
            yield Cell(text, not is_word(text), inside)
            start = place + 1
