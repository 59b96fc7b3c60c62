"""Worksheets in symbols alone: slips of every kind are found and named, right lines are right."""

from __future__ import annotations

import pytest

from micrograd_like import Worksheet

# fmt: off
#: The slip, what stands above it, the line that has it, and the causes of which one comes first.
SLIPS = [
    ("sign chain",
     "z = w*x + b; a = sigmoid(z); L = (y - a)^2", "dL/da = 2*(y - a)", "sign"),
    ("sigma' forgotten",
     "z = w*x + b; a = sigmoid(z); L = (y - a)^2/2; dL/da = a - y",
     "dL/dw = (a - y)*x", "missing-factor"),
    ("input for output",
     "z = w*x + b; a = sigmoid(z)", "da/dz = z*(1 - z)", "derivative-at-input"),
    ("wrong power",
     "u = 3*x + 1; y = u^3", "dy/du = 3*u^3", "power-not-lowered"),
    ("factor 2 missing",
     "e = p - t; L = e^2", "dL/de = e", "missing-factor constant-factor"),
    ("wrong index",
     "a1 = w11*x1 + w12*x2; a2 = w21*x1 + w22*x2", "da1/dw12 = x1", "wrong-operand"),
    ("transposed names",
     "a1 = w11*x1 + w12*x2; a2 = w21*x1 + w22*x2; E = a1*a2",
     "dE/dx2 = a2*w21 + a1*w22", "transposed"),
    ("path missing",
     "h = tanh(w*x); y1 = a*h; y2 = b*h; L = y1*y2",
     "dL/dh = y2*a", "missing-path constant-factor"),
    ("product rule",
     "y = x^2*sin(x)", "dy/dx = 2*x*cos(x)", "product-of-derivatives"),
    ("quotient",
     "y = u/v", "dy/dv = u/v^2", "sign"),
    ("inner derivative missing",
     "y = sin(3*x)", "dy/dx = cos(3*x)", "missing-factor constant-factor"),
    ("exp power rule",
     "y = e^x", "dy/dx = x*e^(x-1)", "power-rule-misused"),
    ("ln",
     "y = ln(u)", "dy/du = ln(u)", "not-differentiated"),
    ("tanh",
     "h = tanh(a)", "dh/da = 1 - a^2", "derivative-at-input"),
    ("tanh no square",
     "h = tanh(a)", "dh/da = 1 - h", "exponent"),
    ("update uphill",
     "L = (w*x - t)^2", "w' = w + eta*dL/dw", "ascent"),
    ("update without sigma",
     "z = w*x + b; o = sigmoid(z); E = (t - o)^2/2", "w' = w - eta*(o - t)*x", "missing-factor"),
    ("cross entropy sign",
     "p = sigmoid(z); L = -(y*ln(p) + (1 - y)*ln(1 - p))", "dL/dz = y - p", "sign"),
    ("chain upside down",
     "y = u^2; u = 3*x", "dy/dx = dy/du*dx/du", "upside-down"),
    ("sum for product",
     "y = f*g; f = sin(x); g = x^2", "dy/dx = dy/df*df/dx*dy/dg*dg/dx", "added-for-multiplied"),
    ("constant kept",
     "y = x^2 + c", "dy/dx = 2*x + c", "constant-kept"),
    ("other variable",
     "f = x^2*y", "df/dy = 2*x*y", "other-variable"),
    ("extra factor",
     "z = w*x + b; E = z^2", "dE/db = 2*z*x", "extra-factor"),
    ("LSTM path",
     "c = f*c0 + i*g; h = o*tanh(c)", "dh/df = o*(1 - tanh(c)^2)*i", "wrong-operand"),
    ("batch mean",
     "L = (e1^2 + e2^2)/2", "dL/de1 = 2*e1", "constant-factor"),
    ("batchnorm",
     "m = (a + b)/2; v = ((a - m)^2 + (b - m)^2)/2", "dm/da = 1", "constant-factor"),
    ("second derivative",
     "y = x^3", "d2y/dx2 = 3*x", "constant-factor"),
    ("softmax sign",
     "p1 = e^z1/(e^z1 + e^z2); p2 = e^z2/(e^z1 + e^z2)", "dp1/dz2 = p1*p2", "sign"),
    ("sqrt",
     "y = sqrt(u)", "dy/du = 1/sqrt(u)", "constant-factor"),
    ("weights swapped in backward",
     "a = w1*x; h = tanh(a); o = w2*h; E = (o - t)^2/2",
     "dE/da = (o - t)*w1*(1 - h^2)", "wrong-operand"),
    ("momentum of residual",
     "y = h + x; h = w*x", "dy/dx = w", "missing-path"),
    ("log base",
     "y = log10(x)", "dy/dx = 1/x", "log-base"),
    ("degrees of poly",
     "y = 5*x^4", "dy/dx = 5*x^3", "missing-factor constant-factor"),
]
#: The same kinds as they should be, in the notations that people use.
RIGHT = [
    "z = w*x + b; a = sigmoid(z); L = (y - a)^2; dL/da = -2*(y - a) = 2*(a - y); "
    "dL/dz = dL/da*a*(1 - a); dL/dw = dL/dz*x; dL/db = dL/dz",
    "z = wx + b; a = σ(z); L = ½(y − a)²; ∂L/∂a = −(y − a); ∂a/∂z = σ(z)(1 − σ(z)); "
    "∂L/∂w = −(y − a)σ(z)(1 − σ(z))x",
    "f(x) = x^2*sin(x); f'(x) = 2x sin(x) + x^2 cos(x)",
    "y = e^(-x^2); y' = -2x e^(-x^2)",
    "u = 3x + 1; y = u^3; dy/du = 3u^2; du/dx = 3; dy/dx = dy/du * du/dx = 3u^2 * 3 = 9(3x + 1)^2",
    "h = tanh(a); dh/da = 1 - h^2 = 1 - tanh^2(a) = 1/cosh(a)^2",
    "p = 1/(1 + exp(-z)); L = -(y*ln(p) + (1 - y)*ln(1 - p)); "
    "dL/dp = -y/p + (1 - y)/(1 - p) = (p - y)/(p*(1 - p)); dL/dz = p - y",
    "a1 = w11*x1 + w12*x2 + b1; h1 = max(0, a1); o = v1*h1; E = (o - t)^2/2; dE/do = o - t; "
    "dE/dv1 = (o - t)*h1; dE/dh1 = (o - t)*v1",
    "f = x^2*y + y^3; ∂f/∂x = 2xy; ∂f/∂y = x^2 + 3y^2; ∂²f/∂x∂y = 2x",
    "y = u/v; dy/du = 1/v; dy/dv = -u/v^2 = -y/v",
    "L = (w*x - t)^2; dL/dw = 2(w*x - t)x; w' = w - η dL/dw = w - 2η(w*x - t)*x",
    "c = f*c0 + i*g; h = o*tanh(c); dh/do = tanh(c); dh/dc = o*(1 - tanh(c)^2); "
    "dh/df = dh/dc*c0; dh/di = dh/dc*g",
    "s = e1 + e2; p1 = e1/s; e1 = exp(z1); e2 = exp(z2); dp1/dz1 = p1*(1 - p1); "
    "dp1/dz2 = -p1*(e2/s)",
    "m = (a + b + c)/3; dm/da = 1/3; v = ((a - m)^2 + (b - m)^2 + (c - m)^2)/3; "
    "dv/da = 2*(a - m)/3",
    "y = ln(x^2 + 1); dy/dx = 2x/(x^2 + 1)",
    "y = sqrt(x^2 + 1); dy/dx = x/sqrt(x^2 + 1) = x/y",
    "y = log2(x); dy/dx = 1/(x ln 2)",
    "y = 2^x; dy/dx = 2^x ln 2",
    "y = a^x; dy/dx = a^x*ln(a)",
    "y = x^n; dy/dx = n*x^(n-1)",
    "E = -q*ln(p); q = 1 - p; dE/dp = ln(p) - q/p",
    "y = h + x; h = w*x; dy/dx = w + 1",
    "δ = (o − t)·o·(1 − o); o = σ(net); net = w·h; E = ½(o − t)²; ∂E/∂w = δ·h",
    "y = relu(z); z = w*x; L = y^2; dL/dy = 2y; dL/dz = 2y * (z > 0)",
    "T = 2*pi*sqrt(l/g); dT/dl = pi/sqrt(l*g); dT/dg = -pi*sqrt(l)/g^(3/2)",
    "K = m*v^2/2; dK/dv = m*v; dK/dm = v^2/2",
    "y = sin(x)*cos(x); dy/dx = cos(x)^2 - sin(x)^2 = cos(2x)",
    "y = (x - 1)/(x + 1); dy/dx = 2/(x + 1)^2",
    "L = -log(p); p = e^a/(e^a + e^b); dL/da = p - 1; dL/db = 1 - p",
    "y = x*w^T; E = (y - t)^2",
    "z1 = w1*x; a1 = tanh(z1); z2 = w2*a1; a2 = tanh(z2); E = (a2 - t)^2; "
    "dE/dw1 = 2*(a2 - t)*(1 - a2^2)*w2*(1 - a1^2)*x",
    "y = |x|; dy/dx = x/|x|",
    "f(x,y) = e^(x*y); f_x = y*e^(x*y); f_y = x*f",
    "dL/dw = dL/dy * dy/dz * dz/dw; L = (y - t)^2; y = sigma(z); z = w x",
    "x = 2; u = 3*x; y = u^2; dy/dx = dy/du*du/dx", "y = x^3; d2y/dx2 = 6*x",
    "y = x^4; d3y/dx3 = 24x", "m = (a + b)/2; dm/da = 1/2",
]
#: What may be meant otherwise: x as a function of u, where u is computed from x.
DOUBTED = [
    ("x = 2; u = 3*x", "dx/du = 1/3"), ("x = 2; u = 3*x", "dx/du = 1/(du/dx)"),
    ("x = 2; u = x^2", "dx/du = 1/(2*x) = 0.25"),
]
#: And what is wrong either way.
EITHER_WAY = [
    ("x = 2; u = 3*x", "dx/du = 3"), ("x = 2; u = x^2", "dx/du = 2*x = 4"),
    ("x = 2; u = 3*x; y = u^2", "dy/dx = dy/du*dx/du"),
]
#: Formulas in pieces, and their derivatives: right, and wrong in a piece that is elsewhere.
PIECES = [
    ("f(x) = x^2 for x < 1, 2x - 1 for x >= 1",
     "f'(x) = 2x for x < 1, 2 for x >= 1", "f'(x) = 2x for x < 1, 3 for x >= 1"),
    ("f(x) = { x if x > 0, 0.1x otherwise }",
     "f'(x) = { 1 if x > 0, 0.1 otherwise }", "f'(x) = { 1 if x > 0, 0.2 otherwise }"),
    ("f(x) = max(0, x)", "f'(x) = 0 for x < 0, 1 for x > 0", "f'(x) = 1 for x < 0, 1 for x > 0"),
    ("f(x) = ln(x) for x > 0, 0 for x <= 0",  # no number on the other side
     "f'(x) = 1/x for x > 0, 0 for x <= 0", "f'(x) = 1/x for x > 0, 1 for x <= 0"),
    ("x = 2; y = relu(x)", "dy/dx = 1 if x > 0 else 0", "dy/dx = 1 if x > 0 else 1"),
    ("x = -2; y = relu(x)", "dy/dx = 1 if x > 0 else 0", "dy/dx = x if x > 0 else 0"),
]
# fmt: on


def sheet(*lines: str) -> str:
    return "\n".join(lines).replace("; ", "\n")


@pytest.mark.parametrize(
    ("above", "line", "causes"), [slip[1:] for slip in SLIPS], ids=[slip[0] for slip in SLIPS]
)
def test_a_slip_in_symbols_is_found_and_named(above: str, line: str, causes: str) -> None:
    *before, last = Worksheet.parse(sheet(above, line)).check().lines
    assert {mark.verdict for mark in before} <= {"right", "taken"}
    assert last.verdict == "wrong"
    assert last.causes[0].code in causes.split()


@pytest.mark.parametrize("right", RIGHT)
def test_right_lines_in_symbols_are_right(right: str) -> None:
    report = Worksheet.parse(sheet(right)).check()
    assert [line.source for line in report.lines if line.verdict not in ("right", "taken")] == []


@pytest.mark.parametrize(("above", "line"), DOUBTED)
def test_the_derivative_of_an_inverse_is_not_accused(above: str, line: str) -> None:
    assert Worksheet.parse(sheet(above, line)).check().lines[-1].verdict == "unchecked"


@pytest.mark.parametrize(("above", "line"), EITHER_WAY)
def test_a_derivative_upside_down_is_wrong_where_it_is_no_inverse(above: str, line: str) -> None:
    assert Worksheet.parse(sheet(above, line)).check().lines[-1].verdict == "wrong"


@pytest.mark.parametrize(("above", "right", "wrong"), PIECES)
def test_every_piece_of_a_formula_is_looked_at(above: str, right: str, wrong: str) -> None:
    assert Worksheet.parse(sheet(above, right)).check().lines[-1].verdict == "right"
    last = Worksheet.parse(sheet(above, wrong)).check().lines[-1]
    assert (last.verdict, last.causes[0].code) == ("wrong", "unknown")
    assert last.contrast is not None
