"""Updates: right in whatever factors they are written, wrong where the step is another one."""

from __future__ import annotations

import pytest

from micrograd_like import Worksheet
from micrograd_like.worksheet import builtin

#: A unit with a squared error; its gradient by w is 2·(p − t)·p·(1 − p)·x.
UNIT = """
x = 0.7
t = 0.2
w = 0.5
b = -0.1
lr = 0.3
a = w*x + b
p = sigmoid(a)
E = (p - t)^2
"""
#: Two outputs, each with its error, and nothing that adds them up.
TWO = "x = 0.7\nw = 0.5\nv = -0.4\nlr = 0.3\nh = w*x\nE1 = (h - 1)^2/2\nE2 = (v*h - 2)^2/2\n"
#: A cost added up over three examples.
SUM = "x = 0.7\nw = 0.5\nlr = 0.3\nE = ((w*x - 1)^2 + (2*w*x - 3)^2 + (3*w*x - 4)^2)/2\n"
#: What courses call the delta rule.
DELTA = """
x1 = 0.4
t1 = 1
w11 = 0.3
v1 = 0.6
lr = 0.5
h1 = sigmoid(w11*x1)
o1 = sigmoid(v1*h1)
E = (t1 - o1)^2/2
"""
LINE = "x = 2\nt = 1\nw = 1.5\nE = (w*x - t)^2\n"
LINES = "x = 0.7\nt = 1.3\nw = 0.5\nb = 0.1\nlr = 0.05\nr = w*x + b - t\nE = r^2\n"
LESSON = builtin.text("office-hours").partition("w6'")[0].rpartition("w5'")[0]


def marked(sheet: str, line: str) -> tuple[str, list[str]]:
    """The verdict and the causes of a line below a worksheet."""
    last = Worksheet.parse(sheet + line).check().lines[-1]
    return last.verdict, [cause.code for cause in last.causes]


# fmt: off
RIGHT = [
    # Rate × upstream gradient × input, in any factoring.
    (UNIT, "w' = w - lr*dE/dw"), (UNIT, "w' = w - lr*dE/da*x"), (UNIT, "w' = w - lr*x*dE/da"),
    (UNIT, "w' = w - lr*dE/dp*p*(1 - p)*x"), (UNIT, "w' = w - lr*dE/dp*dp/da*da/dw"),
    (UNIT, "b' = b - lr*dE/da"), (UNIT, "b' = b - dE/dp*lr*dp/da"),
    (UNIT, "w_updated = w - lr*dE/dw"), (UNIT, "new_w = w - lr*dE/da*x"),
    (UNIT, "w' = w - (dE/da*x)*lr"), (UNIT, "w' = -lr*dE/dw + w"),
    (UNIT, "w' = w + (-1*(lr*dE/dw))"), (UNIT, "w' = w + lr*(-dE/dw)"),
    (UNIT, "w' = 1*w - 1*lr*dE/dw"), (UNIT, "w' = w - lr*dE/dw*1"),
    (UNIT, "w' = w - dE/dw*lr + 0"), (UNIT, "w' = w - dE/db*lr*x"),
    # Without a derivative sign, in both sign conventions.
    (UNIT, "w' = w - lr*2*(p - t)*p*(1 - p)*x"), (UNIT, "w' = w + lr*2*(t - p)*p*(1 - p)*x"),
    (UNIT, "w' = w - 2*lr*(p - t)*p*(1 - p)*x"), (UNIT, "w' = w + 2*lr*x*(t - p)*(p - p^2)"),
    (DELTA, "w11' = w11 + lr*(t1 - o1)*o1*(1 - o1)*v1*h1*(1 - h1)*x1"),
    (DELTA, "v1' = v1 + lr*(t1 - o1)*o1*(1 - o1)*h1"),
    (DELTA, "d = (t1 - o1)*o1*(1 - o1)\nv1' = v1 + lr*d*h1"),
    (DELTA, "d = (o1 - t1)*o1*(1 - o1)\nv1' = v1 - lr*d*h1"),
    (LINE, "w' = w - 0.1*2*(w*x - t)*x"), (LINE, "w' = w + 0.1*2*(t - w*x)*x"),
    # A name for the gradient, or for the step.
    (UNIT, "g = dE/dw\nw' = w - lr*g"), (UNIT, "g = 2*(p - t)*p*(1 - p)*x\nw' = w - lr*g"),
    (UNIT, "s = lr*dE/dw\nw' = w - s"),
    (LINE, "s = 0.1*2*(w*x - t)*x\nw' = w - s"), (LINE, "g = 2*(w*x - t)*x\nw' = w - 0.1*g"),
    # A rate that is a number, a product of givens, a given divided by another.
    (UNIT, "w' = w + (-1*(0.1*dE/da*x - 0.1*p*dE/da*x + p*dE/da*x*0.1))"),
    (LINE, "w' = w - 0.1*dE/dw"), (LINE, "w' = w - dE/dw"), (LINE, "w' = w - 2^(-1)*dE/dw"),
    (LINE, "w' = -(-w + dE/dw*10^(-2))"), (UNIT, "w' = w - lr*2^(-1)*dE/dw"),
    (LINE, "w' = w - 0.5*0.1*dE/dw"),
    (LINE, "w' = w - dE/dw/10"), (UNIT, "w' = w - lr/2*dE/dw"), (UNIT, "w' = w - dE/dw*lr/2"),
    ("decay = 0.9\n" + UNIT, "w' = w - lr*decay*dE/dw"),
    ("n = 4\n" + UNIT, "w' = w - lr/n*dE/dw"), (UNIT, "w' = w - 0.3*dE/dw"),
    # Every cost of the worksheet, one of those that are added up, their sum and their mean.
    (TWO, "w' = w - lr*dE1/dw"), (TWO, "w' = w - lr*dE2/dw"), (TWO, "v' = v - lr*dE2/dv"),
    (TWO, "w' = w - lr*(dE1/dw + dE2/dw)"), (TWO, "w' = w - lr*dE1/dw - lr*dE2/dw"),
    (TWO, "w' = w - lr*(dE1/dw + dE2/dw)/2"), (SUM, "w' = w - lr*dE/dw/3"),
    (SUM, "w' = w - 0.1*dE/dw/3"), (SUM, "w' = w - lr*1/3*dE/dw"),
    (TWO + "E = E1 + E2\n", "w' = w - lr*dE/dw"),
    (TWO + "E = E1 + E2\n", "w' = w - lr*dE2/dw"),
    (TWO + "E = E1 + E2\n", "w' = w - lr*(dE1/dw + dE2/dw)"),
    # Another name for what is new; a second step.
    (LINE, "w_new = w - 0.1*dE/dw"), (LINE, "wnew = w - 0.1*2*x*(w*x - t)"),
    (LINE, "u = w - 0.1*dE/dw"),
    (LINE, "w' = w - 0.1*dE/dw\nE' = (w'*x - t)^2\nw'' = w' - 0.1*2*(w'*x - t)*x"),
    # z = w·x with L = z²: the line that every course ends in.
    ("w = 0.5\nx = 3\nz = w*x\nL = z^2\n", "w' = w - 0.1*dL/dz*x"),
    ("w = 0.5\nx = 3\nz = w*x\nL = z^2\n", "w' = w - 0.1*dL/dz*x = 0.5 - 0.1*3*3 = -0.4"),
    (LESSON, "w5' = w5 - alpha*dE/da3*z1 = 0.5089"),
    (LESSON, "w5' = w5 - alpha*dE/dyhat*yhat*(1-yhat)*z1 = 0.5089"),
    (LESSON, "w1' = w1 - alpha*dE/dz1*z1*(1-z1)*x1"),
]
#: Other rules: what they come to is not gradient descent's to say.
OTHERS = [
    (UNIT, "m = 0.9\nv = 0.2\nw' = w - lr*dE/dw + m*v"),
    (UNIT, "lambda = 0.01\nw' = w - lr*(dE/dw + lambda*w)"),
    (UNIT, "lambda = 0.01\nw' = (1 - lr*lambda)*w - lr*dE/dw"),
    (UNIT, "m = 0.9\nv = 0.1\nv' = m*v - lr*dE/dw\nw' = w + v'"),
    (UNIT, "s = (dE/dw)^2\nw' = w - lr*dE/dw/sqrt(s)"),
    ("x = 2\nf = x^2 - 2\n", "x' = x - f/(df/dx)"),
    ("x = 2\nv = 3\ndt = 0.1\n", "x' = x + v*dt"),
    ("n = 2\n", "n' = n + 1"),
    ("w = 0.5\nx = 2\nlr = 0.1\nt = 1\np = w*x\n", "w' = w + lr*(t - p)*x"),  # no cost
    (LINE, "w' = 2*w"),
    (UNIT, "C = lr*(p - t)\nw' = w - C"),  # a cost by its name is no step
]
WRONG = [
    # Not all beside the gradient is the rate.
    (LESSON, "w5' = w5 - alpha*z1*dE/dw5", "extra-factor"),
    (UNIT, "w_updated = w + lr*dE/dw", "ascent"), (UNIT, "new_w = w - lr*x*dE/dw", "extra-factor"),
    (UNIT, "w' = w - dE/dw/lr", "unknown"), (UNIT, "w' = w - lr*lr*dE/dw", "unknown"),
    (UNIT, "w' = w - 2*lr*dE/dw", "constant-factor"),
    (UNIT, "w' = w - lr*x*dE/dw", "extra-factor"),
    (UNIT, "w' = w - lr*dE/dw/3", "constant-factor"),
    (LINE, "w' = w - 0.1*dE/dw/3", "constant-factor"),
    (UNIT, "w' = w - lr*dE/dw*5", "constant-factor"),
    (SUM, "w' = w - lr*dE/dw/2", "constant-factor"),
    (UNIT, "w' = w - lr*dE/da", "missing-factor"), (UNIT, "w' = w - lr*dE/dp*x", "missing-factor"),
    (UNIT, "w' = w + lr*dE/da*x", "ascent"), (UNIT, "w' = w - dE/da*x", "no-learning-rate"),
    (UNIT, "b' = b - lr*dE/dw", "wrong-operand"),
    # Without a derivative sign.
    (DELTA, "v1' = v1 + lr*(t1 - o1)*h1", "missing-factor"),
    (DELTA, "v1' = v1 - lr*(t1 - o1)*o1*(1 - o1)*h1", "ascent"),
    (DELTA, "d = (t1 - o1)*o1*(1 - o1)\nv1' = v1 - lr*d*h1", "ascent"),
    (DELTA, "w11' = w11 + lr*(t1 - o1)*o1*(1 - o1)*h1*(1 - h1)*x1", "missing-factor"),
    (LINE, "w' = w + 0.1*2*(w*x - t)*x", "ascent"), (LINE, "w' = w - 0.1*(t - w*x)*x*2", "ascent"),
    (LINE, "w' = w - 0.1*(w*x - t)*x", "constant-factor"),
    # A name for the whole step.
    (LINE, "s = 0.1*2*(w*x - t)\nw' = w - s", "missing-factor"),
    (UNIT, "s = lr*2*(t - p)*p*(1 - p)*x\nw' = w - s", "ascent"),
    (LINE, "g = 2*w*x\nw' = w + 0.1*2*x*(w*x - t)", "ascent"),
    # Another name for what is new.
    (LINE, "w_new = w + 0.1*dE/dw", "ascent"), (LINE, "w_new = w - 0.1*(t - w*x)*2*x", "ascent"),
    (UNIT, "u = w + lr*dE/dw", "ascent"),
    # Upside down.
    (UNIT, "u = w - lr*(dw/dE)", "upside-down"), (UNIT, "w' = w - lr*dw/dE", "upside-down"),
    (LINE, "dw = w - 0.1*(dw/dE)", "upside-down"),
    (LESSON, "w5' = w5 - alpha*dw5/dE", "upside-down"),
    # Of two costs, the one that is not the weight's.
    (TWO, "v' = v - lr*dE1/dv", "wrong-operand"),
    (TWO + "E = E1 + E2\n", "w' = w - lr*dh/dw", "wrong-operand"),
]
UNCHECKED = [
    # The old weight is not in it, or the rate is no factor of the step.
    (UNIT, "w' = -lr*dE/dw"), (UNIT, "w' = (w - lr)*dE/dw"), (UNIT, "w' = w - (lr + dE/dw)"),
    # No cost depends on it: nothing can be said.
    ("x = 2\nw = 0.5\nE = x^2\n", "w' = w - 0.1*dE/dw"),
    ("x = 2\nw = 0.5\nb = 1\nE = (w*x)^2\n", "b' = b - 0.1*dE/db"),
    # It may be meant as another rule.
    (LINE, "w' = w - 0.1*(w*x - t)*(w*x + t)*x"), (UNIT, "w' = w - lr*(p - t)*a*p"),
    (LINE, "g = 2*w*x\nw' = w - 0.1*g"),
]
# fmt: on


@pytest.mark.parametrize(("sheet", "line"), RIGHT)
def test_a_right_update_is_right(sheet: str, line: str) -> None:
    assert marked(sheet, line) == ("right", [])


@pytest.mark.parametrize(("sheet", "line"), OTHERS)
def test_another_rule_is_not_held_against_it(sheet: str, line: str) -> None:
    assert marked(sheet, line) == ("taken", [])


@pytest.mark.parametrize(("sheet", "line", "code"), WRONG)
def test_a_wrong_update_is_wrong(sheet: str, line: str, code: str) -> None:
    verdict, causes = marked(sheet, line)
    assert (verdict, causes[0]) == ("wrong", code)


@pytest.mark.parametrize(("sheet", "line"), UNCHECKED)
def test_an_update_that_may_mean_something_else_is_unchecked(sheet: str, line: str) -> None:
    assert marked(sheet, line)[0] == "unchecked"


@pytest.mark.parametrize(("sheet", "line", "code"), WRONG)
def test_what_is_said_to_be_right_is_right(sheet: str, line: str, code: str) -> None:
    """Nothing of a wrong line flows into the line that is shown instead."""
    record = Worksheet.parse(sheet + line).check().record()["lines"][-1]
    formula = record["working"].split(" = ")[1]
    left = record["working"].split(" = ")[0]
    above = "\n".join(line.split("\n")[:-1])
    assert marked(f"{sheet}{above}\n", f"{left} = {formula}")[0] == "right"


@pytest.mark.parametrize(
    ("sheet", "lines", "found"),
    [
        (UNIT, "t1 = w - lr*dE/dw\nw = t1", "right, taken"),
        (UNIT, "t1 = w + lr*dE/dw\nw = t1", "wrong, taken"),
        (UNIT, "t1 = w - 0.01\nw = t1", "taken, taken"),  # no step along anything
        (UNIT, "t1 = w - 0.01\nw = t1\nq = 2*w = 0.98", "taken, taken, right"),
        # The delta rule for one weight says that it is meant for the other.
        (LINES, "w' = w - lr*2*r*x\nb' = b - lr*2*r", "right, right"),
        (LINES, "w' = w - lr*2*r*x\nb' = b - lr*2*r*(x + t)", "right, wrong"),
        (LINES, "b' = b - lr*2*r*(x + t)", "unchecked"),
    ],
)
def test_the_lines_of_a_step(sheet: str, lines: str, found: str) -> None:
    marks = Worksheet.parse(sheet + lines).check().lines
    assert ", ".join(mark.verdict for mark in marks[-len(lines.split("\n")) :]) == found


#: A matrix whose first column is of ones, in Octave's words.
OCTAVE = """
X = [1 1; 1 2; 1 4];
y = [1; 3; 2];
theta = [0.1; 0.5];
J = sum((X*theta - y).^2)/6;
q = X .* X;
"""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("t1 = theta(1) - 0.1*sum(X*theta - y)/3;\ntheta(1) = t1;", "right, taken"),
        ("t2 = theta(2) - 0.1*sum((X*theta - y) .* X(:,2))/3;\ntheta(2) = t2;", "right, taken"),
        ("dJ/dtheta11 = sum(X*theta - y)/3", "right"),
        ("dJ/dtheta21 = sum(X*theta - y)/3", "wrong"),
        ("r = X(2) + X(2,2) + X(6) = 7", "right"),
        ("r = X(3,:) = [1 4]", "right"),
        ("r = X(4,1)", "unchecked"),
    ],
)
def test_steps_of_a_vector_s_elements_in_octave(line: str, found: str) -> None:
    marks = Worksheet.parse(OCTAVE + line).check().lines
    assert ", ".join(mark.verdict for mark in marks[-len(line.split("\n")) :]) == found


_FIRST = """w = 0.5
x = 2
b = 0.2
t = 1
pred = w*x + b = 1.2
L = (pred - t)^2 = 0.04
dL/dw = 2*(pred - t)*x = 0.8
"""
#: What is computed again with a weight that has been renewed, in the ways that people write it.
_AGAIN = [
    "w = w - 0.05*dL/dw = 0.46; pred = {0}; L = {1}",
    "w = w - 0.05*dL/dw = 0.46; pred = w*x + b = {0}; L = (pred - t)^2 = {1}",
    "w = 0.5 - 0.05*0.8 = 0.46; pred = 0.46*2 + 0.2 = {0}; L = ({0} - 1)^2 = {1}",
    "w' = w - 0.05*dL/dw = 0.46; pred = {0}; L = {1}",
    "w' = w - 0.05*dL/dw = 0.46; pred = w'*x + b = {0}; L = (pred - t)^2 = {1}",
    "w' = w - 0.05*dL/dw = 0.46; pred' = w'*x + b = {0}; L' = (pred' - t)^2 = {1}",
]


@pytest.mark.parametrize("again", _AGAIN)
def test_what_is_computed_again_is_held_to_the_new_weight(again: str) -> None:
    """1.12 is no other rounding of 1.2; and 1.32 is none of 1.12."""
    text = _FIRST + again.replace("; ", "\n")
    right = Worksheet.parse(text.format("1.12", "0.0144")).check().lines
    assert {line.verdict for line in right} == {"taken", "right"}
    *before, pred, _ = Worksheet.parse(text.format("1.32", "0.1024")).check().lines
    assert {line.verdict for line in before} == {"taken", "right"}
    assert (pred.verdict, pred.causes[0].code) == ("wrong", "arithmetic")
