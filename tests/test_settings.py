"""Every setting that is a number: what it may be given, and what is refused by its name."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import visualize
from micrograd_like import (
    Value,
    Worksheet,
    compile_graph,
    derive,
    exercises,
    gradcheck,
    losses,
    nn,
    optim,
    training,
)

SHEET = Worksheet.parse("x = 2\ny = x^2\n")
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def weights() -> list[Value]:
    return [Value(0.5, "w"), Value(-0.25, "b")]


def fit(**settings: Any) -> training.History:
    net = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    return training.fit(net, *XOR, **{"epochs": 1, **settings})


def compiled(**settings: Any) -> Any:
    x = Value(2.0)
    return compile_graph(x * x, [x], **settings)


#: Each with its name in messages.
REALS: list[tuple[str, Callable[[Any], Any]]] = [
    ("goal", lambda n: fit(goal=n)),
    ("min_delta", lambda n: fit(min_delta=n)),
    ("rate", lambda n: optim.SGD(weights(), n)),
    ("rate", lambda n: optim.SGD([optim.Group(weights(), n)], 0.1)),
    ("momentum", lambda n: optim.SGD(weights(), 0.1, momentum=n)),
    ("weight_decay", lambda n: optim.SGD(weights(), 0.1, weight_decay=n)),
    ("decay", lambda n: optim.RMSprop(weights(), decay=n)),
    ("epsilon", lambda n: optim.RMSprop(weights(), epsilon=n)),
    ("epsilon", lambda n: optim.Adam(weights(), epsilon=n)),
    ("epsilon", lambda n: optim.Adagrad(weights(), epsilon=n)),
    ("betas", lambda n: optim.Adam(weights(), betas=(n, 0.9))),
    ("start", lambda n: optim.linear_decay(n, 0.1, 5)),
    ("end", lambda n: optim.linear_decay(0.1, n, 5)),
    ("start", lambda n: optim.cosine_decay(n, 0.1, 5)),
    ("end", lambda n: optim.cosine_decay(0.1, n, 5)),
    ("start", lambda n: optim.step_decay(n, 5)),
    ("factor", lambda n: optim.step_decay(0.1, 5, n)),
    ("start", lambda n: optim.exponential_decay(n, 0.5)),
    ("factor", lambda n: optim.exponential_decay(0.1, n)),
    ("rate", lambda n: optim.warmup(n, 5)),
    ("rate", lambda n: optim.ReduceOnPlateau(n)),
    ("factor", lambda n: optim.ReduceOnPlateau(0.1, factor=n)),
    ("least", lambda n: optim.ReduceOnPlateau(0.5, least=n)),
    ("dropout", lambda n: nn.MLP(2, [2, 1], dropout=n, seed=0)),
    ("dropout", lambda n: nn.dropout([1.0], n)),
    ("tolerance", lambda n: gradcheck(lambda x: x * x, [1.0], tolerance=n)),
    ("weights", lambda n: losses.binary_cross_entropy_with_logits(0.5, 1, weights=(n, 1))),
    ("weights", lambda n: losses.cross_entropy_with_logits([1.0, 2.0], 0, weights=[n, 1])),
    ("most", lambda n: optim.clip_norm(weights(), n)),
    ("most", lambda n: optim.clip_value(weights(), n)),
    ("target", lambda n: losses.binary_cross_entropy(0.5, n)),
    ("target", lambda n: losses.binary_cross_entropy_with_logits(0.5, n)),
]
COUNTS: list[tuple[str, Callable[[Any], Any]]] = [
    ("epochs", lambda n: fit(epochs=n)),
    ("batch_size", lambda n: fit(batch_size=n)),
    ("patience", lambda n: fit(patience=n)),
    ("checkpoint_every", lambda n: fit(checkpoint_every=n)),
    ("seed", lambda n: fit(seed=n)),
    ("seed", lambda n: nn.MLP(2, [2, 1], seed=n)),
    ("seed", lambda n: nn.Neuron(2, seed=n)),
    ("number of inputs", lambda n: nn.MLP(n, [2, 1], seed=0)),
    ("number of neurons", lambda n: nn.MLP(2, [n, 1], seed=0)),
    ("number of neurons", lambda n: nn.Layer(2, n, seed=0)),
    ("every", lambda n: optim.step_decay(0.1, n)),
    ("steps", lambda n: optim.linear_decay(0.1, 0.0, n)),
    ("steps", lambda n: optim.warmup(0.1, n)),
    ("patience", lambda n: optim.ReduceOnPlateau(0.1, patience=n)),
    ("threads", lambda n: compiled(threads=n)),
    ("places", lambda n: visualize.render(SHEET, "dot", places=n)),
    ("places", lambda n: visualize.page(SHEET, places=n)),
    ("places", lambda n: derive(SHEET.names["y"], SHEET.names["x"]).text(n)),
    ("places", lambda n: derive(SHEET.names["y"], SHEET.names["x"]).blocks(n)),
    ("places", lambda n: exercises.generate("chain", places=n)),
    ("seed", lambda n: exercises.generate("chain", seed=n)),
    ("slips", lambda n: exercises.generate("chain", form="slips", slips=n)),
]


@pytest.mark.parametrize(("name", "call"), REALS)
@pytest.mark.parametrize(
    "given",
    [math.nan, np.float32("nan"), -math.inf, "0.5", None, [0.5], np.array([0.5]), 0.5j, 10**400],
    ids=repr,
)
def test_what_is_no_number_is_refused_by_the_settings_name(
    name: str, call: Callable[[Any], Any], given: Any
) -> None:
    if given is None and name in ("goal", "tolerance"):
        return
    with pytest.raises((TypeError, ValueError, ArithmeticError), match=name):
        call(given)


@pytest.mark.parametrize(("name", "call"), REALS)
@pytest.mark.parametrize("given", [0.5, np.float32(0.5), np.array(0.5), Fraction(1, 2)], ids=repr)
def test_a_number_of_any_kind_is_taken(name: str, call: Callable[[Any], Any], given: Any) -> None:
    call(given)


def test_infinity_is_no_setting_save_where_it_means_without_a_bound() -> None:
    for name, call in REALS:
        if name == "most":
            call(math.inf)
        else:
            with pytest.raises(ValueError, match=name):
                call(math.inf)


@pytest.mark.parametrize(("name", "call"), COUNTS)
@pytest.mark.parametrize(
    "given",
    [True, np.True_, np.array(True), 2.0, np.float64(2), np.array(2.5), np.array([2]), "2", [2]],
    ids=repr,
)
def test_what_counts_nothing_is_refused_by_the_settings_name(
    name: str, call: Callable[[Any], Any], given: Any
) -> None:
    with pytest.raises(TypeError, match=f"{name}: expected"):
        call(given)


def test_decimals_shown_are_from_1_to_15() -> None:
    for name, call in COUNTS:
        if name == "places":
            for given in (0, -1, 16, 1000):
                with pytest.raises(ValueError, match=r"places: expected a whole|expected 2 to 6"):
                    call(given)
    for given in (1, 15):
        assert visualize.render(SHEET, "dot", places=given)
        assert derive(SHEET.names["y"], SHEET.names["x"]).text(given)


@pytest.mark.parametrize(("name", "call"), COUNTS)
def test_a_count_of_any_kind_is_taken(name: str, call: Callable[[Any], Any]) -> None:
    for given in (2, np.int64(2), np.uint8(2), np.array(2)):
        call(given)


def test_a_negative_rate_is_told_when_a_schedule_is_made() -> None:
    """And not when the run has come to it."""
    for call in (
        lambda: optim.linear_decay(0.1, -0.01, 1000),
        lambda: optim.cosine_decay(0.1, -0.01, 1000),
        lambda: optim.step_decay(0.1, 100, -0.5),
        lambda: optim.exponential_decay(-0.1, 0.5),
        lambda: optim.warmup(-0.1, 10),
        lambda: optim.ReduceOnPlateau(0.1, least=-1.0),
        lambda: optim.ReduceOnPlateau(0.1, least=0.2),
    ):
        with pytest.raises(ValueError, match="expected"):
            call()
    assert optim.linear_decay(0.1, 0.0, 1000)(1000) == 0


def test_sizes_of_layers_may_be_any_row() -> None:
    for row in ([2, 1], (2, 1), np.array([2, 1]), range(2, 0, -1), np.array([2, 1], np.uint8)):
        assert [len(layer.neurons) for layer in nn.MLP(2, row, seed=0).layers] == [2, 1]
    for none in (2, "21", {2, 1}, {2: 1}, np.array(2), np.array([2.0, 1.0])):
        with pytest.raises(TypeError, match=r"expected the layers' sizes as a list|whole number"):
            nn.MLP(2, none, seed=0)  # type: ignore[arg-type]


def test_the_number_of_a_class_may_be_an_array_of_no_dimensions() -> None:
    logits = [0.5, -1.0, 2.0]
    expected = losses.cross_entropy_with_logits(logits, 2).data
    for given in (2.0, np.int64(2), np.array(2), np.array(2.0), Value(2.0)):
        assert losses.cross_entropy_with_logits(logits, given).data == pytest.approx(expected)
    for truth in (True, np.True_, np.array(True)):
        with pytest.raises(ValueError, match="expected a class from 0 to 2"):
            losses.cross_entropy_with_logits(logits, truth)


def test_targets_may_be_arrays_of_no_dimensions() -> None:
    for loss in (losses.half_squared_error, losses.binary_cross_entropy_with_logits):
        plain, arrays = (
            fit(loss=loss).losses,
            training.fit(
                nn.MLP(2, [2, 1], activation="tanh", seed=0),
                XOR[0],
                [np.array(y) for y in XOR[1]],
                loss=loss,
                epochs=1,
            ).losses,
        )
        assert plain == arrays


@pytest.mark.parametrize("compile_it", [False, True])
@pytest.mark.parametrize(
    "answer",
    [None, 0.25, 2, "yes", [True], Value(1.0), np.array([True, False]), math.nan],
    ids=repr,
)
def test_what_says_neither_yes_nor_no_is_not_counted_as_either(
    answer: Any, compile_it: bool
) -> None:
    """A function without ``return`` called every output wrong, in silence."""
    with pytest.raises(TypeError, match="correct: expected a function that gives True or False"):
        fit(correct=lambda output, target: answer, compiled=compile_it)


@pytest.mark.parametrize("compile_it", [False, True])
@pytest.mark.parametrize(
    "answer", [True, 1, 1.0, np.True_, np.array(True), np.array([True])], ids=repr
)
def test_yes_may_be_said_in_any_way(answer: Any, compile_it: bool) -> None:
    history = fit(correct=lambda output, target: answer, compiled=compile_it)
    assert history.epochs[0].score.accuracy == 1.0


def test_a_row_of_targets_for_one_output_is_refused() -> None:
    """NumPy would make an array of losses of it."""
    for loss in (losses.half_squared_error, losses.squared_error, losses.hinge):
        for row in (np.array([1.0, -1.0]), [1.0, -1.0]):
            with pytest.raises((TypeError, ValueError), match="expected"):
                loss(Value(0.5), row)  # type: ignore[arg-type]
