"""Slips in a number alone, the formula being right: each as what is written instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from micrograd_like.formula import Number


def arithmetic(value: float, number: Number) -> Iterator[Number]:
    """The formula is right, the calculation is not: the number is off by an eighth or more."""
    for factor in (0.87, 1.16, 0.73, 1.29, 0.64, 1.37):
        yield _written(value * factor, number)


def digits(value: float, number: Number) -> Iterator[Number]:
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


def rounded(value: float, number: Number) -> Iterator[Number]:
    """Cut off where it is to be rounded up; or a unit too far."""
    if number.places is None:
        return
    unit = 10.0**-number.places
    away = 1 if number.value > value else -1
    for steps in (-away, away):
        yield _written(float(number.value) + steps * unit, number)


def _written(value: float, like: Number) -> Number:
    places = like.places or 2
    return Number(float(f"{value:.{places}f}"), places)


def _read(text: str) -> Number:
    return Number(float(text), len(text.partition(".")[2]))


NUMBERS: Mapping[str, Callable[[float, Number], Iterator[Number]]] = {
    "arithmetic": arithmetic,
    "digits": digits,
    "rounded": rounded,
}
