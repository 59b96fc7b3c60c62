"""Four activations on one network: values, derivatives, and what is left of a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_like.engine import Value, apply, grad
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Layers, Picture, Plane, span
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import side_by_side
from micrograd_like.lessons.xor_networks import ACTIVATIONS, XOR_INPUTS, XOR_TARGETS
from micrograd_like.nn import LINEAR, MLP
from micrograd_like.notation import formatted, number
from micrograd_like.training import LayerFlow, layer_flow
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

NAMES = {"sigmoid": "σ", "tanh": "tanh", "relu": "ReLU", LINEAR: "linear"}
PLACES = (-2.0, -1.0, 0.0, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    seed: int = setting(0, "Other weights.", least=0)
    layers: int = setting(6, "Layers of the network.", least=2, most=50)
    hidden: int = setting(4, "Neurons in each hidden layer.", least=1, most=100)


@lesson("Activations compared: σ, tanh, ReLU and none at all.", order=54, settings=Settings)
def activations(settings: Settings) -> Outcome:
    """φ(a) and φ′(a), then the same network with each φ: gradients by layer."""
    table = {name: [value_and_slope(name, a) for a in PLACES] for name in ACTIVATIONS}
    flows = {name: _flow(name, settings) for name in ACTIVATIONS}
    blocks: list[Block] = [
        Heading("Activations", level=1),
        Heading("Values and derivatives"),
        _table("φ(a)", {name: [value for value, _ in row] for name, row in table.items()}),
        _table("φ′(a)", {name: [slope for _, slope in row] for name, row in table.items()}),
        Sentence(
            "σ′ is at most ¼, at a = 0; tanh′ is at most 1, there too; both die away on either "
            "side. ReLU′ is 1 or 0: on the left nothing comes back at all, and a neuron that is "
            "on the left for every example is dead. A linear neuron's is 1 everywhere, but a "
            "network of nothing else is one straight function, however many layers it has."
        ),
        *_by_layer(flows, settings),
        *try_next(
            "micrograd-like lessons activations --layers 12: what is left of σ's gradient?",
            "micrograd-like lessons xor --activation tanh, relu, linear: which of them learns it?",
        ),
    ]
    record: dict[str, Any] = {
        "at": list(PLACES),
        "values": {name: [value for value, _ in row] for name, row in table.items()},
        "derivatives": {name: [slope for _, slope in row] for name, row in table.items()},
        "gradients": {name: [layer.gradient for layer in flow] for name, flow in flows.items()},
        "activations": {name: [layer.activation for layer in flow] for name, flow in flows.items()},
    }
    sheet = side_by_side("Activations and their derivatives", _by_hand())
    return Outcome(blocks, record, _pictures(flows), sheet)


def _by_hand() -> list[tuple[Value, str]]:
    """φ(a) at every place, each with the name of its a."""
    outputs = []
    for place, at in enumerate(PLACES, 1):
        a = Value(at, f"a{place}")
        for name, label in (("sigmoid", "s"), ("tanh", "t"), ("relu", "r")):
            out = apply(name, a)
            out.label = f"{label}{place}"
            outputs.append((out, a.label))
    return outputs


def value_and_slope(name: str, at: float) -> tuple[float, float]:
    """φ(a) and φ′(a), from the graph."""
    a = Value(at, "a")
    out = a * 1 if name == LINEAR else apply(name, a)
    return out.data, grad(out, a)


def _flow(name: str, settings: Settings) -> list[LayerFlow]:
    """The sizes by layer on XOR's examples; the weights are the same for every activation."""
    sizes = [settings.hidden] * (settings.layers - 1) + [1]
    net = MLP(2, sizes, activation=name, seed=settings.seed)
    return layer_flow(net, XOR_INPUTS, XOR_TARGETS)


def _table(head: str, rows: dict[str, list[float]]) -> Grid:
    heads = (head, *(f"a = {number(a)}" for a in PLACES))
    return Grid(
        heads, tuple((NAMES[n], *(formatted(x, ".4f") for x in row)) for n, row in rows.items())
    )


def _by_layer(flows: dict[str, list[LayerFlow]], settings: Settings) -> list[Block]:
    rows = tuple(
        (NAMES[name], *(formatted(layer.gradient, ".1e") for layer in _ends(flow)), _share(flow))
        for name, flow in flows.items()
    )
    last = settings.layers
    return [
        Heading(f"The same network of {last} layers with each: gradients by layer"),
        Grid(("∂E/∂w", "layer 1", "layer 2", f"layer {last}", "first : last"), rows),
        Sentence(
            "Root mean squares over the weights of a layer and XOR's four examples; the same "
            "weights, between −1 and 1, for all, and an output without activation. Going back, "
            "every layer multiplies by φ′ and by the weights."
        ),
    ]


def _ends(flow: Sequence[LayerFlow]) -> tuple[LayerFlow, LayerFlow, LayerFlow]:
    return flow[0], flow[1], flow[-1]


def _share(flow: Sequence[LayerFlow]) -> str:
    last = flow[-1].gradient
    return formatted(flow[0].gradient / last, ".1e") if last else "–"


def _pictures(flows: dict[str, list[LayerFlow]]) -> list[Picture]:
    places = span(-4, 4, 161)
    both = {name: [value_and_slope(name, a) for a in places] for name in ACTIVATIONS}
    values = {
        NAMES[n]: [(a, v) for a, (v, _) in zip(places, row, strict=True)]
        for n, row in both.items()
        if n != LINEAR
    }
    values[NAMES[LINEAR]] = [(a, a) for a in (-1.5, 2.5)]
    values[NAMES["relu"]] = [(-4.0, 0.0), (0.0, 0.0), (2.5, 2.5)]
    slopes = {
        NAMES[n]: [(a, s) for a, (_, s) in zip(places, row, strict=True)] for n, row in both.items()
    }
    gradients = {NAMES[name]: [layer.gradient for layer in flow] for name, flow in flows.items()}
    return [
        Plane("φ(a)", "a", "φ", values),
        Plane("φ′(a)", "a", "φ′", slopes),
        Layers("Gradients by layer", "root mean square of ∂E/∂w", gradients),
    ]
