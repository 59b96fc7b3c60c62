"""Marking: what is right is never accused, what follows is told from what is wrong, and why."""

from __future__ import annotations

import json
import math
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_like.graph import NamedGraph
from micrograd_like.marking.records import Report
from micrograd_like.marking.world.truth import NEAR
from micrograd_like.worksheet import Worksheet, builtin
from micrograd_like.worksheet.builder import Builder

NET = """
x1 = 0.35
x2 = -0.8
w1 = 0.42
w2 = -0.27
w3 = 0.66
w4 = 0.53
w5 = 0.71
w6 = -0.38
y = 0.9
alpha = 0.25
a1 = x1*w1 + x2*w2
z1 = sigmoid(a1)
a2 = x1*w3 + x2*w4
z2 = sigmoid(a2)
a3 = z1*w5 + z2*w6
yhat = sigmoid(a3)
E = (yhat - y)^2 / 2
"""


#: The verdicts of lines with nothing to say against them.
FINE = ("right", "taken")


def checked(text: str) -> Report:
    return Worksheet.parse(text).check()


@cache
def built_in(name: str) -> Report:
    return builtin.load(name).check()


def last(text: str):
    """The last line's verdict and causes."""
    line = checked(text).lines[-1]
    return line.verdict, [cause.code for cause in line.causes]


# The lesson.


def test_the_lesson_as_published() -> None:
    """Its slips with their causes; every other line right or following."""
    report = built_in("office-hours-as-published")
    wrong = {line.source: line.causes[0].code for line in report.lines if line.verdict == "wrong"}
    assert wrong == {
        "z1 = sigmoid(a1) = log10(.3) = .57": "wrong-function",
        "z2 = sigmoid(a2) = log10(.4) = .60": "wrong-function",
        "yhat = sigmoid(a3) = log10(.646) = 0.656206": "wrong-function",
        "dE/dyhat = yhat - y = -0.34": "not-this-cost",
        "dz1/da1 = a1*(1 - a1) = 0.21": "derivative-at-input",
        "dz2/da2 = a2*(1 - a2) = 0.24": "derivative-at-input",
        "w6' = w6 - alpha*dE/dw5 = 0.61": "wrong-operand",
    }
    assert report.counts == {
        "right": 21, "taken": 15, "follows": 11, "unchecked": 0, "wrong": 7, "unreadable": 0
    }  # fmt: skip
    assert report.status == 1


@pytest.mark.parametrize("name", [n for n in builtin.names() if not n.startswith("office-hours-")])
def test_the_other_built_in_worksheets_are_all_right(name: str) -> None:
    report = built_in(name)
    assert [line.source for line in report.lines if line.verdict not in FINE] == []
    assert report
    assert report.status == 0


def test_a_formula_right_by_accident_is_found() -> None:
    report = built_in("office-hours-as-published")
    (line,) = (line for line in report.lines if line.source.startswith("dz2/da2"))
    assert [part.verdict for part in line.parts] == ["wrong", "right"]
    assert line.accident


@pytest.mark.parametrize(
    ("sheet", "verdict"),
    [
        # A given is one however it is written: sin and cos agree at π/4 alone.
        ("x = pi/4\ny = sin(x)\ndy/dx = sin(x)", "wrong"),
        ("x = pi/4\ny = sin(x)\ndy/dx = cos(x)", "right"),
        # Several givens of 1 or -1 may make terms and factors go away, those of 1.5 do not.
        *(
            (f"p = 0.7\nt = 1\nn = {n}\nE = -n*(t*ln(p) + (1 - t)*ln(1 - p))\n{line}", verdict)
            for n, line, verdict in [
                ("1", "dE/dp = -t/p", "right"),
                ("-1", "dE/dp = t/p", "right"),
                ("1.5", "dE/dp = -t/p", "wrong"),
            ]
        ),
        # Shares that add up to 1 always do; two givens that add up to 0.5 happen to.
        ("p = 0.4\nq = 0.6\nx = 0.7\nE = (p + q)*x^2\ndE/dx = 2*(p + q)^2*x", "right"),
        ("p = 0.2\nq = 0.3\nx = 0.7\nE = (p + q)*x^2\ndE/dx = 4*(p + q)^2*x", "wrong"),
    ],
)
def test_what_the_givens_are_allows_and_what_is_an_accident(sheet: str, verdict: str) -> None:
    assert last(sheet)[0] == verdict


@pytest.mark.parametrize(
    ("sheet", "shown"),
    [
        # σ′(0.9) is 0.2055, and 0.9(1 − 0.9) is 0.09.
        (
            "a = 0.5\nz = sigmoid(a)\nk = 0.2350\ndz/da = a*(1 - a) = 0.2350",
            ("a", 0.9, 0.09, 0.2055),
        ),
        ("x = 2\ny = x^2\ndy/dx = x^2", ("x", 0.9, 0.81, 1.8)),
        # What lies between the two is not moved by itself: the way through it would be cut.
        ("w = 2\nx = 1\ny = w*x\nE = y^2\ndE/dw = y^2*x", ("w", 0.9, 0.81, 1.8)),
    ],
)
def test_and_where_it_shows(sheet: str, shown: tuple[str, float, float, float]) -> None:
    contrast = Worksheet.parse(sheet).check().lines[-1].contrast
    assert contrast is not None
    assert contrast.name == shown[0]
    assert (contrast.at, contrast.yours, contrast.right) == pytest.approx(shown[1:], abs=5e-5)


def test_what_is_wrong_by_its_number_shows_there() -> None:
    assert Worksheet.parse("x = 3\ny = x^2\ndy/dx = x^2").check().lines[-1].contrast is None


@pytest.mark.parametrize(
    ("sheet", "working"),
    [
        ("p = 1 - 0.8\nz = 3p = 0.7", "z = 3*p = 3*0.20 = 0.60"),
        ("x = 0.3\ny = x - 0.1 - 0.2\nw = 2y = 0.4", "w = 2*y = 2*0 = 0"),
        ("s = sin(pi) = 0.3", "s = sin(pi) = sin(3.14) = 0"),
        ("x = 0.3\nc = x*cos(pi/2)\ndc/dx = 0.42", "dc/dx = cos(pi/2) = cos(3.14/2) = 0"),
        # What is small is no noise.
        ("x = 1e-12\ny = 2x = 5", "y = 2*x = 2*(1e-12) = 2e-12"),
    ],
)
def test_a_right_working_has_no_noise_of_floats(sheet: str, working: str) -> None:
    line = Worksheet.parse(sheet).check().record()["lines"][-1]
    assert line["verdict"] == "wrong"
    assert line["working"] == working


# Formulas in other words: right however they are written.

SAME = {
    "z1": """
        1/(1 + e^-a1); 1/(1+exp(-a1)); e^a1/(1 + e^a1); 1 - sigmoid(-a1); 1 - 1/(1 + e^a1);
        (1 + tanh(a1/2))/2; 0.5 + 0.5*tanh(0.5*a1); (1 + e^(-a1))^-1; σ(x1*w1 + x2*w2);
        exp(-log(1 + exp(-a1))); exp(-softplus(-a1)); sigmoid(w2*x2 + w1*x1);
        1/(1 + exp(-(x1*w1 + x2*w2))); exp(a1 - softplus(a1))""",
    "a1": """
        w1*x1 + w2*x2; x2*w2 + x1*w1; x1(w1) + x2(w2); x1*w1 - (-x2)*w2; (x1*w1*2 + x2*w2*2)/2;
        ln(z1/(1 - z1)); -ln(1/z1 - 1); x1*(w1 + x2*w2/x1); w1*(x1 + w2*x2/w1);
        x1*w1 + w2*x2 + 0; 1*x1*w1 + 1*x2*w2""",
    "a3": """
        w5*z1 + w6*z2; z1*w5 - z2*(-w6); w6*z2 + w5*z1; z1(w5) + z2(w6);
        sigmoid(a1)*w5 + sigmoid(a2)*w6; w5/(1 + e^-a1) + w6/(1 + e^-a2); w5*(z1 + z2*w6/w5)""",
    "E": """
        0.5*(yhat - y)^2; ½(ŷ − y)²; (y - yhat)^2/2; (yhat^2 - 2*yhat*y + y^2)/2;
        (yhat - y)*(yhat - y)/2; 0.5*yhat^2 - yhat*y + 0.5*y^2; |yhat - y|^2/2;
        (ŷ - y)*(ŷ - y)*0.5; 0.5*(y - yhat)*(y - yhat); (sigmoid(a3) - y)^2/2;
        (yhat + -y)^2 / 2; (yhat*yhat + y*y)/2 - y*yhat; (2*yhat - 2*y)^2/8; ½*abs(y − ŷ)^2""",
    "dE/dyhat": """
        yhat - y; -(y - yhat); 2*(yhat - y)/2; -y + yhat; (2*yhat - 2*y)/2; 1*(yhat - y);
        2*E/(yhat - y); -1*(y - yhat); ½*2*(ŷ − y); (yhat^2 - y^2)/(yhat + y); sigmoid(a3) - y;
        0.5*2*(yhat - y)*1""",
    "dyhat/da3": """
        yhat*(1 - yhat); (1 - yhat)*yhat; yhat - yhat^2; -yhat*(yhat - 1); ŷ(1 − ŷ);
        sigmoid(a3)*(1 - sigmoid(a3)); e^-a3/(1 + e^-a3)^2; 1/(2 + e^a3 + e^-a3);
        0.25 - (yhat - 0.5)^2; 1/4 - (½ - ŷ)²; sigmoid(a3)*sigmoid(-a3); yhat/(1 + e^a3);
        exp(-a3)*yhat^2; (1 - tanh(a3/2)^2)/4; 1/(4*cosh(a3/2)^2)""",
    "dE/da3": """
        dE/dyhat * dyhat/da3; (yhat - y)*yhat*(1 - yhat); dE/dyhat*yhat*(1 - yhat);
        (yhat - y)*dyhat/da3; dyhat/da3*(yhat - y); yhat*(1-yhat)*(yhat-y);
        yhat*(yhat - y) - yhat^2*(yhat - y); -(y - yhat)*yhat*(1 - yhat)""",
    "dE/dw5": """
        dE/da3 * z1; z1*dE/da3; dE/dyhat*dyhat/da3*da3/dw5; (yhat - y)*yhat*(1 - yhat)*z1;
        da3/dw5*dE/da3; dE/dyhat * dyhat/dw5; (ŷ−y)·ŷ(1−ŷ)·σ(a1); dE/dw6*z1/z2; dE/dz1*z1/w5""",
    "dE/dz1": """
        dE/da3*w5; w5*dE/da3; (yhat - y)*yhat*(1-yhat)*w5; dE/dyhat*dyhat/dz1; dE/dw5*w5/z1;
        dE/da3*da3/dz1""",
    "dE/dw1": """
        dE/dz1*dz1/da1*da1/dw1; dE/dz1*z1*(1-z1)*x1; dE/da1*x1;
        dE/dyhat*dyhat/da3*da3/dz1*dz1/da1*da1/dw1; x1*w5*z1*(1 - z1)*dE/da3; dE/dw2*x1/x2;
        (yhat-y)*yhat*(1-yhat)*w5*z1*(1-z1)*x1; (yhat-y)*yhat*(1-yhat)*w5*(z1-z1^2)*x1""",
    "dE/dx1": """
        dE/da1*w1 + dE/da2*w3; dE/da2*da2/dx1 + dE/da1*da1/dx1;
        dE/da3*(w5*z1*(1-z1)*w1 + w6*z2*(1-z2)*w3); dE/dz1*dz1/dx1 + dE/dz2*dz2/dx1;
        dE/da3*da3/dx1; dE/da1*da1/dx1 - dE/da2*(-da2/dx1)""",
    "w5'": """
        w5 - alpha*dE/dw5; w5 + alpha*(-dE/dw5); w5 - dE/dw5*alpha; -(alpha*dE/dw5) + w5;
        w5 - alpha * (dE/dw5); w5*1 - alpha*1*dE/dw5""",
}
WORDS = [(left, words.strip()) for left, said in SAME.items() for words in said.split(";")]


def test_there_are_at_least_a_hundred_of_them() -> None:
    assert len(WORDS) >= 100


@pytest.mark.parametrize(("left", "words"), WORDS)
def test_a_right_formula_in_other_words_is_right(left: str, words: str) -> None:
    assert last(f"{NET}{left} = {words}")[0] == "right"


#: Simplified with what is known of the numbers: 0, 1 and numbers put in.
KNOWN = """
x = 0
t = 1
n = 2
w = 0.4
b = 0.3
a = w*x + b
p = sigmoid(a)
E = -(t*ln(p) + (1 - t)*ln(1 - p))
"""


@pytest.mark.parametrize(
    "line",
    [
        "E = -ln(p)",
        "E = -1*ln(p)",
        "E = -t*ln(p)",
        "E = -(ln(p) + 0*ln(1 - p))",
        "E = softplus(-a)",
        "a = b",
        "a = w*0 + b",
        "a = 0.4*x + b",
        "a = 0.4*0 + b",
        "dE/dp = -1/p",
        "dE/dp = -t/p",
        "dE/da = p - 1",
        "dE/da = p - t",
        "dE/db = dE/da",
        "dE/db = dE/da*1",
        "da/dw = x",
        "da/dw = 0",
        "dE/dw = dE/da*x = dE/da*0 = 0",
    ],
)
def test_numbers_may_be_put_in_and_simplified(line: str) -> None:
    assert last(f"{KNOWN}{line}")[0] == "right"


@pytest.mark.parametrize(
    "line",
    [
        "dE/dp = p - 1",
        "dE/da = p",
        "dE/dw = dE/da*b",
        "a = w + b",
        "E = ln(p)",
        "dE/db = p*(1 - p)",
    ],
)
def test_but_not_beyond(line: str) -> None:
    assert last(f"{KNOWN}{line}")[0] == "wrong"


# Rounding: held against nobody.

ROUNDED = """
x = 1.7
w = 0.63
a = x*w = 1.7*0.63 = 1.07
z = tanh(a) = 0.79
y = 0.5
E = (z - y)^2 = (0.79 - 0.5)^2 = 0.08
dE/dz = 2*(z - y) = 2*0.29 = 0.58
dz/da = 1 - z^2 = 1 - 0.79^2 = 0.38
dE/da = dE/dz*dz/da = 0.58*0.38 = 0.22
dE/dw = dE/da*x = 0.22*1.7 = 0.37
w' = w - 0.1*dE/dw = 0.63 - 0.1*0.37 = 0.59
"""


def test_rounding_at_every_step_to_two_places_is_right() -> None:
    report = checked(ROUNDED)
    assert [line.source for line in report.lines if line.verdict not in FINE] == []


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("z1 = 0.59", "right"),  # 0.58977…
        ("z1 = 0.6", "right"),
        ("z1 = 0.58", "wrong"),
        ("z1 ≈ 0.589", "right"),  # less than one unit off in the last place
        ("z1 = 0.589", "wrong"),
        ("z1 ≈ 0.588", "wrong"),
        ("z1 = 1", "wrong"),  # a whole number is exact
        ("dE/dw1 = -0.0", "right"),
        ("a1 = 0.363", "right"),
        ("a1 = 0.3630", "right"),
        ("a1 = 0.3631", "wrong"),
        ("a1 = 363/1000", "right"),
        ("a1 = 0.35(0.42) + (-0.8)(-0.27)", "right"),
        ("a1 = 0.35*0.42 + 0.8*0.27", "right"),  # two signs put together
        ("a1 = 0.147 + 0.216 = 0.363", "right"),
        ("a1 = 0.147 + 0.261 = 0.408", "wrong"),
    ],
)
def test_places_say_how_exact_a_number_is(line: str, verdict: str) -> None:
    assert last(NET + line)[0] == verdict


def test_a_number_may_come_from_rounded_or_from_full_figures() -> None:
    """0.57·0.5 + 0.60·0.6 = 0.645; unrounded, 0.646."""
    head = "z1 = sigmoid(0.3) = 0.57\nz2 = sigmoid(0.4) = 0.60\na = z1*0.5 + z2*0.6 = "
    assert last(head + "0.645")[0] == last(head + "0.646")[0] == "right"
    assert last(head + "0.657")[0] == "wrong"


# What follows.

SLIPPED = NET + "z1 = 0.64\n"  # it is 0.59


@pytest.mark.parametrize(
    "line",
    [
        "a3 = z1*w5 + z2*w6 = 0.2827",
        "a3 = 0.28",
        "dz1/da1 = z1*(1 - z1) = 0.64*(1 - 0.64) = 0.23",
        "dz1/da1 = 0.23",
    ],
)
def test_a_number_that_a_slip_gives_follows(line: str) -> None:
    report = checked(SLIPPED + line)
    assert [report.lines[-2].verdict, report.lines[-1].verdict] == ["wrong", "follows"]
    assert report.lines[-1].follows == ("z1",)


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("0.2419", "right"),  # from the true z1
        ("0.2304", "follows"),  # from 0.64
        ("0.2361", "wrong"),  # from neither
    ],
)
def test_who_goes_on_with_the_right_number_is_right(number: str, verdict: str) -> None:
    assert last(f"{SLIPPED}dz1/da1 = z1*(1 - z1) = {number}")[0] == verdict


def test_a_wrong_formula_is_carried_on_as_a_formula() -> None:
    sheet = NET + "dz1/da1 = a1*(1 - a1)\ndE/dw1 = dE/dz1 * a1*(1 - a1) * x1"
    report = checked(sheet)
    assert [line.verdict for line in report.lines[-2:]] == ["wrong", "follows"]
    assert last(NET + "dE/dw1 = dE/dz1 * a1*(1 - a1) * x1") == (
        "wrong",
        ["derivative-at-input"],
    )


def test_two_slips_one_carried_on_and_one_not() -> None:
    """z1 was written down wrongly and used rightly; z2 the other way round."""
    report = checked(NET + "z1 = 0.64\nz2 = 0.75\na3 = z1*w5 + z2*w6 = 0.1337")
    assert report.lines[-1].verdict == "follows"
    assert report.lines[-1].follows == ("z2",)


# Causes. For every code a line with the slip, and its twin without.

# fmt: off
CASES = [
    ("sign", "dE/dyhat = y - yhat", "dE/dyhat = yhat - y"),
    ("sign", "dE/dyhat = yhat + y", "dE/dyhat = yhat - y"),
    ("sign", "dE/dx1 = dE/da1*w1 - dE/da2*w3", "dE/dx1 = dE/da1*w1 + dE/da2*w3"),
    ("not-this-cost", "dE/dyhat = -1/yhat", "dE/dyhat = yhat - y"),
    ("not-this-cost", "dE/dyhat = (yhat - y)/(yhat*(1 - yhat))", "dE/dyhat = yhat - y"),
    ("constant-factor", "dE/dyhat = 2*(yhat - y)", "dE/dyhat = 2*(yhat - y)/2"),
    ("constant-factor", "dE/dyhat = (yhat - y)/2", "dE/dyhat = (yhat - y)"),
    ("derivative-at-input", "dz1/da1 = a1*(1 - a1)", "dz1/da1 = z1*(1 - z1)"),
    (
        "derivative-of-output",
        "dz1/da1 = sigmoid(z1)*(1 - sigmoid(z1))",
        "dz1/da1 = sigmoid(a1)*(1 - sigmoid(a1))",
    ),
    ("missing-factor", "dE/dw5 = dE/dyhat*da3/dw5", "dE/dw5 = dE/dyhat*dyhat/da3*da3/dw5"),
    ("missing-factor", "dE/dz1 = dE/dyhat*w5", "dE/dz1 = dE/dyhat*dyhat/da3*w5"),
    ("missing-factor", "dE/dw1 = dE/dz1*x1", "dE/dw1 = dE/dz1*dz1/da1*x1"),
    ("missing-factor", "dE/dw1 = dE/dz1*dz1/da1", "dE/dw1 = dE/dz1*dz1/da1*da1/dw1"),
    ("extra-factor", "dE/dw5 = dE/dyhat*dyhat/da3*dyhat/da3*z1", "dE/dw5 = dE/dyhat*dyhat/da3*z1"),
    ("missing-path", "dE/dx1 = dE/da1*da1/dx1", "dE/dx1 = dE/da1*da1/dx1 + dE/da2*da2/dx1"),
    ("missing-path", "dE/dx2 = dE/da2*w4", "dE/dx2 = dE/da2*w4 + dE/da1*w2"),
    ("added-for-multiplied", "dE/dw5 = dE/da3 + da3/dw5", "dE/dw5 = dE/da3*da3/dw5"),
    ("added-for-multiplied", "dE/dx1 = dE/da1*w1*dE/da2*w3", "dE/dx1 = dE/da1*w1+dE/da2*w3"),
    ("swapped-operand", "da3/dw5 = w5", "da3/dw5 = z1"),
    ("swapped-operand", "dE/dz1 = dE/da3*z1", "dE/dz1 = dE/da3*w5"),
    ("wrong-operand", "dE/dw5 = dE/da3*z2", "dE/dw5 = dE/da3*z1"),
    ("wrong-operand", "w6' = w6 - alpha*dE/dw5", "w6' = w6 - alpha*dE/dw6"),
    ("wrong-operand", "z1 = sigmoid(a2)", "z1 = sigmoid(a1)"),
    ("transposed", "dE/dx1 = dE/da1*w1 + dE/da2*w2", "dE/dx1 = dE/da1*w1 + dE/da2*w3"),
    ("transposed", "a1 = x1*w1 + x2*w3", "a1 = x1*w1 + x2*w2"),
    (
        "updated-too-early",
        "w5' = w5 - alpha*dE/dw5\ndE/dz1 = dE/da3*w5'",
        "w5' = w5 - alpha*dE/dw5\ndE/dz1 = dE/da3*w5",
    ),
    ("ascent", "w5' = w5 + alpha*dE/dw5", "w5' = w5 - alpha*dE/dw5"),
    ("no-learning-rate", "w5' = w5 - dE/dw5", "w5' = w5 - alpha*dE/dw5"),
    ("normalised-weights", "dE/dz1 = dE/da3*w5/(w5 + w6)", "dE/dz1 = dE/da3*w5"),
    ("wrong-function", "z1 = tanh(a1)", "z1 = sigmoid(a1)"),
    ("wrong-function", "z1 = log10(0.363) = 0.59", "z1 = sigmoid(0.363) = 0.59"),
    ("arithmetic", "a3 = z1*w5 + z2*w6 = 0.314", "a3 = z1*w5 + z2*w6 = 0.247"),
    ("digits", "a3 = z1*w5 + z2*w6 = 0.0247", "a3 = z1*w5 + z2*w6 = 0.247"),
    ("digits", "yhat = sigmoid(a3) = 0.5164", "yhat = sigmoid(a3) = 0.5614"),
    ("rounded", "z1 = sigmoid(a1) = 0.5897", "z1 = sigmoid(a1) = 0.5898"),
]
# fmt: on


@pytest.mark.parametrize(("code", "slip", "right"), CASES)
def test_each_cause_is_named(code: str, slip: str, right: str) -> None:
    verdict, causes = last(NET + slip)
    assert verdict == "wrong"
    assert causes[0] == code


@pytest.mark.parametrize(("code", "slip", "right"), CASES)
def test_and_silent_without_the_slip(code: str, slip: str, right: str) -> None:
    assert last(NET + right) == ("right", [])


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        ("p = 0.7\nE = -log10(p)\ndE/dp = -1/p", "log-base"),
        ("p = 0.7\nE = -ln(p)\ndE/dp = -1/(p*ln(10))", "log-base"),
        ("p = 0.7\nE = -log10(p) = 0.357", "log-base"),
        ("p = 0.7\nE = -ln(p) = 0.155", "log-base"),
        ("a = 0.5\ns = sin(a) = 0.0087", "degrees"),
        ("a = 0.5\ns = cos(a) = 1.000", "degrees"),
        ("a = 0.5\nz = sigmoid(a) = 0.462", "wrong-function"),
        ("a = 0.5\nz = tanh(a)\ndz/da = a - a^2", "unknown"),
        ("a = 0.5\nz = tanh(a)\ndz/da = z*(1 - z)", "wrong-function"),
        ("a = 0.5\nz = tanh(a)\ndz/da = 1 - a^2", "derivative-at-input"),
        ("x = 3\nw = 0.6\na = x*w\nda/dx = 3", "swapped-operand"),
        ("x = 3\nw = 0.6\na = x*w\nda/dx = -0.6", "sign"),
        ("x = 3\nw = 0.6\na = x/w\nda/dw = x/w^2", "sign"),
        ("x = 3\ny = x^3\ndy/dx = x^2", "constant-factor"),
        ("x = 3\ny = (x^2 + 1)^2\ndy/dx = 2(x^2 + 1)", "missing-factor"),
        ("x = 3\ny = x*x + 4x\ndy/dx = x + 4", "missing-path"),
        ("x = 0.3\nh = sin(x)\ny = h^2\ndy/dx = 2h = 0.591", "missing-factor"),
        ("x = 0.3\ny = 5x + 1 = 25", "digits"),
        # ∂b/∂p is no quantity of this sheet: nobody meant it.
        ("x = 2\nb = 1\np = 3x + b\nE = p^2\ndE/db = dE/dp + dp/db", "added-for-multiplied"),
    ],
)
def test_causes_on_small_sheets(sheet: str, code: str) -> None:
    verdict, causes = last(sheet)
    assert verdict == "wrong"
    assert causes[0] == code


def test_two_slips_at_once() -> None:
    assert last(NET + "dE/dw5 = -dE/dyhat*da3/dw5")[1] == ["sign", "missing-factor"]


def test_an_operand_put_in_wrongly_is_pointed_at() -> None:
    report = checked(NET + "a3 = z1*w5 + z2*w6 = 0.59*0.71 + 0.45*0.38 = 0.59")
    line = report.lines[-1]
    assert (line.verdict, line.causes[0].code) == ("wrong", "sign")


# Unreadable, unchecked, not filled in.


def test_unreadable_lines_have_a_column_and_the_others_are_marked() -> None:
    report = checked("x = 2\ny = 3x +* 1\nz = x + 1 = 3\nw = __import__('os')\nz = 4\n")
    found = [(line.line, line.verdict) for line in report.lines]
    assert found == [(1, "taken"), (2, "unreadable"), (3, "right"), (4, "unreadable"), (5, "wrong")]
    assert report.lines[1].column == 9
    assert report.status == 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("dE/dq = 3", "Nothing defines 'q'"),
        ("x = q", "Nothing defines 'q'"),
        ("r = ln(0)", "log(0.0) is not defined"),
        ("x = ?", "not filled in"),
    ],
)
def test_what_there_is_nothing_to_hold_against(line: str, problem: str) -> None:
    report = checked(f"x = 2\nE = x^2\n{line}")
    assert report.lines[-1].verdict == "unchecked"
    assert problem in report.lines[-1].problem
    assert report.status == 2


def test_a_derivative_that_does_not_exist_is_unchecked() -> None:
    report = checked("x = 0\ny = sqrt(x)\ndy/dx = 5")
    assert report.lines[-1].verdict == "unchecked"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [("a(w + 1) = 9", "unchecked"), ("a(w + 1) = 4*3", "right"), ("2a(w + 1) = 9", "wrong")],
)
def test_a_quantity_before_brackets_on_the_left_may_be_its_value_elsewhere(
    line: str, verdict: str
) -> None:
    assert checked(f"w = 2\na = w^2\n{line}").lines[-1].verdict == verdict


def test_a_derivative_by_what_is_nowhere_below_accuses_nobody() -> None:
    """The line that joins the two may not have been read."""
    report = checked("w = 2\nz = 3w*/2\na = sigmoid(3) = 0.9526\nda/dw = 0.0452*3 = 0.1355")
    assert report.lines[-1].verdict == "unchecked"
    assert "nothing here makes a depend on w" in report.lines[-1].problem


@pytest.mark.parametrize(("line", "verdict"), [("x = dr/dk", "wrong"), ("dr/dk = 0", "right")])
def test_what_does_not_depend_on_it_has_a_derivative_all_the_same(line: str, verdict: str) -> None:
    """The root of 0 has none by what is under it; by anything else it is 0."""
    assert last(f"x = 2\nr = sqrt(0)\nk = 1\n{line}")[0] == verdict


def test_what_is_not_defined_as_a_number_is_wrong() -> None:
    assert last("x = 0.5\ny = ln(x) = ln(-0.5) = -0.69")[0] == "wrong"


def test_blanks_are_unchecked_and_what_stands_beside_them_is_marked() -> None:
    report = checked("x = 3\ny = x^2 = ?\ndy/dx = 3x = ?\ndy/dx = ?")
    assert [line.verdict for line in report.lines] == ["taken", "unchecked", "wrong", "unchecked"]


# Updates.


@pytest.mark.parametrize(
    "rule",
    [
        "w' = w - alpha*dE/dw",
        "w' = w - 0.1*dE/dw",
        "w' = w - dE/dw*alpha",
        "m = 0.9\nv = 0.2\nw' = w - alpha*dE/dw + m*v",  # another rule: a definition
        "lambda = 0.01\nw' = w - alpha*(dE/dw + lambda*w)",
        "w' = w - alpha*dE/dw\ndE'/dw' = ?\nE' = (w'*x)^2\nw'' = w' - alpha*dE'/dw'",
    ],
)
def test_updates_that_are_right(rule: str) -> None:
    report = checked(f"x = 3\nw = 0.5\nalpha = 0.1\nE = (w*x)^2\n{rule}")
    assert {line.verdict for line in report.lines if "?" not in line.source} <= {*FINE}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("w' = w - alpha*dp/dw", "wrong-operand"),  # a step on the way, not the cost
        ("w' = w - alpha*dE/dx", "wrong-operand"),
        ("w' = w + alpha*dE/dw", "ascent"),
        ("w' = w - dE/dw", "no-learning-rate"),
    ],
)
def test_updates_that_are_wrong(rule: str, code: str) -> None:
    verdict, causes = last(f"x = 3\nw = 0.5\nalpha = 0.1\np = w*x\nE = (p - 1)^2\n{rule}")
    assert (verdict, causes[0]) == ("wrong", code)


def test_statements_that_share_a_line_are_told_apart() -> None:
    """By their places: line, column and end, in JSON beside each other."""
    report = checked("x = 2; y = x^2; dy/dx = 2*x = 5")
    lines = json.loads(report.json())["worksheets"][0]["lines"]
    assert [(line["line"], line["column"], line["end"]) for line in lines] == [
        (1, 1, 6),
        (1, 8, 15),
        (1, 17, 32),
    ]
    assert [line["verdict"] for line in lines][-1] == "wrong"


def test_after_a_wrong_update_what_is_right_by_it_follows() -> None:
    sheet = "x = 3\nw = 0.5\nalpha = 0.1\nE = (w*x)^2\nw' = w + alpha*dE/dw = 1.4\n"
    report = checked(sheet + "E' = (w'*x)^2 = 17.64")
    assert [line.verdict for line in report.lines[-2:]] == ["wrong", "follows"]


# The report.


def test_the_report_as_data() -> None:
    report = built_in("office-hours-as-published")
    record = json.loads(report.json())["worksheets"][0]
    assert record["wrong"] == 7
    (line,) = (line for line in record["lines"] if line["line"] == 30)
    assert (line["column"], line["end"]) == (1, 29)
    assert line["source"] == "dz1/da1 = a1*(1 - a1) = 0.21"
    assert line["parts"] == [
        {"line": 30, "column": 11, "end": 22, "source": "a1*(1 - a1)", "verdict": "wrong"},
        {"line": 30, "column": 25, "end": 29, "source": "0.21", "verdict": "wrong"},
    ]
    assert line["causes"][0] == "derivative-at-input"
    assert line["expected"] == pytest.approx(0.24445831169074587, rel=1e-15)
    assert line["working"] == "dz1/da1 = z1*(1 - z1) = 0.57*(1 - 0.57) = 0.24"
    assert "formed from its input" in line["message"]
    assert len(record["lines"]) == sum(
        record[v] for v in ("right", "taken", "follows", "wrong", "unreadable", "unchecked")
    )


def test_right_workings_are_right() -> None:
    """What the report says instead is itself marked right."""
    workings = 0
    for name in builtin.names():
        sheet = builtin.text(name)
        report = built_in(name)
        for record in json.loads(report.json())["worksheets"][0]["lines"]:
            if record["working"] and " if " not in record["working"]:
                assert last(f"{sheet}\n{record['working']}")[0] == "right", record["working"]
                workings += 1
    assert workings >= 7  # for every slip of the published lesson


def test_a_notebook_shows_a_table_with_everything_escaped() -> None:
    shown = checked("x = 2\ny = x <script>\nz = 2x = 5")._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "✗" in shown


# Laws.

numbers = st.decimals(min_value="-2", max_value="2", places=2).filter(lambda d: abs(d) > 0.04)


@given(st.lists(numbers, min_size=6, max_size=6), st.integers(2, 6), st.booleans())
def test_a_right_worksheet_is_never_accused(values, places, step_by_step) -> None:
    """A neuron worked out by somebody who rounds at every step, or only what is written."""
    x, w, b, y, v, c = map(float, values)
    known: dict[str, float] = {}

    def said(name: str, formula: str, number: float) -> str:
        shown = f"{number:.{places}f}"
        known[name] = float(shown) if step_by_step else number
        return f"{name} = {formula} = {shown}"

    lines = [f"{n} = {value}" for n, value in zip("xwbyvc", values, strict=True)]
    lines.append(said("a", "w*x + b", w * x + b))
    lines.append(said("h", "tanh(a)", math.tanh(known["a"])))
    lines.append(said("p", "v*h + c", v * known["h"] + c))
    lines.append(said("E", "(p - y)^2", (known["p"] - y) ** 2))
    lines.append(said("Ep", "2*(p - y)", 2 * (known["p"] - y)).replace("Ep", "dE/dp"))
    lines.append(said("Eh", "dE/dp*v", known["Ep"] * v).replace("Eh", "dE/dh"))
    lines.append(said("ha", "1 - h^2", 1 - known["h"] ** 2).replace("ha", "dh/da"))
    lines.append(said("Ea", "dE/dh*dh/da", known["Eh"] * known["ha"]).replace("Ea", "dE/da"))
    lines.append(said("Ew", "dE/da*x", known["Ea"] * x).replace("Ew", "dE/dw"))
    report = checked("\n".join(lines))
    assert [line.source for line in report.lines if line.verdict not in FINE] == []


@given(st.text(max_size=120))
def test_any_text_is_marked_without_an_exception(text: str) -> None:
    report = checked(f"x = 0.5\ny = x^2\n{text}\ndy/dx = 2x\n")
    json.loads(report.json())
    str(report)


TOKENS = (
    *("x", "y", "a", "w5", "dy/dx", "dE/dw5", "∂y/∂x", "w5'", "=", "=", "=", "+", "-", "*", "/"),
    *("^", "(", ")", "0.5", "2", ".3", "0", "sigmoid", "ln", "log10", "sqrt", "1e300", "1e-300"),
    *("?", "|", "≈", "\n", "\n", "\n"),
)


@given(
    st.lists(
        st.sampled_from(TOKENS),
        max_size=60,
    )
)
def test_any_tokens_are_marked_without_an_exception(tokens: list[str]) -> None:
    report = checked("x = 0.5\nw5 = 2\ny = x^w5\n" + " ".join(tokens))
    json.loads(report.json())
    str(report)


# What a teacher accepts, each a worksheet of lines that are all right.

WORKSHEETS = Path(__file__).parent / "worksheets"


def worksheets(file: str) -> dict[str, str]:
    """The worksheets of a file, by their headings."""
    text = (WORKSHEETS / file).read_text(encoding="utf-8")
    pairs = (part.partition("\n") for part in text.split("\n## ")[1:])
    return {heading: sheet for heading, _, sheet in pairs}


ACCEPTED = worksheets("right.md")
FOLLOWS = worksheets("follows.md")


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_a_teacher_accepts(name: str) -> None:
    report = checked(ACCEPTED[name])
    assert [(line.source, line.verdict) for line in report.lines if line.verdict not in FINE] == []


@pytest.mark.parametrize("name", FOLLOWS)
def test_after_one_slip_the_rest_follows_or_is_right(name: str) -> None:
    report = checked(FOLLOWS[name])
    assert [line.verdict for line in report.lines].count("wrong") == 1


CAUGHT = [
    "x1 = 0\nx2 = 1\ny = 1\nw = 0.6\nz = w*x2 + x1\np = sigmoid(z)\nE = (p-y)^2/2\ndE/dp = p - x2",
    "x2 = 1\ny = 1\nw = 0.6\nz = w*x2\np = sigmoid(z)\nE = (p-y)^2/2\ndz/dw = y",
    "w = 0.6\nz = w*1.5\np = sigmoid(z)\ndp/dz = z*(1 - z)",
    "x = 2\nw = 2\nz = w*x\ndz/dw = w",
    "x = 2\ny = x^2\ndy/dx = x^2",
    "x = 0.3\nbig = 1000000000000\ny = x^2 = 0.08",
    "w = 2\nv = 3\nE = w*v\neta = 0.1\nv' = w - eta*dE/dv",
]


@pytest.mark.parametrize("sheet", CAUGHT)
def test_what_is_right_by_accident_is_caught(sheet: str) -> None:
    assert last(sheet)[0] == "wrong"


def test_a_new_value_for_a_given_is_a_new_version() -> None:
    report = checked("w = 2\neta = 0.1\nE = w^2\nw = w - eta*dE/dw = 1.6\nv = 2w = 3.2")
    assert [line.verdict for line in report.lines[-2:]] == ["right", "right"]
    wrong = checked("w = 2\neta = 0.1\nE = w^2\nw = w + eta*dE/dw = 2.4")
    assert wrong.lines[-1].verdict == "wrong"


def test_marking_is_bounded() -> None:
    """One wrong derivative of a long chain, and many of them."""
    chain = "x0 = 0.5\n" + "\n".join(f"x{n + 1} = sin(x{n})" for n in range(300))
    report = checked(chain + "\n" + "\n".join(f"dx{n}/dx0 = 5" for n in range(1, 301, 75)))
    assert report.counts["wrong"] + report.counts["unchecked"] == 4


def test_a_formula_may_stand_before_its_numbers() -> None:
    report = checked("z = w*x\nw = 2\nx = 3\nz = w*x = 6\ndz/dw = 3")
    assert [line.verdict for line in report.lines] == ["taken"] * 3 + ["right"] * 2


def test_a_name_that_nothing_defines_stands_under_a_derivative() -> None:
    """It has no number, so the line is told and not judged."""
    sheet = Worksheet.parse("a = 0.93\nL = a^2\na' = a - dL/dq*dq/da*0.05 = 0.86\n")
    assert sheet.check().lines[-1].verdict == "unchecked"


# What is built for a check.

RIGHT = """
x = 2
w = 0.35
t = 1
z = w*x = 0.7
p = sigmoid(z) = 0.668
L = (p - t)^2 = 0.110
dL/dw = 2*(p - t)*p*(1 - p)*x
w' = w - 0.1*dL/dw
"""


@pytest.mark.parametrize(
    ("text", "graphs", "copies"),
    [
        (RIGHT, 1, NEAR),
        ("z = w*x + b\np = sigmoid(z)\ndp/dw = p*(1 - p)*x", 1, NEAR),  # names without a number
        (
            "x = 2\ny = relu(x) + 0/(x - 2)^2\nz = x^2\ndz/dx = 2x",
            1,
            NEAR,
        ),  # a line that is not defined
        # Where an update is wrong, what should be is a graph of its own; and so is one in which
        # an updated weight is where what follows starts from.
        # And what is right by accident has one copy, in which it is not.
        (builtin.text("office-hours-as-published"), 3, 2 * NEAR + 3),
        (RIGHT + "z = w'*x\ndz/dx = w'", 2, 2 * NEAR + 1),
    ],
)
def test_a_check_builds_only_copies_that_are_moved(
    text: str, graphs: int, copies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The graph of the worksheet is the one that it was read into."""
    Worksheet.parse(text).check()  # what is made once for all worksheets
    sheet = Worksheet.parse(text)
    made = Counter[str]()
    for kind in (Builder, NamedGraph):
        begin = kind.__init__

        def counted(
            self: Any, *given: Any, kind: type = kind, begin: Any = begin, **known: Any
        ) -> None:
            made[kind.__name__] += 1
            begin(self, *given, **known)

        monkeypatch.setattr(kind, "__init__", counted)
    sheet.check()
    assert made == {"NamedGraph": graphs, "Builder": copies}


def test_numbers_set_in_the_graph_do_not_change_what_the_text_says() -> None:
    sheet = Worksheet.parse(RIGHT)
    sheet.names["x"].data = 5.0
    assert str(sheet.check()) == str(Worksheet.parse(RIGHT).check())


def test_names_set_in_the_graph_do_not_change_what_the_text_says() -> None:
    sheet = Worksheet.parse(RIGHT)
    sheet.names["z"].label = "p"
    assert str(sheet.check()) == str(Worksheet.parse(RIGHT).check())
