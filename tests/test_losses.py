"""Costs: values and derivatives against their closed forms."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from micrograd_like import DomainError, Value, compile_graph, grad, losses

YHAT = 0.656206390563436


def sigmoid(a: float) -> float:
    return 1 / (1 + math.exp(-a))


@pytest.mark.parametrize(
    ("name", "cost", "at", "value", "derivative"),
    [
        ("half", lambda o: losses.half_squared_error(o, 1), YHAT, (YHAT - 1) ** 2 / 2, YHAT - 1),
        (
            "half of several",
            lambda o: losses.half_squared_error([o, 3 * o], [1, 2]),
            YHAT,
            (YHAT - 1) ** 2 / 2 + (3 * YHAT - 2) ** 2 / 2,
            (YHAT - 1) + 3 * (3 * YHAT - 2),
        ),
        ("squared", lambda o: losses.squared_error(o, 1), YHAT, (YHAT - 1) ** 2, 2 * (YHAT - 1)),
        (
            "ln, y = 1",
            lambda o: losses.binary_cross_entropy(o, 1),
            YHAT,
            -math.log(YHAT),
            -1 / YHAT,
        ),
        (
            "ln, y = 0",
            lambda o: losses.binary_cross_entropy(o, 0),
            YHAT,
            -math.log(1 - YHAT),
            1 / (1 - YHAT),
        ),
        (
            "ln, y = 0.25, of both terms",
            lambda o: losses.binary_cross_entropy(o, 0.25),
            YHAT,
            -0.25 * math.log(YHAT) - 0.75 * math.log(1 - YHAT),
            -0.25 / YHAT + 0.75 / (1 - YHAT),
        ),
        (
            "a Value as target keeps both terms",
            lambda o: losses.binary_cross_entropy(o, Value(1.0)),
            YHAT,
            -math.log(YHAT),
            -1 / YHAT,
        ),
        (
            "log10, the lesson's",
            lambda o: losses.binary_cross_entropy(o, 1, base=10),
            YHAT,
            0.182959544488035,
            -0.661826047640827,
        ),
        (
            "log2",
            lambda o: losses.binary_cross_entropy(o, 1, base=2),
            YHAT,
            -math.log2(YHAT),
            -1 / (YHAT * math.log(2)),
        ),
        (
            "with logits",
            lambda o: losses.binary_cross_entropy_with_logits(o, 1),
            0.3,
            -math.log(sigmoid(0.3)),
            sigmoid(0.3) - 1,
        ),
        (
            "with logits, saturated",
            lambda o: losses.binary_cross_entropy_with_logits(o, 0),
            800.0,
            800.0,
            1.0,
        ),
        ("hinge inside the margin", lambda o: losses.hinge(o, 1), 0.25, 0.75, -1.0),
        ("hinge of the other class", lambda o: losses.hinge(o, -1), 0.25, 1.25, 1.0),
        ("hinge beyond the margin", lambda o: losses.hinge(o, 1), 2.0, 0.0, 0.0),
    ],
)
def test_value_and_derivative(
    name: str, cost: object, at: float, value: float, derivative: float
) -> None:
    output = Value(at)
    loss = cost(output)
    assert loss.data == pytest.approx(value, rel=4e-15), name
    assert grad(loss, output) == pytest.approx(derivative, rel=4e-15), name


def test_means_and_sums() -> None:
    values = [Value(1.0), Value(2.0), Value(6.0)]
    assert losses.mean(values).data == 3.0
    assert grad(losses.mean(values), values) == [1 / 3] * 3
    assert losses.total([*values, 1]).data == 10.0
    squares = losses.sum_of_squares(values)
    assert (squares.data, grad(squares, values)) == (41.0, [2.0, 4.0, 12.0])
    mse = losses.mean_squared_error(values, [0, 0, 0])
    assert mse.data == pytest.approx(41 / 3, rel=4e-16)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: losses.mean([]), ValueError, "at least one value"),
        (lambda: losses.sum_of_squares([]), ValueError, "at least one value"),
        (lambda: losses.mean_squared_error([Value(1)], []), ValueError, "as many targets"),
        (
            lambda: losses.cross_entropy_with_logits([1, 2], [1, 1]),
            ValueError,
            "targets with the sum 1",
        ),
        (lambda: losses.cross_entropy_with_logits([1, 2], [1]), ValueError, "as many targets"),
        (lambda: losses.cross_entropy_with_logits([], []), ValueError, "at least one logit"),
        (lambda: losses.hinge(Value(1), 0), ValueError, "target of -1 or 1, got 0"),
        (lambda: losses.binary_cross_entropy(Value(0.5), 2), ValueError, "from 0 to 1, got 2"),
        (lambda: losses.binary_cross_entropy(Value(0.5), 1, base=3), ValueError, "base e, 10 or 2"),
        (lambda: losses.binary_cross_entropy(Value(1.2), 1), DomainError, "between 0 and 1"),
        (lambda: losses.binary_cross_entropy(Value(0.0, "p"), 1), DomainError, r"log\(p = 0.0\)"),
    ],
)
def test_bad_calls_say_what_was_expected(
    call: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


def test_softmax_cross_entropy_is_its_closed_form() -> None:
    """−Σ y ln p and, by hand, ∂/∂a = p − y; to the rounding of a few exponentials."""
    logits = [Value(a) for a in (0.5, -1.0, 2.0)]
    targets = [0.2, 0.3, 0.5]
    weights = [math.exp(a.data) for a in logits]
    shares = [weight / sum(weights) for weight in weights]
    cost = losses.cross_entropy_with_logits(logits, targets)
    expected = -sum(y * math.log(p) for y, p in zip(targets, shares, strict=True))
    assert cost.data == pytest.approx(expected, rel=1e-14)
    slopes = [p - y for p, y in zip(shares, targets, strict=True)]
    assert grad(cost, logits) == pytest.approx(slopes, rel=1e-13)


@pytest.mark.parametrize(
    ("logits", "cost"), [([1e6, 0.0], 0.0), ([-1e6, 0.0], 1e6), ([0.0, -1e300], 0.0)]
)
def test_softmax_cross_entropy_is_finite_for_all_logits(logits: list[float], cost: float) -> None:
    assert losses.cross_entropy_with_logits(logits, [1, 0]).data == cost


def test_a_certain_and_right_prediction_costs_nothing() -> None:
    assert losses.binary_cross_entropy(Value(1.0), 1).data == 0.0


def test_targets_in_float32_add_up_to_1() -> None:
    import numpy as np

    cost = losses.cross_entropy_with_logits([1, 2, 3], np.float32([0.9, 0.05, 0.05]))
    wanted = losses.cross_entropy_with_logits([1, 2, 3], [0.9, 0.05, 0.05])
    assert cost.data == pytest.approx(wanted.data, rel=1e-7)
    half = np.float16([0.7, 0.2, 0.1])  # 1.00004
    for targets in (half, half.tolist()):
        cost = losses.cross_entropy_with_logits([1, 2, 3], targets)
        wanted = losses.cross_entropy_with_logits([1, 2, 3], [0.7, 0.2, 0.1])
        assert cost.data == pytest.approx(wanted.data, rel=1e-3)
    with pytest.raises(ValueError, match="with the sum 1"):
        losses.cross_entropy_with_logits([1, 2, 3], [0.9, 0.05, 0.0501])


# Classes by their numbers, and classes that count for more.

LOGITS = (1.0, -2.0, 0.5)


def sloped(build):
    """A loss of three logits, and its derivatives."""
    nodes = [Value(a) for a in LOGITS]
    cost = build(nodes)
    return [cost.data, *grad(cost, nodes)]


@pytest.mark.parametrize("kind", [int, float, np.int64, Value])
@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 0.25]])
@pytest.mark.parametrize("right", [0, 1, 2])
def test_a_class_may_be_given_by_its_number(kind, weights, right):
    one_hot = [float(place == right) for place in range(3)]
    expected = sloped(lambda a: losses.cross_entropy_with_logits(a, one_hot))
    factor = weights[right] if weights else 1.0
    for target in (kind(right), one_hot):
        got = sloped(lambda a, t=target: losses.cross_entropy_with_logits(a, t, weights))
        assert got == pytest.approx([factor * number for number in expected], rel=1e-14)


def test_probabilities_are_weighted_each_by_its_class():
    targets, weights = [0.2, 0.5, 0.3], [1.0, 3.0, 0.5]
    cost = losses.cross_entropy_with_logits(list(map(Value, LOGITS)), targets, weights)
    total = sum(map(math.exp, LOGITS))
    by_hand = -sum(
        w * y * math.log(math.exp(a) / total)
        for w, y, a in zip(weights, targets, LOGITS, strict=True)
    )
    assert cost.data == pytest.approx(by_hand, rel=1e-14)


@pytest.mark.parametrize("target", [0, 0.3, 1])
def test_two_classes_are_weighted(target):
    a, weights = Value(0.7), (2.0, 3.0)
    cost = losses.binary_cross_entropy_with_logits(a, target, weights)
    p = 1 / (1 + math.exp(-0.7))
    by_hand = -(3 * target * math.log(p) + 2 * (1 - target) * math.log(1 - p))
    assert cost.data == pytest.approx(by_hand, rel=1e-14)
    assert grad(cost, a) == pytest.approx(-3 * target * (1 - p) + 2 * (1 - target) * p, rel=1e-14)


@pytest.mark.parametrize(
    ("target", "weights", "message"),
    [
        (3, None, "expected a class from 0 to 2, got 3"),
        (-1, None, "expected a class from 0 to 2, got -1"),
        (1.5, None, "expected a class from 0 to 2, got 1.5"),
        (True, None, "expected a class from 0 to 2, got True"),
        (Value(7.0), None, "expected a class from 0 to 2, got Value"),
        (1, [1.0], "weights: expected one for each of 3 classes, got [1.0]"),
        (1, [1.0, -1.0, 1.0], "weights: expected 0 <= weights < inf, got -1.0"),
        (1, [1.0, math.inf, 1.0], "weights: expected 0 <= weights < inf, got inf"),
    ],
)
def test_no_such_class_and_no_such_weights(target, weights, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        losses.cross_entropy_with_logits([Value(a) for a in LOGITS], target, weights)


# What losses are made of.


def test_softmax_is_exact_for_all_logits():
    assert [p.data for p in losses.softmax([0.0, math.log(3)])] == pytest.approx([0.25, 0.75])
    assert [p.data for p in losses.softmax([1000.0, -1000.0])] == [1.0, 0.0]
    assert losses.log_sum_exp([-1000.0, -1000.0]).data == pytest.approx(math.log(2) - 1000)


def test_variance():
    nodes = [Value(1.0), Value(2.0), Value(4.5)]
    spread = losses.variance(nodes)
    assert spread.data == pytest.approx(np.var([1, 2, 4.5]), rel=1e-15)
    assert grad(spread, nodes) == pytest.approx([2 / 3 * (x - 2.5) for x in (1, 2, 4.5)])


def test_the_norm_has_the_derivative_0_where_it_is_0():
    zeros = [Value(0.0), Value(0.0)]
    assert losses.norm(zeros).data == 0.0
    assert grad(losses.norm(zeros), zeros) == [0.0, 0.0]
    node = losses.norm(away := [Value(3.0), Value(-4.0)])
    assert [node.data, *grad(node, away)] == pytest.approx([5.0, 0.6, -0.8], rel=1e-15)
    replayed = compile_graph(node, away)([[0.0, 0.0], [6.0, 8.0]])
    assert replayed == pytest.approx([0.0, 10.0])
