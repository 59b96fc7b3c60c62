"""Plots with matplotlib: what lessons and training runs leave, drawn as SVG or PNG.

Nothing is computed here but where a line goes on the page. An SVG follows the reader's dark
mode; a PNG has a white ground.

>>> from micrograd_like.lessons.pictures import Curves
>>> drawn = figure([Curves("Loss", "loss", {"a run": [0.5, 0.2, 0.1]})])
>>> len(drawn.axes)
1
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from micrograd_like.errors import LessonError, did_you_mean, printable
from micrograd_like.files import write_whole
from micrograd_like.lessons.pictures import Curves, MatrixLine, Picture
from visualize.palette import DARK, LIGHT
from visualize.plot_kinds import COLOURS, DRAWN, INSIDE, ON_DARK, broken, matrix_height

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("svg", "png")
#: Inches of one picture.
_WIDTH, _HEIGHT = 4.8, 3.8
#: Pictures side by side, unless asked otherwise: letters are large enough on a phone.
ACROSS = 1
#: Stand-ins for text and ground, which an SVG takes from its style sheet.
_INK, _GROUND = "#010203", "#fdfcfb"
_OF_INK = (
    *("text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor"),
    *("xtick.color", "ytick.color"),
)
_OF_GROUND = ("figure.facecolor", "savefig.facecolor", "axes.facecolor", "legend.facecolor")
_VARIABLES = {"ink": _INK, "ground": _GROUND} | {
    f"line-{number}": colour for number, colour in enumerate(COLOURS)
}


def figure(pictures: Sequence[Picture], across: int = ACROSS) -> Figure:
    """The pictures as one figure.

    Args:
        pictures: At least one.
        across: So many stand side by side; a line of matrices has a row to itself, or several.

    Raises:
        LessonError: matplotlib is not installed.
        ValueError: There are no pictures.
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
    inches = INSIDE * _WIDTH * min(across, len(pictures))
    rows = list(_rows([part for one in pictures for part in _fitting(one, inches)], across))
    columns = max(sum(width for _, width in row) for row in rows)
    heights = [_height(row) for row in rows]
    made = NewFigure(figsize=(_WIDTH * columns, sum(heights)), layout="constrained")
    grid = made.add_gridspec(len(rows), columns, height_ratios=heights)
    for place, row in enumerate(rows):
        column = 0
        for picture, width in row:
            axes = made.add_subplot(grid[place, column : column + min(width, columns)])
            axes.set_title(picture.title)
            DRAWN[type(picture)](axes, picture)
            column += width
    return made


def _fitting(picture: Picture, inches: float) -> Iterator[Picture]:
    """The picture, or what a line of matrices that has too little room is broken into."""
    if isinstance(picture, MatrixLine):
        yield from broken(picture, inches)
    else:
        yield picture


def _rows(pictures: Sequence[Picture], across: int) -> Iterator[list[tuple[Picture, int]]]:
    """The pictures row by row, each with the columns that it takes."""
    row: list[tuple[Picture, int]] = []
    most = min(across, len(pictures))
    for picture in pictures:
        width = most if isinstance(picture, MatrixLine) else 1
        if sum(taken for _, taken in row) + width > most:
            yield row
            row = []
        row.append((picture, width))
    yield row


def _height(row: list[tuple[Picture, int]]) -> float:
    """Inches of a row."""
    picture, _ = row[0]
    return matrix_height(picture) if isinstance(picture, MatrixLine) else _HEIGHT


def save(pictures: Sequence[Picture], path: str | os.PathLike[str], across: int = ACROSS) -> None:
    """Draw the pictures into a file, whose ending says whether as SVG or as PNG.

    Raises:
        LessonError: Another ending, no such folder, or as for :func:`figure`.
        OSError: The file cannot be written.
    """
    check_path(path)
    write_whole(path, drawn(pictures, _ending(path), across))


def drawn(pictures: Sequence[Picture], format: str, across: int = ACROSS) -> bytes:
    """The pictures as a file of this format, "svg" or "png". Raises as :func:`figure` does."""
    if format == "svg":
        return svg(pictures, across).encode()
    out = io.BytesIO()
    figure(pictures, across).savefig(out, format=format, dpi=150)
    return out.getvalue()


def svg(pictures: Sequence[Picture], across: int = ACROSS) -> str:
    """The pictures as SVG: text stays text, and the same pictures give the same file."""
    with _ink_and_ground():
        made = figure(pictures, across)
        _settle(made)
        out = io.StringIO()
        made.savefig(out, format="svg", metadata={"Date": None})
    opening, tag, rest = out.getvalue().partition("<defs>")
    for name, colour in _VARIABLES.items():
        rest = rest.replace(colour, f"var(--{name})")
    return f"{opening}{_style()}{tag}{rest}"


def _settle(made: Figure) -> None:
    """Lay the figure out, once, in places without the last digits.

    The solver behind it gives those as its own hash tables have it, and SVG's ids are made of them.
    """
    engine = made.get_layout_engine()
    assert engine is not None
    engine.execute(made)
    made.set_layout_engine(None)  # with "none" matplotlib would go through it all once more
    for axes in made.axes:
        left, below, width, height = axes.get_position(original=True).bounds
        axes.set_position((round(left, 9), round(below, 9), round(width, 9), round(height, 9)))


def _style() -> str:
    """What the variables of an SVG stand for, on a light ground and on a dark one."""
    light = (LIGHT["ink"], LIGHT["paper"], *COLOURS)
    dark = (DARK["ink"], DARK["paper"], *ON_DARK)
    roots = (
        ":root{" + ";".join(f"--{n}:{c}" for n, c in zip(_VARIABLES, ground, strict=True)) + "}"
        for ground in (light, dark)
    )
    return "<style>{}@media (prefers-color-scheme:dark){{{}}}</style>".format(*roots)


@contextmanager
def _ink_and_ground() -> Iterator[None]:
    try:
        import matplotlib as mpl
    except ImportError:  # figure() says what to install
        yield
        return
    settings = {"svg.fonttype": "none", "svg.hashsalt": "micrograd-like"}
    settings |= dict.fromkeys(_OF_INK, _INK) | dict.fromkeys(_OF_GROUND, _GROUND)
    with mpl.rc_context(settings):
        yield


def check_path(path: str | os.PathLike[str]) -> None:
    """Whether a picture can be written there.

    Raises:
        LessonError: The name ends in no format, or lies in no folder.
    """
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
