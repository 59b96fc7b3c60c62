"""How far a run has come, and the file from which it goes on to the same bits."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from micrograd_like.errors import ModelFileError
from micrograd_like.optim import Optimizer
from micrograd_like.training.files import CHECKPOINT, Checker, read, with_path, write
from micrograd_like.training.objective import Model
from micrograd_like.training.records import End, Epoch, History, Score


@dataclass(slots=True)
class Progress:
    """Epochs done, and of the one under way: examples seen, their losses' sum, how many right.

    best_state:  the parameters after the best epoch, where a run is to return to them
    best:        the place of the epoch with the lowest loss watched, or −1
    """

    epochs: list[Epoch] = field(default_factory=list)
    seen: int = 0
    loss: float = 0.0
    right: int = 0
    best_state: dict[str, Any] | None = None
    best: int = field(init=False)

    def __post_init__(self) -> None:
        self.best = History(tuple(self.epochs), "finished").best

    def close(self, epoch: Epoch) -> bool:
        """Note the epoch and make ready for the next one; whether it is the best so far."""
        self.epochs.append(epoch)
        self.seen, self.loss, self.right = 0, 0.0, 0
        better = self.best < 0 or epoch.watched < self.epochs[self.best].watched
        if better:
            self.best = len(self.epochs) - 1
        return better

    def end(self, goal: float | None, patience: int | None) -> End | None:
        """Why the run should end here, if it should."""
        if goal is not None and self.epochs and self.epochs[-1].watched < goal:
            return "reached"
        if patience is not None and len(self.epochs) - 1 - self.best >= patience:
            return "no better"
        return None


#: What a file holds of a run's progress; the rest follows from it.
_KEPT = {f.name for f in dataclasses.fields(Progress) if f.init}


class Checkpoint:
    """The file of one run: its progress, its model's and its optimiser's state.

    settings:  what a run must share with the one that wrote the file, to go on from it
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        model: Model,
        optimizer: Optimizer,
        settings: Mapping[str, Any],
        count: int,
    ) -> None:
        self._count, self._path, self._model, self._optimizer = count, path, model, optimizer
        self._settings = {"optimizer": type(optimizer).__name__, **settings}

    def save(self, done: Progress) -> None:
        """Write the file. Errors: OSError."""
        content = {
            "settings": self._settings,
            "progress": {k: v for k, v in dataclasses.asdict(done).items() if k in _KEPT},
            "parameters": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }
        write(self._path, CHECKPOINT, content)

    def load(self) -> Progress:
        """Take up what the file says. Errors: ModelFileError, and then nothing is changed."""
        document = read(self._path, CHECKPOINT)
        check = Checker(self._path)
        check.entries(document, {"settings", "progress", "parameters", "optimizer"})
        settings = document["settings"]
        check(type(settings) is dict, "settings", "an object", settings)
        for name, expected in self._settings.items():
            if settings.get(name) != expected:
                raise ModelFileError(
                    f"{check.name}: was written by a run with {name} = {settings.get(name)!r}, "
                    f"and this one has {expected!r}; delete the file to start afresh"
                )
        before = self._model.state_dict()
        done: Progress = with_path(
            self._path,
            "progress",
            lambda: _progress(document["progress"], check, settings["batch_size"], self._count),
        )
        if done.best_state is not None:
            with_path(
                self._path, "best_state", lambda: self._model.load_state_dict(done.best_state)
            )
            self._model.load_state_dict(before)
        with_path(
            self._path, "parameters", lambda: self._model.load_state_dict(document["parameters"])
        )
        try:
            state = document["optimizer"]
            check(type(state) is dict, "optimizer", "an object", state)
            with_path(self._path, "optimizer", lambda: self._optimizer.load_state_dict(state))
        except ModelFileError:
            self._model.load_state_dict(before)
            raise
        return done


def _progress(entry: Any, check: Checker, size: int, count: int) -> Progress:
    check(type(entry) is dict, "progress", "an object", entry)
    check.entries(entry, _KEPT)
    seen, right = entry["seen"], entry["right"]
    whole = type(seen) is int and 0 <= seen <= count and (seen % size == 0 or seen == count)
    check(whole, "seen", f"whole batches of the {count} examples", seen)
    check(type(right) is int and 0 <= right <= seen, "right", f"from 0 to {seen}", right)
    check(_finite(entry["loss"]), "loss", "a number", entry["loss"])
    check(type(entry["epochs"]) is list, "epochs", "a list", entry["epochs"])
    epochs = [_epoch(epoch, check) for epoch in entry["epochs"]]
    state = entry["best_state"]
    check(state is None or type(state) is dict, "best_state", "an object", state)
    return Progress(epochs, entry["seen"], entry["loss"], entry["right"], state)


def _epoch(entry: Any, check: Checker) -> Epoch:
    check(type(entry) is dict, "epochs", "objects", entry)
    check.entries(entry, {"score", "held_out"})
    scores = []
    for name, optional in (("score", False), ("held_out", True)):
        figures = entry[name]
        if figures is None and optional:
            continue
        check(type(figures) is dict, name, "an object", figures)
        check.entries(figures, {"loss", "accuracy"})
        check(_finite(figures["loss"]), "loss", "a number", figures["loss"])
        accuracy = figures["accuracy"]
        check(accuracy is None or _finite(accuracy), "accuracy", "a number", accuracy)
        scores.append(Score(**figures))
    return Epoch(*scores)


def _finite(number: object) -> bool:
    return isinstance(number, int | float) and type(number) is not bool and math.isfinite(number)
