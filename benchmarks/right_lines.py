"""Right lines, and how many of them are marked otherwise: none may be called wrong.

    python -m benchmarks.right_lines --lines 100000 [--seed 0] [--jobs 2] [--examples 1]

The worksheets are made by ``benchmarks.by_rule``, which shares nothing with the package; each
part of each line is right by construction. The report counts verdicts, and for every kind of
line that was called wrong shows the smallest worksheet in which it still is. Exit status: 0 if
no line was called wrong, else 1.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count

from benchmarks.by_rule.learner import Line
from benchmarks.by_rule.sheet import Sheet, make
from micrograd_like import Worksheet
from micrograd_like.marking.records import LineMark


@dataclass(frozen=True, slots=True)
class Outcome:
    """A right line that was not marked right."""

    verdict: str
    kind: str
    said: str
    line: int
    number: int


@dataclass(frozen=True, slots=True)
class Marked:
    """One worksheet, marked: how many lines have which verdict, and what was amiss."""

    verdicts: Counter[str]
    kinds: Counter[str]
    amiss: tuple[Outcome, ...]


def marks(lines: list[Line]) -> dict[int, LineMark]:
    """The marks of the lines, by their place."""
    starts: dict[int, int] = {}
    row = 1
    for place, line in enumerate(lines):
        starts[row] = place
        row += str(line).count("\n") + 1
    text = "".join(f"{line}\n" for line in lines)
    return {starts[m.line]: m for m in Worksheet.parse(text).check().lines if m.line in starts}


def kind_of(line: Line, mark: LineMark) -> str:
    """What is special about the part that was accused, and about its line."""
    at = next((i for i, p in enumerate(mark.parts) if p.verdict == mark.verdict), None)
    part = line.parts[at] if at is not None and at < len(line.parts) else line.parts[-1]
    if line.kinds:
        return f"{', '.join(sorted(line.kinds))}: {line.role}"
    first = part.kind.split(",")[0].split(" and ")[0]
    approximate = " after ≈" if part.sign == "≈" and "≈" not in first else ""
    return f"{line.role}, {first}{approximate}"


def mark(job: tuple[int, int]) -> Marked:
    """One worksheet of the corpus, marked."""
    seed, number = job
    lines = list(make(seed, number).lines)
    found = marks(lines)
    verdicts = Counter[str](m.verdict for m in found.values())
    kinds = Counter(part.kind.split(" and ")[0] for line in lines for part in line.parts)
    amiss = []
    for place, line in enumerate(lines):
        m = found.get(place)
        if m is None:
            verdicts["passed over"] += 1
        elif m.verdict not in ("right", "taken"):
            said = m.causes[0].code if m.causes else m.problem
            amiss.append(Outcome(m.verdict, kind_of(line, m), said, place, number))
    return Marked(verdicts, kinds, tuple(amiss))


def corpus(lines: int, seed: int, jobs: int) -> Iterator[Marked]:
    """Worksheets, marked, until they have so many lines."""
    done = 0
    if jobs == 1:
        for number in count():
            if done >= lines:
                return
            marked = mark((seed, number))
            done += sum(marked.verdicts.values())
            yield marked
    with ProcessPoolExecutor(jobs) as pool:
        for start in count(0, 64):
            for marked in pool.map(mark, [(seed, start + i) for i in range(64)], chunksize=4):
                done += sum(marked.verdicts.values())
                yield marked
                if done >= lines:
                    return


def smallest(sheet: Sheet, place: int, verdict: str) -> tuple[list[Line], Line]:
    """As few lines as still have that verdict for the line, what it rests on included."""
    accused = sheet.lines[place]
    needed = _rests(sheet, place)
    kept = list(range(len(sheet.lines)))

    def stays(places: list[int]) -> bool:
        lines = [sheet.lines[p] for p in places]
        found = marks(lines).get(places.index(place))
        return found is not None and found.verdict == verdict

    for p in reversed(range(len(sheet.lines))):
        without = [q for q in kept if q != p]
        if sheet.lines[p].number not in needed and _defined(sheet, without) and stays(without):
            kept = without
    lines = [sheet.lines[p] for p in kept]
    return lines, accused


def _rests(sheet: Sheet, place: int) -> set[int]:
    """The numbers of the line and of those whose figures it goes on from."""
    known = {line.number: line for line in sheet.lines}
    found, todo = {sheet.lines[place].number}, [sheet.lines[place]]
    while todo:
        for number in todo.pop().rests - found:
            found.add(number)
            todo.append(known[number])
    return found


def _defined(sheet: Sheet, places: list[int]) -> bool:
    """True if every name in these lines is given or defined in them."""
    lines = [sheet.lines[p] for p in places]
    names = {name for line in lines for name in line.names}
    plain = {n for name in names for n in _plain(name)}
    return plain <= {line.left for line in lines if line.role != "claim"}


def _plain(name: str) -> list[str]:
    if name == "pi":
        return []
    return [part[1:] for part in name.split("/")] if "/" in name else [name]


# The report.


def report(marked: list[Marked], seed: int, examples: int) -> Iterator[str]:
    verdicts: Counter[str] = sum((m.verdicts for m in marked), Counter())
    lines = sum(verdicts.values())
    yield f"{len(marked)} worksheets, {lines} lines, all right by construction (seed {seed})"
    for verdict, number in verdicts.most_common():
        yield f"  {verdict:<12} {number:>8}  {100 * number / lines:7.3f} %"
    for verdict in ("wrong", "follows", "unchecked", "unreadable"):
        amiss = [o for m in marked for o in m.amiss if o.verdict == verdict]
        kinds = Counter(o.kind for o in amiss)
        if not kinds:
            continue
        yield f"\n{verdict}: {len(amiss)} lines, {len(kinds)} kinds"
        for kind, number in kinds.most_common():
            said = Counter(o.said for o in amiss if o.kind == kind)
            shown = ", ".join(f"{s} {n}" for s, n in said.most_common(3))
            yield f"{number:6}  {kind}  ({shown})"
            for outcome in [o for o in amiss if o.kind == kind][:examples]:
                sheet = make(seed, outcome.number)
                lines_left, accused = smallest(sheet, outcome.line, verdict)
                yield f"        worksheet {seed}/{outcome.number}, {sheet.shape}:"
                for line in lines_left:
                    shown = str(line).replace("\n", "\n          ")
                    yield f"        {'>' if line is accused else ' '} {shown}"


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, got {number}")
    return number


def options(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.right_lines",
        description="Right lines, and how many of them are called wrong.",
    )
    parser.add_argument("--lines", type=positive, default=10_000, help="at least so many (10000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=positive, default=2, help="processes (2)")
    parser.add_argument("--examples", type=int, default=1, help="smallest worksheets of each kind")
    return parser.parse_args(given)


def main(arguments: list[str] | None = None) -> int:
    given = options(arguments)
    marked = list(corpus(given.lines, given.seed, given.jobs))
    for text in report(marked, given.seed, given.examples):
        print(text, flush=True)
    return 1 if any(o.verdict == "wrong" for m in marked for o in m.amiss) else 0


if __name__ == "__main__":
    sys.exit(main())
