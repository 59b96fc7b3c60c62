"""gradcheck: what agrees, what is rejected, what is flagged."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from micrograd_like import Value, apply, gradcheck, losses, nn
from micrograd_like.engine.complex_functions import COMPLEX
from micrograd_like.engine.differences import difference
from micrograd_like.engine.numeric import Method
from micrograd_like.ops import OPS, Op

WEIGHT = Value(2.0)
METHODS: list[Method] = ["complex", "central"]


@pytest.mark.parametrize("method", METHODS)
def test_a_right_graph_agrees_partial_by_partial(method: Method) -> None:
    check = gradcheck(
        lambda a, b: (a * b).tanh() + a.sigmoid() * b**3 - (a * a).log1p() / b, [0.3, -0.7], method
    )
    assert check
    assert {(row.of, row.wrt) for row in check.totals} == {("f", "x1"), ("f", "x2")}
    assert len(check.locals) > 10
    limit = {"complex": 1e-14, "central": 1e-9}[method]
    assert all(row.error < limit for row in check.rows)
    assert str(check).endswith("partial derivatives: none wrong")


@pytest.mark.parametrize("method", METHODS)
def test_a_network_agrees(method: Method) -> None:
    model = nn.MLP(2, [3, 1], activation="softplus", output="sigmoid", seed=1)
    check = gradcheck(lambda x1, x2: model([x1, x2]), [0.5, -0.25], method)
    assert check
    assert all(row.verdict == "agrees" for row in check.rows)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("factor", "rejected"), [("1.0005", True), ("1", False)])
def test_a_rule_wrong_by_one_part_in_two_thousand_is_rejected(
    method: Method, factor: str, rejected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The partial is scaled in the recorded node, as a wrong row would record it."""

    def f(x: Value) -> Value:
        out = x.sin()
        out.partials = (out.partials[0] * float(factor),)
        return out * 2

    check = gradcheck(f, [0.7], method)
    assert bool(check) is not rejected
    wrong = {(row.of, row.wrt) for row in check.wrong}
    assert wrong == ({("f", "x1"), ("sin#1", "x1")} if rejected else set())


@pytest.mark.parametrize("method", METHODS)
def test_the_wrong_rule_is_named_however_deep(method: Method) -> None:
    def f(x: Value) -> Value:
        inner = x.exp()
        inner.partials = (inner.partials[0] * 1.0005,)
        return (inner.tanh() * 3 + 1).sqrt()

    assert ("exp#1", "x1") in {(row.of, row.wrt) for row in gradcheck(f, [0.1], method).wrong}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("f", [Value.relu, abs, lambda x: x.maximum(0), lambda x: x.minimum(0)])
def test_kinks_are_flagged_and_are_not_wrong(method: Method, f: object) -> None:
    at_kink = gradcheck(f, [0.0], method)
    assert at_kink
    assert {row.verdict for row in at_kink.rows} == {"kink"}
    beside = gradcheck(f, [0.5], method)
    assert {row.verdict for row in beside.rows} == {"agrees"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("f", "x"),
    [
        # Half a unit away from a kink.
        (Value.relu, 0.5),
        (abs, -0.5),
        # A large negative number makes no more noise than a large positive one.
        (lambda x: x * x, 1e6),
        (lambda x: x * x, -1e6),
        # Tiny slopes are known as well as large ones.
        (lambda x: x * 1e-290, 1.0),
        (Value.sigmoid, -700.0),
        # Next to a pole, which an absolute step reaches over.
        (lambda x: 1 / x, 1e-100),
        (lambda x: 1 / x, -1e-100),
        (lambda x: x**-2, 1e-50),
        (Value.log, 1e-200),
        # Next to a kink, which a step of the usual size reaches over.
        (abs, 1e-9),
        (abs, -1e-9),
        (abs, 1e-300),
        (lambda x: (x - 1).relu(), 1 + 1e-6),
        (lambda x: x.maximum(2 * x - 1), 1 - 1e-6),
        (lambda x: x.minimum(0.5) * x, 0.5 + 1e-6),
        (lambda x: (x * 1e6).tanh().relu(), 1e-12),
        (lambda x: x.relu() ** 2, 1e-9),
    ],
)
def test_a_wrong_partial_is_called_wrong_wherever_it_can_be_known(
    method: Method, f: Callable[[Value], Value], x: float
) -> None:
    def off(v: Value) -> Value:
        out = f(v)
        out.partials = tuple(partial * 1.00001 for partial in out.partials)
        return out

    assert {row.verdict for row in gradcheck(f, [x], method).rows} == {"agrees"}
    assert {row.verdict for row in gradcheck(off, [x], method).totals} == {"wrong"}


def test_only_what_goes_through_the_kink_is_flagged() -> None:
    check = gradcheck(lambda a, b: a.relu() + b * b, [0.0, 2.0])
    assert {row.wrt: row.verdict for row in check.totals} == {"x1": "kink", "x2": "agrees"}


def test_a_difference_too_rough_to_tell_is_unsure_not_right() -> None:
    """1e8 swallows the digits of 1e-8 that a central difference would need."""
    check = gradcheck(lambda a, b: a + b, [1e8, 1e-8], "central")
    assert check.totals[1].verdict == "unsure"
    assert gradcheck(lambda a, b: a + b, [1e8, 1e-8]).totals[1].verdict == "agrees"


CANCELLING = {
    "σ(a) + σ(−a) is 1": lambda a: a.sigmoid() + (-a).sigmoid(),
    "sin² + cos² is 1": lambda a: a.sin() ** 2 + a.cos() ** 2,
    "ln(eᵃeᵃ) − 2a is 0": lambda a: (a.exp() * a.exp()).log() - a - a,
    "a·e^−a has its maximum near 1": lambda a: a * (-a).exp(),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CANCELLING)
def test_paths_that_cancel_are_not_called_wrong(name: str, method: Method) -> None:
    for x in (-1.7, -0.3, 0.1, 0.77, 1.0000000001, 1.9):
        assert gradcheck(CANCELLING[name], [x], method), (name, x)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: (x * 1e8).sin(), 1.0),
        (lambda x: x.expm1().log(), 1e-12),
        (lambda x: x.log1p() ** 2, 1e-9),
        (lambda x: x.softplus().log(), -40.0),
        (lambda x: x**101, -1.01),
        (Value.asin, 0.9999999),
        (Value.acos, 0.9999999),
        (lambda x: x**3, 1e-160),
    ],
)
def test_delicate_points_are_not_called_wrong(f: object, x: float, method: Method) -> None:
    assert gradcheck(f, [x], method)


def test_labels_name_the_rows() -> None:
    check = gradcheck(lambda w: (w * w).exp(), [Value(0.5, "w5")])
    assert "∂f/∂w5" in str(check)


def test_a_long_table_shows_what_is_wrong_and_counts_the_rest() -> None:
    def f(x: Value) -> Value:
        for _ in range(60):
            x = x * 1.01
        x = x.sin()
        x.partials = (2.0,)
        return x

    text = str(gradcheck(f, [0.5]))
    assert "wrong" in text
    assert "more that agree" in text
    assert "more that agree" not in str(gradcheck(lambda x: x.sin(), [0.5]))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("row", list(OPS.values()), ids=list(OPS))
def test_every_row_agrees_at_its_samples(row: Op, method: Method) -> None:
    for point in row.samples:
        check = gradcheck(lambda *v: apply(row.name, *v), point, method)
        assert check, point
        for r in check.rows:
            # A real step drowns where another input is large, or the slope next to the value: a
            # saturated tanh.
            known = len(point) == 1 and abs(r.analytic) > 1e-10
            assert r.verdict == "agrees" or (r.verdict == "unsure" and not known), point
            assert r.verdict == "agrees" or method == "central", point


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: gradcheck(lambda: Value(1), []), ValueError, "at least one input"),
        (lambda: gradcheck(lambda x: 1.0, [1.0]), TypeError, "return a Value, got float"),
        (lambda: gradcheck(lambda x: x, [1.0], "forward"), ValueError, "one of complex, central"),
        (lambda: gradcheck(lambda x: x, 1.0), TypeError, "the inputs in a list, got 1.0"),
        (lambda: gradcheck(lambda x: x, [1.0], tolerance=2.0), ValueError, "between 0 and 1"),
    ],
)
def test_bad_calls_say_what_was_expected(
    call: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


# What acts on f beside its graph.


@pytest.mark.parametrize("method", ["complex", "central"])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * x.data,
        lambda x: Value(x.data**2),
        lambda x: x + x.data / 7,
        lambda x: x * x.detach(),
        lambda x: x * float(x),
    ],
)
@pytest.mark.parametrize("point", [3.0, 1e12, -1e12, 1e-12, -1e-9, 1e-100])
def test_what_leaves_the_graph_is_wrong(f, method, point):
    table = gradcheck(f, [point], method)
    assert not table
    assert [row.verdict for row in table.totals] == ["wrong"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("point", [3.0, 0.7123, -2.2])
@pytest.mark.parametrize(
    "f",
    [
        *(lambda x, digits=digits: x * Value(round(x.data, digits)) for digits in range(2, 14)),
        lambda x: x * math.floor(x.data * 1e4) / 1e4,
        lambda x: x * float(f"{x:.6f}"),
        lambda x: x + float(np.float32(x.data)),
        lambda x: Value(round(x.data, 5)) ** 2,
        lambda x: (x + round(x.data, 4)).sin(),
    ],
)
def test_what_leaves_the_graph_in_stairs_is_wrong(f, method, point):
    """Between two steps of the stairs the slope is right, and of f it says nothing."""
    table = gradcheck(f, [point], method)
    assert not table
    assert [row.verdict for row in table.totals] == ["wrong"]


def interpolated(x: Value) -> Value:
    """x² between knots, as a table has it: linear, with the chord's slope."""
    knot = math.floor(x.data * 100) / 100
    return knot**2 + (x - knot) * (2 * knot + 0.01)


def shifted(digits: int) -> Callable[[Value], Value]:
    """A log-sum-exp with a shift that cancels."""

    def f(x: Value) -> Value:
        shift = round(max(x.data, 0.5), digits)
        return ((x - shift).exp() + math.exp(0.5 - shift)).log() + shift

    return f


@pytest.mark.parametrize("method", ["complex", "central"])
@pytest.mark.parametrize(
    ("f", "inputs"),
    [
        # A number out of the graph that cancels, or that the slopes follow from cell to cell.
        *((shifted(digits), [point]) for digits in (1, 3, 6, 15) for point in (3.0, 0.7, 1e-9)),
        *((interpolated, [point]) for point in (3.003, 0.001, -2.2222, 123.456)),
        # Numbers that jump, here or near, and are asked for with no consequence.
        (lambda x: x * (1 if x.data > 0 else 2), [1e-3]),
        (lambda x: x * (1 if x.data > 0 else 2), [-1e-9]),
        (lambda x: x * round(x.data), [3.0]),
        (lambda x: x * 2 if f"{x.data}" else x, [3.0]),
        (lambda x: x.log() * (2 if float(x) > 1 else 1), [1e-9]),
        # Other leaves than the inputs are the same whenever f is called.
        (lambda x: x * WEIGHT + 1, [3.0]),
        # Branches by number, away from where they part.
        (lambda x: x.exp() if x.data > 0 else x, [3.0]),
        # An input that nothing depends on.
        (lambda x, y: x * 2, [3.0, 1.0]),
        # The slope is exactly 0, where differences are not.
        (lambda x: x**3, [0.0]),
        (lambda x: (x - 1) ** 3, [1.0]),
        (lambda x: x.sin() ** 3, [0.0]),
        (lambda x: x**1.5, [0.0]),
        # No step is small where floats are two apart.
        (lambda x: x.sin(), [1e16]),
    ],
)
def test_what_is_right_is_not_called_wrong(f, inputs, method):
    table = gradcheck(f, inputs, method)
    assert table, str(table)
    assert {row.verdict for row in table.rows} <= {"agrees", "unsure"}


def test_a_kink_is_flagged_where_the_slope_jumps():
    """relu² is smooth at 0 where relu is not; the local row of relu still has its kink."""
    square = gradcheck(lambda x: x.relu() ** 2, [0.0])
    assert square.totals[0].verdict == "agrees"
    assert "kink" in {row.verdict for row in square.locals}
    assert gradcheck(lambda x: x.relu(), [0.0]).totals[0].verdict == "kink"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("f", "x"),
    [
        (abs, 0.0),
        (lambda x: (x - 1).relu(), 1.0),
        (lambda x: x.maximum(2 * x - 1), 1.0),
        # Through what is computed before, no other float is nearer.
        (lambda x: (x + 1 - 1).relu(), 1e-30),
    ],
)
def test_at_a_kink_no_step_tells(method: Method, f: Callable[[Value], Value], x: float) -> None:
    assert gradcheck(f, [x], method).totals[0].verdict == "kink"
    beside = gradcheck(f, [x + 1e-7], method)
    assert {row.verdict for row in beside.rows} == {"agrees"}


def test_a_float_beside_a_kink_no_real_step_tells() -> None:
    """On either side of 0; a complex one reaches to no side."""
    for f, x in (
        (lambda x: (x + 1).relu(), math.nextafter(-1.0, 0.0)),
        (lambda x: (x - 1).relu(), math.nextafter(1.0, 2.0)),
    ):
        assert gradcheck(f, [x], "central").totals[0].verdict == "kink"
        assert gradcheck(f, [x], "complex").totals[0].verdict == "agrees"


@pytest.mark.parametrize(
    ("f", "asked"),
    [
        (lambda x: x if x > 0 else -x, (">",)),
        (lambda x: max(x, 2 * x), (">",)),
        (lambda x: x.exp() if x.data > 0 else x, (".data",)),
        (lambda x: x.select(0, x, -x), ()),
        (lambda x: x.maximum(2 * x), ()),
        # What the package looks at to make a network is no question of the function's.
        (lambda x: nn.MLP(1, [1], weights={"w1": 0.5, "b1": 0.25})([x]), ()),
        (lambda x: nn.MLP(1, [1], seed=1).trace([x])["yhat"] * losses.hinge(x, 1), ()),
    ],
)
def test_it_says_what_the_function_asks_for(f: Callable[[Value], Value], asked: Any) -> None:
    """Right here, and elsewhere another graph: no formula to compile."""
    table = gradcheck(f, [3.0])
    assert table
    assert table.asked == asked
    assert ("f asks what numbers are" in str(table)) is bool(asked)


@pytest.mark.parametrize("method", METHODS)
def test_where_no_number_can_be_had_nothing_is_said(method: Method) -> None:
    def undefined(x: Any) -> Any:
        raise ZeroDivisionError

    numeric = difference(undefined, 1.0, method)
    assert math.isnan(numeric.value)
    assert numeric.uncertainty == math.inf


@pytest.mark.parametrize(
    ("name", "reference"),
    [("log1p", mpmath.log1p), ("expm1", mpmath.expm1), ("exp", mpmath.exp), ("tanh", mpmath.tanh)],
)
def test_functions_of_complex_numbers_hold_for_any_imaginary_part(
    name: str, reference: Callable[[Any], Any]
) -> None:
    """Not only for the tiny one of a step."""
    for a in (-0.5, 0.0, 1e-9, 0.3, 2.0):
        for b in (1e-20, 1e-3, 0.7):
            got = complex(COMPLEX[name](complex(a, b)))
            wanted = complex(reference(mpmath.mpc(a, b)))
            assert got.real == pytest.approx(wanted.real, rel=1e-14, abs=1e-300), (a, b)
            assert got.imag == pytest.approx(wanted.imag, rel=1e-14), (a, b)


def test_a_function_that_goes_past_its_arguments_to_the_inputs_is_told() -> None:
    """The inputs' copies never reach it: the derivatives would be those of nothing."""
    v, w = Value(3.0, label="v"), Value(2.0)
    net = nn.MLP(1, [2, 1], activation="tanh", seed=1)
    for f, inputs in (
        (lambda x: x * v, [v]),
        (lambda x, y: x * y + w, [v, w]),
        (lambda *p: (net([1.0]) - 2.0) ** 2, net.parameters()),
    ):
        with pytest.raises(ValueError, match="expected f to work with the Values that it is given"):
            gradcheck(f, inputs)
    assert gradcheck(lambda x: x * w, [v])  # w is none of the inputs
    assert gradcheck(lambda x, y: x * y, [v, w])
    assert gradcheck(lambda x: x * x, [v])
