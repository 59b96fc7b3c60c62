"""Marks that were written into a copy of a document: whoever wrote it did not say them."""

from __future__ import annotations

from collections.abc import Sequence

#: The lines between which marks stand. Nobody sees them where the document is shown.
BEGIN, END = "<!-- marks by micrograd-like -->", "<!-- end of the marks -->"


def of_marks(lines: Sequence[str]) -> list[bool]:
    """For each line whether it belongs to older marks, with what encloses them."""
    found = [False] * len(lines)
    start = -1
    for number, line in enumerate(lines):
        if line.strip() == BEGIN:
            start = number
        elif line.strip() == END and start >= 0:
            found[start : number + 1] = [True] * (number + 1 - start)
            start = -1
    return found


def without_marks(lines: Sequence[str]) -> list[str]:
    """The lines, those of older marks empty."""
    return ["" if marks else line for line, marks in zip(lines, of_marks(lines), strict=True)]
