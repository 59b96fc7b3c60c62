"""The language of worksheets: what other rooms and tests use of its reader."""

from __future__ import annotations

from micrograd_like.worksheet.characters import (
    MAX_BYTES,
    MAX_LINES,
    decode,
    split_lines,
)
from micrograd_like.worksheet.expressions import MAX_DIGITS, MAX_NESTING, MAX_OPERATIONS
from micrograd_like.worksheet.lexer import MAX_NAME
from micrograd_like.worksheet.names import FUNCTIONS
from micrograd_like.worksheet.records import Part, Problem

__all__ = [
    "FUNCTIONS",
    "MAX_BYTES",
    "MAX_DIGITS",
    "MAX_LINES",
    "MAX_NAME",
    "MAX_NESTING",
    "MAX_OPERATIONS",
    "Part",
    "Problem",
    "decode",
    "split_lines",
]
