"""What can be drawn of a lesson or a training run, as records; ``visualize.plots`` draws them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

#: (x, y)
Point = tuple[float, float]
Rows = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Curves:
    """Lines over whole numbers, such as a loss over the epochs, by name.

    Attributes:
        first: The number of the lines' first point: 0 where it comes before anything is done.
    """

    title: str
    y_label: str
    lines: Mapping[str, Sequence[float]]
    x_label: str = "epoch"
    logarithmic: bool = False
    first: int = 1


@dataclass(frozen=True, slots=True)
class Plane:
    """Lines, and points, in a plane with two axes: a cost over a weight, a line through data.

    Attributes:
        lines: Points joined in their order, by name.
        points: Points by themselves, by name.
        paths: Points joined with a mark at each, such as the steps of a descent.
    """

    title: str
    x_label: str
    y_label: str
    lines: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    points: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    paths: Mapping[str, Sequence[Point]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Surface:
    """A function of two inputs on a grid: ``values[row][column]`` at (xs[column], ys[row]).

    Attributes:
        points: Examples drawn over it.
        classes: The number of each example's class.
        level: Where the function decides between two classes; None where the values are the
            numbers of the classes themselves, of any count.
    """

    title: str
    xs: Sequence[float]
    ys: Sequence[float]
    values: Rows
    points: Sequence[Point] = ()
    classes: Sequence[int] = ()
    level: float | None = 0.5
    x_label: str = "x1"
    y_label: str = "x2"


@dataclass(frozen=True, slots=True)
class Contours:
    """A cost over two weights, by lines of equal height, with the paths of descents by name."""

    title: str
    x_label: str
    y_label: str
    xs: Sequence[float]
    ys: Sequence[float]
    values: Rows
    paths: Mapping[str, Sequence[Point]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """A line of a calculation with matrices, each drawn as a heat map with its numbers.

    Attributes:
        parts: Matrices, each with its name, and between them signs such as ``=`` or ``·``.
    """

    title: str
    parts: Sequence[str | tuple[str, Rows]]


@dataclass(frozen=True, slots=True)
class Images:
    """Small grey pictures, rows of numbers, each with a caption."""

    title: str
    images: Sequence[Rows]
    captions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Layers:
    """A size for every layer, from the inputs on, by the network's name; a scale of powers."""

    title: str
    y_label: str
    lines: Mapping[str, Sequence[float]]


Picture = Curves | Plane | Surface | Contours | MatrixLine | Images | Layers


def span(low: float, high: float, steps: int) -> list[float]:
    """``steps`` numbers from ``low`` to ``high``, equally far apart."""
    return [low + (high - low) * step / (steps - 1) for step in range(steps)]


def surface(
    title: str,
    of: Callable[[list[float]], float | Sequence[float]],
    points: Sequence[Sequence[float]],
    classes: Sequence[int],
    *,
    level: float = 0.5,
    steps: int = 61,
    axes: tuple[int, int] = (0, 1),
) -> Surface:
    """What a model says over two of its inputs, the others held at the examples' mean.

    Args:
        title: The picture's title.
        of: The model: of a row of inputs a number, which decides at ``level``, or a list of
            scores, of which the largest is the class.
        points: The examples' inputs; the grid reaches beyond them by a sixth of their extent.
        classes: The number of each example's class.
        level: Where a number decides between two classes.
        steps: Points of the grid along each axis.
        axes: Which two inputs, counted from 0.
    """
    held = [sum(column) / len(points) for column in zip(*points, strict=True)]
    xs, ys = (_reaching([point[axis] for point in points], steps) for axis in axes)

    def at(x: float, y: float) -> float | Sequence[float]:
        row = list(held)
        row[axes[0]], row[axes[1]] = x, y
        return of(row)

    said = [[at(x, y) for x in xs] for y in ys]
    several = isinstance(said[0][0], Sequence)
    return Surface(
        title,
        xs,
        ys,
        [[float(_largest(value)) for value in row] for row in said],
        [(point[axes[0]], point[axes[1]]) for point in points],
        classes,
        None if several else level,
        f"x{axes[0] + 1}",
        f"x{axes[1] + 1}",
    )


def _reaching(places: list[float], steps: int) -> list[float]:
    """A grid that reaches beyond the places by a sixth of their extent."""
    low, high = min(places), max(places)
    margin = (high - low) / 6 or 1.0
    return span(low - margin, high + margin, steps)


def _largest(said: float | Sequence[float]) -> float:
    return said.index(max(said)) if isinstance(said, Sequence) else said


def contours(
    title: str,
    of: Callable[[float, float], float],
    paths: Mapping[str, Sequence[Point]],
    labels: tuple[str, str],
    *,
    steps: int = 61,
    square: bool = False,
    reach: float = 0.0,
) -> Contours:
    """A cost over two weights, on a grid that reaches beyond the paths by a quarter.

    Args:
        title: The picture's title.
        of: The cost of the two weights.
        paths: The way of each descent, by name.
        labels: The weights' names.
        steps: Points of the grid along each axis.
        square: True gives both axes the same extent.
        reach: How far the grid reaches at least from the middle of the paths.
    """
    places = [point for path in paths.values() for point in path]
    extents = [(min(axis), max(axis)) for axis in zip(*places, strict=True)]
    widths = [high - low for low, high in extents]
    widest = max(widths)
    grid = []
    for (low, high), width in zip(extents, widths, strict=True):
        middle = (low + high) / 2
        nothing = 0.05 * (abs(middle) or 1.0)  # closer by, a cost is flat to rounding
        half = max(reach, 0.75 * (widest if square else width), nothing)
        grid.append(span(middle - half, middle + half, steps))
    xs, ys = grid
    return Contours(title, *labels, xs, ys, [[of(x, y) for x in xs] for y in ys], paths)
