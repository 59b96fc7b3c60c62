"""What holds for the whole suite."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from micrograd_like.tape import native

# Tests of the benchmarks import them; behind everything else, for the package itself is to be
# the installed one, with its kernel.
sys.path.append(str(Path(__file__).parent.parent))


def pytest_sessionstart() -> None:
    """A kernel that was compiled from another table fails tests that have nothing to do with it."""
    if native.kernel is not None and (why := native.missing()):
        pytest.exit(f"the kernel of the compiled tape: {why}", pytest.ExitCode.USAGE_ERROR)
