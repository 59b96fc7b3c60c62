"""The records of a marked worksheet: one for each line, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from micrograd_like.derivation.equations import Equation
from micrograd_like.formula import Expr, Number, Quantity
from micrograd_like.worksheet.records import Place, Problem

Verdict = Literal["taken", "right", "follows", "wrong", "unreadable", "unchecked"]

if TYPE_CHECKING:
    from micrograd_like.writers.published import WorksheetData

#: How much is told of a line that is not right: that it is wrong, what kind of slip it is, which
#: piece of the line, or the right working.
Hint = Literal["line", "kind", "piece", "working"]

#: What becomes of a quantity that an assignment asks for: "implied" is left out on the way to
#: something right, "missing" is not there, "unchecked" is to be looked at.
ItemVerdict = Literal["right", "implied", "follows", "wrong", "missing", "unchecked"]

#: The verdicts, the gravest first: that of a line is its gravest part's.
VERDICTS: tuple[Verdict, ...] = (
    "unreadable",
    "wrong",
    "follows",
    "unchecked",
    "right",
    "taken",
)
#: The verdicts of what somebody may go on from.
SOUND: tuple[Verdict, ...] = ("taken", "right", "follows")
#: The verdicts as they are counted.
_COUNTED: tuple[Verdict, ...] = (
    "right",
    "taken",
    "follows",
    "unchecked",
    "wrong",
    "unreadable",
)

#: Wrong lines of a worksheet of which the causes are sought: what is wrong everywhere is wrong for
#: few reasons, and each takes a while.
MOST_EXPLAINED = 40


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a whole from those of its parts; "taken" for none."""
    return min(verdicts, key=VERDICTS.index, default="taken")


@dataclass(frozen=True, slots=True)
class PartMark:
    """One of the things that a line says are equal, and its verdict."""

    source: str
    verdict: Verdict
    place: Place = Place()  # noqa: RUF009


@dataclass(frozen=True, slots=True)
class Cause:
    """A slip that predicts what was written.

    Attributes:
        code: Its name in the table of causes.
        wrote: What the learner put, as far as it is one thing.
        meant: What belongs in its place.
        together: True for one of two slips that have been made at once.
    """

    code: str
    wrote: Expr | None = None
    meant: Expr | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Contrast:
    """Where a formula that is right by accident shows that it is wrong.

    Attributes:
        name: The quantity that has another number there.
        at: That number.
        yours, right: What the formula gives there, and what is right.
    """

    name: Quantity
    at: float
    yours: float
    right: float


@dataclass(frozen=True, slots=True)
class Sample:
    """Numbers for names that have none, and what a wrong formula gives with them.

    Attributes:
        at: The names and their numbers.
        yours, right: What the formula gives there, and what is right.
    """

    at: tuple[tuple[Quantity, float], ...]
    yours: float
    right: float


@dataclass(frozen=True, slots=True)
class LineMark:
    """A line, marked.

    Attributes:
        place: Where it stands; of an unreadable line the column where it went wrong.
        causes: Of a wrong line, the most likely first.
        follows: The quantities, stated wrongly before, from which a line follows.
        accident: True for a formula that is right at these numbers alone.
        contrast: Where that shows.
        held: Of a local derivative, what is held fixed though it depends on the variable.
        gives: What the figures of a line give as they stand, where its number is right by what
            they round alone; or where they are all that it can be held against.
        expected: The true number.
        working: How the right number comes about, with ``places`` decimals as the learner has.
        rewritten: The line as it should be, in the notation in which it is written.
        problem: Why a line is unreadable or unchecked.
        read_as: How the line was understood, where that is not as it stands.
        notation: In what it is written: "latex", or "" for text.
        sample: Where nothing has a number, numbers at which a wrong formula shows it.
    """

    place: Place
    source: str
    verdict: Verdict
    left: Quantity | None = None
    parts: tuple[PartMark, ...] = ()
    causes: tuple[Cause, ...] = ()
    follows: tuple[Quantity, ...] = ()
    accident: bool = False
    contrast: Contrast | None = None
    held: tuple[Quantity, ...] = ()
    gives: Number | None = None
    rule: str = ""
    expected: float | None = None
    working: Equation | None = None
    places: int = 4
    rewritten: str = ""
    problem: str = ""
    read_as: str = ""
    notation: str = ""
    sample: Sample | None = None

    def hinted(self, hint: Hint) -> LineMark:
        """The line with no more than the hint tells; of a right one there is nothing to hide."""
        if self.verdict in ("right", "taken"):
            return self
        told = replace(self, **_HELD_BACK[hint])
        if hint != "kind":
            return told
        causes = (Cause(cause.code, together=cause.together) for cause in told.causes)
        return replace(told, causes=tuple(causes))  # their pieces are where the slip is

    @property
    def line(self) -> int:
        """The line on which it begins, from 1."""
        return self.place.line

    @property
    def column(self) -> int:
        """Where it begins, or went wrong; from 1."""
        return self.place.column


@dataclass(frozen=True, slots=True)
class Item:
    """A quantity that an assignment asks for, in an answer.

    Attributes:
        quantity: As the assignment calls it.
        points: What the answer gets for it; None where somebody has to look at it.
        of: What it is worth.
        place: The line on which the answer states it; None where it does not.
    """

    quantity: Quantity
    verdict: ItemVerdict
    points: float | None
    of: float
    place: Place | None = None


def exit_status(counts: Mapping[str, int], items: Sequence[tuple[float | None, float]]) -> int:
    """0 if all is right or taken, 1 with something wrong, following or lost, 2 with doubt.

    A worksheet without a line is none that could be read.

    Args:
        counts: How many lines have each verdict.
        items: What each quantity of an assignment gets, None where somebody has to look at it, and
            what it is worth.
    """
    doubt = counts["unreadable"] or counts["unchecked"] or any(had is None for had, _ in items)
    if doubt or not any(counts.values()):
        return 2
    lost = any(had != of for had, of in items)
    return 1 if counts["wrong"] or counts["follows"] or lost else 0


#: What each hint holds back: fields of a line that is not right, as they are without it.
_WITHOUT_WORKING: Mapping[str, Any] = {
    "expected": None,
    "working": None,
    "rewritten": "",
    "contrast": None,
    "sample": None,
    "gives": None,
}
_WITHOUT_PIECE: Mapping[str, Any] = {**_WITHOUT_WORKING, "parts": ()}
_HELD_BACK: Mapping[Hint, Mapping[str, Any]] = {
    "line": {**_WITHOUT_PIECE, "causes": (), "accident": False},
    "kind": _WITHOUT_PIECE,
    "piece": _WITHOUT_WORKING,
    "working": {},
}


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """A worksheet, marked line by line.

    Attributes:
        file: Its name, "" where it was parsed from text.
        told: What was decided for the whole worksheet before it was read, in words.
        passed: What was passed over, for it claims nothing.
        hint: How much is told of its lines.
        items: What an assignment asks for; none where it is marked by itself.
        failure: Why it could not be marked at all.
    """

    lines: tuple[LineMark, ...]
    file: str = ""
    told: tuple[str, ...] = ()
    passed: tuple[Problem, ...] = ()
    hint: Hint = "working"
    items: tuple[Item, ...] = ()
    failure: str = ""

    @property
    def points(self) -> float:
        """What is had of the assignment's points, without those that are to be looked at."""
        return sum(item.points or 0.0 for item in self.items)

    @property
    def of(self) -> float:
        """What the assignment is worth."""
        return sum(item.of for item in self.items)

    @property
    def counts(self) -> dict[str, int]:
        """How many lines have each verdict."""
        found = Counter[str](line.verdict for line in self.lines)
        return {verdict: found[verdict] for verdict in _COUNTED}

    @property
    def causes(self) -> Counter[str]:
        """How often each cause is the most likely one."""
        return Counter(line.causes[0].code for line in self.lines if line.causes)

    @property
    def status(self) -> int:
        """How it went: see :func:`exit_status`."""
        return exit_status(self.counts, [(item.points, item.of) for item in self.items])

    def __bool__(self) -> bool:
        """True if nothing is but right, and something is: givens alone are no work."""
        return self.status == 0 and self.counts["right"] > 0

    def __repr__(self) -> str:
        shown = ", ".join(f"{count} {verdict}" for verdict, count in self.counts.items() if count)
        return f"<Report: {shown or 'no lines'}>"

    def __str__(self) -> str:
        return self._written("text")

    def hinted(self, hint: Hint) -> Report:
        """The report with no more of each line that is not right than a hint tells.

        Args:
            hint: "line", that it is wrong; "kind", what kind of slip it is; "piece", where in the
                line it is and what belongs there; "working", everything, with the right working.

        Raises:
            ValueError: There is no such hint.
        """
        if hint not in _HELD_BACK:
            raise ValueError(f"hint: expected {', '.join(_HELD_BACK)}, got {hint!r}")
        return replace(self, lines=tuple(line.hinted(hint) for line in self.lines), hint=hint)

    def record(self) -> WorksheetData:
        """The report as plain data, sentences included: what JSON has for this worksheet."""
        from micrograd_like.writers.published import worksheet_data

        return worksheet_data(self)

    def json(self) -> str:
        """The report as JSON, for this one worksheet."""
        return self._written("json")

    def _written(self, format: str) -> str:
        from micrograd_like.writers.formats import written
        from micrograd_like.writers.marks import document

        return written(format, document([self]))

    def _repr_html_(self) -> str:
        from micrograd_like.writers.formats.html import block_html
        from micrograd_like.writers.marks import marks

        return block_html(marks(self))
