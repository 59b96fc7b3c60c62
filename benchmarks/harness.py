"""What workloads are made of: rows, goals, taking turns, and processes of their own."""

from __future__ import annotations

import gc
import importlib.util
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ON, OFF = "as it comes", "off"
COLLECTOR = (ON, OFF)


@dataclass(frozen=True, slots=True)
class Row:
    """What one contender reached with the garbage collector on or off, by figure."""

    contender: str
    collector: str
    figures: Mapping[str, float]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of the rows: its heading in the table and how its numbers are written."""

    figure: str
    heading: str
    form: str = "{:,.2f}"


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on one figure of one row: from below if ``at_least``, else from above."""

    text: str
    contender: str
    collector: str
    figure: str
    bound: float
    at_least: bool = True

    def measured(self, rows: list[Row]) -> float | None:
        """The figure, or None if no row has it."""
        for row in rows:
            if (row.contender, row.collector) == (self.contender, self.collector):
                return row.figures.get(self.figure)
        return None

    def verdict(self, rows: list[Row]) -> str:
        """'met', 'missed' or 'not measured'."""
        measured = self.measured(rows)
        if measured is None:
            return "not measured"
        met = measured >= self.bound if self.at_least else measured <= self.bound
        return "met" if met else "missed"


@dataclass(frozen=True, slots=True)
class Workload:
    """A task, its goals, and the function that lets the contenders do it.

    Attributes:
        run: Called with ``repeats`` and ``size``, returns the rows.
        repeats: How often the contenders take their turns, unless the user says otherwise.
        size: The task's size unless the user says otherwise; 0 where it has only one.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    goals: tuple[Goal, ...]
    run: Callable[[int, int], list[Row]]
    repeats: int
    size: int = 0


@contextmanager
def garbage_collector(setting: str) -> Iterator[None]:
    """Start from a clean heap, with the collector at its defaults or disabled."""
    gc.collect()
    if setting == OFF:
        gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds(task: Callable[[], object]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def take_turns(
    tasks: Mapping[str, tuple[Callable[[], object], int]], rounds: int
) -> dict[tuple[str, str], list[float]]:
    """Seconds of every timed call, by contender and collector setting.

    ``tasks`` holds for each contender its task and the number of timed calls a turn. The
    contenders alternate, so that what else the machine does slows all of them alike.
    """
    times: dict[tuple[str, str], list[float]] = {(n, s): [] for s in COLLECTOR for n in tasks}
    for _ in range(rounds):
        for (name, setting), samples in times.items():
            task, calls = tasks[name]
            with garbage_collector(setting):
                # In a loop, a step pays for collecting what the step before left behind.
                # The first one after a clean-up does not, so it is not counted.
                task()
                samples += [seconds(task) for _ in range(calls)]
    return times


def check_close(what: str, got: float, expected: float, tolerance: float) -> None:
    """Stop if two results differ by more than the relative tolerance: AssertionError."""
    if not math.isclose(got, expected, rel_tol=tolerance):
        raise AssertionError(f"{what}: expected {expected!r} within {tolerance:g}, got {got!r}")


def installed(package: str) -> bool:
    """True if the package can be imported; it is not imported, which would grow the heap."""
    return importlib.util.find_spec(package) is not None


def in_own_process(module: str, *arguments: str) -> Any:
    """What ``python -m module arguments`` prints, read as JSON.

    For what would grow the timing process (large imports make each full garbage collection
    slower, for every contender) and for what needs a process to itself to be measured.
    """
    command = [sys.executable, "-m", module, *arguments]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def peak_memory() -> int | None:
    """The largest number of bytes this process ever had in RAM, where Linux tells.

    Not ``resource.getrusage``: its peak is inherited from the process that started this one.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peaks = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")]
    return peaks[0] if peaks else None
