"""The lessons by name: what each is about, what can be set, and running it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from micrograd_like.errors import LessonError, did_you_mean
from micrograd_like.worksheet import builtin

if TYPE_CHECKING:
    from micrograd_like.lessons.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Lesson:
    """A row: where the lesson is run, and the settings it takes, with what they are unset."""

    title: str
    module: str
    function: str
    settings: Mapping[str, Any]


#: In the order one would take them.
# fmt: off
LESSONS = {
    "one-weight": Lesson(
        "One neuron, one weight: nudged towards the answer.", "one_neuron", "one_weight",
        {"epochs": 40, "rate": 0.1}),
    "line-fit": Lesson(
        "A line through points by gradient descent, against least squares.",
        "one_neuron", "line_fit", {"seed": 0, "epochs": 1000, "rate": 1.0}),
    "perceptron": Lesson(
        "Two inputs and a bias; the perceptron's rule is a gradient.", "one_neuron", "perceptron",
        {"seed": 0, "epochs": 1000, "rate": 0.1}),
    "splitting-the-error": Lesson(
        "The error of hidden nodes: two ways to split it, and the gradient.",
        "hidden_errors", "splitting_the_error",
        {"weights": "0.2 0.1, 0.3 0.4", "guesses": "0.7 0.4", "targets": "1 0",
         "seed": 0, "epochs": 2000, "rate": 1.0, "hidden": 4}),
    "matrix-form": Lesson(
        "The ΔW formulas in matrices, beside the graph's gradients.",
        "matrix_form", "matrix_form", {"seed": 0, "rate": 0.1, "hidden": 4}),
    "xor": Lesson(
        "XOR, learnt example by example, in mini-batches and in one batch.", "xor", "xor",
        {"seed": 0, "epochs": 2000, "rate": 2.0, "hidden": 4}),
    "moons": Lesson(
        "Two moons, told apart by a curved boundary.", "classes", "moons",
        {"seed": 0, "epochs": 60, "rate": 0.02, "hidden": 16}),
    "digits": Lesson(
        "Handwritten digits, 8×8: ten classes, the compiled program.", "classes", "digits",
        {"seed": 0, "epochs": 40, "rate": 0.003, "hidden": 32}),
}
# fmt: on


def run(name: str, given: Mapping[str, Any]) -> Outcome:
    """Run a lesson with what is set, and what it takes by itself for the rest.

    Errors: LessonError for an unknown name, with near ones, and for a setting the lesson
    does not take.
    """
    if name not in LESSONS:
        near = did_you_mean(name, [*LESSONS, *builtin.names()])
        raise LessonError(f"there is no lesson {name!r}{near}; `micrograd-like lessons` lists them")
    lesson = LESSONS[name]
    for setting in given:
        if setting not in lesson.settings:
            taken = ", ".join(f"--{name}" for name in lesson.settings)
            raise LessonError(f"the lesson {name} has no use for --{setting}; it takes {taken}")
    rate = given.get("rate")
    if rate is not None and not 0 < rate < math.inf:
        raise LessonError(f"--rate: expected a number above 0, got {rate}")
    module = import_module(f"micrograd_like.lessons.{lesson.module}")
    outcome: Outcome = getattr(module, lesson.function)(**{**lesson.settings, **given})
    return outcome


def as_json(name: str, given: Mapping[str, Any], outcome: Outcome) -> str:
    """The lesson's settings and numbers, in full."""
    settings = {**LESSONS[name].settings, **given}
    return json.dumps({"lesson": name, "settings": settings, **outcome.record}, indent=2)


def listing() -> str:
    """All lessons and worksheets, a line each."""
    worksheets = {name: builtin.title(name) for name in builtin.names()}
    width = max(map(len, [*LESSONS, *worksheets]))
    lines = ["Lessons, run by: micrograd-like lessons NAME"]
    lines += [f"  {name:<{width}}  {lesson.title}" for name, lesson in LESSONS.items()]
    lines += ["", "Worksheets, to be named wherever a command takes a FILE:"]
    lines += [f"  {name:<{width}}  {title}" for name, title in worksheets.items()]
    return "\n".join(lines)


def uses(worksheet: str) -> str:
    """What can be done with a built-in worksheet, as commands."""
    return "\n".join(
        (
            builtin.title(worksheet),
            "",
            builtin.text(worksheet).rstrip("\n"),
            "",
            f"micrograd-like check {worksheet}   marks it line by line",
            f"micrograd-like step {worksheet}    goes through it with keys",
            f"micrograd-like derive {worksheet} dA/dB   works a derivative out",
        )
    )
