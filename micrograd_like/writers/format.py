"""What a format is, and how its module says which part of a document it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from micrograd_like.writers.blocks import Document
from micrograd_like.writers.layout import Page

#: The parts of a :class:`Document`.
Part = Literal["blocks", "record", "cells", "worksheet", "exercises"]
#: Yields the document in pieces, each one or more lines without the last line end.
Write = Callable[[Document, Page], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: which part of a document it reads, and how it is written."""

    reads: Part
    write: Write


#: By the names of their modules.
REGISTERED: dict[str, Format] = {}


def writes(part: Part) -> Callable[[Write], Write]:
    """Register the function as what writes its module's format, from ``part`` of a document."""

    def register(write: Write) -> Write:
        REGISTERED[write.__module__] = Format(part, write)
        return write

    return register
