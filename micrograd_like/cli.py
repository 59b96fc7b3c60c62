"""The command ``micrograd-like``. Heavy imports wait until a command needs them."""

from __future__ import annotations

import os
import sys
from enum import Enum
from typing import Annotated

import typer

app = typer.Typer(
    name="micrograd-like",
    help="A scalar autograd engine that shows its work.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class CostName(str, Enum):
    """The costs the worked example can be done with."""

    HALF_SQUARED = "half-squared"
    LOG10 = "log10"
    CROSS_ENTROPY = "cross-entropy"


class Format(str, Enum):
    """How results are written."""

    TEXT = "text"
    LATEX = "latex"
    JSON = "json"


@app.callback(invoke_without_command=True)
def main_options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """A scalar autograd engine that shows its work."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"micrograd-like {version_of('micrograd-like')}")
        raise typer.Exit


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
    places: Annotated[
        int, typer.Option(min=1, max=15, help="Decimals shown; JSON is always in full.")
    ] = 2,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TEXT,
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
    from micrograd_like.blocks import to_latex, to_text
    from micrograd_like.lessons import office_hours
    from micrograd_like.render import lesson

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
            typer.echo(to_text(blocks, _bold))


def _bold(heading: str) -> str:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return heading if plain or not sys.stdout.isatty() else typer.style(heading, bold=True)


def main() -> None:
    """Entry point of the console command and of ``python -m micrograd_like``."""
    if sys.stdout is None:  # closed by whoever started the command: nobody listens
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # ∂ and ŷ must not end a run on an old terminal
            stream.reconfigure(errors="replace")
    try:
        app()
        sys.stdout.flush()
    except OSError as error:  # a full disk, say
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        sys.exit(f"micrograd-like: cannot write the output: {error.strerror}")
