"""Graphs whose leaves were given other numbers after they were built."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from html import unescape

import pytest

import visualize
from micrograd_like import DomainError, Value, derive, grad, losses, nn, optim
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
    "grad": lambda y, a: grad(y, a),
    "grad, as a graph": lambda y, a: grad(y, a, create_graph=True),
}


@pytest.mark.parametrize("use", USES)
def test_an_old_graph_is_refused_until_it_is_computed_again(use: str) -> None:
    a, y = square()
    USES[use](y, a)
    a.data = 5
    with pytest.raises(StaleGraphError, match=r"y = 4 was computed .* set to a = 5\. ") as told:
        USES[use](y, a)
    assert str(told.value).startswith(f"{use.split(',')[0]}: ")
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


@pytest.mark.parametrize("operations", [1, 100_000])
def test_a_notebook_says_of_an_old_graph_that_it_is_old(operations: int) -> None:
    """Be it drawn, or too large for that, in the text and in what is shown of it."""
    a = Value(2.0, "<a>")
    y = a * a
    for _ in range(operations - 1):
        y = y + 1
    assert "text/html" not in y._repr_mimebundle_()
    a.data = 5
    bundle = y._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    for text in (bundle["text/plain"], unescape(bundle["text/html"])):
        assert repr(y) in text
        assert "was computed before its inputs were set to <a> = 5. Build it again" in text
    assert "<a>" not in bundle["text/html"]
    y.recompute()
    assert "text/html" not in y._repr_mimebundle_()


def test_what_is_not_defined_any_more_is_old_too() -> None:
    x = Value(2.0, "x")
    y = x.log()
    x.data = -1.0
    with pytest.raises(StaleGraphError, match="x = -1"):
        grad(y, x, create_graph=True)
    with pytest.raises(DomainError, match="log"):
        y.recompute()


def inner_number(a: Value, y: Value) -> None:
    y.inputs[0].data += 1.0


CHANGES: dict[str, Callable[[Value, Value], None]] = {
    "a leaf": lambda a, y: setattr(a, "data", 5.0),
    "a leaf whose new number leaves the value and changes the slope": lambda a, y: setattr(
        a, "data", -2.0
    ),
    "a number that was computed": inner_number,
    "a step of an optimiser": lambda a, y: optim.SGD([a], 0.1).step(),
    "a micrograd program's step": lambda a, y: setattr(a, "data", a.data - 0.05 * a.grad),
    "what came before a part of the graph": lambda a, y: setattr(a, "data", a.data + 1e-9),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_set_makes_what_rests_on_it_old_for_every_use(use: str, change: str) -> None:
    """(a²)·3, with gradients from a pass before, after the setting of one number in it."""
    a, square_of_a = square()
    y = square_of_a * 3.0
    y.backward()
    CHANGES[change](a, y)
    before = a.grad
    with pytest.raises(StaleGraphError, match="was computed before its inputs were set"):
        USES[use](y, a)
    assert a.grad == before
    y.recompute()
    USES[use](y, a)


def test_what_was_built_on_an_old_part_is_old() -> None:
    """The last node is newer than the change, a part of what it rests on older."""
    a, y = square()
    a.data = 5.0
    newer = y * a
    for use in USES.values():
        with pytest.raises(StaleGraphError, match="y = 4 was computed"):
            use(newer, a)


def test_a_network_after_its_parameters_were_set() -> None:
    net = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    for setting in (
        lambda: optim.SGD(net.parameters(), 0.1).step(),
        lambda: net.load_state_dict(nn.MLP(2, [2, 1], activation="tanh", seed=3).state_dict()),
    ):
        loss = losses.half_squared_error(net([1.0, 2.0]), 1.0)
        loss.backward()
        setting()
        with pytest.raises(StaleGraphError, match="grad"):
            grad(loss, net.parameters())


@pytest.mark.parametrize("again", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
def test_copies_are_as_old_as_what_they_are_of(again: Callable[[Value], Value]) -> None:
    a, y = square()
    twin = again(y)
    a.data = 5.0
    assert grad(twin, twin.inputs[0]) == 4.0
    stale = again(y)
    with pytest.raises(StaleGraphError):
        grad(stale, stale.inputs[0])


def test_backward_has_the_slopes_with_which_the_graph_was_built() -> None:
    a, y = square()
    a.data = 5.0
    y.backward()
    assert a.grad == 4.0
    y.recompute()
    a.grad = 0.0
    y.backward()
    assert a.grad == 10.0


def test_programs_written_for_micrograd_go_on() -> None:
    """Steps between passes, numbers set elsewhere, two losses of one pass, gradients by hand."""
    w, other = Value(1.0, "w"), Value(3.0)
    for _ in range(3):
        loss = (w * 2.0 - 6.0) ** 2
        w.grad = 0.0
        loss.backward()
        w.data += -0.1 * w.grad
    assert w.data == pytest.approx(3.0 - 2.0 * 0.2**3)

    y = w * w
    other.data = 4.0
    first, second = y * 2.0, y + other
    w.grad = 0.0
    first.backward()
    other.data = 4.0
    second.backward()
    assert w.grad == pytest.approx(6.0 * w.data)

    a, y = square()
    y.grad, a.grad = 1.0, 4.0
    a.data += 0.01 * a.grad
    again = a * a
    assert again.data == pytest.approx(2.04**2)
    again.backward()


def test_a_partial_that_does_not_exist_is_no_new_number() -> None:
    """x⁰·⁵ at 0 has no slope, before and after a number elsewhere is set."""
    x, other = Value(0.0, "x"), Value(1.0)
    y = x**0.5
    other.data = 2.0
    assert grad(y + other, other) == 1.0
    again = y + other
    other.data = 3.0
    y.recompute()
    assert y.holds()
    assert not again.holds()
