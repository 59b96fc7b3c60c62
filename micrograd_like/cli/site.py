"""The playground's commands: site writes its files, serve shows them on this machine."""

from __future__ import annotations

import shutil
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from micrograd_like.cli.shared import app, reported
from micrograd_like.errors import WorksheetError

#: Where `make site` puts them, in a checkout.
BUILT = Path(__file__).parents[2] / "build" / "site"
Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]",
        show_default=False,
        help="A folder that `site` wrote; without it, what `make site` built.",
    ),
]


@app.command()
def site(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="A folder that is not there yet.")
    ],
) -> None:
    """Write the playground's files: a page that marks as one types, for any static host.

    It runs in the browser, offline too; nothing that is typed leaves the machine. The files are
    built once, from the repository, by `make site` (Node is needed for that).

    For instance: micrograd-like site -o public
    """
    with reported():
        source = _built(None)
        if output.exists():
            raise WorksheetError(f"{str(output)!r} is there already; name another folder")
        shutil.copytree(source, output)
    typer.echo(f"{output}: {sum(1 for _ in output.rglob('*.*'))} files, to be served as they are.")


@app.command()
def serve(
    folder: Folder = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes one that is free.")] = 8000,
    open: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Serve the playground to this machine alone, at http://127.0.0.1:8000; Ctrl-C ends it.

    For instance: micrograd-like serve --open
    """
    from micrograd_like.cli.serving import ADDRESS, server

    with reported():
        files = _built(folder)
        try:
            serving = server(files, port)
        except OSError as error:
            raise WorksheetError(f"port {port} cannot be had: {error.strerror}") from None
    address = f"http://{ADDRESS}:{serving.server_address[1]}/"
    typer.echo(f"The playground is at {address} until Ctrl-C.")
    if open:
        webbrowser.open(address)
    with serving:
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            typer.echo()


def _built(folder: Path | None) -> Path:
    """The folder with the site's files.

    Raises:
        WorksheetError: There is none; the message says how it is made.
    """
    found = folder or BUILT
    if (found / "index.html").is_file():
        return found
    if folder is not None:
        raise WorksheetError(f"there is no playground in {str(folder)!r}: no index.html")
    raise WorksheetError(
        "the playground's files are not installed with the command, for their size: run `make "
        "site` in a checkout of the repository (it needs Node), then .venv/bin/micrograd-like there"
    )
