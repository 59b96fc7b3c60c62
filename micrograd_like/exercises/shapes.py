"""The shapes of exercises, as data: what is given, what is computed, what is updated."""

from __future__ import annotations

from dataclasses import dataclass

from micrograd_like.formula import Expr, Name, parse


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of worksheet; only its numbers are open.

    Attributes:
        givens: Names and the range their numbers are drawn from; from below 0, of any sign.
        definitions: Names with their formulas, inputs before their users; the last one is the
            quantity that is differentiated.
        held: Givens with respect to which nobody differentiates, such as a target.
        rate: The given that is the learning rate, "" where nothing is updated.
        updated: The givens that learn.
        costs: Each cost with its prediction and its target, where it could be taken for another
            cost.
        off: Activations that are off: 0, and so is their slope.
        transposed: Pairs of weights that change places when a matrix is transposed.
        staged: True where numbers are drawn definition by definition: of many units, all at once
            would hardly ever be fit.
    """

    name: str
    title: str
    givens: tuple[tuple[str, float, float], ...]
    definitions: tuple[tuple[Name, Expr], ...]
    held: str = ""
    rate: str = ""
    updated: str = ""
    costs: tuple[tuple[str, str, str], ...] = ()
    off: str = ""
    transposed: tuple[tuple[str, str], ...] = ()
    staged: bool = False


def _defined(**formulas: str) -> tuple[tuple[Name, Expr], ...]:
    """Names with their formulas: data as the operation table's, and in its language.

    It is read once, when the shapes are; what an exercise makes of them is never text.
    """
    return tuple((Name(name), parse(formula)) for name, formula in formulas.items())


# fmt: off
_ROWS = (
    Shape(
        "chain", "A chain of three functions, taken apart link by link.",
        givens=(("x", 0.3, 1.4),),
        definitions=_defined(u="sin(x)", v="exp(u)", f="sqrt(v)"),
    ),
    Shape(
        "product-and-quotient", "The product rule and the quotient rule, one after the other.",
        givens=(("x", 0.4, 2.3), ("a b", -2.4, 2.4), ("c d", 1.2, 3.4)),
        definitions=_defined(u="x**2 + a", v="b*x + c", p="u*v", q="p/d"),
    ),
    Shape(
        "quotient", "The quotient rule: above and below depend on the same variable.",
        givens=(("x", 0.4, 2.3), ("a b", -2.4, 2.4), ("c", 1.2, 3.4)),
        definitions=_defined(n="a*x + b", m="x**2 + c", q="n/m"),
    ),
    Shape(
        "product-in-one", "The product rule within one formula, and a square of it.",
        givens=(("x", 0.4, 1.6), ("a b", -1.8, 1.8), ("c", 0.3, 1.7), ("y", 0.3, 2.7)),
        definitions=_defined(p="(x**2 + a*x)*(b*x + c)", E="(p - y)**2"),
        held="y", costs=(("E", "p", "y"),),
    ),
    Shape(
        "exponential", "Powers and exponentials: a variable in the exponent, and one below it.",
        givens=(("x", 0.4, 1.9), ("a", 1.2, 2.6), ("b c", -1.8, 1.8)),
        definitions=_defined(u="a**x + b*x", v="x**3 + c", f="u*v"),
    ),
    Shape(
        "two-paths", "Two paths from x to the result: both are added.",
        givens=(("x", 0.4, 1.9), ("a b", -1.8, 1.8), ("y", 0.3, 2.7)),
        definitions=_defined(u="a*x + b", v="x**2", s="u*v", E="(s - y)**2"),
        held="y", costs=(("E", "s", "y"),),
    ),
    Shape(
        "used-twice", "A variable that is used twice has a derivative with two terms.",
        givens=(("x a", 0.4, 2.3), ("c", 0.3, 2.8)),
        definitions=_defined(s="x*x + a*x", E="(s - c)**2"),
        held="c", costs=(("E", "s", "c"),),
    ),
    Shape(
        "angles", "Sine and cosine of angles in radians, multiplied.",
        givens=(("t", 0.3, 1.3), ("a b", 0.3, 1.4)),
        definitions=_defined(u="a*t", s="sin(u)", c="cos(b*t)", f="s*c"),
    ),
    Shape(
        "line-fit", "A straight line through one point: squared error, one step down the slope.",
        givens=(("x", -2.4, 2.4), ("y", 0.3, 2.8), ("m b", -1.8, 1.8), ("eta", 0.11, 0.29)),
        definitions=_defined(yhat="m*x + b", E="(yhat - y)**2"),
        held="x y", rate="eta", updated="m b", costs=(("E", "yhat", "y"),),
    ),
    Shape(
        "mean-of-two", "The mean squared error of two examples: the weights answer for both.",
        givens=(("x1 x2", -1.9, 1.9), ("y1 y2", 0.3, 2.4), ("w b", -1.6, 1.6),
                ("eta", 0.11, 0.48)),
        definitions=_defined(p1="w*x1 + b", p2="w*x2 + b", E="((p1 - y1)**2 + (p2 - y2)**2)/2"),
        held="x1 x2 y1 y2", rate="eta", updated="w b",
    ),
    Shape(
        "mean-of-three", "The mean squared error of three examples, and the slope of its weight.",
        givens=(("x1 x2 x3", -1.9, 1.9), ("y1 y2 y3", 0.3, 2.4), ("w b", -1.6, 1.6)),
        definitions=_defined(p1="w*x1 + b", p2="w*x2 + b", p3="w*x3 + b",
                             E="((p1 - y1)**2 + (p2 - y2)**2 + (p3 - y3)**2)/3"),
        held="x1 x2 x3 y1 y2 y3",
    ),
    Shape(
        "logistic-regression", "Logistic regression: one example and its cross-entropy.",
        givens=(("x1 x2", -1.9, 1.9), ("w1 w2 b", -0.9, 0.9), ("y", 0.21, 0.79),
                ("eta", 0.21, 0.79)),
        definitions=_defined(a="w1*x1 + w2*x2 + b", p="sigmoid(a)",
                             E="-(y*log(p) + (1 - y)*log(1 - p))"),
        held="x1 x2 y", rate="eta", updated="w1 w2 b", costs=(("E", "p", "y"),),
    ),
    Shape(
        "log10-cost", "A neuron whose cost is a logarithm to the base 10.",
        givens=(("x", -1.9, 1.9), ("w b", -1.2, 1.2), ("eta", 0.21, 0.79), ("y", 0.21, 0.79)),
        definitions=_defined(a="w*x + b", yhat="sigmoid(a)", E="-y*log10(yhat)"),
        held="x y", rate="eta", updated="w b", costs=(("E", "yhat", "y"),),
    ),
    Shape(
        "log-likelihood", "A tanh unit before a logistic one, and a natural logarithm as the cost.",
        givens=(("x", -1.6, 1.6), ("w b v c", -1.2, 1.2), ("y", 0.21, 0.79)),
        definitions=_defined(h="tanh(w*x + b)", a="v*h + c", p="sigmoid(a)", E="-y*log(p)"),
        held="x y", costs=(("E", "p", "y"),),
    ),
    Shape(
        "three-inputs", "A neuron with three inputs and a bias: half the squared error, one step.",
        givens=(("x1 x2 x3", -1.6, 1.6), ("w1 w2 w3 b", -0.9, 0.9), ("y", 0.12, 0.89),
                ("alpha", 0.11, 0.89)),
        definitions=_defined(a="x1*w1 + x2*w2 + x3*w3 + b", z="sigmoid(a)", E="(z - y)**2/2"),
        held="x1 x2 x3 y", rate="alpha", updated="w1 w2 w3 b", costs=(("E", "z", "y"),),
    ),
    Shape(
        "deep-chain", "Three neurons in a row, each with its own activation.",
        givens=(("x", 0.4, 1.9), ("w1 w2 w3", -1.7, 1.7), ("y", 0.12, 0.89)),
        definitions=_defined(a1="w1*x", z1="sigmoid(a1)", a2="w2*z1", z2="tanh(a2)", a3="w3*z2",
                             z3="sigmoid(a3)", E="(z3 - y)**2/2"),
        held="x y", costs=(("E", "z3", "y"),),
    ),
    Shape(
        "tanh-chain", "Two tanh units in a row, their sums inside the activation.",
        givens=(("x", -1.6, 1.6), ("w1 b1 w2 b2", -1.2, 1.2), ("y", -0.9, 0.9)),
        definitions=_defined(h1="tanh(w1*x + b1)", h2="tanh(w2*h1 + b2)", E="(h2 - y)**2"),
        held="x y", costs=(("E", "h2", "y"),),
    ),
    Shape(
        "softplus-and-relu", "A softplus unit before a relu unit.",
        givens=(("x", -1.6, 1.6), ("w b", -1.2, 1.2), ("v c", 0.3, 1.4), ("y", 0.2, 1.9)),
        definitions=_defined(a="w*x + b", h="softplus(a)", n="v*h + c", r="relu(n)",
                             E="(r - y)**2/2"),
        held="x y", costs=(("E", "r", "y"),),
    ),
    Shape(
        "relu-pair", "Two ReLU units, one of them off: nothing goes back through it.",
        givens=(("x", 0.4, 1.6), ("w1 w2 v1 v2", -1.4, 1.4), ("y", 0.2, 1.9)),
        definitions=_defined(a1="w1*x", h1="relu(a1)", a2="w2*x", h2="relu(a2)",
                             s="v1*h1 + v2*h2", E="(s - y)**2/2"),
        held="x y", costs=(("E", "s", "y"),), off="h2",
    ),
    Shape(
        "shared-weight", "A shared weight acts at two places: its derivative is the sum of both.",
        givens=(("w", -1.4, 1.4), ("x1 x2", -1.4, 1.4), ("y", -0.8, 0.8)),
        definitions=_defined(s1="tanh(w*x1)", s2="tanh(w*s1 + x2)", E="(s2 - y)**2/2"),
        held="y", costs=(("E", "s2", "y"),),
    ),
    Shape(
        "skip", "A unit with a connection that goes round it: the input has two ways.",
        givens=(("x", 0.4, 1.6), ("w v", -1.4, 1.4), ("y", -0.8, 0.8)),
        definitions=_defined(a="w*x", h="tanh(a)", s="h + v*x", E="(s - y)**2/2"),
        held="y", costs=(("E", "s", "y"),),
    ),
    Shape(
        "softmax", "Softmax with cross-entropy: three classes, the second is the right one.",
        givens=(("a1 a2 a3", -1.4, 1.4),),
        definitions=_defined(q1="exp(a1)", q2="exp(a2)", q3="exp(a3)", S="q1 + q2 + q3",
                             p="q2/S", L="-log(p)"),
    ),
    Shape(
        "recurrent", "A recurrent step used twice: the same weights answer for both steps.",
        givens=(("x1 x2", -1.4, 1.4), ("w u b", -0.9, 0.9), ("h0", 0.2, 0.8), ("y", -0.8, 0.8),
                ("eta", 0.11, 0.48)),
        definitions=_defined(a1="w*x1 + u*h0 + b", h1="tanh(a1)", a2="w*x2 + u*h1 + b",
                             h2="tanh(a2)", E="(h2 - y)**2/2"),
        held="x1 x2 h0 y", rate="eta", updated="w u b", costs=(("E", "h2", "y"),),
    ),
    Shape(
        "penalty", "Logistic regression with L2: the penalty pulls both weights towards 0.",
        givens=(("x1 x2", -1.9, 1.9), ("w1 w2 b", -0.9, 0.9), ("y", 0.21, 0.79),
                ("lam", 0.11, 0.48), ("eta", 0.21, 0.79)),
        definitions=_defined(a="w1*x1 + w2*x2 + b", p="sigmoid(a)",
                             C="-(y*log(p) + (1 - y)*log(1 - p))", R="lam*(w1**2 + w2**2)/2",
                             J="C + R"),
        held="x1 x2 y lam", rate="eta", updated="w1 w2 b",
    ),
    Shape(
        "2-2-1", "A 2-2-1 network: forward, every derivative, one step, forward again.",
        givens=(("x1 x2", 0.3, 1.8), ("y", 0.12, 0.89), ("alpha", 0.21, 0.79),
                ("w1 w2 w3 w4 w5 w6", -0.9, 0.9)),
        definitions=_defined(a1="x1*w1 + x2*w3", z1="sigmoid(a1)", a2="x1*w2 + x2*w4",
                             z2="sigmoid(a2)", a3="z1*w5 + z2*w6", yhat="sigmoid(a3)",
                             E="(yhat - y)**2/2"),
        held="y", rate="alpha", updated="w1 w2 w3 w4 w5 w6", costs=(("E", "yhat", "y"),),
        transposed=(("w2", "w3"),),
    ),
    Shape(
        "2-2-2", "A 2-2-2 network with biases: a hidden node answers for both errors.",
        givens=(("x1 x2", 0.3, 1.8), ("y1 y2", 0.12, 0.89), ("eta", 0.21, 0.79),
                ("w1 w2 w3 w4 b1 b2 v1 v2 v3 v4 c1 c2", -0.99, 0.99)),
        definitions=_defined(a1="w1*x1 + w2*x2 + b1", a2="w3*x1 + w4*x2 + b2", h1="sigmoid(a1)",
                             h2="sigmoid(a2)", n1="v1*h1 + v2*h2 + c1", n2="v3*h1 + v4*h2 + c2",
                             o1="sigmoid(n1)", o2="sigmoid(n2)", E1="(o1 - y1)**2/2",
                             E2="(o2 - y2)**2/2", E="E1 + E2"),
        held="x1 x2 y1 y2", rate="eta", updated="w1 w2 w3 w4 b1 b2 v1 v2 v3 v4 c1 c2",
        costs=(("E1", "o1", "y1"), ("E2", "o2", "y2")),
        transposed=(("w2", "w3"), ("v2", "v3")),
    ),
)
# fmt: on

SHAPES = {shape.name: shape for shape in _ROWS}
