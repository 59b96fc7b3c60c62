"""How each kind of picture is drawn into matplotlib's axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from micrograd_like.lessons.pictures import (
    Contours,
    Curves,
    Images,
    Layers,
    MatrixLine,
    Plane,
    Point,
    Rows,
    Surface,
)
from micrograd_like.notation import formatted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Of classes and of lines: colours that the colour-blind tell apart (Okabe and Ito, 2008), and
#: lighter ones in their places on a dark ground; marks and dashes need no colour.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#a0a000", "#808080")
ON_DARK = ("#5fb8ee", "#f0b429", "#35d0a4", "#e3a1c6", "#a9d9f6", "#ff8f45", "#d0d040", "#b0b0b0")
_MARKS = "o^sDvP*X"
_DASHES = ("-", "--", ":", "-.")
_SHADES = "RdBu_r"
#: Axes reach no farther: their logarithms are taken back by exponentials.
_LARGEST = 1e100
#: Marks along the path of a descent, about.
_MOST_MARKS = 25
#: Points of the smallest letters: a picture as wide as a phone's screen shows them in 11 pixels.
LETTERS = 10.0
#: Inches of a matrix's cell.
_CELL_WIDTH, CELL_HEIGHT = 0.62, 0.27
#: The share of a figure's width that a line of matrices has.
INSIDE = 0.97
#: Cells of a matrix that numbers are written into, in a row at most.
_MOST_CELLS = 12


def _styles() -> Iterator[tuple[str, str, str]]:
    """Colour, dash and mark of one line after the other."""
    return zip(cycle(COLOURS), cycle(_DASHES), cycle(_MARKS), strict=False)


def _labelled(axes: Axes, x_label: str, y_label: str, grid: bool = True) -> None:
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if grid:
        axes.grid(alpha=0.3)


def _logarithmic(axes: Axes) -> None:
    """A logarithmic scale upwards, its numbers without exponents, whose letters are small."""
    from matplotlib.ticker import LogFormatter

    def plain(self: Any, x: float, pos: int | None = None) -> str:
        return formatted(x, "g") if LogFormatter.__call__(self, x, pos) else ""

    # Made so, for the type checker may not know what matplotlib's classes are.
    kind: Any = type("Plain", (LogFormatter,), {"__call__": plain})
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(kind())
    axes.yaxis.set_minor_formatter(kind())


def _legend(axes: Axes, **options: Any) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(**{"fontsize": LETTERS, **options})


def _curves(axes: Axes, picture: Curves) -> None:
    from matplotlib.ticker import MaxNLocator

    for (name, line), (colour, dash, _) in zip(picture.lines.items(), _styles(), strict=False):
        places = range(picture.first, picture.first + len(line))
        shown = [value if abs(value) < _LARGEST else math.nan for value in line]
        axes.plot(places, shown, dash, label=name, color=colour, linewidth=1.8)
    if picture.logarithmic and any(value > 0 for line in picture.lines.values() for value in line):
        _logarithmic(axes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _labelled(axes, picture.x_label, picture.y_label)
    _legend(axes)


def _plane(axes: Axes, picture: Plane) -> None:
    styles = _styles()
    for (name, line), (colour, dash, _) in zip(picture.lines.items(), styles, strict=False):
        axes.plot(*zip(*line, strict=True), dash, label=name, color=colour)
    for (name, points), (colour, _, mark) in zip(picture.points.items(), styles, strict=False):
        xs, ys = zip(*points, strict=True)
        axes.scatter(xs, ys, s=18, c=colour, marker=mark, label=name, zorder=3)
    _paths(axes, picture.paths, styles)
    _labelled(axes, picture.x_label, picture.y_label)
    _legend(axes)


def _paths(
    axes: Axes, paths: Mapping[str, Sequence[Point]], styles: Iterator[tuple[str, str, str]]
) -> None:
    """Descents: marks on the way, a line between, a larger mark where it ends."""
    for (name, path), (colour, _, mark) in zip(paths.items(), styles, strict=False):
        xs, ys = zip(*path, strict=True)
        style: dict[str, Any] = {"color": colour, "markeredgewidth": 0, "zorder": 3}
        every = max(1, len(path) // _MOST_MARKS)
        axes.plot(
            xs, ys, f"-{mark}", label=name, linewidth=1, markersize=4, markevery=every, **style
        )
        axes.plot(xs[-1:], ys[-1:], mark, markersize=9, **style)


def _surface(axes: Axes, picture: Surface) -> None:
    if picture.level is None:
        _regions(axes, picture)
    else:
        _shaded(axes, picture, picture.level)
    size = 70 if len(picture.points) < 10 else 24
    for number, (colour, _, mark) in zip(sorted({*picture.classes}), _styles(), strict=False):
        chosen = [
            p for p, own in zip(picture.points, picture.classes, strict=True) if own == number
        ]
        xs, ys = zip(*chosen, strict=True)
        style: dict[str, Any] = {"marker": mark, "edgecolors": "white", "linewidths": size / 50}
        axes.scatter(xs, ys, s=size, c=colour, label=number, **style)
    _labelled(axes, picture.x_label, picture.y_label, grid=False)
    # Outside, where it covers neither a point nor the boundary.
    place = {"loc": "upper left", "bbox_to_anchor": (0, -0.14), "frameon": False}
    _legend(axes, ncols=8, title="class", title_fontsize=LETTERS, columnspacing=1, **place)


def _shaded(axes: Axes, picture: Surface, level: float) -> None:
    low = min(map(min, picture.values))
    high = max(map(max, picture.values))
    reach = max(high - level, level - low) or abs(level) or 1.0
    shade = axes.pcolormesh(
        picture.xs,
        picture.ys,
        picture.values,
        cmap=_SHADES,
        vmin=level - reach,
        vmax=level + reach,
        shading="gouraud",
        rasterized=True,
    )
    if low < level < high:
        axes.contour(picture.xs, picture.ys, picture.values, [level], colors="black")
    axes.figure.colorbar(shade, ax=axes)


def _regions(axes: Axes, picture: Surface) -> None:
    """The ground of every class in a thin veil of its colour, on a light page or a dark one."""
    classes = sorted({*picture.classes, *(int(v) for row in picture.values for v in row)})
    for own, (colour, _, _) in zip(classes, _styles(), strict=False):
        inside = [[float(value == own) for value in row] for row in picture.values]
        axes.contourf(picture.xs, picture.ys, inside, [0.5, 1.5], colors=[colour], alpha=0.3)


def _contours(axes: Axes, picture: Contours) -> None:
    """Levels closer together the lower they lie, so that the floor of the bowl shows."""
    known = [value for row in picture.values for value in row if math.isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    levels = sorted({low + (high - low) * (step / 14) ** 2 for step in range(15)})
    if len(levels) > 1:  # a cost that is the same everywhere has no lines
        greys = [(0.5, 0.5, 0.5, 0.9 * step / len(levels)) for step in range(len(levels) - 1)]
        shown = axes.contourf(picture.xs, picture.ys, picture.values, levels, colors=greys)
        # On a light page and on a dark one: grey on the ground's side, dark on the greys.
        lines = ["#808080" if 2 * n < len(levels) else "#2c2c2c" for n in range(1, len(levels))]
        axes.contour(
            picture.xs, picture.ys, picture.values, levels[1:], colors=lines, linewidths=0.6
        )
        axes.figure.colorbar(shown, ax=axes, format="%.3g")
    _paths(axes, picture.paths, _styles())
    _labelled(axes, picture.x_label, picture.y_label, grid=False)
    _legend(axes)


def extent(picture: MatrixLine) -> float:
    """The width of a line of matrices, in cells."""
    return sum(map(_wide, picture.parts))


def _wide(part: str | tuple[str, Rows]) -> float:
    if isinstance(part, str):
        return 0.25 + 0.2 * len(part)
    return len(part[1][0]) + 0.2


def cell_width(picture: MatrixLine, inches: float) -> float:
    """Inches of a cell, in a line of matrices that has so many inches to itself."""
    return min(_CELL_WIDTH, inches / extent(picture))


def broken(picture: MatrixLine, inches: float) -> Iterator[MatrixLine]:
    """The line over as many as it needs, each no wider than so many inches where it has a sign.

    A line is broken before a matrix, and takes the sign before it along.
    """
    title = picture.title
    taken: list[str | tuple[str, Rows]] = []
    for part, after in zip(picture.parts, [*picture.parts[1:], ""], strict=True):
        closed = [part, after] if after == ")" else [part]
        wide = sum(map(_wide, [*taken, *closed])) * _CELL_WIDTH
        if not isinstance(part, str) and wide > inches and len(taken) > 1:
            carried = [taken.pop()] if isinstance(taken[-1], str) else []
            yield MatrixLine(title, taken)
            title, taken = "", carried
        taken.append(part)
    yield MatrixLine(title, taken)


def matrix_height(picture: MatrixLine) -> float:
    """Inches that a line of matrices takes, with its title and the matrices' names."""
    return (0.95 if picture.title else 0.65) + CELL_HEIGHT * max(
        len(p[1]) for p in picture.parts if not isinstance(p, str)
    )


def _matrix_line(axes: Axes, picture: MatrixLine) -> None:
    tallest = max(len(part[1]) for part in picture.parts if not isinstance(part, str))
    figure: Any = axes.figure
    inches = INSIDE * figure.get_figwidth()
    cell = cell_width(picture, inches)
    size = LETTERS * cell / _CELL_WIDTH
    left = 0.0
    for part in picture.parts:
        if isinstance(part, str):
            style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": LETTERS + 1}
            axes.text(left + _wide(part) / 2, tallest / 2, part, **style)
        else:
            name, rows = part
            top = (tallest - len(rows)) / 2
            _cells(axes, rows, left + 0.1, top, size)
            shape = f"{name}\n{len(rows)}×{len(rows[0])}"
            middle = left + _wide(part) / 2
            axes.text(middle, top - 0.1, shape, ha="center", va="bottom", fontsize=LETTERS)
        left += _wide(part)
    axes.set_xlim(0, inches / cell)
    axes.set_ylim(tallest, -1.3)
    axes.axis("off")
    axes.set_title("")
    axes.set_title(picture.title, loc="left")


def _cells(axes: Axes, rows: Rows, left: float, top: float, size: float) -> None:
    """A matrix cell by cell, each with its number where there is room for it."""
    from matplotlib.patches import Rectangle

    shade = _diverging(max(abs(value) for row in rows for value in row))
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            x, y = left + j, top + i
            ground, ink = shade(value)
            axes.add_patch(
                Rectangle((x, y), 1, 1, facecolor=ground, edgecolor="white", linewidth=0.5)
            )
            if len(row) <= _MOST_CELLS:
                written = formatted(value, ".4f")
                style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": size}
                axes.text(x + 0.5, y + 0.5, written, color=ink, **style)


def _diverging(reach: float) -> Callable[[float], tuple[str, str]]:
    """The colour of a cell and of the number in it, by its share of the largest."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    shades = colormaps[_SHADES]  # a copy, each time it is asked for

    def shade(value: float) -> tuple[str, str]:
        red, green, blue, _ = shades(0.5 + 0.4 * value / (reach or 1.0))
        light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
        return to_hex((red, green, blue)), "black" if light else "white"

    return shade


def _layers(axes: Axes, picture: Layers) -> None:
    for (name, sizes), (colour, dash, mark) in zip(picture.lines.items(), _styles(), strict=False):
        shown = [size if size > 0 else math.nan for size in sizes]
        places = range(1, len(sizes) + 1)
        axes.plot(places, shown, dash, marker=mark, label=name, color=colour, markersize=4)
    _logarithmic(axes)
    _labelled(axes, "layer", picture.y_label)
    _legend(axes)


def _images(axes: Axes, picture: Images) -> None:
    axes.axis("off")
    across = 5
    down = -(-len(picture.images) // across)
    for number, (image, caption) in enumerate(zip(picture.images, picture.captions, strict=True)):
        row, column = divmod(number, across)
        box = (column / across, 1 - (row + 1) / down, 0.9 / across, 0.75 / down)
        inner: Any = axes.inset_axes(box)
        inner.imshow(image, cmap="gray_r")
        inner.set_title(caption, fontsize=LETTERS)
        inner.axis("off")


DRAWN: dict[type, Callable[[Axes, Any], None]] = {
    Curves: _curves,
    Plane: _plane,
    Surface: _surface,
    Contours: _contours,
    MatrixLine: _matrix_line,
    Images: _images,
    Layers: _layers,
}
