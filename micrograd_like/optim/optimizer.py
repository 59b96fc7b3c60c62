"""What optimisers share: their parameters, each with a rate, and a step for all or for none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from micrograd_like.engine import Value
from micrograd_like.engine.numbers import as_count, as_float, described, is_row
from micrograd_like.engine.ranges import in_range, positive
from micrograd_like.errors import DomainError, printable
from micrograd_like.optim.schedules import Schedule


@dataclass(frozen=True)
class Group:
    """Parameters with a rate of their own, among those given to an optimiser.

    Attributes:
        parameters: Values.
        rate: From 0 on, or a schedule.

    >>> from micrograd_like.optim import SGD
    >>> w, b = Value(1.0), Value(0.0)
    >>> SGD([w, Group([b], rate=0.01)], rate=0.1).rates[b]
    0.01
    """

    parameters: Iterable[Value]
    rate: float | Schedule


Parameters = Iterable["Value | Group"]
#: Running sums of one parameter, one for each slot.
Sums = tuple[float, ...]


class Optimizer:
    """What the optimisers share: parameters, rate, step count, weight decay, state.

    A parameter that it is not given is frozen: ``SGD(net.layers[1].parameters(), 0.1)`` leaves
    the first layer as it is. So is one in a :class:`Group` with the rate 0, which may be a
    schedule that begins or ends there.

    Args:
        parameters: Values, or groups of them with a rate of their own; each Value once.
        rate: From 0 on, or a schedule.
        weight_decay: λ, from 0 on; λ·w is added to every gradient, as the penalty λ/2·Σw² would.

    Raises:
        ValueError: There are no parameters, one is there twice, or a setting is out of range.
        TypeError: A parameter is no Value.
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
                in_range("rate", each, 0, math.inf)
        self.rate = rate
        self.weight_decay = in_range("weight_decay", weight_decay, 0, math.inf)
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
        return in_range("rate", rate(self.steps) if callable(rate) else rate, 0, math.inf)

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
        """Take up a state, all of it or nothing.

        Args:
            state: As :meth:`state_dict` gives it, for as many parameters.

        Raises:
            ValueError: An entry does not fit; it is named.
        """
        expected = {"steps", *self.slots}
        if not isinstance(state, Mapping):
            raise ValueError(
                f"state: expected a dictionary, as state_dict() gives it, got {described(state)}"
            )
        if set(state) != expected:
            raise ValueError(f"state: expected {sorted(expected)}, got {sorted(state)}")
        taken = {}
        for slot in self.slots:
            given = state[slot]
            row = is_row(given) and hasattr(given, "__len__")
            if not row or len(given) != len(self.parameters):
                count = f"{len(given)} of them" if row else described(given)
                raise ValueError(f"{slot}: expected {len(self.parameters)} numbers, got {count}")
            taken[slot] = [self._taken(slot, number) for number in given]
        try:
            steps = as_count("steps", state["steps"], 0)
        except TypeError as error:
            raise ValueError(str(error)) from None
        self.state, self.steps = taken, steps

    def _taken(self, slot: str, given: Any) -> float:
        """A running sum from a state."""
        try:
            number = math.nan if isinstance(given, bool) else as_float(given)
        except (TypeError, DomainError):
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(f"{slot}: expected finite numbers, got {given!r}")
        if slot in self.squares and number < 0:
            raise ValueError(f"{slot}: expected squares, from 0 on, got {given!r}")
        return number

    def _direction(self, gradient: float, sums: Sums, step: int) -> tuple[float, Sums]:
        """The step before it is scaled by the rate, and the running sums after it.

        Args:
            gradient: Of one parameter.
            sums: Its running sums, one for each slot.
            step: The number of this step, from 1 on.
        """
        raise NotImplementedError


# Gradients made smaller before a step.


def clip_norm(parameters: Iterable[Value], most: float) -> float:
    """Scale all gradients together so that √Σg² is at most ``most``.

    Args:
        parameters: Whose gradients.
        most: Above 0; infinity leaves them as they are.

    Returns:
        The norm √Σg² before.

    Raises:
        ValueError: ``most`` is not above 0.
        DomainError: A gradient is not finite.
    """
    most = most if most == math.inf else positive("most", most)
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

    Args:
        parameters: Whose gradients.
        most: Above 0; infinity leaves them as they are.

    Raises:
        ValueError: ``most`` is not above 0.
    """
    most = most if most == math.inf else positive("most", most)
    for parameter in parameters:
        parameter.grad = max(-most, min(parameter.grad, most))
