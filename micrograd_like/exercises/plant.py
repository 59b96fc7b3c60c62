"""Slips put into a worked exercise, each where it shows.

A slip changes something that can be seen: the formula as a function of the inputs, or the
written number by more than honest rounding of the figures before it allows. Where another
slip would have given the same, this one is not made: nobody could tell which it was.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from micrograd_like.exercises.numbers import shuffled
from micrograd_like.exercises.places import Place
from micrograd_like.exercises.slips import planters
from micrograd_like.exercises.solve import Learner, Line, Paper, Slip, defines, line, solve
from micrograd_like.exercises.task import Step, Task
from micrograd_like.formula import Call, Expr, Number, Quantity, evaluate, quantities
from micrograd_like.ops import FLOAT

#: A wrong formula's value differs from the right one's by more than this part of it.
_APART = 1e-3
#: A wrong number lies so many times as far off as honest rounding goes, and so many units.
_TIMES, _UNITS = 3.0, 3.0
#: A result that is not rounded as it should be: its figures leave so much of a unit open.
_OPEN = 0.15
#: Sizes of a quantity, and of anything, that a slip may lead to further on.
_LEAST, _MOST = 2e-3, 1e3


@dataclass(frozen=True, slots=True)
class Planted:
    """A slip that was made, as it stands apart from the worksheet.

    Attributes:
        step: Which of the steps it is.
        shown: What shows it besides the number: the formula, the figures put in, or nothing.
        right: The line as it should be, from the same figures before it.
        wrong: The line as it was written.
    """

    code: str
    step: int
    shown: Literal["formula", "figures", "number"]
    right: str
    wrong: str


def plant(
    task: Task, learner: Learner, rng: random.Random, codes: Sequence[str], count: int
) -> tuple[Paper, list[Planted]]:
    """The task worked with ``count`` slips of different codes, as many as there is room for."""
    slips: dict[int, Slip] = {}
    planted: list[Planted] = []
    paper = solve(task.steps, task.givens, learner)
    for code in shuffled(rng, codes):
        places = shuffled(rng, range(max(slips, default=-1) + 1, len(task.steps)))
        if len(planted) + 1 < count:  # the next one comes after it: early places first
            places.sort(key=lambda at: at > len(task.steps) // 2)
        found = _made(task, learner, rng, code, paper, slips, places)
        if found is not None:
            at, slip, paper = found
            slips[at] = slip
            planted.append(_record(task, learner, paper, at, slip))
        if len(planted) == count:
            break
    return paper, planted


def _made(
    task: Task,
    learner: Learner,
    rng: random.Random,
    code: str,
    paper: Paper,
    slips: Mapping[int, Slip],
    places: Sequence[int],
) -> tuple[int, Slip, Paper] | None:
    """One slip of this code at one of the steps, and the paper with it; None if it fits nowhere."""
    for at in places:
        before = before_step(task, paper, at)
        sound = line(task.steps[at], before, learner)
        trial = Trial(task, learner, before, sound)
        for slip in shuffled(rng, list(_slips(code, task, before, sound))):
            try:
                if trial.shows(slip):
                    new = solve(task.steps, task.givens, learner, {**slips, at: slip})
                    if _bearable(task, new):
                        return at, slip, new
            except (ArithmeticError, ValueError):
                continue  # it leads to what is not defined, here or further on
    return None


def _bearable(task: Task, paper: Paper) -> bool:
    """True if nothing has grown or shrunk out of the range of decimals after a slip."""
    off = task.shape.off.split()
    sizes = [(defines(line.step) and line.step.left not in off, line.value) for line in paper.lines]
    return all((_LEAST if new else -1.0) < abs(size) < _MOST for new, size in sizes)


def before_step(task: Task, paper: Paper, at: int) -> Paper:
    """What stands on the paper before a step."""
    before = Paper.of(task.givens)
    for written in paper.lines[:at]:
        before.add(written)
    return before


def _slips(code: str, task: Task, before: Paper, sound: Line) -> Iterator[Slip]:
    step, planter = sound.step, planters()[code]
    if planter.numbers is not None:
        for number in planter.numbers(sound.value, sound.number):
            yield Slip(code, step.formula, step.formula, step.formula, number)
    if planter.formulas is not None:
        for wrong in dict.fromkeys(planter.formulas(Place(task, step, before.known.keys()))):
            yield slip_of(code, step, wrong)


def slip_of(code: str, step: Step, wrong: Expr) -> Slip:
    """Computing a step by a wrong formula, as it shows on the line."""
    if planters()[code].copied:
        return Slip(code, step.formula, wrong, wrong)
    if planters()[code].unseen:
        return Slip(code, step.formula, step.formula, wrong)
    fixed = defines(step) and step.kind != "update"  # a new name's formula is what it is
    return Slip(code, step.formula if fixed else wrong, wrong, wrong)


@dataclass(frozen=True, slots=True)
class Other:
    """What another slip would have computed: from the figures on the paper, and in every world."""

    code: str
    value: float
    values: Sequence[float]


@dataclass(frozen=True)
class Trial:
    """A slip on trial: does it show on this line, and only as what it is?

    Attributes:
        before: What stands on the paper.
        sound: The line without the slip.
    """

    task: Task
    learner: Learner
    before: Paper
    sound: Line

    def shows(self, slip: Slip) -> bool:
        """True if it does."""
        step = self.sound.step
        wrong = line(step, self.before, self.learner, slip)
        if wrong.text == self.sound.text:
            return False
        if wrong.formula != self.sound.formula:
            return self._another_function(slip)
        if planters()[slip.code].copied and wrong.figures is None:
            return False
        if planters()[slip.code].last_place:
            return self._misrounded(wrong)
        working = wrong.formula is not None or wrong.figures is not None
        calculated = isinstance(step.formula, Call) and working
        if planters()[slip.code].arbitrary and not calculated:
            return False  # nothing says that the formula was right
        return self._off(wrong.number) and self._unmistakable(slip, wrong.number)

    def _another_function(self, slip: Slip) -> bool:
        """True if the formula is another function of the inputs, and no other slip's."""
        worlds = self.task.worlds
        mine = [value(slip.shown, world) for world in worlds]
        right = [world[self.sound.step.left] for world in worlds]
        return all(map(_differ, mine, right)) and not any(
            not any(map(_differ, mine, other.values)) for other in self._others_than(slip.code)
        )

    def _others_than(self, code: str) -> Iterator[Other]:
        """What the other slips would have computed here."""
        return (other for other in self._others if other.code != code)

    @cached_property
    def _others(self) -> list[Other]:
        """What every slip would have computed here, where that is defined."""
        place = Place(self.task, self.sound.step, self.before.known.keys())
        found = []
        for code, planter in planters().items():
            for formula in planter.formulas(place) if planter.formulas is not None else ():
                try:
                    values = [value(formula, world) for world in self.task.worlds]
                    found.append(Other(code, value(formula, self.before.known), values))
                except (ArithmeticError, ValueError):
                    continue
        return found

    def leeway(self) -> float:
        """How far the rounding of the figures before it can move the line's number."""
        formula, known = self.sound.step.formula, dict(self.before.known)
        centre = value(formula, known)
        total = 0.0
        for key in quantities(formula):
            half = 0.0 if key in self.task.givens else unit(self.before.written[key]) / 2
            moved = [value(formula, {**known, key: known[key] + d}) for d in (half, -half)]
            total += max(abs(m - centre) for m in moved)
        return total

    def _off(self, number: Number) -> bool:
        """True if the number cannot come from honest rounding, nor is it the true one."""
        far = _TIMES * self.leeway() + _UNITS * max(unit(number), unit(self.sound.number))
        true = self.task.worlds[0][self.sound.step.left]
        return all(abs(float(number.value) - right) > far for right in (self.sound.value, true))

    def _unmistakable(self, slip: Slip, number: Number) -> bool:
        """True if no other slip gives this number."""
        written = float(number.value)
        near = self.leeway() + 1.5 * max(unit(number), unit(self.sound.number))
        if any(abs(other.value - written) <= near for other in self._others_than(slip.code)):
            return False
        return not any(
            abs(float(other.value) - written) < unit(other) / 2
            for code, planter in planters().items()
            if code != slip.code and planter.numbers is not None and not planter.arbitrary
            for other in planter.numbers(self.sound.value, self.sound.number)
        )

    def _misrounded(self, wrong: Line) -> bool:
        """True if the figures leave no doubt which way it is to be rounded."""
        step, written = unit(wrong.number), float(wrong.number.value)
        leeway = self.leeway()
        true = self.task.worlds[0][self.sound.step.left]
        if not isinstance(self.sound.step.formula, Call) or leeway > _OPEN * step:
            return False
        if abs(written - self.sound.value) < 0.55 * step + _TIMES * leeway:
            return False
        apart = all(abs(other.value - written) > step for other in self._others)
        return abs(written - true) > 0.6 * step and apart


def value(formula: Expr, known: Mapping[Quantity, float]) -> float:
    """The formula's number."""
    return float(evaluate(formula, known, FLOAT))


def unit(number: Number) -> float:
    """The last place of a number as written; 0 for an exact one."""
    return 0.0 if number.places is None else 10.0**-number.places


def _differ(a: float, b: float) -> bool:
    return abs(a - b) > _APART * max(abs(a), abs(b))


def _record(task: Task, learner: Learner, paper: Paper, at: int, slip: Slip) -> Planted:
    sound = line(task.steps[at], before_step(task, paper, at), learner)
    wrong = paper.lines[at]
    shown: Literal["formula", "figures", "number"] = "number"
    if wrong.figures not in (sound.figures, None):
        shown = "figures"
    if wrong.formula != sound.formula:
        shown = "formula"
    return Planted(slip.code, at, shown, sound.text, wrong.text)


def possible(task: Task, code: str) -> bool:
    """True if the slip can be made on a step of the task at all."""
    formulas = planters()[code].formulas
    if formulas is None:
        return True
    keys: Collection[Quantity] = list(task.worlds[0])
    return any(next(formulas(Place(task, step, keys)), None) for step in task.steps)
