"""What may be answered to a blank: the right number with its tolerance, and wrong ones by cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from micrograd_like.exercises.places import Place
from micrograd_like.exercises.plant import value
from micrograd_like.exercises.slips import planters
from micrograd_like.exercises.solve import Learner, Line, Paper, rounded
from micrograd_like.exercises.task import Step, Task
from micrograd_like.formula import Number, Quantity, quantities

#: So many wrong numbers of one line are foreseen, and so many of one cause.
_MOST, _OF_ONE = 8, 2
#: A wrong number lies so many tolerances off, and wrong ones apart.
_APART = 2.5


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be answered to a line.

    Attributes:
        tolerance: How far off an answer may be whose steps were all rounded as they are written.
        wrong: The numbers that slips lead to, each with the cause's code, the likeliest first.
    """

    number: Number
    tolerance: float
    wrong: tuple[tuple[str, Number], ...]


def answers(task: Task, learner: Learner, paper: Paper) -> list[Answer]:
    """The answers to every step of a task that was worked without a slip."""
    tolerances: dict[Quantity, float] = {}
    before = Paper.of(task.givens)
    found = []
    for line in paper.lines:
        tolerance = _tolerance(line, before.known, tolerances, learner.places)
        wrong = tuple(_wrong(task, line, before, learner.places, tolerance))
        found.append(Answer(line.number, tolerance, wrong))
        tolerances[line.step.left] = tolerance
        before.add(line)
    return found


def _tolerance(
    line: Line,
    known: Mapping[Quantity, float],
    tolerances: Mapping[Quantity, float],
    places: int,
) -> float:
    """A unit of the last place, and what may be off in what the line is worked out from."""
    formula, off = line.step.formula, 10.0**-places
    centre = value(formula, known)
    for key in quantities(formula):
        step = tolerances.get(key, 0.0)
        off += max(
            abs(_value_near(line.step, {**known, key: known[key] + d}, centre) - centre)
            for d in (step, -step)
        )
    return off


def _value_near(step: Step, known: Mapping[Quantity, float], centre: float) -> float:
    """The formula's value; where it is not defined so near, as it is in the middle."""
    try:
        return value(step.formula, known)
    except (ArithmeticError, ValueError):
        return centre


def _wrong(
    task: Task, line: Line, before: Paper, places: int, tolerance: float
) -> Iterator[tuple[str, Number]]:
    """The numbers that slips on this line lead to: apart from the right one, and each other."""
    taken = [line.value]
    counts = Counter[str]()
    for code, number in _slipped(task, line, before, places):
        size = float(number.value)
        apart = all(abs(size - other) > _APART * tolerance for other in taken)
        if apart and counts[code] < _OF_ONE:
            counts[code] += 1
            taken.append(size)
            yield code, number
        if len(taken) > _MOST:
            return


def _slipped(task: Task, line: Line, before: Paper, places: int) -> Iterator[tuple[str, Number]]:
    """What each slip gives on a line, the likeliest cause first."""
    place = Place(task, line.step, before.known.keys())
    for code, planter in planters().items():
        if planter.formulas is not None:
            for wrong in planter.formulas(place):
                try:
                    yield code, rounded(value(wrong, before.known), places)
                except (ArithmeticError, ValueError):
                    continue
        elif planter.numbers is not None and not planter.arbitrary:
            for number in planter.numbers(line.value, line.number):
                yield code, number
