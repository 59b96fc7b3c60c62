"""Which sample and operation were not finite: the tape run again, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_like.errors import printable
from micrograd_like.tape.arrays import Arrays
from micrograd_like.tape.instructions import Instruction, Tape
from micrograd_like.tape.nodes import GUARDED, INPUT, PARTIAL, ROW, Nodes

Array = NDArray[Any]
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is said; ``first`` is the number of the first sample."""

    inputs: list[str]
    names: list[str]
    first: int

    def of_values(
        self, tape: Tape, nodes: Nodes, x: Array, parameters: Array, block: tuple[int, int]
    ) -> str:
        """The first sample of the block, and its first operation, that is not finite."""
        for name, number in zip(self.names, parameters, strict=True):
            if not np.isfinite(number):
                return f"the parameter {name}: expected a finite number, got {number}"
        most = float(np.finfo(x.dtype).max)
        for _, constant in tape.constants:
            if not abs(constant) <= most:
                return f"the constant {constant:.6g} is not finite as {x.dtype}"
        found: list[tuple[int, str]] = []

        def watch(instruction: Instruction, registers: Array) -> None:
            wrong = (
                ~np.isfinite(registers[instruction.out])
                if instruction.made
                else np.zeros((0, 1), bool)
            )
            for place, sample in zip(*np.nonzero(wrong), strict=True):
                if not found or sample < found[0][0]:
                    number = instruction.made[place]
                    read = (
                        instruction.left[place]
                        if instruction.kind == ROW
                        else instruction.out[place : place + 1]
                    )
                    operands = [float(registers[register, sample]) for register in read]
                    found[:] = [(int(sample), self._operation(nodes, number, operands))]

        samples = x[block[0] : block[1]]
        self._run(tape, samples, parameters, watch)
        for sample, column in np.argwhere(~np.isfinite(samples))[:1].tolist():
            if not found or sample <= found[0][0]:
                got = f"expected a finite number, got {samples[sample, column]}"
                found[:] = [(sample, f"the input {self.inputs[column]}: {got}")]
        if not found:
            return "a number is not finite"
        sample, what = found[0]
        where = f"sample {self.first + block[0] + sample}: " if len(samples) else ""
        return where + what

    def of_gradient(
        self, by_sample: Tape, tape: Tape, nodes: Nodes, x: Array, parameters: Array
    ) -> str:
        """The first sample whose gradient is not finite, and the derivative that is missing."""
        for start in range(0, len(x), _AT_ONCE):
            samples = x[start : start + _AT_ONCE]
            columns = self._run(by_sample, samples, parameters, None)
            wrong = ~np.isfinite(columns)
            if wrong.any():
                sample = int(np.nonzero(wrong.any(axis=1))[0][0])
                name = self.names[int(np.nonzero(wrong[sample])[0][0]) % len(self.names)]
                why = self._missing(tape, nodes, samples[sample : sample + 1], parameters)
                number = self.first + start + sample
                return f"sample {number}: the gradient of {name} is not finite: {why}"
        return "the gradient is not finite: its sum over the samples overflows"

    def _missing(self, tape: Tape, nodes: Nodes, sample: Array, parameters: Array) -> str:
        """The operation without a finite derivative, if that is the reason."""
        operands: dict[int, list[float]] = {}
        found: list[str] = []

        def watch(instruction: Instruction, registers: Array) -> None:
            if instruction.kind == ROW:
                for number, places in zip(instruction.made, instruction.left, strict=True):
                    operands[number] = [float(registers[place, 0]) for place in places]
            if instruction.kind != GUARDED or found:
                return
            for number, left, right in zip(
                instruction.made, instruction.left, instruction.right, strict=True
            ):
                for term, (a, b) in enumerate(zip(left, right, strict=True)):
                    partial = nodes[nodes[number].right[term]]
                    missing = registers[a, 0] != 0 and not np.isfinite(registers[b, 0])
                    if missing and partial.kind == PARTIAL:
                        call = _call(nodes[partial.start].name, operands[partial.start])
                        found.append(f"{call} has no finite derivative there")

        self._run(tape, sample, parameters, watch)
        return found[0] if found else "it overflows"

    def _operation(self, nodes: Nodes, number: int, operands: list[float]) -> str:
        node = nodes[number]
        if node.kind == INPUT:
            name = self.inputs[int(node.number)]
            return f"the input {name}: expected a finite number, got {operands[0]}"
        op, label = nodes.origin.get(number, (node.name or "sum", ""))
        name = f"{printable(label)} = " if label else ""
        call = _call(op, operands) if node.kind == ROW else f"a sum of products ({op})"
        return f"{name}{call} is not defined, or too large"

    def _run(self, tape: Tape, x: Array, parameters: Array, watch: Any) -> Array:
        dtype = x.dtype
        arrays = Arrays(tape, dtype)
        arrays.width = max(len(x), 1)
        values = np.empty((len(x), len(tape.outputs)), dtype)
        gradient = np.empty(len(tape.gradients), dtype)
        columns = np.zeros((len(x), tape.columns), dtype)
        arrays.run(x, parameters, values, gradient, columns, 1, strict=False, watch=watch)
        return columns


def _call(op: str, operands: list[float]) -> str:
    return f"{op}({', '.join(f'{float(o):.6g}' for o in operands)})"
