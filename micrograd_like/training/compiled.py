"""The gradient of a batch's mean loss, through a program compiled from one example's.

It agrees with :class:`~micrograd_like.training.objective.GraphObjective` to rounding, as long as
all examples have one formula all the time. What else there may be is refused:

- a loss or a model that asks in Python what a number is (``5 if target else 1``), or a slope, or
  takes a number out of the graph;
- one that changes something when it is called, such as a counter, or draws random numbers;
- one that has changed since: for every batch it is recorded again, and its operations, their
  order, and the numbers in it are compared with those that were compiled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from itertools import repeat, zip_longest
from typing import Any

import numpy as np

from micrograd_like.engine import Value, topological_order
from micrograd_like.engine.watching import watched_numbers
from micrograd_like.errors import DomainError, printable
from micrograd_like.tape.compiling import compile_graph
from micrograd_like.training.data import Correct, Examples, judged
from micrograd_like.training.effects import difference, kept_by
from micrograd_like.training.objective import Loss, Model, applied, defined_at, mean_defined

#: The compiled loss is compared with the graph's on so many examples of different targets.
_TRIED = 32


class CompiledObjective:
    """One example's loss, compiled, run over the batch; inputs and targets are its inputs.

    Targets are no constants of the formula here, so 0·log 0 is not left out of a
    cross-entropy: take the one with logits where outputs may saturate.
    """

    def __init__(
        self,
        model: Model,
        loss: Loss,
        data: Examples,
        parameters: Sequence[Value],
        correct: Correct | None,
    ) -> None:
        self._data, self._parameters, self._correct = data, parameters, correct
        self._model, self._loss, self._batches = model, loss, 0
        places = (p for p in range(len(data)) if defined_at(model, loss, data, p) is not None)
        first = data.targets[place := next(places, 0)]
        self._x = [Value(number) for number in data.inputs[place]]
        output = model(self._x)
        tried = {repr(goal): place for place, goal in enumerate(data.targets)}
        for place in tried.values():
            with suppress(DomainError):  # that is for the batch in which the example stands
                applied(loss, output, data.targets[place])
        self._several = isinstance(first, list)
        self._goal = [Value(number) for number in (first if isinstance(first, list) else [first])]
        with watched_numbers() as asked:
            cost = self._cost()
        if asked:
            raise ValueError(
                f"compiled: expected one formula for all numbers; the loss or the model asks what "
                f"they are ({', '.join(dict.fromkeys(asked))}), which may give another formula for "
                "each example and after each update; train it with compiled=False, or choose by "
                "operations of the graph, as select and maximum are"
            )
        self._recorded = _Recorded(cost, [*self._x, *self._goal, *parameters])
        self._check_effects()
        self._program = compile_graph(cost, [*self._x, *self._goal], parameters)
        # A list of outputs comes back as rows, which are lists again.
        self._outputs = correct and compile_graph(output, self._x, parameters)
        self._inputs = np.asarray(data.inputs)
        goals = np.asarray(data.targets).reshape(len(data), -1)
        self._rows = np.column_stack([self._inputs, goals])
        for place in list(tried.values())[:_TRIED]:
            self._check_number(place)

    def _cost(self) -> Value:
        """The loss recorded anew."""
        return self._loss(self._model(self._x), self._goal if self._several else self._goal[0])

    def _check_effects(self) -> None:
        """Record it again, which is to change nothing."""
        before = kept_by(model=self._model, loss=self._loss)
        self._check_formula("before training")
        if change := difference(before, kept_by(model=self._model, loss=self._loss)):
            raise ValueError(
                "compiled: expected a loss and a model that change nothing when they are called, "
                f"since a program does not call them for every example; {change}; train it with "
                "compiled=False"
            )

    def _check_formula(self, when: str) -> None:
        """Hold what the loss and the model are now against what was compiled."""
        if change := self._recorded.change(self._cost()):
            raise ValueError(
                f"compiled: {when} the loss or the model has another formula than at first, with "
                f"{change}: expected the same for all examples and all the time; train it with "
                "compiled=False"
            )

    def _check_number(self, place: int) -> None:
        """Hold a loss of the program's against the graph's, where that is defined."""
        through = defined_at(self._model, self._loss, self._data, place)
        if through is None:
            return
        compiled = float(self._program(self._rows[[place]])[0])
        if math.isclose(through, compiled, rel_tol=1e-9, abs_tol=1e-12):
            return
        raise ValueError(
            f"compiled: for the target {self._data.targets[place]!r} the loss is {through!r} "
            f"through the graph and {compiled!r} compiled: expected a loss and a model whose "
            "formula is the same for all targets and outputs; train it with compiled=False"
        )

    def gradients(self, batch: Sequence[int]) -> tuple[float, int]:
        """See :class:`~micrograd_like.training.objective.Objective`."""
        places, now = list(batch), [parameter.data for parameter in self._parameters]
        self._program.parameters[:] = now
        values, gradient = self._program.value_and_grad(self._rows[places])
        self._batches += 1
        for node, number in zip(
            (*self._x, *self._goal), self._rows[places[0]].tolist(), strict=True
        ):
            node.data = number
        self._check_formula(f"in batch {self._batches}")
        components = (gradient / len(places)).tolist()
        for parameter, component in zip(self._parameters, components, strict=True):
            parameter.grad = component
        right = 0
        if self._correct and self._outputs:
            self._outputs.parameters[:] = now
            outputs = self._outputs(self._inputs[places]).tolist()
            targets = (self._data.targets[place] for place in places)
            right = sum(map(judged, repeat(self._correct), outputs, targets))
        return float(values.sum()), right

    def mean_loss(self, skips: bool = False) -> float:
        """See :class:`~micrograd_like.training.objective.Objective`."""
        self._program.parameters[:] = [parameter.data for parameter in self._parameters]
        self._program.allow_nonfinite = skips
        try:
            found = self._program(self._rows).tolist()
        finally:
            self._program.allow_nonfinite = False
        return mean_defined(loss if math.isfinite(loss) else None for loss in found)


class _Recorded:
    """A graph as it was compiled: its inputs and parameters vary, its other leaves do not."""

    def __init__(self, output: Value, varying: Sequence[Value]) -> None:
        self._varying = frozenset(varying)
        self._order, self._form = self._read(output)
        self._made = {node for node in self._order if node.inputs}

    def _read(self, output: Value) -> tuple[list[Value], list[tuple[Any, ...]]]:
        """The nodes that do not vary, each with its operation and its operands, or its number."""
        order = topological_order(output, set(self._varying))
        place = {node: number for number, node in enumerate(order)}.get
        return order, [(n.op or n.data, *map(place, n.inputs, n.inputs)) for n in order]

    def change(self, output: Value) -> str | None:
        """A difference of another graph, in words; None where it is the same formula."""
        order, form = self._read(output)
        if form != self._form:
            rows = [*zip_longest(form[::-1], self._form[::-1], fillvalue=("nothing",))]
            other = [place for place, (new, old) in enumerate(rows, 1) if new != old]
            telling = [place for place in other if rows[place - 1][0][0] != rows[place - 1][1][0]]
            place = (telling or other)[0]
            now, then = _shown(order, form, place), _shown(self._order, self._form, place)
            return f"{now} in place of {then}"
        shared = [] if self._made.isdisjoint(order) else [n for n in order if n in self._made]
        for node in reversed(shared):
            if leaf := next((n for n in topological_order(node) if n in self._varying), None):
                return f"{_named(node)}, computed only once, from {_named(leaf)}"
        return None


def _shown(order: Sequence[Value], form: Sequence[tuple[Any, ...]], place: int) -> str:
    """The node at a place from the end."""
    if place > len(order):
        return "nothing"
    what = form[-place][0]
    return repr(what) if isinstance(what, float) else _named(order[-place])


def _named(node: Value) -> str:
    """A node's name, or its operation with its operands."""
    operands = ", ".join(printable(i.label) or f"{i.data:.6g}" for i in node.inputs[:3])
    more = ", …" if len(node.inputs) > 3 else ""
    return printable(node.label) or f"{node.op}({operands}{more})"
