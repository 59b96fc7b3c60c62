"""The lessons on starts, activations, biases, thresholds, softmax and momentum, against NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.special

from micrograd_like.engine import Value
from micrograd_like.lessons import catalogue
from micrograd_like.lessons.course import xor
from micrograd_like.lessons.descent import descend
from micrograd_like.lessons.pictures import Contours, Surface
from micrograd_like.lessons.xor_networks import XOR_INPUTS, XOR_TARGETS
from micrograd_like.worksheet import Worksheet
from micrograd_like.writers.formats.text import to_text

X, T = np.array(XOR_INPUTS, float), np.array(XOR_TARGETS, float)


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def said(name: str, **given: Any) -> str:
    return " ".join(to_text(catalogue.run(name, given).blocks).split())


# Starting weights.


def inner_slopes(weight: float) -> np.ndarray:
    """∂E/∂(w from x1, w from x2, b) of a hidden neuron where all weights and biases are equal."""
    h = sigmoid(weight * X.sum(axis=1) + weight)
    out = sigmoid(2 * weight * h + weight)
    back = (out - T) * out * (1 - out) * weight * h * (1 - h)
    return np.array([(back * X[:, 0]).mean(), (back * X[:, 1]).mean(), back.mean()])


@pytest.mark.parametrize(("name", "weight"), [("all zero", 0.0), ("all 0.5", 0.5)])
def test_equal_weights_have_equal_gradients(name: str, weight: float) -> None:
    first, second = catalogue.run("starting-weights", {"epochs": 1}).record[name]["gradients"]
    expected = inner_slopes(weight)
    assert first == second == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert any(expected) == bool(weight)


def test_equal_neurons_never_part_and_random_ones_do() -> None:
    record = catalogue.run("starting-weights", {"epochs": 300}).record
    assert record["all zero"]["apart"] < 1e-12
    assert record["all 0.5"]["apart"] < 1e-12
    assert record["random"]["apart"] > 0.1


def test_what_is_learnt_from_equal_weights() -> None:
    """A hundred epochs from all 0.5, one neuron standing for both, against NumPy."""
    w, b, v, c = np.full(2, 0.5), 0.5, 0.5, 0.5
    for _ in range(100):
        h = sigmoid(X @ w + b)
        out = sigmoid(2 * v * h + c)
        delta = (out - T) * out * (1 - out)
        back = delta * v * h * (1 - h)
        w, b = w - 2 * (back[:, None] * X).mean(axis=0), b - 2 * back.mean()
        v, c = v - 2 * (delta * h).mean(), c - 2 * delta.mean()
    record = catalogue.run("starting-weights", {"epochs": 100}).record["all 0.5"]
    assert record["weights"] == pytest.approx([*w, b, *w, b, v, v, c], rel=1e-10)


# Activations.

FUNCTIONS = {
    "sigmoid": (sigmoid, lambda a: sigmoid(a) * (1 - sigmoid(a))),
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "relu": (lambda a: np.maximum(a, 0), lambda a: np.where(a > 0, 1.0, 0.0)),
    "linear": (lambda a: a, lambda a: np.ones_like(a)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_activations_and_their_derivatives(name: str) -> None:
    record = catalogue.run("activations", {}).record
    at = np.array(record["at"])
    for function, kept in zip(FUNCTIONS[name], ("values", "derivatives"), strict=True):
        assert record[kept][name] == pytest.approx(function(at), rel=1e-13, abs=1e-16)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_by_layer(name: str) -> None:
    """Of the network's own weights, worked back by NumPy, example by example."""
    from micrograd_like.nn import MLP

    net = MLP(2, [3, 3, 1], activation=name, seed=4)
    record = catalogue.run("activations", {"layers": 3, "hidden": 3, "seed": 4}).record
    arrays = [np.array(v) for n, v in net.state_dict().items() if n.endswith("weight")]
    f, slope = FUNCTIONS[name]
    squares: list[list[float]] = [[], [], []]
    for x, t in zip(X, T, strict=True):
        zs, sums = [x], []
        for n, w in enumerate(arrays):
            sums.append(w @ zs[-1])
            zs.append(sums[-1] if n == 2 else f(sums[-1]))
        back = zs[-1] - t
        for n in (2, 1, 0):
            if n < 2:
                back = back * slope(sums[n])
            squares[n] += list((np.outer(back, zs[n]) ** 2).ravel())
            back = arrays[n].T @ back
    expected = [math.sqrt(np.mean(square)) for square in squares]
    assert record["gradients"][name] == pytest.approx(expected, rel=1e-12)


@pytest.fixture
def few_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the networks that the lesson of XOR trains beside, to tell how many learn it."""
    monkeypatch.setattr(xor, "SEEDS", 2)


@pytest.mark.usefixtures("few_networks")
@pytest.mark.parametrize("name", ["tanh", "linear"])
def test_xor_with_another_activation(name: str) -> None:
    outcome = catalogue.run("xor", {"activation": name, "epochs": 30, "hidden": 2})
    text = " ".join(to_text(outcome.blocks).split())
    assert ("without an activation the hidden layer adds nothing" in text) == (name == "linear")
    if name == "linear":
        assert outcome.record["stuck_share"]["2-2-1"] == 1


# The bias.


def test_the_bias_is_a_weight_on_a_constant_1() -> None:
    """x = (1, 2), w = (0.2, −0.4), b = 0.3, y = 1: by hand (ŷ − y)·ŷ(1 − ŷ)·1."""
    out = sigmoid(0.2 * 1 - 0.4 * 2 + 0.3)
    expected = (out - 1) * out * (1 - out)
    slopes = catalogue.run("bias", {"epochs": 1}).record["derivatives"]
    assert list(slopes.values()) == pytest.approx([expected, expected], rel=1e-13)


def test_without_a_bias_the_origin_stays_at_a_half() -> None:
    record = catalogue.run("bias", {"epochs": 500}).record
    assert record["outputs"]["without"][0] == 0.5
    assert [round(out) for out in record["outputs"]["with"]] == [0, 0, 0, 1]
    assert len(record["weights"]["with"]) == 3
    assert len(record["weights"]["without"]) == 2
    assert record["losses"]["without"] == pytest.approx(math.log(2), rel=1e-12)


# The threshold.


def test_a_threshold_has_no_slope() -> None:
    record = catalogue.run("threshold", {}).record
    for row in record["rows"]:
        assert row["step"] == np.heaviside(row["a"], 0)
        assert row["step slope"] == 0
        s = sigmoid(row["a"])
        assert row["sigmoid slope"] == pytest.approx(s * (1 - s), rel=1e-13)
        steep = sigmoid(5 * row["a"])
        assert row["steep slope"] == pytest.approx(5 * steep * (1 - steep), rel=1e-11)
    left = {cost for w, cost in record["costs"]["step"] if w < 0}
    right = {cost for w, cost in record["costs"]["step"] if w > 0}
    assert len(left) == len(right) == 1
    assert len({cost for _, cost in record["costs"]["sigmoid"]}) == 7


# Softmax.


@pytest.mark.parametrize(
    "logits", [[2.0, 1.0, 0.1], [5.0, 5.0], [-3.0, 0.0, 3.0, 1.5], [90.0, -90.0]]
)
def test_softmax_and_its_derivatives(logits: list[float]) -> None:
    """Against SciPy, and the Jacobian diag(p) − p·pᵀ; the cross-entropy's gradient is p − y."""
    text = " ".join(map(str, logits))
    record = catalogue.run("softmax", {"logits": text, "right": 2}).record
    p = scipy.special.softmax(logits)
    assert record["shares"] == pytest.approx(p, rel=1e-12)
    assert np.array(record["jacobian"]) == pytest.approx(np.diag(p) - np.outer(p, p), abs=1e-13)
    assert record["gradient"] == pytest.approx(p - np.eye(len(p))[1], abs=1e-12)
    assert record["loss"] == pytest.approx(-scipy.special.log_softmax(logits)[1], rel=1e-12)


def test_softmax_is_drawn_with_three_classes() -> None:
    """Every point of the grid has the class whose sum is largest; most examples lie in theirs."""
    outcome = catalogue.run("softmax", {})
    picture = outcome.pictures[-1]
    assert isinstance(picture, Surface)
    assert picture.level is None
    assert {value for row in picture.values for value in row} == {0.0, 1.0, 2.0}
    own = 0
    for (x, y), number in zip(picture.points, picture.classes, strict=True):
        row = min(range(len(picture.ys)), key=lambda n: abs(picture.ys[n] - y))
        column = min(range(len(picture.xs)), key=lambda n: abs(picture.xs[n] - x))
        own += picture.values[row][column] == number
    assert own >= 0.9 * len(picture.points)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"logits": "1"}, "--logits: expected 2 to 8 numbers"),
        ({"logits": "1 two"}, "--logits: expected 2 to 8 numbers"),
        ({"logits": "1 1e9"}, "--logits: expected 2 to 8 numbers"),
        ({"logits": "1 2", "right": 3}, "--right: expected a class from 1 to 2, got 3"),
    ],
)
def test_logits_that_are_none(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        catalogue.run("softmax", given)


# Momentum.


@pytest.mark.parametrize("share", [0.0, 0.8])
def test_descent_in_a_valley(share: float) -> None:
    """Both coordinates of E = ½(u² + 50v²) step by step, with NumPy."""
    w, m = np.array([-4.0, 1.0]), np.zeros(2)
    costs = []
    for _ in range(41):
        costs.append((w[0] ** 2 + 50 * w[1] ** 2) / 2)
        m = share * m + np.array([1.0, 50.0]) * w
        w = w - 0.03 * m
    outcome = catalogue.run("momentum", {"epochs": 40, "share": share})
    curve = outcome.pictures[1].lines["with momentum"]
    assert curve == pytest.approx(costs, rel=1e-9)


@pytest.mark.parametrize(
    ("rate", "plain", "other"), [(0.039, False, False), (0.045, True, False), (0.08, True, True)]
)
def test_which_rates_stay_in_the_valley(rate: float, plain: bool, other: bool) -> None:
    """2/c is 0.04; with the share β = 0.8, 2(1 + β)/c is 0.072."""
    record = catalogue.run("momentum", {"rate": rate, "epochs": 2000}).record
    assert record["plain"]["ran_away"] == plain
    assert record["with momentum"]["ran_away"] == other


def test_the_valley_is_drawn_with_both_ways() -> None:
    picture = catalogue.run("momentum", {}).pictures[0]
    assert isinstance(picture, Contours)
    assert [path[0] for path in picture.paths.values()] == [(-4.0, 1.0)] * 2
    grid = np.array(picture.xs)[None, :] ** 2 / 2 + 25 * np.array(picture.ys)[:, None] ** 2
    assert np.array(picture.values) == pytest.approx(grid, rel=1e-12)


def test_momentum_is_faster_here() -> None:
    record = catalogue.run("momentum", {}).record
    assert record["with momentum"]["steps"] < record["plain"]["steps"] / 2
    assert "its steps grow to 1/(1 − β) = 5.000 times the plain one" in said("momentum")


def test_where_the_slope_stays_the_same_momentum_takes_longer_steps() -> None:
    """Down E = u, whose slope is 1 for ever: 1/(1 − β) times the plain step, and never more."""
    u = Value(0.0, "u")
    path = np.array(descend(u * 1, [], [u], [[]], rate=0.1, epochs=200, momentum=0.8).path)[:, 0]
    steps = -np.diff(path) / 0.1
    assert steps[-1] == pytest.approx(5.0, rel=1e-9)
    assert steps.max() <= 5.0 + 1e-9


# Worksheets.


@pytest.mark.usefixtures("few_networks")
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("perceptron", {}),
        ("bias", {"epochs": 5}),
        ("threshold", {"steepness": 1000.0}),
        ("matrix-form", {}),
        ("matrix-form", {"hidden": 1, "seed": 3}),
        ("matrix-form", {"hidden": 12, "rate": 3.0}),
        ("starting-weights", {"epochs": 5}),
        ("activations", {}),
        ("softmax", {"logits": "90 -90 0"}),
        ("momentum", {"epochs": 5}),
        ("momentum", {"share": 0.0, "epochs": 5}),
        ("xor", {"epochs": 2}),
        ("xor", {"epochs": 2, "activation": "relu", "hidden": 3}),
    ],
)
def test_a_lessons_worksheet_is_read_whole_and_is_right(name: str, given: dict[str, Any]) -> None:
    sheet = Worksheet.parse(catalogue.run(name, given).worksheet)
    assert not sheet.problems
    report = sheet.check()
    assert {line.verdict for line in report.lines} == {"right", "taken"}
    assert report.counts["right"] >= report.counts["taken"]


@pytest.mark.usefixtures("few_networks")
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("xor", {"epochs": 2, "hidden": 13}),
        ("matrix-form", {"hidden": 13}),
        ("momentum", {"rate": 1e300, "epochs": 5}),
        ("moons", {"epochs": 1, "hidden": 2}),
    ],
)
def test_what_no_hand_calculates_has_no_worksheet(name: str, given: dict[str, Any]) -> None:
    assert catalogue.run(name, given).worksheet == ""


def test_the_perceptrons_worksheet_is_its_first_correction() -> None:
    """The rule's w + rate·error·x on the first point that it has wrong, from the sheet's givens."""
    sheet = Worksheet.parse(catalogue.run("perceptron", {"rate": 0.1}).worksheet)
    at = {name: node.data for name, node in sheet.names.items()}
    guess = 1 if at["w1"] * at["x1"] + at["w2"] * at["x2"] + at["b"] > 0 else -1
    error = at["y"] - guess
    assert error
    for weight, x in (("w1", at["x1"]), ("w2", at["x2"]), ("b", 1.0)):
        assert at[f"{weight}'"] == pytest.approx(at[weight] + 0.1 * error * x, rel=1e-12)
