"""The checker's record on generated worksheets: what it finds, and whom it accuses falsely.

    python -m benchmarks.marking [--count 2000] [--seed 0] [--jobs 2] [--failures N]

Worksheets of every shape, with 2 to 6 places, by learners who round at every step and by
learners who do not, with and without formulas and figures, take turns: a quarter is solved
without a slip, the others have one slip or two, every cause in its turn. Of each planted
line the report says whether it was found wrong and whether the first cause named is the
right one; of every other line, whether it was marked right or following.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from time import process_time

from micrograd_like import Worksheet
from micrograd_like.errors import WorksheetError
from micrograd_like.exercises import PLACES, Exercise, Form, generate
from micrograd_like.exercises.numbers import pick, shuffled
from micrograd_like.exercises.plant import possible
from micrograd_like.exercises.shapes import SHAPES
from micrograd_like.exercises.slips import codes, planters
from micrograd_like.exercises.solve import Learner
from micrograd_like.exercises.task import Manner, Task, task
from micrograd_like.marking.records import LineMark

#: Of so many worksheets, one has no slip.
_SOLVED = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one planted line, or one line that is not as it should be, was marked.

    Attributes:
        code: The slip's, "" for a line without one.
        asked: What makes the worksheet again, by ``asked.made()``.
    """

    code: str
    shown: str
    found: bool
    first: bool
    line: str
    right: str
    verdict: str
    causes: tuple[str, ...]
    asked: Request


@dataclass(frozen=True, slots=True)
class Marked:
    """One worksheet, marked.

    Attributes:
        seconds: What reading and marking took of the processor's time.
    """

    form: str
    shape: str
    places: int
    lines: int
    planted: tuple[Outcome, ...]
    accused: tuple[Outcome, ...]
    seconds: float


@cache
def drawn(shape: str) -> Task:
    """One task of a shape; which causes have a place there does not depend on its numbers."""
    return task(SHAPES[shape], random.Random(0), Manner(at_once=True))


@cache
def shapes_for(code: str) -> tuple[str, ...]:
    """The shapes that have a place for a cause."""
    return tuple(shape for shape in SHAPES if possible(drawn(shape), code))


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the generator."""

    shape: str
    seed: int
    form: Form
    causes: tuple[str, ...]
    learner: Learner
    manner: Manner

    def made(self) -> Exercise:
        """The worksheet.

        Raises:
            WorksheetError: The slips find no place.
        """
        return generate(
            self.shape,
            self.seed,
            self.learner.places,
            self.form,
            len(self.causes) or 1,
            self.causes or None,
            self.learner,
            self.manner,
        )


def request(number: int, seed: int) -> Iterator[Request]:
    """Worksheet ``number`` of the corpus, and what to make where that cannot be made."""
    rng = random.Random(f"{seed}/{number}")
    learner = Learner(
        places=pick(rng, PLACES),
        fixed=rng.random() < 0.25,
        rounds=rng.random() < 0.5,
        formula=rng.random() < 0.75,
        figures=rng.random() < 0.75,
    )
    manner = Manner(rng.random() < 0.3, rng.random() < 0.3, rng.random() < 0.3)
    if number % _SOLVED == 0:
        shape = list(SHAPES)[number // _SOLVED % len(SHAPES)]
        yield Request(shape, number, "solved", (), learner, manner)
        return
    code, second = codes()[(number - number // _SOLVED) % len(codes())], pick(rng, codes())
    if planters()[code].at_once:
        manner = replace(manner, at_once=True)
    if planters()[code].copied:
        learner = replace(learner, figures=True)
    two = rng.random() < 0.3 and second != code
    for shape in shuffled(rng, shapes_for(code)):
        if two:
            yield Request(shape, number, "slips", (code, second), learner, manner)
        yield Request(shape, number, "slips", (code,), learner, manner)


def worksheet(number: int, seed: int) -> tuple[Request, Exercise]:
    """Worksheet ``number`` of the corpus.

    Raises:
        WorksheetError: No shape has a place.
    """
    for asked in request(number, seed):
        try:
            return asked, asked.made()
        except WorksheetError:
            continue
    raise WorksheetError(f"worksheet {number} of corpus {seed} cannot be made")


def mark(job: tuple[int, int]) -> Marked:
    """Make a worksheet, have it checked, and compare."""
    asked, exercise = worksheet(*job)
    began = process_time()
    marks = {line.line: line for line in Worksheet.parse(exercise.text).check().lines}
    seconds = process_time() - began
    planted = tuple(
        _outcome(marks[slip.line], asked, slip.code, slip.shown, slip.right)
        for slip in exercise.planted
    )
    slipped = {slip.line for slip in exercise.planted}
    fine = ("right", "taken", "follows") if slipped else ("right", "taken")
    accused = tuple(
        _outcome(line, asked)
        for number, line in marks.items()
        if number not in slipped and line.verdict not in fine
    )
    places = asked.learner.places
    return Marked(exercise.form, exercise.shape, places, len(marks), planted, accused, seconds)


def _outcome(
    line: LineMark, asked: Request, code: str = "", shown: str = "", right: str = ""
) -> Outcome:
    causes = tuple(cause.code for cause in line.causes)
    return Outcome(
        code=code,
        shown=shown,
        found=line.verdict == "wrong",
        first=causes[:1] == (code,),
        line=f"{line.line}: {line.source}",
        right=right,
        verdict=line.verdict,
        causes=causes,
        asked=asked,
    )


def corpus(count: int, seed: int, jobs: int) -> Iterator[Marked]:
    """The first ``count`` worksheets of the corpus, marked."""
    work = [(number, seed) for number in range(count)]
    if jobs == 1:
        yield from map(mark, work)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(mark, work, chunksize=8)


# The report.


def table(marked: list[Marked]) -> str:
    """Planted, found and named by cause and by what shows the slip; then the lines without one."""
    planted = [outcome for sheet in marked for outcome in sheet.planted]
    rows = [("cause", "planted", "found", "first cause right")]
    rows += [_row(code, [o for o in planted if o.code == code]) for code in codes()]
    rows += [
        _row(f"shown by its {by}", [o for o in planted if o.shown == by])
        for by in ("formula", "figures", "number")
    ]
    rows.append(_row("all", planted))
    width = max(len(row[0]) for row in rows)
    lines = [f"{a:<{width}}  {b:>8}  {c:>14}  {d:>17}" for a, b, c, d in rows]
    solved = [sheet for sheet in marked if sheet.form == "solved"]
    clean = sum(not sheet.accused for sheet in solved)
    others = sum(sheet.lines - len(sheet.planted) for sheet in marked)
    accused = Counter(o.verdict for sheet in marked for o in sheet.accused)
    shapes = {sheet.shape for sheet in marked}
    places = sorted({sheet.places for sheet in marked})
    return "\n".join(
        [
            f"{len(marked)} worksheets, {len(shapes)} shapes, {places[0]} to {places[-1]} places",
            "",
            *lines,
            "",
            f"correct worksheets marked all right: {clean} of {len(solved)}",
            f"lines without a slip: {others}, of them not right nor following: "
            f"{sum(accused.values())} {dict(accused) if accused else ''}".rstrip(),
        ]
    )


def _row(name: str, outcomes: list[Outcome]) -> tuple[str, str, str, str]:
    count = len(outcomes)
    found = sum(o.found for o in outcomes)
    first = sum(o.first for o in outcomes)
    return name, str(count), _share(found, count), _share(first, count)


def _share(part: int, whole: int) -> str:
    return f"{part} {100 * part / whole:6.1f} %" if whole else "–"


def failures(marked: list[Marked], most: int) -> Iterator[str]:
    """Examples of what went wrong, the gravest kind first, ``most`` of each kind and cause."""
    planted = [o for sheet in marked for o in sheet.planted]
    kinds = (
        ("falsely accused", [o for sheet in marked for o in sheet.accused]),
        ("not found", [o for o in planted if not o.found]),
        ("another cause first", [o for o in planted if o.found and not o.first]),
    )
    for kind, outcomes in kinds:
        seen: Counter[tuple[str, str]] = Counter()
        for o in outcomes:
            seen[o.code, o.shown] += 1
            if seen[o.code, o.shown] <= most:
                yield f"\n{kind}: {o.code} {o.shown and f'(by its {o.shown})'}".rstrip()
                yield f"  line {o.line}"
                if o.right:
                    yield f"  right     {o.right}"
                yield f"  marked    {o.verdict} {', '.join(o.causes)}"
                yield f"  {o.asked}.made()"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.marking")
    parser.add_argument("--count", type=int, default=2000, help="worksheets (2000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="processes (2)")
    parser.add_argument("--failures", type=int, default=0, metavar="N", help="examples of each")
    return parser.parse_args()


def main() -> None:
    given = options()
    marked = list(corpus(given.count, given.seed, given.jobs))
    print(table(marked))
    lines, seconds = sum(s.lines for s in marked), sum(s.seconds for s in marked)
    print(f"read and marked in {seconds:.1f} s, {1000 * seconds / lines:.2f} ms a line")
    for text in failures(marked, given.failures):
        print(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
