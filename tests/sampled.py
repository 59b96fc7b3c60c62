"""A sample of many cases of one kind: the suite has it, `make test-slow` all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[Any], every: int) -> list[Any]:
    """Every n-th case, from the first on; the others, of the same kind, are marked slow."""
    return [
        pytest.param(case, marks=pytest.mark.slow) if number % every else case
        for number, case in enumerate(cases)
    ]
