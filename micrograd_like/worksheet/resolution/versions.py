"""Versions of names: a name that is given another value is a new one from there on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from micrograd_like.formula import Expr, Name, Number, names_in
from micrograd_like.graph import reachable
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.records import Problem, Statement
from micrograd_like.worksheet.resolution.numbers import computed

#: Definitions that are followed for one number.
_DEEPEST = 20


@dataclass(eq=False)
class Version:
    """A name from one line on, until it is given another value.

    Attributes:
        key: Its name behind this stage.
        first: The statement that makes it.
        statements: Those that are about it.
        number: The last number that they state, and ``stated`` in which of them.
        formula: What gives it its value; None as long as only numbers do.
        rests_on: The versions that the formula's names meant.
        older: The version before.
        why: Why it is a new one (see ``renewed``).
    """

    key: Name
    first: int
    statements: list[int] = field(default_factory=list)
    number: Number | None = None
    stated: int = -1
    formula: Expr | None = None
    rests_on: dict[str, Version | None] = field(default_factory=dict)
    older: Version | None = None
    why: str = ""

    @property
    def base(self) -> str:
        """The name as it is written."""
        return self.key.plain


class Versions:
    """The versions of a document's names, as far as its statements have been walked through.

    Attributes:
        reads: The statements.
        hidden: What stands for an expression without a name of its own, and the expression.
        sections: The rows in which another problem begins.
        unread: Statements that could not be read, and would have given a name its value.
        current: What every name means now.
        first: The first version of every name.
        all: The versions, in their order.
        meant: For every statement what its names meant there.
        own: For every statement the version that it is about; None for a claim.
        updates: For every name the versions of w', w_new and the like, by which it is renewed.
        renewals: How many versions or updates of names that had a value already there are.
    """

    def __init__(
        self,
        reads: Sequence[Statement],
        problems: Sequence[Problem],
        hidden: Mapping[str, Expr],
        sections: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.sections = sections
        self.reads = reads
        self.hidden = hidden
        self.unread = [p for p in problems if p.name]
        self.current: dict[str, Version] = {}
        self.first: dict[str, Version] = {}
        self.updates: dict[str, list[Version]] = {}
        self.all: list[Version] = []
        self.meant: list[dict[str, Version | None]] = []
        self.own: list[Version | None] = []
        self.renewals = 0
        self._deep = 0
        self._fresh: dict[int, int] = {}  # versions that are not stale, up to which renewal

    def last_row(self, version: Version) -> tuple[int, int]:
        """The last row that speaks of a version."""
        return max(self.reads[place].place.row for place in version.statements)

    def in_another_problem(self, version: Version, row: tuple[int, int]) -> bool:
        """True if another problem begins between a version's last row and this one."""
        return any(self.last_row(version) < section <= row for section in self.sections)

    # What rests on what.

    def latest(self, name: str, after: int) -> Version | None:
        """What a name means now, or its update w' or w_new, made behind a statement."""
        found = self.current.get(name)
        for later in self.updates.get(name, ()):
            if later.first > after and self._updates(later, name):
                found = later
        return found

    def _updates(self, version: Version, name: str) -> bool:
        """True for w' = w − …, in names or in figures."""
        parts = self.reads[version.first].parts
        return any(name in {*names_in(part.expr)} for part in parts) or (
            len(parts) > 1 and version.formula is None
        )

    def stale(self, version: Version) -> bool:
        """True if something that the version's formula rests on has been given a new value.

        What a renewed weight comes from, the weight itself to begin with, is that of before.
        """
        seen: set[int] = set()
        stack, updated = [version], False
        while stack:
            at = stack.pop()
            if id(at) in seen or self._fresh.get(id(at)) == self.renewals:
                continue
            seen.add(id(at))
            if at is not version and at.older is not None and at.base in at.rests_on:
                continue
            for name, meant in at.rests_on.items():
                meant = meant or self.first.get(name)
                if meant is not None:
                    latest = self.latest(name, version.first)
                    if latest is not meant:
                        return True
                    updated |= latest is not self.current.get(name)
                    stack.append(meant)
        if not updated:  # what an update is for depends on where one asks
            self._fresh.update(dict.fromkeys(seen, self.renewals))
        return False

    def sources(self, version: Version) -> set[str]:
        """The names of what a version rests on in the end, its own with it."""
        behind = [*reachable((version,), self._behind)]
        return {at.key for at in behind} | self._unknown(behind)

    def roots(self, version: Version | None, after: int) -> set[str]:
        """Those of what a version rests on, made after a statement, that rest on nothing."""
        behind = [] if version is None else [*reachable((version,), self._behind)]
        made = {at.key for at in behind if not at.rests_on and at.first > after}
        return made | self._unknown(behind)

    def rests_on(self, version: Version | None, other: Version) -> bool:
        """True if a version rests on another one, however far behind."""
        return version is not None and other in {*reachable(self._behind(version), self._behind)}

    def _behind(self, version: Version) -> Iterator[Version]:
        meant = (at or self.first.get(name) for name, at in version.rests_on.items())
        return (at for at in meant if at is not None)

    def _unknown(self, behind: Iterable[Version]) -> set[str]:
        """The names that versions rest on and nothing has given a value."""
        used = (pair for at in behind for pair in at.rests_on.items())
        return {name for name, at in used if at is None and name not in self.first}

    def value(self, expr: Expr, meant: Mapping[str, Version | None]) -> float | None:
        """The number of an expression, from the numbers that are stated; None if unknown."""
        values: dict[object, float] = {}
        for name in names_in(expr):
            version = meant.get(name) or self.current.get(name)
            value = None if version is None else self._value_of(version)
            if value is not None:
                values[name] = value
            elif version is None and name in CONSTANTS:
                values[name] = CONSTANTS[name]
            else:
                return None
        return computed(expr, values)

    def _value_of(self, version: Version) -> float | None:
        """The number of a version: as stated, else from its formula."""
        if version.number is not None:
            return float(version.number.value)
        if version.formula is None or self._deep > _DEEPEST:
            return None
        self._deep += 1
        try:
            return self.value(version.formula, version.rests_on)
        finally:
            self._deep -= 1

    def is_formula(self, expr: Expr, version: Version) -> bool:
        """True for an expression that may be what a version is computed from."""
        names = [n for n in names_in(expr) if n not in CONSTANTS or n in self.first]
        if version.base in names and version.older is None:
            return False
        return bool(names)
