"""The command that marks: check."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from micrograd_like.cli.pictures import write_class_page, write_page
from micrograd_like.cli.shared import (
    READ,
    STDOUT,
    Hint,
    MarksFormat,
    app,
    check_output,
    read_worksheet,
    reported,
    say,
    write_output,
)
from micrograd_like.errors import printable

if TYPE_CHECKING:
    from micrograd_like.marking.records import Report


def _list_causes(wanted: bool) -> None:
    if wanted:
        from micrograd_like.writers.marks import causes

        rows = list(causes())
        width = max(len(code) for code, _ in rows)
        for code, sentence in rows:
            typer.echo(f"{code:<{width}}  {sentence}")
        raise typer.Exit


@app.command()
def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help=f"Worksheets: each a file of {READ}, - for standard input in any of these, "
            "or a built-in one's name.",
        ),
    ],
    format: Annotated[
        MarksFormat,
        typer.Option(help="How to print it; short: file:line:column: wrong: …, for editors."),
    ] = "text",
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Processes that mark in parallel.")] = 1,
    page: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Write the report as a page: of one worksheet to step through, print or hand "
            "back, of several that of a class; - prints the page alone.",
        ),
    ] = None,
    annotate: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Write a copy of one notebook with the marks below its cells; the original stays "
            "as it is; - prints the copy alone.",
        ),
    ] = None,
    hint: Annotated[
        Hint,
        typer.Option(
            help="How much is told of a wrong line: that it is wrong, the kind of slip, the piece "
            "of the line, or the right working too."
        ),
    ] = "working",
    verbose: Annotated[
        bool,
        typer.Option("--verbose", help="List what was passed over, for it claims nothing."),
    ] = False,
    causes: Annotated[
        bool,
        typer.Option(
            "--causes",
            help="List the causes of mistakes by their codes.",
            is_eager=True,
            callback=_list_causes,
        ),
    ] = False,
) -> None:
    """Mark worksheets line by line: what is right, what follows, what is wrong, and why.

    ✓ right, with the rule

    → follows from an earlier slip: the method is right

    ✗ wrong, with the cause and the right working

    ? unreadable    – nothing to hold it against

    Several worksheets end in a table and their most common causes.

    Exit status: 0 all right; 1 something wrong or following; 2 something unreadable or unchecked.

    For instance: micrograd-like check office-hours-as-published
    """
    from micrograd_like.cli.jobs import marked
    from micrograd_like.writers.marks import document

    reports: list[Report] = []

    def read() -> Iterator[Report]:
        for result in marked(files, jobs):
            if isinstance(result, str):
                typer.echo(f"micrograd-like: {printable(result)}", sys.stderr)
            else:
                reports.append(result.hinted(hint))
                yield reports[-1]

    with reported():
        if page is None:
            _check_copied(files, annotate)
            if annotate == STDOUT:  # the copy is printed alone
                deque(read(), maxlen=0)
            else:
                say(document(read(), len(files) > 1, verbose), format)
        elif annotate is not None:
            raise typer.BadParameter("a page or a copy, not both", param_hint="--annotate")
        elif len(files) > 1:
            check_output(page, *files)
            if page == STDOUT:
                deque(read(), maxlen=0)
            else:
                say(document(read(), several=True), format)
            write_class_page(page, reports)
        else:
            _check_on_page(files[0], page, format, hint, reports)
        if annotate is not None and reports:
            _annotate(files[0], annotate, reports[0])
    status = max((report.status for report in reports), default=0)
    raise typer.Exit(2 if len(reports) < len(files) else status)


def _check_copied(files: list[str], annotate: str | None) -> None:
    """Refuse what cannot be annotated, before anything is marked."""
    if annotate is None:
        return
    if len(files) > 1 or not files[0].lower().endswith(".ipynb"):
        raise typer.BadParameter("marks are written into one notebook", param_hint="--annotate")
    check_output(annotate, files[0])


def _annotate(file: str, output: str, report: Report) -> None:
    """Write the copy of a notebook with its marks."""
    from micrograd_like.worksheet.tokens.characters import MAX_PACKED, decode
    from micrograd_like.writers.annotation import annotated

    with open(file, "rb") as stream:
        text = decode(stream.read(MAX_PACKED + 1), MAX_PACKED)
    write_output(output, annotated(text, report))


def _check_on_page(file: str, page: str, format: str, hint: Hint, reports: list[Report]) -> None:
    """Mark one worksheet, and write its page; a page that is printed stands alone."""
    from micrograd_like.marking import check as mark
    from micrograd_like.writers.marks import document

    check_output(page, file)
    sheet = read_worksheet(file)
    with reported(sheet):
        reports.append(mark(sheet, file).hinted(hint))
        if page != STDOUT:
            say(document(reports), format)
        write_page(page, sheet, reports[0])
