"""An answer marked against an assignment: its quantities, their points, and what is missing.

What is right is the assignment's; what the answer says is marked as in any worksheet, so that a
slip is named and what follows from it counts as followed. A quantity that the answer leaves out on
its way to one that is right counts as right: the steps are its own.

>>> key = Assignment.parse('''
... x = 2, w = 0.5
... z = w*x = ?      [1]
... E = z^2 = ?      [1]
... dE/dw = ?        [2]''')
>>> report = key.mark(Worksheet.parse('''
... x = 2, w = 0.5
... L = (w*x)^2 = 1
... dL/dw = 2z = 2'''))
>>> [(str(item.quantity), item.verdict, item.points) for item in report.items]
[('z', 'implied', 1.0), ('E', 'right', 1.0), ('dE/dw', 'wrong', 0.0)]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from micrograd_like.errors import DomainError, WorksheetError
from micrograd_like.formula import (
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    exact_number,
    quantities,
)
from micrograd_like.marking.facts import Facts, Written
from micrograd_like.marking.readings import Marking
from micrograd_like.marking.records import Cause, Item, ItemVerdict, LineMark, Report
from micrograd_like.notation import as_written
from micrograd_like.record import record
from micrograd_like.worksheet import Statement, Worksheet
from micrograd_like.worksheet.assignment import Held, held_against
from micrograd_like.worksheet.builder import stands_in
from micrograd_like.worksheet.readers import format_of, most_bytes, text_of
from micrograd_like.worksheet.records import Place
from micrograd_like.worksheet.resolution.numbers import unlike
from micrograd_like.worksheet.resolution.renaming import rename

#: The points of a line at its end: [2], [0.5], [3 points]; behind a sign it is a vector.
_POINTS = re.compile(
    r"(?<=[^\s=+*/,^(-])([ \t]+)\[(\d+(?:\.\d+)?)(?:\s*(?:points?|pts?|p))?\](?=[ \t]*\r?$)",
    re.MULTILINE,
)
#: A number in a text, and how many digits tell what it is of.
_NUMBER = re.compile(r"-?(?<![\d.])\d+\.\d+(?![\d.])")
_DIGITS = 2
#: The verdicts of several lines about one quantity: the gravest that is sure.
_GRAVEST = ("wrong", "follows", "right", "taken", "unchecked")
#: The verdicts of the elements of an array: the first that one of them has is the array's.
_ITEM = ("unchecked", "wrong", "missing", "follows", "implied", "right")
#: How alike two numbers are that are the same quantity's.
_SAME = 1e-9


@record
class Asked:
    """A quantity that an assignment asks for, a vector or matrix as a whole.

    Attributes:
        elements: Those of an array; of another quantity itself.
        points: What it is worth.
        uses: The quantities that the assignment computes it from.
    """

    quantity: Quantity
    elements: tuple[Quantity, ...]
    points: float
    uses: frozenset[Quantity] = frozenset()


class _Said(NamedTuple):
    """A statement of an answer, and its mark; elements of an array share one."""

    read: Statement
    line: LineMark


class Assignment:
    """A worksheet that says what is right, and what each of its lines is worth.

    Attributes:
        sheet: The worksheet.
        asked: What is to be worked out, in its order.
    """

    def __init__(self, sheet: Worksheet, points: dict[int, float] | None = None) -> None:
        self.sheet = sheet
        self._refuse_what_is_wrong()
        self.asked = [*_asked(sheet, points or {})]
        self._numbers = _Numbers(sheet)
        if not self.scored:
            raise WorksheetError("the assignment asks for nothing: expected a line like z = w*x")

    @classmethod
    def parse(cls, text: str, *, format: str | None = None) -> Assignment:
        """Read an assignment: a worksheet, solved or blank, with points at the ends of lines.

        Without any, each line that is to be worked out has one point; else one without has none.

        Args:
            text: The text.
            format: As in :meth:`Worksheet.parse`.

        Raises:
            WorksheetError: It is not right itself, or asks for nothing.
        """
        points = {
            text.count("\n", 0, found.start()) + 1: float(found[2])
            for found in _POINTS.finditer(text)
        }
        blank = _POINTS.sub(lambda found: " " * len(found[0]), text)
        return cls(Worksheet.parse(blank, format=format), points)

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Assignment:
        """Read an assignment from its file, as :meth:`Worksheet.read` does.

        Raises:
            OSError: It cannot be opened.
            WorksheetError: It is no worksheet, is not right itself, or asks for nothing.
        """
        path = Path(path)
        with path.open("rb") as file:
            return cls.decode(file.read(most_bytes(path.suffix) + 1), path.name)

    @classmethod
    def decode(cls, data: bytes, name: str = "") -> Assignment:
        """Read the bytes of a file of this name: see :meth:`read`.

        Raises:
            WorksheetError: As for a file.
        """
        suffix = Path(name).suffix
        text = text_of(data, suffix)
        return cls.parse(text, format=format_of(text, suffix))

    def _refuse_what_is_wrong(self) -> None:
        """Say so where the assignment itself is not right, before anybody is held against it."""
        for line in Marking(self.sheet).verdicts():
            if line.verdict in ("wrong", "follows", "unreadable"):
                raise WorksheetError(
                    f"the assignment is not right itself: {line.place.where}, "
                    f"{line.source.strip()!r}, is {line.verdict}; mend it first (check names why)"
                )

    def mark(self, answer: Worksheet, file: str = "", follow: float = 1.0) -> Report:
        """Mark an answer against the assignment.

        Args:
            answer: The worksheet that was handed in.
            file: The name it goes by in the report.
            follow: The share of its points that a quantity gets which is right but for a slip
                above it, between 0 and 1.
        """
        return self.report(held_against(answer, self.sheet), file, follow)

    def report(self, held: Held, file: str = "", follow: float = 1.0) -> Report:
        """Mark an answer that is held against the assignment already: see :meth:`mark`."""
        sheet, reads = held.sheet, dict[Place, list[Statement]]()
        for read in sheet.statements:
            reads.setdefault(read.place, []).append(read)
        given = self._parts(held)
        lines = tuple(
            _as_given(_as_here(line, reads.get(line.place, []), given), reads, held)
            for line in Marking(sheet).lines()
            if line.place.file == ""  # the others are the assignment's own
        )
        said = [_Said(read, line) for line in lines for read in reads.get(line.place, [])]
        items = _Grading(self, held, said).items(follow)
        return Report(lines, file, sheet.told, sheet.passed, items=tuple(items))

    def _parts(self, held: Held) -> Mapping[Expr, set[Expr]]:
        """What the assignment itself says of each quantity, in the answer's names."""
        found: dict[Expr, set[Expr]] = {}
        for read in self.sheet.statements:
            parts = found.setdefault(rename(_left(read), held.names), set())
            parts.update(rename(part.expr, held.names) for part in read.parts)
        return found

    @property
    def scored(self) -> list[Asked]:
        """What is asked for and has points."""
        return [asked for asked in self.asked if asked.points]

    def missing(self) -> tuple[Item, ...]:
        """What is asked for, where nothing has been handed in."""
        return tuple(Item(a.quantity, "missing", 0.0, a.points) for a in self.scored)

    def true(self, quantity: Quantity) -> float | None:
        """The number of a quantity; None where there is none."""
        return self._numbers.true(quantity)


def _asked(sheet: Worksheet, points: dict[int, float]) -> Iterator[Asked]:
    """What is not given, each once, with the points of its line."""
    asked: dict[Quantity, tuple[Quantity, ...]] = {}
    seen: dict[Quantity, list[Statement]] = {}
    for together in _together(read for read in sheet.statements if _asks(read)):
        elements = tuple(read.left for read in together)
        if seen.keys().isdisjoint(elements):
            asked[sheet.array_of(elements) or elements[0]] = elements
        for read in together:
            seen.setdefault(read.left, []).append(read)
    on_line = Counter(seen[elements[0]][0].line for elements in asked.values())
    for quantity, elements in asked.items():
        reads = [read for element in elements for read in seen.get(element, ())]
        worth = max(points.get(read.line, 0.0) for read in reads) / on_line[reads[0].line]
        parts = [part.expr for read in reads for part in read.parts]
        parts += [sheet.formulas[name] for name in elements if name in sheet.formulas]
        uses = frozenset(key for part in parts for key in quantities(part)) - {*elements}
        yield Asked(quantity, elements, worth if points else 1.0, uses)


def _asks(read: Statement) -> bool:
    """Whether an assignment asks for what a statement of it is about.

    Not for what it gives, nor for what it says of an expression or for every value of an index.
    """
    hidden = isinstance(read.left, Name) and stands_in(read.left)
    said = bool(read.parts) or read.blank
    return said and read.kind != "given" and not hidden and read.subject is None


def _together(reads: Iterable[Statement]) -> Iterator[list[Statement]]:
    """The statements, those about the elements of one array together."""
    found: list[Statement] = []
    for read in reads:
        if found and (read.element < 2 or read.place != found[0].place):
            yield found
            found = []
        found.append(read)
    if found:
        yield found


def _left(read: Statement) -> Expr:
    """What a statement is about."""
    return read.left if read.subject is None else read.subject


def _as_here(
    line: LineMark, reads: Sequence[Statement], given: Mapping[Expr, set[Expr]]
) -> LineMark:
    """A line that says what the assignment says is right, whatever can be made of it."""
    if line.verdict in ("right", "taken") or not reads or any(read.blank for read in reads):
        return line
    for read in reads:
        known = given.get(_left(read), set())
        if not read.parts or not known.issuperset(part.expr for part in read.parts):
            return line
    return LineMark(
        line.place,
        line.source,
        "right",
        line.left,
        tuple(replace(part, verdict="right") for part in line.parts),
        rule="assignment",
        read_as=line.read_as,
        notation=line.notation,
    )


def _as_given(line: LineMark, reads: Mapping[Place, Sequence[Statement]], held: Held) -> LineMark:
    """A line that repeats a given, as one that takes it; one that alters it says so."""
    if not isinstance(line.left, Name) or line.left not in held.names.values():
        return line
    read = next((read for read in reads.get(line.place, ()) if read.left == line.left), None)
    given = exact_number(held.sheet.formulas.get(line.left, line.left))
    if given is None:
        return line
    if line.verdict == "right":
        return replace(line, verdict="taken", rule="given")
    if line.verdict == "wrong":
        cause = Cause("figure-not-given", _number(read), line.left)
        right = f"{as_written(line.left)} = {as_written(given)}"
        return replace(line, causes=(cause,), rewritten=right)
    return line


class _Numbers:
    """The numbers of a worksheet's quantities."""

    def __init__(self, sheet: Worksheet) -> None:
        self._facts = Facts(Written(sheet))

    def true(self, quantity: Quantity) -> float | None:
        """The number of a quantity; None where there is none."""
        try:
            return self._facts.true(quantity)
        except (KeyError, DomainError):
            return None


def _number(read: Statement | None) -> Number | None:
    """The number in which a statement ends."""
    return read.parts[-1].number if read is not None and read.parts else None


def _numbers(lines: Iterable[str]) -> Iterator[Number]:
    """The numbers in a text with digits enough to tell what they are of."""
    for written in _NUMBER.findall(" ".join(lines).replace("−", "-")):
        places = len(written.partition(".")[2])
        if len(written.lstrip("-0.").replace(".", "")) >= _DIGITS:
            yield Number(float(written), places)


class _Grading:
    """Which lines of an answer are about each quantity, and what it gets for them."""

    def __init__(self, key: Assignment, held: Held, said: Sequence[_Said]) -> None:
        self.key, self.names, self.sheet = key, held.names, held.sheet
        self._unread = {problem.name for problem in held.sheet.problems}
        self._numbers = [*_numbers(self._own_lines(said))]
        self._said: dict[Quantity, list[_Said]] = {}
        for one in said:
            self._said.setdefault(one.read.left, []).append(one)

    def _own_lines(self, said: Sequence[_Said]) -> Iterator[str]:
        """The lines that are more than what the assignment says, or gives, and blanks."""
        given = {*self.names.values()}
        copied = {
            one.line.place
            for one in said
            if one.read.blank or (one.line.verdict == "taken" and one.read.left in given)
        }
        theirs = {line.strip() for line in self.key.sheet.lines}
        theirs.update(self.sheet.line(place).strip() for place in copied)
        return (line for line in self.sheet.lines if line.strip() not in theirs)

    def items(self, follow: float) -> Iterator[Item]:
        """The quantities in the assignment's order."""
        found = {
            element: self._found(element) for asked in self.key.asked for element in asked.elements
        }
        share = {"right": 1.0, "implied": 1.0, "follows": follow}
        for asked in self.key.scored:
            verdicts = [found[element][0] for element in asked.elements]
            if {*verdicts} == {"missing"} and self._is_implied(asked, found):
                verdicts = ["implied"]
            verdict = min(verdicts, key=_ITEM.index)
            lines = (found[element][1] for element in asked.elements)
            place = next((line.place for line in lines if line is not None), None)
            worth = asked.points * mean(share.get(one, 0.0) for one in verdicts)
            points = None if verdict == "unchecked" else worth
            yield Item(asked.quantity, verdict, points, asked.points, place)

    def _found(self, quantity: Quantity) -> tuple[ItemVerdict, LineMark | None]:
        """What the answer says of a quantity; of several lines the gravest that is sure."""
        own = rename(quantity, self.names)
        about = self._said.get(own, []) if isinstance(own, Name | Derivative) else []
        about = [one for one in about if one.line.verdict in _GRAVEST] or self._by_number(quantity)
        about = [one for one in about if not _is_blank(one)]
        if not about:
            unsure = str(own) in self._unread or self._stands_somewhere(quantity)
            return ("unchecked" if unsure else "missing"), None
        said = min(about, key=lambda one: _GRAVEST.index(one.line.verdict))
        line = said.line
        verdict: ItemVerdict = "right" if line.verdict == "taken" else line.verdict  # type: ignore[assignment]
        if verdict == "right" and self._is_another(said, quantity):
            verdict = "follows"  # from what is in doubt
        return verdict, line

    def _by_number(self, quantity: Quantity) -> list[_Said]:
        """Right lines about a name of the answer's own that is this quantity: δ for ∂E/∂a."""
        true = self.key.true(quantity)
        if not true:
            return []
        alike = [one for one in self._apart if abs(one[1] - true) <= _SAME * abs(true)]
        return [one for one, _ in alike] if len({one.read.left for one, _ in alike}) == 1 else []

    @cached_property
    def _apart(self) -> list[tuple[_Said, float]]:
        """What is right of quantities that are none of the assignment's, with their numbers."""
        taken, facts = {*self.names.values()}, _Numbers(self.sheet)
        right = (
            one
            for left, about in self._said.items()
            for one in about
            if left not in taken and one.line.verdict == "right"
        )
        numbers = ((one, facts.true(one.read.left)) for one in right)
        return [(one, number) for one, number in numbers if number is not None]

    def _stands_somewhere(self, quantity: Quantity) -> bool:
        """Whether the quantity's number stands in the answer, whatever it is said to be there."""
        true = self.key.true(quantity)
        if not true:
            return False
        return any(not unlike(number, Number(true, 12), 0.5) for number in self._numbers)

    def _is_another(self, said: _Said, quantity: Quantity) -> bool:
        """Whether the number that a line ends in is not the quantity's."""
        true, number = self.key.true(quantity), _number(said.read)
        return true is not None and number is not None and unlike(number, Number(true, 12), 1.0)

    def _is_implied(
        self, asked: Asked, found: Mapping[Quantity, tuple[ItemVerdict, LineMark | None]]
    ) -> bool:
        """Whether what is left out is a step on the way to something that is right."""
        users = (user for user in self.key.asked if not user.uses.isdisjoint(asked.elements))
        return any(
            found[element][0] in ("right", "follows") for user in users for element in user.elements
        )


def _is_blank(said: _Said) -> bool:
    """Whether a line is still to be filled in, or says nothing."""
    line = said.line
    return not line.parts or (said.read.blank and line.verdict == "unchecked")
