"""The command ``micrograd-like``. Heavy imports wait until a command needs them."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from micrograd_like.cli import lessons, working, pictures, checking, site  # isort: skip # as --help lists them
from micrograd_like.cli.encoding import SPELLED
from micrograd_like.cli.shared import app

__all__ = ["app", "checking", "lessons", "main", "pictures", "site", "working"]


@app.callback(invoke_without_command=True)
def main_options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """A scalar autograd engine that shows its work."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"micrograd-like {version_of('micrograd-like')}")
        raise typer.Exit


def main() -> None:
    """Entry point of the console command and of ``python -m micrograd_like``."""
    if sys.stdout is None:  # closed by the caller
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # ∂ and ✓ must be told apart on an old terminal too
            stream.reconfigure(errors=SPELLED)
    try:
        app()
        sys.stdout.flush()
    except OSError as error:  # a full disk, say
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        sys.exit(f"micrograd-like: cannot write the output: {error.strerror}")
