"""Training: examples go through a network again and again, and its parameters follow.

>>> from micrograd_like import nn, optim
>>> line = nn.Neuron(1, nonlin=False, seed=0)
>>> history = fit(line, [[0], [1], [2]], [1, 3, 5], optimizer=optim.SGD(line.parameters(), 0.3),
...               epochs=200)
>>> [round(p.data, 6) for p in line.parameters()]
[2.0, 1.0]
"""

from micrograd_like.training.data import largest, nearest, same_sign
from micrograd_like.training.files import load, save
from micrograd_like.training.flow import LayerFlow, layer_flow
from micrograd_like.training.loop import fit
from micrograd_like.training.objective import evaluate
from micrograd_like.training.records import Epoch, History, Score

__all__ = [
    "Epoch",
    "History",
    "LayerFlow",
    "Score",
    "evaluate",
    "fit",
    "largest",
    "layer_flow",
    "load",
    "nearest",
    "same_sign",
    "save",
]
