"""The command that marks: check."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from micrograd_like.cli.pictures import write_class_page, write_page
from micrograd_like.cli.shared import (
    READ,
    STDIN,
    STDOUT,
    Hint,
    MarksFormat,
    app,
    check_output,
    read_worksheet,
    reported,
    say,
    say_list,
    write_output,
)
from micrograd_like.errors import WorksheetError, printable

if TYPE_CHECKING:
    from micrograd_like.cli.files import Given
    from micrograd_like.cli.jobs import Wanted
    from micrograd_like.marking.records import Report
    from micrograd_like.writers.published import Marked


#: What can be annotated, by how its name ends.
_NOTEBOOK, _MARKDOWN = ".ipynb", (".md", ".markdown")


def _list_causes(wanted: bool) -> None:
    if wanted:
        from micrograd_like.writers.remarks import causes

        say_list(dict(causes()))
        raise typer.Exit


@app.command()
def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help=f"Worksheets: each a file of {READ}, a folder or archive of such files, - for "
            "standard input, or a built-in one's name.",
        ),
    ],
    format: Annotated[
        MarksFormat,
        typer.Option(help="How to print it; short: file:line:column: wrong: …, for editors."),
    ] = "text",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, max=256, help="Processes that mark in parallel.")
    ] = 1,
    page: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            show_default=False,
            help="Write the report as a page: of one worksheet to step through, print or hand "
            "back; of several a folder with a page for each and an index, or where PATH ends in "
            ".html the index alone; - prints the page alone. A run that was broken off goes on.",
        ),
    ] = None,
    annotate: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Write a copy of one notebook, or Markdown document, with the marks below its "
            "cells or paragraphs; the original stays as it is; - prints the copy alone.",
        ),
    ] = None,
    hint: Annotated[
        Hint,
        typer.Option(
            help="How much is told of a wrong line: that it is wrong, the kind of slip, the piece "
            "of the line, or the right working too."
        ),
    ] = "working",
    key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Hold the worksheets against this assignment, solved or blank: its givens, its "
            "definitions, and points such as [2] at the ends of its lines; of a folder, each "
            "worksheet against the one that is called like it or like its folder.",
        ),
    ] = None,
    follow: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            help="The share of points for what is right but for a slip further up; with --key.",
        ),
    ] = 1.0,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Mark again whenever a file is saved, until Ctrl-C."),
    ] = False,
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

    Exit status: 0 all right; 1 something wrong, following or missing; 2 something unreadable or
    unchecked.

    For instance: micrograd-like check office-hours-as-published
    """
    from micrograd_like.cli.files import are_several, given
    from micrograd_like.cli.jobs import Wanted
    from micrograd_like.cli.keys import key_files, keyed

    if annotate is not None and page is not None:
        raise typer.BadParameter("a page or a copy, not both", param_hint="--annotate")
    if follow != 1 and key is None:
        raise typer.BadParameter("only --key gives points", param_hint="--follow")
    if watch and STDIN in files:
        raise typer.BadParameter("standard input is not saved again", param_hint="--watch")
    several = are_several(files)
    with reported():
        _check_outputs(files, key, page, annotate)

    def mark() -> list[Marked]:
        wanted, found = Wanted(hint, follow), keyed(given(files), key, several)
        _refuse_wrong(key, found)
        if page is not None and _is_folder(page, several):
            return _into_folder(page, found, wanted, jobs, format)
        if page is not None and not several:
            return [_on_page(found[0], page, format, wanted)]
        alone = STDOUT in (page, annotate)  # what is printed then stands alone
        read = _read(found, wanted, jobs)
        reports = _printed(read, None if alone else format, several, verbose)
        if page is not None:
            write_class_page(page, reports)
        if annotate is not None:
            _annotate(files[0], annotate, reports)
        return reports

    if watch:
        from rich.console import Console

        from micrograd_like.cli.watching import saved

        for names in saved([*files, *key_files(key)]):
            Console().clear()  # where it is a terminal
            if names:
                typer.echo(f"saved: {printable(', '.join(names))}", sys.stderr)
            with suppress(typer.Exit), reported():  # it has been told, and may be mended
                mark()
            sys.stdout.flush()
    with reported():
        status = _status(mark())
    raise typer.Exit(status)


def _status(marked: list[Marked]) -> int:
    from micrograd_like.writers.marks import summary

    return max((summary(one).status for one in marked), default=0)


def _refuse_wrong(key: str | None, found: list[Given]) -> None:
    """Refuse an assignment that is none before anything is marked; of a folder, its row says so."""
    from micrograd_like.cli.jobs import assignment

    if key is not None and not os.path.isdir(key) and found[0].key is not None:
        assignment(found[0].key)


def _check_outputs(files: list[str], key: str | None, page: str | None, copy: str | None) -> None:
    """Refuse to write over what is read, before anything is marked."""
    from micrograd_like.cli.files import given
    from micrograd_like.cli.keys import key_files

    _check_copied(files, copy)
    folders = filter(os.path.isdir, files)
    inputs = [*files, *(one.name for one in given([*folders])), *key_files(key)]
    for output in (page, copy):
        check_output(output, *inputs)


def _is_folder(page: str, several: bool) -> bool:
    """Whether pages go into a folder: for several worksheets, unless a file of HTML is named."""
    if page.endswith(("/", os.sep)) or os.path.isdir(page):
        return True
    return several and page != STDOUT and not page.lower().endswith((".html", ".htm"))


def _read(files: list[Given], wanted: Wanted, jobs: int) -> Iterator[Report]:
    """The reports, as they come; why there is none of a file is said at once."""
    from micrograd_like.cli.jobs import marked

    for report in marked(files, wanted, jobs):
        if report.failure:
            said = printable(f"{report.file}: {report.failure}")
            typer.echo(f"micrograd-like: {said}", sys.stderr)
        yield report


def _printed(
    read: Iterator[Marked], format: str | None, several: bool, verbose: bool = False
) -> list[Marked]:
    """What was marked, printed as it comes; in no format it is not printed."""
    from micrograd_like.writers.marks import document, summary

    found: list[Marked] = []

    def taken() -> Iterator[Marked]:
        for one in read:
            found.append(one)
            if several or not summary(one).failure:
                yield one

    if format is None:
        deque(taken(), maxlen=0)
    else:
        say(document(taken(), several, verbose), format)
    return found


def _into_folder(
    path: str, files: list[Given], wanted: Wanted, jobs: int, format: str
) -> list[Marked]:
    """Mark what was not marked before, a page for each, and write the index last."""
    from micrograd_like.cli.class_folder import ClassFolder
    from micrograd_like.writers.formats.csv import comma_separated
    from micrograd_like.writers.marks import class_rows

    folder = ClassFolder(path, files, wanted)
    left = [file for file in files if file.name not in folder.before]
    fresh = _read(left, replace(wanted, pages=tuple(folder.pages.items())), jobs)

    def read() -> Iterator[Marked]:
        for file in files:
            if file.name in folder.before:
                yield folder.before[file.name]
                continue
            report = next(fresh)
            folder.done(report)
            yield report

    found = _printed(read(), format, several=True)
    write_output(folder.table, comma_separated(class_rows(found)))
    write_class_page(folder.index, found, folder.links())
    return found


def _check_copied(files: list[str], annotate: str | None) -> None:
    """Refuse what cannot be annotated, before anything is marked."""
    if annotate is None:
        return
    if len(files) > 1 or not files[0].lower().endswith((_NOTEBOOK, *_MARKDOWN)):
        raise typer.BadParameter(
            "marks are written into one notebook, or one Markdown document",
            param_hint="--annotate",
        )


def _annotate(file: str, output: str, reports: list[Marked]) -> None:
    """Write the copy of a document with its marks, where there are any."""
    from micrograd_like.worksheet.tokens.characters import MAX_PACKED, decode
    from micrograd_like.writers import annotated_markdown, annotation
    from micrograd_like.writers.records import Before

    for report in reports:
        if isinstance(report, Before) or report.failure:
            return
        with open(file, "rb") as stream:
            text = decode(stream.read(MAX_PACKED + 1), MAX_PACKED)
        of_cells = file.lower().endswith(_NOTEBOOK)
        annotated = annotation.annotated if of_cells else annotated_markdown.annotated
        write_output(output, annotated(text, report))


def _on_page(given: Given, page: str, format: str, wanted: Wanted) -> Report:
    """Mark one worksheet, and write its page; a page that is printed stands alone."""
    from micrograd_like.cli.jobs import report_of
    from micrograd_like.writers.marks import document

    if given.failure:
        raise WorksheetError(given.failure)
    sheet = read_worksheet(given.name, given.data)
    with reported(sheet):
        report, shown = report_of(sheet, given, wanted)
        if page != STDOUT:
            say(document([report]), format)
        write_page(page, shown, report)
    return report
