"""The lessons by name: found in the package ``course``, listed, and run."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from micrograd_like.errors import LessonError, did_you_mean
from micrograd_like.lessons import course
from micrograd_like.worksheet import builtin
from micrograd_like.writers.blocks import Document

if TYPE_CHECKING:
    from micrograd_like.lessons.outcome import Outcome
    from micrograd_like.lessons.registry import Lesson


def names() -> list[str]:
    """The lessons' names, in alphabetical order; no lesson is loaded for that."""
    return sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(course.__path__))


@cache
def load(name: str) -> Lesson:
    """The lesson of that name.

    Raises:
        LessonError: There is none, with near names.
        TypeError: Its module registers no lesson, or several.
    """
    from micrograd_like.lessons.registry import registered

    if name not in names():
        near = did_you_mean(name, [*names(), *builtin.names()])
        raise LessonError(f"there is no lesson {name!r}{near}; `micrograd-like lessons` lists them")
    module = import_module(f"{course.__name__}.{name.replace('-', '_')}")
    found = [lesson for lesson in registered(module) if lesson.name == name]
    if len(found) != 1:
        raise TypeError(f"{module.__name__}: expected one function registered by @lesson")
    return found[0]


def lessons() -> dict[str, Lesson]:
    """All lessons by name, in the order in which one would take them."""
    found = (load(name) for name in names())
    return {one.name: one for one in sorted(found, key=lambda one: (one.order, one.name))}


def run(name: str, given: Mapping[str, Any]) -> Outcome:
    """Run a lesson with what is set, and its defaults for the rest.

    Raises:
        LessonError: An unknown name, with near ones; a setting that the lesson does not take,
            or out of its range.
    """
    return load(name).run(given)


def document(name: str, given: Mapping[str, Any], outcome: Outcome) -> Document:
    """What the lesson says; for programs its settings and numbers, in full."""
    settings = {**load(name).defaults, **given}
    record = {"lesson": name, "settings": settings, **outcome.record}
    return Document(outcome.blocks, lambda: record, worksheet=outcome.worksheet)


def listing() -> dict[str, str]:
    """All lessons by name, in a line each."""
    return {
        name: lesson.title + ("" if lesson.by_hand else " (no worksheet)")
        for name, lesson in lessons().items()
    }


def uses(worksheet: str) -> str:
    """A built-in worksheet, and what can be done with it, as commands."""
    return "\n".join(
        (
            builtin.text(worksheet).rstrip("\n"),
            "",
            f"micrograd-like check {worksheet}   marks it line by line",
            f"micrograd-like step {worksheet}    goes through it with keys",
            f"micrograd-like derive {worksheet} dA/dB   works a derivative out",
        )
    )
