"""A two-layer network in matrices, as courses write it by hand, with NumPy and no graph.

    H = σ(W_ih·X + B_h),  O = σ(W_ho·H + B_o),  E = T − O,  cost ½ Σ E²
    ΔW_ho = rate · (E ∘ O ∘ (1 − O)) · Hᵀ       ΔB_o the same without Hᵀ
    ΔW_ih = rate · (E_h ∘ H ∘ (1 − H)) · Xᵀ     ΔB_h the same without Xᵀ

w_ij goes from j to i: rows are the receiving nodes; ∘ multiplies element by element. The
hidden errors E_h are the one thing that methods differ in: see :data:`HIDDEN_ERRORS`.
Every array may have leading axes, for many networks at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_like.nn import MLP
from micrograd_like.training.data import order

Array = NDArray[np.float64]
#: E_h of the outer weights W_ho, the output errors E and the outputs O.
HiddenError = Callable[[Array, Array, Array], Array]


def transposed(array: Array) -> Array:
    """Rows and columns of the last two axes exchanged."""
    exchanged: Array = array.swapaxes(-1, -2)
    return exchanged


def chain_rule(w: Array, errors: Array, outputs: Array) -> Array:
    """Wᵀ·(E ∘ O ∘ (1 − O)) = −∂cost/∂H: what goes back has passed the output's activation."""
    return transposed(w) @ (errors * outputs * (1 - outputs))


def plain(w: Array, errors: Array, outputs: Array) -> Array:
    """Wᵀ·E: every output's error, times the weight it came by."""
    return transposed(w) @ errors


def normalised(w: Array, errors: Array, outputs: Array) -> Array:
    """Σ over outputs of w_ij / Σ_k w_ik · e_i: the error, split in the weights' shares."""
    return transposed(w / w.sum(axis=-1, keepdims=True)) @ errors


HIDDEN_ERRORS: dict[str, HiddenError] = {
    "normalised": normalised,
    "plain Wᵀ·E": plain,
    "chain rule": chain_rule,
}


def side_by_side(methods: Sequence[HiddenError]) -> HiddenError:
    """The hidden errors of networks in equal parts, one behind the other: a method for each."""

    def hidden_error(w: Array, errors: Array, outputs: Array) -> Array:
        parts = zip(*(np.split(array, len(methods)) for array in (w, errors, outputs)), strict=True)
        return np.concatenate([by(*part) for by, part in zip(methods, parts, strict=True)])

    return hidden_error


@dataclass(frozen=True, slots=True)
class Matrices:
    """Weights and biases of both layers, or changes of them; biases are columns."""

    w_ih: Array
    b_h: Array
    w_ho: Array
    b_o: Array

    @classmethod
    def of(cls, nets: MLP | Sequence[MLP]) -> Matrices:
        """The matrices of a network with two layers and biases, or of several at once."""
        if isinstance(nets, MLP):
            state = nets.state_dict()
            columns = [np.array(state[f"layers.{n}.bias"])[:, None] for n in (0, 1)]
            weights = [np.array(state[f"layers.{n}.weight"]) for n in (0, 1)]
            return cls(weights[0], columns[0], weights[1], columns[1])
        each = [cls.of(net).all() for net in nets]
        return cls(*(np.stack(arrays) for arrays in zip(*each, strict=True)))

    def all(self) -> tuple[Array, Array, Array, Array]:
        """The four arrays."""
        return self.w_ih, self.b_h, self.w_ho, self.b_o

    def by_example(self) -> Matrices:
        """The same with an axis for examples, behind those for networks."""
        return Matrices(*(array[..., None, :, :] for array in self.all()))

    def forward(self, x: Array) -> tuple[Array, Array]:
        """(H, O) for a column of inputs."""
        hidden = sigmoid(self.w_ih @ x + self.b_h)
        return hidden, sigmoid(self.w_ho @ hidden + self.b_o)

    def deltas(
        self, x: Array, target: Array, rate: float, hidden_error: HiddenError = chain_rule
    ) -> Matrices:
        """The changes after one example, columns of inputs and of targets."""
        hidden, output = self.forward(x)
        errors = target - output
        outer = rate * errors * output * (1 - output)
        inner = rate * hidden_error(self.w_ho, errors, output) * hidden * (1 - hidden)
        return Matrices(inner @ transposed(x), inner, outer @ transposed(hidden), outer)

    def __add__(self, other: Matrices) -> Matrices:
        return Matrices(*(a + b for a, b in zip(self.all(), other.all(), strict=True)))


def sigmoid(a: Array) -> Array:
    """σ(a) = ½(1 + tanh(a/2)), which overflows nowhere."""
    half: Array = 0.5 * (1 + np.tanh(a / 2))
    return half


def train(
    nets: Sequence[MLP],
    inputs: Sequence[Sequence[float]],
    targets: Sequence[float],
    *,
    rate: float,
    epochs: int,
    hidden_error: HiddenError,
    seeds: Sequence[int],
    look: Callable[[Matrices], None] | None = None,
) -> tuple[Matrices, Array]:
    """Train many networks of one shape side by side, example by example in random order.

    The orders are those that ``training.fit`` takes for these seeds; ``look`` is shown the
    matrices before every epoch.

    Returns the matrices, and the mean of (t − o)² over the examples: a row for every epoch,
    after it, and a column for every network.
    """
    now = Matrices.of(nets)
    x, t = np.array(inputs, float)[:, :, None], np.array(targets, float).reshape(len(inputs), -1, 1)
    costs = np.empty((epochs, len(nets)))
    for epoch in range(epochs):
        if look:
            look(now)
        orders = {seed: order(len(inputs), seed, epoch) for seed in {*seeds}}
        places = np.array([orders[seed] for seed in seeds])
        for column in places.T:
            now = now + now.deltas(x[column], t[column], rate, hidden_error)
        costs[epoch] = mean_costs(now, x, t)
    return now, costs


def mean_costs(networks: Matrices, x: Array, t: Array) -> Array:
    """The mean of Σ (t − o)² over the examples, for every network."""
    _, outputs = networks.by_example().forward(x)
    mean: Array = ((t - outputs) ** 2).sum(axis=(-1, -2)).mean(axis=-1)
    return mean


def as_lists(matrices: Matrices) -> dict[str, Any]:
    """The four arrays as nested lists, by the names of the formulas."""
    names = ("W_ih", "B_h", "W_ho", "B_o")
    return {name: array.tolist() for name, array in zip(names, matrices.all(), strict=True)}
