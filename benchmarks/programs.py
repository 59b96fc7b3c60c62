"""Networks written out in NumPy in many styles: right ones accused of nothing, slips found.

    python -m benchmarks.programs [--count 400] [--seed 0] [--examples 2]

Two layers; samples as rows or as columns; the mean in dZ, in dW or in the cost's 1/m; four
conventions of names; `@` or `dot`; with data or with names that nobody gives a value; functions,
the module's own level, or one pass of a loop. Half of the programs have one slip in
their backward pass. Every backward line is held against finite differences of the cost before
anything is measured with it.
Exit status: 0 if the goals are met (no right line wrong, 95 % of the slips found, 85 % named
first), else 1.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from micrograd_like.marking.records import Report
from micrograd_like.worksheet import Worksheet

GOALS = {"found": 0.95, "named": 0.85}


@dataclass(frozen=True)
class Slip:
    """A wrong line.

    Attributes:
        line: The line as it is written.
        causes: The codes that name it, one of which must come first; any where there is none.
    """

    line: str
    causes: tuple[str, ...]


@dataclass
class Style:
    """How a network is written."""

    chance: random.Random
    rows: bool = field(init=False)

    def __post_init__(self) -> None:
        one_of = self.chance.choice
        self.rows = one_of((True, False))
        self.given = one_of((True, False))
        self.dot = one_of((True, False))
        self.mean_in = one_of(("dZ", "dW"))
        self.names = one_of(("d{}", "dloss_d{}", "grad_{}", "delta"))
        self.frame = one_of(("module", "module", "loop", "functions"))
        self.unit = one_of(("sigmoid", "tanh", "relu"))
        self.cost = one_of(("cross-entropy", "squares"))

    def gradient(self, name: str) -> str:
        """What the gradient by a quantity is called."""
        if self.names == "delta":
            return {"Z2": "delta2", "Z1": "delta1", "A1": "back"}.get(name, f"d{name}")
        return self.names.format(name)

    def product(self, a: str, b: str) -> str:
        """A product of matrices."""
        return f"np.dot({a}, {b})" if self.dot else f"{a} @ {b}"


@dataclass
class Program:
    """A network's program.

    Attributes:
        setup, forward, backward, updates: Its lines.
        slip: What is wrong in it.
    """

    style: Style
    setup: list[str]
    forward: list[str]
    backward: list[str]
    updates: list[str]
    slip: Slip | None = None

    @property
    def text(self) -> str:
        """The whole of it."""
        head = ["import numpy as np"]
        body = [*self.forward, *self.backward, *self.updates]
        inside = [f"    {line}" for line in body]
        match self.style.frame:
            case "loop":
                lines = [*head, *self.setup, "for epoch in range(100):", *inside]
            case "functions":
                first = [
                    *(f"    {line}" for line in self.forward),
                    "    return Z1, A1, Z2, A2, loss",
                ]
                second = [f"    {line}" for line in [*self.backward, *self.updates]]
                names = "X, Y, W1, b1, W2, b2"
                lines = [
                    *head,
                    f"def forward({names}, m):",
                    *first,
                    f"def backward({names}, m, Z1, A1, Z2, A2, lr):",
                    *second,
                    *self.setup,
                    f"Z1, A1, Z2, A2, loss = forward({names}, m)",
                    f"backward({names}, m, Z1, A1, Z2, A2, lr)",
                ]
            case _:
                lines = [*head, *self.setup, *body]
        return "\n".join(lines) + "\n"


def program(chance: random.Random, wrong: bool) -> Program:
    """A network in some style, with a slip if ``wrong``."""
    style = Style(chance)
    inputs, hidden, samples, outputs = 3, 2, 4, chance.choice((1, 2))
    shape = (lambda a, b: (b, a)) if style.rows else (lambda a, b: (a, b))
    sizes = {
        "X": shape(inputs, samples),
        "W1": shape(hidden, inputs),
        "b1": shape(hidden, 1),
        "W2": shape(outputs, hidden),
        "b2": shape(outputs, 1),
        "Y": shape(outputs, samples),
    }
    style.given = style.given or style.frame != "module"
    setup = [f"{name} = {_data(name, size, style)}" for name, size in sizes.items()]
    setup = setup if style.given else []
    setup += [f"m = X.shape[{0 if style.rows else 1}]", "lr = 0.1"]
    made = Program(style, setup, _forward(style), [], _updates(style))
    lines = _backward(style)
    if wrong:
        place = chance.randrange(len(lines))
        slip = chance.choice([*_slips(style, place, lines[place])])
        made.slip, lines[place] = slip, slip.line
    made.backward = lines
    return made


def _data(name: str, size: tuple[int, int], style: Style) -> str:
    if name.startswith("b"):
        return f"np.zeros({size})"
    if name == "Y":
        value = (
            (lambda: style.chance.randint(0, 1))
            if style.cost == "cross-entropy"
            else (lambda: round(style.chance.uniform(-1, 1), 2))
        )
        return f"np.array({[[value() for _ in range(size[1])] for _ in range(size[0])]})"
    return f"np.random.randn({size[0]}, {size[1]})"


def _forward(style: Style) -> list[str]:
    def layer(weight: str, inputs: str) -> str:
        return style.product(inputs, weight) if style.rows else style.product(weight, inputs)

    unit = {
        "sigmoid": "1/(1 + np.exp(-Z1))",
        "tanh": "np.tanh(Z1)",
        "relu": "np.maximum(0, Z1)",
    }[style.unit]
    entropy = style.cost == "cross-entropy"
    last = "1/(1 + np.exp(-Z2))" if entropy else "np.tanh(Z2)"
    cost = (
        "-np.sum(Y*np.log(A2) + (1 - Y)*np.log(1 - A2))/m"
        if entropy
        else "np.sum((A2 - Y)**2)/(2*m)"
    )
    return [
        f"Z1 = {layer('W1', 'X')} + b1",
        f"A1 = {unit}",
        f"Z2 = {layer('W2', 'A1')} + b2",
        f"A2 = {last}",
        f"loss = {cost}",
    ]


#: The slopes of the units, by their outputs.
_SLOPES = {"sigmoid": "A1*(1 - A1)", "tanh": "(1 - A1**2)", "relu": "(Z1 > 0)"}


def _parts(style: Style) -> dict[str, str]:
    """The right sides of the backward pass, by what each is the gradient by."""
    in_z = "/m" if style.mean_in == "dZ" else ""
    in_w = "" if style.mean_in == "dZ" else "/m"
    axis = 0 if style.rows else 1
    z2, z1 = style.gradient("Z2"), style.gradient("Z1")
    seed = "(A2 - Y)" if style.cost == "cross-entropy" else "(A2 - Y)*(1 - A2**2)"

    def weight(inputs: str, above: str) -> str:
        pair = (f"{inputs}.T", above) if style.rows else (above, f"{inputs}.T")
        return style.product(*pair) + in_w

    back = style.product(z2, "W2.T") if style.rows else style.product("W2.T", z2)
    return {
        "Z2": seed + in_z,
        "W2": weight("A1", z2),
        "b2": f"np.sum({z2}, axis={axis}, keepdims=True){in_w}",
        "A1": back,
        "Z1": f"{style.gradient('A1')}*{_SLOPES[style.unit]}",
        "W1": weight("X", z1),
        "b1": f"np.sum({z1}, axis={axis}, keepdims=True){in_w}",
    }


def _backward(style: Style) -> list[str]:
    return [f"{style.gradient(of)} = {right}" for of, right in _parts(style).items()]


def _updates(style: Style) -> list[str]:
    found = []
    for name in ("W1", "b1", "W2", "b2"):
        step = f"lr*{style.gradient(name)}"
        found.append(style.chance.choice((f"{name} -= {step}", f"{name} = {name} - {step}")))
    return found


def _slips(style: Style, place: int, line: str) -> Iterator[Slip]:
    """What may be wrong in a line of the backward pass."""
    of = [*_parts(style)][place]
    left, _, right = line.partition(" = ")
    yield Slip(f"{left} = -{right}", ("sign",))
    if of in ("b1", "b2"):
        wrong = right.replace("axis=0", "axis=None").replace("axis=1", "axis=None")
        yield Slip(f"{left} = {wrong}", ("wrong-axis",))
    if of == "Z1":
        above = style.gradient("A1")
        yield Slip(f"{left} = {above}*1", ("missing-factor",))
        if style.unit != "relu":
            at_input = _SLOPES[style.unit].replace("A1", "Z1")
            yield Slip(f"{left} = {above}*{at_input}", ("derivative-at-input",))
    if of == "Z2" and style.cost == "squares":
        yield Slip(
            f"{left} = {right.replace('*(1 - A2**2)', '')}", ("missing-factor", "plain-error")
        )
        yield Slip(f"{left} = {right.replace('A2**2', 'Z2**2')}", ("derivative-at-input",))
    if of == "Z2":
        yield Slip(f"{left} = {right.replace('A2 - Y', 'A2 + Y')}", ("sign",))
    if of == "W2":
        yield Slip(
            f"{left} = {right.replace('A1', 'Z1')}", ("wrong-operand", "derivative-at-input")
        )
    if of == "W1":
        yield Slip(f"{left} = 2*{right}", ("constant-factor", "extra-factor"))


def differences(made: Program) -> dict[str, float]:
    """How far each backward line is from differences of the cost, relative to the largest."""
    style, chance = made.style, np.random.default_rng(7)
    values: dict[str, object] = {"np": np}
    assert style.given
    for line in made.setup:
        drawn = line.replace("np.random.randn", "normal")
        exec(drawn, {"np": np, "normal": lambda *size: chance.standard_normal(size)}, values)
    values["b1"], values["b2"] = (chance.standard_normal(np.shape(values[b])) for b in ("b1", "b2"))
    exec("\n".join([*made.forward, *made.backward]), values)
    found = {}
    for name in ("W1", "b1", "W2", "b2"):
        array = np.asarray(values[name], float)
        slope = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            costs = []
            for step in (1e-6, -1e-6):
                moved = array.copy()
                moved[index] += step
                inside = {**values, name: moved}
                exec("\n".join(made.forward), inside)
                costs.append(inside["loss"])
            slope[index] = (costs[0] - costs[1]) / 2e-6
        stated = np.asarray(values[style.gradient(name)])
        found[name] = float(np.abs(stated - slope).max() / np.abs(slope).max())
    return found


@dataclass
class Counts:
    """What came out."""

    lines: int = 0
    accused: int = 0
    slips: int = 0
    found: int = 0
    named: int = 0
    beside: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, made: Program, report: Report) -> None:
        """Count one program."""
        wrong = {line.source: line for line in report.lines if line.verdict == "wrong"}
        self.lines += sum(line.verdict == "right" for line in report.lines)
        slip = made.slip
        others = [source for source in wrong if slip is None or source != slip.line]
        if slip is None:
            self.accused += len(others)
        else:
            self.slips += 1
            self.beside += len(others)
            line = wrong.get(slip.line)
            self.found += line is not None
            first = [cause.code for cause in line.causes[:1]] if line else []
            self.named += bool(first) and first[0] in slip.causes
            if line is None or not first or first[0] not in slip.causes:
                others.append(f"{slip.line}: {slip.causes} came out as {first}")
        if others:
            self.shown.append(f"{others}\n{made.text}\n{report}")


def measured(count: int, seed: int) -> Counts:
    """The counts of so many programs, half of them with a slip."""
    counts = Counts()
    for number in range(count):
        made = program(random.Random(seed * 1_000_003 + number), wrong=number % 2 == 1)
        counts.add(made, Worksheet.parse(made.text, format="python").check())
    return counts


def main() -> int:
    """Measure, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--examples", type=int, default=2)
    options = parser.parse_args()
    counts = measured(options.count, options.seed)
    for example in counts.shown[: options.examples]:
        print(example, end="\n\n")
    rates = {
        "found": counts.found / max(counts.slips, 1),
        "named": counts.named / max(counts.slips, 1),
    }
    print(f"{options.count} programs: {counts.lines} lines right, {counts.accused} of them wrong")
    print(
        f"{counts.slips} slips: {rates['found']:.1%} found, {rates['named']:.1%} named first, "
        f"{counts.beside} lines accused beside them"
    )
    met = all(rates[name] >= goal for name, goal in GOALS.items())
    return 0 if met and not counts.accused and not counts.beside else 1


if __name__ == "__main__":
    sys.exit(main())
