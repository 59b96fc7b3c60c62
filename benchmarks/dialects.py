"""The same worksheet in other notations: the verdicts must stay.

    python -m benchmarks.dialects [--count 200] [--seed 0] [--jobs 2] [--examples 2] [--only NAME]

Worksheets of ``benchmarks.by_rule``, every second one with a slip in it, are written in each
dialect and marked. The report counts, by dialect, the lines whose verdict stayed, those that
could not be read or were passed over, and those whose verdict is another one. Exit status: 0
if every verdict stayed, else 1.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import localcontext
from functools import cache
from itertools import groupby

from benchmarks.by_rule.expression import CONTEXT, FUNCTIONS, Undefined
from benchmarks.by_rule.reading import tokens
from benchmarks.right_lines import positive
from benchmarks.slips import GOALS, drawn, slip
from micrograd_like import Worksheet

#: A line of a dialect: what is written, and which statements of the worksheet stand on it.
Written = tuple[str, list[int]]
Dialect = Callable[[list[str], random.Random], list[Written]]
DIALECTS: dict[str, Dialect] = {}


def dialect(name: str) -> Callable[[Dialect], Dialect]:
    """Add a dialect to the table."""

    def add(write: Dialect) -> Dialect:
        DIALECTS[name] = write
        return write

    return add


# Line by line, piece by piece.


def _pieces(line: str) -> list[tuple[str, str]]:
    """The pieces of a line: (kind, text), with the signs = and ≈ as "relation"."""
    found: list[tuple[str, str]] = []
    for part in re.split(r"([=≈])", line):
        if part in ("=", "≈"):
            found.append(("relation", part))
            continue
        place = 0
        for match in tokens(part):
            found.append(("blank", part[place : match.start()]))
            found.append((match.lastgroup or "", match.group()))
            place = match.end()
        found.append(("blank", part[place:]))
    return [(kind, text) for kind, text in found if text]


def _each(change: Callable[[str, str], str]) -> Dialect:
    """A dialect that writes every piece of a line in its own way."""

    def write(lines: list[str], rng: random.Random) -> list[Written]:
        return [
            ("".join(change(kind, text) for kind, text in _pieces(line)), [place])
            for place, line in enumerate(lines)
        ]

    return write


def _names(change: Callable[[str], str]) -> Dialect:
    """A dialect that writes every name in its own way, in derivatives as well."""

    def piece(kind: str, text: str) -> str:
        if kind == "derivative":
            above, below = text.split("/")
            return f"{above[0]}{change(above[1:])}/{below[0]}{change(below[1:])}"
        return change(text) if kind == "name" and text not in FUNCTIONS else text

    return _each(piece)


_INDEX = re.compile(r"^([A-Za-zα-ω]+)(\d+)('*)$")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _subscript(name: str) -> str:
    return _INDEX.sub(lambda m: m[1] + m[2].translate(_LOWERED) + m[3], name)


def _braces(name: str) -> str:
    return _INDEX.sub(lambda m: f"{m[1]}_{{{m[2]}}}{m[3]}", name)


def _brackets(name: str) -> str:
    return _INDEX.sub(lambda m: f"{m[1]}[{m[2]}]{m[3]}", name)


def _italic(name: str) -> str:
    if name in ("pi", "e") or len(name.rstrip("0123456789'")) > 1:
        return name

    def letter(c: str) -> str:
        if c == "h":
            return "ℎ"
        if "a" <= c <= "z":
            return chr(0x1D44E + ord(c) - ord("a"))
        return chr(0x1D434 + ord(c) - ord("A")) if "A" <= c <= "Z" else c

    return "".join(map(letter, name))


DIALECTS["subscripts"] = _names(_subscript)
DIALECTS["braces"] = _names(_braces)
DIALECTS["brackets"] = _names(_brackets)
DIALECTS["italics"] = _names(_italic)


def _typeset(kind: str, text: str) -> str:
    if kind == "number":
        return re.sub(r"\s*[*·×]\s*10\^\(?(-?\d+)\)?", r"×10^\1", text)
    return {"*": "·", "-": "−", "×": "·"}.get(text, text)


@dialect("dots and powers")
def dots(lines: list[str], rng: random.Random) -> list[Written]:
    """Middle dots, minus signs, x²."""
    written = _each(_typeset)(lines, rng)
    return [(re.sub(r"\^2(?![\d.])", "²", text), places) for text, places in written]


DIALECTS["∂ for d"] = _each(
    lambda kind, text: re.sub("(^|/)d", r"\1∂", text) if kind == "derivative" else text
)
DIALECTS["δ for d"] = _each(
    lambda kind, text: re.sub("(^|/)d", r"\1δ", text) if kind == "derivative" else text
)
DIALECTS["no blanks"] = _each(lambda kind, text: "" if kind == "blank" else text)
DIALECTS["other names of functions"] = _each(
    lambda kind, text: (
        {"sigmoid": "σ", "exp": "np.exp", "relu": "ReLU", "sqrt": "√"}.get(text, text)
        if kind == "name"
        else text
    )
)


@dialect("decimal commas")
def commas(lines: list[str], rng: random.Random) -> list[Written]:
    """0,5 throughout; worksheets with a function of two arguments have none."""
    if any("max(" in line for line in lines):
        return []
    write = _each(lambda kind, text: text.replace(".", ",") if kind == "number" else text)
    return write(lines, rng)


@dialect("names side by side")
def side_by_side(lines: list[str], rng: random.Random) -> list[Written]:
    """A blank for times between names: w x, dE/da da/dw."""
    written = []
    for place, line in enumerate(lines):
        pieces = [(kind, text) for kind, text in _pieces(line) if kind != "blank"]
        shown = ""
        for i, (kind, text) in enumerate(pieces):
            beside = 0 < i < len(pieces) - 1 and text in ("*", "·", "×")
            if beside and _letters(pieces, i - 1) and _letters(pieces, i + 1):
                shown += " "
            else:
                shown += f" {text} " if kind == "relation" or text in ("+",) else text
        written.append((shown, [place]))
    return written


def _letters(pieces: list[tuple[str, str]], place: int) -> bool:
    kind, text = pieces[place]
    after = pieces[place + 1][1] if place + 1 < len(pieces) else ""
    before = pieces[place - 1][1] if place else ""
    plain = kind == "derivative" or (kind == "name" and text not in FUNCTIONS)
    return plain and after not in ("^", "(") and before not in ("/", "^")


@dialect("no sign before a bracket")
def brackets(lines: list[str], rng: random.Random) -> list[Written]:
    """2(a − 5) and (a − 5)(b + 1)."""
    return [
        (re.sub(r"(?<![\w.^])(\d+|\))\s*[*·×]\s*\(", r"\1(", line), [place])
        for place, line in enumerate(lines)
    ]


@dialect("sums with Σ")
def sums(lines: list[str], rng: random.Random) -> list[Written]:
    """Σ_i e_i for e1 + e2 + e3, where these are all the indices in use."""
    highest: Counter[str] = Counter()
    for line in lines:
        for base, index, _ in re.findall(r"(?<![\w/])([A-Za-z]+)(\d)('?)(?!\w)", line):
            highest[base] = max(highest[base], int(index))

    def sigma(match: re.Match[str]) -> str:
        names = re.split(r"\s*\+\s*", match[0])
        base = names[0].rstrip("0123456789")
        expected = [f"{base}{i + 1}" for i in range(highest[base])]
        return f"Σ_i {base}_i" if names == expected else match[0]

    pattern = r"(?<=[=(] )[A-Za-z]+\d(?:\s*\+\s*[A-Za-z]+\d)+(?= *[=≈)]|$)"
    return [(re.sub(pattern, sigma, line), [place]) for place, line in enumerate(lines)]


# Around the lines.

REMARKS = ("(chain rule)", "# forward", "// from above", "(power rule)", "  (see above)")


@dialect("remarks behind lines")
def remarks(lines: list[str], rng: random.Random) -> list[Written]:
    """Something said behind every third line."""
    return [
        (f"{line}   {rng.choice(REMARKS)}" if rng.random() < 0.35 else line, [place])
        for place, line in enumerate(lines)
    ]


@dialect("prose and numbers of steps")
def prose(lines: list[str], rng: random.Random) -> list[Written]:
    """Sentences between the lines, Step 1:, 2)."""
    written: list[Written] = []
    said = ("Forward pass", "We are given the following numbers.", "Now the backward pass:", "")
    for place, line in enumerate(lines):
        if rng.random() < 0.15:
            written.append((rng.choice(said), []))
        front = (
            rng.choice((f"{place + 1}) ", f"Step {place + 1}: ", "so ", "⇒ ", ""))
            if (rng.random() < 0.3)
            else ""
        )
        written.append((front + line, [place]))
    return written


@dialect("every line numbered")
def numbered(lines: list[str], rng: random.Random) -> list[Written]:
    """1) or (1) or a dash before each."""
    front = rng.choice(("{}) ", "({}) ", "- "))
    return [(front.format(place + 1) + line, [place]) for place, line in enumerate(lines)]


@dialect("several statements on a line")
def several(lines: list[str], rng: random.Random) -> list[Written]:
    """X = 1; y = 2 and x = 1, y = 2 for givens that follow each other."""
    written: list[Written] = []
    glue = rng.choice(("; ", ", ", "   "))
    given = [bool(re.fullmatch(r"\S+ = [-\d./e]+", line)) for line in lines]
    for together, group in groupby(enumerate(lines), key=lambda item: given[item[0]]):
        members = list(group)
        size = rng.randint(2, 4) if together else 1
        for start in range(0, len(members), size):
            some = members[start : start + size]
            written.append((glue.join(line for _, line in some), [place for place, _ in some]))
    return written


# Marking.


@dataclass(frozen=True, slots=True)
class Compared:
    """One worksheet in one dialect: (verdict, verdict in the dialect, line, as written) each."""

    dialect: str
    lines: tuple[tuple[str, str, str, str], ...]
    sheet: str


def verdicts(written: list[Written], count: int) -> list[str]:
    """The verdict of each of so many statements; "passed over" for one without a mark."""
    found = ["passed over"] * count
    text = "".join(f"{line}\n" for line, _ in written)
    by_row: dict[int, list[str]] = {}
    for mark in Worksheet.parse(text).check().lines:
        by_row.setdefault(mark.line, []).append(mark.verdict)
    for row, (_, places) in enumerate(written, 1):
        marks = by_row.get(row, [])
        if len(marks) == len(places):
            for place, verdict in zip(places, marks, strict=True):
                found[place] = verdict
        elif marks:
            for place in places:
                found[place] = "unreadable" if "unreadable" in marks else "otherwise split"
    return found


@cache
def plain(seed: int, number: int) -> tuple[str, list[str], list[str]] | None:
    """Worksheet ``number`` as it is: its name, its lines, their verdicts; None for no worksheet."""
    rng = random.Random(f"dialects {seed}/{number}")
    with localcontext(CONTEXT):
        try:
            task = drawn(seed, number)
            if any(line.kinds for line in task.lines):
                return None
            lines = [str(line) for line in task.lines]
            if number % 2:
                kind = list(GOALS)[number // 2 % len(GOALS)]
                found = slip(task, kind, rng, set(range(len(lines))))
                if found is not None:
                    i, j, other = found
                    parts = [p.text for p in task.lines[i].parts]
                    signs = [p.sign for p in task.lines[i].parts]
                    parts[j] = other
                    shown = "".join(f" {s} {p}" for s, p in zip(signs, parts, strict=True))
                    lines[i] = task.lines[i].left + shown
        except (ValueError, Undefined, KeyError):
            return None
    marks = verdicts([(line, [place]) for place, line in enumerate(lines)], len(lines))
    return task.name, lines, marks


def compared(job: tuple[int, int, str]) -> list[Compared]:
    """Worksheet ``number`` of the corpus in every dialect (or in the one that is named)."""
    seed, number, only = job
    worksheet = plain(seed, number)
    if worksheet is None:
        return []
    title, lines, marks = worksheet
    results = []
    for name, write in DIALECTS.items():
        if only and name != only:
            continue
        written = write(lines, random.Random(f"{name} {seed}/{number}"))
        if not written or [text for text, _ in written] == lines:
            continue
        shown_at = {place: text for text, places in written for place in places}
        others = verdicts(written, len(lines))
        rows = tuple(
            (one, other, lines[place], shown_at[place])
            for place, (one, other) in enumerate(zip(marks, others, strict=True))
        )
        results.append(Compared(name, rows, f"{seed}/{number}, {title}"))
    return results


def corpus(count: int, seed: int, jobs: int, only: str = "") -> Iterator[Compared]:
    """Worksheets in every dialect, marked."""
    work = [(seed, number, only) for number in range(count)]
    if jobs == 1:
        for job in work:
            yield from compared(job)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for results in pool.map(compared, work, chunksize=2):
            yield from results


# The report.

UNREAD = ("unreadable", "passed over", "otherwise split")


def report(all_compared: list[Compared], examples: int) -> Iterator[str]:
    yield (
        f"{'dialect':<30} {'sheets':>6} {'lines':>7} {'stayed':>9} {'unread':>9} "
        f"{'to wrong':>9} {'other':>6}"
    )
    for name in DIALECTS:
        some = [c for c in all_compared if c.dialect == name]
        rows = [row for c in some for row in c.lines]
        if not rows:
            continue
        stayed = sum(a == b for a, b, *_ in rows)
        unread = sum(b in UNREAD and a != b for a, b, *_ in rows)
        accused = sum(a != "wrong" and b == "wrong" for a, b, *_ in rows)
        yield (
            f"{name:<30} {len(some):>6} {len(rows):>7} {100 * stayed / len(rows):>7.2f} % "
            f"{100 * unread / len(rows):>7.2f} % {accused:>9} "
            f"{len(rows) - stayed - unread - accused:>6}"
        )
    for name in DIALECTS:
        turned = [
            (row, c.sheet)
            for c in all_compared
            if c.dialect == name
            for row in c.lines
            if row[0] != row[1]
        ]
        kinds = Counter((row[0], row[1]) for row, _ in turned)
        for (one, other), number in kinds.most_common():
            yield f"\n{name}: {one} → {other}, {number} lines"
            for row, sheet in [t for t in turned if t[0][:2] == (one, other)][:examples]:
                yield f"  {sheet}\n    {row[2]}\n    {row[3]}"


def options(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.dialects",
        description="The same worksheet in other notations: the verdicts must stay.",
    )
    parser.add_argument("--count", type=positive, default=200, help="worksheets (200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=positive, default=2, help="processes (2)")
    parser.add_argument("--examples", type=int, default=2, help="of each change (2)")
    parser.add_argument("--only", choices=DIALECTS, default="", help="this dialect alone")
    return parser.parse_args(given)


def main(arguments: list[str] | None = None) -> int:
    given = options(arguments)
    found = list(corpus(given.count, given.seed, given.jobs, given.only))
    for text in report(found, given.examples):
        print(text, flush=True)
    return 0 if all(a == b for c in found for a, b, *_ in c.lines) else 1


if __name__ == "__main__":
    sys.exit(main())
