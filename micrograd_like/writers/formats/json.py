"""JSON: plain data, every number in full."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
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
    record = finite(document.record())
    yield json.dumps(record, indent=2, ensure_ascii=document.cells is None, allow_nan=False)


def finite(data: Any) -> Any:
    """The data with null for what is no number: JSON has no word for infinity."""
    match data:
        case float():
            return data if math.isfinite(data) else None
        case Mapping():
            return {name: finite(part) for name, part in data.items()}
        case list() | tuple():
            return [finite(part) for part in data]
    return data


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
