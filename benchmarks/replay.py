"""W1, W3 and W4 compiled: the graph is recorded once and replayed over many samples.

Every measurement is a process of its own, ``python -m benchmarks.replay``, and stays on one core:
every library has the same one, and none of them the timing process's heap. How two threads
compare with one is measured apart, with all cores.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.harness import ON, Column, Goal, Row, Workload, in_own_process

Figures = dict[str, Any]

#: Problems large enough for two threads.
THREADED = ("W3", "W4")
#: Seconds that one timed turn should take at least, in calls side by side.
_TURN = 0.01
#: What a contender's values and gradients may differ from those by hand, relative to the largest.
_TOLERANCE = 1e-9


def one_core() -> None:
    """Stay on one core, and let no library start threads; before any is imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def turn(task: Callable[[], object], calls: int) -> float:
    """Seconds of one call, from ``calls`` in a row."""
    start = time.perf_counter()
    for _ in range(calls):
        task()
    return (time.perf_counter() - start) / calls


def medians(tasks: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds a call; the contenders take turns, so that what else runs slows all alike."""
    calls = {}
    for name, task in tasks.items():
        task()  # what is compiled at the first call
        calls[name] = max(1, int(_TURN / turn(task, 1)))
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            times[name].append(turn(task, calls[name]))
    return {name: statistics.median(each) for name, each in times.items()}


def check(problem: Any, name: str, got: tuple[Any, Any], expected: tuple[Any, Any]) -> None:
    """Values and gradient against those by hand: AssertionError if they differ.

    A tape's values hold a share of the penalty each; the others add it once, to their sum.
    """
    import numpy as np

    if name.startswith("compiled tape"):
        penalty = problem.penalty * (problem.parameters**2).sum()
        got = got[0] - penalty / len(problem.samples), got[1]
    for what, a, b in zip(("values", "gradient"), got, expected, strict=True):
        difference = float(np.abs(np.asarray(a) - b).max() / np.abs(b).max())
        if not difference < _TOLERANCE:
            raise AssertionError(f"{problem.name}, {name}: {what} differ by {difference:.1e}")


def measure(problem: Any, rounds: int) -> dict[str, Figures]:
    """For every contender that is installed, seconds a call."""
    from benchmarks.contenders import MAKERS, OURS, REFERENCE

    tasks: dict[str, Callable[[], object]] = {}
    notes: dict[str, str] = {}
    expected = problem.by_hand(problem.parameters, problem.samples)
    for name, make in MAKERS.items():
        if name == "CasADi SX" and problem.name == "W4":
            continue  # sample by sample, it would take most of the time
        try:
            tasks[name] = make(problem)
        except ImportError as error:
            notes[name] = str(error)
            continue
        check(problem, name, tasks[name](), expected)  # type: ignore[arg-type]
    seconds = medians(tasks, rounds)
    found = {
        name: {"us": s * 1e6, **{f"over_{_key(other)}": s / o for other, o in seconds.items()}}
        for name, s in seconds.items()
    }
    assert REFERENCE in found
    assert OURS in found
    return found


def threads(problem: Any, rounds: int) -> float:
    """How many times as fast two threads are as one."""
    program = problem.compiled("c")
    alone, both = [], []
    for _ in range(rounds):
        program.threads = 1
        alone.append(turn(lambda: program.value_and_grad(problem.samples), 3))
        program.threads = 2
        both.append(turn(lambda: program.value_and_grad(problem.samples), 3))
    return statistics.median(alone) / statistics.median(both)


def _key(name: str) -> str:
    return name.lower().replace(" ", "_").replace(",", "")


def _run(name: str) -> Callable[[int, int], list[Row]]:
    def run(repeats: int, size: int) -> list[Row]:
        asked = name, str(repeats), str(size)
        figures = in_own_process(__name__, *asked)
        if name in THREADED and (os.cpu_count() or 1) > 1:
            figures |= in_own_process(__name__, *asked, "--threads")
        return [Row(contender, ON, f) for contender, f in figures.items()]

    return run


_COLUMNS = (
    Column("us", "µs a call", "{:,.1f}"),
    Column("over_c_by_hand", "× C by hand"),
    Column("over_numpy_by_hand", "× NumPy by hand"),
    Column("over_jax_jit", "× JAX"),
)


def _goals(*bounds: tuple[str, str, str, float, bool]) -> tuple[Goal, ...]:
    return tuple(
        Goal(text, contender, ON, figure, bound, at_least)
        for text, contender, figure, bound, at_least in bounds
    )


_OURS = "compiled tape"
_C = ("time, C by hand = 1", _OURS, "over_c_by_hand", 1.3, False)
_THREADS = ("times faster with two threads", "two threads", "times_faster", 1.7, True)

REPLAYS = (
    Workload(
        "W1c",
        "moons step compiled: 100 points, MLP(2, [16, 16, 1]), values and gradient, one core",
        _COLUMNS,
        _goals(_C, ("time, JAX = 1", _OURS, "over_jax_jit", 1 / 3, False)),
        _run("W1"),
        repeats=9,
    ),
    Workload(
        "W3",
        "replay: the 2-2-1 network over {size:,} samples, one core",
        (*_COLUMNS, Column("times_faster", "× one thread")),
        _goals(_C, ("time, JAX = 1", _OURS, "over_jax_jit", 1 / 2, False), _THREADS),
        _run("W3"),
        repeats=7,
        size=1_000_000,
    ),
    Workload(
        "W4",
        "digits step: a 784-32-10 network, a batch of {size}, one core",
        (*_COLUMNS, Column("times_faster", "× one thread")),
        _goals(("time, NumPy by hand = 1", _OURS, "over_numpy_by_hand", 1.0, False), _THREADS),
        _run("W4"),
        repeats=9,
        size=512,
    ),
    Workload(
        "W4a",
        "digits step: a 784-32-10 network, one sample at a time, one core",
        _COLUMNS,
        (),
        _run("W4a"),
        repeats=9,
    ),
)


def main() -> None:
    """Measure one problem and print its figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay")
    parser.add_argument("problem", choices=("W1", "W3", "W4", "W4a"))
    parser.add_argument("rounds", type=int)
    parser.add_argument("size", type=int)
    parser.add_argument("--threads", action="store_true", help="two threads against one")
    given = parser.parse_args()
    if not given.threads:
        one_core()
    problem = _problem(given.problem, given.size)
    if given.threads:
        figures = {"two threads": {"times_faster": threads(problem, 5 * given.rounds)}}
    else:
        figures = measure(problem, given.rounds)
    print(json.dumps(figures))


def _problem(name: str, size: int) -> Any:
    import numpy as np

    from benchmarks import problems

    if name == "W1":
        moons = in_own_process("benchmarks.moons_data")
        points = np.column_stack([moons["points"], moons["targets"]])
        return problems.moons(np.ascontiguousarray(points, float))
    return problems.lesson(size) if name == "W3" else problems.digits(size or 1)


if __name__ == "__main__":
    main()
