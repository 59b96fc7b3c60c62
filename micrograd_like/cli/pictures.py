"""Commands that draw: draw, page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from micrograd_like.cli.shared import (
    STDOUT,
    File,
    Parameters,
    Places,
    app,
    check_output,
    finish,
    read_worksheet,
    reported,
    write_output,
)
from micrograd_like.errors import WorksheetError, did_you_mean, printable
from visualize.options import Detail, Direction, Picture

if TYPE_CHECKING:
    from micrograd_like.marking.records import Report
    from micrograd_like.worksheet import Worksheet
    from micrograd_like.writers.published import Marked


@app.command()
def draw(
    file: File,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            show_default=False,
            help="A file ending in .svg, .png, .pdf or .dot, or - for standard output; without it, "
            "DOT is printed.",
        ),
    ] = None,
    format: Annotated[
        Picture | None,
        typer.Option(show_default=False, help="Instead of what OUT's ending says."),
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(
            metavar="dA/dB", show_default=False, help="Highlight this derivative's paths."
        ),
    ] = None,
    detail: Annotated[
        Detail | None,
        typer.Option(
            show_default=False,
            help="A box for every name (the default, up to 200), operation, or neuron.",
        ),
    ] = None,
    parameters: Parameters = "",
    direction: Annotated[
        Direction, typer.Option(help="From left to right, or from top to bottom.")
    ] = "LR",
    hide: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            show_default=False,
            help="operations, values, gradients or derivatives; can be repeated.",
        ),
    ] = None,
    group: Annotated[
        bool | None,
        typer.Option("--group/--no-group", show_default=False, help="Frame layers and neurons."),
    ] = None,
    places: Places = 4,
) -> None:
    """Draw the graph of a worksheet's cost: values, gradients, and every local derivative.

    SVG, PNG and PDF need Graphviz, or pygraphviz, which brings it along; DOT needs neither.
    Where names have no numbers, formulas are drawn.

    For instance: micrograd-like draw office-hours --path dE/dw1 -o lesson.svg
    """
    kind = _picture_format(output, format)
    with reported():
        check_output(output, file, alone=True)
        sheet = read_worksheet(file)
    with reported(sheet):
        import visualize
        from visualize.drawing import SHOWN

        if unknown := [what for what in hide or () if what not in SHOWN]:
            near = did_you_mean(unknown[0], SHOWN)
            raise WorksheetError(f"--hide: expected {', '.join(SHOWN)}, got {unknown[0]!r}{near}")
        picture = visualize.render(
            sheet,
            kind,
            path=path,
            detail=detail,
            parameters=parameters,
            direction=direction,
            show=[what for what in SHOWN if what not in (hide or ())],
            places=places,
            group=group,
        )
        write_output(output or STDOUT, picture)
        drawn = sheet.derivative(path)[0] if path else sheet.cost()
    finish(sheet, whole=False, in_symbols=drawn in sheet.symbols.values())


def _picture_format(output: str | None, format: Picture | None) -> Picture:
    """The format asked for, else the one that the file's name ends in, else DOT."""
    if output is None and format in ("png", "pdf"):
        raise typer.BadParameter(f"{format} goes into a file", param_hint="-o OUT")
    if output in (None, STDOUT):
        return format or "dot"
    ending = os.path.splitext(output)[1].lower().removeprefix(".")
    kinds: tuple[Picture, ...] = get_args(Picture)
    endings: dict[str, Picture] = {**{kind: kind for kind in kinds}, "gv": "dot"}
    if format is None and ending not in endings:
        raise typer.BadParameter(
            f"expected a name ending in .svg, .png, .pdf or .dot, got {printable(output)!r}",
            param_hint="-o",
        )
    return format or endings[ending]


@app.command()
def page(
    file: File,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The page, one file of HTML; - prints it."
        ),
    ],
    marked: Annotated[
        bool, typer.Option("--marked", help="Mark the worksheet beside its lines, as check does.")
    ] = False,
    parameters: Parameters = "",
    places: Places = 4,
) -> None:
    """Make a page to step through a worksheet: graph, formulas, values and lines in step.

    The page is one file, asks nothing of the network, and prints with all steps.

    For instance: micrograd-like page office-hours -o lesson.html
    """
    from micrograd_like.marking import check as mark

    with reported():
        check_output(output, file, alone=True)
        sheet = read_worksheet(file)
    with reported(sheet):
        report = mark(sheet, file) if marked else None
        write_page(output, sheet, report, places, parameters)
    finish(sheet, in_symbols=sheet.cost() in sheet.symbols.values())


def write_page(
    output: str, sheet: Worksheet, report: Report | None, places: int = 4, parameters: str = ""
) -> None:
    """Write the worksheet's page, with its marks where there are any.

    Raises:
        OSError: The file cannot be written.
    """
    import visualize

    text = visualize.page(sheet, report=report, places=places, parameters=parameters)
    write_output(output, text)


def write_class_page(
    output: str, marked: list[Marked], links: Mapping[str, str] | None = None
) -> None:
    """Write the page of a class, with links to the pages of its worksheets where there are any.

    Raises:
        OSError: The file cannot be written.
    """
    import visualize

    write_output(output, visualize.class_page(marked, links=links or {}))
