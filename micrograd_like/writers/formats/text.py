"""Text, for a terminal: aligned equations, tables in columns, marks in their colours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from rich.cells import cell_len

from micrograd_like.errors import printable
from micrograd_like.files import without_shared_folder
from micrograd_like.formula import Number
from micrograd_like.notation import name_text, number, text
from micrograd_like.writers import blocks
from micrograd_like.writers.format import writes
from micrograd_like.writers.layout import FIXED, Page, columns, left, right, wrapped
from micrograd_like.writers.matrices import matrices_text
from micrograd_like.writers.records import Remark

if TYPE_CHECKING:
    from micrograd_like.derivation.equations import Equation


@writes("blocks")
def write(document: blocks.Document, page: Page) -> Iterator[str]:
    """The document's blocks for a terminal; what cannot be broken stays whole."""
    first = True
    for block in document.blocks:
        match block:
            case blocks.Heading(heading):
                yield from ([] if first else [""])
                yield from (page.paint("bold", row) for row in wrapped(heading, page.width))
            case blocks.Sentence(sentence, title):
                head, margin = (f"   {title:<11}", " " * 14) if title else ("  ", "  ")
                kept = sentence.replace(" = ", f"{FIXED}={FIXED}")  # x1 = 0 stays on one line
                yield from wrapped(kept, page.width, head, margin)
            case blocks.Lines():
                yield from _lines(block, page)
            case blocks.Typed():
                for line in block.lines:
                    yield from wrapped(line.replace(" = ", f" ={FIXED}"), page.width, "  ", " " * 6)
            case blocks.Table(heads, rows):
                yield "  " + " " * 8 + "".join(f"{h:<24}" for h in heads[1:]).rstrip()
                for name, cells in rows:
                    shown = "".join(f"{number(cell):<24}" for cell in cells).rstrip()
                    yield f"  {left(name_text(name), 8)}{shown}"
            case blocks.Grid(heads, rows):
                yield from (f"  {row}" for row in columns((heads, *rows)))
            case blocks.Matrices():
                yield from matrices_text(block, page.width)
            case blocks.Marks():
                yield from _marks(block, page)
            case blocks.ClassMarks():
                yield from _class_marks(block, page.width)
        first = False


def to_text(said: Iterable[blocks.Block], page: Page | None = None) -> str:
    """The blocks for a terminal."""
    return "\n".join(write(blocks.Document(said, dict), page or Page()))


# Lines of a calculation.


def _lines(block: blocks.Lines, page: Page) -> Iterable[str]:
    if block.title:
        return _titled(block, page)
    groups = aligned(block.lines, block.places, block.value_places, page.width)
    return _with_rules(groups, block.lines, page) if block.rules else chain.from_iterable(groups)


def _titled(block: blocks.Lines, page: Page) -> Iterator[str]:
    title = block.title
    for line in block.lines:
        head = f"   {title:<11}"
        said = line_text(line, block.places, block.value_places)
        if len(head) + cell_len(said) <= page.last:
            yield f"{head}{said}"
        else:
            yield from wrapped(said.replace(" = ", f" ={FIXED}"), page.width, head, " " * len(head))
        title = ""


def line_text(line: Equation, places: int | None, value_places: int | None = None) -> str:
    """``left = formula = numbers = value``, without a step that would only repeat."""
    value = number(line.value, places if value_places is None else value_places)
    formula = text(line.formula, places if isinstance(line.formula, Number) else None)
    results = [text(line.numbers, places), *([value] if line.closed else ())]
    return " = ".join(dict.fromkeys([text(line.left), formula, *results]))


def aligned(
    lines: Iterable[Equation], places: int, value_places: int, page: int
) -> list[list[str]]:
    """The rows of each line, first equals signs in a column, long ones broken at a later one."""
    shown = [line_text(line, places, value_places) for line in lines]
    width = max(cell_len(line[: line.index(" = ")]) for line in shown)
    margin = "  " + " " * width
    groups = []
    for line in shown:
        name, *steps = line.split(" = ")
        rows = [f"  {left(name, width)}"]
        for step in steps:
            if cell_len(rows[-1]) + 3 + cell_len(step) > page and rows[-1].strip() != name:
                rows.append(margin)
            rows[-1:] = _broken(f"{rows[-1]} = {step}", margin + "     ", page)
        groups.append(rows)
    return groups


def _broken(row: str, margin: str, page: int) -> list[str]:
    """The row, broken before a sign between terms or factors, or a branch, where it is too long."""
    rows = [""]
    for piece in re.split(r"(?<=\S)(?= (?:[·+−]|if|else) )", row):
        if rows[-1] and cell_len(rows[-1]) + cell_len(piece) > page:
            rows.append(margin + piece.lstrip())
        else:
            rows[-1] += piece
    return rows


def _with_rules(groups: list[list[str]], lines: Iterable[Equation], page: Page) -> list[str]:
    """The rows with the rules in a column behind them; behind a very long row, below it."""
    widths = (cell_len(row) for rows in groups for row in rows)
    width = max((wide for wide in widths if wide <= page.width), default=0)
    out = []
    for rows, line in zip(groups, lines, strict=True):
        out += rows if cell_len(rows[-1]) <= width else [*rows, ""]
        rule = f"   ({line.rule})"
        if width + cell_len(rule) > page.last:
            out += wrapped(rule.strip(), page.width, " " * 8)
        else:
            out[-1] = left(out[-1], width) + rule
    return out


# Marked worksheets.


def _marks(block: blocks.Marks, page: Page) -> Iterator[str]:
    """One line a statement, with what is to be said of it below, and the counts at the end."""
    if block.title:
        yield page.paint("bold", printable(block.title))
    digits = max((len(remark.line.place.number) for remark in block.remarks), default=1)
    for remark in block.remarks:
        yield from _remark(remark, digits, page)
    if block.remarks:
        yield ""
    yield str(block.summary)
    if block.title:
        yield ""


def _remark(remark: Remark, digits: int, page: Page) -> Iterator[str]:
    line = remark.line
    source = printable(line.source)
    head = f" {page.paint(line.verdict, remark.look.mark)} {line.place.number:>{digits}}  {source}"
    margin = " " * (digits + 5)
    if line.verdict in ("right", "taken"):
        rule = page.paint("dim", remark.brief)
        fits = cell_len(margin + source + remark.brief) + 3 <= page.width
        yield from [f"{head}   {rule}"] if fits else [head, margin + rule]
        return
    yield head
    yield from wrapped(remark.kept if line.causes else printable(remark.kept), page.width, margin)
    if remark.working:
        working = remark.working.replace(" = ", f" ={FIXED}")
        label = f"{margin}{remark.label + ':':<6} "
        yield from wrapped(working, page.width, label, " " * len(label))


def _class_marks(block: blocks.ClassMarks, width: int) -> Iterator[str]:
    summary = block.summary
    heads, *rows = summary.table
    widths = [max(map(len, column)) + 2 for column in zip(*summary.table, strict=True)][1:]
    most = max(width - sum(widths), 12)
    names = [name for name, *_ in rows]
    if max(map(cell_len, names), default=0) > most:
        short = without_shared_folder(names[:-1])
        names = [short.get(name, name) for name in names]
    names = [_shortened(printable(name), most) for name in names]
    first = max(map(cell_len, ["worksheet", *names]))
    for name, (_, *counts) in zip([heads[0], *names], summary.table, strict=True):
        yield left(name, first) + "".join(map(right, counts, widths))
    if summary.common:
        yield from ["", "Most common causes"]
    for cause in summary.common:
        lines, sheets = cause.counted
        yield f"  {cause.code:<21}{lines:>10} {sheets:<19} {cause.brief}".rstrip()


def _shortened(name: str, width: int) -> str:
    """Both ends of a long name: whose folder it is, and the file."""
    if cell_len(name) <= width:
        return name
    middle = len(name) // 2
    head, tail = name[:middle], name[middle:]
    while cell_len(f"{head}…{tail}") > width:
        head, tail = (head[:-1], tail) if cell_len(head) > cell_len(tail) else (head, tail[1:])
    return f"{head}…{tail}"
