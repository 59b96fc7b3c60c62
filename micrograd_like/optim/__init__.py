"""Optimisers: what is done to the parameters once their gradients are known.

Each has the rule of PyTorch's optimiser of the same name. ``rate`` is a number, or a
schedule: a function of the number of steps done so far (0, 1, 2, …) that gives the rate.

>>> from micrograd_like.engine import Value
>>> w = Value(0.5); w.grad = -0.1
>>> SGD([w], rate=0.2).step(); w.data
0.52
"""

from micrograd_like.optim.optimizer import Group, Optimizer, Parameters, clip_norm, clip_value
from micrograd_like.optim.rules import SGD, Adagrad, Adam, AdamW, RMSprop
from micrograd_like.optim.schedules import (
    ReduceOnPlateau,
    Schedule,
    cosine_decay,
    exponential_decay,
    linear_decay,
    step_decay,
    warmup,
)

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Group",
    "Optimizer",
    "Parameters",
    "RMSprop",
    "ReduceOnPlateau",
    "Schedule",
    "clip_norm",
    "clip_value",
    "cosine_decay",
    "exponential_decay",
    "linear_decay",
    "step_decay",
    "warmup",
]
