"""Plain descent with its whole way kept: where each step stood, and whether it ran away.

L = (1/n) Σ loss over the n samples of a batch,   w := w − rate·v,   v := momentum·v + ∂L/∂w
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from micrograd_like.engine import Value
from micrograd_like.notation import counted, formatted, number
from micrograd_like.tape.compiling import compile_graph
from micrograd_like.tape.program import Program
from micrograd_like.training.data import batches, order

#: A loss so many times as large as the first one counts as diverged, and ends the run.
_AWAY = 1e6


@dataclass(frozen=True, slots=True)
class Descent:
    """A run.

    Attributes:
        losses: The mean loss over all samples before the first epoch and after each one.
        path: The parameters at the same times.
        away: True where the loss has grown a millionfold, or beyond all numbers; the run ends
            there.
    """

    losses: list[float]
    path: list[list[float]]
    away: bool

    @property
    def end(self) -> list[float]:
        """The parameters at the end."""
        return self.path[-1]

    @property
    def epochs(self) -> int:
        """How many epochs were gone through."""
        return len(self.path) - 1


def descend(
    loss: Value,
    inputs: Sequence[Value],
    parameters: Sequence[Value],
    samples: Sequence[Sequence[float]],
    *,
    rate: float,
    epochs: int,
    batch_size: int | None = None,
    seed: int | None = None,
    momentum: float = 0.0,
) -> Descent:
    """Descend along the gradient from the parameters as they are; none of them is changed.

    Args:
        loss: The loss of one sample, as a graph.
        inputs: The leaves that a sample's numbers stand for.
        parameters: The leaves that move.
        samples: A row of numbers for each sample, in the order of ``inputs``.
        rate: The learning rate.
        epochs: Passes over all samples at most.
        batch_size: None for all samples at once.
        seed: Of the order of the samples; None leaves it as it stands.
        momentum: The share of the last step that is taken again.
    """
    program = compile_graph(loss, inputs=inputs, parameters=parameters, allow_nonfinite=True)
    rows = np.array(samples, dtype=float).reshape(len(samples), len(inputs))
    size = batch_size or len(rows)
    where = np.array([parameter.data for parameter in parameters])
    velocity = np.zeros_like(where)

    def mean_loss() -> float:
        program.parameters[:] = where
        return float(np.mean(program(rows)))

    losses, path, away = [mean_loss()], [where.tolist()], False
    for epoch in range(epochs):
        for batch in batches(order(len(rows), seed, epoch), size):
            velocity = momentum * velocity + _gradient(program, rows[batch], where)
            where = where - rate * velocity
        after = mean_loss() if np.isfinite(where).all() else math.inf
        away = not after <= _AWAY * max(losses[0], 1e-300)
        if math.isfinite(after):
            losses.append(after)
            path.append(where.tolist())
        if away:
            break
    return Descent(losses, path, away)


def _gradient(
    program: Program, rows: NDArray[np.float64], where: NDArray[np.float64]
) -> NDArray[np.float64]:
    program.parameters[:] = where
    _, gradient = program.value_and_grad(rows)
    slope: NDArray[np.float64] = gradient / len(rows)
    return slope


def ran_away(run: Descent, rate: float) -> str:
    """A sentence for a run that left the bowl, "" for one that did not."""
    if not run.away:
        return ""
    if run.epochs:
        times = formatted(run.losses[-1] / run.losses[0], ".2g")
        when = (
            f"After {counted(run.epochs, 'epoch')} the loss was {times} times what it was at first"
        )
    else:
        when = "In the first epoch the loss grew beyond all numbers"
    return (
        f"At the rate {number(rate)} it runs away: every step goes too far, and lands higher on "
        f"the other side. {when}, and the run was ended. "
    )
