"""A network that reads real digits, trained by the compiled tape: 64-32-10, a full batch a step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from micrograd_like import Value, compile_graph, nn

pytestmark = pytest.mark.filterwarnings("ignore:compile_graph. NumPy runs the tape")


def digits() -> tuple[Any, Any, Any, Any]:
    """8×8 images in [0, 1] and their digits: 1,437 to learn from, 360 held out."""
    datasets = pytest.importorskip("sklearn.datasets", reason="extra lessons")
    images, targets = datasets.load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    images, targets = images[order] / 16, targets[order]
    return images[:1437], targets[:1437], images[1437:], targets[1437:]


def test_digits_are_learned() -> None:
    """At least 95 % of the held-out images are read right, after 300 steps of Adam."""
    images, targets, held_out, expected = digits()
    pixels = [Value(0.0, f"pixel {place}") for place in range(64)]
    hot = [Value(float(place == 0), f"is {place}") for place in range(10)]
    net = nn.MLP(64, [32, 10], activation="tanh", output="linear", seed=0)
    for parameter in net.parameters():  # as large as leaves 64 inputs inside tanh's slope
        parameter.data /= 8
    scores = net(pixels)
    log_total = sum(score.exp() for score in scores).log()
    loss = log_total - sum(s * h for s, h in zip(scores, hot, strict=True))
    training = compile_graph(loss, [*pixels, *hot], net.parameters())
    X = np.hstack([images, np.eye(10)[targets]])
    m = v = np.zeros(len(training.parameters))
    losses_seen = []
    for step in range(1, 301):
        values, gradient = training.value_and_grad(X)
        losses_seen.append(values.mean())
        gradient /= len(X)
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        training.parameters -= (
            0.01 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        )
    training.store()
    reading = compile_graph(scores, pixels, net.parameters())
    assert losses_seen[-1] < losses_seen[0] / 20
    read = reading(held_out).argmax(axis=1)
    assert (read == expected).mean() >= 0.95
    # The Values have learned it too.
    assert [s.data for s in net(held_out[0].tolist())] == pytest.approx(reading(held_out[:1])[0])
