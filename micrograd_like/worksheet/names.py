"""The names of a document, found before any of its expressions is read.

What stands left of a relation is a name of the document; so is what has an index, or stands
in a derivative. They decide what the rest means: ``w1x1`` is w1·x1 where those two are names,
``f(x)`` a function where a line defines it, and a word that is none of these is prose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from micrograd_like.notation import GREEK, normal_name
from micrograd_like.ops import OPS
from micrograd_like.worksheet.lexer import Token

#: What may be called by name: every row that is not written with a sign, and its aliases.
FUNCTIONS = {row.name: row for row in OPS.values() if not row.arithmetic}
FUNCTIONS |= {alias: row for row in OPS.values() for alias in row.aliases}
FUNCTIONS |= {"lg": OPS["log10"]}

#: Signs that make a statement of what stands on both sides of them.
RELATIONS = {"=", "≈", "←", "+=", "-=", "→"}
#: What a name that begins a statement may follow.
_BEGINS = {"", ",", ";", "⇒", "→", "|", ":", "(", "…"}
#: Words between statements, and before one: never part of a name.
# fmt: off
CONNECTIVES = {
    "so", "therefore", "thus", "hence", "and", "then", "where", "with", "since", "because",
    "as", "for", "is", "are", "the", "a", "an", "of", "we", "get", "gives", "give", "have",
    "let", "given", "if", "which", "that", "now", "using", "when", "at", "to", "by", "from",
    "this", "our", "be", "equals", "compute", "find", "here", "means", "note", "us", "it",
    "in", "on", "both", "again", "also", "next", "first", "finally", "but", "or",
}
# fmt: on
_WORD = re.compile(r"[A-Za-z]{2,}")
_LONGEST_SPLIT = 24
#: What is a number or a function in the midst of a line: x = pi = 3.14.
_NOT_CHAINED = {*FUNCTIONS, "pi", "e"}


@dataclass
class Names:
    """What the names of one document are.

    lefts:      those that a line gives a value or formula
    used:       those that stand somewhere as a quantity
    operands:   those that stand beside an operator
    integers:   those that are given a whole number, with it
    arrays:     vectors and matrices, with their shapes
    base:       the number of their first element
    apart:      those of them whose elements other names of the document look like
    costs:      what is differentiated on left sides
    functions:  those that lines define as functions, or show by example
    applied:    quantities that are written with their arguments: y in y(x1, x2)
    chained:    those that stand left of a relation only in the midst of a line: w2 in w1 = w2 = 0
    compounds:  names with brackets, ``input(h1)``
    phrases:    names of several words, by the words
    """

    lefts: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    applied: dict[str, tuple[str, ...]] = field(default_factory=dict)
    operands: set[str] = field(default_factory=set)
    integers: dict[str, int] = field(default_factory=dict)
    arrays: dict[str, tuple[int, ...]] = field(default_factory=dict)
    base: int = 1
    apart: set[str] = field(default_factory=set)
    costs: list[str] = field(default_factory=list)
    _defined: set[str] = field(default_factory=set)
    chained: set[str] = field(default_factory=set)
    compounds: set[str] = field(default_factory=set)
    phrases: dict[tuple[str, ...], str] = field(default_factory=dict)
    _compound_bases: set[str] = field(default_factory=set)
    _splits: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[Sequence[Token]]) -> Names:
        """The names of a document's lines."""
        names = cls()
        found = _Found()
        for tokens in lines:
            found.look(tokens)
        names.lefts = found.lefts
        names.operands, names.integers = found.operands, found.integers
        names.phrases = {
            words: "_".join(words).lower()
            for words in found.phrases
            if not (set(map(str.lower, words)) & CONNECTIVES) and words[-1] not in found.lefts
        }
        names.chained = {
            m for m in found.middles - found.lefts if m not in _NOT_CHAINED and not names.split(m)
        }
        names.lefts |= names.chained
        names.lefts |= set(names.phrases.values())
        for call in found.calls:
            names._take_call(call, found)
        names.arrays = {n: s for n, s in found.arrays.items() if n in names.lefts}
        names.costs = found.above_first
        names.apart = {n for n, s in names.arrays.items() if found.has_more(n, s)}
        names.base = 0 if any(f"{n}0" in found.plain for n in names.arrays) else 1
        names._compound_bases = {name.partition("(")[0] for name in names.compounds}
        names.used = names.lefts | found.differentiated | {n for n in found.plain if _indexed(n)}
        names._defined = names.lefts | found.above | found.plain
        return names

    def _take_call(self, call: _LeftCall, found: _Found) -> None:
        """What f is where a line begins with f(…) =."""
        name = call.name
        if name.rstrip("'") in FUNCTIONS and name not in self.lefts:
            return
        integers = all(a.isdecimal() for a in call.arguments) and len(call.arguments) == 1
        if integers and name not in found.plain and not found.called[name] - {"int"}:
            self.compounds.add(f"{name}({call.arguments[0]})")
            self.lefts.add(f"{name}({call.arguments[0]})")
        elif call.named and set(call.arguments) <= call.body:
            if name in found.plain - found.calls_of or set(call.arguments) <= found.lefts:
                self.applied[name] = call.arguments
                self.lefts.add(name)
            if not set(call.arguments) <= found.lefts or found.called[name] - {"names"}:
                self.functions.add(name)
        elif call.named and len(call.arguments) == 1 and _WORD.fullmatch(name):
            compound = f"{name}({call.arguments[0]})"
            if call.arguments[0] in found.lefts:
                self.applied[name] = call.arguments
                self.lefts.add(name)
            else:
                self.compounds.add(compound)
                self.lefts.add(compound)
        elif call.named:
            self.applied[name] = call.arguments
            self.lefts.add(name)
        elif name not in found.plain | self.lefts and re.fullmatch("[A-Za-z]+'*", name):
            self.functions.add(name)

    def is_quantity(self, name: str) -> bool:
        """True for a name that the document uses as a number."""
        return name in self.lefts or name in self.used

    def is_defined(self, name: str) -> bool:
        """True for a name that can be the A or B of dA/dB."""
        return name in self._defined

    def is_word(self, token: Token) -> bool:
        """True for a plain word of two letters or more that is nothing else."""
        text = token.text
        return (
            token.kind == "name"
            and _WORD.fullmatch(text) is not None
            and text not in self.lefts
            and text.lower() not in FUNCTIONS
            and text not in ("pi", "Sigma", "Pi")
            and text not in GREEK.values()
            and text not in self.functions
            and text not in self.operands
            and text not in self._compound_bases
            and len(self.split(text)) < 2
        )

    def split(self, text: str) -> tuple[str, ...]:
        """The names that a glued name is made of, where this is so in exactly one way."""
        if text not in self._splits:
            ways = list(self._ways(text)) if 1 < len(text) <= _LONGEST_SPLIT else []
            self._splits[text] = ways[0] if len(ways) == 1 else self._structural(text)
        return self._splits[text]

    def _structural(self, text: str) -> tuple[str, ...]:
        """``w_5h_1`` as w5·h1: an index that begins with a digit takes digits only."""
        pieces = re.findall(r"[A-Za-z]+_\d+|[A-Za-z]+\d*", text)
        if len(pieces) < 2 or "".join(pieces) != text or "_" not in text:
            return ()
        return tuple(map(normal_name, pieces))

    def _ways(self, text: str) -> Iterator[tuple[str, ...]]:
        """The first two ways to split the text into names of the document."""
        best: list[list[tuple[str, ...]]] = [[()]]
        for end in range(1, len(text) + 1):
            ways: list[tuple[str, ...]] = []
            for start in range(end):
                if not best[start] or text[start] == "_" or text[start].isdecimal():
                    continue
                name = normal_name(text[start:end])
                if name != text and name in self.lefts and len(ways) < 2:
                    ways += [(*way, name) for way in best[start]]
            best.append(ways[:2])
        yield from (way for way in best[-1] if len(set(way)) > 1)

    def joined(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens with each name of several words as one."""
        if not self.phrases:
            return list(tokens)
        found: list[Token] = []
        place = 0
        while place < len(tokens):
            for words, name in self.phrases.items():
                ahead = tokens[place : place + len(words)]
                if len(ahead) == len(words) and all(
                    t.kind == "name" and t.text.lower() == w.lower()
                    for t, w in zip(ahead, words, strict=True)
                ):
                    found.append(ahead[0]._replace(text=name, end=ahead[-1].end))
                    place += len(words)
                    break
            else:
                found.append(tokens[place])
                place += 1
        return found


@dataclass(frozen=True)
class _LeftCall:
    """A line that begins with name(arguments) =, and the names to its right."""

    name: str
    arguments: tuple[str, ...]
    named: bool
    body: set[str]


@dataclass
class _Found:
    """What stands where in the lines."""

    lefts: set[str] = field(default_factory=set)
    middles: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    above: set[str] = field(default_factory=set)
    above_first: list[str] = field(default_factory=list)
    operands: set[str] = field(default_factory=set)
    integers: dict[str, int] = field(default_factory=dict)
    arrays: dict[str, tuple[int, ...]] = field(default_factory=dict)
    differentiated: set[str] = field(default_factory=set)
    calls_of: set[str] = field(default_factory=set)
    called: dict[str, set[str]] = field(default_factory=lambda: _Sets())
    calls: list[_LeftCall] = field(default_factory=list)
    phrases: dict[tuple[str, ...], None] = field(default_factory=dict)

    def has_more(self, name: str, shape: tuple[int, ...]) -> bool:
        """True if names such as w5 stand beside a vector w of fewer elements."""
        if len(shape) > 1:
            return False
        own = re.compile(re.escape(name) + r"_?(\d+)")
        numbers = (own.fullmatch(other) for other in self.plain | self.differentiated)
        return any(m is not None and int(m[1]) > shape[0] for m in numbers)

    def look(self, tokens: Sequence[Token]) -> None:
        """Take down one line."""
        texts = [token.text for token in tokens]
        kinds = [token.kind for token in tokens]
        closing = _closing(tokens)
        opening = {c: o for o, c in closing.items()}
        for place, text in enumerate(texts):
            after = texts[place + 1] if place + 1 < len(texts) else ""
            if kinds[place] == "name":
                self._name(tokens, place, after, closing)
            elif text in RELATIONS and place:
                self._left_of(tokens, place, opening)
            elif text == "∂" and place + 1 < len(kinds) and kinds[place + 1] == "name":
                self.differentiated.add(after)

    def _name(
        self, tokens: Sequence[Token], place: int, after: str, closing: dict[int, int]
    ) -> None:
        text = tokens[place].text
        before = tokens[place - 1].text if place else ""
        if _beside_operator(tokens, place):
            self.operands.add(text)
        if after == "(":
            end = closing.get(place + 1, place + 1)
            inside = tokens[place + 2 : end]
            self.called[text].add(_kind_of(inside))
            self._example(tokens, place, end)
        else:
            self.plain.add(text)
        if text.startswith(("d", "delta")) and (before == "/" or after == "/"):
            self.differentiated.add(
                text.removeprefix("delta") if text[0:5] == "delta" else text[1:]
            )

    def _example(self, tokens: Sequence[Token], place: int, end: int) -> None:
        """F(0.21) = 1/(1 + e^-0.21) in the midst of a line says what F is."""
        before = tokens[place - 1].text if place else ""
        after = tokens[end + 1].text if end + 1 < len(tokens) else ""
        if before in ("=", "≈") and after in ("=", "≈"):
            self.calls_of.add(tokens[place].text)

    def _left_of(self, tokens: Sequence[Token], place: int, openings: dict[int, int]) -> None:
        """What stands before a relation."""
        last = tokens[place - 1]
        if last.text == ")":
            self._call_left_of(tokens, place, openings)
            return
        if last.kind != "name":
            return
        before = tokens[place - 2] if place > 1 else None
        if before is None or before.text in _BEGINS or before.end + 2 <= last.column:
            self.lefts.add(last.text)
            self._integer(tokens, place)
            shape = literal_shape(tokens, place + 1)
            if shape:
                self.arrays.setdefault(last.text, shape)
        elif before.text == "/" and tokens[place - 3].text[:1] in "dδ":
            self.above.update(t.text.removeprefix("d") for t in (tokens[place - 3], last))
            self.above_first.append(tokens[place - 3].text.removeprefix("d"))
        elif before.text == "∂" and place > 4 and tokens[place - 4].kind == "name":
            self.above_first.append(tokens[place - 4].text)
        elif before.text in RELATIONS:
            self.middles.add(last.text)
        elif before.kind == "name" and _WORD.fullmatch(before.text):
            self._words_left_of(tokens, place)

    def _integer(self, tokens: Sequence[Token], place: int) -> None:
        after = tokens[place + 1 : place + 3]
        alone = len(after) == 1 or (len(after) == 2 and after[1].text in (",", ";", "|"))
        short = alone and after[0].kind == "number" and len(after[0].text) < 5
        if short and after[0].text.isdecimal():
            self.integers[tokens[place - 1].text] = int(after[0].text)

    def _words_left_of(self, tokens: Sequence[Token], place: int) -> None:
        start = place - 1
        while start > 0 and tokens[start - 1].kind == "name" and start > place - 5:
            if not _WORD.fullmatch(tokens[start - 1].text):
                break
            start -= 1
        boundary = start == 0 or tokens[start - 1].text in _BEGINS
        words = tuple(token.text for token in tokens[start:place])
        if boundary and all(map(_WORD.fullmatch, words)) and len(words) <= 4:
            self.phrases[words] = None
        if boundary:
            self.lefts.add(tokens[place - 1].text) if not _WORD.fullmatch(words[-1]) else None

    def _call_left_of(self, tokens: Sequence[Token], place: int, openings: dict[int, int]) -> None:
        opening = openings.get(place - 1, 0)
        if not opening or tokens[opening - 1].kind != "name":
            return
        before = tokens[opening - 2].text if opening > 1 else ""
        name = tokens[opening - 1].text
        if before not in _BEGINS and before not in RELATIONS:
            return
        inside = tokens[opening + 1 : place - 1]
        kind = _kind_of(inside)
        if before in RELATIONS and kind != "other" and kind != "number":
            return
        body = {
            token.text
            for i, token in enumerate(tokens[place + 1 :], place + 1)
            if token.kind == "name" and not _in_compound(tokens, i)
        }
        arguments = tuple(t.text for t in inside if t.text != ",")
        if kind in ("names", "int"):
            self.calls.append(_LeftCall(name, arguments, kind == "names", body))
        else:
            self.calls.append(_LeftCall(name, ("…",), False, body))


def _indexed(name: str) -> bool:
    return name[-1:].isdecimal() or "_" in name


def _beside_operator(tokens: Sequence[Token], place: int) -> bool:
    """True for a name with + − * / ^ on a side; a hyphen between two words is none."""
    own = tokens[place]
    for other, further in ((place - 1, place - 2), (place + 1, place + 2)):
        if not 0 <= other < len(tokens) or tokens[other].kind != "sign":
            continue
        sign = tokens[other]
        if sign.text not in ("+", "-", "*", "·", "/", "^", "⊙", "@", "∂"):
            continue
        tight = sign.column == own.end or sign.end == own.column
        word = 0 <= further < len(tokens) and tokens[further].kind == "name"
        if not (sign.text in ("-", "/") and tight and word and _both_words(own, tokens[further])):
            return True
    return False


def _both_words(a: Token, b: Token) -> bool:
    return all(_WORD.fullmatch(t.text) and len(t.text) > 2 for t in (a, b))


_WRAPPED = {"array", "tensor", "Tensor", "asarray", "matrix"}


def literal_shape(tokens: Sequence[Token], place: int) -> tuple[int, ...]:
    """The shape of the array that is written out here, with commas; () for none."""
    while place < len(tokens) and tokens[place].text in _WRAPPED:
        place += 2
    if place >= len(tokens) or tokens[place].text not in ("[", "("):
        return ()
    depth, inner, counts, commas, rows = 0, 0, [], 0, 1
    for token in tokens[place : place + 5_000]:
        if token.kind != "sign":
            continue
        if token.text in ("(", "[", "{"):
            depth += 1
            inner += depth == 2 and token.text == "["
        elif token.text in (")", "]", "}"):
            depth -= 1
            if not depth:
                break
            if depth == 1 and token.text == "]" and inner:
                counts.append(commas + 1)
                commas = 0
        elif token.text == ";" and depth == 1 and not inner:
            rows += 1
        elif token.text in (",", ";") and depth == (2 if inner else 1):
            commas += 1
    if rows > 1:
        return (rows, (commas + rows) // rows) if (commas + rows) % rows == 0 else ()
    if depth or not (commas or counts):
        return ()
    if inner:
        return (len(counts), counts[0]) if len(set(counts)) == 1 else ()
    return (commas + 1,)


class _Sets(dict[str, set[str]]):
    def __missing__(self, key: str) -> set[str]:
        return self.setdefault(key, set())


def _in_compound(tokens: Sequence[Token], place: int) -> bool:
    """True for the h1 of input(h1)."""
    around = tokens[place - 2 : place + 2]
    texts = [t.text for t in around]
    return texts[1:2] == ["("] and texts[3:] == [")"] and _WORD.fullmatch(texts[0]) is not None


def _kind_of(inside: Sequence[Token]) -> str:
    """What the arguments of a call are: an integer, names, a number, or else."""
    kinds = Counter(token.kind for token in inside)
    if len(inside) == 1 and inside[0].kind == "number":
        return "int" if inside[0].text.isdecimal() else "number"
    alternate = [token.kind == "name" for token in inside[::2]]
    commas = [token.text == "," for token in inside[1::2]]
    if inside and kinds["name"] and all(alternate) and all(commas):
        return "names"
    return "other"


def _closing(tokens: Sequence[Token]) -> dict[int, int]:
    """The place of the bracket that closes each one."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in "([{":
            stack.append(place)
        elif token.text in ")]}" and stack:
            found[stack.pop()] = place
    return found


def closing(tokens: Sequence[Token]) -> dict[int, int]:
    """The place of the bracket that closes each one."""
    return _closing(tokens)
