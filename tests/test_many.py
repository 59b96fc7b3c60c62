"""Texts marked to plain data, by one process or by many: the record that the command prints."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest
from command import run

from micrograd_like.errors import WorksheetError
from micrograd_like.marking import check_many, check_text

KEY = "x = 2\ny = x^2 = ? [1]\ndy/dx = ? [2]"
TEXTS = [
    "x = 2\ny = x^2 = 4\ndy/dx = 2x = 4",
    "x = 2\ny = x^2 = 4\ndy/dx = x^2 = 4",
    "",
    "no worksheet at all",
    r"$x = 2$, $y = x^2$, $\frac{dy}{dx} = 2x = 4$",
    "x = 2\n" * 20_000,
]


def test_a_record_is_what_the_command_prints(tmp_path: object) -> None:
    for text, record in zip(TEXTS[:5], check_many(TEXTS[:5]), strict=True):
        (printed,) = json.loads(run("check", "-", "--format", "json", input=text).stdout)[
            "worksheets"
        ]
        assert {**printed, "file": ""} == json.loads(json.dumps(record))


def test_what_cannot_be_marked_says_so_and_keeps_nothing_up() -> None:
    records = [*check_many(TEXTS)]
    assert [bool(record["failure"]) for record in records] == [False] * 5 + [True]
    assert "lines" in records[-1]["failure"]
    (none,) = check_many([None])  # type: ignore[list-item]
    assert "expected text, got NoneType" in none["failure"]


def test_texts_are_taken_one_by_one() -> None:
    """So that a million need no room."""

    def texts() -> Iterator[str]:
        yield TEXTS[0]
        raise AssertionError("the second was asked for before the first was had")

    assert next(check_many(texts()))["right"] == 2


def test_an_assignment_gives_points() -> None:
    records = [*check_many(TEXTS, key=KEY)]
    assert [record["points"] for record in records] == [3, 1, 0, 0, 3, 0]
    assert {record["of"] for record in records} == {3}
    with pytest.raises(WorksheetError, match="not right itself"):
        next(check_many(TEXTS, key="x = 2\ny = x^2 = 5"))


def test_a_hint_holds_back_what_it_holds_back_elsewhere() -> None:
    (record,) = check_many(TEXTS[1:2], hint="line")
    (wrong,) = (line for line in record["lines"] if line["verdict"] == "wrong")
    assert (wrong["causes"], wrong["expected"], wrong["working"]) == ([], None, None)


def test_records_are_small_and_the_same_from_any_process() -> None:
    alone = [*check_many(TEXTS)]
    with ProcessPoolExecutor(1) as pool:
        assert [*pool.map(check_text, TEXTS)] == alone
    for text, record in zip(TEXTS[:2], alone, strict=False):
        assert len(pickle.dumps(record)) < 100 * len(text)
