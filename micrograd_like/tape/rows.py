"""The rows of the operation table as the tape sees them.

Plain arithmetic and weighted sums are kept as sums of products. Every other row without a
family of inputs is an instruction of its own: it computes the row's value and, in the same
loop, those of its partials that are neither constants nor an operand nor the value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from micrograd_like.formula import Call, Expr, Name, Number
from micrograd_like.ops import OPS, Op


@dataclass(frozen=True)
class TapeRow:
    """A row, its number among the instructions, and which partials it has to compute."""

    op: Op
    code: int

    @property
    def name(self) -> str:
        """The row's name."""
        return self.op.name

    @cached_property
    def computed(self) -> tuple[int, ...]:
        """The inputs whose partial is a formula of its own."""
        return tuple(
            place
            for place, formula in enumerate(self.op.computed_partials)
            if constant(formula) is None and not isinstance(formula, Name)
        )


def constant(formula: Expr) -> float | None:
    """The number, if the formula is one."""
    match formula:
        case Number(value):
            return float(value)
        case Call("neg", (Number(value),)):
            return -float(value)
    return None


def tape_rows(table: Iterable[Op]) -> tuple[TapeRow, ...]:
    """The rows of a table that are instructions, numbered in the table's order."""
    return tuple(TapeRow(op, code) for code, op in enumerate(op for op in table if not op.families))


def digest(table: Iterable[Op]) -> str:
    """A fingerprint of all that a kernel is made from."""
    formulas = [
        (op.name, op.signature, op.stable or op.value, op.stable_partials or op.partials)
        for op in table
    ]
    return hashlib.sha256(repr((formulas, _sources())).encode()).hexdigest()[:16]


@cache
def _sources() -> list[str]:
    """The kernel's own sources, which define how a tape is encoded."""
    folder = Path(__file__).parent / "kernel"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.[ch]"))]


TAPE_ROWS = {row.name: row for row in tape_rows(OPS.values())}
