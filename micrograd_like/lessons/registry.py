"""What a lesson consists of: its settings with their ranges, and the function that gives it.

>>> from dataclasses import dataclass
>>> @dataclass(frozen=True)
... class Settings:
...     rate: float = setting(0.1, "The learning rate.", above=0)
>>> options(Settings)["rate"].range
'above 0'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from micrograd_like.errors import LessonError, did_you_mean
from micrograd_like.lessons.outcome import Outcome

#: Set by :func:`lesson` on the function of a lesson's module.
_MARK = "__lesson__"
S = TypeVar("S")
Function = Callable[[S], Outcome]


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What ``setting`` keeps in a field: help, and the range of a number."""

    help: str
    least: float | None
    above: float | None
    most: float | None


def setting(
    default: Any,
    help: str,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
) -> Any:
    """A field of a lesson's ``Settings``.

    Args:
        default: What it is unset; it gives no type, the annotation does.
        help: A sentence for ``--help``.
        least: The smallest number allowed.
        above: A number that it must be above.
        most: The largest number allowed.
    """
    return field(default=default, metadata={"setting": _Bounds(help, least, above, most)})


@dataclass(frozen=True, slots=True)
class Option:
    """A setting as the command and the list show it.

    Attributes:
        type: ``int``, ``float``, ``str``, ``bool`` or a ``Literal`` of texts.
    """

    name: str
    type: Any
    default: Any
    bounds: _Bounds

    @property
    def flag(self) -> str:
        """The option's name on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def help(self) -> str:
        """The sentence that explains it."""
        return self.bounds.help

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts allowed, where only some are."""
        return get_args(self.type) if get_origin(self.type) is Literal else ()

    @property
    def range(self) -> str:
        """The range in words, "" where there is none."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        bounds = self.bounds
        if bounds.least is not None and bounds.most is not None:
            return f"from {bounds.least:,} to {bounds.most:,}"
        limits = (("above", bounds.above), ("at least", bounds.least), ("at most", bounds.most))
        return " and ".join(f"{word} {limit:,}" for word, limit in limits if limit is not None)

    def checked(self, value: Any) -> Any:
        """The value as this setting takes it.

        Raises:
            LessonError: What was expected, and what came.
        """
        if self.choices:
            good = value in self.choices
        elif self.type in (int, float):
            kinds = (int,) if self.type is int else (int, float)
            good = isinstance(value, kinds) and not isinstance(value, bool) and self._within(value)
        else:
            good = isinstance(value, self.type)
        if not good:
            kind = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
            expected = " ".join(filter(None, (kind.get(self.type, ""), self.range)))
            near = did_you_mean(value, self.choices)
            raise LessonError(f"{self.flag}: expected {expected}, got {value}{near}")
        return float(value) if self.type is float else value

    def _within(self, value: float) -> bool:
        least, above, most = self.bounds.least, self.bounds.above, self.bounds.most
        return (
            math.isfinite(value)
            and (least is None or value >= least)
            and (above is None or value > above)
            and (most is None or value <= most)
        )


def options(settings: type) -> dict[str, Option]:
    """The settings by name.

    Raises:
        TypeError: It is no frozen dataclass made of :func:`setting`, or a default is out of
            the setting's own range.
    """
    if not is_dataclass(settings) or not settings.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise TypeError(f"{settings.__qualname__}: expected a frozen dataclass of settings")
    types = get_type_hints(settings)
    found = {}
    for entry in fields(settings):
        bounds = entry.metadata.get("setting")
        if bounds is None or entry.default is MISSING:
            raise TypeError(f"{settings.__module__}: expected {entry.name} to be made by setting()")
        option = Option(entry.name, types[entry.name], entry.default, bounds)
        try:
            option.checked(entry.default)
        except LessonError as error:
            raise TypeError(f"{settings.__module__}: the default of {error}") from None
        found[entry.name] = option
    return found


@dataclass(frozen=True, slots=True)
class Lesson:
    """A registered lesson.

    Attributes:
        by_hand: Whether it leaves a worksheet.
    """

    name: str
    title: str
    order: int
    settings: type
    function: Function[Any]
    options: Mapping[str, Option]
    by_hand: bool = True

    @property
    def defaults(self) -> dict[str, Any]:
        """What is set where nothing else is."""
        return {name: option.default for name, option in self.options.items()}

    def run(self, given: Mapping[str, Any]) -> Outcome:
        """Give the lesson.

        Raises:
            LessonError: A setting that it does not take, or out of its range.
        """
        for name in given:
            if name not in self.options:
                flag = "--" + name.replace("_", "-")
                raise LessonError(f"the lesson {self.name} has no use for {flag}; {self.takes}")
        checked = {name: self.options[name].checked(value) for name, value in given.items()}
        with np.errstate(all="ignore"):  # a run that leaves the numbers is told by the lesson
            return self.function(self.settings(**checked))

    @property
    def takes(self) -> str:
        """Which settings it takes, in words."""
        flags = ", ".join(option.flag for option in self.options.values())
        return f"it takes {flags}" if flags else "it has no settings"


def lesson(
    title: str, *, order: int, settings: type[S], by_hand: bool = True
) -> Callable[[Function[S]], Function[S]]:
    """Register a function as the lesson of its module.

    Args:
        title: What the lesson is about, in a sentence.
        order: Its place among the lessons, smaller first.
        settings: The dataclass of its settings, made with :func:`setting`.
        by_hand: False for what no hand calculates, so that there is no worksheet of it.
    """

    def register(function: Function[S]) -> Function[S]:
        name = function.__module__.rpartition(".")[2].replace("_", "-")
        made = Lesson(name, title, order, settings, function, options(settings), by_hand)
        setattr(function, _MARK, made)
        return function

    return register


def registered(module: object) -> list[Lesson]:
    """The lessons whose functions stand in a module."""
    found = (getattr(thing, _MARK, None) for thing in vars(module).values())
    return [one for one in found if isinstance(one, Lesson)]
