"""Digits swapped or dropped, or the point moved: 0.0445 for 0.445, 0.75 for 0.57."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Number
from micrograd_like.marking.hand import Figure
from micrograd_like.marking.slips.mistakes import Mistake, examples

#: Digits before zeros that are more than a coincidence.
_FEWEST = 2


def _misread(figure: Figure, true: float) -> bool:
    if true == 0 or figure.center == 0:
        return False
    for power in (-3, -2, -1, 1, 2, 3):
        if _shortened(figure).meets(Figure.exact(true * 10.0**power)):
            return True
    places = _places(figure)
    written, right = (f"{abs(x):.{places}f}" for x in (figure.center, true))
    if (figure.center < 0) != (true < 0):
        return False
    a, b = written.replace(".", ""), right.replace(".", "")
    swapped = (b[:i] + b[i + 1] + b[i] + b[i + 2 :] for i in range(len(b) - 1) if b[i] != b[i + 1])
    if len(a) == len(b) and a in swapped:
        return True
    longer = f"{abs(true):.{places + 1}f}".replace(".", "")
    dropped = {longer[:i] + longer[i + 1 :] for i in range(len(longer) - 1)} - {longer[:-1]}
    dropped |= {b[:i] + b[i + 1 :] for i in range(len(b))}
    return len(a.lstrip("0")) > 1 and a in dropped - {b}


def _shortened(figure: Figure) -> Figure:
    """The figure without the zeros at its end: 4.580 may be 0.458, the point moved, for 0.4584."""
    places = _places(figure)
    text = f"{figure.center:.{places}f}"
    zeros = min(len(text) - len(text.rstrip("0")), places)
    if not zeros or len(text.rstrip("0").strip("-0.").replace(".", "")) < _FEWEST:
        return figure
    half = 0.5 * 10.0 ** (zeros - places)
    return Figure(figure.center, figure.center - half, figure.center + half)


def _places(figure: Figure) -> int:
    unit = figure.high - figure.low
    return 0 if unit <= 0 else min(max(round(-math.log10(unit)), 0), 15)


def _planted(value: float, number: Number) -> Iterator[Number]:
    """Two digits that changed places, one that was dropped, the decimal point moved."""
    if number.places is None:
        return
    text = f"{number.value:.{number.places}f}"
    first = re.search("[1-9]", text)
    start = first.start() if first else len(text)
    for at in range(start, len(text) - 1):
        a, b = text[at], text[at + 1]
        if a.isdigit() and b.isdigit() and a != b:
            yield _read(text[:at] + b + a + text[at + 2 :])
    for at in range(start + 1, len(text) - 1):
        if text[at].isdigit():
            yield _read(text[:at] + text[at + 1 :])
    for places in (number.places - 1, number.places + 1):
        if places > 0:
            moved = float(number.value) * 10.0 ** (number.places - places)
            yield Number(float(f"{moved:.{places}f}"), places)


def _read(text: str) -> Number:
    return Number(float(text), len(text.partition(".")[2]))


MISTAKE = Mistake(
    code="digits",
    place=210,
    brief="digits swapped or dropped, or the point moved",
    sentence="Digits are swapped or dropped, or the point has moved.",
    examples=examples(
        ("a3 = z1*w5 + z2*w6 = 0.0247", "a3 = z1*w5 + z2*w6 = 0.247"),
        ("yhat = sigmoid(a3) = 0.5164", "yhat = sigmoid(a3) = 0.5614"),
    ),
    misread=_misread,
    planter=Planter(numbers=_planted),
)
