"""Plain text as people type it: what its lines are read as, and how they are marked.

Every kind of notation has a case with a slip beside the right one, and a case of silence where
the same signs mean something else.
"""

from __future__ import annotations

import pytest

from micrograd_like.worksheet import Worksheet

_SHOWN = {"unchecked": "?", "unreadable": "!"}


def verdicts(text: str) -> str:
    """The verdicts of a worksheet's lines by their first letters, ? unchecked, ! unreadable."""
    marks = Worksheet.parse(text).check().lines
    return "".join(_SHOWN.get(mark.verdict, mark.verdict[0]) for mark in marks)


PAIRS_BELOW = [
    # A comma between two subscripts is part of one name.
    ("w₁,₂ = 0.3\nx₂ = 2\nz = w₁,₂x₂ = 0.6\ndz/dw₁,₂ = x₂ = 2", "ttrr"),
    ("w₁,₂ = 0.3\nx₂ = 2\nz = w₁,₂x₂ = 0.5", "ttw"),
    ("w₁,₂ = 0.3\nw_{1,2} = 0.3\nq = 2w12 = 0.6", "trr"),
    # … and one before anything else is not.
    ("x₁ = 3, x₂ = 2\nq = x₁ + x₂ = 5", "ttr"),
]
CASES = [
    # Cases in every order of words.
    ("f(x) = max(0, x)\nf'(x) = 1 if x > 0, else 0", "rr"),
    ("f(x) = x if x > 0 otherwise 0\nf(2) = 2\nf(-2) = 0", "rrr"),
    ("f(x) = x if x > 0, 0 otherwise\nf(-2) = -2", "rw"),
    ("f(x) = { x if x > 0; 0.01x otherwise }\nf(-2) = -0.02\nf'(-2) = 0.01", "rrr"),
    ("f(x) = { x, x > 0; 0.01x, x ≤ 0 }\nf(-2) = -0.2", "rw"),
    (
        "e = 0.5\nL = ½e² if |e| ≤ 1, otherwise |e| - ½ = 0.125\n"
        "dL/de = e if |e| ≤ 1, sign(e) otherwise",
        "trr",
    ),
    # … one on each line, beside a brace or a tall one, or set further in.
    ("f(x) = { x      if x > 0\n       { 0.1x   otherwise\nf(-2) = -0.2", "rr"),
    ("       ⎧ x      if x > 0\nf(x) = ⎨\n       ⎩ 0.1x   otherwise\nf(-2) = -0.2", "rr"),
    ("f(x) = x            if x > 0\n       exp(x) - 1   if x ≤ 0\nf(-1) = -0.63212", "rr"),
    # A condition that is an equation is no choice; a word of prose begins no case.
    ("p = 0.3\ny = 1\nq = p if y = 1\nq = 1 - p if y = 0", "ttt?"),
    ("x = 2\nFor x = 2: y = 4x = 8", "trr"),
    ("x = 2\ny = 4x = 8\n  otherwise we would stop", "tr"),
]
REMARKS_AND_ROWS = [
    # With a name e1 any number before it is its factor; without one it is a power of ten.
    ("e1 = 3\ny = 1.5e1 = 4.5\nz = .5e1 + 2e1 = 7.5", "trr"),
    ("e1 = 3\ny = 1.5e1 = 5", "tw"),
    ("y = 1.5e1 = 15\ne2 = 3\nz = 1.5e1 + 1e-3 = 15.001", "rtr"),
    # A slope by what nothing joins to the cost is in doubt under a name of its own too, never 0,
    ("x = 2\nt = 3\nE = (x - 1)^2 = 1\ng = dE/dt = 2(x - 1) = 2\nh = 3g = 6", "ttr??"),
    # … and what is joined is held to it.
    ("x = 2\nE = (x - 1)^2 = 1\ng = dE/dx = 2(x - 1) = 3\nh = 3g = 9", "trwf"),
    # Remarks of the languages that have /* and */, on a line, around some, or at its end.
    ("/*\na = 2\n*/\nb = 3a = 6 /* here */\nc = 2a /* two */ + 1 = 4", "trw"),
    # An array of names, row by row or in one line; elsewhere names side by side are factors.
    ("W = [\n  p  q\n  r  s\n]\np = 2, q = 3, r = 4, s = 5\ny = W[2,1] = 4", "tttttr"),
    ("W = [\n  p  q\n  r  s\n]\np = 2, q = 3, r = 4, s = 5\ny = W[2,1] = 3", "tttttw"),
    ("v = [p q]\np = 2\nq = 3\ny = v1 + v2 = 5", "tttr"),
    ("p = 2\nq = 3\ny = [p q] + 2 = 8", "ttr"),
]
STEPS = [
    # w(0) and w(1) are the first w and the next one, where w stands alone as well.
    ("w(0) = 0.5\nx = 2\ny = 3\nL = (w x - y)^2\nw(1) = w(0) - 0.1*2(w(0) x - y)x = 1.3", "ttttr"),
    ("w(0) = 0.5\nx = 2\ny = 3\nL = (w x - y)^2\nw(1) = w(0) - 0.1*2(w(0) x - y) = 0.9", "ttttw"),
    # … and the value of y at 0 is no step, nor is one of a function.
    ("y = x^2 + 1\ny(0) = 1\ny(1) = 2", "t??"),
    ("f(x) = x^2\nf(0) = 0\nf(1) = f(0) + 1 = 1", "rrr"),
    # A part of a formula may be what one differentiates by.
    ("o = σ(w h + b)\n∂o/∂(w h + b) = o(1 - o)", "tr"),
    ("o = σ(w h + b)\n∂o/∂(w h + b) = o(1 + o)", "tw"),
    ("o = σ(w h + b)\n∂o/∂(w h - b) = o(1 - o)", "t?"),
]
PARTS_NAMED = [
    # A weight that goes along ∂L/∂w does not rest on L, of which nothing is said.
    ("p = w x\n∂L/∂p = 2p\n∂L/∂w = ∂L/∂p x\nw ← w - η ∂L/∂w", "tttt"),
    ("p = w x\n∂L/∂p = 2p\n∂L/∂w = 2p x\n∂L/∂w = ∂L/∂p x", "tttr"),
    # What is put into an activation is z, and what comes of it h, where nothing defines them.
    (
        "p = σ(v·tanh(w x))\n∂p/∂z2 = p(1 - p)\n∂z2/∂h = v\n∂h/∂z1 = 1 - h²\n∂p/∂v = ∂p/∂z2·h",
        "trrrr",
    ),
    ("p = σ(v·tanh(w x))\n∂p/∂z2 = p(1 + p)\n∂z2/∂h = w\n∂h/∂z1 = 1 - h", "t???"),
    ("p = σ(w x)\n∂p/∂z = p(1 - p)\n∂z/∂w = x\n∂p/∂w = ∂p/∂z ∂z/∂w", "trrr"),
    ("p = σ(w x)\n∂p/∂z = p(1 - p)\n∂p/∂w = p(1 + p) x", "trw"),
    # … not where two of them may be meant, and not what stands in a formula.
    ("p = σ(w x) + tanh(v x)\n∂p/∂z = 1", "tt"),
    ("p = σ(w z + b)\n∂p/∂z = p(1 - p)", "tw"),
]
FUNCTIONS = [
    # Functions in capitals, and those that others make up.
    ("z = [1, 2, 3]\np = Softmax(z) = [0.0900, 0.2447, 0.6652]", "tr"),
    ("z = [1, 2, 3]\nS = Sum(z) = 7", "tw"),
    ("y = 1\nx = 2\nt = atan2(y, x) = 0.4636\ndt/dx = -y/(x^2 + y^2) = -0.2", "ttrr"),
    ("s = sign(-2) = -1\nr = sgn(3) = -1", "rw"),
    ("x = 0.5\ny = swish(x) = 0.3112\ndy/dx = σ(x) + x σ(x)(1 - σ(x)) = 0.7400", "trr"),
    # A standard deviation by n, or by n − 1; what agrees with neither is wrong.
    ("x = [1, 2, 3, 4]\ns = std(x) = 1.1180", "tr"),
    ("x = [1, 2, 3, 4]\ns = std(x) = 1.2910\nv = Var(x) = 1.6667", "trr"),
    ("x = [1, 2, 3, 4]\ns = std(x) = 1.2610", "tw"),
    # Numbers whose exponentials are too large for any float.
    (
        "z = [1000, 999, 998]\np = softmax(z) = [0.6652, 0.2447, 0.0900]\n"
        "l = logsumexp(z) = 1000.4076",
        "trr",
    ),
    ("z = [-1000, -999, -998]\np = softmax(z) = [0.0900, 0.2447, 0.6552]", "tw"),
    # The same words as names.
    ("Sign = 3\nq = 2 Sign = 6", "tr"),
    ("output sum = 1.2\nq = 2 output sum = 2.4", "tr"),
]
JACOBIANS = [
    # The gradient by the only vector, and by the weights where there are several.
    ("w = [1, 2]\nL = w1^2 + 3 w2^2 = 13\n∇L = [2, 12]\nw' = w - 0.1 ∇L = [0.8, 0.8]", "trrr"),
    ("w = [1, 2]\nx = [3, 1]\nL = w1^2 x1 + 3 w2^2 = 15\n∇L = [6, 12]", "ttrr"),
    ("w = [1, 2]\nL = w1^2 + 3 w2^2 = 13\n∇L = [2, 6]", "trw"),
    # One vector by another: all derivatives, in either layout, or each by its own.
    ("x = [1, 2]\ny1 = x1^2 x2 = 2\ny2 = 5 x1 + x2 = 7\ny = [y1, y2]\n"
     "J = dy/dx = [[4, 1], [5, 1]]", "trrr"),
    ("x = [1, 2]\ny1 = x1^2 x2 = 2\ny2 = 5 x1 + x2 = 7\ny = [y1, y2]\n"
     "dy/dx = [[4, 5], [1, 1]]", "trrr"),
    ("x = [1, 2]\ny1 = x1^2 x2 = 2\ny2 = 5 x1 + x2 = 7\ny = [y1, y2]\n"
     "dy/dx = [[4, 1], [1, 5]]", "trrw"),
    ("W = [[1, 2, 3], [4, 5, 6]]\nx = [1, 0, 1]\nz = W x = [4, 10]\ndz/dx = W\n"
     "L = z1^2 + z2\ndL/dz = [8, 1]\ndL/dx = dL/dz @ dz/dx = [12, 21, 30]", "ttrrtrr"),
    ("z = [0.5, -1]\na = tanh(z) = [0.4621, -0.7616]\nda/dz = 1 - a^2 = [0.7864, 0.4200]", "trr"),
]  # fmt: skip
_BARS = "    | 1  2 |       | 1 |\nW = | 3 -1 |   x = | 2 |\n\n"
DRAWN = [
    # Arrays over several lines, with the statement on any of them.
    ("W = [ 1  2 ]\n    [ 3  0 ]\nx = [1, 2]\nz = W x = [5, 3]", "ttr"),
    (f"{_BARS}z = W x = | 5 |\n          | 1 |", "ttr"),
    (f"{_BARS}z = W x = | 5 |\n          | 2 |", "ttw"),
    ("    ⎡ 1  2 ⎤      ⎡ 1 ⎤\nW = ⎣ 3  0 ⎦  x = ⎣ 2 ⎦\nz = Wx = ⎡ 5 ⎤\n         ⎣ 3 ⎦", "ttr"),
    ("    [ 1 ]\nW = [ 3 ]\n    [ 5 ]\n     [ 1 ]\nx =  [ 2 ]\nz = 2W = [2, 6, 10]", "ttr"),
    ("|0 1| | 1| + |0| = |-1|\n|2 3| |-1|   |1|   | 0|\n|4 5|        |2|   | 1|", "r"),
    # Amounts, numbered lines and tables are none.
    ("x = -2\ny = |x| = 2\nz = |x| + |y| = 4", "trr"),
    ("x = 2\n[1]\n[2] y = 3x = 6", "tr"),
    ("| name | value |\n|---|---|\n| w | 0.5 |\n| x | 2 |\nz = w*x = 1", "ttr"),
]  # fmt: skip
MORE_DRAWN = [
    # Signs between arrays on their further lines, and a row of numbers between bars.
    ("W = [[0, 1], [2, 3]]\nd = [2, 1]\ng = [0, 1]\nδ = g ⊙ (W d) = |0| | 1| = |0|\n"
     "                |1|⊙| 7|   |7|", "tttr"),
    ("d = 2\nz = [0, 0, 1]\ng = d z = |0 0 2|\ng = d z = |0 0 3|", "ttrw"),
    # Lines of an array that do not stand below one another are in doubt.
    ("A = [[1, 2], [3, 0]]\nB = [10, 6]\nJ = B * A = [ 10, 6 ] [ 1  2 ] = [ 28, 20 ]\n"
     "                              [ 3  0 ]", "tt?"),
    # Sizes set apart behind a formula are none of it; arguments are.
    ("X = [[1, 2], [3, 4]]\nW = [[1], [1]]\nz = X @ W   (2,2) @ (2,1) → (2,1)\nz = [3, 7]",
     "tttr"),
    ("X = [[1, 2], [3, 4]]\nW = [[1], [1]]\nz = X @ W   (2,2) @ (2,1) → (2,1)\nz = [3, 8]",
     "tttw"),
    ("f(a, b) = a b\nq = f(2, 3) = 6", "rr"),
]  # fmt: skip
LANGUAGES = [
    # Words of other languages, set beside formulas without a blank, are words.
    ("令w=0.5，x=2，则z=w·x=1。对w求导得∂z/∂w=x=2。", "ttrr"),
    ("令w=0.5，x=2，则z=w·x=1。对w求导得∂z/∂w=w=0.5。", "ttrw"),
    ("重みw = 0.5、入力x = 2とすると、z = w・x = 1となる。\ndz/dw = x = 2である。", "ttrr"),
    ("w = 0.5, x = 2 일 때 z = w·x = 1 이다\nz를 w로 미분하면 dz/dw = x = 2", "ttrr"),
    ("मान लें w = 0.5 और x = 2, तो z = w·x = 1", "ttr"),
    ("إذا كان w = 0.5 و x = 2 فإن z = w·x = 1", "ttr"),
    ("Пусть w = 0,5 и x = 2, тогда z = w·x = 1\nПроизводная по w: dz/dw = x = 2", "ttrr"),
    ("Für w = 0,5 und x = 2 gilt z = w·x = 1,0. Die Ableitung lautet dz/dw = x = 2", "ttrr"),
    # … and names where they are given a value.
    ("学习率 = 0.1\n误差 = 0.5\n步长 = 学习率 * 误差 = 0.05", "ttr"),
    ("学习率 = 0.1\n误差 = 0.5\n步长 = 学习率 * 误差 = 0.06", "ttw"),
]
WORDS = [
    # Comments are read where nothing else claims anything.
    ("# w = 0.5\n# x = 2\n# z = w*x = 1", "ttr"),
    ("w = 0.5  # x = 3\nx = 2\n# z = 7\nz = w*x = 1", "ttr"),
    # Functions that are spoken of, and a product within a product with its own result.
    ("x=1, w=0.2, sigmoid activations, MSE loss, q=0.5. Then z = w·x = 0.2", "tttr"),
    ("a = 2·(0.5·0.4 = 0.2) = 0.4", "rr"),
    ("a = 2·(0.5·0.4 = 0.3) = 0.6", "rw"),
    # Words in brackets in the place of an operand are a quantity that nothing defines.
    ("a = 2 * (the margin of error)\nb = 2", "?t"),
    ("a = 3 (by the rule of products)\nb = 2a = 6", "tr"),
    # A function of which only its derivative and a value are told.
    ("s'(z) = s(z)(1 - s(z))\na = s(6) = 0.9975\nb = a(1-a) = 0.0025", "rrr"),
]
LINES = [
    # Headings drawn in a rule, numbers in circles and pictures before a line say nothing.
    ("x = 2\n══ FORWARD ═══════\ny = 3x = 6\n══ BACKWARD (Kettenregel) ═══\ndy/dx = 3", "trr"),
    ("① y = 3x\n② dy/dx = 3\n🎯 ③ dy/dx = x", "trw"),
    ("a = ½·4 = 2\nb = ¼a = 0.5", "rr"),
    # A list of names has a list of values.
    ("x = 2\na, b = σ(x), 3x = 0.8808, 6\nda/dx = a(1-a)\ndb/dx = 3", "trrr"),
    ("x = 2\na, b = σ(x), 3x = 0.8808, 7", "tw"),
    ("x = 1, y = 2\nq = 3x, r = 3y = 6", "tttr"),
    # A sum in words, and δ of something in brackets.
    ("L = (1/n) * sum over i of (w*x_i + b - y_i)^2\n"
     "dL/dw = (2/n) * sum over i of (w*x_i + b - y_i)*x_i", "tr"),
    ("L = (1/n) * sum over i of (w*x_i + b - y_i)^2\n"
     "dL/db = (2/n) * sum over i of (w*x_i + b - y_i)*x_i", "tw"),
    ("F = (t - a)^2\nG = (u - c)^2\nE = F + G\nδE/δa = δ(F + G)/δa = 2(a - t)", "tttr"),
    ("δ = 0.5\nq = δ(1 - δ)/δ = 0.5", "tr"),
    # A change that has a value of its own, a value behind a colon, one in hundredths again.
    ("a = 0.05\nw = [0.35, 0.30]\nError: +0.205 (too low)\n∇w1 = a × Error × 0.90 = 0.00923\n"
     "w1_new = 0.35 + 0.00923 = 0.35923", "tttrr"),
    ("q = 0.3407 / 0.9907 = 0.344  (34.4%)\nr = 0.3407 / 0.9907 = 0.345  (34.4%)", "rw"),
    ("q = 0.5(10%) = 0.05", "r"),
    ("a = clamp(0.34, 0.20, 0.30) = 0.3\nb = clip(0.29, 0.15, 0.45) = 0.15", "rw"),
    # An article beside an operator is a quantity.
    ("z = W a + b\ndz/da = W", "tr"),
]  # fmt: skip
PASTED = [
    # An answer as it is pasted from a chat, into a text all the same.
    ("**Forward:**\n```\nx = 2\ny = 3x = 6\n```\n**Backward:**\n* dy/dx = 3", "trr"),
    ("For `x = 2`, we have `y = 3x = 6` (see [[the page]]), and `f('a')` is code.", "tr"),
    ("> x = 2\n> y = 3x = 7\n> ```\n> \n> **Interpretation:** it grows", "tw"),
    ("```\nx = 2\ny\\_new = x \\* 3 = 6\n```", "tr"),
    ("x = 2\ny = x**2 + 3**x = 13", "tr"),
    ("`x = 2`\n`y = 3x`\n`= 6`", "tr"),
]
MORE_LINES = [
    # An arrow to the left is a remark, or begins another update.
    ("w = 2\nb = 1\nL = (w + b)^2\nη = 0.1\nw ← w − η ∂L/∂w , b ← b − η ∂L/∂b\nb = 0.4", "ttttrrr"),
    ("q = 3  ← small\nr = 2q = 6", "tr"),
    # A statement behind a colon, a norm beside a fraction, a dot apart from its factors.
    ("g(z) = tanh z: g'(z) = 1 − g(z)²", "rr"),
    ("g(z) = tanh z: g'(z) = 1 − g(z)", "rw"),
    ("a = [1, 2]\ny = [0, 4]\nJ = ½‖a − y‖² = 2.5", "ttr"),
    ("v = [1, 2]\nh = [3, 4]\ny = v . h = 11\nz = v . h = 12", "ttrw"),
    # Words before a name, and behind a learning rate; what is of a name is another quantity.
    ("learning rate η = 0.1\nw = 2\nw' = w - η*3 = 1.7", "ttr"),
    ("a = 2\nw = 3\nchange in w = 0.5*a = 1\nq = 2w = 6", "ttrr"),
    ("a weight of w = 0.5\nq = 2w = 1", "tr"),
    # An element with letters for its indices, and an axis, are not worked out.
    ("L = -log P[i, y_i]\nb = sum(Z, axis=0)\nP = softmax(Z)   row-wise", "???"),
    # A figure that nothing else explains may be rounded.
    ("L = -ln(p2) = -ln(0.1297) = 2.0422", "?"), ("L = -ln(p2) = -ln(0.1297) = 2.0822", "w"),
    ("e = y - t\ne = 0.5 - 2 = -1.7", "tw"),
]  # fmt: skip
PRIMES = [
    # u' and v' that a rule takes together are derivatives;
    ("u = x^2 + 1\nv = 3x - 2\nu' = 2x\nv' = 3\ny = u/v\ny' = (u'v - uv')/v^2", "ttrrtr"),
    ("u = x^2 + 1\nv = 3x - 2\nu' = 2x\nv' = 3\ny = u v\ny' = u'v - uv'", "ttrrtw"),
    # … and those of a second pass are new values.
    ("x = 1\nz = 2x\nh = 3x\nx' = 2\nz' = 4\nh' = 6", "tttttt"),
    # Functions by their names in other languages.
    ("a = sigmoide(0.5) = 0.6225\nb = sen(0.5) = 0.4794\nc = tg(0.5) = 0.9463", "rrw"),
]
_OUTPUTS = "y = [y1, y2]\nr = t - w2*y1\nL = 2r^2\ny1 = w1*x1"
GRADIENTS = [
    # The arguments of what is differentiated are no factor.
    ("w = 2\nb = 1\nJ(w, b) = (3w + b)^2\n∇_w J(w, b) = 6(3w + b) = 42", "tttr"),
    ("w = 2\nb = 1\nJ(w, b) = (3w + b)^2\n∇_w J(w, b) = 2(3w + b) = 14", "tttw"),
    # Numbers in angles are a vector; what compares is none.
    ("w = <0.5,0,1>\nq = 2w = <1,0,2>\nr = w + <0,0,.5> = <0.5,0,1.6>", "trw"),
    ("x = 3\nq = (1 if 0<x else 2) = 1", "tr"),
    # What ∇ lists tells by what it is taken, not the one vector that there is,
    (f"{_OUTPUTS}\n∇L = [∂L/∂w1, ∂L/∂w2] = [-4r w2 x1, -4r y1]", "tttr"),
    (f"{_OUTPUTS}\n∇L = [∂L/∂w1, ∂L/∂w2] = [-4r w2 x1, 4r y1]", "tttw"),
    # … and where it lists none, what a layer gives may not be it. What it is of is.
    (f"{_OUTPUTS}\n∇L = [-4r w2 x1, -4r y1]", "ttt?"),
    ("x = [1, 2]\nf = x1^2 + 3x2\n∇f = [2x1, 3]", "ttr"),
    ("x = [1, 2]\nf = x1^2 + 3x2\n∇f = [x1, 3]", "ttw"),
    # The argument of a function stands for anything, though there is a z1,
    ("z1 = 2\nf(z) = z\nf'(z) = 1\na1 = f(z1) = 2", "trrr"),
    ("z1 = 2\nf(z) = z\nf'(z) = 2", "trw"),
    ("z1 = 2\nf(z) = z^2\nf'(z) = 2z", "trr"),
    ("z1 = 2\nf(z) = z^2\nf'(z) = 3z", "trw"),
    # … but where a number is said of it.
    ("z1 = 2\nf(z) = z^2\nf'(z) = 2z = 4", "trr"),
    ("z1 = 2\nf(z) = z^2\nf'(z) = 2z = 5", "trw"),
    ("z1 = 2\nsigmoid(z) = 0.8808", "tr"),
]
NAMED = [
    # What leads from one to another is one name, and "new" behind a name is its mark.
    ("x = 2\nw(x→h1) = -0.3\nh1 = w(x→h1)·x = -0.6\nw(x→h1) = -0.3 - 0.2·0.5 = -0.4", "ttrr"),
    ("x = 2\nw(x→h1) = -0.3\nh1 = w(x→h1)·x = -0.5", "ttw"),
    ("w = 0.5\ng = 0.2\nw baru = w - 0.1g = 0.48", "ttr"),
    ("w = 0.5\ng = 0.2\nw new = w - 0.1g = 0.58", "ttw"),
    # … wherever it stands on its line, and among words.
    ("x = 2\nw(x→h) = 3\nv(h→y) = 4\ny = 2·w(x→h)·v(h→y)·x = 48", "tttr"),
    ("Weight matrix (hidden → output):\nx = 2\ny = 3x = 6", "tr"),
    # An arrow to a number leads to no name.
    ("x → 3\ny = 2x = 6", "tr"),
    # A number right behind a name gives it, in arrays too, whatever stands elsewhere for it;
    ("X = [x1, x2] = [0.5, 0.3]\ny = 2x1\ndy/dx1 = 2\nz = x1² = 0.25\ndz/dx1 = 2x1 = 1", "rtrrr"),
    ("X = [x1, x2] = [0.5, 0.3]\nz = x1² = 0.25\ndz/dx1 = 2x1 = 0.5", "rrw"),
    ("v = [a, b] = [2, 3]\nq = a b\nq = 3·2 = 6\ndq/da = b = 3", "rtrr"),
    ("v = [a, b] = [2, 3]\nq = a b\nq = 3·2 = 6\ndq/da = b = 2", "rtrw"),
    # … in the place of a name within a formula it is only likely.
    ("q = a b\nq = 3·2 = 6\ndq/da = 5", "tr?"),
]
#: Numbers in the place of names without one.
PUT_IN = [
    # They may be what these are: a factor, an array, in a sum, within a function, in a slope,
    ("Q = X W_Q = 0.5 X", "?"),
    (
        "W = [[1, 2], [3, 4]]\nx = [x1, x2]\nb = [b1, b2]\nz = W x + b\n"
        "z = [x1 + 2x2 + 5, 3x1 + 4x2 + 6]",
        "tt?",
    ),
    ("y = a x^2 + b x + c = 2x^2 + 3x", "?"),
    ("z = w x + b\ny = σ(z) = 1/(1 + e^-(2x + 3))", "t?"),
    ("ŷ = w x\nL = (ŷ - t)^2\ndL/dw = 2(ŷ - t)x = 3(ŷ - t)", "tt?"),
    ("ŷ = w x\nL = (ŷ - t)^2\ndL/dw = 2(ŷ - t)*5", "tt?"),
    # … and what a line gives that is not understood may be anything.
    ("w = foo(3)\ny = w x = x", "??"),
    # No number makes these the same, or none is there: a name is left out, or another one stands.
    ("p = x y + z = 3z", "w"),
    ("Q = X W_Q = 0.5 W_Q + X", "w"),
    ("ŷ = w x\nL = (ŷ - t)^2\ndL/dw = 2(ŷ - t)", "ttw"),
    ("ŷ = w x\nL = (ŷ - t)^2\ndL/dw = 2(ŷ - t)w", "ttw"),
    ("ŷ = w x\nL = (ŷ - t)^2\ndL/dŷ = 3(ŷ - t)", "ttw"),
    ("y = w x = x", "w"),
    # With numbers for them there is nothing to choose.
    ("x = 2\nw = 3\nb = 1\ny = w x + b = 4x", "tttw"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *PAIRS_BELOW,
        *CASES,
        *REMARKS_AND_ROWS,
        *STEPS,
        *PARTS_NAMED,
        *FUNCTIONS,
        *JACOBIANS,
        *DRAWN,
        *MORE_DRAWN,
        *LANGUAGES,
        *WORDS,
        *LINES,
        *PASTED,
        *MORE_LINES,
        *PRIMES,
        *GRADIENTS,
        *NAMED,
        *PUT_IN,
    ],
)
def test_verdicts(text: str, found: str) -> None:
    assert verdicts(text) == found
