"""Momentum beside plain descent in a valley that is steep one way and flat the other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from micrograd_like.derivation.equations import Equation, equation
from micrograd_like.engine import Value
from micrograd_like.formula import Call, Derivative, Expr, Name, Quantity, parse, substitute
from micrograd_like.lessons.descent import Descent, descend, ran_away
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Curves, Picture, contours
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import Section, worksheet
from micrograd_like.notation import formatted, number
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

START = (-4.0, 1.0)
#: A cost below this counts as the floor of the valley.
FLOOR = 1e-6


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    steepness: float = setting(50.0, "c of E = ½(u² + c·v²).", least=1, most=1e6)
    rate: float = setting(0.03, "The learning rate of both.", above=0)
    share: float = setting(0.8, "The share of the last step taken again.", least=0, most=0.999)
    epochs: int = setting(300, "Steps at most.", least=1, most=100_000)


@lesson("Momentum against plain descent in a valley.", order=58, settings=Settings)
def momentum(settings: Settings) -> Outcome:
    """E = ½(u² + c·v²) from the same start: v := β·v + ∂E/∂w, w := w − rate·v."""
    u, v = Value(START[0], "u"), Value(START[1], "v")
    cost = (u * u + settings.steepness * v * v) / 2
    shares = {"plain": 0.0, "with momentum": settings.share}
    runs = {
        name: descend(
            cost,
            [],
            [u, v],
            [[]],
            rate=settings.rate,
            epochs=settings.epochs,
            momentum=share,
        )
        for name, share in shares.items()
    }
    blocks: list[Block] = [
        Heading("Momentum", level=1),
        Sentence(
            f"A valley: E = ½(u² + {number(settings.steepness)}·v²), from u = {number(START[0])} "
            f"and v = {number(START[1])}. {_slopes(settings.steepness)}"
        ),
        Sentence(
            "Plain descent: w := w − rate · ∂E/∂w. With momentum a step is kept up: m := β·m + "
            f"∂E/∂w, w := w − rate · m, here with β = {number(settings.share)}."
        ),
        *_compared(runs, settings),
        *try_next(
            "micrograd-like lessons momentum --rate 0.045: plain descent runs away, momentum "
            "does not.",
            "--plot valley.svg draws both ways; --share 0.99 swings past the floor.",
        ),
    ]
    record: dict[str, Any] = {
        name: {"steps": _steps(run), "cost": run.losses[-1], "end": run.end, "ran_away": run.away}
        for name, run in runs.items()
    }
    return Outcome(blocks, record, _pictures(runs, settings), _by_hand(settings))


def _slopes(steepness: float) -> str:
    if steepness == 1:
        return "With c = 1 it is a round bowl: at equal distances the slope is the same both ways."
    return f"At equal distances the slope across it is {number(steepness)} times that along it."


def _by_hand(settings: Settings) -> str:
    """Two steps with momentum as a worksheet."""
    given = dict(zip("uv", START, strict=True))
    given |= {"c": settings.steepness, "alpha": settings.rate, "beta": settings.share}
    values: dict[Quantity, float] = {Name(name): value for name, value in given.items()}
    lines: list[Equation] = []

    def line(left: Quantity, formula: Expr) -> None:
        lines.append(equation(left, formula, values))
        values[left] = lines[-1].value

    for before, here in ((None, ""), ("", "'")):
        cost, at = Name(f"E{here}"), {name: Name(f"{name}{here}") for name in "uv"}
        line(cost, substitute(parse("(u*u + c*v*v)/2"), at))
        for name, slope in (("u", "u"), ("v", "c*v")):
            step, derivative = Name(f"m_{name}{here}"), Derivative(cost, at[name])
            line(derivative, substitute(parse(slope), at))
            kept = Call("mul", (Name("beta"), Name(f"m_{name}{before}")))
            line(step, derivative if before is None else Call("add", (kept, derivative)))
            moved = Call("sub", (at[name], Call("mul", (Name("alpha"), step))))
            line(Name(f"{name}{here}'"), moved)
    return worksheet("Two steps with momentum", given, [Section("Step by step", tuple(lines))])


def _steps(run: Descent) -> int | None:
    """Steps until the cost stays below the floor's, or None."""
    above = [n for n, loss in enumerate(run.losses) if loss >= FLOOR]
    return above[-1] + 1 if above[-1] + 1 < len(run.losses) else None


def _compared(runs: dict[str, Descent], settings: Settings) -> list[Block]:
    c, beta = settings.steepness, settings.share
    rows = []
    for name, run in runs.items():
        steps = _steps(run)
        shown = "–" if steps is None else str(steps)
        rows.append(
            (name, shown, *(formatted(x, ".1e") for x in run.end), formatted(run.losses[-1], ".1e"))
        )
    away = " ".join(
        f"{name.capitalize()}: {ran_away(run, settings.rate)}"
        for name, run in runs.items()
        if run.away
    )
    left = [abs(1 - settings.rate), abs(1 - settings.rate * c)]
    return [
        Heading("Both ways down"),
        Grid(("", f"steps to {formatted(FLOOR, '.0e')}", "u", "v", "E"), tuple(rows)),
        Sentence(
            f"{away}A plain step leaves |1 − rate| = {number(left[0], 3)} of u and |1 − c·rate| = "
            f"{number(left[1], 3)} of v. The rate must stay below 2/c = {number(2 / c, 3)}"
            f"{' for the steep way, and the flat one is slow for that' if c > 1 else ''}. "
            "Momentum adds up steps that agree and cancels those that turn round: where the slope "
            f"stays the same, its steps grow to 1/(1 − β) = {number(1 / (1 - beta), 3)} times the "
            "plain one, and it stays in the valley up to the rate 2(1 + β)/c = "
            f"{number(2 * (1 + beta) / c, 3)}."
        ),
    ]


def _pictures(runs: dict[str, Descent], settings: Settings) -> list[Picture]:
    def cost(u: float, v: float) -> float:
        return (u * u + settings.steepness * v * v) / 2

    near = {
        name: [
            (u, v)
            for (u, v), loss in zip(run.path[:80], run.losses, strict=False)
            if math.isfinite(loss) and loss <= 4 * run.losses[0]
        ]
        for name, run in runs.items()
    }
    curves = {name: run.losses for name, run in runs.items()}
    return [
        contours("The valley, and both ways", cost, near, ("u", "v")),
        Curves("The cost", "E", curves, "step", True, 0),
    ]
