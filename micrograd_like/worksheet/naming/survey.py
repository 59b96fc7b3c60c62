"""The survey: what stands where in the lines of a document, told from neighbouring tokens alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from micrograd_like.notation import GREEK
from micrograd_like.worksheet.tokens.brackets import closing, literal_shape
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.openings import remarked, unnumbered
from micrograd_like.worksheet.tokens.spelling import (
    element_number,
    index_letters,
    is_word,
    series_index,
)
from micrograd_like.worksheet.vocabulary import FUNCTIONS, OF_ARRAYS, RELATIONS

#: What a name that begins a statement may follow.
_BEGINS = {"", ",", ";", "⇒", "→", "|", ":", "(", "…"}

_GREEK = {*GREEK.values()}
#: A number whose exponential is none that a computer has.
_LARGE = 700


@dataclass(frozen=True)
class LeftCall:
    """A line that begins with name(arguments) =, and the names to its right."""

    name: str
    arguments: tuple[str, ...]
    named: bool
    body: set[str]


@dataclass
class Survey:
    """What stands where in the lines."""

    lefts: set[str] = field(default_factory=set)
    middles: set[str] = field(default_factory=set)
    plain: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    lettered: set[str] = field(default_factory=set)
    above: set[str] = field(default_factory=set)
    above_first: list[str] = field(default_factory=list)
    operands: set[str] = field(default_factory=set)
    squares: set[str] = field(default_factory=set)
    integers: dict[str, int] = field(default_factory=dict)
    arrays: dict[str, tuple[int, ...]] = field(default_factory=dict)
    shapes: dict[str, list[tuple[int, tuple[int, ...]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    differentiated: set[str] = field(default_factory=set)
    calls_of: set[str] = field(default_factory=set)
    called: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    arities: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    same_letter: set[str] = field(default_factory=set)
    calls: list[LeftCall] = field(default_factory=list)
    phrases: dict[tuple[str, ...], None] = field(default_factory=dict)
    from_zero: bool = False
    bounds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    times: bool = False
    large: bool = False

    @classmethod
    def of(cls, lines: Sequence[list[Token]]) -> Survey:
        """What stands where in a document's lines."""
        found = cls()
        for tokens in lines:
            found.look(unnumbered(tokens))
        return found

    def take(self, lefts: Collection[str], arrays: Mapping[str, tuple[int, ...]]) -> None:
        """Take those of these names that stand here for names that a line gives their values."""
        here = (self.plain | self.differentiated | self.above).intersection(lefts)
        self.arrays = {name: arrays[name] for name in here & arrays.keys()} | self.arrays
        self.lefts |= here

    def has_more(self, name: str, shape: tuple[int, ...]) -> bool:
        """True if names such as w5 stand beside a vector w of fewer elements."""
        if len(shape) > 1:
            return False
        others = self.plain | self.differentiated
        return any(element_number(other, name) > shape[0] for other in others)

    def look(self, tokens: Sequence[Token]) -> None:
        """Take down one line."""
        texts = [token.text for token in tokens]
        kinds = [token.kind for token in tokens]
        closes = closing(tokens)
        opening = {c: o for o, c in closes.items()}
        for place, text in enumerate(texts):
            after = texts[place + 1] if place + 1 < len(texts) else ""
            if kinds[place] == "name":
                self._name(tokens, place, after, closes)
            elif text in RELATIONS and place:
                self._left_of(tokens, place, opening)
            elif kinds[place] == "number":
                self.large |= len(text) > 2 and float(text) > _LARGE
            elif text == "∂" and place + 1 < len(kinds) and kinds[place + 1] == "name":
                self.differentiated.add(after)

    def _name(
        self, tokens: Sequence[Token], place: int, after: str, closes: dict[int, int]
    ) -> None:
        text = tokens[place].text
        before = tokens[place - 1].text if place else ""
        self.times |= _is_times(tokens, place)
        counted = series_index(text)
        self.from_zero |= bool(counted) and "=0" in text
        if counted or text in ("Sigma", "Pi"):
            self._bound(tokens[place + 1 :], counted)
        if _beside_operator(tokens, place):
            self.operands.add(text)
        if after == "(":
            end = closes.get(place + 1, place + 1)
            inside = tokens[place + 2 : end]
            self.called[text].add(_kind_of(inside))
            self.arities[text].add(1 + _commas(inside))
            self._example(tokens, place, end)
        else:
            self.plain.add(text)
            if after not in RELATIONS:
                self.bare.add(text)
        if text.startswith(("d", "delta")) and (before == "/" or after == "/"):
            self.differentiated.add(
                text.removeprefix("delta") if text[0:5] == "delta" else text[1:]
            )

    def _bound(self, behind: Sequence[Token], index: str) -> None:
        """The n of Σ_{i=1}^n, with its i; "" for none, and for one that is no index of a name."""
        if not index:
            found = {letter for token in behind for letter in index_letters(token.text)}
            index = min(found) if len(found) == 1 else ""
        bound = ""
        if len(behind) > 2 and behind[0].text == "^":
            last = behind[2 if behind[1].text == "(" else 1]
            if last.kind == "number":
                return
            bound = last.text if last.kind == "name" else ""
        if index:
            self.bounds[bound].add(index)

    def _example(self, tokens: Sequence[Token], place: int, end: int) -> None:
        """F(0.21) = 1/(1 + e^-0.21) in the midst of a line says what F is."""
        before = tokens[place - 1].text if place else ""
        after = tokens[end + 1].text if end + 1 < len(tokens) else ""
        if before in ("=", "≈") and after in ("=", "≈") and not _is_number(tokens, end + 2):
            self.calls_of.add(tokens[place].text)

    def _left_of(self, tokens: Sequence[Token], place: int, openings: dict[int, int]) -> None:
        """What stands before a relation."""
        last = tokens[place - 1]
        self._square(tokens, place)
        if last.text == "]" and openings.get(place - 1) == 0:
            inside = tokens[1 : place - 1]
            self.lefts.update(t.text for t in inside if _kind_of(inside) == "names")
        if last.text == ")":
            self._call_left_of(tokens, place, openings)
            return
        if last.kind != "name":
            return
        before = tokens[place - 2] if place > 1 else None
        apart = before is not None and before.end + 2 <= last.column
        if before is None or before.text in _BEGINS or (apart and before.text not in RELATIONS):
            self.lefts.add(last.text)
            if any(token.kind == "name" and token.text != "e" for token in tokens[place + 1 :]):
                self.lettered.add(last.text)
            self._integer(tokens, place)
            if [t.text for t in tokens[place + 1 : place + 3]] == [last.text, "("]:
                self.same_letter.add(last.text)  # s = s(z)
            shape = literal_shape(tokens, place + 1)
            if shape:
                self.arrays.setdefault(last.text, shape)
            if shape or _is_number(tokens, place + 1):
                self.shapes[last.text].append((last.line, shape))
        elif before.text == "/" and tokens[place - 3].text[:1] in "dδ":
            self.above.update(t.text.removeprefix("d") for t in (tokens[place - 3], last))
            self.above_first.append(tokens[place - 3].text.removeprefix("d"))
        elif before.text == "∂" and place > 4 and tokens[place - 4].kind == "name":
            self.above_first.append(tokens[place - 4].text)
        elif before.text in RELATIONS:
            self.middles.add(last.text)
        elif before.kind == "name" and is_word(before.text):
            self._words_left_of(tokens, place)

    def _square(self, tokens: Sequence[Token], place: int) -> None:
        """The name whose square begins a statement: σ² = …."""
        width = 1 if tokens[place - 1].kind == "power" else 2
        start = place - width - 1
        raised = tokens[place - 1].text == "2" and (width == 1 or tokens[place - 2].text == "^")
        begins = start == 0 or (start > 0 and tokens[start - 1].text in _BEGINS)
        if raised and begins and tokens[start].kind == "name":
            self.squares.add(tokens[start].text)

    def _integer(self, tokens: Sequence[Token], place: int) -> None:
        after = tokens[place + 1 : place + 3]
        alone = len(after) == 1 or (len(after) == 2 and after[1].text in (",", ";", "|"))
        short = alone and after[0].kind == "number" and len(after[0].text) < 5
        if short and after[0].text.isdecimal():
            self.integers[tokens[place - 1].text] = int(after[0].text)

    def _words_left_of(self, tokens: Sequence[Token], place: int) -> None:
        start = place - 1
        while start > 0 and tokens[start - 1].kind == "name" and start > place - 5:
            if not is_word(tokens[start - 1].text):
                break
            start -= 1
        boundary = start == 0 or tokens[start - 1].text in _BEGINS
        words = tuple(token.text for token in tokens[start:place])
        letter = not is_word(words[-1]) or words[-1] in _GREEK
        if boundary and all(map(is_word, words)) and len(words) <= 4 and not letter:
            self.phrases[words] = None
        if boundary and letter:
            self.lefts.add(words[-1])

    def _call_left_of(self, tokens: Sequence[Token], place: int, openings: dict[int, int]) -> None:
        opening = openings.get(place - 1, 0)
        if not opening or tokens[opening - 1].kind != "name":
            return
        if named := _remarked_name(tokens, place, opening):
            self.lefts.add(named)
            return
        before = tokens[opening - 2].text if opening > 1 else ""
        name = tokens[opening - 1].text
        apart = opening > 1 and tokens[opening - 2].end < tokens[opening - 1].column
        worded = apart and (is_word(before) or before == ".")
        worded = worded and before.lower() not in FUNCTIONS  # of log f(x) = … the log is no word
        if before not in _BEGINS and before not in RELATIONS and not worded:
            return
        inside = tokens[opening + 1 : place - 1]
        kind = _kind_of(inside)
        body = {
            token.text
            for i, token in enumerate(tokens[place + 1 :], place + 1)
            if token.kind == "name" and not _in_compound(tokens, i)
        }
        figures = before in RELATIONS and kind == "names" and len(inside) == 1 and body == {"e"}
        if before in RELATIONS and (kind in ("names", "int") or name in OF_ARRAYS) and not figures:
            return
        arguments = tuple(t.text for t in inside if t.text != ",")
        if kind in ("names", "int") and not figures:
            self.calls.append(LeftCall(name, arguments, kind == "names", body))
        else:
            self.calls.append(LeftCall(name, ("…",), False, body))


def _is_number(tokens: Sequence[Token], place: int) -> bool:
    """True for a number that is all a statement says."""
    place += place < len(tokens) and tokens[place].text == "-"
    if place >= len(tokens) or tokens[place].kind != "number":
        return False
    after = tokens[place + 1 : place + 2]
    return not after or after[0].text in (",", ";", "|", ":") or is_word(after[0].text)


def _remarked_name(tokens: Sequence[Token], place: int, opening: int) -> str:
    """The y of y (true label) =, eta of learning rate (eta) =; "" for another left side."""
    begins = [i for i in range(opening) if tokens[i].text in _BEGINS or tokens[i].text in "-*·"]
    start = begins[-1] + 1 if begins else 0
    if not remarked(tokens[start:place]):
        return ""
    alone = place - opening == 3
    return tokens[opening + 1 if alone else opening - 1].text


def _is_times(tokens: Sequence[Token], place: int) -> bool:
    """True for the x of 0.5 x 2 and the middle one of x x w: it can only mean times."""
    if tokens[place].text not in ("x", "X") or not 0 < place < len(tokens) - 1:
        return False
    before, own, after = tokens[place - 1 : place + 2]
    apart = before.end < own.column and own.end < after.column
    counted = before.kind == "number" or (
        is_word(before.text) and place > 1 and tokens[place - 2].kind == "number"
    )
    figures = counted and after.kind == "number"
    return apart and (figures or before.text == own.text)


def _beside_operator(tokens: Sequence[Token], place: int) -> bool:
    """True for a name with + − * / ^ on a side; a hyphen between two words is none."""
    own = tokens[place]
    for other, further in ((place - 1, place - 2), (place + 1, place + 2)):
        if not 0 <= other < len(tokens) or tokens[other].kind != "sign":
            continue
        sign = tokens[other]
        if sign.text not in ("+", "-", "*", "·", "/", "^", "⊙", "@", "∂"):
            continue
        if sign.text == "∂" and other > place and is_word(own.text):  # yields ∂z/∂w
            continue
        tight = sign.column == own.end or sign.end == own.column
        word = 0 <= further < len(tokens) and tokens[further].kind == "name"
        if not (sign.text in ("-", "/") and tight and word and _both_words(own, tokens[further])):
            return True
    return False


def _both_words(a: Token, b: Token) -> bool:
    return len(a.text) > 2 and len(b.text) > 2 and is_word(a.text) and is_word(b.text)


def _in_compound(tokens: Sequence[Token], place: int) -> bool:
    """True for the h1 of input(h1)."""
    around = tokens[place - 2 : place + 2]
    texts = [t.text for t in around]
    return texts[1:2] == ["("] and texts[3:] == [")"] and is_word(texts[0])


def _commas(inside: Sequence[Token]) -> int:
    """How many commas part what stands in brackets."""
    count = depth = 0
    for token in inside:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        count += token.text in (",", ";") and not depth
    return count


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
