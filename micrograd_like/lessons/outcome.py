"""What a lesson leaves: what it says, its numbers, what can be drawn of it, its worksheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_like.lessons.pictures import Picture
from micrograd_like.training.records import History
from micrograd_like.writers.blocks import Block, Heading, Sentence


@dataclass(frozen=True, slots=True)
class Outcome:
    """A lesson, done.

    Attributes:
        blocks: What it says.
        record: Its numbers in full, as plain data.
        pictures: What can be drawn of it, side by side.
        worksheet: The calculation by hand in it as a worksheet, "" where there is none.
        interrupted: Whether it was ended before it was done; the rest is of what was.
    """

    blocks: Sequence[Block]
    record: Mapping[str, Any]
    pictures: Sequence[Picture] = ()
    worksheet: str = ""
    interrupted: bool = False


def try_next(*proposals: str) -> list[Block]:
    """The last part of every lesson."""
    return [Heading("What to try next"), *map(Sentence, proposals)]


def uninterrupted(history: History) -> History:
    """The run, which a lesson of several needs whole.

    Raises:
        KeyboardInterrupt: It was interrupted.
    """
    if history.end == "interrupted":
        raise KeyboardInterrupt
    return history
