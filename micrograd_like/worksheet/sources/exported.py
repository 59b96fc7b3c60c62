"""What stands in Markdown beside its words: code, and working between fences.

Code stands between fences too, and behind ``In [3]:`` where a notebook was exported.

Behind such a mark the code goes on as long as it is Python; what its prints may have written is
output, and no code, whatever it looks like.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from micrograd_like.worksheet.python.syntax import is_program, parsed
from micrograd_like.worksheet.sources.mixed import Stretch

_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(?:\{\.?)?([\w+-]*)")
_PYTHON = ("python", "python3", "py", "ipython", "ipython3", "numpy")
#: What fences are called whose lines are as somebody types them.
_TYPED = ("", "text", "txt", "plain", "plaintext", "ascii", "math", "maths", "none")
#: What is only written in programs; x.T is in formulas too.
_ONLY_CODE = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.For, ast.While)
_INPUT = re.compile(r"\s*In\s*\[\s*\d*\s*\]:\s*")
#: What may not be behind the mark any more: another one, words, a formula.
_END = re.compile(r"\s*(?:In|Out)\s*\[\s*\d*\s*\]:|.*\$")
#: Paragraphs behind one mark.
_MOST_PARAGRAPHS = 60


def stretches(lines: Sequence[str]) -> list[Stretch]:
    """The lines of a document, as words, as code and as lines that are typed."""
    beside = [*_fenced(lines), *(Stretch("code", inside) for inside in _inputs(lines))]
    taken = {n for stretch in beside for n in stretch.lines}
    return beside + [Stretch("text", range(n, n + 1)) for n in range(len(lines)) if n not in taken]


def _fenced(lines: Sequence[str]) -> Iterator[Stretch]:
    """What stands between fences of Python, or of no language."""
    fence, start, language = "", 0, ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence, start, language = mark[1], number + 1, mark[2].lower()
        elif mark and mark[1].startswith(fence) and not mark[2]:
            fence, inside = "", lines[start:number]
            if language in _PYTHON or (language in _TYPED and _is_code(inside)):
                if _is_flush(inside):
                    yield Stretch("code", range(start, number))
            elif language in _TYPED:
                yield Stretch("typed", range(start, number))


def _is_code(lines: Sequence[str]) -> bool:
    """True for lines that can be nothing but a program."""
    text = "\n".join(lines)
    return is_program(text) and any(
        isinstance(node, _ONLY_CODE) or (isinstance(node, ast.Attribute) and node.attr != "T")
        for node in ast.walk(parsed(text))
    )


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
