"""What a name means where it stands: versions, definitions, free names; over the whole document.

A name that is given another value is a new *version* from there on; what was computed from
the old one keeps it. Which line defines a version is chosen over the whole document: a
formula in names before figures, wherever it stands. A name without a formula or a value is
*free*. Behind this stage every name means one thing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    evaluate,
    exact_number,
    fold,
    nodes,
    rewrite,
)
from micrograd_like.ops import FLOAT
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.figures import (
    each_figure_moved,
    figures_in,
    opened,
    read_figures,
)
from micrograd_like.worksheet.indices import names_in
from micrograd_like.worksheet.records import Problem, Statement

_FUNCTIONS: dict[str, Any] = {**FLOAT, "pow": math.pow}
#: Definitions that are followed for one number.
_DEEPEST = 20
#: Formulas of one quantity whose shape figures may have.
_MOST_SHAPES = 4


#: Statements that stand behind a line and are not marked: what a template or chain says.
BEHIND = ("template", "implied")


@dataclass
class Version:
    """A name from one line on, until it is given another value.

    key:         its name behind this stage
    base:        the name as it is written
    number:      the last number that its lines state, and in which statement (``stated``)
    formula:     what gives it its value; None as long as only numbers do
    definer:     the statement that does, and which of its parts
    rests_on:    the versions that the formula's names meant
    """

    key: str
    base: str
    first: int
    statements: list[int] = field(default_factory=list)
    number: Number | None = None
    stated: int = -1
    formula: Expr | None = None
    rests_on: dict[str, Version | None] = field(default_factory=dict)
    older: Version | None = None
    why: str = ""


@dataclass
class Resolved:
    """A document with every name resolved.

    reads:     the statements, each name that of its version
    builds:    for each statement the part that defines its left side, or −1
    formulas:  for every name what gives it its value, inputs before their users
    definers:  for every name its statement's number in ``reads``
    older:     for every later version the one before
    free:      names without a formula or a value
    inferred:  numbers that names without a value take from figures in their place
    opaque:    names whose dependence on others cannot be told: why
    doubts:    names about which nothing is sure: why
    """

    reads: list[Statement]
    builds: list[int]
    formulas: dict[Name, Expr]
    definers: dict[Name, int]
    older: dict[str, str]
    free: set[Name] = field(default_factory=set)
    inferred: dict[str, Number] = field(default_factory=dict)
    opaque: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)


def resolve(
    reads: Sequence[Statement],
    problems: Sequence[Problem] = (),
    hidden: Mapping[str, Expr] = MappingProxyType({}),
) -> Resolved:
    """Decide what every name of a document means.

    Args:
        reads: The statements, in their order.
        problems: What could not be read; where it would have defined a name, that is in doubt.
        hidden: What stands for an expression without a name of its own, and the expression.
    """
    versions = _Versions(reads, problems, hidden)
    for place in range(len(reads)):
        versions.take(place)
    return _chosen(versions)


class _Versions:
    """The walk through the statements, in their order."""

    def __init__(
        self, reads: Sequence[Statement], problems: Sequence[Problem], hidden: Mapping[str, Expr]
    ) -> None:
        self.reads = reads
        self.hidden = hidden
        self.current: dict[str, Version] = {}
        self.first: dict[str, Version] = {}
        self.all: list[Version] = []
        #: For every statement what its names meant there, and its own version.
        self.meant: list[dict[str, Version | None]] = []
        self.own: list[Version | None] = []
        self.unread = [p for p in problems if p.name]
        self._keys: set[str] = set()
        self._deep = 0

    def take(self, place: int) -> None:
        """The next statement."""
        read = self.reads[place]
        exprs = [part.expr for part in read.parts]
        if read.subject is not None:
            exprs.append(read.subject)
        names = {name for expr in exprs for name in names_in(expr)}
        if isinstance(read.left, Derivative):
            names |= {*names_in(read.left)}
        stack = [n for n in names if n in self.hidden]
        while stack:
            inner = {*names_in(self.hidden[stack.pop()])} - names
            names |= inner
            stack += [n for n in inner if n in self.hidden]
        self.meant.append({name: self.current.get(name) for name in names})
        if not isinstance(read.left, Name) or read.subject is not None:
            self.own.append(None)
            return
        name = read.left.name
        version = self.current.get(name)
        why = "" if version is None else self._renewed(version, read, place)
        if read.defines == "implied" and version is not None:
            kept = why in ("names", "formula") and version.formula is not None
            why = why if kept else ""
        if version is None or why:
            if version is not None or read.parts or read.blank:
                version = self._new(name, read, place, version, why)
            else:
                self.own.append(None)
                return
        self.own.append(version)
        version.statements.append(place)
        self._learn(version, read, place)

    def _new(
        self, name: str, read: Statement, place: int, older: Version | None, why: str
    ) -> Version:
        key = name
        if older is not None:
            key = f"{name} (line {read.line})"
            if key in self._keys:
                key = f"{name} (line {read.line}, column {read.column})"
                if key in self._keys:
                    key = f"{name} (statement {place + 1})"
        version = Version(key, name, place, older=older, why=why)
        self._keys.add(key)
        self.current[name] = version
        self.first.setdefault(name, version)
        self.all.append(version)
        if why == "rests" and older is not None:
            version.formula = older.formula
            version.rests_on = {n: self.latest(n, older.first) for n in older.rests_on}
        return version

    def _learn(self, version: Version, read: Statement, place: int) -> None:
        meant = self.meant[place]
        for part in read.parts:
            if version.formula is None and self._is_formula(part.expr, version):
                version.formula = part.expr
                version.rests_on = {n: meant.get(n) for n in names_in(part.expr)}
        numbers = [part.number for part in read.parts if part.number is not None]
        if numbers:
            version.number, version.stated = numbers[-1], place
        elif version.number is None and read.parts and version.formula is None:
            value = self.value(read.parts[-1].expr, meant)
            version.number = None if value is None else Number(value, 12)

    def _is_formula(self, expr: Expr, version: Version) -> bool:
        names = [n for n in names_in(expr) if n not in CONSTANTS or n in self.first]
        if version.base in names and version.older is None:
            return False
        return bool(names)

    # When a name is given another value.

    def _renewed(self, version: Version, read: Statement, place: int) -> str:
        """Why the statement makes a new version of its name, or ""."""
        if not read.parts:
            return ""
        first = read.parts[0].expr
        if read.assigned:
            return "assigned"
        if _is_addend(first, version.base) or (
            _adds_to(first, version.number) and [*names_in(first)]
        ):
            return "itself"
        formula = next((p.expr for p in read.parts if self._is_formula(p.expr, version)), None)
        number = next((p.number for p in reversed(read.parts) if p.number is not None), None)
        if formula is not None and version.base in {*names_in(formula)}:
            formula = None
        if version.formula is None:
            return self._after_a_number(version, read, place, formula, number)
        return self._after_a_formula(version, read, place, formula, number)

    def _after_a_number(
        self,
        version: Version,
        read: Statement,
        place: int,
        formula: Expr | None,
        number: Number | None,
    ) -> str:
        if version.number is None:
            return ""
        if formula is None:
            given = self.reads[version.first].parts[:1]
            alone = bool(given) and given[0].number is not None
            changed = number is not None and number != version.number
            if changed and _adds_to(first_of(read), version.number, alone):
                return "itself"
            if read.parts[0].number is None or not _unlike(number, version.number, 0.5):
                return ""
            if alone:
                return "given"
            apart = _unlike(number, version.number, 0.5) and read.line > version_line(self, version)
            return "names" if apart and len(read.parts) == 1 else ""
        value = self.value(formula, self.meant[place]) if number is None else number.value
        if value is None:
            return ""
        result = number or Number(value, 12)
        if not _unlike(result, version.number):
            return ""
        meant = self.meant[place]
        later = [n for n in names_in(formula) if (v := meant.get(n)) and v.first > version.first]
        return "names" if later else ""

    def _after_a_formula(
        self,
        version: Version,
        read: Statement,
        place: int,
        formula: Expr | None,
        number: Number | None,
    ) -> str:
        stale = self._stale(version)
        known = version.number
        if known is None and version.formula is not None:
            value = self.value(version.formula, version.rests_on)
            known = None if value is None else Number(value, 12)
        if stale:
            if formula is not None:
                same = formula == version.formula
                unlike = number is not None and known is not None and _unlike(number, known)
                return "formula" if same or unlike or number is None else ""
            if number is None:
                value = self.value(read.parts[-1].expr, self.meant[place])
                number = None if value is None else Number(value, 6)
            if number is not None and known is not None and _unlike(number, known):
                return "rests"
            return ""
        if formula is None:
            later = number is not None and self._later_figures(read, version)
            return "names" if later and known is not None and _unlike(number, known) else ""
        if formula == version.formula:
            return ""
        meant = self.meant[place]
        new = [n for n in names_in(formula) if (v := meant.get(n)) and v.first > version.first]
        if not new:
            return ""
        below = self._sources(version) | {version.base}
        mine: set[str] = {n for n in names_in(formula) if not meant.get(n) and n not in self.first}
        for n in names_in(formula):
            mine |= self._roots(meant.get(n) or self.first.get(n), version.first)
        if not mine - below - {*CONSTANTS}:
            return ""
        value, old = self.value(formula, meant), known
        if value is not None and old is not None and not _unlike(Number(value, 12), old):
            return ""
        return "names"

    def _later_figures(self, read: Statement, version: Version) -> bool:
        """True if a figure of the statement is what a name behind the version was stated as."""
        later = {
            v.number.value
            for v in self.current.values()
            if v.number is not None and v.number.places is not None and v.stated > version.stated
        }
        return any(figure in later for part in read.parts[:-1] for figure in figures_in(part.expr))

    def _stale(self, version: Version) -> bool:
        """True if something that the version's formula rests on has been given a new value."""
        seen: set[int] = set()
        stack = [version]
        while stack:
            at = stack.pop()
            if id(at) in seen:
                continue
            seen.add(id(at))
            for name, meant in at.rests_on.items():
                meant = meant or self.first.get(name)
                if meant is not None:
                    if self.latest(name, version.first) is not meant:
                        return True
                    stack.append(meant)
        return False

    def latest(self, name: str, after: int) -> Version | None:
        """What a name means now, or its update w' or w_new, made behind a statement."""
        found = self.current.get(name)
        for update in (f"{name}_new", f"{name}'"):
            later = self.current.get(update)
            if later is not None and later.first > after and self._updates(later, name):
                found = later
        return found

    def _updates(self, version: Version, name: str) -> bool:
        """True for w' = w − …, in names or in figures."""
        parts = self.reads[version.first].parts
        return any(name in {*names_in(part.expr)} for part in parts) or (
            len(parts) > 1 and version.formula is None
        )

    def _sources(self, version: Version | None) -> set[str]:
        """The names of what a version rests on in the end, its own with it."""
        found: set[str] = set()
        stack = [version]
        while stack:
            at = stack.pop()
            if at is not None and at.key not in found:
                found.add(at.key)
                for name, meant in at.rests_on.items():
                    meant = meant or self.first.get(name)
                    stack.append(meant)
                    if meant is None:
                        found.add(name)
        return found

    def _roots(self, version: Version | None, after: int) -> set[str]:
        """Those of what a version rests on, made after a statement, that rest on nothing."""
        found: set[str] = set()
        seen: set[str] = set()
        stack = [version]
        while stack:
            at = stack.pop()
            if at is None or at.key in seen:
                continue
            seen.add(at.key)
            if not at.rests_on and at.first > after:
                found.add(at.key)
            for name, meant in at.rests_on.items():
                meant = meant or self.first.get(name)
                stack.append(meant)
                if meant is None:
                    found.add(name)
        return found

    # Numbers.

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


def computed(expr: Expr, values: Mapping[object, float]) -> float | None:
    """The number of an expression, or None where it has none."""
    try:
        result = float(evaluate(expr, values, _FUNCTIONS))
    except (ArithmeticError, ValueError, TypeError, KeyError):
        return None
    return result if math.isfinite(result) else None


def _unlike(a: Number | None, b: Number | None, units: float = 1.5) -> bool:
    """True for two numbers that cannot be roundings of one another, by so many units."""
    if a is None or b is None:
        return False
    places = [n.places for n in (a, b) if n.places is not None]
    reach = units * 10.0 ** -min(places) if places else 0.0
    return abs(a.value - b.value) > reach + 1e-9 * abs(b.value)


def first_of(read: Statement) -> Expr:
    """What a statement says first."""
    return read.parts[0].expr


def version_line(versions: _Versions, version: Version) -> int:
    """The last line that speaks of a version."""
    return max(versions.reads[place].line for place in version.statements)


def _adds_to(expr: Expr, number: Number | None, given: bool = False) -> bool:
    """True for a sum that begins with a number stated before, as −0.284 + v·u."""
    if number is None or (number.value in (0, 1) and not given):
        return False
    at = expr
    while isinstance(at, Call) and at.function in ("add", "sub"):
        at = at.arguments[0]
    return at is not expr and exact_number(at) == number


def _is_addend(expr: Expr, name: str) -> bool:
    """True for name ± something: an update of the name."""
    stack, alone = [expr], not isinstance(expr, Call)
    while stack:
        match stack.pop():
            case Call("add", (a, b)):
                stack += [a, b]
            case Call("sub", (a, _)):
                stack.append(a)
            case Name(own) if own == name:
                return not alone
    return False


def _from_nothing(expr: Expr, name: str) -> Expr:
    """The first step of a sum w += …: nothing stands before it."""
    match expr:
        case Call("add", (Name(own), step)) if own == name:
            return step
        case Call("sub", (Name(own), step)) if own == name:
            return Call("neg", (step,))
    return expr


def _slopes(expr: Expr) -> list[tuple[Name, Name]]:
    pairs = ((d.of, d.wrt) for d in nodes(expr, Derivative))
    return [(of, wrt) for of, wrt in pairs if isinstance(of, Name) and isinstance(wrt, Name)]


def with_part(expr: Expr, part: Expr, name: Name) -> Expr:
    """The expression with a name for each piece that equals ``part``, whatever the order."""
    wanted = _ordered(part)

    def combine(node: Expr, parts: list[tuple[Expr, object]]) -> tuple[Expr, object]:
        if not isinstance(node, Call):
            return node, _ordered(node)
        inner = Call(node.function, tuple(e for e, _ in parts))
        key = _key_of(node.function, [k for _, k in parts])
        return (name, _ordered(name)) if key == wanted else (inner, key)

    return fold(expr, combine)[0]  # type: ignore[no-any-return]


def _ordered(expr: Expr) -> object:
    """A key that is the same for sums and products in any order."""

    def combine(node: Expr, parts: list[object]) -> object:
        return _key_of(node.function, parts) if isinstance(node, Call) else repr(node)

    return fold(expr, combine)


def _key_of(function: str, parts: list[object]) -> object:
    if function in ("add", "mul"):
        flat: list[object] = []
        for part in parts:
            inner = isinstance(part, tuple) and part[0] == function
            flat += part[1:] if inner else [part]  # type: ignore[index]
        return (function, *sorted(flat, key=repr))
    return (function, *parts)


# Which line defines what.


def _chosen(versions: _Versions) -> Resolved:
    choice = _Choice(versions)
    choice.run()
    return choice.result


class _Choice:
    """Chooses the definition of every version, and orders them."""

    def __init__(self, versions: _Versions) -> None:
        self.versions = versions
        count = len(versions.reads)
        older = {v.key: v.older.key for v in versions.all if v.older is not None}
        self.keys: list[dict[str, str]] = [self._keys(p) for p in range(len(versions.reads))]
        self.reads = [self._renamed(place) for place in range(len(versions.reads))]
        self.result = Resolved(self.reads, [-1] * count, {}, {}, older)
        self.candidates: dict[str, list[tuple[int, int, Expr]]] = {}
        self.chosen: dict[str, tuple[int, int, Expr]] = {}
        #: For every name those by which it is differentiated somewhere.
        self.asked: dict[str, set[str]] = {}

    def _keys(self, place: int) -> dict[str, str]:
        """What the names of a statement are called, where they are later versions."""
        first, keys = self.versions.first, {}
        for name, version in self.versions.meant[place].items():
            version = version or first.get(name)
            if version is not None and version.key != name:
                keys[name] = version.key
        return keys

    def _renamed(self, place: int) -> Statement:
        """The statement with the keys of versions for its names."""
        read, keys = self.versions.reads[place], self.keys[place]
        own = self.versions.own[place]
        left: Quantity = read.left
        if own is not None and own.key != own.base:
            left = Name(own.key)
        first_sum = read.assigned and own is not None and own.older is None
        if not keys and left is read.left and not first_sum:
            return read

        def renamed(expr: Expr) -> Expr:
            return rename(expr, keys)

        if isinstance(left, Derivative):
            left = renamed(left)  # type: ignore[assignment]
        parts = tuple(
            replace(
                part,
                expr=renamed(part.expr),
                otherwise=None if part.otherwise is None else renamed(part.otherwise),
            )
            for part in read.parts
        )
        if first_sum and own is not None:
            parts = tuple(replace(p, expr=_from_nothing(p.expr, own.base)) for p in parts)
        subject = None if read.subject is None else renamed(read.subject)
        return replace(read, left=left, parts=parts, subject=subject)

    def run(self) -> None:
        """Choose, infer what can be inferred, and order."""
        for version in self.versions.all:
            self.candidates[version.key] = list(self._candidates(version))
        for expr in self._expressions():
            for of, wrt in _slopes(expr):
                self.asked.setdefault(of, set()).add(wrt)
        for version in self.versions.all:
            self._choose(version)
        self._take_reaching()
        self._take_parts()
        self._take_unread()
        self._infer()
        self._take_hidden()
        self._read_figures()
        self._doubt_constants()
        self._order()

    def _doubt_constants(self) -> None:
        """A constant's name under a derivative sign is likely a quantity that nothing defines."""
        differentiated = {*self.asked}.union(*self.asked.values())
        for name in CONSTANTS:
            if name in differentiated and name not in self.versions.first:
                self.result.doubts.setdefault(
                    name, f"{name} is differentiated, so it is no constant, and nothing defines it"
                )

    def _candidates(self, version: Version) -> Iterator[tuple[int, int, Expr]]:
        """The parts that may define the version: formulas first, in their order."""
        templates_last = sorted(
            version.statements, key=lambda place: self.reads[place].defines in BEHIND
        )
        for place in templates_last:
            for number, part in enumerate(self.reads[place].parts):
                names = set(names_in(part.expr)) - ({*CONSTANTS} - {*self.versions.first})
                if names and version.key not in names:
                    yield place, number, part.expr

    def _choose(self, version: Version) -> None:
        known = {v.key for v in self.versions.all}
        formulas = self.candidates[version.key]
        if version.why == "rests" and version.formula is not None and not formulas:
            keys = {n: v.key for n, v in version.rests_on.items() if v is not None}
            formula = rename(version.formula, keys)
            self.chosen[version.key] = (version.first, -1, formula)
            self.result.doubts[version.key] = (
                f"{version.base} is read as computed again on line {self.reads[version.first].line}"
            )
            return
        if version.why == "names":
            line = self.reads[version.first].line
            self.result.doubts[version.key] = f"{version.base} is read as a new one on line {line}"
        sound = [c for c in formulas if all(n in known for n in names_in(c[2]))]
        if not sound and self._given_first(version):
            formulas = [c for c in formulas if any(n in known for n in names_in(c[2]))]
        for candidate in [*sound, *formulas]:
            self.chosen[version.key] = candidate
            if not self._circular(version.key):
                if self._disagrees(version, candidate):
                    break
                return
            del self.chosen[version.key]
        self.chosen.pop(version.key, None)
        self._choose_number(version)

    def _disagrees(self, version: Version, candidate: tuple[int, int, Expr]) -> bool:
        """True for a formula behind a given that is not the formula's number."""
        first = self.reads[version.first].parts[0] if self.reads[version.first].parts else None
        if first is None or first.number is None or candidate[0] == version.first:
            return False
        stated = [p.number for p in self.reads[candidate[0]].parts if p.number is not None]
        if stated:
            return _unlike(stated[-1], first.number)
        place = candidate[0]
        original = self.versions.reads[place].parts[candidate[1]].expr
        if nodes(original, Derivative):  # its number is not known here: the given one stands
            return True
        value = self.versions.value(original, self.versions.meant[place])
        return value is not None and _unlike(Number(value, 12), first.number)

    def _choose_number(self, version: Version) -> None:
        for place in version.statements:
            parts = self.reads[place].parts
            if parts and not any(n == version.key for n in names_in(parts[0].expr)):
                self.chosen[version.key] = (place, 0, parts[0].expr)
                return
            for number, part in enumerate(parts):
                if not any(n == version.key for n in names_in(part.expr)):
                    self.chosen[version.key] = (place, number, part.expr)
                    return
        for place in version.statements:  # it rests on itself, and so has no value
            if self.reads[place].parts:
                self.chosen[version.key] = (place, 0, self.reads[place].parts[0].expr)
                return

    def _circular(self, key: str) -> bool:
        seen: set[str] = set()
        stack = [*names_in(self.chosen[key][2])]
        while stack:
            name = stack.pop()
            if name == key:
                return True
            if name not in seen:
                seen.add(name)
                if name in self.chosen:
                    stack += names_in(self.chosen[name][2])
        return False

    def _expressions(self) -> Iterator[Expr]:
        for read in self.reads:
            yield read.left
            for part in read.parts:
                yield part.expr

    def _given_first(self, version: Version) -> bool:
        parts = self.reads[version.first].parts
        return bool(parts) and parts[0].number is not None

    def _take_reaching(self) -> None:
        """Another formula of a name where its first one reaches none of the names asked for.

        J = (2 + 3w)², a = 2 + 3w, J = a²: the second formula of J is the one to differentiate.
        """
        for of, by in self.asked.items():
            if of not in self.chosen or not by - self._below(of).keys():
                continue
            first, most = self.chosen[of], len(by & self._below(of).keys())
            best = first
            for candidate in self.candidates.get(of, ()):
                self.chosen[of] = candidate
                reached = len(by & self._below(of).keys())
                if reached > most and not self._circular(of):
                    best, most = candidate, reached
            self.chosen[of] = best

    def _take_parts(self) -> None:
        """A name given to a part of another's formula stands there: z in a = σ(w·x), z = w·x.

        This is done only where somebody differentiates by the name and it changes nothing else.
        """
        for of, by in self.asked.items():
            for wrt in by:
                if of not in self.chosen or wrt not in self.chosen:
                    continue
                part = self.chosen[wrt][2]
                below = self._below(of)
                if not isinstance(part, Call) or wrt in below or of in self._below(wrt):
                    continue
                for key in [k for k in below if k in self.chosen]:
                    place, number, expr = self.chosen[key]
                    new = with_part(expr, part, Name(wrt))
                    if new != expr:
                        self.chosen[key] = (place, number, new)

    def _below(self, key: str) -> dict[str, None]:
        """What a name rests on as chosen so far, itself with it."""
        seen: dict[str, None] = {}
        stack = [key]
        while stack:
            name = stack.pop()
            if name not in seen:
                seen[name] = None
                if name in self.chosen:
                    stack += names_in(self.chosen[name][2])
        return seen

    # What could not be read, and what stands nowhere.

    def _take_unread(self) -> None:
        """The numbers of lines that could not be read carry on, in doubt."""
        for problem in self.versions.unread:
            reason = f"{problem.name!r} stands on line {problem.line}, which could not be read"
            self.result.doubts.setdefault(problem.name, reason)
            if problem.name not in self.chosen and problem.number is not None:
                self.chosen[problem.name] = (-1, -1, problem.number)

    def _take_hidden(self) -> None:
        """The expressions that have no names of their own."""
        for place, read in enumerate(self.reads):
            if read.subject is not None:
                self.chosen[str(read.left.name)] = (-1, -1, read.subject)  # type: ignore[union-attr]
            sources = [read.left, *(part.expr for part in read.parts)]
            stack = [n for expr in sources for n in names_in(expr) if n in self.versions.hidden]
            while stack:
                name = stack.pop()
                if name not in self.chosen:
                    expr = rename(self.versions.hidden[name], self.keys[place])
                    self.chosen[name] = (-1, -1, expr)
                    stack += [n for n in names_in(expr) if n in self.versions.hidden]

    def _infer(self) -> None:
        """Names without a value take the figure in their place in an equally shaped part."""
        found: dict[str, list[tuple[Number, int]]] = {}
        formulas: dict[object, list[Expr]] = {}
        against: dict[tuple[str, float], set[int]] = {}
        for read in self.reads:
            own = formulas.setdefault(read.left, [])
            for part in read.parts:
                if any(n not in CONSTANTS for n in names_in(part.expr)):
                    for formula in own[-_MOST_SHAPES:]:
                        for name, number in opened(formula, part.expr):
                            if name in self.chosen:
                                self._contrary(name, number, read, against)
                    own.append(part.expr)
                    continue
                if part.number is not None and len(own) > 1 and not isinstance(own[-1], Name):
                    continue
                for formula in own[-_MOST_SHAPES:]:
                    for name, number in opened(formula, part.expr):
                        if name not in self.chosen and name not in CONSTANTS:
                            found.setdefault(name, []).append((number, read.line))
                        elif name in self.chosen and part.number is None:
                            self._contrary(name, number, read, against)
        for (name, value), lines in against.items():
            if len(lines) > 1:
                shown = " and ".join(map(str, sorted(lines)[:3]))
                self.result.doubts.setdefault(
                    name, f"{value:g} stands for {name} on lines {shown}, unlike what is given"
                )
        for name, numbers in found.items():
            number, line = numbers[0]
            if all(not _unlike(other, number) for other, _ in numbers):
                best = max((n for n, _ in numbers), key=lambda n: n.places or 0)
                self.chosen[name] = (-1, -1, best)
                self.result.inferred[name] = best
                self.result.doubts.setdefault(
                    name, f"{name} = {best.value:g} is taken from the figures of line {line}"
                )

    def _contrary(
        self,
        name: str,
        number: Number,
        read: Statement,
        against: dict[tuple[str, float], set[int]],
    ) -> None:
        """Take down a figure that stands where a name is given as another number."""
        place, _, expr = self.chosen[name]
        given = exact_number(expr)
        if given is None or not _unlike(number, given, 0.5):
            return
        against.setdefault((name, float(number.value)), set()).add(read.line)
        if place >= 0 and self.reads[place].line > read.line:
            self.result.doubts.setdefault(
                name,
                f"{number.value:g} stands for {name} on line {read.line}, before it is given "
                f"on line {self.reads[place].line}",
            )

    def _read_figures(self) -> None:
        """A definition in figures only: a name for each, or a name of unknown dependence."""
        numbers = {
            key: number
            for key, (_, _, expr) in self.chosen.items()
            if (number := exact_number(expr)) is not None
        }
        stated = {v.key: v.number for v in self.versions.all if v.number is not None}
        for key, (place, part, expr) in list(self.chosen.items()):
            if place < 0 or exact_number(expr) is not None or [*names_in(expr)]:
                continue
            before = {
                v.key: numbers.get(v.key) or stated[v.key]
                for v in self.versions.all
                if v.first < place and v.key != key and (v.key in numbers or v.key in stated)
            }
            formula, sure = read_figures(expr, before)
            line = self.reads[place].line
            if formula is not None:
                self.chosen[key] = (place, part, formula)
                if not self._circular(key):
                    self.result.doubts.setdefault(
                        key, f"{key} is read from its figures on line {line}"
                    )
                    self.result.reads[place] = replace(
                        self.reads[place], read_as=_joined(self.reads[place].read_as, formula)
                    )
                    continue
                self.chosen[key] = (place, part, expr)
            if sure and self._repeats(expr, place) and self._rounds(expr, self.reads[place]):
                self.result.doubts.setdefault(
                    key, f"the figures of line {line} give it only as far as they are rounded"
                )
            if not sure:
                self.result.doubts.setdefault(key, f"{key} has only figures on line {line}")
                self.result.opaque[key] = (
                    f"{key} has only figures on line {line}, and what it depends on is not known"
                )

    def _repeats(self, expr: Expr, place: int) -> bool:
        """True where a figure may be rounded: it stands on an earlier line, or one is in doubt."""
        above = self.reads[:place]
        if any(read.doubt or not read.parts for read in above):
            return True
        earlier = {
            number.value
            for read in above
            for part in read.parts
            for number in nodes(part.expr, Number)
        }
        return any(n.value in earlier for n in nodes(expr, Number) if n.places is not None)

    def _rounds(self, expr: Expr, read: Statement) -> bool:
        """True where the line's number is not what its figures give, but within their rounding."""
        stated = next((p.number for p in reversed(read.parts) if p.number is not None), None)
        value = computed(expr, {})
        if stated is None or value is None or stated.places is None:
            return False
        off = abs(value - stated.value) - 0.5 * 10.0**-stated.places
        if off <= 1e-12 * abs(value):
            return False
        slack = 0.0
        for moved in each_figure_moved(expr):
            other = computed(moved, {})
            slack += 0.0 if other is None else abs(other - value)
        return off <= slack * (1 + 1e-9)

    # The order.

    def _order(self) -> None:
        result = self.result
        done: set[str] = set()
        for start in [*self.chosen]:
            stack = [(start, False)]
            while stack:
                key, entered = stack.pop()
                if key in done and not entered:
                    continue
                place, part, expr = self.chosen[key]
                if entered:
                    if key not in result.formulas:
                        result.formulas[Name(key)] = expr
                        result.definers[Name(key)] = place
                        if place >= 0 and part >= 0:
                            result.builds[place] = part
                    continue
                done.add(key)
                stack.append((key, True))
                stack += [(n, False) for n in reversed([*names_in(expr)]) if n in self.chosen]
        for place, read in enumerate(self.reads):
            key = read.left.name if isinstance(read.left, Name) else ""
            unsure = not read.parts and read.doubt and read.subject is None
            other = unsure and key in self.chosen and self.chosen[key][0] != place
            if other and not [*names_in(self.chosen[key][2])]:
                why = f"the formula of {key} on line {read.line} is not understood"
                result.opaque.setdefault(key, why)
        used = {n for _, _, expr in self.chosen.values() for n in names_in(expr)}
        for read in self.reads:
            for source in (*(p.expr for p in read.parts), read.left, read.subject):
                if source is not None:
                    used.update(names_in(source))
        result.free = {
            n for n in used if n not in self.chosen and n not in CONSTANTS and not n.startswith("(")
        }


def _joined(read_as: str, formula: Expr) -> str:
    from micrograd_like.notation import text

    return "; ".join(filter(None, [read_as, text(formula)]))


def rename(expr: Expr, keys: Mapping[str, str]) -> Expr:
    """The expression with other names."""
    if not keys:
        return expr

    def renamed(quantity: Quantity) -> Quantity:
        if isinstance(quantity, Name):
            return Name(keys.get(quantity, quantity))
        return Derivative(renamed(quantity.of), renamed(quantity.wrt))

    def rule(node: Expr) -> Expr | None:
        return renamed(node) if isinstance(node, Name | Derivative) else None

    return rewrite(expr, rule)
