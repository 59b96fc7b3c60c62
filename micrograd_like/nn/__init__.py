"""Neurons, layers and multi-layer perceptrons.

A neuron computes z = φ(x₁·w₁ + … + xₙ·wₙ + b): one n-ary node for the weighted sum and one
for the activation φ. A layer is neurons over the same inputs, an MLP layers in a row.
micrograd's constructors and attributes work unchanged, down to the random weights: without
a ``seed`` they are drawn from the ``random`` module in micrograd's order.

Every parameter is named as on paper, and labelled with its name: weights ``w1``, ``w2``, …
layer by layer, in a layer by the input they come from and then by the neuron they go to;
biases ``b1``, ``b2``, … by neuron.

>>> from micrograd_like.nn import MLP
>>> net = MLP(2, [2, 1], activation="sigmoid", output="sigmoid", bias=False, seed=0)
>>> [name for name, _ in net.named_parameters()]
['w1', 'w2', 'w3', 'w4', 'w5', 'w6']
"""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
