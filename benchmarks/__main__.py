"""Run the benchmarks and print their tables: ``python -m benchmarks --help``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.deep_chain import DEEP_CHAIN
from benchmarks.moons import MOONS
from benchmarks.replay import REPLAYS
from benchmarks.report import machine, machine_line, workload_record, workload_text
from benchmarks.sizes import SIZES, plot

WORKLOADS = {workload.name: workload for workload in (MOONS, DEEP_CHAIN, *REPLAYS, SIZES)}


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, got {number}")
    return number


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--workload", choices=WORKLOADS, help="only this one")
    parser.add_argument("--repeats", type=positive, help="turns of every contender")
    parser.add_argument("--size", type=positive, help="of W2, W3, W4 or sizes, in place of its own")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw cost against size there")
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
        if given.plot and workload is SIZES:
            plot(rows, given.plot)
        records.append(workload_record(workload, size, rows))
    if given.json:
        record = {"machine": facts, "workloads": records}
        given.json.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
