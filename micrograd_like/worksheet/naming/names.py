"""The names of a document, found before any of its expressions is read.

What stands left of a relation is a name of the document; so is what has an index, or stands
in a derivative. They decide what the rest means: ``w1x1`` is w1·x1 where those two are names,
``f(x)`` a function where a line defines it, and a word that is none of these is prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from micrograd_like.notation import GREEK, normal_name
from micrograd_like.notation.names import LETTERS
from micrograd_like.worksheet.arrays import element_names
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.naming.counts import assumed_counts
from micrograd_like.worksheet.naming.open_functions import open_functions
from micrograd_like.worksheet.naming.roots import Roots
from micrograd_like.worksheet.naming.survey import LeftCall, Survey
from micrograd_like.worksheet.records import Place
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import (
    family,
    index_letters,
    is_letters,
    is_word,
    layer_letters,
    letters_numbered,
    pieces,
)
from micrograd_like.worksheet.vocabulary import COMPOSED, CONNECTIVES, FUNCTIONS, RECIPROCALS

_LONGEST_SPLIT = 24
#: What a letter that is differentiated stands for, where nothing gives it a value.
_COSTS = {
    "L": ("Loss", "loss", "LOSS"),
    "E": ("Error", "error", "Etotal", "E_total", "E_tot"),
    "J": ("Cost", "cost", "J_total", "Jtotal"),
    "C": ("Cost", "cost"),
    "Loss": ("L", "loss"),
    "loss": ("L", "Loss"),
    "Cost": ("C", "J", "cost"),
    "cost": ("C", "J", "Cost"),
}
#: What is a number or a function in the midst of a line: x = pi = 3.14.
_NOT_CHAINED = {*FUNCTIONS, "pi", "e"}
_FUNCTIONS = {*FUNCTIONS, *RECIPROCALS}
#: Words that are letters or signs, spelled out.
_SPELLED = {*GREEK.values(), "pi", "Sigma", "Pi"}


@dataclass
class Names:
    """What the names of one document are.

    Attributes:
        lefts: Those that a line gives a value or formula.
        used: Those that stand somewhere as a quantity.
        operands: Those that stand beside an operator.
        integers: Those that are given a whole number, with it.
        counts: Numbers assumed for what sums run to and nothing gives: the n of Σ_{i=1}^n.
        sizes: Numbers of values assumed for indices whose sums have no bound.
        counted: All indices of which a number of values is assumed.
        arrays: Vectors and matrices, with their shapes.
        varying: The shapes of those that have several, from which line on; () for a number.
        base: The number of their first element.
        apart: Those of them whose elements other names of the document look like.
        misfits: Where lines begin in which their assumed shapes do not fit.
        rows: Vectors that are rows.
        loose: True where shapes are assumed, and nothing is written as transposed.
        costs: What is differentiated on left sides.
        roots: What ``x.grad`` is the gradient of.
        functions: Those that are functions: a line defines them, or shows them by example.
        open: Those of the functions that nothing defines.
        applied: Quantities that are written with their arguments: y in y(x1, x2).
        chained: Those that stand left of a relation only in the midst of a line: w2 in w1 = w2 = 0.
        compounds: Names with brackets, ``input(h1)``.
        phrases: Names of several words, by the words.
        squares: Those of which only the square is given: σ in σ² = 2.
        short: Names without an index for the only one that has a number: p for p1.
        times: True where an x set apart stands for times.
        large: True where a number stands whose exponential is too large.
        octave: True where .* stands for ⊙: X(2) is an element of X, and X(:, 2) a column.
        same: Costs that are differentiated by another name than they are given: L for Loss.
    """

    lefts: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    open: list[str] = field(default_factory=list)
    applied: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    operands: set[str] = field(default_factory=set)
    integers: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()
    arrays: dict[str, tuple[int, ...]] = field(default_factory=dict)
    varying: dict[str, list[tuple[int, tuple[int, ...]]]] = field(default_factory=dict)
    base: int = 1
    apart: set[str] = field(default_factory=set)
    misfits: frozenset[Place] = frozenset()
    rows: set[str] = field(default_factory=set)
    loose: bool = False
    costs: list[str] = field(default_factory=list)
    roots: Roots = field(default_factory=Roots)
    _defined: set[str] = field(default_factory=set)
    #: Names without a value of their own that a glued name may be made of, too: the x of f(x, y).
    _glued: set[str] = field(default_factory=set)
    #: What several of these are numbered under: w of w5, so that w7 is one, too.
    _numbered: set[str] = field(default_factory=set)
    chained: set[str] = field(default_factory=set)
    compounds: set[str] = field(default_factory=set)
    phrases: dict[tuple[str, ...], str] = field(default_factory=dict)
    squares: set[str] = field(default_factory=set)
    short: dict[str, str] = field(default_factory=dict)
    times: bool = False
    large: bool = False
    octave: bool = False
    same: dict[str, str] = field(default_factory=dict)
    _compound_bases: set[str] = field(default_factory=set)
    _splits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: The phrases by the word that they begin with.
    _phrases_from: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[list[Token]], known: Names | None = None) -> Names:
        """The names of a document's lines.

        Args:
            lines: Their tokens.
            known: Names that another document gives their values.
        """
        names = cls()
        found = Survey.of(lines)
        if known is not None:
            found.take(known.lefts, known.arrays)
        # σ = 1/(1 + e^−x) says what σ(z) is; it is no quantity where it never stands alone.
        functions = (found.lefts & FUNCTIONS.keys() & found.lettered) - found.bare
        names.lefts = found.lefts - {n for n in functions if found.called.get(n)}
        names.operands, names.integers = found.operands, found.integers
        names.phrases = {
            words: "_".join(words).lower()
            for words in found.phrases
            if not (set(map(str.lower, words)) & CONNECTIVES) and words[-1] not in found.lefts
        }
        for words, name in names.phrases.items():
            names._phrases_from.setdefault(words[0].lower(), []).append((words, name))
        arguments = (call.arguments for call in found.calls if call.named)
        names._glued = found.differentiated.union(*arguments)
        names._numbered = {family(n) for n in names.lefts | names._glued | found.plain} - {""}
        names.chained = {
            m for m in found.middles - found.lefts if m not in _NOT_CHAINED and not names.split(m)
        }
        names.lefts |= names.chained
        names.squares = {n for n in found.squares - names.lefts if n not in found.called}
        names.lefts |= names.squares
        names.lefts |= set(names.phrases.values())
        for call in sorted(found.calls, key=lambda call: call.name.endswith("'")):
            names._take_call(call, found)
        names._take_functions_below(found)
        names.open = open_functions(found, names.lefts | names.functions)
        names.functions.update(names.open)
        names.arrays = {n: s for n, s in found.arrays.items() if n in names.lefts}
        names.times, names.large = found.times, found.large
        names.octave = any(t.text == "⊙" and t.end - t.column == 2 for t in chain(*lines))
        names.varying = {
            name: [*shapes]
            for name, shapes in found.shapes.items()
            if name in names.arrays and len({shape for _, shape in shapes}) > 1
        }
        names.costs = found.above_first
        names.roots = Roots.of(lines)
        names.same = {c: own for c in {*names.costs} if (own := _own_cost(c, names.lefts))}
        names.apart = {n for n, s in names.arrays.items() if found.has_more(n, s)}
        names.base = 0 if any(f"{n}0" in found.plain for n in names.arrays) else 1
        names._compound_bases = {name.partition("(")[0] for name in names.compounds}
        names.used = names.lefts | found.differentiated | {n for n in found.plain if _indexed(n)}
        names._defined = names.lefts | found.above | found.plain
        counts = assumed_counts(found, names.lefts)
        names.counts, names.sizes = counts.bounds, counts.letters
        names.counted = counts.counted
        names.integers = found.integers | counts.bounds
        names.used |= counts.names
        names.short = _without_index(found, names)
        return names

    def _take_call(self, call: LeftCall, found: Survey) -> None:
        """What f is where a line begins with f(…) =."""
        name = call.name
        base = name.rstrip("'")
        usual = FUNCTIONS.keys() | COMPOSED.keys()
        known = base in usual or (len(base) > 1 and base.lower() in usual)
        if known and name not in self.lefts:
            return
        if base != name and base in self.functions and name not in found.plain:
            return  # f'(x), where f is a function
        integers = all(a.isdecimal() for a in call.arguments) and len(call.arguments) == 1
        if integers and name not in found.plain and not found.called[name] - {"int"}:
            self.compounds.add(f"{name}({call.arguments[0]})")
            self.lefts.add(f"{name}({call.arguments[0]})")
        elif call.named and set(call.arguments) <= call.body:
            if name in found.plain - found.calls_of or set(call.arguments) <= found.lefts:
                self.applied.setdefault(name, set()).add(call.arguments)
                self.lefts.add(name)
            called = found.called[name] | found.called[f"{name}'"]
            layered = "^(" in name and "names" in called  # z^l(w^l) is z^l
            if not (layered or set(call.arguments) <= found.lefts) or called - {"names"}:
                self.functions.add(name)
        elif call.named and len(call.arguments) == 1 and is_word(name):
            compound = f"{name}({call.arguments[0]})"
            if call.arguments[0] in found.lefts:
                self.applied.setdefault(name, set()).add(call.arguments)
                self.lefts.add(name)
            else:
                self.compounds.add(compound)
                self.lefts.add(compound)
        elif call.named and _of_several(call, found.calls):
            self.compounds.add(f"{name}({call.arguments[0]})")
            self.lefts.add(f"{name}({call.arguments[0]})")
        elif call.named:
            self.applied.setdefault(name, set()).add(call.arguments)
            self.lefts.add(name)
        elif name not in found.plain | self.lefts and is_letters(name):
            self.functions.add(name)

    def _take_functions_below(self, found: Survey) -> None:
        """Where h(x) = f(x) g(x) is a function, f is one, though f(x) is a quantity beside it."""
        taken = 0
        while taken < len(self.functions):
            taken = len(self.functions)
            for call in found.calls:
                if call.name in self.functions:
                    below = {n for n, args in self.applied.items() if call.arguments in args}
                    self.functions |= {n for n in below & call.body if not n.endswith("'")}
        for name in {call.name for call in found.calls} - found.plain:
            if name.endswith("'") and name.rstrip("'") in self.functions:
                self.applied.pop(name, None)
                self.lefts.discard(name)

    def take_arrays(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Take these for vectors and matrices, whose elements nothing gives."""
        self.arrays.update(shapes)
        self.rows = {name for name, shape in shapes.items() if shape[0] == 1}
        for name, shape in shapes.items():
            vector = len(shape) == 1 or name in self.rows
            if vector and not self._defined.isdisjoint(self.elements(name, shape)):
                self.apart.add(name)
        own = (self.elements(name, shape) for name, shape in shapes.items())
        self.used.update(shapes, chain(*own))
        self.operands |= shapes.keys()

    def elements(self, array: str, shape: tuple[int, ...]) -> list[str]:
        """The names of an array's elements; those of a row as a column's."""
        shape = shape[1:] if array in self.rows else shape
        if array in self.apart:
            return [f"{array}[{place}]" for place in range(1, shape[0] + 1)]
        return element_names(array, shape, self.base)

    def stand_at(self, line: int) -> None:
        """Let every name have the shape that it was given last, at a line."""
        for name, shapes in self.varying.items():
            shape = next((s for at, s in reversed(shapes) if at <= line), shapes[0][1])
            if shape:
                self.arrays[name] = shape
            else:
                self.arrays.pop(name, None)

    @property
    def has_indices(self) -> bool:
        """True where some name has a letter for an index: x_i, h_{t-1}, a^(l), z_L."""
        return any(index_letters(n) or layer_letters(n) for n in self.used | self._defined)

    def is_quantity(self, name: str) -> bool:
        """True for a name that the document uses as a number."""
        return name in self.lefts or name in self.used

    def is_computed(self, name: str) -> bool:
        """True for a name that the document uses as a number, or computes with."""
        return self.is_quantity(name) or name in self.operands

    def is_defined(self, name: str) -> bool:
        """True for a name that can be the A or B of dA/dB: also the element a1 of a vector a."""
        whole = name.rstrip("0123456789").rstrip("_")
        return name in self._defined or (whole != name and whole in self.lefts)

    def is_word(self, token: Token) -> bool:
        """True for a plain word of two letters or more that is nothing else."""
        text = token.text
        return (
            token.kind == "name"
            and text not in self.lefts
            and is_word(text)
            and text.lower() not in _FUNCTIONS
            and text not in _SPELLED
            and text not in self.functions
            and text not in self.operands
            and text not in self._compound_bases
            and len(self.split(text)) < 2
        )

    def split(self, text: str) -> tuple[str, ...]:
        """The names that a glued name is made of, where this is so in exactly one way."""
        if text not in self._splits:
            ways = list(self._ways(text)) if 1 < len(text) <= _LONGEST_SPLIT else []
            self._splits[text] = ways[0] if len(ways) == 1 else self._pieces(text)
        return self._splits[text]

    def _pieces(self, text: str) -> tuple[str, ...]:
        """What its spelling says a glued name is made of: w1x1, where w1 is a name elsewhere."""
        found = letters_numbered(text)
        if any(self._is_known(name) for name in found):
            return found
        return pieces(text)

    def _is_known(self, name: str) -> bool:
        known = name in self.lefts or name in self._glued
        return known or family(name) in self._numbered

    def _ways(self, text: str) -> Iterator[tuple[str, ...]]:
        """The first two ways to split the text into names of the document."""
        best: list[list[tuple[str, ...]]] = [[()]]
        for end in range(1, len(text) + 1):
            ways: list[tuple[str, ...]] = []
            for start in range(end):
                if not best[start] or text[start] == "_" or text[start].isdecimal():
                    continue
                name = normal_name(text[start:end])
                if name != text and self._is_known(name) and len(ways) < 2:
                    ways += [(*way, name) for way in best[start]]
            best.append(ways[:2])
        yield from (way for way in best[-1] if len(set(way)) > 1)

    def joined(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens with each name of several words as one."""
        tokens = self._hyphenated(tokens)
        if not self.phrases:
            return list(tokens)
        found: list[Token] = []
        place = 0
        while place < len(tokens):
            for words, name in self._phrases_from.get(tokens[place].text.lower(), ()):
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

    def _hyphenated(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """The tokens with log-odds and squared-error as one word each."""
        if "-" not in [token.text for token in tokens]:
            return tokens
        found: list[Token] = []
        for token in tokens:
            if len(found) > 1 and self._is_hyphen(found[-2], found[-1], token):
                first = found[-2]
                word = f"{first.text}{token.text}".lower()
                found[-2:] = [first._replace(text=word, end=token.end)]
            else:
                found.append(token)
        return found

    def _is_hyphen(self, before: Token, sign: Token, after: Token) -> bool:
        """True for a hyphen set tight between words that nothing computes with."""
        tight = before.end == sign.column and sign.end == after.column
        if sign.text != "-" or not tight or not is_letters(after.text) or len(after.text) < 3:
            return False
        called = before.text.lower() in FUNCTIONS and before.text not in self.lefts
        return called or (self.is_word(before) and self.is_word(after))


def _of_several(call: LeftCall, calls: Sequence[LeftCall]) -> bool:
    """True for v(w1) where another line gives v(w2): a quantity for each."""
    others = {c.arguments for c in calls if c.name == call.name and c.named}
    return len(call.arguments) == 1 and len(others) > 1 and all(len(a) == 1 for a in others)


def _indexed(name: str) -> bool:
    return name[-1:].isdecimal() or "_" in name or "^(" in name


def _without_index(found: Survey, names: Names) -> dict[str, str]:
    """For a letter that nothing gives a value, the one name that has it with a number behind."""
    numbered: dict[str, list[str]] = {}
    for name in names.lefts:
        if (base := name.rstrip("0123456789")) != name:
            numbered.setdefault(base, []).append(name)
    known = names.lefts | names.functions | names.counts.keys() | {*CONSTANTS}
    known |= {letter for name in found.plain for letter in index_letters(name)}
    return {
        base: own[0]
        for base, own in numbered.items()
        if len(own) == 1 and base in found.plain - known and (len(base) == 1 or base in LETTERS)
    }


def _own_cost(cost: str, lefts: set[str]) -> str:
    """Loss for an L that nothing defines, where it is the only one of its kind; else ""."""
    found = [name for name in _COSTS.get(cost, ()) if name in lefts]
    return found[0] if len(found) == 1 and cost not in lefts else ""
