"""A line and its parts with their verdicts."""

from __future__ import annotations

from dataclasses import dataclass

from micrograd_like.formula import Expr, Quantity
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.hand import Figure
from micrograd_like.marking.judging.compare import Pair
from micrograd_like.marking.records import Verdict
from micrograd_like.record import record
from micrograd_like.worksheet.records import Part


@record
class Judged:
    """A part with its verdict.

    Attributes:
        expr: The part as it was read: an ambiguous one may be meant in another way.
        numeric: True for a part without names.
        figure: What it says in numbers, where it does.
        slips: The slips it follows from.
        accident: A formula that is right at these numbers alone.
        off: Figures put in that are not those of their operands.
        worked: Sound figures as a formula: the next part may be worked out from them.
        gives: Of a number that is right by what is rounded before it alone, what the figures before
            it give as they stand.
        problem: Why it is unchecked.
    """

    part: Part
    verdict: Verdict
    expr: Expr
    numeric: bool
    figure: Figure | None = None
    slips: frozenset[Quantity] = frozenset()
    accident: bool = False
    off: tuple[Pair, ...] = ()
    worked: Expr | None = None
    gives: float | None = None
    problem: str = ""

    @property
    def number(self) -> bool:
        """True for a single number."""
        return self.part.number is not None


@dataclass(frozen=True, slots=True)
class Read:
    """A line as it was read and judged.

    Attributes:
        facts: What it was held against.
        key: The quantity it is about.
        judged: Its parts.
        rule: What gives the quantity.
        held: Of a local derivative, what is held fixed though it depends on the variable.
    """

    facts: Facts
    key: Quantity
    judged: list[Judged]
    rule: str
    held: tuple[Quantity, ...] = ()
