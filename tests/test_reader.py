"""Notations as people write them, and what they are read as; what is left out; what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from micrograd_like.notation import plain
from micrograd_like.worksheet import Worksheet
from micrograd_like.worksheet.tokens.lexer import Conventions, Lexer

#: Names that most cases use.
GIVEN = "x = 3\ny = 5\nw = 0.5\nx1 = 1\nx2 = 2\nw1 = 3\nw2 = 4\nE = w*x\nz = x^2\n"


def read(text: str) -> Worksheet:
    """A worksheet that must be read without a problem."""
    sheet = Worksheet.parse(text)
    assert not sheet.problems, str(sheet.problems[0])
    return sheet


def statements(line: str) -> list[str]:
    """What a line behind GIVEN is read as, in plain form."""
    return [str(s) for s in read(GIVEN + line).statements[9:]]


@pytest.mark.parametrize(
    ("line", "plainly"),
    [
        # Names side by side, and glued where they split in one way.
        ("q = w x", "q = w*x"),
        ("q = 2 w x", "q = 2*w*x"),
        ("q = w1x1", "q = w1*x1"),
        ("q = wx", "q = w*x"),
        ("q = w_1x_1 + w_2x_2", "q = w1*x1 + w2*x2"),
        ("q = wx^2", "q = w*x^2"),
        ("q = x (1 - x)", "q = x*(1 - x)"),
        ("q = ∂E/∂w ∂z/∂x", "q = dE/dw*(dz/dx)"),
        ("q = 2|x|", "q = 2*abs(x)"),
        ("q = (w)2", "q = w*2"),
        # A name that is defined as a whole is not taken apart.
        ("wx = 7; q = wx", "wx = 7 / q = wx"),
        # Indices in every form are one name.
        ("q = x_1 + x_{2} + x[1] + x₂", "q = x1 + x2 + x1 + x2"),
        ("v_{1,1} = 2; q = v_11 + v11", "v11 = 2 / q = v11 + v11"),
        ("v^{(1)}_{21} = 2; q = 2v^(1)_21", "v^(1)_21 = 2 / q = 2*v^(1)_21"),
        ("v^1_11 = 2", "v^(1)_11 = 2"),
        ("v_{-1} = 2; q = ln v_{-1}", "v_{-1} = 2 / q = log(v_{-1})"),
        ("net_{h1} = 2; q = 3net_h1", "net_h1 = 2 / q = 3*net_h1"),
        ("θ_max = 2", "theta_max = 2"),
        ("y^{target} = 2", "y_target = 2"),
        ("x̄ = 2; x̂_1 = 3", "xbar = 2 / xhat1 = 3"),
        # A raised or bracketed index of a layer, and one behind a name's index.
        ("V⁽¹⁾ = 2; δ⁽²⁾ = 3V⁽¹⁾", "V^(1) = 2 / delta^(2) = 3*V^(1)"),
        ("a^(l-1) = 2; z^l = 3a^{l-1}", "a^(l-1) = 2 / z^(l) = 3*a^(l-1)"),
        ("v[0][1] = 2; q = v[0,1]", "v01 = 2 / q = v01"),
        ("q = w₁x₁ + w₂x₂", "q = w1*x1 + w2*x2"),
        ("k₁ = 2; q = k₁z₁new'; z₁new' = 3", "k1 = 2 / q = k1*z1new' / z1new' = 3"),
        # What a name is of, in quotes, and under which condition.
        ('Key("a cat") = 2; q = 3Key("a cat")', "Key_a_cat = 2 / q = 3*Key_a_cat"),
        ("p(C=1 | x) = 0.3; q = 1 - p(C=1 | x)", "p_C1_x = 0.3 / q = 1 - p_C1_x"),
        # Greek by any code point, mathematical letters, invisible signs.
        ("𝜎\u2061(𝑥) = 0.95", "sigmoid(x) = 0.95"),
        ("q = w\u2062x", "q = w*x"),
        ("\u202aq = x\u202c", "q = x"),
        ("µ = 2; q = μ", "mu = 2 / q = mu"),
        ("ϑ = 2; q = θ", "theta = 2 / q = theta"),
        ("∆w = 2; q = Δw", "Deltaw = 2 / q = Deltaw"),
        # Numbers.
        ("q = 25 %", "q = 0.25"),
        ("q = ½(x + 1)", "q = 1/2*(x + 1)"),
        ("q = 3.2 × 10^{-4}", "q = 3.2*10^(-4)"),
        ("q = 2 x (-1.5) + 1", "q = 2*(-1.5) + 1"),
        # Functions under their usual names, powers of them, and Python's calls.
        ("q = ReLU(x) + Sigmoid(x)", "q = relu(x) + sigmoid(x)"),
        ("q = np.exp(x) + math.log(x)", "q = exp(x) + log(x)"),
        ("q = lg(x)", "q = log10(x)"),
        ("q = max(x, y, w)", "q = maximum(maximum(x, y), w)"),
        ("q = sin²x", "q = sin(x)^2"),
        ("q = tanh'(x)", "q = 1 - tanh(x)^2"),
        ("q = x.tanh()", "q = tanh(x)"),
        ("q = Value(2.0, label='q')", "q = 2.0"),
        ("q = mean(x, y)", "q = (x + y)/2"),
        ("q = sig(x) + cot(x) sec x", "q = sigmoid(x) + 1/tan(x)*(1/cos(x))"),
        ("q = sum_i(x_i w_i)", "q = x1*w1 + x2*w2"),
        ("q = 1(x > y)", "q = 1*(1 if x > y else 0)"),
        # Derivatives.
        ("δE/δw = 3", "dE/dw = 3"),
        ("𝜕E/𝜕w = 3", "dE/dw = 3"),
        ("dE_dw = 3", "dE/dw = 3"),
        ("∂/∂w E = 3", "dE/dw = 3"),
        ("d/dw (E) = 3", "dE/dw = 3"),
        ("E.grad = 1.0; w.grad = 3.0", "dE/dE = 1.0 / dE/dw = 3.0"),
        # Derivatives in words.
        ("derivative of E with respect to w = 3", "dE/dw = 3"),
        ("The slope of E w.r.t. w = x = 3", "dE/dw = x = 3"),
        ("Gradient of the E wrt the w ≈ 3", "dE/dw ≈ 3"),
        ("so partial derivative of E w.r.t. w = 3", "dE/dw = 3"),
        ("Gradient of E with respect to w:", ""),
        # Sums over the indices in use, or from one to another.
        ("q = Σ_i x_i w_i", "q = x1*w1 + x2*w2"),
        ("q = ∑_{i=1}^{2} x_i", "q = x1 + x2"),
        ("q = Π_i x_i", "q = x1*x2"),
        # An expression on the left is a claim.
        ("1 - x = -2", "1 - x = -2"),
        ("-log(x) = -1.0986", "-log(x) = -1.0986"),
        ("x + y = 8", "x + y = 8"),
        ("3 = x", "3 = x"),
        # Update marks.
        ("w⁺ = w - 1", "w_new = w - 1"),
        ("w^+ = w - 1", "w_new = w - 1"),
        ("w+ = w - 1", "w_new = w - 1"),
        ("w^{new} = w^{old} - 1", "w_new = w - 1"),
        ("w(new) = w - 1", "w_new = w - 1"),
        ("w ← w - 1", "w = w - 1"),
        ("w := w - 1", "w = w - 1"),
        ("w -= 1", "w = w - 1"),
        ("w: w - 1 = -0.5", "w = w - 1 = -0.5"),
        # Several statements on a line, and what stands between and before them.
        ("a = 1, b = 2", "a = 1 / b = 2"),
        ("a = 1; b = 2;", "a = 1 / b = 2"),
        ("a = 1   b = 2", "a = 1 / b = 2"),
        ("a = 1 | b = 2", "a = 1 / b = 2"),
        ("a = 1 ⇒ b = 2", "a = 1 / b = 2"),
        ("a = 1, so b = 2", "a = 1 / b = 2"),
        ("a = 1 and therefore b = 2", "a = 1 / b = 2"),
        ("∴ a = 1", "a = 1"),
        ("a = 1 (b = 2)", "a = 1 / b = 2"),
        ("At a = 1: b = 2", "a = 1 / b = 2"),
        ("a = 1 (x₁ → z), b = 2 (x₂ → z)", "a = 1 / b = 2"),
        ("c → 0.5", "c = 0.5"),
        # An arrow parts what is said of the left side from its value, and goes on with a value.
        ("h = 0.54 → 1 - h² = 0.71", "h = 0.54 / 1 - h^2 = 0.71"),
        ("h = 0.54 → 0.5 = 0.5", "h = 0.54 = 0.5 = 0.5"),
        ("a = b = 0", "a = b = 0"),
        ("a1 = a2 = 0", "a1 = 0 / a2 = 0"),
        # Prose, numbering and remarks are passed over.
        ("Step 1: a = 1", "a = 1"),
        ("1) a = 1", "a = 1"),
        ("Step 2. a = 2x", "a = 2*x"),
        ("path 2 = 2x", "2 = 2*x"),
        ("a) q = 1", "q = 1"),
        ("2. a = 1", "a = 1"),
        ("- a = 1", "a = 1"),
        ("Given: a = 1", "a = 1"),
        ("The output is then q = 2x", "q = 2*x"),
        ("q = 2x (power rule)", "q = 2*x"),
        ("q = 2x // by hand", "q = 2*x"),
        ("q = 2x = 6 (= 6)", "q = 2*x = 6"),
        ("q = 2x <-- by hand", "q = 2*x"),
        ("Step 2 (a = 1):", "a = 1"),
        ("Settings (plain, rate = 0.1)", "rate = 0.1"),
        ("q (true label) = 1", "q = 1"),
        ("Assuming a step size (eta) = 0.1", "eta = 0.1"),
        ("n = number of samples, q = the true value", ""),
        ("Cross-entropy loss = binary cross-entropy", ""),
        ("e^2 ≈ 7.389, 3x = 9", "e^2 ≈ 7.389 / 3*x = 9"),
        ("Now we go back.", ""),
        ("Forward pass", ""),
        # Rules, boxes and the rows of a table say nothing, nor does a tick behind a result.
        ("q = 2x\n======\n──────\n***\n= 6", "q = 2*x = 6"),
        ("=== Forward ===\nq = 2x", "q = 2*x"),
        ("| q = 2x = 6 |", "q = 2*x = 6"),
        ("┌────┐\n│ w1 │ 0.5 │ 3\n└────┘\n1  0.5  2", ""),
        ("q = 2x = 6 ✓", "q = 2*x = 6"),
        ("q = 2x = 6 ✓, a = 1 !", "q = 2*x = 6 / a = 1"),
        ("q = 2x = 6   ← not small", "q = 2*x = 6"),
        # … but a bar may be one of |x|, and a row of figures that of an open array.
        ("q = |x| + |y|", "q = abs(x) + abs(y)"),
        ("M = [\n1 2\n3 4\n]", "M11 = 1 / M12 = 2 / M21 = 3 / M22 = 4"),
        # A full stop ends a sentence; one inside a word or a number does not.
        ("q = 2x. Then a = q + 1. That is large.", "q = 2*x / a = q + 1"),
        ("see Eq. 3: q = 2x", "q = 2*x"),
        ("a = 2.5. b = 3", "a = 2.5 / b = 3"),
        # Words behind a comma are said of the line; what is held under a condition comes first.
        ("q = 2x, so it grows with x", "q = 2*x"),
        ("q = k x (with k = 2)", "k = 2 / q = k*x"),
        ("k = 2: q = k x", "k = 2 / q = k*x"),
        # Comparisons are not held against anything.
        ("q = 2x > 0", "q = 2*x"),
        ("x ≥ 1", ""),
        ("q = 1 if x > 0 else 0", "q = 1 if x > 0 else 0"),
        # An arrow that begins a line leads to a value; in a picture it leads to the next box.
        ("q = 2x\n→ 6", "q = 2*x = 6"),
        ("→ it grows", ""),
        ("x → h → y", ""),
        ("32 → 64", ""),
        # What is said in words on the right, and code that relates nothing.
        ("q = current value, a = learned rate (often small)", ""),
        ("model.fit(x, epochs=3)\nDense(4, activation='relu')", ""),
        ("Update:\nStep 4 (of 5):\nlog-odds are next", ""),
        # Commas between thousands, outside of brackets; stars of optima; indices below powers.
        ("n = 65,536", "n = 65536"),
        ("v = [100,200,300]", "v1 = 100 / v2 = 200 / v3 = 300"),
        ("u* = 2; q = x + u* + 1", "u_star = 2 / q = x + u_star + 1"),
        ("q = x** 2; p = 3* -x", "q = x^2 / p = 3*(-x)"),
        ("σ_w = 2; q = σ²_w", "sigma_w = 2 / q = sigma_w^2"),
        ("q = Σᵢ₌₁² xᵢ", "q = x1 + x2"),
        # An x set apart is times where the document writes so.
        ("k = 2; q = 3 x 2; p = w1 x k", "k = 2 / q = 3*2 / p = w1*k"),
        ("q = x w1", "q = x*w1"),
        # Root and power; outer products.
        ("q = √x²", "q = sqrt(x^2)"),
        ("a = [1, 2]; b = [3, 4, 5]; q = a ⊗ bᵀ",
         "a1 = 1 / a2 = 2 / b1 = 3 / b2 = 4 / b3 = 5 / q11 = a1*b1 / q12 = a1*b2 / q13 = a1*b3 / "
         "q21 = a2*b1 / q22 = a2*b2 / q23 = a2*b3"),
        # The cells of a table's row that relate; remarks of one function, or about one name.
        ("| Name | q = 2x | p = 3 |", "q = 2*x / p = 3"),
        ("q = max(0, x)   (ReLU)", "q = maximum(0, x)"),
        ("q = 2x [w1 gradient]", "q = 2*x"),
        # Units behind numbers; what words on the left are said to equal.
        ("30 inputs x 2 clerks + 4 nudges = 60 + 4 = 64", "30*2 + 4 = 60 + 4 = 64"),
        ("q = 3 error + 1; error = 2", "q = 3*error + 1 / error = 2"),
        ("(slope of all) x w = (0.5*2) = 1", "0.5*2 = 1"),
        ("(slope of all) x w = 1", ""),
        # Code that says something of its own objects, a range, and a case.
        ("self.op = op\nmode = 'fast'\nk = 1 … n", ""),
        ("q = 1 - x if y = 5", "q = 1 - x"),
        # Figures and letters above; layers, where one has the first.
        ("q = e⁻⁰·⁵ + eˣ + 2⁻ˣ", "q = e^(-0.5) + e^x + 2^(-x)"),
        ("a¹ = 2; a² = 3a¹; q = y²", "a^(1) = 2 / a^(2) = 3*a^(1) / q = y^2"),
        ("a¹ = 2; a¹₂ = 4", "a^(1) = 2 / a^(1)_2 = 4"),
        ("q = x¹ + z²", "q = x^1 + z^2"),
        # The gradient of a quantity that is written with its arguments.
        ("f(x, y) = 3x + y\n∇f = [3, 1]", "f = 3*x + y / df/dx = 3 / df/dy = 1"),
        # What an array is differentiated by has its shape, whatever it is.
        ("∂E/∂V = [1, 2]·0.5", "dE/dV1 = 1*0.5 / dE/dV2 = 2*0.5"),
        # The same letter of two arguments is two quantities.
        ("v(w1) = 2; v(w2) = 3", "v(w1) = 2 / v(w2) = 3"),
        ("learning rate = 0.1; q = 2 learning rate", "learning_rate = 0.1 / q = 2*learning_rate"),
        # A line that begins with an operator goes on with the one above.
        ("q = x^2\n+ 3x", "q = x^2 + 3*x"),
        ("q = x^2\n- 1\n+ 3x = 9", "q = x^2 - 1 + 3*x = 9"),
        ("q = x^2\n- sin(x)", "q = x^2 - sin(x)"),
        # … where it is no mark of a list, of what is said in words, or of a statement,
        ("q = x^2\n- layer 2\n- y = 7", "q = x^2 / y = 7"),
        ("q = x^2\n- d/dx(3x) = 3", "q = x^2 / -(d(3*x)/dx) = 3"),
        # … nor goes on with a result.
        ("q = x^2 = 9\n- 2x = -6", "q = x^2 = 9 / -2*x = -6"),
        ("q = x^2\n= 9\n= 9.0", "q = x^2 = 9 = 9.0"),
        # … but with a sign that is a label, as of an operation of a graph, it does not.
        ("q = 1/1.37 = 0.73\n+1: 0.53", "q = 1/1.37 = 0.73"),
        ("q = 1/1.37 = 0.73\n*-1: 0.53", "q = 1/1.37 = 0.73"),
        # … but never with a given.
        ("q = x^2\na = 1\n= 9", "q = x^2 / a = 1 / q = 9"),
        # … with what was set before it, over asides and prose,
        ("Find: d/dx[x²]\nInner: a = 1, b = 2\n= 2x", "a = 1 / b = 2 / d(x^2)/dx = 2*x"),
        ("Find: 3x + 2\n= 11", "3*x + 2 = 11"),
        ("q = 2x\nPower rule:\n= 6", "q = 2*x / q = 6"),
        # … and a question says nothing by itself.
        ("d/dx[x²]", ""),
        # Vectors and matrices are their elements.
        ("v = [1, 2]", "v1 = 1 / v2 = 2"),
        ("M = [[1, 2], [3, 4]]", "M11 = 1 / M12 = 2 / M21 = 3 / M22 = 4"),
        ("v = [1 -2]", "v1 = 1 / v2 = -2"),
        ("M = [[1 2] [3 4]]", "M11 = 1 / M12 = 2 / M21 = 3 / M22 = 4"),
        ("M = [1, 2]\n    [3, 4]", "M11 = 1 / M12 = 2 / M21 = 3 / M22 = 4"),
        ("M = [[1, 2],\n     [3, 4]]", "M11 = 1 / M12 = 2 / M21 = 3 / M22 = 4"),
        ("v = [x - 2]", "v = x - 2"),
        # Octave's elements and signs, element by element; brackets behind a number are a factor.
        ("v = [1; 2]; q = sum(v .* v.^2) ./ 2",
         "v11 = 1 / v21 = 2 / q = (v11*v11^2 + v21*v21^2)/2"),
        ("v = [1, 2]; q = 3v(2)", "v1 = 1 / v2 = 2 / q = 3*v2"),
        ("k = 4; q = 3k(2)", "k = 4 / q = 3*k*2"),
        ("M = [1 2\n     3 4]", "M11 = 1 / M12 = 2 / M21 = 3 / M22 = 4"),
        ("M = [[1 2]\n     [3 4]]", "M11 = 1 / M12 = 2 / M21 = 3 / M22 = 4"),
        ("M = [1 -2; 3 4]", "M11 = 1 / M12 = -2 / M21 = 3 / M22 = 4"),
        ("M = [[1, 2]]; v = [3]; q = (Mᵀ v)",
         "M11 = 1 / M12 = 2 / v = 3 / q11 = M11*v / q21 = M12*v"),
        ("M = [1, 2; 3, 4]", "M11 = 1 / M12 = 2 / M21 = 3 / M22 = 4"),
        ("[a, b] = [1, 2]", "a = 1 / b = 2"),
        ("v = [1, 2]; q = v·v", "v1 = 1 / v2 = 2 / q = v1*v1 + v2*v2"),
        ("v = [1, 2]; q = Σ v", "v1 = 1 / v2 = 2 / q = v1 + v2"),
        ("v = [1, 2]; q = 2v + 1", "v1 = 1 / v2 = 2 / q1 = 2*v1 + 1 / q2 = 2*v2 + 1"),
        ("M = [[1, 2]]; v = [3, 4]ᵀ; q = Mv",
         "M11 = 1 / M12 = 2 / v1 = 3 / v2 = 4 / q = M11*v1 + M12*v2"),
        ("Data: (u, v) = (1, 2), (3, -4)", "u1 = 1 / u2 = 3 / v1 = 2 / v2 = -4"),
        ("(u, v) = (1, 2)", "u = 1 / v = 2"),
        ("M = [[1, 2]]; v = [3, 4]; q = M v",
         "M11 = 1 / M12 = 2 / v1 = 3 / v2 = 4 / q = M11*v1 + M12*v2"),
        ("v = [1, 2]; q = sum(v); ∂q/∂v = [1, 1]",
         "v1 = 1 / v2 = 2 / q = v1 + v2 / dq/dv1 = 1 / dq/dv2 = 1"),
        ("v = [1, 2]; q = ‖v‖", "v1 = 1 / v2 = 2 / q = sqrt(v1^2 + v2^2)"),
    ],
)  # fmt: skip
def test_notations(line: str, plainly: str) -> None:
    assert " / ".join(statements(line)) == plainly


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        # Functions that a document defines, by a formula or by example, and their derivatives.
        ("f(x) = x^2\nq = f(3)", "q", 9),
        ("f(u) = u^2\nq = f'(3)", "q", 6),
        ("q = f(3)\nf(u) = u^2", "q", 9),
        ("a = g(0.5) = 1/(1 + e^-0.5)\nq = g(0)", "q", 0.5),
        # y(x) is the quantity y where x is one too.
        ("x = 2\ny(x) = x^2\nq = y + 1", "q", 5),
        ("input(h1) = 2\nq = 3 input(h1)", "q", 6),
        # Order does not matter.
        ("q = a + 1\na = 2", "q", 3),
        ("q = b + 1\nb = 2a\na = 2", "q", 5),
        # A name that is given another value is a new version; what was computed keeps the old.
        ("a = 1\nb = 2a\na = 5\nc = 3a", "c", 15),
        ("a = 1\nb = 2a\na = 5\nc = 3a", "b", 2),
        ("a = 1\na = a + 1\na = a + 1\nc = a", "c", 3),
        ("s += 2\ns += 3\nq = s", "q", 5),
        ("a = 2.0\na = 2.0 - 0.1 * (-0.0324) = 2.003\nq = a", "q", 2.00324),
        # Second derivatives, and derivatives of expressions.
        ("x = 2\ny = x^3\nq = d²y/dx²", "q", 12),
        ("x = 2\nq = d/dx (x^3)", "q", 12),
        ("x = 2\nq = ∂(x^3)/∂x", "q", 12),
        ("w = 2\nb = 3\nL = w^2 b^2\nq = ∂²L/∂w∂b", "q", 24),
        # Templates stand for each of their numbers.
        ("x_1 = 1\nx_2 = 2\nh_t = 3x_t\nq = h_1 + h_2", "q", 9),
        ("h_0 = 1\nh_t = 2h_{t-1}\nh_1 = 2\nh_2 = 4\nq = h_2", "q", 4),
        # … also where none of those between is spoken of;
        ("h_t = 2h_{t-1} + x_t, q = 3h_3\nx_1 = 1, x_2 = 2, x_3 = 3\nh_0 = 0", "q", 33),
        ("x = [1, 2]\nw = [3, 4]\nq = Σ_i x_i w_i", "q", 11),
        ("y_i = 2x_i\nq = Σ_{i=1}^{2} y_i\nx_1 = 1, x_2 = 3", "q", 8),
        # Of glued names the last is transposed, and A is a name where it is given a value.
        ("Q = [[1, 2], [3, 4]]\nK = [[1, 0], [1, 1]]\nS = QKᵀ\nq = S12", "q", 3),
        ("Q = [[1, 2], [3, 4]]\nK = [[1, 0], [1, 1]]\nS = QK^T\nq = S12", "q", 3),
        ("A = [[1, 2], [3, 4]]\nV = [1, 1]\nZ = A V\nq = Z2", "q", 7),
        # Indices without a mark, where the document leaves no doubt.
        ("x_1 = 1, x_2 = 2\ny_1 = 3, y_2 = 5\nm = 2\nq = Σ yi (mxi)", "q", 26),
        ("w1,3 = 0.5\nw2,3 = 0.25\nq = w1,3 * 2 + w2,3 * 4", "q", 2),
        ("w13 = 0.5\nq = max(w13,3)", "q", 3),
        ("w = 2\nw (new) = w (old) - 0.5\nq = 2w_new", "q", 3),
        # An x between derivatives that are linked is times.
        ("x = 2\nu = x^2\ny = u^3\nq = dy/du x du/dx", "q", 192),
        # What is said of a name's change alone is a quantity.
        ("x = 2\n∂x = 3\nq = x - 0.5∂x", "q", 0.5),
        # A function's function needs no brackets.
        ("v = [0, 1]\ns = log softmax(v) = [-1.3133, -0.3133]\nq = s2 - s1", "q", 1),
        # Brackets of a function may be square.
        ("x = 2\nq = exp[x - 2]", "q", 1),
        # What stands in brackets may be followed by more.
        ("Sample (x=3, y=7), w=1, b=0:\nq = x + y + w + b", "q", 11),
        ("y = (a*b + c)*d with a=2, b=-3, c=10, d=-2", "y", -8),
        ("y = w^T v\nw = [2, -1]^T\nv = [3, 1]\nq = y", "q", 5),
        # Values stand in tables.
        ("| Symbol | Value | From |\n|---|---|---|\n| w₁ | 0.5 | x → h |\n| x | -2 | data |\n"
         "q = w₁x", "q", -1),
        ("| Symbol | Value |\n|---|---|\n| η | 0.5 |\n| bias | 2 |\nq = η*bias", "q", 1),
        ("| a | b |\n|---|---|\n| 2 | 0.5 |\nq = a b", "q", 1),
        # Fractions may be drawn over three lines.
        ("x = 3\ny = x^2\n     dy    x + 1\nq =  -- + -----\n     dx      2", "q", 8),
        ("x = 3\nq = ─────\n    x - 1\np = 2", "p", 2),
        # A line of dashes between two things is a picture.
        ("x = 2\nx = 5 ------/ y\nq = 3x", "q", 6),
        # σ is no function where nothing follows that it could be of.
        ("q = 1/σ²\nσ = 2", "q", 0.25),
        ("x = 3\nq = (x - 1)/σ\nσ = 4", "q", 0.5),
        # With a name e1, 2e1 is a product.
        ("e1 = 4\nq = 2e1", "q", 8),
        # Commas as decimal signs, throughout.
        ("a = 1,5\nq = 2a + 0,5", "q", 3.5),
        # Lines end as in every system.
        ("a = 1\u2028b = 2\u0085c = 3\x0bq = a + b + c", "q", 6),
    ],
)  # fmt: skip
def test_values(text: str, name: str, number: float) -> None:
    names = Worksheet.parse(text).names
    found = [node for key, node in names.items() if key == name]
    assert found[-1].data == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("q = 2 * / 3", 1, 9, "expected a number, a name or a bracket, got '/'"),
        ("q = 1,5\nx = 0.5", 1, 6, "expected an operator"),
        ("= 9", 1, 1, "expected a name or a derivative"),
        ("a = 1\n= 9", 2, 1, "expected a name or a derivative"),
        ("q = sigmod(2)", 1, 5, "'sigmod' is no function"),
        ("yhat = 1\nq = 2 yhut", 2, 7, "did you mean 'yhat'?"),
        ("a = 1\nq = 2\u0430", 2, 6, "is the Cyrillic letter"),
        ("q = ∂E", 1, 5, "expected a derivative"),
    ],
)
def test_what_is_refused(text: str, line: int, column: int, message: str) -> None:
    found = Worksheet.parse(text).problems[0]
    assert (found.line, found.column) == (line, column)
    assert message in found.message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        # What is understood but cannot be worked out is unchecked, with the reason.
        ("q = Σ ½(t - o)^2", "What the sum runs over is not said"),
        ("v = [1, 2]\nu = [1, 2, 3]\nq = v + u", "expected equal shapes"),
        ("v = [[1, 2], [3]]", "expected rows of one length"),
        ("W = [[1, 2, 3], [4, 5, 6]]\nv = [1, 2]\nq = W·v", "the left side has 3 columns"),
        ("x.grad = 3", "Nothing says of what this is the gradient"),
        ("x = 2\np = 2x\nq = 3x\nx.grad = 3", "Nothing says of what this is the gradient"),
        ("q = f(x; w)", "Nothing says what the function f is"),
        ("q = sum 1/2 (t - o)^2", "What the sum runs over is not said"),
        ("n = floor((8 - 3)/2) + 1 = 3", "floor(…) is not worked out"),
        ("L = E[(y - 3)^2] = 2", "Expectations are not worked out"),
        ("v = [1, 2]\nq = v[5] + 1", "v has 2 elements, and nothing gives v5 a value"),
        ("q = total(3)", "Nothing says what the function total is"),
    ],
)
def test_what_cannot_be_worked_out(text: str, reason: str) -> None:
    mark = Worksheet.parse(text).check().lines[-1]
    assert mark.verdict == "unchecked"
    assert reason in mark.problem


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        # What could not be read leaves what it defines in doubt; its number is carried on.
        ("p = 2 * / 3 = 0.5\nq = 2p = 1", "p", "stands on line 1, which could not be read"),
        # A name without a value takes the figure in its place.
        ("h = 0.6\nn = w*h + b\nn = 0.4*0.6 + 0.1 = 0.34", "b", "taken from the figures"),
        # Figures that stand for names, and those that may stand for several.
        ("w = 0.7\nx = 0.3\nz = 0.7*0.3 = 0.21", "z", "read from its figures"),
        ("w = 0.5\nH = 0.5\nR = 0.05*0.5^2", "R", "has only figures"),
    ],
)
def test_doubts(text: str, name: str, told: str) -> None:
    assert told in Worksheet.parse(text).doubts[name]


def test_figures_that_stand_for_names_are_read_so() -> None:
    sheet = read("w = 0.7\nx = 0.3\nz = 0.7*0.3 = 0.21\nu = 3*4")
    assert plain(sheet.formulas["z"]) == "w*x"
    # Those that stand for nothing hide nothing.
    assert "u" not in sheet.doubts


UNIT = "x = 0.6\nw = 0.1\nb = 0.04\nz = w*x + b = 0.1\n"


@pytest.mark.parametrize(
    ("line", "formula"),
    [
        ("h = tanh(0.1)", "tanh(z)"),
        ("h = max(0, 0.1)", "maximum(0, z)"),
        ("h = 1/(1 + e^-0.1)", "1/(1 + e^(-z))"),
        ("r = 2\nh = tanh(0.1)", "tanh(z)"),
        # What something else goes on from, and what is no argument, may be any of them.
        ("q = 2z\nh = tanh(0.1)", "tanh(0.1)"),
        ("h = 3*0.1", "3*0.1"),
    ],
)
def test_a_function_of_a_figure_is_of_what_was_computed_for_it(line: str, formula: str) -> None:
    sheet = read(UNIT + line)
    assert plain(sheet.formulas["h"]) == formula
    assert ("h" in sheet.doubts) == ("z" not in formula)


def test_of_two_sums_with_one_number_that_of_the_same_unit_is_meant() -> None:
    two = UNIT.replace("z", "z1") + "z2 = w*b + 0.096 = 0.1\nh2 = tanh(0.1)\nh1 = tanh(0.1)"
    sheet = read(two)
    assert [plain(sheet.formulas[name]) for name in ("h1", "h2")] == ["tanh(z1)", "tanh(z2)"]


def test_a_name_given_to_a_part_stands_there() -> None:
    sheet = read("w = 0.7\nx = 1.3\na = sigmoid(w*x)\nz = x*w\nda/dz = a*(1 - a)")
    assert plain(sheet.formulas["a"]) == "sigmoid(z)"
    # Where nobody differentiates by it, nothing is changed.
    sheet = read("w = 0.7\nx = 1.3\na = sigmoid(w*x)\nz = x*w")
    assert plain(sheet.formulas["a"]) == "sigmoid(w*x)"


#: Three samples of two inputs, their targets, and weights.
ROWS = "X = [[1, 2], [3, 1], [0, 2]]\nt = [3, 5, 2]\nθ = [2, -1]\n"


def verdicts(text: str) -> str:
    """The verdicts of a worksheet's lines by their first letters, and ? for unchecked."""
    shown = {"unchecked": "?", "unreadable": "!"}
    marks = Worksheet.parse(text).check().lines
    return "".join(shown.get(mark.verdict, mark.verdict[0]) for mark in marks)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # Figures that are computed again are a new value, and what is wrong in them is seen.
        ("z = 0.5*2 + 0.1 = 1.1\nz = 0.4*2 + 0.3 = 1.1\nz = 0.7*2 + 0.2 = 1.6", "rrr"),
        ("z = 0.5*2 + 0.1 = 1.1\nz = 0.7*2 + 0.2 = 1.9", "rw"),
        # … also where the values are near, by the figures that are new;
        ("w = 0.5\nz = 0.1w - 0.05 = 0.0\nh = σ(z) = 0.5\n"
         "w ← 0.56\nz = 0.1*0.56 - 0.05 = 0.006\nh = σ(0.006) = 0.5015", "trrtrr"),
        ("m = 1\np = 1\nm ← 1.3\np = 1.3*2 = 2.6", "tttr"),
        # … and what it rests on may have been given.
        ("m = 1.5\np = 2\np = 1.5*2 = 2.6", "ttw"),
        # … also where the old value stands last in a sum;
        ("b = -0.2\nb = -(-0.78*0.05) - 0.2 = -0.161\nc = 2*b = -0.322", "trr"),
        # The mean that momentum keeps is a new one in every step, and a weight that decays,
        ("g = 0.5\nv = 0\nv = 0.9v + 0.1g = 0.05\nw = 1\nw = w - 0.1v = 0.995\n"
         "v = 0.9*0.05 + 0.1*0.5 = 0.095", "ttrtrr"),
        ("g = 2\nw = 1\nw = (1 - 0.1)w - 0.1g = 0.7\ng = 1\nw = 0.9w - 0.1g = 0.53", "ttrtr"),
        # … and what is computed wrong from it is seen;
        ("g = 6\ns = 0\ns = 0.9s + 0.1g^2 = 4.6", "ttw"),
        # … but a formula that holds of itself is no step.
        ("p = 0.5\np = 1/(1 + e^(-(2p - 1)))", "t?"),
        # A function that is defined anew is another one from there on,
        ("f(x) = 2x\nf(3) = 6\nf(x) = x^2\nf(3) = 9\nf'(3) = 6", "rr?rr"),
        # … the same in another form is not;
        ("f(x) = (x + 1)^2\nf(x) = x^2 + 2x + 1\nf(2) = 8", "rrw"),
        # … and what stands above any definition proves nothing against it.
        ("g(2) = 2*2 + 1 = 5\ng(t) = tanh(t)", "?r"),
        # Functions that are each other's derivatives are none that could be opened.
        ("f(x) = g'(x)\ng(x) = f'(x)\nq = f(2) = 3", "???"),
        ("g(0) = g'(0)^1\nq = g'(2) = 3", "??"),
        # A share of a whole is no function of its own score alone,
        ("f(2) = e^2/(e^2 + e^1) = 0.7311\nf(1) = e^1/(e^2 + e^1) = 0.2689", "rr"),
        # … and a function that its examples agree on is one, whose figures may stand for names.
        ("x = 0.2\nz = 3x\nF(x) = 1/(1 + e^-x) = 0.5498\nF(z) = 1/(1 + e^-0.6) = 0.6457", "ttrr"),
        ("F(0.2) = 1/(1 + e^-0.2) = 0.5498\nF(0.5) = 1/(1 + e^-0.5) = 0.6225\nF(0.1) = 0.6",
         "rrw"),
        # … also where the figure of its argument is put in.
        ("a1 = 0.5\ny3 = f(a1) = 1/(1 + e^-0.5) = 0.6225\na2 = 0.2\ny4 = f(a2) = 0.5498", "trtr"),
        # A function of a vector may stand on the left.
        ("z = [0, 1]\nexp(z) = [1, 2.7183]", "tr"),
        ("z = [0, 1]\nexp(z) = [1, 2.8183]", "tw"),
        # Beside a square matrix a vector may be a row or a column: what is right as one is right,
        ("W = [[1, 2], [3, 4]]\nX = [[1, 0], [0, 1]]\nb = [1, 2]\nA = W X + b = [[2, 3], [5, 6]]",
         "tttr"),
        ("W = [[1, 2], [3, 4]]\nX = [[1, 0], [0, 1]]\nb = [1, 2]\nA = X W + b = [[2, 4], [4, 6]]",
         "tttr"),
        # … and what is wrong as both is wrong.
        ("W = [[1, 2], [3, 4]]\nX = [[1, 0], [0, 1]]\nb = [1, 2]\nA = W X + b = [[2, 3], [5, 7]]",
         "tttw"),
        # Several figures that its names have not are those of another pass, one alone is a slip;
        ("x = 2\nw = -0.5\nb = 1\nz = w x + b = 0\nz = -0.475*2 + 1.0125 = 0.0625", "tttrr"),
        ("x = 2\nw = -0.5\nb = 1\nz = w x + b = 0\nz = -0.475*2 + 1.0125 = 0.0825", "tttrw"),
        ("x = 2\nw = -0.5\nb = 1\nz = w x + b = 0\nz = -0.475*2 + 1 = 0.05", "tttrw"),
        # Givens may stand side by side where no blank stands beside their relations.
        ("x=2 w=3\nq = w x = 6", "ttr"),
        # What 2h is below a line on the left side proves nothing,
        ("x = 1\nh = 0.1\n((x + h)^2 - (x - h)^2) / 2h = 0.4/0.2 = 2", "tt?"),
        # … nor does an expression in a name that nothing gives a value.
        ("x = 2\ny = 3\nlog P = x + 1\nlog P = y + 2", "tt??"),
        # A label that the cost has put in already proves nothing, other names at their numbers do.
        ("y = 1\nz = 1.753\nL = ln(1 + e^(-z))\np = sigmoid(z)\ndL/dz = p - y = -0.1477", "tttt?"),
        ("u = 0.5\nz = 0.5\nL = z^3\ndL/dz = 3z*u = 0.75", "tttw"),
        # What an unknown function is at a number is a quantity, and its figures are held.
        ("f'(4) = 2*4 = 8\nx = 4 - 0.1f'(4) = 3.2", "rr"),
        ("f'(4) = 2*4 = 9", "w"),
        # One part of a sum is not the whole of it.
        ("w = 2\nL = w^2 + 3w\ndw += 2w", "tt?"),
        # Another problem may use the same names; within one, a second formula is held against it.
        ("x = 2\nExample 1:\nu = x^2\nExample 2:\nu = x^3", "ttt"),
        ("x = 2\nu = x^2\nThe next step:\nu = x^3", "ttw"),
        ("x = 2\ny = 3\nFunction: f(x, y) = x*y\nFunction: f(x) = x^2", "tttt"),
        # A derivative of what nothing defines is declared by its first formula,
        ("x = 2\np = 3\ndL/dp = p - 1\ndL/dx = dL/dp*p = 6", "tttr"),
        # … which proves nothing against a line that disagrees,
        ("p = 3\ndL/dp = p - 1\ndL/dp = p + 1", "tt?"),
        # … but for its own figures.
        ("p = 3\ndL/dp = p - 1\ndL/dp = 3 - 1 = 7", "ttw"),
        # A loss by another name is that loss, where there is only one.
        ("w = 2\nLoss = w^2\ndL/dw = 2w = 4", "ttr"),
        ("w = 2\nLoss = w^2\ndL/dw = 3w = 6", "tt?"),
        ("w = 2\nLoss = w^2\nL = w\ndL/dw = 1", "tttr"),
        # What only a derivative gives a number is known as far as it is rounded there.
        ("w = 0.4\nn = w*x + 1 = 0.8667\ndn/dw = x = -0.33", "t?r"),
        ("w = 0.4\nx = -0.33\nn = w*x + 1 = 0.8667\ndn/dw = x = -0.33", "ttwr"),
        # A word for a derivative says not of what.
        ("x = 2\nderivative = 3x^2\nderivative = 2x", "tt?"),
        # What joins a cost and what it is differentiated by may not have been read.
        ("s = 0.4\nL = -log(0.251) = 1.3823\ndL/ds = 0.0025", "tr?"),
        ("s = 0.4\nk = 1.5\nL = k^2\ndL/ds = 0.0025", "ttt?"),
        # A template is taken, and what it says is held against every one of its lines.
        ("a1 = 1\na2 = 2\nh_t = 3a_t\nh1 = 3\nh2 = 6", "tttrr"),
        ("a1 = 1\na2 = 2\nh_t = 3a_t\nh1 = 3\nh2 = 7", "tttrw"),
        ("a1 = 1\na2 = 2\n3a_t - a_t = 2a_t", "ttr"),
        ("a1 = 1\na2 = 2\n3a_t - a_t = a_t^2", "ttw"),
        ("a1 = 1\na2 = 2\nd1 = 3\nd2 = 4\ns += a_t d_t\ns += 3\ns += 8\ns = 11", "tttttttr"),
        # A sum is over the names that have values, where one has none.
        ("x1 = 6\nx2 = 2\nO = Σ x_i w_i\nO = 6*0.3 + 2*0.5 = 2.8", "tttr"),
        # Where a name is updated that nothing gives a value before, the old one is free.
        ("x = 2\ny = w*x\nw ← w - 1\ndy/dw = x", "tttr"),
        # What y rests on is what it is differentiated by, whatever value came since.
        ("x = 2\nw = 3\ny = w*x\nw = 4\ndy/dw = x = 2", "ttttr"),
        ("x = 2\nw = 3\ny = w*x\nw = 4\ndy/dw = w = 4", "ttttw"),
        # Beside the vector w a name w_1 is its element.
        ("w = [2, 3]\nx = [1, 4]\nw5 = 1\nq = w·x = w_1*x_1 + w_2*x_2 = 14", "tttr"),
        # A cost that is defined below the next value of its names is meant with the values here.
        ("o = 0.7\ndE/do = o - 0.5 = 0.2\no = 0.6\nE = (o - 0.5)^2/2 = 0.005", "trtr"),
        # Figures that repeat a rounded result are no truth about what was rounded.
        ("σ^2 = ((1-4)^2 + (3-4)^2 + (8-4)^2)/3 = 26/3 ≈ 8.6667\nσ = √(8.6667) ≈ 2.9439", "?r"),
        # A square that is given is that of its root; it is held like any other.
        ("σ² = (4 + 12)/4 = 4\nn = 3/√(σ²) = 1.5\nr = σ² + 1 = 6", "rrw"),
        ("s = 3\ns^2 = 9\ns^2 = 8", "trw"),
        # A value that is computed below another figure in its place is the next one.
        ("z = w·x + b = 2·3 + 1 = 7\na = z^2 = 49\nw = 2 - 1.2 = 0.8", "rrr"),
        ("z = w·x + b = 2·3 + 1 = 7\nw = 3 - 1 = 2\nx = 3\nb = 1", "rrtt"),
        # … but not where it stands for another factor, as 3·2 for w·x.
        ("z = w*x + b = 1.99*(-1.45) + 0.79 = -2.0955\nx = 1.99\nw = -1.45\nb = 0.79\ndz/dw = x",
         "rtttr"),
        # 2e+1 is 2·e + 1 where that is right, and 20 where that is.
        ("a = 1\nS = 2*exp(a) + 1 = 2e+1\nr = exp(a)/S = e/(2e+1) = 0.4223", "trr"),
        ("a = 10\nS = 2*a = 2e+1", "tr"),
        ("a = 1\nS = 3*exp(a) + 1 = 2e+1", "tw"),
        # What is stated on a line that could not be read is not known.
        ("w = 2\nE = 1.2345*w^2\ndE/dw = 2 w ? ? = 4.9\nw' = w - dE/dw = -2.7", "tt!?"),
        # A formula with some of its figures put in does not become the definition.
        ("v = 0.5\nh = 2\na = v*h + u*k = k*u + v*h = 0.5*h + 3*(-0.26) = 0.22", "ttr"),
        # A line that begins with its case begins a problem of its own.
        ("z = 3x - 1\nFor x = 2 hours:\nz = 3(2) - 1 = 5\nFor x = 4:\nz = 3*4 - 1 = 11", "ttrtr"),
        ("z = 3x - 1\nFor x = 2 hours:\nz = 3(2) - 1 = 6", "ttw"),
        ("r = 0.1\nFor r = 0.1: s = g/0.1 = 10g\nFor r = 0.5: s = g/0.5 = 2g", "trrtr"),
        # What is computed again from other whole figures is another value as well.
        ("k = 1*1 + 0*1 + 1*1 = 2\nk = 1*0 + 0*1 + 1*1 = 1", "rr"),
        ("k = 1*1 + 0*1 + 1*1 = 2\nk = 1*0 + 0*1 + 1*1 = 3", "rw"),
        ("k = 2\nk = 4/1.6 = 2.5", "tr"),
        # A number here and a vector there, and a vector of another length.
        ("x = 3\ny = 2x = 6\nx = [1, 2]\ny = 2x = [2, 4]", "trtr"),
        ("x = [1, 2, 5]\ny = 2x = [2, 4, 10]\nx = [1, 2]\ny = 2x = [2, 5]", "trrw"),
        # An array that is given anew is new in all its elements.
        ("x = [0.3, 0.4, 0.5]\nx = [0.9, 0.1, 0.6]\ny = 2x = [1.8, 0.2, 1.2]", "ttr"),
        # What is general proves nothing where its names have values of several examples.
        ("p = 0.75\np = 0.5\np/(1 - p) = e^Z\nZ = 4\np = 0.982", "tt?tt"),
        ("p = 0.75\nZ = 4\np/(1 - p) = e^Z", "ttw"),
        # What holds in a limit, an equation to be solved, one of several cases.
        ("x = 0.3\nσ(x) ≈ x", "t?"),
        ("x = 0.3\nσ(x) ≈ 0.57444 ≈ 0.6", "tr"),
        ("x = 3\nz = 2x - 1 = 0", "t?"),
        ("x = 3\nz = 2x - 1 = 5 = 0", "tw"),
        ("p = 0.3\ny = 1\nq = p if y = 1\nq = 1 - p if y = 0", "ttt?"),
        # Words on the left say of nothing what it is.
        ("(step for all) * 1 = 0.5*0.2 = 0.3", "?"),
        ("x = 2\nf(x) = x^2\nf(x) = x^3\ndf/dx = 3x^2 = 12", "tt??"),
        # Another function may have the same name; an arrow may lead to something else.
        ("x = 2\nf(x) = x^2\nf(x) = x^3", "tt?"),
        ("b = 0.9 → 10 steps", "?"),
        # A part of a derivative is not all of it.
        ("w = 2\nL = w^2 + 3w\ndL/dw (from step 1) = 2w = 4", "tt?"),
        # A derivative that its own line declares is known by its name.
        ("z = -4 + 4.5 = 0.5\n∂J/∂b = (1/6)[0.5*(-1.46) + 0.5*0.24] = -0.1017\n"
         "b := 0 - 0.5*(-0.1017) = 0.0508\nP = 1/(1 + e^3.758) = 1/(1 + 42.87) = 0.022", "rrrw"),
        # Figures in the place of names without numbers are taken, and what they give is held.
        ("e = y - t\ne = 0.5 - 2 = -1.5", "tr"),
        ("e = y - t\ne = 0.5 - 2 = -1.7", "tw"),
        # A further term may stand on the next line, before what has its name already;
        ("a = 2\nb = a*3 = 6\nc = a*4 = 8\nE = b\n+ c = 14", "trrr"),
        ("a = 2\nb = a*3 = 6\nc = a*4 = 8\nE = b - 2\n- c = -4", "trrr"),
        ("a = 2\nb = a*3 = 6\nc = a*4 = 8\nE = b\n  + c = 15", "trrw"),
        ("x = 3\nu = 4\n  - x = 4 - 3 = 1", "tr"), ("a = 2\n  - b = 4 - 3 = 1", "tr"),
        # … but below a result it begins a line of a list, as before a new name.
        ("a = 2\nb = 3\nc = a*b = 6\n  + a = 2\n  + c = 6", "ttrrr"),
        ("Results:\n+ a = 2\n+ b = 3\n+ c = a*b = 6", "ttr"),
        # A result without its left side belongs to no given right above it.
        ("x = 0.3\ny = 1\n= .18", "tt!"), ("x = 0.3\ny = 1, z = 2\n= .18", "ttt!"),
        ("x = 0.3\ny = x*2\ny = 0.6\n= .18", "ttr!"),
        ("x = 0.3\nz = x*0.6\ny = 1\n= .18", "tttr"), ("x = 0.3\nz = x*0.6\n= .19", "tw"),
        # Names that a function or a derivative has may stand glued, and a point is a pair.
        ("f(x,y) = x - xy²\n∂f/∂x = 1 - y²\nAt (1,1):\n∇f = ⟨1 - y², -2xy⟩", "trr"),
        ("f(x,y) = x - xy²\n∂f/∂y = -xy", "tw"), ("xy = 3\nf(x,y) = x + xy\n∂f/∂x = 1", "ttr"),
        # … and so may one that is numbered as a name is: w2 and w3 beside w1; letters with numbers.
        ("h = w1*x\na = w2h + w3h\nda/dh = w2 + w3\ndh/dw1 = x", "ttrr"),
        ("h = w1*x\na = w2h + w3h\nda/dh = w2", "ttw"),
        ("w2h = 3\na = w2h + 1\nda/dw2h = 1", "ttr"),
        ("h = w1i1 + w2i2\ndh/dw1 = i1\ndh/di2 = w2", "trr"), ("h = w1i1\ndh/dw1 = w1", "tw"),
        ("q = a1b2 + 1\nr = 2*a1b2\ndr/da1b2 = 2", "ttr"),
        # A sum of one thing without an index is taken as of one element; a mean may be of several.
        ("E = 0.5*sum((p - y)^2)\ndE/dp = p - y", "tr"),
        ("E = sum((p - y)^2)\ndE/dp = p - y", "tw"), ("E = mean((p - y)^2)\ndE/dp = p - y", "?t"),
        # A formula below figures that agree among themselves is none of theirs where it differs.
        ("x = 0.5\nh = sigmoid(0.5) = 0.6225\nh = max(0, x)", "tr?"),
        ("x = 0.5\nh = sigmoid(0.5) = 0.6425\nh = sigmoid(x)", "twt"),
        # A session: prompts say nothing, what is printed below a line is its result.
        (">> x = 2\n>> y = x^2\ny = 4\n>> 2*x\nans = 4", "ttrt"),
        (">> x = 2\n>> y = x^2\ny = 5", "ttw"), ("> x = 2\n> y = x^2 = 5", "tw"),
        (">>> x = 2\n>>> x**2\n4", "tr"), (">>> x = 2\n>>> x**2\n5", "tw"),
        ("In [1]: x = 2\nIn [2]: y = x^2\nOut[2]: 4", "tr"), ("In [1]: 2*3\nOut[1]: 5", "w"),
        (">> W = [1 2; 3 4];\n>> x = [1; 2];\n>> z = W*x\nz =\n\n    5\n   11\n", "tttr"),
        (">> W = [1 2; 3 4];\n>> x = [1; 2];\n>> z = W*x\nz =\n    5\n   12\n", "tttw"),
        (">> x = [1; 2];\n>> d = [3; 4];\n>> V = d*x'\nV =\n   3   6\n   4   8\n", "tttr"),
        # … and a prime of an array is the transpose where nothing else bears it.
        ("A = [1, 2; 3, 4]\nx = [1, 1]\nz = A' x = [4, 6]", "ttr"),
        ("x = [1, 1]\nx' = 2x = [2, 2]", "tr"),
        # A bracket of a quantity whose name is an article, too, is no remark, in a numbered line,
        ("1) a = 36\n2) L = (a - 50)^2 = 196\n3) dL/da = 2(a - 50) = -28", "trr"),
        ("1) a = 36\n2) L = (a - 50)^2 = 196\n3) dL/da = 2(a - 50) = 28", "trw"),
        # … and one of words is.
        ("a = 36\nL = 2a (by a rule) = 72", "tr"), ("a = 36\nL = 2a (a product) = 73", "tw"),
        # A figure with fewer digits stands for the one number that it rounds.
        ("u = exp(1.4) = 4.05520\nS = 0.4493 + 4.055 = 4.5045\np = u/S = 0.90026", "rrr"),
        # dfdx is ∂f/∂x as df_dx is, where f and x are names;
        ("x = 3\nf = x^2\ndfdx = 2x = 6", "ttr"), ("x = 3\nf = x^2\ndfdx = x", "ttw"),
        ("f = x^2\ndf_dx = x^2", "tw"), ("E = (w*x - 1)^2\ndEdw = 2(w*x - 1)x", "tr"),
        ("w = 3\nx = 2\nE = (w*x - 1)^2\ndEdw = 20\nw' = w - 0.1*dEdw = 1", "tttrr"),
        ("w = 3\nx = 2\nE = (w*x - 1)^2\ndEdw = 2*(w*x - 1)", "tttw"),
        ("f = x^2\ng = 3f\ndgdf = 3\ndgdx = dgdf*dfdx = 6x", "ttrr"),
        # The rows of a matrix beside Σ are samples, on whichever side it stands;
        (f"{ROWS}E = 1/2 Σ (θ·X - t)^2 = 12.5\ndE/dθ = Σ (X θ - t) X", "tttrr"),
        (f"{ROWS}E = 1/2 Σ (θ·X - t)^2\ndE/dθ = Σ (X θ + t) X", "ttttw"),
        # … and ∇E is by what is called as weights are.
        (f"{ROWS}E = 1/2 Σ (X θ - t)^2\n∇E = Σ (X θ - t) X = [-3, -14]", "ttttr"),
        (f"{ROWS}E = 1/2 Σ (X θ - t)^2\n∇_θ E = Σ (X θ - t) X = [-1, -2]", "ttttw"),
        (f"{ROWS}v = [1, 2]\nw = [1, 2]\nE = w·v + θ·v\n∇E = v", "tttttt?"),
        # … and a name like any other where they are not.
        ("x = 3\ndfdx = x", "tt"), ("a = 3\nd = 2\ndad = a*d = 6", "ttr"),
    ],
)  # fmt: skip
def test_what_is_meant_decides_verdicts(text: str, found: str) -> None:
    assert verdicts(text) == found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("x₁ = 𝜎(2)", "name sign name sign number sign"),
        ("2e1 = 1.5e-3", "number sign number"),
        ("e1 = 2e1", "name sign number name"),
        ("a 'b' # c", "name string"),
    ],
)
def test_tokens(text: str, kinds: str) -> None:
    tokens = Lexer(Conventions.of([text])).tokens(text, 1)
    assert [token.kind for token in tokens] == kinds.split()
    # Every token knows its place.
    assert all(text[t.column - 1 : t.end - 1].strip() for t in tokens)


GRAMMAR = (Path(__file__).parent.parent / "docs" / "grammar.md").read_text(encoding="utf-8")


def rows(columns: int) -> list[tuple[str, ...]]:
    """The rows of the page's tables that have so many columns."""
    lines = (line for line in GRAMMAR.splitlines() if line.startswith("| `"))
    cells = (re.split(r"(?<!\\)\|", line)[1:-1] for line in lines)
    plain = ([c.replace(r"\|", "|").replace(" ⏎ ", "\n").strip() for c in row] for row in cells)
    return [tuple(row) for row in plain if len(row) == columns]


@pytest.mark.parametrize(("written", "meant"), rows(2))
def test_the_page_of_the_language(written: str, meant: str) -> None:
    line = written.strip("`")
    if meant == "prose: passed over":
        assert statements(line) == []
    elif meant.startswith("`"):
        assert " / ".join(statements(line)) == meant.strip("`")
    else:  # read, and unchecked
        assert meant in Worksheet.parse(line).check().lines[-1].problem


@pytest.mark.parametrize(("written", "line", "column", "message"), rows(4))
def test_the_page_says_what_is_refused(written: str, line: str, column: str, message: str) -> None:
    found = Worksheet.parse(written.strip("`")).problems[0]
    assert (found.place.line, found.place.column) == (int(line), int(column))
    assert message in found.message


@pytest.mark.parametrize(
    "text",
    [
        "q = g(1) = 3 + g(2)",  # g stands with brackets alone: a function, or a factor
        "a = 1\nb = 2\nc = e + a = b\ndL/de = 3",  # e is differentiated: no Euler's number
    ],
)
def test_a_name_that_may_be_something_else_accuses_nobody(text: str) -> None:
    assert "wrong" not in {line.verdict for line in Worksheet.parse(text).check().lines}


def test_a_constant_and_a_factor_are_still_held_against_something() -> None:
    sheet = Worksheet.parse("x = 3\ny = e*x = 9\nz = x(x + 1) = 13")
    assert [line.verdict for line in sheet.check().lines] == ["taken", "wrong", "wrong"]


_NEURON = "x = 2\nw = -3\nb = 6.9\nn = x*w + b\no = tanh(n)\n"


@pytest.mark.parametrize(
    ("lines", "cost"),
    [
        ("o.grad = 1\nw.grad = 1.0", "o"),  # that of a leaf may be 1, too
        ("w.grad = 1.0\no.grad = 1", "o"),  # said further down
        ("o.backward()\nw.grad = 1.0", "o"),
        ("do/dn = 1 - o^2\nw.grad = 1.0", "o"),
        ("w.grad = 1.0", "o"),  # the one result that nothing goes on from
        ("L = o^2\nw.grad = 1.0", "L"),
        ("n.grad = 1\nw.grad = 2", "n"),  # the pass may begin at any node
    ],
)
def test_where_the_backward_pass_of_a_document_begins(lines: str, cost: str) -> None:
    sheet = Worksheet.parse(_NEURON + lines)
    (left,) = [s.left for s in sheet.statements if str(s.left).endswith("dw")]
    assert str(left) == f"d{cost}/dw"


@pytest.mark.parametrize("line", ["y =", "y = 3x =", "y = 3x = ?"])
@pytest.mark.parametrize("below", ["", "\nz = x^2 = 4"])
def test_what_is_left_open_is_a_blank_wherever_it_stands(line: str, below: str) -> None:
    sheet = Worksheet.parse(f"x = 2\n{line}{below}")
    assert not sheet.problems
    assert sheet.statements[1].blank


def test_a_primed_name_without_a_formula_beside_f_prime_is_read() -> None:
    """Its variable is the argument of f', as a name of the document."""
    sheet = Worksheet.parse("x = 0.5 * f'(x)\nx' = comment")
    assert [str(statement.left) for statement in sheet.statements] == ["x", "dx/dx"]
