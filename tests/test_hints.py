"""Hints: what is told of a wrong line at each level, and what must not get out before."""

from __future__ import annotations

import json
import re
from typing import get_args

import pytest
from command import run

import visualize
from micrograd_like.derivation.walk import Given, walk
from micrograd_like.jupyter import worksheet_magic
from micrograd_like.marking import check
from micrograd_like.marking.causes import CAUSES
from micrograd_like.marking.records import Hint, Report
from micrograd_like.worksheet import Worksheet, builtin
from micrograd_like.writers.assertion import assert_right
from micrograd_like.writers.formats import offered, written
from micrograd_like.writers.marks import document
from micrograd_like.writers.prediction import reply
from micrograd_like.writers.remarks import remarks

LEVELS: tuple[Hint, ...] = get_args(Hint)

#: A wrong number, a wrong formula right by accident, what rests on it, and a wrong formula alone.
SHEET = """x = 2
w = 0.45
z = w*x = 0.7
a = sigmoid(z) = 0.6682
s = x + x = 4
dy = x*x + 1 = 5
E = (a - 1)^2/2 = 0.0551
dE/da = a + 1 = 1.6682
da/dz = z*(1 - z)
dE/dz = dE/da * da/dz = 0.3504
"""


def report(text: str = SHEET) -> Report:
    return check(Worksheet.parse(text))


def test_the_command_offers_the_hints_there_are() -> None:
    from micrograd_like.cli.shared import Hint as Offered

    assert get_args(Offered) == LEVELS


@pytest.mark.parametrize("hint", LEVELS)
@pytest.mark.parametrize("text", [SHEET, builtin.text("office-hours-as-published")])
def test_a_hint_changes_no_verdict_and_nothing_of_a_right_line(text: str, hint: Hint) -> None:
    whole, told = report(text), report(text).hinted(hint)
    assert [line.verdict for line in told.lines] == [line.verdict for line in whole.lines]
    assert told.status == whole.status
    for before, after in zip(remarks(whole), remarks(told), strict=True):
        if before.line.verdict in ("right", "taken"):
            assert after == before


@pytest.mark.parametrize("hint", LEVELS[:-1])
@pytest.mark.parametrize("name", offered("cells"))
def test_no_format_tells_what_is_right_before_the_working_is_asked_for(
    name: str, hint: Hint
) -> None:
    """The right numbers, by hand: z = 0.9, a = 0.7109, E = 0.04179, ∂E/∂a = −0.2891."""
    shown = written(name, document([report().hinted(hint)]))
    assert shown
    for number in ("0.90", ".7109", ".0417", ".2891", "right is"):
        assert number not in shown.lower().replace("−", "-"), (name, number)
    assert not re.search(r"(right|true): +\S+ =", shown), name


def test_all_of_it_is_told_at_last() -> None:
    shown = written("text", document([report().hinted("working")]))
    for number in ("0.90", "0.7109", "0.0417", "−0.2891", "right:", "true:"):
        assert number in shown, number
    assert shown == written("text", document([report()]))


def test_the_line_alone_names_no_slip() -> None:
    told = report().hinted("line")
    said = [remark.sentence for remark in remarks(told) if remark.line.verdict == "wrong"]
    assert set(said) == {"This line is wrong."}
    assert not told.causes
    record = json.loads(told.json())["worksheets"][0]
    assert record["hint"] == "line"
    assert not any(line["causes"] for line in record["lines"])


def test_the_kind_is_the_sentence_of_the_cause_without_its_pieces() -> None:
    sentences = {cause.code: cause.sentence for cause in CAUSES}
    told = report().hinted("kind")
    wrong = [remark for remark in remarks(told) if remark.line.verdict == "wrong"]
    assert wrong
    for remark in wrong:
        first = remark.line.causes[0]
        assert (first.wrote, first.meant) == (None, None)
        assert remark.sentence.startswith(sentences[first.code])
        assert not remark.line.parts, "which part it is comes with the piece"


def test_the_piece_says_what_belongs_where() -> None:
    (said,) = (one.sentence for one in remarks(report().hinted("piece")) if one.line.line == 9)
    assert "z · (1 − z), not a · (1 − a)" in said


def test_an_unknown_hint_is_an_error() -> None:
    with pytest.raises(ValueError, match="hint: expected line, kind, piece, working, got 'all'"):
        report().hinted("all")  # type: ignore[arg-type]
    result = run("check", "office-hours", "--hint", "all")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("hint", LEVELS[:-1])
def test_a_page_with_a_hint_has_no_graph_and_no_steps(hint: Hint) -> None:
    """Both hold every right number."""
    sheet = Worksheet.parse(SHEET)
    page = visualize.page(sheet, report=check(sheet).hinted(hint))
    words = re.sub(r"<(style|script|svg)[^>]*>.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert "they would tell what is right" in words
    for number in ("0.9 ", "0.90", ".7109", ".0417", ".2891"):
        assert number not in words.replace("−", "-"), number
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])["graph"] is None


def test_the_command_obeys(tmp_path: object) -> None:
    said = run("check", "-", "--hint", "line", input=SHEET).stdout
    assert "This line is wrong." in said
    assert "right:" not in said
    assert "right:" in run("check", "-", input=SHEET).stdout


def test_so_do_tests_and_notebooks(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_right(Worksheet.parse(SHEET), hint="line")
    assert "This line is wrong." in str(caught.value)
    assert "  right:" not in str(caught.value)
    told = worksheet_magic("--hint kind", SHEET)
    assert told is not None
    assert told.hint == "kind"
    latex = worksheet_magic("latex --hint piece", r"$x = 2$, $y = x^2 = 5$")
    assert latex is not None
    assert (latex.hint, latex.counts["wrong"]) == ("piece", 1)
    assert worksheet_magic("--hint all", SHEET) is None
    assert "hint: expected" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("0.5", ("is not right.", "is not right.", "Put the numbers in", "Put the numbers in")),
        ("-0.9", ("is not right.", "the sign is not", "the sign is not", "the sign is not")),
        ("0.9", ("is right", "is right", "is right", "is right")),
    ],
)
def test_a_prediction_is_answered_as_far_as_the_hint_goes(
    typed: str, told: tuple[str, ...]
) -> None:
    sheet = Worksheet.parse(SHEET)
    steps = [step for step in walk(sheet.cost()) if not isinstance(step, Given)]
    for hint, said in zip(LEVELS, told, strict=True):
        answer = reply(steps[0], typed, 4, hint).said
        assert said in answer, hint
        assert ("Put" in answer) == ("Put" in said)


def test_words_have_no_sign_of_a_verdict_and_no_columns() -> None:
    """Each line is a sentence of its own that says where, what, and why."""
    said = written("words", document([report(), report("x = 1\n")], several=True))
    assert not re.search(r"[✓✗→?·–]", re.sub(r"[:.]\s.*", "", said))
    assert not re.search(r"  ", said)
    rows = said.splitlines()
    assert "Line 1, taken, given: x = 2." in rows
    (wrong,) = (row for row in rows if row.startswith("Line 3, wrong: z = w*x = 0.7."))
    assert "Right: z = w · x = 0.45 · 2 = 0.90." in wrong
    assert all(row.endswith((".", "?", ":")) for row in rows)
