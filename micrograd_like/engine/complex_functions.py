"""The functions of the formula language over complex numbers, for complex steps.

What jumps or has a kink is continued from the real axis: it is decided by the real part.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

from micrograd_like.formula import ARITHMETIC, COMPARISONS, evaluate
from micrograd_like.ops import OPS, Functions


def _real(x: complex) -> float:
    return complex(x).real


def _compared(compare: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, b: compare(_real(a), _real(b))


def _log1p(x: complex) -> complex:
    a, b = _real(x), complex(x).imag
    return complex(math.log1p(a) + math.log1p((b / (1 + a)) ** 2) / 2, math.atan2(b, 1 + a))


def _expm1(x: complex) -> complex:
    a, b = _real(x), complex(x).imag
    grown = math.exp(a)
    return complex(math.expm1(a) - 2 * grown * math.sin(b / 2) ** 2, grown * math.sin(b))


def _power(x: complex, y: complex) -> complex:
    if _real(x) < 0 and complex(y).imag == 0:  # away from the cut, where the angle is small
        return complex((-1) ** int(_real(y)) * (-x) ** y)
    return x**y


def _asin(x: complex) -> complex:
    return cmath.atan(x / (cmath.sqrt(1 - x) * cmath.sqrt(1 + x)))


COMPLEX: Functions = {
    **ARITHMETIC,
    **{name: _compared(ARITHMETIC[name]) for name in COMPARISONS},
    **{name: getattr(cmath, name) for name in OPS if hasattr(cmath, name)},
    "pow": _power,
    "asin": _asin,
    "acos": lambda x: math.pi / 2 - _asin(x),
    "log2": lambda x: cmath.log(x) / math.log(2),
    "log1p": _log1p,
    "expm1": _expm1,
    "abs": lambda x: x if _real(x) >= 0 else -x,
    "maximum": lambda x, y: x if _real(x) >= _real(y) else y,
    "minimum": lambda x, y: x if _real(x) <= _real(y) else y,
}


def _composed(op: str) -> Callable[..., Any]:
    row = OPS[op]
    return lambda *operands: evaluate(row.computed_value, row.bind(operands), COMPLEX)


COMPLEX |= {name: _composed(name) for name in OPS if name not in COMPLEX}
