"""A picture as records: boxes, arrows and groups, with their lines of text and their sizes."""

from __future__ import annotations

from dataclasses import dataclass

from visualize.snapshot.records import Edge, Node

#: Points of the text in boxes and of that on arrows, and how high their lines are.
SIZE = 13.0
SMALL = 11.0
LINE = 17.0
SMALL_LINE = 14.0


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line: its text, and what it is (a class in SVG)."""

    kind: str
    text: str


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A node: its identifier, its lines of text, its size in points, its group."""

    id: str
    node: Node
    lines: tuple[Line, ...]
    width: float
    height: float
    tip: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """An edge; ``weight`` from 0 to 1 is how large its derivative is beside the others."""

    id: str
    tail: str
    head: str
    edge: Edge
    lines: tuple[Line, ...]
    width: float
    height: float
    tip: str
    weight: float


@dataclass(frozen=True, slots=True)
class Group:
    """Boxes of one layer, or one neuron of it, in a frame with a title.

    Attributes:
        in_order: Whether the boxes stand beside each other in their order.
    """

    id: str
    title: str
    boxes: tuple[str, ...]
    inner: tuple[Group, ...] = ()
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole picture.

    Attributes:
        ranks: Boxes that belong beside each other, in their order.
        weighed: Whether arrows have widths and dashes in place of numbers.
    """

    title: str
    description: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    groups: tuple[Group, ...]
    ranks: tuple[tuple[str, ...], ...]
    caption: tuple[str, ...]
    direction: str
    weighed: bool
