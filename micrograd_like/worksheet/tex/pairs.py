"""Which brace, bracket or delimiter of a row closes which."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_like.worksheet.tex.pieces import Piece, TexError

_OPENING = {"(": ")", "[": "]", "langle": "rangle"}
_CLOSING = {*_OPENING.values()}


class Pairs:
    """The pairs of a row.

    Attributes:
        braces: The place of the brace that closes each one.
        brackets: The same of round and square brackets, where they match.
        lists: The square brackets that hold commas: vectors. Others only group.

    Raises:
        TexError: A brace stands without its other one.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.braces: dict[int, int] = {}
        self.brackets: dict[int, int] = {}
        self.lists: set[int] = set()
        braces: list[int] = []
        open_brackets: list[int] = []
        with_commas: set[int] = set()
        for place, piece in enumerate(pieces):
            if piece.kind == "open":
                braces.append(place)
            elif piece.kind == "close":
                if not braces:
                    raise TexError(piece, "expected '{' before this '}'")
                self.braces[braces.pop()] = place
            elif piece.kind in ("sign", "macro") and piece.text in _OPENING:
                open_brackets.append(place)
            elif piece.kind in ("sign", "macro") and piece.text in _CLOSING and open_brackets:
                opening = open_brackets.pop()
                if _OPENING[pieces[opening].text] == piece.text:
                    self.brackets[opening] = place
                    if opening in with_commas and piece.text == "]":
                        self.lists |= {opening, place}
            elif piece.kind == "sign" and piece.text in (",", ";") and open_brackets:
                with_commas.add(open_brackets[-1])
        if braces:
            raise TexError(pieces[braces[-1]], "expected '}' for this '{'")
