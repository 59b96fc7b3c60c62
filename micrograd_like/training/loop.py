"""The training loop: epochs of batches, each a gradient and an update.

    for every epoch, for every batch of n examples:   L = (1/n) Σ loss,   w := w − rate·∂L/∂w

The order of an epoch depends on the seed and the epoch's number alone, so that a run taken
up from a checkpoint goes on exactly as it would have gone on.
"""

from __future__ import annotations

import math
import os
import random
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from micrograd_like import losses
from micrograd_like.engine import as_count
from micrograd_like.engine.ranges import finite, in_range
from micrograd_like.errors import DomainError
from micrograd_like.optim import SGD, Optimizer
from micrograd_like.training.bar import bar
from micrograd_like.training.checkpoint import Checkpoint, Progress
from micrograd_like.training.checks import (
    check_callable,
    check_checkpoint,
    check_choice,
    check_model,
    check_optimizer,
    check_pair,
    check_restorable,
    check_same_sizes,
)
from micrograd_like.training.data import Correct, Examples, batches, examples, order
from micrograd_like.training.objective import (
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
    min_delta: float = 0.0,
    on_nonfinite: Literal["raise", "skip"] = "raise",
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
        min_delta: By how much a loss must be lower to count as lower for ``patience``.
        checkpoint: A file written every ``checkpoint_every`` epochs and at the end. It holds the
            parameters of the best epoch too, for a run that goes on with ``patience``: after each
            epoch the loss is taken once more.
        checkpoint_every: Epochs between two of its versions.
        resume: True goes on from that file if it exists, to the same bits as without a break; the
            examples, the order, the loss and what the model is made of are to be the same.
        compiled: True compiles the loss once; the results are the same but for rounding, save that
            0·log 0 is an error: where outputs saturate take a loss with logits. Model and loss are
            then one formula for all examples, all the time: neither asks what a number is, an input
            or a slope included (``row[0] > 0``, ``.data``, ``.grad``), but chooses by ``select`` or
            ``maximum``; neither changes anything when it is called (a counter, random numbers), as
            far as Python reaches by names. Others are refused, and for every batch both are called
            once: where their graph is another one than before, for a schedule of the caller's own
            say, that is an error.
        on_nonfinite: "skip" leaves out a batch whose loss, gradient or update is not finite, and
            counts it in ``Epoch.skipped``; "raise" ends the run there.
        progress: Whether a bar is shown; by default where standard error is a terminal.
        on_epoch: Called after every epoch with how many are done and the last one.

    Raises:
        ValueError: Examples or settings do not fit.
        TypeError: Examples or settings are of another type.
        ModelFileError: The run cannot go on from the checkpoint.
        DomainError: A loss or an update is not finite, or is so in every batch of an epoch.
    """
    check_model(model)
    data = examples(inputs, targets)
    if held_out is not None:
        check_pair("held_out", held_out)
    kept_out = examples(*held_out, what="held_out ") if held_out is not None else None
    batch_size = None if batch_size is None else as_count("batch_size", batch_size, 1)
    patience = None if patience is None else as_count("patience", patience, 1)
    seed = None if seed is None else as_count("seed", seed, None)
    epochs = as_count("epochs", epochs, 0)
    checkpoint_every = as_count("checkpoint_every", checkpoint_every, 1)
    if kept_out is not None:
        check_same_sizes(data, kept_out)
    for name, setting in (("patience", patience), ("checkpoint", checkpoint)):
        if setting is not None:
            check_restorable(name, model)
    check_checkpoint(checkpoint, resume)
    min_delta = in_range("min_delta", min_delta, 0, math.inf)
    goal = None if goal is None else finite("goal", goal)
    check_callable("loss", loss, "output", "target")
    check_callable("correct", correct, "output", "target")
    check_callable("on_epoch", on_epoch, "the epochs done", "the last of them")
    check_choice("on_nonfinite", on_nonfinite, ("raise", "skip"))
    optimizer = optimizer or SGD(model.parameters(), rate=0.1)
    check_optimizer(optimizer, model)
    share = getattr(model, "dropout", 0)
    if compiled and share:
        raise ValueError(
            f"compiled: expected one graph for all examples, got a model with dropout {share!r}; "
            "train it with compiled=False"
        )
    every = [*dict.fromkeys([*model.parameters(), *optimizer.parameters])]
    objective = _objective(compiled)(model, loss, data, every, correct)
    size = len(data) if batch_size is None else batch_size
    file = None
    done = Progress(min_delta=min_delta)
    if checkpoint is not None:
        settings = {
            "batch_size": size,
            "seed": seed,
            "examples": data.digest(),
            "held_out": kept_out and kept_out.digest(),
        }
        file = Checkpoint(checkpoint, model, optimizer, settings, data, loss)
        done = file.load(min_delta) if resume and os.path.exists(checkpoint) else done
    run = _Run(
        model=model,
        optimizer=optimizer,
        objective=objective,
        data=data,
        size=size,
        seed=seed,
        unmarked=correct is None,
        skips=on_nonfinite == "skip",
        held=lambda: score(model, kept_out, loss, correct) if kept_out else None,
        watches_own=kept_out is None and (patience is not None or file is not None),
    )

    def shown(epoch: Epoch) -> Epoch:
        """What a checkpoint alone looks at is for a run that goes on with patience."""
        return epoch if patience is not None else epoch.without_after()

    if done.epochs and not done.watches(kept_out is not None):
        # Earlier parameters are not in the checkpoint: the present ones count as the best so far.
        done.restart(run.held(), run.after(done), model.state_dict())

    with bar(epochs, len(data), progress) as show, _interrupts() as interrupted:
        end: End | None = done.end(goal, patience)
        while end is None and len(done.epochs) < epochs:
            for _ in run.batches(done):
                show(done.seen, len(done.epochs), done.epochs[-1] if done.epochs else None)
                if interrupted():
                    end = "interrupted"
                    break
            else:
                better = done.close(run.closed(done))
                if better and (patience is not None or file is not None):
                    done.best_state = model.state_dict()
                if on_epoch is not None:
                    on_epoch(len(done.epochs), shown(done.epochs[-1]))
                end = done.end(goal, patience)
                if file and len(done.epochs) % checkpoint_every == 0:
                    file.save(done)
        show(done.seen, len(done.epochs), done.epochs[-1] if done.epochs else None)
    if file:
        file.save(done)
    if patience is not None and done.best_state is not None and end != "interrupted":
        model.load_state_dict(done.best_state)
    return History(tuple(map(shown, done.epochs)), end or "finished")


def _objective(compiled: bool) -> Callable[..., Objective]:
    """What takes the gradients; only a program needs NumPy."""
    if not compiled:
        return GraphObjective
    from micrograd_like.training.compiled import CompiledObjective

    return CompiledObjective


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
    skips: bool
    held: Callable[[], Score | None]
    watches_own: bool

    def batches(self, done: Progress) -> Iterator[None]:
        """Train on what is left of the epoch, batch by batch."""
        seed = self.seed if self.size < len(self.data) else None
        places = order(len(self.data), seed, len(done.epochs))
        for batch in batches(places[done.seen :], self.size):
            try:
                loss, right = self._step(batch, done)
            except DomainError as error:
                if not self.skips:
                    raise self._diverged(done, error) from error
                loss, right = 0.0, 0
                done.skipped.append(len(batch))
            done.seen += len(batch)
            done.loss += loss
            done.right += right
            yield

    def _step(self, batch: Sequence[int], done: Progress) -> tuple[float, int]:
        """A gradient and an update, with the masks of dropout that this batch always gets."""
        model: Any = self.model
        if not getattr(model, "dropout", 0):
            outcome = self.objective.gradients(batch)
        else:
            model.masks = random.Random(f"{self.seed} {len(done.epochs)} {done.seen}")
            try:
                outcome = self.objective.gradients(batch)
            finally:
                model.masks = None
        self.optimizer.step()
        return outcome

    def _diverged(self, done: Progress, error: DomainError) -> DomainError:
        # The loss was finite at first, if there was a step since.
        hint = "; try a smaller rate" if self.optimizer.steps else ""
        return DomainError(f"epoch {len(done.epochs) + 1}: {error}{hint}")

    def closed(self, done: Progress) -> Epoch:
        """The epoch that is done."""
        return Epoch(self._score(done), self.held(), self.after(done), len(done.skipped))

    def after(self, done: Progress) -> Score | None:
        """What the parameters of now come to, where somebody looks at that, now or later."""
        try:
            return Score(self.objective.mean_loss(self.skips)) if self.watches_own else None
        except DomainError as error:
            raise self._diverged(done, error) from error

    def _score(self, done: Progress) -> Score:
        """Of the epoch, over its batches.

        Raises:
            DomainError: All of them were left out.
        """
        count = done.seen - sum(done.skipped)
        if not count:
            raise DomainError(
                f"epoch {len(done.epochs) + 1}: expected a batch whose loss, gradient and update "
                f"are finite, got none among {len(done.skipped)}"
            )
        return Score(done.loss / count, None if self.unmarked else done.right / count)


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
