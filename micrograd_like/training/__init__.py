"""Training: examples go through a network again and again, and its parameters follow.

>>> from micrograd_like import nn, optim
>>> from micrograd_like.training import fit
>>> line = nn.Neuron(1, nonlin=False, seed=0)
>>> history = fit(line, [[0], [1], [2]], [1, 3, 5], optimizer=optim.SGD(line.parameters(), 0.3),
...               epochs=200)
>>> [round(p.data, 6) for p in line.parameters()]
[2.0, 1.0]
"""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
