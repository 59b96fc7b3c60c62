"""Text as it is pasted: what ends a line, what cannot be seen, and letters of other alphabets."""

from __future__ import annotations

import re
import unicodedata

import pytest

from micrograd_like import Worksheet

#: Python's str.splitlines has these, written down here for themselves.
ENDS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("end", ENDS, ids=ascii)
def test_a_line_ends_for_every_part_of_the_reader(end: str) -> None:
    """Statements, and the line numbers of problems and marks."""
    sheet = Worksheet.parse(f"a = 2{end}b = 3{end}c = a*b{end}dc/da = 3{end}")
    assert {name: node.data for name, node in sheet.names.items()} == {"a": 2, "b": 3, "c": 6}
    assert not sheet.problems
    assert sheet.check().lines[-1].verdict == "right"
    assert [p.line for p in Worksheet.parse(f"a = 2{end}b = = 3").problems] == [2]


UNSEEN = [c for c in map(chr, range(0x2000, 0x2070)) if unicodedata.category(c) == "Cf"]


@pytest.mark.parametrize("mark", [*"\u00ad\u061c\ufeff", *UNSEEN], ids=ascii)
def test_what_cannot_be_seen_changes_nothing(mark: str) -> None:
    """Direction marks, joiners and spaces of no width; the four that stand for signs do so."""
    signs = {"\u2062": "*", "\u2063": ",", "\u2064": "+"}
    if mark in signs:
        sheet = Worksheet.parse(f"a = 2\nb = 3\nc = max(a{mark}b, a {signs[mark]} b)")
        assert sheet.names["c"].data == {"*": 6, ",": 3, "+": 5}[signs[mark]]
        return
    sheet = Worksheet.parse(f"{mark}a = 2{mark}\nb = tanh{mark}(0)\nc = a {mark}+ b{mark}")
    assert not sheet.problems
    assert sheet.names["c"].data == 2.0


@pytest.mark.parametrize(
    "mark", ["\u2060", "\u200d", "\u200b", "\u200e", "\u00ad", "\ufeff"], ids=ascii
)
@pytest.mark.parametrize(
    "text",
    [
        "$x = 2$\n\n${}y = x{}^2 ={} 4$\n",
        "$$ x = 2 $$\n\n$$ y_{}1 = \\frac{}{{x}}{{2}}{} = 1 $$\n",
        "\\begin{{align}}\n{}x &= 2 \\\\\ny &={} x^{}2 = 4\n\\end{{align}}\n",
        "\\begin{{tabular}}{{l|l}}\n$x = 2$ & {}$z$ \\\\\n{}$y = x^2$ & $4{}$\n\\end{{tabular}}\n",
        "| {}name | value |\n|---|---|\n| x | {}2 |\n\n$y = x^2{} = 4$\n",
    ],
)
def test_what_cannot_be_seen_changes_nothing_in_formulas_and_tables(mark: str, text: str) -> None:
    def verdicts(sign: str) -> list[str]:
        sheet = Worksheet.parse(text.format(sign, sign, sign))
        assert not sheet.problems
        return [line.verdict for line in sheet.check().lines]

    assert verdicts(mark) == verdicts("")
    assert "right" in verdicts("") or "taken" in verdicts("")


@pytest.mark.parametrize(
    "mark", ["\u2060", "\u200d", "\u200c", "\u200e", "\u00ad", "\ufeff"], ids=ascii
)
@pytest.mark.parametrize(
    "text",
    [
        "x{}1 = 1{}2\ny = x1 + 0.{}5 = 12.5\n",
        "x1 = 3\ny = ta{}nh(0) + x{}1 = 3\ndy/dx{}1 = 1\n",
        "| name | value |\n|---|---|\n| x{}1 | 0.{}35 |\n| w1 | 2 |\n\ny = x1*w{}1 = 0.7\n",
        "$x{}_1 = 1{}2$\n\n$y = x_1 + 0.{}5 = 12.5$\n",
    ],
)
def test_what_cannot_be_seen_parts_no_word_and_no_number(mark: str, text: str) -> None:
    def marks(sign: str) -> list[tuple[str, int]]:
        sheet = Worksheet.parse(text.format(sign, sign, sign))
        assert not sheet.problems
        return [(line.verdict, line.place.line) for line in sheet.check().lines]

    assert marks(mark) == marks("")
    assert marks("")[-1][0] == "right"


def test_spaces_of_no_width_part_names_as_others_do() -> None:
    """As they come from web pages, which set w₁x₁ with one behind each index."""
    sheet = Worksheet.parse("w1\u200b = 2\nx1\u200b = 3\ny = w1\u200bx1\u200b + 1 = 7\n")
    assert not sheet.problems
    assert [line.verdict for line in sheet.check().lines] == ["taken", "taken", "right"]
    assert sheet.names["y"].data == 7
    assert Worksheet.parse("x = 0.5\ny = sin\u2061x").names["y"].data == pytest.approx(
        0.479425538604203
    )


@pytest.mark.parametrize(
    ("written", "plain"),
    [("𝑥", "x"), ("𝐱", "x"), ("𝜎", "sigma"), ("𝛼", "alpha"), ("ｘ", "x"), ("𝟐𝒙", "2x")],
)
def test_letters_of_mathematics_are_letters(written: str, plain: str) -> None:
    sheet = Worksheet.parse(f"x = 2\nsigma = 3\nalpha = 4\nq = {written}\nr = {plain}")
    assert not sheet.problems
    assert sheet.names["q"].data == sheet.names["r"].data


def test_a_partial_of_mathematics_is_one() -> None:
    assert Worksheet.parse("𝑥 = 2\nE = 𝑥^2\n𝜕E/𝜕𝑥 = 4").check().lines[-1].verdict == "right"


LOOKALIKES = [
    *(("Cyrillic", letter, latin) for letter, latin in ("аa", "еe", "оo", "рp", "сc", "хx", "ВB")),
    *(("Greek", letter, latin) for letter, latin in ("οo", "νv", "ΑA", "ΒB", "ΕE", "ΗH", "ΟO")),
    *(("Greek", letter, latin) for letter, latin in ("ΙI", "ΚK", "ΜM", "ΝN", "ΡP", "ΤT", "ΧX")),
]


@pytest.mark.parametrize(("alphabet", "letter", "latin"), LOOKALIKES, ids=ascii)
def test_a_letter_that_looks_latin_is_pointed_out(alphabet: str, letter: str, latin: str) -> None:
    """Whichever of the two is defined, and the other used."""
    (problem,) = Worksheet.parse(f"{latin}1 = 2\nq = 3*{letter}1").problems
    told = f"{letter!r} is the {alphabet} letter, not the Latin one of '{latin}1'"
    assert told in problem.message
    (problem,) = Worksheet.parse(f"{letter}1 = 2\nq = 3*{latin}1").problems
    assert f"'{letter}1' is, with the {alphabet} letter {letter!r}" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "α = 2\nq = 3*a",  # these do not look alike
        "ρ1 = 2\nq = 3*x1",
        "v = 2\nq = 3*ν2",  # v2 is no name here
        "nu_x = 2\nq = 3*vx",
    ],
)
def test_other_letters_are_not_pointed_out(text: str) -> None:
    (problem,) = Worksheet.parse(text).problems
    assert "letter" not in problem.message


def test_greek_and_latin_names_stand_beside_each_other() -> None:
    sheet = Worksheet.parse("v = 2\nν = 3\nA = 5\nΑ = 7\nq = v*ν*A*Α")
    assert not sheet.problems
    assert sheet.names["q"].data == 210.0


def test_a_name_in_cyrillic_is_a_name() -> None:
    sheet = Worksheet.parse("вес = 2\nq = 3*вес")
    assert not sheet.problems
    assert sheet.names["q"].data == 6.0


#: Cyrillic letters that look Latin.
ALIKE_A, ALIKE_X = "\u0430", "\u0445"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # What is missing has a twin: pointed out though formulas need no numbers.
        (
            f"{ALIKE_A} = 2\ny = a^2 = 4",
            f"'a' is not defined; '{ALIKE_A}' is, with the Cyrillic letter",
        ),
        (
            f"w{ALIKE_A} = 2\ny = wa^2",
            f"'wa' is not defined; 'w{ALIKE_A}' is, with the Cyrillic letter",
        ),
        (
            f"a = 2\ny = {ALIKE_A}^2 = 4",
            f"'{ALIKE_A}' is not defined; '{ALIKE_A}' is the Cyrillic letter",
        ),
        # So is a name that is right, for the next line may be typed otherwise.
        (
            f"{ALIKE_A} = 2\ny = {ALIKE_A}^2 = 4",
            f"'{ALIKE_A}' has the Cyrillic letter '{ALIKE_A}', which looks Latin",
        ),
        (
            f"{ALIKE_X}1 = 2\ny = {ALIKE_X}1^2",
            f"'{ALIKE_X}1' has the Cyrillic letter '{ALIKE_X}', which looks Latin",
        ),
        (
            f"w{ALIKE_A} = 2\ny = w{ALIKE_A}^2",
            f"'w{ALIKE_A}' has the Cyrillic letter '{ALIKE_A}', which looks Latin",
        ),
        (
            f"{ALIKE_A} = 2\na = 3\ny = a*{ALIKE_A}",
            f"'{ALIKE_A}' has the Cyrillic letter .*, and is another name",
        ),
        # A worksheet in Cyrillic letters is one, and ν is the Greek letter.
        ("х = 2\nу = х^2 = 4", ""),
        ("вес = 2\ny = 3*вес = 6", ""),
        ("v = 2\nν = 3\nq = v*ν = 6", ""),
        ("a = 2\ny = a^2 = 4", ""),
    ],
    ids=ascii,
)
def test_a_worksheet_says_which_names_look_like_others(text: str, told: str) -> None:
    report = Worksheet.parse(text).check()
    if told:
        (said,) = report.told
        assert re.search(told, said)
        assert said in str(report)
    else:
        assert report.told == ()
    assert report.counts["wrong"] == 0


def test_formulas_without_numbers_point_out_a_twin_too() -> None:
    (problem,) = Worksheet.parse("\u0430 = 2\ny = a^2").problems_in_symbols()
    assert "is, with the Cyrillic letter" in problem.message
    assert not Worksheet.parse("b = 2\ny = a^2").problems_in_symbols()


def test_a_name_e1_makes_2e1_a_product() -> None:
    assert Worksheet.parse("e1 = 3\nc = 2e1").names["c"].data == 6.0
    assert Worksheet.parse("e2 = 3\nc = 2e1").names["c"].data == 20.0
