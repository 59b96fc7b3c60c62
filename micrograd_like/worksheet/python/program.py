"""A program's text to statements, each stretch of it parsed by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from micrograd_like.worksheet.python.syntax import parsed
from micrograd_like.worksheet.records import Place, Problem
from micrograd_like.worksheet.source import Cells, Source


def read_program(
    lines: list[str],
    stretches: Iterable[range],
    cells: Cells = Cells(),  # noqa: B008
) -> Source:
    """The statements of a program: what it assigns, and which gradient each is.

    Args:
        lines: The document.
        stretches: The lines of each stretch, from 0; one that is no Python is a problem, and the
            others are read all the same.
        cells: The cells in which the lines stand.
    """
    problems, module = [], ast.Module([], [])
    for stretch in stretches:
        try:
            found = _parsed_where_it_stands(lines[stretch.start : stretch.stop])
        except SyntaxError as error:
            problems.append(_no_python(error, lines, stretch))
        except (ValueError, RecursionError, MemoryError):
            place = Place(line=stretch.start + 1, column=1)
            message = "this is too deep to be read"
            problems.append(Problem(place, message, lines[stretch.start]))
        else:
            module.body += ast.increment_lineno(found, stretch.start).body
    unreadable = [*map(cells.problem, problems)]
    if not module.body:
        return Source(lines, problems=unreadable, cells=cells)
    # They load NumPy, which no other document needs.
    from micrograd_like.worksheet.python.gathering import gathered
    from micrograd_like.worksheet.python.machine import Machine
    from micrograd_like.worksheet.python.statements import statements_of

    machine = Machine(lines, cells)
    machine.run(module)
    program = statements_of(gathered(machine.recorder))
    return Source(
        lines,
        problems=[*unreadable, *machine.problems],
        told=(*machine.told, *program.told),
        reads=[*program.reads, *machine.unchecked, *machine.slips],
        older=program.older,
        cells=cells,
    )


def _parsed_where_it_stands(lines: Sequence[str]) -> ast.Module:
    """The syntax of some lines; of a piece from inside a class or function as of its own level.

    Raises:
        SyntaxError: They are no Python.
        ValueError, RecursionError, MemoryError: They are too deep.
    """
    first = next((line for line in lines if line.split("#")[0].strip()), "")
    if not first.startswith((" ", "\t")):
        return parsed("\n".join(lines))
    try:
        inside = parsed("\n".join(["if True:", *lines])).body[0]
    except SyntaxError as error:
        error.lineno = (error.lineno or 1) - 1
        raise
    assert isinstance(inside, ast.If)
    return ast.Module([ast.increment_lineno(node, -1) for node in inside.body], [])


def _no_python(error: SyntaxError, lines: Sequence[str], stretch: range) -> Problem:
    line = min(max(error.lineno or 1, 1), len(stretch)) + stretch.start
    place = Place(line=line, column=max(error.offset or 1, 1), end=error.end_offset or 1)
    return Problem(place, f"this is no Python: {error.msg}", lines[line - 1])
