"""Methods made of the table's rows, against mpmath; and computing without recording."""

from __future__ import annotations

import copy
import math
import pickle
import threading
from typing import Any

import mpmath
import pytest

from micrograd_like import (
    Constant,
    DomainError,
    Value,
    compile_graph,
    grad,
    gradcheck,
    no_grad,
    training,
)
from micrograd_like.nn import MLP
from micrograd_like.tape import native

BACKENDS = ["numpy"] if native.missing() else ["numpy", "c"]
POINTS = (-30.0, -2.0, -1e-3, 1e-3, 0.7, 3.0, 30.0)


def phi(x: Any) -> Any:
    """The normal distribution's share below x, in GELU's usual form."""
    return (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3))) / 2


#: A method, what it is, and the derivative at 0 by convention.
FUNCTIONS: dict[str, tuple[Any, Any, float]] = {
    "leaky_relu": (Value.leaky_relu, lambda x: x if x > 0 else x * mpmath.mpf(0.01), 0.01),
    "a slope of one's own": (lambda x: x.leaky_relu(0.25), lambda x: x if x > 0 else x / 4, 0.25),
    "elu": (Value.elu, lambda x: x if x > 0 else mpmath.expm1(x), 1.0),
    "an alpha of one's own": (lambda x: x.elu(2), lambda x: x if x > 0 else 2 * mpmath.expm1(x), 2),
    "silu": (Value.silu, lambda x: x / (1 + mpmath.exp(-x)), 0.5),
    "gelu": (Value.gelu, lambda x: x * phi(x), 0.5),
    "step": (Value.step, lambda x: mpmath.mpf(x > 0), 0.0),
    "sign": (Value.sign, mpmath.sign, 0.0),
}


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_and_its_derivatives_hold_everywhere(
    name: str, backend: str, order: int
) -> None:
    """Recorded on either side of 0, replayed on both."""
    f, reference, _ = FUNCTIONS[name]
    with mpmath.workdps(40):
        expected = [float(mpmath.diff(reference, mpmath.mpf(p), order, h="1e-12")) for p in POINTS]
    for recorded in (-0.5, 0.5):
        node = f(x := Value(recorded, "x"))
        for _ in range(order):
            node = grad(node, x, create_graph=True)
        values = compile_graph([node, x * 1], [x], backend=backend)([[p] for p in POINTS])
        assert values[:, 0] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_at_the_kink_the_derivative_is_the_convention(name: str) -> None:
    f, _, slope = FUNCTIONS[name]
    y = f(x := Value(0.0))
    assert (y.data, grad(y, x)) == (0.0, slope)


def test_far_out_nothing_overflows() -> None:
    assert Value(-1e300).elu().data == -1.0
    assert Value(1e300).elu().data == 1e300


@pytest.mark.parametrize("y", [-2.0, -0.3, 0.0, 0.3, 2.0])
@pytest.mark.parametrize("x", [-1.0, -0.2, 0.0, 0.2, 1.0])
def test_the_angle_of_a_point(x: float, y: float) -> None:
    """∂θ/∂y = x/r², ∂θ/∂x = −y/r²; the origin has no angle."""
    leaves = Value(y), Value(x)
    if x == y == 0:
        with pytest.raises(DomainError, match="is not defined"):
            leaves[0].atan2(leaves[1])
        return
    angle = leaves[0].atan2(leaves[1])
    assert angle.data == pytest.approx(math.atan2(y, x), rel=1e-15)
    square = x * x + y * y
    assert grad(angle, leaves) == pytest.approx([x / square, -y / square], rel=1e-14)
    assert Value(y).atan2(x).data == angle.data


def test_gradcheck_agrees() -> None:
    assert gradcheck(lambda x, y: x.gelu() + y.elu() * x.leaky_relu() + x.atan2(y), [0.3, -0.7])


# Without recording.


def test_nothing_is_recorded_inside() -> None:
    x, net = Value(3.0, "x"), MLP(1, [2, 1], seed=0)
    with no_grad():
        results = [x * 2, 2 - x, -x, x.exp(), x.leaky_relu(), net([x]), x.select(0, x, 1)]
        with no_grad():
            pass
        results.append(x + x)  # the inner one has ended, not this
    for node in results:
        assert isinstance(node, Value)
        assert (node.inputs, node.partials, node.op) == ((), (), "")
    assert (x * 2).inputs[0] is x
    assert [r.data for r in results[:3]] == [6.0, -1.0, -3.0]


def test_what_was_computed_inside_is_a_leaf_like_any_other() -> None:
    x = Value(3.0)
    with no_grad():
        y = x * x
    (z := y * x).backward()
    assert (x.grad, y.grad) == (9.0, 3.0)
    assert compile_graph(z, [y], [x])([[2.0]]) == [6.0]
    for again in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert (again.data, again.inputs) == (9.0, ())


def test_what_was_computed_inside_is_not_differentiated() -> None:
    """A zero, or no gradient at all, would be taken for the derivative."""
    x = Value(3.0)
    with no_grad():
        y = x * x
        with pytest.raises(ValueError, match=r"backward: expected a node with its graph, got 9\.0"):
            training.fit(MLP(1, [1], seed=0), [[0.0]], [3.0], loss=lambda o, t: y, epochs=1)
    with pytest.raises(ValueError, match="grad: expected a node with its graph"):
        grad(y, x)
    assert x.grad == 0.0
    assert grad(y * x, x) == 9.0


def test_an_error_inside_ends_it() -> None:
    with pytest.raises(DomainError), no_grad():
        Value(0.0).log()
    assert (Value(1.0) + 1).inputs


def test_it_decorates_a_function() -> None:
    @no_grad()
    def score(x: Value) -> Value:
        return x * x

    assert score(Value(2.0)).inputs == ()
    assert (Value(2.0) * 2).inputs


def test_other_threads_go_on_recording() -> None:
    x, made = Value(2.0), []
    with no_grad():
        thread = threading.Thread(target=lambda: made.append(x * x))
        thread.start()
        thread.join()
        assert (x * x).inputs == ()
    assert made[0].inputs == (x, x)


def test_constants_stay_constants() -> None:
    with no_grad():
        assert type(Value(1.0).select(0.0, 2.0, 3.0)) is not Constant
        assert type(Constant(2.0)) is Constant
