"""The matrix form of backpropagation, as courses write it, beside the graph's gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from micrograd_like import losses
from micrograd_like.engine import grad
from micrograd_like.lessons import matrices
from micrograd_like.lessons.matrices import HIDDEN_ERRORS, Array, Matrices
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Curves
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.nn import MLP
from micrograd_like.notation import number
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

_PLACES = 4
#: What courses write for the hidden errors, by the method's name.
_E_H = {"chain rule": "E_h = Wᵀ(E∘O∘(1−O))", "plain Wᵀ·E": "E_h = WᵀE"}

INPUTS, OUTPUTS = 3, 2


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    seed: int = setting(0, "Other weights and another example.", least=0)
    rate: float = setting(0.1, "The learning rate.", above=0)
    hidden: int = setting(4, "Hidden neurons.", least=1, most=1000)


@lesson("The ΔW formulas in matrices, beside the graph's gradients.", order=50, settings=Settings)
def matrix_form(settings: Settings) -> Outcome:
    """ΔW_ho = rate·(E ∘ O ∘ (1 − O))·Hᵀ and its like, beside −rate·∂cost/∂W from the graph."""
    seed, rate, hidden = settings.seed, settings.rate, settings.hidden
    net = MLP(INPUTS, [hidden, OUTPUTS], activation="sigmoid", output="sigmoid", seed=seed)
    generator = np.random.default_rng(seed)
    x = generator.uniform(-1, 1, (INPUTS, 1))
    target = generator.integers(0, 2, (OUTPUTS, 1)).astype(float)
    graph = graph_deltas(net, x[:, 0].tolist(), target[:, 0].tolist(), rate)
    now = Matrices.of(net)
    by_method = {name: now.deltas(x, target, rate, HIDDEN_ERRORS[name]) for name in _E_H}
    names = ("ΔW_ih", "ΔB_h", "ΔW_ho", "ΔB_o")
    gaps = {
        method: dict(
            zip(
                names,
                (float(abs(a - b).max()) for a, b in zip(d.all(), graph.all(), strict=True)),
                strict=True,
            )
        )
        for method, d in by_method.items()
    }
    largest = {n: float(abs(a).max()) for n, a in zip(names, graph.all(), strict=True)}
    _, output = now.forward(x)
    blocks: list[Block] = [
        Heading("The matrix form of backpropagation", level=1),
        Sentence(
            f"A network {INPUTS}-{hidden}-{OUTPUTS}, logistic, with biases, and one example. w_ij "
            "goes from j to i: rows are the receiving nodes. ∘ multiplies element by element."
        ),
        Sentence(f"X = {_column(x)}"),
        Sentence(f"O = {_column(output)}"),
        Sentence(f"E = T − O = {_column(target - output)}"),
        Heading("The formulas"),
        Sentence("ΔW_ho = rate · (E ∘ O ∘ (1 − O)) · Hᵀ"),
        Sentence("ΔB_o = rate · (E ∘ O ∘ (1 − O))"),
        Sentence("ΔW_ih = rate · (E_h ∘ H ∘ (1 − H)) · Xᵀ"),
        Sentence("ΔB_h = rate · (E_h ∘ H ∘ (1 − H))"),
        Sentence(
            "O and H are stored after the logistic function, so that its derivative is O(1 − O) of "
            "what is stored, not σ(O)(1 − σ(O)): it has passed through it already."
        ),
        Heading("Beside the graph's −rate · ∂E/∂W"),
        Grid(
            ("", "largest", *_E_H.values()),
            tuple(
                (
                    n,
                    f"{largest[n]:.6f}",
                    f"{gaps['chain rule'][n]:.1e}",
                    f"{gaps['plain Wᵀ·E'][n]:.1e}",
                )
                for n in names
            ),
        ),
        Sentence(
            "The largest entry of the graph's change, and how far the formulas are from it at "
            "most. With the chain rule's hidden errors they are the graph's gradients to rounding; "
            "with plain WᵀE only the outer layer is."
        ),
        *try_next(
            "micrograd-like lessons matrix-form --hidden 8 --seed 5: other shapes, other numbers.",
            "micrograd-like lessons splitting-the-error: where the two hidden errors part.",
        ),
    ]
    record = {
        "inputs": x[:, 0].tolist(),
        "targets": target[:, 0].tolist(),
        "weights": matrices.as_lists(now),
        "graph": matrices.as_lists(graph),
        "formulas": {name: matrices.as_lists(d) for name, d in by_method.items()},
        "off_by": gaps,
    }
    apart = {
        _E_H[name]: (changes.w_ih - graph.w_ih).ravel().tolist()
        for name, changes in by_method.items()
    }
    picture = Curves("How far from the graph's ΔW_ih", "difference", apart, "entry, row by row")
    return Outcome(blocks, record, [picture])


def graph_deltas(net: MLP, x: list[float], target: list[float], rate: float) -> Matrices:
    """−rate · ∂E/∂parameter for E = ½ Σ (o − t)², from the graph, in the matrices' places."""
    out = net(x)
    outputs = out if isinstance(out, list) else [out]
    cost = losses.total(
        [losses.half_squared_error(o, t) for o, t in zip(outputs, target, strict=True)]
    )
    twin = MLP(
        len(x),
        [len(layer.neurons) for layer in net.layers],
        activation="sigmoid",
        output="sigmoid",
        seed=0,
    )
    for slot, slope in zip(twin.parameters(), grad(cost, net.parameters()), strict=True):
        slot.data = -rate * slope
    return Matrices.of(twin)


def _column(array: Array) -> str:
    return f"({', '.join(number(x, _PLACES) for x in array[:, 0].tolist())})"
