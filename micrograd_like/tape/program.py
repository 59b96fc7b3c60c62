"""A program: the tapes of a graph, its parameters, and what runs it over samples."""

from __future__ import annotations

import copy
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from micrograd_like.engine import Value, as_count
from micrograd_like.errors import CompileError, DomainError
from micrograd_like.tape import diagnosis, native
from micrograd_like.tape.arrays import Arrays
from micrograd_like.tape.differentiate import Gradients, differentiate
from micrograd_like.tape.instructions import Tape
from micrograd_like.tape.lowering import Recorded
from micrograd_like.tape.native import Native
from micrograd_like.tape.schedule import schedule

Array = NDArray[Any]

_EMPTY = np.empty(0)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Garbage collection paused: lowering makes many lists and no reference cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Program:
    """A graph ready to run over samples; :func:`compile_graph` makes it.

    Samples are an array X of shape (n, number of inputs), n from 0 on.

    A pickle holds the tape and the parameters' numbers, not the Values; a deep copy has copies of
    them, those of the network that is copied with it.

    Attributes:
        dtype: float64 or float32, the numbers that are computed with.
        backend: "c" or "numpy": which of them runs.
        allow_nonfinite: True lets NaN and infinity through.
    """

    def __init__(
        self,
        recorded: Recorded,
        inputs: list[str],
        names: list[str],
        parameters: Array,
        dtype: np.dtype[Any],
        backend: str,
        several: bool,
    ) -> None:
        self._recorded = recorded
        self._inputs, self._names = inputs, names
        self._parameters = parameters
        self.dtype, self.backend = dtype, backend
        self._several = several
        self._threads = 1
        self.allow_nonfinite = False
        self._nodes: tuple[Value, ...] | None = None
        self._runs: dict[str, _Run] = {}
        self._outputs, self._columns = len(recorded.outputs), len(inputs)

    @property
    def inputs(self) -> list[str]:
        """The inputs' labels, or places, in the order of X's columns."""
        return [label or f"input {place}" for place, label in enumerate(self._inputs)]

    @property
    def names(self) -> list[str]:
        """The parameters' labels, or places, in their order."""
        return [label or f"parameter {place}" for place, label in enumerate(self._names)]

    @property
    def threads(self) -> int:
        """How many run at a time, from 1 on; results do not depend on it."""
        return self._threads

    @threads.setter
    def threads(self, count: int) -> None:
        self._threads = as_count("threads", count, 1)

    @property
    def columns(self) -> int:
        """How many columns samples have."""
        return self._columns

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample's value: () or (outputs,)."""
        return (self._outputs,) if self._several else ()

    @property
    def notes(self) -> list[str]:
        """What became of leaves that are neither inputs nor parameters, a sentence each."""
        return list(self._recorded.notes)

    @property
    def parameters(self) -> Array:
        """The parameters' numbers, float64, writable: what is written there counts at once."""
        return self._parameters

    @parameters.setter
    def parameters(self, numbers: ArrayLike) -> None:
        given = np.asarray(numbers, np.float64)
        if given.shape != self._parameters.shape:
            raise ValueError(
                f"parameters: expected shape {self._parameters.shape}, got {given.shape}"
            )
        self._parameters[...] = given

    def store(self) -> None:
        """Write the parameters back into the Values that the graph was made of.

        Raises:
            CompileError: The program comes from a pickle, which holds no Values.
        """
        if self._nodes is None:
            raise CompileError(
                "store: this program came out of a pickle, without the graph's Values; "
                "set them from program.parameters, in the order of program.names"
            )
        for node, number in zip(self._nodes, self._parameters.tolist(), strict=True):
            node.data = number

    def __call__(self, X: Any) -> Any:
        """The values: shape (n,), or (n, outputs) for a list of outputs.

        Raises:
            ValueError: X has another shape.
            DomainError: Something is not finite; the message names sample and operation.
        """
        return self._over_blocks(X, "values")[0]

    def value_and_grad(self, X: Any) -> tuple[Any, Any]:
        """The values, and the gradient of their sum: shape (parameters,).

        For a list of outputs, of the sum of each: shape (outputs, parameters). A Dask array
        gives Dask arrays, computed block by block by the scheduler in use.

        Raises:
            ValueError: X has another shape.
            DomainError: A value or the gradient is not finite.
        """
        return self._over_blocks(X, "gradient")

    def per_sample_grad(self, X: Any) -> Any:
        """∂value/∂parameter for each sample: shape (n, parameters).

        For a list of outputs (n, outputs, parameters).

        Raises:
            ValueError: X has another shape.
            DomainError: A value or a derivative is not finite.
        """
        return self._over_blocks(X, "by_sample")[1]

    def to_jax(self) -> Callable[[Any, Any], Any]:
        """The values as a pure function of (parameters, X), for JAX to jit, differentiate, shard.

        It computes with the numbers it is given; for float64 JAX needs ``jax_enable_x64``.
        """
        try:
            from micrograd_like.tape.in_jax import to_jax
        except ImportError as error:
            raise ImportError(
                f"to_jax needs JAX: pip install micrograd-like[scale] ({error})"
            ) from None

        return to_jax(self._run("values").tape, self._several)

    def __repr__(self) -> str:
        return (
            f"<Program: {self._columns} inputs, {len(self._parameters)} parameters, "
            f"{len(self._recorded.nodes)} nodes, {self.dtype}, backend {self.backend!r}>"
        )

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_nodes": None, "_runs": {}}

    def __deepcopy__(self, memo: dict[int, Any]) -> Program:
        """A program over the copies of its Values: copied with a network, it is the copy's."""
        twin = memo[id(self)] = object.__new__(type(self))
        twin.__dict__.update(copy.deepcopy({**self.__dict__, "_runs": {}}, memo))
        return twin

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.backend == "c" and native.missing():
            self.backend = native.chosen("auto")

    def _over_blocks(self, X: Any, what: str) -> tuple[Any, Any]:
        if X.__class__ is not np.ndarray and type(X).__module__.split(".")[0] == "dask":
            from micrograd_like.tape.blockwise import over_blocks

            return over_blocks(self, X, what)
        return self.compute(what, X)

    def compute(self, what: str, X: ArrayLike, first: int = 0) -> tuple[Array, Array]:
        """Values, and derivatives as ``what`` says: "values", "gradient" or "by_sample".

        Args:
            what: Which derivatives.
            X: Samples, a row each.
            first: The number of the first sample, for messages.
        """
        x = self._samples(X)
        run = self._run(what)
        outputs, parameters = self._outputs, len(self._parameters)
        values = np.empty((len(x), outputs), self.dtype)
        gradient, columns = _EMPTY, _EMPTY
        if what == "gradient":
            gradient = np.empty((outputs, parameters), self.dtype)
        elif what == "by_sample":
            columns = np.zeros((len(x), outputs * parameters), self.dtype)
        given = self._parameters
        if self.dtype != given.dtype:
            with np.errstate(over="ignore"):
                given = given.astype(self.dtype)
        strict = not self.allow_nonfinite
        outcome = run.backend.run(
            x, given, values, gradient.reshape(-1), columns, self._threads, strict
        )
        if strict and outcome is None and what == "by_sample" and not np.isfinite(columns).all():
            outcome = "gradient"
        if outcome is not None:
            raise DomainError(self._explained(outcome, x, given, first))
        derivatives: Array = gradient
        if what == "by_sample":
            derivatives = columns.reshape(len(x), outputs, parameters)
        if self._several:
            return values, derivatives
        if what == "values":
            return values[:, 0], derivatives
        return values[:, 0], derivatives[0] if what == "gradient" else derivatives[:, 0]

    def _samples(self, X: ArrayLike) -> Array:
        """The samples as the backend takes them: of its dtype, C-contiguous."""
        if (
            X.__class__ is np.ndarray
            and X.dtype is self.dtype
            and X.ndim == 2
            and X.shape[1] == self._columns
            and X.flags.c_contiguous
        ):
            return X
        if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
            raise TypeError(
                "expected samples with all their numbers, got an array with some masked"
            )
        try:
            given = np.asarray(X)
            if given.dtype.kind not in "biuf":
                raise TypeError
        except (TypeError, ValueError):
            raise TypeError("expected samples as an array of real numbers, a row each") from None
        if given.ndim != 2 or given.shape[1] != self._columns:
            hint = ""
            if given.ndim == 1:
                hint = (
                    "; X.reshape(-1, 1) makes one column"
                    if self._columns == 1
                    else ("; a single sample is [x]")
                )
            raise ValueError(
                f"expected samples of shape (n, {self._columns}), a column for each of the "
                f"inputs, got {given.shape}{hint}"
            )
        with np.errstate(over="ignore"):
            return np.ascontiguousarray(given, self.dtype)

    def _run(self, what: str) -> _Run:
        if what not in self._runs:
            with collector_paused():
                self._runs[what] = _Run(self, what)
        return self._runs[what]

    def _explained(self, outcome: str | tuple[int, int], x: Array, given: Array, first: int) -> str:
        """The message for what a run found not to be finite."""
        said = diagnosis.Diagnosis(self.inputs, self.names, first)
        if outcome == "gradient":
            by_sample, gradient = self._run("by_sample"), self._run("gradient")
            return said.of_gradient(by_sample.tape, gradient.tape, gradient.nodes, x, given)
        block = (0, 0) if isinstance(outcome, str) else outcome
        run = self._run("values")
        return said.of_values(run.tape, run.nodes, x, given, block)


class _Run:
    """One of a program's tapes, and what runs it."""

    def __init__(self, program: Program, what: str) -> None:
        recorded = program._recorded
        outputs, parameters = recorded.outputs, len(program._names)
        by_sample = what == "by_sample"
        if what == "values":
            gradients = Gradients(recorded.nodes.copy(), [], [])
        else:
            gradients = differentiate(recorded.nodes, outputs, parameters, by_sample)
        forward = len(recorded.nodes)
        self.nodes = gradients.nodes
        self.tape: Tape = schedule(
            gradients, outputs, forward, program.columns, parameters, by_sample
        )
        native_backend = program.backend == "c"
        self.backend = (Native if native_backend else Arrays)(self.tape, program.dtype)
