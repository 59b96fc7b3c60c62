"""Drawings: what stands on boxes and arrows; labels cannot break out; limits."""

from __future__ import annotations

import re

import pytest

from micrograd_like import Value
from visualize import draw_dot
from visualize.dot import MAX_NODES


def test_boxes_have_names_values_and_gradients_and_arrows_the_local_derivatives() -> None:
    x, w = Value(2.0, "x"), Value(-3.0, "w")
    product = x * w
    product.label = "p"
    product.backward()
    source = draw_dot(product).source
    assert r'label="x\n2\ngrad −3"' in source
    assert r'label="p = ·\n−6\ngrad 1"' in source
    assert 'label=" −3 "' in source
    assert 'label=" 2 "' in source
    assert "rankdir=LR" in source


def test_before_backward_there_is_no_gradient_rather_than_zero() -> None:
    source = draw_dot(Value(2.0, "x").exp()).source
    assert source.count("no gradient yet") == 2
    assert "grad 0" not in source


def test_a_gradient_of_zero_is_shown_as_zero() -> None:
    out = Value(-2.0, "x").relu()
    out.backward()
    assert r"x\n−2\ngrad 0" in draw_dot(out).source


def test_a_value_used_twice_has_two_arrows() -> None:
    x = Value(3.0, "x")
    assert draw_dot(x * x).source.count("->") == 2


@pytest.mark.parametrize("label", ['a"];evil[label="', "a\\nb", "<b>x</b>", "\x1b[31m", "a\nb"])
def test_labels_stay_inside_their_box(label: str) -> None:
    source = draw_dot(Value(1.0, label) * 2).source
    assert source.count("->") == 2
    assert len(re.findall(r"^\tn\d", source, re.MULTILINE)) == 5  # three boxes, two arrows
    assert "\x1b" not in source


def test_large_graphs_are_refused_with_a_reason() -> None:
    out = Value(1.0)
    for _ in range(MAX_NODES):
        out = out * 1.0
    with pytest.raises(ValueError, match="more than can be read, expected at most 500"):
        draw_dot(out)


def test_bad_calls_say_what_was_expected() -> None:
    with pytest.raises(TypeError, match="expected a Value, got 3"):
        draw_dot(3)
    with pytest.raises(ValueError, match="expected the direction 'LR' or 'TB', got 'XX'"):
        draw_dot(Value(1.0), direction="XX")


def test_a_constant_has_no_derivative_beside_its_arrow() -> None:
    """(−2)³ has no derivative with respect to the 3, and nobody asks for one."""
    source = draw_dot(Value(-2.0, "x") ** 3).source
    assert 'n0 -> n2 [label=" 12 "]' in source
    assert 'n1 -> n2 [label=""]' in source
    assert "undefined" not in source
    assert " undefined " in draw_dot(Value(-2.0, "x") ** Value(3.0, "n")).source
