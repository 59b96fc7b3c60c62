"""The command for programs that tutor: mcp."""

from __future__ import annotations

from micrograd_like.cli.shared import app, fail


@app.command()
def mcp() -> None:
    """Serve check, derive, draw and exercise to a program, by the Model Context Protocol.

    A client starts it and talks to it over standard input and output; it reads no file, and runs
    nothing of what it is given. It needs the extra mcp.

    For instance, in a client's settings: {"command": "micrograd-like", "args": ["mcp"]}
    """
    from micrograd_like.tutor import server

    try:
        serving = server()
    except ModuleNotFoundError as error:
        fail(f"{error.name} is not installed: pip install 'micrograd-like[mcp]'")
    serving.run("stdio")
