"""Derivatives that do not say by what one differentiates: D(1 + x²), (1 + x²)′.

They are read where a document leaves no choice: one letter stands in all of their brackets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from micrograd_like.worksheet.tex.macros import FUNCTION_WORDS, LETTERS, SIZES
from micrograd_like.worksheet.tex.pieces import Piece

_OPERATOR = "D"
_CONSTANT = {"e", "π"}


def differentiated_by(formulas: Iterable[Sequence[Piece]]) -> str:
    """The letter by which D(…) and (…)′ differentiate; "" where D is a name, or it is not said."""
    found: set[str] = set()
    composed = False
    for pieces in formulas:
        for place, piece in enumerate(pieces):
            if piece.kind == "letter" and piece.text == _OPERATOR:
                inside = _inside(pieces, place + 1)
                if not inside:
                    return ""
                composed |= len(inside) > 1
                found |= {*_letters(inside)}
            elif piece.text == "'" and place and pieces[place - 1].text in (")", "]"):
                inside = _before(pieces, place - 1)
                composed |= len(inside) > 1
                found |= {*_letters(inside)}
    return min(found) if composed and len(found) == 1 else ""


def _inside(pieces: Sequence[Piece], place: int) -> Sequence[Piece]:
    """What stands in the brackets that open here; nothing where none do."""
    while place < len(pieces) and pieces[place].text in SIZES:
        place += 1
    depth = 0
    for end in range(place, len(pieces)):
        depth += (pieces[end].text in ("(", "[")) - (pieces[end].text in (")", "]"))
        if not depth:
            return pieces[place + 1 : end]
    return ()


def _before(pieces: Sequence[Piece], closing: int) -> Sequence[Piece]:
    """What stands in the brackets that close here."""
    depth = 0
    for start in range(closing, -1, -1):
        depth += (pieces[start].text in (")", "]")) - (pieces[start].text in ("(", "["))
        if not depth:
            return pieces[start + 1 : closing]
    return ()


def _letters(pieces: Sequence[Piece]) -> Iterator[str]:
    """The letters, but for constants and the names of functions that TeX has no word for."""
    run = ""
    for place, piece in enumerate(pieces, 1):
        if piece.kind == "letter":
            run += piece.text
            behind = pieces[place] if place < len(pieces) else None
            if behind is None or behind.kind != "letter" or not piece.touches(behind):
                called = behind is not None and behind.text in ("(", "left")
                names = {*run[:-1]} if called else {*run}  # g in g(x) is a function
                yield from [] if run in FUNCTION_WORDS else names - _CONSTANT
                run = ""
        elif piece.kind == "macro" and piece.text in LETTERS:
            yield from {LETTERS[piece.text]} - _CONSTANT
