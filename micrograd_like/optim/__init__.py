"""Optimisers: what is done to the parameters once their gradients are known.

Each has the rule of PyTorch's optimiser of the same name. ``rate`` is a number, or a
schedule: a function of the number of steps done so far (0, 1, 2, …) that gives the rate.

>>> from micrograd_like.engine import Value
>>> from micrograd_like.optim import SGD
>>> w = Value(0.5); w.grad = -0.1
>>> SGD([w], rate=0.2).step(); w.data
0.52
"""

from __future__ import annotations

from micrograd_like.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
