"""What a run is asked to do, checked before it begins."""

from __future__ import annotations

import os

from micrograd_like.optim import Optimizer
from micrograd_like.training.data import Examples
from micrograd_like.training.objective import Model


def check_same_sizes(data: Examples, kept_out: Examples) -> None:
    """Refuse examples held out that have other sizes than those trained on."""
    for what in ("inputs", "targets"):
        own, other = (
            len(row) if isinstance(row, list) else 1
            for row in (getattr(data, what)[0], getattr(kept_out, what)[0])
        )
        if own != other:
            raise ValueError(
                f"held_out: expected {what} of {own} numbers, as in those trained on, got {other}"
            )


def check_checkpoint(checkpoint: str | os.PathLike[str] | None, resume: bool) -> None:
    """Refuse a file that cannot be written before a run whose results it is to hold."""
    if checkpoint is None:
        if resume:
            raise ValueError("resume: expected a checkpoint to go on from, got none")
        return
    if not os.path.isdir(os.path.dirname(checkpoint) or "."):
        raise FileNotFoundError(f"checkpoint: there is no folder for {os.fspath(checkpoint)!r}")
    if os.path.isdir(checkpoint):
        raise IsADirectoryError(
            f"checkpoint: expected a file to write, got the folder {os.fspath(checkpoint)!r}"
        )


def check_optimizer(optimizer: Optimizer, model: Model) -> None:
    """Refuse an optimiser of which no parameter is the model's."""
    if not {*model.parameters()} & {*optimizer.parameters}:
        raise ValueError(
            "optimizer: expected it over the model's parameters, got one over others; "
            "make it anew from model.parameters()"
        )


def check_restorable(name: str, model: Model) -> None:
    """Refuse a module that cannot return to earlier parameters."""
    missing = [m for m in ("state_dict", "load_state_dict") if not hasattr(model, m)]
    if missing:
        raise TypeError(
            f"{name}: expected a model with {' and '.join(missing)}, to return to earlier "
            f"parameters; {type(model).__name__} has none"
        )


def check_choice(name: str, setting: object, choices: tuple[str, ...]) -> None:
    """Refuse a setting that is not among the choices."""
    if setting not in choices:
        raise ValueError(f"{name}: expected {' or '.join(map(repr, choices))}, got {setting!r}")
