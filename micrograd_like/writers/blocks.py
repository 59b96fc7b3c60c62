"""What is said of a calculation, as blocks; and the blocks as text or LaTeX.

Headings, sentences, lines of the calculation and tables are records, so that every format
says the same.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from micrograd_like.derivation.equations import Equation
from micrograd_like.formula import Number
from micrograd_like.notation import (
    ACCENTS,
    GREEK,
    latex,
    latex_escaped,
    name_latex,
    name_text,
    number,
    text,
)

#: Emphasises a heading; a terminal's bold, or nothing.
Emphasis = Callable[[str], str]

#: More digits than a float64 has say nothing.
MOST_PLACES = 15
WIDTH = 88
_LATEX_WIDTH = 150


# What is said, for every format: headings, sentences, lines and a table.


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; that of the whole is at level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; with a ``title`` it is set beside lines with titles."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of the calculation: operands with ``places``, results with ``value_places``.

    rules:  True names the rule behind every line
    """

    lines: tuple[Equation, ...]
    places: int
    value_places: int
    title: str = ""
    rules: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers in full; the first cell of each is a name, the first row has heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of short texts under heads, the first cell of each row naming it."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Sentence | Lines | Table | Grid


def rounding(places: int) -> str:
    """What a reader must know of the numbers: how they are rounded."""
    plural = "place" if places == 1 else "places"
    return (
        f"Numbers are shown to {places} {plural} or more; every result is computed in full, "
        "not from the rounded figures beside it."
    )


# Text.


def to_text(blocks: Iterable[Block], emphasis: Emphasis = str, width: int = WIDTH) -> str:
    """The blocks for a terminal of ``width`` columns; what cannot be broken stays whole."""
    out: list[str] = []
    for block in blocks:
        match block:
            case Heading(heading):
                out += ["", emphasis(heading)] if out else [emphasis(heading)]
            case Sentence(sentence, title):
                out += _wrapped(sentence, title, width)
            case Lines(lines, places, value_places, "", rules):
                groups = _aligned(lines, places, value_places, width)
                out += _with_rules(groups, lines, width) if rules else chain.from_iterable(groups)
            case Lines(lines, places, value_places, title):
                for line in lines:
                    out.append(f"   {title:<11}{line_text(line, places, value_places)}")
                    title = ""
            case Table(heads, rows):
                out.append("  " + " " * 8 + "".join(f"{h:<24}" for h in heads[1:]).rstrip())
                for name, cells in rows:
                    shown = "".join(f"{number(cell):<24}" for cell in cells).rstrip()
                    out.append(f"  {name_text(name):<8}{shown}")
            case Grid(heads, rows):
                out += _columns((heads, *rows))
    return "\n".join(out)


def line_text(line: Equation, places: int | None, value_places: int | None = None) -> str:
    """``left = formula = numbers = value``, without a step that would only repeat."""
    value = number(line.value, places if value_places is None else value_places)
    formula = text(line.formula, places if isinstance(line.formula, Number) else None)
    steps = [text(line.left), formula, text(line.numbers, places), value]
    return " = ".join(dict.fromkeys(steps))


def _columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """The rows in columns: names to the left, what stands beside them to the right."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join((f"{row[0]:<{widths[0]}}", *map(str.rjust, row[1:], widths[1:]))).rstrip()
        for row in rows
    ]


def _wrapped(sentence: str, title: str, width: int) -> list[str]:
    first, rest = ("  ", "  ") if not title else (f"   {title:<11}", " " * 14)
    kept = sentence.replace(" = ", "\u00a0=\u00a0")  # x1 = 0 stays on one line
    wrapped = textwrap.wrap(kept, width, initial_indent=first, subsequent_indent=rest)
    return [line.replace("\u00a0", " ") for line in wrapped]


def _aligned(
    lines: Iterable[Equation], places: int, value_places: int, page: int
) -> list[list[str]]:
    """The rows of each line, first equals signs in a column, long ones broken at a later one."""
    shown = [line_text(line, places, value_places) for line in lines]
    width = max(line.index(" = ") for line in shown)
    margin = "  " + " " * width
    groups = []
    for line in shown:
        left, *steps = line.split(" = ")
        rows = [f"  {left:<{width}}"]
        for step in steps:
            if len(rows[-1]) + 3 + len(step) > page and rows[-1].strip() != left:
                rows.append(margin)
            rows[-1:] = _broken(f"{rows[-1]} = {step}", margin + "     ", page)
        groups.append(rows)
    return groups


def _broken(row: str, margin: str, page: int) -> list[str]:
    """The row, broken before a sign between terms or factors where it is too long."""
    rows = [""]
    for piece in re.split(r"(?<=\S)(?= [·+−] )", row):
        if rows[-1] and len(rows[-1]) + len(piece) > page:
            rows.append(margin + piece.lstrip())
        else:
            rows[-1] += piece
    return rows


def _with_rules(groups: list[list[str]], lines: Iterable[Equation], page: int) -> list[str]:
    """The rows with the rules in a column behind them; behind a very long row, below it."""
    width = max((len(row) for rows in groups for row in rows if len(row) <= page), default=0)
    out = []
    for rows, line in zip(groups, lines, strict=True):
        out += rows if len(rows[-1]) <= width else [*rows, ""]
        rule = f"   ({line.rule})"
        if page < WIDTH and width + len(rule) > page:
            out.append(f"     {rule}")
        else:
            out[-1] = f"{out[-1]:<{width}}{rule}"
    return out


# LaTeX: a document that compiles by itself.

_DOCUMENT = r"""\documentclass{article}
\usepackage{amsmath}
\usepackage[a4paper,landscape,margin=2cm]{geometry}
\setlength{\parindent}{0pt}
\allowdisplaybreaks
\begin{document}
%s
\end{document}"""

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


def to_latex(blocks: Iterable[Block]) -> str:
    """The blocks as a LaTeX document in ASCII."""
    out: list[str] = []
    for block in blocks:
        match block:
            case Heading(heading, level):
                out.append(
                    rf"\{'section' if level == 1 else 'subsection'}*{{{latex_prose(heading)}}}"
                )
            case Sentence(sentence):
                out.append(latex_prose(sentence))
            case Lines(lines, places, value_places, title, rules):
                out += [f"{latex_prose(title.capitalize())}:"] if title else []
                rows = " \\\\\n".join(
                    line_latex(line, places, value_places, rules) for line in lines
                )
                out.append(f"\\begin{{align*}}\n{rows}\n\\end{{align*}}")
            case Table(heads, rows):
                cells = [" & ".join(map(latex_prose, heads))]
                for name, row in rows:
                    numbers = (f"${latex(Number(cell))}$" for cell in row)
                    cells.append(" & ".join((f"${name_latex(name)}$", *numbers)))
                table = " \\\\\n".join(cells)
                out.append(f"\\begin{{tabular}}{{llll}}\n{table}\n\\end{{tabular}}")
            case Grid(heads, rows):
                out.append(_latex_table((heads, *rows)))
    return _DOCUMENT % "\n\n".join(out)


def _latex_table(rows: Iterable[tuple[str, ...]]) -> str:
    rows = list(rows)
    lines = " \\\\\n".join(" & ".join(map(latex_prose, row)) for row in rows)
    return f"\\begin{{tabular}}{{l{'r' * (len(rows[0]) - 1)}}}\n{lines}\n\\end{{tabular}}"


def line_latex(
    line: Equation, places: int | None, value_places: int | None = None, rule: bool = False
) -> str:
    """The line as a row of an ``align*``, or as several where it would not fit the page.

    rule:  True names the rule behind it
    """
    value = latex(Number(line.value), places if value_places is None else value_places)
    formula = latex(line.formula, places if isinstance(line.formula, Number) else None)
    steps = [*dict.fromkeys([formula, latex(line.numbers, places), value])]
    broken = [" \\\\\n&\\quad ".join(_latex_rows(step)) for step in steps]
    joined = broken[0]
    for step, shown in zip(steps[1:], broken[1:], strict=True):
        long = sum(map(len, steps)) > _LATEX_WIDTH
        joined += f" \\\\\n&= {shown}" if long and step is not steps[-1] else f" = {shown}"
    said = f" && \\text{{{latex_prose(line.rule)}}}" if rule and line.rule else ""
    return f"{latex(line.left)} &= {joined}{said}"


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


_ACCENTED = re.compile(rf"([^\W\d_][{''.join(ACCENTS)}])")


def latex_prose(sentence: str) -> str:
    """A sentence in LaTeX's text mode."""
    pieces = _ACCENTED.split(unicodedata.normalize("NFD", sentence))
    return "".join(
        f"${name_latex(piece)}$"
        if place % 2
        else "".join(_LATEX_PROSE.get(c) or latex_escaped(c) for c in piece)
        for place, piece in enumerate(pieces)
    )


# Plain data, every number in full.


def line_record(line: Equation) -> dict[str, Any]:
    """The line as plain data; derivatives are named dA/dB, as in a worksheet."""
    record = {
        "name": str(line.left),
        "formula": text(line.formula),
        "numbers": text(line.numbers),
    }
    record |= {"latex": latex(line.left) + " = " + latex(line.formula)}
    return {**record, "value": line.value, **({"rule": line.rule} if line.rule else {})}
