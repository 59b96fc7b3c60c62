"""A multi-layer perceptron: layers in a row."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, get_args

from micrograd_like.engine import Constant, Value, as_value
from micrograd_like.engine.numbers import is_row
from micrograd_like.engine.ranges import in_range
from micrograd_like.nn.checks import generator_of, inputs_of
from micrograd_like.nn.layers import LINEAR, Layer, Neuron, check_activation
from micrograd_like.nn.module import LETTERS, MOST_INDEX, Module, Names


class MLP(Module):
    """A multi-layer perceptron: ``nin`` inputs, then layers of ``nouts`` neurons.

    Args:
        nin: Number of inputs.
        nouts: Number of neurons of each layer, the last being the output.
        activation: Of the hidden layers, one of :data:`ACTIVATIONS`.
        output: Activation of the last layer.
        bias: False for a network without biases.
        seed: An int for weights that come out the same every time.
        weights: Numbers for all parameters by name, ``{"w1": 0.1, …}``.
        dropout: The share of a hidden layer's outputs that is left out in training, from 0 to below
            1; see :func:`dropout`. It happens where ``masks`` is a generator, as in ``fit``.
        names: "numbers" numbers the weights through, w1, w2, …; "ij" names the one from neuron j to
            neuron i w_ij in the first layer, v_ij in the second, u_ij in the third, for up to 9
            neurons a layer and 6 layers.

    Raises:
        TypeError: An argument is of another type.
        ValueError: A number is out of range, or a name unknown.
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str = "relu",
        output: str = LINEAR,
        bias: bool = True,
        seed: int | random.Random | None = None,
        weights: Mapping[str, float] | None = None,
        dropout: float = 0.0,
        names: Names = "numbers",
    ) -> None:
        if not is_row(nouts):
            raise TypeError(f"MLP: expected the layers' sizes as a list, got {nouts!r}")
        nouts = list(nouts)
        if not nouts:
            raise ValueError("MLP: expected at least one layer, as in MLP(2, [2, 1]), got []")
        dropout = in_range("dropout", dropout, 0, 1)
        generator = generator_of(seed)
        check_activation(activation)
        sizes = [nin, *nouts]
        activations = [activation] * (len(nouts) - 1) + [output]
        self.layers = [
            Layer(n, m, activation=name, bias=bias, seed=generator)
            for n, m, name in zip(sizes, nouts, activations, strict=False)
        ]
        _check_naming(names, sizes)
        self.names = names
        self.dropout = dropout
        #: What decides which outputs are left out; None, as outside training, leaves out none.
        self.masks: random.Random | None = None
        self._label()
        if weights is not None:
            self.set_weights(weights)

    def __call__(self, x: Sequence[Value | float]) -> Any:
        """The outputs for ``nin`` numbers or Values: a list, or the only one by itself."""
        out: Sequence[Value] = inputs_of(x, len(self.layers[0].neurons[0].w), "MLP")
        for layer in self.layers:
            if self.dropout and self.masks and layer is not self.layers[0]:
                out = dropout(out, self.dropout, self.masks)
            out = layer._forward(out)
        return out[0] if len(out) == 1 else out

    def trace(self, x: Sequence[Value | float]) -> dict[str, Value]:
        """A forward pass with every quantity named, as on paper, in the order of computation.

        x1, x2, … are the inputs, a1, a2, … the weighted sums, z1, z2, … the activations,
        yhat (or yhat1, yhat2, …) the outputs. The nodes are labelled with these names; an
        input keeps the label it has, and a number becomes a Value of its own.
        """
        inputs = [
            Value(node._data) if isinstance(node, Constant) else node
            for node in inputs_of(x, len(self.layers[0].neurons[0].w), "MLP")
        ]
        taken = {node.label for node in inputs}
        fresh = (f"x{number}" for number in count(1) if f"x{number}" not in taken)
        for node in inputs:
            node.label = node.label or next(fresh)
        named = {node.label: node for node in inputs}

        def name(label: str, node: Value) -> None:
            node.label = label
            named[label] = node

        neurons, out = count(1), inputs
        for layer in self.layers:
            last = layer is self.layers[-1]
            sums = [neuron._weighted_sum(out) for neuron in layer.neurons]
            out = []
            for place, (neuron, weighted_sum) in enumerate(
                zip(layer.neurons, sums, strict=True), 1
            ):
                number = next(neurons)
                name(f"a{number}", weighted_sum)
                out.append(neuron._activate(weighted_sum))
                if last:
                    named.pop(out[-1].label, None)
                    name("yhat" if len(layer.neurons) == 1 else f"yhat{place}", out[-1])
                elif neuron.nonlin:
                    name(f"z{number}", out[-1])
        return named

    def layout(self) -> list[list[Neuron]]:
        """See :class:`Module`."""
        """The neurons, layer by layer."""
        return [layer.neurons for layer in self.layers]

    def _arrays(self) -> dict[str, Any]:
        return {
            f"layers.{place}.{name}": values
            for place, layer in enumerate(self.layers)
            for name, values in layer._arrays().items()
        }

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


def _check_naming(names: str, sizes: list[int]) -> None:
    if names not in get_args(Names):
        raise ValueError(f"names: expected 'numbers' or 'ij', got {names!r}")
    if names == "ij" and (max(sizes) > MOST_INDEX or len(sizes) - 1 > len(LETTERS)):
        raise ValueError(
            f"names: 'ij' is for up to {MOST_INDEX} neurons a layer and {len(LETTERS)} layers, "
            f"got {sizes}; take names='numbers'"
        )


def dropout(
    values: Sequence[Value | float], share: float, generator: random.Random | None = None
) -> list[Value]:
    """Each value as 0 with the probability ``share``, and otherwise as v/(1 − share).

    So the sum is on average what it is without.

    Args:
        values: The outputs of a layer, say.
        share: From 0 to below 1.
        generator: What decides; without one the ``random`` module.

    Raises:
        ValueError: The share is out of range.
    """
    share = in_range("dropout", share, 0, 1)
    drawn = (generator or random).random
    kept = 1 / (1 - share)
    return [as_value(value) * kept if drawn() >= share else Constant(0.0) for value in values]
