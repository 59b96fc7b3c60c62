"""The tape in the kernel's encoding: instructions as integers, as module.c reads them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_like.errors import CompileError
from micrograd_like.ops import OPS
from micrograd_like.tape.instructions import (
    CHECK,
    REDUCE,
    STORE,
    Indices,
    Instruction,
    Outcome,
    Tape,
    indices,
)
from micrograd_like.tape.nodes import AFFINE, GUARDED, PRODUCTS
from micrograd_like.tape.rows import TAPE_ROWS, digest

kernel: Any
try:
    from micrograd_like.tape import _kernel as kernel
except ImportError:
    kernel = None

_CODES = {AFFINE: 0, PRODUCTS: 1, GUARDED: 2, REDUCE: 3, CHECK: 4, STORE: 5}
_FIRST_ROW = 6
_GRANULE = 16
#: Bytes of registers that stay in the cache together with the samples and weights.
_CACHE = 1 << 18
_WIDEST = 256


@cache
def _expected() -> str:
    return digest(OPS.values())


def missing() -> str:
    """Why the kernel cannot be used, or ""."""
    folder = Path(__file__).parents[1]
    checkout = (folder.parent / "setup.py").exists()
    if kernel is None:
        if checkout:
            return f"it is not built in {folder}, a checkout; run the installed package"
        return "it was not built, for there was no C compiler at installation"
    if _expected() != kernel.TABLE:
        again = f"pip install -e {folder.parent}" if checkout else "install the package again"
        return f"it is older than the operation table or its own sources: {again}"
    return ""


def chosen(backend: str) -> str:
    """The backend that runs; never another than the one asked for, unless with a warning."""
    why = missing()
    if backend == "c" and why:
        raise CompileError(f"compile_graph: the kernel in C is not there: {why}")
    if backend == "auto" and why:
        warnings.warn(
            f"compile_graph: NumPy runs the tape, several times slower than the kernel in C: {why}."
            ' backend="numpy" says that this is meant',
            RuntimeWarning,
            stacklevel=3,
        )
    return "numpy" if why else {"auto": "c"}.get(backend, backend)


def processors() -> tuple[str, ...]:
    """The kernel's variants that this processor can run, the fastest first."""
    return () if kernel is None else tuple(kernel.PROCESSORS)


def width_for(tape: Tape, size: int) -> int:
    """Samples in a block, so that all its registers fit into the cache."""
    most = _CACHE // (max(tape.registers, 1) * size)
    return max(_GRANULE, min(_WIDEST, most // _GRANULE * _GRANULE))


def arguments(tape: Tape, dtype: np.dtype[Any]) -> tuple[Any, ...]:
    """The tape as the kernel's Program takes it."""
    writer = _Writer()
    codes = [writer.code(instructions) for instructions in (tape.before, tape.lanes, tape.after)]
    constant_scalars, constants = _columns(tape.constants)
    input_registers, input_columns = _columns(tape.read)
    broadcast_registers, broadcast_scalars = _columns(tape.broadcasts)
    return (
        dtype.itemsize == 4,
        width_for(tape, dtype.itemsize),
        tape.registers,
        tape.scalars,
        tape.checked,
        tape.inputs,
        tape.parameters,
        tape.columns,
        tape.seed,
        *codes,
        _joined(writer.weights),
        indices(constant_scalars),
        np.array(constants, np.float64),
        indices(input_columns),
        indices(input_registers),
        indices(broadcast_registers),
        indices(broadcast_scalars),
        indices(tape.outputs),
        _joined(writer.totals),
        indices(tape.gradients),
    )


def _columns(pairs: list[tuple[int, Any]]) -> tuple[list[int], list[Any]]:
    return [first for first, _ in pairs], [second for _, second in pairs]


class Native:
    """The tape as the kernel runs it; indices are checked here, once."""

    def __init__(self, tape: Tape, dtype: np.dtype[Any], processor: str = "") -> None:
        self.choice = processors().index(processor) if processor else 0
        self.program = kernel.Program(*arguments(tape, dtype))

    def run(
        self,
        x: NDArray[Any],
        parameters: NDArray[Any],
        values: NDArray[Any],
        gradient: NDArray[Any],
        columns: NDArray[Any],
        threads: int,
        strict: bool,
    ) -> Outcome:
        """Fill the results; where something is not finite, return its block."""
        outcome: Outcome = self.program.run(
            len(x), x, parameters, values, gradient, columns, threads, strict, self.choice
        )
        return outcome


def _joined(parts: list[Indices]) -> Indices:
    return np.concatenate(parts) if parts else indices([])


class _Writer:
    """Encodes instructions; collects the scalars that are weights, and those that totals add to."""

    def __init__(self) -> None:
        self.weights: list[Indices] = []
        self.totals: list[Indices] = []
        self._weight_count = self._total_count = 0

    def code(self, instructions: Iterable[Instruction]) -> Indices:
        """The integers of all instructions."""
        return _joined(
            [part for instruction in instructions for part in self._encoded(instruction)]
        )

    def _encoded(self, instruction: Instruction) -> tuple[Indices, ...]:
        out = instruction.out
        match instruction.kind:
            case "affine":
                head = (_CODES[AFFINE], len(out), len(instruction.left), self._weight_count)
                self._add_weights(instruction.start)
                for tile in _tiles(len(out)):
                    self._add_weights(instruction.right[tile].T.ravel())
                return indices(head), out, instruction.left
            case "products" | "guarded":
                head = (
                    _CODES[instruction.kind],
                    len(out),
                    instruction.left.shape[1],
                    int(len(instruction.start) > 0),
                )
                members = [out[:, None], instruction.left, instruction.right]
                if len(instruction.start):
                    members.insert(1, instruction.start[:, None])
                return indices(head), np.hstack(members).ravel()
            case "reduce":
                head = (_CODES[REDUCE], len(out), len(instruction.left), self._total_count)
                for tile in _tiles(len(out)):
                    for columns in _tiles(len(instruction.left)):
                        self._add_totals(instruction.right[tile, columns].ravel())
                return indices(head), out, instruction.left
            case "check":
                return indices((_CODES[CHECK], len(out))), out
            case "store":
                pairs = np.stack([out, instruction.right], axis=1).ravel()
                return indices((_CODES[STORE], len(out))), pairs
        row_head = (_FIRST_ROW + TAPE_ROWS[instruction.name].code, instruction.mask, len(out))
        return indices(row_head), np.hstack(
            [out[:, None], instruction.partials, instruction.left]
        ).ravel()

    def _add_weights(self, scalars: Indices) -> None:
        self.weights.append(scalars)
        self._weight_count += len(scalars)

    def _add_totals(self, scalars: Indices) -> None:
        self.totals.append(scalars)
        self._total_count += len(scalars)


def _tiles(count: int) -> Iterator[slice]:
    """Tiles of four, then of two and of one: as the kernel cuts AFFINE and REDUCE."""
    start = 0
    while start < count:
        size = 4 if count - start >= 4 else 2 if count - start >= 2 else 1
        yield slice(start, start + size)
        start += size
