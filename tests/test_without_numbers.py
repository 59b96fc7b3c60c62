"""Formulas whose names have no numbers, as people ask about them: which lines are wrong.

Every right formula stands beside a wrong one of its kind; SymPy says which is which.
"""

from __future__ import annotations

import pytest

from micrograd_like.marking.records import LineMark
from micrograd_like.worksheet import Worksheet


def marked(text: str) -> list[LineMark]:
    """The marks of a document of LaTeX, a formula a line."""
    formulas = [f"$${line.strip()}$$\n" for line in text.strip().splitlines()]
    return list(Worksheet.parse("\n".join(formulas), format="markdown").check().lines)


def verdicts(text: str) -> list[str]:
    """The verdicts of a document's lines."""
    return [line.verdict for line in marked(text)]


TWICE = r"""E(x,y) = x^2 + \sin(xy)
    \frac{d}{dx} E(x,y) = 2x + y \cos(xy)
    """

#: A document, and the claims that are right or wrong beneath it: the last line of it each.
CASES = {
    "a second derivative, of a function of two": (
        TWICE,
        [r"\frac{d^2}{dxdy} E(x,y) = \cos(xy) - xy \sin(xy)"],
        [r"\frac{d^2}{dxdy} E(x,y) = 2 + \cos(xy) - xy \sin(xy)"],
    ),
    "a second derivative by the same name": (
        "f = x^3 y",
        [r"\frac{\partial^2 f}{\partial x^2} = 6xy", r"\frac{d^3}{dx^3} (x^4) = 24x"],
        [r"\frac{\partial^2 f}{\partial x^2} = 3xy", r"\frac{d^3}{dx^3} (x^4) = 12x"],
    ),
    "D for a derivative, where one letter stands in its brackets": (
        r"D(e^{-x}) = -e^{-x}",
        [
            r"D\left(\frac{1}{1+e^{-x}}\right) = \frac{e^{-x}}{(1+e^{-x})^2}",
            r"D(e^{-x}) + D(1) = -e^{-x}",
        ],
        [
            r"D\left(\frac{1}{1+e^{-x}}\right) = \frac{-e^{-x}}{(1+e^{-x})^2}",
            r"D(e^{-x}) + D(x) = -e^{-x}",
        ],
    ),
    "a sum to an n that has no number": (
        r"""J = \frac{1}{2n} \sum_{i=1}^{n} (y_i - \hat{y}_i)^2
        \hat{y}_i = w x_i + b""",
        [
            r"\frac{\partial J}{\partial w} = -\frac{1}{n} \sum_{i=1}^{n} (y_i - \hat{y}_i) x_i",
            r"\frac{\partial J}{\partial \hat{y}_i} = \frac{1}{n} (\hat{y}_i - y_i)",
            r"\frac{\partial J}{\partial b} = \frac{1}{2n} \sum_{i=1}^{n}"
            r" \frac{\partial}{\partial b} (y_i - \hat{y}_i)^2",
        ],
        [
            r"\frac{\partial J}{\partial w} = \frac{1}{n} \sum_{i=1}^{n} (y_i - \hat{y}_i) x_i",
            r"\frac{\partial J}{\partial \hat{y}_i} = \hat{y}_i - y_i",
            r"\frac{\partial J}{\partial b} = \frac{1}{n} \sum_{i=1}^{n}"
            r" \frac{\partial}{\partial b} (y_i - \hat{y}_i)^2",
        ],
    ),
    "a sum over units beside a sum over samples: n and m are told apart": (
        r"""L = \frac{1}{2m} \sum_{i=1}^{m} (a_i - y_i)^2
        a_i = \sum_{j=1}^{n} w_j x_{ij}""",
        [r"\frac{\partial L}{\partial w_1} = \frac{1}{m} \sum_{i=1}^{m} (a_i - y_i) x_{i1}"],
        [r"\frac{\partial L}{\partial w_1} = \frac{1}{n} \sum_{i=1}^{m} (a_i - y_i) x_{i1}"],
    ),
    "a function that nothing defines, and its derivative": (
        r"""a = f(wx + b)
        L = \frac{1}{2} (a - y)^2""",
        [
            r"\frac{\partial L}{\partial w} = (a - y) f'(wx + b) x",
            r"\frac{\partial L}{\partial w} = (a - y) a (1 - a) x",  # of the logistic one
            r"\frac{\partial L}{\partial w} = (a - y) (1 - a^2) x",  # of tanh
        ],
        [
            r"\frac{\partial L}{\partial w} = (a - y) f'(wx + b)",
            r"\frac{\partial L}{\partial w} = (a - y) f(wx + b) x",
            r"\frac{\partial L}{\partial w} = (a - y) a (1 - a)",
        ],
    ),
    "functions inside each other": (
        "h(x) = f(g(x))",
        ["h'(x) = f'(g(x)) g'(x)"],
        ["h'(x) = f'(g(x)) g(x)", "h'(x) = f'(x) g'(x)"],
    ),
    "a function of the letter that its value has": (
        r"\mathbf{s} = s(\mathbf{Xw})",
        [r"\nabla_w \ln(s(\mathbf{Xw})) = (\mathbf{1} - s(\mathbf{Xw})) \mathbf{X}"],
        [r"\nabla_w \ln(s(\mathbf{Xw})) = \mathbf{1} - s(\mathbf{Xw})"],
    ),
    "a layer L, and those before it": (
        r"""C = (a_L - y)^2
        z_L = w_L a_{L-1} + b_L
        a_L = \sigma(z_L)""",
        [
            r"\frac{\partial C}{\partial w_{L-1}} = "
            r"a_{L-2} \sigma'(z_{L-1}) w_L \sigma'(z_L) 2 (a_L - y)",
        ],
        [
            r"\frac{\partial C}{\partial w_{L-1}} = a_{L-2} \sigma'(z_{L-1}) w_L \sigma'(z_L)",
            r"\frac{\partial C}{\partial w_{L-1}} = "
            r"a_{L-1} \sigma'(z_{L-1}) w_L \sigma'(z_L) 2 (a_L - y)",
        ],
    ),
    "a layer l above, and those behind it": (
        r"""z^{l+1} = w^{l+1} a^l
        a^l = \sigma(z^l)""",
        [r"\frac{\partial z^{l+1}}{\partial z^l} = w^{l+1} \sigma'(z^l)"],
        [r"\frac{\partial z^{l+1}}{\partial z^l} = w^{l+1} \sigma'(z^{l+1})"],
    ),
    "an index left out, where one name alone has it": (
        r"""p_1 = 3, e = t_1 - w p_1, w = 2, t_1 = 5""",
        [r"\frac{\partial e^2}{\partial w} = -2 e p"],
        [r"\frac{\partial e^2}{\partial w} = 2 e p"],
    ),
    "softmax and cross-entropy, sums without a bound, two indices, Kronecker's delta": (
        r"""L = -\sum_i y_i \log p_i
        p_i = \frac{\exp(o_i)}{\sum_j \exp(o_j)}""",
        [
            r"\frac{\partial p_i}{\partial o_k} = p_i (\delta_{ik} - p_k)",
            r"\frac{\partial L}{\partial o_k} = -\sum_i \frac{y_i}{p_i}"
            r" \frac{\partial p_i}{\partial o_k}",
            r"\frac{\partial L}{\partial o_k} = -\sum_i y_i \frac{\partial \log p_i}{\partial o_k}",
            r"\frac{\partial L}{\partial o_k} = p_k - y_k",  # the y_i are shares of 1
        ],
        [
            r"\frac{\partial p_i}{\partial o_k} = p_i (\delta_{ik} + p_k)",
            r"\frac{\partial p_i}{\partial o_k} = p_i (1 - p_k)",
            r"\frac{\partial L}{\partial o_k} = y_k - p_k",
            r"\frac{\partial L}{\partial o_k} = -\frac{y_k}{p_k}",
        ],
    ),
    "a bare sum": (
        r"E = \frac{1}{2} \sum (t_k - a_k)^2",
        [r"\frac{\partial E}{\partial a_k} = -(t_k - a_k)"],
        [r"\frac{\partial E}{\partial a_k} = t_k - a_k"],
    ),
    "names with their arguments": (
        r"""C(a^l) = (a^l - y)^2
        a^l(z^l) = \sigma(z^l)
        z^l(w^l) = a^{l-1} w^l""",
        [r"\frac{\partial C}{\partial w^l} = 2 (a^l - y) \sigma(z^l) (1 - \sigma(z^l)) a^{l-1}"],
        [r"\frac{\partial C}{\partial w^l} = 2 (a^l - y) \sigma(z^l) (1 - \sigma(z^l)) a^l"],
    ),
    "the derivative of a function by its prime, said again and again": (
        r"""g(z) = \frac{1}{1 + e^{-z}}
        g'(z) = -\frac{\frac{d}{dz} (1 + e^{-z})}{(1 + e^{-z})^2}""",
        [r"g'(z) = \frac{e^{-z}}{(1 + e^{-z})^2}", r"\sigma'(x) = \sigma(x) (1 - \sigma(x))"],
        [r"g'(z) = -\frac{e^{-z}}{(1 + e^{-z})^2}", r"\sigma'(x) = -\sigma(x) (1 - \sigma(x))"],
    ),
    "a sum from 0": (
        r"f(m, b) = \frac{1}{n} \sum_{i=0}^{n} (y_i - (m x_i + b))^2",
        [r"\frac{\partial f}{\partial m} = -\frac{2}{n} \sum_{i=0}^{n} x_i (y_i - (m x_i + b))"],
        [r"\frac{\partial f}{\partial m} = -\frac{2}{n} \sum_{i=0}^{n} (y_i - (m x_i + b))"],
    ),
    "an index that counts samples here and weights there": (
        r"""E = \frac{1}{n} \sum_{i=1}^{n} (o_i - t_i)^2
        o_i = \sum_{j=1}^{m} w_j x_{ij}""",
        [r"\frac{\partial E}{\partial w_i} = \frac{2}{n} \sum_{j=1}^{n} (o_j - t_j) x_{ji}"],
        [r"\frac{\partial E}{\partial w_i} = \frac{2}{n} \sum_{j=1}^{n} (o_j - t_j) x_{ij}"],
    ),
    "a gradient as a vector, by the arguments of its function": (
        "Q(b, w_1) = (b + w_1 x_1 - y_1)^2",
        [
            r"\nabla Q = \begin{bmatrix}"
            r" 2(b + w_1 x_1 - y_1) & 2x_1(b + w_1 x_1 - y_1) \end{bmatrix}",
            r"\nabla Q(b, w_1) = (2(b + w_1 x_1 - y_1), 2x_1(b + w_1 x_1 - y_1))",
        ],
        [
            r"\nabla Q = \begin{bmatrix}"
            r" 2(b + w_1 x_1 - y_1) & 2(b + w_1 x_1 - y_1) \end{bmatrix}",
            r"\nabla Q(b, w_1) = (2x_1(b + w_1 x_1 - y_1), 2(b + w_1 x_1 - y_1))",
        ],
    ),
    "a sum in which the index is left out, once for every sample or once": (
        r"""L = \sum_{i=1}^n (y - \hat{y})^2
        \hat{y} = \sigma(wx)""",
        [
            r"\frac{\partial L}{\partial w} = -2 (y - \hat{y}) \hat{y} (1 - \hat{y}) x",
            r"\frac{\partial L}{\partial w} = \sum_{i=1}^n -2(y - \hat{y}) \hat{y}(1 - \hat{y})x",
        ],
        [
            r"\frac{\partial L}{\partial w} = 2 (y - \hat{y}) \hat{y} (1 - \hat{y}) x",
            r"\frac{\partial L}{\partial w} = \sum_{i=1}^n -2(y - \hat{y}) \hat{y}(1 - \hat{y})",
        ],
    ),
    "a name that is a word elsewhere": (
        r"a = \sigma(wx)",
        [r"\frac{\partial a}{\partial w} = a(1 - a) x"],
        [r"\frac{\partial a}{\partial w} = a(1 - a)"],
    ),
    "a prime behind a bracket": (
        "",
        [r"(\ln(1 + x^2))' = \frac{2x}{1 + x^2}"],
        [r"(\ln(1 + x^2))' = \frac{1}{1 + x^2}"],
    ),
    "an update of a weight that is given nowhere": (
        r"L = \log(1 + e^{-ywx})",
        [r"w \leftarrow w + \eta y x \sigma(-ywx)", r"w \leftarrow w + 2 \eta y x \sigma(-ywx)"],
        [r"w \leftarrow w + \eta y x \sigma(ywx)", r"w \leftarrow w - \eta y x \sigma(-ywx)"],
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_right_formula_is_right_and_a_wrong_one_wrong(kind: str) -> None:
    above, right, wrong = CASES[kind]
    for formula in right:
        assert verdicts(f"{above}\n{formula}".strip())[-1] == "right", formula
    for formula in wrong:
        assert verdicts(f"{above}\n{formula}".strip())[-1] == "wrong", formula


@pytest.mark.parametrize(
    ("sheet", "wrong"),
    [
        # An exercise after the other, each about a y of its own.
        ("y = x^3\ny' = 3x^2\ny = ln(x)\ny' = 1/x\ny = cos(x)\ny' = -sin(x)", []),
        ("1. y = x^3\n   dy/dx = 3x^2\n2. y = 1/x\n   dy/dx = -1/x^2", []),
        ("a) y = x^3, dy/dx = 3x^2\nb) y = 1/x, dy/dx = 1/x^2", ["dy/dx = 1/x^2"]),
        ("y = u^5\nu = 3x\ndy/du = 5u^4\ndy/dx = 15u^4\ny = x^2\ndy/dx = 2x", []),
        ("f(x) = x^3\nf'(x) = 3x^2\nf(x) = ln(x)\nf'(x) = 1/x", []),
        ("f(x) = x^3\nf'(x) = 3x^2\nf(x) = ln(x)\nf'(x) = x", ["f'(x) = x"]),
        # Numbered as problems, each with a function of its own; the words before are no part of it.
        ("Problem 1. f(x) = 3x^2\nf'(x) = 6x\nProblem 2. g(t) = e^(3t)\ng'(t) = 3e^(3t)", []),
        ("Take this one. f(x) = 3x^2\nf'(x) = 6x", []),
        ("Problem 1. f(x) = 3x^2\nf'(x) = 5x", ["f'(x) = 5x"]),
        # The same y said otherwise before anything is asked of it, or with nothing asked behind.
        ("y = x^3\ny = x^4\ny' = 4x^3", ["y = x^4"]),
        ("y = x^3\ny' = 3x^2\ny = x^4", ["y = x^4"]),
    ],
)
def test_the_next_exercise_is_about_a_quantity_of_its_own(sheet: str, wrong: list[str]) -> None:
    lines = Worksheet.parse(sheet).check().lines
    assert [line.source.strip() for line in lines if line.verdict == "wrong"] == wrong
