"""The training loop: epochs of batches, each a gradient and an update.

    for every epoch, for every batch of n examples:   L = (1/n) Σ loss,   w := w − rate·∂L/∂w

The order of an epoch depends on the seed and the epoch's number alone, so that a run taken
up from a checkpoint goes on exactly as it would have gone on.
"""

from __future__ import annotations

import operator
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from micrograd_like import losses
from micrograd_like.errors import DomainError
from micrograd_like.optim import SGD, Optimizer
from micrograd_like.training.bar import bar
from micrograd_like.training.checkpoint import Checkpoint, Progress
from micrograd_like.training.data import Correct, Examples, batches, examples, order
from micrograd_like.training.objective import (
    CompiledObjective,
    GraphObjective,
    Loss,
    Model,
    Objective,
    score,
)
from micrograd_like.training.records import End, Epoch, History, Score


def fit(
    model: Model,
    inputs: Iterable[Any],
    targets: Iterable[Any],
    *,
    optimizer: Optimizer | None = None,
    loss: Loss = losses.half_squared_error,
    epochs: int = 100,
    batch_size: int | None = None,
    seed: int | None = 0,
    correct: Correct | None = None,
    held_out: tuple[Iterable[Any], Iterable[Any]] | None = None,
    goal: float | None = None,
    patience: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 1,
    resume: bool = False,
    compiled: bool = False,
    progress: bool | None = None,
    on_epoch: Callable[[int, Epoch], None] | None = None,
) -> History:
    """Train the model on examples; its parameters are changed, and the epochs returned.

    Ctrl-C ends the run after the batch under way, with what was learnt kept and the
    checkpoint written; a second one is a KeyboardInterrupt.

    Args:
        model: The network, or any function of a row of numbers.
        inputs: A row of numbers for every example.
        targets: A number, or a row, for every example.
        optimizer: Any of ``optim``, over the parameters to be trained; SGD at 0.1 without one.
        loss: A function of output and target; of lists, where the model has several outputs. By
            itself ½(ŷ − y)², of several outputs their sum.
        epochs: Passes over all examples, from 0 on.
        batch_size: None for all examples at once, 1 for one by one (stochastic), or between.
        seed: That of the order of the examples, new in every epoch; None leaves it as it stands.
        correct: What counts as right, for the accuracy: ``nearest``, ``same_sign``, ``largest``.
        held_out: (inputs, targets) that are not trained on but scored after every epoch.
        goal: Ends the run once the loss watched (held out, if there is any) is below it.
        patience: Ends it after so many epochs without a lower loss watched; with it, the model
            returns to the parameters of its best epoch at the end.
        checkpoint: A file written every ``checkpoint_every`` epochs and at the end.
        checkpoint_every: Epochs between two of its versions.
        resume: True goes on from that file if it exists, to the same bits as without a break.
        compiled: True compiles the loss once; the results are the same but for rounding, save that
            0·log 0 is an error: where outputs saturate take a loss with logits.
        progress: Whether a bar is shown; by default where standard error is a terminal.
        on_epoch: Called after every epoch with how many are done and the last one.

    Raises:
        ValueError: Examples or settings do not fit.
        TypeError: Examples or settings are of another type.
        ModelFileError: The run cannot go on from the checkpoint.
        DomainError: A loss or an update is not finite.
    """
    data = examples(inputs, targets)
    kept_out = examples(*held_out, what="held-out ") if held_out is not None else None
    batch_size = None if batch_size is None else _count("batch_size", batch_size, 1)
    patience = None if patience is None else _count("patience", patience, 1)
    seed = None if seed is None else _count("seed", seed, None)
    epochs = _count("epochs", epochs, 0)
    checkpoint_every = _count("checkpoint_every", checkpoint_every, 1)
    if kept_out is not None:
        _check_same_sizes(data, kept_out)
    for name, setting in (("patience", patience), ("checkpoint", checkpoint)):
        if setting is not None:
            _check_restorable(name, model)
    _check_checkpoint(checkpoint, resume)
    optimizer = optimizer or SGD(model.parameters(), rate=0.1)
    _check_optimizer(optimizer, model)
    make = CompiledObjective if compiled else GraphObjective
    every = [*dict.fromkeys([*model.parameters(), *optimizer.parameters])]
    objective = make(model, loss, data, every, correct)
    size = len(data) if batch_size is None else batch_size
    file = None
    done = Progress()
    if checkpoint is not None:
        settings = {"batch_size": size, "seed": seed, "examples": data.digest()}
        file = Checkpoint(checkpoint, model, optimizer, settings, len(data))
        done = file.load() if resume and os.path.exists(checkpoint) else done
    run = _Run(
        model, optimizer, objective, data, size, seed if size < len(data) else None, correct is None
    )

    def after() -> Score | None:
        """What the parameters of now come to, where somebody looks at that."""
        return Score(objective.mean_loss()) if patience is not None and not kept_out else None

    def closed() -> Epoch:
        held = score(model, kept_out, loss, correct) if kept_out else None
        return Epoch(run.score(done), held, after())

    if patience is not None and done.epochs and done.best_state is None:
        # Earlier parameters are not in the checkpoint: the present ones count as the best so far.
        done.restart(after(), model.state_dict())

    with bar(epochs, len(data), progress) as show, _interrupts() as interrupted:
        end: End | None = done.end(goal, patience)
        while end is None and len(done.epochs) < epochs:
            for _ in run.batches(done):
                show(done.seen, len(done.epochs), done.epochs[-1] if done.epochs else None)
                if interrupted():
                    end = "interrupted"
                    break
            else:
                if done.close(closed()) and patience is not None:
                    done.best_state = model.state_dict()
                if on_epoch is not None:
                    on_epoch(len(done.epochs), done.epochs[-1])
                end = done.end(goal, patience)
                if file and len(done.epochs) % checkpoint_every == 0:
                    file.save(done)
        show(done.seen, len(done.epochs), done.epochs[-1] if done.epochs else None)
    if file:
        file.save(done)
    if done.best_state is not None and end != "interrupted":
        model.load_state_dict(done.best_state)
    return History(tuple(done.epochs), end or "finished")


@dataclass(frozen=True, slots=True)
class _Run:
    """What an epoch needs."""

    model: Model
    optimizer: Optimizer
    objective: Objective
    data: Examples
    size: int
    seed: int | None
    unmarked: bool

    def batches(self, done: Progress) -> Iterator[None]:
        """Train on what is left of the epoch, batch by batch."""
        places = order(len(self.data), self.seed, len(done.epochs))
        for batch in batches(places[done.seen :], self.size):
            try:
                loss, right = self.objective.gradients(batch)
                self.optimizer.step()
            except DomainError as error:
                # The loss was finite at first: training diverged.
                hint = "; try a smaller rate" if self.optimizer.steps else ""
                raise DomainError(f"epoch {len(done.epochs) + 1}: {error}{hint}") from error
            done.seen += len(batch)
            done.loss += loss
            done.right += right
            yield

    def score(self, done: Progress) -> Score:
        """Of the epoch, over its batches."""
        return Score(done.loss / done.seen, None if self.unmarked else done.right / done.seen)


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """A function that says whether Ctrl-C was pressed.

    Between batches is the one place where nothing is half done. Another handler than
    Python's own, or another thread, is left alone.
    """
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield lambda: False
        return
    pressed = False

    def handler(number: int, frame: object) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second one acts at once

    signal.signal(signal.SIGINT, handler)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _count(name: str, setting: Any, least: int | None) -> int:
    """The setting as an int, NumPy's too; no truth value counts anything."""
    truth = isinstance(setting, bool) or type(setting).__name__ in ("bool", "bool_")
    if truth or not hasattr(setting, "__index__"):
        raise TypeError(f"{name}: expected a whole number, got {setting!r}")
    count = operator.index(setting)
    if least is not None and count < least:
        raise ValueError(f"{name}: expected at least {least}, got {count}")
    return count


def _check_same_sizes(data: Examples, kept_out: Examples) -> None:
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


def _check_checkpoint(checkpoint: str | os.PathLike[str] | None, resume: bool) -> None:
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


def _check_optimizer(optimizer: Optimizer, model: Model) -> None:
    if not {*model.parameters()} & {*optimizer.parameters}:
        raise ValueError(
            "optimizer: expected it over the model's parameters, got one over others; "
            "make it anew from model.parameters()"
        )


def _check_restorable(name: str, model: Model) -> None:
    """Refuse a module that cannot return to earlier parameters."""
    missing = [m for m in ("state_dict", "load_state_dict") if not hasattr(model, m)]
    if missing:
        raise TypeError(
            f"{name}: expected a model with {' and '.join(missing)}, to return to earlier "
            f"parameters; {type(model).__name__} has none"
        )
