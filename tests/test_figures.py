"""Figures put in: rounding is carried along a line once, and what is exact stays exact."""

from __future__ import annotations

import pytest

from micrograd_like import Worksheet
from micrograd_like.formula import Name, quantities

# fmt: off
RIGHT = [
    # Each part may be worked out from the figures of the part before it.
    "p = 0.3698; T = cos(0.5/p) = cos(0.5/0.37) = cos(1.3514) = 0.22",
    "u = 0.8687; a = -7; lr = 0.1; b = a - lr*u = -7 - 0.1*0.87 = -7 - 0.0870 = -7.0870",
    "a = 0.67 + 0.67 = 1.34; m = -1; c = (0.67 + 0.67)*m = 1.34*(-1) = -1.34",
    "w = 0.41; x = 2.76; h = sigmoid(w*x) = sigmoid(0.41*2.8) = sigmoid(1.148) = 0.76",
    "s = tanh(0.7) = 0.6044; v = 1.3; y = (s - v)^2 = (0.6 - 1.3)^2 = (-0.7)^2 = 0.49",
    "k = 1/3; y = k*k + k = 0.333*0.333 + 0.333 = 0.110889 + 0.333 = 0.443889",
    "y = 1; z = -0.03; p = sigmoid(z) = 0.4925; E = (y - p)^2/2; "
    "dE/dy = 0.5*2*(-(-1*y - (-1*p))) = -0.5*2*(-1 - (-0.493)) = 0.507",
    "k = 0.1; u = sigmoid(0.3) = 0.57444; y = 1 - k*(-(u - 0.01)) = 1 - (-0.1*(0.5744 - 0.01))"
    " = 1.05644",
    "a = -0.9; b = 0.3; c = -1.1; e = a/b = 3.33*(-0.9) = -2.997; g = e + c = -4.097 = -4.1;"
    "L = g^2; dL/dg = g + g = -4.097 - 4.097 = -8.194",
    "z = -1.44; e = exp(z) = 0.23692776 = 0.2369; g = 3*e = 0.7107", # from the rougher
    "z = -1.5; k = 1; s = exp(z) = 0.22313016 ≈ 0.22; c = s*k = 0.22313016 = 0.223130",
    "z = -1.5; k = 2; s = exp(z) = 0.22313 = 0.22; c = s*k = 0.44626 = 0.446",
    "z = -1.44; e = exp(z) = 0.23692776 = 0.2369; g = 3*e = 0.71078328", # or the finer
    "a = -1.39; b = -0.47; c = 0.56; e = a*b = 0.6533; g = e*c = 0.65*0.56 = 0.364",
    # Of names without a number: figures of their own, and what those give.
    "E = (y - t)^2; E = (0.7 - 1)^2 = 0.09",
    "E = (y - t)^2; dE/dy = 2*(y - t) = 2*(0.7 - 1) = -0.6",
    # Operands put together, and taken apart, in another order.
    "v = 0.6; v = 0.6 - 0.5*(-0.066)*0.57; v = 0.619; y = 2*v = 1.2",
    "a = 2; w = 0.3; d = a*5; y = d*w = 2*5*0.3 = 3", "a = 2; b = 3; c = 4; y = a*b*c = 6*4 = 24",
    "a = 2.5; b = 3; c = 4; y = a + b - c = 5.5 - 4 = 1.5",
    "a = 2; b = 3; y = b*a + 1 = 2*3 + 1 = 7",
    "a = 2; b = 3; c = 0.5; y = a - b + c = 0.5 + 2 - 3 = -0.5",
    # A figure with few digits for a quantity that has been stated with more.
    "u = sigmoid(0.3) = 0.5744; v = tanh(1) = 0.7616; z = u*v = 0.5744*0.7616 = 0.4375",
    "u = sigmoid(0.3) = 0.5744; z = 3*u = 3*0.57 = 1.71",
    "w = 0.951; b = -0.463; x = -1.531; t = -0.185; e = w*x + b - t ="
    "-(-(w*x + b) + t) = -(-(0.951*(-1.531) - 0.463) - 0.18) = -1.733981",
    # A given with few digits, though another given is just that.
    # An update in figures, whose result stands on a line of its own.
    "v = 0.6; v = 0.6 - 0.5*(-0.066)*0.57; v = 0.619; y = 2*v = 1.238",
    "w = -1.46; t = -1.5; y = w - 0.2 = -1.5 - 0.2 = -1.7",
    "w = 0.347; v = 0.35; y = 3*w = 3*0.35 = 1.05", "w = 0.347; v = 0.3; y = 3*w = 3*0.3 = 0.9",
    # After ≈ a whole unit, and the zeros at the end of a whole number are rounded away.
    "x = 54.0003; y = x ≈ 50", "q = 60009; z = q ≈ 6*10^4", "c = 299792458; d = c ≈ 3*10^8",
    "a = 41.3; b = a ≈ 40", "a = 1204; b = a ≈ 1200", "a = 0.999; b = a ≈ 1",
    # Figures that stand for what has been rounded, where no formula stands beside them.
    "s = exp(-0.862) = 0.422; t = exp(-1.862) = 0.155; c = 0.422*1 + 0.155*0 + 0.422*1 = 0.845",
    "p = sigmoid(1.4) = 0.802; L = -ln(0.802) = 0.221",
    "x = 0.862; s = exp(-x); c = 0.422*2 = 0.845",
    # One that stands for a part of the formula is a rounding of it, though a given is just that.
    "x = 0.5; b = 0.31; c = 0.16; y = 2*(x*b) = 2*0.16 = 0.31",
    # Where floats cancel.
    "y = 100000001^2 - 100000000^2 = 200000001", "y = 1.0000001^2 - 1 = 0.00000020000001",
    "a = 100000001; b = 100000000; q = a^2 - b^2 = 200000001",
    "x = 3; h = 1e-8; q = ((x + h)^2 - x^2)/h = 6.00000001",
    "p = 0.999999; q = 1/(1 - p) = 1000000",
    "x = 1.0000001; q = 1/(x - 1) = 10000000", "x = 0.1; y = 0.2; u = x + y - 0.3 = 0",
    "s = 2.5e-17; r = cos(s); dr/ds = -cos(pi/2 - s) = -cos(pi/2 - 2.5e-17) = -2.5e-17",
    "x = 1e-9; y = (1 - cos(x))/x^2 = 0.5", "x = 3; e1 = 1e-12; q = (x + e1) - x = 1e-12",
    # A result whose formula is left out is rounded: a long number, or one below what is computed.
    "t = 0.01; o = 0.75136507; y = (t - o)^2/2 = (0.01 - 0.75136507)^2/2 = 0.274811083",
    "x = 2; z = 3*x = 6; u = 0.667; y = 100*u = 66.66",
    # Very small and very large numbers.
    "q1 = 2e-3; q2 = -2.3e-3; r = 1e4; F = q1*q2/r^2 = -4.6*10^(-14)",
    "m = 5.972e24; G = 6.674e-11; g = G*m/6371000^2 = 9.82",
]
WRONG = [
    "t = 0.01; o = 0.75136507; y = (t - o)^2/2 = (0.01 - 0.75136507)^2/2 = 0.274811093",
    "u = 0.667; y = 100*u = 66.66", "x = 2; z = 3*x = 6; u = 0.5; y = 3*u = 1.52",
    "x = 2; z = 3*x = 6; u = 0.667; y = 100*u = 66.78",
    # What is given stays exact, however it is written out.
    "a = 2; w = 0.3; d = a*5; y = d*w = 2*5*0.3 = 3.4",
    "a = 2; w = 0.3; d = a*5 = 10; y = d*w + 1 = 2*5*0.3 + 1 = 4.4",
    "w = 0.5; x = 1.5; y = w*x = 0.5*1.5 = 0.79", "a = 0.2; b = 0.7; y = a*b = 0.2*0.7 = 0.18",
    "a = 0.5; b = 1.5; y = a*b = 0.5*1.2 = 0.6", "a = 0.5; b = 1.5; y = a + b = 0.4 + 1.5 = 1.9",
    "a = sigmoid(0.1) = 0.525; w = 0.3; d = 0.04*2; y = d*a*w = 0.08*0.5*0.29 = 0.0116",
    "x = 0.35; w = 0.3; u = sigmoid(0.1) = 0.525; d = tanh(0.04) = 0.04; E = d*u*w*x;"
    "dE/dx = d*u*w = 0.04*0.525*0.2952 = 0.0062",
    # It is exact where that part comes to just it.
    "x = 0.5; b = 0.3; c = 0.15; y = x*b + c = 0.15 + 0.15 = 0.304",
    # A part that the part before does not give.
    "p = 0.3698; T = cos(0.5/p) = cos(0.5/0.37) = cos(1.45) = 0.12",
    "w = 0.41; x = 2.76; h = sigmoid(w*x) = sigmoid(0.41*2.8) = sigmoid(1.3) = 0.79",
    "a = 2.5; b = 3; c = 4; y = a + b - c = 5.7 - 4 = 1.7",
    "a = 2; b = 3; c = 4; y = a*b*c = 7*4 = 28",
    "E = (y - t)^2; E = (0.7 - 1)^2 = 0.08",
    "E = (y - t)^2; dE/dy = 2*(y - t) = 2*(0.7 - 1) = -0.8",
    # A number behind a number rounds it, whatever else is known more roughly.
    "z = -1.5; k = 1; s = exp(z) = 0.22313016 ≈ 0.22; c = s*k = 0.22313016 = 0.222130",
    "z = -1.5; k = 2; s = exp(z) = 0.22313 = 0.22; c = s*k = 0.44626 = 0.4426",
    # A tolerance is counted once.
    "u = sigmoid(0.3) = 0.5744; v = tanh(1) = 0.7616; z = u*v = 0.5744*0.7616 = 0.4379",
    "a = 0.23692776; b = 0.538099; c = a*b = 0.23692776*0.538099 = 0.12749036",
    "u = -2.244; v = 0.622; z = u*v = -2.244*0.622 = -1.394",
    # Another given, of which this one is no rounding.
    "w = -1.46; t = -1.5; y = t - 0.2 = -1.46 - 0.2 = -1.66",
    "w = 0.344; v = 0.35; y = 3*w = 3*0.35 = 1.05",
    "a = -1.39; b = -0.47; c = 0.56; e = a*b = 0.6533; g = e*c = 0.365858",
    "z = -1.44; e = exp(z) = 0.23692776 = 0.236928; g = 3*e = 0.710782",
    # Figures that stand for nothing are what they are, and those of givens are exact.
    "x = 0.23; y = tanh(0.23) = 0.2261", "x = 0.5; w = 3; y = 0.5*3 + 0.5 = 2.1",
    "y = 100000001^2 - 100000000^2 = 200000000", "y = 1.0000001^2 - 1 = 0.00000021",
    "z = 0.5*2 = 1.04", "c = 0.422*1 + 0.155*0 + 0.422*1 = 0.845",
    "s = exp(-0.862) = 0.422; c = 0.422*1 + 0.422*1 = 0.847",
    # After ≈.
    "a = 41.3; b = a ≈ 30", "c = 299792458; d = c ≈ 4.2*10^8", "x = 54.0003; y = x ≈ 53",
    # Where floats cancel, and where they are very small.
    "a = 100000001; b = 100000000; q = a^2 - b^2 = 200000000",
    "x = 3; h = 1e-8; q = ((x + h)^2 - x^2)/h = 6.00000004",
    "p = 0.999999; q = 1/(1 - p) = 1000001",
    "q1 = 2e-3; q2 = -2.3e-3; r = 1e4; F = q1*q2/r^2 = 4.6*10^(-14)",
    "q1 = 2e-3; q2 = -2.3e-3; r = 1e4; F = q1*q2/r^2; dF/dq1 = q1/r^2",
    "q1 = 2e-3; q2 = -2.3e-3; r = 1e4; F = q1*q2/r^2; dF/dr = 2*q1*q2/r^3",
]
# fmt: on


@pytest.mark.parametrize("sheet", RIGHT)
def test_an_honest_figure_is_right(sheet: str) -> None:
    report = Worksheet.parse(sheet.replace(";", "\n")).check()
    assert [line.source for line in report.lines if line.verdict not in ("right", "taken")] == []


@pytest.mark.parametrize("sheet", WRONG)
def test_another_figure_is_wrong(sheet: str) -> None:
    *above, last = Worksheet.parse(sheet.replace(";", "\n")).check().lines
    assert {line.verdict for line in above} <= {"right", "taken"}
    assert last.verdict == "wrong"


# fmt: off
GIVES = [
    ("u = -2.2438; v = 0.62156; a = u*1 = -2.244; b = v*1 = 0.622; "
     "c = a*b = -2.244*0.622 = -1.394", "−1.396"),
    ("a = tanh(-2) = -0.964; b = exp(-0.4748) = 0.622; d = a*b = -0.964*0.622 = -0.5998",
     "−0.5996"),
    ("u = sigmoid(0.3) = 0.57; z = 3*u = 3*0.57 = 1.70", "1.71"),
    ("u = sigmoid(0.3) = 0.57; E = u^2; dE/du = 2*u = 2*0.57 = 1.15", ""),  # it is the true one
    ("u = sigmoid(0.3) = 0.57; z = 3*u = 3*0.57 = 1.71", ""), ("x = 2; y = 3*x = 3*2 = 6", ""),
    ("x = 2; y = 3*x = 3*2 ≈ 6.0", ""), ("u = sigmoid(0.3) = 0.57; z = 3*u = 1.72", ""),
]
# fmt: on


@pytest.mark.parametrize(("sheet", "given"), GIVES)
def test_a_number_that_rounding_alone_allows_is_right_with_a_remark(sheet: str, given: str) -> None:
    record = Worksheet.parse(sheet.replace(";", "\n")).check().record()["lines"][-1]
    assert record["verdict"] == "right"
    assert record["message"].partition("these figures give ")[2].rstrip(".") == given


@pytest.mark.parametrize(
    ("given", "names"),
    [("0.7", []), ("0.69", ["x"]), ("0.686", ["x"]), ("0.6860", ["x"]), ("0.687", [])],
)
def test_a_figure_with_more_digits_than_a_number_may_be_it_unless_it_has_one(
    given: str, names: list[str]
) -> None:
    """0.69 may be 0.6860 cut short; 0.7 is near too many numbers to be any of them."""
    sheet = Worksheet.parse(f"x = {given}\no = sigmoid(0.6860) = 0.6651")
    assert [*quantities(sheet.formulas[Name("o")])] == names
