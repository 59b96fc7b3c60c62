"""The lessons: their numbers against independent ones, and the commands that run them."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from command import Done, run
from hypothesis import given
from hypothesis import strategies as st
from sampled import sampled

from micrograd_like import losses, nn
from micrograd_like.engine import Value, grad
from micrograd_like.lessons import catalogue, matrices
from micrograd_like.lessons.course import xor
from micrograd_like.lessons.course.matrix_form import graph_deltas
from micrograd_like.lessons.matrices import HIDDEN_ERRORS, Matrices
from micrograd_like.lessons.outcome import Outcome
from micrograd_like.lessons.pictures import (
    Contours,
    Curves,
    Images,
    Layers,
    MatrixLine,
    Picture,
    Plane,
    Surface,
)
from micrograd_like.lessons.xor_networks import (
    LEARNT,
    SEEDS,
    WAYS,
    XOR_INPUTS,
    XOR_TARGETS,
    is_learnt,
    train_xor,
)
from micrograd_like.worksheet import Worksheet, builtin
from micrograd_like.writers.formats import written
from micrograd_like.writers.formats.latex import to_latex
from micrograd_like.writers.formats.text import to_text
from micrograd_like.writers.layout import Page
from visualize import plots

XOR_SETTINGS: dict[str, Any] = catalogue.load("xor").defaults
#: Enough for every sentence to be there, quick enough for a test.
SHORT: dict[str, dict[str, Any]] = {
    "one-weight": {"epochs": 5},
    "line-fit": {"epochs": 200},
    "perceptron": {},
    "bias": {"epochs": 20},
    "threshold": {},
    "starting-weights": {"epochs": 20},
    "activations": {},
    "softmax": {},
    "momentum": {"epochs": 50},
    "splitting-the-error": {"epochs": 20},
    "matrix-form": {},
    "xor": {"epochs": 10},
    "moons": {"epochs": 3},
    "digits": {"epochs": 2, "hidden": 8},
}


def lesson(*arguments: str, **environment: str) -> Done:
    return run("lessons", *arguments, **environment)


def record(name: str, **given: Any) -> Any:
    """A lesson's numbers, through JSON and back."""
    return dict(catalogue.document(name, given, catalogue.run(name, given)).record())


@cache
def shortly(name: str) -> Outcome:
    """What a lesson comes to with few epochs, and few other networks that are trained beside."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xor, "SEEDS", 2)
        return catalogue.run(name, SHORT.get(name, {}))


@pytest.mark.parametrize("name", SHORT)
def test_which_lessons_have_a_worksheet_is_listed(name: str) -> None:
    """And none has numbers that JSON has no words for."""
    outcome = shortly(name)
    assert bool(outcome.worksheet) == catalogue.load(name).by_hand
    listed = catalogue.listing()[name]
    assert ("(no worksheet)" in listed) != catalogue.load(name).by_hand
    json.dumps(outcome.record, allow_nan=False)


# One neuron.


def test_one_weight_is_nudged_by_rate_error_input() -> None:
    """The course's numbers: guess 0.7, answer 1, error 0.3; a nudge leaves 1 − rate of it."""
    numbers = record("one-weight", rate=0.1, epochs=10)
    assert numbers["dE/dw"] == pytest.approx(-0.3, rel=1e-15)
    assert numbers["delta_w"] == pytest.approx(0.03, rel=1e-15)
    expected = [1 - 0.3 * 0.9**n for n in range(11)]
    assert numbers["guesses"] == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("seed", range(3))
def test_the_line_reaches_least_squares(seed: int) -> None:
    """To 1e-6, against the normal equations solved here."""
    numbers = record("line-fit", seed=seed)
    xs, ys = np.array(numbers["points"]).T
    m = ((xs - xs.mean()) * (ys - ys.mean())).sum() / ((xs - xs.mean()) ** 2).sum()
    line = numbers["lines"]["all at once"]
    assert line["m"] == pytest.approx(m, abs=1e-6)
    assert line["b"] == pytest.approx(ys.mean() - m * xs.mean(), abs=1e-6)
    assert numbers["off_by"]["one by one"] > 1e-4  # it never comes to rest, as the lesson says
    assert not any(numbers["ran_away"].values())


@pytest.mark.parametrize("rate", [0.95, 1.05])
def test_the_rate_at_which_a_run_leaves_the_bowl(rate: float) -> None:
    """Of the limit 2/λ that the lesson says: just below it stays, just above it runs away."""
    numbers = record("line-fit", epochs=1)
    xs = np.array(numbers["points"])[:, 0]
    largest = np.linalg.eigvalsh(
        np.cov([xs, np.ones(20)], bias=True) + np.outer([xs.mean(), 1.0], [xs.mean(), 1.0])
    )[-1]
    assert numbers["largest_curvature"] == pytest.approx(largest, rel=1e-12)
    at = record("line-fit", epochs=400, rate=rate * 2 / largest)
    assert at["ran_away"]["all at once"] == (rate > 1)


@pytest.mark.parametrize("rate", [2.0, 50.0, 1e300])
def test_a_run_that_diverges_is_told(rate: float) -> None:
    for name in ("one-weight", "line-fit"):
        outcome = catalogue.run(name, {"rate": rate, "epochs": 300})
        json.dumps(outcome.record, allow_nan=False)
        said = " ".join(to_text(outcome.blocks).split())
        if name == "line-fit" or rate > 2:
            assert "it runs away: every step goes too far" in said
        plots.figure(outcome.pictures)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("bias", {"rate": 1e308, "epochs": 4}),
        ("splitting-the-error", {"rate": 1e308, "epochs": 4}),
        ("splitting-the-error", {"epochs": 1, "weights": "0 0, 0 0"}),
        ("starting-weights", {"rate": 1e308, "epochs": 4}),
        ("starting-weights", {"spread": 1e-16, "epochs": 4}),
        ("matrix-form", {"rate": 1e300, "hidden": 1}),
        ("matrix-form", {"rate": 1e-320, "hidden": 1}),
        ("line-fit", {"rate": 1e-320, "epochs": 4}),
        ("line-fit", {"rate": 1e150, "epochs": 4}),
        ("softmax", {"logits": "100 -100"}),
        ("momentum", {"steepness": 1.0, "rate": 1e308, "epochs": 4}),
    ],
)
def test_extreme_settings(name: str, given: dict[str, Any]) -> None:
    """Sentences with figures that one can read, no token that JSON lacks, a picture, no warning."""
    outcome = catalogue.run(name, given)
    document = catalogue.document(name, given, outcome)
    data = written("json", document)
    json.loads(data, parse_constant=lambda token: pytest.fail(token))
    text = re.sub(r'"[^"]*"', "", to_text(outcome.blocks))  # but for what is to be typed
    assert not re.search(r"\d{30}|\bnan\b|\binf\b|[^\w−–-]-\d|[-−]0\.0+\b(?!e)", text)
    plots.svg(outcome.pictures)
    if outcome.worksheet:
        report = Worksheet.parse(outcome.worksheet).check()
        assert not {line.verdict for line in report.lines} & {"wrong", "unreadable"}


def test_a_run_that_diverges_is_no_error() -> None:
    result = lesson("line-fit", "--rate", "2")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Too far at every step" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 88


def test_the_bowls_are_the_costs() -> None:
    """Over m and b, and over m alone, against NumPy; the path starts at 0 and lies in it."""
    outcome = catalogue.run("line-fit", {"epochs": 3})
    xs, ys = np.array(outcome.record["points"]).T
    over_m, bowl = outcome.pictures[-2:]
    assert isinstance(over_m, Plane)
    assert isinstance(bowl, Contours)
    grid = np.array(bowl.xs)[None, :, None], np.array(bowl.ys)[:, None, None]
    costs = ((grid[0] * xs + grid[1] - ys) ** 2).mean(axis=-1) / 2
    assert np.array(bowl.values) == pytest.approx(costs, rel=1e-12)
    assert [path[0] for path in bowl.paths.values()] == [(0.0, 0.0)] * 2
    best = outcome.record["lines"]["least squares"]
    places, heights = np.array(over_m.lines["loss"]).T
    costs = ((places[:, None] * xs + best["b"] - ys) ** 2).mean(axis=-1) / 2
    assert heights == pytest.approx(costs, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_what_the_rate_does_to_a_perceptron(seed: int) -> None:
    """From weights 0 nothing, with the rule done again here; and fewer epochs by --rate 0.1."""
    numbers = record("perceptron", seed=seed)
    rows = numbers["epochs_by_rate"]
    assert len({row["from_zero"] for row in rows}) == 1
    assert rows[1]["from_random"] == len(numbers["mistakes"])
    assert rows[0]["from_random"] >= rows[1]["from_random"]


@pytest.mark.parametrize("seed", range(5))
def test_the_perceptrons_rule_is_the_graphs_gradient(seed: int) -> None:
    """The same products in another order: equal to a few roundings of numbers around 1."""
    numbers = record("perceptron", seed=seed)
    assert numbers["graph"] == pytest.approx(numbers["rule"], abs=1e-13)
    assert numbers["accuracy"] == 1
    assert numbers["mistakes"][-1] == 0


# Hidden errors.


def test_the_error_is_split_on_the_courses_numbers() -> None:
    """By hand: shares 2/3 and 1/3 of 0.3; plain 0.2·0.3 and 0.1·0.3; times 0.7·0.3 the gradient."""
    one = record("splitting-the-error", epochs=1)["one output"]
    assert one["hidden"]["normalised"] == pytest.approx([0.2, 0.1], rel=1e-14)
    assert one["hidden"]["plain Wᵀ·E"] == pytest.approx([0.06, 0.03], rel=1e-14)
    assert one["hidden"]["chain rule"] == pytest.approx([0.0126, 0.0063], rel=1e-14)
    assert one["graph"] == pytest.approx([0.0126, 0.0063], rel=1e-14)
    assert one["ratio"]["plain Wᵀ·E"] == pytest.approx(1 / 0.21, rel=1e-14)
    assert one["ratio"]["normalised"] == pytest.approx(0.2 / 0.0126, rel=1e-14)


def test_two_outputs_add_up_and_the_direction_changes() -> None:
    """By hand, errors 0.3 and −0.4, o(1 − o) 0.21 and 0.24, weights 0.2 0.1 and 0.3 0.4."""
    both = record("splitting-the-error", epochs=1)["all outputs"]
    assert both["errors"] == pytest.approx([0.3, -0.4], rel=1e-15)
    shares = [0.3 * 2 / 3 - 0.4 * 3 / 7, 0.3 / 3 - 0.4 * 4 / 7]
    assert both["hidden"]["normalised"] == pytest.approx(shares, rel=1e-13)
    assert both["hidden"]["plain Wᵀ·E"] == pytest.approx([-0.06, -0.13], rel=1e-13)
    truth = [0.2 * 0.063 - 0.3 * 0.096, 0.1 * 0.063 - 0.4 * 0.096]
    assert both["graph"] == pytest.approx(truth, rel=1e-13)
    angle = math.degrees(math.atan2(0.13, 0.06) - math.atan2(-truth[1], -truth[0]))
    assert both["angle"]["plain Wᵀ·E"] == pytest.approx(abs(angle), rel=1e-9)
    assert both["angle"]["normalised"] > 30


def test_the_shares_are_said_in_per_cent() -> None:
    said = to_text(catalogue.run("splitting-the-error", {"epochs": 1}).blocks)
    assert "Shares of the weights: h1 67%, h2 33%." in said


@pytest.mark.parametrize(
    ("guesses", "says"),
    [
        ("0.7 0.4", "here 0.21, 0.24, and the direction is off by 2.0°"),
        ("0.7 0.3", "are equal here, 0.21, 0.21, so that plain Wᵀ·E is only too long"),
    ],
)
def test_whether_several_outputs_turn_the_direction(guesses: str, says: str) -> None:
    outcome = catalogue.run("splitting-the-error", {"epochs": 1, "guesses": guesses})
    assert says in " ".join(to_text(outcome.blocks).split())


def test_plain_errors_are_the_gradient_of_the_cross_entropy() -> None:
    """−∂E/∂h = Wᵀ(t − o) for logistic outputs, from the graph; to rounding."""
    w, t = np.array([[0.2, 0.1], [0.3, 0.4]]), np.array([1.0, 0.0])
    h = [Value(0.5, "h1"), Value(0.25, "h2")]
    outs = [
        sum((float(x) * node for x, node in zip(row, h, strict=True)), Value(0.0)).sigmoid()
        for row in w
    ]
    cost = losses.total(
        [losses.binary_cross_entropy(o, goal) for o, goal in zip(outs, t.tolist(), strict=True)]
    )
    expected = w.T @ (t - np.array([o.data for o in outs]))
    assert [-slope for slope in grad(cost, h)] == pytest.approx(expected, rel=1e-14)


def test_summed_over_examples_plain_errors_turn_the_direction() -> None:
    """The angle that the lesson tells, at the start, by gradients of the two costs' graphs."""
    largest = 0.0
    for seed in range(SEEDS):
        net = nn.MLP(2, [4, 1], activation="sigmoid", output="sigmoid", seed=seed)
        inner = net.layers[0].parameters()
        slopes = []
        for loss in (losses.half_squared_error, losses.binary_cross_entropy):
            terms = [loss(net(x), t) for x, t in zip(XOR_INPUTS, XOR_TARGETS, strict=True)]
            slopes.append(np.array(grad(losses.total(terms), inner)))
        cosine = slopes[0] @ slopes[1] / np.linalg.norm(slopes[0]) / np.linalg.norm(slopes[1])
        largest = max(largest, math.degrees(math.acos(cosine)))
    assert record("splitting-the-error", epochs=1)["angle"]["start"] == pytest.approx(largest)
    assert largest > 1


@given(
    weights=st.lists(
        st.lists(st.floats(-3, 3).filter(lambda w: abs(w) > 0.01), min_size=3, max_size=3),
        min_size=1,
        max_size=3,
    ),
    data=st.data(),
)
def test_only_the_chain_rule_is_the_gradient(weights: list[list[float]], data: Any) -> None:
    """For any weights: Wᵀ(e ∘ o(1 − o)) to rounding; the biases put in to reach o cost digits."""
    from micrograd_like.lessons.course import splitting_the_error

    o = np.array([data.draw(st.floats(0.05, 0.95)) for _ in weights])
    t = np.array([data.draw(st.sampled_from([0.0, 1.0])) for _ in weights])
    split = splitting_the_error._split(np.array(weights), o, t)
    assert split["hidden"]["chain rule"] == pytest.approx(split["graph"], rel=1e-11, abs=1e-13)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": "0.2 x"}, "--weights: expected numbers with spaces"),
        ({"weights": "0.2 0.1, 0.3"}, "--weights: expected rows of equally many"),
        ({"weights": ""}, "--weights: expected numbers"),
        ({"weights": "1 inf"}, "--weights: expected numbers"),
        ({"guesses": "0.7"}, "--guesses: expected a number for every output, 2, got 1"),
        ({"targets": "1 0 0"}, "--targets: expected a number for every output, 2, got 3"),
        ({"guesses": "0.7 1"}, "--guesses: expected logistic outputs"),
        ({"rate": math.nan}, "--rate: expected a number above 0, got nan"),
        ({"rate": -1.0}, "--rate: expected a number above 0"),
    ],
)
def test_what_cannot_be_split_is_said(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        catalogue.run("splitting-the-error", {"epochs": 1, **options})


def test_weights_whose_sum_is_0_have_no_shares() -> None:
    one = record("splitting-the-error", epochs=1, weights="0.5 -0.5")["one output"]
    assert one["hidden"]["normalised"] is None
    assert one["graph"] == pytest.approx([0.5 * 0.063, -0.5 * 0.063], rel=1e-13)


# Matrices.


@given(
    inputs=st.integers(1, 6),
    hidden=st.integers(1, 7),
    outputs=st.integers(1, 5),
    seed=st.integers(0, 2**32),
    rate=st.floats(0.01, 10),
)
def test_the_matrix_form_is_the_graphs_gradient(
    inputs: int, hidden: int, outputs: int, seed: int, rate: float
) -> None:
    """For random shapes: ΔW by the formulas is −rate·∂E/∂W, to 1e-12."""
    net = nn.MLP(inputs, [hidden, outputs], activation="sigmoid", output="sigmoid", seed=seed)
    generator = np.random.default_rng(seed)
    x, t = generator.uniform(-2, 2, inputs), generator.uniform(0, 1, outputs)
    formulas = Matrices.of(net).deltas(x[:, None], t[:, None], rate)
    graph = graph_deltas(net, x.tolist(), t.tolist(), rate)
    for ours, theirs in zip(formulas.all(), graph.all(), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)


def test_plain_errors_are_right_for_the_outer_layer_alone() -> None:
    gaps = record("matrix-form")["off_by"]
    assert max(gaps["chain rule"].values()) < 1e-12
    plain = gaps["plain Wᵀ·E"]
    assert max(plain["ΔW_ho"], plain["ΔB_o"]) < 1e-12 < 1e-3 < min(plain["ΔW_ih"], plain["ΔB_h"])


def test_training_in_matrices_is_training_through_the_graph() -> None:
    """Twenty epochs one by one in the same order. (ŷ − y)² has twice the gradient of ½(ŷ − y)²."""
    seeds = [3, 4]
    nets = [nn.MLP(2, [3, 1], activation="sigmoid", output="sigmoid", seed=seed) for seed in seeds]
    trained, costs = matrices.train(
        nets,
        XOR_INPUTS,
        XOR_TARGETS,
        rate=2.0,
        epochs=20,
        hidden_error=HIDDEN_ERRORS["chain rule"],
        seeds=seeds,
    )
    for place, seed in enumerate(seeds):
        net, _, score = train_xor(seed, 20, 1.0, 3, size=1)
        for ours, theirs in zip(trained.all(), Matrices.of(net).all(), strict=True):
            assert ours[place] == pytest.approx(theirs, rel=1e-12, abs=1e-12)
        assert costs[-1][place] == pytest.approx(score.loss, rel=1e-12)


# XOR.


def test_xor_is_learnt_from_19_of_20_seeds_one_by_one() -> None:
    """With the lesson's own settings, side by side in matrices, which the test above holds right.

    A mean of four squares under 0.01 leaves none of the four wrong.
    """
    epochs, rate, hidden = (XOR_SETTINGS[name] for name in ("epochs", "rate", "hidden"))
    _, costs = matrices.train(
        [
            nn.MLP(2, [hidden, 1], activation="sigmoid", output="sigmoid", seed=seed)
            for seed in range(SEEDS)
        ],
        XOR_INPUTS,
        XOR_TARGETS,
        rate=2 * rate,
        epochs=epochs,
        hidden_error=HIDDEN_ERRORS["chain rule"],
        seeds=range(SEEDS),
    )
    assert (costs[-1] < LEARNT).sum() >= 19


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_xor_is_learnt_from_19_of_20_seeds(way: str) -> None:
    """With the lesson's own settings: all four right, loss under 0.01."""
    epochs, rate, hidden = (XOR_SETTINGS[name] for name in ("epochs", "rate", "hidden"))
    scores = [
        train_xor(seed, epochs, rate, hidden, WAYS[way], compiled=True)[2] for seed in range(SEEDS)
    ]
    assert sum(map(is_learnt, scores)) >= 19


def test_the_lesson_tells_the_share_that_gets_stuck() -> None:
    """With so few epochs that no run of two hidden nodes gets there."""
    outcome = shortly("xor")
    assert outcome.record["learnt"]["2-2-1"] == {**dict.fromkeys(WAYS, 0), "of": 2}
    assert outcome.record["stuck_share"]["2-2-1"] == 1
    said = " ".join(to_text(outcome.blocks).split())
    assert "two hidden nodes 6 of 6, 100%, have not: they may be stuck, or only slow" in said


@pytest.mark.slow
def test_two_hidden_nodes_get_stuck_and_four_do_not() -> None:
    numbers = record("xor")
    assert 0.1 < numbers["stuck_share"]["2-2-1"] < 0.4
    assert min(numbers["learnt"]["2-4-1"][way] for way in WAYS) >= 19


@pytest.mark.slow
def test_every_method_on_xor() -> None:
    trained = record("splitting-the-error")["training"]
    assert trained["chain rule"]["learnt"] == SEEDS
    assert trained["plain Wᵀ·E"]["learnt"] >= 19
    assert trained["normalised"]["learnt"] < SEEDS / 2


# Data.


def test_moons_are_told_apart() -> None:
    numbers = record("moons", epochs=15)
    assert numbers["epochs"][-1]["held_out"]["accuracy"] >= 0.95


@pytest.mark.parametrize(
    ("settings", "least"),
    [
        ({"epochs": 2, "hidden": 8}, 0.2),  # by chance it were 0.1
        # Trains on all 1,300 digits until they are read; shorter than the lesson's own run.
        pytest.param({"epochs": 15}, 0.95, marks=pytest.mark.slow),
    ],
)
def test_digits_are_read(settings: dict[str, int], least: float) -> None:
    """So many of those held out."""
    numbers = record("digits", **settings)
    right = 1 - len(numbers["misread"]) / numbers["held_out"]
    assert right == pytest.approx(numbers["epochs"][-1]["held_out"]["accuracy"], rel=1e-15)
    assert right >= least


# Commands.


def test_the_list_has_lessons_and_worksheets() -> None:
    listing = lesson().stdout
    for name in (*catalogue.names(), *builtin.names()):
        assert re.search(rf"^  {name}  +\S", listing, re.MULTILINE), name


@pytest.mark.parametrize("name", catalogue.names())
def test_a_lesson_in_every_format_and_width(name: str) -> None:
    outcome = shortly(name)
    for columns in (60, 80):
        text = to_text(outcome.blocks, Page(columns))
        assert max(map(len, text.splitlines())) <= columns
        assert "\nWhat to try next\n" in text
    latex = to_latex(outcome.blocks)
    assert latex.isascii()
    assert latex.count("{") == latex.count("}")
    short = SHORT.get(name, {})
    document = catalogue.document(name, short, outcome).record()
    assert document["settings"] == {**catalogue.load(name).defaults, **short}


@pytest.mark.parametrize("name", sampled(SHORT, every=3))
def test_the_pictures_of_a_lesson_have_their_titles(name: str, tmp_path: Path) -> None:
    if pictures := shortly(name).pictures:
        plots.save(pictures, tmp_path / "plot.svg")
        root = ET.parse(tmp_path / "plot.svg").getroot()  # what this test has just written
        written = {text for node in root.iter() if (text := (node.text or "").strip())}
        assert {picture.title for picture in pictures} <= written


def test_a_lesson_as_it_is_run(tmp_path: Path) -> None:
    plot = tmp_path / "one.svg"
    result = lesson("one-weight", "--plot", str(plot), COLUMNS="60")
    assert (result.returncode, result.stderr) == (0, "")
    assert max(map(len, result.stdout.splitlines())) <= 60
    assert "\x1b" not in result.stdout
    assert plot.exists()
    for format, start in (("json", "{"), ("latex", "\\documentclass")):
        assert lesson("one-weight", "--format", format).stdout.startswith(start)


@pytest.mark.parametrize("name", ["one-weight", "line-fit", "splitting-the-error", "office-hours"])
def test_a_lesson_as_a_worksheet_is_read_whole_and_right(name: str) -> None:
    short = SHORT.get(name, {})
    settings = [part for option, value in short.items() for part in (f"--{option}", str(value))]
    done = lesson(name, *settings, "--format", "worksheet")
    sheet = Worksheet.parse(done.stdout)
    assert not sheet.problems
    report = sheet.check()
    assert {line.verdict for line in report.lines} == {"right", "taken"}
    assert len(report.lines) > 5


def test_a_seed_decides_everything() -> None:
    first, again, other = (
        lesson("perceptron", "--seed", seed, "--format", "json").stdout for seed in "778"
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["xorr"], "there is no lesson 'xorr'; did you mean 'xor'?"),
        (["offce-hours"], "did you mean 'office-hours'?"),
        (["one-weight", "--hidden", "3"], "No such option: --hidden"),
        (["xor", "--rate", "0"], "--rate: expected a number above 0, got 0.0"),
        (["xor", "--epochs", "0"], "--epochs: expected a whole number from 1 to 1,000,000, got 0"),
        (["xor", "--plot", "out.pgn"], "expected a name ending in .svg or .png; did you mean"),
        (["moons", "--epochs", "1", "--format", "worksheet"], "no calculation by hand in it"),
        (["one-weight", "--plot", "/nowhere/x.svg"], "there is no folder /nowhere"),
        (["vanishing", "--plot", "x.svg"], "No such option: --plot"),
        (["--format", "json"], "No such option: --format"),
    ],
)
def test_usage_errors_are_a_line(arguments: list[str], hint: str) -> None:
    result = lesson(*arguments, COLUMNS="200")
    assert result.returncode == 2
    assert result.stdout == ""
    assert hint in result.stderr
    assert "Traceback" not in result.stderr


def test_a_worksheets_name_shows_it_and_what_to_do_with_it() -> None:
    result = lesson("quotient")
    assert result.returncode == 0
    assert builtin.text("quotient").strip() in result.stdout
    for command in ("check quotient", "step quotient", "derive quotient"):
        assert f"micrograd-like {command}" in result.stdout


# Plots.


def test_layers_are_drawn_on_a_scale_of_powers() -> None:
    drawn = plots.figure([Layers("Gradients", "size", {"sigmoid": [1e-9, 1e-3, 0.0]})])
    assert drawn.axes[0].get_yscale() == "log"


def test_an_svg_follows_the_readers_dark_mode() -> None:
    """No colour of text, ground or line is written but as a variable, for both grounds."""
    drawn = plots.svg([Curves("Loss", "loss", {"a": [1.0, 0.5], "b": [1.0, 0.1]})])
    _, style, body = re.split(r"<style>(.*?)</style>", drawn, maxsplit=1, flags=re.DOTALL)
    assert "prefers-color-scheme:dark" in style
    used = set(re.findall(r"var\((--[\w-]+)\)", body))
    assert {"--ink", "--ground", "--line-0", "--line-1"} <= used
    assert all(style.count(f"{name}:#") == 2 for name in used)
    assert set(re.findall(r"#[0-9a-f]{6}\b", body)) <= {"#000000", "#ffffff", "#b0b0b0", "#cccccc"}
    ET.fromstring(drawn)


@pytest.mark.parametrize("across", [1, 2])
def test_how_many_pictures_stand_side_by_side(across: int) -> None:
    """A line of matrices has a row to itself."""
    one = Curves("Loss", "loss", {"a": [1.0, 0.5]})
    line = MatrixLine("A product", [("A", [[1.0, 2.0]]), "=", ("B", [[3.0]])])
    drawn = plots.figure([one, one, line, one], across)
    places = [axes.get_subplotspec() for axes in drawn.axes]
    rows = [place.rowspan.start for place in places]
    assert rows == ([0, 1, 2, 3] if across == 1 else [0, 0, 1, 2])
    assert len(places[2].colspan) == across


#: A picture of every kind, with what takes room: powers of ten, a legend, a long line of matrices.
_GRID = ([0.0, 1.0], [0.0, 1.0], [[0.0, 0.4], [0.6, 1.0]])
PICTURES: list[Picture] = [
    Curves("Loss", "loss", {"a": [1.0, 1e-9], "b": [0.2, 0.4]}, logarithmic=True),
    Curves("Loss", "loss", {"a": [0.2, 0.4]}, logarithmic=True),
    Plane("A line", "x", "y", *({"a": [(0.0, 0.0), (1.0, 1.0)]} for _ in range(3))),
    Surface("A class", *_GRID, points=[(0.0, 1.0), (1.0, 0.0)], classes=[0, 1]),
    Contours("A bowl", "u", "v", *_GRID, paths={"a": [(0.0, 0.0), (1.0, 1.0)]}),
    MatrixLine(
        "A product", [("A", [[1.0] * 4]), "= σ(", ("B", [[1.0] * 4] * 3), "·", ("C", [[2.0]]), ")"]
    ),
    Images("Misread", [[[0.0, 1.0]]] * 6, ["3 as 8"] * 6),
    Layers("Gradients", "size", {"a": [1e-6, 1.0]}),
]


@cache
def all_drawn() -> str:
    return plots.svg(PICTURES)


def test_a_picture_of_every_kind_is_the_same_file_again_and_one_of_pixels(tmp_path: Path) -> None:
    assert {type(picture) for picture in PICTURES} == set(get_args(Picture))
    plots.save(PICTURES, tmp_path / "plot.svg")
    plots.save(PICTURES[:1], tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "plot.svg").read_text(encoding="utf-8") == all_drawn()


def test_letters_of_a_plot_are_legible_on_a_phone() -> None:
    """At least 11 pixels where the plot is as wide as a screen of 390 pixels."""
    drawn = all_drawn()
    width = float(re.findall(r'viewBox="0 0 ([\d.]+) ', drawn)[0])
    sizes = {float(size) for size in re.findall(r"font(?:-size)?: ?([\d.]+)px", drawn)}
    assert sizes
    assert min(sizes) * 390 / width >= 11


@pytest.mark.parametrize(("across", "rows"), [(1, 2), (2, 1)])
def test_a_line_of_matrices_is_broken_where_it_has_no_room(across: int, rows: int) -> None:
    """Before a matrix, whose sign goes along, and its closing bracket with it."""
    line = next(one for one in PICTURES if isinstance(one, MatrixLine))
    drawn = plots.figure([line, Curves("Loss", "loss", {"a": [1.0]})], across)
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles == ["A product", *[""] * rows]
    texts = [text.get_text() for text in drawn.axes[rows - 1].texts]
    assert texts[0] == ("= σ(" if rows == 2 else texts[0])
    assert texts[-1] == ")"


def test_curves_and_paths_of_ones_own() -> None:
    for drawn in (plots.loss_curves({"a": [1.0, 0.1]}), plots.weight_paths({"w1": [0.0, -1.0]})):
        assert len(drawn.axes[0].lines) == 1
    with pytest.raises(ValueError, match="at least one picture"):
        plots.figure([])


def test_a_negative_base_has_brackets() -> None:
    assert "(−0.9000)^40" in lesson("one-weight", "--rate", "1.9").stdout


@pytest.mark.parametrize("seed", range(3))
def test_every_matrix_of_the_matrix_form(seed: int) -> None:
    """Each against NumPy, from the weights, inputs and targets that the lesson says."""
    numbers = record("matrix-form", seed=seed, hidden=5)
    weights = {name: np.array(rows) for name, rows in numbers["weights"].items()}
    x, t = (np.array(numbers[name])[:, None] for name in ("inputs", "targets"))
    h = 1 / (1 + np.exp(-weights["W_ih"] @ x - weights["B_h"]))
    o = 1 / (1 + np.exp(-weights["W_ho"] @ h - weights["B_o"]))
    delta_o = (t - o) * o * (1 - o)
    e_h = weights["W_ho"].T @ delta_o
    delta_h = e_h * h * (1 - h)
    expected = {
        "H": h,
        "W_ih": weights["W_ih"],
        "X": x,
        "B_h": weights["B_h"],
        "O": o,
        "W_ho": weights["W_ho"],
        "B_o": weights["B_o"],
        "E": t - o,
        "T": t,
        "1−O": 1 - o,
        "δ_o": delta_o,
        "ΔW_ho": 0.1 * delta_o @ h.T,
        "Hᵀ": h.T,
        "E_h": e_h,
        "1−H": 1 - h,
        "Wᵀ_ho": weights["W_ho"].T,
        "δ_h": delta_h,
        "ΔW_ih": 0.1 * delta_h @ x.T,
        "Xᵀ": x.T,
    }
    assert set(numbers["matrices"]) == set(expected)
    for name, rows in numbers["matrices"].items():
        assert np.array(rows) == pytest.approx(expected[name], rel=1e-12), name


def test_matrices_are_written_with_shapes_and_numbers() -> None:
    outcome = shortly("matrix-form")
    text, latex = to_text(outcome.blocks), to_latex(outcome.blocks)
    numbers = outcome.record["matrices"]
    for shape in ("4×1", "4×3", "3×1", "2×4", "1×4", "4×2", "1×3"):
        assert shape in text
        assert shape.replace("×", r"\times") in latex
    for rows in numbers.values():
        for value in (entry for row in rows for entry in row):
            assert f"{value:.4f}".replace("-", "−") in text
            assert f"{value:.4f}" in latex
    said = " ".join(text.split())
    assert "as many columns in A as rows in B" in said
    assert "O + (1 − O) is 1 for every O" in said


def test_the_matrix_form_is_drawn_as_heat_maps() -> None:
    outcome = shortly("matrix-form")
    assert all(isinstance(picture, MatrixLine) for picture in outcome.pictures)
    drawn = plots.figure(outcome.pictures)
    cells = sum(len(axes.patches) for axes in drawn.axes)
    matrices_drawn = [p for line in outcome.pictures for p in line.parts if not isinstance(p, str)]
    assert cells == sum(len(rows) * len(rows[0]) for _, rows in matrices_drawn)
    written = {text.get_text() for axes in drawn.axes for text in axes.texts}
    assert {
        f"{x:.4f}".replace("-", "−") for _, m in matrices_drawn for r in m for x in r
    } <= written


@pytest.mark.parametrize("hidden", [1, 12, 40])
def test_matrices_of_any_size_are_written(hidden: int) -> None:
    outcome = catalogue.run("matrix-form", {"hidden": hidden})
    assert max(map(len, to_text(outcome.blocks).splitlines())) <= 100


# The larger ones take matplotlib seconds to set, number by number.
@pytest.mark.parametrize(
    "hidden", [1, 6, *(pytest.param(n, marks=pytest.mark.slow) for n in (12, 40))]
)
def test_matrices_of_any_size_are_drawn(hidden: int, tmp_path: Path) -> None:
    plots.save(catalogue.run("matrix-form", {"hidden": hidden}).pictures, tmp_path / "m.svg")


def test_overfitting_is_told_where_it_happens() -> None:
    said = to_text(catalogue.run("moons", {}).blocks)
    assert "learnt the noise of its own points" in " ".join(said.split())
    assert "noise of its own" not in to_text(catalogue.run("moons", {"epochs": 5}).blocks)
