"""Compiled training: what has no one formula for all examples, all the time, is refused."""

from __future__ import annotations

import collections
import copy
import functools
import itertools
import logging
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from micrograd_like import Value, grad, losses, nn, no_grad, training

INPUTS, TARGETS = [[0.1 * n] for n in range(8)], [0.2 * n for n in range(8)]


@pytest.mark.parametrize("weigh", [lambda t: 5 if t else 1, lambda t: 5 if t == 1 else 1])
def test_a_loss_that_asks_what_its_target_is_is_not_compiled(weigh: Any) -> None:
    inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    net = nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid", seed=0)

    def loss(output: Any, target: Any) -> Value:
        return (output - target) ** 2 * weigh(target)

    with pytest.raises(ValueError, match="expected one formula for all numbers"):
        training.fit(net, inputs, targets, loss=loss, epochs=1, compiled=True)
    assert training.fit(net, inputs, targets, loss=loss, epochs=1).end == "finished"


# A compiled loss has one formula for all numbers.


def huber(output: Value, target: Any) -> Value:
    d = output - target
    return d * d / 2 if abs(d.data) <= 1 else abs(d) - 0.5


def sloped(output: Value, target: Any) -> Value | float:
    """A factor out of a backward pass."""
    d = output - target
    (d * d).backward()
    return d.grad


def unrecorded(output: Value, target: Any) -> Value:
    with no_grad():
        return abs(output - target)


class Gated(nn.MLP):
    """A network that takes another way for large outputs."""

    def __call__(self, x: Any) -> Any:
        out = super().__call__(x)
        return out * 2 if out > 3 else out


@pytest.mark.parametrize(
    ("loss", "asked"),
    [
        (huber, r"\.data"),
        (lambda o, t: (o - t) ** 2 if float(o) > 0 else abs(o - t), r"float\(\)"),
        (lambda o, t: (o - t) ** 2 if int(o) > 0 else abs(o - t), r"int\(\)"),
        (lambda o, t: (o - t) ** 2 * (1 if o < t else 2), "<"),
        (lambda o, t: (o - t) ** 2 * max(o, t), ">"),
        (lambda o, t: (o - t) ** 2 * (2 if t == 1 else 1), "=="),
        (lambda o, t: (o - t) ** 2 * (2 if t else 1), "if"),
        (lambda o, t: (o - t) ** 2 * (2 if o.grad else 1), r"\.grad"),
        (lambda o, t: (o - t) ** 2 * (2 if o.has_grad else 1), r"\.has_grad"),
        (lambda o, t: (o - t) ** 2 * (2 if abs(o - t).partials[0] > 0 else 1), r"\.partials"),
        (lambda o, t: (o - t) ** 2 * (2 if grad((o - t) ** 2, o) > 0 else 1), r"grad\(\)"),
        (lambda o, t: (o - t) ** 2 * sloped(o, t), r"backward\(\)"),
        # A number taken out of the graph would be that of the recording for good.
        (lambda o, t: (o - t) ** 2 + o.detach() ** 2, r"\.detach\(\)"),
        (lambda o, t: (o - t) ** 2 * unrecorded(o, t), r"no_grad\(\)"),
        (lambda o, t: (o - t) * copy.deepcopy(o - t), r"deepcopy\(\)"),
    ],
)
def test_a_loss_that_asks_for_numbers_is_not_compiled(loss: Any, asked: str) -> None:
    net = nn.MLP(1, [1], seed=0)
    with pytest.raises(ValueError, match=f"compiled: expected one formula.*{asked}"):
        training.fit(net, [[0.0], [3.0]], [0.0, 3.0], loss=loss, compiled=True, epochs=1)
    training.fit(net, [[0.0], [3.0]], [0.0, 3.0], loss=loss, epochs=1)  # the graph itself may


class Masked(nn.MLP):
    """One that looks at what it is given."""

    def __call__(self, x: Any) -> Any:
        return super().__call__([x[0], x[0] if x[0] > 0 else 0.0])


def test_a_model_that_asks_for_numbers_is_not_compiled() -> None:
    with pytest.raises(ValueError, match=r"compiled: expected one formula.*>"):
        training.fit(Gated(1, [1], seed=0), [[1.0]], [1.0], compiled=True, epochs=1)
    masked = Masked(2, [1], seed=0)
    with pytest.raises(ValueError, match=r"compiled: .*>.*, or choose by operations of the graph"):
        training.fit(masked, [[1.0], [-1.0]], [1.0, 2.0], compiled=True, epochs=1)
    training.fit(masked, [[1.0], [-1.0]], [1.0, 2.0], epochs=1)


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        (losses.half_squared_error, [0.0, 3.0]),
        (losses.binary_cross_entropy_with_logits, [0, 1]),
        (losses.hinge, [-1, 1]),
        # The same as huber, by operations that decide for every sample.
        (lambda o, t: abs(o - t).select(1, abs(o - t) - 0.5, (o - t) ** 2 / 2), [0.0, 30.0]),
        # A slope that is part of the graph.
        (lambda o, t: (o - t) ** 2 + grad((o - t) ** 3, o, create_graph=True) ** 2, [0.0, 1.0]),
    ],
)
def test_losses_that_do_not_ask_are_compiled(loss: Any, targets: list[float]) -> None:
    graphs, compiled = nn.MLP(1, [2, 1], seed=0), nn.MLP(1, [2, 1], seed=0)
    for net, how in ((graphs, False), (compiled, True)):
        training.fit(net, [[0.5], [3.0]], targets, loss=loss, compiled=how, epochs=5)
    for a, b in zip(graphs.parameters(), compiled.parameters(), strict=True):
        assert a.data == pytest.approx(b.data, rel=1e-9, abs=1e-12)


def test_nothing_of_the_watch_stays() -> None:
    assert not Value(1.0) == 1.0  # noqa: SIM201
    assert "__bool__" not in vars(Value)
    assert "__eq__" not in vars(Value)
    assert Value(2.0).data == 2.0
    assert len({Value(1.0), Value(1.0)}) == 2


# What changes by itself.


def train(loss: Any, model: Any = None, compiled: bool = True, **options: Any) -> Any:
    model = model or nn.MLP(1, [2, 1], activation="tanh", seed=0)
    options = {"epochs": 2, "batch_size": 4, **options}
    return training.fit(model, INPUTS, TARGETS, loss=loss, compiled=compiled, **options)


def closing_over() -> Any:
    calls = 0

    def loss(output: Value, target: Any) -> Value:
        nonlocal calls
        calls += 1
        return (output - target) ** 2 * (1 if calls < 100 else 2)

    return loss


def with_an_attribute() -> Any:
    def loss(output: Value, target: Any) -> Value:
        vars(loss)["calls"] = vars(loss).get("calls", 0) + 1
        return (output - target) ** 2

    return loss


def with_a_default() -> Any:
    def loss(output: Value, target: Any, calls: Any = ([0],)) -> Value:
        calls[0][0] += 1
        return (output - target) ** 2

    return loss


def by_a_helper() -> Any:
    calls = []

    def note() -> None:
        calls.append(0)

    return lambda output, target: (note(), (output - target) ** 2)[1]


def by_a_deque() -> Any:
    """What is neither a list nor has parts of its own is told by how it looks."""
    calls = collections.deque([0], maxlen=3)
    return lambda output, target: (calls.append(calls[-1] + 1), (output - target) ** 2)[1]


def counted(calls: Any, output: Value, target: Any) -> Value:
    calls[0] = calls[0] + 1
    return (output - target) ** 2


def counting(counter: Any) -> Any:
    return lambda output, target: (output - target) ** 2 * (1 if next(counter) < 100 else 2)


def drawing(draw: Callable[[], float]) -> Any:
    """A coin that falls on the other side once in ten thousand times."""
    return lambda output, target: (output - target) ** 2 * (2 if draw() < 1e-4 else 1)


class Counted:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, output: Value, target: Any) -> Value:
        self.calls += 1
        return (output - target) ** 2


class InASlot:
    __slots__ = ("calls",)

    def __init__(self) -> None:
        self.calls = 0

    __call__ = Counted.__call__


class CountingModel(nn.MLP):
    calls = 0

    def __call__(self, x: Any) -> Any:
        self.calls += 1
        return super().__call__(x) * (1 if self.calls < 100 else 2)


class CountedTogether(nn.MLP):
    calls = 0

    def __call__(self, x: Any) -> Any:
        CountedTogether.calls += 1
        return super().__call__(x)


@pytest.mark.parametrize(
    ("loss", "model", "told"),
    [
        (closing_over(), None, r"calls went from \d+ to \d+"),
        (with_an_attribute(), None, r"loss.calls went from \d+ to \d+"),
        (with_a_default(), None, r"defaults of loss.* went from"),
        (by_a_helper(), None, r"calls went from \d+ items to \d+ items"),
        (functools.partial(counted, [0]), None, r"went from \d+ to \d+"),
        (by_a_deque(), None, r"calls went from deque"),
        (functools.partial(counted, {0: 0}), None, r"went from \d+ to \d+"),
        (functools.partial(counted, np.zeros(1)), None, r"went from \[\d+.0\] to"),
        (counting(itertools.count()), None, r"counter went from count"),
        (counting(n for n in itertools.count()), None, r"counter went from"),
        (Counted(), None, r"loss.calls went from \d+ to \d+"),
        (InASlot(), None, r"InASlot.calls went from \d+ to \d+"),
        (Counted().__call__, None, r"loss.calls went from \d+ to \d+"),
        (None, CountingModel(1, [2, 1], seed=0), r"model.calls went from \d+ to \d+"),
        (None, CountedTogether(1, [2, 1], seed=0), r"CountedTogether.calls went from"),
        (drawing(random.random), None, r"the state of random changed"),
        (drawing(np.random.random), None, r"the state of numpy.random changed"),
        (drawing(random.Random(0).random), None, r"changed"),
        (drawing(np.random.default_rng(0).random), None, r"changed"),
        (drawing(np.random.RandomState(0).rand), None, r"changed"),
    ],
)
def test_what_changes_something_whenever_it_is_called_is_not_compiled(
    loss: Any, model: Any, told: str
) -> None:
    """A program would not call it for every example, so that it would never come to its change."""
    with pytest.raises(ValueError, match=f"compiled: expected .* that change nothing .*{told}"):
        train(loss or losses.half_squared_error, model, epochs=1)
    assert train(loss or losses.half_squared_error, model, compiled=False).end == "finished"


class Switched(nn.MLP):
    doubled = False

    def __call__(self, x: Any) -> Any:
        out = super().__call__(x)
        return out * 2 if self.doubled else out


class Detaching(nn.MLP):
    """It gives the same number with another gradient: nothing that its outputs tell."""

    frozen = False

    def __call__(self, x: Any) -> Any:
        hidden = self.layers[0](x)
        return self.layers[1]([h.detach() for h in hidden] if self.frozen else hidden)


def weighed(factor: Value) -> Any:
    return lambda output, target: (output - target) ** 2 * factor


@pytest.mark.parametrize(
    ("kind", "change", "told"),
    [
        (nn.MLP, lambda model, factor: setattr(factor, "data", 0.5), "0.5 in place of 1.0"),
        (Switched, lambda model, factor: setattr(model, "doubled", True), r"mul\(.*, 2\) in place"),
        (Detaching, lambda model, factor: setattr(model, "frozen", True), "in place of tanh"),
        (
            nn.MLP,
            lambda model, factor: setattr(model.layers[0].neurons[1], "activation", "sin"),
            r"sin\(.*\) in place of tanh\(",
        ),
        (
            nn.MLP,
            lambda model, factor: model.layers[0].neurons[0].w.__setitem__(0, Value(0.25)),
            "in place of",
        ),
    ],
)
@pytest.mark.parametrize("after", [1, 2, 5])
def test_what_is_another_formula_since_is_refused_in_the_next_batch(
    kind: Any, change: Any, told: str, after: int
) -> None:
    """Before anything is learnt from it; a change after the last batch is no reason."""

    def run(epochs: int) -> tuple[list[float], list[float]]:
        model, factor = kind(1, [2, 1], activation="tanh", seed=0), Value(1.0)
        parameters, state = model.parameters(), []

        def on_epoch(n: int, epoch: Any) -> None:
            state[:] = [p.data for p in parameters]
            if n == after:
                change(model, factor)

        if epochs == after:
            train(weighed(factor), model, on_epoch=on_epoch, epochs=epochs)
        else:
            said = f"compiled: in batch {2 * after + 1} the loss or.*{told}"
            with pytest.raises(ValueError, match=said):
                train(weighed(factor), model, on_epoch=on_epoch, epochs=epochs)
        return state, [p.data for p in parameters]

    for epochs in (after, after + 1):
        after_the_epoch, at_the_end = run(epochs)
        assert after_the_epoch == at_the_end


def test_what_is_recorded_the_same_again_is_compiled() -> None:
    """What a function keeps at its first call, reads without changing, or makes of parameters."""
    net = nn.MLP(1, [2, 1], activation="tanh", seed=0)
    kept: dict[str, float] = {}
    table, constant = [1.0, 2.0], Value(3.0) * 2
    for loss in (
        lambda o, t: (o - t) ** 2 * kept.setdefault("factor", 2.0),
        lambda o, t: (o - t) ** 2 * table[1] + constant,
        lambda o, t: (o - t) ** 2 + sum(p * p for p in net.parameters()) * 0.1,
    ):
        graphs = copy.deepcopy(net.state_dict())
        compiled = train(loss, net).losses
        net.load_state_dict(graphs)
        assert compiled == pytest.approx(train(loss, net, compiled=False).losses, rel=1e-9)


class Odd(dict[str, int]):
    def __getitem__(self, key: str) -> int:
        raise KeyError(key)

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


@pytest.mark.parametrize(
    "held",
    [10**5000, math.nan, Odd(a=1), logging.getLogger("x"), np.ones(1000), np.array([object()])],
    ids=lambda held: type(held).__name__,
)
def test_a_function_may_hold_anything_that_its_calls_do_not_change(held: Any) -> None:
    train(lambda o, t: (o - t) ** 2 if held is not None else o)


def test_what_was_computed_once_from_parameters_is_not_compiled() -> None:
    """Through the graph it keeps the numbers that it had; a program would compute it anew."""
    net = nn.MLP(1, [2, 1], activation="tanh", seed=0)
    penalty = sum(p * p for p in net.parameters())
    with pytest.raises(ValueError, match=r"computed only once, from w1"):
        train(lambda o, t: (o - t) ** 2 + penalty, net)
