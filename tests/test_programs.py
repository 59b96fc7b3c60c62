"""Networks written out in NumPy, as ``benchmarks.programs`` measures them; a few of them here."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.programs import differences, measured, program
from micrograd_like.worksheet import Worksheet

#: Right ones whose numbers are written out.
GIVEN = [made for seed in range(8) if (made := program(random.Random(seed), False)).style.given]


@pytest.mark.parametrize("place", range(len(GIVEN)))
def test_what_is_right_by_construction_agrees_with_differences(place: int) -> None:
    assert max(differences(GIVEN[place]).values()) < 1e-5


@given(st.integers(0, 10**9))
@settings(max_examples=settings().max_examples // 4)  # each is a network, read and marked
def test_a_program_that_is_right_is_not_accused(seed: int) -> None:
    made = program(random.Random(seed), wrong=False)
    found = Worksheet.parse(made.text, format="python").check()
    assert all(line.verdict in ("right", "taken") for line in found.lines)


@pytest.mark.parametrize("networks", [8, pytest.param(24, marks=pytest.mark.slow)])
def test_slips_are_found_and_named_and_nothing_else(networks: int) -> None:
    counts = measured(networks, seed=7)
    assert counts.slips == networks // 2
    assert (counts.accused, counts.beside) == (0, 0)
    assert counts.found >= counts.slips - 1
    assert counts.named >= counts.slips - 2
