"""A progress bar on standard error, with loss and accuracy; silent where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from micrograd_like.training.records import Epoch

Item = TypeVar("Item")
#: Seconds between two updates.
_PAUSE = 0.1
#: Columns of the bar, and of the time left with the spaces between.
_BAR, _TIME = 12, 11


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

    Args:
        total_epochs: Epochs of the run.
        examples: Examples of an epoch.
        wanted: None shows it where standard error is a terminal.
    """
    if not (sys.stderr.isatty() if wanted is None else wanted):
        yield lambda seen, epochs, last: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.fields[epochs]}"),
        BarColumn(_BAR),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}"),
    )
    shown = 0.0
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total_epochs * examples, epochs="", figures="")

        def show(seen: int, epochs: int, last: Epoch | None) -> None:
            nonlocal shown
            if time.monotonic() - shown < _PAUSE and epochs < total_epochs:
                return
            shown = time.monotonic()
            place = f"epoch {min(epochs + 1, total_epochs)} of {total_epochs}"
            # On a narrow terminal the figures are cut, and the bar stays.
            room = progress.console.width - len(place) - _BAR - _TIME
            progress.update(
                task,
                completed=epochs * examples + seen,
                epochs=place,
                figures=_figures(last)[: max(room, 0)],
            )

        yield show


def _figures(last: Epoch | None) -> str:
    if last is None:
        return ""
    parts = []
    for name, score in (("", last.score), ("held out ", last.held_out)):
        if score is not None:
            right = "" if score.accuracy is None else f" {score.accuracy:.0%} right"
            parts.append(f"{name}loss {score.loss:.4g}{right}")
    return ", ".join(parts)
