"""JSON: plain data, every number in full."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from micrograd_like.notation import latex, text
from micrograd_like.writers.blocks import Document
from micrograd_like.writers.format import writes
from micrograd_like.writers.layout import Page

if TYPE_CHECKING:
    from micrograd_like.derivation.equations import Equation


@writes("record")
def write(document: Document, page: Page) -> Iterator[str]:
    """The document's record: in ASCII, save for the lines that somebody wrote."""
    yield json.dumps(document.record(), indent=2, ensure_ascii=document.cells is None)


def line_record(line: Equation) -> dict[str, Any]:
    """The line as plain data; derivatives are named dA/dB, as in a worksheet."""
    record = {
        "name": str(line.left),
        "formula": text(line.formula),
        "numbers": text(line.numbers),
    }
    record |= {"latex": latex(line.left) + " = " + latex(line.formula)}
    value = line.value if line.closed else None
    return {**record, "value": value, **({"rule": line.rule} if line.rule else {})}
