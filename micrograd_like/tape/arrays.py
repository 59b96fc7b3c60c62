"""A tape run by NumPy: every instruction one operation on many registers, block by block.

It runs where the kernel could not be built, and finds the first number that is not finite.
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
from micrograd_like.tape.instructions import Instruction, Outcome, Tape
from micrograd_like.tape.rows import TAPE_ROWS

Array = NDArray[Any]
Watch = Callable[[Instruction, Array], None]

#: Bytes of registers in a block, and its samples at most.
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
        of_sample = max(tape.registers, 1) * dtype.itemsize
        self.width = max(64, min(_WIDEST, _BLOCK // of_sample))

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

        Args:
            x: Samples, shape (n, inputs).
            parameters: Shape (parameters,).
            values: To be filled, shape (n, outputs).
            gradient: To be filled, shape (outputs · parameters,); empty without.
            columns: To be filled with derivatives by sample; empty without.
            threads: As the kernel takes it.
            strict: Whether what is not finite ends the run.
            watch: Is called after every instruction, with the instruction and all registers or
                scalars.
        """
        tape = self.tape
        with np.errstate(all="ignore"):
            scalars = self._begin(parameters, watch)
            if strict and not np.isfinite(scalars[: tape.checked]).all():
                return "before"
            for first in range(0, len(x), self.width):
                block = slice(first, min(first + self.width, len(x)))
                registers = self._block(x[block], scalars, columns[block], strict, watch)
                if registers is None:
                    return first, block.stop
                values[block] = registers[tape.outputs].T
            if tape.gradients:
                for instruction in tape.after:
                    _execute(instruction, scalars, scalars)
                    if watch:
                        watch(instruction, scalars)
                gradient[...] = scalars[tape.gradients, 0]
                if strict and not np.isfinite(gradient).all():
                    return "gradient"
        return None

    def _begin(self, parameters: Array, watch: Watch | None) -> Array:
        """What is the same for all samples, before them: a column of scalars."""
        tape = self.tape
        scalars = np.zeros((tape.scalars, 1), self.dtype)
        scalars[: tape.parameters, 0] = parameters
        for place, number in tape.constants:
            scalars[place] = number
        for instruction in tape.before:
            _execute(instruction, scalars, scalars)
            if watch:
                watch(instruction, scalars)
        return scalars

    def _block(
        self, x: Array, scalars: Array, columns: Array, strict: bool, watch: Watch | None
    ) -> Array | None:
        """The registers of one block at its end, or None if one of them had to be finite."""
        tape = self.tape
        registers = np.empty((tape.registers, len(x)), self.dtype)
        for register, column in tape.read:
            registers[register] = x[:, column]
        for register, scalar in tape.broadcasts:
            registers[register] = scalars[scalar]
        if tape.seed >= 0:
            registers[tape.seed] = 1
        for instruction in tape.lanes:
            if instruction.kind == "check":
                if strict and not np.isfinite(registers[instruction.out]).all():
                    return None
            elif instruction.kind == "store":
                columns[:, instruction.right] = registers[instruction.out].T
            else:
                _execute(instruction, registers, scalars)
            if watch:
                watch(instruction, registers)
        return registers


def _execute(instruction: Instruction, registers: Array, scalars: Array) -> None:
    match instruction.kind:
        case "affine":
            registers[instruction.out] = (
                scalars[instruction.right, 0] @ registers[instruction.left]
                + scalars[instruction.start]
            )
        case "products" | "guarded":
            registers[instruction.out] = _products(instruction, registers)
        case "reduce":
            np.add.at(
                scalars[:, 0],
                instruction.right,
                registers[instruction.out] @ registers[instruction.left].T,
            )
        case _:
            value, partials = row_functions(instruction.name)
            inputs = [registers[operands] for operands in instruction.left.T]
            out = registers[instruction.out] = value(*inputs)
            wanted = [p for bit, p in enumerate(partials) if instruction.mask >> bit & 1]
            for places, partial in zip(instruction.partials.T, wanted, strict=True):
                registers[places] = partial(*inputs, out)


def _products(instruction: Instruction, registers: Array) -> Array:
    """Σ left·right + start; guarded, what is 0 on the left adds nothing."""
    count, terms = instruction.left.shape

    def product(left: Array, right: Array) -> Array:
        return (
            np.where(left != 0, left * right, 0) if instruction.kind == "guarded" else left * right
        )

    total = (
        registers[instruction.start]
        if len(instruction.start)
        else np.zeros((count, registers.shape[1]), registers.dtype)
    )
    if terms <= count:
        for left, right in zip(instruction.left.T, instruction.right.T, strict=True):
            total += product(registers[left], registers[right])
    else:
        for place, (left, right) in enumerate(
            zip(instruction.left, instruction.right, strict=True)
        ):
            total[place] += product(registers[left], registers[right]).sum(axis=0)
    return total
