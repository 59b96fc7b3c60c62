"""Cost against size: networks of single multiplications and additions, 10² to 10⁶ nodes.

For each size: the eager forward and backward pass, lowering the graph to a tape, and a tape's
step for one sample out of a batch.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.harness import ON, Column, Goal, Row, Workload, in_own_process
from micrograd_like import Value, compile_graph
from micrograd_like.engine import topological_order

NODES = (100, 1_000, 10_000, 75_000, 1_000_000)
HIDDEN = 32
BATCH = 64


def network(nodes: int) -> tuple[Callable[[], Value], list[Value], list[Value]]:
    """A graph builder, its inputs and parameters: one layer of tanh, every + and × a node."""
    hidden = HIDDEN if nodes >= 1_000 else 4
    nin = max(1, nodes // (3 * hidden))  # a weight, a product, a sum for each
    x = [Value(0.01 * (place % 7)) for place in range(nin)]
    w = [[Value(0.001 * ((place + row) % 5 - 2)) for place in range(nin)] for row in range(hidden)]
    b = [Value(0.1) for _ in range(hidden)]

    def build() -> Value:
        total: Any = 0.0
        for row, bias in zip(w, b, strict=True):
            act: Any = bias
            for wi, xi in zip(row, x, strict=True):
                act = act + wi * xi
            total = total + act.tanh()
        return total * total

    return build, x, [*(wi for row in w for wi in row), *b]


def measure(nodes: int, rounds: int) -> dict[str, float]:
    """Medians in seconds; the collector as it comes, each figure in the same process."""
    build, x, parameters = network(nodes)
    times: dict[str, list[float]] = {}

    def timed(name: str, task: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = task()
        times.setdefault(name, []).append(time.perf_counter() - start)
        return result

    samples = [[0.01 * ((place + row) % 7) for place in range(len(x))] for row in range(BATCH)]
    for _ in range(rounds):
        output = timed("forward", build)
        timed("backward", output.backward)
        program = timed("record", lambda out=output: compile_graph(out, x, parameters))
        timed("first", lambda p=program: p.value_and_grad(samples))
        timed("step", lambda p=program: p.value_and_grad(samples))
    seconds = {name: statistics.median(each) for name, each in times.items()}
    count = len(topological_order(build()))
    lowering = seconds["record"] + seconds["first"] - seconds["step"]
    return {
        "nodes": count,
        "forward_ms": seconds["forward"] * 1e3,
        "backward_ms": seconds["backward"] * 1e3,
        "lower_ms": lowering * 1e3,
        "lower_over_forward": lowering / seconds["forward"],
        "sample_us": seconds["step"] / BATCH * 1e6,
    }


def run(repeats: int, size: int) -> list[Row]:
    """A row for every size up to ``size``, each measured in a process of its own."""
    return [
        Row(f"{nodes:,} nodes", ON, in_own_process(__name__, str(nodes), str(repeats)))
        for nodes in NODES
        if nodes <= size
    ]


def plot(rows: list[Row], path: Path) -> None:
    """Milliseconds against nodes, both logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    nodes = [row.figures["nodes"] for row in rows]
    for key, scale, label in (
        ("forward_ms", 1, "eager, forward"),
        ("backward_ms", 1, "eager, backward"),
        ("lower_ms", 1, "lowering, once"),
        ("sample_us", 1e-3, "compiled, values and gradient, one sample of 64"),
    ):
        axes.loglog(nodes, [row.figures[key] * scale for row in rows], marker="o", label=label)
    axes.set_xlabel("nodes of the graph")
    axes.set_ylabel("milliseconds")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend()
    figure.savefig(path)


SIZES = Workload(
    name="sizes",
    title="cost against size, up to {size:,} nodes",
    columns=(
        Column("nodes", "nodes", "{:,.0f}"),
        Column("forward_ms", "eager forward ms"),
        Column("backward_ms", "backward ms"),
        Column("lower_ms", "lowering ms"),
        Column("lower_over_forward", "× forward"),
        Column("sample_us", "compiled µs a sample"),
    ),
    goals=(
        Goal("lowering, eager forward = 1", "75,000 nodes", ON, "lower_over_forward", 3.0, False),
    ),
    run=run,
    repeats=3,
    size=1_000_000,
)


def main() -> None:
    """Measure one size and print its figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizes")
    parser.add_argument("nodes", type=int)
    parser.add_argument("rounds", type=int)
    given = parser.parse_args()
    print(json.dumps(measure(given.nodes, given.rounds)))


if __name__ == "__main__":
    main()
