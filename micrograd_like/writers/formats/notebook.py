"""A Jupyter assignment, as an instructor has it: solutions and hidden checks, in nbgrader's terms.

`nbgrader generate_assignment` makes of it what students get: without what stands between
BEGIN SOLUTION and END SOLUTION, and without the hidden tests.
"""

from __future__ import annotations

import builtins
import json
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from micrograd_like.errors import WorksheetError
from micrograd_like.formula import Call, Derivative, Expr, Name, Quantity, nodes
from micrograd_like.notation import latex_as_typed, literal, plain
from micrograd_like.notation.writer import Style, brackets, written
from micrograd_like.writers.blocks import Document
from micrograd_like.writers.format import writes
from micrograd_like.writers.formats.latex import lettered
from micrograd_like.writers.formats.markdown import escaped
from micrograd_like.writers.layout import Page

if TYPE_CHECKING:
    from micrograd_like.exercises import Exercise
    from micrograd_like.exercises.foreseen import Answer

#: What Python's mathematics has not.
_FUNCTIONS = {
    "sigmoid": "1/(1 + exp(-x))",
    "softplus": "log1p(exp(x))",
    "relu": "max(x, 0.0)",
}
_OF_SEVERAL = {
    "maximum": "def maximum(a, b): return max(a, b)",
    "minimum": "def minimum(a, b): return min(a, b)",
    "select": "def select(a, b, x, y): return x if a > b else y",
}
_OPERATORS = ("add", "sub", "mul", "div", "neg", "pow", "abs")
#: Names that the assignment itself needs.
_TAKEN = {*keyword.kwlist, *dir(builtins)}


@writes("exercises")
def write(document: Document, page: Page) -> Iterator[str]:
    """The document's exercises as one notebook.

    Raises:
        WorksheetError: One of them is not blank.
    """
    if any(exercise.form != "blank" for exercise in document.exercises):
        raise WorksheetError("an assignment asks for what is blank: expected the form blank")
    cells = [cell for exercise in document.exercises for cell in _cells(exercise)]
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    yield json.dumps(notebook, indent=1, ensure_ascii=False)


def _cells(exercise: Exercise) -> Iterator[dict[str, Any]]:
    """An exercise: what is given, and for each part the lines asked for and their checks."""
    from micrograd_like.exercises.foreseen import answers

    worked = exercise.worked
    code = _Code.of(exercise)
    found = answers(worked.task, worked.learner, worked.paper)
    yield _markdown([f"# {escaped(exercise.title)}", *map(escaped, exercise.told)])
    yield _cell([*code.functions(), *code.given()], "given")
    rows = zip(worked.headings, range(len(found)), strict=True)
    for part, (heading, places) in enumerate(groupby(rows, key=lambda row: row[0]), 1):
        lines = [at for _, at in places]
        open_lines = [at for at in lines if at in worked.open]
        yield _markdown([f"## {escaped(heading)}", *(code.formula(at) for at in lines)])
        if known := [at for at in lines if at not in worked.open]:
            yield _cell([code.known(at) for at in known], f"known-{part}")
        if not open_lines:
            continue
        solution = [
            "### BEGIN SOLUTION",
            *(code.solution(at) for at in open_lines),
            "### END SOLUTION",
        ]
        asked = ", ".join(code.name(at) for at in open_lines)
        yield _cell([f"# {asked}", *solution], f"part-{part}", solution=True)
        for at in open_lines:
            yield _cell(code.check(at, found[at]), f"line-{at + 1}", points=1)


@dataclass(frozen=True, slots=True)
class _Code:
    """An exercise in Python, each quantity under a name of its own."""

    exercise: Exercise
    names: Mapping[Quantity, str]

    @classmethod
    def of(cls, exercise: Exercise) -> _Code:
        task = exercise.worked.task
        taken, names = _TAKEN | {*_FUNCTIONS, *_OF_SEVERAL, "exp", "log", "math"}, {}
        for quantity in (*task.givens, *(step.left for step in task.steps)):
            new = _identifier(quantity)
            while new in taken:
                new += "_"
            taken = taken | {new}
            names[quantity] = new
        return cls(exercise, names)

    def functions(self) -> Iterator[str]:
        """What the formulas call."""
        formulas = [step.formula for step in self.exercise.worked.task.steps]
        called = {call.function for formula in formulas for call in nodes(formula, Call)}
        called -= {*_OPERATORS}
        ours = {*_FUNCTIONS, *_OF_SEVERAL}
        needed = {*(called - ours), *(["exp"] if called & {"sigmoid", "softplus"} else [])}
        needed |= {"log1p"} if "softplus" in called else set()
        if needed:
            yield f"from math import {', '.join(sorted(needed))}"
        for function in sorted(called & ours):
            yield _OF_SEVERAL.get(function) or f"def {function}(x): return {_FUNCTIONS[function]}"

    def given(self) -> Iterator[str]:
        for name, number in self.exercise.worked.task.givens.items():
            yield f"{self.names[name]} = {literal(number)}"

    def name(self, at: int) -> str:
        return self.names[self.exercise.worked.task.steps[at].left]

    def known(self, at: int) -> str:
        return f"{self.name(at)} = {literal(self.exercise.worked.paper.lines[at].number)}"

    def solution(self, at: int) -> str:
        formula = self.exercise.worked.task.steps[at].formula
        style = Style(
            name=lambda quantity: self.names[quantity],
            number=lambda value, places: repr(value),
            minus="-",
            times="*",
            spaced_times="*",
            power=lambda base, exponent: f"{base}**{brackets(exponent)}",
            function=lambda function, arguments: f"{function}({arguments})",
            exact=True,
        )
        return f"{self.name(at)} = {written(formula, style)}"

    def formula(self, at: int) -> str:
        """A line of the worksheet, in words: of an open one what is asked for."""
        row = self.exercise.worked.paper.lines[at]
        parts: list[Expr] = [row.step.left]
        if isinstance(row.step.left, Name) or at not in self.exercise.worked.open:
            parts += [] if row.formula is None else [row.formula]
        said = lettered(" = ".join(map(latex_as_typed, parts)))
        return f"- `{self.name(at)}`: ${said}$"

    def check(self, at: int, answer: Answer) -> list[str]:
        """The checks of a line: a number, and hidden ones that name the slip."""
        from micrograd_like.writers.exercise import SENTENCES

        name, within = self.name(at), f"{answer.tolerance:.2g}"
        left = plain(self.exercise.worked.task.steps[at].left)
        wrong = [
            f"assert not abs({name} - ({literal(number)})) <= {within}, {SENTENCES[code]!r}"
            for code, number in answer.wrong
        ]
        message = repr(f"{left} is another number")
        return [
            f"# {left}, to {self.exercise.worked.learner.places} places",
            f"assert isinstance({name}, (int, float)), {f'expected a number for {left}'!r}",
            "### BEGIN HIDDEN TESTS",
            *wrong,
            f"assert abs({name} - ({literal(answer.number)})) <= {within}, {message}",
            "### END HIDDEN TESTS",
        ]


def _identifier(quantity: Quantity) -> str:
    """dE_dw5 for dE/dw5, w5_new for w5'; letters, digits and _ alone."""
    if isinstance(quantity, Derivative):
        return f"d{_identifier(quantity.of)}_d{_identifier(quantity.wrt)}"
    primed = re.sub(r"'+", lambda primes: "_new" * len(primes[0]), str(quantity))
    name = re.sub(r"\W+", "_", primed, flags=re.ASCII).strip("_")
    return name if name and not name[0].isdigit() else f"q_{name}"


def _markdown(lines: list[str]) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": "\n\n".join(lines)}


def _cell(
    lines: list[str], grade_id: str, solution: bool = False, points: int = 0
) -> dict[str, Any]:
    """A code cell with what nbgrader is to know of it."""
    told: dict[str, Any] = {
        "grade": points > 0,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"nbgrader": told | ({"points": points} if points else {})},
        "outputs": [],
        "source": "\n".join(lines),
    }
