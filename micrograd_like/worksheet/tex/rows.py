"""Formulas to rows of tokens: what is read whole, what continues, what is not understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from micrograd_like.worksheet.clauses.prose import COMPARISONS
from micrograd_like.worksheet.records import Problem
from micrograd_like.worksheet.tex.environments import begins_cases
from micrograd_like.worksheet.tex.formula import Row
from micrograd_like.worksheet.tex.macros import FORMULAS, SIGNS
from micrograd_like.worksheet.tex.pieces import Piece, TexError
from micrograd_like.worksheet.tex.symbols import Symbols, behind_group
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.spelling import LETTERS
from micrograd_like.worksheet.vocabulary import RELATIONS

_OPERATORS = {"+", "-", "·", "*", "/", "⊙"}
#: Words behind which another statement stands, or for what a row holds.
_RANGES = frozenset({"for"})
_BESIDE = frozenset({"where", "with", "since", "because", "as", "using"}) | _RANGES
#: Words behind which a claim is none, for nobody says that it holds.
_CONDITIONS = frozenset({"when", "whenever", "unless", "otherwise"})
#: Signs behind which nothing is claimed, and those among them that limit nothing: for all i ∈ D.
_EVERYWHERE = frozenset({"∈", "∀"})
_SAID_BESIDE = COMPARISONS | _EVERYWHERE
_GOES_ON = "it goes on with a formula that could not be read"


@dataclass
class Rows:
    """Reads the formulas of a document, one after the other.

    Attributes:
        lines: The document.
        symbols: What its letters are.
        problems: The rows that could not be read.
        passed: The formulas that claim nothing, each with its place.
    """

    lines: Sequence[str]
    symbols: Symbols
    problems: list[Problem] = field(default_factory=list)
    _broken: bool = False
    passed: list[Problem] = field(default_factory=list)

    def read(self, pieces: Sequence[Piece], display: bool) -> list[list[Token]]:
        """The rows of one formula; inline, it neither goes on with another nor is left open."""
        rows: list[list[Token]] = []
        above: list[Token] = []
        sides: list[
            list[Token]
        ] = []  # where z = wx: said beside a row, behind what goes on with it
        for row in split(pieces):
            relates = next(relations(row), None) is not None
            tokens = self._tokens(row, relates) if row else []
            if not tokens:
                above = []
                continue
            if above and _is_operator(tokens[0]) and (row[0].kind == "align" or not relates):
                above += tokens
                continue
            above = tokens
            goes_on = _is_relation(tokens[0])
            if not goes_on:
                rows += sides
                sides = []
            if goes_on and self._broken:
                self._fail(TexError(row[0], _GOES_ON), row)
            elif relates and not display and (goes_on or _is_relation(tokens[-1])):
                self._pass(row[0])
            elif relates:
                self._broken = False
                above, side = _parted(tokens)
                rows.append(above)
                sides += [side] if side else []
        rows += sides
        return rows

    def pass_over(self, pieces: Sequence[Piece]) -> None:
        """Take down a formula that claims nothing: behind an "if", or said to be wrong."""
        if next(relations(pieces), None) is not None:
            self._pass(pieces[0])

    def _pass(self, piece: Piece) -> None:
        place = piece.place
        self.passed.append(Problem(place, "", self.lines[place.line - 1].strip()))

    @property
    def told(self) -> tuple[str, ...]:
        """What was decided for all of them, and how many relations were passed over, in words."""
        commas = ("Commas are read as decimal signs",) if self.symbols.commas else ()
        if not self.passed:
            return commas
        count = len(self.passed)
        said = "1 relation is" if count == 1 else f"{count} relations are"
        return (
            *commas,
            f"{said} passed over: behind words such as 'if', 'not', 'instead of', or one-sided",
        )

    def _tokens(self, row: Sequence[Piece], relates: bool) -> list[Token]:
        try:
            tokens = _by_names(Row(row, self.symbols).read(), self.symbols)
            tokens = [_conditioned(token) for token in tokens]
            return [] if _is_range(tokens) or _is_of_shapes(tokens) else tokens
        except TexError as error:
            if relates:
                self._fail(error, row)
            return []

    def _fail(self, error: TexError, row: Sequence[Piece]) -> None:
        self._broken = True
        place = error.piece.place
        source = self.lines[place.line - 1]
        name = self._defines(row)
        self.problems.append(Problem(place, error.message, source, row[0].line, name))

    def _defines(self, row: Sequence[Piece]) -> str:
        """The name that a row would have given a value."""
        relation = next(relations(row), 0)
        try:
            tokens = Row(row[:relation], self.symbols).read()
        except TexError:
            return ""
        named = bool(tokens) and tokens[0].kind == "name"
        called = len(tokens) > 1 and tokens[1].text == "(" and tokens[-1].text == ")"
        return tokens[0].text if named and (len(tokens) == 1 or called) else ""


def _by_names(tokens: list[Token], symbols: Symbols) -> list[Token]:
    """∇Q(b, w) as [∂Q/∂b, ∂Q/∂w], where its arguments stand there or elsewhere in the document."""
    if len(tokens) < 3 or tokens[0].text != "∇" or tokens[1].kind != "name":
        return tokens
    nabla, of, rest = tokens[0], tokens[1], tokens[2:]
    if rest[0].text == "(" and (end := next((i for i, t in enumerate(rest) if t.text == ")"), 0)):
        names = [token.text for token in rest[1:end] if token.kind == "name"]
        rest = rest[end + 1 :]
    else:
        names = symbols.arguments(of.text)
    if len(names) < 2 or not rest or not _is_relation(rest[0]):
        return tokens
    place = nabla._replace(end=of.end)
    signs = {text: place._replace(kind="sign", text=text) for text in "[],∂/"}
    found = [signs["["]]
    for name in names:
        wrt = place._replace(kind="name", text=name)
        found += [signs["∂"], of, signs["/"], signs["∂"], wrt, signs[","]]
    return [*found[:-1], signs["]"], *rest]


def _is_relation(token: Token) -> bool:
    return token.kind == "sign" and token.text in RELATIONS


def _is_operator(token: Token) -> bool:
    return token.kind == "sign" and token.text in _OPERATORS


def _is_word(token: Token, words: frozenset[str]) -> bool:
    return token.kind == "name" and token.text.lower() in words


def _parted(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """A row, and what is said beside it behind a "where"; for which i it holds is left out."""
    related, depth, comma = False, 0, 0
    for place, token in enumerate(tokens):
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if related and not depth and token.kind == "sign" and token.text in _SAID_BESIDE:
            return _without_condition(tokens, place, comma), []
        if related and not depth and token.text in (",", ";"):
            comma = place
        if token.text == ";" and _is_range(tokens[place + 1 :]):
            return tokens[:place], []  # for i = 1, 2, in whatever language
        if related and _is_word(token, _BESIDE):
            side = tokens[place + 1 :]
            said = any(map(_is_relation, side)) and not _is_word(token, _RANGES)
            return tokens[:place], side if said else []
        related |= _is_relation(token)
    return tokens, []


def _without_condition(tokens: list[Token], place: int, comma: int) -> list[Token]:
    """A row up to z = 0.5 > 0, or to the comma before i ≠ j: then it is said of one case."""
    if not comma:
        return tokens[:place]
    kept = tokens[:comma]
    everywhere = tokens[place].text in _EVERYWHERE
    return kept if everywhere else [*kept, tokens[comma]._replace(kind="name", text="if")]


def _conditioned(token: Token) -> Token:
    """A word behind which a condition stands as "if", by which the reader knows it."""
    return token._replace(text="if") if _is_word(token, _CONDITIONS) else token


def _is_range(tokens: Sequence[Token]) -> bool:
    """True for i = 1, …, m, and for i = 1, 2."""
    texts = [token.text for token in tokens]
    if texts[1:2] != ["="] or texts[-2:-1] != [","]:
        return False
    numbers = texts[0] in LETTERS and all(t.isdecimal() or t == "," for t in texts[2:])
    return numbers or (len(texts[0]) == 1 and "…" in texts)


def _is_of_shapes(tokens: Sequence[Token]) -> bool:
    """True for (n, m)(m, d) = (n, d): which shape a product has."""
    texts = ["n" if token.kind in ("name", "number") else token.text for token in tokens]
    left, relation, right = "".join(texts).partition("=")
    pairs = left.replace("·", "").replace("*", "")
    return relation == "=" and right == "(n,n)" and pairs in ("(n,n)" * 2, "(n,n)" * 3)


def relations(pieces: Sequence[Piece]) -> Iterator[int]:
    """The places of the signs that relate something; those of an index do not: Σ_{i=1}."""
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.kind == "sign" and piece.text in ("_", "^"):
            place = behind_group(pieces, place + 1)
            continue
        if _relates(piece):
            yield place
        place += 1


def _relates(piece: Piece) -> bool:
    text = SIGNS.get(piece.text, "") if piece.kind == "macro" else piece.text
    return piece.kind in ("macro", "sign") and (text in RELATIONS or text == ":=")


def split(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    r"""The rows of a formula: what ``\\`` parts, outside of braces and matrices.

    The environments that hold formulas are gone with their names.
    """
    row: list[Piece] = []
    depth, inner, place = 0, 0, 0
    while place < len(pieces):
        piece = pieces[place]
        depth += (piece.kind == "open") - (piece.kind == "close")
        if piece.kind == "macro" and piece.text in ("begin", "end"):
            name, behind = _environment(pieces, place + 1)
            if name.rstrip("*") in FORMULAS and not (inner or begins_cases(pieces, place)):
                place = behind
                continue
            inner += 1 if piece.text == "begin" else -1
        if piece.kind == "row" and not depth and inner <= 0:
            yield row
            row = []
        else:
            row.append(piece)
        place += 1
    yield row


def _environment(pieces: Sequence[Piece], place: int) -> tuple[str, int]:
    r"""The name behind ``\begin``, and the place behind it; of alignat, behind its number too."""
    if place >= len(pieces) or pieces[place].kind != "open":
        return "", place
    behind = next((i for i in range(place, len(pieces)) if pieces[i].kind == "close"), len(pieces))
    name = "".join(piece.text for piece in pieces[place + 1 : behind])
    behind += 1
    counted = name.rstrip("*") in ("alignat", "alignedat") and pieces[behind : behind + 3]
    return name, behind + 3 if counted else behind
