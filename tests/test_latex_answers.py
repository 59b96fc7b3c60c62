"""Answers in LaTeX in several manners: right in every figure, none accused, one slip found."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache

import mpmath
import pytest

from benchmarks.latex_answers import FOUND, NAMED, Answer, Network, Outcome, answers, outcome
from micrograd_like.worksheet import Worksheet

SEEDS = range(10)
ALL = {seed: list(answers(seed)) for seed in SEEDS}
FUNCTIONS = {"sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)), "tanh": mpmath.tanh}


def forward(net: Network, held: Mapping[str, mpmath.mpf]) -> dict[str, mpmath.mpf]:
    """The forward pass to 50 digits, some names held at other numbers."""
    known = {name: mpmath.mpf(str(x)) for name, x in net.givens.items()}
    known |= held
    for step in net.steps:
        if step.left.startswith("@") or step.left.endswith("'"):
            continue
        text = step.formula.replace(r"\frac{1}{2}", "half*").replace("^", "**")
        text = re.sub(r"> <", ">*<", text).replace(r"\sigma", "sigmoid").replace(r"\tanh", "tanh")
        text = re.sub(r"<([^<>]+)>", lambda m: f"known['{m[1]}']", text)
        value = eval(text, {"known": known, "half": mpmath.mpf("0.5"), **FUNCTIONS})
        known[step.name] = held.get(step.name, value)
    return known


def true(net: Network, name: str) -> mpmath.mpf:
    """What a line comes to: a value, ∂L/∂name by differences, or a weight after its step."""
    left = next(step.left for step in net.steps if step.name == name)
    if left.endswith("'"):
        weight = left.strip("<>'")
        return net.givens[weight] - net.givens["rate"] * true(net, f"d{weight}")
    values = forward(net, {})
    if not left.startswith("@"):
        return values[name]
    wrt = left.strip("@").partition("/")[2]
    return mpmath.diff(lambda x: forward(net, {wrt: x})["L"], values[wrt])


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_of_a_right_answer_is_right(seed: int) -> None:
    right = ALL[seed][0]
    with mpmath.workdps(50):
        for step in right.net.steps:
            # Each is rounded to four places, and worked out from others that are.
            assert abs(right.stated[step.name] - true(right.net, step.name)) < 5e-4, step.name


@cache
def outcomes(seed: int) -> list[Outcome]:
    return [*map(outcome, ALL[seed])]


def marked(answer: Answer) -> str:
    return f"{answer.slip} on line {answer.line}\n{answer.text}"


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_accused_but_the_slip(seed: int) -> None:
    for found in outcomes(seed):
        assert not found.accused, f"{found.accused}\n{marked(found.answer)}"


def test_slips_are_found_and_named() -> None:
    slips = [found for seed in SEEDS for found in outcomes(seed) if found.answer.slip]
    missed = [o for o in slips if o.verdict != "wrong"]
    assert len(slips) > 35
    assert len(missed) <= (1 - FOUND) * len(slips), marked(missed[0].answer)
    assert sum(o.named for o in slips) >= NAMED * len(slips)


def test_the_sample_has_every_manner_of_slip() -> None:
    kinds = {answer.slip for some in ALL.values() for answer in some}
    assert kinds == {"", "digit", "sign", "link", "factor", "version"}


def damaged(text: str, chance: random.Random) -> str:
    """A document cut off, its lines shuffled, or some of its pieces exchanged."""
    manner = chance.randrange(3)
    if manner == 0:
        return text[: chance.randrange(1, len(text))]
    if manner == 1:
        return "\n".join(chance.sample(lines := text.split("\n"), len(lines)))
    pieces = re.findall(r"\\[A-Za-z]+|.|\n", text)
    for _ in range(4):
        one, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        pieces[one], pieces[other] = pieces[other], pieces[one]
    return "".join(pieces)


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_answer_is_read_as_far_as_it_goes(seed: int) -> None:
    chance = random.Random(seed)
    text = damaged(ALL[seed % len(ALL)][0].text, chance)
    report = Worksheet.parse(text, format=chance.choice(("markdown", "latex"))).check()
    assert str(report)
    assert report._repr_html_()
    for line in report.lines:
        assert line.verdict != "unreadable" or "column" in line.problem
