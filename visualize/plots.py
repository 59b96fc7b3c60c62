"""Plots with matplotlib: what lessons and training runs leave, drawn as SVG or PNG.

Nothing is computed here but where a line goes on the page.

>>> from micrograd_like.lessons.outcome import Curves
>>> drawn = figure([Curves("Loss", "loss", {"a run": [0.5, 0.2, 0.1]})])
>>> len(drawn.axes)
1
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd_like.errors import LessonError, did_you_mean, printable
from micrograd_like.lessons.outcome import (
    Curves,
    Images,
    Layers,
    Picture,
    StraightLines,
    Surface,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = ("svg", "png")
#: Inches of one picture.
_WIDTH, _HEIGHT = 4.8, 3.8
_ACROSS = 2
#: A pair that the colour-blind tell apart, with marks that need no colour.
_CLASSES = (("tab:blue", "o"), ("tab:orange", "^"))
_SHADES = "RdBu_r"


def figure(pictures: Sequence[Picture]) -> Figure:
    """The pictures as one figure, two in a row.

    Errors: LessonError where matplotlib is not installed, ValueError for no pictures.
    """
    try:
        from matplotlib.figure import Figure as NewFigure  # needs no display, unlike pyplot
    except ImportError:
        raise LessonError(
            "plots are drawn with matplotlib, which is not installed: "
            "pip install 'micrograd-like[plots]'"
        ) from None
    if not pictures:
        raise ValueError("expected at least one picture, got none")
    across = min(len(pictures), _ACROSS)
    down = -(-len(pictures) // across)
    made = NewFigure(figsize=(_WIDTH * across, _HEIGHT * down), layout="constrained")
    for place, picture in enumerate(pictures, 1):
        if isinstance(picture, Images):
            _images(made, (down, across, place), picture)
            continue
        axes = made.add_subplot(down, across, place)
        axes.set_title(picture.title)
        match picture:
            case Curves():
                _curves(axes, picture)
            case Surface():
                _surface(axes, picture)
            case StraightLines():
                _straight_lines(axes, picture)
            case Layers():
                _layers(axes, picture)
    return made


def save(pictures: Sequence[Picture], path: str | os.PathLike[str]) -> None:
    """Draw the pictures into a file, whose ending says whether as SVG or as PNG.

    Errors: LessonError for another ending, OSError; as for :func:`figure`.
    """
    check_path(path)
    import matplotlib as mpl

    made = figure(pictures)
    # Text stays text, and the same pictures give the same file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "micrograd-like"}):
        made.savefig(path, dpi=150, metadata={"Date": None} if _ending(path) == "svg" else None)


def check_path(path: str | os.PathLike[str]) -> None:
    """Errors: LessonError for a name that ends in no format, or lies in no folder."""
    ending = _ending(path)
    if ending not in FORMATS:
        raise LessonError(
            f"{printable(os.fspath(path))}: expected a name ending in .svg or .png"
            f"{did_you_mean(ending, FORMATS)}"
        )
    folder = Path(path).parent
    if not folder.is_dir():
        raise LessonError(f"there is no folder {printable(str(folder))} to write the picture into")


def loss_curves(histories: Mapping[str, Sequence[float]]) -> Figure:
    """Losses over the epochs, by name, such as ``{"SGD": history.losses}``."""
    return figure([Curves("Loss", "loss", histories, logarithmic=True)])


def weight_paths(paths: Mapping[str, Sequence[float]]) -> Figure:
    """The way of every weight over the steps, by its name, from where it started."""
    return figure([Curves("Weights", "weight", paths, x_label="step", first=0)])


def _ending(path: str | os.PathLike[str]) -> str:
    return Path(path).suffix.lower().removeprefix(".")


def _curves(axes: Axes, picture: Curves) -> None:
    from matplotlib.ticker import MaxNLocator

    for name, line in picture.lines.items():
        axes.plot(range(picture.first, picture.first + len(line)), line, label=name, linewidth=1.3)
    if picture.logarithmic and any(value > 0 for line in picture.lines.values() for value in line):
        axes.set_yscale("log")
    axes.set_xlabel(picture.x_label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel(picture.y_label)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")


def _surface(axes: Axes, picture: Surface) -> None:
    low = min(map(min, picture.values))
    high = max(map(max, picture.values))
    reach = max(high - picture.level, picture.level - low) or 1.0
    shade = axes.pcolormesh(
        picture.xs,
        picture.ys,
        picture.values,
        cmap=_SHADES,
        vmin=picture.level - reach,
        vmax=picture.level + reach,
        shading="gouraud",
        rasterized=True,
    )
    if low < picture.level < high:
        axes.contour(picture.xs, picture.ys, picture.values, [picture.level], colors="black")
    _points(axes, picture.points, picture.classes)
    axes.set_xlabel("x1")
    axes.set_ylabel("x2")
    axes.figure.colorbar(shade, ax=axes)


def _points(axes: Axes, points: Sequence[Sequence[float]], classes: Sequence[int]) -> None:
    for number, (colour, mark) in enumerate(_CLASSES):
        chosen = [point for point, own in zip(points, classes, strict=True) if own == number]
        if chosen:
            xs, ys = zip(*chosen, strict=True)
            size = 70 if len(points) < 10 else 18
            axes.scatter(xs, ys, s=size, c=colour, marker=mark, edgecolors="white", label=number)
    # Outside, where it covers neither a point nor the boundary.
    place = {"loc": "upper left", "bbox_to_anchor": (0, -0.14), "frameon": False}
    axes.legend(fontsize="small", ncols=2, title="class", title_fontsize="small", **place)


def _straight_lines(axes: Axes, picture: StraightLines) -> None:
    xs, ys = zip(*picture.points, strict=True)
    axes.scatter(xs, ys, s=18, c="grey", zorder=3)
    ends = [min(xs), max(xs)]
    for (name, (m, b)), style in zip(picture.lines.items(), _styles(), strict=False):
        axes.plot(ends, [m * x + b for x in ends], style, label=name)
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    axes.legend(fontsize="small")


def _styles() -> list[str]:
    """One on top of the other, every line still shows."""
    return ["-", ":", "--", "-."]


def _layers(axes: Axes, picture: Layers) -> None:
    for (name, sizes), mark in zip(picture.lines.items(), "os^dv<>", strict=False):
        shown = [size if size > 0 else math.nan for size in sizes]
        axes.plot(range(1, len(sizes) + 1), shown, f"-{mark}", label=name, markersize=4)
    axes.set_yscale("log")
    axes.set_xlabel("layer")
    axes.set_ylabel(picture.y_label)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")


def _images(made: Figure, place: tuple[int, int, int], picture: Images) -> None:
    outer = made.add_subplot(*place)
    outer.set_title(picture.title)
    outer.axis("off")
    across = 5
    down = -(-len(picture.images) // across)
    for number, (image, caption) in enumerate(zip(picture.images, picture.captions, strict=True)):
        row, column = divmod(number, across)
        box = (column / across, 1 - (row + 1) / down, 0.9 / across, 0.75 / down)
        inner: Any = outer.inset_axes(box)
        inner.imshow(image, cmap="gray_r")
        inner.set_title(caption, fontsize=7)
        inner.axis("off")
