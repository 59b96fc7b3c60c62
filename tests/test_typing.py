"""What a type checker knows of the operations, which are compiled from the table."""

import sys

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


def test_a_slip_is_a_type_error_and_what_is_right_is_none(tmp_path):
    """In one run: mypy has the standard library to read first."""
    wrong, right = tmp_path / "wrong.py", tmp_path / "right.py"
    wrong.write_text(PREAMBLE + "\n".join(WRONG), encoding="utf-8")
    right.write_text(PREAMBLE + RIGHT, encoding="utf-8")
    options = ["--config-file=", "--strict", "--python-executable", sys.executable]
    said, error, _ = api.run([*options, "--cache-dir", str(tmp_path), str(wrong), str(right)])
    assert not error
    found = {line: [r for r in said.splitlines() if f"wrong.py:{line}:" in r] for line in range(20)}
    passed = {
        slip: found[line]
        for line, (slip, report) in enumerate(WRONG.items(), 3)
        if not any(report in one for one in found[line])
    }
    assert not passed
    assert "right.py" not in said
