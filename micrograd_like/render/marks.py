"""A marked worksheet in words: for a terminal, as JSON, CSV or HTML; and a whole class's."""

from __future__ import annotations

import csv
import html
import io
import json
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from micrograd_like.blocks import line_text
from micrograd_like.errors import printable
from micrograd_like.formula import Expr, Number
from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.facts import as_written
from micrograd_like.marking.records import Cause, LineMark, Report, Verdict
from micrograd_like.marking.shape import symbol
from micrograd_like.notation import plain, text

#: Gives a text the look of a verdict, or of "dim"; for a terminal without colours, nothing.
Paint = Callable[[str, str], str]

MARKS: dict[Verdict, str] = {
    "right": "✓",
    "follows": "→",
    "wrong": "✗",
    "unreadable": "?",
    "unchecked": "–",
}
_SENTENCES = {slip.code: slip.sentence for slip in CAUSES}
_WIDTH = 88
#: A space at which no line ends.
_FIXED = "\u00a0"


def unpainted(_: str, text: str) -> str:
    """The text as it is."""
    return text


# Sentences.


def message(line: LineMark, report: Report) -> str:
    """What a teacher would say of the line."""
    match line.verdict:
        case "right":
            return f"Right: {line.rule}."
        case "follows":
            return f"Follows from {_sources(line, report)}; the method is right."
        case "wrong":
            return " ".join(_reproach(line)).replace(_FIXED, " ")
    return f"{line.problem[:1].upper()}{line.problem[1:]}."


def _reproach(line: LineMark) -> Iterator[str]:
    first, *others = line.causes
    yield cause_sentence(first, line)
    if line.accident:
        yield "Its number is right by accident, at these inputs alone."
    if others and first.code != "unknown":
        yield f"It is also consistent with: {', '.join(cause.code for cause in others)}."


def cause_sentence(cause: Cause, line: LineMark) -> str:
    """The cause in a sentence, with the pieces of the line it is about."""
    sentence = _SENTENCES[cause.code]
    if "{" not in sentence:
        return sentence
    if (cause.wrote is None and "{wrote}" in sentence) or (
        cause.meant is None and "{meant}" in sentence
    ):
        # The general part of it, where the pieces are not known.
        return sentence.partition("{")[0].rstrip(" :,").removesuffix(" by") + "."
    left = text(symbol(line.left)) if line.left is not None else ""
    return sentence.format(wrote=_shown(cause.wrote), meant=_shown(cause.meant), left=left)


def _shown(piece: Expr | None) -> str:
    """A piece of a formula, kept on one line."""
    return "" if piece is None else text(piece, 4).replace(" ", _FIXED)


def _sources(line: LineMark, report: Report) -> str:
    """The quantities that the line rests on, each with the line that states it."""
    stated = {
        other.left: other.line
        for other in report.lines
        if other.line < line.line and other.verdict in ("wrong", "follows")
    }
    named = []
    for key in line.follows:
        where = f" (line {stated[key]})" if key in stated else ""
        named.append(text(symbol(key)) + where)
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1]))) if named else "above"


def working_text(line: LineMark) -> str:
    """The right working with its signs as they are printed: ŷ, ·, −."""
    if line.working is None:
        return ""
    return line_text(line.working, line.places)


def working_plain(line: LineMark) -> str:
    """The right working as one would type it into a worksheet."""
    if line.working is None:
        return ""
    left, formula, result = line.working.left, line.working.formula, Number(line.working.value)
    numbers = (as_written(expr, line.places) for expr in (line.working.numbers, result))
    return " = ".join(dict.fromkeys(map(plain, (left, formula, *numbers))))


# For a terminal.


def report_text(report: Report, paint: Paint = unpainted) -> str:
    """One line a statement, with what is to be said of it below, and the counts at the end."""
    width = len(str(max((line.line for line in report.lines), default=0)))
    rows = [row for line in report.lines for row in _rows(line, report, width, paint)]
    return "\n".join([*rows, *[""] * bool(rows), counts_text(report)])


def _rows(line: LineMark, report: Report, width: int, paint: Paint) -> Iterator[str]:
    mark = paint(line.verdict, MARKS[line.verdict])
    source = printable(line.source)
    head = f" {mark} {line.line:>{width}}  "
    margin = " " * (width + 5)
    if line.verdict == "right":
        rule = f"({line.rule})"
        if len(margin) + len(source) + len(rule) + 3 <= _WIDTH:
            yield f"{head}{source}   {paint('dim', rule)}"
        else:
            yield head + source
            yield margin + paint("dim", rule)
        return
    yield head + source
    if line.verdict == "unreadable":
        yield f"{margin}column {line.column}: {printable(message(line, report))}"
        return
    wrong = line.verdict == "wrong"
    said = " ".join(_reproach(line)) if wrong else printable(message(line, report))
    yield from _wrapped(said, margin)
    if line.working is not None:
        label = "right: " if wrong else "true:  "
        working = working_text(line).replace(" = ", f" ={_FIXED}")
        yield from _wrapped(working, margin + label, " " * len(margin + label))


def _wrapped(said: str, head: str, margin: str = "") -> list[str]:
    rows = textwrap.wrap(
        said, _WIDTH, initial_indent=head, subsequent_indent=margin or head, break_on_hyphens=False
    )
    return [row.replace(_FIXED, " ") for row in rows]


def counts_text(report: Report) -> str:
    """``38 right, 11 follow, 5 wrong``."""
    counts = report.counts
    words = {"follows": "follow" if counts["follows"] != 1 else "follows"}
    shown = [f"{n} {words.get(v, v)}" for v, n in counts.items() if n or v in ("right", "wrong")]
    return ", ".join(shown)


def class_text(reports: Sequence[Report]) -> str:
    """Worksheets by verdicts, and the most common causes."""
    heads = list(MARKS)
    width = max([len("worksheet"), *(len(printable(report.file)) for report in reports)])
    rows = [f"{'worksheet':<{width}}" + "".join(f"{head:>12}" for head in heads)]
    totals: Counter[str] = Counter()
    for report in reports:
        counts = report.counts
        totals.update({verdict: counts[verdict] for verdict in heads})
        cells = "".join(f"{counts[verdict]:>12}" for verdict in heads)
        rows.append(f"{printable(report.file):<{width}}{cells}")
    rows.append(f"{'all':<{width}}" + "".join(f"{totals[head]:>12}" for head in heads))
    causes = sum((report.causes for report in reports), Counter[str]())
    if causes:
        rows += ["", "Most common causes"]
        for code, count in causes.most_common(10):
            sheets = sum(code in report.causes for report in reports)
            where = f"in {sheets} worksheet{'s' * (sheets != 1)}"
            rows.append(f"  {code:<22}{count:>5} {'line ' if count == 1 else 'lines'} {where}")
    return "\n".join(rows)


# As data.


def line_record(line: LineMark, report: Report) -> dict[str, Any]:
    """The line as plain data; its names are a contract."""
    record: dict[str, Any] = {
        "line": line.line,
        "source": line.source,
        "verdict": line.verdict,
        "parts": [{"source": part.source, "verdict": part.verdict} for part in line.parts],
        "causes": [cause.code for cause in line.causes],
        "message": message(line, report),
        "expected": line.expected,
        "working": working_plain(line) or None,
    }
    return record | ({"column": line.column} if line.verdict == "unreadable" else {})


def reports_json(reports: Iterable[Report]) -> str:
    """The reports as JSON, every number in full."""
    worksheets = [
        {
            "file": report.file,
            **report.counts,
            "lines": [line_record(line, report) for line in report.lines],
        }
        for report in reports
    ]
    return json.dumps({"worksheets": worksheets}, indent=2, ensure_ascii=False)


_COLUMNS = ("file", "line", "verdict", "causes", "expected", "source", "message", "working")


def reports_csv(reports: Iterable[Report]) -> str:
    """A row a line, with a head; causes are separated by spaces."""
    out = io.StringIO()
    rows = csv.DictWriter(out, _COLUMNS, extrasaction="ignore", lineterminator="\n")
    rows.writeheader()
    for report in reports:
        for line in report.lines:
            record = line_record(line, report)
            rows.writerow({**record, "file": report.file, "causes": " ".join(record["causes"])})
    return out.getvalue().removesuffix("\n")


# For a notebook.

_COLOURS: dict[Verdict, str] = {
    "right": "#1b7f3b",
    "follows": "#9a6700",
    "wrong": "#c4262e",
    "unreadable": "#6e40c9",
    "unchecked": "#57606a",
}


def report_html(report: Report) -> str:
    """The report as a table."""
    rows = "".join(_html_row(line, report) for line in report.lines)
    return (
        '<table style="text-align:left"><thead><tr><th></th><th>line</th><th>worksheet</th>'
        f"<th>remark</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{html.escape(counts_text(report))}</p>"
    )


def _html_row(line: LineMark, report: Report) -> str:
    mark = (
        f'<td title="{line.verdict}" style="color:{_COLOURS[line.verdict]};font-weight:bold">'
        f"{MARKS[line.verdict]}</td>"
    )
    remark = html.escape(message(line, report))
    if line.working is not None:
        remark += f"<br><em>{html.escape(working_text(line))}</em>"
    left = 'style="text-align:left"'
    return (
        f"<tr>{mark}<td>{line.line}</td><td {left}><code>{html.escape(line.source)}</code></td>"
        f"<td {left}>{remark}</td></tr>"
    )
