"""What a training run leaves behind: its epochs, and why it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

#: All epochs done; the goal reached; no better for too long; stopped by Ctrl-C.
End = Literal["finished", "reached", "no better", "interrupted"]


@dataclass(frozen=True, slots=True)
class Score:
    """The mean loss over some examples, and the share of them that is right, if asked for."""

    loss: float
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass through all examples.

    Attributes:
        score: That over its batches, each taken before its own update.
        held_out: That over the examples held out, after the epoch.
        after: That over the examples themselves, after the epoch: with patience, where nothing is
            held out, so that the loss watched is that of the parameters that are kept. A checkpoint
            has it in any case, for a run that goes on with patience.
        skipped: How many batches were left out, because something of theirs was not finite.
    """

    score: Score
    held_out: Score | None = None
    after: Score | None = None
    skipped: int = 0

    @property
    def watched(self) -> float:
        """The loss that stopping looks at: that of the examples held out, if there are any."""
        return (self.held_out or self.after or self.score).loss

    def without_after(self) -> Epoch:
        """The epoch as a run has it in which nobody looks at the parameters after it."""
        return replace(self, after=None)


def alike(epochs: Sequence[Epoch]) -> list[int]:
    """The places of the epochs whose loss watched is of the same kind as the last one's."""
    kinds = [(epoch.held_out is None, epoch.after is None) for epoch in epochs]
    return [place for place, kind in enumerate(kinds) if kind == kinds[-1]]


@dataclass(frozen=True, slots=True)
class History:
    """All epochs of a run, a resumed one's earlier ones too, and why it ended."""

    epochs: tuple[Epoch, ...]
    end: End

    @property
    def best(self) -> int:
        """The place in ``epochs``, from 0, of the lowest loss watched; −1 without epochs.

        Of a run that was resumed to watch another loss, among the epochs since.
        """
        return min(alike(self.epochs), key=lambda place: self.epochs[place].watched, default=-1)

    @property
    def skipped(self) -> int:
        """How many batches were left out, because something of theirs was not finite."""
        return sum(epoch.skipped for epoch in self.epochs)

    @property
    def losses(self) -> list[float]:
        """The loss of every epoch."""
        return [epoch.score.loss for epoch in self.epochs]

    def __repr__(self) -> str:
        last = f", loss {self.epochs[-1].score.loss:.4g}" if self.epochs else ""
        count = "1 epoch" if len(self.epochs) == 1 else f"{len(self.epochs)} epochs"
        return f"<History: {count}, {self.end}{last}>"
