"""What a type checker knows of the operations: read by mypy, never run.

Every line that is wrong says how; mypy, which `make lint` runs here, reports a slip that it
does not see as an unused comment, and what is right without one is right.
"""

from micrograd_like.engine import Value

x, y = Value(1.0), Value(2.0)

x.grda  # type: ignore[attr-defined]  # noqa: B018
x.sigmiod()  # type: ignore[attr-defined]
x.wsum(y)  # type: ignore[attr-defined]
x.tanh(y)  # type: ignore[call-arg]
x.maximum()  # type: ignore[call-arg]
x.maximum("2")  # type: ignore[arg-type]
x * "2"  # type: ignore[operator]


def same(v: Value) -> Value:
    """The same: only a Value fits."""
    return v


same((x.sigmoid() + 2 - y) / 3 ** x.relu())
same(-abs(2 * x).maximum(0.5))
number: float = x.grad + x.data
