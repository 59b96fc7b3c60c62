"""XOR's four examples, and the networks that are trained on them."""

from __future__ import annotations

from collections.abc import Callable

from micrograd_like import losses
from micrograd_like.engine import Value
from micrograd_like.lessons.outcome import uninterrupted
from micrograd_like.lessons.worksheets import backpropagation
from micrograd_like.nn import MLP
from micrograd_like.optim import SGD
from micrograd_like.training import History, Score, evaluate, fit, nearest

XOR_INPUTS, XOR_TARGETS = ([0, 0], [0, 1], [1, 0], [1, 1]), (0, 1, 1, 0)
#: Activations of hidden neurons that lessons compare.
ACTIVATIONS = ("sigmoid", "tanh", "relu", "linear")
#: How many examples are taken at once.
WAYS = {"one by one": 1, "two at a time": 2, "all at once": 4}
#: Networks that are tried: so many starting weights.
SEEDS = 20
#: A mean squared error below this, with all four right, counts as learnt.
LEARNT = 0.01
#: Training goes on to half of it: over an epoch the loss is measured before the updates.
_GOAL = LEARNT / 2


def train_xor(
    seed: int,
    epochs: int,
    rate: float,
    hidden: int,
    size: int,
    compiled: bool = False,
    activation: str = "sigmoid",
) -> tuple[MLP, History, Score]:
    """A network 2-h-1 with biases and a logistic output, trained on XOR by plain descent.

    The cost is the mean of (ŷ − y)². Seed, rate, epochs and batch size are the whole recipe.
    """
    net = MLP(2, [hidden, 1], activation=activation, output="sigmoid", seed=seed)
    history = fit(
        net,
        XOR_INPUTS,
        XOR_TARGETS,
        optimizer=SGD(net.parameters(), rate),
        loss=losses.squared_error,
        epochs=epochs,
        batch_size=size,
        seed=seed,
        goal=_GOAL,
        correct=nearest,
        compiled=compiled,
        progress=False if compiled else None,
    )
    return net, uninterrupted(history), score_xor(net)


def one_update(
    title: str, net: MLP, example: int, loss: Callable[[Value, Value], Value], rate: float
) -> str:
    """The update of a network 2-h-1 after one of the examples, as a worksheet."""
    named = net.trace(XOR_INPUTS[example])
    cost = loss(named["yhat"], Value(XOR_TARGETS[example], "y"))
    cost.label = "E"
    return backpropagation(title, cost, list(dict(net.named_parameters())), rate)


def score_xor(net: MLP) -> Score:
    """The mean squared error on the four examples, and the share of them that is right."""
    return evaluate(net, XOR_INPUTS, XOR_TARGETS, loss=losses.squared_error, correct=nearest)


def is_learnt(score: Score) -> bool:
    """All four right, and the mean squared error below 0.01."""
    return score.accuracy == 1 and score.loss < LEARNT
