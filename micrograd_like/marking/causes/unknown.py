"""What no common slip explains."""

from __future__ import annotations

from micrograd_like.marking.slips.mistakes import Mistake, examples

MISTAKE = Mistake(
    code="unknown",
    place=230,
    brief="no common slip",
    sentence="It is not what the method gives, and no common slip explains it.",
    examples=examples(("dz/da = a - a^2", "dz/da = 1 - z^2"), sheet="a = 0.5\nz = tanh(a)\n"),
    remains="anything",
)
