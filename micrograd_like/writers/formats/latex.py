"""LaTeX: a document that compiles by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import TYPE_CHECKING

from micrograd_like.formula import Expr, Number
from micrograd_like.notation import ACCENTS, GREEK, latex, latex_as_typed, latex_escaped, name_latex
from micrograd_like.writers import blocks
from micrograd_like.writers.format import writes
from micrograd_like.writers.layout import Page
from micrograd_like.writers.matrices import matrices_latex
from micrograd_like.writers.records import Remark

if TYPE_CHECKING:
    from micrograd_like.derivation.equations import Equation

_LATEX_WIDTH = 150

_DOCUMENT = r"""\documentclass{article}
\usepackage{amsmath}
\usepackage[a4paper,landscape,margin=2cm]{geometry}
\setlength{\parindent}{0pt}
\allowdisplaybreaks
\begin{document}
%s
\end{document}"""

#: Where something is to be filled in.
_GAP = r"\underline{\hspace{8em}}"
_LATEX_PROSE = {letter: name_latex(name).join("$$") for letter, name in GREEK.items()} | {
    "\n": " ",
    "−": "$-$",
    "·": r"$\cdot$",
    "½": r"$\tfrac12$",
    "²": "$^2$",
    "′": "$'$",
    "∂": r"$\partial$",
    "←": r"$\leftarrow$",
    "…": r"\dots{}",
    "∘": r"$\circ$",
    "ᵀ": "$^T$",
    "×": r"$\times$",
    "≥": r"$\ge$",
    "–": "--",
}


@writes("blocks")
def write(document: blocks.Document, page: Page) -> Iterator[str]:
    """The document's blocks in LaTeX, in ASCII."""
    yield to_latex(document.blocks)


def to_latex(said: Iterable[blocks.Block]) -> str:
    """The blocks as a LaTeX document in ASCII."""
    out: list[str] = []
    for block in said:
        match block:
            case blocks.Heading(heading, level, apart):
                out += [r"\clearpage"] if apart else []
                out.append(_heading(heading, level))
            case blocks.Sentence(sentence):
                out.append(latex_prose(sentence))
            case blocks.Lines(lines, places, value_places, title, rules):
                out += [f"{latex_prose(title.capitalize())}:"] if title else []
                rows = " \\\\\n".join(
                    line_latex(line, places, value_places, rules) for line in lines
                )
                out.append(f"\\begin{{align*}}\n{rows}\n\\end{{align*}}")
            case blocks.Typed(rows):
                shown = " \\\\\n".join(starmap(_typed, rows))
                out.append(f"\\begin{{align*}}\n{shown}\n\\end{{align*}}")
            case blocks.Table(heads, rows):
                cells = [" & ".join(map(latex_prose, heads))]
                for name, row in rows:
                    numbers = (f"${latex(Number(cell))}$" for cell in row)
                    cells.append(" & ".join((f"${name_latex(name)}$", *numbers)))
                table = " \\\\\n".join(cells)
                out.append(f"\\begin{{tabular}}{{llll}}\n{table}\n\\end{{tabular}}")
            case blocks.Grid(heads, rows):
                out.append(_latex_table((heads, *rows)))
            case blocks.Matrices():
                out.append(f"\\[\n{matrices_latex(block)}\n\\]")
            case blocks.Marks(remarks, summary, title):
                out += [_heading(title, 1)] if title else []
                out += map(_remark, remarks)
                out.append(f"{summary}.")
            case blocks.ClassMarks():
                out += _class_marks(block)
    return _DOCUMENT % accented("\n\n".join(out))


def _heading(heading: str, level: int) -> str:
    return rf"\{'section' if level == 1 else 'subsection'}*{{{latex_prose(heading)}}}"


def _remark(remark: Remark) -> str:
    """A paragraph a line: its number, its text and its verdict; below, what is said of it."""
    line = remark.line
    source = latex_prose(line.source)
    number, verdict = line.place.number, line.verdict
    rows = [rf"\makebox[2em][l]{{{number}}}\texttt{{{source}}}\quad\textit{{{verdict}}}"]
    rows.append(rf"\hspace*{{2em}}{latex_prose(remark.brief)}")
    said = " \\\\\n".join(rows)
    if line.working is None:
        return said
    working = line_latex(line.working, line.places)
    return f"{said}\n\\begin{{align*}}\n\\text{{{remark.label}: }}{working}\n\\end{{align*}}"


def _class_marks(block: blocks.ClassMarks) -> Iterator[str]:
    summary = block.summary
    yield _heading("Worksheets", 1)
    yield _latex_table(summary.table)
    if summary.common:
        yield _heading("Most common causes", 2)
        yield _latex_table((cause.code, *cause.counted, cause.brief) for cause in summary.common)


def _latex_table(rows: Iterable[tuple[str, ...]]) -> str:
    rows = list(rows)
    lines = " \\\\\n".join(" & ".join(map(latex_prose, row)) for row in rows)
    return f"\\begin{{tabular}}{{l{'r' * (len(rows[0]) - 1)}}}\n{lines}\n\\end{{tabular}}"


def line_latex(
    line: Equation, places: int | None, value_places: int | None = None, rule: bool = False
) -> str:
    """The line as a row of an ``align*``, or as several where it would not fit the page.

    Args:
        line: The line.
        places: Decimals of its operands.
        value_places: Decimals of its value; without it those of the operands.
        rule: True names the rule behind it.
    """
    value = latex(Number(line.value), places if value_places is None else value_places)
    formula = latex(line.formula, places if isinstance(line.formula, Number) else None)
    results = [latex(line.numbers, places), *([value] if line.closed else ())]
    steps = [*dict.fromkeys([formula, *results])]
    broken = [" \\\\\n&\\quad ".join(_latex_rows(step)) for step in steps]
    joined = broken[0]
    for step, shown in zip(steps[1:], broken[1:], strict=True):
        long = sum(map(len, steps)) > _LATEX_WIDTH
        joined += f" \\\\\n&= {shown}" if long and step is not steps[-1] else f" = {shown}"
    said = f" && \\text{{{latex_prose(line.rule)}}}" if rule and line.rule else ""
    return f"{latex(line.left)} &= {joined}{said}"


def _typed(parts: Sequence[Expr], open: bool) -> str:
    """Typed parts as a row of an ``align*``, or as several where they would not fit the page."""
    left, *steps = map(latex_as_typed, parts)
    steps += [_GAP] if open else []
    if not steps:
        return left
    between = " \\\\\n&= " if sum(map(len, steps)) > _LATEX_WIDTH else " = "
    broken = (" \\\\\n&\\quad ".join(_latex_rows(step)) for step in steps)
    return f"{left} &= {between.join(broken)}"


def inline_latex(line: Equation, places: int | None) -> str:
    """The line as one formula: left = formula = numbers = value."""
    value = [latex(Number(line.value), places)] if line.closed else []
    steps = (line.left, line.formula, line.numbers)
    return " = ".join(dict.fromkeys([*(latex(step, places) for step in steps), *value]))


def _latex_rows(formula: str) -> list[str]:
    """The formula in rows that fit the page, broken before a sign that no bracket holds."""
    rows, depth, start = [], 0, 0
    for match in re.finditer(r"\\left|\\right|[{}]| (?:\+|-|\\cdot) ", formula):
        sign = match[0]
        depth += {"{": 1, "\\left": 1, "}": -1, "\\right": -1}.get(sign, 0)
        if sign[0] == " " and depth == 0 and match.start() - start > _LATEX_WIDTH:
            rows.append(formula[start : match.start()])
            start = match.start() + 1
    return [*rows, formula[start:]]


#: A letter that LaTeX may not have, as notation names it.
NUMBERED = re.compile(r"\[U\+([0-9A-F]{4,6})\]")
#: TeX's accents by Unicode's.
_ACCENT = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}
#: Letters that TeX has a command for, whose name is how they are spelled in ASCII.
LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "å": "aa",
    "Å": "AA",
    "ł": "l",
    "Ł": "L",
    "ı": "i",
}


def accented(latex: str) -> str:
    """LaTeX in ASCII: letters named by their numbers are such as TeX makes, where it can.

    They stand in text, be it within a formula. Others, as Chinese ones, keep their numbers.
    """
    return NUMBERED.sub(lambda found: _tex_letter(chr(int(found[1], 16))) or found[0], latex)


def lettered(latex: str) -> str:
    """LaTeX for what shows any letter, as a notebook does."""
    return NUMBERED.sub(lambda found: chr(int(found[1], 16)), latex)


def _tex_letter(letter: str) -> str:
    if letter in LETTERS:
        return rf"\{LETTERS[letter]}{{}}"
    accents = unicodedata.normalize("NFD", letter)
    base, accent = accents[0], _ACCENT.get(accents[1:], "")
    return rf"\{accent}{{{base}}}" if accent and base.isascii() else ""


_ACCENTED = re.compile(rf"([^\W\d_][{''.join(ACCENTS)}])")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def latex_prose(sentence: str) -> str:
    """A sentence in LaTeX's text mode."""
    pieces = _ACCENTED.split(unicodedata.normalize("NFD", sentence))
    return "".join(
        f"${name_latex(piece)}$"
        if place % 2
        else "".join(_LATEX_PROSE.get(c) or latex_escaped(c) for c in _composed(piece))
        for place, piece in enumerate(pieces)
    )
