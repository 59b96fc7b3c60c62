"""Costs: values and derivatives against their closed forms."""

from __future__ import annotations

import math

import pytest

from micrograd_like import DomainError, Value, grad, losses

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
    with pytest.raises(ValueError, match="with the sum 1"):
        losses.cross_entropy_with_logits([1, 2, 3], [0.9, 0.05, 0.0501])
