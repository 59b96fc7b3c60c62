"""The gradient of a batch's mean loss, through the graph.

    L = (1/n) Σ loss(model(xᵢ), yᵢ)        over the n examples of the batch

It leaves ∂L/∂parameter in every parameter's ``grad``, those that the optimiser does not have
included; :mod:`micrograd_like.training.compiled` does the same by a program.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from micrograd_like import losses
from micrograd_like.engine import Value
from micrograd_like.errors import DomainError
from micrograd_like.notation import counted
from micrograd_like.training.data import Correct, Examples, Numbers, examples, judged
from micrograd_like.training.records import Score

#: Of an output (a list, where the model has several) and its target; see ``losses``.
Loss = Callable[[Any, Any], Value]


class Model(Protocol):
    """What is trained: any module of ``nn``, or what behaves like one."""

    def __call__(self, x: Any, /) -> Any: ...  # noqa: D102
    def parameters(self) -> list[Value]: ...  # noqa: D102
    def state_dict(self) -> dict[str, Any]: ...  # noqa: D102
    def load_state_dict(self, state: Any, /) -> Any: ...  # noqa: D102


class Objective(Protocol):
    """Sets gradients for batches of the same examples."""

    def gradients(self, batch: Sequence[int]) -> tuple[float, int]:
        """Set every parameter's gradient; returns the sum of losses and how many are right."""

    def mean_loss(self, skips: bool = False) -> float:
        """The mean loss over all examples, with the parameters as they are now.

        Args:
            skips: Whether those whose loss is not finite are left out.

        Raises:
            DomainError: A loss is not finite, or none is.
        """


class GraphObjective:
    """The batch becomes one graph, and the gradients flow back through it."""

    def __init__(
        self,
        model: Model,
        loss: Loss,
        data: Examples,
        parameters: Sequence[Value],
        correct: Correct | None,
    ) -> None:
        self._model, self._loss, self._data = model, loss, data
        self._parameters, self._correct = parameters, correct

    def gradients(self, batch: Sequence[int]) -> tuple[float, int]:
        """See :class:`Objective`."""
        terms, right = [], 0
        for place in batch:
            target = self._data.targets[place]
            output = self._model(self._data.inputs[place])
            terms.append(applied(self._loss, output, target))
            if self._correct is not None:
                right += judged(self._correct, numbers(output), target)
        for parameter in self._parameters:
            parameter.grad = 0.0
        losses.mean(terms).backward()
        return sum(term.data for term in terms), right

    def mean_loss(self, skips: bool = False) -> float:
        """See :class:`Objective`."""
        if not skips:
            return score(self._model, self._data, self._loss, None).loss
        every = range(len(self._data))
        return mean_defined(defined_at(self._model, self._loss, self._data, n) for n in every)


def defined_at(model: Model, loss: Loss, data: Examples, place: int) -> float | None:
    """The loss of an example; None where it is not defined, or too large."""
    try:
        return applied(loss, model(data.inputs[place]), data.targets[place]).data
    except DomainError:
        return None


def mean_defined(found: Iterable[float | None]) -> float:
    """The mean of the losses that are defined.

    Raises:
        DomainError: None is.
    """
    defined = [loss for loss in found if loss is not None]
    if not defined:
        raise DomainError("expected a finite loss for some example, got none")
    return math.fsum(defined) / len(defined)


def sample_losses(model: Model, loss: Loss, data: Examples, count: int) -> list[float | None]:
    """The losses of up to ``count`` examples, spread evenly; None where one is not defined."""
    step = -(-len(data) // count)
    return [defined_at(model, loss, data, place) for place in range(0, len(data), step)]


def applied(loss: Loss, output: Any, target: Numbers) -> Value:
    """The loss.

    Raises:
        TypeError: It does not take what it is given; the message has the sizes.
    """
    try:
        return loss(output, target)
    except (TypeError, AttributeError) as error:
        outputs, goals = (len(x) if isinstance(x, list) else 1 for x in (output, target))
        if outputs != goals:
            raise TypeError(
                f"targets: expected {counted(outputs, 'number')}, one for each output of the "
                f"model, got {goals}"
            ) from error
        raise TypeError(
            f"loss: it does not take an output of {counted(outputs, 'number')} with a target of "
            f"{goals} ({error}); of several outputs, make it one that takes lists, such as "
            "losses.mean_squared_error"
        ) from error


def evaluate(
    model: Model,
    inputs: Iterable[Any],
    targets: Iterable[Any],
    *,
    loss: Loss = losses.half_squared_error,
    correct: Correct | None = None,
) -> Score:
    """The mean loss over the examples as the model is now, and the share that is right.

    Raises:
        TypeError: An example is not made of numbers.
        ValueError: The examples do not fit the network.
        DomainError: A loss is not finite.
    """
    return score(model, examples(inputs, targets), loss, correct)


def score(model: Model, data: Examples, loss: Loss, correct: Correct | None) -> Score:
    """The same, for examples that are checked already."""
    total, right = 0.0, 0
    for row, target in zip(data.inputs, data.targets, strict=True):
        output = model(row)
        total += loss(output, target).data
        if correct is not None:
            right += judged(correct, numbers(output), target)
    return Score(total / len(data), None if correct is None else right / len(data))


def numbers(output: Any) -> Numbers:
    """A model's output as a number, or a list of them."""
    return [node.data for node in output] if isinstance(output, list) else output.data
