"""Vectors and matrices that nobody gives numbers or sizes: which are assumed, and what is marked.

What is right of a network says NumPy: each formula is held against finite differences there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from micrograd_like.marking.records import LineMark
from micrograd_like.worksheet import Worksheet

Array = np.ndarray


def last(text: str) -> LineMark:
    """The mark of a document's last line."""
    return list(Worksheet.parse(text).check().lines)[-1]


def verdicts(text: str) -> list[str]:
    """The verdicts of a document's lines."""
    return [line.verdict for line in Worksheet.parse(text).check().lines]


def told(text: str) -> str:
    """What is assumed of a document."""
    return "; ".join(Worksheet.parse(text).told)


NETWORK = """z1 = W1 x + b1
a1 = σ(z1)
z2 = W2 a1 + b2
p = softmax(z2)
L = -Σ_i y_i log p_i
"""


class Network:
    """The same in NumPy, at numbers of its own."""

    def __init__(self) -> None:
        chance = np.random.default_rng(3)
        sizes = {"W1": (2, 4), "x": (4,), "b1": (2,), "W2": (3, 2), "b2": (3,)}
        self.inputs = {name: chance.normal(size=size) for name, size in sizes.items()}
        self.inputs["y"] = np.array([0.2, 0.3, 0.5])
        self.at = self.forward({})

    def forward(self, changed: dict[str, Array]) -> dict[str, Array]:
        """Every quantity, some of them as they are given."""
        at = {**self.inputs, **changed}
        at.setdefault("z1", at["W1"] @ at["x"] + at["b1"])
        at.setdefault("a1", 1 / (1 + np.exp(-at["z1"])))
        at.setdefault("z2", at["W2"] @ at["a1"] + at["b2"])
        powers = np.exp(at["z2"])
        at["p"] = powers / powers.sum()
        at["L"] = -np.sum(at["y"] * np.log(at["p"]))
        return at

    def slope(self, name: str) -> Array:
        """∂L/∂name by central differences."""
        own, step = self.at[name], 1e-6
        slope = np.zeros_like(own)
        for place in np.ndindex(own.shape):
            sides = []
            for sign in (1, -1):
                moved = own.copy()
                moved[place] += sign * step
                sides.append(self.forward({name: moved})["L"])
            slope[place] = (sides[0] - sides[1]) / (2 * step)
        return slope


def _d1(n: dict[str, Array]) -> Array:
    return (n["W2"].T @ (n["p"] - n["y"])) * n["a1"] * (1 - n["a1"])


#: What is said of a derivative, by what, and the same in NumPy; None where it cannot be computed.
Formula = Callable[[dict[str, Array]], Array] | None
SAID: list[tuple[str, str, Formula]] = [
    ("z2", "dL/dz2 = p − y", lambda n: n["p"] - n["y"]),
    ("z2", "dL/dz2 = y − p", lambda n: n["y"] - n["p"]),
    ("W2", "dL/dW2 = (p − y) a1ᵀ", lambda n: np.outer(n["p"] - n["y"], n["a1"])),
    ("W2", "dL/dW2 = a1 (p − y)ᵀ", None),
    ("W2", "dL/dW2 = (p − y) a1", lambda n: np.outer(n["p"] - n["y"], n["a1"])),
    ("W2", "dL/dW2 = dL/dz2 · dz2/dW2", lambda n: np.outer(n["p"] - n["y"], n["a1"])),
    ("b2", "dL/db2 = p − y", lambda n: n["p"] - n["y"]),
    ("a1", "dL/da1 = W2ᵀ (p − y)", lambda n: n["W2"].T @ (n["p"] - n["y"])),
    ("a1", "dL/da1 = (p − y)ᵀ W2", lambda n: (n["p"] - n["y"]) @ n["W2"]),
    ("a1", "dL/da1 = W2 (p − y)", None),
    ("z1", "dL/dz1 = W2ᵀ (p − y) ⊙ a1 ⊙ (1 − a1)", _d1),
    ("z1", "dL/dz1 = (W2ᵀ (p − y)) ⊙ σ'(z1)", _d1),
    ("z1", "dL/dz1 = W2ᵀ (p − y)", lambda n: n["W2"].T @ (n["p"] - n["y"])),
    ("z1", "dL/dz1 = W2ᵀ (p − y) ⊙ a1", lambda n: (n["W2"].T @ (n["p"] - n["y"])) * n["a1"]),
    ("W1", "dL/dW1 = (W2ᵀ (p − y) ⊙ σ'(z1)) xᵀ", lambda n: np.outer(_d1(n), n["x"])),
    ("W1", "dL/dW1 = (W2ᵀ (p − y) ⊙ σ'(z1)) a1ᵀ", None),
    ("W1", "dL/dW1 = dL/dz1 xᵀ", lambda n: np.outer(_d1(n), n["x"])),
    ("W1", "dL/dW1 = dL/dz1 · dz1/dW1", lambda n: np.outer(_d1(n), n["x"])),
    ("W1", "dL/dW1 = dL/dz2 · dz2/da1 · da1/dz1 · dz1/dW1", lambda n: np.outer(_d1(n), n["x"])),
    ("W1", "dL/dW1 = W2ᵀ (p − y) xᵀ", lambda n: np.outer(n["W2"].T @ (n["p"] - n["y"]), n["x"])),
    ("x", "dL/dx = W1ᵀ dL/dz1", lambda n: n["W1"].T @ _d1(n)),
    ("x", "dL/dx = W1 dL/dz1", None),
]


@pytest.mark.parametrize(("wrt", "line", "formula"), SAID, ids=[row[1] for row in SAID])
def test_a_network_in_symbols(wrt, line, formula):
    network = Network()
    true = network.slope(wrt)
    right = formula is not None and np.allclose(formula(network.at), true, atol=1e-8)
    fits = "dL/dW2 = (p − y) a1ᵀ\n"
    assert last(NETWORK + fits + line).verdict == ("right" if right else "wrong")


#: A document, and the claims that are right or wrong beneath it: the last line of it each.
CASES = {
    "a gradient that has a name, and what is computed from it": (
        NETWORK + "δ2 = p − y\nδ1 = W2ᵀ δ2 ⊙ σ'(z1)",
        ["dL/dW1 = δ1 xᵀ", "dL/db1 = δ1", "W1 ← W1 − η δ1 xᵀ"],
        ["dL/dW1 = x δ1ᵀ", "dL/dW1 = xᵀ δ1", "dL/dW1 = δ2 xᵀ", "W1 ← W1 − η x δ1ᵀ"],
    ),
    "a nameless one whose own factors do not fit": (
        NETWORK + "δ2 = p − y\ndL/dW2 = δ2 a1ᵀ",
        ["δ1 = W2ᵀ δ2 ⊙ σ'(z1)"],
        ["δ1 = W2 δ2 ⊙ σ'(z1)"],
    ),
    "samples in rows": (
        "Z = X W + b\nP = σ(Z)\nJ = ‖P − Y‖²\ndJ/dP = 2(P − Y)\ndJ/dW = Xᵀ dJ/dZ",
        ["dJ/dZ = 2(P − Y) ⊙ P ⊙ (1 − P)", "dJ/dW = Xᵀ dJ/dZ", "dJ/dX = dJ/dZ Wᵀ"],
        ["dJ/dZ = 2(P − Y)", "dJ/dW = dJ/dZ Xᵀ", "dJ/dX = W dJ/dZ"],
    ),
    "a column of weights beside a matrix of samples": (
        "ŷ = X w\nJ = (1/(2m)) ||ŷ − y||²\ndJ/dŷ = (1/m)(ŷ − y)\nJ = (1/(2m)) (ŷ − y)ᵀ (ŷ − y)",
        ["dJ/dw = (1/m) Xᵀ (ŷ − y)", "w ← w − η (1/m) Xᵀ (ŷ − y)"],
        ["dJ/dw = (1/m) X (ŷ − y)", "dJ/dw = (2/m) Xᵀ (ŷ − y)"],
    ),
    "one unit: a weight that is a vector, a bias that is a number": (
        "z = wᵀ x + b\na = σ(z)\nL = −(y log a + (1 − y) log(1 − a))",
        ["dL/dz = a − y", "dL/dw = (a − y) x", "dL/db = a − y", "w = w − α dL/dw"],
        ["dL/dw = (a − y) w", "dL/dw = a x"],
    ),
    "quadratic forms": (
        "f = xᵀ A x\ng = ‖x‖²\nh = aᵀ x",
        ["df/dx = (A + Aᵀ) x", "dg/dx = 2x", "dh/dx = a"],
        ["df/dx = 2 A x", "dg/dx = x", "dh/dx = x"],
    ),
    "two products that meet in a number": (
        "q = Wq x\nk = Wk x\ns = qᵀ k\nL = (s − t)²\ndL/ds = 2(s − t)",
        ["dL/dq = 2(s − t) k", "dL/dWq = 2(s − t) k xᵀ", "dL/dx = Wqᵀ dL/dq + Wkᵀ dL/dk"],
        ["dL/dq = 2(s − t) q", "dL/dWq = 2(s − t) x kᵀ", "dL/dx = Wqᵀ dL/dq"],
    ),
    "rules that are said of every layer": (
        "z^l = W^l a^(l-1) + b^l\na^l = σ(z^l)\nC = ½ ‖a^L − y‖²\n"
        "δ^L = (a^L − y) ⊙ σ'(z^L)\nδ^l = (W^(l+1))ᵀ δ^(l+1) ⊙ σ'(z^l)",
        ["∂C/∂W^l = δ^l (a^(l-1))ᵀ", "∂C/∂b^l = δ^l", "∂C/∂a^(l-1) = (W^l)ᵀ δ^l"],
        ["∂C/∂W^l = a^(l-1) (δ^l)ᵀ", "∂C/∂W^l = δ^l (a^l)ᵀ", "∂C/∂a^(l-1) = W^l δ^l"],
    ),
    "such rules where the errors are not what they should be": (
        "z^l = W^l a^(l-1) + b^l\na^l = σ(z^l)\nC = ½ ‖a^L − y‖²\n"
        "δ^L = (a^L − y) ⊙ σ'(z^L)\nδ^l = (W^(l+1))ᵀ δ^(l+1)",
        ["∂C/∂b^L = δ^L"],
        ["∂C/∂W^l = δ^l (a^(l-1))ᵀ", "∂C/∂b^l = δ^l"],
    ),
    "a rule that fits nothing, though no cost is written": (
        "z^l = W^l a^(l-1) + b^l\na^l = f(z^l)\n∂C/∂W^l = δ^l (a^(l-1))ᵀ\n∂C/∂b^l = δ^l",
        [],
        ["δ^l = W^(l+1) δ^(l+1) ⊙ f'(z^l)"],
    ),
    "a unit that is closed shows the gate": (
        "z = W x + b\nh = ReLU(z)\no = V h\nL = ½ ‖o − t‖²\ndL/do = o − t",
        ["dL/dz = Vᵀ (o − t) ⊙ ReLU'(z)", "dL/dz = Vᵀ (o − t) ⊙ (z > 0)"],
        ["dL/dz = Vᵀ (o − t)"],
    ),
    "shares that a logarithm weighs, however they are written": (
        "z = W x\nL = −yᵀ log softmax(z)\ndL/dx = Wᵀ (softmax(z) − y)",
        ["dL/dz = softmax(z) − y", "dL/dW = (softmax(z) − y) xᵀ"],
        ["dL/dz = softmax(z)", "dL/dW = x (softmax(z) − y)ᵀ"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_right_lines_are_right_and_wrong_ones_are_wrong(case):
    document, right, wrong = CASES[case]
    marks = {line: last(f"{document}\n{line}").verdict for line in (*right, *wrong)}
    assert marks == dict.fromkeys(right, "right") | dict.fromkeys(wrong, "wrong")


#: Documents in which nothing may be accused, and why.
SILENT = {
    "numbers, whatever their letters are": "W = 2\nx = 3\nz = W x\ndz/dW = xᵀ",
    "every gradient lies on its side, which is a layout of its own": (
        NETWORK + "δ = p − y\ndL/dW2 = a1 δᵀ\ndL/dW1 = x dL/dz1ᵀ"
    ),
    "no transposes are written at all": NETWORK + "dL/da1 = W2 (p − y)\ndL/dW2 = (p − y) a1",
    "a vector for every step in time": (
        "h_t = tanh(W x_t + U h_{t-1} + b)\no_t = softmax(V h_t)\ndL/dV = (o_t − y_t) h_tᵀ"
    ),
    "the rules of every layer, where no cost is written": (
        "z_l = W_l a_{l-1} + b_l, a_l = f(z_l)\nδ_l = W_{l+1}ᵀ δ_{l+1} ⊙ f'(z_l)\n"
        "∂L/∂W_l = δ_l a_{l-1}ᵀ\n∂L/∂b_l = δ_l\nW_l ← W_l − η δ_l a_{l-1}ᵀ"
    ),
    "samples one by one above, and all of them below": (
        "z^l = h^(l-1) W^l + b^l\nh^l = f(z^l)\nZ^l = H^(l-1) W^l + 1ᵀ b^l\nH^l = f(Z^l)\n"
        "δ^l = (δ^(l+1) (W^(l+1))ᵀ) ⊙ f'(Z^l)\n∂L/∂W^l = (H^(l-1))ᵀ δ^l"
    ),
    "what a function is of, says nothing of the sizes that another line has": (
        "h(X) = g(X θ)\nJ = 1/m (−y log(h) − (1 − y) log(1 − h))\nθ := θ − α ∂J/∂θ\n"
        "∂J/∂θ = 1/m Xᵀ (h − y)"
    ),
    "a slope by one of several may stand for all of them": (
        "h(X) = g(X θ)\nJ = 1/m (−y log(h) − (1 − y) log(1 − h))\n∂J/∂θ_j = 1/m Xᵀ (h − y)"
    ),
    "what the forward pass is, is not said": "dL/dW = x δᵀ\nδ1 = W2 δ2 ⊙ σ'(z1)",
    "a general rule above an example in numbers": (
        "δ1 = W2 δ2 ⊙ σ'(z1)\nx = 2\nw = 0.5\nz = w x = 1\ndz/dw = x = 2"
    ),
}


@pytest.mark.parametrize("case", SILENT)
def test_nothing_is_accused(case):
    assert "wrong" not in verdicts(SILENT[case])


def test_the_sizes_are_said():
    said = told("z = W·x + b\na = σ(z)\nL = ½ ‖a − y‖²")
    assert said == (
        "Sizes are assumed: W is 2×3, x is a vector of 3, b is a vector of 2, z is a vector of 2, "
        "a is a vector of 2, y is a vector of 2"
    )
    assert told("z = w·x + b\na = σ(z)\nL = ½ (a − y)²") == ""


def test_every_dimension_has_a_size_of_its_own():
    sheet = Worksheet.parse(NETWORK + "dL/dW2 = (p − y) a1ᵀ")
    elements = [name[:2] for name in sheet.assumed if name[0] == "W"]
    assert (elements.count("W1"), elements.count("W2")) == (2 * 4, 3 * 2)


def test_what_does_not_fit_is_told_in_sizes():
    mark = last(NETWORK + "dL/dW2 = (p − y) a1ᵀ\ndL/da1 = W2 (p − y)")
    assert [cause.code for cause in mark.causes] == ["shape"]
    assert "3×2 and a vector of 3 cannot be multiplied" in mark.problem
