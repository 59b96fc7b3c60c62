"""What lessons with data held out have in common: their scores, said and drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from micrograd_like.errors import LessonError
from micrograd_like.notation import formatted
from micrograd_like.training import History
from micrograd_like.writers.blocks import Grid


def cut_short(history: History) -> str:
    """A sentence for a run that was interrupted, else ""."""
    return "Interrupted: this is what was learnt so far. " if history.end == "interrupted" else ""


def scores(epochs: dict[str, Any]) -> Grid:
    """Loss and accuracy of some epochs, trained on and held out, by name."""
    rows = []
    for name, epoch in epochs.items():
        figures = [name]
        for score in (epoch.score, epoch.held_out):
            figures += [formatted(score.loss, ".4f"), formatted(score.accuracy, ".1%")]
        rows.append(tuple(figures))
    return Grid(("", "loss", "right", "held out", "right"), tuple(rows))


def loss_curves(history: History) -> dict[str, list[float]]:
    """The loss of every epoch, trained on and held out."""
    held_out = [epoch.watched for epoch in history.epochs]
    return {"trained on": history.losses, "held out": held_out}


def record(history: History) -> dict[str, Any]:
    """Loss and accuracy of every epoch as plain data."""
    epochs = []
    for epoch in history.epochs:
        both = {"trained_on": epoch.score, "held_out": epoch.held_out}
        epochs.append(
            {k: {"loss": s.loss, "accuracy": s.accuracy} for k, s in both.items() if s is not None}
        )
    return {"epochs": epochs}


@contextmanager
def scikit_learn() -> Iterator[None]:
    """Says what to install where scikit-learn is missing.

    Raises:
        LessonError: It is missing.
    """
    try:
        yield
    except ImportError:
        raise LessonError(
            "this lesson's data come with scikit-learn, which is not installed: "
            "pip install 'micrograd-like[lessons]'"
        ) from None
