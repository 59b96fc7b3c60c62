r"""New worksheets: a shape with numbers drawn for it, to fill in, solved, or with slips in it.

>>> exercise = generate("line-fit", seed=3, form="blank")
>>> print(exercise.text.splitlines()[-1])
E' = (yhat' - y)^2 = ?
>>> [slip.code for slip in generate("line-fit", seed=3, form="slips", causes=["ascent"]).planted]
['ascent']

A worksheet of one's own is made anew with other numbers:

>>> from micrograd_like import Worksheet
>>> sheet = Worksheet.parse("w = 3\nE = (w - 1)^2\ndE/dw = 2(w - 1) = 4")
>>> print(generate(own(sheet), seed=1).text.splitlines()[-1])
dE/dw = ?
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, get_args

from micrograd_like.engine import as_count
from micrograd_like.errors import WorksheetError, did_you_mean
from micrograd_like.exercises.blanks import Blanks, asked
from micrograd_like.exercises.own import Own as Own
from micrograd_like.exercises.own import own as own
from micrograd_like.exercises.plant import Planted, plant, possible
from micrograd_like.exercises.shapes import SHAPES, Shape
from micrograd_like.exercises.slips import codes, planters
from micrograd_like.exercises.solve import Learner, Paper, solve
from micrograd_like.exercises.task import Manner, Task, task
from micrograd_like.exercises.words import find
from micrograd_like.exercises.writing import headings, heads, written
from micrograd_like.notation import plain

Form = Literal["blank", "solved", "slips"]

#: Places of a written number.
PLACES = range(2, 7)
#: Numbers drawn anew where a slip that was asked for finds no place where it would show.
_TRIES = 20


@dataclass(frozen=True, slots=True)
class PlantedSlip:
    """A slip in an exercise: its code among the causes, the line, as it is and as it should be.

    Attributes:
        shown: What shows it besides the number: "formula", "figures", or else "number".
    """

    code: str
    line: int
    shown: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}\n  wrong  {self.wrong}\n  right  {self.right}"


@dataclass(frozen=True, slots=True)
class Worked:
    """How an exercise was worked, for those who write it otherwise than as a worksheet.

    Attributes:
        open: The places of the steps that are left blank.
        slips: What was planted, by its step.
    """

    task: Task
    learner: Learner
    paper: Paper
    open: frozenset[int]
    slips: Sequence[Planted] = ()

    @property
    def headings(self) -> list[str]:
        """What each step stands under."""
        return headings(self.task.steps)


@dataclass(frozen=True)
class Exercise:
    """A worksheet that was made, and what was planted in it.

    Attributes:
        told: What is to be done, and for whom it is.
        worked: How it was worked.
    """

    shape: str
    seed: int
    form: Form
    title: str
    text: str
    planted: tuple[PlantedSlip, ...]
    told: tuple[str, ...]
    worked: Worked = field(compare=False, repr=False)

    @property
    def givens(self) -> tuple[str, ...]:
        """The lines that give numbers."""
        given = self.worked.task.givens
        return tuple(f"{name} = {plain(number)}" for name, number in given.items())


def generate(
    shape: str | Own,
    seed: int = 0,
    places: int = 4,
    form: Form = "blank",
    slips: int = 1,
    causes: Sequence[str] | None = None,
    learner: Learner | None = None,
    manner: Manner | None = None,
    blanks: Blanks | None = None,
    label: str | None = None,
) -> Exercise:
    """A worksheet of a shape: the same one for the same arguments, everywhere.

    Args:
        shape: One of :data:`SHAPES`, by its name; in words, "3-2-1 relu", "softmax 4", "rnn 3"; or
            a worksheet of one's own, as :func:`own` gives it.
        seed: Other numbers for every seed.
        places: Decimals of the numbers, 2 to 6.
        form: "blank", to be filled in, "solved", or "slips", with mistakes to be found.
        slips: How many there are in the form "slips", 1 or 2; each has another cause.
        causes: The codes of those that may be planted; without it any.
        learner: How the one who solves it works; without it from the figures as written.
        manner: How the lines are laid out.
        blanks: Which lines of a blank one are left open: "all", those of "forward", "backward" or
            "update", or "key", one of each kind; without it all of a short worksheet, and "key" of
            a long one.
        label: What stands on it in place of the seed, such as "For Ada"; "" for nothing.

    Returns:
        The worksheet, and what was planted in it.

    Raises:
        WorksheetError: The shape, form or a cause is unknown, a number is out of range, the shape
            has no line for so many of the causes, or a worksheet of one's own has no other numbers.
        TypeError: A number is no whole one.
    """
    kind = find(shape) if isinstance(shape, str) else shape
    seed, places = as_count("seed", seed), as_count("places", places)
    slips = as_count("slips", slips)
    wanted = _checked(places, form, slips, causes)
    if blanks is not None and blanks not in get_args(Blanks):
        near = did_you_mean(blanks, get_args(Blanks))
        raise WorksheetError(f"there are no blanks {blanks!r}{near}")
    learner = learner or _learner(places, form, blanks)
    if manner is None:
        at_once = any(planters()[code].at_once for code in wanted)
        manner = Manner(at_once=at_once and len(wanted) <= slips)
    for attempt in range(_TRIES):
        rng = random.Random(f"{_key(kind)}/{seed}/{attempt}")
        drawn = _task(kind, rng, manner)
        if form == "slips":
            if attempt == 0 and _room(kind, drawn, wanted) < slips:
                break
            paper, planted = plant(drawn, learner, rng, wanted, slips)
            if len(planted) < slips:
                continue
        else:
            paper, planted = solve(drawn.steps, drawn.givens, learner), []
        open_lines = asked(drawn, blanks) if form == "blank" else set()
        planted = sorted(planted, key=lambda slip: slip.step)
        worked = Worked(drawn, learner, paper, frozenset(open_lines), planted)
        return _made(worked, seed, places, form, label)
    raise _no_room(kind, slips, causes, wanted)


def _made(worked: Worked, seed: int, places: int, form: Form, label: str | None) -> Exercise:
    """The worksheet of an exercise that has been worked."""
    shape = worked.task.shape
    told = heads(shape, form, places, seed if label is None else label)
    text, lines = written(worked.task, worked.paper, worked.open, told)
    planted = tuple(
        PlantedSlip(slip.code, lines[slip.step], slip.shown, slip.wrong, slip.right)
        for slip in worked.slips
    )
    return Exercise(shape.name, seed, form, shape.title, text, planted, told[1:], worked)


def _key(kind: Shape | Own) -> str:
    """What the numbers of a seed hang on beside it."""
    return kind.name if isinstance(kind, Shape) else "/".join(kind.givens)


def _task(kind: Shape | Own, rng: random.Random, manner: Manner) -> Task:
    return task(kind, rng, manner) if isinstance(kind, Shape) else kind.task(rng)


def _learner(places: int, form: Form, blanks: Blanks | None) -> Learner:
    """Who works the lines: where some are blank, the others say nothing of what belongs there."""
    whole = form != "blank" or blanks == "all"
    return Learner(places, rounds=whole, figures=whole)


@cache
def _example(shape: str) -> Task:
    return task(find(shape), random.Random(shape), Manner(at_once=True))


def _room(kind: Shape | Own, drawn: Task, wanted: Sequence[str]) -> int:
    """How many of the causes have a line in the shape on which they can be made."""
    example = _example(kind.name) if isinstance(kind, Shape) else drawn
    return sum(possible(example, code) for code in wanted)


def _no_room(
    kind: Shape | Own, slips: int, causes: Sequence[str] | None, wanted: Sequence[str]
) -> WorksheetError:
    what = " and ".join(causes or ["so many slips"])
    if not isinstance(kind, Shape):
        return WorksheetError(f"the worksheet has no place for {what}")
    others = [
        name for name, other in SHAPES.items() if _room(other, _example(name), wanted) >= slips
    ]
    hint = f"; try {', '.join(others)}" if others else ""
    return WorksheetError(f"the shape {kind.name!r} has no place for {what}{hint}")


def _checked(places: int, form: str, slips: int, causes: Sequence[str] | None) -> Sequence[str]:
    """The codes that may be planted.

    Raises:
        WorksheetError: Something is out of range.
    """
    if places not in PLACES:
        raise WorksheetError(f"expected {PLACES[0]} to {PLACES[-1]} places, got {places}")
    if form not in get_args(Form):
        raise WorksheetError(f"there is no form {form!r}{did_you_mean(form, get_args(Form))}")
    if slips not in (1, 2):
        raise WorksheetError(f"expected 1 or 2 slips, got {slips}")
    wanted = list(dict.fromkeys(codes() if causes is None else causes))
    for code in wanted:
        if code not in codes():
            raise WorksheetError(f"there is no cause {code!r}{did_you_mean(code, codes())}")
    if len(wanted) < slips:
        raise WorksheetError(f"{slips} slips need {slips} causes to choose from, got {len(wanted)}")
    return wanted
