"""Commands that work something out: derive, step."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from micrograd_like.cli.shared import (
    File,
    FormatOption,
    Hint,
    Places,
    app,
    check_output,
    finish,
    page,
    read_worksheet,
    reported,
    say,
)


@app.command()
def derive(
    file: File,
    derivative: Annotated[
        str, typer.Argument(metavar="dA/dB", help="The derivative, such as dE/dw5 or ∂E/∂w5.")
    ],
    places: Places = 4,
    format: FormatOption = "text",
) -> None:
    """Work out a derivative of a worksheet: every factor, rule, number and path.

    Where names have no numbers, it is worked out in symbols; an array is worked out by element.
    For instance: micrograd-like derive office-hours dE/dw5
    """
    from micrograd_like.derivation.asked import asked_of
    from micrograd_like.writers.derivation import documents

    with reported():
        check_output(None, file)
        sheet = read_worksheet(file)
    with reported(sheet):
        derivations, hidden = asked_of(sheet, derivative)
        say(documents(derivations, derivative, places), format)
    for reason in hidden:
        typer.echo(f"in doubt: {reason}", sys.stderr)
    # In symbols, a line that could not be read may be the one that gives a name its number.
    in_symbols = derivations[0].formula is not None
    finish(sheet, whole=in_symbols, in_symbols=in_symbols)


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
    hint: Annotated[
        Hint, typer.Option(help="How much is told of a wrong prediction, as in check.")
    ] = "working",
    places: Places = 4,
) -> None:
    """Step through a worksheet: forward value by value, then backward gradient by gradient.

    In a terminal it is driven with keys, and can ask for each number before it is shown; in
    a pipe it prints all steps. Where names have no numbers, the steps are formulas.
    For instance: micrograd-like step office-hours dE/dw5
    """
    from micrograd_like.derivation.walk import walk
    from micrograd_like.stepper import run

    with reported():
        check_output(None, file)
        sheet = read_worksheet(file)
    with reported(sheet):
        if derivative:
            steps = walk(*sheet.derivative(derivative))
            of = sheet.derivative(derivative)[0]
        else:
            of = sheet.cost()
            steps = walk(of, beside=sheet.names.values())
        in_symbols = of in sheet.symbols.values()
        unread = len(sheet.problems_in_symbols() if in_symbols else sheet.problems)
        lines = "1 line" if unread == 1 else f"{unread} lines"
        note = f"{lines} could not be read or computed: see below on leaving." if unread else ""
        run(steps, places, message=note, hint=hint, page=page())
    finish(sheet, in_symbols=in_symbols)
