"""Formulas with one piece changed."""

from __future__ import annotations

import pytest

from micrograd_like.formula import Call, nodes, parse
from micrograd_like.marking.causes.sign import _other_sign
from micrograd_like.marking.world.shape import one_call_changed, replaced


@pytest.mark.parametrize(
    "formula", ["a - b*(c + d) - e", "(a + b)*(a + b) - sin(-(a + b))", "-x + -x", "x", "-x"]
)
def test_a_call_is_changed_wherever_it_stands_the_innermost_first(formula: str) -> None:
    expr = parse(formula)
    assert list(one_call_changed(expr, _other_sign)) == [
        (replaced(expr, call, new), call, heart)
        for call in dict.fromkeys(nodes(expr, Call))
        for new, heart in _other_sign(call)
    ]
