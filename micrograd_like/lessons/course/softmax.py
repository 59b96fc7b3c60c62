"""Softmax: shares that add up to 1, with a slope; not "takes the highest"."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

from micrograd_like import losses
from micrograd_like.engine import Value, grad
from micrograd_like.errors import LessonError
from micrograd_like.lessons.outcome import Outcome, try_next, uninterrupted
from micrograd_like.lessons.pictures import Picture, Plane, span, surface
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.worksheets import backpropagation
from micrograd_like.nn import Layer
from micrograd_like.notation import formatted, number, typed
from micrograd_like.optim import SGD
from micrograd_like.training import fit
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

#: Centres of three clouds of points, and how far the points lie from them.
CENTRES, SPREAD, POINTS = ((-1.0, -0.6), (1.0, -0.6), (0.0, 1.1)), 0.45, 20
#: What logits are multiplied by, to come nearer to the largest one alone.
FACTORS = (0.1, 1.0, 3.0, 10.0)
_MOST = 8


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    logits: str = setting("2 1 0.1", "Numbers with spaces between them, 2 to 8.")
    right: int = setting(1, "Which of them is the right class, from 1.", least=1, most=_MOST)
    seed: int = setting(0, "Other points for the three classes.", least=0)


@lesson('Softmax, and why it is not "takes the highest".', order=56, settings=Settings)
def softmax(settings: Settings) -> Outcome:
    """pᵢ = e^aᵢ / Σ e^aⱼ in numbers, its derivatives, and three classes told apart by it."""
    logits = _logits(settings)
    cost, a, p = graph(logits, settings.right)
    shares = [node.data for node in p]
    jacobian = [grad(node, a) for node in p]
    slopes = grad(cost, a)
    heads = [f"a{n}" for n in range(1, len(logits) + 1)]
    blocks: list[Block] = [
        Heading("Softmax", level=1),
        Sentence("p_i = e^a_i / Σ_j e^a_j: positive shares, which add up to 1."),
        Grid(
            ("", *heads),
            (
                ("a", *(number(x) for x in logits)),
                ("e^a", *(formatted(math.exp(x), ".5g") for x in logits)),
                ("p", *(formatted(x, ".4f") for x in shares)),
                ("the highest", *("1" if x == max(logits) else "0" for x in logits)),
            ),
        ),
        *_not_the_highest(logits),
        *_derivatives(heads, jacobian, slopes, settings.right),
        *try_next(
            'micrograd-like lessons softmax --logits "5 5 5": what do equal ones share?',
            "--plot softmax.svg draws three classes in a plane, each where its share is largest.",
        ),
    ]
    record: dict[str, Any] = {
        "logits": logits,
        "shares": shares,
        "jacobian": jacobian,
        "gradient": slopes,
        "loss": cost.data,
    }
    title = "Softmax, and the cross-entropy of the right class"
    return Outcome(blocks, record, _pictures(logits, settings), backpropagation(title, cost, heads))


def _logits(settings: Settings) -> list[float]:
    try:
        logits = [typed(word) for word in settings.logits.split()]
    except ValueError:
        logits = []
    if not 2 <= len(logits) <= _MOST or not all(abs(x) <= 100 for x in logits):
        raise LessonError(
            f"--logits: expected 2 to {_MOST} numbers from −100 to 100 with spaces between them, "
            f"got {settings.logits!r}"
        )
    if settings.right > len(logits):
        raise LessonError(
            f"--right: expected a class from 1 to {len(logits)}, got {settings.right}"
        )
    return logits


def graph(logits: list[float], right: int) -> tuple[Value, list[Value], list[Value]]:
    """E = −ln p of the right class, the logits, and the shares, as a graph."""
    a = [Value(x, f"a{n}") for n, x in enumerate(logits, 1)]
    powers = [node.exp() for node in a]
    for n, node in enumerate(powers, 1):
        node.label = f"q{n}"
    whole = losses.total(powers)
    whole.label = "S"
    p = [node / whole for node in powers]
    for n, node in enumerate(p, 1):
        node.label = f"p{n}"
    cost = -p[right - 1].log()
    cost.label = "E"
    return cost, a, p


def shares_of(logits: list[float], factor: float = 1.0) -> list[float]:
    """The softmax of the logits times a factor; the largest is taken off, which changes nothing."""
    powers = [math.exp(factor * (x - max(logits))) for x in logits]
    return [power / sum(powers) for power in powers]


def _not_the_highest(logits: list[float]) -> list[Block]:
    rows = tuple(
        (number(factor), *(formatted(x, ".4f") for x in shares_of(logits, factor)))
        for factor in FACTORS
    )
    return [
        Heading('Not "takes the highest"'),
        Grid(("times", *(f"p{n}" for n in range(1, len(logits) + 1))), rows),
        Sentence(
            "Every logit has its share; the largest has only the largest one. Multiplied by a "
            "large number, softmax comes near to 1 for the highest, where it is alone, and 0 for "
            "the others, by a small one near to equal shares. What takes the highest is a "
            "threshold: it has no slope to go by. Softmax has, and a number added to all logits "
            "changes nothing."
        ),
    ]


def _derivatives(
    heads: list[str], jacobian: list[list[float]], slopes: list[float], right: int
) -> list[Block]:
    rows = [(f"p{n}", *(formatted(x, ".4f") for x in row)) for n, row in enumerate(jacobian, 1)]
    return [
        Heading("Its derivatives"),
        Grid(("∂p/∂a", *heads), tuple(rows)),
        Sentence(
            "∂p_i/∂a_i = p_i(1 − p_i), and ∂p_i/∂a_j = −p_i·p_j for another j: what one share "
            "gains the others lose, so that every column adds up to 0."
        ),
        Grid((f"E = −ln p{right}", *heads), (("∂E/∂a", *(formatted(x, ".4f") for x in slopes)),)),
        Sentence(
            "With the cross-entropy that is p − y: the share, less 1 for the right class. It is "
            "why a network's last layer needs no derivative of its activation there."
        ),
    ]


def _pictures(logits: list[float], settings: Settings) -> list[Picture]:
    factors = span(0, 6, 121)
    lines = {
        f"p{n + 1}": [(factor, shares_of(logits, factor)[n]) for factor in factors]
        for n in range(len(logits))
    }
    draw = random.Random(settings.seed)
    points = [
        [centre + draw.gauss(0, SPREAD) for centre in centres]
        for centres in CENTRES
        for _ in range(POINTS)
    ]
    classes = [n for n in range(len(CENTRES)) for _ in range(POINTS)]
    layer = Layer(2, len(CENTRES), nonlin=False, seed=settings.seed)
    targets = [[float(n == own) for n in range(len(CENTRES))] for own in classes]
    history = fit(
        layer,
        points,
        targets,
        loss=losses.cross_entropy_with_logits,
        optimizer=SGD(layer.parameters(), 1.0),
        epochs=200,
        compiled=True,
        progress=False,
    )
    uninterrupted(history)
    return [
        Plane("Shares of the logits times a factor", "factor", "p", lines),
        surface(
            "Three classes, each where its share is largest",
            lambda x: [out.data for out in layer(x)],
            points,
            classes,
        ),
    ]
