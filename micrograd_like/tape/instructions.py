"""A tape: instructions over registers, each of them one operation on many nodes at once.

A vector register holds one number for every sample of a block, a scalar register what is the
same for all samples. The same instructions are run by the kernel, by NumPy and by JAX.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]

#: Kinds of instructions beside those of nodes: sums over the samples, registers that must be
#: finite, registers copied to the result by sample.
REDUCE, CHECK, STORE = "reduce", "check", "store"

#: What a run found not to be finite: nothing, what precedes the samples, somewhere in a block of
#: samples (from, to), or the gradient.
Outcome = str | tuple[int, int] | None


def _none() -> Indices:
    return np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. Members are indices of vector registers, or of scalar ones where it says so.

    AFFINE             out (j) = start (j, scalars) + Σ right (j, k, scalars) · left (k)
    PRODUCTS, GUARDED  out (r) = start (r), if any, + Σ left (r, k) · right (r, k)
    ROW                out (r), partials (r, m) from left (r, inputs); name and mask say which
    REDUCE             right (j, k, scalars) += Σ over the samples of out (j) · left (k)
    CHECK              out is finite
    STORE              column right (r) of the result is register out (r)

    Attributes:
        made: The nodes that are computed, for messages.
    """

    kind: str
    out: Indices
    left: Indices = field(default_factory=_none)
    right: Indices = field(default_factory=_none)
    start: Indices = field(default_factory=_none)
    partials: Indices = field(default_factory=_none)
    name: str = ""
    mask: int = 0
    made: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tape:
    """Instructions, and how many registers they use."""

    registers: int
    scalars: int
    #: So many of the scalars are values, which are to be finite before; the others are derivatives,
    #: which 0 times what follows may hide.
    checked: int
    inputs: int
    parameters: int
    #: Instructions over scalars before the samples, over vectors, and over scalars after the
    #: samples.
    before: tuple[Instruction, ...]
    lanes: tuple[Instruction, ...]
    after: tuple[Instruction, ...]
    #: (scalar, value) pairs.
    constants: list[tuple[int, float]]
    #: (register, column of the samples) pairs.
    read: list[tuple[int, int]]
    #: (register, scalar) pairs.
    broadcasts: list[tuple[int, int]]
    #: The register of ones, or −1.
    seed: int
    #: A register for each output.
    outputs: list[int]
    #: The scalars that are the gradient, output by output; empty without.
    gradients: list[int] = field(default_factory=list)
    #: Columns of the result by sample; 0 without.
    columns: int = 0


def indices(numbers: Any) -> Indices:
    """As an array of indices."""
    return np.asarray(numbers, np.int32)
