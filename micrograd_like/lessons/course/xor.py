"""XOR, learnt from its four examples: the smallest problem that needs hidden neurons."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from micrograd_like import losses
from micrograd_like.lessons.outcome import Outcome, try_next
from micrograd_like.lessons.pictures import Curves, Picture, Surface, surface
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.lessons.xor_networks import (
    LEARNT,
    SEEDS,
    WAYS,
    XOR_INPUTS,
    XOR_TARGETS,
    is_learnt,
    one_update,
    train_xor,
)
from micrograd_like.nn import MLP
from micrograd_like.notation import counted, formatted, number
from micrograd_like.training import History, Score
from micrograd_like.training.bar import tracked
from micrograd_like.training.data import order
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

#: Hidden neurons of the largest network that is worked by hand.
_BY_HAND = 12
#: What the hidden neurons are, in words.
_KINDS = {
    "sigmoid": "logistic",
    "tanh": "tanh",
    "relu": "ReLU",
    "linear": "linear, without activation",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    seed: int = setting(0, "Other starting weights, in another order.", least=0)
    epochs: int = setting(2000, "Passes over the four examples at most.", least=1, most=1_000_000)
    rate: float = setting(2.0, "The learning rate.", above=0)
    hidden: int = setting(4, "Hidden neurons.", least=1, most=1000)
    activation: Literal["sigmoid", "tanh", "relu", "linear"] = setting(
        "sigmoid", "Of the hidden neurons; the output is logistic."
    )


@lesson(
    "XOR, learnt example by example, in mini-batches and in one batch.", order=60, settings=Settings
)
def xor(settings: Settings) -> Outcome:
    """XOR three ways from the same weights; then how often each way works."""
    seed, epochs, rate, hidden = settings.seed, settings.epochs, settings.rate, settings.hidden
    runs = {
        way: train_xor(seed, epochs, rate, hidden, size, True, settings.activation)
        for way, size in WAYS.items()
    }
    tried = {h: _tried(settings, h) for h in sorted({2, hidden})}
    record = {
        "runs": {
            way: {
                "epochs": len(history.epochs),
                "loss": score.loss,
                "accuracy": score.accuracy,
                "outputs": [net(list(row)).data for row in XOR_INPUTS],
                "losses": history.losses,
            }
            for way, (net, history, score) in runs.items()
        },
        "learnt": {f"2-{h}-1": {**learnt, "of": SEEDS} for h, learnt in tried.items()},
        "stuck_share": {f"2-{h}-1": n / (SEEDS * len(WAYS)) for h, n in _stuck(tried).items()},
    }
    curves = {way: history.losses for way, (_, history, _) in runs.items()}
    pictures: list[Picture] = [Curves("Loss", "mean squared error", curves, logarithmic=True)]
    pictures += [_xor_surface(way, net) for way, (net, _, _) in runs.items()]
    return Outcome(_said(runs, tried, settings), record, pictures, _first_update(settings))


def _first_update(settings: Settings) -> str:
    """What one by one does first, as a worksheet; none of a network too large for a hand."""
    if settings.hidden > _BY_HAND:
        return ""
    net = MLP(
        2,
        [settings.hidden, 1],
        activation=settings.activation,
        output="sigmoid",
        seed=settings.seed,
    )
    first = order(len(XOR_INPUTS), settings.seed, 0)[0]
    title = "XOR one by one: the first update"
    return one_update(title, net, first, losses.squared_error, settings.rate)


def _said(
    runs: dict[str, tuple[MLP, History, Score]],
    tried: dict[int, dict[str, int]],
    settings: Settings,
) -> list[Block]:
    return [
        Heading("XOR", level=1),
        Sentence(
            "No line parts the two classes, so one neuron cannot do it; hidden ones can. The "
            f"network is 2-{settings.hidden}-1 with biases, its hidden neurons "
            f"{_KINDS[settings.activation]}, its output logistic; the cost is the mean of "
            "(ŷ − y)²."
        ),
        Heading(f"Three ways from the same weights, at the rate {number(settings.rate)}"),
        Grid(
            ("", "epochs", "updates", "loss", "right"),
            tuple(
                (
                    way,
                    str(len(history.epochs)),
                    str(len(history.epochs) * (4 // WAYS[way])),
                    formatted(score.loss, ".6f"),
                    formatted(score.accuracy or 0.0, ".0%"),
                )
                for way, (_, history, score) in runs.items()
            ),
        ),
        Sentence(
            "One by one is stochastic descent, two at a time mini-batch, all at once batch. The "
            "examples come in another random order in every epoch. An epoch of each looks at "
            "all four; it makes four updates, two, or one."
        ),
        Heading("What the networks say"),
        Grid(
            ("x1 x2", *WAYS),
            tuple(
                (
                    f"{x1} {x2}",
                    *(formatted(net([x1, x2]).data, ".4f") for net, _, _ in runs.values()),
                )
                for x1, x2 in XOR_INPUTS
            ),
        ),
        Heading(f"How often it works: {SEEDS} networks each"),
        Grid(
            ("learnt", *WAYS),
            tuple(
                (f"2-{h}-1", *(f"{count} of {SEEDS}" for count in learnt.values()))
                for h, learnt in tried.items()
            ),
        ),
        Sentence(_on_stuck(_stuck(tried), settings)),
        *try_next(
            "micrograd-like lessons xor --hidden 2 --seed 3, and other seeds: which get stuck?",
            "--activation tanh, relu, or linear: which of them learns it, and how fast?",
            "--rate 0.1, the rate of hand calculations, takes very many more --epochs.",
            "--plot xor.svg draws the surface that each network has learnt.",
        ),
    ]


def _stuck(tried: dict[int, dict[str, int]]) -> dict[int, int]:
    """By hidden neurons, how many of the networks did not learn it, all ways together."""
    return {h: sum(SEEDS - count for count in learnt.values()) for h, learnt in tried.items()}


def _tried(settings: Settings, hidden: int) -> dict[str, int]:
    """How many of :data:`SEEDS` networks learn it, each way."""
    learnt = Counter(dict.fromkeys(WAYS, 0))
    seeds = range(settings.seed, settings.seed + SEEDS)
    everything = [(way, own) for way in WAYS for own in seeds]
    epochs, rate = settings.epochs, settings.rate
    for way, own in tracked(everything, f"{SEEDS} networks 2-{hidden}-1, three ways"):
        size, activation = WAYS[way], settings.activation
        _, _, score = train_xor(own, epochs, rate, hidden, size, True, activation)
        learnt[way] += is_learnt(score)
    return dict(learnt)


def _on_stuck(stuck: dict[int, int], settings: Settings) -> str:
    epochs, hidden = settings.epochs, settings.hidden
    runs = SEEDS * len(WAYS)
    said = (
        f"Learnt: all four right and the loss below {LEARNT} within "
        f"{counted(epochs, 'epoch')}. Of the runs with two hidden nodes {stuck[2]} of {runs}, "
        f"{formatted(stuck[2] / runs, '.0%')}, have not: "
    )
    documented = Settings()
    if settings.activation == "linear":
        said += "without an activation the hidden layer adds nothing, and one neuron cannot do it."
    elif (epochs, settings.rate, settings.activation) == (
        documented.epochs,
        documented.rate,
        documented.activation,
    ):
        said += (
            "at these settings nearly all of them are stuck, mostly where two examples are right "
            "and the other two both come out near ½, where each step undoes the other's."
        )
    else:
        said += "they may be stuck, or only slow at this rate and number of epochs."
    if hidden != 2:
        said += f" With {hidden} hidden nodes it is {stuck[hidden]} of {runs}."
    return said


def _xor_surface(way: str, net: MLP) -> Surface:
    return surface(way, lambda row: net(row).data, XOR_INPUTS, XOR_TARGETS, steps=41)
