"""What a lesson leaves: what it says, its numbers, and what can be drawn of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from micrograd_like.training.records import History
from micrograd_like.writers.blocks import Block, Heading, Sentence


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines over whole numbers, such as a loss over the epochs, by name.

    first:  the number of the lines' first point: 0 where it comes before anything is done
    """

    title: str
    y_label: str
    lines: Mapping[str, Sequence[float]]
    x_label: str = "epoch"
    logarithmic: bool = False
    first: int = 1


@dataclass(frozen=True, slots=True)
class Surface:
    """A function of two inputs on a grid, ``values[row][column]`` at (xs[column], ys[row]).

    points, classes:  examples drawn over it, each with the number of its class
    level:            where the function decides between two classes
    """

    title: str
    xs: Sequence[float]
    ys: Sequence[float]
    values: Sequence[Sequence[float]]
    points: Sequence[Sequence[float]]
    classes: Sequence[int]
    level: float = 0.5


@dataclass(frozen=True, slots=True)
class StraightLines:
    """Points (x, y), and lines y = m·x + b through them, by name."""

    title: str
    points: Sequence[Sequence[float]]
    lines: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Images:
    """Small grey pictures, rows of numbers, each with a caption."""

    title: str
    images: Sequence[Sequence[Sequence[float]]]
    captions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Layers:
    """A size for every layer, from the inputs on, by the network's name; a scale of powers."""

    title: str
    y_label: str
    lines: Mapping[str, Sequence[float]]


Picture = Curves | Surface | StraightLines | Images | Layers


@dataclass(frozen=True, slots=True)
class Outcome:
    """A lesson, done.

    blocks:    what it says
    record:    its numbers in full, as plain data
    pictures:  what can be drawn of it, side by side
    """

    blocks: tuple[Block, ...]
    record: Mapping[str, Any]
    pictures: tuple[Picture, ...] = field(default=())


def try_next(*proposals: str) -> list[Block]:
    """The last part of every lesson."""
    return [Heading("What to try next"), *map(Sentence, proposals)]


def uninterrupted(history: History) -> History:
    """The run, which a lesson of several needs whole. Errors: KeyboardInterrupt."""
    if history.end == "interrupted":
        raise KeyboardInterrupt
    return history


def surface(
    title: str,
    of: Callable[[list[float]], float],
    points: Sequence[Sequence[float]],
    classes: Sequence[int],
    level: float = 0.5,
    steps: int = 61,
) -> Surface:
    """The function on a grid that reaches beyond the points by a sixth of their extent."""
    axes = []
    for axis in (0, 1):
        low, high = (f(point[axis] for point in points) for f in (min, max))
        margin = (high - low) / 6 or 1.0
        width = high - low + 2 * margin
        axes.append([low - margin + width * step / (steps - 1) for step in range(steps)])
    xs, ys = axes
    values = [[of([x, y]) for x in xs] for y in ys]
    return Surface(title, xs, ys, values, points, classes, level)
