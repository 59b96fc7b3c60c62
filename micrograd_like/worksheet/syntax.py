"""The worksheet language: text to statements. Nothing is evaluated, nothing is unbounded.

A statement is a left side, a name or a derivative dA/dB, and one or more parts that are
said to equal it; ``?`` is a part still to be filled in. Lines are split into tokens with
their places, and expressions are read by operator precedence. What people paste is
understood: ``·`` ``×`` ``−`` ``²`` ``₁`` ``½``, Greek letters, ŷ, ∂, primes, a number before
a name or bracket (``2x``, ``.57(.5)``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from micrograd_like.errors import WorksheetError, did_you_mean
from micrograd_like.formula import Call, Derivative, Expr, Name, Number, Quantity
from micrograd_like.notation import normal_name
from micrograd_like.ops import OPS
from micrograd_like.worksheet.builder import CONSTANTS, exact_number

MAX_BYTES = 1_000_000
MAX_LINES = 10_000
MAX_NESTING = 200
#: Operations in one part of a statement; nobody writes more by hand.
MAX_OPERATIONS = 500
MAX_DIGITS = 60
MAX_NAME = 100
#: After so many problems nobody reads which name was meant.
MAX_PROPOSALS = 20

#: What may be called by name: every row that is not written with a sign, and its aliases.
FUNCTIONS = {row.name: row for row in OPS.values() if not row.arithmetic}
FUNCTIONS |= {alias: row for row in OPS.values() for alias in row.aliases}


#: Names that mean something already, so that a graph's worksheet does not use them.
RESERVED = {*FUNCTIONS}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read: where, what was expected, and the line itself.

    first:  the line on which the statement begins, where it is an earlier one
    """

    line: int
    column: int
    message: str
    source: str
    first: int = 0

    def __str__(self) -> str:
        shown = "".join(c if c.isprintable() else "·" for c in self.source.expandtabs(1))
        before = "".join(shown[: self.column - 1])
        start = max(len(before) - 60, 0)  # a very long line is shown around the place
        caret = " " * sum(map(_width, before[start:])) + "^"
        return (
            f"line {self.line}, column {self.column}: {self.message}\n"
            f"  {shown[start : start + 100]}\n  {caret}"
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things a line says are equal.

    approximate:  True where it was joined with ≈
    line, column: where it begins, from 1
    names:        where each name in it first stands, as (line, column)
    otherwise:    what else it may mean, where 1/2y may be ½·y or 1/(2y)
    """

    expr: Expr
    source: str = field(compare=False)
    line: int = field(compare=False)
    column: int = field(compare=False)
    approximate: bool = False
    names: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    otherwise: Expr | None = field(default=None, compare=False)

    @property
    def number(self) -> Number | None:
        """The number, where the part is a single one, its sign included."""
        return exact_number(self.expr)


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of a worksheet: a left side and what is said to equal it.

    blank:  True where a ? stands for what is still to be filled in
    """

    line: int = field(compare=False)
    column: int = field(compare=False)
    source: str = field(compare=False)
    left: Quantity
    parts: tuple[Part, ...]
    blank: bool = False


class Token(NamedTuple):
    """A piece of text: ``kind`` is "number", "name", "sign", "power", "fraction" or "end".

    column, end:  where it begins, and where what follows it would, from 1
    """

    kind: str
    text: str
    line: int
    column: int
    end: int


# Lines.


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, with or without a mark, or UTF-16 with one.

    Errors: WorksheetError for a file too large or of another encoding.
    """
    if len(data) > MAX_BYTES:
        raise WorksheetError(f"the worksheet is too large: expected at most {MAX_BYTES:,} bytes")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorksheetError(
            f"the worksheet is not UTF-{16 if wide else 8} text: byte {error.start + 1} "
            "does not belong there; save it as UTF-8"
        ) from None


def split_lines(text: str, markdown: bool = False) -> list[str]:
    """The lines, those outside ``worksheet`` fences of a Markdown file emptied.

    Errors: WorksheetError for too large a text or too many lines.
    """
    if len(text) > MAX_BYTES:
        raise WorksheetError(
            f"the worksheet has {len(text):,} characters, expected at most {MAX_BYTES:,}"
        )
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    count = len(lines) - (not lines[-1])  # a last line may be ended or not
    if count > MAX_LINES:
        raise WorksheetError(f"the worksheet has {count:,} lines, expected at most {MAX_LINES:,}")
    return list(_fenced(lines)) if markdown else lines


def _fenced(lines: list[str]) -> Iterator[str]:
    fence = ""
    wanted = False
    for line in lines:
        mark = re.match(r"\s*(`{3,}|~{3,})\s*(\S*)", line)
        if not fence and mark:
            fence, wanted = mark[1], mark[2] == "worksheet"
            yield ""
        elif fence and mark and mark[1].startswith(fence) and not mark[2]:
            fence = ""
            yield ""
        else:
            yield line if fence and wanted else ""


# Tokens.

_SIGNS = {
    "−": "-",
    "–": "-",
    "‐": "-",
    "‑": "-",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "∙": "*",
    "•": "*",
    "∗": "*",
    "÷": "/",
    "∕": "/",
    "**": "^",
    "＝": "=",
    "＋": "+",
    "—": "-",
    "－": "-",
    "（": "(",
    "）": ")",
    "≃": "≈",
    "≅": "≈",
    "[": "(",
    "{": "(",
    "]": ")",
    "}": ")",
}
# Python counts these among the letters and digits of a name: primes, powers and fractions.
_NO_LETTER = "(?![ʹ\u0374²³¹⁰⁴-⁹¼-¾⅐-⅟])"
_TOKEN = re.compile(
    r"(?P<space>[\s\u00ad\u200b-\u200d\u2060\ufeff]+)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+\-−]?\d+)?)"
    r"|(?P<power>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<fraction>[¼-¾⅐-⅟])"
    rf"|(?P<name>{_NO_LETTER}[^\W\d_](?:{_NO_LETTER}[\w\u0300-\u036f]){{0,{MAX_NAME}}}(?:_{{\w+}})?)"
    r"(?P<prime>['’′ʹ\u0374″]*)"
    r"|(?P<sign>\*\*|:=|.)",
    re.DOTALL,
)
_SUPERSCRIPTS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")


def is_name(name: str) -> bool:
    """True for a name in plain form, such as ``w5'``."""
    letters = len(name) <= MAX_NAME and _letters(name) == name
    return letters and re.fullmatch(r"[^\W\d_]\w*'*", name) is not None


def _tokens(line: str, number: int) -> Iterator[Token]:
    """The tokens of one line, its comment left out."""
    place = 0
    while place < len(line):
        match = _TOKEN.match(line, place)
        if match is None:  # the last alternative takes any character
            raise AssertionError("unreachable")
        kind, text, column = str(match.lastgroup), match[0], place + 1
        place = match.end()
        if kind == "space":
            continue
        if kind == "number":
            yield Token("number", text.replace("−", "-"), number, column, place + 1)
        elif kind in ("name", "prime"):
            letters = _letters(match["name"])
            if not letters:  # ① and its like count as letters for the pattern
                place = column
                yield Token("fraction", text[0], number, column, place + 1)
                continue
            if letters != match["name"]:
                place, text = column - 1 + len(letters), letters
            yield Token("name", normal_name(text), number, column, place + 1)
        elif kind == "fraction":
            yield Token("fraction", text, number, column, place + 1)
        elif kind == "power":
            yield Token("power", text.translate(_SUPERSCRIPTS), number, column, place + 1)
        elif text == "#":
            return
        else:
            yield Token("sign", _SIGNS.get(text, text), number, column, place + 1)


def _letters(name: str) -> str:
    """``name`` up to its first superscript or fraction, which Python counts as letters."""
    if name.isascii():
        return name
    for place, character in enumerate(name):
        subscript = place > 0 and character in "₀₁₂₃₄₅₆₇₈₉"
        if unicodedata.category(character) == "No" and not subscript:
            return name[:place]
    return name


# A line that ends in one of these goes on in the next, and one that begins so goes on.
_CONTINUES = {"+", "-", "*", "/", "^", "=", "≈", "("}
_GOES_ON = {"=", "≈"}


def read_statements(
    text: str, markdown: bool = False
) -> tuple[list[Statement], list[Problem], list[str]]:
    """The statements of a worksheet, what could not be read of it, and its lines.

    Errors: WorksheetError for a text beyond the bounds.
    """
    lines = split_lines(text, markdown)
    logical = list(_logical_lines(lines))
    known = {tokens[0].text for tokens in logical if _defines(tokens)}
    statements: list[Statement] = []
    problems: list[Problem] = []
    for tokens in logical:
        parser = _Parser(tokens, known, lines, len(problems) < MAX_PROPOSALS)
        try:
            statements.append(parser.checked_statement())
        except _UnreadableError as error:
            token = error.token
            source, first = lines[token.line - 1], tokens[0].line
            problems.append(Problem(token.line, token.column, error.message, source, first))
    return statements, problems, lines


def _logical_lines(lines: list[str]) -> Iterator[list[Token]]:
    """The tokens of every statement, continuation lines joined; the last one is the end."""
    tokens: list[Token] = []
    for number, line in enumerate(lines, 1):
        found = list(_tokens(line, number))
        goes_on = bool(found) and found[0].kind == "sign" and found[0].text in _GOES_ON
        if tokens and not goes_on and not _open(tokens):
            yield _ended(tokens)
            tokens = []
        elif tokens and tokens[-1].text in _GOES_ON and _begins(found):  # left open: w =
            yield _ended([*tokens, tokens[-1]._replace(text="?")])
            tokens = []
        tokens += found
    if tokens:
        yield _ended(tokens)


def _begins(tokens: list[Token]) -> bool:
    """True for a line that is a statement of its own: name = …, or dA/dB = …."""
    kinds = "".join("n" if t.kind == "name" else t.text for t in tokens[:6])
    return re.match(r"(n|n/n|∂n/∂n)[=≈]", kinds) is not None


def _open(tokens: list[Token]) -> bool:
    """True if the line goes on in the next."""
    return tokens[-1].kind == "sign" and tokens[-1].text in _CONTINUES


def _ended(tokens: list[Token]) -> list[Token]:
    last = tokens[-1]
    return [*tokens, Token("end", "the end of the line", last.line, last.end, last.end)]


def _defines(tokens: list[Token]) -> bool:
    """True if the line begins with ``name =``."""
    return tokens[0].kind == "name" and tokens[1].text in ("=", "≈")


# Expressions, by operator precedence.


class _UnreadableError(Exception):
    def __init__(self, token: Token, message: str) -> None:
        self.token, self.message = token, message


_ADD, _MULTIPLY, _IMPLICIT, _SIGNED = 1, 2, 2.5, 3
_INFIX = {
    "+": ("add", _ADD),
    "-": ("sub", _ADD),
    "*": ("mul", _MULTIPLY),
    "/": ("div", _MULTIPLY),
}


class _Parser:
    """Reads the tokens of one statement."""

    def __init__(
        self, tokens: list[Token], known: Collection[str], lines: list[str], proposing: bool
    ) -> None:
        self.tokens = tokens
        self.known = known
        self.lines = lines
        self.proposing = proposing
        self.place = 0
        self.nesting = 0
        self.operations = 0
        self.names: dict[str, tuple[int, int]] = {}
        self.implicit: float = _MULTIPLY  # how tightly a product without a sign holds
        self.ambiguous = False

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.next
        self.place += 1
        return token

    def at(self, *signs: str) -> bool:
        return self.next.kind == "sign" and self.next.text in signs

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        raise _UnreadableError(token or self.next, message)

    def expected(self, what: str) -> NoReturn:
        got = self.next.text if self.next.kind == "end" else repr(self.next.text[:MAX_NAME])
        self.fail(f"expected {what}, got {got}")

    # Statements.

    def checked_statement(self) -> Statement:
        """The statement, or what is wrong with it."""
        try:
            return self.statement()
        except RecursionError:  # called from deep down in a program
            deep = self.next
        return self.too_deep(deep)

    def statement(self) -> Statement:
        first = self.next
        left = self.left_side()
        if self.at(":="):
            self.fail("expected '='; for an updated value write a primed name: w5' = w5 - …")
        if not self.at("=", "≈"):
            self.expected("'=' after the left side")
        parts, blank = [], False
        while self.at("=", "≈"):
            approximate = self.take().text == "≈"
            if self.at("?"):
                self.take()
                blank = True
            else:
                parts.append(self.part(approximate))
        if self.at(";"):
            self.take()
        if self.next.kind != "end":
            self.expected("an operator, '=' or the end of the line")
        source = self.source(first, self.next)
        return Statement(first.line, first.column, source, left, tuple(parts), blank)

    def left_side(self) -> Quantity:
        derivative = self.derivative(anything=True)
        if derivative is not None:
            return derivative
        if self.next.kind != "name":
            self.expected("a name or a derivative such as dE/dw5 at the start of the line")
        self.check_length(self.next)
        return Name(self.take().text)

    def part(self, approximate: bool) -> Part:
        first = self.next
        place, self.ambiguous = self.place, False
        self.names, self.operations = {}, 0
        expr, otherwise = self.expression(0), None
        if self.ambiguous:
            self.place, self.operations, self.implicit = place, 0, _IMPLICIT
            otherwise = self.expression(0)
            self.implicit = _MULTIPLY
        source = self.source(first, self.next)
        return Part(expr, source, first.line, first.column, approximate, self.names, otherwise)

    def source(self, first: Token, end: Token) -> str:
        """The text from one token up to another, continuation lines joined."""
        pieces = []
        for number in range(first.line, end.line + 1):
            line = self.lines[number - 1]
            start = first.column - 1 if number == first.line else 0
            stop = end.column - 1 if number == end.line else len(line)
            pieces.append(line[start:stop].partition("#")[0].strip())
        return " ".join(piece for piece in pieces if piece)

    # Expressions.

    def expression(self, binding: float) -> Expr:
        """An expression whose operators hold tighter than ``binding``."""
        left = self.prefix()
        while True:
            if self.at("^") or self.next.kind == "power":
                left = self.raised(left)
            elif self.next.kind == "sign" and self.next.text in _INFIX:
                function, own = _INFIX[self.next.text]
                if own <= binding:
                    break
                self.take()
                left = self.call(function, left, self.expression(own))
            elif self.implicit_product():
                if binding >= self.implicit:
                    break
                self.ambiguous |= isinstance(left, Call) and left.function == "div"
                left = self.call("mul", left, self.expression(self.implicit))
            else:
                break
        return left

    def inner(self, binding: float) -> Expr:
        """An expression that stands inside another."""
        self.deeper()
        expr = self.expression(binding)
        self.nesting -= 1
        return expr

    def deeper(self) -> None:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.too_deep()

    def too_deep(self, token: Token | None = None) -> NoReturn:
        self.fail(f"expected at most {MAX_NESTING} nested brackets, signs and powers", token)

    def raised(self, base: Expr) -> Expr:
        token = self.take()
        if token.kind == "power":
            exponent: Expr = self.integer(token)
        else:
            exponent = self.inner(_SIGNED)  # to the right: x^y^z is x^(y^z)
        return self.call("pow", base, exponent)

    def implicit_product(self) -> bool:
        """True where a product needs no sign: 2x, 2(…), x(…) of the worksheet, (…)(…)."""
        before = self.tokens[self.place - 1]
        closed = before.kind == "sign" and before.text == ")"
        if self.at("("):
            return before.kind in ("number", "name", "power", "fraction") or closed
        after_number = before.kind in ("number", "fraction")
        if self.at("√"):
            return after_number or before.kind == "name"  # 2√x
        return (after_number or closed) and self.next.kind == "name"  # 2x, (1 − z)x

    def prefix(self) -> Expr:
        token = self.next
        if self.at("-"):
            self.take()
            return self.call("neg", self.inner(_SIGNED - 1))
        if self.at("+"):
            self.take()
            return self.inner(_SIGNED - 1)
        if self.at("("):
            self.take()
            return self.closed(self.inner(0), ")", token)
        if self.at("|"):
            self.take()
            return self.call("abs", self.closed(self.inner(0), "|", token))
        if self.at("√"):
            self.take()
            return self.applied("sqrt", token)
        if token.kind == "number":
            return self.number(self.take())
        if token.kind == "fraction":
            return self.fraction(self.take())
        derivative = self.derivative()
        if derivative is not None:
            return derivative
        if token.kind != "name":
            self.expected("a number, a name or a bracket")
        return self.name(self.take())

    def closed(self, inside: Expr, sign: str, opening: Token) -> Expr:
        if not self.at(sign):
            self.expected(f"{sign!r} for the {opening.text!r} in column {opening.column}")
        self.take()
        return inside

    def check_length(self, name: Token) -> None:
        if len(name.text) > MAX_NAME:
            self.fail(f"expected a name of at most {MAX_NAME} characters", name)

    def name(self, token: Token) -> Expr:
        self.check_length(token)
        if token.text in self.known:
            self.names.setdefault(token.text, (token.line, token.column))
            return Name(token.text)
        if token.text in FUNCTIONS:
            return self.applied(FUNCTIONS[token.text].name, token)
        if self.at("("):
            options = (*self.known, *FUNCTIONS)
            near = did_you_mean(token.text, options) if self.proposing else ""
            self.fail(f"{token.text!r} is no function and no name of this worksheet{near}", token)
        if token.text not in CONSTANTS:
            self.names.setdefault(token.text, (token.line, token.column))
        return Name(token.text)

    def applied(self, function: str, token: Token) -> Expr:
        """A function and its arguments; a single plain one needs no brackets: ln ŷ."""
        if (self.at("^") or self.next.kind == "power") and token.text != "√":
            return self.power_of_function(function, token)
        if self.at("|"):
            arguments = [self.prefix()]  # ln|x|
        elif self.at("("):
            opening = self.take()
            arguments = [self.inner(0)]
            while self.at(","):
                self.take()
                arguments.append(self.inner(0))
            self.closed(arguments[-1], ")", opening)
        else:
            if self.next.kind not in ("name", "number"):
                self.expected(f"'(' after {token.text}")
            self.deeper()
            arguments = [self.prefix()]
            self.nesting -= 1
            if self.implicit_product() or self.at("^") or self.next.kind == "power":
                self.fail(f"expected brackets: what belongs to {token.text} is not clear", token)
        row = OPS[function]
        if len(arguments) != len(row.inputs):
            self.fail(
                f"{token.text} takes {len(row.inputs)} argument{'s' * (len(row.inputs) > 1)}, "
                f"got {len(arguments)}",
                token,
            )
        return self.call(function, *arguments)

    def power_of_function(self, function: str, token: Token) -> Expr:
        """sin²(x), which is (sin x)²."""
        self.deeper()
        power = self.take()
        if power.kind == "power":
            exponent: Expr = self.integer(power)
        elif self.next.kind == "number":
            exponent = self.number(self.take())
        else:
            self.expected("a number")
        if not self.at("("):
            self.expected(f"'(' after the power of {token.text}")
        if exponent == self.call("neg", Number(1)):
            self.fail(f"expected 1/{token.text}(…) or the inverse function by its name", token)
        value = self.applied(function, token)
        self.nesting -= 1
        return self.call("pow", value, exponent)

    def derivative(self, anything: bool = False) -> Derivative | None:
        """dA/dB where A and B are names of the worksheet, or ``anything``; ∂A/∂B always."""
        ahead = self.tokens[self.place : self.place + 5]
        texts = [token.text for token in ahead]
        kinds = [token.kind for token in ahead]
        if texts[:1] == ["∂"] and texts[2:4] == ["/", "∂"] and kinds[1::3] == ["name", "name"]:
            of, wrt, width = texts[1], texts[4], 5
        elif (
            kinds[:3] == ["name", "sign", "name"]
            and texts[1] == "/"
            and all(len(texts[i]) > 1 and texts[i][0] == "d" for i in (0, 2))
        ):
            of, wrt, width = texts[0][1:], texts[2][1:], 3
            if not (of in self.known and wrt in self.known):
                whole = texts[0] in self.known or texts[2] in self.known
                if whole or not anything:
                    return None
        elif texts[:1] == ["∂"]:
            self.fail("expected a derivative, as in ∂E/∂w5")
        else:
            return None
        for token, name in ((ahead[0], of), (ahead[width // 2 + 1], wrt)):
            self.names.setdefault(name, (token.line, token.column))
        self.place += width
        return Derivative(Name(of), Name(wrt))

    # Numbers.

    def number(self, token: Token) -> Number:
        if len(token.text) > MAX_DIGITS:
            self.fail(f"expected a number of at most {MAX_DIGITS} characters", token)
        mantissa, _, exponent = token.text.lower().partition("e")
        value = float(token.text)
        if value in (float("inf"), float("-inf")):
            self.fail("expected a number below 1.8e308", token)
        places = len(mantissa.partition(".")[2]) - int(exponent or 0)
        if not -308 <= places <= 400 or (value == 0 and float(mantissa) != 0):
            self.fail("expected a number between 1e-308 and 1.8e308", token)
        if "." not in mantissa:
            if not exponent:
                return Number(int(mantissa))
            if value.is_integer():  # exact, and short enough to be written out
                return Number(int(value) if value < 10 ** (MAX_DIGITS - 1) else value)
        return Number(value, places)

    def integer(self, token: Token) -> Expr:
        """The number of a superscript."""
        number = self.number(token._replace(text=token.text.lstrip("+-")))
        return self.call("neg", number) if token.text.startswith("-") else number

    def fraction(self, token: Token) -> Expr:
        above, slash, below = unicodedata.normalize("NFKC", token.text).partition("\u2044")
        if not slash or not (above.isdecimal() and below.isdecimal()):
            self.fail(f"did not expect {token.text!r} here", token)
        return self.call("div", Number(int(above)), Number(int(below)))

    def call(self, function: str, *arguments: Expr) -> Call:
        self.operations += 1
        if self.operations > MAX_OPERATIONS:
            self.fail(
                f"expected at most {MAX_OPERATIONS} operations in one formula; "
                "give parts of it names of their own"
            )
        return Call(function, arguments)


def _width(character: str) -> int:
    """Columns a character takes in a terminal."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
