"""Compiled tapes against the engine: values, gradients, every backend, width and batch size."""

from __future__ import annotations

import itertools
import math
import pickle
import random
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from random_graphs import Recipe, drawn

from micrograd_like import (
    CompileError,
    Constant,
    DomainError,
    Value,
    apply,
    compile_graph,
    grad,
    losses,
    nn,
)
from micrograd_like.ops import OPS
from micrograd_like.tape import native
from micrograd_like.tape.arrays import _over_elements

#: Where there is no compiler, the suite runs with NumPy alone.
pytestmark = pytest.mark.filterwarnings("ignore:compile_graph. NumPy runs the tape")
needs_kernel = pytest.mark.skipif(bool(native.missing()), reason="no kernel")

BACKENDS = (
    pytest.param("c", marks=needs_kernel),
    "numpy",
)
UNIT = {"float64": 2.0**-53, "float32": 2.0**-24}
BATCHES = (0, 1, 7, 64, 65, 10_000)


def values(numbers: Sequence[float], name: str) -> list[Value]:
    return [Value(number, f"{name}{place}") for place, number in enumerate(numbers, 1)]


# The engine as the reference, and how far it is itself from the truth.


def eager(recipe: Recipe, inputs: Sequence[float], parameters: Sequence[float], noise: Any) -> Any:
    """Values and gradients by the engine, every operation's result multiplied by noise()."""
    x, p = values(inputs, "x"), values(parameters, "w")
    outputs = recipe.build(x, p, noise)
    return np.array([[o.data, *grad(o, p)] for o in outputs])


def reference(
    recipe: Recipe, inputs: Sequence[float], parameters: Sequence[float], unit: float, seed: int
) -> tuple[Any, Any]:
    """What the engine computes, and how far rounding may carry another order of operations.

    The second is measured: every result, given numbers included, is disturbed at random by
    four roundings of the width in question, several times over.
    """
    generator = random.Random(seed)

    def noise() -> float:
        return 1 + generator.uniform(-4, 4) * unit

    exact = eager(recipe, inputs, parameters, None)
    spread = np.zeros_like(exact)
    for _ in range(6):
        x, p = ([v * noise() for v in numbers] for numbers in (inputs, parameters))
        spread = np.maximum(spread, abs(eager(recipe, x, p, noise) - exact))
    # Six draws may miss what one number of a graph feels, not what all of them do.
    shared = spread.max(axis=1, keepdims=True)
    return exact, 8 * spread + shared + 64 * unit * (1 + abs(exact))


@pytest.mark.parametrize("dtype", UNIT)
@pytest.mark.parametrize("backend", BACKENDS)
@given(
    seed=st.integers(0, 2**40),
    outputs=st.integers(1, 2),
    count=st.sampled_from(BATCHES),
    threads=st.integers(1, 2),
)
def test_a_tape_is_its_graph(
    backend: str, dtype: str, seed: int, outputs: int, count: int, threads: int
) -> None:
    """Over all operations: values, gradients by sample, and their sum."""
    recipe, inputs, parameters = drawn(seed, outputs)
    try:
        expected, tolerance = reference(recipe, inputs, parameters, UNIT[dtype], seed)
    except DomainError:  # at the edge of a domain; disturbed, it is outside
        reject()
    x, p = values(inputs, "x"), values(parameters, "w")
    nodes = recipe.build(x, p)
    used = [place for place in range(len(x)) if recipe.uses(place)]
    assume(used)
    program = compile_graph(nodes, [x[i] for i in used], p, backend=backend, dtype=dtype)
    program.allow_nonfinite = dtype == "float32"  # its range is smaller
    program.threads = threads
    samples = np.tile([inputs[i] for i in used], (count, 1))
    got = program(samples)
    by_sample = program.per_sample_grad(samples)
    summed_values, gradient = program.value_and_grad(samples)
    if not (np.isfinite(got).all() and np.isfinite(gradient).all()):
        assert dtype == "float32"
        reject()
    assert (got == summed_values).all()
    assert (abs(got - expected[:, 0]) <= tolerance[:, 0]).all()
    assert (abs(by_sample - expected[:, 1:]) <= tolerance[:, 1:]).all()
    assert got.shape == (count, outputs)
    # A sum of n equal terms, added one after the other, is off by n/2 roundings at most.
    rounding = count**2 * UNIT[dtype] * abs(expected[:, 1:])
    assert (abs(gradient - count * expected[:, 1:]) <= count * tolerance[:, 1:] + rounding).all()


def test_the_graphs_drawn_hold_every_operation() -> None:
    lines = [op for seed in range(300) for op, _ in drawn(seed)[0].lines]
    assert set(lines) == set(OPS)
    assert len(lines) > 300 * 8


# Batches, threads, processors.


def network() -> tuple[Value, list[Value], list[Value]]:
    """Ten inputs, layers of twelve and three, ReLU and tanh, squares and a parameter alone."""
    x = values([0.1] * 10, "x")
    net = nn.MLP(10, [12, 3], activation="relu", output="tanh", seed=3)
    out = losses.mean([o**2 for o in net(x)]) + 0.01 * losses.sum_of_squares(net.parameters())
    return out, x, net.parameters()


@pytest.mark.parametrize("dtype", UNIT)
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("count", BATCHES)
def test_any_number_of_samples(backend: str, dtype: str, count: int) -> None:
    """Seven samples over and over, held against the engine one by one."""
    out, x, parameters = network()
    seven = np.random.default_rng(0).normal(size=(7, 10))
    expected = []
    for sample in seven:
        net = nn.MLP(10, [12, 3], activation="relu", output="tanh", seed=3)
        one = losses.mean([o**2 for o in net(sample.tolist())])
        one = one + 0.01 * losses.sum_of_squares(net.parameters())
        expected.append([one.data, *grad(one, net.parameters())])
    places = np.arange(count) % 7
    expected_values, gradients = np.split(np.array(expected)[places], [1], axis=1)
    program = compile_graph(out, x, parameters, backend=backend, dtype=dtype)
    # Sums of some ten terms; a gradient's sum over all samples loses about √n more.
    tolerance = 64 * UNIT[dtype]
    X = seven[places]
    got, gradient = program.value_and_grad(X)
    assert got.shape == (count,)
    assert gradient.shape == (len(parameters),)
    assert got.dtype == gradient.dtype == dtype
    np.testing.assert_allclose(got, expected_values[:, 0], rtol=tolerance, atol=tolerance)
    bound = tolerance * (1 + math.sqrt(count)) * (1 + abs(gradients).sum(axis=0))
    assert (abs(gradient - gradients.sum(axis=0)) <= bound).all()
    by_sample = program.per_sample_grad(X)
    assert by_sample.shape == (count, len(parameters))
    np.testing.assert_allclose(by_sample, gradients, rtol=tolerance, atol=tolerance)
    assert (program(X) == got).all()


@pytest.mark.parametrize("dtype", UNIT)
@pytest.mark.parametrize("count", BATCHES)
@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_change_no_bit(backend: str, dtype: str, count: int) -> None:
    out, x, parameters = network()
    program = compile_graph(out, x, parameters, backend=backend, dtype=dtype)
    X = np.random.default_rng(1).normal(size=(count, 10))
    alone = program.value_and_grad(X), program.per_sample_grad(X)
    for threads in (2, 3, 8):
        program.threads = threads
        (got, gradient), by_sample = program.value_and_grad(X), program.per_sample_grad(X)
        assert (got == alone[0][0]).all()
        assert (gradient == alone[0][1]).all()
        assert (by_sample == alone[1]).all()


@pytest.mark.parametrize("processor", native.processors() or [pytest.param("", marks=needs_kernel)])
@pytest.mark.parametrize("dtype", UNIT)
def test_every_processor_variant_agrees(processor: str, dtype: str) -> None:
    """Those this machine can run: wider registers only change the order of sums."""
    out, x, parameters = network()
    program = compile_graph(out, x, parameters, backend="c", dtype=dtype)
    X = np.random.default_rng(2).normal(size=(300, 10))
    expected, expected_gradient = program.value_and_grad(X)
    run = program._run("gradient")
    run.backend = native.Native(run.tape, program.dtype, processor)
    got, gradient = program.value_and_grad(X)
    np.testing.assert_allclose(got, expected, rtol=64 * UNIT[dtype])
    np.testing.assert_allclose(gradient, expected_gradient, rtol=0, atol=2e4 * UNIT[dtype])


# What lowering does.

x, w, v, b = (Value(n, name) for n, name in ((0.5, "x"), (2.0, "w"), (3.0, "v"), (0.25, "b")))

#: (what is built, how many nodes beside leaves and constants it needs at most, why)
LOWERED = (
    (lambda: w * x + b, 1, "a product and a sum are one weighted sum"),
    (lambda: b + x * w + w * x * 2, 3, "products with weights are gathered"),
    (lambda: sum((w * x for _ in range(50)), b), 2, "a long sum, written term by term"),
    (lambda: (w * x).tanh() + (w * x).tanh(), 3, "what is computed twice is shared"),
    (lambda: Constant(2.0).exp() * x, 1, "constants are folded"),
    (lambda: x - w, 2, "a difference is a sum"),
    (lambda: x**2, 1, "a square is a product"),
    (lambda: x / 4, 1, "a division by a constant is a product"),
)


@pytest.mark.parametrize(("build", "most", "why"), LOWERED, ids=[why for *_, why in LOWERED])
def test_lowering(build: Any, most: int, why: str) -> None:
    program = compile_graph(build(), [x], [w, b], backend="numpy")
    made = [n for n in program._recorded.nodes if n.kind in ("affine", "products", "row")]
    assert len(made) <= most, why


#: Sums by what their products are made of: inputs x, y, parameters p, q, numbers.
SUMS = {
    "p": lambda x, y, p, q: p,
    "x·p": lambda x, y, p, q: x * p,
    "x·2": lambda x, y, p, q: x * 2,
    "p·q": lambda x, y, p, q: p * q,
    "x·y": lambda x, y, p, q: x * y,
    "x·p + y·q": lambda x, y, p, q: x * p + y * q,
    "x·p + y·2": lambda x, y, p, q: x * p + y * 2,
    "x·2 + y·p": lambda x, y, p, q: x * 2 + y * p,
    "x·y + p·q": lambda x, y, p, q: x * y + p * q,
    "x·p + p·q": lambda x, y, p, q: x * p + p * q,
    "x·p + y·q + p·q": lambda x, y, p, q: x * p + y * q + p * q,
    "x·y + x·p + p·2": lambda x, y, p, q: x * y + x * p + p * 2,
}


@pytest.mark.parametrize("second", SUMS)
@pytest.mark.parametrize("first", SUMS)
def test_sums_of_all_kinds_of_products(first: str, second: str) -> None:
    """Taken over by their only user, kept where they are asked for, subtracted, multiplied."""

    def built(numbers: list[float]) -> tuple[list[Value], list[Value]]:
        leaves = [Value(number, name) for number, name in zip(numbers, "xypq", strict=True)]
        a, b = SUMS[first](*leaves), SUMS[second](*leaves)
        touched = (leaves[0] + leaves[1]) * 0.25  # every program depends on its inputs
        return leaves, [a, -a, a + b, a - b + touched, (a - b) * (b - a), a + touched]

    (x, y, p, q), outputs = built([0.5, -0.75, 1.25, 2.0])
    there = [-1.5, 0.25, 1.25, 2.0]
    for chosen in ([0, 3], [1, 2, 5], [3], [4, 5]):
        kept = [outputs[place] for place in chosen]
        program = compile_graph(kept, [x, y], [p, q], backend="numpy")
        (values,), (slopes,) = program([there[:2]]), program.per_sample_grad([there[:2]])
        leaves, again = built(there)
        wanted = [again[place] for place in chosen]
        assert list(values) == pytest.approx([v.data for v in wanted], rel=1e-14), chosen
        for row, output in zip(slopes, wanted, strict=True):
            exact = grad(output, leaves[2:])
            assert list(row) == pytest.approx(exact, rel=1e-14, abs=1e-15), chosen


def test_rows_are_used_again() -> None:
    """A chain of 1,000 functions needs two rows for its values."""
    chain = x
    for _ in range(1000):
        chain = chain.sin()
    assert compile_graph(chain, [x], backend="numpy")._run("values").tape.registers <= 3


def test_a_deep_chain_is_lowered_without_recursion() -> None:
    """5,000 steps of x·w + b; the derivative by w follows from the closed form."""
    chain, w, b = x, Value(0.99999), Value(1e-5)
    for _ in range(5_000):
        chain = chain * w + b
    program = compile_graph(chain, [x], [w, b])
    got, gradient = program.value_and_grad([[0.5]])
    np.testing.assert_allclose(got, chain.data, rtol=1e-10)
    np.testing.assert_allclose(gradient, grad(chain, [w, b]), rtol=1e-9)


def test_inner_nodes_may_be_inputs() -> None:
    """What lies behind them is cut off, and may be anything."""
    inner = (x * w).exp()
    program = compile_graph(inner * b, [inner], [b])
    assert program.notes == []
    got, gradient = program.value_and_grad([[2.0], [3.0]])
    assert got.tolist() == [0.5, 0.75]
    assert gradient.tolist() == [5.0]


def test_several_outputs() -> None:
    """Values and gradients of each; one without a sample's part is the same for all."""
    program = compile_graph([w * x, w * w, x + 1], [x], [w, b])
    got, gradient = program.value_and_grad([[1.0], [2.0]])
    assert got.tolist() == [[2.0, 4.0, 2.0], [4.0, 4.0, 3.0]]
    assert gradient.tolist() == [[3.0, 0.0], [8.0, 0.0], [0.0, 0.0]]
    by_sample = program.per_sample_grad([[1.0], [2.0]])
    assert by_sample.tolist() == [
        [[1.0, 0.0], [4.0, 0.0], [0.0, 0.0]],
        [[2.0, 0.0], [4.0, 0.0], [0.0, 0.0]],
    ]


def test_outputs_that_are_leaves() -> None:
    program = compile_graph([x, w, Constant(7.0)], [x], [w])
    got, gradient = program.value_and_grad([[1.5], [2.5]])
    assert got.tolist() == [[1.5, 2.0, 7.0], [2.5, 2.0, 7.0]]
    assert gradient.tolist() == [[0.0], [2.0], [0.0]]


def test_no_parameters_at_all() -> None:
    got, gradient = compile_graph(x.exp(), [x]).value_and_grad([[0.0]])
    assert got.tolist() == [1.0]
    assert gradient.shape == (0,)


def test_no_inputs_at_all() -> None:
    got, gradient = compile_graph(w * w, [], [w]).value_and_grad(np.empty((3, 0)))
    assert got.tolist() == [4.0] * 3
    assert gradient.tolist() == [12.0]


# Parameters.


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_are_written_and_stored(backend: str) -> None:
    a, c = Value(1.0, "a"), Value(2.0, "c")
    program = compile_graph(a * x + c, [x], [a, c], backend=backend)
    assert program.parameters.dtype == np.float64
    program.parameters[0] = 10.0
    program.parameters += 1
    assert program([[1.0]]).tolist() == [14.0]
    assert (a.data, c.data) == (1.0, 2.0)
    program.store()
    assert (a.data, c.data) == (11.0, 3.0)
    assert type(a.data) is float


def test_parameters_of_another_shape_are_an_error() -> None:
    program = compile_graph(w * x, [x], [w])
    with pytest.raises(ValueError, match=r"expected shape \(1,\), got \(2,\)"):
        program.parameters = np.zeros(2)


# Pickles.


def test_a_pickle_computes_the_same_and_is_small() -> None:
    out, x, parameters = network()
    program = compile_graph(out, x, parameters)
    program.parameters[0] = 0.125
    pickled = pickle.dumps(program)
    assert len(pickled) < len(pickle.dumps(out)) / 2
    twin = pickle.loads(pickled)
    X = np.random.default_rng(1).normal(size=(50, 10))
    for a, b in zip(program.value_and_grad(X), twin.value_and_grad(X), strict=True):
        assert (a == b).all()
    assert twin.names == program.names
    with pytest.raises(CompileError, match="came out of a pickle"):
        twin.store()


@given(seed=st.integers(0, 2**40))
def test_any_program_survives_a_pickle(seed: int) -> None:
    recipe, inputs, parameters = drawn(seed)
    x, p = values(inputs, "x"), values(parameters, "w")
    nodes = recipe.build(x, p)
    used = [place for place in range(len(x)) if recipe.uses(place)]
    program = compile_graph(nodes, [x[i] for i in used], p)
    twin = pickle.loads(pickle.dumps(program))
    samples = [[inputs[i] for i in used]]
    assert repr(twin.value_and_grad(samples)) == repr(program.value_and_grad(samples))


# What is not finite.

#: (the graph over x and w, the sample that is wrong, what the message says)
NOT_FINITE = (
    (lambda x, w: (w * x).log(), -1.0, r"sample 2: log\(-2\) is not defined"),
    (lambda x, w: w / (x - 1), 1.0, r"sample 2: div\(2, 0\)"),
    (lambda x, w: (x * w).exp().relu() * -1, 400.0, r"sample 2: exp\(800\) .* too large"),
    (lambda x, w: -((x * x) * (x * x) * w).sigmoid(), 1e80, "sample 2: a sum of products"),
    (
        lambda x, w: x.sqrt() * w,
        math.nan,
        "sample 2: the input x: expected a finite number, got nan",
    ),
    (
        lambda x, w: x.tanh() * w,
        math.inf,
        "sample 2: the input x: expected a finite number, got inf",
    ),
)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("build", "number", "message"), NOT_FINITE)
def test_what_is_not_finite_names_sample_and_operation(
    backend: str, build: Any, number: float, message: str
) -> None:
    x, w = Value(2.0, "x"), Value(2.0, "w")
    program = compile_graph(build(x, w), [x], [w], backend=backend)
    X = np.full((200, 1), 2.0)
    X[2] = X[150] = number
    for call in (program, program.value_and_grad, program.per_sample_grad):
        with pytest.raises(DomainError, match=message):
            call(X)
    X[2] = X[150] = 2.0
    fine = program(X), program.per_sample_grad(X)
    assert np.isfinite(fine[0]).all()
    program.allow_nonfinite = True
    X[2] = number
    for got, expected in zip((program(X), program.per_sample_grad(X)), fine, strict=True):
        assert (np.delete(got, 2, axis=0) == np.delete(expected, 2, axis=0)).all()
    by_sample = program.per_sample_grad(X)[2]
    assert np.isfinite(program.value_and_grad(X)[1]).all() == np.isfinite(by_sample).all()


def test_a_label_is_named() -> None:
    r = x.log()
    r.label = "r"
    with pytest.raises(DomainError, match=r"sample 0: r = log\(-0.5\) is not defined"):
        compile_graph(r, [x])([[-0.5]])


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_gradient_that_is_not_finite_names_the_derivative(backend: str) -> None:
    """√ at 0 has a value and no derivative; where nothing is passed on, that is no error."""
    root = (w * x).sqrt()
    program = compile_graph(root, [x], [w], backend=backend)
    X = np.ones((100, 1))
    X[3] = 0
    assert program(X)[3] == 0
    message = r"sample 3: the gradient of w is not finite: sqrt\(0\) has no finite derivative"
    with pytest.raises(DomainError, match=message):
        program.value_and_grad(X)
    with pytest.raises(DomainError, match=message):
        program.per_sample_grad(X)
    beside = compile_graph((w * x).cos() + root + (w * x).sin(), [x], [w], backend=backend)
    with pytest.raises(DomainError, match=message):  # others that are finite are not named
        beside.value_and_grad(X)
    shielded = compile_graph((root * 0 + w * x), [x], [w], backend=backend)
    assert shielded.value_and_grad(X)[1].tolist() == [99.0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_parameter_that_is_not_finite_is_named(backend: str) -> None:
    program = compile_graph(w * x, [x], [w], backend=backend)
    program.parameters[0] = math.nan
    with pytest.raises(DomainError, match="the parameter w: expected a finite number, got nan"):
        program([[1.0]])


def test_what_is_let_through_goes_on() -> None:
    program = compile_graph(x.log(), [x], allow_nonfinite=True)
    np.testing.assert_array_equal(program([[0.0], [-1.0], [1.0]]), [-math.inf, math.nan, 0.0])


# What cannot be compiled.

ERRORS = (
    (lambda: compile_graph(w * x, [Value(1.0, "z")], [w]), "does not depend on the input z"),
    (lambda: compile_graph(w * x + b, [x, Value(1.0, "z")], [w]), "not depend on the input z"),
    (lambda: compile_graph(w * x, [x], [w, w]), "w is parameter 0 and parameter 1"),
    (lambda: compile_graph(w * x, [x], [x]), "x is input 0 and parameter 0"),
    (lambda: compile_graph([], [x]), "expected an output, got none"),
    (lambda: compile_graph(w * x, [x], [w], dtype="int32"), "float64 or float32, got int32"),
    (lambda: compile_graph(w * x, [x], [w], backend="nunpy"), "did you mean 'numpy'"),
)


@pytest.mark.parametrize(("call", "message"), ERRORS, ids=[message for _, message in ERRORS])
def test_errors(call: Any, message: str) -> None:
    with pytest.raises(CompileError, match=message):
        call()


def test_what_is_no_value_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="expected Values, got input 0: float"):
        compile_graph(w * x, [0.5], [w])  # type: ignore[list-item]


def test_other_leaves_become_constants_with_a_note() -> None:
    program = compile_graph(w * x + b, [x], [w])
    assert program.notes == [
        "b = 0.25 is neither an input nor a parameter: it is the constant 0.25"
    ]
    b.data, old = 100.0, b.data
    try:
        assert program([[1.0]]).tolist() == [2.25]
    finally:
        b.data = old


def test_a_number_in_a_formula_needs_no_note() -> None:
    assert compile_graph(2 * x, [x]).notes == []


def test_a_parameter_without_effect_has_a_note_and_no_gradient() -> None:
    program = compile_graph(w * x, [x], [w, v])
    assert program.notes == ["the output does not depend on v: its gradient is 0"]
    assert program.value_and_grad([[1.0]])[1].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("f", "order", "expected"),
    [
        (lambda x, y: x.relu(), "x", [1.0, 0.0]),
        (lambda x, y: x.relu(), "xx", [0.0, 0.0]),
        (lambda x, y: abs(x).maximum(2.0), "xx", [0.0, 0.0]),
        (lambda x, y: 3 * x + 1, "x", [3.0, 3.0]),
        (lambda x, y: 3 * x + 1, "y", [0.0, 0.0]),
        (lambda x, y: x * y, "x", [0.5, 4.0]),
        (lambda x, y: x * y, "xy", [1.0, 1.0]),
        (lambda x, y: x.step(), "x", [0.0, 0.0]),
        (lambda x, y: x * y, "", [1.0, -8.0]),
    ],
)
def test_a_derivative_may_depend_on_few_inputs_or_none(
    f: Any, order: str, expected: list[float], backend: str
) -> None:
    leaves = {"x": Value(2.0, "x"), "y": Value(0.5, "y")}
    node = f(*leaves.values())
    for name in order:
        node = grad(node, leaves[name], create_graph=True)
    program = compile_graph(node, [*leaves.values()], backend=backend)
    samples = [[2.0, 0.5], [-2.0, 4.0]]
    assert program(samples).tolist() == expected
    assert program.value_and_grad(samples)[0].tolist() == expected
    if order == "xx":
        assert program.notes == [
            "the output does not depend on x: its gradient is 0",
            "the output does not depend on y: its gradient is 0",
        ]


#: (samples, the error, what it says)
SAMPLES = (
    ([1.0, 2.0], ValueError, r"shape \(n, 1\).*got \(2,\); X.reshape\(-1, 1\)"),
    (np.array(1.0), ValueError, r"shape \(n, 1\).*got \(\)"),
    ([[1.0, 2.0]], ValueError, r"shape \(n, 1\).*got \(1, 2\)"),
    ([["1"]], TypeError, "an array of real numbers"),
    ([[1j]], TypeError, "an array of real numbers"),
    ([[1.0], [1.0, 2.0]], TypeError, "an array of real numbers"),
)


@pytest.mark.parametrize(("samples", "error", "message"), SAMPLES)
def test_samples_of_another_shape_or_kind(samples: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        compile_graph(w * x, [x], [w])(samples)


@pytest.mark.parametrize("kind", [bool, np.int8, np.float32, ">f8", np.float64])
def test_samples_of_any_real_kind(kind: Any) -> None:
    X = np.ones((6, 2)).astype(kind)[::2, ::-1][:, :1]
    assert compile_graph(w * x, [x], [w])(X).tolist() == [2.0] * 3


# Without the kernel.


def test_without_the_kernel_numpy_runs_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "kernel", None)
    with pytest.warns(RuntimeWarning, match="NumPy runs the tape, .* (no C compiler|a checkout)"):
        program = compile_graph(w * x, [x], [w])
    assert program.backend == "numpy"
    assert program([[3.0]]).tolist() == [6.0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compile_graph(w * x, [x], [w], backend="numpy").backend == "numpy"
    with pytest.raises(CompileError, match="the kernel in C is not there"):
        compile_graph(w * x, [x], [w], backend="c")


def test_where_a_kernel_is_missing_it_is_said_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "kernel", None)
    checkout = (Path(native.__file__).parents[2] / "setup.py").exists()
    expected = "run the installed package" if checkout else "there was no C compiler"
    assert expected in native.missing()


@needs_kernel
def test_a_program_that_comes_where_there_is_no_kernel_is_run_by_numpy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = pickle.dumps(compile_graph(w * x, [x], [w], backend="c"))
    assert pickle.loads(data).backend == "c"
    monkeypatch.setattr(native, "kernel", None)
    with pytest.warns(RuntimeWarning, match="NumPy runs the tape"):
        twin = pickle.loads(data)
    assert (twin.backend, twin([[3.0]]).tolist()) == ("numpy", [6.0])


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [("erf", 0.5, math.erf(0.5)), ("gamma", -1.0, math.nan), ("gamma", 1e3, math.inf)],
)
def test_a_function_that_numpy_lacks_is_computed_number_by_number(
    name: str, argument: float, value: float
) -> None:
    np.testing.assert_array_equal(_over_elements(name)(np.array([argument, argument])), value)


@needs_kernel
def test_a_kernel_of_another_table_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "_expected", lambda: "another")
    with pytest.warns(
        RuntimeWarning,
        match="older than the operation table or its own sources: (pip install -e|install)",
    ):
        assert compile_graph(w * x, [x], [w]).backend == "numpy"


# The table's rows, one by one, at their sample points.


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", OPS)
def test_every_row_at_its_samples(backend: str, name: str) -> None:
    """Every input once as a column of the samples and once as a parameter."""
    for sample in OPS[name].samples:
        count = len(sample)
        for chosen in itertools.product((False, True), repeat=min(count, 2)):
            as_input = [chosen[place % len(chosen)] for place in range(count)]
            if not any(as_input):
                continue
            operands = values(sample, "v")
            out = apply(name, *operands)
            inputs = [o for o, varies in zip(operands, as_input, strict=True) if varies]
            parameters = [o for o, varies in zip(operands, as_input, strict=True) if not varies]
            program = compile_graph(out, inputs, parameters, backend=backend)
            got, gradient = program.value_and_grad([[o.data for o in inputs]])
            # Functions to a few units in the last place; 1/c once more, tan and pow of libm.
            np.testing.assert_allclose(got, out.data, rtol=2e-15, atol=1e-16)
            expected = grad(out, parameters)
            np.testing.assert_allclose(gradient, expected, rtol=4e-15, atol=1e-16)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_sample_that_is_not_finite_is_named_itself(backend: str, number: float) -> None:
    program = compile_graph(w * x, [x], [w], backend=backend)
    with pytest.raises(DomainError, match=r"sample 1: the input x: expected a finite number"):
        program.value_and_grad([[1.0], [number]])


@pytest.mark.parametrize("count", [0, -1, "2", 1.5, None, True, np.bool_(True)])
def test_threads_are_a_whole_number(count: Any) -> None:
    program = compile_graph(w * x, [x], [w], backend="numpy")
    with pytest.raises((TypeError, ValueError), match=r"threads: expected (a whole|at least 1)"):
        program.threads = count


def test_threads_may_be_numpys() -> None:
    assert compile_graph(w * x, [x], [w], threads=np.int64(2)).threads == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((3, [x], [w]), "a Value or several"), ((w * x, x, [w]), "a list of inputs"),
     ((w * x, [x], w), "a list of parameters")],
)  # fmt: skip
def test_what_is_no_list_of_values_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        compile_graph(*arguments)


def test_masked_samples_are_refused() -> None:
    program = compile_graph(w * x, [x], [w], backend="numpy")
    with pytest.raises(TypeError, match="some masked"):
        program(np.ma.masked_array([[1.0], [2.0]], [[False], [True]]))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "formula",
    [
        lambda p: p.sqrt().maximum(1) * x,
        lambda p: p.sqrt() * 0 + x,
        lambda p: (p.sqrt() - 1).relu() * x + p,
    ],
)
def test_a_missing_derivative_that_nothing_reaches_is_none(backend: str, formula: Any) -> None:
    """As in the engine: √p at 0 has no derivative, and 0 times it is 0."""
    p = Value(0.0, "p")
    out = formula(p)
    out.backward()
    program = compile_graph(out, [x], [p], backend=backend)
    assert program.value_and_grad([[x.data]])[1].tolist() == [p.grad]
    assert program.per_sample_grad([[x.data]]).tolist() == [[p.grad]]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("formula", "named"),
    [(lambda p: p.sqrt() * x, r"sqrt\(0\)"), (lambda p: p**0.5 + x, r"pow\(0, 0.5\)")],
)
def test_a_derivative_that_parameters_alone_lack_is_named(
    backend: str, formula: Any, named: str
) -> None:
    p = Value(0.0, "p")
    program = compile_graph(formula(p), [x], [p], backend=backend)
    with pytest.raises(DomainError, match=rf"the gradient of p is not finite: {named} has no"):
        program.value_and_grad([[1.0]])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 15, 16, 17, 65])
@pytest.mark.parametrize("place", [0, -1])
def test_what_is_let_through_is_the_sum_of_the_samples(
    backend: str, count: int, place: int
) -> None:
    program = compile_graph(w * x, [x], [w], backend=backend, allow_nonfinite=True)
    X = np.ones((count, 1))
    X[place] = np.inf
    assert program.value_and_grad(X)[1].tolist() == [np.inf]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_constant_that_is_not_finite_is_named(backend: str) -> None:
    program = compile_graph(w * x * 1e300, [x], [w], backend=backend, dtype="float32")
    with pytest.raises(DomainError, match=r"the constant 1e\+300 is not finite as float32"):
        program([[1.0]])


def test_parameters_may_come_from_a_generator() -> None:
    program = compile_graph(w * x, (v for v in [x]), (v for v in [w]), backend="numpy")
    assert (program.inputs, program.names) == (["x"], ["w"])
