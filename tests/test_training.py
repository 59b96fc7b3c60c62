"""Training: batches, orders, histories, stopping, resuming to the bit, Ctrl-C, progress."""

from __future__ import annotations

import json
import math
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampled import sampled

from micrograd_like import (
    DomainError,
    ModelFileError,
    Value,
    grad,
    losses,
    nn,
    optim,
    training,
)
from micrograd_like.training.data import batches, order
from micrograd_like.training.objective import numbers

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
OTHERS = [[0.2, 0.1], [0.3, 0.9], [0.8, 0.2]], [0.3, 0.9, 0.6]
OPTIMIZERS: dict[str, Callable[[list[Value]], optim.Optimizer]] = {
    "sgd": lambda p: optim.SGD(p, 0.5),
    "momentum": lambda p: optim.SGD(p, 0.2, momentum=0.9),
    "rmsprop": lambda p: optim.RMSprop(p, 0.02),
    "adam": lambda p: optim.Adam(p, 0.05),
    "a schedule": lambda p: optim.SGD(p, optim.cosine_decay(0.5, 0.01, 40)),
}


def network(seed: int = 0, hidden: int = 3) -> nn.MLP:
    return nn.MLP(2, [hidden, 1], activation="tanh", output="sigmoid", seed=seed)


# What a run computes.


def test_a_batch_is_one_gradient_step_on_the_mean_loss() -> None:
    """By hand: ŷ = w·x at (1, 2) and (3, 4) from w = 1: L = ¼(1 + 1), dL/dw = −½(1·1 + 3·1)."""
    neuron = nn.Neuron(1, nonlin=False, bias=False)
    neuron.w[0].data = 1.0
    history = training.fit(
        neuron, [[1], [3]], [2, 4], optimizer=optim.SGD(neuron.parameters(), 0.1), epochs=1
    )
    assert neuron.w[0].data == pytest.approx(1.0 + 0.1 * 2.0, rel=1e-15)
    assert history.losses == [0.5]


def test_one_by_one_is_an_update_after_every_example() -> None:
    """By hand: 1 + 0.1·(2 − 1)·1 = 1.1, then 1.1 + 0.1·(4 − 3.3)·3 = 1.31; unshuffled."""
    neuron = nn.Neuron(1, nonlin=False, bias=False)
    neuron.w[0].data = 1.0
    sgd = optim.SGD(neuron.parameters(), 0.1)
    history = training.fit(
        neuron, [[1], [3]], [2, 4], optimizer=sgd, epochs=1, batch_size=1, seed=None
    )
    assert neuron.w[0].data == pytest.approx(1.31, rel=1e-15)
    assert history.losses == pytest.approx([(0.5 * 1 + 0.5 * 0.7**2) / 2], rel=1e-14)
    assert sgd.steps == 2


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("size", [None, 2, 1])
def test_fit_is_the_loop_one_would_write(
    make: Callable[[list[Value]], optim.Optimizer], size: int | None
) -> None:
    ours, theirs = network(), network()
    training.fit(ours, *XOR, optimizer=make(ours.parameters()), epochs=5, batch_size=size)
    optimizer = make(theirs.parameters())
    for epoch in range(5):
        places = order(4, 0 if size else None, epoch)
        for batch in batches(places, size or 4):
            terms = [losses.half_squared_error(theirs(XOR[0][n]), XOR[1][n]) for n in batch]
            optimizer.zero_grad()
            losses.mean(terms).backward()
            optimizer.step()
    assert ours.state_dict() == theirs.state_dict()


@given(count=st.integers(1, 50), size=st.integers(1, 60), seed=st.integers())
def test_every_epoch_goes_through_every_example_once(count: int, size: int, seed: int) -> None:
    for epoch in range(3):
        places = [n for batch in batches(order(count, seed, epoch), size) for n in batch]
        assert sorted(places) == list(range(count))


def test_orders_come_from_the_seed_and_the_epoch() -> None:
    assert order(9, 1, 4) == order(9, 1, 4)
    assert len({tuple(order(9, seed, epoch)) for seed in range(3) for epoch in range(3)}) == 9
    assert order(3, None, 5) == [0, 1, 2]


def test_training_draws_nothing_from_the_random_module() -> None:
    import random

    state = random.getstate()
    training.fit(network(), *XOR, epochs=2, batch_size=1)
    assert random.getstate() == state


@pytest.mark.parametrize("size", [None, 3, 1])
def test_accuracy_and_loss_are_those_before_each_update(size: int | None) -> None:
    """With the rate 0 nothing changes, so every epoch scores what ``evaluate`` does."""
    net = network()
    history = training.fit(
        net,
        *XOR,
        optimizer=optim.SGD(net.parameters(), 0.0),
        epochs=2,
        batch_size=size,
        correct=training.nearest,
    )
    score = training.evaluate(net, *XOR, correct=training.nearest)
    for epoch in history.epochs:
        assert epoch.score.accuracy == score.accuracy
        assert epoch.score.loss == pytest.approx(score.loss, rel=1e-14)


@pytest.mark.parametrize(
    ("correct", "output", "target", "right"),
    [
        (training.nearest, 0.49, 0.0, True),
        (training.nearest, 0.51, 0.0, False),
        (training.nearest, [0.9, 0.6], [1.0, 0.0], False),
        (training.same_sign, -3.0, -1.0, True),
        (training.same_sign, 0.1, 1.0, True),
        (training.same_sign, 0.1, -1.0, False),
        (training.same_sign, 0.0, 1.0, False),
        (training.largest, [0.1, 0.7, 0.2], [0.0, 1.0, 0.0], True),
        (training.largest, [0.8, 0.7, 0.2], [0.0, 1.0, 0.0], False),
    ],
)
def test_when_an_output_is_right(correct: Any, output: Any, target: Any, right: bool) -> None:
    assert correct(output, target) is right


def test_examples_may_be_arrays_and_targets_columns() -> None:
    as_lists, as_arrays = network(), network()
    training.fit(as_lists, *XOR, epochs=3)
    training.fit(as_arrays, np.array(XOR[0]), np.array(XOR[1]).reshape(4, 1), epochs=3)
    assert as_lists.state_dict() == as_arrays.state_dict()


# Several outputs.


def test_a_network_learns_three_classes() -> None:
    net = nn.MLP(2, [3], output="linear", seed=0)
    corners = [[0, 0], [4, 0], [0, 4]], np.eye(3)
    history = training.fit(
        net,
        *corners,
        loss=losses.cross_entropy_with_logits,
        optimizer=optim.SGD(net.parameters(), 0.5),
        epochs=100,
        correct=training.largest,
    )
    assert history.epochs[-1].score.accuracy == 1
    assert history.losses[-1] < 0.1


# Compiled.

LOSSES: dict[str, tuple[str, Any, Any, Any]] = {
    "half the squared error": ("linear", losses.half_squared_error, [0.3, 1, -2, 0.5], None),
    "cross-entropy": ("sigmoid", losses.binary_cross_entropy, [0, 1, 1, 0.25], training.nearest),
    "with logits": ("linear", losses.binary_cross_entropy_with_logits, [0, 1, 1, 0], None),
    "hinge": ("linear", losses.hinge, [-1, 1, 1, -1], training.same_sign),
    "softmax": (
        "linear",
        losses.cross_entropy_with_logits,
        [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.25, 0.25]],
        training.largest,
    ),
}


@pytest.mark.parametrize("size", [None, 3, 1])
@pytest.mark.parametrize("name", LOSSES)
def test_the_compiled_program_trains_as_the_graph_does(name: str, size: int | None) -> None:
    """To rounding: 1e-12 after 30 epochs of sums in another order."""
    output, loss, targets, correct = LOSSES[name]
    nouts = [4, len(targets[0]) if isinstance(targets[0], list) else 1]
    states, histories = [], []
    for compiled in (False, True):
        net = nn.MLP(2, nouts, activation="tanh", output=output, seed=2)
        histories.append(
            training.fit(
                net,
                XOR[0],
                targets,
                loss=loss,
                optimizer=optim.Adam(net.parameters(), 0.01),
                epochs=30,
                batch_size=size,
                correct=correct,
                compiled=compiled,
            )
        )
        states.append([parameter.data for parameter in net.parameters()])
    assert states[1] == pytest.approx(states[0], rel=1e-12, abs=1e-12)
    assert histories[1].losses == pytest.approx(histories[0].losses, rel=1e-12)
    accuracies = [[epoch.score.accuracy for epoch in history.epochs] for history in histories]
    assert accuracies[0] == accuracies[1]


def test_a_compiled_run_resumes_to_the_bit(tmp_path: Path) -> None:
    whole, broken, resumed = network(), network(), network(seed=9)
    file = tmp_path / "run.json"
    training.fit(whole, *XOR, epochs=9, batch_size=3, compiled=True)
    training.fit(broken, *XOR, epochs=4, batch_size=3, compiled=True, checkpoint=file)
    options: dict[str, Any] = {"checkpoint": file, "resume": True}
    training.fit(resumed, *XOR, epochs=9, batch_size=3, compiled=True, **options)
    assert resumed.state_dict() == whole.state_dict()


def test_a_target_the_loss_does_not_take_is_refused_compiled_too() -> None:
    with pytest.raises(ValueError, match="hinge: expected a target of -1 or 1, got 0"):
        training.fit(network(), XOR[0], [1, -1, 1, 0], loss=losses.hinge, compiled=True)


def test_part_of_the_parameters_can_be_trained() -> None:
    for compiled, group in product((False, True), (False, True)):
        net = network()
        first, last = net.layers
        before = first.state_dict()
        frozen = [optim.Group(first.parameters(), rate=0)] if group else []
        sgd = optim.SGD([*last.parameters(), *frozen], 0.5)
        training.fit(net, *XOR, optimizer=sgd, epochs=3, compiled=compiled)
        assert first.state_dict() == before
        assert last.state_dict() != network().layers[1].state_dict()


@pytest.mark.parametrize("compiled", [False, True])
def test_what_is_not_trained_has_the_gradient_of_the_last_batch(compiled: bool) -> None:
    """Of the parameters as the batch found them; nothing is left of the epochs before."""
    net = network()
    twin = network()
    sgd = optim.SGD(net.layers[1].parameters(), 0.5)
    training.fit(net, *XOR, optimizer=sgd, epochs=2, compiled=compiled)
    training.fit(twin, *XOR, optimizer=optim.SGD(twin.layers[1].parameters(), 0.5), epochs=1)
    terms = [losses.half_squared_error(twin(x), y) for x, y in zip(*XOR, strict=True)]
    expected = grad(losses.mean(terms), twin.parameters())
    found = [parameter.grad for parameter in net.parameters()]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-15)


# Stopping.


def test_a_goal_ends_the_run() -> None:
    history = training.fit(network(), *XOR, epochs=2000, goal=0.12)
    assert history.end == "reached"
    assert history.losses[-1] < 0.12 <= history.losses[-2]


def test_patience_ends_the_run_and_returns_to_the_best_epoch() -> None:
    """Far too high a rate after a while: the loss held out rises from its best epoch on."""
    net = nn.Neuron(1, nonlin=False, bias=False)
    net.w[0].data = 0.0
    grows = optim.SGD(net.parameters(), lambda step: 0.1 * 1.5**step)
    history = training.fit(
        net, [[1.0]], [1.0], optimizer=grows, epochs=100, patience=3, held_out=([[2.0]], [2.0])
    )
    assert history.end == "no better"
    watched = [epoch.watched for epoch in history.epochs]
    assert history.best == watched.index(min(watched)) == len(watched) - 4
    assert training.evaluate(net, [[2.0]], [2.0]).loss == min(watched)


def test_without_a_reason_to_stop_all_epochs_are_done() -> None:
    history = training.fit(network(), *XOR, epochs=7, patience=50, goal=0.0)
    assert (history.end, len(history.epochs)) == ("finished", 7)
    assert repr(history).startswith("<History: 7 epochs, finished, loss ")
    assert training.fit(network(), *XOR, epochs=0).epochs == ()


# Resuming.


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("size", [None, 3, 1])
def test_a_resumed_run_is_an_uninterrupted_one_bit_for_bit(
    make: Callable[[list[Value]], optim.Optimizer], size: int | None, tmp_path: Path
) -> None:
    def run(net: nn.MLP, epochs: int, **options: Any) -> training.History:
        return training.fit(
            net,
            *XOR,
            optimizer=make(net.parameters()),
            epochs=epochs,
            batch_size=size,
            correct=training.nearest,
            patience=30,
            held_out=XOR,
            **options,
        )

    whole = network()
    expected = run(whole, 20)
    file = tmp_path / "run.json"
    run(network(), 8, checkpoint=file)
    other = network(seed=99)  # whatever it starts with, the checkpoint has the parameters
    resumed = run(other, 20, checkpoint=file, resume=True)
    assert resumed == expected
    assert other.state_dict() == whole.state_dict()


@pytest.mark.parametrize("after", [1, 5, 11, 12, 13])
def test_ctrl_c_keeps_what_was_learnt_and_can_be_resumed(after: int, tmp_path: Path) -> None:
    """SIGINT in the middle of a batch: that batch is finished, and nothing after it.

    Between two epochs, while a checkpoint looks at the loss, it ends the run after the next batch.
    """
    whole = network()
    expected = training.fit(whole, *XOR, epochs=6, batch_size=1)
    net, file = network(), tmp_path / "run.json"
    sgd = optim.SGD(net.parameters(), 0.1)
    pressed = False

    def loss(output: Value, target: float) -> Value:
        nonlocal pressed
        if sgd.steps == after - 1 and not pressed:
            pressed = True
            os.kill(os.getpid(), signal.SIGINT)
        return losses.half_squared_error(output, target)

    handler = signal.getsignal(signal.SIGINT)
    history = training.fit(
        net, *XOR, optimizer=sgd, loss=loss, epochs=6, batch_size=1, checkpoint=file
    )
    assert history.end == "interrupted"
    assert sgd.steps == after
    assert signal.getsignal(signal.SIGINT) is handler
    assert net.state_dict() != network().state_dict()
    again = network(seed=5)
    resumed = training.fit(again, *XOR, epochs=6, batch_size=1, checkpoint=file, resume=True)
    assert resumed == expected
    assert again.state_dict() == whole.state_dict()


def test_a_second_ctrl_c_acts_at_once() -> None:
    def loss(output: Value, target: float) -> Value:
        os.kill(os.getpid(), signal.SIGINT)
        return losses.half_squared_error(output, target)

    with pytest.raises(KeyboardInterrupt):
        training.fit(network(), *XOR, loss=loss)


def test_a_handler_of_the_users_own_is_left_alone() -> None:
    calls = []
    before = signal.signal(signal.SIGINT, lambda *_: calls.append(1))
    try:

        def loss(output: Value, target: float) -> Value:
            if not calls:
                os.kill(os.getpid(), signal.SIGINT)
            return losses.half_squared_error(output, target)

        assert training.fit(network(), *XOR, loss=loss, epochs=2).end == "finished"
    finally:
        signal.signal(signal.SIGINT, before)
    assert calls == [1]


def test_resume_without_a_file_starts_afresh(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    history = training.fit(network(), *XOR, epochs=2, checkpoint=file, resume=True)
    assert len(history.epochs) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 2}, "batch_size = 4, and this one has 2"),
        ({"seed": 1}, "seed = 0, and this one has 1"),
        ({"targets": [0, 1, 1, 1]}, "examples = '[0-9a-f]+', and"),
        ({"held_out": OTHERS}, "held_out = '[0-9a-f]+', and"),
        ({"optimizer": optim.Adam}, "optimizer = 'SGD', and this one has 'Adam'"),
        ({"hidden": 4}, r"best_state: layers\.0\.weight: expected shape \(4, 2\), got \(3, 2\)"),
    ],
)
def test_another_run_than_the_one_it_was_is_not_resumed(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    file = tmp_path / "run.json"
    training.fit(network(), *XOR, epochs=1, checkpoint=file, held_out=XOR)
    changes = {"targets": XOR[1], **changes}
    net = network(hidden=changes.pop("hidden", 3))
    optimizer = changes.pop("optimizer", optim.SGD)(net.parameters(), 0.1)
    before = net.state_dict()
    with pytest.raises(ModelFileError, match=message):
        training.fit(
            net, XOR[0], optimizer=optimizer, epochs=2, checkpoint=file, resume=True, **changes
        )
    assert net.state_dict() == before


# Files.


@pytest.mark.parametrize(
    "model",
    [
        nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid", bias=False, seed=3),
        nn.MLP(3, [4, 5, 2], activation="softplus", seed=1),
        nn.MLP(1, [1]),
    ],
)
def test_a_model_comes_back_bit_for_bit(model: nn.MLP, tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    training.save(model, file)
    again = training.load(file)
    assert again.state_dict() == model.state_dict()
    assert repr(again) == repr(model)
    row = [0.3] * len(model.layers[0].neurons[0].w)
    assert numbers(again(row)) == numbers(model(row))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_survives(number: float) -> None:
    assert json.loads(json.dumps(number)) == number
    assert math.copysign(1, json.loads(json.dumps(number))) == math.copysign(1, number)


def document(**changes: Any) -> dict[str, Any]:
    net = network(hidden=2)
    entries = {"format": "micrograd-like model", "version": 1, "inputs": 2, "layers": [2, 1]}
    entries |= {"activation": "tanh", "output": "sigmoid", "bias": True}
    entries |= {"parameters": net.state_dict(), **changes}
    return {name: entry for name, entry in entries.items() if entry is not ...}


def test_a_right_document_is_taken(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps(document()))
    assert training.load(tmp_path / "m.json").state_dict() == network(hidden=2).state_dict()


def parameters(**changes: Any) -> dict[str, Any]:
    return {**network(hidden=2).state_dict(), **changes}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON that can be read"),
        ('{"format": "micro', "is no JSON"),
        (b"\xff\xfe\x00", "is no JSON"),
        ("[" * 100_000, "is no JSON.*nested too deeply"),
        ("[1]", r"expected a micrograd-like model, got \[1\]"),
        (document(format="other"), "format: expected 'micrograd-like model', got \"other\""),
        (document(format=...), "format: expected 'micrograd-like model', got nothing"),
        (document(version=2), "has version 2, and this program reads up to 1; upgrade"),
        (document(version="1"), 'version: expected a whole number, got "1"'),
        (document(version=True), "version: expected a whole number"),
        (document(layers=...), "layers missing"),
        (document(more=1), "unexpected more"),
        (document(layers=[]), r"layers: expected a list of at least one, got \[\]"),
        (document(layers=[2, 0]), r"layers\[1\]: expected a whole number from 1, got 0"),
        (document(inputs=2.0), r"inputs: expected a whole number, got 2\.0"),
        (document(layers=[10**12, 1]), "parameters, layers.0.weight: expected a list of 10000000"),
        (document(inputs=10**12), "rows of 1000000000000 numbers"),
        (document(layers=[2, 1, 1]), r"layers\.2\.weight: expected a list of 1 rows, got nothing"),
        (document(activation="tan h"), "name of an activation, got 'tan h'"),
        (document(activation=["tanh"]), "activation: expected a text, got"),
        (document(bias=1), "bias: expected true or false, got 1"),
        (document(parameters=[]), "parameters: expected an object"),
        (document(bias=False), "parameters: MLP: unexpected layers.0.bias"),
        (document(parameters=parameters(**{"layers.1.bias": [math.nan]})), "finite numbers"),
        (document(parameters=parameters(**{"layers.1.bias": ["1"]})), "expected a real number"),
        (document(parameters=parameters(**{"layers.1.bias": [10**400]})), "below 1.8e308"),
        (
            document(parameters=parameters(**{"layers.0.weight": [[1, 2], [3]]})),
            r"layers\.0\.weight: expected shape",
        ),
    ],
)
def test_a_damaged_or_newer_file_is_refused_with_what_is_wrong(
    text: Any, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "m.json"
    content = text if isinstance(text, str | bytes) else json.dumps(text)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ModelFileError, match=message) as error:
        training.load(file)
    assert str(file) in str(error.value)


@given(data=st.data())
def test_no_damage_ends_in_anything_but_a_refusal(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A piece cut out or written over: the file is refused, or says another model in full."""
    folder = tmp_path_factory.mktemp("damage")
    net = network(hidden=2)
    training.save(net, folder / "model.json")
    training.fit(net, *XOR, epochs=1, patience=2, checkpoint=folder / "run.json")
    name = data.draw(st.sampled_from(["model.json", "run.json"]))
    content = bytearray((folder / name).read_bytes())
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    content[start:end] = data.draw(st.sampled_from([b"", b"0", b"null", b"-1", b"[]", b'"', b"\0"]))
    (folder / name).write_bytes(content)
    before = net.state_dict()
    try:
        if name == "model.json":
            net = training.load(folder / name)
        else:
            training.fit(net, *XOR, epochs=1, checkpoint=folder / name, resume=True)
    except ModelFileError:
        assert net.state_dict() == before
    assert all(math.isfinite(parameter.data) for parameter in net.parameters())


def test_a_checkpoint_is_no_model(tmp_path: Path) -> None:
    training.fit(network(), *XOR, epochs=1, checkpoint=tmp_path / "run.json")
    with pytest.raises(ModelFileError, match='got "micrograd-like checkpoint"'):
        training.load(tmp_path / "run.json")


def test_a_network_that_was_changed_by_hand_is_not_saved_as_another(tmp_path: Path) -> None:
    net = network()
    net.layers[0].neurons[1].activation = "relu"
    with pytest.raises(ValueError, match="one activation for all hidden neurons"):
        training.save(net, tmp_path / "m.json")
    with pytest.raises(TypeError, match=r"expected an nn\.MLP, got Neuron"):
        training.save(nn.Neuron(2), tmp_path / "m.json")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file_whole(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    training.save(network(), file)
    before = file.read_text()
    net = network()
    net.layers[0].neurons[0].w[0]._data = math.inf  # as nothing of ours would leave it
    with pytest.raises(ValueError, match="expected finite numbers to write"):
        training.save(net, file)
    assert file.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]


# Errors.


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: training.fit(network(), [], []), ValueError, "at least one example, got none"),
        (lambda: training.fit(network(), [[0, 0]], [1, 2]), ValueError, "as inputs, 1, got 2"),
        (
            lambda: training.fit(network(), [[0, 0], [1]], [1, 2]),
            ValueError,
            "inputs, example 2: expected 2 numbers as in example 1, got 1",
        ),
        (lambda: training.fit(network(), [0, 1], [1, 2]), TypeError, "inputs, example 1.*a row"),
        *(
            (partial(training.fit, network(), [row], [1]), TypeError, "expected a row of numbers")
            for row in ("ab", b"ab", {0.0, 1.0}, {0.0: 1, 1.0: 2})
        ),
        (lambda: training.fit(network(), [[0, 0]], [b"a"]), TypeError, "targets, example 1"),
        (
            lambda: training.fit(network(), [[0, math.nan]], [1]),
            DomainError,
            "inputs, example 1: .*finite",
        ),
        (lambda: training.fit(network(), [[0, 0]], ["a"]), TypeError, "targets, example 1"),
        (lambda: training.fit(network(), [[0, 0, 0]], [1]), ValueError, "MLP: expected 2 inputs"),
        (lambda: training.fit(network(), *XOR, epochs=-1), ValueError, "epochs: expected at least"),
        (lambda: training.fit(network(), *XOR, epochs=1.5), TypeError, "epochs: expected a whole"),
        (lambda: training.fit(network(), *XOR, batch_size=0), ValueError, "batch_size: expected"),
        (lambda: training.fit(network(), *XOR, patience=0), ValueError, "patience: expected"),
        (lambda: training.fit(network(), *XOR, resume=True), ValueError, "resume: expected"),
        (
            lambda: training.fit(network(), *XOR, held_out=([[1]], [1, 2])),
            ValueError,
            "held_out targets: expected as many",
        ),
        (
            lambda: training.fit(network(), *XOR, loss=losses.hinge),
            ValueError,
            "hinge: expected a target of -1 or 1, got 0",
        ),
    ],
)
def test_what_does_not_fit_is_said(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


# Progress.

SCRIPT = """
from micrograd_like import nn, training
net = nn.MLP(2, [2, 1], seed=0)
training.fit(net, [[0, 0], [1, 1]], [0, 1], epochs=400, correct=training.nearest)
print("done")
"""


def test_a_pipe_sees_no_bar() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_a_terminal_sees_a_bar_with_loss_and_accuracy() -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(follower)
    seen = b""
    try:
        while chunk := os.read(leader, 4096):
            seen += chunk
    except OSError:  # the other side is closed
        pass
    os.close(leader)
    out, _ = process.communicate(timeout=60)
    assert out == b"done\n"
    assert process.returncode == 0
    assert b"epoch 400 of 400" in seen
    assert b"loss" in seen
    assert b"%" in seen


def test_an_optimiser_over_another_networks_parameters_is_refused() -> None:
    net, other = (nn.MLP(2, [2, 1], seed=0) for _ in range(2))
    with pytest.raises(ValueError, match="over the model's parameters"):
        training.fit(net, [[0, 1]], [1], optimizer=optim.SGD(other.parameters(), rate=0.1))


@pytest.mark.parametrize(
    ("outputs", "targets", "message"),
    [
        (1, [[0, 1]], "targets: expected 1 number, one for each output of the model, got 2"),
        (2, [1], "targets: expected 2 numbers, one for each output of the model, got 1"),
        (2, [[0, 1]], "losses.mean_squared_error"),
    ],
)
def test_outputs_targets_and_loss_that_do_not_fit_are_told_by_their_sizes(
    outputs: int, targets: list[Any], message: str
) -> None:
    loss = losses.squared_error if isinstance(targets[0], list) and outputs > 1 else None
    chosen = {"loss": loss} if loss else {}
    with pytest.raises(TypeError, match=message):
        training.fit(nn.MLP(2, [outputs], seed=0), [[0, 1]], targets, epochs=1, **chosen)


@pytest.mark.parametrize(
    ("name", "number"), [("seen", 1), ("seen", 400), ("seen", 10**400), ("right", 99)]
)
def test_a_checkpoint_whose_counts_cannot_be_is_refused(
    tmp_path: Path, name: str, number: int
) -> None:
    file = tmp_path / "run.json"
    net = nn.MLP(2, [1], seed=0)
    data = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    training.fit(net, *data, epochs=1, batch_size=2, checkpoint=file)
    document = json.loads(file.read_text())
    document["progress"][name] = number
    file.write_text(json.dumps(document))
    before = net.state_dict()
    with pytest.raises(ModelFileError, match=name):
        training.fit(net, *data, epochs=2, batch_size=2, checkpoint=file, resume=True)
    assert net.state_dict() == before


@pytest.mark.parametrize("compiled", [False, True])
def test_several_outputs_by_default_have_half_the_sum_of_squares(compiled: bool) -> None:
    """Three steps of descent on ½Σ(t − o)², against NumPy: W := W − rate · mean (o − t)·xᵀ."""
    layer = nn.Layer(2, 2, nonlin=False, seed=0)
    inputs, targets = [[1.0, 2.0], [-1.0, 0.5]], [[1.0, 0.0], [0.0, 2.0]]
    rows = [[*(w.data for w in neuron.w), neuron.b.data] for neuron in layer.neurons]
    w, x, t = np.array(rows), np.column_stack([inputs, [1.0, 1.0]]), np.array(targets)
    expected = []
    for _ in range(3):
        errors = x @ w.T - t
        expected.append((errors**2).sum() / 2 / len(x))
        w = w - 0.1 * errors.T @ x / len(x)
    history = training.fit(layer, inputs, targets, epochs=3, compiled=compiled)
    assert history.losses == pytest.approx(expected, rel=1e-13)
    found = [[*(p.data for p in neuron.w), neuron.b.data] for neuron in layer.neurons]
    assert np.array(found) == pytest.approx(w, rel=1e-13)


# What patience keeps, and settings that are told before training begins.


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("batch_size", [None, 1])
def test_patience_returns_the_parameters_of_the_best_loss(compiled: bool, batch_size: Any) -> None:
    """The loss watched is that of the parameters that are kept, and not of those before."""
    for seed in range(6):
        net = nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid", seed=seed)
        history = training.fit(
            net,
            *XOR,
            optimizer=optim.SGD(net.parameters(), 20.0),
            patience=3,
            epochs=40,
            compiled=compiled,
            batch_size=batch_size,
        )
        kept = training.evaluate(net, *XOR).loss
        assert kept == pytest.approx(min(epoch.watched for epoch in history.epochs), rel=1e-9)
        assert kept == pytest.approx(history.epochs[history.best].watched, rel=1e-9)


@pytest.mark.parametrize("held_out", [None, OTHERS])
@pytest.mark.parametrize("batch_size", [None, 1])
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("broken", sampled([3, 7], every=2))
def test_patience_added_on_resume_returns_to_the_best_epoch_of_the_whole_run(
    held_out: Any, batch_size: Any, compiled: bool, broken: int, tmp_path: Path
) -> None:
    """At a rate far too high most runs are best before the break."""
    before = 0
    for seed in range(6):
        file, states = tmp_path / f"{seed}.json", []
        net = network(seed)
        run = partial(
            training.fit,
            net,
            *XOR,
            optimizer=optim.SGD(net.parameters(), 30.0),
            held_out=held_out,
            batch_size=batch_size,
            compiled=compiled,
            checkpoint=file,
            resume=True,
            on_epoch=lambda n, epoch, net=net, kept=states: kept.append(net.state_dict()),
        )
        assert all(epoch.after is None for epoch in run(epochs=broken).epochs)
        history = run(epochs=broken + 5, patience=3)
        data = held_out or XOR
        kept = training.evaluate(net, *data).loss
        assert net.state_dict() == states[history.best]
        assert kept == pytest.approx(history.epochs[history.best].watched, rel=1e-9)
        for state in states:
            net.load_state_dict(state)
            assert kept <= training.evaluate(net, *data).loss * (1 + 1e-9)
        before += history.best < broken
    assert before > 0


def test_a_checkpoint_changes_nothing_of_a_run(tmp_path: Path) -> None:
    """Not when a goal is reached, nor what an epoch says of itself."""
    goal = partial(training.fit, epochs=2000, goal=0.12, batch_size=1)
    assert goal(network(), *XOR) == goal(network(), *XOR, checkpoint=tmp_path / "run.json")


@pytest.mark.parametrize(
    ("first", "then", "returns"),
    [
        # Without patience nobody asked to return: what was learnt since stays.
        ({"patience": 3}, {}, "last"),
        ({"patience": 3, "held_out": XOR}, {"held_out": XOR}, "last"),
        # Another loss is watched: the best is sought anew from the break on.
        ({}, {"patience": 3, "held_out": OTHERS}, "best"),
        ({"patience": 3}, {"patience": 3, "held_out": OTHERS}, "best"),
        ({"patience": 3, "held_out": OTHERS}, {"patience": 3}, "best"),
        ({"held_out": OTHERS}, {"patience": 3}, "best"),
    ],
)
def test_patience_dropped_or_changed_on_resume(
    first: Any, then: Any, returns: str, tmp_path: Path
) -> None:
    net, states = network(), []
    run = partial(
        training.fit,
        net,
        *XOR,
        optimizer=optim.SGD(net.parameters(), 2.0),
        resume=True,
        checkpoint=tmp_path / "run.json",
    )
    run(epochs=4, **first)
    history = run(epochs=12, on_epoch=lambda n, e: states.append(net.state_dict()), **then)
    if returns == "last":
        assert net.state_dict() == states[-1]
        return
    data = then.get("held_out", XOR)
    kept = training.evaluate(net, *data).loss
    assert kept == pytest.approx(history.epochs[history.best].watched, rel=1e-9)
    for state in states:
        net.load_state_dict(state)
        assert kept <= training.evaluate(net, *data).loss * (1 + 1e-9)


def noisy(output: Value, target: Any) -> Value:
    """A loss that is never the same twice."""
    return losses.half_squared_error(output, target) * (1 + os.urandom(1)[0])


@pytest.mark.parametrize(
    ("first", "then", "refused"),
    [
        (losses.half_squared_error, losses.squared_error, True),
        (lambda o, t: (o - t) ** 2 / 2, lambda o, t: abs(o - t), True),
        (lambda o, t: (o - t) ** 2 / 2, losses.half_squared_error, False),
        (noisy, noisy, False),
    ],
)
@pytest.mark.parametrize("after", [None, 3])
def test_a_run_is_not_resumed_with_another_loss(
    first: Any, then: Any, refused: bool, after: int | None, tmp_path: Path
) -> None:
    """Be it at the end of an epoch that it was broken off or, by Ctrl-C, in the middle of one."""
    net = network()
    sgd, file = optim.SGD(net.parameters(), 0.1), tmp_path / "run.json"
    run = partial(training.fit, net, *XOR, optimizer=sgd, batch_size=1, checkpoint=file)

    def interrupted(output: Value, target: Any) -> Value:
        if sgd.steps == after and not done:
            done.append(os.kill(os.getpid(), signal.SIGINT))
        return first(output, target)

    done: list[Any] = []
    run(loss=interrupted, epochs=2)
    before = net.state_dict()
    if refused:
        with pytest.raises(ModelFileError, match="expected the same loss and model"):
            run(loss=then, epochs=4, resume=True)
        assert net.state_dict() == before
    else:
        run(loss=then, epochs=4, resume=True)
        assert net.state_dict() != before


@pytest.mark.parametrize("name", ["epochs", "batch_size", "patience", "checkpoint_every", "seed"])
def test_a_checkpoint_is_written_with_numpys_counts(name: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"epochs": 1, "checkpoint": tmp_path / "run.json"}
    training.fit(network(), *XOR, **{**settings, name: np.int64(2)})
    assert json.loads((tmp_path / "run.json").read_text())["settings"]["batch_size"] in (2, 4)


def test_correct_may_return_numpys_truth_values(tmp_path: Path) -> None:
    import numpy as np

    for compiled in (False, True):
        history = training.fit(
            network(),
            *XOR,
            epochs=1,
            compiled=compiled,
            correct=lambda o, t: np.abs(o - t) < 0.5,
            checkpoint=tmp_path / "run.json",
        )
        assert type(history.epochs[0].score.accuracy) is float


class Bare:
    """A module of a user's own, without states."""

    def __init__(self) -> None:
        self.w = Value(1.0, "w")

    def __call__(self, x: Any) -> Value:
        return self.w * x[0]

    def parameters(self) -> list[Value]:
        return [self.w]


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"patience": 2}, TypeError, "patience: expected a model with state_dict"),
        ({"checkpoint": "run.json"}, TypeError, "checkpoint: expected a model with state_dict"),
        ({"held_out": ([[1, 2]], [1])}, ValueError, "held_out: expected inputs of 1 numbers"),
        ({"held_out": ([[1]], [[1, 2]])}, ValueError, "held_out: expected targets of 1 numbers"),
        ({"held_out": [[1]]}, TypeError, r"held_out: expected \(inputs, targets\), got"),
        ({"goal": "0.1"}, TypeError, "goal: expected a real number"),
        ({"min_delta": "0.1"}, TypeError, "min_delta: expected a real number"),
        ({"loss": 3}, TypeError, "loss: expected a function of output and target, got 3"),
        (
            {"loss": lambda o: o},
            TypeError,
            r"loss: expected a function .* got one of \(o\): too many",
        ),
        ({"correct": "nearest"}, TypeError, "correct: expected a function of output and target"),
        ({"correct": lambda o, t, u: True}, TypeError, "correct: expected a .* missing a required"),
        ({"on_epoch": 3}, TypeError, "on_epoch: expected a function"),
        (
            {"on_epoch": lambda epoch: None},
            TypeError,
            "on_epoch: expected .* the last of them, got",
        ),
        ({"on_epoch": lambda: None}, TypeError, "on_epoch: expected a function"),
        ({"optimizer": "SGD"}, TypeError, "optimizer: expected one of optim"),
    ],
)
def test_what_cannot_be_done_is_told_before_training(
    settings: Any, error: type[Exception], message: str
) -> None:
    model: Any = Bare()
    with pytest.raises(error, match=message):
        training.fit(model, [[1.0]], [2.0], epochs=1, **settings)
    assert model.w.data == 1.0
    training.fit(model, [[1.0]], [2.0], epochs=1, held_out=([[1]], [1]))
    assert model.w.data != 1.0


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        (".", IsADirectoryError, "checkpoint: expected a file"),
        ("new/", OSError, "checkpoint: there is no folder"),
        ("n" * 300, OSError, "checkpoint: it cannot be written: File name too long"),
        ("a\0b", ValueError, "checkpoint: embedded null"),
    ],
)
def test_a_checkpoint_that_cannot_be_written_is_told_before_training(
    name: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    net = network()
    before = net.state_dict()
    with pytest.raises(error, match=message):
        training.fit(net, *XOR, epochs=1, checkpoint=f"{tmp_path}/{name}")
    assert net.state_dict() == before


@pytest.mark.parametrize(
    ("path", "error", "came"),
    [(3, TypeError, r"3 \(int\)"), (b"m", TypeError, "b'm'"), ("", ValueError, "an empty text")],
)
def test_what_is_no_path_is_refused_in_the_same_words(
    path: Any, error: type[Exception], came: str
) -> None:
    net = network()
    before = net.state_dict()
    for what, use in (
        ("path", lambda: training.save(net, path)),
        ("path", lambda: training.load(path)),
        ("checkpoint", lambda: training.fit(net, *XOR, epochs=1, checkpoint=path)),
    ):
        with pytest.raises(error, match=f"^{what}: expected the path of a file, got {came}"):
            use()
    assert net.state_dict() == before


def test_a_checkpoint_replaces_nothing_but_a_checkpoint(tmp_path: Path) -> None:
    notes, pipe, run = tmp_path / "notes.txt", tmp_path / "pipe", tmp_path / "run.json"
    notes.write_text("mine")
    with pytest.raises(FileExistsError, match=r"notes\.txt' is there and is no checkpoint"):
        training.fit(network(), *XOR, epochs=1, checkpoint=notes)
    assert notes.read_text() == "mine"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="a device or a pipe"):
        training.fit(network(), *XOR, epochs=1, checkpoint=pipe)
    run.touch()  # an empty file holds nothing that could be lost
    training.fit(network(), *XOR, epochs=1, checkpoint=run)
    training.fit(network(), *XOR, epochs=1, checkpoint=run)  # begun anew over the earlier run


def test_a_model_is_called_and_has_parameters() -> None:
    class Own(nn.Module):
        def __call__(self, x: Any) -> Value:
            return Value(1.0) * x[0]

    class Trained(Own, Bare):
        parameters = Bare.parameters

    for model in (lambda x: x[0], 3):
        with pytest.raises(TypeError, match="model: expected a network"):
            training.fit(model, *XOR)  # type: ignore[arg-type]
    with pytest.raises(NotImplementedError, match="Own: expected a class of its own to define"):
        training.fit(Own(), *XOR)
    with pytest.raises(TypeError, match="patience: expected a model with state_dict"):
        training.fit(Trained(), *XOR, patience=2)


class Stateful(Bare):
    """One with states of its own, which a test replaces."""

    def state_dict(self) -> Any:
        return {"w": self.w.data}

    def load_state_dict(self, state: Any) -> None:
        self.w.data = state["w"]


class Unloadable(nn.Module, Bare):
    """It can say its state, and not take one."""

    __init__, __call__, parameters = Bare.__init__, Bare.__call__, Bare.parameters  # type: ignore[assignment]
    state_dict = Stateful.state_dict


class Replacing(Stateful):
    def load_state_dict(self, state: Any) -> None:
        self.w = Value(state["w"])


class Aliasing(Stateful):
    def state_dict(self) -> Any:
        return {"w": self.w}

    def load_state_dict(self, state: Any) -> None:
        self.w.data = state["w"].data


class InArrays(Stateful):
    def state_dict(self) -> Any:
        return {"w": np.array(self.w.data)}


class Misspelt(Stateful):
    def load_state_dict(self, state: Any) -> None:
        self.w.data = state["v"]


@pytest.mark.parametrize(
    ("model", "patience", "checkpoint"),
    [
        (Stateful, None, None),
        (Unloadable, "NotImplementedError", "NotImplementedError"),
        (Misspelt, "KeyError: 'v'", "KeyError: 'v'"),
        (Replacing, "do not bring back", "do not bring back"),
        (Aliasing, "do not bring back", "do not bring back"),
        (InArrays, None, "ndarray is not JSON"),
    ],
)
def test_states_that_cannot_be_returned_to_are_told_before_training(
    model: Any, patience: str | None, checkpoint: str | None, tmp_path: Path
) -> None:
    for name, setting, reason in (
        ("patience", 2, patience),
        ("checkpoint", tmp_path / "run.json", checkpoint),
    ):
        net = model()
        run = partial(training.fit, net, [[1.0]], [2.0], epochs=1, **{name: setting})
        if reason is None:
            run()
            assert net.w.data != 1.0
        else:
            with pytest.raises(TypeError, match=f"{name}: expected a model with state.*{reason}"):
                run()
            assert net.parameters()[0].data == 1.0
    training.fit(model(), [[1.0]], [2.0], epochs=1)  # neither is asked for


def test_functions_may_take_more_than_they_are_given() -> None:
    """Callables of every kind, whose arguments cannot be seen or are not all needed."""
    seen: list[Any] = []

    class Counter:
        def __call__(self, *given: Any, quiet: bool = False) -> None:
            seen.append(given)

    loss = partial(lambda scale, o, t: (o - t) ** 2 * scale, 2.0)
    calls: tuple[Any, ...] = (Counter(), Counter().__call__, lambda n, e, more=None: seen.append(n))
    for call in calls:
        training.fit(network(), *XOR, epochs=1, loss=loss, on_epoch=call)
    assert len(seen) == len(calls)
    for correct in (lambda *both: True, np.less):  # what is written in C may not say what it takes
        training.fit(network(), *XOR, epochs=1, correct=correct)


def test_a_callback_sees_every_epoch() -> None:
    seen = []
    history = training.fit(network(), *XOR, epochs=3, on_epoch=lambda n, e: seen.append((n, e)))
    assert seen == [*enumerate(history.epochs, 1)]
