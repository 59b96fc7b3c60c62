"""Who replays a recorded graph, and how: each contender is made for one problem.

A contender is a function without arguments that computes the values and the gradient; what is
recorded, traced or compiled happens before.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.problems import Problem

Task = Callable[[], tuple[Any, Any]]
Maker = Callable[[Problem], Task]


def by_hand_in_c(problem: Problem) -> Task:
    """The limit; needs gcc or clang."""
    if not problem.in_c:
        raise ImportError("not written in C")
    source = Path(__file__).with_name("by_hand.c")
    library = Path(tempfile.mkdtemp()) / "by_hand.so"
    flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", "-Wno-psabi"]
    subprocess.run(["cc", *flags, str(source), "-o", str(library), "-lm"], check=True)
    function = getattr(ctypes.CDLL(str(library)), problem.in_c)
    function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long] + [ctypes.c_void_p] * 2
    function.restype = None
    # Results are written into the same arrays every time, and the addresses are known: what is
    # left of Python's is one call.
    values, gradient = np.empty(len(problem.samples)), np.empty_like(problem.parameters)
    given = problem.parameters.ctypes.data, problem.samples.ctypes.data, len(problem.samples)
    arguments = (*given, values.ctypes.data, gradient.ctypes.data)

    def task() -> tuple[Any, Any]:
        function(*arguments)
        return values, gradient

    return task


def _tape(backend: str) -> Maker:
    def make(problem: Problem) -> Task:
        program = problem.compiled(backend)
        return lambda: program.value_and_grad(problem.samples)

    return make


def numpy_by_hand(problem: Problem) -> Task:
    return lambda: problem.by_hand(problem.parameters, problem.samples)


def jax_jit(problem: Problem) -> Task:
    """The gradient of the sum, compiled by XLA."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def total(p: Any, x: Any) -> tuple[Any, Any]:
        values = problem.formula(jnp, p, x).reshape(-1)
        return values.sum() + problem.penalty * (p * p).sum(), values

    function = jax.jit(jax.value_and_grad(total, has_aux=True))
    p, x = jnp.asarray(problem.parameters), jnp.asarray(problem.samples)

    def task() -> tuple[Any, Any]:
        (_, values), gradient = jax.block_until_ready(function(p, x))
        return values, gradient

    return task


def torch_eager(problem: Problem) -> Task:
    import torch

    torch.set_num_threads(1)
    p = torch.tensor(problem.parameters, requires_grad=True)
    x = torch.tensor(problem.samples)

    def task() -> tuple[Any, Any]:
        values = problem.formula(torch, p, x).reshape(-1)
        total = values.sum() + problem.penalty * (p * p).sum()
        (gradient,) = torch.autograd.grad(total, p)
        return values.detach().numpy(), gradient.numpy()

    return task


def autograd_hips(problem: Problem) -> Task:
    import autograd.numpy as anp
    from autograd import value_and_grad

    values: list[Any] = []

    def total(p: Any) -> Any:
        result = problem.formula(anp, p, problem.samples).reshape(-1)
        values[:] = [result]
        return result.sum() + problem.penalty * (p * p).sum()

    function = value_and_grad(total)

    def task() -> tuple[Any, Any]:
        _, gradient = function(problem.parameters)
        return values[0]._value, gradient

    return task


def casadi_machine(problem: Problem) -> Task:
    """SX, one sample at a time by CasADi's virtual machine."""
    import casadi

    columns = problem.samples.shape[1]
    p, x = casadi.SX.sym("p", len(problem.parameters)), casadi.SX.sym("x", 1, columns)
    value = problem.formula(casadi, p, x)
    share = value + problem.penalty / len(problem.samples) * casadi.dot(p, p)
    one = casadi.Function("one", [p, x.T], [value, casadi.gradient(share, p)])
    many = one.map(len(problem.samples), [True, False], [False, True])
    samples = casadi.DM(problem.samples.T)

    def task() -> tuple[Any, Any]:
        values, gradient = many(problem.parameters, samples)
        return np.asarray(values).ravel(), np.asarray(gradient).ravel()

    return task


REFERENCE = "NumPy by hand"
OURS = "compiled tape"
MAKERS: dict[str, Maker] = {
    "C by hand": by_hand_in_c,
    OURS: _tape("c"),
    "compiled tape, NumPy": _tape("numpy"),
    REFERENCE: numpy_by_hand,
    "JAX jit": jax_jit,
    "PyTorch eager": torch_eager,
    "autograd": autograd_hips,
    "CasADi SX": casadi_machine,
}
