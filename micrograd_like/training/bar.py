"""A progress bar on standard error, with loss and accuracy; silent where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from micrograd_like.training.records import Epoch

Item = TypeVar("Item")
#: Seconds between two updates: more often is not seen.
_PAUSE = 0.1


class Show(Protocol):
    """Shows how many examples have been gone through, and the last epoch."""

    def __call__(self, seen: int, epochs: int, last: Epoch | None) -> None: ...  # noqa: D102


def tracked(items: Sequence[Item], what: str) -> Iterable[Item]:
    """The items, with a bar that says how many are done, where standard error is a terminal."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, what, console=Console(stderr=True), transient=True)


@contextmanager
def bar(total_epochs: int, examples: int, wanted: bool | None) -> Iterator[Show]:
    """A bar over ``total_epochs`` times ``examples``.

    wanted:  None shows it where standard error is a terminal
    """
    if not (sys.stderr.isatty() if wanted is None else wanted):
        yield lambda seen, epochs, last: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.table import Column

    # Figures give way where the terminal is narrow; how far it is does not.
    columns = (
        TextColumn("{task.fields[epochs]}", table_column=Column(no_wrap=True)),
        BarColumn(bar_width=None, table_column=Column(ratio=1, min_width=10)),
        TimeRemainingColumn(),
        TextColumn(
            "{task.fields[figures]}", table_column=Column(no_wrap=True, overflow="ellipsis")
        ),
    )
    shown = 0.0
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total_epochs * examples, epochs="", figures="")

        def show(seen: int, epochs: int, last: Epoch | None) -> None:
            nonlocal shown
            if time.monotonic() - shown < _PAUSE and epochs < total_epochs:
                return
            shown = time.monotonic()
            progress.update(
                task,
                completed=epochs * examples + seen,
                epochs=f"epoch {min(epochs + 1, total_epochs)} of {total_epochs}",
                figures=_figures(last),
            )

        yield show


def _figures(last: Epoch | None) -> str:
    if last is None:
        return ""
    parts = []
    for name, score in (("", last.score), ("held out: ", last.held_out)):
        if score is not None:
            parts.append(f"{name}loss {score.loss:.4g}")
            if score.accuracy is not None:
                parts.append(f"{score.accuracy:.0%}")
    return ", ".join(parts)
