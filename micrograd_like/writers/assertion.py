"""For tests: a worksheet that is all right, or a message that says what is not."""

from __future__ import annotations

from os import PathLike

from micrograd_like.marking import check
from micrograd_like.marking.records import Hint, Report
from micrograd_like.worksheet import Worksheet
from micrograd_like.writers.remarks import remarks


def assert_right(worksheet: Worksheet | str | PathLike[str], hint: Hint = "working") -> Report:
    """Assert that every line of a worksheet is right or taken, and that there are any.

    Args:
        worksheet: It, or the path of its file: text, Markdown, LaTeX, Python or a notebook.
        hint: How much is told of a line that is not right: "line", "kind", "piece" or "working".

    Returns:
        Its report.

    Raises:
        AssertionError: With each line that is not, and what the hint tells of it.
        WorksheetError, OSError: The file cannot be read.
    """
    __tracebackhide__ = True
    sheet = worksheet if isinstance(worksheet, Worksheet) else Worksheet.read(worksheet)
    report = check(sheet, "" if isinstance(worksheet, Worksheet) else str(worksheet))
    if report.status:
        raise AssertionError(_message(report.hinted(hint)))
    return report


def _message(report: Report) -> str:
    """What is not right, line by line."""
    name = report.file or "the worksheet"
    if not report.lines:
        return f"{name} has nothing to mark"
    said = [f"{name} is not right: {report!r}"]
    for one in remarks(report):
        if one.line.verdict not in ("right", "taken"):
            causes = ", ".join(cause.code for cause in one.line.causes[:1])
            said.append(f"{one.line.place.where}: {one.line.source.strip()}")
            said.append(f"  {one.line.verdict}{causes and f' ({causes})'}: {one.sentence}")
            if one.working:
                said.append(f"  {one.label}: {one.working}")
    return "\n".join(said)
