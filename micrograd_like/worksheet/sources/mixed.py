"""Documents that hold several formats: each is read by itself, at its place in the whole.

What belongs to another format is emptied, so that a line is the same line for every reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from micrograd_like.worksheet.python.program import read_program
from micrograd_like.worksheet.source import Cells, Read, Source
from micrograd_like.worksheet.tokens.lexer import Token
from micrograd_like.worksheet.tokens.openings import is_relation


class Stretch(NamedTuple):
    """Lines of one format, counted from 0."""

    kind: str
    lines: range


def mixed(
    lines: list[str],
    stretches: Sequence[Stretch],
    readers: Mapping[str, Read],
    cells: Cells = Cells(),  # noqa: B008
) -> Source:
    """What a document says in all of its formats.

    Args:
        lines: The document.
        stretches: Which lines are of which format; ``code`` is Python.
        readers: What reads the other formats.
        cells: The cells in which the lines stand.
    """
    code = [s.lines for s in stretches if s.kind == "code" and len(s.lines)]
    whole = read_program(lines, code, cells)
    told = [whole.told]
    for kind, read in readers.items():
        inside = {n for s in stretches if s.kind == kind for n in s.lines}
        if inside:
            part = read([line if n in inside else "" for n, line in enumerate(lines)])
            whole.rows += _answered([row for row in part.rows if row])
            whole.problems += map(cells.problem, part.problems)
            whole.passed += part.passed
            whole.sections += part.sections
            whole.notation = part.notation
            told.append(part.told)
    whole.rows.sort(key=lambda row: (row[0].line, row[0].column))
    whole.told = tuple(sentence for sentences in told for sentence in sentences)
    return whole


def _answered(rows: Sequence[list[Token]]) -> Iterator[list[Token]]:
    """The rows, those that end in = without it: what follows is said by the code below."""
    for row, following in zip_longest(rows, rows[1:], fillvalue=None):
        assert row is not None
        if not is_relation(row[-1]) or (following and is_relation(following[0])):
            yield row
        elif any(map(is_relation, row[:-1])):
            yield row[:-1]
