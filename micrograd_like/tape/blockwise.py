"""A program over a Dask array: block by block, on whatever scheduler the user has.

Every block is a task of its own, which needs the program (sent to each worker once) and its
samples. Gradients are added in pairs, always in the same order. What a lost worker had done
Dask does again: nothing here has a state.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
from dask import delayed

from micrograd_like.errors import DomainError

if TYPE_CHECKING:
    from micrograd_like.tape.program import Program


def over_blocks(program: Program, X: Any, what: str) -> tuple[Any, Any]:
    """Values and derivatives as Dask arrays; ``what`` as in :meth:`Program.compute`."""
    if X.ndim != 2 or X.shape[1] != program.columns:
        raise ValueError(
            f"expected samples of shape (n, {program.columns}), a column for each of the inputs, "
            f"got {X.shape}"
        )
    X = X.rechunk({1: -1})
    frozen = copy.copy(program)  # with the parameters as they are now
    frozen.__setstate__({**program.__getstate__(), "_parameters": program.parameters.copy()})
    task = delayed(_block, nout=2, pure=True)
    given = delayed(frozen, pure=False)
    first = 0.0
    results = []
    for block, count in zip(X.to_delayed()[:, 0], X.chunks[0], strict=True):
        results.append((count, task(given, what, block, first)))
        first += count  # NaN where Dask does not know the sizes
    values = [_part(result[0], (count, *program.shape), program) for count, result in results]
    if what != "gradient":
        shape = (*program.shape, len(program.parameters))
        derivatives = [_part(r[1], (count, *shape), program) for count, r in results]
        by_sample = da.concatenate(derivatives) if what == "by_sample" else derivatives
        return da.concatenate(values), by_sample
    sums = [result[1] for _, result in results]
    while len(sums) > 1:
        pairs = [delayed(_sum, pure=True)(a, b) for a, b in zip(sums[::2], sums[1::2])]  # noqa: B905
        sums = pairs + ([sums[-1]] if len(sums) % 2 else [])
    shape = (*program.shape, len(program.parameters))
    total = sums[0] if program.allow_nonfinite else delayed(_finite, pure=True)(sums[0])
    return da.concatenate(values), _part(total, shape, program)


def _sum(one: Any, other: Any) -> Any:
    with np.errstate(all="ignore"):  # _finite reports an overflow, unless it is allowed
        return one + other


def _finite(total: Any) -> Any:
    if not np.isfinite(total).all():
        raise DomainError("the gradient is not finite: its sum over the blocks overflows")
    return total


def _part(result: Any, shape: tuple[float, ...], program: Program) -> Any:
    return da.from_delayed(result, shape, dtype=program.dtype)


def _block(program: Program, what: str, X: Any, first: float) -> Any:
    return program.compute(what, X, 0 if math.isnan(first) else int(first))
