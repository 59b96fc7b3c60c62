"""Lessons with a single neuron: one weight, a line, the perceptron."""

from __future__ import annotations

import random

import numpy as np

from micrograd_like import losses
from micrograd_like.derivation import derive
from micrograd_like.engine import Value
from micrograd_like.lessons.outcome import (
    Curves,
    Outcome,
    StraightLines,
    surface,
    try_next,
    uninterrupted,
)
from micrograd_like.nn import Neuron
from micrograd_like.notation import number
from micrograd_like.optim import SGD
from micrograd_like.training import Score, evaluate, fit, same_sign
from micrograd_like.training.data import order
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

GUESS, ANSWER = 0.7, 1.0
_PLACES = 4


def one_weight(*, epochs: int, rate: float) -> Outcome:
    """Guess 0.7, answer 1, error 0.3: Δw = rate · error · x, again and again."""
    x, w, y = Value(1.0, "x"), Value(GUESS, "w"), Value(ANSWER, "y")
    yhat = w * x
    yhat.label = "yhat"
    cost = losses.half_squared_error(yhat, y)
    cost.label = "E"
    derivation = derive(cost, w)
    error = y.data - yhat.data
    neuron = Neuron(1, nonlin=False, bias=False)
    neuron.w[0].data = GUESS
    guesses = [GUESS]
    optimizer = SGD(neuron.parameters(), rate)
    for _ in range(epochs):
        uninterrupted(
            fit(neuron, [[x.data]], [ANSWER], optimizer=optimizer, epochs=1, progress=False)
        )
        guesses.append(neuron([x.data]).data)
    shown = sorted({n for n in (0, 1, 2, 3, 10, 20, epochs) if n <= epochs})
    blocks: list[Block] = [
        Heading("One neuron, one weight", level=1),
        Sentence(
            f"The neuron guesses ŷ = w·x = {number(yhat.data, 2)} for x = 1; the answer is "
            f"y = {number(ANSWER)}, so the error is y − ŷ = {number(error, 2)}. The cost is "
            "E = ½(ŷ − y)²; without the ½ a factor 2 would appear, which is usually left to "
            "the rate."
        ),
        Heading("Which way to nudge w"),
        *derivation.blocks(_PLACES),
        Heading("The nudge"),
        Sentence(
            "∂E/∂w = −error · x, so that Δw = −rate · ∂E/∂w = rate · error · x = "
            f"{number(rate)} · {number(error, 2)} · 1 = {number(-rate * derivation.value, 4)}: "
            "in the direction of the error."
        ),
        Heading("Again and again"),
        Grid(
            ("nudges", "guess", "error"),
            tuple((str(n), f"{guesses[n]:.6f}", f"{ANSWER - guesses[n]:.6f}") for n in shown),
        ),
        Sentence(
            f"Every nudge leaves {number(1 - rate, _PLACES)} of the error, 1 − rate · x²: "
            f"after {epochs} of them 0.3 · {_base(1 - rate)}^{epochs} = "
            f"{error * (1 - rate) ** epochs:.3g}."
        ),
        *try_next(
            "micrograd-like lessons one-weight --rate 1: one nudge is enough. With --rate 1.9 the "
            "guess jumps from side to side, with --rate 2.1 it runs away.",
        ),
    ]
    record = {
        "guess": yhat.data,
        "answer": ANSWER,
        "error": error,
        "dE/dw": derivation.value,
        "delta_w": -rate * derivation.value,
        "guesses": guesses,
    }
    errors = [abs(ANSWER - guess) for guess in guesses]
    pictures = (
        Curves(
            "The guess",
            "ŷ",
            {"guess": guesses, "answer": [ANSWER] * len(guesses)},
            "nudge",
            first=0,
        ),
        Curves("What is left of the error", "|y − ŷ|", {"error": errors}, "nudge", True, 0),
    )
    return Outcome(tuple(blocks), record, pictures)


SLOPE, INTERCEPT, NOISE, POINTS = 2.0, -0.5, 0.2, 20


def _base(value: float) -> str:
    """A number as the base of a power: in brackets where it has a sign."""
    written = number(value, _PLACES)
    return f"({written})" if value < 0 else written


def line_fit(*, seed: int, epochs: int, rate: float) -> Outcome:
    """A line y = m·x + b through points, by the gradient; and the least-squares line they have."""
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
            line, rows, ys, optimizer=optimizer, epochs=epochs, batch_size=size, seed=seed
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
        StraightLines("The lines", [[x, y] for x, y in zip(xs, ys, strict=True)], lines),
        Curves("Half the mean squared error", "loss", curves, logarithmic=True),
    )
    return Outcome(tuple(blocks), record, pictures)


def _first_point(x: float, y: float) -> list[Block]:
    """The derivatives of ½(m·x + b − y)² at m = b = 0, worked out."""
    m, b, inputs, target = Value(0.0, "m"), Value(0.0, "b"), Value(x, "x"), Value(y, "y")
    yhat = m * inputs + b
    yhat.label = "yhat"
    cost = losses.half_squared_error(yhat, target)
    cost.label = "E"
    return [*derive(cost, m).blocks(_PLACES), *derive(cost, b).blocks(_PLACES)]


EXAMPLES = 100
#: The line that the perceptron is to find, as course demonstrations draw it: y = 0.3·x + 0.2.
BOUNDARY = (0.3, 0.2)
#: Points nearer than this to it are left out, so that some line parts them with room to spare.
MARGIN = 0.05


def perceptron(*, seed: int, epochs: int, rate: float) -> Outcome:
    """Δw = rate · error · input with error = target − sign(s), and the gradient it is.

    For the cost max(0, −y·s) of a point with target y = ±1 and weighted sum s the gradient is
    −y·x where the point is on the wrong side, and 0 elsewhere. The error there is 2y, so that
    the rule is descent along it at twice the rate.
    """
    points, targets = _two_sides(seed)
    by_rule, mistakes = _perceptron_rule(points, targets, seed, epochs, rate)
    neuron = _starting_neuron(seed)
    history = fit(
        neuron,
        points,
        targets,
        loss=_perceptron_cost,
        optimizer=SGD(neuron.parameters(), 2 * rate),
        epochs=len(mistakes),
        batch_size=1,
        seed=seed,
        correct=same_sign,
    )
    uninterrupted(history)
    by_graph = [parameter.data for parameter in neuron.parameters()]
    gap = max(abs(a - b) for a, b in zip(by_rule, by_graph, strict=True))
    score: Score = evaluate(neuron, points, targets, loss=_perceptron_cost, correct=same_sign)
    done = mistakes[-1] == 0
    blocks: list[Block] = [
        Heading("A perceptron", level=1),
        Sentence(
            f"{EXAMPLES} points in a square, above (+1) or below (−1) the line y = 0.3·x + 0.2; "
            "two weights and a bias. The guess is the sign of s = w1·x1 + w2·x2 + b."
        ),
        Heading("The rule"),
        Sentence("error = target − guess, which is 0, 2 or −2; Δw = rate · error · input."),
        Sentence(
            "It is a gradient: of the cost max(0, −y·s), whose derivative with respect to w is "
            "−y · input where the guess is wrong and 0 where it is right. As the error is 2y "
            f"there, the rule at the rate {number(rate)} is descent at {number(2 * rate)}."
        ),
        Heading("Both, side by side"),
        Grid(
            ("", "w1", "w2", "b"),
            (
                ("the rule", *(f"{w:.6f}" for w in by_rule)),
                ("the graph", *(f"{w:.6f}" for w in by_graph)),
            ),
        ),
        Sentence(
            f"After {len(mistakes)} epochs they "
            f"{f'differ by {gap:.1g} at most' if gap else 'are the same to the last bit'}."
        ),
        Sentence(
            f"All {EXAMPLES} points are right: an epoch went by without a mistake."
            if done
            else f"{score.accuracy:.0%} of the points are right; the last epoch still made "
            f"{mistakes[-1]} mistakes. More --epochs will do."
        ),
        *try_next(
            "micrograd-like lessons perceptron --rate 1: only the starting weights know a scale, "
            "so the rate hardly matters. `micrograd-like lessons xor` is what no line can part.",
        ),
    ]
    record = {
        "mistakes": mistakes,
        "rule": by_rule,
        "graph": by_graph,
        "differ_by": gap,
        "accuracy": score.accuracy,
        "losses": history.losses,
    }
    classes = [(target + 1) // 2 for target in targets]
    pictures = (
        surface("Its boundary", lambda row: neuron(row).data, points, classes, level=0.0, steps=21),
        Curves("Mistakes on the way", "mistakes", {"the rule": mistakes}),
    )
    return Outcome(tuple(blocks), record, pictures)


def _two_sides(seed: int) -> tuple[list[list[float]], list[int]]:
    generator = random.Random(seed)
    slope, intercept = BOUNDARY
    points: list[list[float]] = []
    while len(points) < EXAMPLES:
        x, y = generator.uniform(-1, 1), generator.uniform(-1, 1)
        if abs(y - slope * x - intercept) > MARGIN:
            points.append([x, y])
    return points, [1 if y > slope * x + intercept else -1 for x, y in points]


def _starting_neuron(seed: int) -> Neuron:
    return Neuron(2, nonlin=False, seed=seed)


def _perceptron_cost(score: Value, target: float) -> Value:
    return (-target * score).relu()


def _perceptron_rule(
    points: list[list[float]], targets: list[int], seed: int, epochs: int, rate: float
) -> tuple[list[float], list[int]]:
    """The weights by the rule alone, and the mistakes of every epoch, up to one without."""
    weights = [parameter.data for parameter in _starting_neuron(seed).parameters()]
    mistakes: list[int] = []
    while len(mistakes) < epochs and (not mistakes or mistakes[-1]):
        wrong = 0
        for place in order(len(points), seed, len(mistakes)):
            inputs = [*points[place], 1.0]
            guess = 1 if sum(w * x for w, x in zip(weights, inputs, strict=True)) > 0 else -1
            error = targets[place] - guess
            wrong += error != 0
            weights = [w + rate * error * x for w, x in zip(weights, inputs, strict=True)]
        mistakes.append(wrong)
    return weights, mistakes
