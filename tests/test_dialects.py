"""The same worksheet in other notations: what is written, and that the verdicts stay."""

from __future__ import annotations

import random

import pytest

from benchmarks.dialects import DIALECTS, corpus

LINES = ["x1 = 0.5", "w1 = 2", "z = w1*x1 + w1^2 = 5", "dz/dw1 = x1 + 2*w1 = 4.5"]
WRITTEN = {
    "subscripts": "dz/dw₁ = x₁ + 2*w₁ = 4.5",
    "braces": "dz/dw_{1} = x_{1} + 2*w_{1} = 4.5",
    "brackets": "dz/dw[1] = x[1] + 2*w[1] = 4.5",
    "italics": "d𝑧/d𝑤1 = 𝑥1 + 2*𝑤1 = 4.5",
    "dots and powers": "dz/dw1 = x1 + 2·w1 = 4.5",
    "∂ for d": "∂z/∂w1 = x1 + 2*w1 = 4.5",
    "δ for d": "δz/δw1 = x1 + 2*w1 = 4.5",
    "no blanks": "dz/dw1=x1+2*w1=4.5",
    "decimal commas": "dz/dw1 = x1 + 2*w1 = 4,5",
}

#: Worksheets of the corpus, where the first few have nothing to write so.
COUNTS = {"sums with Σ": 5}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_dialect_writes_every_name_and_sign_in_its_way(name: str) -> None:
    assert DIALECTS[name](LINES, random.Random(0))[-1] == (WRITTEN[name], [3])


@pytest.mark.parametrize("name", DIALECTS)
def test_verdicts_stay_in_a_dialect(name: str) -> None:
    """Right lines and slips alike."""
    found = list(corpus(COUNTS.get(name, 4), 2, 1, name))
    assert sum(len(c.lines) for c in found) >= 10
    assert [row for c in found for row in c.lines if row[0] != row[1]] == []
