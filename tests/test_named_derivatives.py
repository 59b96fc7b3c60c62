"""Names that say which derivative they are: right as that, wrong where nothing else is meant."""

from __future__ import annotations

import pytest

from micrograd_like import Worksheet

COST = "w = 2\nx = 3\nL = (w*x - 1)^2\n"
UNIT = "w = 2; x = 3; b = 1; y = 1; z = w*x + b; a = sigmoid(z)\n".replace("; ", "\n")
ENTROPY = UNIT + "L = -(y*ln(a) + (1-y)*ln(1-a))\n"
SQUARES = UNIT + "L = (a - y)^2\n"

#: Two layers, and what δ is of the last.
DEEP = (
    "x = 3\nw1 = 0.2\nw2 = -0.3\ny = 1\nz1 = w1*x\nh1 = sigmoid(z1)\nz2 = w2*h1\nh2 = sigmoid(z2)\n"
    "L = (h2 - y)^2\n"
)
DELTA = DEEP + "δ2 = 2(h2 - y)h2(1 - h2)\n"

PARTS = "u = x^2\nv = sin(x)\ny = u*v\nu' = 2x\nv' = cos(x)\n"

# fmt: off
RIGHT = [
    # The gradient of the cost, under the names that programs and courses give it.
    (COST, "dw = 2*(w*x - 1)*x"), (COST, "grad_w = 2*x*(w*x - 1) = 30"),
    (COST, "w_grad = 2*(w*x - 1)*x"), (ENTROPY, "dz = a - y"), (ENTROPY, "dz = a - y\ndw = dz*x"),
    (ENTROPY, "dz = a - y\ndb = dz"), (SQUARES, "da = 2*(a - y)\ndz = da*a*(1 - a)\ndw = dz*x"),
    (COST, "dL = 2*(w*x - 1)*x\ndw = dL/dw"),
    # Of a result that nothing differentiates.
    ("w = 2\nx = 3\ny = w*x\n", "dw = x"), ("w = 2\nx = 3\ny = w*x\n", "dx = w = 2"),
    # In Lagrange's way, with a number or without, once and twice.
    ("y = x^2\n", "y' = 2x"), ("x = 2\ny = x^2\n", "y' = 2x = 4"),
    ("y = x^3\ny' = 3x^2\n", "y'' = 6x"),
    ("x = 2\ns = sigmoid(x)\n", "s' = s*(1 - s)"),
    (PARTS, "y' = u'*v + u*v'"),
    # A δ is meant as the others are.
    (DELTA, "δ1 = δ2*w2*h1*(1 - h1)"), (DELTA, "δ1 = δ2*w2"),
]
WRONG = [
    # A slip in the derivative leads to just this.
    (COST, "dw = 2*(w*x - 1)", "missing-factor"),
    (COST, "grad_w = 2*(w*x - 1) = 10", "missing-factor"),
    (SQUARES, "dz = 2*(a - y)", "missing-factor"),
    (SQUARES, "dw = 2*(a - y)*z*(1 - z)*x", "derivative-at-input"),
    # Another name of the worksheet settles what is meant.
    (ENTROPY, "dz = a - y\ndw = dz*x\ndb = dz*w", "extra-factor"),
    (ENTROPY, "dz = a - y\ndw = -dz*x", "sign"),
    (SQUARES, "da = 2*(a - y)\ndb = -da*a*(1 - a)", "sign"),
    # Nothing goes on from it, and it is no other quantity.
    ("y = x^2\n", "y' = 3x", "unknown"), ("x = 2\ny = x^2\n", "y' = 3x = 6", "unknown"),
    ("x = 2\ns = sigmoid(x)\n", "s' = x*(1 - x)", "derivative-at-input"),
    (PARTS, "y' = u'*v'", "product-of-derivatives"),
    (DELTA, "δ1 = δ2*w2*(1 - h1)", "missing-factor"), (DELTA, "δ1 = -δ2*w2*h1*(1 - h1)", "sign"),
    # As it is calculated.
    (COST, "dw = 2*(w*x - 1)*x = 31", "arithmetic"),
]
UNCHECKED = [
    # A step, half the gradient, the error the other way round: names may be used so.
    (COST, "dw = -0.1*dL/dw"), (COST, "dw = (w*x - 1)*x"), (SQUARES, "da = 2*(y - a)"),
    # A derivative of something on the way.
    (SQUARES, "dz = a*(1 - a)"), ("w = 2\nx = 3\ny = w*x\nL = (y - 1)^2\n", "dw = x"),
    ("x = 2\ny = x^2\n", "y' = x^2 + 1\nE = (y - y')^2"),
]
#: They say of no derivative, or are what their place in an update makes of them.
OTHERS = [
    # Nothing says of what these are the derivatives.
    (DEEP, "δ1 = w2*(1 - h1)"), (DEEP, "δ2 = (y - h2)*h2*(1 - h2)\nδ1 = δ2*w2*(1 - h1)"),
    (COST, "dw = -0.1*dL/dw\nw' = w + dw"),
    ("w = 2\nx = 3\neta = 0.1\nL = (w*x - 1)^2\n", "dw = -eta*dL/dw"),
    (COST, "dx = 0.001"), ("t1 = 3\nt2 = 5\nt = 2\n", "dt = t2 - t1"), (COST, "dh = 2*w"),
    ("x = 2\ny = x^2\n", "y' = x^2"), ("w = 0.5\nx = 2\nh = w*x\nw' = w - 0.1\n", "h' = w'*x"),
    ("w = 2\nm = 0.9\nv = 1\nE = w^2\nv' = m*v + dE/dw\nw' = w - 0.1*v'\n", "E' = w'^2"),
    ("a = 2\nb = 3\nc = a*b\n", "c' = a + 2*b"),
]
# fmt: on


@pytest.mark.parametrize(("sheet", "line"), RIGHT)
def test_what_is_the_derivative_is_right(sheet: str, line: str) -> None:
    mark = Worksheet.parse(sheet + line).check().lines[-1]
    assert (mark.verdict, "∂" in mark.read_as) == ("right", True)


@pytest.mark.parametrize(("sheet", "line", "code"), WRONG)
def test_what_can_be_meant_as_nothing_else_is_wrong(sheet: str, line: str, code: str) -> None:
    mark = Worksheet.parse(sheet + line).check().lines[-1]
    assert (mark.verdict, mark.causes[0].code) == ("wrong", code)


@pytest.mark.parametrize(("sheet", "line"), UNCHECKED)
def test_what_may_be_something_else_is_unchecked(sheet: str, line: str) -> None:
    marks = Worksheet.parse(sheet + line).check().lines
    assert marks[sheet.count("\n")].verdict == "unchecked"
    assert all(mark.verdict != "wrong" for mark in marks)


@pytest.mark.parametrize(("sheet", "line"), OTHERS)
def test_other_names_are_taken_as_they_stand(sheet: str, line: str) -> None:
    marks = Worksheet.parse(sheet + line).check().lines
    assert {mark.verdict for mark in marks} <= {"taken", "right"}
    assert marks[sheet.count("\n")].verdict == "taken"


def test_a_delta_may_say_what_it_is() -> None:
    marks = Worksheet.parse(DELTA + "δ1 = ∂L/∂h1 = δ2*w2\ndL/dh1 = δ1").check().lines
    assert {mark.verdict for mark in marks} == {"taken", "right"}


def test_what_goes_on_from_a_wrong_one_follows() -> None:
    lines = "grad_w = 2*(w*x - 1) = 10\nw' = w - 0.1*grad_w = 2 - 0.1*10 = 1"
    marks = Worksheet.parse(COST + lines).check().lines
    assert [mark.verdict for mark in marks[-2:]] == ["wrong", "follows"]
