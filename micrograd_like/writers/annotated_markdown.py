"""A Markdown document with its marks: those of each paragraph, formula or block below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from micrograd_like.marking.records import LineMark, Report
from micrograd_like.worksheet.sources.older_marks import BEGIN, END, of_marks
from micrograd_like.worksheet.tokens.characters import LINE_END
from micrograd_like.writers.blocks import Document, Marks
from micrograd_like.writers.formats import written
from micrograd_like.writers.marks import summary
from micrograd_like.writers.remarks import remark

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_BRACKETS = re.compile(r"\$\$|\\\[|\\\]|\\(?:begin|end)(?=\{)|^\s*[\[\]]\s*$")
_CLOSING = {r"\[": r"\]", "[": "]", r"\begin": r"\end"}


def annotated(text: str, report: Report) -> str:
    """The document with its marks; older marks are replaced.

    Args:
        text: The document that was marked.
        report: Its marks; the lines that they name are those of the document.
    """
    lines = LINE_END.split(text)
    marks: dict[int, list[LineMark]] = {}
    for mark in report.lines:
        marks.setdefault(mark.place.line, []).append(mark)
    older = of_marks(lines)
    kept = [at for at in range(len(lines)) if not older[at] and not _is_before(older, lines, at)]
    ends = _ends([lines[at] for at in kept])
    found: list[str] = []
    waiting: list[LineMark] = []
    for at, ends_here in zip(kept, ends, strict=True):
        found.append(lines[at])
        waiting += marks.get(at + 1, ())
        if ends_here and waiting:
            found += ["", *_shown(waiting, report)]
            waiting = []
    return "\n".join(found)


def _is_before(older: Sequence[bool], lines: Sequence[str], at: int) -> bool:
    """True for the empty line between a paragraph and its older marks."""
    return not lines[at] and older[at + 1 : at + 2] == [True]


def _shown(marks: Sequence[LineMark], report: Report) -> Iterator[str]:
    counted = summary(replace(report, lines=tuple(marks)))
    block = Marks(tuple(remark(mark, report) for mark in marks), counted, "")
    yield from (BEGIN, "", *written("markdown", Document([block], dict)).split("\n"), "", END)


def _ends(lines: Sequence[str]) -> Iterator[bool]:
    """For each line whether a paragraph ends with it, outside of fences and displayed formulas."""
    fence, opened = "", list[str]()
    for at, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        else:
            for bracket in _BRACKETS.findall(line):
                _turn(bracket.strip(), opened)
        behind = lines[at + 1 : at + 2]
        yield not behind or (not behind[0].strip() and not fence and not opened)


def _turn(bracket: str, opened: list[str]) -> None:
    """Take down a bracket that opens, or that closes the last one."""
    if opened and bracket in (opened[-1], _CLOSING.get(opened[-1])):
        opened.pop()
    elif bracket in ("$$", *_CLOSING):
        opened.append(bracket)
