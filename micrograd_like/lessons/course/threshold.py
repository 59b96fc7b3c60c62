"""A threshold beside the logistic function: a derivative that is 0 tells nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_like.engine import Value, apply, grad
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Picture, Plane, span
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import side_by_side
from micrograd_like.notation import formatted, number
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

PLACES = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)
#: Inputs and targets of one weight: the more negative ones are 0, the others 1.
POINTS = ((-2.0, 0), (-1.0, 0), (-0.5, 1), (0.5, 0), (1.0, 1), (2.0, 1))


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    step: float = setting(0.01, "h of the difference quotient.", above=0, most=0.4)
    steepness: float = setting(5.0, "k of σ(k·a), which looks like a threshold.", above=0, most=1e3)


@lesson("A threshold against the logistic function: nothing to go by.", order=34, settings=Settings)
def threshold(settings: Settings) -> Outcome:
    """step(a), σ(a) and σ(k·a) with their slopes; then the cost over one weight by each."""
    h, k = settings.step, settings.steepness
    rows = [
        (a, step(a), (step(a + h) - step(a - h)) / (2 * h), *_logistic(a, 1.0), *_logistic(a, k))
        for a in PLACES
    ]
    blocks: list[Block] = [
        Heading("A threshold and the logistic function", level=1),
        Sentence(
            "A threshold says 1 for a > 0 and 0 elsewhere. Its slope is measured, by (f(a + h) − "
            f"f(a − h))/2h with h = {number(h)}; that of the logistic function is the graph's."
        ),
        Heading("Values and slopes"),
        Grid(
            ("a", "step", "slope", "σ(a)", "slope", f"σ({number(k)}a)", "slope"),
            tuple((number(a), *(formatted(x, ".4f") for x in row)) for a, *row in rows),
        ),
        Sentence(
            "The threshold's derivative is 0 everywhere but at a = 0, where it has none. ∂E/∂w is "
            "a product that contains it: 0, on the right side as on the wrong one, so that descent "
            "does not move. The logistic function has a slope everywhere, and says which way. "
            "The steeper it is, the nearer to 0 all of its slope lies, and the less there is "
            "farther off."
        ),
        Heading("The cost over one weight"),
        Sentence(
            "ŷ = f(w·x) on six points, cost the mean of ½(ŷ − y)². With a threshold the cost is "
            "flat but for a jump at w = 0: from no w can one see which way is down. A perceptron "
            "learns all the same, for its rule uses the error itself and not this derivative."
        ),
        *try_next(
            "micrograd-like lessons threshold --steepness 100: almost a threshold, and almost "
            "no slope.",
            "micrograd-like lessons perceptron: the rule that does without.",
        ),
    ]
    names = ("a", "step", "step slope", "sigmoid", "sigmoid slope", "steep", "steep slope")
    record: dict[str, Any] = {
        "rows": [dict(zip(names, row, strict=True)) for row in rows],
        "costs": {
            name: [[w, _cost(name, w, k)] for w in span(-3, 3, 7)] for name in ("step", "sigmoid")
        },
    }
    sheet = side_by_side("A threshold, the logistic function and a steep one", _by_hand(k))
    return Outcome(blocks, record, _pictures(k), sheet)


def _by_hand(k: float) -> list[tuple[Value, str]]:
    """The three functions at every place, each with the name of its a."""
    outputs = []
    for place, at in enumerate(PLACES, 1):
        a = Value(at, f"a{place}")
        flat, smooth = apply("select", a, Value(0.0), Value(1.0), Value(0.0)), a.sigmoid()
        scaled = k * a
        scaled.label = f"u{place}"
        steep = scaled.sigmoid()
        for out, label in ((flat, "f"), (smooth, "s"), (steep, "t")):
            out.label = f"{label}{place}"
            outputs.append((out, a.label))
    return outputs


def step(a: float) -> float:
    """1 for a > 0, else 0."""
    return 1.0 if a > 0 else 0.0


def _logistic(at: float, k: float) -> tuple[float, float]:
    """σ(k·a) and its derivative by a, from the graph."""
    a = Value(at, "a")
    out = (k * a).sigmoid()
    return out.data, grad(out, a)


def _cost(name: str, w: float, k: float) -> float:
    """The mean of ½(f(w·x) − y)² over the points."""
    steepness = {"sigmoid": 1.0, "steep": k}
    outputs = [
        step(w * x) if name == "step" else _logistic(w * x, steepness[name])[0] for x, _ in POINTS
    ]
    errors = [out - y for out, (_, y) in zip(outputs, POINTS, strict=True)]
    return float(np.mean(np.square(errors))) / 2


def _pictures(k: float) -> list[Picture]:
    places, weights = span(-4, 4, 321), span(-6, 6, 241)
    steep = f"σ({number(k)}a)"
    return [
        Plane(
            "The functions",
            "a",
            "f(a)",
            {
                "threshold": [(-4, 0), (0, 0), (0, 1), (4, 1)],
                "σ(a)": [(a, _logistic(a, 1.0)[0]) for a in places],
                steep: [(a, _logistic(a, k)[0]) for a in places],
            },
        ),
        Plane(
            "The cost over one weight",
            "w",
            "E",
            {
                "threshold": [(w, _cost("step", w, k)) for w in weights],
                "σ(a)": [(w, _cost("sigmoid", w, k)) for w in weights],
                steep: [(w, _cost("steep", w, k)) for w in weights],
            },
        ),
    ]
