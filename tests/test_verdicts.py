"""Verdicts stand by themselves: before causes are sought, and whatever else is on the sheet."""

from __future__ import annotations

import pytest

from micrograd_like import Worksheet
from micrograd_like.marking import explain
from micrograd_like.marking.marker import Marker
from micrograd_like.worksheet import builtin


def _sheets() -> list[Worksheet]:
    return [builtin.load(name) for name in builtin.names()]


def test_verdicts_are_there_before_causes_are_sought(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [[line.verdict for line in sheet.check().lines] for sheet in _sheets()]

    def never(*_: object) -> None:
        raise AssertionError("causes are sought when all verdicts stand")

    for name in ("causes_of", "contrast", "working"):
        monkeypatch.setattr(explain, name, never)
    found = [[line.mark.verdict for line in Marker(sheet).verdicts()] for sheet in _sheets()]
    assert found == told
    assert any("wrong" in verdicts for verdicts in found)
