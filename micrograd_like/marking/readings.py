"""A worksheet that may be read in several ways: a line is wrong only if it is in all of them.

A reading in which fewer lines are right than in another, and none more, is none: whoever wrote
f′ = f(1 − f) means the logistic function throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from micrograd_like.marking.marker import Marker
from micrograd_like.marking.records import LineMark
from micrograd_like.worksheet import Worksheet
from micrograd_like.worksheet.records import Place

_ACCUSED = ("wrong", "follows")
_AGREES = "What is not said here may be read in two ways, and it agrees in one of them alone"

_Marks = Mapping[Place, LineMark]


def marked(sheet: Worksheet) -> Iterator[LineMark]:
    """Every line of a worksheet, marked."""
    readings = sheet.readings()
    if len(readings) == 1:
        yield from Marker(sheet).lines()
        return
    markers = [Marker(one) for one in readings]
    judged = [marker.verdicts() for marker in markers]
    marks = [
        {mark.place: mark for mark in (*marker.unread(), *(line.mark for line in lines))}
        for marker, lines in zip(markers, judged, strict=True)
    ]
    first, *others = _likely(marks)
    for line in markers[first].lines(judged[first]):  # causes are sought in this one alone
        agreeing = (marks[o].get(line.place, line).verdict not in _ACCUSED for o in others)
        if line.verdict in _ACCUSED and any(agreeing):
            line = replace(line, verdict="unchecked", problem=_AGREES, causes=(), working=None)
        yield line


def _likely(readings: Sequence[_Marks]) -> list[int]:
    """The readings that no other is better than, the one with the most right lines first."""
    right = [{place for place, line in m.items() if line.verdict == "right"} for m in readings]
    kept = [n for n, own in enumerate(right) if not any(own < other for other in right)]
    return sorted(kept, key=lambda n: -len(right[n]))
