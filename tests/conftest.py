"""What holds for the whole suite."""

from __future__ import annotations

import pytest

from micrograd_like.tape import native


def pytest_sessionstart() -> None:
    """A kernel that was compiled from another table fails tests that have nothing to do with it."""
    if native.kernel is not None and (why := native.missing()):
        pytest.exit(f"the kernel of the compiled tape: {why}", pytest.ExitCode.USAGE_ERROR)
