"""Slips in right lines: the instrument plants what is wrong, and marking finds it."""

from __future__ import annotations

import random
from decimal import localcontext

import pytest

from benchmarks.by_rule.expression import CONTEXT
from benchmarks.slips import (
    GOALS,
    RIGHT,
    Task,
    changes,
    corpus,
    in_file,
    really_wrong,
    sections,
    task,
)

SHEET = """
x = 2
w = 0.35
t = 1
z = w*x = 0.7
p = sigmoid(z) = 0.668
L = (p - t)^2 = 0.110
dL/dp = 2*(p - t) = -0.664
dp/dz = p*(1 - p) = 0.668*0.332 = 0.222
"""


@pytest.fixture
def sheet() -> Task:
    with localcontext(CONTEXT):
        return task("a neuron", SHEET.split("\n")[1:-1])


@pytest.mark.parametrize(
    ("line", "part", "other", "wrong"),
    [
        (6, 0, "2*(p + t)", True),  # another sign
        (6, 0, "2*(t - p)", True),  # turned around
        (6, 1, "-0.674", True),  # a digit
        (6, 1, "-0.663", False),  # half a unit of p reaches as far
        (7, 0, "p*(1 - z)", True),  # another name
        (7, 1, "0.668*0.342", True),
        (7, 1, "0.668*0.333", False),  # inside the rounding
        (7, 0, "p/(1/(1 - p))", False),  # the same in other words
    ],
)
def test_only_what_no_rounding_explains_is_a_slip(
    sheet: Task, line: int, part: int, other: str, wrong: bool
) -> None:
    with localcontext(CONTEXT):
        assert really_wrong(sheet, sheet.lines[line], part, other) is wrong


def test_each_kind_changes_one_piece() -> None:
    found = changes("2*(p - t)^2/x", ["p", "t", "x"], random.Random(0))
    assert all(found[kind] for kind in GOALS)
    assert "2*(p + t)^2/x" in found["sign"]
    assert "2*(p - t)^2*x" in found["operator"]
    assert {len(other) for other in found["digit"]} == {len("2*(p - t)^2/x")}


def test_the_right_worksheets_of_the_tests_are_read() -> None:
    assert sum(1 for _ in sections(RIGHT)) > 60


def test_slips_are_found_and_nothing_elsewhere_is_accused() -> None:
    """A sample; the command has the goals. What is missed is a matter of digits at their edge."""
    slips = [*corpus(20, 11, 1)]
    assert len(slips) > 12
    assert sum(s.verdict == "wrong" for s in slips) >= 0.8 * len(slips)
    assert [t for s in slips for t in s.elsewhere if "→ wrong" in t] == []


@pytest.mark.slow
def test_slips_in_the_right_worksheets_of_the_tests() -> None:
    slips = [*in_file(RIGHT, 0)]
    assert sum(s.verdict == "wrong" for s in slips) >= 0.85 * len(slips)
    assert [t for s in slips for t in s.elsewhere if "→ wrong" in t] == []
