"""The kernel's own exponentials and logarithms against mpmath: errors in units in the last place.

Their loops are vectorised; each value and derivative is asked for in a full block and by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from micrograd_like import Value, compile_graph
from micrograd_like.tape import native

pytestmark = pytest.mark.skipif(bool(native.missing()), reason="no kernel")

LARGEST = math.log(np.finfo(float).max)


def spread(low: float, high: float) -> Any:
    return np.random.default_rng(0).uniform(low, high, 2000)


def magnitudes(low: float, high: float, signs: tuple[int, ...] = (-1, 1)) -> Any:
    """Numbers of every size, evenly in their logarithm."""
    size = 10.0 ** np.random.default_rng(1).uniform(low, high, 2000)
    return size * np.random.default_rng(2).choice(signs, 2000)


#: (row, mpmath's function, arguments, units in the last place that are allowed)
FUNCTIONS = (
    ("exp", mpmath.exp, spread(-745, LARGEST), 2.0),
    ("exp", mpmath.exp, magnitudes(-320, 0), 1.0),
    ("expm1", mpmath.expm1, spread(-50, LARGEST), 2.5),
    ("expm1", mpmath.expm1, magnitudes(-300, 0), 2.5),
    ("log", mpmath.log, magnitudes(-323, 308, (1,)), 1.5),
    ("log", mpmath.log, 1 + magnitudes(-16, -1), 1.5),
    ("log2", lambda x: mpmath.log(x) / mpmath.log(2), magnitudes(-323, 308, (1,)), 2.0),
    ("log2", lambda x: mpmath.log(x) / mpmath.log(2), 1 + magnitudes(-16, -1), 3.0),
    ("log10", mpmath.log10, magnitudes(-323, 308, (1,)), 2.0),
    ("log10", mpmath.log10, 1 + magnitudes(-16, -1), 3.0),
    ("log1p", lambda x: mpmath.log1p(x), magnitudes(-300, 300, (1,)), 2.5),
    ("log1p", lambda x: mpmath.log1p(x), -(10.0 ** -spread(0.01, 300)), 2.5),
    ("tanh", mpmath.tanh, spread(-25, 25), 4.0),
    ("tanh", mpmath.tanh, magnitudes(-300, 2), 4.0),
    ("sigmoid", lambda x: 1 / (1 + mpmath.exp(-x)), spread(-700, 40), 4.0),
    ("sigmoid", lambda x: 1 / (1 + mpmath.exp(-x)), spread(-5, 5), 4.0),
    ("softplus", lambda x: mpmath.log1p(mpmath.exp(x)), spread(-700, 800), 4.0),
    ("sqrt", mpmath.sqrt, magnitudes(-323, 308, (1,)), 0.5),
)
PROCESSORS = native.processors()


def computed(name: str, arguments: Any, processor: str) -> Any:
    x = Value(0.5, "x")
    program = compile_graph(getattr(x, name)(), [x], backend="c")
    run = program._run("values")
    run.backend = native.Native(run.tape, program.dtype, processor)
    return program(arguments[:, None])


def errors(got: Any, arguments: Any, exact: Callable[[Any], Any]) -> list[float]:
    with mpmath.workprec(200):
        found = []
        for value, argument in zip(got.tolist(), arguments.tolist(), strict=True):
            truth = exact(mpmath.mpf(argument))
            unit = math.ulp(float(truth)) or math.ulp(0.0)
            found.append(float(abs(mpmath.mpf(value) - truth) / unit))
    return found


@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function[0])
def test_within_a_few_units_in_the_last_place(function: Any, processor: str) -> None:
    name, exact, arguments, units = function
    got = computed(name, arguments, processor)
    assert max(errors(got, arguments, exact)) <= units


#: (row, argument, value) where there is nothing to round
EXACT = (
    ("exp", 0.0, 1.0),
    ("exp", -0.0, 1.0),
    ("exp", -800.0, 0.0),
    ("exp", 800.0, math.inf),
    ("exp", math.inf, math.inf),
    ("exp", -math.inf, 0.0),
    ("exp", math.nan, math.nan),
    ("expm1", -0.0, -0.0),
    ("expm1", -800.0, -1.0),
    ("expm1", math.inf, math.inf),
    ("log", 1.0, 0.0),
    ("log", 0.0, -math.inf),
    ("log", -1.0, math.nan),
    ("log", math.inf, math.inf),
    ("log", math.nan, math.nan),
    ("log2", 2.0**-1074, -1074.0),
    ("log2", 1024.0, 10.0),
    ("log10", 1000.0, 3.0),
    ("log1p", -1.0, -math.inf),
    ("log1p", -2.0, math.nan),
    ("log1p", math.inf, math.inf),
    ("tanh", 1000.0, 1.0),
    ("tanh", -1000.0, -1.0),
    ("tanh", math.nan, math.nan),
    ("sigmoid", 1000.0, 1.0),
    ("sigmoid", -1000.0, 0.0),
    ("sqrt", -1.0, math.nan),
)


@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize(("name", "argument", "value"), EXACT)
def test_exact_values_and_limits(name: str, argument: float, value: float, processor: str) -> None:
    x = Value(0.5, "x")
    program = compile_graph(getattr(x, name)(), [x], backend="c", allow_nonfinite=True)
    run = program._run("values")
    run.backend = native.Native(run.tape, program.dtype, processor)
    for count in (1, 16):
        np.testing.assert_array_equal(program(np.full((count, 1), argument)), value)
