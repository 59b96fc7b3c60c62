"""Marking many worksheets, one after the other or in parallel processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from micrograd_like.cli.shared import STDIN, read_stdin, read_worksheet
from micrograd_like.errors import MicrogradLikeError

if TYPE_CHECKING:
    from micrograd_like.marking.records import Report

#: So many worksheets take long enough for a bar.
_MANY = 20
#: A file's name, and what standard input gave where it is that.
_Task = tuple[str, bytes | None]


def marked(files: list[str], jobs: int) -> Iterator[Report | str]:
    """Every worksheet's report, or what keeps it from being marked; with a bar for many."""
    from rich.console import Console
    from rich.progress import track

    # A worker has no standard input of its own; and it can be read once only.
    given = _given() if STDIN in files else None
    tasks: list[_Task] = [(file, given if file == STDIN else None) for file in files]
    console = Console(stderr=True)
    hidden = len(files) < _MANY or not console.is_terminal
    workers = min(jobs, len(tasks))
    results = map(_mark, tasks) if workers < 2 else _side_by_side(tasks, workers)
    yield from track(results, "Marking", len(tasks), console=console, disable=hidden)


def _given() -> bytes | None:
    """What standard input gives; None where it cannot be read, which marking then says."""
    try:
        return read_stdin()
    except (MicrogradLikeError, OSError):
        return None


def _mark(task: _Task) -> Report | str:
    from micrograd_like.marking import check

    file, given = task
    try:
        return check(read_worksheet(file, given), file)
    except (MicrogradLikeError, ValueError) as error:
        return f"{file}: {error}"
    except OSError as error:
        return f"cannot open {error.filename or file!r}: {error.strerror}"


def _side_by_side(tasks: list[_Task], workers: int) -> Iterator[Report | str]:
    """The results in order; no worker outlives this generator, or this process."""
    size = 1 + len(tasks) // (8 * workers)
    pool = ProcessPoolExecutor(workers, initializer=_begin)
    try:
        parts = [tasks[at : at + size] for at in range(0, len(tasks), size)]
        with _interrupt_held_back():
            futures = [pool.submit(_mark_all, part) for part in parts]
        for future in futures:
            yield from future.result()
    except BrokenProcessPool:
        raise MicrogradLikeError(
            "a process that was marking was ended from outside, as one that needs too much "
            "memory is; try fewer --jobs"
        ) from None
    except BaseException:
        for worker in multiprocessing.active_children():  # their results are not wanted any more
            worker.terminate()
        raise
    finally:
        pool.shutdown()


@contextmanager
def _interrupt_held_back() -> Iterator[None]:
    """Ctrl-C waits until the block is left: during a fork Python would swallow it."""
    if not hasattr(signal, "pthread_sigmask"):  # nor a fork
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _mark_all(tasks: list[_Task]) -> list[Report | str]:
    return list(map(_mark, tasks))


def _begin() -> None:
    """Make the worker end with the process that began it, and leave Ctrl-C to that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
