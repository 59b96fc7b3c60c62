"""Python: the assignments of a program, read by ``ast``; nothing of it is run."""

from __future__ import annotations

import ast
import warnings

from micrograd_like.worksheet.python.machine import Machine
from micrograd_like.worksheet.python.statements import statements_of
from micrograd_like.worksheet.records import Place, Problem
from micrograd_like.worksheet.source import Source, reads


def _looks_like(text: str) -> bool:
    """True for a text that imports something, or defines a function, as Python does."""
    starts = ("import ", "from ", "def ", "class ")
    return any(line.startswith(starts) for line in text.splitlines()) and _parsed(text) is not None


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@reads(
    *(".py", ".pyw"),
    order=0,
    looks_like=_looks_like,
    expects="expected an assignment such as z = w * x",
)
def read(lines: list[str]) -> Source:
    """The statements of a program: what it assigns, and which gradient each is."""
    source = Source(lines)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse("\n".join(lines))
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), len(lines))
        place = Place(line=line, column=max(error.offset or 1, 1), end=error.end_offset or 1)
        source.problems = [Problem(place, f"this is no Python: {error.msg}", lines[line - 1])]
        return source
    except (ValueError, RecursionError, MemoryError):
        place = Place(line=1, column=1)
        source.problems = [Problem(place, "this is too deep to be read", lines[0])]
        return source
    machine = Machine(lines)
    machine.run(module)
    found = statements_of(machine.recorder)
    source.reads = [*found.reads, *machine.unchecked]
    source.older = found.older
    source.problems = machine.problems
    source.told = (*machine.told, *found.told)
    return source
