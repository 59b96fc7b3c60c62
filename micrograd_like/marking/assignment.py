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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from micrograd_like.errors import DomainError, WorksheetError
from micrograd_like.formula import Derivative, Name, Number, Quantity, exact_number, quantities
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
#: How alike two numbers are that are the same quantity's.
_SAME = 1e-9


@record
class Asked:
    """A quantity that an assignment asks for.

    Attributes:
        points: What it is worth.
        uses: The quantities that the assignment computes it from.
    """

    quantity: Quantity
    points: float
    uses: frozenset[Quantity] = frozenset()


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
        self._facts = Facts(Written(sheet))
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
        said = {read.place: read for read in held.sheet.statements}
        lines = tuple(
            _as_given(line, said.get(line.place), held)
            for line in Marking(held.sheet).lines()
            if line.place.file == ""  # the others are the assignment's own
        )
        items = _Grading(self, held, said, lines).items(follow)
        sheet = held.sheet
        return Report(lines, file, sheet.told, sheet.passed, items=tuple(items))

    @property
    def scored(self) -> list[Asked]:
        """What is asked for and has points."""
        return [asked for asked in self.asked if asked.points]

    def missing(self) -> tuple[Item, ...]:
        """What is asked for, where nothing has been handed in."""
        return tuple(Item(a.quantity, "missing", 0.0, a.points) for a in self.scored)

    def true(self, quantity: Quantity) -> float | None:
        """The number of a quantity; None where there is none."""
        try:
            return self._facts.true(quantity)
        except (KeyError, DomainError):
            return None


def _asked(sheet: Worksheet, points: dict[int, float]) -> Iterator[Asked]:
    """What is not given, each once, with the points of its line."""
    seen: dict[Quantity, list[Statement]] = {}
    for read in sheet.statements:
        hidden = isinstance(read.left, Name) and stands_in(read.left)
        if read.kind != "given" and not hidden and read.subject is None:
            seen.setdefault(read.left, []).append(read)
    on_line: dict[int, int] = {}
    for reads in seen.values():
        on_line[reads[0].line] = on_line.get(reads[0].line, 0) + 1
    for quantity, reads in seen.items():
        share = [points.get(read.line, 0.0) for read in reads]
        worth = max(share) / on_line[reads[0].line] if points else 1.0
        parts = [part.expr for read in reads for part in read.parts]
        parts += [sheet.formulas[quantity]] if quantity in sheet.formulas else []
        uses = frozenset(key for part in parts for key in quantities(part)) - {quantity}
        yield Asked(quantity, worth, uses)


def _as_given(line: LineMark, read: Statement | None, held: Held) -> LineMark:
    """A line that repeats a given, as one that takes it; one that alters it says so."""
    if not isinstance(line.left, Name) or line.left not in held.names.values():
        return line
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

    def __init__(
        self,
        key: Assignment,
        held: Held,
        said: Mapping[Place, Statement],
        lines: Sequence[LineMark],
    ) -> None:
        self.key, self.names, self.said = key, held.names, said
        self._unread = {problem.name for problem in held.sheet.problems}
        self._numbers = [*_numbers(held.sheet.lines)]
        self.lines: dict[Quantity, list[LineMark]] = {}
        for line in lines:
            if line.left is not None:
                self.lines.setdefault(line.left, []).append(line)
        self._apart = [line for line in lines if line.left not in {*self.names.values()}]

    def items(self, follow: float) -> Iterator[Item]:
        """The quantities in the assignment's order."""
        found = {asked.quantity: self._found(asked.quantity) for asked in self.key.asked}
        share = {"right": 1.0, "implied": 1.0, "follows": follow}
        for asked in self.key.scored:
            verdict, line = found[asked.quantity]
            if verdict == "missing" and self._is_implied(asked.quantity, found):
                verdict = "implied"
            place = None if line is None else line.place
            points = None if verdict == "unchecked" else asked.points * share.get(verdict, 0.0)
            yield Item(asked.quantity, verdict, points, asked.points, place)

    def _found(self, quantity: Quantity) -> tuple[ItemVerdict, LineMark | None]:
        """What the answer says of a quantity; of several lines the gravest that is sure."""
        own = rename(quantity, self.names)
        about = self.lines.get(own, []) if isinstance(own, Name | Derivative) else []
        about = [line for line in about if line.verdict in _GRAVEST] or self._by_number(quantity)
        about = [line for line in about if not self._is_blank(line)]
        if not about:
            unsure = str(own) in self._unread or self._stands_somewhere(quantity)
            return ("unchecked" if unsure else "missing"), None
        line = min(about, key=lambda line: _GRAVEST.index(line.verdict))
        verdict: ItemVerdict = "right" if line.verdict == "taken" else line.verdict  # type: ignore[assignment]
        if verdict == "right" and self._is_another(line, quantity):
            verdict = "follows"  # from what is in doubt
        return verdict, line

    def _is_blank(self, line: LineMark) -> bool:
        """Whether a line is still to be filled in, or says nothing."""
        read = self.said.get(line.place)
        return not line.parts or (read is not None and read.blank and line.verdict == "unchecked")

    def _by_number(self, quantity: Quantity) -> list[LineMark]:
        """Right lines about a name of the answer's own that is this quantity: δ for ∂E/∂a."""
        true = self.key.true(quantity)
        if not true:
            return []
        alike = [
            line
            for line in self._apart
            if line.verdict == "right"
            and line.expected is not None
            and abs(line.expected - true) <= _SAME * abs(true)
        ]
        return alike if len({line.left for line in alike}) == 1 else []

    def _stands_somewhere(self, quantity: Quantity) -> bool:
        """Whether the quantity's number stands in the answer, whatever it is said to be there."""
        true = self.key.true(quantity)
        if not true:
            return False
        return any(not unlike(number, Number(true, 12), 0.5) for number in self._numbers)

    def _is_another(self, line: LineMark, quantity: Quantity) -> bool:
        """Whether the number that a line ends in is not the quantity's."""
        true, number = self.key.true(quantity), _number(self.said.get(line.place))
        return true is not None and number is not None and unlike(number, Number(true, 12), 1.0)

    def _is_implied(
        self, quantity: Quantity, found: dict[Quantity, tuple[ItemVerdict, LineMark | None]]
    ) -> bool:
        """Whether what is left out is a step on the way to something that is right."""
        users = (asked for asked in self.key.asked if quantity in asked.uses)
        return any(found[asked.quantity][0] in ("right", "follows") for asked in users)
