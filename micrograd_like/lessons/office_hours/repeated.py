"""The update of the worked example again and again, and the bowl in which it goes down."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from micrograd_like.engine import Value
from micrograd_like.errors import DomainError
from micrograd_like.lessons.office_hours.calculation import (
    COSTS,
    INPUTS,
    WEIGHTS,
    forward_pass,
    network,
    numbers,
)
from micrograd_like.lessons.pictures import Curves, Picture, Plane, contours, span
from micrograd_like.optim import SGD


@dataclass(frozen=True, slots=True)
class Step:
    """The network after so many updates."""

    prediction: float
    cost: float
    weights: Mapping[str, float]


def repeated(
    steps: int, cost: str = "half-squared", changed: Mapping[str, float] = MappingProxyType({})
) -> list[Step]:
    """The network before the first update and after each one, on the one example.

    Raises:
        LessonError, DomainError: As for ``worked_example``.
    """
    given = numbers(changed)
    net = network(given)
    descent = SGD(net.parameters(), rate=given["alpha"])
    done = []
    for step in range(steps + 1):
        try:
            named, error = forward_pass(net, given, cost)
            weights = {name: p.data for name, p in net.named_parameters()}
            done.append(Step(named["yhat"].data, error.data, weights))
            if step < steps:
                descent.zero_grad()
                error.backward()
                descent.step()
        except DomainError as problem:
            raise DomainError(f"step {step}: {problem}") from problem
    return done


def shown_steps(steps: int) -> list[int]:
    """The steps that a table shows: 0, 1, 2, 5, 10, 20, 50, …, and the last."""
    marks = {n * 10**power for power in range(7) for n in (1, 2, 5)}
    return sorted({0, steps, *(mark for mark in marks if mark < steps)})


def pictures(
    done: Sequence[Step], cost: str, changed: Mapping[str, float] = MappingProxyType({})
) -> list[Picture]:
    """ŷ and E over the steps; E over w5, and over w5 and w6, with the way that was taken."""
    given = numbers(changed)
    path = [(step.weights["w5"], step.weights["w6"]) for step in done]

    def at(**weights: float) -> float:
        point = {**given, **done[0].weights, **weights}
        hidden = {name: Value(point[name], name) for name in (*INPUTS, *WEIGHTS)}
        return _cost(hidden, point["y"], cost)

    reach = max(4.0, *(1.5 * abs(w - path[0][0]) for w, _ in path))
    places = span(path[0][0] - reach, path[0][0] + reach, 81)
    along = [(w5, at(w5=w5)) for w5, _ in path[:: max(1, len(path) // 100)]]
    drawn: list[Picture] = [
        Plane(
            "The cost over w5, the other weights as at first",
            "w5",
            "E",
            {"E": [(w, at(w5=w)) for w in places]},
            paths={"w5 on its way": along},
        ),
        contours(
            "The cost over w5 and w6",
            lambda w5, w6: at(w5=w5, w6=w6),
            {"descent": path},
            ("w5", "w6"),
            steps=41,
            square=True,
            reach=4.0,
        ),
    ]
    if len(done) > 2:
        curves = [
            Curves("The prediction", "ŷ", {"ŷ": [s.prediction for s in done]}, "step", first=0),
            Curves("The cost", "E", {"E": [s.cost for s in done]}, "step", True, 0),
        ]
        drawn = [*curves, *drawn]
    return drawn


def _cost(values: Mapping[str, Value], target: float, cost: str) -> float:
    net = network({name: values[name].data for name in WEIGHTS})
    named = net.trace([values[name] for name in INPUTS])
    try:
        return COSTS[cost].of(named["yhat"], Value(target)).data
    except DomainError:  # −ln ŷ where ŷ has come down to 0: a gap in the picture
        return math.nan
