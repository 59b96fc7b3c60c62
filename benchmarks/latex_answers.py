r"""Answers in LaTeX, as language models and students write them: none accused, one slip found.

    python -m benchmarks.latex_answers [--count 200] [--seed 0] [--examples 2]

A small network is drawn, worked through forwards and backwards by the rules written out here, and
set in one of several manners: dollars, brackets with and without their backslashes, ``align``,
tables; with numbers or in formulas alone; with d or ∂, ŷ or o, · or ×. Of every answer there is a
right one, and one for each slip that fits: a digit, a sign, a link of the chain, a factor, a
weight's version. What follows from a slip is carried on. The tests hold every figure against
mpmath's derivatives.
Exit status: 0 if the goals are met (nothing accused, 95 % found, 85 % named first), else 1.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from micrograd_like.marking import check
from micrograd_like.worksheet import Worksheet

FOUND, NAMED = 0.95, 0.85
#: The codes that name each slip.
NAMES = {
    "digit": {"digits", "arithmetic", "rounded"},
    "sign": {"sign", "ascent", "arithmetic"},
    "link": {"missing-factor", "local-for-total", "derivative-of-output"},
    "factor": {"constant-factor", "extra-factor"},
    "version": {"updated-too-early", "wrong-operand"},
}
Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Step:
    """A line: left = formula = figures = number.

    Attributes:
        name: The key of what it gives.
        left: In LaTeX, names in angle brackets.
        formula: The same of the right side; "" for a given.
        links: Factors of it that may be forgotten, as they stand in the formula.
    """

    name: str
    left: str
    formula: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manner:
    """How an answer is set.

    Attributes:
        wrap: A formula on a line of its own.
        given: A given.
        d: The sign of a derivative.
        times: Between two figures.
        names: LaTeX for the names that differ.
        figures: False for formulas alone.
    """

    title: str
    wrap: str
    given: str
    d: str = r"\partial "
    times: str = r" \cdot "
    names: Mapping[str, str] | None = None
    figures: bool = True


PLAIN = {"yh": r"\hat{y}", "y": "y", "rate": r"\eta", "v": "v", "c": "c"}
OTHER = {"yh": "o", "y": "t", "rate": r"\alpha", "v": "u", "c": "d"}
MANNERS = {
    "dollars": Manner("## Backward and forward pass\n", "$${}$$", "- **Value:** ${}$"),
    "brackets": Manner(
        "Let us go through it.\n", "\\[\n{}\n\\]", "* \\( {} \\)", times=r" \times "
    ),
    "lost": Manner("### Solution\n", "[\n{}\n]", "- ( {} )", times=r" \times "),
    "align": Manner(
        "\\section*{Solution}\n",
        "\\begin{{align*}}\n{}\n\\end{{align*}}",
        "Let ${}$.",
        d=r"\mathrm{d}",
        names=OTHER,
    ),
    "formulas": Manner("Is this right?\n", "$${}$$", "", figures=False),
    "formulas, d": Manner("My derivation:\n", "\\[{}\\]", "", d="d", names=OTHER, figures=False),
}

_ACTIVATIONS: dict[str, tuple[str, Callable[[float], float], str]] = {
    "sigmoid": (r"\sigma({})", lambda z: 1 / (1 + math.exp(-z)), "{0} (1 - {0})"),
    "tanh": (r"\tanh({})", math.tanh, "(1 - {0}^2)"),
}
_COSTS = {
    "half": (r"\frac{1}{2}(<yh> - <y>)^2", "(<yh> - <y>)"),
    "whole": (r"(<yh> - <y>)^2", "2(<yh> - <y>)"),
}


@dataclass(frozen=True)
class Network:
    """A network's givens, and its lines in order."""

    givens: Mapping[str, float]
    steps: tuple[Step, ...]


def network(chance: random.Random) -> Network:
    """One with one or two inputs and hidden units, worked through to some of its gradients."""
    inputs, hidden = chance.choice((1, 2)), chance.choice((1, 2))
    act, _, slope = _ACTIVATIONS[chance.choice([*_ACTIVATIONS])]
    squashed = chance.random() < 0.5
    cost, error = _COSTS[chance.choice([*_COSTS])]
    givens = {f"x_{i}": _number(chance) for i in range(1, inputs + 1)}
    givens |= {"y": round(chance.uniform(0, 1), 1), "rate": chance.choice((0.1, 0.5, 0.05))}
    steps: list[Step] = []
    for j in range(1, hidden + 1):
        weights = [f"w_{{{j}{i}}}" for i in range(1, inputs + 1)]
        givens |= {w: _number(chance) for w in weights} | {f"b_{j}": _number(chance)}
        terms = " + ".join(f"<{w}> <x_{i}>" for i, w in enumerate(weights, 1))
        steps.append(Step(f"z_{j}", f"<z_{j}>", f"{terms} + <b_{j}>"))
        steps.append(Step(f"h_{j}", f"<h_{j}>", act.format(f"<z_{j}>")))
    outer = [f"v_{j}" for j in range(1, hidden + 1)]
    givens |= {v: _number(chance) for v in outer} | {"c": _number(chance)}
    total = " + ".join(f"<v_{j}> <h_{j}>" for j in range(1, hidden + 1)) + " + <c>"
    own = "<yh> (1 - <yh>)"
    if squashed:
        steps += [Step("s", "<s>", total), Step("yh", "<yh>", r"\sigma(<s>)")]
    else:
        steps.append(Step("yh", "<yh>", total))
    steps += [Step("L", "L", cost), Step("dyh", "@L/yh@", error)]
    up = "dyh"
    if squashed:
        steps.append(Step("ds", "@L/s@", f"@dyh@ {own}", (own, "@dyh@")))
        up = "ds"
    j = hidden
    steps.append(Step(f"dv_{j}", f"@L/v_{j}@", f"@{up}@ <h_{j}>", (f"<h_{j}>",)))
    steps.append(Step("newer", f"<v_{j}>'", f"<v_{j}> - <rate> @dv_{j}@"))
    inner = slope.format(f"<h_{j}>")
    steps.append(Step(f"dh_{j}", f"@L/h_{j}@", f"@{up}@ <v_{j}>", (f"<v_{j}>",)))
    steps.append(Step(f"dz_{j}", f"@L/z_{j}@", f"@dh_{j}@ {inner}", (inner,)))
    weight = f"w_{{{j}1}}"
    steps.append(Step(f"d{weight}", f"@L/{weight}@", f"@dz_{j}@ <x_1>", ("<x_1>",)))
    steps.append(Step(f"db_{j}", f"@L/b_{j}@", f"@dz_{j}@"))
    steps.append(Step("new", f"<{weight}>'", f"<{weight}> - <rate> @d{weight}@"))
    return Network(givens, tuple(steps))


def _number(chance: random.Random) -> float:
    """A number of two digits, none of which other numbers are made of."""
    return chance.choice((-1, 1)) * round(chance.uniform(0.15, 0.95), 2)


@dataclass(frozen=True)
class Answer:
    """A document, and which of its lines has the slip; 0 for a right one."""

    text: str
    slip: str
    line: int
    stated: Mapping[str, float]
    net: Network


def answers(seed: int) -> Iterator[Answer]:
    """The right answer of a network in one manner, and one for each slip that fits."""
    chance = random.Random(seed)
    net = network(chance)
    manner = MANNERS[chance.choice([*MANNERS])]
    yield _set(net, manner, "", -1, chance)
    backward = [i for i, step in enumerate(net.steps) if step.left.startswith("@")]
    linked = [i for i in backward if net.steps[i].links]
    last = next(i for i, step in enumerate(net.steps) if step.name.startswith("dh_"))
    places = {"sign": backward, "link": linked, "factor": linked}
    if manner.figures:
        places |= {"digit": range(len(net.steps)), "version": [last]}
    for slip, where in places.items():
        answer = _set(net, manner, slip, chance.choice([*where]), chance)
        if slip != "version" or _differs(answer, last):
            yield answer


def _differs(answer: Answer, place: int) -> bool:
    """True where another version of a weight is another number by more than rounding."""
    weight = answer.net.givens[f"v_{answer.net.steps[place].name[3:]}"]
    return abs(answer.stated["newer"] - weight) > 0.03 * abs(weight)


def _set(net: Network, manner: Manner, slip: str, at: int, chance: random.Random) -> Answer:
    """The answer in LaTeX, with a slip in one line that is carried on."""
    known = dict(net.givens)
    lines = [manner.title]
    names = dict(PLAIN) | dict(manner.names or {})
    if manner.given:
        lines += [manner.given.format(f"{_name(n, names)} = {x:g}") for n, x in known.items()]
        lines.append("")
    slipped = ""
    for place, step in enumerate(net.steps):
        formula, put = step.formula, dict(known)
        if place == at:
            formula, put = _slipped(step, slip, put, chance)
        value = round(_value(formula, put), 4)
        if place == at and slip == "digit":
            value = _another_digit(value, chance)
        known[step.name] = value
        shown = f"{_latex(step.left, names, manner)} = {_latex(formula, names, manner)}"
        if manner.figures:
            shown += f" = {_figures(formula, put, manner)} = {value:.4f}"
        slipped = shown if place == at else slipped
        lines += [manner.wrap.format(shown), ""]
    text = "\n".join(lines)
    line = text[: text.index(slipped)].count("\n") + 1 if slipped else 0
    return Answer(text, slip, line, known, net)


def _slipped(
    step: Step, slip: str, put: dict[str, float], chance: random.Random
) -> tuple[str, dict[str, float]]:
    """The formula with a slip in it, and the numbers that are put in."""
    formula = step.formula
    if slip == "sign":
        formula = f"-{formula}"
    elif slip == "link":
        formula = formula.replace(chance.choice(step.links), "").strip()
    elif slip == "factor":
        formula = formula.removeprefix("2") if formula.startswith("2(") else f"2 {formula}"
    elif slip == "version":
        put[f"v_{step.name[3:]}"] = put["newer"]
    return formula, put


def _another_digit(value: float, chance: random.Random) -> float:
    """The number with one of its last three digits changed by several."""
    step = 10.0 ** -chance.choice((1, 2, 3))
    return round(value + chance.choice((-1, 1)) * chance.choice((3, 4, 5)) * step, 4)


# Formulas to numbers and to LaTeX.


def _value(formula: str, numbers: Numbers) -> float:
    """The number of a formula."""
    text = re.sub(r"\\frac\{1\}\{2\}", "0.5 ", formula)
    text = re.sub(r"<([^<>]+)>|@([^@]+)@", lambda m: f"({numbers[m[1] or m[2]]!r})", text)
    text = text.replace(r"\sigma", "sigmoid").replace(r"\tanh", "tanh").replace("^", "**")
    text = re.sub(r"(?<=[\d)])\s*(?=\()|(?<=\d) (?=\()", "*", text)
    functions = {"sigmoid": _ACTIVATIONS["sigmoid"][1], "tanh": math.tanh}
    return float(eval(text, {"__builtins__": {}}, functions))


def _name(name: str, names: Mapping[str, str]) -> str:
    base, mark, index = name.partition("_")
    return names.get(base, base) + mark + index


def _latex(formula: str, names: Mapping[str, str], manner: Manner) -> str:
    """A formula as it is written."""

    def slope(match: re.Match[str]) -> str:
        of, wrt = match[1].split("/") if "/" in match[1] else ("L", match[1][1:])
        return rf"\frac{{{manner.d}{of}}}{{{manner.d}{_name(wrt, names)}}}"

    text = re.sub(r"@([^@]+)@", slope, formula)
    return re.sub(r"<([^<>]+)>", lambda m: _name(m[1], names), text)


def _figures(formula: str, numbers: Numbers, manner: Manner) -> str:
    """A formula with its numbers put in."""

    def number(match: re.Match[str]) -> str:
        value = numbers[match[1] or match[2]]
        return f"({value:g})" if value < 0 else f"{value:g}"

    text = re.sub(r"<([^<>]+)>|@([^@]+)@", number, formula)
    return re.sub(r"(?<=[\d)]) (?=[\d(])", lambda _: manner.times, text)


# What comes of it.


@dataclass(frozen=True)
class Outcome:
    """How an answer was marked.

    Attributes:
        verdict: That of the slip's line.
        named: True if its first cause is the slip.
        accused: Lines called wrong, or following from what is right, that are neither.
    """

    answer: Answer
    verdict: str
    named: bool
    accused: tuple[str, ...]


def outcome(answer: Answer) -> Outcome:
    """Mark an answer."""
    lines = check(Worksheet.parse(answer.text)).lines
    own = [x for x in lines if x.line == answer.line] if answer.slip else []
    wrong = next((x for x in own if x.verdict == "wrong"), None)
    named = wrong is not None and wrong.causes and wrong.causes[0].code in NAMES[answer.slip]
    accused = tuple(
        f"{x.verdict} line {x.line}: {x.source}"
        for x in lines
        if x not in own
        and (x.verdict == "wrong" or (x.verdict == "follows" and x.line < (answer.line or 10**6)))
    )
    verdict = wrong.verdict if wrong else next((x.verdict for x in own), "none")
    return Outcome(answer, verdict, bool(named), accused)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="networks (200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--examples", type=int, default=2, help="answers shown of each kind")
    args = parser.parse_args()
    outcomes = [
        outcome(answer)
        for seed in range(args.seed, args.seed + args.count)
        for answer in answers(seed)
    ]
    slips = [o for o in outcomes if o.answer.slip]
    found = [o for o in slips if o.verdict == "wrong"]
    named = [o for o in found if o.named]
    accused = [o for o in outcomes if o.accused]
    missed = [o for o in slips if o.verdict != "wrong"]
    for kind in NAMES:
        own = [o for o in slips if o.answer.slip == kind]
        hits = [o for o in own if o.verdict == "wrong"]
        rest = Counter(o.verdict for o in own if o.verdict != "wrong")
        print(
            f"{kind:8} found {len(hits)} of {len(own)}, named {sum(o.named for o in hits)} {rest}"
        )
    for title, some in (("accused", accused), ("missed", missed)):
        for o in sorted(some, key=lambda o: len(o.answer.text))[: args.examples]:
            print(
                f"\n{title}: {o.answer.slip} on line {o.answer.line}, {o.accused}\n{o.answer.text}"
            )
    print(
        f"{len(outcomes)} answers: accused in {len(accused)}, found {len(found)} of {len(slips)}, "
        f"named first {len(named)} of {len(slips)}"
    )
    share = len(slips) or 1
    return int(bool(accused) or len(found) < FOUND * share or len(named) < NAMED * share)


if __name__ == "__main__":
    sys.exit(main())
