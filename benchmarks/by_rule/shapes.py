"""What the worksheets are about: givens, formulas one after the other, a cost, parameters.

    shape(rng) -> Shape

Chains, single neurons, small networks, losses, quotients, powers, logarithms, waves, physics
with tiny and huge numbers, shares of a whole, weights used twice, what cancels.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from benchmarks.by_rule.expression import Expr, Op, Sym, call, lift

exp, ln, log10, sqrt, sin, cos, tanh, sigmoid, relu = map(
    call, ("exp", "ln", "log10", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu")
)
softplus, absolute = call("softplus"), call("abs")


@dataclass(slots=True)
class Shape:
    """One task.

    Attributes:
        givens: name -> as it is written.
        formulas: name -> formula, in order.
        cost: What derivatives are taken of.
        parameters: What is updated.
        rate: The name of the learning rate, "" where it is a bare number.
    """

    name: str
    givens: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, Expr] = field(default_factory=dict)
    cost: str = ""
    parameters: list[str] = field(default_factory=list)
    rate: str = ""


class Draw:
    """Givens and formulas of one shape, drawn as they are named."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.shape = Shape(name)
        self.rng = rng
        #: Whole numbers, one decimal, or more: one manner a worksheet.
        self.places = rng.choice((0, 1, 1, 2, 2, 2, 3, 4))

    def given(self, name: str, kind: str = "any") -> Sym:
        """A name with a number, see :func:`value`."""
        self.shape.givens[name] = value(self.rng, kind, self.places)
        return Sym(name)

    def parameter(self, name: str) -> Sym:
        """A given that is updated."""
        self.shape.parameters.append(name)
        return self.given(name, "weight")

    def let(self, name: str, formula: Expr) -> Sym:
        """A name with a formula."""
        self.shape.formulas[name] = formula
        return Sym(name)

    def ends(self, cost: str) -> Shape:
        """The shape, its cost named, with a learning rate."""
        shape = self.shape
        shape.cost = cost
        if shape.parameters and self.rng.random() < 0.8:
            shape.rate = self.rng.choice(("eta", "lr", "alpha", "η", "α"))
            shape.givens[shape.rate] = self.rng.choice(
                ("0.1", "0.5", "0.01", "0.05", "0.2", "1/10")
            )
        return shape


def value(rng: random.Random, kind: str, places: int) -> str:
    """A given as it is written."""
    match kind:
        case "target":
            return rng.choice(("0", "1", "1", f"0.{rng.randint(1, 9)}"))
        case "one-hot":
            return "1"
        case "tiny":
            return f"{rng.randint(10, 99) / 10}e-{rng.randint(4, 12)}"
        case "huge":
            return f"{rng.randint(10, 99) / 10}e{rng.randint(4, 12)}"
        case "length":
            return f"{rng.randint(1, 10 ** (places + 1) - 1) / 10**places:.{places}f}"
        case "share":
            return f"0.{rng.randint(1, 99):02d}"
    if kind == "weight":
        digits = max(places, 1)
        number = rng.randint(-15 * 10**digits // 10, 15 * 10**digits // 10) / 10**digits
        return f"{number or 0.5:.{digits}f}"
    if rng.random() < 0.06:
        return f"{rng.choice((1, 2, 3, -1))}/{rng.choice((2, 3, 4, 5, 8))}"
    number = rng.randint(-3 * 10**places, 3 * 10**places) / 10**places
    return f"{number or 2:.{places}f}"


Maker = Callable[[random.Random], Shape]
SHAPES: dict[str, Maker] = {}


def shape(maker: Maker) -> Maker:
    SHAPES[maker.__name__.replace("_", " ")] = maker
    return maker


def _cost(draw: Draw, p: Expr, t: Expr) -> Expr:
    """A cost of a prediction between 0 and 1."""
    return draw.rng.choice(
        [
            (p - t) ** 2,
            (t - p) ** 2,
            (p - t) ** 2 / 2,
            lift(Decimal("0.5")) * (t - p) ** 2,
            -(t * ln(p) + (1 - t) * ln(1 - p)),
        ]
    )


@shape
def one_neuron(rng: random.Random) -> Shape:
    d = Draw("one neuron", rng)
    x, w, b = d.given("x"), d.parameter("w"), d.parameter("b")
    t = d.given(rng.choice(("t", "y")), "target")
    z = d.let("z", rng.choice((w * x + b, x * w + b, b + w * x)))
    p = d.let(rng.choice(("p", "a", "yhat")), sigmoid(z))
    d.let("L", _cost(d, p, t))
    return d.ends("L")


@shape
def tanh_neuron(rng: random.Random) -> Shape:
    d = Draw("tanh neuron", rng)
    x1, x2 = d.given("x1"), d.given("x2")
    w1, w2, b = d.parameter("w1"), d.parameter("w2"), d.parameter("b")
    n = d.let("n", w1 * x1 + w2 * x2 + b)
    o = d.let("o", rng.choice((tanh(n), relu(n), softplus(n))))
    t = d.given("t", "target")
    d.let("E", rng.choice(((o - t) ** 2, (o - t) ** 2 / 2, absolute(o - t))))
    return d.ends("E")


@shape
def two_layers(rng: random.Random) -> Shape:
    d = Draw("two layers", rng)
    wide = rng.randint(1, 2)
    inside = rng.choice((sigmoid, tanh, sigmoid, relu))
    xs = [d.given(f"x{i + 1}") for i in range(wide)]
    hidden: list[Expr] = []
    for j in range(2):
        ws = [d.parameter(f"w{j + 1}{i + 1}") for i in range(wide)]
        total: Expr = Op("add", tuple(w * x for w, x in zip(ws, xs, strict=True)))
        total = total if wide > 1 else ws[0] * xs[0]
        if rng.random() < 0.5:
            total = total + d.parameter(f"b{j + 1}")
        a = d.let(f"a{j + 1}", total)
        hidden.append(d.let(f"h{j + 1}", inside(a)))
    v1, v2 = d.parameter("v1"), d.parameter("v2")
    a3 = d.let("a3", v1 * hidden[0] + v2 * hidden[1])
    y = d.let("yhat", rng.choice((sigmoid(a3), sigmoid(a3), a3)))
    t = d.given("y", "target")
    squares = ((y - t) ** 2 / 2, (t - y) ** 2)
    d.let("E", _cost(d, y, t) if d.shape.formulas["yhat"] != a3 else rng.choice(squares))
    return d.ends("E")


@shape
def two_outputs(rng: random.Random) -> Shape:
    d = Draw("two outputs", rng)
    x, w = d.given("x"), d.parameter("w")
    h = d.let("h", sigmoid(w * x))
    parts = []
    for k in "12":
        u = d.parameter(f"u{k}")
        o = d.let(f"o{k}", rng.choice((sigmoid(u * h), u * h)))
        t = d.given(f"t{k}", "share")
        parts.append(d.let(f"E{k}", (t - o) ** 2 / 2))
    d.let("E", parts[0] + parts[1])
    return d.ends("E")


@shape
def shares_of_a_whole(rng: random.Random) -> Shape:
    d = Draw("shares of a whole", rng)
    zs = [d.given(f"z{k}", "weight") for k in range(1, 4)]
    es = [d.let(f"e{k}", exp(z)) for k, z in enumerate(zs, 1)]
    s = d.let("S", Op("add", tuple(es)))
    ps = [d.let(f"p{k}", e / s) for k, e in enumerate(es, 1)]
    d.let("L", -ln(rng.choice(ps)))
    return d.ends("L")


@shape
def calculus(rng: random.Random) -> Shape:
    d = Draw("calculus", rng)
    x = d.given("x", rng.choice(("any", "length")))
    a, n = lift(rng.randint(2, 9)), lift(rng.randint(2, 5))
    inner: Expr = rng.choice((x**2 + 1, a * x + 1, x**2 - a * x, 1 + x**3, a - x, x**2))
    whole = [
        (x**2 + 1) / (x - a),
        x / (1 + x**2),
        (a * x + 1) ** n,
        ln(x**2 + 1),
        sin(x) * exp(-x),
        cos(a * x),
        sqrt(x**2 + 1),
        1 / (1 + x**2),
        x**3 - a * x**2 + 4 * x,
        log10(x**2 + a),
        exp(-(x**2) / 2),
        tanh(x / a),
        (x + 1 / x) ** 2,
        x * ln(x),
        a**x if isinstance(a, Op) else Op("pow", (a, x)),
    ]
    if rng.random() < 0.5:
        d.let("y", rng.choice(whole))
        return d.ends("y")
    u = d.let("u", inner)
    d.let("y", rng.choice((u**n, sqrt(u), ln(u), exp(-u), 1 / u, sin(u), u * exp(u), x * u, u / x)))
    return d.ends("y")


@shape
def circuit(rng: random.Random) -> Shape:
    d = Draw("circuit", rng)
    a, b, c, f = (d.parameter(name) for name in "abcf")
    e = d.let("e", rng.choice((a * b, a / b, a - b, a * b * c)))
    g = d.let("g", rng.choice((e + c, e - c, e * c)))
    d.let("L", rng.choice((g * f, g / f, g**2 + f, g * f + e)))
    return d.ends("L")


@shape
def chain(rng: random.Random) -> Shape:
    d = Draw("chain", rng)
    last: Expr = d.parameter("w") * d.given("x")
    names = ["u", "v", "s", "r", "q", "g"][: rng.randint(2, 6)]
    for name in names:
        before = d.let(name, last)
        k = lift(rng.choice((2, 3, Decimal("0.5"))))
        steps: list[Expr] = [
            *(sigmoid(before), tanh(before), exp(-before), before**2, sin(before), cos(before)),
            *(k * before + 1, 1 / (1 + before**2), sqrt(before**2 + 1), ln(1 + before**2)),
            *(before / k, before * Sym("x"), softplus(before)),
        ]
        last = rng.choice(steps)
    d.let("y", last)
    return d.ends("y")


@shape
def physics(rng: random.Random) -> Shape:
    d = Draw("physics", rng)
    match rng.randint(0, 4):
        case 0:
            k, q, p = d.given("k", "huge"), d.given("q1", "tiny"), d.given("q2", "tiny")
            d.let("F", k * q * p / d.given("r", "length") ** 2)
            return d.ends("F")
        case 1:
            m, c = d.given("m", "tiny"), d.given("c", "huge")
            d.let("E", m * c**2)
        case 2:
            length, g = d.given("l", "length"), d.given("g", "length")
            d.let("T", 2 * Sym("pi") * sqrt(length / g))
            return d.ends("T")
        case 3:
            u, r = d.given("U", "huge"), d.given("R", "length")
            i = d.let("I", u / r)
            d.let("E", i**2 * r)
        case _:
            n, k = d.given("N", "huge"), d.given("k", "length")
            t = d.given("t", "tiny")
            d.let("E", n * exp(-k * t))
    return d.ends("E")


@shape
def regression(rng: random.Random) -> Shape:
    d = Draw("regression", rng)
    w, b = d.parameter("w"), d.parameter("b")
    errors = []
    for i in range(1, rng.randint(2, 3) + 1):
        x, t = d.given(f"x{i}"), d.given(f"t{i}")
        errors.append(d.let(f"e{i}", w * x + b - t))
    squares = Op("add", tuple(e**2 for e in errors))
    cost: Expr = squares / len(errors) if rng.random() < 0.7 else squares / (2 * len(errors))
    if rng.random() < 0.3:
        cost = cost + d.given("lam", "share") * w**2
    d.let("J", cost)
    return d.ends("J")


@shape
def weight_used_twice(rng: random.Random) -> Shape:
    d = Draw("a weight used twice", rng)
    x1, x2, w, v = d.given("x1"), d.given("x2"), d.parameter("w"), d.parameter("v")
    h1 = d.let("h1", tanh(w * x1))
    h2 = d.let("h2", tanh(w * x2 + v * h1))
    t = d.given("t", "share")
    d.let("L", rng.choice(((h2 - t) ** 2, (h2 - t) ** 2 / 2 + (h1 - t) ** 2 / 2)))
    return d.ends("L")


@shape
def mean_and_variance(rng: random.Random) -> Shape:
    d = Draw("mean and variance", rng)
    xs = [d.given(name, "length") for name in ("a", "b", "c")]
    m = d.let("m", Op("add", tuple(xs)) / 3)
    v = d.let("v", Op("add", tuple((x - m) ** 2 for x in xs)) / 3)
    d.let("y", (xs[0] - m) / sqrt(v))
    return d.ends("y")


@shape
def margin(rng: random.Random) -> Shape:
    d = Draw("margin", rng)
    x, w = d.given("x"), d.parameter("w")
    s = d.let("s", w * x)
    d.let("L", Op("max", (lift(0), 1 - s)) + d.given("lam", "share") * w**2)
    return d.ends("L")


@shape
def what_cancels(rng: random.Random) -> Shape:
    d = Draw("what cancels", rng)
    match rng.randint(0, 3):
        case 0:
            x = d.given("x", "length")
            h = d.given("h", "tiny")
            d.shape.givens["h"] = f"1e-{rng.randint(3, 9)}"
            q = rng.choice((((x + h) ** 2 - x**2) / h, ((x + h) ** 3 - x**3) / h))
            d.let("q", q)
            return d.ends("q")
        case 1:
            a, b = d.given("a"), d.given("b")
            n = 10 ** rng.randint(4, 8)
            d.shape.givens |= {"a": str(n + rng.randint(1, 3)), "b": str(n)}
            d.let("q", a**2 - b**2)
        case 2:
            p = d.given("p")
            d.shape.givens["p"] = "0." + "9" * rng.randint(3, 8)
            d.let("q", rng.choice((1 / (1 - p), ln(1 - p), p / (1 - p))))
        case _:
            a = d.given("a", "huge")
            d.let("q", sqrt(a**2 + 1) - a if rng.random() < 0.3 else (a + 1) ** 2 - a**2)
    return d.ends("q")
