"""The table of causes: a file each, its examples, and a new one that is found by being there."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from copied import copy_packages, python

from micrograd_like import Worksheet
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import parse
from micrograd_like.marking import causes
from micrograd_like.marking.causes import CAUSES, CauseError, in_order, problems
from micrograd_like.marking.causes.plain_error import SHEET
from micrograd_like.marking.slips.mistakes import NETWORK, Example, Mistake
from micrograd_like.ops import OPS

EXAMPLES = [(mistake.code, example) for mistake in CAUSES for example in mistake.examples]


def last(sheet: str) -> tuple[str, list[str]]:
    """The last line's verdict and causes."""
    line = Worksheet.parse(sheet).check().lines[-1]
    return line.verdict, [cause.code for cause in line.causes]


def unreadable(code: str, example: Example) -> list[str]:
    """Sentences about the lines of an example that nobody can read."""
    told = []
    for line in (example.wrong, example.right):
        sheet = Worksheet.parse(example.sheet + line)
        told += [
            f"marking/causes/{code.replace('-', '_')}.py: the example {line!r}: {problem.message}"
            for problem in sheet.unreadable
        ]
    return told


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_an_example_can_be_read(code: str, example: Example) -> None:
    assert not unreadable(code, example)


def test_an_example_that_cannot_be_read_is_told() -> None:
    (told,) = unreadable("seven-more", Example("dy/dx = 3 +* 2", "dy/dx = 3", "x = 2\ny = 3x\n"))
    assert told.startswith("marking/causes/seven_more.py: the example 'dy/dx = 3 +* 2': ")


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_an_example_is_found_and_named(code: str, example: Example) -> None:
    verdict, found = last(example.sheet + example.wrong)
    assert (verdict, found[0]) == ("wrong", code)


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_and_its_twin_is_right(code: str, example: Example) -> None:
    assert last(example.sheet + example.right) == ("right", [])


@pytest.mark.parametrize("mistake", CAUSES, ids=lambda mistake: mistake.code)
def test_what_is_said_is_a_sentence_with_pieces_that_are_known(mistake: Mistake) -> None:
    said = mistake.pointed.format(wrote="p", meant="q", left="r") or mistake.sentence
    assert said.endswith(".")
    assert mistake.sentence.endswith(".")
    assert mistake.brief


def test_plain_errors_are_right_for_the_cross_entropy() -> None:
    """Wᵀ·e is the gradient there, o(1 − o) being in e already: nobody is accused."""
    cost = "E = -(t1*ln(o1) + (1 - t1)*ln(1 - o1)) - (t2*ln(o2) + (1 - t2)*ln(1 - o2))\n"
    sheet = SHEET.replace("E = (e1^2 + e2^2)/2\n", cost)
    assert last(sheet + "dE/dh1 = -(w11*e1 + w21*e2)") == ("right", [])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dE/dh1 = w11*e1 + w21*e2", {"sign", "plain-error"}),
        ("dE/dh1 = -(w11*e1 + w12*e2)", {"transposed", "plain-error"}),
        ("dE/dh1 = w11*e1 + w12*e2", {"transposed", "sign", "plain-error"}),
        ("dE/dh1 = w11/(w11 + w12)*e1 + w21/(w21 + w22)*e2", {"sign", "normalised-weights"}),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_the_courses_formula_with_another_slip(line: str, expected: set[str], named: bool) -> None:
    """Its sign, W for Wᵀ, or both; with sums that have a name, and without one."""
    sheet = SHEET
    if not named:
        for n in "12":
            formula = f"w{n}1*h1 + w{n}2*h2"
            sheet = sheet.replace(f"a{n} = {formula}\n", "").replace(f"(a{n})", f"({formula})")
    assert last(sheet + line)[0] == "wrong"
    assert set(last(sheet + line)[1]) == expected


@pytest.mark.parametrize("definition", ["o{0} = sigmoid(w{0}1*h1 + w{0}2*h2)", "o{0} = tanh(a{0})"])
def test_plain_errors_however_the_outputs_are_written(definition: str) -> None:
    sheet = SHEET
    for n in "12":
        sheet = sheet.replace(f"o{n} = sigmoid(a{n})", definition.format(n))
    assert last(sheet + "dE/dh1 = -(w11*e1 + w21*e2)")[1][0] == "plain-error"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("dE/dz1 = (yhat - y)*w5", "plain-error"),  # the error, back through the weight
        ("dE/dz1 = dE/dyhat*w5", "missing-factor"),  # written in derivatives: one is left out
        ("dE/dw5 = (yhat - y)*z1", "missing-factor"),  # of a weight there is no hidden error
    ],
)
def test_one_path_without_the_outputs_derivative(line: str, code: str) -> None:
    assert last(NETWORK + line)[1][0] == code


SINE = "x = 0.5\ny = 1.2\nE = x^2 + sin(x*y)\n"
PUT_IN = (
    "w = 0.35\nx = 2.5\nb = 0.1\nz = w*x + b = 0.975\ny = sigmoid(z) = 0.726\nE = (y - 1)^2/2\n"
)
TWO = "p1 = 0.7\np2 = 0.4\ny1 = 0.1\ny2 = 1.3\n"


@pytest.mark.parametrize(
    ("sheet", "code", "is_meant"),
    [
        # Half a sum of squares is no mean; half of another sum is one.
        (f"{TWO}E = ((p1 - y1)^2 + (p2 - y2)^2)/2\ndE/dp1 = (p1 - y1)/2", "mean-", False),
        (f"{TWO}E = ((p1 - y1)^2 + (p2 - y2)^2)/3\ndE/dp1 = 2(p1 - y1)/9", "mean-", True),
        (f"{TWO}E = (p1*y1 + p2*y2)/2\ndE/dp1 = y1/2/2", "mean-", True),
        # A factor within one formula is left out of one of its terms.
        (
            "x = 0.7\nE = x^2*sin(x)*exp(x)\n"
            "dE/dx = 2*x*exp(x) + x^2*cos(x)*exp(x) + x^2*sin(x)*exp(x)",
            "missing-factor",
            True,
        ),
        # One path of three is all that is there.
        (
            "x = 0.7\na = 1.2*x\nb = sigmoid(0.4*x)\nc = tanh(-0.8*x)\nE = a*b*c\n"
            "dE/dx = dE/db*db/dx",
            "missing-path",
            True,
        ),
        # One of two paths, of two terms, of three.
        ("x = 0.7\nk = 1.3\nE = k*x^2 + sin(x)\ndE/dx = cos(x)", "missing-path", True),
        ("x = 0.7\nk = 1.3\nE = k*x^2 + sin(x) + exp(x)\ndE/dx = cos(x)", "missing-path", True),
        # A constant of the formula counted twice; 7 is none of its constants.
        ("x = 0.7\nE = 5*x^2\ndE/dx = 50*x", "constant-factor", True),
        ("x = 0.7\nE = 5*x^2\ndE/dx = 70*x", "constant-factor", False),
        # A constant counted twice in one of two terms; 6 is none that could be.
        ("x = 0.7\nE = x^2 + sin(x)\ndE/dx = 4*x + cos(x)", "constant-factor", True),
        ("x = 0.7\nE = x^2 + sin(x)\ndE/dx = x + cos(x)", "constant-factor", True),
        ("x = 0.7\nE = x^2 + sin(x)\ndE/dx = 6*x + cos(x)", "constant-factor", False),
        # The exponent kept, lost, put in front too late, raised; of a root, of a name.
        ("x = 0.7\nE = x^3\ndE/dx = 3*x", "power-not-lowered", True),
        ("x = 2\nE = x^3\ndE/dx = 3*x^3", "power-not-lowered", True),
        ("x = 0.7\nE = (3*x - 1)^2\ndE/dx = 2*(3*x - 1)^2*3", "power-not-lowered", True),
        ("x = 0.7\nE = 1/x\ndE/dx = -1/x", "power-not-lowered", True),
        ("x = 0.7\nE = 1/x^3\ndE/dx = -3/x^2", "power-not-lowered", True),
        ("x = 0.7\nE = sqrt(x)\ndE/dx = 1/2*sqrt(x)", "power-not-lowered", True),
        ("x = 0.7\nn = 2.5\nE = x^n\ndE/dx = n*x^n", "power-not-lowered", True),
        ("x = 0.7\nE = x^3\ndE/dx = 3*x^4", "power-not-lowered", False),
        ("x = 0.7\nE = 1/x\ndE/dx = 1/x^2", "power-not-lowered", False),
        ("x = 0.7\nE = x^2\ndE/dx = x", "power-not-lowered", False),
        # An exponent lost, put in, or behind another bracket.
        ("x = 0.7\nE = tanh(x)\ndE/dx = 1 - E", "exponent", True),
        ("x = 0.7\nE = tanh(x)\ndE/dx = (1 - E)^2", "exponent", True),
        ("x = 0.7\nE = sigmoid(x)\ndE/dx = E*(1 - E)^2", "exponent", True),
        ("x = 0.7\nE = tanh(x)\ndE/dx = 1 - E^3", "exponent", False),
        ("x = 0.7\nE = tanh(x)\ndE/dx = 1 + E^2", "exponent", False),
        # A constant, or what one divides by, is no link of the chain.
        ("x = 0.7\nE = x^2 + sin(x)\ndE/dx = 4*x + cos(x)", "extra-factor", False),
        ("x = 0.7\nk = 1.3\nE = k*x^2 + sin(x)\ndE/dx = 2*x*k*k + cos(x)", "extra-factor", True),
        ("x = 0.7\nE = x^2 + sin(x)\ndE/dx = x + cos(x)", "missing-factor", False),
        (
            "x = 0.7\nE = x^2*sin(x)/exp(x)\n"
            "dE/dx = 2*x*sin(x)/exp(x) + x^2*cos(x) - x^2*sin(x)/exp(x)",
            "missing-factor",
            False,
        ),
        # The derivative of one name taken wrongly, on one of two paths.
        (
            "x = 0.7\nu = x^2*sin(x)\nv = 0.4*x\nE = u*v\ndE/dx = v*2*x*cos(x) + u*0.4",
            "product-of-derivatives",
            True,
        ),
        # Terms multiplied, whatever their signs; a sign alone is no product.
        ("x = 0.7\nE = x^2 - sin(x)\ndE/dx = 2*x*cos(x)", "added-for-multiplied", True),
        ("x = 0.7\nE = x^2 - sin(x)\ndE/dx = 3*x*cos(x)", "added-for-multiplied", False),
        ("x = 0.7\nE = x^2\ndE/dx = -(2*x)", "added-for-multiplied", False),
        ("x = 0.7\nE = x^2\ndE/dx = -(2*x)", "sign", True),
        # The other logarithm, differentiated within a product.
        ("x = 0.7\nE = x*log10(x)\ndE/dx = ln(x) + 1", "log-base", True),
        ("x = 0.7\nE = x*log10(x)\ndE/dx = ln(x) + 2", "log-base", False),
        # A term copied as it stands; the argument of a function has no slope to be left out.
        ("x = 0.7\nE = x + x^3\ndE/dx = x + 3*x^2", "not-differentiated", True),
        ("x = 0.7\nE = sin(x)\ndE/dx = cos(x)*x", "not-differentiated", False),
        # What agrees with a slip for this x alone is not that slip: 2x is x² for x = 2.
        ("x = 2\nw = 1.3\nE = w*x^3\ndE/dx = w*x^2", "constant-factor", True),
        ("x = 2\nw = 1.3\nE = w*x^3\ndE/dx = 2*w*x", "constant-factor", False),
        # A cause that leads to so much is found alone, not with a second slip.
        (f"{SINE}dE/dy = 2*x + y*cos(x*y)", "other-variable", True),
        (f"{SINE}dE/dy = -(2*x + y*cos(x*y))", "other-variable", False),
        # Of figures put in, one quantity's is off, once or each time; or those of two are.
        (f"{PUT_IN}dE/dw = (0.726 - 1)*0.726*(1 - 0.762)*2.5", "digits", True),
        (f"{PUT_IN}dE/dw = (0.726 - 1)*0.762*(1 - 0.762)*2.5", "digits", True),
        (f"{PUT_IN}dE/dw = (0.726 - 1)*0.726*(1 - 0.726)*0.35", "swapped-operand", True),
        (f"{PUT_IN}dE/dw = (0.726 - 1)*0.726*(1 - 0.926)*0.35", "wrong-operand", False),
        # Those of the right formula without some factors, which another cost would have too.
        (f"{PUT_IN}dE/dw = (0.726 - 1)*2.5 = -0.685", "missing-factor", True),
        (f"{PUT_IN}dE/dw = (0.726 - 1)*2.5 = -0.685", "not-this-cost", False),
        # Zeros at the end are no digits, where the point has moved; other digits are others.
        ("yhat = sigmoid(0.0656) = 5.160", "digits", True),
        ("yhat = sigmoid(0.0656) = 7.310", "digits", False),
        ("yhat = sigmoid(0.0656) = 51.640", "digits", True),
        ("yhat = sigmoid(0.0656) = 0.990", "digits", False),
    ],
)
def test_what_a_slip_is_called_and_what_not(sheet: str, code: str, is_meant: bool) -> None:
    verdict, codes = last(sheet)
    assert verdict == "wrong"
    assert any(found.startswith(code) for found in codes) is is_meant, codes


def test_what_no_cause_says_is_told() -> None:
    one, two = CAUSES[:2]
    with pytest.raises(CauseError, match=f"{one.code} and {two.code} are both at place"):
        in_order([*CAUSES[:1], replace(two, place=one.place), *CAUSES[2:]])
    with pytest.raises(CauseError, match="'div' has a slip of no cause: 'sign'"):
        in_order([mistake for mistake in CAUSES if mistake.code != "sign"])
    with pytest.raises(CauseError, match="remains for 'number', got"):
        in_order([mistake for mistake in CAUSES if mistake.remains != "number"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"pointed": "{wrote} for {ment}."},
            "pointed: expected pieces among {left}, {meant}, {wrote}, got {ment}",
        ),
        (
            {"guesses": None, "mends": None, "misread": None},
            "expected one of guesses, mends, numbers, misread, given, remains, arrays: "
            "without any it explains no line",
        ),
        ({"planter": Planter()}, "planter: expected either formulas or numbers"),
        ({"examples": ()}, "expected at least one example"),
        (
            {"examples": (Example("y = 2", "y = 2", ""),)},
            "expected an example whose line and its twin differ: 'y = 2'",
        ),
    ],
)
def test_a_cause_that_does_not_hold_together_is_told(
    change: dict[str, object], message: str
) -> None:
    (sign,) = (mistake for mistake in CAUSES if mistake.code == "sign")
    assert [*problems(replace(sign, **change))] == [message]  # type: ignore[arg-type]
    assert not [*problems(sign)]


def test_the_likeliest_comes_first() -> None:
    assert all(one.place < two.place for one, two in pairwise(CAUSES))


def test_every_slip_of_a_row_is_another_function() -> None:
    for row in OPS.values():
        for _, formulas in row.all_slips:
            for slip, partial in zip(formulas, row.partials, strict=True):
                assert slip != parse(partial)


# A cause in a copy of the package.

SEVEN = '''"""The wrong thing added: y = x + 7 for y = x + 5; a cause made up for a test."""

from micrograd_like.exercises import places
from micrograd_like.exercises.slips import Planter
from micrograd_like.formula import Call, Number
from micrograd_like.marking.slips.mistakes import Guess, Mistake, examples


def _guesses(claim):
    for form in claim.forms:
        yield Guess(Call("add", (form, Number(7))))


def _planted(place):
    yield Call("add", (place.step.formula, Number(7)))


MISTAKE = Mistake(
    code="seven-more",
    place=5,
    brief="seven more",
    sentence="Seven is added for no reason.",
    examples=examples(("dy/dx = 10", "dy/dx = 3"), sheet="x = 2\\ny = 3x\\n"),
    guesses=_guesses,
    planter=Planter(formulas=_planted),
)
'''
USE = """
import json, sys
from micrograd_like import Worksheet
from micrograd_like.exercises import codes, generate
from micrograd_like.marking.causes import CAUSES
(mine,) = (mistake for mistake in CAUSES if mistake.code == "seven-more")
(example,) = mine.examples
made = generate("line-fit", 3, form="slips", causes=["seven-more"])
(slip,) = made.planted
report = Worksheet.parse(made.text).check()
(line,) = (line for line in report.lines if line.line == slip.line)
print(json.dumps({
    "example": Worksheet.parse(example.sheet + example.wrong).check().lines[-1].causes[0].code,
    "planted": slip.code,
    "verdict": line.verdict,
    "named": line.causes[0].code,
    "counted": report.causes["seven-more"],
    "said": report.record()["lines"][report.lines.index(line)]["message"],
    "codes": "seven-more" in codes(),
}))
"""


def copied(folder: Path, files: dict[str, str], program: str) -> subprocess.CompletedProcess[str]:
    """A program run with a copy of the package that has these files more."""
    copy_packages(folder)
    for name, text in files.items():
        added = folder / "micrograd_like" / "marking" / "causes" / name
        added.write_text(text, encoding="utf-8")
    return python(folder, "-c", program)


def test_a_file_is_all_that_a_cause_needs(tmp_path: Path) -> None:
    done = copied(tmp_path, {"seven_more.py": SEVEN}, USE)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "example": "seven-more",
        "planted": "seven-more",
        "verdict": "wrong",
        "named": "seven-more",
        "counted": 1,
        "said": "Seven is added for no reason.",
        "codes": True,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "seven_more.py: expected MISTAKE = Mistake(...), got None"),
        (SEVEN.replace("seven-more", "six-more"), "the code to be the file's name: 'six-more'"),
        (
            SEVEN.replace("    guesses=_guesses", '    pointed="{piece}.",\n    guesses=_guesses'),
            "marking/causes/seven_more.py: pointed: expected pieces among",
        ),
        (SEVEN.replace("place=5", "place=10"), "seven-more and sign are both at place 10"),
    ],
)
def test_a_file_that_is_no_cause_is_told_in_a_sentence(
    text: str, message: str, tmp_path: Path
) -> None:
    done = copied(tmp_path, {"seven_more.py": text}, "import micrograd_like.marking.causes")
    assert message in done.stderr.splitlines()[-1]


def test_every_file_of_the_folder_is_a_cause() -> None:
    files = {path.stem for path in Path(causes.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {mistake.code.replace("-", "_") for mistake in CAUSES}
