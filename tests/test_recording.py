"""Graphs of derivatives hold everywhere, and not only at the point where they were recorded."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
from references import symbolic

from micrograd_like import (
    Constant,
    DomainError,
    Value,
    Worksheet,
    apply,
    compile_graph,
    derive,
    grad,
)
from micrograd_like.engine import as_value, link_as_graph, record, topological_order
from micrograd_like.formula import parse
from micrograd_like.ops import OPS
from micrograd_like.tape import native

BACKENDS = ["numpy"] if native.missing() else ["numpy", "c"]


def differentiated(f: Callable[..., Value], point: float, order: int) -> tuple[Value, Value]:
    """x, and the graph of f⁽ⁿ⁾ as it is recorded at a point."""
    x = Value(point, "x")
    node = f(x)
    for _ in range(order):
        node = grad(node, x, create_graph=True)
    return x, node


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("f", "order", "recorded", "at", "expected"),
    [
        # tanh″ = −2·tanh·(1 − tanh²), an odd function.
        (lambda x: x.tanh(), 2, 0.5, -0.5, 0.7268619813835873),
        # relu(x)·x is x² on the right and 0 on the left.
        (lambda x: x.relu() * x, 1, 1.0, -2.0, 0.0),
        (lambda x: x.relu() * x, 1, -1.0, 2.0, 4.0),
        (lambda x: abs(x) * x, 1, 1.0, -2.0, 4.0),
        (lambda x: x.maximum(x * x), 1, 0.5, 3.0, 6.0),
        (lambda x: x.maximum(x * x), 2, 0.5, 3.0, 2.0),
        (lambda x: x.minimum(x * x), 1, 0.5, 3.0, 1.0),
        # A form for large arguments and one for small ones are one function.
        (lambda x: x.atan(), 1, 0.5, 1e8, 1e-16),
        (lambda x: x.atan(), 1, 1e8, 0.0, 1.0),
        # On the other side the branch that is not taken is not defined: ln 0.
        (lambda x: x ** (x + 1), 1, 0.5, 2.0, 2**3 * (3 / 2 + math.log(2))),
        # What it was before it is now: a power with a constant exponent.
        (lambda x: x**3, 2, 0.0, 2.0, 12.0),
    ],
)
def test_a_derivative_is_replayed_at_another_point(
    f: Any, order: int, recorded: float, at: float, expected: float, backend: str
) -> None:
    x, node = differentiated(f, recorded, order)
    program = compile_graph(node, [x], backend=backend)
    assert program([[at]])[0] == pytest.approx(expected, rel=1e-14, abs=1e-300)
    assert program([[recorded]])[0] == pytest.approx(node.data, rel=1e-14)


def test_a_constant_0_is_no_denominator() -> None:
    """0·x and 0/x make no node; x/0 is an error, as it is for numbers."""
    x, zero = Value(2.0), Constant(0.0)
    for formula in ("z*x", "x*z", "z/x"):
        assert isinstance(record(parse(formula), {"x": x, "z": zero}, folding=True), Constant)
    with pytest.raises(DomainError):
        record(parse("x/z"), {"x": x, "z": zero}, folding=True)


def test_constants_decide_when_the_graph_is_made() -> None:
    """No node chooses where nothing can change: x³ keeps the derivative of a course."""
    _, node = differentiated(lambda x: x**3, 2.0, 1)
    assert node.op == "mul"
    assert [input.op for input in node.inputs] == ["", "pow"]
    assert repr(differentiated(lambda x: x**0, 0.0, 1)[1]).startswith("Constant(0.0")


# Every operation, to high order.

X_ONLY = [
    name for name, row in OPS.items() if row.signature == "x" and not row.kink and name != "neg"
]


def coefficients(name: str, x: float, order: int) -> list[float]:
    """The derivatives of the orders 0, 1, …, by mpmath, to all digits of a float."""
    with mpmath.workdps(60):
        series = [mpmath.re(c) for c in mpmath.taylor(symbolic(name, 1, ()), mpmath.mpf(x), order)]
        return [float(c * math.factorial(n)) for n, c in enumerate(series)]


@pytest.mark.parametrize("name", X_ONLY)
@pytest.mark.parametrize("x", [0.0, 1.0, -1.0, 0.3, -2.5, 20.0, -20.0])
def test_six_derivatives_of_every_function(name: str, x: float) -> None:
    """At 0, where stable forms switch, near it and far out.

    A derivative is a sum of products of lower ones, so that near its zeros it is known to the
    rounding of the largest among them.
    """
    try:
        node = apply(name, leaf := Value(x))
        nodes = [node := grad(node, leaf, create_graph=True) for _ in range(6)]
    except DomainError:
        pytest.skip("not differentiable there")
    expected = coefficients(name, x, 6)
    for order, node in enumerate(nodes, 1):
        largest = max(map(abs, expected[: order + 1]))
        scale = max(1.0, abs(x)) ** -order if abs(x) > 10 else 1.0
        assert node.data == pytest.approx(
            expected[order], rel=1e-12, abs=1e-13 * order * largest * scale
        )


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", X_ONLY)
def test_recorded_at_one_point_it_holds_at_others(name: str, order: int) -> None:
    """Against mpmath, on both sides of 0 and of every switch, from each sample of the row."""
    generator = random.Random(f"{name} {order}")
    points = [generator.uniform(-3, 3) for _ in range(20)] + [0.0, 1.0, -1.0, 30.0, -30.0]
    for sample in OPS[name].samples:
        try:
            x, node = differentiated(lambda x: apply(name, x), sample[0], order)
        except DomainError:
            continue
        program = compile_graph(node, [x], allow_nonfinite=True)
        for point, got in zip(points, program([[p] for p in points]), strict=True):
            try:
                for near in (point - 1e-3, point, point + 1e-3):  # inside, not at the edge
                    apply(name, near)
                expected = coefficients(name, point, order)
            except (ArithmeticError, ValueError):
                continue
            if all(map(math.isfinite, expected)):
                largest = max(map(abs, expected))
                assert got == pytest.approx(expected[order], rel=1e-11, abs=1e-12 * largest)


@pytest.mark.parametrize("name", [n for n, row in OPS.items() if row.kink])
@pytest.mark.parametrize("order", [1, 2])
def test_both_sides_of_a_kink(name: str, order: int) -> None:
    """Recorded on either side, the graph has the eager derivative on the other."""
    row = OPS[name]
    for recorded, replayed in product(row.samples, repeat=2):

        def composed(numbers: tuple[float, ...]) -> tuple[list[Value], Value]:
            leaves = [Value(n) for n in numbers]
            node = apply(name, *leaves) ** 2 * leaves[-1]
            for _ in range(order):
                node = grad(node, leaves[-1], create_graph=True)
            return leaves, node

        leaves, node = composed(recorded)
        program = compile_graph([node, sum(leaves, Value(0.0))], leaves)
        assert program([replayed])[0, 0] == pytest.approx(composed(replayed)[1].data, rel=1e-14)


def test_a_kink_within_what_is_smooth_has_the_convention_of_its_operation() -> None:
    """|x|² is x²: its first derivative is right at 0, its second 0 there, and 2 elsewhere."""
    for point, slope, second in ((0.0, 0.0, 0.0), (-1.5, -3.0, 2.0), (1e-300, 2e-300, 2.0)):
        x, first = differentiated(lambda x: abs(x) ** 2, point, 1)
        assert first.data == slope
        assert grad(first, x) == second


#: What brings a number into an operation's domain, and keeps it small: a tree for a tree.
INTO: dict[str, tuple[Callable[[Any], Any], ...]] = {
    **dict.fromkeys(("log", "log10", "log2", "sqrt"), (lambda t: ("add", ("mul", t, t), 0.5),)),
    "log1p": (lambda t: ("mul", t, t),),
    **dict.fromkeys(("asin", "acos"), (lambda t: ("mul", ("tanh", t), 0.9),)),
    **dict.fromkeys(("exp", "expm1", "sinh", "cosh", "tan"), (lambda t: ("tanh", t),)),
    "div": (lambda t: t, lambda t: ("add", ("mul", t, t), 1.5)),
    "pow": (lambda t: ("add", ("tanh", t), 1.5), lambda t: ("tanh", t)),
}


def random_tree(generator: random.Random, depth: int) -> Any:
    """A function of x that is defined everywhere, of any operations; "x" and numbers are leaves."""
    if depth == 0:
        return "x" if generator.random() < 0.7 else generator.uniform(-2, 2)
    name = generator.choice([*OPS])
    count = {"total": 3, "wsum": 4, "affine": 5}.get(name, len(OPS[name].inputs))
    operands = [random_tree(generator, depth - 1) for _ in range(count)]
    into = INTO.get(name, ())
    return (name, *(into[n](t) if n < len(into) else t for n, t in enumerate(operands)))


def evaluated(tree: Any, x: Any, apply: Callable[..., Any]) -> Any:
    """The tree at x, by a function of an operation's name and its operands."""
    if not isinstance(tree, tuple):
        return x if tree == "x" else tree
    return apply(tree[0], *(evaluated(operand, x, apply) for operand in tree[1:]))


def by_mpmath(name: str, *operands: Any) -> Any:
    return symbolic(name, len(operands), ())(*map(mpmath.mpf, operands))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("seed", "points"),
    [
        *((seed, 25) for seed in range(8)),
        *(pytest.param(seed, 1000, marks=pytest.mark.slow) for seed in range(8, 55)),
    ],
)
def test_random_graphs_of_derivatives_hold_everywhere(seed: int, points: int, backend: str) -> None:
    """Orders 1 to 3, recorded at one point and replayed at others, against mpmath.

    Kinks are met by no random point, and lie between many. A derivative is a sum of products, so
    that it is known to the rounding of the largest of lower order.
    """
    generator = random.Random(seed)
    tree, order = random_tree(generator, 3), generator.randint(1, 3)
    x, node = differentiated(lambda x: as_value(evaluated(tree, x, apply)), 0.7, order)
    program = compile_graph([node, x * 1.0], [x], backend=backend)
    places = [generator.uniform(-3, 3) for _ in range(points)]
    for place, (got, _) in zip(places, program([[place] for place in places]), strict=True):
        with mpmath.workdps(40):
            slopes = mpmath.diffs(lambda x: evaluated(tree, x, by_mpmath), mpmath.mpf(place), order)
            expected = [float(mpmath.re(slope)) for slope in slopes]
        largest = max(1.0, *map(abs, expected))
        assert got == pytest.approx(expected[order], rel=1e-9, abs=1e-10 * largest), (tree, place)


# Powers at 0.


@pytest.mark.parametrize("first", [0, 1])
def test_mixed_partials_of_a_power_at_zero(first: int) -> None:
    """∂²/∂x∂y of xʸ at (0, 1) is 1 + ln 0, in either order; at (0, 3) it is 0."""
    for y, exists in ((1.0, False), (0.5, False), (3.0, True)):
        leaves = Value(0.0, "x"), Value(y, "y")
        power = leaves[0] ** leaves[1]
        if exists:
            assert grad(grad(power, leaves[first], create_graph=True), leaves[1 - first]) == 0.0
            continue
        with pytest.raises(DomainError, match=r"does not exist|no finite derivative") as told:
            grad(grad(power, leaves[first], create_graph=True), leaves[1 - first])
        assert f"x = 0.0, y = {y}" in str(told.value)
        assert not any(word in str(told.value) for word in ("select", "999", "sub("))


def of_a_power_at_zero(by_x: int, by_y: int, y: float) -> float | None:
    """The limit of ∂ⁿ⁺ᵐxʸ/∂xⁿ∂yᵐ for x → 0 from the right; None where there is none.

    With p(y) = y(y − 1)…(y − n + 1) it is x^(y − n) Σ (m over k) p⁽ᵐ⁻ᵏ⁾(y) (ln x)ᵏ.
    """
    p = np.polynomial.Polynomial.fromroots(range(by_x)) if by_x else np.polynomial.Polynomial([1])
    terms = [float(p.deriv(by_y - k)(y) if by_y > k else p(y)) for k in range(by_y + 1)]
    if y > by_x or not any(terms):
        return 0.0
    return None if y < by_x or any(terms[1:]) else terms[0]


@pytest.mark.parametrize("order", [o for n in (1, 2, 3) for o in product("xy", repeat=n)])
def test_every_derivative_of_a_power_at_zero(order: tuple[str, ...]) -> None:
    """Right or an error, in every order of differentiation, and compiled where it was not at 0."""

    def recorded(x: float, y: float) -> tuple[list[Value], Value]:
        leaves = {"x": Value(x, "x"), "y": Value(y, "y")}
        node = leaves["x"] ** leaves["y"]
        for name in order:
            node = grad(node, leaves[name], create_graph=True)
        return [*leaves.values()], node

    leaves, node = recorded(2.0, 2.5)
    program = compile_graph([node, leaves[0] + leaves[1]], leaves)
    for y in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0):
        expected = of_a_power_at_zero(order.count("x"), order.count("y"), y)
        for value in (
            lambda y=y: recorded(0.0, y)[1].data,
            lambda y=y: program([[0.0, y]])[0, 0],
        ):
            if expected is None:
                with pytest.raises(DomainError):
                    value()
            else:
                assert value() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("f", "recorded", "replayed", "expected"),
    [
        # ∂/∂x y√x = y/(2√x): 0 passes nothing on where √x has no slope, 3 does.
        (lambda x, y: x.sqrt() * y, (0.0, 0.0), (4.0, 3.0), 0.75),
        (lambda x, y: x.sqrt() * y, (4.0, 3.0), (1.0, 0.0), 0.0),
        (lambda x, y: (x - 1).sqrt() * y**2, (1.0, 0.0), (5.0, 2.0), 1.0),
        (lambda x, y: x**0.5 * y.relu(), (0.0, -1.0), (4.0, 3.0), 0.75),
        (lambda x, y: x**0.5 * y.relu(), (0.0, -1.0), (0.0, -2.0), 0.0),
        (lambda x, y: x.asin() * y, (1.0, 0.0), (0.0, 2.0), 2.0),
        (lambda x, y: x.sqrt() * y, (0.0, 0.0), (0.0, 3.0), None),
    ],
)
def test_what_passed_nothing_on_does_so_elsewhere(
    f: Any, recorded: tuple[float, float], replayed: tuple[float, float], expected: float | None
) -> None:
    x, y = map(Value, recorded)
    slope = grad(f(x, y), x, create_graph=True)
    assert slope.data == (0.0 if recorded[1] <= 0 else slope.data)
    program = compile_graph([slope, x + y], [x, y])
    if expected is None:
        with pytest.raises(DomainError):
            program([replayed])
    else:
        assert program([replayed])[0, 0] == pytest.approx(expected, rel=1e-15)


def test_what_passed_nothing_on_has_no_slope_there() -> None:
    """∂²/∂x∂y of y√x at (0, 0): the first slope is 0, and that of it infinite."""
    x, y = Value(0.0, "x"), Value(0.0, "y")
    slope = grad(x.sqrt() * y, x, create_graph=True)
    assert slope.data == 0.0
    with pytest.raises(DomainError):
        grad(slope, y)
    assert grad(slope * 0.0, y) == 0.0
    # What is 0 for good has the slope 0.
    assert grad(grad(x.sqrt() * 0.0, x, create_graph=True), x) == 0.0


def test_an_operation_that_somebody_wrote_is_named() -> None:
    """Also beside a condition; a power of unnamed parts is told by the leaves alone."""
    x = Value(0.0, "x")
    with pytest.raises(DomainError, match=r"x is not finite: pow\(x = 0.0, 0.5\) has no finite"):
        (x**0.5 + x.leaky_relu()).backward()
    with pytest.raises(DomainError, match=r"sqrt\(0.0\) has no finite derivative"):
        (x.leaky_relu() * 2).sqrt().backward()
    with pytest.raises(DomainError, match=r"not finite at x = 0.0: a power of 0"):
        ((x.leaky_relu() * 2) ** 0.5).backward()


@pytest.mark.parametrize(("at", "value"), [(1.0, 0.0), (4000.0, math.log(1000.0))])
def test_a_branch_that_is_defined_nowhere_near_is_left_out_unless_it_is_taken(
    at: float, value: float
) -> None:
    """ln(x − 3000) beyond 3000: no number that is tried makes its branch the one taken."""
    chosen = record(parse("log(x - 3000) if x > 3000 else 0 * x"), {"x": Value(at)})
    assert chosen.data == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("recorded", [(0.5, 2.0), (0.0, 2.0), (2.0, -1.0)])
def test_the_derivative_by_an_exponent_holds_at_the_edge(
    recorded: tuple[float, float], backend: str
) -> None:
    """∂xʸ/∂y = xʸ·ln x, which is 0 at x = 0, where ln x is not defined; y is above 0 there."""
    leaves = [Value(number) for number in recorded]
    slope = grad(leaves[0] ** leaves[1], leaves[1], create_graph=True)
    program = compile_graph([slope, leaves[0] + leaves[1]], leaves, backend=backend)
    values = program([[0.0, 2.0], [0.5, 2.0], [2.0, -1.0]])[:, 0]
    assert values == pytest.approx([0.0, 0.25 * math.log(0.5), 0.5 * math.log(2.0)], rel=1e-15)


@pytest.mark.parametrize("recorded", [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)])
def test_every_part_of_a_condition_is_decided_anew(recorded: tuple[float, float]) -> None:
    """Of ``or`` and ``and`` over constants and nodes, whatever held when it was recorded."""
    x, y = map(Value, recorded)
    names = {"x": x, "y": y, "c": Constant(-1.0)}
    either = record(parse("x if x > 0 or y > 0 or c > 0 else 0*y"), names)
    both = record(parse("x if x > 0 and y > 0 and c < 0 else 0*y"), names)
    program = compile_graph([either, both, x + y], [x, y], backend="numpy")
    for a, b in product((2.0, -2.0), repeat=2):
        expected = [a if a > 0 or b > 0 else 0.0, a if a > 0 and b > 0 else 0.0]
        assert list(program([[a, b]])[0][:2]) == expected, (a, b)


def test_what_of_a_condition_is_between_constants_is_decided() -> None:
    """2ʸ: that the base is not 0 is known; the graph of its derivative has no choice in it."""
    y = Value(1.0)
    slope = grad(2**y, y, create_graph=True)
    assert compile_graph(slope, [y])([[0.0], [1.0], [-2.0]]) == pytest.approx(
        [math.log(2), 2 * math.log(2), math.log(2) / 4], rel=1e-15
    )
    assert "select" not in {node.op for node in topological_order(slope)}


def test_a_partial_that_is_0_everywhere_makes_no_node() -> None:
    """∂select/∂a: no product with 0 stands in the graph of the derivative."""
    a, x = Value(1.0), Value(2.0)
    chosen = a.select(0.0, x, x * x) + a
    assert link_as_graph(Value(3.0), chosen.inputs[0], 0) is None
    assert repr(grad(chosen, a, create_graph=True)) == "Constant(1.0, no gradient yet)"


# Where people see it.


def test_derivations_and_pictures_show_the_condition() -> None:
    sheet = Worksheet.parse("a = 2\nw = 3\nz = relu(a*w)\nE = z^2/2\ns = dz/da * 2\n")
    assert not sheet.problems
    shown = derive(sheet.names["s"], sheet.names["w"]).text()
    assert "if" in shown
    from visualize import draw_dot

    assert "select" in str(draw_dot(sheet.names["s"]))


def test_a_worksheet_made_of_such_a_graph_reads_back() -> None:
    x = Value(2.0, "x")
    y = grad(x.relu() * x, x, create_graph=True)
    y.label = "y"
    again = Worksheet.from_graph(y)
    assert again.names["y"].data == y.data
