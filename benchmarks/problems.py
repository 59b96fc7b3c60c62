"""W1, W3 and W4 as problems: samples, parameters, a formula over arrays, and the graph.

Parameters are one array, neuron by neuron, weights and then the bias, as ``nn`` has them. The
formula gives a value for every sample and works on the arrays of NumPy, JAX, PyTorch, autograd
and CasADi alike.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_like import Value, compile_graph, losses, nn
from micrograd_like.tape.program import Program

Formula = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What every contender computes: values, and the gradient of their sum plus the penalty.

    Attributes:
        formula: (library, parameters, samples) -> values, a column.
        gradient: The same with the gradient, by hand with NumPy.
        penalty: c in c·Σp², added once.
        in_c: Its function in by_hand.c, if any.
    """

    name: str
    samples: Any
    parameters: Any
    formula: Formula
    by_hand: Callable[[Any, Any], tuple[Any, Any]]
    compiled: Callable[[str], Program]
    penalty: float = 0.0
    in_c: str = ""


def layer(p: Any, nin: int, nout: int, start: int) -> tuple[Any, Any, int]:
    """Weights (nout, nin) and biases (1, nout) that stand from ``start`` on, and where they end."""
    end = start + nout * (nin + 1)
    rows = p[start:end].reshape((nout, nin + 1))
    return rows[:, :nin], rows[:, nin:].T, end


def _by_row(p: Any, nin: int, nout: int, start: int) -> tuple[Any, Any, int]:
    """The same of CasADi's arrays, which are laid out by columns."""
    end = start + nout * (nin + 1)
    rows = p[start:end].reshape((nin + 1, nout)).T
    return rows[:, :nin], rows[:, nin:].T, end


def layered(p: Any, sizes: list[int]) -> tuple[list[Any], list[Any]]:
    """The weights and the biases of every layer."""
    cut = _by_row if type(p).__module__.startswith("casadi") else layer
    start, weights, biases = 0, [], []
    for nin, nout in itertools.pairwise(sizes):
        w, b, start = cut(p, nin, nout, start)
        weights.append(w)
        biases.append(b)
    return weights, biases


# W1: two moons.

MOONS = [2, 16, 16, 1]


def _moons_formula(library: Any, p: Any, x: Any) -> Any:
    (w1, w2, w3), (b1, b2, b3) = layered(p, MOONS)
    h = x[:, :2] @ w1.T + b1
    h = h * (h > 0)
    h = h @ w2.T + b2
    h = h * (h > 0)
    margin = 1 - x[:, 2:] * (h @ w3.T + b3)
    return margin * (margin > 0) / 100


def _moons_by_hand(p: Any, x: Any) -> tuple[Any, Any]:
    (w1, w2, w3), (b1, b2, b3) = layered(p, MOONS)
    h1 = np.maximum(x[:, :2] @ w1.T + b1, 0)
    h2 = np.maximum(h1 @ w2.T + b2, 0)
    y = x[:, 2:]
    margin = np.maximum(1 - y * (h2 @ w3.T + b3), 0)
    d3 = np.where(margin > 0, -y / 100, 0)
    d2 = (d3 @ w3) * (h2 > 0)
    d1 = (d2 @ w2) * (h1 > 0)
    parts = [
        np.hstack([d.T @ before, d.sum(0)[:, None]]).ravel()
        for d, before in ((d1, x[:, :2]), (d2, h1), (d3, h2))
    ]
    return margin[:, 0] / 100, np.concatenate(parts) + 2e-4 * p


def moons(points: Any) -> Problem:
    """100 points: hinge loss over 100, plus 1e-4·Σp² of the whole."""
    net = nn.MLP(2, [16, 16, 1], seed=1)

    def compiled(backend: str) -> Program:
        x = [Value(0.5, "x1"), Value(0.5, "x2"), Value(1.0, "y")]
        hinge = (1 - x[2] * net(x[:2])).relu()
        share = 0.01 * hinge + 1e-6 * losses.sum_of_squares(net.parameters())
        return compile_graph(share, x, net.parameters(), backend=backend)

    p = np.array([v.data for v in net.parameters()])
    return Problem("W1", points, p, _moons_formula, _moons_by_hand, compiled, 1e-4, "moons")


# W3: the 2-2-1 network.


def _sigmoid(library: Any, a: Any) -> Any:
    return 1 / (1 + library.exp(-a))


def _lesson_formula(library: Any, p: Any, x: Any) -> Any:
    z1 = _sigmoid(library, x[:, 0] * p[0] + x[:, 1] * p[1])
    z2 = _sigmoid(library, x[:, 0] * p[2] + x[:, 1] * p[3])
    error = _sigmoid(library, z1 * p[4] + z2 * p[5]) - x[:, 2]
    return 0.5 * error * error


def _lesson_by_hand(p: Any, x: Any) -> tuple[Any, Any]:
    values, gradient = np.empty(len(x)), np.zeros(6)
    for start in range(0, len(x), 8192):  # chunks that stay in the cache
        part = x[start : start + 8192]
        a, b, y = part[:, 0], part[:, 1], part[:, 2]
        z1, z2 = _sigmoid(np, a * p[0] + b * p[1]), _sigmoid(np, a * p[2] + b * p[3])
        out = _sigmoid(np, z1 * p[4] + z2 * p[5])
        error = out - y
        values[start : start + 8192] = 0.5 * error * error
        d = error * out * (1 - out)
        d1, d2 = d * p[4] * z1 * (1 - z1), d * p[5] * z2 * (1 - z2)
        gradient += [d1 @ a, d1 @ b, d2 @ a, d2 @ b, d @ z1, d @ z2]
    return values, gradient


def lesson(size: int) -> Problem:
    """The 2-2-1 network over ``size`` samples."""
    samples = np.random.default_rng(0).random((size, 3))
    net = nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid", bias=False, seed=0)

    def compiled(backend: str) -> Program:
        x = [Value(0.5, "x1"), Value(0.5, "x2"), Value(1.0, "y")]
        cost = losses.half_squared_error(net(x[:2]), x[2])
        return compile_graph(cost, x, net.parameters(), backend=backend)

    p = np.array([v.data for v in net.parameters()])
    return Problem("W3", samples, p, _lesson_formula, _lesson_by_hand, compiled, 0.0, "lesson")


# W4: digits.

DIGITS = [784, 32, 10]


def _digits_formula(library: Any, p: Any, x: Any) -> Any:
    (w1, w2), (b1, b2) = layered(p, DIGITS)
    scores = library.tanh(x[:, :784] @ w1.T + b1) @ w2.T + b2
    ones = np.ones((10, 1))
    if library.__name__ == "torch":
        ones = library.tensor(ones)
    return library.log(library.exp(scores) @ ones) - (scores * x[:, 784:]) @ ones


def _digits_by_hand(p: Any, x: Any) -> tuple[Any, Any]:
    (w1, w2), (b1, b2) = layered(p, DIGITS)
    images, hot = x[:, :784], x[:, 784:]
    h = np.tanh(images @ w1.T + b1)
    scores = h @ w2.T + b2
    exponentials = np.exp(scores)
    total = exponentials.sum(axis=1, keepdims=True)
    d2 = exponentials / total - hot
    d1 = (d2 @ w2) * (1 - h * h)
    parts = [
        np.hstack([d.T @ before, d.sum(0)[:, None]]).ravel()
        for d, before in ((d1, images), (d2, h))
    ]
    return np.log(total[:, 0]) - (scores * hot).sum(axis=1), np.concatenate(parts)


def digits(size: int) -> Problem:
    """A 784-32-10 network with cross-entropy, over a batch of made-up images."""
    generator = np.random.default_rng(0)
    hot = np.eye(10)[generator.integers(0, 10, size)]
    samples = np.hstack([generator.random((size, 784)), hot])
    net = nn.MLP(784, [32, 10], activation="tanh", output="linear", seed=0)
    for parameter in net.parameters():
        parameter.data /= 28

    def compiled(backend: str) -> Program:
        x = [Value(0.5) for _ in range(784)]
        y = [Value(float(place == 0)) for place in range(10)]
        scores = net(x)
        total: Any = sum(score.exp() for score in scores)
        cost = total.log() - sum(s * t for s, t in zip(scores, y, strict=True))
        return compile_graph(cost, [*x, *y], net.parameters(), backend=backend)

    p = np.array([v.data for v in net.parameters()])
    return Problem("W4", samples, p, _digits_formula, _digits_by_hand, compiled)
