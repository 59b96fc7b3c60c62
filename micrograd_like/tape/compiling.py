"""Record a scalar graph once, run it over many samples.

:func:`compile_graph` turns a graph of Values into a program, a tape that a kernel in C (or
NumPy, where there is none) runs over blocks of samples.

>>> from micrograd_like import Value
>>> x, w, b = Value(1.0, "x"), Value(0.5, "w"), Value(0.1, "b")
>>> program = compile_graph((w * x + b).tanh(), inputs=[x], parameters=[w, b])
>>> values, gradient = program.value_and_grad([[0.0], [1.0], [2.0]])
>>> values.shape, gradient.shape
((3,), (2,))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import DTypeLike

from micrograd_like.engine import Value
from micrograd_like.errors import CompileError, did_you_mean, printable
from micrograd_like.tape import native
from micrograd_like.tape.lowering import record
from micrograd_like.tape.program import Program, collector_paused

BACKENDS = ("auto", "c", "numpy")


def compile_graph(
    output: Value | Sequence[Value],
    inputs: Iterable[Value],
    parameters: Iterable[Value] = (),
    *,
    dtype: DTypeLike = np.float64,
    backend: str = "auto",
    threads: int = 1,
    allow_nonfinite: bool = False,
) -> Program:
    """The graph of ``output`` as a program over many samples.

    Every other leaf becomes the constant that it is now; ``program.notes`` names them. The
    numbers agree with those of ``backward()`` to rounding: terms of sums are added in another
    order, x/c is x·(1/c), and functions are accurate to a few units in the last place.

    What Python decided while the graph was built is no part of the graph, and stands for all
    samples: a branch on a number (``x if x > 0 else -x``), Python's ``max``, a number taken out
    (``x * x.data``). Choose by ``select``, ``maximum`` or ``abs``;
    :func:`~micrograd_like.gradcheck` says of a function what it asks for.

    Args:
        output: A node, or several, each of them a column of the values then.
        inputs: The nodes that get another number for every sample, in the order of the samples'
            columns; they may be inner nodes.
        parameters: The nodes to differentiate by, the same for all samples; the graph is cut at one
            that is an inner node: what it was computed from has no part in it.
        dtype: float64 or float32, the numbers that are computed with.
        backend: "c", "numpy", or "auto": C where the kernel is there, else NumPy with a warning.
        threads: How many run at a time; results do not depend on it. NumPy uses one.
        allow_nonfinite: True computes on with NaN and infinity instead of raising DomainError; to a
            comparison, as in relu or maximum, NaN is not the larger one.

    Raises:
        TypeError: An argument is no Value.
        CompileError: A node is named twice, the output does not depend on an input, or dtype or
            backend is unknown. It is a ValueError.
    """
    inputs, parameters = _listed("inputs", inputs), _listed("parameters", parameters)
    if not isinstance(output, Value | Sequence):
        raise TypeError(f"compile_graph: expected a Value or several, got {output!r}")
    outputs = [output] if isinstance(output, Value) else list(output)
    _check_nodes(outputs, inputs, parameters)
    numbers = np.dtype(dtype)
    if numbers not in (np.float64, np.float32):
        raise CompileError(f"compile_graph: expected the dtype float64 or float32, got {numbers}")
    if backend not in BACKENDS:
        raise CompileError(
            f"compile_graph: expected a backend out of {', '.join(BACKENDS)}, got {backend!r}"
            f"{did_you_mean(backend, BACKENDS)}"
        )
    with collector_paused():
        recorded = record(outputs, inputs, parameters)
    program = Program(
        recorded,
        [printable(v.label) for v in inputs],
        [printable(v.label) for v in parameters],
        np.array([v.data for v in parameters], np.float64),
        numbers,
        native.chosen(backend),
        several=not isinstance(output, Value),
    )
    program.threads = threads
    program.allow_nonfinite = allow_nonfinite
    program._nodes = tuple(parameters)
    return program


def _listed(name: str, nodes: Iterable[Value]) -> list[Value]:
    if isinstance(nodes, Value):
        raise TypeError(f"compile_graph: expected a list of {name}, got a single Value")
    try:
        return list(nodes)
    except TypeError:
        raise TypeError(f"compile_graph: expected a list of {name}, got {nodes!r}") from None


def _check_nodes(outputs: list[Value], inputs: list[Value], parameters: list[Value]) -> None:
    if not outputs:
        raise CompileError("compile_graph: expected an output, got none")
    seen: dict[Value, str] = {}
    for kind, nodes in (("output", outputs), ("input", inputs), ("parameter", parameters)):
        for place, node in enumerate(nodes):
            if not isinstance(node, Value):
                raise TypeError(
                    f"compile_graph: expected Values, got {kind} {place}: {type(node).__name__}"
                )
            if kind == "output":
                continue
            here = f"{kind} {place}"
            if node in seen:
                name = printable(node.label) or repr(node.data)
                raise CompileError(
                    f"compile_graph: {name} is {seen[node]} and {here}; expected every node once"
                )
            seen[node] = here
