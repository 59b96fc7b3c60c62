"""Commands that work something out: example, derive, step, lessons."""

from __future__ import annotations

import shutil
from enum import Enum
from typing import Annotated

import typer

from micrograd_like.cli.shared import (
    File,
    Format,
    FormatOption,
    Places,
    app,
    bold,
    fail,
    finish,
    read_worksheet,
    reported,
)


class CostName(str, Enum):
    """The costs the worked example can be done with."""

    HALF_SQUARED = "half-squared"
    LOG10 = "log10"
    CROSS_ENTROPY = "cross-entropy"


@app.command()
def example(
    cost: Annotated[
        CostName | None,
        typer.Option(
            help="half-squared (the default): ½(ŷ − y)²; log10: −log10 ŷ; cross-entropy: −ln ŷ.",
            show_default=False,
        ),
    ] = None,
    as_published: Annotated[
        bool,
        typer.Option(
            "--as-published",
            help="Repeat the lesson's own arithmetic, each slip beside the truth.",
        ),
    ] = False,
    places: Places = 2,
    format: FormatOption = Format.TEXT,
) -> None:
    """Work the 2-2-1 example by hand: forward, every derivative, update, forward again.

    A network with two inputs, two hidden neurons and one output is given one example.

    Each line says: what is computed = its formula = the numbers put in = the result.
    """
    if as_published and cost is not None:
        raise typer.BadParameter(
            "the published run has its own cost; leave out --cost or --as-published",
            param_hint="--cost",
        )
    from micrograd_like.lessons import office_hours
    from micrograd_like.lessons import worked_text as lesson
    from micrograd_like.writers.blocks import to_latex, to_text

    if as_published:
        published = office_hours.as_published()
        blocks = lesson.published_blocks(published, places)
        record = lesson.published_json(published)
    else:
        worked = office_hours.worked_example((cost or CostName.HALF_SQUARED).value)
        blocks = lesson.example_blocks(worked, places)
        record = lesson.example_json(worked)
    match format:
        case Format.JSON:
            typer.echo(record)
        case Format.LATEX:
            typer.echo(to_latex(blocks))
        case _:
            typer.echo(to_text(blocks, bold))


@app.command()
def derive(
    file: File,
    derivative: Annotated[
        str, typer.Argument(metavar="dA/dB", help="The derivative, such as dE/dw5 or ∂E/∂w5.")
    ],
    places: Places = 4,
    format: FormatOption = Format.TEXT,
) -> None:
    """Work out a derivative of a worksheet: every factor, rule, number and path.

    For instance: micrograd-like derive office-hours dE/dw5
    """
    from micrograd_like.derivation import derive as worked_out
    from micrograd_like.writers.blocks import to_latex, to_text

    with reported():
        sheet = read_worksheet(file)
    with reported(sheet):
        derivation = worked_out(*sheet.derivative(derivative))
        match format:
            case Format.JSON:
                typer.echo(derivation.json())
            case Format.LATEX:
                typer.echo(to_latex(derivation.blocks(places)))
            case _:
                typer.echo(to_text(derivation.blocks(places), bold))
    finish(sheet)


@app.command()
def step(
    file: File,
    derivative: Annotated[
        str | None,
        typer.Argument(
            metavar="[dA/dB]",
            show_default=False,
            help="Only what lies between B and A; without it, the whole graph.",
        ),
    ] = None,
    places: Places = 4,
) -> None:
    """Step through a worksheet: forward value by value, then backward gradient by gradient.

    In a terminal it is driven with keys, and can ask for each number before it is shown; in
    a pipe it prints all steps. For instance: micrograd-like step office-hours dE/dw5
    """
    from micrograd_like.derivation.walk import walk
    from micrograd_like.stepper import run

    with reported():
        sheet = read_worksheet(file)
    with reported(sheet):
        if derivative:
            steps = walk(*sheet.derivative(derivative))
        else:
            steps = walk(sheet.cost(), beside=sheet.names.values())
        unread = len(sheet.problems)
        lines = "1 line" if unread == 1 else f"{unread} lines"
        note = f"{lines} could not be read or computed: see below on leaving." if unread else ""
        run(steps, places, message=note)
    finish(sheet)


@app.command()
def lessons(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", show_default=False, help="Without it, all are listed."),
    ] = None,
    seed: Annotated[int | None, typer.Option(show_default=False, help="Other numbers.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, max=1_000_000, show_default=False)] = None,
    rate: Annotated[
        float | None, typer.Option(show_default=False, help="The learning rate.")
    ] = None,
    hidden: Annotated[
        int | None, typer.Option(min=1, max=1000, show_default=False, help="Hidden neurons.")
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(show_default=False, help='For splitting-the-error: "0.2 0.1, 0.3 0.4".'),
    ] = None,
    guesses: Annotated[
        str | None, typer.Option(show_default=False, help='Of each output: "0.7 0.4".')
    ] = None,
    targets: Annotated[
        str | None, typer.Option(show_default=False, help='Of each output: "1 0".')
    ] = None,
    format: FormatOption = Format.TEXT,
    plot: Annotated[
        str | None,
        typer.Option(metavar="FILE", show_default=False, help="Draw it: a .svg or .png file."),
    ] = None,
) -> None:
    """List the lessons, or run one: a calculation that courses do by hand, done by the graph.

    Built-in worksheets are listed too; any command takes their names for a FILE.

    For instance: micrograd-like lessons xor --hidden 2 --plot xor.svg
    """
    from micrograd_like.lessons import catalogue
    from micrograd_like.worksheet import builtin

    options: dict[str, object] = {"seed": seed, "epochs": epochs, "rate": rate, "hidden": hidden}
    options |= {"weights": weights, "guesses": guesses, "targets": targets}
    given = {option: value for option, value in options.items() if value is not None}
    with reported():
        if name is None or name in builtin.names():
            asked = {**given, "plot": plot, "format": None if format is Format.TEXT else format}
            if unused := [option for option, value in asked.items() if value is not None]:
                what = f"{name} is a worksheet" if name else "this is the list of lessons"
                fail(f"{what}: lessons has no use for --{unused[0]} with it")
            typer.echo(catalogue.uses(name) if name else catalogue.listing())
            return
        if plot is not None:
            from visualize import plots

            plots.check_path(plot)
        outcome = catalogue.run(name, given)
        if plot is not None:
            plots.save(outcome.pictures, plot)
    from micrograd_like.writers.blocks import WIDTH, to_latex, to_text

    match format:
        case Format.JSON:
            typer.echo(catalogue.as_json(name, given, outcome))
        case Format.LATEX:
            typer.echo(to_latex(outcome.blocks))
        case _:
            columns = shutil.get_terminal_size((WIDTH, 24)).columns
            typer.echo(to_text(outcome.blocks, bold, min(columns, WIDTH)))
