"""Code in Markdown: between fences, and behind ``In [3]:`` where a notebook was exported.

Behind such a mark the code goes on as long as it is Python; what its prints may have written is
output, and no code, whatever it looks like.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from micrograd_like.worksheet.python.program import is_program, parsed
from micrograd_like.worksheet.sources.mixed import Stretch

_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(?:\{\.?)?([\w+-]*)")
_PYTHON = ("python", "python3", "py", "ipython", "ipython3", "numpy")
_INPUT = re.compile(r"\s*In\s*\[\s*\d*\s*\]:\s*")
#: What may not be behind the mark any more: another one, words, a formula.
_END = re.compile(r"\s*(?:In|Out)\s*\[\s*\d*\s*\]:|.*\$")
#: Paragraphs behind one mark.
_MOST_PARAGRAPHS = 60


def stretches(lines: Sequence[str]) -> list[Stretch]:
    """The lines of a document, as words and as code."""
    code = [*_fenced(lines), *_inputs(lines)]
    inside = {n for stretch in code for n in stretch}
    words = [range(n, n + 1) for n in range(len(lines)) if n not in inside]
    return [Stretch("code", lines) for lines in code] + [Stretch("text", one) for one in words]


def _fenced(lines: Sequence[str]) -> Iterator[range]:
    """What stands between fences of Python."""
    fence, start, wanted = "", 0, False
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence, start, wanted = mark[1], number + 1, mark[2].lower() in _PYTHON
        elif mark and mark[1].startswith(fence) and not mark[2]:
            if wanted and _is_flush(lines[start:number]):
                yield range(start, number)
            fence = ""


def _is_flush(lines: Sequence[str]) -> bool:
    """True for code that begins at the margin: a list's is set in."""
    return next((not line[:1].isspace() for line in lines if line.strip()), False)


def _inputs(lines: Sequence[str]) -> Iterator[range]:
    for number, line in enumerate(lines):
        if _INPUT.fullmatch(line):
            start = number + 1
            stop = start
            while stop < len(lines) and not _END.match(lines[stop]):
                stop += 1
            if end := _end_of_code(lines[start:stop]):
                yield range(start, start + end)


def _end_of_code(lines: Sequence[str]) -> int:
    """How many of the lines are code: the most paragraphs that are Python, and no output."""
    ends = [n for n, line in enumerate(lines) if not line.strip()] + [len(lines)]
    found = start = 0
    for end in ends[:_MOST_PARAGRAPHS]:
        paragraph = [line for line in lines[start:end] if line.strip()]
        start = end
        if paragraph and found and _is_output(paragraph, lines[:found]):
            break
        if paragraph and is_program("\n".join(lines[:end])):
            found = end
    return found


def _is_output(paragraph: Sequence[str], code: Sequence[str]) -> bool:
    """True for lines that the prints of the code may have written."""
    written = [_pattern(call) for call in ast.walk(parsed("\n".join(code))) if _is_print(call)]
    return bool(written) and all(any(p.fullmatch(line) for p in written) for line in paragraph)


def _is_print(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"


def _pattern(call: ast.AST) -> re.Pattern[str]:
    """What a print may write: its own texts, and anything in the places of its values."""
    assert isinstance(call, ast.Call)
    return re.compile(r"\s*" + r" ?".join(map(_of_text, call.args)) + r"\s*")


def _of_text(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return re.escape(text.strip())
        case ast.JoinedStr(values=values):
            return "".join(_of_text(v) if isinstance(v, ast.Constant) else ".*" for v in values)
    return ".*"
