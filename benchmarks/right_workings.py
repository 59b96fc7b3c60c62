"""Right workings, put in the place of the wrong lines that they are shown for.

    python -m benchmarks.right_workings [--count 400] [--seed 0] [--jobs 2] [--examples 5]

What is shown as "right:" of a wrong line, or as "true:" of one that follows, has to be marked
right itself. The worksheets are those of ``benchmarks.marking``, exercises with planted slips,
and in turn those of ``benchmarks.slips``, each with one slip by rule.
Exit status: 0 if every working is right, else 1.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import localcontext
from itertools import chain

from benchmarks.by_rule.expression import CONTEXT, Undefined
from benchmarks.marking import worksheet
from benchmarks.right_lines import positive
from benchmarks.slips import GOALS, drawn, slipped
from micrograd_like import Worksheet
from micrograd_like.marking.records import LineMark
from micrograd_like.writers.remarks import typed

#: What a right working may be marked as.
_FINE = ("right", "taken")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One working in the place of its line.

    Attributes:
        verdict: What it is marked as there.
        line: What was written.
        working: What is shown instead.
        sheet: All of the worksheet, with the working in it.
    """

    verdict: str
    line: str
    working: str
    sheet: str


def outcomes(text: str) -> Iterator[Outcome]:
    """The workings that are shown of a worksheet, each in the place of its line."""
    lines = text.splitlines()
    for mark in Worksheet.parse(text).check().lines:
        if mark.verdict in ("wrong", "follows") and (working := typed(mark)):
            rows = range(mark.line - 1, mark.line + mark.source.count("\n"))
            sheet = "\n".join([*lines[: rows.start], working, *lines[rows.stop :]])
            marks = Worksheet.parse(sheet).check().lines
            yield Outcome(_verdict(marks, mark.line), mark.source, working, sheet)


def _verdict(marks: tuple[LineMark, ...], row: int) -> str:
    return next((mark.verdict for mark in marks if mark.line == row), "passed over")


def by_rule(seed: int, number: int) -> str:
    """A right worksheet with one slip in it; "" where it has no place for one."""
    rng = random.Random(f"working {seed}/{number}")
    with localcontext(CONTEXT):
        try:
            found = slipped(drawn(seed, number), rng.choice(list(GOALS)), rng)
        except (ValueError, Undefined, KeyError):
            return ""
    return "" if found is None else "\n".join(map(str, found.lines))


def work(job: tuple[int, int]) -> list[Outcome]:
    """The workings of worksheet ``number``."""
    seed, number = job
    text = by_rule(seed, number) if number % 2 else worksheet(number // 2, seed)[1].text
    return list(outcomes(text))


def corpus(count: int, seed: int, jobs: int) -> Iterator[Outcome]:
    """The workings of the first ``count`` worksheets."""
    work_list = [(seed, number) for number in range(count)]
    if jobs == 1:
        yield from chain.from_iterable(map(work, work_list))
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from chain.from_iterable(pool.map(work, work_list, chunksize=4))


def options(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.right_workings",
        description="Right workings, marked in the place of the lines that they are shown for.",
    )
    parser.add_argument("--count", type=positive, default=400, help="worksheets (400)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=positive, default=2, help="processes (2)")
    parser.add_argument("--examples", type=int, default=5, help="of those that are not right (5)")
    return parser.parse_args(given)


def main(arguments: list[str] | None = None) -> int:
    given = options(arguments)
    found = list(corpus(given.count, given.seed, given.jobs))
    amiss = [outcome for outcome in found if outcome.verdict not in _FINE]
    print(f"{given.count} worksheets, {len(found)} workings shown, {len(amiss)} not marked right")
    for outcome in amiss[: given.examples]:
        print(f"\n{outcome.verdict}: {outcome.working}\n  for {outcome.line}, in\n")
        print("\n".join(f"    {line}" for line in outcome.sheet.splitlines()))
    return 1 if amiss else 0


if __name__ == "__main__":
    sys.exit(main())
