"""Programs on Dask's schedulers and in JAX: ``make test-scale``."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from random_graphs import drawn

from micrograd_like import DomainError, Value, compile_graph, grad, losses, nn
from micrograd_like.marking import check_many, check_text
from micrograd_like.tape.program import Program

pytestmark = [pytest.mark.scale, pytest.mark.filterwarnings("default")]  # theirs are not ours

dask = pytest.importorskip("dask", reason="extra scale")
jax = pytest.importorskip("jax", reason="extra scale")
da = pytest.importorskip("dask.array", reason="extra scale")
pytest.importorskip("dask.bag", reason="extra scale")
distributed = pytest.importorskip("distributed", reason="extra scale")
jax.config.update("jax_enable_x64", True)

X = np.random.default_rng(0).normal(size=(1000, 4))


@pytest.fixture
def program() -> Program:
    x = [Value(0.1, f"x{place}") for place in range(4)]
    net = nn.MLP(4, [8, 1], activation="tanh", seed=1)
    out = (net(x) - x[0]) ** 2 + 0.01 * losses.sum_of_squares(net.parameters())
    return compile_graph(out, x, net.parameters())


# Dask.


@pytest.mark.parametrize("scheduler", ["synchronous", "threads"])
@pytest.mark.parametrize("chunks", [(1000, 4), (128, 4), (300, 3)])
def test_blocks_add_up(program: Program, scheduler: str, chunks: tuple[int, int]) -> None:
    """On the user's scheduler, however the array is cut."""
    blocks = da.from_array(X, chunks=chunks)
    with dask.config.set(scheduler=scheduler):
        values, gradient = dask.compute(*program.value_and_grad(blocks))
        by_sample = program.per_sample_grad(blocks).compute()
        alone = program(blocks).compute()
    expected, expected_gradient = program.value_and_grad(X)
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(alone, expected)
    # Sums of 1,000 terms in another order.
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(by_sample, program.per_sample_grad(X))


def test_parameters_are_those_of_the_call(program: Program) -> None:
    expected = program(X)
    later = program(da.from_array(X, chunks=(100, 4)))
    program.parameters += 1
    np.testing.assert_array_equal(later.compute(), expected)


def test_unknown_block_sizes(program: Program) -> None:
    blocks = da.from_array(X, chunks=(100, 4))
    chosen = blocks[blocks[:, 0] > 0]
    gradient = program.value_and_grad(chosen)[1].compute()
    expected = program.value_and_grad(X[X[:, 0] > 0])[1]
    np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-12)


def test_errors_name_the_sample_of_the_whole_array() -> None:
    x, w = Value(1.0, "x"), Value(1.0, "w")
    program = compile_graph((w * x).log(), [x], [w])
    samples = np.ones((100, 1))
    samples[77] = -1
    with pytest.raises(DomainError, match=r"sample 77: log\(-1\)"):
        dask.compute(*program.value_and_grad(da.from_array(samples, chunks=(10, 1))))
    with pytest.raises(ValueError, match=r"shape \(n, 1\)"):
        program(da.ones((10, 2)))


@pytest.fixture
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


def _slowly(block: Any) -> Any:
    time.sleep(0.05)
    return block


def test_a_worker_killed_midway_changes_nothing(program: Program, cluster: Any) -> None:
    """Two worker processes, one killed by the system's signal while blocks are under way."""
    blocks = da.from_array(X, chunks=(25, 4)).map_blocks(_slowly, dtype=float)
    with distributed.Client(cluster) as client:
        pids = client.run(os.getpid)
        assert len(set(pids.values())) == 2
        assert os.getpid() not in pids.values()
        killed = threading.Timer(0.5, os.kill, (next(iter(pids.values())), signal.SIGKILL))
        killed.start()
        values, gradient = client.compute(program.value_and_grad(blocks), sync=True)
        killed.join()
        client.wait_for_workers(2, timeout=30)
        assert set(client.run(os.getpid).values()) != set(pids.values())  # one is new
    expected, expected_gradient = program.value_and_grad(X)
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-12, atol=1e-12)


def test_answers_marked_by_a_bag_are_neither_lost_nor_doubled_when_a_worker_is_killed(
    cluster: Any,
) -> None:
    """Two worker processes, one killed midway: the records are those of one process, in order."""
    texts = [f"x = {n}, y = x^2 = {n * n}, dy/dx = 2x = {2 * n + n % 2}" for n in range(400)]
    bag = dask.bag.from_sequence(texts, npartitions=40)
    with distributed.Client(cluster) as client:
        pids = client.run(os.getpid)
        killed = threading.Timer(0.5, os.kill, (next(iter(pids.values())), signal.SIGKILL))
        killed.start()
        records = client.compute(bag.map(check_text).map(_slowly), sync=True)
        killed.join()
        client.wait_for_workers(2, timeout=30)
        assert set(client.run(os.getpid).values()) != set(pids.values())
    assert records == [*check_many(texts)]
    assert [record["wrong"] for record in records] == [n % 2 for n in range(400)]


# JAX.


def test_jax_jits_and_differentiates_a_network(program: Program) -> None:
    function = program.to_jax()
    values, gradient = program.value_and_grad(X)
    total = jax.jit(jax.value_and_grad(lambda p, X: function(p, X).sum()))
    got, got_gradient = total(program.parameters, X)
    np.testing.assert_allclose(jax.jit(function)(program.parameters, X), values, rtol=1e-12)
    np.testing.assert_allclose(got, values.sum(), rtol=1e-12)
    np.testing.assert_allclose(got_gradient, gradient, rtol=1e-11, atol=1e-11)
    assert isinstance(got_gradient, jax.Array)


def test_jax_shards_the_samples(program: Program) -> None:
    """Over as many devices as there are; make test-scale has JAX show two of this processor."""
    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("samples",))
    cut = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("samples"))
    spread = jax.device_put(X, cut)
    values = jax.jit(program.to_jax())(program.parameters, spread)
    assert values.sharding.is_equivalent_to(cut, 1)
    np.testing.assert_allclose(values, program(X), rtol=1e-12)


def test_jax_computes_in_float32(program: Program) -> None:
    got = program.to_jax()(program.parameters.astype("float32"), X.astype("float32"))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, program(X), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("seed", range(40))
def test_jax_agrees_with_the_tape_on_random_graphs(seed: int) -> None:
    """Values and all derivatives, over all operations."""
    recipe, inputs, parameters = drawn(seed, 2)
    x = [Value(v, f"x{place}") for place, v in enumerate(inputs)]
    p = [Value(v, f"w{place}") for place, v in enumerate(parameters)]
    outputs = recipe.build(x, p)
    used = [place for place in range(len(x)) if recipe.uses(place)]
    program = compile_graph(outputs, [x[place] for place in used], p)
    function, samples = program.to_jax(), np.array([[inputs[place] for place in used]] * 2)
    values, derivatives = program(samples), program.per_sample_grad(samples)
    got = function(program.parameters, samples)
    jacobian = jax.jacrev(lambda w: function(w, samples))(program.parameters)
    # The graphs are drawn so that no operand is large; what they lose by cancelling is little.
    np.testing.assert_allclose(got, values, rtol=1e-10, atol=1e-10)
    scale = 1 + abs(derivatives)
    assert (abs(jacobian - derivatives) <= 1e-9 * scale).all()


def test_jax_takes_the_tables_side_at_a_kink() -> None:
    x, w = Value(1.0, "x"), Value(1.0, "w")
    function = compile_graph(w.maximum(x) + (w - x).relu(), [x], [w]).to_jax()
    gradient = jax.grad(lambda p: function(p, np.array([[1.0]]))[0])(np.array([1.0]))
    assert gradient.tolist() == [0.5]


@pytest.mark.parametrize("recorded", [-1.5, 0.5])
def test_jax_decides_anew_in_a_graph_of_a_derivative(recorded: float) -> None:
    """d/dx relu(x)·x, leaky and max(x, x²), recorded on either side of their kinks."""
    x = Value(recorded, "x")
    y = x.relu() * x + x.leaky_relu(0.25) + x.maximum(x * x)
    slope = grad(y, x, create_graph=True)
    got = compile_graph(slope, [x]).to_jax()(np.zeros(0), np.array([[-2.0], [0.5], [3.0]]))
    np.testing.assert_allclose(got, [0 + 0.25 - 4, 1 + 1 + 1, 6 + 1 + 6])


@pytest.mark.parametrize(
    ("parameters", "samples"), [(1, (3, 1)), (1, (3, 3)), (2, (3, 2)), (1, (2,))]
)
def test_a_function_for_jax_checks_shapes(parameters: int, samples: tuple[int, ...]) -> None:
    x1, x2, w = Value(1.0, "x1"), Value(2.0, "x2"), Value(3.0, "w")
    values = compile_graph(w * x1 * x2, [x1, x2], [w]).to_jax()
    with pytest.raises(ValueError, match="expected parameters of shape"):
        values(np.ones(parameters), np.ones(samples))
    assert values(np.ones(1), np.ones((3, 2))).shape == (3,)


def test_a_sum_over_blocks_that_overflows_is_an_error() -> None:
    x, w = Value(1.0, "x"), Value(1.0, "w")
    program = compile_graph(w * x, [x], [w])
    X = da.full((4, 1), 0.6e308, chunks=(1, 1))
    with pytest.raises(DomainError, match="sum over the blocks"):
        program.value_and_grad(X)[1].compute()
