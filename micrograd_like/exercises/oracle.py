"""What is true of an exercise, worked out without a rule of differentiation.

Values are computed in complex numbers; ∂A/∂B is the imaginary part of A for B + ih, divided
by h. With h = 10⁻⁴⁰ nothing is cut off and nothing cancels, so the derivative is as exact as
the value [Squire, Trapp: Using complex variables to estimate derivatives of real functions,
1998]. Neither the engine, nor the table's partials, nor the marking is used here: what is
planted in an exercise is judged by somebody else than who has to find it.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable, Mapping

from micrograd_like.formula import Call, Derivative, Expr, Name, Number, Quantity, quantities

_STEP = 1e-40


def _logistic(z: complex) -> complex:
    return 1 / (1 + cmath.exp(-z))


#: As the functions are defined in a course; where there is a kink, by the real part.
FUNCTIONS: Mapping[str, Callable[..., complex]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": lambda z, n: z ** int(n.real) if n == int(n.real) else cmath.exp(n * cmath.log(z)),
    "neg": operator.neg,
    **{f: getattr(cmath, f) for f in ("exp", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f: getattr(cmath, f) for f in ("log", "log10", "asin", "acos", "atan")},
    "log2": lambda z: cmath.log(z) / math.log(2),
    "expm1": lambda z: cmath.exp(z) - 1,
    "log1p": lambda z: cmath.log(1 + z),
    "sigmoid": _logistic,
    "softplus": lambda z: cmath.log(1 + cmath.exp(z)),
    "relu": lambda z: z if z.real > 0 else 0j,
    "abs": lambda z: z if z.real > 0 else -z,
    "maximum": lambda a, b: a if a.real > b.real else b,
    "minimum": lambda a, b: a if a.real < b.real else b,
    "select": lambda a, b, x, y: x if a.real > b.real else y,
}


class Oracle:
    """The true numbers of definitions, one name after the other.

    ``oracle[E]`` is a value, ``oracle[Derivative(E, w)]`` a derivative. What is computed from a
    derivative, as an updated weight, is where what follows starts from: it does not move with
    what it was computed from.

    Args:
        given: The numbers it starts from.
        definitions: The formula of every other name, inputs before their users.

    Raises:
        ValueError, ArithmeticError: A formula is not defined.
        KeyError: A name is not there.
    """

    def __init__(
        self, given: Mapping[Quantity, float], definitions: Mapping[Quantity, Expr]
    ) -> None:
        self._definitions = definitions
        self._derivatives: dict[Derivative, float] = {}
        self._values: dict[Quantity, complex] = {name: complex(v) for name, v in given.items()}
        for name, formula in definitions.items():
            self._values[name] = self._computed(formula, self._values)

    def __getitem__(self, key: Quantity) -> float:
        if isinstance(key, Name):
            return self._values[key].real
        if key not in self._derivatives:
            self._derivatives[key] = self._moved(key.wrt, key.of).imag / _STEP
        return self._derivatives[key]

    def _moved(self, wrt: Quantity, of: Quantity) -> complex:
        """The value of ``of`` with a small step of ``wrt``: what depends on it is computed again.

        What has not been computed yet, as while the first values are, depends on nothing.
        """
        values = {**self._values, wrt: self._values[wrt].real + _STEP * 1j}
        moved = {wrt}
        for name, formula in self._definitions.items():
            if of in moved or name not in self._values:
                break
            within = quantities(formula)
            if name == wrt or moved.isdisjoint(within) or Derivative in map(type, within):
                continue
            values[name] = self._computed(formula, values)
            moved.add(name)
        return values[of]

    def _computed(self, expr: Expr, values: Mapping[Quantity, complex]) -> complex:
        match expr:
            case Number(value):
                return complex(value)
            case Name():
                return values[expr]
            case Derivative():
                return complex(self[expr])
            case Call(function, arguments):
                return FUNCTIONS[function](*(self._computed(a, values) for a in arguments))
