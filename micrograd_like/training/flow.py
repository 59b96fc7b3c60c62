"""How large activations and gradients are, layer by layer: where gradients vanish, it shows.

σ′ is at most ¼, so that through every layer of logistic neurons a gradient is multiplied by
¼ or less (and by the weights); ReLU′ is 1 where it is not 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from micrograd_like import losses
from micrograd_like.engine import grad
from micrograd_like.nn import MLP
from micrograd_like.training.data import examples
from micrograd_like.training.objective import Loss


@dataclass(frozen=True, slots=True)
class LayerFlow:
    """Root mean squares over a layer's neurons, or its weights, and the examples.

    Attributes:
        activation: That of z, the neurons' outputs.
        gradient: That of ∂loss/∂w, over the layer's weights.
    """

    activation: float
    gradient: float


def layer_flow(
    model: MLP,
    inputs: Iterable[Any],
    targets: Iterable[Any],
    *,
    loss: Loss = losses.half_squared_error,
) -> list[LayerFlow]:
    """The sizes in every layer, from the inputs on; no gradient of the model's is touched.

    Raises:
        TypeError: An example is not made of numbers.
        ValueError: The examples do not fit the network.
        DomainError: A loss is not finite.
    """
    data = examples(inputs, targets)
    weights = [[w for neuron in layer.neurons for w in neuron.w] for layer in model.layers]
    every = [w for layer in weights for w in layer]
    activations: list[list[float]] = [[] for _ in model.layers]
    gradients: list[list[float]] = [[] for _ in model.layers]
    for row, target in zip(data.inputs, data.targets, strict=True):
        out: Any = row
        for place, layer in enumerate(model.layers):
            out = layer(out if isinstance(out, list) else [out])
            nodes = out if isinstance(out, list) else [out]
            activations[place] += [node.data for node in nodes]
        slopes = iter(grad(loss(out, target), every))
        for place, layer_weights in enumerate(weights):
            gradients[place] += [next(slopes) for _ in layer_weights]
    return [LayerFlow(*map(_size, pair)) for pair in zip(activations, gradients, strict=True)]


def _size(numbers: list[float]) -> float:
    return math.sqrt(math.fsum(x * x for x in numbers) / len(numbers))
