"""A marked worksheet in words: for a terminal, as JSON, CSV or HTML; and a whole class's."""

from __future__ import annotations

import csv
import html
import io
import json
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_like.errors import printable
from micrograd_like.formula import Expr, Number
from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.facts import as_written
from micrograd_like.marking.records import Cause, LineMark, Report, Verdict
from micrograd_like.notation import plain, text
from micrograd_like.writers.blocks import line_text

#: Gives a text the look of a verdict, or of "dim"; for a terminal without colours, nothing.
Paint = Callable[[str, str], str]

MARKS: dict[Verdict, str] = {
    "right": "✓",
    "follows": "→",
    "wrong": "✗",
    "unreadable": "?",
    "unchecked": "–",
}
_SLIPS = {slip.code: slip for slip in CAUSES}
#: Columns of a report, where no terminal says otherwise.
WIDTH = 88
#: A space at which no line ends.
_FIXED = "\u00a0"


def unpainted(_: str, text: str) -> str:
    """The text as it is."""
    return text


# Sentences.


def message(line: LineMark, report: Report) -> str:
    """What a teacher would say of the line."""
    return _message(line, report).replace(_FIXED, " ")


def _message(line: LineMark, report: Report) -> str:
    match line.verdict:
        case "right":
            return f"Right: {line.rule}."
        case "follows":
            return f"Follows from {_sources(line, report)}; the method is right."
        case "wrong":
            return " ".join(_reproach(line))
    # It may begin with a name, which keeps its letters.
    return f"{line.problem}." if line.problem[-1:].isalnum() else line.problem


def _reproach(line: LineMark) -> Iterator[str]:
    first, *others = line.causes
    yield cause_sentence(first, line)
    if line.accident:
        yield "Its number is right by accident, at these inputs alone."
    if others and first.code != "unknown":
        yield f"Or: {', or '.join(_SLIPS[cause.code].brief for cause in others)}."


def cause_sentence(cause: Cause, line: LineMark) -> str:
    """The cause in a sentence, with the pieces of the line it is about where they are known."""
    slip = _SLIPS[cause.code]
    pieces = {"wrote": cause.wrote, "meant": cause.meant, "left": line.left}
    if not slip.pointed or any(p is None and f"{{{n}}}" in slip.pointed for n, p in pieces.items()):
        return slip.sentence
    return slip.pointed.format(**{name: _shown(piece) for name, piece in pieces.items()})


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
        named.append(text(key) + where)
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


def report_text(report: Report, paint: Paint = unpainted, width: int = WIDTH) -> str:
    """One line a statement, with what is to be said of it below, and the counts at the end."""
    digits = len(str(max((line.line for line in report.lines), default=0)))
    page = _Page(report, digits, paint, width)
    rows = [row for line in report.lines for row in page.rows(line)]
    return "\n".join([*rows, *[""] * bool(rows), counts_text(report)])


@dataclass(frozen=True, slots=True)
class _Page:
    """A report on a page of so many columns, the numbers of its lines so many digits wide."""

    report: Report
    digits: int
    paint: Paint
    width: int

    def rows(self, line: LineMark) -> Iterator[str]:
        mark = self.paint(line.verdict, MARKS[line.verdict])
        source = printable(line.source)
        head = f" {mark} {line.line:>{self.digits}}  {source}"
        margin = " " * (self.digits + 5)
        if line.verdict == "right":
            rule = f"({line.rule})"
            fits = len(margin) + len(source) + len(rule) + 3 <= self.width
            yield f"{head}   {self.paint('dim', rule)}" if fits else head
            if not fits:
                yield margin + self.paint("dim", rule)
            return
        yield head
        wrong = line.verdict == "wrong"
        said = _message(line, self.report)
        yield from self.wrapped(said if line.causes else printable(said), margin)
        if line.working is not None:
            label = "right: " if wrong else "true:  "
            working = working_text(line).replace(" = ", f" ={_FIXED}")
            yield from self.wrapped(working, margin + label, " " * len(margin + label))

    def wrapped(self, said: str, head: str, margin: str = "") -> list[str]:
        rows = textwrap.wrap(
            said,
            max(self.width, len(head) + 20),
            initial_indent=head,
            subsequent_indent=margin or head,
            break_on_hyphens=False,
            break_long_words=False,
        )
        return [row.replace(_FIXED, " ") for row in rows]


def counts_text(report: Report) -> str:
    """The counts in words: ``38 right, 11 follow, 5 wrong``."""
    if not report.lines:
        return "There is nothing to mark."
    counts = report.counts
    words = {"follows": "follow" if counts["follows"] != 1 else "follows"}
    shown = [f"{n} {words.get(v, v)}" for v, n in counts.items() if n or v in ("right", "wrong")]
    return ", ".join(shown)


def class_text(reports: Sequence[Report], width: int = WIDTH) -> str:
    """Worksheets by verdicts, and the most common causes."""
    heads = list(MARKS)
    cells_width = sum(len(head) + 2 for head in heads)
    names = [_shortened(printable(report.file), max(width - cells_width, 12)) for report in reports]
    first = max(map(len, ["worksheet", *names]))

    def row(name: str, cells: Iterable[object]) -> str:
        pairs = zip(cells, heads, strict=True)
        return f"{name:<{first}}" + "".join(f"{c:>{len(head) + 2}}" for c, head in pairs)

    totals: Counter[str] = Counter()
    rows = [row("worksheet", heads)]
    for name, report in zip(names, reports, strict=True):
        totals.update(dict(report.counts))
        rows.append(row(name, (report.counts[verdict] for verdict in heads)))
    rows.append(row("all", (totals[head] for head in heads)))
    causes = sum((report.causes for report in reports), Counter[str]())
    if causes:
        rows += ["", "Most common causes"]
    for code, count in causes.most_common(10):
        sheets = sum(code in report.causes for report in reports)
        lines, where = (
            f"{count} line{'s' * (count != 1)}",
            f"in {sheets} worksheet{'s' * (sheets != 1)}",
        )
        rows.append(f"  {code:<21}{lines:>10} {where:<19} {_SLIPS[code].brief}".rstrip())
    return "\n".join(rows)


def _shortened(name: str, width: int) -> str:
    """The end of a long name, which tells most."""
    return name if len(name) <= width else f"…{name[1 - width :]}"


def causes_text() -> str:
    """Every cause's code, and what it is."""
    width = max(len(slip.code) for slip in CAUSES)
    return "\n".join(f"{slip.code:<{width}}  {slip.sentence}" for slip in CAUSES)


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


def report_record(report: Report) -> dict[str, Any]:
    """The report as plain data; its names are a contract."""
    lines = [line_record(line, report) for line in report.lines]
    return {"file": report.file, **report.counts, "lines": lines}


def reports_json(reports: Iterable[Report]) -> str:
    """The reports as JSON, every number in full."""
    worksheets = [report_record(report) for report in reports]
    return json.dumps({"worksheets": worksheets}, indent=2, ensure_ascii=False)


_COLUMNS = (
    "file",
    "line",
    "column",
    "verdict",
    "causes",
    "expected",
    "source",
    "message",
    "working",
)


def reports_csv(reports: Iterable[Report]) -> str:
    """A row a line, with a head; causes are separated by spaces."""
    out = io.StringIO()
    rows = csv.DictWriter(out, _COLUMNS, extrasaction="ignore", lineterminator="\n")
    rows.writeheader()
    for report in reports:
        for line in report.lines:
            record = line_record(line, report) | {"file": report.file, "column": line.column}
            record["causes"] = " ".join(record["causes"])
            rows.writerow({name: _harmless(cell) for name, cell in record.items()})
    return out.getvalue().removesuffix("\n")


def _harmless(cell: object) -> object:
    """The cell, a text so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


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
        label = "right" if line.verdict == "wrong" else "true"
        remark += f"<br>{label}: <em>{html.escape(working_text(line))}</em>"
    left = 'style="text-align:left"'
    return (
        f"<tr>{mark}<td>{line.line}</td><td {left}><code>{html.escape(line.source)}</code></td>"
        f"<td {left}>{remark}</td></tr>"
    )
