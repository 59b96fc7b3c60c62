"""The playground's arrays beside NumPy, for which they stand in there."""

from __future__ import annotations

import ast
import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import micrograd_like
from benchmarks.programs import program
from micrograd_like.worksheet import Worksheet

#: In the checkout: what only the playground is made of is not installed.
SOURCES = Path(__file__).parents[1] / "visualize" / "web" / "playground"


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("arrays_of_the_playground", SOURCES / "arrays.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ours = loaded()


def told(value: Any) -> Any:
    """What can be compared: shape and elements, or a number; nan as a word."""
    if isinstance(value, np.ndarray | ours.ndarray):
        elements = value.reshape(-1).tolist() if isinstance(value, np.ndarray) else value.elements
        return value.shape, [*map(told, elements)]
    if isinstance(value, bool | np.bool_ | tuple):
        return value if isinstance(value, tuple) else bool(value)
    return "nan" if value != value else pytest.approx(float(value), rel=1e-12, abs=1e-12)


def found(of: Callable[[Any], Any], library: Any) -> Any:
    try:
        return told(of(library))
    except (ValueError, IndexError, TypeError, StopIteration) as error:
        return type(error).__name__ if not isinstance(error, ValueError) else "ValueError"


SHAPES = st.lists(st.integers(0, 3), max_size=3).map(tuple)
NUMBERS = st.sampled_from([0.0, 1.0, -2.0, 0.5, 3.25, -0.125])


@st.composite
def nested(draw: Any, shape: tuple[int, ...] | None = None) -> Any:
    sizes = draw(SHAPES) if shape is None else shape
    if not sizes:
        return draw(NUMBERS)
    return [draw(nested(sizes[1:])) for _ in range(sizes[0])]


def indices() -> Any:
    part = st.one_of(
        st.integers(-3, 3),
        st.builds(slice, *[st.one_of(st.none(), st.integers(-3, 3))] * 2),
        st.sampled_from([None, Ellipsis, [0, 1], [-1], [[0], [1]]]),
    )
    one_dots = st.lists(part, max_size=3).filter(lambda parts: parts.count(Ellipsis) < 2)
    return one_dots.map(lambda parts: tuple(parts) if len(parts) != 1 else parts[0])


def whole(values: Any, library: Any) -> Any:
    return library.array(values, float)


@given(nested(), indices())
def test_every_index_shows_what_numpy_shows(values: Any, index: Any) -> None:
    of: Callable[[Any], Any] = lambda library: whole(values, library)[index]  # noqa: E731
    assert found(of, ours) == found(of, np)


@given(nested(), indices(), NUMBERS)
def test_a_part_is_renewed_through_every_view(values: Any, index: Any, new: float) -> None:
    def of(library: Any) -> Any:
        array = whole(values, library)
        turned = array.T
        turned[index] = new
        return array

    assert found(of, ours) == found(of, np)


#: What the reader asks of two arrays, or of one.
ASKED: Sequence[Callable[[Any, Any, Any], Any]] = [
    lambda n, a, b: a + b,
    lambda n, a, b: n.subtract(2.0 * a, b),
    lambda n, a, b: n.abs(-a) > b,
    lambda n, a, b: a == b,
    lambda n, a, b: a @ b,
    lambda n, a, b: n.outer(a, b),
    lambda n, a, b: n.broadcast_to(a, b.shape),
    lambda n, a, b: n.broadcast_shapes(a.shape, b.shape),
    lambda n, a, b: n.vstack([a, b]),
    lambda n, a, b: n.hstack([a, b]),
    lambda n, a, b: n.concatenate([a, b], axis=-1),
    lambda n, a, b: a.reshape(b.shape),
    lambda n, a, b: a.reshape(-1, 2),
    lambda n, a, b: a.reshape((2, -1)),
    lambda n, a, b: a.transpose(*range(a.ndim)[1:], 0),
    lambda n, a, b: a.squeeze() if 1 in a.shape else a,
    lambda n, a, b: n.expand_dims(a, -1),
    lambda n, a, b: n.expand_dims(a, (0, 2)),
    lambda n, a, b: n.atleast_2d(a),
    lambda n, a, b: n.diagonal(a if a.ndim < 3 else a[0]),
    lambda n, a, b: a.sum(axis=(0, 1)),
    lambda n, a, b: a.sum() + b.max(),
    lambda n, a, b: a.max(initial=0.0),
    lambda n, a, b: a.item() if a.size != 1 else len(b),
    lambda n, a, b: n.frompyfunc(lambda x, y: x - 2 * y, 2, 1)(a, b),
    lambda n, a, b: n.vectorize(lambda x: int(x), otypes=[int])(a) if a.size else a,
    lambda n, a, b: n.median(a) if a.size else 0,
    lambda n, a, b: n.prod(a.shape, dtype=int),
    lambda n, a, b: n.allclose(a, 1.0),
]
#: And of arrays with an axis: what has none is a number, which has no methods here.
ASKED_OF_AXES: Sequence[Callable[[Any, Any, Any], Any]] = [
    lambda n, a, b: a.sum(axis=0),
    lambda n, a, b: a.sum(axis=-1, keepdims=True),
    lambda n, a, b: n.abs(a).max(axis=1),
    lambda n, a, b: n.unravel_index(n.abs(a).argmax(), a.shape),
    lambda n, a, b: (a > 0).all() and (a > 1).any(),
    lambda n, a, b: a[a > 0],
    lambda n, a, b: next(iter(a)),
    lambda n, a, b: n.isfinite(a).all(),
]


@pytest.mark.parametrize("asked", [*ASKED, *ASKED_OF_AXES])
def test_what_the_reader_asks_is_answered_as_numpy_answers(
    asked: Callable[[Any, Any, Any], Any],
) -> None:
    drawn = random.Random(3)

    def made(shape: tuple[int, ...]) -> Any:
        if not shape:
            return drawn.choice([0.0, 1.0, -2.0, 0.5])
        return [made(shape[1:]) for _ in range(shape[0])]

    shapes = [(), (1,), (2,), (3,), (2, 2), (2, 3), (3, 1), (1, 3), (3, 3), (2, 1, 3), (0,)]
    for one in shapes[asked in ASKED_OF_AXES :]:
        for other in shapes:
            a, b = made(one), made(other)

            def of(library: Any, a: Any = a, b: Any = b) -> Any:
                return asked(library, whole(a, library), whole(b, library))

            assert found(of, ours) == found(of, np), (one, other)


def test_what_is_no_number_or_infinite_is_as_in_numpy() -> None:
    values = [[1.0, float("nan")], [float("inf"), -3.0]]
    for of in (
        lambda n: whole(values, n).max(),
        lambda n: whole(values, n).max(axis=1),
        lambda n: whole(values, n).argmax(),
        lambda n: n.isfinite(whole(values, n)),
        lambda n: n.median(whole(values, n)),
        lambda n: n.abs(whole(values, n)).max() > 1,
    ):
        assert found(of, ours) == found(of, np)
    with np.errstate(divide="ignore", invalid="ignore"):
        divided = [
            n.array([1.0, -1.0, 0.0], float) / n.array([0.0, 0.0, 0.0], float) for n in (ours, np)
        ]
        assert told(divided[0]) == told(divided[1])


def test_all_that_is_asked_of_numpy_is_there() -> None:
    asked = {
        node.attr
        for folder in ("worksheet", "marking")
        for file in (Path(micrograd_like.__file__).parent / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if node.value.id == "np"
    }
    assert len(asked) > 20
    assert asked - {*vars(ours)} == set()


#: Marks programs with what stands in for NumPy.
MARKING = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("numpy", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["numpy"] = module
spec.loader.exec_module(module)
from micrograd_like.worksheet import Worksheet
texts = json.load(sys.stdin)
print(json.dumps([Worksheet.parse(text, format="python").check().record() for text in texts]))
"""


@pytest.mark.parametrize("programs", [1, pytest.param(40, marks=pytest.mark.slow)])
def test_programs_are_marked_alike(programs: int) -> None:
    texts = [program(random.Random(seed), seed % 2 == 0).text for seed in range(programs)]
    done = subprocess.run(
        [sys.executable, "-c", MARKING, SOURCES / "arrays.py"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    here = [Worksheet.parse(text, format="python").check().record() for text in texts]
    assert json.loads(done.stdout) == json.loads(json.dumps(here))
