"""The matrix form of backpropagation, as courses write it, beside the graph's gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from micrograd_like import losses
from micrograd_like.engine import grad
from micrograd_like.lessons import matrices
from micrograd_like.lessons.matrices import HIDDEN_ERRORS, Array, Matrices
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import MatrixLine, Rows
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import Entries, in_matrices
from micrograd_like.nn import MLP
from micrograd_like.notation import formatted, number
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence
from micrograd_like.writers.blocks import Matrices as MatricesBlock

_PLACES = 4
#: Hidden neurons of the largest network that is worked by hand.
_BY_HAND = 12
#: What courses write for the hidden errors, by the method's name.
_E_H = {"chain rule": "E_h = Wᵀ(E∘O∘(1−O))", "plain Wᵀ·E": "E_h = WᵀE"}

_NAMES = ("ΔW_ih", "ΔB_h", "ΔW_ho", "ΔB_o")
Part = str | tuple[str, Rows]

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
    sizes = [settings.hidden, OUTPUTS]
    net = MLP(INPUTS, sizes, activation="sigmoid", output="sigmoid", seed=settings.seed)
    generator = np.random.default_rng(settings.seed)
    x = generator.uniform(-1, 1, (INPUTS, 1))
    target = generator.integers(0, 2, (OUTPUTS, 1)).astype(float)
    rate = settings.rate
    graph = graph_deltas(net, x[:, 0].tolist(), target[:, 0].tolist(), rate)
    now = Matrices.of(net)
    by_method = {name: now.deltas(x, target, rate, HIDDEN_ERRORS[name]) for name in _E_H}
    lines = _lines(now, x, target, rate)
    blocks: list[Block] = [
        Heading("The matrix form of backpropagation", level=1),
        Sentence(
            f"A network {INPUTS}-{settings.hidden}-{OUTPUTS}, logistic, with biases, and one "
            "example. w_ij goes from j to i: rows are the receiving nodes."
        ),
        *_worked(lines),
        *_beside_the_graph(by_method, graph),
        *try_next(
            "micrograd-like lessons matrix-form --hidden 8 --seed 5: other shapes, other numbers.",
            "--plot matrices.svg draws every line as heat maps with their numbers.",
            "micrograd-like lessons splitting-the-error: where the two hidden errors part.",
        ),
    ]
    record = {
        "inputs": x[:, 0].tolist(),
        "targets": target[:, 0].tolist(),
        "weights": matrices.as_lists(now),
        "matrices": {name: rows for parts in lines.values() for name, rows in _named(parts)},
        "graph": matrices.as_lists(graph),
        "formulas": {name: matrices.as_lists(d) for name, d in by_method.items()},
        "off_by": {name: _gaps(changes, graph) for name, changes in by_method.items()},
    }
    off, true = by_method["plain Wᵀ·E"].w_ih, graph.w_ih
    apart = _parts(("by WᵀE", off), "−", ("the graph", true), "=", ("apart", off - true))
    pictures = [MatrixLine(title, parts) for title, parts in lines.items()]
    pictures.append(MatrixLine("ΔW_ih by plain errors, beside the graph's", apart))
    sheet = _by_hand(now, x, target, rate) if settings.hidden <= _BY_HAND else ""
    return Outcome(blocks, record, pictures, sheet)


def _by_hand(now: Matrices, x: Array, t: Array, rate: float) -> str:
    """The calculation as a worksheet in matrices, with the cost C = ½ Σ (O − T)²."""
    h, o = now.forward(x)
    e = t - o
    delta_o = e * o * (1 - o)
    e_h = matrices.chain_rule(now.w_ho, e, o)
    delta_h = e_h * h * (1 - h)
    weights = dict(zip(("W_ih", "B_h", "W_ho", "B_o"), now.all(), strict=True))
    changed = zip(weights, (now + now.deltas(x, t, rate)).all(), strict=True)
    given = {name: _entries(name, array) for name, array in {"X": x, "T": t, **weights}.items()}
    lines = [
        ("H = sigmoid(W_ih X + B_h)", h),
        ("O = sigmoid(W_ho H + B_o)", o),
        ("C = sum((O - T)^2)/2", np.sum(e**2, keepdims=True) / 2),
        ("E = T - O", e),
        ("delta_o = E ∘ O ∘ (1 - O)", delta_o),
        ("dC/dB_o = -delta_o", -delta_o),
        ("dC/dW_ho = -delta_o Hᵀ", -delta_o @ h.T),
        ("E_h = W_hoᵀ delta_o", e_h),
        ("dC/dH = -E_h", -e_h),
        ("delta_h = E_h ∘ H ∘ (1 - H)", delta_h),
        ("dC/dB_h = -delta_h", -delta_h),
        ("dC/dW_ih = -delta_h Xᵀ", -delta_h @ x.T),
        *((f"{name}' = {name} - rate*dC/d{name}", array) for name, array in changed),
    ]
    worked = [(line, _entries(line.partition(" = ")[0], array)) for line, array in lines]
    return in_matrices("The matrix form, one example", {**given, "rate": rate}, worked)


def _entries(name: str, array: Array) -> Entries:
    """A column as a vector, weights as the matrix that they are."""
    entries: Entries = array.tolist() if "W" in name else array[:, 0].tolist()
    return array.item() if name == "C" else entries


def _lines(now: Matrices, x: Array, target: Array, rate: float) -> dict[str, list[Part]]:
    """Every line of the calculation with its matrices, by what it is."""
    h, o = now.forward(x)
    e = target - o
    delta_o = e * o * (1 - o)
    e_h = matrices.chain_rule(now.w_ho, e, o)
    delta_h = e_h * h * (1 - h)
    outer, inner = rate * delta_o @ h.T, rate * delta_h @ x.T
    scale = f"= {number(rate)} ·"
    return {
        "The hidden nodes": _parts(
            ("H", h), "= σ(", ("W_ih", now.w_ih), "·", ("X", x), "+", ("B_h", now.b_h), ")"
        ),
        "The outputs": _parts(
            ("O", o), "= σ(", ("W_ho", now.w_ho), "·", ("H", h), "+", ("B_o", now.b_o), ")"
        ),
        "The errors": _parts(("E", e), "=", ("T", target), "−", ("O", o)),
        "Through the outputs' activation": _parts(
            ("δ_o", delta_o), "=", ("E", e), "∘", ("O", o), "∘", ("1−O", 1 - o)
        ),
        "The outer weights": _parts(("ΔW_ho", outer), scale, ("δ_o", delta_o), "·", ("Hᵀ", h.T)),
        "Back to the hidden nodes": _parts(
            ("E_h", e_h), "=", ("Wᵀ_ho", now.w_ho.T), "·", ("δ_o", delta_o)
        ),
        "Through the hidden nodes' activation": _parts(
            ("δ_h", delta_h), "=", ("E_h", e_h), "∘", ("H", h), "∘", ("1−H", 1 - h)
        ),
        "The inner weights": _parts(("ΔW_ih", inner), scale, ("δ_h", delta_h), "·", ("Xᵀ", x.T)),
    }


def _parts(*parts: str | tuple[str, Array]) -> list[Part]:
    return [part if isinstance(part, str) else (part[0], part[1].tolist()) for part in parts]


def _named(parts: list[Part]) -> list[tuple[str, Rows]]:
    return [part for part in parts if not isinstance(part, str)]


#: What is to be said below a line.
_SAID = {
    "The hidden nodes": (
        "The shape rule: A·B needs as many columns in A as rows in B; it has A's rows and B's "
        "columns. Rows times columns: each entry is a row of A times the column of B, summed."
    ),
    "Through the outputs' activation": (
        "∘ multiplies element by element: the shapes must be the same. O is stored after the "
        "logistic function, so that its derivative is O(1 − O) of what is stored, not "
        "σ(O)(1 − σ(O)): it has passed through it already. A slip that courses make at this "
        "place is + for ·: O + (1 − O) is 1 for every O, and the derivative is gone."
    ),
    "The outer weights": (
        "A column times a row: entry ij is rate · δ_i · h_j, and the shape is that of W_ho. "
        "δ_o·H, without the transpose, is one column against as many rows as there are hidden "
        "nodes, and has no meaning for more than one. ΔB_o is rate · δ_o, without the last factor."
    ),
    "Back to the hidden nodes": (
        "Wᵀ, for what went from j to i comes back from i to j. Courses that pass plain errors on "
        "have E_h = Wᵀ·E here, without the derivative in δ_o."
    ),
    "The inner weights": "ΔB_h is rate · δ_h.",
}


def _worked(lines: dict[str, list[Part]]) -> list[Block]:
    blocks: list[Block] = []
    for title, parts in lines.items():
        blocks += [Heading(title), MatricesBlock(parts, _PLACES)]
        blocks += [Sentence(_SAID[title])] if title in _SAID else []
    return blocks


def _gaps(changes: Matrices, graph: Matrices) -> dict[str, float]:
    """How far every matrix of changes is from the graph's at most."""
    pairs = zip(changes.all(), graph.all(), strict=True)
    return dict(zip(_NAMES, (float(abs(a - b).max()) for a, b in pairs), strict=True))


def _beside_the_graph(by_method: dict[str, Matrices], graph: Matrices) -> list[Block]:
    largest = {n: float(abs(a).max()) for n, a in zip(_NAMES, graph.all(), strict=True)}
    gaps = {name: _gaps(changes, graph) for name, changes in by_method.items()}
    rows = tuple(
        (
            name,
            formatted(largest[name], ".6f"),
            *(formatted(gaps[method][name], ".1e") for method in _E_H),
        )
        for name in _NAMES
    )
    return [
        Heading("Beside the graph's −rate · ∂E/∂W"),
        Grid(("", "largest", *_E_H.values()), rows),
        Sentence(
            "The largest entry of the graph's change, and how far the formulas are from it at "
            "most. With the chain rule's hidden errors they are the graph's gradients to rounding; "
            "with plain WᵀE only the outer layer is."
        ),
    ]


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
