"""The command ``micrograd-like``. Heavy imports wait until a command needs them."""

from __future__ import annotations

import errno
import io
import os
import sys
from functools import cache
from typing import Annotated, Any, NoReturn, get_type_hints

import typer

from micrograd_like.cli import lessons, working, pictures, checking, exercises, site, tutoring  # isort: skip # as --help lists them
from micrograd_like.cli.encoding import SPELLED
from micrograd_like.cli.shared import app

__all__ = [
    "app",
    "checking",
    "exercises",
    "lessons",
    "main",
    "pictures",
    "site",
    "tutoring",
    "working",
]


@app.callback(invoke_without_command=True)
def main_options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """A scalar autograd engine that shows its work."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"micrograd-like {version_of('micrograd-like')}")
        raise typer.Exit


class _Closed(io.RawIOBase):
    """Standard output that the caller has closed: whoever has something to say finds out."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> NoReturn:
        raise OSError(errno.EBADF, "it is closed")


@cache
def command() -> Any:
    """The command, as typer makes it of the functions.

    What typer reads four times, their annotations, are texts: each is evaluated once, here.
    """
    for function in (registered.callback for registered in app.registered_commands):
        function.__annotations__ = get_type_hints(function, include_extras=True)
    return typer.main.get_command(app)


def main() -> None:
    """Entry point of the console command and of ``python -m micrograd_like``."""
    if sys.stderr is None:  # closed by the caller: what would be said there is said nowhere
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        os.open(os.devnull, os.O_RDONLY)  # no file that is opened later takes its number
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Closed()), encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # ∂ and ✓ must be told apart on an old terminal too
            stream.reconfigure(errors=SPELLED)
    try:
        try:
            command()()
        finally:
            sys.stdout.flush()
    except OSError as error:  # a full disk, say
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        typer.echo(f"micrograd-like: cannot write the output: {error.strerror}", sys.stderr)
        sys.exit(2)
