"""Python: the assignments of a program, read by ``ast``; nothing of it is run."""

from __future__ import annotations

from micrograd_like.worksheet.python.program import read_program
from micrograd_like.worksheet.python.syntax import is_program
from micrograd_like.worksheet.source import Source, reads


def _looks_like(text: str) -> bool:
    """True for a text that imports something, or defines a function, as Python does."""
    starts = ("import ", "from ", "def ", "class ")
    return any(line.startswith(starts) for line in text.splitlines()) and is_program(text)


@reads(
    *(".py", ".pyw"),
    order=0,
    looks_like=_looks_like,
    expects="expected an assignment such as z = w * x",
)
def read(lines: list[str]) -> Source:
    """The statements of the whole file."""
    return read_program(lines, [range(len(lines))])
