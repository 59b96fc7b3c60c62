"""What the letters of a document's formulas are, found before any of them is read.

TeX sets ``wx`` as w times x, and people type ``mse`` for one quantity: which it is, is told by
what else the document has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from micrograd_like.worksheet.tex.macros import LETTERS
from micrograd_like.worksheet.tex.pieces import Piece
from micrograd_like.worksheet.vocabulary import CONNECTIVES, FUNCTIONS

_RELATIONS = {"=", ":=", "approx", "leftarrow", "gets", "sim"}
_LONGEST = 24


@dataclass
class Symbols:
    """The symbols of a document.

    singles:  letters that stand alone
    wholes:   runs of letters that are one name: left of a relation, or under a ∂
    levels:   letters that are an index where they stand above: a^l = σ(z^l)
    has_d:    True where d is a name of its own, and so no sign of a derivative
    """

    singles: set[str] = field(default_factory=set)
    wholes: set[str] = field(default_factory=set)
    levels: set[str] = field(default_factory=set)
    has_d: bool = False

    @classmethod
    def of(cls, formulas: Iterable[Sequence[Piece]]) -> Symbols:
        """Those of a document's formulas."""
        symbols = cls()
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
        # x y = … is a product where both letters have a life of their own.
        symbols.wholes = {t for t in lefts if len(t) > 2 or not set(t) <= symbols.singles}
        return symbols

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
        return list(run) if set(run) <= self.singles else [run]


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
            place = _behind_group(pieces, place + 1)
        else:
            break
    return place


def _behind_group(pieces: Sequence[Piece], place: int) -> int:
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
    """Letters that stand above what a relation follows."""
    for place, piece in enumerate(pieces[:-2]):
        if piece.text != "^" or piece.kind != "sign" or not place:
            continue
        above = pieces[place + 1 : _behind_group(pieces, place + 1)]
        letters = [p.text for p in above if p.kind not in ("open", "close")]
        behind = _behind_scripts(pieces, place)
        while behind < len(pieces) and pieces[behind].kind == "align":
            behind += 1
        before = pieces[place - 1]
        named = before.kind in ("letter", "close") or before.text in LETTERS
        if (
            named
            and len(letters) == 1
            and letters[0] in "lLkijtn"
            and behind < len(pieces)
            and pieces[behind].text in _RELATIONS
        ):
            yield letters[0]
