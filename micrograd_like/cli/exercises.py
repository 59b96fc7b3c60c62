"""The command that makes what is to be marked: exercise."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from micrograd_like.cli.shared import STDOUT, app, reported, write_output

Form = Literal["blank", "solved", "slips"]
Blanks = Literal["all", "key", "forward", "backward", "update"]


@app.command()
def exercise(
    shape: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SHAPE]...",
            show_default=False,
            help="One of the list that is printed without it, or a shape in words: layers with "
            "what you choose of activations, a cost and no-bias (3-2-1 relu; 2-3-1 tanh sigmoid "
            "cross-entropy), softmax 4, rnn 3.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Other numbers for every seed.")] = 0,
    places: Annotated[int, typer.Option(min=2, max=6, help="Decimals of the numbers.")] = 4,
    form: Annotated[
        Form,
        typer.Option(help="blank: to be filled in; solved; slips: with mistakes to be found."),
    ] = "blank",
    blanks: Annotated[
        Blanks | None,
        typer.Option(
            show_default=False,
            help="What a blank one asks for: all lines, those of a part, or key, one of each kind; "
            "by default all, and key of a long one.",
        ),
    ] = None,
    slips: Annotated[int, typer.Option(min=1, max=2, help="How many mistakes.")] = 1,
    cause: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", show_default=False, help="What may be planted; can be repeated."
        ),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Where the mistakes are listed, - below the worksheet; without it, on standard "
            "error.",
        ),
    ] = None,
) -> None:
    """Make a worksheet of a shape with new numbers: blank, solved, or with mistakes in it.

    Blank and solved, the same shape and seed have the same numbers.

    For instance: micrograd-like exercise 2-2-1 --seed 7 > mine.txt
    """
    from micrograd_like.exercises import generate
    from micrograd_like.exercises.shapes import SHAPES
    from micrograd_like.exercises.words import EXPECTED

    if form != "slips" and (cause or answers or slips != 1):
        raise typer.BadParameter("only --form slips plants mistakes", param_hint="--form")
    if form != "blank" and blanks is not None:
        raise typer.BadParameter("only --form blank has blanks", param_hint="--blanks")
    if not shape:
        width = max(map(len, SHAPES))
        for name, kind in SHAPES.items():
            typer.echo(f"{name:<{width}}  {kind.title}")
        typer.echo(f"\nOr in words: {EXPECTED.removeprefix('expected ')}.")
        return
    with reported():
        made = generate(" ".join(shape), seed, places, form, slips, cause, blanks=blanks)
        listed = "\n".join(map(str, made.planted))
        # What may fail comes first, save for answers that stand below the worksheet.
        if answers not in (None, STDOUT):
            write_output(answers, f"{listed}\n")
        write_output(STDOUT, made.text)
        if answers == STDOUT:
            write_output(answers, f"{listed}\n")
    if listed and answers is None:
        typer.echo(listed, sys.stderr)
