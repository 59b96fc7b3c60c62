"""Schedules: functions of the number of steps done, as records, so that they can be pickled."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from micrograd_like.engine.numbers import as_count
from micrograd_like.engine.ranges import finite, in_range

#: The rate after so many steps (0, 1, 2, …).
Schedule = Callable[[int], float]


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
class _Decay:
    """From ``start`` in so many steps to ``end``, where it stays."""

    start: float
    end: float
    steps: int

    def __call__(self, step: int) -> float:
        if step >= self.steps:
            return self.end
        return self._between(step) if step > 0 else self.start  # to the bit

    def _between(self, step: int) -> float:
        raise NotImplementedError


class _LinearDecay(_Decay):
    def _between(self, step: int) -> float:
        return self.start + (self.end - self.start) * step / self.steps


class _CosineDecay(_Decay):
    def _between(self, step: int) -> float:
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
    """start·factorᵏ with k = ⌊step/every⌋: constant, then smaller by ``factor``.

    Raises:
        ValueError: A setting is out of range: rates are from 0 on.
    """
    every, factor = as_count("every", every, 1), in_range("factor", factor, 0, math.inf)
    return _StepDecay(_rate("start", start), every, factor)


def exponential_decay(start: float, factor: float) -> Schedule:
    """start·factorˢᵗᵉᵖ, for 0 < factor ≤ 1.

    Raises:
        ValueError: The factor is out of this range.
    """
    factor = finite("factor", factor)
    if not 0 < factor <= 1:
        raise ValueError(f"factor: expected 0 < factor <= 1, got {factor!r}")
    return _ExponentialDecay(_rate("start", start), factor)


def linear_decay(start: float, end: float, steps: int) -> Schedule:
    """A straight line, start + (end − start)·step/steps, then ``end``.

    Raises:
        ValueError: A setting is out of range: rates are from 0 on.
    """
    steps = as_count("steps", steps, 1)
    return _LinearDecay(_rate("start", start), _rate("end", end), steps)


def cosine_decay(start: float, end: float, steps: int) -> Schedule:
    """Half a cosine wave, end + (start − end)·(1 + cos(π·step/steps))/2, then ``end``.

    Raises:
        ValueError: A setting is out of range: rates are from 0 on.
    """
    steps = as_count("steps", steps, 1)
    return _CosineDecay(_rate("start", start), _rate("end", end), steps)


def warmup(rate: float | Schedule, steps: int) -> Schedule:
    """rate·(step + 1)/steps, from rate/steps up to the rate; then the rate or its schedule.

    Raises:
        ValueError: A setting is out of range: rates are from 0 on.
    """
    steps = as_count("steps", steps, 1)
    return _Warmup(rate if callable(rate) else _rate("rate", rate), steps)


def _rate(name: str, setting: float) -> float:
    """A rate, refused at once where a step would refuse it, late in a run maybe."""
    return in_range(name, setting, 0, math.inf)


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
        self.rate = _rate("rate", self.rate)
        self.factor = in_range("factor", self.factor, 0, 1)
        self.patience = as_count("patience", self.patience, 1)
        self.least = _rate("least", self.least)
        if self.least > self.rate:
            raise ValueError(f"least: expected at most the rate, {self.rate!r}, got {self.least!r}")

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
