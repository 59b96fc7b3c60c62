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
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from micrograd_like.engine import Value
from micrograd_like.errors import DomainError, printable

Schedule = Callable[[int], float]


@dataclass(frozen=True)
class Group:
    """Parameters with a rate of their own, among those given to an optimiser.

    >>> w, b = Value(1.0), Value(0.0)
    >>> SGD([w, Group([b], rate=0.01)], rate=0.1).rates[b]
    0.01
    """

    parameters: Iterable[Value]
    rate: float | Schedule


Parameters = Iterable["Value | Group"]


class Optimizer:
    """What the optimisers share: parameters, rate, step count, weight decay, state.

    weight_decay:  λ; λ·w is added to every gradient, as the penalty λ/2·Σw² would

    Errors: ValueError for no parameters or a setting out of range, TypeError for
    parameters that are no Values.
    """

    #: Names of the running sums kept for every parameter; each starts at 0.
    slots: tuple[str, ...] = ()

    #: Those of them that are sums of squares.
    squares = ("square",)
    #: True where weight decay does not go through the gradient.
    decoupled = False

    def __init__(
        self, parameters: Parameters, rate: float | Schedule, weight_decay: float = 0.0
    ) -> None:
        self.parameters: list[Value] = []
        self.rates: dict[Value, float | Schedule] = {}
        for given in parameters:
            if isinstance(given, Group):
                members = list(given.parameters)
                self.rates |= dict.fromkeys(members, given.rate)
                self.parameters += members
            else:
                self.parameters.append(given)
        if not self.parameters:
            raise ValueError(f"{type(self).__name__}: expected parameters, got none")
        for parameter in self.parameters:
            if not isinstance(parameter, Value):
                raise TypeError(f"{type(self).__name__}: expected Values, got {parameter!r}")
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError(f"{type(self).__name__}: expected every parameter once")
        for each in (rate, *self.rates.values()):
            if not callable(each):
                _check_range("rate", each, 0, math.inf)
        _check_range("weight_decay", weight_decay, 0, math.inf)
        self.rate = rate
        self.weight_decay = weight_decay
        self.steps = 0
        self.state = {slot: [0.0] * len(self.parameters) for slot in self.slots}

    def step(self) -> None:
        """Update every parameter from its gradient, or none of them.

        Raises:
            ValueError: A schedule's rate is no rate.
            DomainError: An update is not finite. Then nothing is changed: no parameter, no
                running sum, and not the count of steps.
        """
        common = self._rate_now(self.rate)
        own = {parameter: self._rate_now(rate) for parameter, rate in self.rates.items()}
        decay, through = self.weight_decay, self.weight_decay and not self.decoupled
        direction, isfinite, step = self._direction, math.isfinite, self.steps + 1
        before = zip(*self.state.values(), strict=True) if self.state else repeat(())
        updated, after = [], []
        for place, (parameter, sums) in enumerate(zip(self.parameters, before, strict=False)):
            data, gradient = parameter.data, parameter.grad
            rate = own.get(parameter, common) if own else common
            if through:
                gradient += decay * data
            along, sums = direction(gradient, sums, step)
            if self.decoupled:
                data -= rate * decay * data
            data -= rate * along
            if not (isfinite(data) and all(map(isfinite, sums))):
                raise self._refused(place, rate, sums)
            updated.append(data)
            after.append(sums)
        for parameter, data in zip(self.parameters, updated, strict=True):
            parameter.data = data
        for slot, running in zip(self.state, zip(*after, strict=True), strict=True):
            self.state[slot] = list(running)
        self.steps = step

    def _rate_now(self, rate: float | Schedule) -> float:
        now = float(rate(self.steps) if callable(rate) else rate)
        _check_range("rate", now, 0, math.inf)
        return now

    def _refused(self, place: int, rate: float, sums: tuple[float, ...]) -> DomainError:
        parameter = self.parameters[place]
        name = printable(parameter.label) or f"parameter {place}"
        reason = (
            f"at the rate {rate!r}; try a smaller rate"
            if all(map(math.isfinite, sums))
            else "and its square overflows; scale the loss, or clip gradients"
        )
        return DomainError(
            f"{type(self).__name__}: the update of {name} is not finite: its gradient is "
            f"{parameter.grad!r} {reason}"
        )

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
        taken = {}
        for slot in self.slots:
            numbers = list(state[slot])
            if len(numbers) != len(self.parameters):
                raise ValueError(
                    f"{slot}: expected {len(self.parameters)} numbers, got {len(numbers)}"
                )
            for number in numbers:
                real = isinstance(number, int | float) and not isinstance(number, bool)
                if not real or not math.isfinite(number):
                    raise ValueError(f"{slot}: expected finite numbers, got {number!r}")
                if slot in self.squares and number < 0:
                    raise ValueError(f"{slot}: expected squares, from 0 on, got {number!r}")
            taken[slot] = [float(number) for number in numbers]
        steps = state["steps"]
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 0:
            raise ValueError(f"steps: expected a whole number from 0 on, got {steps!r}")
        self.state, self.steps = taken, steps

    def _direction(
        self, gradient: float, sums: tuple[float, ...], step: int
    ) -> tuple[float, tuple[float, ...]]:
        """The step before it is scaled by the rate, and the running sums after it.

        Args:
            gradient: Of one parameter.
            sums: Its running sums, one for each slot.
            step: The number of this step, from 1 on.
        """
        raise NotImplementedError


class SGD(Optimizer):
    """w := w − rate·v with v := momentum·v + ∂E/∂w; without momentum, v is the gradient.

    momentum:  0 ≤ momentum < 1
    nesterov:  True steps along ∂E/∂w + momentum·v, looking ahead
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
        _check_range("momentum", momentum, 0, 1)
        if nesterov and not momentum:
            raise ValueError("nesterov: expected a momentum above 0 with it, got 0")
        self.momentum, self.nesterov = momentum, nesterov

    def _direction(
        self, gradient: float, sums: tuple[float, ...], step: int
    ) -> tuple[float, tuple[float, ...]]:
        velocity = self.momentum * sums[0] + gradient
        return gradient + self.momentum * velocity if self.nesterov else velocity, (velocity,)


class RMSprop(Optimizer):
    """w := w − rate·g/(√s + ε) with s := α·s + (1 − α)·g².

    decay:    α, 0 ≤ α < 1
    epsilon:  ε, above 0
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
        _check_range("decay", decay, 0, 1)
        _check_positive("epsilon", epsilon)
        self.decay, self.epsilon = decay, epsilon

    def _direction(
        self, gradient: float, sums: tuple[float, ...], step: int
    ) -> tuple[float, tuple[float, ...]]:
        square = self.decay * sums[0] + (1 - self.decay) * gradient * gradient
        return gradient / (math.sqrt(square) + self.epsilon), (square,)


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
        parameters: Parameters,
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

    def _direction(
        self, gradient: float, sums: tuple[float, ...], step: int
    ) -> tuple[float, tuple[float, ...]]:
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

    epsilon:  ε, above 0
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
        _check_positive("epsilon", epsilon)
        self.epsilon = epsilon

    def _direction(
        self, gradient: float, sums: tuple[float, ...], step: int
    ) -> tuple[float, tuple[float, ...]]:
        square = sums[0] + gradient * gradient
        return gradient / (math.sqrt(square) + self.epsilon), (square,)


# Gradients made smaller before a step.


def clip_norm(parameters: Iterable[Value], most: float) -> float:
    """Scale all gradients together so that √Σg² is at most ``most``; the norm it was.

    Raises:
        ValueError: ``most`` is not above 0.
        DomainError: A gradient is not finite.
    """
    _check_positive("most", most)
    given = list(parameters)
    norm = math.hypot(*(parameter.grad for parameter in given))
    if not math.isfinite(norm):
        raise DomainError(f"clip_norm: expected finite gradients, got the norm {norm}")
    if norm > most:
        for parameter in given:
            parameter.grad = parameter.grad / norm * most
    return norm


def clip_value(parameters: Iterable[Value], most: float) -> None:
    """Bring every gradient into −most … most.

    Raises:
        ValueError: ``most`` is not above 0.
    """
    _check_positive("most", most)
    for parameter in parameters:
        parameter.grad = max(-most, min(parameter.grad, most))


# Schedules: functions of the number of steps done, as records, so that they can be pickled.


@dataclass(frozen=True)
class _StepDecay:
    start: float
    every: int
    factor: float

    def __call__(self, step: int) -> float:
        return self.start * self.factor ** (step // self.every)


@dataclass(frozen=True)
class _ExponentialDecay:
    start: float
    factor: float

    def __call__(self, step: int) -> float:
        return float(self.start * self.factor**step)


@dataclass(frozen=True)
class _LinearDecay:
    start: float
    end: float
    steps: int

    def __call__(self, step: int) -> float:
        if step >= self.steps:
            return self.end
        return self.start + (self.end - self.start) * step / self.steps


@dataclass(frozen=True)
class _CosineDecay:
    start: float
    end: float
    steps: int

    def __call__(self, step: int) -> float:
        if step >= self.steps:
            return self.end
        wave = (1 + math.cos(math.pi * step / self.steps)) / 2
        return self.end + (self.start - self.end) * wave


@dataclass(frozen=True)
class _Warmup:
    then: float | Schedule
    steps: int

    def __call__(self, step: int) -> float:
        if step < self.steps:
            first = self.then(0) if callable(self.then) else self.then
            return first * (step + 1) / self.steps
        return self.then(step - self.steps) if callable(self.then) else self.then


def step_decay(start: float, every: int, factor: float = 0.1) -> Schedule:
    """start·factorᵏ with k = ⌊step/every⌋: constant, then smaller by ``factor``."""
    _check_positive("every", every)
    return _StepDecay(start, every, factor)


def exponential_decay(start: float, factor: float) -> Schedule:
    """start·factorˢᵗᵉᵖ, for 0 < factor ≤ 1."""
    if not 0 < factor <= 1:
        raise ValueError(f"factor: expected 0 < factor <= 1, got {factor!r}")
    return _ExponentialDecay(start, factor)


def linear_decay(start: float, end: float, steps: int) -> Schedule:
    """From ``start`` to ``end`` in a straight line over ``steps`` steps, then ``end``."""
    _check_positive("steps", steps)
    return _LinearDecay(start, end, steps)


def cosine_decay(start: float, end: float, steps: int) -> Schedule:
    """From ``start`` to ``end`` along half a cosine wave over ``steps`` steps, then ``end``."""
    _check_positive("steps", steps)
    return _CosineDecay(start, end, steps)


def warmup(rate: float | Schedule, steps: int) -> Schedule:
    """From rate/steps up to ``rate`` in ``steps`` equal steps, then the rate or its schedule."""
    _check_positive("steps", steps)
    return _Warmup(rate, steps)


@dataclass
class ReduceOnPlateau:
    """A rate that is multiplied by ``factor`` after ``patience`` losses without a lower one.

    It is told each loss, after an epoch say: ``schedule.observe(epoch.watched)``.

    >>> rate = ReduceOnPlateau(0.1, factor=0.5, patience=2)
    >>> for loss in (1.0, 1.0, 1.0):
    ...     rate.observe(loss)
    >>> rate(0)
    0.05
    """

    rate: float
    factor: float = 0.1
    patience: int = 10
    least: float = 0.0
    best: float = field(default=math.inf, init=False)
    waited: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Refuse settings out of range."""
        _check_range("rate", self.rate, 0, math.inf)
        _check_range("factor", self.factor, 0, 1)
        _check_positive("patience", self.patience)

    def observe(self, loss: float) -> None:
        """Take note of a loss."""
        if loss < self.best:
            self.best, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.rate, self.waited = max(self.rate * self.factor, self.least), 0

    def __call__(self, step: int) -> float:
        """The rate as it is now."""
        return self.rate


def _check_range(name: str, number: float, low: float, high: float) -> None:
    if not low <= number < high:
        raise ValueError(f"{name}: expected {low} <= {name} < {high}, got {number!r}")


def _check_positive(name: str, number: float) -> None:
    if not number > 0:
        raise ValueError(f"{name}: expected a number above 0, got {number!r}")
