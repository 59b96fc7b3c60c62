"""What is shown as right is marked right in the place of the line that it is shown for."""

from __future__ import annotations

import pytest

from benchmarks.right_workings import corpus, main, outcomes

SHEET = "x = 3\ny = x^2\ndy/dx = 3x = 9\nz = 2*y = 18\ndz/dx = 2*dy/dx = 18\n"


@pytest.mark.parametrize("count", [3, pytest.param(200, marks=pytest.mark.slow)])
def test_every_right_working_is_right(count: int) -> None:
    found = list(corpus(count, 7, jobs=1))
    assert [o for o in found if o.verdict not in ("right", "taken")] == []
    assert found


def test_a_working_is_shown_for_what_is_wrong_and_for_what_follows() -> None:
    assert [(o.verdict, o.working) for o in outcomes(SHEET)] == [
        ("right", "dy/dx = 2*x = 2*3 = 6"),
        ("right", "dz/dx = dz/dy*(dy/dx) = 2*6 = 12"),
    ]


def test_a_working_that_is_not_right_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.right_workings.typed", lambda line: f"{line.left} = 1 + 1 = 3")
    assert main(["--count", "2", "--seed", "7", "--jobs", "1"]) == 1
    assert "= 1 + 1 = 3" in capsys.readouterr().out
