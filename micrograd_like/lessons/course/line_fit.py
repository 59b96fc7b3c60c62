"""A line through points by gradient descent, beside the least-squares line."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from micrograd_like import losses
from micrograd_like.derivation import derive
from micrograd_like.engine import Value
from micrograd_like.lessons.outcome import Outcome, try_next, uninterrupted
from micrograd_like.lessons.pictures import Curves, Plane
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.nn import Neuron
from micrograd_like.notation import number
from micrograd_like.optim import SGD
from micrograd_like.training import fit
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

_PLACES = 4

SLOPE, INTERCEPT, NOISE, POINTS = 2.0, -0.5, 0.2, 20


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
    seed, epochs, rate = settings.seed, settings.epochs, settings.rate
    generator = random.Random(seed)
    xs = [generator.random() for _ in range(POINTS)]
    ys = [SLOPE * x + INTERCEPT + generator.gauss(0, NOISE) for x in xs]
    rows = [[x] for x in xs]
    design = np.column_stack([xs, np.ones(POINTS)])
    best = np.linalg.lstsq(design, np.array(ys), rcond=None)[0].tolist()
    fitted: dict[str, tuple[float, float]] = {}
    curves: dict[str, list[float]] = {}
    for name, size, own_rate in (("all at once", None, rate), ("one by one", 1, rate / 10)):
        line = Neuron(1, nonlin=False)
        line.w[0].data = 0.0
        optimizer = SGD(line.parameters(), own_rate)
        history = fit(
            line,
            rows,
            ys,
            optimizer=optimizer,
            epochs=epochs,
            batch_size=size,
            seed=seed,
            compiled=True,
        )
        uninterrupted(history)
        m, b = (parameter.data for parameter in line.parameters())
        fitted[name], curves[name] = (m, b), history.losses
    gaps = {name: max(abs(m - best[0]), abs(b - best[1])) for name, (m, b) in fitted.items()}
    first = _first_point(xs[0], ys[0])
    lines = {**fitted, "least squares": (best[0], best[1])}
    blocks: list[Block] = [
        Heading("A line through points, by gradient descent", level=1),
        Sentence(
            f"{POINTS} points near y = {number(SLOPE)}·x − {number(-INTERCEPT)}. The line is a "
            "neuron without activation, ŷ = m·x + b, and starts as m = b = 0."
        ),
        Heading("The gradient at the first point"),
        *first,
        Heading("The updates"),
        Sentence(
            "So Δm = rate · error · x and Δb = rate · error, with error = y − ŷ: for one point "
            "after the other, or for the mean over all points at once."
        ),
        Heading(f"After {epochs} epochs"),
        Grid(
            ("", "m", "b", "off by"),
            tuple(
                (name, f"{m:.8f}", f"{b:.8f}", f"{gaps[name]:.1e}" if name in gaps else "")
                for name, (m, b) in lines.items()
            ),
        ),
        Sentence(
            "Ordinary least squares solves the same problem in one step. All at once comes as "
            "near to it as one likes; one by one at a fixed rate, here a tenth of the other, "
            "every point pulls the line its own way, and it never comes to rest."
        ),
        *try_next(
            "micrograd-like lessons line-fit --epochs 100: how far is it by then? With --rate 2 "
            "it runs away: the rate must stay below 2 over the largest curvature of the cost.",
        ),
    ]
    record = {
        "points": [list(point) for point in zip(xs, ys, strict=True)],
        "lines": {name: {"m": m, "b": b} for name, (m, b) in lines.items()},
        "off_by": gaps,
        "losses": curves,
    }
    pictures = (
        Plane("The lines", "x", "y", _drawn(xs, lines), {"points": list(zip(xs, ys, strict=True))}),
        Curves("Half the mean squared error", "loss", curves, logarithmic=True),
    )
    return Outcome(blocks, record, pictures)


def _drawn(
    xs: list[float], lines: dict[str, tuple[float, float]]
) -> dict[str, list[tuple[float, float]]]:
    """The lines between the outermost points."""
    ends = (min(xs), max(xs))
    return {name: [(x, m * x + b) for x in ends] for name, (m, b) in lines.items()}


def _first_point(x: float, y: float) -> list[Block]:
    """The derivatives of ½(m·x + b − y)² at m = b = 0, worked out."""
    m, b, inputs, target = Value(0.0, "m"), Value(0.0, "b"), Value(x, "x"), Value(y, "y")
    yhat = m * inputs + b
    yhat.label = "yhat"
    cost = losses.half_squared_error(yhat, target)
    cost.label = "E"
    return [*derive(cost, m).blocks(_PLACES), *derive(cost, b).blocks(_PLACES)]
