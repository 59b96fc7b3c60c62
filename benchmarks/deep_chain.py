"""W2: a chain as deep as it is long, x = x·a + b a million times, forward and backward.

The derivative of the end with respect to the first x is aⁿ. Every measurement is a process
of its own, ``python -m benchmarks.deep_chain``, so that each starts with the same heap and
its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

from benchmarks.harness import (
    COLLECTOR,
    OFF,
    ON,
    Column,
    Goal,
    Row,
    Workload,
    check_close,
    garbage_collector,
    in_own_process,
    installed,
    peak_memory,
    seconds,
)

START, FACTOR, SUMMAND = 0.5, 0.999999, 1e-6
NODES_A_STEP = 2  # one for the product, one for the sum

Figures = dict[str, float]
Leaf = Callable[[float], Any]  # makes a leaf of the graph from a number


def micrograd_leaf() -> Leaf:
    from micrograd.engine import Value

    return lambda number: Value(number)


def micrograd_like_leaf() -> Leaf:
    from micrograd_like import Value

    return Value


def torch_leaf() -> Leaf:
    import torch

    return lambda number: torch.tensor(number, dtype=torch.float64, requires_grad=True)


# How each engine makes a leaf; imported by the process that measures it, and no other.
ENGINES = {
    "micrograd": micrograd_leaf,
    "micrograd_like": micrograd_like_leaf,
    "torch 0-d": torch_leaf,
}


class Chain:
    """x = x·a + b, ``size`` times."""

    def __init__(self, leaf: Leaf, size: int) -> None:
        self.start = self.end = leaf(START)
        self.factor, self.summand = leaf(FACTOR), leaf(SUMMAND)
        self.size = size

    def build(self) -> None:
        """The forward pass."""
        x, a, b = self.start, self.factor, self.summand
        for _ in range(self.size):
            x = x * a + b
        self.end = x

    def backward(self) -> None:
        """The backward pass, from the end of the chain."""
        self.end.backward()

    def check(self, engine: str) -> None:
        """The gradient against the closed form aⁿ: AssertionError if it is not that."""
        expected = FACTOR**self.size
        check_close(f"W2, {engine}, dx", float(self.start.grad), expected, 1e-9)


def time_chain(engine: str, collector: str, size: int) -> Figures:
    """Seconds, and the growth of the process in bytes a node."""
    leaf = ENGINES[engine]()
    warm_up = Chain(leaf, 100)  # the first backward pass of an engine may set things up
    warm_up.build()
    warm_up.backward()
    chain = Chain(leaf, size)
    before = peak_memory()
    with garbage_collector(collector):
        figures = {"build_s": seconds(chain.build), "backward_s": seconds(chain.backward)}
    after = peak_memory()
    chain.check(engine)
    figures["total_s"] = figures["build_s"] + figures["backward_s"]
    if before is not None and after is not None:
        figures["process_bytes"] = (after - before) / (NODES_A_STEP * size)
    return figures


def trace_chain(engine: str, size: int) -> Figures:
    """Bytes a node that Python allocated: after the build, after backward, and at most."""
    chain = Chain(ENGINES[engine](), size)
    tracemalloc.start()
    chain.build()
    built, _ = tracemalloc.get_traced_memory()
    chain.backward()
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    nodes = NODES_A_STEP * size
    return {
        "built_bytes": built / nodes,
        "after_backward_bytes": after / nodes,
        "peak_bytes": peak / nodes,
    }


def timed(engine: str, collector: str, size: int) -> Figures:
    figures: Figures = in_own_process(__name__, "time", engine, collector, str(size))
    return figures


def traced(engine: str, size: int) -> Figures:
    # Tracing slows every allocation, so these bytes are measured apart from the seconds.
    figures: Figures = in_own_process(__name__, "trace", engine, ON, str(size))
    return figures


def recursion_row() -> Row:
    """Where micrograd ends: its backward recurses along the chain, two nodes a step."""
    steps = sys.getrecursionlimit()
    outcome = in_own_process(__name__, "time", "micrograd", ON, str(steps))
    ended = outcome.get("error", "finished")
    return Row("micrograd", ON, {}, f"{ended} at {steps:,} steps")


def run(repeats: int, size: int) -> list[Row]:
    """A row for each engine and collector setting; torch's only if torch is there."""
    runs: dict[str, list[Figures]] = {setting: [] for setting in COLLECTOR}
    torch: Figures = {}
    for turn in range(repeats):
        for setting, figures in runs.items():
            figures.append(timed("micrograd_like", setting, size))
        if turn == 0 and installed("torch"):
            torch = timed("torch 0-d", ON, size)  # once: it takes many times as long
    bytes_a_node = traced("micrograd_like", size)
    rows = [recursion_row()]
    for setting, all_figures in runs.items():
        median = {key: statistics.median(f[key] for f in all_figures) for key in all_figures[0]}
        if torch and setting == ON:
            median["times_faster"] = torch["total_s"] / median["total_s"]
        rows.append(Row("micrograd_like", setting, {**median, **bytes_a_node}))
    if torch:
        rows.append(Row("torch 0-d", ON, {**torch, "times_faster": 1.0}))
    return rows


DEEP_CHAIN = Workload(
    name="W2",
    title="deep chain: x = x·a + b, {size:,} times, 2 nodes a step",
    columns=(
        Column("build_s", "build s"),
        Column("backward_s", "backward s"),
        Column("total_s", "total s"),
        Column("times_faster", "× torch 0-d"),
        Column("built_bytes", "B/node built", "{:,.0f}"),
        Column("after_backward_bytes", "after backward", "{:,.0f}"),
        Column("peak_bytes", "peak", "{:,.0f}"),
        Column("process_bytes", "process peak", "{:,.0f}"),
    ),
    goals=(
        Goal("times faster than torch 0-d", "micrograd_like", ON, "times_faster", 4.0),
        Goal("bytes a node, built", "micrograd_like", ON, "built_bytes", 200.0, at_least=False),
        Goal(
            "bytes a node, after backward",
            "micrograd_like",
            ON,
            "after_backward_bytes",
            200.0,
            at_least=False,
        ),
    ),
    run=run,
    repeats=3,
    size=1_000_000,
)


def main() -> None:
    """Do one measurement and print its figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deep_chain")
    parser.add_argument("measure", choices=("time", "trace"))
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("collector", choices=(ON, OFF))
    parser.add_argument("size", type=int)
    given = parser.parse_args()
    try:
        if given.measure == "time":
            figures: dict[str, Any] = time_chain(given.engine, given.collector, given.size)
        else:
            figures = dict(trace_chain(given.engine, given.size))
    except RecursionError as error:
        figures = {"error": type(error).__name__}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
