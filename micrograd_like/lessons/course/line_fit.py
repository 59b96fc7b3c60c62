"""A line through points by gradient descent, beside the least-squares line."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from micrograd_like import losses
from micrograd_like.derivation import derive
from micrograd_like.engine import Value
from micrograd_like.lessons.descent import Descent, descend, ran_away
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Curves, Picture, Plane, Point, contours, span
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import backpropagation
from micrograd_like.notation import counted, formatted, number
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

SLOPE, INTERCEPT, NOISE, POINTS = 2.0, -0.5, 0.2, 20
_PLACES = 4
Line = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    seed: int = setting(0, "Other points, in another order.", least=0)
    epochs: int = setting(1000, "Passes over all points.", least=1, most=1_000_000)
    rate: float = setting(1.0, "The learning rate; one by one takes a tenth of it.", above=0)


@lesson(
    "A line through points by gradient descent, against least squares.",
    order=20,
    settings=Settings,
)
def line_fit(settings: Settings) -> Outcome:
    """A line y = m·x + b through points, by the gradient; and the least-squares line they have."""
    points = _points(settings.seed)
    m, b = Value(0.0, "m"), Value(0.0, "b")
    x, y = (Value(number, name) for number, name in zip(points[0], "xy", strict=True))
    yhat = m * x + b
    yhat.label = "yhat"
    cost = losses.half_squared_error(yhat, y)
    cost.label = "E"
    runs = {
        name: descend(
            cost,
            [x, y],
            [m, b],
            points,
            rate=rate,
            epochs=settings.epochs,
            batch_size=size,
            seed=settings.seed,
        )
        for name, size, rate in (
            ("all at once", None, settings.rate),
            ("one by one", 1, settings.rate / 10),
        )
    }
    best, curvature = _least_squares(points), _largest_curvature(points)
    gaps = {
        name: max(abs(ours - theirs) for ours, theirs in zip(run.end, best, strict=True))
        for name, run in runs.items()
    }
    lines: dict[str, Line] = {name: (run.end[0], run.end[1]) for name, run in runs.items()}
    lines["least squares"] = best
    blocks: list[Block] = [
        Heading("A line through points, by gradient descent", level=1),
        Sentence(
            f"{POINTS} points near y = {number(SLOPE)}·x − {number(-INTERCEPT)}. The line is a "
            "neuron without activation, ŷ = m·x + b, and starts as m = b = 0."
        ),
        Heading("The gradient at the first point"),
        *derive(cost, m).blocks(_PLACES),
        *derive(cost, b).blocks(_PLACES),
        *_fitted(runs, lines, gaps, settings, curvature),
        *try_next(
            "micrograd-like lessons line-fit --epochs 100: how far is it by then? With --rate 2 "
            "it runs away.",
            "--plot bowl.svg draws the cost over m and b, with the way down.",
        ),
    ]
    record = {
        "points": [list(point) for point in points],
        "lines": {name: {"m": m, "b": b} for name, (m, b) in lines.items()},
        "off_by": gaps,
        "losses": {name: run.losses for name, run in runs.items()},
        "ran_away": {name: run.away for name, run in runs.items()},
        "largest_curvature": curvature,
    }
    title = "A line through points: the first point, and one step"
    sheet = backpropagation(title, cost, ["m", "b"], settings.rate)
    return Outcome(blocks, record, _pictures(points, runs, lines, best), sheet)


def _points(seed: int) -> list[Point]:
    """Points near the line, to the four places that a hand would work with."""
    generator = random.Random(seed)
    xs = [generator.random() for _ in range(POINTS)]
    ys = [SLOPE * x + INTERCEPT + generator.gauss(0, NOISE) for x in xs]
    return [(round(x, 4), round(y, 4)) for x, y in zip(xs, ys, strict=True)]


def _least_squares(points: list[Point]) -> Line:
    design = np.column_stack([[x for x, _ in points], np.ones(len(points))])
    m, b = np.linalg.lstsq(design, np.array([y for _, y in points]), rcond=None)[0].tolist()
    return m, b


def _largest_curvature(points: list[Point]) -> float:
    """Of the mean of ½(m·x + b − y)²: the larger eigenvalue of its second derivatives."""
    xs = np.array([x for x, _ in points])
    hessian = np.array([[np.mean(xs * xs), np.mean(xs)], [np.mean(xs), 1.0]])
    return float(np.linalg.eigvalsh(hessian)[-1])


def _fitted(
    runs: Mapping[str, Descent],
    lines: Mapping[str, Line],
    gaps: Mapping[str, float],
    settings: Settings,
    curvature: float,
) -> list[Block]:
    rates = {"all at once": settings.rate, "one by one": settings.rate / 10}
    away = "".join(
        f"{name.capitalize()}: {ran_away(run, rates[name])}"
        for name, run in runs.items()
        if run.away
    )
    rows = tuple(
        (name, _shown(m), _shown(b), formatted(gaps[name], ".1e") if name in gaps else "")
        for name, (m, b) in lines.items()
    )
    highest = math.floor(200 / curvature) / 100  # rounded up, it would be one that runs away
    return [
        Heading("The updates"),
        Sentence(
            "So Δm = rate · error · x and Δb = rate · error, with error = y − ŷ: for one point "
            "after the other, or for the mean over all points at once."
        ),
        Heading(
            f"After {counted(settings.epochs, 'epoch')}" if not away else "Too far at every step"
        ),
        Grid(("", "m", "b", "off by"), rows),
        Sentence(
            f"{away}All at once the rate must stay below 2 over the largest curvature of the "
            f"cost, {number(curvature, 2)} for these points: below {number(highest, 2)}."
        ),
        Sentence(
            "Ordinary least squares solves the same problem in one step. Below that rate all at "
            "once comes as near to it as one likes; one by one at a fixed rate, here a tenth of "
            "the other, every point pulls the line its own way, and it never comes to rest."
        ),
    ]


def _shown(value: float) -> str:
    return formatted(value, ".8f") if abs(value) < 1e4 else formatted(value, ".2e")


def _near(run: Descent) -> list[Point]:
    """The way as far as it is worth drawing: of one that runs away, its beginning."""
    near = (loss <= 20 * run.losses[0] for loss in run.losses)
    return [(m, b) for (m, b), shown in zip(run.path[:60], near, strict=False) if shown]


def _pictures(
    points: list[Point], runs: Mapping[str, Descent], lines: Mapping[str, Line], best: Line
) -> list[Picture]:
    xs = np.array([x for x, _ in points])
    ys = np.array([y for _, y in points])

    def cost(m: float, b: float) -> float:
        return float(np.mean((m * xs + b - ys) ** 2)) / 2

    ends = (float(min(xs)), float(max(xs)))
    stayed = {name: line for name, line in lines.items() if name not in runs or not runs[name].away}
    drawn = {name: [(x, m * x + b) for x in ends] for name, (m, b) in stayed.items()}
    paths = {name: _near(run) for name, run in runs.items()}
    reach = max(abs(m - best[0]) for path in paths.values() for m, _ in path)
    over = span(best[0] - 1.2 * reach, best[0] + 1.2 * reach, 81)
    curves = {name: run.losses for name, run in runs.items()}
    return [
        Plane("The lines", "x", "y", drawn, {"points": points}),
        Curves("Half the mean squared error", "loss", curves, logarithmic=True, first=0),
        Plane(
            "The bowl over m, with the b of least squares",
            "m",
            "loss",
            {"loss": [(m, cost(m, best[1])) for m in over]},
            {"least squares": [(best[0], cost(*best))]},
        ),
        contours("The bowl over m and b", cost, paths, ("m", "b")),
    ]
