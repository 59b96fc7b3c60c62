"""Shapes in words: networks of any layers, a softmax of so many classes, a recurrent net."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import pytest
from sampled import sampled

from micrograd_like import Worksheet
from micrograd_like.errors import WorksheetError
from micrograd_like.exercises import generate
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.exercises.words import COSTS, WEIGHTS, find, shape_of
from micrograd_like.formula import Name
from micrograd_like.ops import ACTIVATIONS

SAID = [
    "1-1",
    "3-2-1 relu",
    "2-3-1",
    "2-3-2 tanh linear mse",
    "2-2 softplus mse",
    "2-2-1 tanh cross-entropy",
    "2-2-2 relu sigmoid cross-entropy no-bias",
    "1-1-1-1-1 tanh relu softplus linear",
    "4-4-3 relu",
    "softmax 2",
    "softmax 8",
    "rnn 2",
    "rnn 6 softplus",
    "rnn 3 relu",
]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("seed", sampled([0, 7], every=2))
def test_a_solved_one_is_right_by_the_marking(said: str, seed: int) -> None:
    report = Worksheet.parse(generate(said, seed, form="solved").text).check()
    assert {line.verdict for line in report.lines} == {"right", "taken"}


@pytest.mark.parametrize("said", ["2-2-1 relu", "softmax 4", "rnn 3"])
def test_a_slip_is_planted(said: str) -> None:
    (slip,) = generate(said, 2, form="slips").planted
    assert slip.wrong != slip.right


# Against a network written out here, in floats, with central differences.

FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "linear": lambda z: z,
}


def test_every_activation_has_its_function_here() -> None:
    assert {*FUNCTIONS} == {*ACTIVATIONS, "linear"}


def cost_of(
    sizes: Sequence[int], functions: Sequence[str], kind: str, given: dict[str, float]
) -> float:
    """The network's cost: its weights by the letters w, v, u, t, its biases b, c, r, s."""
    units = [given[f"x{i}"] if sizes[0] > 1 else given["x"] for i in range(1, sizes[0] + 1)]
    for layer, (count, function) in enumerate(zip(sizes[1:], functions, strict=True)):
        weight, bias = "wvut"[layer], "bcrs"[layer]
        units = [
            FUNCTIONS[function](
                sum(given[f"{weight}{j}{i}"] * unit for i, unit in enumerate(units, 1))
                + given.get(f"{bias}{j}" if count > 1 else bias, 0.0)
            )
            for j in range(1, count + 1)
        ]
    targets = [given[f"y{j}"] if len(units) > 1 else given["y"] for j in range(1, len(units) + 1)]
    pairs = list(zip(units, targets, strict=True))
    if kind == "cross-entropy":
        return -sum(y * math.log(o) + (1 - y) * math.log(1 - o) for o, y in pairs)
    whole = sum((o - y) ** 2 for o, y in pairs)
    return whole / 2 if kind == "squared" else whole / len(pairs)


@pytest.mark.parametrize(
    ("said", "functions", "kind"),
    [
        ("3-2-1 relu", ["relu", "relu"], "squared"),
        ("2-3-1", ["sigmoid", "sigmoid"], "squared"),
        ("2-3-2 tanh linear mse", ["tanh", "linear"], "mse"),
        ("2-2-1 tanh cross-entropy", ["tanh", "sigmoid"], "cross-entropy"),
        ("2-2-2 relu sigmoid cross-entropy no-bias", ["relu", "sigmoid"], "cross-entropy"),
        ("1-2-1-1 tanh relu softplus", ["tanh", "relu", "softplus"], "squared"),
    ],
)
def test_cost_and_slopes_are_those_of_the_network(
    said: str, functions: list[str], kind: str
) -> None:
    sheet = Worksheet.parse(generate(said, 4, 6, "solved").text)
    sizes = [int(size) for size in said.split()[0].split("-")]
    given = {
        str(s.left): sheet.names[str(s.left)].data for s in sheet.statements if s.kind == "given"
    }
    assert sheet.names["E"].data == pytest.approx(cost_of(sizes, functions, kind, given), rel=1e-9)
    written = {str(s.left): s.parts[-1].number for s in sheet.statements}
    learnt = shape_of(said).updated.split()
    assert len(learnt) == sum(
        (below + ("no-bias" not in said)) * above for below, above in pairwise(sizes)
    )
    for name in learnt:
        h = 1e-5
        ends = [cost_of(sizes, functions, kind, given | {name: given[name] + d}) for d in (h, -h)]
        number = written[f"dE/d{name}"]
        assert number is not None
        # Differences are good to h², what is written to half of its last place or of a figure's.
        assert float(number.value) == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=2e-5)


@pytest.mark.parametrize("said", ["4-4-3 relu", "3-4-2 relu", "rnn 5 relu"])
@pytest.mark.parametrize("seed", sampled(range(5), every=3))
def test_no_unit_is_off_and_none_saturated(said: str, seed: int) -> None:
    sheet = Worksheet.parse(generate(said, seed).text)
    sums = [node.data for name, node in sheet.names.items() if re.fullmatch("[an][0-9]*", name)]
    assert sums
    assert all(0.1 < size < 30 for size in sums)


def test_of_one_activation_cost_and_order_there_is_one_shape() -> None:
    """What is chosen without a word is the same shape, with the same numbers, as in words."""
    assert generate("2-3-1", 5).text == generate("2-3-1 squared sigmoid sigmoid", 5).text
    assert find("2-2-1") is SHAPES["2-2-1"]
    assert find("softmax 3").definitions == SHAPES["softmax"].definitions
    assert [name for name, _ in find("rnn 2").definitions] == [
        name for name, _ in SHAPES["recurrent"].definitions
    ]


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_any_activation_goes_with_any_cost(activation: str, cost: str) -> None:
    last = "sigmoid" if cost == "cross-entropy" else activation
    shape = shape_of(f"2-2-1 {activation} {last} {cost}")
    assert [name for name, _ in shape.definitions][-1] == Name("E")
    assert generate(shape.name, 1).text.count("?") > 20


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("2-7-1", "expected 1 to 6 units a layer, got 7"),
        ("2-0-1", "expected 1 to 6 units a layer, got 0"),
        ("1-1-1-1-1-1", "expected 2 to 5 layers, the inputs among them; got 6"),
        (
            "6-6-6",
            f"at most {WEIGHTS} weights and biases, which is much for a hand",
        ),
        ("9" * 5000 + "-1", "expected 1 to 6 units a layer"),
        ("2-2-1 rleu", "did you mean 'relu'"),
        ("2-2-1 tanh tanh tanh", "or 2, one a layer; got 3"),
        ("2-1 mse squared", "expected one cost, got mse and squared"),
        ("2-1 relu relu cross-entropy", "expected sigmoid in the last layer, got relu"),
        ("softmax 1", "expected 2 to 8 classes, got 1"),
        ("softmax many", "expected 2 to 8 classes, got many"),
        ("rnn 7", "expected 2 to 6 steps, got 7"),
        ("rnn 3 tnah", "did you mean 'tanh'"),
        ("rnn 3 tanh relu", "one activation, got 'tanh relu'"),
        ("chian", "did you mean 'chain'"),
        ("a net", "expected layers such as 3-2-1"),
        ("", "expected layers such as 3-2-1"),
    ],
)
def test_what_is_no_shape_is_said(said: str, message: str) -> None:
    with pytest.raises(WorksheetError, match=re.escape(message)):
        generate(said)


def test_the_numbers_of_a_seed_stay_what_they_are() -> None:
    """Whatever the machine or the version of Python: a class has the sheet on paper."""
    assert generate("2-1", 1).text.splitlines()[3:11] == [
        "x1 = 1.22",
        "x2 = 1.63",
        "y = 0.72",
        "eta = 0.27",
        "w11 = -0.16",
        "w12 = -0.69",
        "b = 0.88",
        "",
    ]
