"""Lessons in telling classes apart: two moons, handwritten digits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from micrograd_like import losses
from micrograd_like.errors import LessonError
from micrograd_like.lessons.outcome import (
    Curves,
    Images,
    Outcome,
    Picture,
    surface,
    try_next,
    uninterrupted,
)
from micrograd_like.nn import MLP
from micrograd_like.notation import number
from micrograd_like.optim import Adam
from micrograd_like.training import History, fit, largest
from micrograd_like.writers.blocks import Block, Grid, Heading, Sentence

MOONS, NOISE = 400, 0.15


def moons(*, seed: int, epochs: int, rate: float, hidden: int) -> Outcome:
    """Two interleaved half circles, half of the points held out."""
    with _scikit_learn():
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
        _scores({"epoch 1": start, f"epoch {len(history.epochs)}": end}),
        Sentence(
            f"{_cut_short(history)}The loss is the mean cross-entropy softplus(a) − y·a, whose "
            "derivative with respect to a is σ(a) − y. Points held out are only looked at."
        ),
        *_overfitting(history),
        *try_next(
            "micrograd-like lessons moons --hidden 2: what boundary can two neurons draw?",
            "--plot moons.png draws it.",
        ),
    ]
    record = _record(history)
    pictures: tuple[Picture, ...] = (
        surface("σ(a), and the points held out", lambda r: net(r).sigmoid().data, *held_out),
        Curves("Loss", "cross-entropy", _loss_curves(history), logarithmic=True),
    )
    return Outcome(tuple(blocks), record, pictures)


def _overfitting(history: History) -> list[Block]:
    """Said where the loss on the points held out has turned and risen again."""
    best, last = history.epochs[history.best].watched, history.epochs[-1].watched
    if last < 1.1 * best:
        return []
    return [
        Sentence(
            f"Held out, the loss was lowest after epoch {history.best + 1}, at {best:.4f}; since "
            "then the network has learnt the noise of its own points. fit(patience=…) stops there."
        )
    ]


def _right_side(logit: Any, target: Any) -> bool:
    return bool((logit > 0) == (target == 1))


# Digits.

#: Of the images, the share that is not trained on.
HELD_OUT = 0.25
_SHOWN = 10


def digits(*, seed: int, epochs: int, rate: float, hidden: int) -> Outcome:
    """1,797 handwritten digits of 8×8 pixels, a quarter of each digit held out."""
    with _scikit_learn():
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    images, names = load_digits(return_X_y=True)
    one_hot = [[float(name == n) for n in range(10)] for name in names]
    x, x_out, y, y_out = train_test_split(
        (images / 16).tolist(),
        one_hot,
        test_size=HELD_OUT,
        stratify=names,
        random_state=seed % 2**32,
    )
    net = MLP(64, [hidden, 10], activation="tanh", seed=seed)
    history = fit(
        net,
        x,
        y,
        optimizer=Adam(net.parameters(), rate),
        loss=losses.cross_entropy_with_logits,
        epochs=epochs,
        batch_size=32,
        seed=seed,
        correct=largest,
        held_out=(x_out, y_out),
        compiled=True,
    )
    if not history.epochs:
        uninterrupted(history)
    misread = []
    for image, target in zip(x_out, y_out, strict=True):
        outputs = [out.data for out in net(image)]
        if not largest(outputs, target):
            misread.append((image, target.index(1.0), outputs.index(max(outputs))))
    pairs = Counter((truth, read) for _, truth, read in misread).most_common(3)
    confused = ", ".join(f"{truth} as {read} ({count})" for (truth, read), count in pairs)
    count = len(x_out)
    blocks: list[Block] = [
        Heading("Handwritten digits", level=1),
        Sentence(
            f"{len(x)} images of 8×8 pixels to learn from and {count} held out. The network is "
            f"64-{hidden}-10, {len(net.parameters())} parameters; the largest output is the digit "
            "read. Trained 32 at a time with Adam at the rate "
            f"{number(rate)}, through the compiled program."
        ),
        Heading("Learning"),
        _scores(
            {
                f"epoch {n}": history.epochs[n - 1]
                for n in sorted({1, 2, 5, 10, 20, len(history.epochs)})
                if n <= len(history.epochs)
            }
        ),
        Heading("Result"),
        Sentence(
            f"{_cut_short(history)}{count - len(misread)} of {count} images held out are read "
            "right, "
            f"{1 - len(misread) / count:.2%}."
            + (f" Most often misread: {confused}." if confused else "")
        ),
        *try_next(
            "micrograd-like lessons digits --hidden 8: how few hidden neurons will do?",
            "--plot digits.png shows the images that were misread.",
        ),
    ]
    record = {
        **_record(history),
        "held_out": count,
        "misread": [{"is": truth, "read": read} for _, truth, read in misread],
    }
    pictures: list[Picture] = [
        Curves("Loss", "cross-entropy", _loss_curves(history), logarithmic=True)
    ]
    if misread:
        shown = misread[:_SHOWN]
        squares = [[image[8 * row : 8 * row + 8] for row in range(8)] for image, _, _ in shown]
        captions = [f"{truth} read as {read}" for _, truth, read in shown]
        pictures.append(Images("Misread", squares, captions))
    return Outcome(tuple(blocks), record, tuple(pictures))


def _cut_short(history: History) -> str:
    return "Interrupted: this is what was learnt so far. " if history.end == "interrupted" else ""


def _scores(epochs: dict[str, Any]) -> Grid:
    rows = []
    for name, epoch in epochs.items():
        figures = [name]
        for score in (epoch.score, epoch.held_out):
            figures += [f"{score.loss:.4f}", f"{score.accuracy:.1%}"]
        rows.append(tuple(figures))
    return Grid(("", "loss", "right", "held out", "right"), tuple(rows))


def _loss_curves(history: History) -> dict[str, list[float]]:
    held_out = [epoch.watched for epoch in history.epochs]
    return {"trained on": history.losses, "held out": held_out}


def _record(history: History) -> dict[str, Any]:
    epochs = []
    for epoch in history.epochs:
        both = {"trained_on": epoch.score, "held_out": epoch.held_out}
        epochs.append(
            {k: {"loss": s.loss, "accuracy": s.accuracy} for k, s in both.items() if s is not None}
        )
    return {"epochs": epochs}


@contextmanager
def _scikit_learn() -> Iterator[None]:
    """Says what to install where scikit-learn is missing. Errors: LessonError."""
    try:
        yield
    except ImportError:
        raise LessonError(
            "this lesson's data come with scikit-learn, which is not installed: "
            "pip install 'micrograd-like[lessons]'"
        ) from None
