"""A tape run by NumPy: every step one operation on many rows, block by block.

It is what runs where the kernel could not be built, and what looks for the first number that
is not finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_like.errors import FormulaError
from micrograd_like.ops import FLOAT
from micrograd_like.tape.array_functions import array_functions, compiled
from micrograd_like.tape.rows import TAPE_ROWS
from micrograd_like.tape.steps import Outcome, Step, Tape

Array = NDArray[Any]
Watch = Callable[[Step, Array], None]

#: Bytes of rows in a block, and its samples at most.
_BLOCK = 1 << 22
_WIDEST = 4096


@cache
def functions() -> dict[str, Callable[..., Any]]:
    """The functions of the formula language over NumPy arrays."""
    return array_functions(np, _over_elements)


def _over_elements(name: str) -> Callable[..., Any]:
    """A function that NumPy lacks, number by number; NaN where it is not defined."""
    function = FLOAT.get(name) or getattr(math, name, None)
    if function is None:
        raise FormulaError(f"{name!r} is neither a row, nor NumPy's, nor a function of math")

    def of_numbers(*numbers: float) -> float:
        try:
            return float(function(*numbers))
        except OverflowError:
            return math.inf
        except (ArithmeticError, ValueError):
            return math.nan

    return np.vectorize(of_numbers, otypes=[float])


@cache
def row_functions(name: str) -> tuple[Any, tuple[Any, ...]]:
    """A row's value, and its partials that are computed, as functions of arrays."""
    row = TAPE_ROWS[name]
    value = compiled(row.op, row.op.computed_value, functions())
    partials = [compiled(row.op, row.op.computed_partials[p], functions()) for p in row.computed]
    return value, tuple(partials)


class Arrays:
    """The tape as NumPy runs it."""

    def __init__(self, tape: Tape, dtype: np.dtype[Any]) -> None:
        self.tape, self.dtype = tape, dtype
        row = max(tape.rows, 1) * dtype.itemsize
        self.width = max(64, min(_WIDEST, _BLOCK // row))

    def run(
        self,
        x: Array,
        parameters: Array,
        values: Array,
        gradient: Array,
        columns: Array,
        threads: int,
        strict: bool,
        watch: Watch | None = None,
    ) -> Outcome:
        """Fill the results, as the kernel does; more threads than one are not used.

        watch:  is called after every step, with the step and all rows or numbers
        """
        tape = self.tape
        with np.errstate(all="ignore"):
            numbers = self._begin(parameters, watch)
            if strict and not np.isfinite(numbers[: tape.checked]).all():
                return "before"
            for first in range(0, len(x), self.width):
                block = slice(first, min(first + self.width, len(x)))
                rows = self._block(x[block], numbers, columns[block], strict, watch)
                if rows is None:
                    return first, block.stop
                values[block] = rows[tape.outputs].T
            if tape.gradients:
                for step in tape.after:
                    _run_step(step, numbers, numbers)
                    if watch:
                        watch(step, numbers)
                gradient[...] = numbers[tape.gradients, 0]
                if strict and not np.isfinite(gradient).all():
                    return "gradient"
        return None

    def _begin(self, parameters: Array, watch: Watch | None) -> Array:
        """What is the same for all samples, before them: a column of numbers."""
        tape = self.tape
        numbers = np.zeros((tape.numbers, 1), self.dtype)
        numbers[: tape.parameters, 0] = parameters
        for place, number in tape.constants:
            numbers[place] = number
        for step in tape.before:
            _run_step(step, numbers, numbers)
            if watch:
                watch(step, numbers)
        return numbers

    def _block(
        self, x: Array, numbers: Array, columns: Array, strict: bool, watch: Watch | None
    ) -> Array | None:
        """The rows of one block at its end, or None if one of them had to be finite."""
        tape = self.tape
        rows = np.empty((tape.rows, len(x)), self.dtype)
        for row, column in tape.read:
            rows[row] = x[:, column]
        for row, number in tape.broadcasts:
            rows[row] = numbers[number]
        if tape.seed >= 0:
            rows[tape.seed] = 1
        for step in tape.lanes:
            if step.kind == "check":
                if strict and not np.isfinite(rows[step.out]).all():
                    return None
            elif step.kind == "store":
                columns[:, step.right] = rows[step.out].T
            else:
                _run_step(step, rows, numbers)
            if watch:
                watch(step, rows)
        return rows


def _run_step(step: Step, rows: Array, numbers: Array) -> None:
    match step.kind:
        case "affine":
            rows[step.out] = numbers[step.right, 0] @ rows[step.left] + numbers[step.start]
        case "products" | "guarded":
            rows[step.out] = _products(step, rows)
        case "reduce":
            np.add.at(numbers[:, 0], step.right, rows[step.out] @ rows[step.left].T)
        case _:
            value, partials = row_functions(step.name)
            inputs = [rows[operands] for operands in step.left.T]
            out = rows[step.out] = value(*inputs)
            wanted = [p for bit, p in enumerate(partials) if step.mask >> bit & 1]
            for places, partial in zip(step.partials.T, wanted, strict=True):
                rows[places] = partial(*inputs, out)


def _products(step: Step, rows: Array) -> Array:
    """Σ left·right + start; guarded, what is 0 on the left adds nothing."""
    count, terms = step.left.shape

    def product(left: Array, right: Array) -> Array:
        return np.where(left != 0, left * right, 0) if step.kind == "guarded" else left * right

    total = rows[step.start] if len(step.start) else np.zeros((count, rows.shape[1]), rows.dtype)
    if terms <= count:
        for left, right in zip(step.left.T, step.right.T, strict=True):
            total += product(rows[left], rows[right])
    else:
        for place, (left, right) in enumerate(zip(step.left, step.right, strict=True)):
            total[place] += product(rows[left], rows[right]).sum(axis=0)
    return total
