"""The progress of a run, and the checkpoint from which it resumes bit for bit."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Annotated, Any

import msgspec

from micrograd_like.errors import ModelFileError, printable
from micrograd_like.nn import MLP, Layer, Neuron
from micrograd_like.optim import Optimizer
from micrograd_like.training.data import Examples
from micrograd_like.training.files import CHECKPOINT, Document, read, with_path, write
from micrograd_like.training.objective import Loss, Model, sample_losses
from micrograd_like.training.records import End, Epoch, History, Score, alike


@dataclass(slots=True)
class Progress:
    """Epochs done, and of the one under way: examples seen, their losses' sum, how many right.

    Attributes:
        skipped: The sizes of its batches that were left out.
        min_delta: By how much a loss must be lower to count as lower.
        best_state: The parameters after the best epoch, where a run is to return to them, or may
            be, taken up again from its file.
        best: The place of the epoch with the lowest loss watched, or −1.
        improved: The place of the last one whose loss was lower than any before by ``min_delta``.
    """

    epochs: list[Epoch] = field(default_factory=list)
    seen: int = 0
    loss: float = 0.0
    right: int = 0
    best_state: dict[str, Any] | None = None
    skipped: list[int] = field(default_factory=list)
    min_delta: float = 0.0
    best: int = field(init=False)
    improved: int = field(default=-1, init=False)

    def __post_init__(self) -> None:
        self.best = History(tuple(self.epochs), "finished").best
        for place in alike(self.epochs):
            self._note_improvement(place)

    def _note_improvement(self, place: int) -> None:
        last = self.epochs[self.improved].watched if self.improved >= 0 else math.inf
        if self.epochs[place].watched < last - self.min_delta:
            self.improved = place

    def close(self, epoch: Epoch) -> bool:
        """Note the epoch and make ready for the next one; whether it is the best so far."""
        self.epochs.append(epoch)
        self.seen, self.loss, self.right, self.skipped = 0, 0.0, 0, []
        self._note_improvement(len(self.epochs) - 1)
        better = self.best < 0 or epoch.watched < self.epochs[self.best].watched
        if better:
            self.best = len(self.epochs) - 1
        return better

    def watches(self, held_out: bool) -> bool:
        """Whether there is a best state, and by the loss that is watched from now on."""
        return self.best_state is not None and (self.epochs[-1].held_out is not None) is held_out

    def restart(self, held: Score | None, after: Score | None, state: dict[str, Any]) -> None:
        """Take the parameters of now for the best so far, as they were after the last epoch."""
        self.epochs[-1] = replace(self.epochs[-1], held_out=held, after=after)
        self.best = self.improved = len(self.epochs) - 1
        self.best_state = state

    def end(self, goal: float | None, patience: int | None) -> End | None:
        """Why the run should end here, if it should."""
        if goal is not None and self.epochs:
            last = self.epochs[-1]
            if (last if patience is not None else last.without_after()).watched < goal:
                return "reached"
        if patience is not None and len(self.epochs) - 1 - self.improved >= patience:
            return "no better"
        return None


#: A loss is told from another one by those of so many examples.
_SAMPLE = 8
_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    """What a file holds of a run's :class:`Progress`; the rest follows from it."""

    epochs: list[Epoch]
    seen: _Count
    loss: float
    right: _Count
    best_state: dict[str, Any] | None
    skipped: list[_Count] = []


class CheckpointDocument(Document):
    """A run's settings, its progress, and the states of its model and its optimiser.

    Attributes:
        losses: Of some examples, with these parameters: what tells another loss.
    """

    settings: dict[str, Any]
    progress: _Kept
    parameters: dict[str, Any]
    optimizer: dict[str, Any]
    losses: tuple[float | None, ...] = ()


class Checkpoint:
    """The file of one run: its progress, its model's and its optimiser's state.

    Attributes:
        settings: What a run must share with the one that wrote the file, to go on from it.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        model: Model,
        optimizer: Optimizer,
        settings: Mapping[str, Any],
        data: Examples,
        loss: Loss,
    ) -> None:
        self._path, self._model, self._optimizer = path, model, optimizer
        self._data, self._loss = data, loss
        made_of = {"model": _made_of(model), "optimizer": type(optimizer).__name__}
        self._settings = {**made_of, **settings}

    def save(self, done: Progress) -> None:
        """Write the file.

        Raises:
            OSError: It cannot be written.
        """
        content = {
            "settings": self._settings,
            "progress": {k: asdict(done)[k] for k in _Kept.__struct_fields__},
            "parameters": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "losses": self._sample(),
        }
        write(self._path, CHECKPOINT, content)

    def load(self, min_delta: float = 0.0) -> Progress:
        """Take up what the file says; nothing is changed unless all of it fits.

        Args:
            min_delta: That of the :class:`Progress`.

        Raises:
            ModelFileError: The file cannot be read, or is of another run.
        """
        document = read(self._path, CHECKPOINT, CheckpointDocument)
        name = printable(os.fspath(self._path))
        for setting, expected in self._settings.items():
            got = document.settings.get(setting)
            if setting == "held_out" and None in (got, expected):
                continue  # what is watched may be another set, not the same one with other examples
            if got != expected:
                raise ModelFileError(
                    f"{name}: was written by a run with {setting} = {got!r}, "
                    f"and this one has {expected!r}; delete the file to start afresh"
                )
        kept = document.progress
        self._check_counts(name, kept)
        before = self._model.state_dict()
        try:
            for what, state in (
                ("best_state", kept.best_state),
                ("parameters", document.parameters),
            ):
                if state is not None:
                    with_path(self._path, what, partial(self._model.load_state_dict, state))
            self._check_loss(name, document.losses)
            load = partial(self._optimizer.load_state_dict, document.optimizer)
            with_path(self._path, "optimizer", load)
        except Exception:  # of the loss's own, too
            self._model.load_state_dict(before)
            raise
        return Progress(
            kept.epochs,
            kept.seen,
            kept.loss,
            kept.right,
            kept.best_state,
            kept.skipped,
            min_delta,
        )

    def _sample(self) -> list[float | None]:
        """The losses of some examples; None where it is not defined, or not the same twice."""
        found = [sample_losses(self._model, self._loss, self._data, _SAMPLE) for _ in range(2)]
        return [loss if loss == again else None for loss, again in zip(*found, strict=True)]

    def _check_loss(self, name: str, kept: Sequence[float | None]) -> None:
        """Refuse another loss, or another model, than that of the run that wrote the file."""
        for expected, got in zip(kept, self._sample(), strict=False):
            if expected is None or got is None:
                continue
            if math.isclose(got, expected, rel_tol=1e-6, abs_tol=1e-9):
                continue
            raise ModelFileError(
                f"{name}: was written by a run in which an example's loss at these parameters is "
                f"{expected!r}, and in this one it is {got!r}: expected the same loss and model; "
                "delete the file to start afresh"
            )

    def _check_counts(self, name: str, kept: _Kept) -> None:
        """Refuse counts that no run over these examples can have."""
        count, size = len(self._data), self._settings["batch_size"]
        if not (kept.seen <= count and (kept.seen % size == 0 or kept.seen == count)):
            raise ModelFileError(
                f"{name}: seen: expected whole batches of the {count} examples, got {kept.seen}"
            )
        if kept.right > kept.seen:
            raise ModelFileError(f"{name}: right: expected from 0 to {kept.seen}, got {kept.right}")
        if sum(kept.skipped) > kept.seen:
            raise ModelFileError(
                f"{name}: skipped: expected up to {kept.seen}, got {sum(kept.skipped)}"
            )


def _made_of(model: Model) -> str:
    """What the parameters' numbers do not say of a model: its class, and its activations."""
    name = type(model).__name__
    if not isinstance(model, Neuron | Layer | MLP):
        return name
    layers = (dict.fromkeys(neuron.activation for neuron in layer) for layer in model.layout())
    dropout = f", dropout {model.dropout}" if isinstance(model, MLP) and model.dropout else ""
    return f"{name} of {', '.join('/'.join(layer) for layer in layers)}{dropout}"
