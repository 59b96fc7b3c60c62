"""Rows and goals as text and as JSON, and the machine they were measured on."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

from benchmarks.harness import Goal, Row, Workload

PEERS = ("micrograd", "torch", "numpy", "jax", "casadi", "autograd")


def machine() -> dict[str, Any]:
    """Processor, cores, Python, date, and the versions of the peers that are installed."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "date": datetime.date.today().isoformat(),
        "peers": {name: version for name in PEERS if (version := _version(name))},
    }


def machine_line(facts: dict[str, Any]) -> str:
    peers = [f"{name} {version}" for name, version in facts["peers"].items()]
    parts = [
        facts["processor"],
        f"{facts['cores']} cores",
        f"Python {facts['python']}",
        *peers,
        facts["date"],
    ]
    return ", ".join(parts)


def workload_text(workload: Workload, size: int, rows: list[Row]) -> str:
    """The workload's table of rows, then that of its goals."""
    heading = f"{workload.name}  {workload.title.format(size=size)}"
    return "\n\n".join([heading, _rows_text(workload, rows), _goals_text(workload.goals, rows)])


def workload_record(workload: Workload, size: int, rows: list[Row]) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "workload": workload.name,
        "title": workload.title.format(size=size),
        "rows": [
            {"contender": r.contender, "collector": r.collector, **r.figures, "note": r.note}
            for r in rows
        ],
        "goals": [
            {
                "goal": goal.text,
                "contender": goal.contender,
                "collector": goal.collector,
                "bound": goal.bound,
                "at_least": goal.at_least,
                "measured": goal.measured(rows),
                "verdict": goal.verdict(rows),
            }
            for goal in workload.goals
        ],
    }


def _rows_text(workload: Workload, rows: list[Row]) -> str:
    table = [["contender", "collector", *(c.heading for c in workload.columns)]]
    notes = [""]
    for row in rows:
        cells = [
            column.form.format(row.figures[column.figure]) if column.figure in row.figures else "–"
            for column in workload.columns
        ]
        table.append([row.contender, row.collector, *cells])
        notes.append(row.note)
    lines = _aligned(table, left=2)
    return "\n".join(f"{line}  {note}".rstrip() for line, note in zip(lines, notes, strict=True))


def _goals_text(goals: tuple[Goal, ...], rows: list[Row]) -> str:
    table = [["goal", "contender", "collector", "bound", "measured", "verdict"]]
    for goal in goals:
        measured = goal.measured(rows)
        bound = f"{'≥' if goal.at_least else '≤'} {goal.bound:g}"
        figure = "–" if measured is None else f"{measured:,.2f}"
        table.append([goal.text, goal.contender, goal.collector, bound, figure, goal.verdict(rows)])
    return "\n".join(_aligned(table, left=3))


def _aligned(table: list[list[str]], left: int) -> list[str]:
    """Lines with the first ``left`` columns flush left and the others flush right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in table
    ]


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
