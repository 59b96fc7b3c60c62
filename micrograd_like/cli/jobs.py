"""Marking many worksheets, one after the other or in parallel processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache, partial
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from micrograd_like.cli.files import Given
from micrograd_like.cli.shared import Hint, read_worksheet
from micrograd_like.errors import MicrogradLikeError, WorksheetError
from micrograd_like.record import record

if TYPE_CHECKING:
    from micrograd_like.marking.assignment import Assignment
    from micrograd_like.marking.records import Report
    from micrograd_like.worksheet import Worksheet

#: So many worksheets take long enough for a bar.
_MANY = 20


@record
class Wanted:
    """How worksheets are to be marked.

    Attributes:
        hint: How much is told of a wrong line.
        follow: The share of points for what is right but for a slip above it.
        pages: Where the page of each goes, by its name.
    """

    hint: Hint = "working"
    follow: float = 1.0
    pages: tuple[tuple[str, str], ...] = ()


def marked(files: Sequence[Given], wanted: Wanted, jobs: int) -> Iterator[Report]:
    """Every worksheet's report, or why there is none; with a bar for many."""
    workers = min(jobs, len(files))
    mark = partial(_mark, wanted)
    results = map(mark, files) if workers < 2 else _side_by_side(files, wanted, workers)
    yield from results if len(files) < _MANY else _with_bar(results, len(files))


def _with_bar(results: Iterator[Report], number: int) -> Iterable[Report]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(results, "Marking", number, console=console, disable=not console.is_terminal)


@lru_cache(8)  # worksheets that stand together are held against few
def assignment(key: Given) -> Assignment:
    """The assignment that was given.

    Raises:
        WorksheetError: It is none, or is not right itself.
    """
    from micrograd_like.marking.assignment import Assignment

    return Assignment.decode(key.data or b"", key.name)


def report_of(sheet: Worksheet, given: Given, wanted: Wanted) -> tuple[Report, Worksheet]:
    """A worksheet marked, and as it is to be looked at: in the world of the assignment."""
    from micrograd_like.marking import check
    from micrograd_like.worksheet.assignment import held_against

    if given.key is None:
        return check(sheet, given.name).hinted(wanted.hint), sheet
    key = assignment(given.key)
    held = held_against(sheet, key.sheet)
    return key.report(held, given.name, wanted.follow).hinted(wanted.hint), held.sheet


def _mark(wanted: Wanted, given: Given) -> Report:
    from micrograd_like.cli.pictures import write_page
    from micrograd_like.worksheet import Worksheet

    if given.key is not None:
        try:
            assignment(given.key)
        except WorksheetError as error:  # of a folder of them; another is refused before
            return _failed(given._replace(key=None), wanted, f"{given.key.name}: {error}")
    if given.failure:
        return _failed(given, wanted, given.failure)
    try:
        inside = given.data is not None and given.name != "-"
        data = given.data or b""
        sheet = Worksheet.decode(data, given.name) if inside else read_worksheet(*given[:2])
        report, shown = report_of(sheet, given, wanted)
    except (MicrogradLikeError, ValueError) as error:
        return _failed(given, wanted, str(error))
    except OSError as error:
        return _failed(given, wanted, f"cannot open it: {error.strerror}")
    except Exception as error:
        return _ours(given, wanted, error)
    if page := dict(wanted.pages).get(given.name):
        write_page(page, shown, report)
    return report


def _ours(given: Given, wanted: Wanted, error: Exception) -> Report:
    """What there is of a worksheet at which this program fails: the others are marked still."""
    said = f"a fault of this program, {type(error).__name__}: {error}; please report it"
    return _failed(given, wanted, said)


def _failed(given: Given, wanted: Wanted, failure: str) -> Report:
    """What there is of a worksheet that cannot be marked: nothing of an assignment is there."""
    from micrograd_like.marking.records import Report

    items = assignment(given.key).missing() if given.key else ()
    return Report((), given.name, hint=wanted.hint, items=items, failure=failure)


def _side_by_side(files: Sequence[Given], wanted: Wanted, workers: int) -> Iterator[Report]:
    """The results in order; no worker outlives this generator, or this process.

    When a worker is ended from outside, what it had not finished is marked by others, each
    worksheet by one of its own: only one that ends its worker again is given up.
    """
    pool = ProcessPoolExecutor(workers, initializer=_begin)
    mark = partial(_mark, wanted)
    try:
        with _interrupt_held_back():
            futures = [pool.submit(mark, file) for file in files]
        for file, future in zip(files, futures, strict=True):
            found = _result(future, file, wanted)
            yield _by_itself(file, wanted) if found is None else found
    except BaseException:
        for worker in multiprocessing.active_children():  # their results are not wanted any more
            worker.terminate()
        raise
    finally:
        pool.shutdown()


def _by_itself(file: Given, wanted: Wanted) -> Report:
    """A worksheet marked by a process of its own."""
    with ProcessPoolExecutor(1, initializer=_begin) as pool:
        with _interrupt_held_back():
            future = pool.submit(partial(_mark, wanted), file)
        found = _result(future, file, wanted)
    said = "the process that marked it was ended from outside, as one that needs much memory is"
    return _failed(file, wanted, said) if found is None else found


def _result(future: Future[Report], file: Given, wanted: Wanted) -> Report | None:
    """The report; None where the process that marked it has ended."""
    try:
        return future.result()
    except BrokenProcessPool:
        return None
    except OSError:  # of the page, for want of room: the others have none either
        raise
    except Exception as error:
        return _ours(file, wanted, error)


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


def _begin() -> None:
    """Make the worker end with the process that began it, and leave Ctrl-C to that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
