"""What a wrong line is called: the kinds of slips beyond the examples of the causes' files."""

from __future__ import annotations

import pytest

from micrograd_like import Worksheet
from micrograd_like.formula import Expr
from micrograd_like.marking.records import LineMark
from micrograd_like.notation import plain

CELL = """
x1 = 0.4
x2 = -0.7
wx = 0.6
wh = -0.3
wy = 0.9
t1 = 0.2
t2 = 0.5
h1 = tanh(wx*x1)
o1 = wy*h1
a2 = wx*x2 + wh*h1
h2 = tanh(a2)
o2 = wy*h2
L = ((o1 - t1)^2 + (o2 - t2)^2)/2
"""
WEIGHTS = """
x1 = 0.35
x2 = -0.8
w1 = 0.42
w2 = -0.27
w3 = 0.66
w4 = 0.53
t1 = 0.01
t2 = 0.99
n1 = w1*x1 + w2*x2
n2 = w3*x1 + w4*x2
E = ((n1 - t1)^2 + (n2 - t2)^2)/2
"""
SOFTMAX = """
z1 = 0.4
z2 = 1.1
y1 = 0
y2 = 1
S = exp(z1) + exp(z2)
p1 = exp(z1)/S
p2 = exp(z2)/S
L = -(y1*ln(p1) + y2*ln(p2))
"""
LOGISTIC = """
x = 1.5
beta = 0.4
y = 0.25
f = x*beta
p = sigmoid(f)
u = y*ln(p)
"""
TWO = """
a = 0.8
b = 1.3
h = 0.7
w = 0.5
y0 = sigmoid(w*h)
C = (y0 - 0.3)^2/2
th = tanh(a)
r = 0.4584
x = 0.23
"""
RELU = "x = 0.7\nw = -0.4\nv = 0.9\na = w*x\nb = v*x\nh = relu(a)\nk = relu(b)\nE = (h + k)^2\n"
MAXIMUM = "x = 0.7\nw = -0.4\nb = 0.1\na = w*x + b\nh = max(0, a)\nE = h^2 + 0.36*h\n"
MEAN = """
m = 3
w = 0.8
b = -0.5
y1 = 0.2
y2 = 0.9
y3 = 0.7
e1 = w + b - y1
e2 = 2*w + b - y2
e3 = 3*w + b - y3
J = (e1^2 + e2^2 + e3^2)/(2m)
"""
TERMS = """
w = -1.2
x1 = -1.5
x2 = -1.7
e1 = w*x1 + 0.9
e2 = -1.6 + w*x2
J = (e1^2 + e2*e2)/3
"""
TWO_WAYS = "x = 0.8\na = x^2\nb = exp(a)\nc = a + b\nf = sqrt(c) + cos(c)\n"


DIRECT = "dL/dh1 = wy*(o1 - t1)"
#: A first line in figures, and an error in figures.
PUT_IN = "n1 = w1*x1 + w2*x2 = {} - 0.27*(-0.8)"
ERROR = "E = ((n1 - t1)^2 + (n2 - t2)^2)/2 = ((0.363 - 0.01)^2 + (-0.193 - {})^2)/2"


def last(text: str) -> LineMark:
    return Worksheet.parse(text).check().lines[-1]


def codes(text: str) -> list[str]:
    return [cause.code for cause in last(text).causes]


def piece(expr: Expr | None) -> str:
    return "" if expr is None else plain(expr)


@pytest.mark.parametrize(
    ("sheet", "wrong", "first", "right"),
    [
        # Softmax.
        (SOFTMAX, "dL/dz2 = y2 - p2", "sign", "dL/dz2 = p2 - y2"),
        (SOFTMAX, "dp1/dz1 = p1*(1 - z1)", "derivative-at-input", "dp1/dz1 = p1*(1 - p1)"),
        (SOFTMAX, "dp1/dz1 = z1*(1 - z1)", "derivative-at-input", "dp1/dz1 = p1*(1 - p1)"),
        (SOFTMAX, "dp2/dz1 = p1*p2", "sign", "dp2/dz1 = -p1*p2"),
        # A factor that stands in a power is lost.
        (TWO, "dth/da = 1/cosh(a)", "missing-factor", "dth/da = 1/cosh(a)^2"),
        # An intermediate step more, or fewer.
        (
            CELL,
            f"{DIRECT} + dL/dh2",
            "missing-factor",
            "dL/dh1 = wy*(o1 - t1) + dL/dh2*(1 - h2^2)*wh",
        ),
        (
            CELL,
            f"{DIRECT} + dL/dh2*wh",
            "missing-factor",
            "dL/dh1 = wy*(o1 - t1) + dL/da2*wh",
        ),
        # One quantity in the place of another.
        (WEIGHTS, "dE/dn1 = n1 - t2", "wrong-operand", "dE/dn1 = n1 - t1"),
        (WEIGHTS, "dE/dw2 = dE/dn2*x1", "transposed", "dE/dw2 = dE/dn1*x2"),
        (
            WEIGHTS,
            "dE/dw3 = dE/dn1*dn1/dw3",
            "wrong-operand",
            "dE/dw3 = dE/dn2*dn2/dw3",
        ),
        (
            WEIGHTS,
            ERROR.format("0.01"),
            "wrong-operand",
            ERROR.format("0.99"),
        ),
        (
            WEIGHTS,
            PUT_IN.format("0.42*0.45"),
            "figure-not-given",
            PUT_IN.format("0.42*0.35"),
        ),
        (
            WEIGHTS,
            PUT_IN.format("0.42*0.66"),
            "wrong-operand",
            PUT_IN.format("0.42*0.35"),
        ),
        (
            WEIGHTS,
            PUT_IN.format("0.24*0.35"),
            "digits",
            PUT_IN.format("0.42*0.35"),
        ),
        # Numbers: the point moved, also of a number that was rounded before; a last place.
        (TWO, "s = 2*r = 9.17", "digits", "s = 2*r = 0.917"),
        (TWO, "s = 1*r = 4.580", "digits", "s = 1*r = 0.458"),
        (TWO, "s = tanh(x) = tanh(0.23) = 0.2261", "rounded", "s = tanh(x) = tanh(0.23) = 0.2260"),
        (TWO, "s = tanh(x) = 0.3012", "arithmetic", "s = tanh(x) = 0.2260"),
        # A unit that is off, beside one that is on.
        (RELU, "dh/dw = x", "dead-unit", "dh/dw = 0"),
        (RELU, "dE/dw = 2(h + k)*x", "dead-unit", "dE/dv = 2(h + k)*x"),
        # The same as a maximum, with figures put in: 1 is also the slope of much else here.
        (
            MAXIMUM,
            "dE/da = dE/dh*relu'(a) = 0.36*1 = 0.36",
            "dead-unit",
            "dE/da = dE/dh*relu'(a) = 0.36*0 = 0",
        ),
        # The n of a mean is forgotten, or stands once more.
        (MEAN, "dJ/db = e1 + e2 + e3 = -0.1", "constant-factor", "dJ/db = (e1 + e2 + e3)/3"),
        (MEAN, "dJ/db = (e1 + e2 + e3)/m^2", "mean-counted-twice", "dJ/db = (e1 + e2 + e3)/m"),
        # A sign in figures that go on from figures.
        (
            TERMS,
            "dJ/dw = 5.4/3*(-1.5) + (0.88/3*(-1.7)) = -2.7 + (0.29333*(1.7))",
            "sign",
            "dJ/dw = 5.4/3*(-1.5) + (0.88/3*(-1.7)) = -2.7 + (0.29333*(-1.7))",
        ),
        # A term's sign, in a chain rule written with what acts directly.
        (TWO_WAYS, "df/da = -df/db*db/da + df/dc*dc/da", "sign", "df/da = df/dc*(db/da + 1)"),
    ],
)
def test_a_slip_is_named_and_its_twin_is_right(
    sheet: str, wrong: str, first: str, right: str
) -> None:
    assert (last(sheet + wrong).verdict, codes(sheet + wrong)[:1]) == ("wrong", [first])
    assert last(sheet + right).verdict == "right"


@pytest.mark.parametrize(
    ("sheet", "wrong", "meant"),
    [
        (TWO, "dC/dw = (y0 - 0.3)*h", "y0*(1 - y0)"),
        (CELL, f"{DIRECT} + dL/dh2*wh", "dh2/da2"),
        (CELL, f"{DIRECT} + dL/dh2", "dh2/da2*(da2/dh1)"),
        (WEIGHTS, "dE/dw3 = dE/dn2*dn2/dw1", "dn2/dw3"),
        (WEIGHTS, "dE/dw3 = dE/dn2*dn1/dw3", "dn2/dw3"),
    ],
)
def test_the_piece_that_is_named_is_the_one_that_belongs_there(
    sheet: str, wrong: str, meant: str
) -> None:
    assert piece(last(sheet + wrong).causes[0].meant) == meant


@pytest.mark.parametrize(
    ("sheet", "wrong", "both"),
    [
        (LOGISTIC, "du/dbeta = y*p*(1 - p)", {"missing-factor"}),
        (LOGISTIC, "du/dbeta = -y*(1 - p)", {"sign", "missing-factor"}),
        (CELL, "dL/dh1 = -wy*(o1 - t1) + dL/dh2*wh", {"sign", "missing-factor"}),
        (WEIGHTS, "dE/dx1 = -(n1 - t1)*w1", {"sign", "missing-path"}),
    ],
)
def test_two_slips_are_two_causes(sheet: str, wrong: str, both: set[str]) -> None:
    causes = last(sheet + wrong).causes
    assert len(causes) == 2
    assert {cause.code for cause in causes} == both


def test_a_slip_made_in_one_term_is_named_once() -> None:
    sheet = "u = 1.3\nv = 0.4\nL = (u*v)^2 + (u - v)^2\ndL/du = "
    (cause,) = last(f"{sheet}4*u*v^2 + 2*(u - v)").causes
    assert (cause.code, cause.together) == ("constant-factor", False)


@pytest.mark.parametrize(
    ("sheet", "wrong"),
    [
        (WEIGHTS, "dE/dn1 = n1 - t2"),
        (WEIGHTS, "dE/dw3 = dE/dn2*dn2/dw1"),
        (CELL, f"{DIRECT} + dL/dh2*wh"),
        (SOFTMAX, "dp1/dz1 = p1*(1 - z1)"),
    ],
)
def test_an_unrelated_line_below_changes_no_cause(sheet: str, wrong: str) -> None:
    alone = last(sheet + wrong)
    for below in ("q1 = 0.99", "q = 3\nk = q^2\ndk/dq = 5q", "zz = 0.01\nE9 = zz*2\ndE9/dzz = 7"):
        report = Worksheet.parse(f"{sheet}{wrong}\n{below}\n").check()
        (line,) = [line for line in report.lines if line.source == alone.source]
        assert line == alone
