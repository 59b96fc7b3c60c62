"""What the letters of a document's formulas are, found before any of them is read.

TeX sets ``wx`` as w times x, and people type ``mse`` for one quantity: which it is, is told by
what else the document has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from micrograd_like.notation import normal_name
from micrograd_like.worksheet.tex.macros import LETTERS
from micrograd_like.worksheet.tex.operators import differentiated_by
from micrograd_like.worksheet.tex.pieces import Piece
from micrograd_like.worksheet.vocabulary import CONNECTIVES, FUNCTIONS

_RELATIONS = {"=", ":=", "approx", "leftarrow", "gets", "sim"}
_LONGEST = 24
#: Letters that count steps, layers and samples.
_COUNTING = "tnkijl"
#: Those that may stand for another one, the least used as names first.
_INDICES = "kljimnto"


@dataclass
class Symbols:
    """The symbols of a document.

    Attributes:
        singles: Letters that stand alone.
        wholes: Runs of letters that are one name: left of a relation, or under a ∂.
        levels: Letters that are an index where they stand above: a^l = σ(z^l).
        raised: Letters whose figure above is an index: a for a^1 = …, and so a^2 beside it.
        lost: True where backslashes were lost in copying: a comma behind a blank was a thin blank.
        has_d: True where d is a name of its own, and so no sign of a derivative.
        givens: What is given a number, as ``t=2``.
        calls: What stands in the brackets behind each letter.
        alone: Letters that stand without such brackets, outside of those and of indices.
        primed: For index letters with a prime, j of Σ_{j'}, one that stands nowhere else.
        commas: True where commas are the decimal sign: 0{,}5 and 0,5.
        by: The letter by which D(…) and (…)′ differentiate; "" where they are no derivatives.
    """

    singles: set[str] = field(default_factory=set)
    wholes: set[str] = field(default_factory=set)
    levels: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)
    lost: bool = False
    has_d: bool = False
    givens: set[str] = field(default_factory=set)
    calls: dict[str, set[str]] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)
    primed: dict[str, str] = field(default_factory=dict)
    commas: bool = False
    by: str = ""

    @classmethod
    def of(cls, formulas: Iterable[Sequence[Piece]]) -> Symbols:
        """Those of a document's formulas."""
        formulas = list(formulas)
        symbols = cls(by=differentiated_by(formulas))
        lefts: set[str] = set()
        for pieces in formulas:
            for start, stop in runs(pieces):
                text = "".join(piece.text for piece in pieces[start:stop])
                if stop - start == 1:
                    symbols.singles.add(text)
                    symbols.has_d |= text == "d" and _is_left(pieces, start, stop)
                elif _is_left(pieces, start, stop):
                    lefts.add(text)
            symbols.levels.update(_levels(pieces))
            symbols.givens.update(_givens(pieces))
            symbols._take_calls(pieces)
        firsts = [found for pieces in formulas for found in _first_powers(pieces)]
        if any(marked for _, marked in firsts):
            symbols.raised = {letter for letter, _ in firsts}
        symbols.commas = _has_decimal_commas(formulas)
        free = [x for x in _INDICES if all(p.text != x for pieces in formulas for p in pieces)]
        primed = sorted({letter for pieces in formulas for letter in _primed(pieces)})
        symbols.primed = dict(zip(primed, free, strict=False))
        # x y = … is a product where both letters have a life of their own.
        symbols.wholes = {t for t in lefts if len(t) > 2 or not set(t) <= symbols.singles}
        return symbols

    def _take_calls(self, pieces: Sequence[Piece]) -> None:
        inside = _insides(pieces)
        for place, piece in enumerate(pieces):
            named = piece.kind == "letter" or (piece.kind == "macro" and piece.text in LETTERS)
            if not named:
                continue
            letter = LETTERS.get(piece.text, piece.text) if piece.kind == "macro" else piece.text
            behind = _behind_scripts(pieces, place + 1)
            closing = _closing(pieces, behind)
            if closing:
                said = "".join(p.text for p in pieces[behind + 1 : closing] if p.text not in "{}")
                self.calls.setdefault(letter, set()).add(said.removeprefix("("))
            elif not inside[place]:
                self.alone.add(letter)

    def index_called(self, letter: str, inside: Sequence[Piece]) -> str | None:
        """The index that the brackets behind a letter hold: t−1 in δ(t−1), i in p(x_i).

        They do where the letter stands nowhere without them, and the t of δ(t) nowhere else;
        "" where they say w(0) for the first w; None for a function or a product.
        """
        calls = self.calls.get(letter, set())
        said = "".join(piece.text for piece in inside if piece.text not in "{}")
        if calls == {"0"} and letter in self.alone:
            return ""
        if said not in calls or letter in self.alone:
            return None
        if calls == {said} and len(said) == 3 and said[1] == "_" and said[2] in {*_COUNTING}:
            return said[2]
        counted = {call[0] for call in calls if _counts(call) and not call[0].isdecimal()}
        whole = all(_counts(call) for call in calls)
        return said if whole and counted and not counted & self.alone else None

    def arguments(self, function: str) -> list[str]:
        """The arguments that a letter is written with, b and w1 for J(b, w_1); none for several."""
        calls = [call.split(",") for call in self.calls.get(function, ()) if "," in call]
        return [normal_name(name) for name in calls[0]] if len(calls) == 1 else []

    def split(self, run: str) -> list[str]:
        """The names that a run of letters is made of; itself where it is one."""
        if len(run) == 1 or len(run) > _LONGEST or run in self.wholes:
            return [run]
        if run in FUNCTIONS or run.lower() in FUNCTIONS or run.lower() in CONNECTIVES:
            return [run]
        if run[0] == "d" and not self.has_d:
            rest = run[1:]
            if rest in self.wholes or (len(rest) == 1 and rest in self.singles):
                return [run]
        for size in range(min(8, len(run) - 1), 1, -1):  # y log(p) typed as ylog(p)
            head, tail = run[:-size], run[-size:]
            if tail in FUNCTIONS and set(head) <= self.singles:
                return [*head, tail]
        two = len(run) == 2 and not self.singles.isdisjoint(run)  # wx, where w stands elsewhere
        return list(run) if two or set(run) <= self.singles else [run]


def _has_decimal_commas(formulas: Sequence[Sequence[Piece]]) -> bool:
    """True where some comma in a number parts no thousands, and no number has a point."""
    behind: list[str] = []
    for pieces in formulas:
        for piece in pieces:
            if piece.kind == "number" and "." in piece.text:
                return False
            whole, comma, rest = piece.text.partition("{,}")
            behind += [rest if whole != "0" else "0"] if comma else []
        for place in commas_in(pieces):
            behind.append(pieces[place + 1].text if pieces[place - 1].text != "0" else "0")
    return any(len(digits) != 3 for digits in behind)


#: Behind these brackets hold two coordinates, or the ends of an interval.
_BEFORE_PAIRS = {"=", "approx", "in", "notin", ",", ";", "(", "&", "colon", ":"}


def commas_in(pieces: Sequence[Piece], decimal: bool = False) -> Iterator[int]:
    """Where a comma stands tight between two numbers, in no index and in no list.

    Args:
        pieces: Those of a formula.
        decimal: Whether commas are decimal signs. Then a bracket behind a function or a factor
            holds no list: tanh(0,4).
    """
    for place in range(1, len(pieces) - 1):
        before, comma, after = pieces[place - 1 : place + 2]
        if comma.text != "," or comma.kind != "sign" or not before.kind == after.kind == "number":
            continue
        opening = [p.text for p in pieces[max(place - 3, 0) : place - 1]]
        factor = decimal and len(opening) > 1 and opening[0] not in _BEFORE_PAIRS
        listed = opening[-1:] == ["["] or opening == ["_", "{"]
        listed |= opening[-1:] == ["("] and not factor
        if before.touches(comma) and comma.touches(after) and not listed:
            yield place


def _primed(pieces: Sequence[Piece]) -> Iterator[str]:
    """The letters that an index is with a prime: j of x_{j'}."""
    for opening, brace, letter, prime in zip(*(pieces[i:] for i in range(4)), strict=False):
        index = opening.text == "_" and brace.kind == "open" and letter.text in _INDICES
        if index and prime.text in ("'", "prime", "^"):
            yield letter.text


def _counts(said: str) -> bool:
    """True for t, t−1 and 2."""
    if said.isdecimal():
        return True
    return said[:1] in {*_COUNTING} and (
        said[1:] == "" or (said[1] in "+-" and said[2:].isdecimal())
    )


def _insides(pieces: Sequence[Piece]) -> list[bool]:
    """For every piece, whether it stands in an index, or in brackets behind a letter."""
    found = [False] * len(pieces)
    until = 0
    for place, piece in enumerate(pieces):
        if place < until:
            pass
        elif piece.kind == "sign" and piece.text in ("_", "^"):
            until = behind_group(pieces, place + 1)
        elif piece.kind == "letter" or (piece.kind == "macro" and piece.text in LETTERS):
            closing = _closing(pieces, _behind_scripts(pieces, place + 1))
            if closing and closing - place < 12:
                until = closing
        found[place] = place < until and piece.kind != "sign"
    return found


def _closing(pieces: Sequence[Piece], place: int) -> int:
    r"""The place of the bracket that closes the one here, or behind \left; 0 for none."""
    if place < len(pieces) and pieces[place].text == "left":
        place += 1
    if place >= len(pieces) or pieces[place].text != "(" or pieces[place].kind != "sign":
        return 0
    for end in range(place + 1, min(place + 12, len(pieces))):
        if pieces[end].text == ")":
            return end - (pieces[end - 1].text == "right")
        if pieces[end].text == "(":
            return 0
    return 0


def _givens(pieces: Sequence[Piece]) -> Iterator[str]:
    """What is given a number."""
    for place in range(1, len(pieces) - 1):
        name, relation, number = pieces[place - 1 : place + 2]
        begins = place < 2 or pieces[place - 2].text in (",", ";", "quad", "qquad")
        ends = place + 2 >= len(pieces) or pieces[place + 2].text in (",", ";", ".", "quad")
        if begins and ends and relation.text == "=" and number.kind == "number":
            yield f"{name.text}={number.text}"


def runs(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Where runs of adjacent letters begin and end."""
    place = 0
    while place < len(pieces):
        if pieces[place].kind != "letter":
            place += 1
            continue
        stop = place + 1
        # What follows ^ or _ without braces is one letter.
        script = place and pieces[place - 1].text in ("^", "_")
        while (
            not script
            and stop < len(pieces)
            and pieces[stop].kind == "letter"
            and pieces[stop - 1].touches(pieces[stop])
        ):
            stop += 1
        yield place, stop
        place = stop


def _is_left(pieces: Sequence[Piece], start: int, stop: int) -> bool:
    """True for a run that a relation follows and nothing precedes, or that ∂ precedes."""
    before = pieces[start - 1] if start else None
    while start and before is not None and before.kind == "open":
        start -= 1
        before = pieces[start - 1] if start else None
    if before is not None and before.kind == "macro" and before.text == "partial":
        return True
    begins = before is None or before.kind in ("row", "align") or before.text in (",", ";", "quad")
    after = _behind_scripts(pieces, stop)
    if not begins or after >= len(pieces):
        return False
    if pieces[after].text == "(" and stop == after:
        depth = 0
        while after < len(pieces):
            depth += (pieces[after].text == "(") - (pieces[after].text == ")")
            after += 1
            if not depth:
                break
        return after < len(pieces) and pieces[after].text in _RELATIONS
    while after < len(pieces) and pieces[after].kind in ("align", "close"):
        after += 1
    return after < len(pieces) and pieces[after].text in _RELATIONS


def _behind_scripts(pieces: Sequence[Piece], place: int) -> int:
    """The place behind the indices and primes that stand here."""
    while place < len(pieces):
        if pieces[place].text == "'":
            place += 1
        elif pieces[place].text in ("_", "^") and pieces[place].kind == "sign":
            place = behind_group(pieces, place + 1)
        else:
            break
    return place


def behind_group(pieces: Sequence[Piece], place: int) -> int:
    """The place behind the piece, or the braces, that stand here."""
    if place >= len(pieces) or pieces[place].kind != "open":
        return place + 1
    depth = 0
    while place < len(pieces):
        depth += (pieces[place].kind == "open") - (pieces[place].kind == "close")
        place += 1
        if not depth:
            break
    return place


def _levels(pieces: Sequence[Piece]) -> Iterator[str]:
    """Letters that stand above what a relation follows, or by which one differentiates."""
    for place, piece in enumerate(pieces[:-2]):
        if piece.text != "^" or piece.kind != "sign" or not place:
            continue
        above = pieces[place + 1 : behind_group(pieces, place + 1)]
        letters = [p.text for p in above if p.kind not in ("open", "close")]
        behind = _behind_scripts(pieces, place)
        behind = (_closing(pieces, behind) or behind - 1) + 1  # a^l(z^l) = …
        while behind < len(pieces) and pieces[behind].kind == "align":
            behind += 1
        before = pieces[place - 1]
        named = before.kind in ("letter", "close") or before.text in LETTERS
        if not named or len(letters) != 1:
            continue
        related = behind < len(pieces) and pieces[behind].text in _RELATIONS
        under = letters[0].isalpha() and _is_under_a_mark(pieces, place - 1)
        if (related and letters[0] in "lLkijtn") or (under and letters[0] != "T"):
            yield letters[0]


def _first_powers(pieces: Sequence[Piece]) -> Iterator[tuple[str, bool]]:
    """Letters with a 1 above, which nobody writes of a power.

    With each: whether a relation follows, or one differentiates by it.
    """
    for place, piece in enumerate(pieces[:-1]):
        letter = LETTERS.get(piece.text, "") if piece.kind == "macro" else piece.text
        if piece.kind not in ("letter", "macro") or letter in ("", "e"):
            continue
        scripts = place + 1
        while scripts < len(pieces) and pieces[scripts].text == "_":
            scripts = behind_group(pieces, scripts + 1)
        end = behind_group(pieces, scripts + 1)
        above = "".join(p.text for p in pieces[scripts:end] if p.kind in ("sign", "number"))
        if above != "^1" or pieces[scripts].kind != "sign":
            continue
        behind = _behind_scripts(pieces, place + 1)
        while behind < len(pieces) and pieces[behind].kind == "align":
            behind += 1
        related = behind < len(pieces) and pieces[behind].text in _RELATIONS
        yield letter, related or _is_under_a_mark(pieces, place)


def _is_under_a_mark(pieces: Sequence[Piece], place: int) -> bool:
    r"""True for the W of ``{\partial W^o}`` below a bar: nobody differentiates by a power."""
    while place and pieces[place - 1].kind == "open":
        place -= 1
    above = [piece.kind for piece in pieces[max(place - 3, 0) : place - 1]]
    return place > 2 and pieces[place - 1].text == "partial" and above == ["close", "open"]
