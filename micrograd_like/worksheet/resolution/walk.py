"""The walk through a document's statements, in their order: which version each is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from micrograd_like.formula import Derivative, Expr, Name, Number, names_in
from micrograd_like.worksheet.records import Problem, Statement
from micrograd_like.worksheet.resolution.figures import opened
from micrograd_like.worksheet.resolution.numbers import unlike
from micrograd_like.worksheet.resolution.renewal import is_addend, renewed
from micrograd_like.worksheet.resolution.versions import Version, Versions
from micrograd_like.worksheet.tokens.spelling import before_renewal


def walked(
    reads: Sequence[Statement],
    problems: Sequence[Problem],
    hidden: Mapping[str, Expr],
    sections: Sequence[tuple[int, int]] = (),
) -> Versions:
    """The versions of all names, once every statement has been looked at."""
    walk = _Walk(Versions(reads, problems, hidden, sections))
    for place in range(len(reads)):
        walk.take(place)
    _split_early(walk.versions)
    return walk.versions


def _split_early(versions: Versions) -> None:
    """Let lines above a definition have it with the numbers that its names had there.

    E is differentiated, then o1 gets its next value, and then E is defined: what stands above is
    about E of the first o1.
    """
    asked: dict[str, int] = {}
    for place, meant in enumerate(versions.meant):
        for name, version in meant.items():
            if version is None:
                asked.setdefault(name, place)
    for name, place in asked.items():
        version = versions.first.get(name)
        if version is None or version.formula is None or version.older is not None:
            continue
        above = {n: _as_of(v, place) for n, v in version.rests_on.items()}
        if above == version.rests_on:
            continue
        early = Version(Name(name), place, formula=version.formula, rests_on=above, why="early")
        version.key = Name(name, versions.reads[version.first].place.where)
        version.older, versions.first[name] = early, early
        versions.all.append(early)


def _as_of(version: Version | None, place: int) -> Version | None:
    """The version that a name had at a statement, where it had one."""
    at = version
    while at is not None and at.first > place:
        at = at.older
    return at or version


class _Walk:
    """Takes the statements one after the other."""

    def __init__(self, versions: Versions) -> None:
        self.versions = versions
        self._keys: set[str] = set()
        # Of names that have none an update is a rule, and what is said behind it no later step.
        self._has_numbers = any(_states_number(read) for read in versions.reads)
        self._spoken: dict[str, list[int]] = {}  # for every name the statements that speak of it

    def take(self, place: int) -> None:
        """The next statement."""
        read = self.versions.reads[place]
        names = _names_of(read, self.versions.hidden)
        self.versions.meant.append({name: self.versions.current.get(name) for name in names})
        for spoken in names:
            self._spoken.setdefault(spoken, []).append(place)
        if not isinstance(read.left, Name) or read.subject is not None:
            self.versions.own.append(None)
            return
        name = read.left.name
        version = self.versions.current.get(name)
        if read.held and version is not None:
            self.versions.own.append(version)
            return
        why = "" if version is None else renewed(self.versions, version, place)
        if read.defines == "implied" and version is not None:
            kept = why in ("names", "formula") and version.formula is not None
            why = why if kept else ""
        if version is None and not read.parts and not read.blank:
            self.versions.own.append(None)
            return
        if version is None or why:
            version = self._new(name, read, place, version, why)
        self.versions.own.append(version)
        version.statements.append(place)
        self._learn(version, read, place)

    def _new(
        self, name: str, read: Statement, place: int, older: Version | None, why: str
    ) -> Version:
        """A new version of a name, and what it is called."""
        key = Name(name)
        updated = older is None and (
            _updates_itself(read, name) or self._stood_otherwise(name, read, place)
        )
        if older is not None or updated:
            key = Name(name, read.place.where)
            if key in self._keys:
                key = Name(name, f"{read.place.where}, column {read.column}")
                if key in self._keys:
                    key = Name(name, f"statement {place + 1}")
        version = Version(key, place, older=older, why=why)
        self._keys.add(key)
        self.versions.renewals += key != name or bool(before_renewal(name))
        if not updated or self._has_numbers:
            self.versions.current[name] = version
        if before := before_renewal(name):
            self.versions.updates.setdefault(before, []).append(version)
        if not updated:  # w ← w − …, where nothing gives w its value before: that one is free
            self.versions.first.setdefault(name, version)
        self.versions.all.append(version)
        if why == "rests" and older is not None:
            version.formula = older.formula
            version.rests_on = {n: self.versions.latest(n, older.first) for n in older.rests_on}
            if name in version.rests_on:  # the mean that it was
                version.rests_on[name] = older
        return version

    def _stood_otherwise(self, name: str, read: Statement, place: int) -> bool:
        """True for w = 2 − 1.2 = 0.8 where 2 stood for w further up: the next value of w."""
        number = next((p.number for p in reversed(read.parts) if p.number is not None), None)
        if number is None or any(names_in(part.expr) for part in read.parts):
            return False
        for above in self._spoken.get(name, ()):
            parts = self.versions.reads[above].parts
            shapes = [opened(a.expr, b.expr) for a, b in combinations(parts, 2)]
            stood = [figure for shape in shapes if name in shape for figure in shape.values()]
            if stood and all(unlike(figure, number) for figure in stood):
                return True  # nor is it another factor's figure, as 3·2 for w·x
        return False

    def _learn(self, version: Version, read: Statement, place: int) -> None:
        """Take down the numbers and the formula that the statement gives."""
        meant = self.versions.meant[place]
        for part in read.parts:
            if version.formula is None and self.versions.is_formula(part.expr, version):
                version.formula = part.expr
                version.rests_on = {n: meant.get(n) for n in names_in(part.expr)}
        numbers = [part.number for part in read.parts if part.number is not None]
        if numbers:
            version.number, version.stated = numbers[-1], place
        elif version.number is None and read.parts and version.formula is None:
            value = self.versions.value(read.parts[-1].expr, meant)
            version.number = None if value is None else Number(value, 12)


def _states_number(read: Statement) -> bool:
    """True for x = 0.5, and for z = 2·0.5 = 1."""
    return isinstance(read.left, Name) and any(part.number is not None for part in read.parts)


def _updates_itself(read: Statement, name: str) -> bool:
    """True for w ← w − …, with the name written on the right."""
    part = read.parts[0] if read.parts else None
    return part is not None and name in part.names and is_addend(part.expr, name)


def _names_of(read: Statement, hidden: Mapping[str, Expr]) -> set[Name]:
    """Every name that a statement speaks of, those inside hidden expressions included."""
    exprs = [part.expr for part in read.parts]
    if read.subject is not None:
        exprs.append(read.subject)
    if isinstance(read.left, Derivative):
        exprs.append(read.left)
    names: set[Name] = set()
    stack: list[Expr] = exprs
    while stack:
        inner = {*names_in(stack.pop())} - names
        names |= inner
        stack += [hidden[name] for name in inner if name in hidden]
    return names
