"""What holds for the whole suite."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from micrograd_like.tape import native

# Tests of the benchmarks import them; behind everything else, for the package itself is to be
# the installed one, with its kernel.
sys.path.append(str(Path(__file__).parent.parent))


# What is imported and collected stays until the end: to look through it for garbage, again and
# again, would be a tenth of the work of every run. Most of what a test makes goes with its last
# name: garbage is looked for seldom.
gc.disable()
gc.set_threshold(20_000, 20, 20)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


# Of examples that are drawn, the suite has few, and the same ones in every run, so that a red run
# has a change as its cause; `make test-slow` draws many, and others each time.
settings.register_profile("few", max_examples=16, deadline=None, derandomize=True, database=None)
settings.register_profile("many", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile("few")


def pytest_sessionstart() -> None:
    """A kernel that was compiled from another table fails tests that have nothing to do with it."""
    if native.kernel is not None and (why := native.missing()):
        pytest.exit(f"the kernel of the compiled tape: {why}", pytest.ExitCode.USAGE_ERROR)
