"""What a run is asked to do, checked before it begins."""

from __future__ import annotations

import inspect
import json
import os
from typing import Any

from micrograd_like.engine.numbers import described
from micrograd_like.files import check_writable
from micrograd_like.optim import Optimizer
from micrograd_like.training.data import Examples
from micrograd_like.training.files import CHECKPOINT, path_of
from micrograd_like.training.objective import Model


def check_model(model: Any) -> None:
    """Refuse what cannot be called on a row of numbers, or has no parameters to train."""
    if not callable(model) or not hasattr(model, "parameters"):
        raise TypeError(
            "model: expected a network, or another callable with parameters(), got "
            f"{described(model)}"
        )
    model.parameters()


def check_callable(name: str, function: Any, *given: str) -> None:
    """Refuse what is to be called with so many arguments, and cannot be."""
    if function is None:
        return
    expected = f"{name}: expected a function of {' and '.join(given)}"
    if not callable(function):
        raise TypeError(f"{expected}, got {described(function)}")
    try:
        signature = inspect.signature(function)
    except ValueError:  # one written in C does not say
        return
    try:
        signature.bind(*given)
    except TypeError as error:
        raise TypeError(f"{expected}, got one of {signature}: {error}") from None


def check_pair(name: str, given: object) -> None:
    """Refuse what is no pair of inputs and targets."""
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise TypeError(f"{name}: expected (inputs, targets), got {described(given)}")


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
    path = path_of("checkpoint", checkpoint)
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise FileNotFoundError(f"checkpoint: there is no folder for {path!r}")
    if os.path.isdir(path):
        raise IsADirectoryError(f"checkpoint: expected a file to write, got the folder {path!r}")
    if not resume:  # else it is read first, and refused if it is none
        _check_replaceable(path)
    try:
        check_writable(path)
    except OSError as error:
        reason = f"checkpoint: it cannot be written: {error.strerror}"
        raise OSError(error.errno, reason, error.filename) from None
    except ValueError as error:  # a character that no name has
        raise ValueError(f"checkpoint: {error}") from None


def _check_replaceable(path: str) -> None:
    """Refuse what a checkpoint would replace, if it is none: it may be all that somebody has."""
    if not os.path.exists(path):
        return
    if not os.path.isfile(path):
        raise OSError(f"checkpoint: expected a file to write, got {path!r}, a device or a pipe")
    with open(path, "rb") as file:
        content = file.read()
    if content and CHECKPOINT.encode() not in content:
        raise FileExistsError(
            f"checkpoint: {path!r} is there and is no checkpoint, and would be lost; name another"
        )


def check_optimizer(optimizer: Optimizer, model: Model) -> None:
    """Refuse what is no optimiser, or one of which no parameter is the model's."""
    if not hasattr(optimizer, "step") or not hasattr(optimizer, "parameters"):
        raise TypeError(f"optimizer: expected one of optim, got {described(optimizer)}")
    if not {*model.parameters()} & {*optimizer.parameters}:
        raise ValueError(
            "optimizer: expected it over the model's parameters, got one over others; "
            "make it anew from model.parameters()"
        )


def check_restorable(name: str, model: Model) -> None:
    """Refuse a module that cannot return to earlier parameters; that is tried, and undone."""
    parameters = model.parameters()
    before = [parameter.data for parameter in parameters]
    reason = ""
    try:
        state = model.state_dict()
        for parameter in parameters:
            parameter.data = 0.0 if parameter.data else 1.0
        model.load_state_dict(state)
        if any(p.data != data for p, data in zip(parameters, before, strict=True)):
            reason = "they do not bring back the numbers of its parameters()"
        elif name == "checkpoint":
            json.dumps(state, allow_nan=False)
    except Exception as error:  # a user's own methods may raise anything
        reason = f"{type(error).__name__}: {error}"
    finally:
        for parameter, data in zip(parameters, before, strict=True):
            parameter.data = data
    if reason:
        raise TypeError(
            f"{name}: expected a model with state_dict and load_state_dict, to return to earlier "
            f"parameters; those of {type(model).__name__} fail: {reason}"
        )


def check_choice(name: str, setting: object, choices: tuple[str, ...]) -> None:
    """Refuse a setting that is not among the choices."""
    if setting not in choices:
        raise ValueError(f"{name}: expected {' or '.join(map(repr, choices))}, got {setting!r}")
