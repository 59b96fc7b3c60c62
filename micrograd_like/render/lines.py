"""The lines of a hand calculation, and the worked example made of them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

from micrograd_like.derivation import Equation
from micrograd_like.formula import Derivative, Name, Number
from micrograd_like.lessons.office_hours import COSTS, RATE, Published, Slip, WorkedExample
from micrograd_like.notation import latex, name_latex, name_text, number, signed, text

#: Emphasises a heading; a terminal's bold, or nothing.
Heading = Callable[[str], str]

#: Decimals in which the predictions, and how they change, are set side by side.
_PREDICTION_PLACES = 6
_WIDTH = 88


# Text.


def line_text(line: Equation, places: int | None, value_places: int | None = None) -> str:
    """``left = formula = numbers = value``, without a step that would only repeat."""
    value = number(line.value, places if value_places is None else value_places)
    steps = [text(line.left), text(line.formula), text(line.numbers, places), value]
    return " = ".join(dict.fromkeys(steps))


def example_text(example: WorkedExample, places: int, heading: Heading = str) -> str:
    """The whole calculation for a terminal."""
    cost = COSTS[example.cost]
    out = [
        heading("The worked 2-2-1 example: forward, backward, update, forward again"),
        f"Cost: {cost.title}. Shown to {places} places, computed in full.",
        "",
        heading("Given"),
        *_given(example.given, places),
    ]
    for section in example.sections:
        out += ["", heading(section.title)]
        out += _aligned(section.equations, places + section.extra_places)
    prediction = example.prediction
    out += [
        "",
        f"The prediction went from {number(prediction.before, _PREDICTION_PLACES)} to "
        f"{number(prediction.after, _PREDICTION_PLACES)}, a change of "
        f"{signed(prediction.change, places + 2)}; the target is {number(example.given['y'])}.",
    ]
    return "\n".join(out)


def _given(given: dict[str, float], places: int) -> Iterable[str]:
    shown = [f"{name_text(name)} = {number(value, places)}" for name, value in given.items()]
    return textwrap.wrap("   ".join(shown), 72, initial_indent="  ", subsequent_indent="  ")


def _aligned(lines: Iterable[Equation], places: int) -> Iterable[str]:
    shown = [line_text(line, places) for line in lines]
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


def published_text(published: Published, places: int, heading: Heading = str) -> str:
    """The lesson's slips beside the truth, and its final figures to the last digit."""
    out = [heading("The lesson as published: each of its slips beside the truth")]
    for place, slip in enumerate(published.slips, 1):
        out += ["", heading(f"{place}  {slip.title}"), *_slip(slip, places)]
    out += ["", heading("The lesson's updates, with these slips made on purpose")]
    out += _aligned(published.updates, places + 1)
    out += ["", heading("Where it ends, to the last digit"), *_results(published.results)]
    return "\n".join(out)


def _slip(slip: Slip, places: int) -> Iterable[str]:
    for title, lines in (("published", slip.published), ("right", slip.right)):
        for line in lines:
            yield f"   {title:<11}{line_text(line, places, places + 2)}"
            title = ""
    yield from textwrap.wrap(
        slip.reason, 84, initial_indent=f"   {'why':<11}", subsequent_indent=" " * 14
    )


def _results(results: dict[str, tuple[float, float, float]]) -> Iterable[str]:
    heads = ("as published", "right, ½(ŷ − y)²", "right, −log10 ŷ")
    yield "  " + " " * 8 + "".join(f"{head:<24}" for head in heads).rstrip()
    for name, row in results.items():
        shown = "".join(f"{number(value):<24}" for value in row).rstrip()
        yield f"  {name_text(name):<8}{shown}"


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


def line_latex(line: Equation, places: int | None, value_places: int | None = None) -> str:
    """The line as a row of an ``align*``, split at its first equals sign."""
    value_places = places if value_places is None else value_places
    value = latex(Number(line.value), value_places)
    steps = dict.fromkeys([latex(line.formula), latex(line.numbers, places), value])
    return f"{latex(line.left)} &= {' = '.join(steps)}"


def _align(rows: Iterable[str]) -> str:
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _prose(sentence: str) -> str:
    return "".join(_LATEX_PROSE.get(character, character) for character in sentence)


def example_latex(example: WorkedExample, places: int) -> str:
    """The whole calculation as a LaTeX document."""
    given = [f"{name_latex(n)} &= {latex(Number(v), places)}" for n, v in example.given.items()]
    out = [
        r"\section*{The worked 2-2-1 example}",
        f"Cost: {_prose(COSTS[example.cost].title)}. Shown to {places} places, computed in full.",
        r"\subsection*{Given}",
        _align([" & ".join(given[:4]), " & ".join(given[4:7]), " & ".join(given[7:])]),
    ]
    for section in example.sections:
        shown_places = places + section.extra_places
        out.append(rf"\subsection*{{{_prose(section.title)}}}")
        out.append(_align(line_latex(line, shown_places) for line in section.equations))
    before, after = example.prediction.before, example.prediction.after
    out.append(
        f"The prediction went from ${number(before, _PREDICTION_PLACES)}$ "
        f"to ${number(after, _PREDICTION_PLACES)}$."
    )
    return _DOCUMENT % "\n".join(out)


def published_latex(published: Published, places: int) -> str:
    """The lesson's slips and final figures as a LaTeX document."""
    out = [r"\section*{The lesson as published}"]
    for slip in published.slips:
        out.append(rf"\subsection*{{{_prose(slip.title)}}}")
        for title, lines in (("Published", slip.published), ("Right", slip.right)):
            out.append(f"{title}:")
            out.append(_align(line_latex(line, places, places + 2) for line in lines))
        out.append(_prose(slip.reason))
    heads = ("", "as published", "right, ½(ŷ − y)²", "right, −log10 ŷ")
    rows = [" & ".join(map(_prose, heads))]
    for name, row in published.results.items():
        cells = (f"${latex(Number(value))}$" for value in row)
        rows.append(" & ".join((f"${name_latex(name)}$", *cells)))
    table = " \\\\\n".join(rows)
    out += [r"\subsection*{Where it ends}", rf"\begin{{tabular}}{{llll}}{table}\end{{tabular}}"]
    return _DOCUMENT % "\n".join(out)


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
    return json.dumps(document, ensure_ascii=False, indent=2)


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
        "updates": [line_record(line) for line in published.updates],
        "results": {
            name: dict(zip(columns, row, strict=True)) for name, row in published.results.items()
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
