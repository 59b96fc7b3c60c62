"""Run the benchmarks and print their tables: ``python -m benchmarks --help``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.deep_chain import DEEP_CHAIN
from benchmarks.moons import MOONS
from benchmarks.report import machine, machine_line, workload_record, workload_text

WORKLOADS = {workload.name: workload for workload in (MOONS, DEEP_CHAIN)}


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, got {number}")
    return number


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--workload", choices=WORKLOADS, help="only this one")
    parser.add_argument("--repeats", type=positive, help="turns of every contender")
    parser.add_argument("--size", type=positive, help="steps of W2's chain (1,000,000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args()


def main() -> None:
    given = options()
    facts = machine()
    print(machine_line(facts))
    records = []
    for name in [given.workload] if given.workload else WORKLOADS:
        workload = WORKLOADS[name]
        size = given.size if given.size and workload.size else workload.size
        rows = workload.run(given.repeats or workload.repeats, size)
        print(f"\n{workload_text(workload, size, rows)}", flush=True)
        records.append(workload_record(workload, size, rows))
    if given.json:
        record = {"machine": facts, "workloads": records}
        given.json.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
