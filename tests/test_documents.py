r"""Documents as people write them: formulas between words, lists, tables, answers of models.

Each is right, and one line of it has a twin with a slip: that line alone is then wrong, and what
goes on from it follows. Their numbers are worked out here, with nothing of the package.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import pytest

from micrograd_like.marking.records import LineMark, Report
from micrograd_like.worksheet import Worksheet


@dataclass(frozen=True)
class Twins:
    """A right document, and what a slip makes of one of its lines.

    Attributes:
        sentence: What it is about.
        text: The document.
        line: A piece of a line that must be found right.
        slip: The same piece with a slip; its line must be wrong, and no other.
        cause: What the slip is called.
        format: Of the document.
    """

    sentence: str
    text: str
    line: str
    slip: str
    cause: str
    format: str = "markdown"


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def f(value: float, places: int = 4) -> str:
    return f"{value:.{places}f}"


def comma(value: float, places: int = 4) -> str:
    return f(value, places).replace(".", "{,}")


# A unit with two inputs: tanh, squared error.
Z = 0.3 * 0.6 + 0.5 * 1.1 + 0.1
H = math.tanh(Z)
D = H - 0.5
ALIGNED = rf"""\documentclass{{article}}
\begin{{document}}
\section{{Forward pass}}
Let $x_1 = 0.6$, $x_2 = 1.1$, $w_1 = 0.3$, $w_2 = 0.5$, $b = 0.1$ and $t = 0.5$.
\begin{{align}}
z &= w_1 x_1 + w_2 x_2 + b \\
  &= 0.3 \cdot 0.6 + 0.5 \cdot 1.1 + 0.1 \\
  &= {f(Z, 2)} \\
h &= \tanh(z) = {f(H)}, & L &= \tfrac12 (h - t)^2 = {f(D * D / 2)}
\end{{align}}
\section{{Backward pass}}
\begin{{align*}}
\frac{{\partial L}}{{\partial h}} &= h - t = {f(D)} \\
\frac{{\partial L}}{{\partial z}} &= \frac{{\partial L}}{{\partial h}}\,(1 - h^2) = {f(D * (1 - H * H))} \\
\frac{{\partial L}}{{\partial w_2}} &= \frac{{\partial L}}{{\partial z}} x_2
\end{{align*}}
\end{{document}}
"""  # noqa: E501

CASES = r"""## A leaky unit

Let $x = 1.5$, $w_1 = -0.8$ and $w_2 = 2$.

$$f(z) = \begin{cases} z & \text{if } z > 0 \\ 0.1 z & \text{otherwise} \end{cases}$$
$$z = w_1 x + 0.3 = -0.9$$
$$h = f(z) = 0.1 \cdot (-0.9) = -0.09$$
$$y = w_2 h = -0.18$$

Going back, the unit is off:

$$\frac{\partial y}{\partial z} = w_2 f'(z) = 2 \cdot 0.1 = 0.2$$
$$\frac{\partial y}{\partial w_1} = \frac{\partial y}{\partial z} \cdot x = 0.3$$
"""

# A softmax of three over two inputs, in matrices.
SUMS = (-0.3, 0.7, 0.7)
WHOLE = sum(map(math.exp, SUMS))
P = [math.exp(z) / WHOLE for z in SUMS]
MATRICES = rf"""# A softmax layer

$$\mathbf{{x}} = \begin{{bmatrix}} 1 \\ 2 \end{{bmatrix}}, \quad
\mathbf{{W}} = \begin{{bmatrix}} 0.2 & -0.3 \\ 0.5 & 0.1 \\ -0.4 & 0.6 \end{{bmatrix}}, \quad
\mathbf{{b}} = \begin{{bmatrix}} 0.1 \\ 0 \\ -0.1 \end{{bmatrix}}, \quad
\mathbf{{y}} = \begin{{bmatrix}} 0 \\ 0 \\ 1 \end{{bmatrix}}$$

**Forward**

$$\mathbf{{z}} = \mathbf{{W}}\mathbf{{x}} + \mathbf{{b}} =
\begin{{bmatrix}} -0.3 \\ 0.7 \\ 0.7 \end{{bmatrix}}$$
$$\mathbf{{p}} = \operatorname{{softmax}}(\mathbf{{z}}) =
\begin{{bmatrix}} {f(P[0], 3)} \\ {f(P[1], 3)} \\ {f(P[2], 3)} \end{{bmatrix}}$$
$$L = -\sum_i y_i \ln p_i = -\ln({f(P[2], 3)}) = {f(-math.log(P[2]), 3)}$$

**Backward**

$$\frac{{\partial L}}{{\partial \mathbf{{z}}}} = \mathbf{{p}} - \mathbf{{y}}$$

$$\left(\frac{{\partial L}}{{\partial \mathbf{{z}}}}\right)^\top =
\begin{{bmatrix}} {f(P[0], 3)} & {f(P[1], 3)} & {f(P[2] - 1, 3)} \end{{bmatrix}}$$

$$\frac{{\partial L}}{{\partial \mathbf{{x}}}} =
\mathbf{{W}}^\top \frac{{\partial L}}{{\partial \mathbf{{z}}}}$$
"""

QUOTIENT = r"""We want $\frac{dL}{dw}$ for $L = \frac{1}{2}(y - t)^2$ with
$y = \frac{u}{v}$, $u = e^{w}$ and $v = 1 + w^2$.

$$\frac{dL}{dy} = y - t$$

$$\frac{du}{dw} = e^w = u, \qquad \frac{dv}{dw} = 2w$$

$$\frac{dy}{dw} = \frac{\frac{du}{dw} v - u \frac{dv}{dw}}{v^2}
= \frac{e^w (1 - w)^2}{(1 + w^2)^2}$$
"""

# One step of logistic regression on two samples.
PS = [logistic(-0.1), logistic(0.6)]
ES = [PS[0] - 1, PS[1]]
ANSWER = rf"""Sure! Let's take **one step** of gradient descent on two samples.

### Setup

| Sample | $x_1$ | $x_2$ | $y$ |
|---|---|---|---|
| 1 | 1.0 | 2.0 | 1 |
| 2 | 0.5 | -1.0 | 0 |

- **Weights:** $w_1 = 0.4$, $w_2 = -0.3$
- **Bias:** $b = 0.1$
- **Learning rate:** $\eta = 0.5$

### Step 1: Forward

- Sample 1: $z^{{(1)}} = 0.4(1.0) + (-0.3)(2.0) + 0.1 = -0.1$
- Sample 2: $z^{{(2)}} = 0.4(0.5) + (-0.3)(-1.0) + 0.1 = 0.6$
- $\hat{{y}}^{{(1)}} = \sigma(-0.1) = \frac{{1}}{{1 + e^{{0.1}}}} \approx {f(PS[0])}$
- $\hat{{y}}^{{(2)}} = \sigma(0.6) = \frac{{1}}{{1 + e^{{-0.6}}}} \approx {f(PS[1])}$

$$J = -\frac{{1}}{{2}}\left[\ln({f(PS[0])}) + \ln(1 - {f(PS[1])})\right] \approx {f(-(math.log(PS[0]) + math.log(1 - PS[1])) / 2)}$$

### Step 2: Backward

$$\frac{{\partial J}}{{\partial b}} = \frac{{1}}{{2}}\left[({f(ES[0])}) + ({f(ES[1])})\right] = {f(sum(ES) / 2)}$$

### Step 3: Update

- $b := 0.1 - 0.5({f(sum(ES) / 2)}) = {f(0.1 - 0.25 * sum(ES))}$

✅ Done!
"""  # noqa: E501

A = logistic(0.7)
LOST = rf"""Let's compute the gradient step by step.

Given: ( x = 2 ), ( y = 1 ), ( w = 0.5 ), ( b = -0.3 ).

[
z = wx + b = 0.5 \cdot 2 - 0.3 = 0.7
]

[
a = \sigma(z) = \frac{{1}}{{1 + e^{{-0.7}}}} \approx {f(A)}
]

[
L = -\left[ y \ln a + (1-y) \ln(1-a) \right] \approx {f(-math.log(A))}
]

[
\frac{{\partial L}}{{\partial z}} = a - y = {f(A - 1)}
]

[
\frac{{\partial L}}{{\partial w}} = \frac{{\partial L}}{{\partial z}} \cdot x = {f(2 * (A - 1))}
]
"""

N = logistic(0.96)
GERMAN = rf"""# Rückwärtsrechnung

Gegeben sind $x = 0{{,}}8$, $w_1 = 1{{,}}2$, $w_2 = -0{{,}}7$ und $t = 0{{,}}3$.

Zuerst die Netzeingabe: $$n = w_1 \cdot x = 1{{,}}2 \cdot 0{{,}}8 = 0{{,}}96$$ und daraus
$$h = \frac{{1}}{{1 + e^{{-n}}}} = {comma(N)}$$
Die Ausgabe ist $o = w_2 \cdot h = {comma(-0.7 * N)}$, der Fehler $E = (o - t)^2$.

$$\frac{{\partial E}}{{\partial o}} = 2(o - t) = {comma(2 * (-0.7 * N - 0.3))}
\text{{ und damit }} \frac{{\partial E}}{{\partial w_2}} =
\frac{{\partial E}}{{\partial o}} \cdot h$$
"""

SPANISH = r"""## Descenso por gradiente

Sea $L(w) = (3w - 2)^2$, con $w_0 = 1$ y $\eta = 0.01$.

$$\frac{dL}{dw} = 6(3w - 2), \text{ así que } g_0 = 6(3 w_0 - 2) = 6$$
$$w_1 = w_0 - \eta g_0 = 0.94$$
"""

STEPS = rf"""| Step | Computation | Value |
|------|-------------|-------|
| 0 | $x = 2$ | |
| 0 | $w = 0.5$ | |
| 0 | $y = 1$ | |
| 1 | $z = wx - 0.5 = 0.5 \times 2 - 0.5$ | $= 0.5$ |
| 2 | $\hat{{y}} = \sigma(z) = \frac{{1}}{{1+e^{{-0.5}}}}$ | $\approx {f(logistic(0.5))}$ |
| 3 | $e = \hat{{y}} - y$ | $\approx {f(logistic(0.5) - 1)}$ |
| 4 | $L = e^2$ | $\approx {f((logistic(0.5) - 1) ** 2)}$ |
| 5 | $\dfrac{{\partial L}}{{\partial e}} = 2e$ | $\approx {f(2 * (logistic(0.5) - 1))}$ |
"""

ONWARDS = r"""Let $L = (1 - z)^2$, $z = w_2 y + b$ and $y = w_1 x$.

$\frac{\partial L}{\partial w_2} = 2(1 - z)(-y)$
$= -2(1 - w_2 w_1 x - b) w_1 x$

$\frac{\partial L}{\partial b} = 2(1 - z)(-1)$
$= -2(1 - z)$ *(the inner slope is $-1$)*
"""

ITEMS = r"""## Exercise 2: the chain rule

### a) $y = (3x + 1)^2$

Let $u = 3x + 1$, so $y = u^2$.

$$\frac{dy}{dx} = \frac{dy}{du} \cdot \frac{du}{dx} = 2u \cdot 3 = 6(3x + 1)$$

### b) $y = \sigma(2x - 1)$

Let $z = 2x - 1$, so $y = \sigma(z)$.

### c) $y = (5 - s)^2$

$$\frac{dy}{ds} = -2(5 - s)$$
"""

CHINESE = r"""\[h = w_1 \cdot x + b_1 \quad \text{（第1层输出，即激活值）}\]
\[y = w_2 \cdot h + b_2 \quad \text{(the model's output → compared with the target)}\]
\[L = (y - t)^2\]
\[\frac{\partial L}{\partial w_2} = 2(y - t) \cdot h \quad \text{（第2层权重的梯度）}\]
\[\frac{\partial L}{\partial w_1} = 2(y - t) \cdot w_2 \cdot x \quad \text{（第1层权重的梯度）}\]
"""

SOFTMAX = r"""Let $x = [1, 2, 3, 4]$ and
$$p_i = \frac{e^{x_i}}{\sum_{k=1}^{N} e^{x_k}} = \frac{e^{x_i}}{\sum_{i'} e^{x_{i'}}}$$
$$\frac{\partial p_i}{\partial x_j} = p_i(\delta_{ij} - p_j)$$
$$\frac{\partial p_4}{\partial x_4} = p_4(1 - p_4)$$
$$\frac{\partial p_4}{\partial x_1} = -p_4 p_1$$
"""

#: Nothing here says how L depends on w.
ALONE = r"""With $L = (o - t)^2$ the layers above give
$$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial z} \cdot x = -0.05 \cdot 1 = -0.05$$

With a learning rate of $\alpha = 0.1$,
$$w = w - \alpha \frac{\partial L}{\partial w} = 0.5 - 0.1 \cdot (-0.05) = 0.5 + 0.005 = 0.505$$
"""

MEAN = r"""Of three samples the cost is $J = \frac{1}{m}\sum_{i=1}^{m} e_i$, $m = 3$, $b = 0.2$,

$$e_1 = (b - 0.5)^2, \quad e_2 = (b + 0.1)^2, \quad e_3 = (2b - 1)^2$$

$$\frac{\partial J}{\partial b} = \frac{1}{m}\left(2(b - 0.5) + 2(b + 0.1) + 4(2b - 1)\right)
= -0.8$$
"""

DEAD = r"""- $x = 1$, $w = -0.5$, $v = 2$, $t = 1$
- $z = w x = -0.5$
- $h = \max(0, z) = 0$
- $\hat{y} = v h + 0.3 = 0.3$
- $L = (\hat{y} - t)^2 = 0.49$

$$\frac{\partial L}{\partial h} = 2(\hat{y} - t) v = -2.8$$
$$\frac{\partial L}{\partial z} = \frac{\partial L}{\partial h} \cdot \text{ReLU}'(z)
= -2.8 \cdot 0 = 0$$
"""

TWINS = [
    Twins("rows of an alignment", ALIGNED, r"z}} x_2".replace("}}", "}"), r"z} x_1",
          "wrong-operand", "latex"),
    Twins("a choice between cases", CASES, r"w_2 f'(z) = 2 \cdot 0.1 = 0.2",
          r"w_2 f'(z) = 2 \cdot 1 = 2", "missing-factor"),
    Twins("matrices, bold", MATRICES, r"\mathbf{p} - \mathbf{y}", r"\mathbf{y} - \mathbf{p}",
          "sign"),
    Twins("fractions in fractions", QUOTIENT, "{(1 + w^2)^2}", "{1 + w^2}", "missing-factor"),
    Twins("an answer with bullets and a table", ANSWER, f"= {f(0.1 - 0.25 * sum(ES))}$",
          f"= {f(0.1 + 0.25 * sum(ES))}$", "sign"),
    Twins("backslashes lost", LOST, f"a - y = {f(A - 1)}", f"a - y = {f(1 - A)}", "sign"),
    Twins("commas as decimal signs, German words", GERMAN, r"\frac{\partial E}{\partial o} \cdot h",
          r"\frac{\partial E}{\partial o} \cdot w_2", "swapped-operand"),
    Twins("Spanish words between statements", SPANISH, "= 0.94", "= 1.06", "arithmetic"),
    Twins("values in the next cell", STEPS, f"{f(2 * (logistic(0.5) - 1))}$ |",
          f"{f(logistic(0.5) - 1.1)}$ |", "arithmetic"),
    Twins("a formula that goes on in the next line", ONWARDS, "- b) w_1 x", "+ b) w_1 x", "sign"),
    Twins("items of an exercise", ITEMS, r"3 = 6(3x + 1)", r"3 = 3(3x + 1)", "constant-factor"),
    Twins("remarks in another alphabet", CHINESE, r"2(y - t) \cdot w_2 \cdot x",
          r"2(y - t) \cdot x",
          "missing-factor"),
    Twins("a sum over all of a vector", SOFTMAX, "-p_4 p_1", "p_4 p_1", "sign"),
    Twins("the mean over samples", MEAN, r"\frac{1}{m}\left(2", r"\left(2", "constant-factor"),
    Twins("a unit that is off", DEAD, r"-2.8 \cdot 0 = 0", r"-2.8 \cdot 1 = -2.8", "dead-unit"),
]  # fmt: skip


def marked(twins: Twins, text: str) -> Report:
    return Worksheet.parse(text, format=twins.format).check()


def at(report: Report, text: str, piece: str) -> list[LineMark]:
    """The marks of the line with a piece in it."""
    own = piece.split("\n")[-1]
    (line,) = (n for n, said in enumerate(text.split("\n"), 1) if own in said)
    return [mark for mark in report.lines if mark.line <= line][-4:]


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: twins.sentence)
def test_a_right_document_is_read_and_not_accused(twins: Twins) -> None:
    report = marked(twins, twins.text)
    assert [(m.line, m.verdict) for m in report.lines if m.verdict in ("wrong", "follows")] == []
    assert report.counts["unreadable"] == 0
    assert any(mark.verdict == "right" for mark in at(report, twins.text, twins.line))


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: twins.sentence)
def test_its_slip_is_found_and_named_and_no_other_line_is_wrong(twins: Twins) -> None:
    assert twins.text.count(twins.line) == 1
    text = twins.text.replace(twins.line, twins.slip)
    report = marked(twins, text)
    wrong = [mark for mark in report.lines if mark.verdict == "wrong"]
    assert len(wrong) == 1
    assert wrong[0] in at(report, text, twins.slip)
    assert twins.cause in [cause.code for cause in wrong[0].causes]


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [("0.5 + 0.005 = 0.505", "unchecked"), ("0.5 - 0.005 = 0.495", "wrong")],
)
def test_what_cannot_be_told_is_held_against_its_own_figures(figures: str, verdict: str) -> None:
    text = ALONE.replace("0.5 + 0.005 = 0.505", figures)
    *_, last = Worksheet.parse(text, format="markdown").check().lines
    assert last.verdict == verdict


def notebook(*cells: tuple[str, str]) -> str:
    made = [{"cell_type": kind, "source": text, "metadata": {}} for kind, text in cells]
    for cell in made:
        cell.update({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_what_is_said_again_of_what_a_program_has_renewed_is_said_of_that() -> None:
    said = ("markdown", r"Here $\hat{y} = a$.")
    text = notebook(
        ("code", "import numpy as np\na = np.array([1.0, 2.0])\ny = np.array([0.5, 1.5])"),
        said,
        ("code", "a = np.array([3.0, 1.0])"),
        said,
    )
    assert {mark.verdict for mark in Worksheet.parse(text, format="notebook").check().lines} <= {
        *("taken", "right")
    }


def test_which_shape_a_product_has_claims_nothing() -> None:
    text = "$(n, m) \\cdot (m, d) = (n, d)$\n\n$x = 2$ and $y = x^2 = 4$"
    marks = Worksheet.parse(text, format="markdown").check().lines
    assert [mark.verdict for mark in marks] == ["taken", "right"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # What stands on both sides is renewed, and no claim.
        ("$m = 3$\n\n$g = g / m$\n\n$g = 2x / m$ with $x = 3$", "unchecked"),
        # A step by what could not be told is in doubt, whatever else ends the working.
        ("$z = wx + b$\n\n$d = x k = z n$\n\n$w \\leftarrow w - a d$", "unchecked"),
        # What is only said of a matrix.
        (
            "For symmetric $A$, $q = x^T A x$ and $\\frac{\\partial q}{\\partial x} = 2 x^T A$.",
            "unchecked",
        ),
        ("Here $q = x^T A x$ and $\\frac{\\partial q}{\\partial x} = 2 x^T A$.", "wrong"),
    ],
)
def test_what_a_line_rests_on_may_be_in_doubt(text: str, verdict: str) -> None:
    marks = Worksheet.parse(text, format="markdown").check().lines
    assert verdict in [mark.verdict for mark in marks]
    assert ("wrong" in [mark.verdict for mark in marks]) == (verdict == "wrong")


def test_an_update_by_a_cost_that_is_not_joined_to_its_weight_is_in_doubt() -> None:
    text = r"""$z = w x + b$, $J(w, b)$ and $E = (a - y)^2$.
$$b := b - \frac{\eta}{m} \frac{\partial E}{\partial b}$$"""
    *_, last = Worksheet.parse(text, format="markdown").check().lines
    assert last.verdict != "wrong"
