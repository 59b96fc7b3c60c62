"""∂h2/∂w with the rest held fixed: right as such, and no total."""

from __future__ import annotations

import pytest

from micrograd_like import Worksheet
from micrograd_like.marking.records import LineMark

SHARES = """
z1 = 0.4; z2 = -1
e1 = e^z1; e2 = e^z2; S = e1 + e2
p1 = e1/S = 0.8022
L = -ln(p1)"""

RECURRENT = """
w = 0.5; h0 = 0.3; x1 = 1; x2 = -1; t = 0.2
h1 = tanh(w*h0 + x1) = 0.8178
h2 = tanh(w*h1 + x2) = -0.5307
L = (h2 - t)^2
dL/dh2 = 2*(h2 - t) = -1.4615"""

SKIP = """
x = 2; w = 0.3; t = 1
a = w*x; s = a + x*a^2
u = s - t
E = u^2"""

SLIGHT = """
x = 2; w = 0.3; t = 1
a = w*x; s = x^2 + 0.0001*a
u = s - t
E = u^2"""

DECAY = """
w = 2; x = 1.5; t = 1; lam = 0.1; eta = 0.1
p = w*x
L = (p - t)^2 + lam*w^2"""


def marked(sheet: str, *lines: str) -> LineMark:
    text = "\n".join([sheet.replace(";", "\n"), *lines])
    return Worksheet.parse(text).check().lines[-1]


#: A derivative, written locally: the worksheet, the line, and what is held fixed.
LOCAL = [
    (SHARES, "dp1/de1 = 1/S = 0.5377", "S"),
    (SHARES, "∂p1/∂e1 = 0.538", "S"),
    (SHARES, "dp1/de1 = (e1/S)/e1", "S"),
    (RECURRENT, "dh2/dw = (1 - h2^2)*h1 = (1 - 0.5307^2)*0.8178 = 0.5874", "h1"),
    (RECURRENT, "∂h2/∂w = (1 - (-0.5307)^2)*0.8178 = 0.587", "h1"),
    (SKIP, "ds/dx = a^2 = 0.36", "a"),
    (SKIP, "∂s/∂x = 0.36", "a"),
    # Of a way so small that the number is that of the total too.
    (SLIGHT, "∂s/∂x = 2*x = 4.0", "a"),
]


@pytest.mark.parametrize(("sheet", "line", "held"), LOCAL)
def test_a_local_derivative_is_right_and_named_so(sheet: str, line: str, held: str) -> None:
    mark = marked(sheet, line)
    assert mark.verdict == "right"
    assert [str(name) for name in mark.held] == [held]
    report = Worksheet.parse("\n".join([sheet.replace(";", "\n"), line])).check()
    assert f"local, {held} held fixed" in str(report)


#: The total derivative of the same sign, and a link with no other way beside it.
TOTAL = [
    (SHARES, "dp1/dS = -e1/S^2"),
    (SHARES, "dp1/de1 = 1/S - e1/S^2"),
    (RECURRENT, "dh2/dw = (1 - h2^2)*(h1 + w*(1 - h1^2)*h0)"),
    (RECURRENT, "dh2/dh1 = (1 - h2^2)*w"),
    (SKIP, "ds/dx = a^2 + (1 + 2*x*a)*w = 1.38"),
    (SLIGHT, "ds/dx = 2*x + 0.0001*w = 4.0"),
]


@pytest.mark.parametrize(("sheet", "line"), TOTAL)
def test_of_a_total_nothing_is_said(sheet: str, line: str) -> None:
    mark = marked(sheet, line)
    assert (mark.verdict, mark.held) == ("right", ())


#: Of a cost, and of a result by a given, the whole is asked for; a wrong number stays wrong.
MISSING = [
    (DECAY, "dL/dw = 2*lam*w"),
    (DECAY, "dL/dw = 2*lam*w = 0.4"),
    ("x = 2; h = x^2; y = x*h", "dy/dx = h"),
    ("x = 2; a = 3; h = a*x; k = h + x", "dk/dx = 1"),
    (SHARES, "dp1/de1 = 1/S = 0.437"),
    (SHARES, "dp1/de1 = 2/S"),
]


@pytest.mark.parametrize(("sheet", "line"), MISSING)
def test_a_path_that_is_forgotten_is_found(sheet: str, line: str) -> None:
    mark = marked(sheet, line)
    assert (mark.verdict, mark.held if line.count("=") < 2 else ()) == ("wrong", ())


def test_of_a_result_either_may_be_meant() -> None:
    """Nothing is computed from p1 here: a doubt, and no accusation."""
    sheet = SHARES.replace("L = -ln(p1)", "")
    mark = marked(sheet, "dp1/de1 = 1/S = 0.5377")
    assert mark.verdict == "unchecked"
    assert "S held fixed" in mark.problem


GIVEN = "dh2/dw = (1 - h2^2)*h1 = 0.587"

#: Lines after local ones: what joins them locally is right, what takes one for the total is not.
AFTER = [
    (RECURRENT, GIVEN, "dL/dw = dL/dh2*dh2/dw = -1.4615*0.587 = -0.858", "wrong"),
    (RECURRENT, GIVEN, "dL/dw = -1.4615*0.587 = -0.858", "wrong"),
    (RECURRENT, GIVEN, "dL/dw = dL/dh2*dh2/dw", "unchecked"),
    (
        RECURRENT,
        GIVEN,
        "dL/dw = dL/dh2*dh2/dw + dL/dh1*dh1/dw",
        "right",
    ),
    (SHARES, "dp1/de1 = 1/S = 0.5377", "dp1/dz1 = dp1/de1*e1 + dp1/dS*e1 = 0.1587", "right"),
    (SHARES, "dp1/de1 = 1/S - e1/S^2 = 0.1064", "dL/de1 = dL/dp1*dp1/de1 = -0.1326", "right"),
    (SKIP, "ds/dx = a^2 = 0.36", "dE/dx = 2*u*(ds/dx + ds/da*w)", "right"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "local", "line", "verdict"), AFTER)
def test_what_goes_on_from_a_local_derivative(
    sheet: str, local: str, line: str, verdict: str
) -> None:
    assert marked(sheet, local).verdict == "right"
    assert marked(sheet, local, line).verdict == verdict


def test_figures_of_a_wrong_local_derivative_are_looked_into() -> None:
    mark = marked(SHARES, "dp1/de1 = 1/S = 1/1.8597 = 0.737")
    assert (mark.verdict, mark.expected) == ("wrong", pytest.approx(0.53772, abs=1e-5))


def test_the_total_stated_later_is_meant_from_there_on() -> None:
    total = "dp1/de1 = 1/S - e1/S^2 = 0.1064"
    line = "dL/de1 = dL/dp1*dp1/de1 = -0.1326"
    assert marked(SHARES, "dp1/de1 = 1/S = 0.5377", total).verdict == "right"
    assert marked(SHARES, "dp1/de1 = 1/S = 0.5377", total, line).verdict == "right"
