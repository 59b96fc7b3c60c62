"""What a run may be asked for beside epochs: classes, dropout, tied weights, batches left out."""

from __future__ import annotations

import copy
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from micrograd_like import DomainError, ModelFileError, Value, compile_graph, losses, nn, optim
from micrograd_like.training import Epoch, History, Score, evaluate, fit, largest, load, save
from micrograd_like.training.checkpoint import Progress

ROWS = [[(k * k % 7 - 3) / 3, (k * 5 % 11 - 5) / 5] for k in range(12)]
CLASSES = [k % 3 for k in range(12)]
CROSS_ENTROPY = losses.cross_entropy_with_logits


def classifier(**options: Any) -> nn.MLP:
    return nn.MLP(2, [5, 3], activation="tanh", seed=1, **options)


# Classes by their numbers.


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 0.5]])
def test_classes_by_number_train_as_one_hot_rows_do(weights: Any, compiled: bool) -> None:
    rows = [[float(k == right) for k in range(3)] for right in CLASSES]
    histories, states = [], []
    for targets in (CLASSES, rows):
        net = classifier()
        histories.append(
            fit(
                net,
                ROWS,
                targets,
                loss=partial(CROSS_ENTROPY, weights=weights),
                epochs=4,
                batch_size=5,
                correct=largest,
                compiled=compiled,
            )
        )
        states.append([p.data for p in net.parameters()])
    assert states[0] == pytest.approx(states[1], rel=1e-12)
    assert [e.score.accuracy for e in histories[0].epochs] == [
        e.score.accuracy for e in histories[1].epochs
    ]


def test_the_largest_output_is_held_against_the_number_of_the_class() -> None:
    assert largest([0.1, 0.7, 0.2], 1.0)
    assert not largest([0.1, 0.7, 0.2], 2.0)


# Dropout.


def test_dropout_happens_in_training_alone_and_resumes_to_the_bit(tmp_path: Path) -> None:
    runs = []
    for stops in ((6,), (2, 4, 6)):
        net = classifier(dropout=0.4)
        file = tmp_path / f"{len(stops)}.json"
        for epochs in stops:
            net = classifier(dropout=0.4) if epochs == stops[0] else net
            history = fit(
                net,
                ROWS,
                CLASSES,
                loss=CROSS_ENTROPY,
                optimizer=optim.Adam(net.parameters(), 0.05),
                epochs=epochs,
                batch_size=5,
                checkpoint=file,
                resume=True,
            )
        runs.append((history.losses, net.state_dict()))
        assert net.masks is None
    assert runs[0] == runs[1]
    plain = classifier()
    assert fit(plain, ROWS, CLASSES, loss=CROSS_ENTROPY, epochs=1).losses != runs[0][0][:1]


def test_dropout_is_not_compiled() -> None:
    with pytest.raises(ValueError, match=r"compiled: expected one graph for all examples, got"):
        fit(classifier(dropout=0.5), ROWS, CLASSES, loss=CROSS_ENTROPY, compiled=True)


def test_dropout_is_saved(tmp_path: Path) -> None:
    save(classifier(dropout=0.5), tmp_path / "net.json")
    assert load(tmp_path / "net.json").dropout == 0.5
    document = json.loads((tmp_path / "net.json").read_text())
    (tmp_path / "net.json").write_text(json.dumps({**document, "dropout": 1.0}))
    with pytest.raises(ModelFileError, match="dropout: expected"):
        load(tmp_path / "net.json")


# What a checkpoint was written by.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "relu"}, "model = 'MLP of tanh, linear', and this one has 'MLP of relu"),
        ({"output": "sigmoid"}, "and this one has 'MLP of tanh, sigmoid'"),
        ({"dropout": 0.1}, r"and this one has 'MLP of tanh, linear, dropout 0\.1'"),
    ],
)
def test_another_activation_is_not_resumed(
    options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    file, usual = tmp_path / "run.json", {"activation": "tanh", "seed": 1}
    run = partial(fit, loss=CROSS_ENTROPY, checkpoint=file, resume=True)
    run(nn.MLP(2, [5, 3], **usual), ROWS, CLASSES, epochs=1)
    with pytest.raises(ModelFileError, match=message):
        run(nn.MLP(2, [5, 3], **{**usual, **options}), ROWS, CLASSES, epochs=2)
    assert len(run(nn.MLP(2, [5, 3], **usual), ROWS, CLASSES, epochs=2).epochs) == 2


# Tied weights.


@pytest.mark.parametrize("compiled", [False, True])
def test_tied_weights_are_trained_resumed_and_saved_as_one(compiled: bool, tmp_path: Path) -> None:
    def net() -> nn.MLP:
        made = nn.MLP(2, [2, 1], activation="tanh", seed=0)
        made.tie("w1", "w4", "w5")
        return made

    whole, broken = net(), net()
    run = partial(fit, inputs=ROWS, targets=CLASSES, compiled=compiled, batch_size=4)
    run(whole, epochs=4)
    run(broken, epochs=2, checkpoint=tmp_path / "run.json")
    again = net()
    run(again, epochs=4, checkpoint=tmp_path / "run.json", resume=True)
    assert again.state_dict() == whole.state_dict()
    assert whole.state_dict() != net().state_dict()
    save(whole, tmp_path / "net.json")
    read = load(tmp_path / "net.json")
    assert read.state_dict() == whole.state_dict()
    assert read.layers[1].neurons[0].w[0] is read.layers[0].neurons[0].w[0]
    assert len(read.parameters()) == 7


@pytest.mark.parametrize("names", [["w1", "w99"], ["w1"], [], "w1"])
def test_a_file_that_ties_what_there_is_not_is_refused(names: Any, tmp_path: Path) -> None:
    save(nn.MLP(2, [2, 1], seed=0), file := tmp_path / "net.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), "tied": [names]}))
    with pytest.raises(ModelFileError, match="tied"):
        load(file)


def test_a_deep_copy_of_a_network_and_its_program_stays_connected() -> None:
    net = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    x = [Value(1.0, "x1"), Value(2.0, "x2")]
    program = compile_graph(net(x), x, net.parameters())
    before = net.state_dict()
    twin, copied = copy.deepcopy((net, program))
    copied.parameters[:] = 0.25
    copied.store()
    assert {p.data for p in twin.parameters()} == {0.25}
    assert net.state_dict() == before
    assert copied([[0.3, 0.4]])[0] == pytest.approx(twin([0.3, 0.4]).data, rel=1e-15)
    assert program([[0.3, 0.4]])[0] == pytest.approx(net([0.3, 0.4]).data, rel=1e-15)


# Batches that are not finite.


def overflowing(output: Value, target: float) -> Value:
    return (output * 1e200) ** 2 if target == 5 else (output - target) ** 2


def neuron() -> nn.Neuron:
    return nn.Neuron(2, activation="sigmoid", seed=0)


def test_a_batch_that_is_not_finite_is_left_out_and_counted() -> None:
    run = partial(fit, loss=overflowing, batch_size=1, seed=None)
    skipping, without = neuron(), neuron()
    history = run(
        skipping, ROWS, [5.0, *CLASSES[1:]], epochs=3, on_nonfinite="skip", correct=lambda o, t: 1
    )
    other = run(without, ROWS[1:], CLASSES[1:], epochs=3)
    assert (history.skipped, [e.skipped for e in history.epochs]) == (3, [1, 1, 1])
    assert skipping.state_dict() == without.state_dict()
    assert history.losses == other.losses
    assert {e.score.accuracy for e in history.epochs} == {1.0}
    assert other.skipped == 0


def test_such_a_batch_is_left_out_of_a_compiled_run_too() -> None:
    """The first example is none that a loss can be recorded at."""
    rows, targets = [[1e200, 1e200], *ROWS[1:]], [1.0, *CLASSES[1:]]
    compiled, through = nn.Neuron(2, seed=0), nn.Neuron(2, seed=0)
    for model, how in ((compiled, True), (through, False)):
        run = partial(fit, model, rows, targets, batch_size=1, seed=None, compiled=how)
        assert run(epochs=2, on_nonfinite="skip").skipped == 2
    assert [p.data for p in compiled.parameters()] == pytest.approx(
        [p.data for p in through.parameters()], rel=1e-12
    )


@pytest.mark.parametrize("compiled", [False, True])
def test_what_is_left_out_counts_neither_for_patience_nor_in_a_checkpoint(
    compiled: bool, tmp_path: Path
) -> None:
    """An example of a target of its own, whose loss is not finite at any time."""
    rows, targets = [[1e300, 1.0], *ROWS[1:]], [5.0, *CLASSES[1:]]
    model = nn.Neuron(2, seed=0)
    file = tmp_path / "run.json"
    run = partial(fit, model, rows, targets, batch_size=1, compiled=compiled, checkpoint=file)
    assert run(epochs=2, on_nonfinite="skip").skipped == 2
    history = run(epochs=4, on_nonfinite="skip", patience=3, resume=True)
    kept = evaluate(model, ROWS[1:], CLASSES[1:]).loss
    assert kept == pytest.approx(history.epochs[history.best].watched, rel=1e-12)


def test_by_itself_such_a_batch_ends_the_run() -> None:
    with pytest.raises(DomainError, match="epoch 1: pow"):
        fit(neuron(), ROWS, [5.0, *CLASSES[1:]], loss=overflowing)


def test_an_epoch_without_any_finite_batch_ends_the_run() -> None:
    with pytest.raises(DomainError, match="epoch 1: expected a batch whose loss, gradient and"):
        fit(neuron(), ROWS, [5.0] * 12, loss=overflowing, batch_size=4, on_nonfinite="skip")


def test_what_was_left_out_is_known_after_a_break(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    run = partial(
        fit, loss=overflowing, batch_size=1, on_nonfinite="skip", checkpoint=file, resume=True
    )
    run(neuron(), ROWS, [5.0, *CLASSES[1:]], epochs=1)
    assert run(neuron(), ROWS, [5.0, *CLASSES[1:]], epochs=2).skipped == 2
    document = json.loads(file.read_text())
    document["progress"]["skipped"] = [3]
    file.write_text(json.dumps(document))
    with pytest.raises(ModelFileError, match="skipped: expected up to 0, got 3"):
        run(neuron(), ROWS, [5.0, *CLASSES[1:]], epochs=2)


# By how much a loss must be lower.


@pytest.mark.parametrize(
    ("watched", "least", "improved", "best"),
    [
        ([3.0, 2.0, 1.9, 1.8], 0.0, 3, 3),
        ([3.0, 2.0, 1.9, 1.8], 0.5, 1, 3),  # 1.8 is lower, and not by enough
        ([3.0, 2.0, 1.9, 1.4], 0.5, 3, 3),  # by enough since the last that was
        ([3.0, 2.0, 2.5, 2.0], 0.0, 1, 1),
        ([], 0.0, -1, -1),
    ],
)
def test_an_epoch_is_better_by_a_least_difference(
    watched: list[float], least: float, improved: int, best: int
) -> None:
    """As it goes on, and read from a file at once."""
    epochs = [Epoch(Score(loss)) for loss in watched]
    running = Progress(min_delta=least)
    for epoch in epochs:
        running.close(epoch)
    for progress in (running, Progress(list(epochs), min_delta=least)):
        assert (progress.improved, progress.best) == (improved, best)
        assert progress.end(None, 2) == ("no better" if len(watched) - 1 - improved >= 2 else None)


def test_a_run_ends_sooner_where_losses_must_be_lower_by_more() -> None:
    def run(**options: Any) -> History:
        return fit(neuron(), ROWS, [k % 2 for k in CLASSES], epochs=60, patience=3, **options)

    assert len(run(min_delta=0.01).epochs) < len(run().epochs) == 60
    with pytest.raises(ValueError, match="min_delta: expected 0 <= min_delta"):
        run(min_delta=-1.0)
    with pytest.raises(ValueError, match="on_nonfinite: expected 'raise' or 'skip', got 'ignore'"):
        run(on_nonfinite="ignore")
