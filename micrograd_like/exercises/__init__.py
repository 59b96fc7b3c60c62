"""New worksheets: a shape with numbers drawn for it, to fill in, solved, or with slips in it.

>>> exercise = generate("line-fit", seed=3, form="blank")
>>> print(exercise.text.splitlines()[-1])
E' = (yhat' - y)^2 = ?
>>> [slip.code for slip in generate("line-fit", seed=3, form="slips", causes=["ascent"]).planted]
['ascent']
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from micrograd_like.errors import WorksheetError, did_you_mean
from micrograd_like.exercises.blanks import Blanks, asked
from micrograd_like.exercises.plant import plant, possible
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.exercises.slips import codes, planters
from micrograd_like.exercises.solve import Learner, Paper, solve
from micrograd_like.exercises.task import Manner, Step, Task, task
from micrograd_like.exercises.words import find
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
class Exercise:
    """A worksheet made for a shape, and what was planted in it."""

    shape: str
    seed: int
    form: Form
    title: str
    text: str
    planted: tuple[PlantedSlip, ...] = ()


def generate(
    shape: str,
    seed: int = 0,
    places: int = 4,
    form: Form = "blank",
    slips: int = 1,
    causes: Sequence[str] | None = None,
    learner: Learner | None = None,
    manner: Manner | None = None,
    blanks: Blanks | None = None,
) -> Exercise:
    """A worksheet of a shape: the same one for the same arguments, everywhere.

    Args:
        shape: One of :data:`SHAPES`, by its name, or in words: "3-2-1 relu", "softmax 4", "rnn 3".
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

    Returns:
        The worksheet, and what was planted in it.

    Raises:
        WorksheetError: The shape, form or a cause is unknown, a number is out of range, or the
            shape has no line for so many of the causes.
    """
    find(shape)
    wanted = _checked(places, form, slips, causes)
    if blanks is not None and blanks not in get_args(Blanks):
        near = did_you_mean(blanks, get_args(Blanks))
        raise WorksheetError(f"there are no blanks {blanks!r}{near}")
    made = _made(shape, seed, places, form, slips, wanted, learner, manner, blanks)
    if made is None:
        asked = " and ".join(causes or ["so many slips"])
        others = [other for other in SHAPES if _room(other, wanted) >= slips]
        hint = f"; try {', '.join(others)}" if others else ""
        raise WorksheetError(f"the shape {shape!r} has no place for {asked}{hint}")
    return made


def _made(
    shape: str,
    seed: int,
    places: int,
    form: Form,
    slips: int,
    wanted: Sequence[str],
    learner: Learner | None,
    manner: Manner | None,
    blanks: Blanks | None,
) -> Exercise | None:
    """The worksheet, or None where the slips find no place in it."""
    kind = find(shape)
    learner = learner or _learner(places, form, blanks)
    if manner is None:
        at_once = any(planters()[code].at_once for code in wanted)
        manner = Manner(at_once=at_once and len(wanted) <= slips)
    for attempt in range(_TRIES):
        rng = random.Random(f"{kind.name}/{seed}/{attempt}")
        drawn = task(kind, rng, manner)
        if form == "slips":
            if _room(shape, wanted) < slips:
                break
            paper, planted = plant(drawn, learner, rng, wanted, slips)
            if len(planted) < slips:
                continue
        else:
            paper, planted = solve(drawn.steps, drawn.givens, learner), []
        open_lines = asked(drawn, blanks) if form == "blank" else set()
        text, lines = _written(drawn, paper, form, seed, places, open_lines)
        found = tuple(
            PlantedSlip(slip.code, lines[slip.step], slip.shown, slip.wrong, slip.right)
            for slip in sorted(planted, key=lambda slip: slip.step)
        )
        return Exercise(shape, seed, form, kind.title, text, found)
    return None


def _learner(places: int, form: Form, blanks: Blanks | None) -> Learner:
    """Who works the lines: where some are blank, the others say nothing of what belongs there."""
    whole = form != "blank" or blanks == "all"
    return Learner(places, rounds=whole, figures=whole)


@cache
def _example(shape: str) -> Task:
    return task(find(shape), random.Random(shape), Manner(at_once=True))


def _room(shape: str, wanted: Sequence[str]) -> int:
    """How many of the causes have a line in the shape on which they can be made."""
    return sum(possible(_example(shape), code) for code in wanted)


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


# The text.

_HEADINGS = {
    "forward": "Forward",
    "local": "Every quantity with respect to what it is computed from",
    "chain": "The chain rule",
    "update": "Update",
    "again": "Forward again, with the new values",
}
_TASKS = {
    "blank": "Put in place of every ? what belongs there, to {places} places; have it checked.",
    "solved": "Solved.",
    "slips": "Not every line is right: find those that are wrong, and say why.",
}


def _written(
    drawn: Task, paper: Paper, form: Form, seed: int, places: int, open_lines: Collection[int]
) -> tuple[str, list[int]]:
    """The worksheet's text, and for every step the number of its line."""
    shape, asked = drawn.shape, _TASKS[form].format(places=places)
    rows = [f"# {shape.title}", f"# {asked} (exercise {shape.name}, seed {seed})", ""]
    rows += [f"{name} = {plain(number)}" for name, number in drawn.givens.items()]
    lines, before = [], ""
    for step, (heading, line) in enumerate(zip(_headings(drawn.steps), paper.lines, strict=True)):
        if heading != before:
            rows += ["", f"# {heading}"]
        rows.append(line.blank if step in open_lines else line.text)
        lines.append(len(rows))
        before = heading
    return "\n".join([*rows, ""]), lines


def _headings(steps: Sequence[Step]) -> list[str]:
    """What each step stands under; derivatives and updates in turn are one part."""
    kinds = [step.kind for step in steps]
    mixed = kinds != sorted(kinds, key=list(_HEADINGS).index)
    backward = [kind for kind in _HEADINGS if mixed and kind not in ("forward", "again")]
    return ["Backward" if kind in backward else _HEADINGS[kind] for kind in kinds]
