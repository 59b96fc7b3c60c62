"""Exercises as documents: to be printed, with their solution on a page of its own, or asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from micrograd_like.exercises import Exercise
from micrograd_like.exercises.plant import before_step
from micrograd_like.exercises.solve import Learner, Line, Paper, line, solve
from micrograd_like.formula import Expr, Name
from micrograd_like.marking.causes import CAUSES
from micrograd_like.notation import plain
from micrograd_like.writers.blocks import Block, Document, Heading, Sentence, Typed

#: What a teacher would say of each cause.
SENTENCES = {cause.code: cause.sentence for cause in CAUSES}


def document(exercises: Sequence[Exercise], solution: bool = True) -> Document:
    """Exercises as a document.

    Args:
        exercises: One, or several that stand behind each other.
        solution: True adds the solution of each.
    """

    def every() -> Iterator[Block]:
        for place, exercise in enumerate(exercises):
            yield from asked(exercise, apart=place > 0)
            if solution and exercise.form != "solved":
                yield from solved(exercise)

    def record() -> Mapping[str, Any]:
        records = [_record(exercise) for exercise in exercises]
        return records[0] if len(records) == 1 else {"exercises": records}

    worksheet = "\n".join(exercise.text for exercise in exercises)
    return Document(every(), record, worksheet=worksheet, exercises=exercises)


def asked(exercise: Exercise, apart: bool = False) -> Iterator[Block]:
    """An exercise as it is handed out."""
    worked = exercise.worked
    yield Heading(exercise.title, 1, apart)
    yield from map(Sentence, exercise.told)
    yield given(exercise)
    rows = [(row, at in worked.open) for at, row in enumerate(worked.paper.lines)]
    yield from _lines(worked.headings, rows)


def given(exercise: Exercise) -> Typed:
    """The numbers that an exercise starts from."""
    givens = exercise.worked.task.givens
    return Typed(tuple(((name, number), False) for name, number in givens.items()))


def definitions(exercise: Exercise) -> Typed:
    """The formulas that an exercise is about."""
    steps = exercise.worked.task.steps
    named = [step for step in steps if isinstance(step.left, Name)]
    return Typed(tuple(((step.left, step.formula), False) for step in named))


def working(exercise: Exercise, at: int) -> Typed:
    """One line of an exercise, worked."""
    return Typed(((_parts(_worked(exercise).lines[at]), False),))


def _worked(exercise: Exercise) -> Paper:
    worked = exercise.worked
    learner = Learner(worked.learner.places, rounds=True)
    return solve(worked.task.steps, worked.task.givens, learner)


def solved(exercise: Exercise) -> Iterator[Block]:
    """An exercise's solution: every line worked, or what was planted."""
    worked, task = exercise.worked, exercise.worked.task
    yield Heading(f"Solution: {exercise.title}", 1, apart=True)
    yield from (Sentence(said) for said in exercise.told[1:])
    if exercise.form == "slips":
        for slip in worked.slips:
            wrong = worked.paper.lines[slip.step]
            sound = before_step(task, worked.paper, slip.step)
            right = line(task.steps[slip.step], sound, worked.learner)
            yield Typed(((_parts(wrong), False),))
            yield Sentence(f"{SENTENCES[slip.code]} ({slip.code})")
            yield Typed(((_parts(right), False),))
        return
    yield from _lines(worked.headings, [(row, False) for row in _worked(exercise).lines])


def _lines(headings: Sequence[str], rows: Sequence[tuple[Line, bool]]) -> Iterator[Block]:
    """Lines below the heading of each part."""
    for heading, part in groupby(zip(headings, rows, strict=True), key=lambda row: row[0]):
        yield Heading(heading)
        yield Typed(tuple((_parts(row, open), open) for _, (row, open) in part))


def _parts(row: Line, open: bool = False) -> tuple[Expr, ...]:
    """What is equal on a line; of an open one its left side, and the formula of a new name."""
    if open:
        kept = row.formula if isinstance(row.step.left, Name) else None
        return (row.step.left, *([] if kept is None else [kept]))
    working = (part for part in (row.formula, row.figures) if part is not None)
    return tuple({plain(part): part for part in (row.step.left, *working, row.number)}.values())


def _record(exercise: Exercise) -> Mapping[str, Any]:
    worked = exercise.worked
    rows = zip(worked.headings, worked.paper.lines, strict=True)
    return {
        "shape": exercise.shape,
        "seed": exercise.seed,
        "form": exercise.form,
        "title": exercise.title,
        "given": {str(name): number.value for name, number in worked.task.givens.items()},
        "lines": [
            {
                "name": str(row.step.left),
                "part": heading,
                "text": row.blank if at in worked.open else row.text,
                "open": at in worked.open,
                "value": row.value,
            }
            for at, (heading, row) in enumerate(rows)
        ],
        "planted": [
            {"code": s.code, "line": s.line, "wrong": s.wrong, "right": s.right}
            for s in exercise.planted
        ],
    }
