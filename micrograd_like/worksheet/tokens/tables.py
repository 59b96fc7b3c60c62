"""Tables of values: what they give as statements.

Three kinds give names their values: names beside a column "Value"; one row of numbers under names;
rows of numbers, each with its i, under names such as x^{(i)}. One that sums up says again what
derivatives by names beside a column "Gradient", or names beside "New value", came to on other
lines. All others say nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import index_letters, instance, is_word
from micrograd_like.worksheet.vocabulary import NEW

# fmt: off
_VALUE = {
    "value", "values", "initial value", "number",
    "wert", "werte", "valeur", "valeurs", "valor", "valores", "valore", "valori",
    "значение", "值", "数值", "取值",
}
#: What stands over names, so that a word below is one: eta, bias.
_NAMED = {
    "symbol", "name", "parameter", "variable", "quantity",
    "größe", "symbole", "paramètre", "grandeur", "símbolo", "parámetro", "magnitud",
    "simbolo", "parametro", "grandezza", "parâmetro", "variável", "символ", "параметр",
    "符号", "参数", "变量",
}
#: What stands over derivatives by names, and over names as they are when they are renewed.
_GRADIENT = {
    "gradient", "gradients", "derivative", "gradiente", "gradienten", "ableitung", "dérivée",
    "derivada", "derivata", "градиент", "производная", "梯度",
}
_RENEWED = {
    "new value", "updated value", "updated", "new", "neuer wert", "nouvelle valeur", "nuevo valor",
    "novo valor", "nuovo valore", "новое значение", "新值", "更新后",
}
#: How a name that was renewed may end.
_ENDINGS = (*NEW, "updated")
# fmt: on
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
    def text_alone(self) -> str:
        """The same as its text; "" for none."""
        return "" if self.alone is None else self.alone.text

    @property
    def is_slope(self) -> bool:
        """True for a derivative by a name, and nothing else."""
        signs = "".join(token.text for token in self.tokens if token.kind == "sign")
        return (len(self.tokens), signs) in ((5, "∂/∂"), (3, "/")) and self.formula

    @property
    def number(self) -> Sequence[Token]:
        """The number that it is, with its sign; none for anything else."""
        signed = self.tokens[:1] and self.tokens[0].text == "-"
        rest = self.tokens[1:] if signed else self.tokens
        return self.tokens if len(rest) == 1 and rest[0].kind == "number" else []


class Lefts:
    """What the lines of a document are about, for tables that say it again.

    Attributes:
        slopes: For each name the left sides of the derivatives by it, by what they are of.
        renewed: For each name that is renewed its left side.
    """

    def __init__(self, rows: Iterable[Sequence[Token]]) -> None:
        self.slopes: dict[str, dict[str, Sequence[Token]]] = {}
        self.renewed: dict[str, Sequence[Token]] = {}
        for row in rows:
            self._add([token.text for token in row[:6]], row)

    def _add(self, texts: Sequence[str], row: Sequence[Token]) -> None:
        match texts:
            case ["∂", of, "/", "∂", by, "=" | "≈", *_]:
                self.slopes.setdefault(by, {})[of] = row[:5]
            case [of, "/", by, "=" | "≈", *_] if of[:1] == by[:1] == "d":
                self.slopes.setdefault(by[1:], {})[of[1:]] = row[:3]
            case [name, "←", *_]:
                self.renewed[name] = row[:1]
            case [name, "=" | "≈", *_] if name.endswith(_ENDINGS) and "_" in name:
                self.renewed[name.rpartition("_")[0]] = row[:1]

    def of(self, title: str, names: Sequence[str]) -> dict[str, Sequence[Token]]:
        """The left sides that a column is about: derivatives are of one quantity, the cost."""
        if title in _RENEWED:
            return self.renewed
        if title not in _GRADIENT:
            return {}
        found = [self.slopes[name] for name in names if name in self.slopes]
        common = set.intersection(*map(set, found)) if found else set()
        if len(common) != 1:
            return {}
        of = min(common)
        return {name: slopes[of] for name, slopes in self.slopes.items() if of in slopes}


def statements(
    header: Sequence[Cell], rows: Sequence[Sequence[Cell]], lefts: Lefts
) -> Iterator[list[Token]]:
    """The statements that a table makes."""
    rows = [row for row in rows if len(row) == len(header)]
    titles = [cell.text.strip("* ").lower() for cell in header]
    valued = next((place for place, title in enumerate(titles) if title in _VALUE), 0)
    named = titles[0] in _NAMED
    for place, title in enumerate(titles[1:], 1):
        yield from _repeated(rows, place, lefts.of(title, [row[0].text_alone for row in rows]))
    if valued:
        for row in rows:
            if row[0].is_slope:
                yield from _stated(row[0].tokens, row[valued].number)
            else:
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


def _repeated(
    rows: Sequence[Sequence[Cell]], place: int, lefts: dict[str, Sequence[Token]]
) -> Iterator[list[Token]]:
    """What a column says again of the names before it."""
    for row in rows:
        if left := lefts.get(row[0].text_alone):
            first = row[0].tokens[0]
            yield from _stated([_moved(token, first) for token in left], row[place].number)


def _moved(token: Token, to: Token) -> Token:
    return token._replace(line=to.line, column=to.column, end=to.end)


def _stated(left: Sequence[Token], number: Sequence[Token]) -> Iterator[list[Token]]:
    if number:
        sign = left[-1]._replace(kind="sign", text="=", column=left[-1].end)
        yield [*left, sign, *number]


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
    lefts = Lefts(rows)
    found: list[list[Token]] = []
    table: list[list[Token]] = []
    for row in [*rows, []]:
        if row and row[0].text == "|":
            table.append(row)
        else:
            found += _read(table, lefts)
            found.append(row)
            table = []
    return found[:-1]


def _read(table: list[list[Token]], lefts: Lefts) -> list[list[Token]]:
    """The statements of a table whose second row is a rule; any other as it stands."""
    if len(table) < 3 or any(token.text not in _RULES for token in table[1]):
        return table
    header, _, *rows = ([*_cells(row)] for row in table)
    return [*statements(header, rows, lefts)] or table


def _cells(row: Sequence[Token]) -> Iterator[Cell]:
    """The cells of a row that begins with a bar; a word alone is no name of a quantity."""
    start = 1
    for place, token in enumerate(row):
        if place and (token.text == "|" or place == len(row) - 1):
            inside = row[start : place + (token.text != "|")]
            text = " ".join(token.text for token in inside)
            yield Cell(text, not is_word(text), inside)
            start = place + 1
