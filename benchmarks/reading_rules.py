"""What each rule of the reader is worth: all on, then each switched off in turn.

    python -m benchmarks.reading_rules [FILE...] [--only RULE]

Without files the built-in worksheets and the examples of the rules are read. For every rule the
table says how many lines are marked otherwise without it, and as what. Exit status: 0.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from micrograd_like import Worksheet
from micrograd_like.worksheet import builtin

_PACKAGE = "micrograd_like.worksheet."
VERDICTS = ("right", "taken", "follows", "wrong", "unchecked", "unreadable")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, where it stands, and what stands there when it is off.

    Attributes:
        name: What it does, in words.
        place: Module and attribute, which may be a method: ``reader:laid_out``.
        off: What takes its place.
        example: A worksheet that comes out otherwise without it.
    """

    name: str
    place: str
    off: Callable[..., Any]
    example: str

    @contextmanager
    def switched_off(self) -> Iterator[None]:
        """The reader without the rule, for as long as the context lasts."""
        module, _, path = self.place.partition(":")
        owner: Any = import_module(_PACKAGE + module)
        *outer, attribute = path.split(".")
        for name in outer:
            owner = getattr(owner, name)
        before = owner.__dict__[attribute]
        setattr(owner, attribute, self.off)
        try:
            yield
        finally:
            setattr(owner, attribute, before)


def _same(first: Any, *others: Any) -> Any:
    return first


def _listed(first: Sequence[Any]) -> list[Any]:
    return list(first)


def _no(*arguments: Any, **named: Any) -> bool:
    return False


def _nothing(*arguments: Any) -> None:
    return None


def _alone(rows: Iterable[list[Any]], too_long: object) -> list[list[Any]]:
    return [row for row in rows if row]


RULES = (
    Rule("rules and boxes are left out", "reader:laid_out", _listed, "q = 2\n====\nr = 2q = 4"),
    Rule("rows of figures say nothing", "reader:is_cells", _no, "w1 | 0.5 | 3\nq = 2"),
    Rule("a line goes on in the next", "reader:logical_lines", _alone, "x = 2\nq = 2x\n= 4"),
    Rule(
        *("derivatives in words", "reader:in_signs", _listed),
        "w = 2\nE = w^2\nslope of E w.r.t. w = 2w = 4",
    ),
    Rule("points are vectors", "reader:in_vectors", _listed, "(u, v) = (1, 2), (3, 4)\nu2 = 3"),
    Rule("blanks part an array", "reader:separated", _listed, "v = [1 2]\nq = 2v = [2 4]"),
    Rule("arrays over lines", "reader:with_rows", _same, "M = [1 2\n3 4]\nM_21 = 3"),
    Rule("headings part problems", "reader:is_heading", _no, "u = x^2\nExample 2:\nu = x^3"),
    Rule(
        *("another case is another problem", "reader:is_condition", _no),
        "r = 0.1\nFor r = 0.1: s = g/0.1 = 10g\nFor r = 0.5: s = g/0.5 = 2g",
    ),
    Rule("a full stop ends a sentence", "clauses.clauses:ends_sentence", _no, "q = 2. That is it."),
    Rule("what numbers a line", "clauses.clauses:unnumbered", _same, "1) q = 2\n(2) r = 2q = 4"),
    Rule(
        *(
            "what is said of one case",
            "clauses.clauses:in_cases",
            lambda tokens: (tokens, False),
        ),
        "p = 0.3\nq = p if y = 1\nq = 1 - p if y = 0",
    ),
    Rule("comparisons", "clauses.trimming:without_comparison", _same, "x = 2\nq = 2x > 0"),
    Rule(
        "what is said on the right",
        "clauses.trimming:says_in_words",
        _no,
        "q = the rate (often small)",
    ),
    Rule("arrows in pictures", "clauses.trimming:leads_elsewhere", _no, "x = 2\nx → h → y"),
    Rule("code", "clauses.trimming:is_code", _no, "self.op = op"),
    Rule(
        *("words on the left", "clauses.trimming:is_spoken", _no),
        "(slope of all) x 3 = (0.5*2) = 1",
    ),
    Rule(
        "glued names",
        "naming.names:Names.split",
        lambda *_: (),
        "w = 2\nx = 3\nE = wx\ndE/dw = x = 3",
    ),
    Rule(
        *("names of several words", "naming.names:Names.joined", lambda _, tokens: list(tokens)),
        "learning rate = 0.1\nq = 2 learning rate = 0.2",
    ),
    Rule(
        *("x for times", "grammar.neighbours:Neighbours.is_times", _no),
        "k = 2\nq = 3 x 2 = 6\nr = q x k = 12",
    ),
    Rule("units", "grammar.neighbours:Neighbours.at_unit", _no, "30 inputs + 4 nudges = 34"),
    Rule(
        *("remarks in brackets", "grammar.neighbours:Neighbours.is_remark", _no),
        "x = 3\nq = 2x (power rule)",
    ),
    Rule(
        *("names used again", "resolution.walk:renewed", lambda *_: ""),
        "a = 1\nb = 2a = 2\na = 5\nb = 2a = 10",
    ),
    Rule(
        *("figures stand for names", "resolution.resolve:read_definitions", _nothing),
        "w = 0.7\nx = 0.3\nz = 0.7*0.3 = 0.21\ndz/dw = x = 0.3",
    ),
    Rule(
        *("figures give names their values", "resolution.resolve:infer", _nothing),
        "h = 0.6\nn = w*h + b\nn = 0.4*0.6 + 0.1 = 0.34\nq = 2b = 0.2",
    ),
    Rule(
        *("functions by example", "naming.functions:Functions.learn", _nothing),
        "a = g(0.5) = 1/(1 + e^-0.5)\nq = g(0) = 0.5",
    ),
    Rule(
        *("templates", "grammar.templates:Templates.instances", lambda _, reads: list(reads)),
        "a1 = 1\na2 = 2\nh_t = 3a_t\nh2 = 6",
    ),
    Rule(
        *("derivatives are declared", "resolution.resolve:declared", lambda *_: {}),
        "x = 2\np = 3\ndL/dp = p - 1\ndL/dx = dL/dp*p = 6",
    ),
    Rule(
        *("a part is given a name later", "resolution.choosing:_Choice.take_parts", _nothing),
        "w = 0.7\nx = 1.3\na = sigmoid(w*x)\nz = x*w\nda/dz = a*(1 - a) = 0.2046",
    ),
)


def verdicts(text: str) -> list[str]:
    """The verdicts of a worksheet's lines, in order."""
    return [mark.verdict for mark in Worksheet.parse(text, format="text").check().lines]


def report(texts: Sequence[str], rules: Sequence[Rule]) -> Iterator[str]:
    """The table, line by line."""
    counts = Counter(v for text in texts for v in verdicts(text))
    yield f"{'':36}" + "".join(f"{name:>12}" for name in VERDICTS)
    yield f"{'all on':36}" + "".join(f"{counts[name]:>12}" for name in VERDICTS)
    for rule in rules:
        with rule.switched_off():
            found = Counter(v for text in texts for v in verdicts(text))
        changes = (found[name] - counts[name] for name in VERDICTS)
        yield f"{rule.name:36}" + "".join(f"{c:>+12}" if c else f"{'·':>12}" for c in changes)


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading_rules")
    parser.add_argument("files", nargs="*", metavar="FILE", help="worksheets as plain text")
    parser.add_argument("--only", help="rules whose names hold this")
    given = parser.parse_args(arguments)
    texts = [Path(name).read_text(encoding="utf-8") for name in given.files]
    if not texts:
        texts = [*map(builtin.text, builtin.names()), *(rule.example for rule in RULES)]
    rules = [rule for rule in RULES if (given.only or "") in rule.name]
    for line in report(texts, rules):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
