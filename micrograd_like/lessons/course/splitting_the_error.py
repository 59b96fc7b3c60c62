"""What goes back to the hidden nodes: three ways to split the outputs' error among them.

A course splits the errors e of the outputs o among the hidden nodes h, by the weights'
shares or by the weights themselves. The chain rule has −∂E/∂h = Wᵀ·(e ∘ o(1 − o)) for
E = ½ Σ e²: the derivative of the output's activation comes before the weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_like import losses
from micrograd_like.derivation import derive
from micrograd_like.engine import Value, grad
from micrograd_like.errors import LessonError
from micrograd_like.lessons import matrices
from micrograd_like.lessons.matrices import HIDDEN_ERRORS, Array, Matrices
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Curves
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import backpropagation
from micrograd_like.lessons.xor_networks import LEARNT, SEEDS, XOR_INPUTS, XOR_TARGETS
from micrograd_like.nn import MLP
from micrograd_like.notation import counted, formatted, number, typed
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

_PLACES = 4
#: Weights and targets that products and squares of stay in the range of numbers.
_MOST = 1_000_000
#: Derivatives of outputs that differ by less, relatively, turn no direction.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    weights: str = setting("0.2 0.1, 0.3 0.4", "A row for every output, from the hidden nodes.")
    guesses: str = setting("0.7 0.4", "Of every output, between 0 and 1.")
    targets: str = setting("1 0", "Of every output.")
    seed: int = setting(0, "Other starting weights for the training.", least=0)
    epochs: int = setting(2000, "Passes over XOR's examples.", least=1, most=1_000_000)
    rate: float = setting(1.0, "The learning rate.", above=0)
    hidden: int = setting(4, "Hidden neurons of the networks trained.", least=1, most=1000)


@lesson(
    "The error of hidden nodes: two ways to split it, and the gradient.",
    order=40,
    settings=Settings,
)
def splitting_the_error(settings: Settings) -> Outcome:
    """The hidden nodes' errors by three methods, on given numbers; then training with each."""
    seed, epochs, rate, hidden = settings.seed, settings.epochs, settings.rate, settings.hidden
    w, o, t = _numbers(settings.weights, settings.guesses, settings.targets)
    first = _split(w[:1], o[:1], t[:1])
    whole = _split(w, o, t)
    trained = _trained(seed, epochs, rate, hidden)
    blocks: list[Block] = [
        Heading("Splitting the error among the hidden nodes", level=1),
        Sentence(
            "The outputs' errors e = target − guess are known; which part of them is each hidden "
            "node's? Three answers: the shares of the weights, the weights themselves, and what "
            "the chain rule says, −∂E/∂h for E = ½ Σ e²."
        ),
        Heading("One output"),
        *_said(first, w[:1]),
        *_worked_out(w[:1], o[:1], t[:1]),
    ]
    if len(w) > 1:
        blocks += [Heading(f"{len(w)} outputs"), *_said(whole, w)]
    blocks += [
        *_where_they_part(first, whole, trained, hidden),
        Heading(f"Training with each on XOR: {SEEDS} networks 2-{hidden}-1, one by one"),
        *_trained_blocks(trained["methods"], epochs, rate),
        *try_next(
            'micrograd-like lessons splitting-the-error --weights "0.5 -0.5": shares of a sum '
            "that is 0.",
            "The same with --hidden 2, or --rate 4: which method gets stuck more often?",
            "micrograd-like lessons matrix-form: the whole network's updates.",
        ),
    ]
    record = {
        "weights": w.tolist(),
        "guesses": o.tolist(),
        "targets": t.tolist(),
        "one output": first,
        "all outputs": whole,
        "training": {
            name: {k: v for k, v in r.items() if k != "curve"}
            for name, r in trained["methods"].items()
        },
        "angle": trained["angle"],
    }
    curves = {name: outcome["curve"] for name, outcome in trained["methods"].items()}
    pictures = (
        Curves(
            f"XOR, 2-{hidden}-1: median of {SEEDS} networks",
            "mean squared error",
            curves,
            logarithmic=True,
        ),
    )
    cost, h = _graph(w, o, t)
    names = [node.label for node in h]
    sheet = backpropagation("The error of the hidden nodes, by the chain rule", cost, names)
    return Outcome(blocks, record, pictures, sheet)


def _where_they_part(
    first: Mapping[str, Any], whole: Mapping[str, Any], trained: Mapping[str, Any], hidden: int
) -> list[Block]:
    return [
        Heading("Where they part"),
        Sentence(
            "Neither way of splitting has the derivative of the output's activation, o(1 − o), "
            "which stands between the output's error and the weights. It is at most ¼, so that "
            "for one example and one output the plain split has the gradient's direction and is "
            f"at least 4 times too long, here {_times(first)} times. Another example has another "
            "o(1 − o): once the examples are added up, the direction is another one too. Summed "
            "over the four XOR examples, plain Wᵀ·E turns the change of the inner weights and "
            f"biases by up to {formatted(trained['angle']['start'], '.1f')}° in {SEEDS} networks "
            f"2-{hidden}-1 at their start, and by up to "
            f"{formatted(trained['angle']['way'], '.1f')}° on the way."
        ),
        *([Sentence(_on_several(whole))] if len(whole["errors"]) > 1 else []),
        Sentence(
            "What plain Wᵀ·E is the gradient of: the cross-entropy "
            "−Σ (t ln o + (1 − t) ln(1 − o)). Its derivative by the output's weighted sum is "
            "o − t = −e, without o(1 − o), so that −∂E/∂h is exactly Wᵀ·e: with that cost "
            "nothing is left out."
        ),
        Sentence(
            "The courses' network multiplies each layer's errors by that layer's own derivative "
            "when it changes the layer's weights, and passes the plain errors on: its outer "
            "weights follow the gradient of the squared error, its inner weights that of the "
            "cross-entropy."
        ),
    ]


def _on_several(whole: Mapping[str, Any]) -> str:
    """Whether several outputs turn the direction: their o(1 − o), and what comes of them."""
    slopes = [o * (1 - o) for o in whole["guesses"]]
    shown = ", ".join(number(slope, 2) for slope in slopes)
    angle = whole["angle"]["plain Wᵀ·E"]
    if max(slopes) - min(slopes) < _SAME * max(slopes):
        return (
            f"The outputs' o(1 − o) are equal here, {shown}, so that plain Wᵀ·E is only too long."
        )
    turned = "" if angle is None else f", and the direction is off by {formatted(angle, '.1f')}°"
    return f"With several outputs each has a factor of its own, here {shown}{turned}."


def _split(w: Array, o: Array, t: Array) -> dict[str, Any]:
    """The hidden errors by every method, their ratio to the gradient's, and the angle to it."""
    column_o, errors = o[:, None], (t - o)[:, None]
    graph = _from_graph(w, o, t)
    truth = np.array(graph)
    split: dict[str, Any] = {"guesses": o.tolist(), "errors": (t - o).tolist(), "graph": graph}
    shares = w / w.sum(axis=1, keepdims=True)
    split["shares"] = shares.tolist() if np.isfinite(shares).all() else None
    split |= {"hidden": {}, "ratio": {}, "angle": {}}
    for name, method in HIDDEN_ERRORS.items():
        got = method(w, errors, column_o)[:, 0]
        exists = bool(np.isfinite(got).all())
        lengths = float(np.linalg.norm(got)), float(np.linalg.norm(truth))
        comparable = exists and min(lengths) > 0
        split["hidden"][name] = got.tolist() if exists else None
        split["ratio"][name] = lengths[0] / lengths[1] if comparable else None
        # Of the angle between them, from sine and cosine: arccos alone loses half the digits.
        cosine = float(got @ truth) / (lengths[0] * lengths[1]) if comparable else math.nan
        apart = got / lengths[0] - truth / lengths[1] if comparable else truth
        angle = math.degrees(2 * math.asin(min(float(np.linalg.norm(apart)) / 2, 1.0)))
        split["angle"][name] = angle if math.isfinite(cosine) else None
    return split


def _graph(w: Array, o: Array, t: Array) -> tuple[Value, list[Value]]:
    """E as a graph of hidden nodes at ½, with biases that give the outputs the guesses o."""
    several = len(w) > 1
    h = [Value(0.5, f"h{j}") for j in range(1, w.shape[1] + 1)]
    terms = []
    for i, row in enumerate(w, 1):
        mark = str(i) if several else ""
        logit = math.log(o[i - 1] / (1 - o[i - 1]))
        a: Value = Value(logit - 0.5 * float(row.sum()), f"b{mark}")
        weights = [Value(x, f"w{mark}{j}") for j, x in enumerate(row.tolist(), 1)]
        for weight, node in zip(weights, h, strict=True):
            a = a + weight * node
        a.label = f"a{mark}"
        out = a.sigmoid()
        out.label = f"o{mark}"
        terms.append(losses.half_squared_error(out, Value(float(t[i - 1]), f"t{mark}")))
    cost = losses.total(terms) if several else terms[0]
    cost.label = "E"
    return cost, h


def _from_graph(w: Array, o: Array, t: Array) -> list[float]:
    """−∂E/∂h from the graph."""
    cost, h = _graph(w, o, t)
    return [-slope for slope in grad(cost, h)]


def _worked_out(w: Array, o: Array, t: Array) -> list[Block]:
    cost, h = _graph(w, o, t)
    return [Heading("The chain rule to the first hidden node"), *derive(cost, h[0]).blocks(_PLACES)]


def _said(split: dict[str, Any], w: Array) -> list[Block]:
    rows = []
    for name, hidden in (*split["hidden"].items(), ("−∂E/∂h, the graph", split["graph"])):
        figures = ["–"] * w.shape[1] if hidden is None else [formatted(e, ".6f") for e in hidden]
        ratio, angle = split["ratio"].get(name), split["angle"].get(name)
        shown = (
            "–" if ratio is None else formatted(ratio, ".2f"),
            "–" if angle is None else f"{formatted(angle, '.1f')}°",
        )
        rows.append((name, *figures[:4], *(shown if name in split["ratio"] else ("", ""))))
    heads = [f"h{j}" for j in range(1, w.shape[1] + 1)][:4]
    errors = ", ".join(number(e, 2) for e in split["errors"])
    shown_weights = "; ".join(" and ".join(number(x) for x in row) for row in w.tolist())
    return [
        Sentence(f"Weights {shown_weights}; errors {errors}. {_shares(split['shares'])}"),
        Grid(("", *heads, "length", "angle"), tuple(rows)),
        Sentence("Length: how many times the gradient's. Angle: how far from its direction."),
    ]


def _shares(shares: list[list[float]] | None) -> str:
    """The weights' shares in per cent, output by output."""
    if shares is None:
        return "The weights of an output add up to 0: they have no shares."
    said = "; ".join(
        ", ".join(f"h{j} {formatted(share, '.0%')}" for j, share in enumerate(row[:4], 1))
        for row in shares
    )
    return f"Shares of the weights: {said}."


def _times(split: Mapping[str, Any]) -> str:
    ratio = split["ratio"]["plain Wᵀ·E"]
    return "–" if ratio is None else formatted(ratio, ".2f")


def _trained(seed: int, epochs: int, rate: float, hidden: int) -> dict[str, Any]:
    """What comes of training with every method, from the same weights in the same order."""
    seeds = list(range(seed, seed + SEEDS))
    nets = [MLP(2, [hidden, 1], activation="sigmoid", output="sigmoid", seed=own) for own in seeds]
    methods = [*HIDDEN_ERRORS.values()]
    by_gradient = methods.index(matrices.chain_rule) * SEEDS
    angles: list[float] = []

    def look(now: Matrices) -> None:
        parts = (array[by_gradient : by_gradient + SEEDS] for array in now.all())
        angles.append(_largest_angle(Matrices(*parts)))

    _, all_costs = matrices.train(
        nets * len(methods),
        XOR_INPUTS,
        XOR_TARGETS,
        rate=rate,
        epochs=epochs,
        hidden_error=matrices.side_by_side(methods),
        seeds=seeds * len(methods),
        look=look,
    )
    results: dict[str, Any] = {}
    each = np.split(all_costs, len(methods), axis=1)
    for name, costs in zip(HIDDEN_ERRORS, each, strict=True):
        costs[np.isnan(costs)] = np.inf
        below = costs < LEARNT
        learnt = below[-1]
        first = [int(column.argmax()) + 1 for column in below.T[learnt]]
        results[name] = {
            "learnt": int(learnt.sum()),
            "ran away": int(np.isinf(costs[-1]).sum()),
            "of": SEEDS,
            "median epochs": float(np.median(first)) if first else None,
            "costs": costs[-1].tolist(),
            "curve": np.median(costs, axis=1).tolist(),
        }
    return {"methods": results, "angle": {"start": angles[0], "way": max(angles)}}


def _largest_angle(now: Matrices) -> float:
    """The largest angle in degrees, over the networks, between two sums over XOR's examples.

    Both are changes of the inner weights and biases: by plain Wᵀ·E, and by the gradient.
    """
    x = np.array(XOR_INPUTS, float)[:, :, None]
    t = np.array(XOR_TARGETS, float).reshape(-1, 1, 1)
    inner = {}
    for method in (matrices.plain, matrices.chain_rule):
        change = now.by_example().deltas(x, t, 1.0, method)
        whole = np.concatenate([change.w_ih, change.b_h], axis=-1)
        inner[method] = whole.sum(axis=1).reshape(len(now.w_ih), -1)
    a, b = inner.values()
    lengths = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    apart = np.linalg.norm(a / lengths[0][:, None] - b / lengths[1][:, None], axis=1)
    known = np.nan_to_num(apart)  # a change that is 0 has no direction
    return float(np.degrees(2 * np.arcsin(np.minimum(known / 2, 1.0))).max())


def _trained_blocks(trained: dict[str, dict[str, Any]], epochs: int, rate: float) -> list[Block]:
    rows = []
    for name, outcome in trained.items():
        median = outcome["median epochs"]
        rows.append(
            (
                name,
                f"{outcome['learnt']} of {outcome['of']}",
                "–" if median is None else formatted(median, ".0f"),
            )
        )
    return [
        Grid(("", "learnt", "epochs"), tuple(rows)),
        Sentence(
            f"Learnt: a mean squared error below {LEARNT} after {counted(epochs, 'epoch')} at "
            f"the rate {number(rate)}; epochs: until then, the median of those that do. The plain "
            "split is longer than the gradient, so that its inner weights move as with a higher "
            "rate: faster where that does no harm. The normalised split divides by a sum of "
            f"weights that may come near 0, and then throws them far away.{_lost(trained)}"
        ),
    ]


def _lost(trained: Mapping[str, dict[str, Any]]) -> str:
    """A sentence about networks whose weights have left the range of numbers, else ""."""
    away = ", ".join(
        f"{outcome['ran away']} of {outcome['of']} {name}"
        for name, outcome in trained.items()
        if outcome["ran away"]
    )
    return f" At this rate weights ran away beyond all numbers: {away}." if away else ""


def _numbers(weights: str, guesses: str, targets: str) -> tuple[Array, Array, Array]:
    """The options as arrays.

    Raises:
        LessonError: An option does not fit; the message names it.
    """
    rows = [_row("weights", row) for row in weights.split(",")]
    o, t = _row("guesses", guesses), _row("targets", targets)
    if len({len(row) for row in rows}) > 1:
        raise LessonError(f"--weights: expected rows of equally many numbers, got {weights!r}")
    unset = Settings().guesses
    if len(rows) < len(o) and guesses == unset:  # for fewer outputs
        o, t = o[: len(rows)], t[: len(rows)]
    for name, row in (("guesses", o), ("targets", t)):
        if len(row) != len(rows):
            raise LessonError(
                f"--{name}: expected a number for every output, {len(rows)}, got {len(row)}"
            )
    if not all(0 < guess < 1 for guess in o):
        raise LessonError(f"--guesses: expected logistic outputs, between 0 and 1, got {guesses!r}")
    return np.array(rows), np.array(o), np.array(t)


def _row(name: str, text: str) -> list[float]:
    try:
        row = [typed(word) for word in text.split()]
    except ValueError:
        row = []
    if not row or not all(abs(number) <= _MOST for number in row):
        raise LessonError(
            f"--{name}: expected numbers with spaces between them, none above {_MOST:,}, "
            f"got {text!r}"
        )
    return row
