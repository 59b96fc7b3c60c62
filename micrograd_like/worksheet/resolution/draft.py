"""The draft of a resolved document: its statements renamed, and what defines each name so far."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    derivatives,
    names_in,
)
from micrograd_like.graph import Reach, reachable
from micrograd_like.worksheet.records import Statement
from micrograd_like.worksheet.resolution.renaming import rename
from micrograd_like.worksheet.resolution.versions import Version, Versions


class Definition(NamedTuple):
    """What gives a name its value.

    Attributes:
        place: The statement, −1 where none does.
        part: Which of its parts, −1 where none does.
        expr: The formula or number.
    """

    place: int
    part: int
    expr: Expr


class Draft:
    """What is decided of a document so far.

    Attributes:
        versions: The versions of its names.
        reads: The statements, with the keys of versions for their names.
        keys: For every statement what its names are called, where they are later versions.
        chosen: What defines each name.
        inferred: Numbers that names without a value take from figures in their place.
        opaque: Names whose dependence on others cannot be told: why.
        doubts: Names about which nothing is sure: why.
        asked: For every name those by which it is differentiated somewhere.
    """

    def __init__(self, versions: Versions) -> None:
        places = range(len(versions.reads))
        self.versions = versions
        self.keys: list[dict[str, Name]] = [_keys(versions, place) for place in places]
        self.take([_renamed(versions, place, self.keys[place]) for place in places])
        self.chosen: dict[str, Definition] = {}
        self.inferred: dict[str, Number] = {}
        self.opaque: dict[str, str] = {}
        self.doubts: dict[str, str] = {}

    def take(self, reads: list[Statement]) -> None:
        """Take these for the statements."""
        self.reads, self.asked = reads, _differentiated(reads)

    def circular(self, key: str) -> bool:
        """True if a name rests on itself."""
        return key in reachable(self._inputs(key), self._inputs)

    def reached(self, key: str, wanted: Set[Name]) -> int:
        """How many of these names a name rests on."""
        found = (name for name in reachable((key,), self._inputs) if name in wanted)
        return sum(1 for _ in islice(found, len(wanted)))

    def below(self, key: str) -> Reach[str]:
        """What a name rests on, itself with it."""
        return Reach(reachable((key,), self._inputs))

    def _inputs(self, key: str) -> Iterable[str]:
        return names_in(self.chosen[key].expr) if key in self.chosen else ()


def _differentiated(reads: Iterable[Statement]) -> dict[Name, set[Name]]:
    asked: dict[Name, set[Name]] = {}
    for read in reads:
        for expr in (read.left, *(part.expr for part in read.parts)):
            for slope in derivatives(expr):
                if isinstance(slope.of, Name) and isinstance(slope.wrt, Name):
                    asked.setdefault(slope.of, set()).add(slope.wrt)
    return asked


def _keys(versions: Versions, place: int) -> dict[str, Name]:
    """What the names of a statement are called, where they are later versions."""
    keys = {}
    for name, version in versions.meant[place].items():
        version = version or versions.first.get(name)
        if version is not None and version.key != name:
            keys[name] = version.key
    return keys


def _renamed(versions: Versions, place: int, keys: dict[str, Name]) -> Statement:
    """The statement with the keys of versions for its names."""
    read, own = versions.reads[place], versions.own[place]
    left: Quantity = read.left
    if own is not None and own.key != own.base:
        left = own.key
    first_sum = _first_of_a_sum(read, own)
    if isinstance(left, Derivative):
        left = rename(left, keys)  # type: ignore[assignment]
    renamed = read.rewritten(lambda expr: rename(expr, keys), left)
    if not first_sum:
        return renamed
    parts = tuple(replace(p, expr=_from_nothing(p.expr, first_sum)) for p in renamed.parts)
    return replace(renamed, parts=parts).doubted("It may be only one part of a sum")


def _first_of_a_sum(read: Statement, own: Version | None) -> str:
    """The name, where w += … is the first that is said of it; "" elsewhere."""
    if own is None or own.older is not None or not read.assigned or not read.parts:
        return ""
    return "" if own.base in read.parts[0].names else own.base


def _from_nothing(expr: Expr, name: str) -> Expr:
    """The first step of a sum w += …: nothing stands before it."""
    match expr:
        case Call("add", (Name(own), step)) if own == name:
            return step
        case Call("sub", (Name(own), step)) if own == name:
            return Call("neg", (step,))
    return expr
