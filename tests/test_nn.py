"""Neurons, layers, networks: micrograd's calls, activations, names, state, errors."""

from __future__ import annotations

import copy
import math
import random
import re
from array import array
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from micrograd_like import (
    DomainError,
    Value,
    Worksheet,
    derive,
    grad,
    losses,
    nn,
    optim,
    training,
)

LESSON = {"w1": 0.1, "w2": 0.2, "w3": 0.3, "w4": 0.4, "w5": 0.5, "w6": 0.6}


def lesson() -> nn.MLP:
    return nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid", bias=False, weights=LESSON)


# micrograd's calls.


def test_micrograds_constructors_attributes_and_repr() -> None:
    model = nn.MLP(3, [2, 1])
    assert len(model.parameters()) == 3 * 2 + 2 + 2 + 1
    assert len(model.layers) == 2
    assert len(model.layers[0].neurons[0].w) == 3
    assert model.layers[0].neurons[0].b is not None
    assert repr(model) == (
        "MLP of [Layer of [ReLUNeuron(3), ReLUNeuron(3)], Layer of [LinearNeuron(2)]]"
    )
    assert isinstance(model([1.0, 2.0, 3.0]), Value)
    assert len(nn.Layer(2, 3)([1, 2])) == 3
    assert repr(nn.Neuron(2, nonlin=False)) == "LinearNeuron(2)"


def test_unseeded_weights_are_those_micrograd_draws() -> None:
    """uniform(−1, 1) from the module's generator, neuron by neuron; biases are 0."""
    random.seed(1337)
    model = nn.MLP(2, [3, 1])
    random.seed(1337)
    for layer in model.layers:
        for neuron in layer.neurons:
            assert [w.data for w in neuron.w] == [random.uniform(-1, 1) for _ in neuron.w]
            assert neuron.b is not None
            assert neuron.b.data == 0.0


def test_parameters_are_in_micrograds_order() -> None:
    neuron = nn.Neuron(2)
    assert neuron.parameters() == [*neuron.w, neuron.b]


def test_training_as_in_micrograds_readme_lowers_the_loss() -> None:
    model = nn.MLP(2, [4, 1], seed=1)
    data = [([0.0, 1.0], 1.0), ([1.0, 0.0], -1.0)]

    def loss() -> Value:
        total: Value = sum((model(x) - y) ** 2 for x, y in data)
        return total

    start = loss().data
    for _ in range(50):
        model.zero_grad()
        loss().backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
    assert loss().data < start / 100


def test_a_layer_of_one_neuron_may_feed_the_next() -> None:
    model = nn.MLP(2, [1, 1, 2], activation="tanh", seed=0)
    assert len(model([0.5, -0.5])) == 2


# Numbers.


def test_a_neuron_is_its_formula() -> None:
    neuron = nn.Neuron(2, activation="tanh", seed=3)
    w, b = [v.data for v in neuron.w], Value(0.25)
    neuron.b = b
    assert neuron([2.0, -1.0]).data == math.tanh(w[0] * 2.0 + w[1] * -1.0 + 0.25)


@pytest.mark.parametrize("activation", nn.ACTIVATIONS)
def test_every_activation_is_applied_to_the_weighted_sum(activation: str) -> None:
    neuron = nn.Neuron(1, activation=activation, bias=False)
    neuron.w[0].data = 0.5
    weighted_sum = Value(0.5 * 0.5)
    expected = weighted_sum if activation == "linear" else getattr(Value, activation, abs)
    number = expected.data if isinstance(expected, Value) else expected(weighted_sum).data
    assert neuron([0.5]).data == number


def test_the_lessons_network() -> None:
    assert lesson()([0, 1]).data == pytest.approx(0.656206390563436, rel=1e-15)


def test_a_seed_gives_the_same_network_and_another_seed_another() -> None:
    numbers = [nn.MLP(2, [3, 1], seed=seed).state_dict() for seed in (7, 7, 8)]
    assert numbers[0] == numbers[1] != numbers[2]


def test_a_seed_leaves_the_modules_generator_alone() -> None:
    random.seed(5)
    expected = random.random()
    random.seed(5)
    nn.MLP(2, [2], seed=1)
    assert random.random() == expected


def test_an_integer_seed_gives_the_neurons_different_weights() -> None:
    first, second = nn.Layer(2, 2, seed=1).neurons
    assert [w.data for w in first.w] != [w.data for w in second.w]


# Names.


def test_parameters_are_named_as_in_the_lesson() -> None:
    """By the input they come from, then by the neuron they go to."""
    model = lesson()
    h1, h2 = model.layers[0].neurons
    (out,) = model.layers[1].neurons
    named = dict(model.named_parameters())
    assert list(named) == list(LESSON)
    assert [named[n] for n in ("w1", "w2", "w3", "w4")] == [h1.w[0], h2.w[0], h1.w[1], h2.w[1]]
    assert [named["w5"], named["w6"]] == out.w
    assert all(value.label == name for name, value in named.items())


def test_biases_are_numbered_by_themselves() -> None:
    names = [name for name, _ in nn.MLP(1, [2, 1]).named_parameters()]
    assert names == ["w1", "w2", "b1", "b2", "w3", "w4", "b3"]


def test_a_trace_names_every_quantity() -> None:
    named = lesson().trace([0, 1])
    assert list(named) == ["x1", "x2", "a1", "z1", "a2", "z2", "a3", "yhat"]
    assert all(value.label == name for name, value in named.items())
    assert named["a1"].data == pytest.approx(0.3, rel=1e-15)
    assert named["yhat"].data == lesson()([0, 1]).data


def test_a_trace_of_a_linear_output_with_two_neurons() -> None:
    named = nn.MLP(1, [2, 2], seed=0).trace([Value(0.5, "x")])
    assert list(named) == ["x", "a1", "z1", "a2", "z2", "yhat1", "yhat2"]


# State.


def test_state_goes_out_and_in() -> None:
    source, target = nn.MLP(2, [3, 1], seed=1), nn.MLP(2, [3, 1], seed=2)
    state = source.state_dict()
    assert list(state) == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"]
    assert len(state["layers.0.weight"]) == 3  # a row for every neuron
    target.load_state_dict(state)
    assert target.state_dict() == state
    assert target([0.3, 0.7]).data == source([0.3, 0.7]).data


def test_a_state_may_be_of_numpys_arrays_and_of_numbers_without_a_dimension() -> None:
    neuron = nn.Neuron(2)
    neuron.load_state_dict({"weight": [np.array(0.5), np.float32(2)], "bias": np.array(1.5)})
    assert neuron.state_dict() == {"weight": [0.5, 2.0], "bias": 1.5}
    neuron.load_state_dict({"weight": np.array([3.0, 4.0]), "bias": 0.0})
    for row in ((3.0, 4.0), range(3, 5), array("d", [3.0, 4.0]), deque([3, 4])):
        neuron.load_state_dict({"weight": row, "bias": 0.0})
        assert neuron.state_dict()["weight"] == [3.0, 4.0]
    assert neuron.state_dict() == {"weight": [3.0, 4.0], "bias": 0.0}


@pytest.mark.parametrize("module", [nn.Neuron(2), nn.Layer(2, 2), nn.Layer(2, 2, bias=False)])
def test_parts_have_state_too(module: nn.Module) -> None:
    state = module.state_dict()
    for parameter in module.parameters():
        parameter.data = 9.0
    module.load_state_dict(state)
    assert module.state_dict() == state


def spoilt(**changes: object) -> dict[str, object]:
    state = {**nn.MLP(2, [2, 1], seed=0).state_dict(), **changes}
    return {name: value for name, value in state.items() if value is not None}


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        (
            spoilt(**{"layers.0.weight": [[1.0, 2.0]]}),
            ValueError,
            r"layers\.0\.weight: expected shape \(2, 2\), got \(1, 2\)",
        ),
        (
            spoilt(**{"layers.0.weight": [[1.0, 2.0], [1.0]]}),
            ValueError,
            r"layers\.0\.weight: expected shape \(2, 2\)",
        ),
        (
            spoilt(**{"layers.1.bias": 1.0}),
            ValueError,
            r"layers\.1\.bias: expected shape \(1,\), got 1\.0 \(float\)",
        ),
        # Numbers of bytes are letters, sets have no order, and of a dictionary the keys would do.
        *(
            (spoilt(**{name: entry}), ValueError, rf"{name}: expected shape .* \({kind}\)")
            for name, entry, kind in (
                (r"layers.1.bias", b"a", "bytes"),
                (r"layers.1.bias", bytearray(b"a"), "bytearray"),
                (r"layers.1.bias", "7", "str"),
                (r"layers.1.bias", {1.0}, "set"),
                (r"layers.1.bias", {1.0: 2.0}, "dict"),
                (r"layers.0.weight", {1.0: [1.0, 2.0], 2.0: [1.0, 2.0]}, "dict"),
            )
        ),
        (spoilt(**{"layers.0.weight": [b"ab", b"cd"]}), ValueError, r"expected shape \(2, 2\)"),
        *(
            (state, TypeError, "state: expected a dictionary")
            for state in (b"ab", {"layers.0.weight"}, [1.0], None, 3.0)
        ),
        (spoilt(**{"layers.1.bias": None}), ValueError, r"missing layers\.1\.bias"),
        (spoilt(**{"layers.1.bais": [1.0]}), ValueError, r"unexpected.*did you mean"),
        (spoilt(**{"layers.1.bias": ["a"]}), TypeError, "expected a real number"),
        (spoilt(**{"layers.1.bias": [math.nan]}), DomainError, r"layers\.1\.bias"),
        (spoilt(**{"layers.1.bias": [True]}), TypeError, r"expected numbers, got True"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_by_name_and_nothing_changes(
    state: dict[str, object], error: type[Exception], message: str
) -> None:
    model = nn.MLP(2, [2, 1], seed=0)
    before = model.state_dict()
    with pytest.raises(error, match=message):
        model.load_state_dict(state)
    assert model.state_dict() == before


def test_a_network_of_another_shape_with_as_many_weights_is_refused() -> None:
    with pytest.raises(ValueError, match=r"layers\.0\.weight: expected shape \(2, 2\)"):
        lesson().load_state_dict(nn.MLP(1, [3, 1], bias=False).state_dict())


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({**LESSON, "w7": 1.0}, "unexpected w7"),
        ({"w1": 1.0}, "missing w2, w3, w4, w5, w6"),
    ],
)
def test_weights_are_given_by_name(weights: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lesson().set_weights(weights)


# Errors.


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: nn.MLP(2, []), ValueError, r"expected at least one layer.*got \[\]"),
        (lambda: nn.MLP(2, 3), TypeError, "expected the layers' sizes as a list, got 3"),
        (lambda: nn.MLP(2, "31"), TypeError, "as a list, got '31'"),
        (lambda: nn.MLP(0, [1]), ValueError, "number of inputs: expected at least 1, got 0"),
        (lambda: nn.MLP(2, [0]), ValueError, "number of neurons: expected at least 1, got 0"),
        (lambda: nn.MLP(2.0, [1]), TypeError, r"expected a whole number, got 2\.0 \(float\)"),
        (lambda: nn.MLP(True, [1]), TypeError, "expected a whole number, got True"),
        (
            lambda: nn.MLP(2, [1], output="sigmod"),
            ValueError,
            "unknown activation 'sigmod'; did you mean 'sigmoid'",
        ),
        (
            lambda: nn.MLP(2, [1], activation="nope"),
            ValueError,
            "unknown activation 'nope'",
        ),
        (lambda: nn.Neuron(2, False, activation="ReLU"), ValueError, "did you mean 'relu'"),
        (lambda: nn.MLP(2, [1], seed="a"), TypeError, "seed: expected an int"),
        (
            lambda: nn.MLP(1, [1], bias=False, weights={"w1": "x"}),
            TypeError,
            "w1: expected a real number",
        ),
        (lambda: nn.MLP(2, [1])([1.0]), ValueError, "MLP: expected 2 inputs, got 1"),
        (lambda: nn.Layer(2, 1)([1.0, 2.0, 3.0]), ValueError, "Layer: expected 2 inputs, got 3"),
        (lambda: nn.Neuron(2)(1.0), TypeError, "Neuron: expected 2 inputs in a list"),
        (lambda: nn.Neuron(2)(["a", 1]), TypeError, "expected a real number.*got 'a'"),
    ],
)
def test_bad_calls_say_what_was_expected(
    build: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        build()


# Weights with two indices.


def test_a_weight_is_named_from_j_to_i() -> None:
    """Of the layer from 2 inputs to 3 neurons: rows are the receiving neurons."""
    net = nn.MLP(2, [3, 1], names="ij", seed=0)
    first, second = net.layers
    named = dict(net.named_parameters())
    for i, neuron in enumerate(first.neurons, 1):
        for j, weight in enumerate(neuron.w, 1):
            assert named[f"w_{i}{j}"] is weight
            assert weight.label == f"w_{i}{j}"
    assert [named[f"v_1{j}"] for j in (1, 2, 3)] == second.neurons[0].w
    assert [name for name in named if name[0] == "b"] == ["b1", "b2", "b3", "b4"]
    assert net.state_dict() == nn.MLP(2, [3, 1], seed=0).state_dict()


def test_what_a_worksheet_names_itself_looks_like_no_weight() -> None:
    """Nodes without a name are v1, v2, …; beside the weights v11, v12 another letter is taken."""
    for names, fresh in (("numbers", "v1"), ("ij", "s1")):
        out = nn.MLP(2, [2, 1], output="sigmoid", names=names, seed=0)([1.0, 2.0])
        assert f"\n{fresh} = " in str(Worksheet.from_graph(out))


def test_two_indices_in_worksheets_derivations_and_files(tmp_path: Path) -> None:
    weights = {"w_11": 0.2, "w_21": 0.1, "w_12": -0.3, "w_22": 0.4}
    net = nn.MLP(2, [2], output="sigmoid", bias=False, names="ij", weights=weights)
    outputs = net.trace([0.5, 0.25])
    cost = losses.half_squared_error([outputs["yhat1"], outputs["yhat2"]], [1.0, 0.0])
    cost.label = "E"
    sheet = Worksheet.from_graph(cost)
    assert sheet.node("w_21").data == 0.1
    assert str(sheet).count("w21") == 2
    derivation = derive(cost, dict(net.named_parameters())["w_21"])
    assert "∂E/∂w21" in derivation.text()
    assert r"w_{21}" in derivation.latex()
    training.save(net, tmp_path / "net.json")
    again = training.load(tmp_path / "net.json")
    assert dict(again.named_parameters()).keys() == weights.keys()


@pytest.mark.parametrize(
    ("sizes", "names", "says"),
    [
        ((2, [2]), "ji", "names: expected 'numbers' or 'ij', got 'ji'"),
        ((2, [10, 1]), "ij", "up to 9 neurons a layer"),
        ((1, [1] * 7), "ij", "6 layers"),
    ],
)
def test_names_that_would_be_read_as_others(sizes: Any, names: Any, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        nn.MLP(*sizes, names=names)
    assert nn.MLP(*sizes)


def test_seeds_of_either_sign_are_seeds_of_their_own() -> None:
    weights = [tuple(p.data for p in nn.MLP(2, [2, 1], seed=n).parameters()) for n in range(-3, 4)]
    assert len(set(weights)) == len(weights)


# One parameter at several places.


def tied() -> nn.MLP:
    net = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    net.tie("w1", "w4", "w5")
    return net


def test_tied_weights_are_one_parameter_whose_gradient_is_the_sum() -> None:
    net, apart = tied(), nn.MLP(2, [2, 1], activation="tanh", seed=0)
    places = {**dict(net.places())}
    assert places["w1"] is places["w4"] is places["w5"] is net.layers[1].neurons[0].w[0]
    assert len(net.parameters()) == 7
    assert [name for name, _ in net.named_parameters()] == [
        "w1",
        "w2",
        "w3",
        "b1",
        "b2",
        "w6",
        "b3",
    ]
    apart.load_state_dict(net.state_dict())
    for module in (net, apart):
        module([0.3, -0.7]).backward()
    alone = dict(apart.named_parameters())
    assert places["w1"].grad == pytest.approx(sum(alone[n].grad for n in ("w1", "w4", "w5")))
    assert places["w2"].grad == alone["w2"].grad


def test_tied_weights_stay_tied() -> None:
    """In optimisers, copies and states; what would untie them is refused."""
    net = tied()
    assert len(optim.Adam(net.parameters()).parameters) == 7
    assert len(copy.deepcopy(net).parameters()) == 7
    other = tied()
    other.load_state_dict(net.state_dict())
    assert other.state_dict() == net.state_dict()
    state = net.state_dict()
    state["layers.1.weight"][0][0] += 1.0
    with pytest.raises(ValueError, match="as at the other place of the tied parameter w1, got"):
        other.load_state_dict(state)
    assert other.state_dict() == net.state_dict()
    numbers = {name: 0.5 for name, _ in net.named_parameters()}
    other.set_weights(numbers)
    assert {p.data for p in other.parameters()} == {0.5}


def test_biases_are_tied_too_and_unknown_names_refused() -> None:
    net = nn.MLP(2, [2, 2], seed=0)
    net.tie("b1", "b2", "b4")
    assert net.layers[1].neurons[1].b is net.layers[0].neurons[0].b
    assert len(net.parameters()) == 10
    with pytest.raises(ValueError, match="tie: no parameter named 'w99'"):
        net.tie("w1", "w99")


# A part of a state.


def test_what_fits_is_taken_and_the_rest_is_reported() -> None:
    net = nn.MLP(2, [2, 1], seed=0)
    before = net.state_dict()
    state = {"layers.0.weight": [[1, 2], [3, 4]], "layers.0.bias": [1], "heads": 3}
    assert net.load_state_dict(state, strict=False) == nn.Loaded(
        loaded=("layers.0.weight",),
        missing=("layers.1.weight", "layers.1.bias"),
        unexpected=("heads",),
        misshapen=("layers.0.bias",),
    )
    assert net.state_dict() == {**before, "layers.0.weight": [[1.0, 2.0], [3.0, 4.0]]}
    assert net.load_state_dict(before) == nn.Loaded(tuple(before))


def test_a_number_that_is_none_is_refused_in_a_part_too() -> None:
    net = nn.MLP(2, [2, 1], seed=0)
    before = net.state_dict()
    state = {"layers.0.bias": [1.0, 2.0], "layers.1.bias": [math.nan]}
    with pytest.raises(DomainError, match=r"layers\.1\.bias"):
        net.load_state_dict(state, strict=False)
    assert net.state_dict() == before


# Dropout.


def test_dropout_leaves_out_its_share_and_keeps_the_sum() -> None:
    values = nn.dropout([Value(1.0) for _ in range(2000)], 0.25, random.Random(0))
    numbers = [v.data for v in values]
    assert {round(n, 12) for n in numbers} == {0.0, round(4 / 3, 12)}
    assert numbers.count(0.0) == pytest.approx(500, abs=60)
    assert [v.data for v in nn.dropout([1.0, 2.0], 0.0)] == [1.0, 2.0]
    for share in (-0.1, 1.0, math.nan):
        with pytest.raises(ValueError, match="dropout: expected 0 <= dropout < 1"):
            nn.dropout([1.0], share)
        with pytest.raises(ValueError, match="dropout: expected 0 <= dropout < 1"):
            nn.MLP(2, [1], dropout=share)


def test_a_network_drops_hidden_outputs_where_it_has_masks() -> None:
    net, plain = (nn.MLP(2, [20, 1], activation="tanh", seed=0, dropout=d) for d in (0.5, 0.0))
    x = [Value(0.5), Value(-0.3)]
    assert net(x).data == plain(x).data
    net.masks = random.Random(1)
    assert len({net(x).data for _ in range(5)}) == 5
    weights = net.layers[1].neurons[0].w
    dropped = [slope for slope in grad(net(x), weights) if slope == 0]
    assert 0 < len(dropped) < 20
    net.masks = None
    assert net(x).data == plain(x).data


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "silu", "gelu"])
def test_functions_made_of_rows_are_activations(name: str, tmp_path: Path) -> None:
    net = nn.MLP(2, [3, 1], activation=name, seed=0)
    column = net.layers[0].neurons[0]
    weighted = column.w[0] * 0.4 + column.w[1] * -0.9 + 0.1
    column.b.data = 0.1
    assert column([0.4, -0.9]).data == pytest.approx(getattr(weighted, name)().data, rel=1e-14)
    training.save(net, tmp_path / "net.json")
    assert training.load(tmp_path / "net.json")([0.4, -0.9]).data == net([0.4, -0.9]).data
    assert name.replace("_", "") in repr(net).lower()
