"""The command ``micrograd-like``, run within this process: one of its own takes a second to start.

What only a process shows is tested with one: signals, closed streams, a real terminal, what
is imported.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pytest

from micrograd_like.cli.program import main

#: As in a pipe on a terminal of many colours, whatever the tests are run in.
PLAIN = {"NO_COLOR": "", "FORCE_COLOR": "", "COLUMNS": "", "TERM": "xterm-256color"}


@dataclass(frozen=True)
class Done:
    """How a run of the command ended, named as ``subprocess`` names it."""

    returncode: int
    printed: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        return self.printed.decode()


class Stream(io.TextIOWrapper):
    """A standard stream: a terminal or none, in some encoding."""

    def __init__(self, encoding: str = "utf-8", terminal: bool = False, given: str = "") -> None:
        super().__init__(io.BytesIO(given.encode(encoding)), encoding)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def written(self) -> bytes:
        self.flush()
        return self.buffer.getvalue()  # type: ignore[attr-defined, no-any-return]


def run(
    *arguments: str,
    input: str = "",
    cwd: Path | str | None = None,
    encoding: str = "utf-8",
    terminal: bool = False,
    closed: str = "",
    files: Mapping[str, TextIO] | None = None,
    **environment: str,
) -> Done:
    """Run the command.

    Args:
        arguments: As in a shell.
        input: What standard input gives.
        cwd: The folder to run it in.
        encoding: Of standard output.
        terminal: Whether standard output is one.
        closed: The standard stream that the caller has closed, such as "stdout": Python has none.
        files: Standard streams that a shell has opened files for.
        environment: What is set otherwise than in ``PLAIN``.
    """
    out, err = Stream(encoding, terminal), Stream()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["micrograd-like", *arguments])
        patch.setattr(sys, "stdin", Stream(given=input))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        for name, file in (files or {}).items():
            patch.setattr(sys, name, file)
        if closed:
            patch.setattr(sys, closed, None)
        for name, value in {**PLAIN, **environment}.items():
            patch.setenv(name, value)
        if cwd is not None:
            patch.chdir(cwd)
        with pytest.raises(SystemExit) as ended:
            main()
        if sys.stdout is not out:  # a file, or what the command puts in its place
            sys.stdout.close()
    code = ended.value.code
    if isinstance(code, str):  # which the interpreter prints
        err.write(f"{code}\n")
    status = code if isinstance(code, int) else int(code is not None)
    return Done(status, out.written(), err.written().decode())
