"""W1: one training step on two moons, the step of micrograd's demo.

100 points, a 2-16-16-1 network with ReLU and a linear output, mean hinge loss plus
1e-4·Σp²; one forward and one backward pass over all points.

micrograd's nodes form reference cycles, which only the collector frees: with it off, its
time holds no freeing at all, while micrograd_like's holds that of the whole graph.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import micrograd.engine
import micrograd.nn

import micrograd_like
from benchmarks.harness import (
    OFF,
    ON,
    Column,
    Goal,
    Row,
    Workload,
    check_close,
    in_own_process,
    take_turns,
)
from micrograd_like import losses

SIZES = (2, [16, 16, 1])
SEED = 1337
WEIGHT_DECAY = 1e-4

Points = list[list[float]]


def demo_step(value: Any, model: Any, points: Points, targets: list[int]) -> float:
    """The loss, with gradients in the parameters, as micrograd's demo computes them."""
    inputs = [list(map(value, point)) for point in points]
    scores = list(map(model, inputs))
    hinges = [(1 + -yi * si).relu() for yi, si in zip(targets, scores, strict=True)]
    data_loss = sum(hinges) * (1.0 / len(hinges))
    penalty = WEIGHT_DECAY * sum(p * p for p in model.parameters())
    loss = data_loss + penalty
    model.zero_grad()
    loss.backward()
    return float(loss.data)


def step_with_losses(value: Any, model: Any, points: Points, targets: list[int]) -> float:
    """The same with micrograd_like's own losses, which are one node for each sum."""
    scores = [model(point) for point in points]
    hinges = [losses.hinge(s, y) for s, y in zip(scores, targets, strict=True)]
    loss = losses.mean(hinges) + WEIGHT_DECAY * losses.sum_of_squares(model.parameters())
    model.zero_grad()
    loss.backward()
    return loss.data


class ElementaryNeuron:
    """micrograd's neuron over micrograd_like's Value: a node for every single * and +."""

    def __init__(self, nin: int, nonlin: bool) -> None:
        self.w = [micrograd_like.Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = micrograd_like.Value(0)
        self.nonlin = nonlin

    def __call__(self, x: Iterable[micrograd_like.Value]) -> micrograd_like.Value:
        """The neuron's output."""
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=False)), self.b)
        return act.relu() if self.nonlin else act


class ElementaryMLP:
    """micrograd's network of such neurons; the last layer is linear."""

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        sizes = [nin, *nouts]
        self.layers = [
            [ElementaryNeuron(sizes[i], nonlin=i != len(nouts) - 1) for _ in range(nout)]
            for i, nout in enumerate(nouts)
        ]

    def __call__(self, x: list[micrograd_like.Value]) -> Any:
        """The network's outputs: a list, or the only one by itself."""
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0] if len(x) == 1 else x

    def parameters(self) -> list[micrograd_like.Value]:
        """All parameters in micrograd's order."""
        return [p for layer in self.layers for neuron in layer for p in (*neuron.w, neuron.b)]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for p in self.parameters():
            p.grad = 0.0


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine's Value and network, the step it does, and timed steps in a turn."""

    name: str
    value: Any
    network: Callable[..., Any]
    step: Callable[[Any, Any, Points, list[int]], float]
    steps: int

    def build(self) -> Any:
        """The network, with the weights that every contender's network gets."""
        random.seed(SEED)
        return self.network(*SIZES)


# Slow contenders do fewer steps in a turn, so that turns stay short and alternate often.
CONTENDERS = (
    Contender("micrograd", micrograd.engine.Value, micrograd.nn.MLP, demo_step, 2),
    Contender("micrograd_like", micrograd_like.Value, micrograd_like.nn.MLP, demo_step, 6),
    Contender(
        "micrograd_like, own losses",
        micrograd_like.Value,
        micrograd_like.nn.MLP,
        step_with_losses,
        6,
    ),
    Contender("micrograd_like, elementary", micrograd_like.Value, ElementaryMLP, demo_step, 3),
)
REFERENCE = CONTENDERS[0].name


def result(
    contender: Contender, model: Any, points: Points, targets: list[int]
) -> dict[str, float]:
    """Every weight, the loss and every gradient of one step, by name."""
    weights = {f"weight {i}": float(p.data) for i, p in enumerate(model.parameters())}
    loss = contender.step(contender.value, model, points, targets)
    gradients = {f"gradient {i}": float(p.grad) for i, p in enumerate(model.parameters())}
    return {**weights, "loss": float(loss), **gradients}


#: Relative tolerances, by the first word of a result's name.
TOLERANCES = {"weight": 0.0, "loss": 1e-12, "gradient": 1e-9}


def check_agreement(models: dict[str, Any], points: Points, targets: list[int]) -> None:
    """Compare every contender's results with the reference's: AssertionError if they differ."""
    results = {c.name: result(c, models[c.name], points, targets) for c in CONTENDERS}
    for contender, got in results.items():
        for name, expected in results[REFERENCE].items():
            tolerance = TOLERANCES[name.split()[0]]
            check_close(f"W1, {contender}, {name}", got[name], expected, tolerance)


def run(repeats: int, size: int) -> list[Row]:
    """A row for each contender and collector setting."""
    moons = in_own_process("benchmarks.moons_data")
    points, targets = moons["points"], moons["targets"]
    models = {c.name: c.build() for c in CONTENDERS}
    check_agreement(models, points, targets)

    def task(c: Contender) -> Callable[[], float]:
        return lambda: c.step(c.value, models[c.name], points, targets)

    times = take_turns({c.name: (task(c), c.steps) for c in CONTENDERS}, repeats)
    medians = {key: statistics.median(samples) for key, samples in times.items()}
    return [
        Row(
            name,
            setting,
            {
                "median_ms": median * 1e3,
                "fastest_ms": min(times[name, setting]) * 1e3,
                "times_faster": medians[REFERENCE, setting] / median,
            },
        )
        for (name, setting), median in medians.items()
    ]


MOONS = Workload(
    name="W1",
    title="moons step: 100 points, MLP(2, [16, 16, 1]), hinge loss and L2, forward and backward",
    columns=(
        Column("median_ms", "median ms"),
        Column("fastest_ms", "fastest ms"),
        Column("times_faster", "× micrograd"),
    ),
    goals=(
        Goal(
            "times faster than micrograd, the same script",
            "micrograd_like",
            ON,
            "times_faster",
            45.0,
        ),
        Goal(
            "times faster than micrograd, elementary operations",
            "micrograd_like, elementary",
            OFF,
            "times_faster",
            1.8,
        ),
    ),
    run=run,
    repeats=7,
)
