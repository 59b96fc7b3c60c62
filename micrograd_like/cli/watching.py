"""Files watched while they are edited."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence

from micrograd_like.cli.files import given

#: Seconds between two looks: less than anybody waits, and nothing to a processor.
_BETWEEN = 0.2


def saved(files: Sequence[str]) -> Iterator[list[str]]:
    """The files that have been saved since the last time; at first, at once, none.

    Folders are looked through anew each time, so that a file that is put there counts, too.
    """
    before = _states(files)
    yield []
    while True:
        time.sleep(_BETWEEN)
        now = _states(files)
        if changed := [name for name in {**before, **now} if before.get(name) != now.get(name)]:
            before = now
            yield changed


def _states(files: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """When each file was written, and its size; what is not there has none."""
    found = {}
    for file in files:
        for name in [one.name for one in given([file])] if os.path.isdir(file) else [file]:
            try:
                state = os.stat(name)
            except OSError:  # an editor is putting another in its place, or it is built in
                continue
            found[name] = (state.st_mtime_ns, state.st_size)
    return found
