"""How many texts are marked a second and core, and what a second process adds.

    python -m benchmarks.texts [--count 30] [--seed 1]

Processor time of one process, once everything is imported, and then the clock of a pool of one
process and of two over the same texts. Processor time hardly moves with what else the machine does;
the ratio of two to one wants a quiet one. Each text is another one: other numbers, and half of them
with a slip, which takes longest, since its cause is looked for.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from benchmarks.report import machine, machine_line
from micrograd_like.exercises import generate
from micrograd_like.marking import check_text

#: Worksheets by size: the shape, and how it is called.
SHAPES = {"chain": "a chain of two steps", "2-1": "one neuron", "2-2-1": "a 2-2-1 network"}
#: Texts that are marked before any is timed.
_WARMING = 2


def texts(shape: str, count: int, seed: int) -> list[str]:
    """Worksheets worked out, every second one with a slip."""
    forms = ("solved", "slips")
    return [generate(shape, seed + n, form=forms[n % 2]).text for n in range(count)]


def rate(mark: Callable[[str], object], given: list[str]) -> float:
    """Texts a second of processor time."""
    before = time.process_time()
    for text in given:
        mark(text)
    return len(given) / (time.process_time() - before)


def clock(mark: Callable[[str], object], given: list[str], workers: int) -> float:
    """Seconds that a pool of so many processes takes, each of them warm."""
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(mark, given[: _WARMING * workers]))
        before = time.perf_counter()
        list(pool.map(mark, given, chunksize=4))
        return time.perf_counter() - before


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.texts")
    parser.add_argument("--count", type=int, default=30, help="texts of each size (30)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(machine_line(machine()))
    print(f"{'a text':24}{'lines':>6}{'texts/s':>9}{'lines/s':>9}{'with a key':>12}")
    everything = []
    for shape, called in SHAPES.items():
        given = texts(shape, asked.count, asked.seed)
        everything += given
        lines = sum("=" in line for text in given for line in text.splitlines()) / len(given)
        key = generate(shape, asked.seed, form="solved").text
        against = partial(check_text, key=key)
        for mark in (check_text, against):
            rate(mark, given[:_WARMING])
        alone, keyed = rate(check_text, given), rate(against, given)
        print(f"{called:24}{lines:6.0f}{alone:9.0f}{lines * alone:9,.0f}{keyed:12.0f}", flush=True)
    one, two = (clock(check_text, everything, workers) for workers in (1, 2))
    print(f"\ntwo processes are {one / two:.2f} times as fast as one, over {len(everything)} texts")


if __name__ == "__main__":
    main()
