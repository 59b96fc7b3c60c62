"""Plain formulas read back: enough to judge a changed line without the package's parser.

What is not plain (text, functions that the table does not know) is refused with ValueError;
the instruments then leave the line alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

from benchmarks.by_rule.expression import FUNCTIONS, HALF, ZERO, Expr, Num, Op, Sym

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+(?![\w.]))?(?:\s*[*·×]\s*10\^(?:\(-?\d+\)|-?\d+))?"
_NAME = r"[A-Za-zα-ωΑ-Ωŷ][A-Za-z0-9_α-ω]*[′']*"
TOKEN = re.compile(
    rf"(?P<number>{_NUMBER})|(?P<derivative>[d∂]{_NAME}/[d∂]{_NAME})|(?P<name>{_NAME})"
    r"|(?P<sign>[-+*/^()·×−,])|(?P<blank>\s+)"
)
_SAME = {"·": "*", "×": "*", "−": "-"}
_ALIAS = {"σ": "sigmoid", "log": "", "π": "pi"}


def tokens(shown: str) -> list[re.Match[str]]:
    """The pieces of a formula.

    Raises:
        ValueError: It has a piece that is none.
    """
    found, place = [], 0
    while place < len(shown):
        match = TOKEN.match(shown, place)
        if match is None:
            raise ValueError(f"not a plain formula: {shown[place:]!r}")
        if match.lastgroup != "blank":
            found.append(match)
        place = match.end()
    return found


def number(shown: str, exact: Collection[Decimal] = ()) -> Num:
    """A figure with half a unit of its last place; whole numbers and known ones are exact."""
    plain = re.sub(r"\s*[*·×]\s*10\^\(?(-?\d+)\)?", r"e\1", shown)
    value = Decimal(plain)
    whole = "." not in plain and "e" not in plain.lower()
    half = ZERO if whole or value in exact else HALF.scaleb(int(value.as_tuple().exponent))
    return Num(value, shown, half)


def read(shown: str, exact: Collection[Decimal] = ()) -> Expr:
    """The formula.

    Raises:
        ValueError: It is not plain.
    """
    reader = _Reader(tokens(shown), exact)
    expr = reader.sum()
    if reader.left():
        raise ValueError(f"not a plain formula: {shown!r}")
    return expr


class _Reader:
    def __init__(self, found: list[re.Match[str]], exact: Collection[Decimal]) -> None:
        self.tokens, self.exact, self.place = found, exact, 0

    def left(self) -> bool:
        return self.place < len(self.tokens)

    def peek(self) -> str:
        if not self.left():
            return ""
        shown = self.tokens[self.place].group()
        return _SAME.get(shown, shown)

    def take(self, wanted: str = "") -> re.Match[str]:
        if not self.left() or (wanted and self.peek() != wanted):
            raise ValueError(f"expected {wanted or 'more'}")
        self.place += 1
        return self.tokens[self.place - 1]

    def sum(self) -> Expr:
        terms = [self.term()]
        while self.peek() in ("+", "-"):
            sign = self.peek()
            self.take()
            terms.append(self.term() if sign == "+" else -self.term())
        return terms[0] if len(terms) == 1 else Op("add", tuple(terms))

    def term(self) -> Expr:
        if self.peek() in ("-", "+"):
            sign = self.peek()
            self.take()
            return -self.term() if sign == "-" else self.term()
        product = self.power()
        while self.left() and self.peek() not in ("+", "-", ")", ",", "^"):
            if self.peek() == "/":
                self.take()
                product = product / self.factor()
                continue
            if self.peek() == "*":
                self.take()
                product = product * self.factor()
                continue
            if isinstance(product, Op) and product.op == "div":
                raise ValueError("1/2y has two readings")
            product = product * self.power()
        return product

    def factor(self) -> Expr:
        if self.peek() == "-":
            self.take()
            return -self.factor()
        return self.power()

    def power(self) -> Expr:
        base = self.atom()
        if self.peek() == "^":
            self.take()
            exponent = self.factor()
            return Op("exp", (exponent,)) if base == Sym("e") else base**exponent
        return base

    def atom(self) -> Expr:
        match = self.take()
        shown = match.group()
        if match.lastgroup == "number":
            return number(shown, self.exact)
        if match.lastgroup == "derivative":
            return Sym(shown.replace("∂", "d"))
        if match.lastgroup == "name":
            return self.named(_ALIAS.get(shown, shown))
        if shown == "(":
            inner = self.sum()
            self.take(")")
            return inner
        raise ValueError(f"unexpected {shown!r}")

    def named(self, name: str) -> Expr:
        if name not in FUNCTIONS or name in ("add", "mul", "neg", "div", "pow"):
            if not name:
                raise ValueError("a logarithm of no certain base")
            return Sym(name)
        self.take("(")
        args = [self.sum()]
        while self.peek() == ",":
            self.take()
            args.append(self.sum())
        self.take(")")
        if len(args) != (2 if name == "max" else 1):
            raise ValueError(f"{name} of {len(args)}")
        return Op(name, tuple(args))
