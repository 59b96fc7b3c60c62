"""Lines with matrices, as text and as mathematics in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from micrograd_like.notation import number
from micrograd_like.writers.blocks import Matrices

Rows = Sequence[Sequence[float]]
#: Columns of a matrix that are shown; what lies between the first and the last is left out.
_MOST = 8


def matrices_text(line: Matrices, width: int) -> list[str]:
    """The line over several rows, names and shapes above; broken before a sign where too long."""
    blocks: list[list[str]] = []
    for part in line.parts:
        blocks.append(_sign(part) if isinstance(part, str) else _block(*part, line.places))
    rows: list[str] = []
    taken: list[list[str]] = []
    for block in blocks:
        used = sum(len(one[0]) + 1 for one in taken)
        if taken and used + len(block[0]) + 2 > width:
            carried = [taken.pop()] if len(taken) > 1 and len(taken[-1]) == 1 else []
            rows += _beside(taken)
            taken = carried
        taken.append(block)
    return rows + _beside(taken)


def _sign(sign: str) -> list[str]:
    return [sign]


def _block(name: str, rows: Rows, places: int) -> list[str]:
    """A matrix with its name and shape above, all rows equally wide."""
    cells = [_shown(row, places) for row in rows[:_MOST]]
    if len(rows) > _MOST:
        cells.append(["…"] * len(cells[0]))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "[" + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + "]"
        for row in cells
    ]
    shape = f"{len(rows)}×{len(rows[0])}"
    wide = max(len(lines[0]), len(name), len(shape))
    return [part.center(wide) for part in (name, shape, *lines)]


def _shown(row: Sequence[float], places: int) -> list[str]:
    if len(row) <= _MOST:
        return [_entry(value, places) for value in row]
    return [*(_entry(value, places) for value in row[: _MOST - 1]), "…", _entry(row[-1], places)]


def _entry(value: float, places: int) -> str:
    """An entry with as many decimals as the others of its matrix."""
    if value and (abs(value) < 0.5 * 10.0**-places or abs(value) >= 1e6):
        return number(value, 1)
    return f"{value:.{places}f}".replace("-", "−")


def _beside(blocks: list[list[str]]) -> list[str]:
    """Blocks side by side, two of their rows above, the rest and the signs centred."""
    tallest = max(len(block) for block in blocks) - 2
    columns = []
    for block in blocks:
        if len(block) == 1:
            head, body = [" " * len(block[0])] * 2, block
        else:
            head, body = block[:2], block[2:]
        blank = " " * len(block[0])
        above = (tallest - len(body)) // 2
        columns.append(head + [blank] * above + body + [blank] * (tallest - len(body) - above))
    rows = zip_longest(*columns, fillvalue="")
    return [("  " + " ".join(row)).rstrip() for row in rows]


def matrices_latex(line: Matrices) -> str:
    """The line in mathematics mode, names and shapes below the matrices."""
    out = []
    for part in line.parts:
        if isinstance(part, str):
            out.append(_in_latex(part))
            continue
        name, rows = part
        cells = " \\\\ ".join(
            " & ".join(map(_in_latex, row))
            for row in ([_shown(row, line.places) for row in rows[:_MOST]])
        )
        below = rf"{_subscripts(_in_latex(name))},\ {len(rows)}\times{len(rows[0])}"
        matrix = rf"\begin{{pmatrix}} {cells} \end{{pmatrix}}"
        out.append(rf"\underset{{{below}}}{{{matrix}}}")
    return " ".join(out)


_LATEX = {
    "Δ": r"\Delta ",
    "δ": r"\delta ",
    "σ": r"\sigma",
    "∘": r"\circ ",
    "·": r"\cdot ",
    "−": "-",
    "ᵀ": "^{T}",
    "…": r"\dots",
}


def _in_latex(part: str) -> str:
    """A sign, an entry or a name such as Hᵀ in mathematics mode."""
    return "".join(_LATEX.get(letter, letter) for letter in part)


def _subscripts(name: str) -> str:
    """w_ho as w_{ho}."""
    head, sign, tail = name.partition("_")
    if not sign:
        return name
    end = next((n for n, c in enumerate(tail) if not c.isalnum()), len(tail))
    return f"{head}_{{{tail[:end]}}}" + _subscripts(tail[end:])
