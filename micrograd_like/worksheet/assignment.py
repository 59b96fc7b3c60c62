"""A worksheet held against another, which says what is right: an answer against an assignment.

The definitions of the assignment come first, under the answer's own names, and what the answer
says of their quantities is held against them. Its other names, steps of its own, stay as they are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from micrograd_like.errors import DomainError
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    exact_number,
    names_in,
    quantities,
    rewrite,
)
from micrograd_like.graph import quantity_of
from micrograd_like.notation import quantity
from micrograd_like.record import record
from micrograd_like.worksheet.builder import Builder, stands_in
from micrograd_like.worksheet.reader import Reading, read_source
from micrograd_like.worksheet.records import Part, Place, Statement
from micrograd_like.worksheet.resolution.kinds import renewable
from micrograd_like.worksheet.resolution.numbers import unlike
from micrograd_like.worksheet.resolution.renaming import rename
from micrograd_like.worksheet.sheet import Worksheet
from micrograd_like.worksheet.sources.code_names import key as spelled
from micrograd_like.worksheet.sources.code_names import names_of
from micrograd_like.worksheet.tokens.spelling import before_renewal

#: Where the definitions of the assignment stand.
_FILE = "assignment"
#: The version of a name of the assignment that the answer uses for something else.
_OTHER = "of the assignment"
#: Numbers of givens at which quantities are told apart, how far from their own, and how alike
#: those of the same quantity are: two formulas round differently.
_WORLDS, _FAR, _ALIKE = 3, 0.3, 1e-9
#: Decimals with which a result tells what it is of.
_DIGITS = 2
#: How much of what two names are computed from they share, at least, to be likely the same.
_SHARED = 0.5


@record
class Held:
    """An answer, held against an assignment.

    Attributes:
        sheet: The answer's statements, in the world of the assignment.
        names: What the answer calls the quantities of the assignment.
    """

    sheet: Worksheet
    names: Mapping[Name, Name]


def held_against(answer: Worksheet, assignment: Worksheet) -> Held:
    """The answer's statements about the assignment's quantities, and its own steps between.

    Args:
        answer: As it was read by itself.
        assignment: Its definitions are what is right.
    """
    answer = _with_names(answer, assignment)
    match = _Match(answer, assignment)
    others = (partial(_other, reading, assignment) for reading in answer.reading.others)
    return Held(Worksheet(_composed(answer, assignment, match, tuple(others))), match.names)


def _with_names(answer: Worksheet, assignment: Worksheet) -> Worksheet:
    """The answer, with what the assignment alone gives a value for what it is: r' no transpose."""
    here, known = answer.reading, assignment.reading.names
    if here.source is None or known.lefts <= here.names.lefts:
        return answer
    return Worksheet(read_source(here.source, known=known))


def _other(reading: Callable[[], Reading], assignment: Worksheet) -> Reading:
    """What :func:`held_against` reads where the answer is read in another way."""
    answer = Worksheet(reading())
    return _composed(answer, assignment, _Match(answer, assignment))


def _composed(
    answer: Worksheet,
    assignment: Worksheet,
    match: _Match,
    others: tuple[Callable[[], Reading], ...] = (),
) -> Reading:
    taken = {*match.names.values()}
    own = {name for read in answer.statements for name in names_of(read)} - taken
    names = {
        name: match.names.get(name) or (Name(name.plain, _OTHER) if name in own else name)
        for name in assignment.formulas.keys() | assignment.assumed.keys()
    }
    reads = [*_definitions(assignment, names)]
    reads += [_held(read, taken, match.doubts) for read in answer.statements]
    older = {names.get(k, k): names.get(v, v) for k, v in assignment.older.items()}
    reading = answer.reading
    return replace(
        reading,
        reads=reads,
        older={**older, **answer.older},
        told=(*reading.told, *match.told()),
        others=others,
        opaque={names.get(Name(name), Name(name)): why for name, why in assignment.opaque.items()},
        doubts={names.get(Name(name), Name(name)): why for name, why in _doubts(assignment)},
    )


def _doubts(assignment: Worksheet) -> Iterator[tuple[str, str]]:
    """The names of which the assignment itself does not say for sure what they are."""
    yield from assignment.doubts.items()
    for name, definition in assignment.definitions.items():
        if definition.doubt:
            yield str(name), definition.doubt


def _definitions(assignment: Worksheet, names: Mapping[Name, Name]) -> Iterator[Statement]:
    """What gives each name of the assignment its value, in the answer's names."""
    formulas = assignment.formulas

    def opened(node: Expr) -> Expr | None:
        if not isinstance(node, Name) or not stands_in(node) or node not in formulas:
            return None
        return rewrite(formulas[node], opened)

    for line, (name, formula) in enumerate(formulas.items(), 1):
        if not stands_in(name):
            place = Place(file=_FILE, line=line)
            expr = rename(rewrite(formula, opened), names)
            yield Statement(place, "", names[name], (Part(expr, "", place),))


def _held(read: Statement, taken: Collection[Name], doubts: Mapping[Name, str]) -> Statement:
    """A statement of the answer; of a name of the assignment it defines nothing."""
    fresh = replace(read.rewritten(_undeclared), kind="claim", builds=-1)
    if not isinstance(read.left, Name) or read.subject is not None:
        return fresh
    fresh = replace(fresh, held=read.left in taken)
    return fresh.doubted(doubts[read.left]) if read.left in doubts else fresh


def _undeclared(expr: Expr) -> Expr:
    """The expression with derivatives for what the answer, by itself, could but take for names."""

    def rule(node: Expr) -> Expr | None:
        known = quantity(node) if isinstance(node, Name) and "/" in node else node
        return known if isinstance(known, Derivative) else None

    return rewrite(expr, rule)


class _Match:
    """Which quantity of the assignment each name of the answer is.

    What has the same number wherever the givens lie is the same, whatever it is called; then what
    is called the same, and the two costs. What is left is likely the same where it is computed from
    much the same, and surely where something else is computed from it as it should be.

    Attributes:
        names: What the answer calls each quantity.
        doubts: The answer's names that are only likely matched: how.
    """

    def __init__(self, answer: Worksheet, assignment: Worksheet) -> None:
        self.answer, self.assignment = answer, assignment
        self.names: dict[Name, Name] = {}
        self.doubts: dict[Name, str] = {}
        own = dict.fromkeys(n for read in answer.statements for n in sorted(names_of(read)))
        self._own = [name for name in own if not stands_in(name)]
        known = (*assignment.assumed, *assignment.formulas)
        self._theirs = [Name(name) for name in known if not stands_in(name)]
        spelling = dict(self._spelled_alike())
        self._take_all({t: o for t, o in spelling.items() if self._is_leaf(t)})
        self._by_number()
        self._by_value(spelling)
        self._take_all(spelling)
        self._take_all({_cost(assignment): _cost(answer)})
        self._by_result()
        self._by_inputs()
        self._confirm()

    def told(self) -> Iterator[str]:
        """What the answer calls otherwise, in words."""
        pairs = ((self.names[theirs], theirs) for theirs in self._theirs if theirs in self.names)
        others = [(own.plain, theirs.plain) for own, theirs in pairs if _base(own) != _base(theirs)]
        if others:
            own, theirs = (", ".join(side) for side in zip(*others, strict=True))
            yield f"{own} here {'is' if len(others) == 1 else 'are'} {theirs} of the assignment"

    def _take_all(self, names: Mapping[Name, Name]) -> None:
        """Take the pairs of which neither is matched yet."""
        taken = {*self.names.values()}
        for theirs, own in names.items():
            free = theirs not in self.names and own not in taken
            if free and theirs in self._theirs and own in self._own:
                self.names[theirs] = own
                taken.add(own)

    def _free(self) -> tuple[list[Name], list[Name]]:
        """The names of the assignment and of the answer that are not matched yet."""
        taken = {*self.names.values()}
        return (
            [name for name in self._theirs if name not in self.names],
            [name for name in self._own if name not in taken],
        )

    def _is_leaf(self, name: Name) -> bool:
        """Whether the assignment gives a number for it, or leaves it free."""
        formula = self.assignment.formulas.get(name)
        return formula is None or exact_number(formula) is not None

    def _spelled_alike(self) -> Iterator[tuple[Name, Name]]:
        """z_1 is z1, and the second w5 is the second w5, whether it is written w5' or w5 again."""
        theirs = _chains(self.assignment, self._theirs)
        for base, versions in _chains(self.answer, self._own).items():
            for own, other in zip(versions, theirs.get(base, ()), strict=False):
                if own is not None and other is not None:
                    yield other, own

    def _by_number(self) -> None:
        """A given of another name with the number of one given alone."""
        theirs, own = self._free()
        numbers = {name: _given(self.assignment, name) for name in theirs}
        mine = {name: _given(self.answer, name) for name in own}
        found = {}
        for name, number in numbers.items():
            alike = [n for n, v in mine.items() if number is not None and v == number]
            if len(alike) == 1 and [*numbers.values()].count(number) == 1:
                found[name] = alike[0]
        self._take_all(found)

    def _by_value(self, spelling: Mapping[Name, Name]) -> None:
        """What has the same number wherever the givens lie."""
        theirs, own = self._free()
        worlds = [*self._worlds()] if theirs and own else []
        found = {}
        for name in theirs:
            alike = [other for other in own if _alike(name, other, worlds)]
            if spelling.get(name) in alike:
                found[name] = spelling[name]
            elif len(alike) == 1:
                found[name] = alike[0]
        self._take_all(found)

    def _worlds(self) -> Iterator[tuple[Builder, Builder]]:
        """Both graphs with the same other numbers for what both are given."""
        here, there = (sheet.graph_as_read() for sheet in (self.assignment, self.answer))
        given = [name for name in self.names if self._is_leaf(name)]
        if here is None or there is None:
            return
        for seed in range(_WORLDS):
            chance = random.Random(seed)
            numbers: dict[str, float] = {
                name: here.names[name].data * (1 + chance.uniform(-_FAR, _FAR))
                or chance.uniform(-_FAR, _FAR)
                for name in given
            }
            called = {name: str(self.names[name]) for name in given}
            mine = {called[Name(n)]: v for n, v in numbers.items()}
            mine = {n: v for n, v in mine.items() if n in there.names}
            try:
                yield here.moved(numbers), there.moved(mine)
            except DomainError:
                continue

    def _by_result(self) -> None:
        """What is worked out in figures alone, and comes to what one quantity alone comes to."""
        theirs, own = self._free()
        known = {n: self.assignment.names[n].data for n in theirs if n in self.assignment.names}
        found: dict[Name, list[Name]] = {}
        for name in own:
            number = self._result(name)
            if number is not None and (number.places or 0) >= _DIGITS:
                near = [n for n, true in known.items() if not unlike(number, Number(true, 12), 1.0)]
                if len(near) == 1:
                    found.setdefault(near[0], []).append(name)
        for theirs_name, alike in found.items():
            if len(alike) == 1:
                self._take_likely(theirs_name, alike[0])

    def _result(self, name: Name) -> Number | None:
        """The number in which figures end that are said of a name."""
        for read in self.answer.statements:
            if read.left == name and read.parts:
                figures = not any(quantities(part.expr) for part in read.parts)
                return read.parts[-1].number if figures else None
        return None

    def _by_inputs(self) -> None:
        """What is computed from much the same by the same operation: likely it, with a slip."""
        theirs, own = self._free()
        for name in theirs:
            shares = {other: self._shared(name, other) for other in own}
            best = max(shares.values(), default=0.0)
            likely = [other for other, share in shares.items() if share == best]
            if best >= _SHARED and len(likely) == 1:
                self._take_likely(name, likely[0])
                own.remove(likely[0])

    def _shared(self, theirs: Name, own: Name) -> float:
        """The share of the inputs that two names have in common, computed by one operation."""
        mine, other = (s.formulas.get(n) for s, n in self._sides(theirs, own))
        if not isinstance(mine, Call) or not isinstance(other, Call):
            return 0.0
        found = {*names_in(mine)}
        wanted = {self.names.get(name, name) for name in names_in(other)}
        return (
            len(found & wanted) / len(found | wanted)
            if found and mine.function == other.function
            else 0.0
        )

    def _sides(self, theirs: Name, own: Name) -> tuple[tuple[Worksheet, Name], ...]:
        return (self.answer, own), (self.assignment, theirs)

    def _take_likely(self, theirs: Name, own: Name) -> None:
        self._take_all({theirs: own})
        self.doubts[own] = f"it seems to be {theirs} of the assignment"

    def _confirm(self) -> None:
        """No doubt is left where something is computed from a name just as the assignment does."""
        for theirs, own in self.names.items():
            mine, other = (s.formulas.get(n) for s, n in self._sides(theirs, own))
            if mine is not None and other is not None and rename(other, self.names) == mine:
                for name in names_in(mine):
                    self.doubts.pop(name, None)


def _given(sheet: Worksheet, name: Name) -> float | None:
    """The number that a worksheet gives a name."""
    found = exact_number(sheet.formulas[name]) if name in sheet.formulas else None
    return None if found is None else float(found.value)


def _base(name: Name) -> str:
    """A name as it is spelled everywhere, whichever value of it is meant."""
    while before := before_renewal(name.plain):
        name = Name(before)
    return spelled(name)


def _chains(sheet: Worksheet, names: Iterable[Name]) -> dict[str, list[Name | None]]:
    """For every name its values one after the other: w, w' or the w of line 9, and so on."""
    found: dict[str, list[Name | None]] = {}
    for name in names:
        before = [*renewable(name, sheet.older)]
        versions = found.setdefault(spelled(before[-1] if before else name), [])
        versions += [None] * (len(before) + 1 - len(versions))
        versions[len(before)] = name
    return found


def _cost(sheet: Worksheet) -> Name:
    """What a worksheet differentiates; an empty name where it differentiates nothing."""
    slopes = [read.left for read in sheet.statements if isinstance(read.left, Derivative)]
    return Name(str(quantity_of(sheet.cost()))) if slopes else Name("")


def _alike(theirs: Name, own: Name, worlds: Collection[tuple[Builder, Builder]]) -> bool:
    """Whether two names have the same number in all worlds."""
    for here, there in worlds:
        if theirs not in here.names or own not in there.names or not there.names[own].op:
            return False
        a, b = here.names[theirs].data, there.names[own].data
        if abs(a - b) > _ALIKE * max(abs(a), abs(b)):
            return False
    return bool(worlds)
