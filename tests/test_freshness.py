"""Graphs whose leaves were given other numbers after they were built."""

from __future__ import annotations

import pytest

import visualize
from micrograd_like import DomainError, Value, derive, grad, nn, optim
from micrograd_like.derivation.walk import walk
from micrograd_like.errors import StaleGraphError


def square() -> tuple[Value, Value]:
    a = Value(2.0, "a")
    y = a * a
    y.label = "y"
    return a, y


USES = {
    "derive": lambda y, a: derive(y, a),
    "walk": lambda y, a: walk(y),
    "draw": lambda y, a: visualize.svg(y),
    "grad": lambda y, a: grad(y, a, create_graph=True),
}


@pytest.mark.parametrize("use", USES)
def test_an_old_graph_is_refused_until_it_is_computed_again(use: str) -> None:
    a, y = square()
    USES[use](y, a)
    a.data = 5
    with pytest.raises(StaleGraphError, match=rf"^{use}: .* y = 4 was computed .* a = 5") as told:
        USES[use](y, a)
    assert "recompute()" in str(told.value)
    y.recompute()
    assert y.data == 25.0
    assert y.partials == (5.0, 5.0)
    USES[use](y, a)


def test_a_leaf_that_changes_nothing_leaves_the_graph_fresh() -> None:
    """The same number again, and a number beneath a maximum that another input decides."""
    a, y = square()
    a.data = 2.0
    assert derive(y, a).value == 4.0
    low, high = Value(1.0, "low"), Value(3.0, "high")
    top = low.maximum(high)
    top.label = "top"
    low.data = 2.0
    assert derive(top, high).value == 1.0


def test_an_optimisers_step_between_forward_pass_and_drawing() -> None:
    net = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    loss = (net([1.0, 2.0]) - 1) ** 2
    loss.label = "L"
    loss.backward()
    visualize.svg(loss)
    optim.SGD(net.parameters(), 0.1).step()
    with pytest.raises(StaleGraphError, match="before its inputs were set"):
        visualize.svg(loss)
    loss.recompute()
    visualize.svg(loss)
    again = (net([1.0, 2.0]) - 1) ** 2
    assert loss.data == again.data


def test_what_is_not_defined_any_more_is_old_too() -> None:
    x = Value(2.0, "x")
    y = x.log()
    x.data = -1.0
    with pytest.raises(StaleGraphError, match="x = -1"):
        grad(y, x, create_graph=True)
    with pytest.raises(DomainError, match="log"):
        y.recompute()
