"""Which weights to start from: all zero, all equal, or small random ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from micrograd_like import losses
from micrograd_like.engine import Value, grad
from micrograd_like.lessons.descent import Descent, descend
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Curves, Picture
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.xor_networks import XOR_INPUTS, XOR_TARGETS, one_update
from micrograd_like.nn import MLP
from micrograd_like.notation import formatted, number
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

HIDDEN, EQUAL = 2, 0.5


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    seed: int = setting(0, "Other random weights.", least=0)
    epochs: int = setting(3000, "Passes over XOR's four examples.", least=1, most=1_000_000)
    rate: float = setting(2.0, "The learning rate.", above=0)
    spread: float = setting(
        1.0, "Random weights lie between plus and minus this.", above=0, most=1e6
    )


@lesson("Starting weights: why equal ones never part.", order=52, settings=Settings)
def starting_weights(settings: Settings) -> Outcome:
    """A network 2-2-1 on XOR from three starts: the hidden neurons' gradients, and their ways."""
    draw = random.Random(settings.seed)
    starts: dict[str, Callable[[], float]] = {
        "all zero": lambda: 0.0,
        f"all {number(EQUAL)}": lambda: EQUAL,
        "random": lambda: draw.uniform(-settings.spread, settings.spread),
    }
    slopes, runs = {}, {}
    for name, weight in starts.items():
        net = MLP(2, [HIDDEN, 1], activation="sigmoid", output="sigmoid", seed=0)
        for value in net.parameters():
            value.data = weight()
        slopes[name] = _slopes(net)
        runs[name] = _trained(net, settings)
    apart = {name: [_apart(where) for where in run.path] for name, run in runs.items()}
    blocks: list[Block] = [
        Heading("Starting weights", level=1),
        Sentence(
            "A network 2-2-1, logistic, with biases, learns XOR in whole batches; the cost is the "
            "mean of ½(ŷ − y)². It starts from three sets of weights and biases."
        ),
        *_said(slopes, runs, apart),
        *try_next(
            "micrograd-like lessons starting-weights --spread 0.001: how long do nearly equal "
            "neurons stay together? --spread 30: what do very large weights do?",
        ),
    ]
    record: dict[str, Any] = {
        name: {
            "gradients": slopes[name],
            "apart": apart[name][-1],
            "loss": run.losses[-1],
            "weights": run.end,
        }
        for name, run in runs.items()
    }
    pictures: list[Picture] = [
        Curves("How far the hidden neurons are apart", "distance", apart, first=0),
        Curves("Loss", "loss", {n: run.losses for n, run in runs.items()}, "epoch", True, 0),
    ]
    title = f"All weights {number(EQUAL)}: both hidden neurons have the same derivatives"
    sheet = one_update(title, _equal(), 1, losses.half_squared_error, settings.rate)
    return Outcome(blocks, record, pictures, sheet)


def _equal() -> MLP:
    """The network with one number for all weights and biases."""
    net = MLP(2, [HIDDEN, 1], activation="sigmoid", output="sigmoid", seed=0)
    for value in net.parameters():
        value.data = EQUAL
    return net


def _slopes(net: MLP) -> list[list[float]]:
    """The gradient of every hidden neuron's weights and bias, over all four examples."""
    terms = [
        losses.half_squared_error(net(x), t) for x, t in zip(XOR_INPUTS, XOR_TARGETS, strict=True)
    ]
    return [grad(losses.mean(terms), neuron.own) for neuron in net.layers[0].neurons]


def _trained(net: MLP, settings: Settings) -> Descent:
    x1, x2, t = Value(0.0, "x1"), Value(0.0, "x2"), Value(0.0, "t")
    cost = losses.half_squared_error(net([x1, x2]), t)
    samples = [[*x, t] for x, t in zip(XOR_INPUTS, XOR_TARGETS, strict=True)]
    rate, epochs = settings.rate, settings.epochs
    return descend(cost, [x1, x2, t], net.parameters(), samples, rate=rate, epochs=epochs)


def _apart(where: list[float]) -> float:
    """The largest difference between what the hidden neurons have at the same place."""
    each = len(where) // (HIDDEN + 1)  # two weights and a bias: as many as the output has
    first, second = where[:each], where[each : 2 * each]
    return max(abs(a - b) for a, b in zip(first, second, strict=True))


def _said(
    slopes: dict[str, list[list[float]]],
    runs: dict[str, Descent],
    apart: dict[str, list[float]],
) -> list[Block]:
    at_first = tuple(
        (name, f"h{n}", *(formatted(slope, ".6f") for slope in neuron))
        for name, neurons in slopes.items()
        for n, neuron in enumerate(neurons, 1)
    )
    at_last = tuple(
        (
            name,
            formatted(apart[name][0], ".6f"),
            formatted(apart[name][-1], ".6f"),
            formatted(run.losses[-1], ".6f"),
        )
        for name, run in runs.items()
    )
    return [
        Heading("The gradients at the start"),
        Grid(("", "neuron", "∂E/∂w from x1", "∂E/∂w from x2", "∂E/∂b"), at_first),
        Sentence(
            "With all weights 0 nothing goes back through the outer weights: the inner gradients "
            "are 0. With equal weights they are not 0, but the same for both neurons: what two "
            "equal neurons say is the same, what comes back to them is the same, and so is every "
            "update. They stay equal for ever, and together can do no more than one neuron."
        ),
        Heading("After training"),
        Grid(("", "apart at first", "apart at last", "loss"), at_last),
        Sentence(
            "Apart: the largest difference between the hidden neurons' weights and biases. Only "
            "neurons that begin different become different; that is what random weights are for. "
            "Small ones keep the sums where the activation still has a slope."
        ),
    ]
