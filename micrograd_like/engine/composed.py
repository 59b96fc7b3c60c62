"""Functions made of the table's rows: methods of Value that have no row of their own.

A condition is a ``select`` node, so that their graphs, and those of their derivatives, hold at
every point. At a kink the derivative is PyTorch's.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from micrograd_like.engine.value import Value

#: Of GELU without its integral: 2√(2/π), and the share of x³.
_GELU_SCALE, _GELU_CUBE = 2 * math.sqrt(2 / math.pi), 0.044715


def leaky_relu(x: Value, slope: float = 0.01) -> Value:
    """X where x > 0, slope·x elsewhere."""
    return x.select(0.0, x, x * slope)


def elu(x: Value, alpha: float = 1.0) -> Value:
    """X where x > 0, α(eˣ − 1) elsewhere."""
    return x.select(0.0, x, x.select(0.0, 0.0, x).expm1() * alpha)


def silu(x: Value) -> Value:
    """x·σ(x), also called swish."""
    return x * x.sigmoid()


def gelu(x: Value) -> Value:
    """½x(1 + tanh(√(2/π)(x + 0.044715x³))), the usual form of x·Φ(x)."""
    return x * ((x + x * x * x * _GELU_CUBE) * _GELU_SCALE).sigmoid()


def step(x: Value) -> Value:
    """1 where x > 0, 0 elsewhere; the derivative is 0, by convention at 0 too."""
    return x.select(0.0, 1.0, 0.0)


def sign(x: Value) -> Value:
    """1, 0 or −1; the derivative is 0, by convention at 0 too."""
    return step(x) - step(-x)


def atan2(y: Value, x: Value | float) -> Value:
    """The angle of the point (x, y), from −π to π.

    Raises:
        DomainError: Both are 0.
    """
    rise, run = abs(y), x.__abs__()  # where it is steep, the quotient is the other way up
    angle = (rise.select(run, x, y) / rise.select(run, y, x)).atan()
    steep = step(y) * math.pi - math.pi / 2 - angle
    behind = (-y).select(0.0, -math.pi, math.pi)
    flat = angle + rise.select(run, y, x).select(0.0, 0.0, behind)
    return rise.select(run, steep, flat)
