"""LaTeX documents: the formulas between their words."""

from __future__ import annotations

import re

from micrograd_like.worksheet.source import Source, reads
from micrograd_like.worksheet.tex.document import Document, is_claimed
from micrograd_like.worksheet.tex.own_macros import put_in_told, with_macros_put_in
from micrograd_like.worksheet.tex.pieces import pieces
from micrograd_like.worksheet.tex.rows import Rows
from micrograd_like.worksheet.tex.symbols import Symbols

_OTHERS = r"(?<!\\)%.*|\\begin\{(?P<name>verbatim|lstlisting|minted|tikzpicture|comment)\*?\}"
_HEADING = re.compile(r"\\(?:sub)*(?:section|paragraph)\*?\{([^}\n]*)")
_DOCUMENT = re.compile(r"\\documentclass|\\begin\{document\}|\\usepackage|\\(?:sub)*section\*?\{")


@reads(
    *(".tex", ".latex"),
    order=1,
    looks_like=lambda text: bool(_DOCUMENT.search(text)),
    expects="expected a formula such as $z = wx$",
)
def read(lines: list[str]) -> Source:
    """The rows of every formula."""
    lines, macros = with_macros_put_in(lines)
    document, source = Document(lines), Source(lines)
    found = [f for f in document.found(_OTHERS, source.problems) if f.kind == "formula"]
    formulas = [pieces(document.span(f.start, f.stop)) for f in found]
    rows = Rows(lines, Symbols.of(formulas))
    for formula, own in zip(found, formulas, strict=True):
        if is_claimed(document.text, formula):
            source.rows += rows.read(own, formula.display)
        else:
            rows.pass_over(own)
    source.problems += rows.problems
    source.passed += rows.passed
    source.sections = document.sections(_HEADING)
    source.told, source.notation = (*put_in_told(macros), *rows.told), "latex"
    return source
