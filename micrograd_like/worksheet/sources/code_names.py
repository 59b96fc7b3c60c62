"""What the code of a document gives names: their versions, elements and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from micrograd_like.errors import DomainError
from micrograd_like.formula import Derivative, Name, Quantity, names_in
from micrograd_like.graph import reached
from micrograd_like.worksheet.builder import Builder, UndefinedError
from micrograd_like.worksheet.records import Statement


def names_of(read: Statement) -> set[Name]:
    """The names that a statement speaks of."""
    exprs = [read.left, *(part.expr for part in read.parts)]
    exprs += [] if read.subject is None else [read.subject]
    return {name for expr in exprs for name in names_in(expr)}


def called(quantity: Quantity) -> Name:
    """A quantity as a name: a derivative by its text."""
    return quantity if isinstance(quantity, Name) else Name(str(quantity))


def key(name: str) -> str:
    """A name without what only one of the two notations writes."""
    return "".join(c for c in Name(name).plain if c not in "_[]{}(), .")


@dataclass
class Code:
    """What the code has given names.

    Attributes:
        statements: Of the code.
        older: For every later version of a name the one before.
        versions: Those of every name, in their order, by its key.
        arrays: The bases of arrays with their numbers of elements along each axis.
        in_figures: The names that are given, or worked out from figures alone.
    """

    statements: Sequence[Statement]
    older: Mapping[Name, Name]
    versions: dict[str, list[tuple[tuple[int, int], Name]]] = field(default_factory=dict)
    arrays: dict[str, dict[tuple[int, ...], str]] = field(default_factory=dict)
    in_figures: set[Name] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.numbers: dict[Name, float] = {}
        self._inputs: dict[Name, set[Name]] = {}
        costs = Counter[Name]()
        known = {*self.older.values()}
        for read in self.statements:
            if isinstance(read.left, Derivative):
                costs[called(read.left.of)] += 1
            elif read.defines != "implied":
                self._take(read, known)
        for name in {n for read in self.statements for n in names_of(read)} - known:
            self._name(name, (0, 0))
        self.cost = costs.most_common(1)[0][0] if costs else None
        self._compute()

    def _take(self, read: Statement, known: set[Name]) -> None:
        name = called(read.left)
        known.add(name)
        self._inputs[name] = {n for part in read.parts for n in names_in(part.expr)}
        if not self._inputs[name] and read.parts:
            self.in_figures.add(name)
        self._name(name, read.place.row)

    def _name(self, name: Name, row: tuple[int, int]) -> None:
        plain = name.plain
        base, _, index = plain.partition("[")
        if index:
            at = tuple(map(int, index.rstrip("]").split(",")))
            self.arrays.setdefault(base, {})[at] = plain
        self.versions.setdefault(plain, []).append((row, name))

    def _compute(self) -> None:
        """The numbers of all names that rest on numbers alone."""
        builder = Builder()
        for read in self.statements:
            if isinstance(read.left, Name) and read.parts:
                try:
                    node = builder.define(called(read.left), read.parts[0].expr)
                except (UndefinedError, DomainError):
                    continue
                self.numbers[read.left] = node.data

    def at(self, plain: str, row: tuple[int, int], among: Collection[Name] = ()) -> Name:
        """The version of a name that counts at a row: the last one above it, else the first.

        Args:
            plain: The name.
            row: Where.
            among: Versions of which one is meant, if there is one of this name.
        """
        versions = self.versions[plain]
        before = [name for at, name in versions if at <= row] or [versions[0][1]]
        return next((name for name in reversed(before) if name in among), before[-1])

    def below(self, name: Name) -> set[Name]:
        """What a name is computed from, itself with it."""
        return reached(name, self._inputs)

    def next(self, plain: str, row: tuple[int, int]) -> Name | None:
        """The version that the code makes below a row, of a name that it has above it."""
        later = [name for at, name in self.versions[plain] if at > row]
        return later[0] if later and later[0] in self.older else None
