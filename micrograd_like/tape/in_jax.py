"""A tape as a pure function for JAX, which jits, differentiates and shards it itself.

JAX sees one operation for each instruction: a layer of weighted sums is a product of matrices. The
rows of the operation table keep the partials of the table, at kinks too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.special
import numpy as np

from micrograd_like.errors import FormulaError
from micrograd_like.tape.array_functions import array_functions, compiled
from micrograd_like.tape.instructions import Indices, Instruction, Tape
from micrograd_like.tape.rows import TAPE_ROWS


def to_jax(tape: Tape, several: bool) -> Callable[[Any, Any], Any]:
    """The values of the tape as a function of (parameters, X)."""

    def values(parameters: Any, X: Any) -> Any:
        """The values: shape (n,), or (n, outputs)."""
        parameters, X = jnp.asarray(parameters), jnp.asarray(X)
        if parameters.shape != (tape.parameters,) or X.ndim != 2 or X.shape[1] != tape.inputs:
            raise ValueError(
                f"expected parameters of shape ({tape.parameters},) and samples of shape "
                f"(n, {tape.inputs}), got {parameters.shape} and {X.shape}"
            )
        dtype = jnp.result_type(parameters, X, jnp.float32)
        given = parameters.astype(dtype)
        scalars = jnp.zeros(tape.scalars, dtype).at[: tape.parameters].set(given)
        if tape.constants:
            places, constants = map(np.array, zip(*tape.constants, strict=True))
            scalars = scalars.at[places].set(constants.astype(dtype))
        for instruction in tape.before:
            operands = [
                scalars[part] for part in (instruction.left, instruction.right, instruction.start)
            ]
            scalars = scalars.at[instruction.out].set(_result(instruction, *operands))
        registers = _run(tape, scalars, X.astype(dtype))
        outputs = registers.gathered(tape.outputs)
        return outputs.T if several else outputs[0]

    return values


def _run(tape: Tape, scalars: Any, X: Any) -> _Registers:
    registers = _Registers()
    registers.put(
        [register for register, _ in tape.read], X.T[np.array([c for _, c in tape.read], int)]
    )
    places = np.array([scalar for _, scalar in tape.broadcasts], int)
    spread = jnp.broadcast_to(scalars[places, None], (len(places), len(X)))
    registers.put([register for register, _ in tape.broadcasts], spread)
    for instruction in tape.lanes:
        match instruction.kind:
            case "check":
                continue
            case "affine":
                weights, starts = scalars[instruction.right], scalars[instruction.start, None]
                registers.put(
                    instruction.out, weights @ registers.gathered(instruction.left, len(X)) + starts
                )
            case _:
                operands = [
                    registers.gathered(part.ravel(), len(X)).reshape(*part.shape, len(X))
                    for part in (instruction.left, instruction.right, instruction.start)
                ]
                registers.put(instruction.out, _result(instruction, *operands))
    return registers


class _Registers:
    """Which array, and which row of it, holds each register of the tape at the moment."""

    def __init__(self) -> None:
        self._where: dict[int, tuple[int, int]] = {}
        self._arrays: list[Any] = []

    def put(self, registers: Iterable[int] | Indices, array: Any) -> None:
        """The registers are those of the array from now on."""
        for place, register in enumerate(np.asarray(registers).tolist()):
            self._where[register] = len(self._arrays), place
        self._arrays.append(array)

    def gathered(self, registers: Iterable[int] | Indices, samples: int = 0) -> Any:
        """The registers as one array; adjacent ones of an array are taken at once."""
        parts = []
        wanted = (self._where[register] for register in np.asarray(registers).tolist())
        for which, group in groupby(wanted, key=lambda pair: pair[0]):
            places = np.array([place for _, place in group])
            array = self._arrays[which]
            whole = len(places) == len(array) and (places == np.arange(len(array))).all()
            parts.append(array if whole else array[places])
        return jnp.concatenate(parts) if parts else jnp.zeros((0, samples))


def _result(instruction: Instruction, left: Any, right: Any, start: Any) -> Any:
    """The result of a PRODUCTS or ROW instruction from its operands."""
    if instruction.kind == "products":
        total = (left * right).sum(axis=1)
        return total + start if len(instruction.start) else total
    return _row_function(instruction.name)(*(left[:, place] for place in range(left.shape[1])))


def _missing(name: str) -> Callable[..., Any]:
    found: Callable[..., Any] | None = getattr(jax.scipy.special, name, None)
    if found is None:
        raise FormulaError(f"{name!r} is neither a row of the table nor a function of JAX's")
    return found


@cache
def _functions() -> dict[str, Callable[..., Any]]:
    return array_functions(jnp, _missing)


@cache
def _row_function(name: str) -> Callable[..., Any]:
    """A row's value, differentiated by the partials that stand in the row."""
    row = TAPE_ROWS[name].op
    value = compiled(row, row.computed_value, _functions())
    partials = [compiled(row, formula, _functions()) for formula in row.computed_partials]

    function = jax.custom_jvp(lambda *inputs: value(*inputs))

    def derivative(inputs: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
        out = function(*inputs)
        terms = (p(*inputs, out) * t for p, t in zip(partials, tangents, strict=True))
        return out, jnp.asarray(sum(terms), out.dtype)

    function.defjvp(derivative)
    differentiated: Callable[..., Any] = function
    return differentiated
