"""The gradient of a batch's mean loss: through the graph, or through a compiled program.

    L = (1/n) Σ loss(model(xᵢ), yᵢ)        over the n examples of the batch

Both leave ∂L/∂parameter in every parameter's ``grad``, those that the optimiser does not have
included, and agree to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from micrograd_like import losses
from micrograd_like.engine import Value
from micrograd_like.engine.watching import watched_numbers
from micrograd_like.errors import DomainError
from micrograd_like.notation import counted
from micrograd_like.training.data import Correct, Examples, Numbers, examples
from micrograd_like.training.records import Score

#: The compiled loss is compared with the graph's on so many examples of different targets.
_TRIED = 32
#: So is one of a batch, of the 1st, 2nd, 4th, 8th and so on, and of every one of so many: a loss
#: that changes with time, say with a factor that the caller sets, shows there.
_COMPARED = 256

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
            terms.append(_applied(self._loss, output, target))
            right += self._correct is not None and bool(self._correct(numbers(output), target))
        for parameter in self._parameters:
            parameter.grad = 0.0
        losses.mean(terms).backward()
        return sum(term.data for term in terms), right

    def mean_loss(self, skips: bool = False) -> float:
        """See :class:`Objective`."""
        if not skips:
            return score(self._model, self._data, self._loss, None).loss
        every = range(len(self._data))
        return _mean_defined(_defined_at(self._model, self._loss, self._data, n) for n in every)


class CompiledObjective:
    """One example's loss, compiled, run over the batch; inputs and targets are its inputs.

    Targets are no constants of the formula here, so 0·log 0 is not left out of a
    cross-entropy: take the one with logits where outputs may saturate. A loss or a model that asks
    in Python what a number is (``5 if target else 1``), or a slope, has no one formula, and one
    that takes a number out of the graph is right for that number alone: both are refused.
    """

    def __init__(
        self,
        model: Model,
        loss: Loss,
        data: Examples,
        parameters: Sequence[Value],
        correct: Correct | None,
    ) -> None:
        import numpy as np

        from micrograd_like.tape.compiling import compile_graph

        self._data, self._parameters, self._correct = data, parameters, correct
        self._model, self._loss, self._batches = model, loss, 0
        place, first = _defined(model, loss, data)
        x = [Value(number) for number in data.inputs[place]]
        output = model(x)
        tried = {repr(goal): place for place, goal in enumerate(data.targets)}
        for place in tried.values():
            with suppress(DomainError):  # that is for the batch in which the example stands
                _applied(loss, output, data.targets[place])
        goal = [Value(number) for number in (first if isinstance(first, list) else [first])]
        with watched_numbers() as asked:
            cost = loss(model(x), goal if isinstance(first, list) else goal[0])
        if asked:
            raise ValueError(
                f"compiled: expected one formula for all numbers; the loss or the model asks what "
                f"they are ({', '.join(dict.fromkeys(asked))}), which may give another formula for "
                "each example and after each update; train it with compiled=False, or choose by "
                "operations of the graph, as select and maximum are"
            )
        trained = list(parameters)
        self._program = compile_graph(cost, inputs=[*x, *goal], parameters=trained)
        # A list of outputs comes back as rows, which are lists again.
        self._outputs = correct and compile_graph(output, inputs=x, parameters=trained)
        self._inputs = np.asarray(data.inputs)
        goals = np.asarray(data.targets).reshape(len(data), -1)
        self._rows = np.column_stack([self._inputs, goals])
        for place in list(tried.values())[:_TRIED]:
            self._check(place)

    def _check(self, place: int, compiled: float | None = None) -> None:
        """Hold a loss of the program's against the graph's, where that is defined."""
        through = _defined_at(self._model, self._loss, self._data, place)
        if through is None:
            return
        if compiled is None:
            compiled = float(self._program(self._rows[[place]])[0])
        if math.isclose(through, compiled, rel_tol=1e-9, abs_tol=1e-12):
            return
        raise ValueError(
            f"compiled: for the target {self._data.targets[place]!r} the loss is {through!r} "
            f"through the graph and {compiled!r} compiled: expected a loss and a model whose "
            "formula is the same for all targets and outputs, and all the time; train it with "
            "compiled=False"
        )

    def gradients(self, batch: Sequence[int]) -> tuple[float, int]:
        """See :class:`Objective`."""
        places, now = list(batch), [parameter.data for parameter in self._parameters]
        self._program.parameters[:] = now
        values, gradient = self._program.value_and_grad(self._rows[places])
        self._batches += 1
        if self._batches & (self._batches - 1) == 0 or self._batches % _COMPARED == 0:
            one = self._batches % len(places)
            self._check(places[one], float(values[one]))
        components = (gradient / len(places)).tolist()
        for parameter, component in zip(self._parameters, components, strict=True):
            parameter.grad = component
        right = 0
        if self._correct and self._outputs:
            self._outputs.parameters[:] = now
            outputs = self._outputs(self._inputs[places]).tolist()
            targets = (self._data.targets[place] for place in places)
            right = sum(map(bool, map(self._correct, outputs, targets)))
        return float(values.sum()), right

    def mean_loss(self, skips: bool = False) -> float:
        """See :class:`Objective`."""
        self._program.parameters[:] = [parameter.data for parameter in self._parameters]
        self._program.allow_nonfinite = skips
        try:
            found = self._program(self._rows).tolist()
        finally:
            self._program.allow_nonfinite = False
        return _mean_defined(loss if math.isfinite(loss) else None for loss in found)


def _defined(model: Model, loss: Loss, data: Examples) -> tuple[int, Numbers]:
    """The place and the target of the first example whose loss is defined, or of the first."""
    places = (p for p in range(len(data)) if _defined_at(model, loss, data, p) is not None)
    place = next(places, 0)
    return place, data.targets[place]


def _defined_at(model: Model, loss: Loss, data: Examples, place: int) -> float | None:
    """The loss of an example; None where it is not defined, or too large."""
    try:
        return _applied(loss, model(data.inputs[place]), data.targets[place]).data
    except DomainError:
        return None


def _mean_defined(found: Iterable[float | None]) -> float:
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
    return [_defined_at(model, loss, data, place) for place in range(0, len(data), step)]


def _applied(loss: Loss, output: Any, target: Numbers) -> Value:
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
        right += correct is not None and bool(correct(numbers(output), target))
    return Score(total / len(data), None if correct is None else right / len(data))


def numbers(output: Any) -> Numbers:
    """A model's output as a number, or a list of them."""
    return [node.data for node in output] if isinstance(output, list) else output.data
