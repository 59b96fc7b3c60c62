"""A learner with pencil and paper: the steps of a task, line by line, in decimals.

A line is left = formula = figures put in = number. The number is computed either from the
figures written before, rounded as they are, or from unrounded ones that are only written
rounded; a calculator's memory makes the difference. A slip changes one line, and the
learner goes on with what it gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from micrograd_like.exercises.task import Step
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    evaluate,
    quantities,
    rewrite,
)
from micrograd_like.notation import by_hand, decimals, half_up, plain
from micrograd_like.ops import FLOAT


@dataclass(frozen=True, slots=True)
class Learner:
    """How somebody works.

    Attributes:
        places: Decimals of a written number, and more where so many digits would not count.
        fixed: True never writes more decimals, though the number be small.
        rounds: True works on with the rounded numbers.
        formula: True writes a derivative's formula; that of a new name is always there.
        figures: True writes the figures put in.
    """

    places: int = 4
    fixed: bool = False
    rounds: bool = False
    formula: bool = True
    figures: bool = True


@dataclass(frozen=True, slots=True)
class Slip:
    """What somebody does on a line instead of what is right.

    Attributes:
        shown: The formula that is written.
        put_in: The one into which figures are put.
        computed: The one that gives the number.
        number: The number that is written, where that is the slip.
    """

    code: str
    shown: Expr
    put_in: Expr
    computed: Expr
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line as written: left = formula = figures = number.

    Attributes:
        formula: None where it is not shown; likewise the figures.
        value: What the learner works on with.
    """

    step: Step
    formula: Expr | None
    figures: Expr | None
    number: Number
    value: float

    @property
    def text(self) -> str:
        """The line itself; what would only repeat what stands before is left out."""
        working = [by_hand(part) for part in (self.formula, self.figures) if part is not None]
        parts = dict.fromkeys([*working, plain(self.number)])
        return " = ".join([plain(self.step.left), *parts])

    @property
    def blank(self) -> str:
        """The line for somebody else to fill in: a definition's formula stays."""
        kept = [self.formula] if self.formula is not None and defines(self.step) else []
        return " = ".join([plain(self.step.left), *map(by_hand, kept), "?"])


@dataclass(slots=True)
class Paper:
    """What stands on the paper so far.

    Attributes:
        written: The numbers as written.
        known: The same as the learner works with them.
    """

    written: dict[Quantity, Number]
    known: dict[Quantity, float]
    lines: list[Line] = field(default_factory=list)

    @classmethod
    def of(cls, givens: Mapping[Name, Number]) -> Paper:
        """The paper with only what is given on it."""
        paper = cls({}, {})
        for name, given in givens.items():
            paper.written[name], paper.known[name] = given, float(given.value)
        return paper

    def add(self, line: Line) -> None:
        """Write a line below the others."""
        self.lines.append(line)
        self.written[line.step.left] = line.number
        self.known[line.step.left] = line.value


def defines(step: Step) -> bool:
    """True for a line that gives a new name its formula."""
    return isinstance(step.left, Name)


def solve(
    steps: Sequence[Step],
    givens: Mapping[Name, Number],
    learner: Learner,
    slips: Mapping[int, Slip] | None = None,
) -> Paper:
    """All steps, worked one after the other, with a slip at some of them.

    Raises:
        ArithmeticError, ValueError: A slip leads to what is not defined.
    """
    paper = Paper.of(givens)
    for place, step in enumerate(steps):
        paper.add(line(step, paper, learner, (slips or {}).get(place)))
    return paper


def line(step: Step, paper: Paper, learner: Learner, slip: Slip | None = None) -> Line:
    """One step, worked from what stands on the paper."""
    formula = step.formula
    slip = slip or Slip("", formula, formula, formula)
    value, written = worked(slip.computed, paper, learner)
    if slip.number is not None:
        value, written = float(slip.number.value), slip.number
    shows_formula = defines(step) or learner.formula
    shows_figures = learner.figures and isinstance(slip.put_in, Call)
    return Line(
        step,
        slip.shown if shows_formula else None,
        put_in(slip.put_in, paper.written) if shows_figures else None,
        written,
        value,
    )


def worked(formula: Expr, paper: Paper, learner: Learner) -> tuple[float, Number]:
    """The formula's value as the learner goes on with it, and as it is written.

    Raises:
        ArithmeticError, ValueError: It is not defined, or not for the figures as they are
            written, such as ln(1 − 1.000).
    """
    if isinstance(formula, Name | Derivative):
        return paper.known[formula], paper.written[formula]
    value = float(evaluate(formula, paper.known, FLOAT))
    evaluate(formula, {key: number.value for key, number in paper.written.items()}, FLOAT)
    written = rounded(value, learner.places, learner.fixed)
    used = {line.number for line in paper.lines if line.step.left in quantities(formula)}
    places_ = [number.places for number in used if number.places is not None]
    if places_ and written.places is None and written.value:  # 1.00 from what is rounded, not 1
        written = Number(float(written.value), min(places_))
    return (float(written.value) if learner.rounds else value), written


def rounded(value: float, places: int, fixed: bool = False) -> Number:
    """The number as a hand writes it: 0.574 as 0.57, −0.0446 as −0.045, 2.0 as 2.

    Args:
        value: What is rounded.
        places: Decimals, and more where so many digits would not count.
        fixed: True never has more decimals: −0.0446 is −0.04.
    """
    value = float(f"{value:.12g}")  # 0.35·0.41 is 0.1435 by hand
    if value.is_integer():
        return Number(int(value))
    if not fixed:
        places = decimals(value, places)
    return Number(float(half_up(value, places)) or 0.0, places)  # nobody writes −0.00


def put_in(formula: Expr, written: Mapping[Quantity, Number]) -> Expr:
    """The formula with the written numbers of its names and derivatives."""
    return rewrite(formula, lambda n: written[n] if isinstance(n, Name | Derivative) else None)
