"""The kernel by itself: any tape it takes stays in its memory, and its source follows the table."""

from __future__ import annotations

import random
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import micrograd_like
from micrograd_like import compile_graph, losses, nn
from micrograd_like.engine import Value
from micrograd_like.ops import OPS, Op
from micrograd_like.tape import native
from micrograd_like.tape.kernel_source import names_header, rows_header

needs_kernel = pytest.mark.skipif(bool(native.missing()), reason="no kernel")


def tape_arguments() -> list[Any]:
    """What a Program of the kernel's is made of, for a network that has every kind of step."""
    x = [Value(0.1, f"x{place}") for place in range(3)]
    net = nn.MLP(3, [5, 1], activation="tanh", seed=1)
    out = (net(x) * x[0]).exp() + net.parameters()[0] ** 3 + losses.sum_of_squares(x)
    program = compile_graph(out, x, net.parameters(), backend="c")
    return [*native.arguments(program._run("gradient").tape, program.dtype)]


@needs_kernel
@given(seed=st.integers(0, 2**40))
def test_a_damaged_tape_is_refused_or_harmless(seed: int) -> None:
    """Any integer of a tape changed: a ValueError, or a run that stays in its memory.

    The run is what the sanitizers watch; without them it only must not crash.
    """
    generator = random.Random(seed)
    arguments = [a.copy() if isinstance(a, np.ndarray) else a for a in tape_arguments()]
    arrays = [a for a in arguments if isinstance(a, np.ndarray) and len(a)]
    for _ in range(generator.randint(1, 3)):
        array = generator.choice(arrays)
        place = generator.randrange(len(array))
        near = max(-5, min(int(array[place]), 2**20)) + generator.choice((-1, 1, 2, 40))
        wild = generator.choice((-1, 0, 7, 2**20, 2**31 - 1, -(2**31)))
        array[place] = generator.choice((near, wild))
    try:
        program = native.kernel.Program(*arguments)
    except ValueError:
        return
    inputs, parameters = arguments[5], arguments[6]
    values, gradient = np.empty(20 * len(arguments[19])), np.empty(len(arguments[21]))
    program.run(
        20, np.ones((20, inputs)), np.ones(parameters), values, gradient, np.empty(0), 2, False, 0
    )


#: (which argument of the kernel's Program, what is put there)
SIZES = (
    (1, 0),
    (1, 24),
    (1, 2**20),
    (2, -1),
    (2, 2**30),
    (3, -1),
    (4, -1),
    (4, 10**6),
    (5, -1),
    (6, 10**6),
    (8, 10**6),
)


@needs_kernel
@pytest.mark.parametrize(("place", "number"), SIZES)
def test_sizes_out_of_range_are_refused(place: int, number: int) -> None:
    arguments = tape_arguments()
    arguments[place] = number
    with pytest.raises(ValueError, match="tape: expected"):
        native.kernel.Program(*arguments)


@needs_kernel
def test_buffers_of_another_size_are_refused() -> None:
    arguments = tape_arguments()
    program = native.kernel.Program(*arguments)
    fitting = [
        np.ones((4, 3)),
        np.ones(arguments[6]),
        np.empty(4),
        np.empty(len(arguments[21])),
        np.empty(0),
    ]
    program.run(4, *fitting, 1, True, 0)
    for place in range(len(fitting)):
        wrong = [np.append(a, 1.0) if i == place else a for i, a in enumerate(fitting)]
        with pytest.raises(ValueError, match="numbers of 8 bytes"):
            program.run(4, *wrong, 1, True, 0)
    for samples, threads, choice in ((-1, 1, 0), (4, 0, 0), (4, 1, 99), (4, 1, -1)):
        with pytest.raises(ValueError, match="run: expected"):
            program.run(samples, *fitting, threads, True, choice)


# From the table.

MADE_UP = Op(
    "made_up",
    "x",
    "x * sigmoid(x)",
    ("sigmoid(x) + out * (1 - sigmoid(x))",),
    "product rule",
    ((0.0,), (0.5,)),
)


def test_a_new_row_is_in_the_kernels_source() -> None:
    source = rows_header((*OPS.values(), MADE_UP))
    assert "F(made_up)" in source
    assert "ROW(made_up, 1)" in source
    assert f"ROW_COUNT {sum(not op.families for op in OPS.values()) + 1}" in names_header(
        (*OPS.values(), MADE_UP)
    )


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
def test_the_kernel_compiles_with_a_new_row(tmp_path: Path) -> None:
    """Nothing but the table changes; the compiler has no warning."""
    (tmp_path / "rows.h").write_text(rows_header((*OPS.values(), MADE_UP)), encoding="utf-8")
    (tmp_path / "names.h").write_text(names_header((*OPS.values(), MADE_UP)), encoding="utf-8")
    module = Path(micrograd_like.__file__).parent / "tape" / "kernel" / "module.c"
    include = sysconfig.get_path("include")
    flags = ["-fsyntax-only", "-Wall", "-Wextra", "-Wno-psabi", "-Wno-unknown-pragmas", "-Werror"]
    command = ["cc", *flags, f"-I{tmp_path}", f"-I{include}", str(module)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Python.h" in done.stderr:
        pytest.skip("no headers of Python's")
    assert done.returncode == 0, done.stderr
