"""Step through a walk: in a terminal with keys, elsewhere as numbered text."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from micrograd_like.derivation.walk import Step
from micrograd_like.writers.layout import Page
from micrograd_like.writers.step import numbered

if TYPE_CHECKING:
    from micrograd_like.marking.records import Hint


def run(
    steps: Sequence[Step],
    places: int = 4,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    message: str = "",
    hint: Hint = "working",
    page: Page | None = None,
) -> None:
    """Step through ``steps`` with keys in a terminal; print them all where there is none.

    Args:
        steps: The walk.
        places: Decimals shown.
        stdin: Where keys come from; standard input by default.
        stdout: Where text goes; standard output by default.
        message: What to say first, on the screen.
        hint: How much is told of a wrong prediction: see ``writers.prediction.reply``.
        page: What they are printed on.
    """
    stdin, stdout = stdin or sys.stdin, stdout or sys.stdout
    if is_interactive(stdin, stdout):
        from micrograd_like.stepper.app import StepperApp

        StepperApp(steps, places, message, hint).run()
        return
    for line in numbered(steps, places, page or Page()):
        print(line, file=stdout)


def is_interactive(stdin: TextIO, stdout: TextIO) -> bool:
    """Whether keys can be read and a screen be drawn (which is done on the error stream)."""
    streams = (stdin, stdout, sys.__stderr__)
    capable = os.environ.get("TERM") not in (None, "", "dumb") or sys.platform == "win32"
    return capable and all(stream is not None and stream.isatty() for stream in streams)
