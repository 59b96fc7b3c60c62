"""What a check of equalities finds of planted slips, beside what marking finds.

    python -m benchmarks.equalities [--count 200] [--seed 0]

A plain checker takes a line for a chain of equalities: each name has the number that was last
stated for it, and what stands on both sides of an equals sign must be the same, to rounding. One
such check is written out here with SymPy; the other is Math-Verify, if it is installed, which
grades answers of language models. Neither knows what ∂E/∂w is, nor follows anybody's error: a wrong
formula with its own number is a true equality.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise

import sympy

from benchmarks.marking import worksheet
from micrograd_like import Worksheet

#: A derivative, a number and a name, as the exercises write them.
_DERIVATIVE = re.compile(r"d(\w+'*)/d(\w+'*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_NAME = re.compile(r"[A-Za-z]\w*'*")
#: Units of the last place by which two sides may differ, for numbers before them are rounded too.
_UNITS = 2.0
_FUNCTIONS = {
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "relu": lambda x: sympy.Max(x, 0),
    "ln": sympy.log,
    "log10": lambda x: sympy.log(x, 10),
}

#: Whether two sides in numbers are the same, where the second is written to so many places.
Same = Callable[[str, str, int], bool | None]


def by_sympy(left: str, right: str, places: int) -> bool | None:
    """Both sides worked out; None where that cannot be done."""
    try:
        values = [float(sympy.sympify(s, locals=_FUNCTIONS).evalf()) for s in (left, right)]
    except (sympy.SympifyError, TypeError, ValueError, AttributeError):
        return None
    return abs(values[0] - values[1]) <= _UNITS * 10.0**-places


def by_math_verify(left: str, right: str, places: int) -> bool | None:
    """What Math-Verify says of the two, rounded to one place less."""
    from math_verify import parse, verify

    found = [parse(f"${side.replace('**', '^')}$", parsing_timeout=None) for side in (left, right)]
    if not all(found):
        return None
    same = verify(found[0], found[1], float_rounding=max(places - 1, 1), timeout_seconds=None)
    return bool(same)


def lines_flagged(text: str, same: Same) -> set[int]:
    """The lines of a worksheet on which an equality does not hold."""
    stated: dict[str, str] = {}
    flagged = set()
    for number, line in enumerate(text.splitlines(), 1):
        parts = [_plain(part) for part in line.partition("#")[0].split("=")]
        if len(parts) < 2:
            continue
        sides = [_in_numbers(part, stated) for part in parts[1:]]
        if any(_differ(*pair, same) for pair in _pairs(sides)):
            flagged.add(number)
        if _NUMBER.fullmatch(parts[-1]):
            stated[parts[0]] = parts[-1]
    return flagged


def _plain(part: str) -> str:
    """A side with a name for each derivative."""
    return _DERIVATIVE.sub(r"d_\1_by_\2", part.strip()).replace("^", "**")


def _in_numbers(part: str, stated: dict[str, str]) -> str | None:
    """A side with the numbers of its names; None where one has none."""
    missing = []

    def number(found: re.Match[str]) -> str:
        name = found[0]
        if name in _FUNCTIONS or hasattr(sympy, name):
            return name
        if name not in stated:
            missing.append(name)
        return f"({stated.get(name, '0')})"

    said = _NAME.sub(number, part)
    return None if missing or "?" in said else said


def _pairs(sides: Sequence[str | None]) -> Iterator[tuple[str, str]]:
    known = [side for side in sides if side]
    yield from pairwise(known)


def _differ(left: str, right: str, same: Same) -> bool:
    written = _NUMBER.fullmatch(right)
    places = len(right.partition(".")[2]) if written and "e" not in right else 3
    return same(left, right, places) is False


def by_marking(text: str) -> set[int]:
    """The lines that marking calls wrong."""
    return {line.line for line in Worksheet.parse(text).check().lines if line.verdict == "wrong"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.equalities")
    parser.add_argument("--count", type=int, default=200, help="worksheets (200)")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    checkers: dict[str, Callable[[str], set[int]]] = {
        "marking": by_marking,
        "a chain of equalities, by SymPy": lambda text: lines_flagged(text, by_sympy),
    }
    if find_spec("math_verify"):
        checkers["a chain of equalities, by Math-Verify"] = lambda text: lines_flagged(
            text, by_math_verify
        )
    found, accused, planted, right = Counter[str](), Counter[str](), 0, 0
    for number in range(given.count):
        _, exercise = worksheet(number, given.seed)
        slips = {slip.line for slip in exercise.planted}
        others = {n for n, line in enumerate(exercise.text.splitlines(), 1) if "=" in line} - slips
        planted, right = planted + len(slips), right + len(others)
        for name, check in checkers.items():
            flagged = check(exercise.text)
            found[name] += len(flagged & slips)
            accused[name] += len(flagged & others)
    print(f"{given.count} worksheets, {planted} planted slips, {right} other lines")
    for name in checkers:
        share = 100 * found[name] / max(planted, 1)
        print(f"{name:<40} found {found[name]:>4} ({share:.0f} %), accused {accused[name]} others")
    if not find_spec("math_verify"):
        print("pip install math-verify adds Math-Verify")


if __name__ == "__main__":
    main()
