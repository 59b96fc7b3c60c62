"""The rules: along what a parameter moves, given its gradient and running sums of it."""

from __future__ import annotations

import math

from micrograd_like.engine.numbers import is_row
from micrograd_like.engine.ranges import in_range, positive
from micrograd_like.optim.optimizer import Optimizer, Parameters, Sums
from micrograd_like.optim.schedules import Schedule


class SGD(Optimizer):
    """w := w − rate·v with v := momentum·v + ∂E/∂w; without momentum, v is the gradient.

    Args:
        parameters: See :class:`Optimizer`; so are ``rate`` and ``weight_decay``.
        momentum: From 0 to below 1.
        nesterov: True steps along ∂E/∂w + momentum·v, looking ahead; it needs a momentum.
    """

    slots = ("velocity",)

    def __init__(
        self,
        parameters: Parameters,
        rate: float | Schedule = 0.1,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, rate, weight_decay)
        self.momentum, self.nesterov = in_range("momentum", momentum, 0, 1), nesterov
        if nesterov and not self.momentum:
            raise ValueError("nesterov: expected a momentum above 0 with it, got 0")

    def _direction(self, gradient: float, sums: Sums, step: int) -> tuple[float, Sums]:
        velocity = self.momentum * sums[0] + gradient
        return gradient + self.momentum * velocity if self.nesterov else velocity, (velocity,)


class RMSprop(Optimizer):
    """w := w − rate·g/(√s + ε) with s := α·s + (1 − α)·g².

    Args:
        parameters: See :class:`Optimizer`; so are ``rate`` and ``weight_decay``.
        decay: α, from 0 to below 1.
        epsilon: ε, above 0.
    """

    slots = ("square",)

    def __init__(
        self,
        parameters: Parameters,
        rate: float | Schedule = 0.01,
        *,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, rate, weight_decay)
        self.decay = in_range("decay", decay, 0, 1)
        self.epsilon = positive("epsilon", epsilon)

    def _direction(self, gradient: float, sums: Sums, step: int) -> tuple[float, Sums]:
        square = self.decay * sums[0] + (1 - self.decay) * gradient * gradient
        return gradient / (math.sqrt(square) + self.epsilon), (square,)


class Adam(Optimizer):
    """w := w − rate·m̂/(√v̂ + ε): running means of g and g², corrected for their start at 0.

    m := β₁m + (1 − β₁)g, v := β₂v + (1 − β₂)g², m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
    Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015.

    Args:
        parameters: See :class:`Optimizer`; so are ``rate`` and ``weight_decay``.
        betas: (β₁, β₂), each from 0 to below 1.
        epsilon: ε, above 0.
    """

    slots = ("mean", "square")

    def __init__(
        self,
        parameters: Parameters,
        rate: float | Schedule = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, rate, weight_decay)
        if not is_row(betas) or len(betas) != 2:
            raise ValueError(f"betas: expected two numbers, got {betas!r}")
        first, second = (in_range("betas", beta, 0, 1) for beta in betas)
        self.betas = (first, second)
        self.epsilon = positive("epsilon", epsilon)

    def _direction(self, gradient: float, sums: Sums, step: int) -> tuple[float, Sums]:
        first, second = self.betas
        mean = first * sums[0] + (1 - first) * gradient
        square = second * sums[1] + (1 - second) * gradient * gradient
        unbiased_mean = mean / (1 - first**step)
        unbiased_square = square / (1 - second**step)
        return unbiased_mean / (math.sqrt(unbiased_square) + self.epsilon), (mean, square)


class AdamW(Adam):
    """Adam with the weight decay beside the gradient: w := w − rate·λ·w − rate·m̂/(√v̂ + ε).

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
    """

    decoupled = True

    def __init__(
        self,
        parameters: Parameters,
        rate: float | Schedule = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, rate, betas=betas, epsilon=epsilon, weight_decay=weight_decay)


class Adagrad(Optimizer):
    """w := w − rate·g/(√s + ε) with s := s + g².

    Source: Duchi, Hazan and Singer, "Adaptive subgradient methods", 2011.

    Args:
        parameters: See :class:`Optimizer`; so are ``rate`` and ``weight_decay``.
        epsilon: ε, above 0.
    """

    slots = ("square",)

    def __init__(
        self,
        parameters: Parameters,
        rate: float | Schedule = 0.01,
        *,
        epsilon: float = 1e-10,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, rate, weight_decay)
        self.epsilon = positive("epsilon", epsilon)

    def _direction(self, gradient: float, sums: Sums, step: int) -> tuple[float, Sums]:
        square = sums[0] + gradient * gradient
        return gradient / (math.sqrt(square) + self.epsilon), (square,)
