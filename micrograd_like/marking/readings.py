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


class Marking:
    """A worksheet marked in every way in which it may be read: verdicts first, causes after."""

    def __init__(self, sheet: Worksheet) -> None:
        self._markers = [Marker(one) for one in sheet.readings()]
        self._judged = [marker.verdicts() for marker in self._markers]
        self._marks = [
            {mark.place: mark for mark in (*marker.unread(), *(line.mark for line in lines))}
            for marker, lines in zip(self._markers, self._judged, strict=True)
        ]
        self._first, *self._others = _likely(self._marks)

    def verdicts(self) -> list[LineMark]:
        """Every line with its verdict; no cause has been sought."""
        marks = self._marks[self._first].values()
        return [self._settled(mark) for mark in sorted(marks, key=lambda mark: mark.place)]

    def lines(self) -> Iterator[LineMark]:
        """Every line with all that is said of it; causes are sought in one reading alone."""
        first = self._first
        yield from map(self._settled, self._markers[first].lines(self._judged[first]))

    def _settled(self, line: LineMark) -> LineMark:
        """The line, in doubt where it is wrong in some readings alone."""
        readings = (self._marks[other].get(line.place, line) for other in self._others)
        if line.verdict in _ACCUSED and any(one.verdict not in _ACCUSED for one in readings):
            return replace(line, verdict="unchecked", problem=_AGREES, causes=(), working=None)
        return line


def _likely(readings: Sequence[_Marks]) -> list[int]:
    """The readings that no other is better than, the one with the most right lines first."""
    right = [{place for place, line in m.items() if line.verdict == "right"} for m in readings]
    kept = [n for n, own in enumerate(right) if not any(own < other for other in right)]
    return sorted(kept, key=lambda n: -len(right[n]))
