"""A lesson is one file: what is listed, set, checked and drawn is made from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from copied import commands, copy_packages

from micrograd_like.errors import LessonError
from micrograd_like.lessons import catalogue
from micrograd_like.lessons.registry import options, setting

ADDED = '''"""How often a number is halved."""

from __future__ import annotations

from dataclasses import dataclass

from micrograd_like.lessons.outcome import Outcome
from micrograd_like.lessons.pictures import Curves
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.writers.blocks import Heading, Sentence


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    halvings: int = setting(3, "How often.", least=1, most=9)


@lesson("A number is halved.", order=15, settings=Settings)
def halving(settings: Settings) -> Outcome:
    """1, 1/2, 1/4, …"""
    numbers = [0.5**n for n in range(settings.halvings + 1)]
    said = [Heading("Halving", level=1), Sentence(f"It ends at {numbers[-1]}.")]
    return Outcome(said, {"numbers": numbers}, [Curves("Halved", "number", {"it": numbers})])
'''


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages with one file more."""
    folder = tmp_path_factory.mktemp("copy")
    copy_packages(folder)
    course = folder / "micrograd_like" / "lessons" / "course"
    (course / "halving_numbers.py").write_text(ADDED, encoding="utf-8")
    return folder


def test_one_file_is_all_that_a_lesson_needs(copy: Path) -> None:
    """Listed in its place, its setting an option with help and a range, run, and drawn."""
    own = ["lessons", "halving-numbers"]
    listed, helped, done, written, refused = commands(
        copy,
        ["lessons"],
        [*own, "--help"],
        [*own, "--halvings", "2", "--plot", "halved.svg"],
        [*own, "--format", "json"],
        [*own, "--halvings", "10"],
    )
    names = [line.split()[0] for line in listed.stdout.splitlines()[1:] if line]
    assert names[:3] == ["one-weight", "halving-numbers", "line-fit"]
    assert "--halvings" in helped.stdout
    said = " ".join(helped.stdout.replace("│", " ").split())
    assert "How often. (from 1 to 9; default: 3)" in said
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("It ends at 0.25.\n")
    assert ">Halved<" in (copy / "halved.svg").read_text(encoding="utf-8")
    document = json.loads(written.stdout)
    assert document["settings"] == {"halvings": 3}
    assert document["numbers"] == [1, 0.5, 0.25, 0.125]
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--halvings: expected a whole number from 1 to 9, got 10" in refused.stderr


@dataclass(frozen=True)
class Example:
    """Every type a setting can have."""

    count: int = setting(3, "Whole.", least=1)
    rate: float = setting(0.5, "Above 0.", above=0, most=2)
    way: Literal["up", "down"] = setting("up", "One of two.")
    name: str = setting("", "Any text.")
    loud: bool = setting(False, "Yes or no.")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("count", 0, "--count: expected a whole number at least 1, got 0"),
        ("count", 1.5, "--count: expected a whole number at least 1, got 1.5"),
        ("count", True, "--count: expected a whole number"),
        ("rate", 0.0, "--rate: expected a number above 0 and at most 2, got 0.0"),
        ("rate", float("nan"), "--rate: expected a number above 0 and at most 2, got nan"),
        ("way", "upp", "--way: expected one of up, down, got upp; did you mean 'up'?"),
        ("name", 3, "--name: expected text, got 3"),
        ("loud", 1, "--loud: expected true or false, got 1"),
    ],
)
def test_what_is_set_is_checked(name: str, value: Any, says: str) -> None:
    with pytest.raises(LessonError) as caught:
        options(Example)[name].checked(value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"), [("count", 7), ("rate", 2), ("way", "down"), ("name", "x"), ("loud", True)]
)
def test_what_fits_is_taken(name: str, value: Any) -> None:
    assert options(Example)[name].checked(value) == value


def test_settings_that_are_none_are_told_at_once() -> None:
    @dataclass(frozen=True)
    class Bad:
        rate: float = setting(0.0, "Its default is out of range.", above=0)

    @dataclass(frozen=True)
    class Plain:
        rate: float = 0.1

    @dataclass
    class Changeable:
        rate: float = setting(0.1, "Settings that can be changed.", above=0)

    for settings, says in ((Bad, "above 0, got 0.0"), (Plain, "setting"), (Changeable, "frozen")):
        with pytest.raises(TypeError, match=says):
            options(settings)


def test_a_setting_that_a_lesson_does_not_take_is_refused() -> None:
    with pytest.raises(LessonError, match="no use for --hidden; it takes --epochs, --rate"):
        catalogue.run("one-weight", {"hidden": 3})


def test_every_module_of_the_course_registers_its_lesson() -> None:
    for name in catalogue.names():
        lesson = catalogue.load(name)
        assert lesson.name == name
        assert lesson.title.endswith(".")
        assert all(option.help.endswith(".") for option in lesson.options.values())
