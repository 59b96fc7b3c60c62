"""What a type checker knows of the operations, which are compiled from the table."""

import sys

import pytest
from mypy import api

from micrograd_like.engine.stub import STUB, stub
from micrograd_like.ops import OPS

PREAMBLE = "from micrograd_like.engine import Value\nx, y = Value(1.0), Value(2.0)\n"
WRONG = {  # one slip a line, and what mypy says of it
    "x.grda": '"Value" has no attribute "grda"',
    "x.sigmiod()": '"Value" has no attribute "sigmiod"',
    "x.tanh(y)": 'Too many arguments for "tanh"',
    "x.maximum()": 'Too few arguments for "maximum"',
    'x.maximum("2")': 'incompatible type "str"',
    'x * "2"': "Unsupported operand types",
    "x.wsum(y)": '"Value" has no attribute "wsum"',
}
RIGHT = """
def same(v: Value) -> Value:
    return v

same((x.sigmoid() + 2 - y) / 3 ** x.relu())
same(-abs(2 * x).maximum(0.5))
number: float = x.grad + x.data
"""


def test_the_stub_is_made_of_the_table():
    """After a change of the table: python -m micrograd_like.engine.stub."""
    assert STUB.read_text(encoding="utf-8") == stub(OPS.values())


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory):
    """What mypy says of the slips and of the right uses, in one run."""
    folder = tmp_path_factory.mktemp("typed")
    wrong, right = folder / "wrong.py", folder / "right.py"
    wrong.write_text(PREAMBLE + "\n".join(WRONG), encoding="utf-8")
    right.write_text(PREAMBLE + RIGHT, encoding="utf-8")
    options = ["--config-file=", "--strict", "--python-executable", sys.executable]
    said, error, _ = api.run([*options, "--cache-dir", str(folder), str(wrong), str(right)])
    assert not error
    return said.splitlines()


@pytest.mark.parametrize(("line", "slip"), [*enumerate(WRONG, 3)])
def test_a_slip_is_a_type_error(reported, line, slip):
    said = [report for report in reported if f"wrong.py:{line}:" in report]
    assert any(WRONG[slip] in report for report in said), said


def test_what_is_right_is_silent(reported):
    assert not [report for report in reported if "right.py" in report]
