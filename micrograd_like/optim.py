"""Optimisers: what is done to the parameters once their gradients are known.

Each has the rule of PyTorch's optimiser of the same name. ``rate`` is a number, or a
schedule: a function of the number of steps done so far (0, 1, 2, …) that gives the rate.

>>> w = Value(0.5); w.grad = -0.1
>>> SGD([w], rate=0.2).step(); w.data
0.52
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from micrograd_like.engine import Value
from micrograd_like.errors import DomainError, printable

Schedule = Callable[[int], float]


class Optimizer:
    """What the optimisers share: parameters, rate, step count, weight decay, state.

    weight_decay:  λ; λ·w is added to every gradient, as the penalty λ/2·Σw² would

    Errors: ValueError for no parameters or a setting out of range, TypeError for
    parameters that are no Values.
    """

    #: Names of the running sums kept for every parameter; each starts at 0.
    slots: tuple[str, ...] = ()

    def __init__(
        self, parameters: Iterable[Value], rate: float | Schedule, weight_decay: float = 0.0
    ) -> None:
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError(f"{type(self).__name__}: expected parameters, got none")
        for parameter in self.parameters:
            if not isinstance(parameter, Value):
                raise TypeError(f"{type(self).__name__}: expected Values, got {parameter!r}")
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError(f"{type(self).__name__}: expected every parameter once")
        if not callable(rate):
            _check_range("rate", rate, 0, math.inf)
        _check_range("weight_decay", weight_decay, 0, math.inf)
        self.rate = rate
        self.weight_decay = weight_decay
        self.steps = 0
        self.state = {slot: [0.0] * len(self.parameters) for slot in self.slots}

    def step(self) -> None:
        """Update every parameter from its gradient.

        Errors: ValueError for a schedule's rate that is no rate, DomainError for an update
        that is not finite; then no parameter is changed.
        """
        rate = float(self.rate(self.steps) if callable(self.rate) else self.rate)
        _check_range("rate", rate, 0, math.inf)
        self.steps += 1
        updated = []
        for place, parameter in enumerate(self.parameters):
            gradient = parameter.grad + self.weight_decay * parameter.data
            data = float(parameter.data - rate * self._direction(place, gradient))
            sums = (running[place] for running in self.state.values())
            if not all(map(math.isfinite, (data, *sums))):
                name = printable(parameter.label) or f"parameter {place}"
                raise DomainError(
                    f"{type(self).__name__}: the update of {name} is not finite: its gradient "
                    f"is {parameter.grad!r} at the rate {rate!r}; try a smaller rate"
                )
            updated.append(data)
        for parameter, data in zip(self.parameters, updated, strict=True):
            parameter.data = data

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """Steps done and running sums; with the parameters, all that a resumed run needs."""
        return {"steps": self.steps, **{slot: list(v) for slot, v in self.state.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up a state. Errors: ValueError naming the entry that does not fit."""
        expected = {"steps", *self.slots}
        if set(state) != expected:
            raise ValueError(f"state: expected {sorted(expected)}, got {sorted(state)}")
        for slot in self.slots:
            if len(state[slot]) != len(self.parameters):
                raise ValueError(
                    f"{slot}: expected {len(self.parameters)} numbers, got {len(state[slot])}"
                )
        steps = state["steps"]
        if not isinstance(steps, int) or steps < 0:
            raise ValueError(f"steps: expected a whole number from 0 on, got {steps!r}")
        self.state = {slot: [float(number) for number in state[slot]] for slot in self.slots}
        self.steps = steps

    def _direction(self, place: int, gradient: float) -> float:
        """The step for parameter number ``place``, before it is scaled by the rate."""
        raise NotImplementedError


class SGD(Optimizer):
    """w := w − rate·v with v := momentum·v + ∂E/∂w; without momentum, v is the gradient.

    momentum:  0 ≤ momentum < 1
    nesterov:  True steps along ∂E/∂w + momentum·v, looking ahead
    """

    slots = ("velocity",)

    def __init__(
        self,
        parameters: Iterable[Value],
        rate: float | Schedule = 0.1,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, rate, weight_decay)
        _check_range("momentum", momentum, 0, 1)
        if nesterov and not momentum:
            raise ValueError("nesterov: expected a momentum above 0 with it, got 0")
        self.momentum, self.nesterov = momentum, nesterov

    def _direction(self, place: int, gradient: float) -> float:
        velocity = self.momentum * self.state["velocity"][place] + gradient
        self.state["velocity"][place] = velocity
        return gradient + self.momentum * velocity if self.nesterov else velocity


class RMSprop(Optimizer):
    """w := w − rate·g/(√s + ε) with s := α·s + (1 − α)·g².

    decay:    α, 0 ≤ α < 1
    epsilon:  ε, above 0
    """

    slots = ("square",)

    def __init__(
        self,
        parameters: Iterable[Value],
        rate: float | Schedule = 0.01,
        *,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, rate, weight_decay)
        _check_range("decay", decay, 0, 1)
        _check_positive("epsilon", epsilon)
        self.decay, self.epsilon = decay, epsilon

    def _direction(self, place: int, gradient: float) -> float:
        square = self.decay * self.state["square"][place] + (1 - self.decay) * gradient * gradient
        self.state["square"][place] = square
        return gradient / (math.sqrt(square) + self.epsilon)


class Adam(Optimizer):
    """w := w − rate·m̂/(√v̂ + ε): running means of g and g², corrected for their start at 0.

    m := β₁m + (1 − β₁)g, v := β₂v + (1 − β₂)g², m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
    Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015.

    betas:    (β₁, β₂), each from 0 to below 1
    epsilon:  ε, above 0
    """

    slots = ("mean", "square")

    def __init__(
        self,
        parameters: Iterable[Value],
        rate: float | Schedule = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, rate, weight_decay)
        if len(betas) != 2:
            raise ValueError(f"betas: expected two numbers, got {betas!r}")
        for beta in betas:
            _check_range("betas", beta, 0, 1)
        _check_positive("epsilon", epsilon)
        self.betas, self.epsilon = betas, epsilon

    def _direction(self, place: int, gradient: float) -> float:
        first, second = self.betas
        mean = first * self.state["mean"][place] + (1 - first) * gradient
        square = second * self.state["square"][place] + (1 - second) * gradient * gradient
        self.state["mean"][place], self.state["square"][place] = mean, square
        unbiased_mean = mean / (1 - first**self.steps)
        unbiased_square = square / (1 - second**self.steps)
        return unbiased_mean / (math.sqrt(unbiased_square) + self.epsilon)


# Schedules: functions of the number of steps done.


def step_decay(start: float, every: int, factor: float = 0.1) -> Schedule:
    """start·factorᵏ with k = ⌊step/every⌋: constant, then smaller by ``factor``."""
    _check_positive("every", every)
    return lambda step: start * factor ** (step // every)


def exponential_decay(start: float, factor: float) -> Schedule:
    """start·factorˢᵗᵉᵖ, for 0 < factor ≤ 1."""
    if not 0 < factor <= 1:
        raise ValueError(f"factor: expected 0 < factor <= 1, got {factor!r}")
    return lambda step: float(start * factor**step)


def linear_decay(start: float, end: float, steps: int) -> Schedule:
    """From ``start`` to ``end`` in a straight line over ``steps`` steps, then ``end``."""
    _check_positive("steps", steps)
    return lambda step: start + (end - start) * min(step / steps, 1.0)


def cosine_decay(start: float, end: float, steps: int) -> Schedule:
    """From ``start`` to ``end`` along half a cosine wave over ``steps`` steps, then ``end``."""
    _check_positive("steps", steps)
    return lambda step: end + (start - end) * (1 + math.cos(math.pi * min(step / steps, 1.0))) / 2


def _check_range(name: str, number: float, low: float, high: float) -> None:
    if not low <= number < high:
        raise ValueError(f"{name}: expected {low} <= {name} < {high}, got {number!r}")


def _check_positive(name: str, number: float) -> None:
    if not number > 0:
        raise ValueError(f"{name}: expected a number above 0, got {number!r}")
