"""A tape: steps over rows of numbers, each of them one operation on many nodes at once.

A row holds one number for every sample of a block; what is the same for all samples has one
place among the *numbers*. The same steps are run by the kernel, by NumPy and by JAX.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int32]

#: Kinds of steps beside those of nodes: sums over the samples, rows that must be finite, rows
#: copied to the result by sample.
REDUCE, CHECK, STORE = "reduce", "check", "store"

#: What a run found not to be finite: nothing, what precedes the samples, somewhere in a block of
#: samples (from, to), or the gradient.
Outcome = str | tuple[int, int] | None


def _none() -> Indices:
    return np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Step:
    """One step; all members are indices of rows, or of numbers where it says so.

    AFFINE             out (j) = start (j, numbers) + Σ right (j, k, numbers) · left (k)
    PRODUCTS, GUARDED  out (r) = start (r), if any, + Σ left (r, k) · right (r, k)
    ROW                out (r), partials (r, m) from left (r, inputs); name and mask say which
    REDUCE             right (j, k, numbers) += Σ over the samples of out (j) · left (k)
    CHECK              out is finite
    STORE              column right (r) of the result is row out (r)

    made:  the nodes that are computed, for messages
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
    """Steps, and how many rows and numbers they use.

    before, lanes, after:  steps over numbers before the samples, over rows, and after them
    checked:               so many of the numbers are values, which are to be finite before;
                           the others are derivatives, which 0 times what follows may hide
    constants:             (number, value) pairs
    read:                  (row, column of the samples) pairs
    broadcasts:            (row, number) pairs
    seed:                  the row of ones, or −1
    outputs:               a row for each output
    gradients:             the numbers that are the gradient, output by output; empty without
    columns:               columns of the result by sample; 0 without
    """

    rows: int
    numbers: int
    checked: int
    inputs: int
    parameters: int
    before: tuple[Step, ...]
    lanes: tuple[Step, ...]
    after: tuple[Step, ...]
    constants: list[tuple[int, float]]
    read: list[tuple[int, int]]
    broadcasts: list[tuple[int, int]]
    seed: int
    outputs: list[int]
    gradients: list[int] = field(default_factory=list)
    columns: int = 0


def indices(numbers: Any) -> Indices:
    """As an array of indices."""
    return np.asarray(numbers, np.int32)
