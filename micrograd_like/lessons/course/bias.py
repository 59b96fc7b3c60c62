"""The bias: a weight on an input that is always 1, and what a neuron cannot do without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from micrograd_like import losses
from micrograd_like.derivation import derive
from micrograd_like.engine import Value, grad
from micrograd_like.lessons.descent import Descent, descend, ran_away
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Picture, surface
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import backpropagation
from micrograd_like.lessons.xor_networks import XOR_INPUTS
from micrograd_like.nn import Neuron
from micrograd_like.notation import counted, formatted, number
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

#: 1 where both inputs are 1.
AND_TARGETS = (0, 0, 0, 1)
_PLACES = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    epochs: int = setting(2000, "Passes over the four examples.", least=1, most=1_000_000)
    rate: float = setting(1.0, "The learning rate.", above=0)


@lesson("The bias is a weight on a constant 1.", order=32, settings=Settings)
def bias(settings: Settings) -> Outcome:
    """ŷ = σ(w1·x1 + w2·x2 + b) beside ŷ = σ(w1·x1 + w2·x2 + w0·x0) with x0 = 1, in numbers."""
    with_bias, b = _cost("b", constant=False)
    as_weight, w0 = _cost("w0", constant=True)
    slopes = {"∂E/∂b": grad(with_bias, b), "∂E/∂w0": grad(as_weight, w0)}
    runs = {name: _trained(kept, settings) for name, kept in (("with", True), ("without", False))}
    outputs = {name: [_output(run.end, x) for x in XOR_INPUTS] for name, run in runs.items()}
    blocks: list[Block] = [
        Heading("The bias", level=1),
        Heading("As a bias"),
        *derive(with_bias, b).blocks(_PLACES),
        Heading("As a weight on x0 = 1"),
        *derive(as_weight, w0).blocks(_PLACES),
        Sentence(
            f"∂E/∂b = {number(slopes['∂E/∂b'], 6)} and ∂E/∂w0 = {number(slopes['∂E/∂w0'], 6)}: "
            "the bias is a weight like the others, from an input that is 1 for every example. "
            "That is why Δb is Δw without its last factor."
        ),
        *_without(runs, outputs, settings),
        *try_next(
            "micrograd-like lessons bias --plot bias.svg: without a bias the output is ½ at the "
            "origin whatever the weights, and here the best weights are 0: it is ½ everywhere.",
        ),
    ]
    record: dict[str, Any] = {
        "derivatives": slopes,
        "outputs": outputs,
        "losses": {name: run.losses[-1] for name, run in runs.items()},
        "weights": {name: run.end for name, run in runs.items()},
    }
    title = "A neuron with a bias"
    sheet = backpropagation(title, with_bias, ["w1", "w2", "b"], settings.rate)
    return Outcome(blocks, record, _pictures(runs), sheet)


def _cost(name: str, *, constant: bool) -> tuple[Value, Value]:
    """E of one example, and the bias, or the weight that stands for it."""
    x1, x2, y = Value(1.0, "x1"), Value(2.0, "x2"), Value(1.0, "y")
    w1, w2, last = Value(0.2, "w1"), Value(-0.4, "w2"), Value(0.3, name)
    shift: Value = last * Value(1.0, "x0") if constant else last
    a = x1 * w1 + x2 * w2 + shift
    a.label = "a"
    out = a.sigmoid()
    out.label = "yhat"
    cost = losses.half_squared_error(out, y)
    cost.label = "E"
    return cost, last


def _trained(kept: bool, settings: Settings) -> Descent:
    """A neuron that learns AND by the cross-entropy, with a bias or without."""
    neuron = Neuron(2, activation="sigmoid", bias=kept, seed=0)
    for parameter in neuron.parameters():
        parameter.data = 0.0
    x1, x2, t = Value(0.0, "x1"), Value(0.0, "x2"), Value(0.0, "t")
    logit = sum((w * x for w, x in zip(neuron.w, (x1, x2), strict=True)), neuron.b or Value(0.0))
    cost = losses.binary_cross_entropy_with_logits(logit, t)
    samples = [[*x, t] for x, t in zip(XOR_INPUTS, AND_TARGETS, strict=True)]
    rate, epochs = settings.rate, settings.epochs
    return descend(cost, [x1, x2, t], neuron.parameters(), samples, rate=rate, epochs=epochs)


def _output(where: list[float], x: list[int] | list[float]) -> float:
    """σ(w1·x1 + w2·x2), and b where there is one."""
    total = sum(w * x for w, x in zip(where, [*x, 1.0], strict=False))
    return Value(total).sigmoid().data


def _without(
    runs: dict[str, Descent], outputs: dict[str, list[float]], settings: Settings
) -> list[Block]:
    rows = tuple(
        (f"{x1} {x2}", str(target), *(formatted(row[place], ".4f") for row in outputs.values()))
        for place, ((x1, x2), target) in enumerate(zip(XOR_INPUTS, AND_TARGETS, strict=True))
    )
    away = {name: said for name, run in runs.items() if (said := ran_away(run, settings.rate))}
    ends = {name: formatted(run.losses[-1], ".4f") for name, run in runs.items()}
    return [
        Heading(f"AND, learnt with a bias and without: {counted(settings.epochs, 'epoch')}"),
        Grid(("x1 x2", "target", *(f"{name} b" for name in outputs)), rows),
        Sentence(
            "Without a bias the sum is 0 for the inputs 0 0, and σ(0) = ½ whatever the weights: "
            f"that example cannot be learnt. The mean cross-entropy ends at "
            f"{ends['with']} with a bias and {ends['without']} without."
            f"{''.join(f' {name.capitalize()} a bias: {said}' for name, said in away.items())}"
        ),
    ]


def _pictures(runs: dict[str, Descent]) -> list[Picture]:
    return [
        surface(
            f"AND {name} a bias",
            lambda x, where=run.end: _output(where, x),  # type: ignore[misc]
            XOR_INPUTS,
            AND_TARGETS,
            steps=41,
        )
        for name, run in runs.items()
    ]
