"""Two moons: two classes that only a curved boundary tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from micrograd_like import losses
from micrograd_like.lessons.held_out import cut_short, loss_curves, record, scikit_learn, scores
from micrograd_like.lessons.outcome import Outcome, try_next, uninterrupted
from micrograd_like.lessons.pictures import Curves, Picture, surface
from micrograd_like.lessons.registry import lesson, setting
from micrograd_like.nn import MLP
from micrograd_like.notation import formatted, number
from micrograd_like.optim import Adam
from micrograd_like.training import History, fit
from micrograd_like.writers.blocks import Block, Heading, Sentence

MOONS, NOISE = 400, 0.15


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set."""

    seed: int = setting(0, "Other points and starting weights.", least=0)
    epochs: int = setting(60, "Passes over the points.", least=1, most=1_000_000)
    rate: float = setting(0.02, "Adam's rate.", above=0)
    hidden: int = setting(16, "Neurons in each of two hidden layers.", least=1, most=1000)


@lesson("Two moons, told apart by a curved boundary.", order=70, settings=Settings, by_hand=False)
def moons(settings: Settings) -> Outcome:
    """Two interleaved half circles, half of the points held out."""
    seed, epochs, rate, hidden = settings.seed, settings.epochs, settings.rate, settings.hidden
    with scikit_learn():
        from sklearn.datasets import make_moons
    points, classes = make_moons(n_samples=MOONS, noise=NOISE, random_state=seed % 2**32)
    points, classes = points.tolist(), classes.tolist()
    half = MOONS // 2
    held_out = points[half:], classes[half:]
    net = MLP(2, [hidden, hidden, 1], activation="tanh", seed=seed)
    history = fit(
        net,
        points[:half],
        classes[:half],
        optimizer=Adam(net.parameters(), rate),
        loss=losses.binary_cross_entropy_with_logits,
        epochs=epochs,
        batch_size=20,
        seed=seed,
        correct=_right_side,
        held_out=held_out,
        compiled=True,
    )
    if not history.epochs:
        uninterrupted(history)
    start, end = history.epochs[0], history.epochs[-1]
    blocks: list[Block] = [
        Heading("Two moons", level=1),
        Sentence(
            f"{MOONS} points on two half circles with noise; the network 2-{hidden}-{hidden}-1 is "
            f"trained on half of them, 20 at a time, with Adam at the rate {number(rate)}. "
            "The hidden neurons are tanh, the output is a logit a: σ(a) is the probability."
        ),
        Heading("Learning"),
        scores({"epoch 1": start, f"epoch {len(history.epochs)}": end}),
        Sentence(
            f"{cut_short(history)}The loss is the mean cross-entropy softplus(a) − y·a, whose "
            "derivative with respect to a is σ(a) − y. Points held out are only looked at."
        ),
        *_overfitting(history),
        *try_next(
            "micrograd-like lessons moons --hidden 2: what boundary can two neurons draw?",
            "--plot moons.png draws it.",
        ),
    ]
    pictures: tuple[Picture, ...] = (
        surface("σ(a), and the points held out", lambda r: net(r).sigmoid().data, *held_out),
        Curves("Loss", "cross-entropy", loss_curves(history), logarithmic=True),
    )
    interrupted = history.end == "interrupted"
    return Outcome(blocks, record(history), pictures, interrupted=interrupted)


def _overfitting(history: History) -> list[Block]:
    """Said where the loss on the points held out has turned and risen again."""
    best, last = history.epochs[history.best].watched, history.epochs[-1].watched
    if last < 1.1 * best:
        return []
    return [
        Sentence(
            f"Held out, the loss was lowest after epoch {history.best + 1}, at "
            f"{formatted(best, '.4f')}; since then the network has learnt the noise of its own "
            "points. fit(patience=…) stops there."
        )
    ]


def _right_side(logit: Any, target: Any) -> bool:
    return bool((logit > 0) == (target == 1))
