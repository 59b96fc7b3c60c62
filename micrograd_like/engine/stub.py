"""The stub that names every operation for type checkers and editors.

The methods of :class:`~micrograd_like.engine.Value` are compiled from the operation table, so
no type checker sees them. ``operations.pyi`` holds their signatures, as the base class that a
type checker takes Value to have; ``python -m micrograd_like.engine.stub`` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from micrograd_like.engine.compiled import PYTHON_OPERATORS
from micrograd_like.ops import OPS, Op

STUB = Path(__file__).with_name("operations.pyi")

_HEAD = '''"""Generated from the operation table by `python -m micrograd_like.engine.stub`."""

from micrograd_like.engine.value import Value

class Operations:
'''


def stub(table: Iterable[Op]) -> str:
    """The stub's text for the rows of a table."""
    return _HEAD + "".join(f"    {line}\n" for row in table for line in _signatures(row))


def _signatures(row: Op) -> Iterator[str]:
    others = "".join(f", {name}: Value | float" for name in row.inputs[1:])
    if row.name in PYTHON_OPERATORS:
        special = PYTHON_OPERATORS[row.name]
        yield f"def __{special}__(self{others}, /) -> Value: ..."
        if others:
            yield f"def __r{special}__(self, other: float, /) -> Value: ..."
    elif not row.families:
        yield f"def {row.name}(self{others}, /) -> Value: ..."


if __name__ == "__main__":
    STUB.write_text(stub(OPS.values()), encoding="utf-8")
