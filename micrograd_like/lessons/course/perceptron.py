"""The perceptron's rule beside the gradient that it is."""

from __future__ import annotations

import random
from dataclasses import dataclass

from micrograd_like.engine import Value
from micrograd_like.lessons.outcome import Outcome, try_next, uninterrupted
from micrograd_like.lessons.pictures import Curves, surface
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import backpropagation
from micrograd_like.nn import Neuron
from micrograd_like.notation import counted, formatted, number
from micrograd_like.optim import SGD
from micrograd_like.training import Score, evaluate, fit, same_sign
from micrograd_like.training.data import order
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

EXAMPLES = 100
#: The line that the perceptron is to find, as course demonstrations draw it: y = 0.3·x + 0.2.
BOUNDARY = (0.3, 0.2)
#: Points nearer than this to it are left out, so that some line parts them with room to spare.
MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    seed: int = setting(0, "Other points and starting weights.", least=0)
    epochs: int = setting(1000, "Passes over all points at most.", least=1, most=1_000_000)
    rate: float = setting(0.1, "The learning rate.", above=0, most=1e300)


@lesson("Two inputs and a bias; the perceptron's rule is a gradient.", order=30, settings=Settings)
def perceptron(settings: Settings) -> Outcome:
    """Δw = rate · error · input with error = target − sign(s), and the gradient it is.

    For the cost max(0, −y·s) of a point with target y = ±1 and weighted sum s the gradient is
    −y·x where the point is on the wrong side, and 0 elsewhere. The error there is 2y, so that
    the rule is descent along it at twice the rate.
    """
    seed, epochs, rate = settings.seed, settings.epochs, settings.rate
    points, targets = _two_sides(seed)
    start = [parameter.data for parameter in _starting_neuron(seed).parameters()]
    by_rule, mistakes = _perceptron_rule(points, targets, seed, epochs, rate, start)
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
    epochs_by_rate = {
        own: [
            len(_perceptron_rule(points, targets, seed, epochs, own, weights)[1])
            for weights in (start, [0.0, 0.0, 0.0])
        ]
        for own in (rate / 10, rate, 10 * rate)
    }
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
        *_side_by_side(by_rule, by_graph, mistakes, gap, score),
        *_on_the_rate(epochs_by_rate, epochs),
        *try_next(
            "micrograd-like lessons perceptron --rate 0.001: how long do the starting weights "
            "have their say? `micrograd-like lessons xor` is what no line can part.",
        ),
    ]
    record = {
        "mistakes": mistakes,
        "rule": by_rule,
        "graph": by_graph,
        "differ_by": gap,
        "accuracy": score.accuracy,
        "losses": history.losses,
        "epochs_by_rate": [
            {"rate": own, "from_random": random, "from_zero": zero}
            for own, (random, zero) in epochs_by_rate.items()
        ],
    }
    classes = [(target + 1) // 2 for target in targets]
    pictures = (
        surface("Its boundary", lambda row: neuron(row).data, points, classes, level=0.0, steps=21),
        Curves("Mistakes on the way", "mistakes", {"the rule": mistakes}),
    )
    return Outcome(blocks, record, pictures, _first_correction(points, targets, seed, rate))


def _first_correction(points: list[list[float]], targets: list[int], seed: int, rate: float) -> str:
    """The first point on the wrong side, and what it changes, as a worksheet."""
    neuron = _starting_neuron(seed)
    sums = [neuron(point).data for point in points]
    wrong = [n for n in order(len(points), seed, 0) if (sums[n] > 0) != (targets[n] > 0)]
    place = wrong[0] if wrong else 0
    x1, x2, y = (
        Value(float(number), name)
        for number, name in zip([*points[place], targets[place]], ("x1", "x2", "y"), strict=True)
    )
    w1, w2, b = (
        Value(parameter.data, name)
        for parameter, name in zip(neuron.parameters(), ("w1", "w2", "b"), strict=True)
    )
    s = w1 * x1 + w2 * x2 + b
    s.label = "s"
    cost = _perceptron_cost(s, y)
    cost.label = "E"
    title = "The first correction: descent along max(0, -y*s), at twice the rate of the rule"
    return backpropagation(title, cost, ["w1", "w2", "b"], 2 * rate)


def _side_by_side(
    by_rule: list[float], by_graph: list[float], mistakes: list[int], gap: float, score: Score
) -> list[Block]:
    differ = f"differ by {formatted(gap, '.1g')} at most" if gap else "are the same to the last bit"
    return [
        Heading("Both, side by side"),
        Grid(
            ("", "w1", "w2", "b"),
            (
                ("the rule", *(number(w, 6) for w in by_rule)),
                ("the graph", *(number(w, 6) for w in by_graph)),
            ),
        ),
        Sentence(f"After {counted(len(mistakes), 'epoch')} they {differ}."),
        Sentence(
            f"All {EXAMPLES} points are right: an epoch went by without a mistake."
            if mistakes[-1] == 0
            else f"{formatted(score.accuracy or 0.0, '.0%')} of the points are right; the last "
            f"epoch still made {counted(mistakes[-1], 'mistake')}. More --epochs will do."
        ),
    ]


def _on_the_rate(epochs_by_rate: dict[float, list[int]], most: int) -> list[Block]:
    rows = [
        (number(rate), *(str(count) if count < most else f"{count}, not done" for count in counts))
        for rate, counts in epochs_by_rate.items()
    ]
    return [
        Heading("What the rate does"),
        Grid(("rate", "epochs", "epochs from weights 0"), tuple(rows)),
        Sentence(
            "Until an epoch without a mistake. From weights 0 the rate only scales the weights, "
            "and the signs of the sums are the same at any rate. Random weights to start from "
            "have a size of their own: at a small rate it takes many corrections to overcome them."
        ),
    ]


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


def _perceptron_cost(score: Value, target: float | Value) -> Value:
    return (-target * score).relu()


def _perceptron_rule(
    points: list[list[float]],
    targets: list[int],
    seed: int,
    epochs: int,
    rate: float,
    start: list[float],
) -> tuple[list[float], list[int]]:
    """The weights by the rule alone, and the mistakes of every epoch, up to one without."""
    weights = list(start)
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
