"""The lines of a hand calculation, and the worked example made of them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from micrograd_like.derivation import Equation
from micrograd_like.formula import Derivative, Name, Number
from micrograd_like.lessons.office_hours import COSTS, RATE, Published, WorkedExample
from micrograd_like.notation import latex, name_latex, name_text, number, signed, text

#: Emphasises a heading; a terminal's bold, or nothing.
Emphasis = Callable[[str], str]

#: Decimals in which the predictions are set side by side: enough to see one update.
_PREDICTION_PLACES = 6
#: More digits than a float64 has say nothing.
_MOST_PLACES = 15
_WIDTH = 88
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
    """Lines of the calculation: operands with ``places``, results with ``value_places``."""

    lines: tuple[Equation, ...]
    places: int
    value_places: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers in full; the first cell of each is a name, the first row has heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


Block = Heading | Sentence | Lines | Table


def example_blocks(example: WorkedExample, places: int) -> list[Block]:
    """The whole calculation."""
    blocks: list[Block] = [
        Heading("The worked 2-2-1 example: forward, backward, update, forward again", level=1),
        Sentence(f"Cost: {COSTS[example.cost].title}. {_rounding(places)}"),
        Heading("Given"),
        Sentence(
            ", ".join(f"{name_text(n)} = {number(v, places)}" for n, v in example.given.items())
        ),
    ]
    for section in example.sections:
        shown_places = min(places + section.extra_places, _MOST_PLACES)
        blocks += [Heading(section.title), Lines(section.equations, shown_places, shown_places)]
    before, after = example.prediction.before, example.prediction.after
    sentence = (
        f"The prediction went from {number(before, _PREDICTION_PLACES)} "
        f"to {number(after, _PREDICTION_PLACES)}, a change of "
        f"{signed(example.prediction.change, 4)}; the target is {number(example.given['y'])}."
    )
    return [*blocks, Heading("Result"), Sentence(sentence)]


def published_blocks(published: Published, places: int) -> list[Block]:
    """The lesson's slips beside the truth, its own run, and where it ends to the last digit."""
    blocks: list[Block] = [
        Heading("The lesson as published: each of its slips beside the truth", level=1),
        Sentence(_rounding(places)),
    ]
    for place, slip in enumerate(published.slips, 1):
        own = places if slip.places is None else slip.places
        value_places = min(own + 2, _MOST_PLACES)
        blocks += [
            Heading(f"{place}  {slip.title}"),
            Lines(slip.published, own, value_places, "published"),
            Lines(slip.right, own, value_places, "right"),
            Sentence(slip.reason, "why"),
        ]
    more = min(places + 1, _MOST_PLACES)
    heads = ("", "as published", "right, ½(ŷ − y)²", "right, −log10 ŷ")
    return [
        *blocks,
        Heading("The lesson's derivatives, with these slips made on purpose"),
        Lines(published.derivatives, places, places),
        Heading("The lesson's updates"),
        Lines(published.updates, more, more),
        Heading("Where it ends, to the last digit"),
        Table(heads, tuple(published.results.items())),
    ]


def _rounding(places: int) -> str:
    plural = "place" if places == 1 else "places"
    return (
        f"Numbers are shown to {places} {plural} or more; every result is computed in full, "
        "not from the rounded figures beside it."
    )


# Text.


def to_text(blocks: Iterable[Block], emphasis: Emphasis = str) -> str:
    """The blocks for a terminal."""
    out: list[str] = []
    for block in blocks:
        match block:
            case Heading(heading):
                out += ["", emphasis(heading)]
            case Sentence(sentence, title):
                out += _wrapped(sentence, title)
            case Lines(lines, places, value_places, ""):
                out += _aligned(lines, places, value_places)
            case Lines(lines, places, value_places, title):
                for line in lines:
                    out.append(f"   {title:<11}{line_text(line, places, value_places)}")
                    title = ""
            case Table(heads, rows):
                out.append("  " + " " * 8 + "".join(f"{h:<24}" for h in heads[1:]).rstrip())
                for name, cells in rows:
                    shown = "".join(f"{number(cell):<24}" for cell in cells).rstrip()
                    out.append(f"  {name_text(name):<8}{shown}")
    return "\n".join(out[1:])


def line_text(line: Equation, places: int | None, value_places: int | None = None) -> str:
    """``left = formula = numbers = value``, without a step that would only repeat."""
    value = number(line.value, places if value_places is None else value_places)
    steps = [text(line.left), text(line.formula), text(line.numbers, places), value]
    return " = ".join(dict.fromkeys(steps))


def _wrapped(sentence: str, title: str) -> list[str]:
    first, rest = ("  ", "  ") if not title else (f"   {title:<11}", " " * 14)
    kept = sentence.replace(" = ", "\u00a0=\u00a0")  # x1 = 0 stays on one line
    wrapped = textwrap.wrap(kept, _WIDTH, initial_indent=first, subsequent_indent=rest)
    return [line.replace("\u00a0", " ") for line in wrapped]


def _aligned(lines: Iterable[Equation], places: int, value_places: int) -> Iterator[str]:
    """The lines with their first equals signs in a column, long ones broken at a later one."""
    shown = [line_text(line, places, value_places) for line in lines]
    width = max(line.index(" = ") for line in shown)
    for line in shown:
        left, *steps = line.split(" = ")
        row = f"  {left:<{width}}"
        for step in steps:
            if len(row) + len(step) > _WIDTH and row.strip() != left:
                yield row
                row = "  " + " " * width
            row += f" = {step}"
        yield row


# LaTeX: a document that compiles by itself.

_DOCUMENT = r"""\documentclass{article}
\usepackage{amsmath}
\usepackage[a4paper,landscape,margin=2cm]{geometry}
\setlength{\parindent}{0pt}
\begin{document}
%s
\end{document}"""

_LATEX_PROSE = {
    "−": "$-$",
    "·": r"$\cdot$",
    "α": r"$\alpha$",
    "½": r"$\tfrac12$",
    "²": "$^2$",
    "ŷ": r"$\hat{y}$",
    "σ": r"$\sigma$",
    "′": "$'$",
    "∂": r"$\partial$",
}


def to_latex(blocks: Iterable[Block]) -> str:
    """The blocks as a LaTeX document in ASCII."""
    out: list[str] = []
    for block in blocks:
        match block:
            case Heading(heading, level):
                out.append(rf"\{'section' if level == 1 else 'subsection'}*{{{_prose(heading)}}}")
            case Sentence(sentence):
                out.append(_prose(sentence))
            case Lines(lines, places, value_places, title):
                out += [f"{title.capitalize()}:"] if title else []
                rows = " \\\\\n".join(line_latex(line, places, value_places) for line in lines)
                out.append(f"\\begin{{align*}}\n{rows}\n\\end{{align*}}")
            case Table(heads, rows):
                cells = [" & ".join(map(_prose, heads))]
                for name, row in rows:
                    numbers = (f"${latex(Number(cell))}$" for cell in row)
                    cells.append(" & ".join((f"${name_latex(name)}$", *numbers)))
                table = " \\\\\n".join(cells)
                out.append(f"\\begin{{tabular}}{{llll}}\n{table}\n\\end{{tabular}}")
    return _DOCUMENT % "\n\n".join(out)


def line_latex(line: Equation, places: int | None, value_places: int | None = None) -> str:
    """The line as a row of an ``align*``, or as two where it would not fit the page."""
    value = latex(Number(line.value), places if value_places is None else value_places)
    steps = [*dict.fromkeys([latex(line.formula), latex(line.numbers, places), value])]
    joined = " = ".join(steps)
    if len(joined) > _LATEX_WIDTH and len(steps) > 1:
        joined = f"{steps[0]} \\\\\n&= " + " = ".join(steps[1:])
    return f"{latex(line.left)} &= {joined}"


def _prose(sentence: str) -> str:
    return "".join(_LATEX_PROSE.get(character, character) for character in sentence)


# JSON: every number in full.


def line_record(line: Equation) -> dict[str, Any]:
    """The line as plain data; derivatives are named dA/dB, as in a worksheet."""
    record = {
        "name": _plain(line.left),
        "formula": text(line.formula),
        "numbers": text(line.numbers),
    }
    record |= {"latex": latex(line.left) + " = " + latex(line.formula)}
    return {**record, "value": line.value, **({"rule": line.rule} if line.rule else {})}


def _plain(left: Name | Derivative) -> str:
    return left.name if isinstance(left, Name) else f"d{left.of}/d{left.wrt}"


def example_json(example: WorkedExample) -> str:
    """The whole calculation as JSON."""
    prediction = example.prediction
    document = {
        "lesson": "office-hours",
        "cost": {"name": example.cost, "title": COSTS[example.cost].title},
        "rate": RATE,
        "given": example.given,
        "sections": [
            {"title": s.title, "lines": [line_record(line) for line in s.equations]}
            for s in example.sections
        ],
        "prediction": {
            "before": prediction.before,
            "after": prediction.after,
            "change": prediction.change,
        },
    }
    return json.dumps(document, indent=2)


def published_json(published: Published) -> str:
    """The lesson's slips and final figures as JSON."""
    columns = ("as-published", "right-half-squared", "right-log10")
    document = {
        "lesson": "office-hours-as-published",
        "slips": [
            {
                "title": slip.title,
                "published": [line_record(line) for line in slip.published],
                "right": [line_record(line) for line in slip.right],
                "reason": slip.reason,
            }
            for slip in published.slips
        ],
        "derivatives": [line_record(line) for line in published.derivatives],
        "updates": [line_record(line) for line in published.updates],
        "results": {
            name: dict(zip(columns, row, strict=True)) for name, row in published.results.items()
        },
    }
    return json.dumps(document, indent=2)
