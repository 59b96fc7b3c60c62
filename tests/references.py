"""What every operation is, by SymPy, which knows nothing of the table: the tests' reference."""

from functools import cache

import sympy


def either(condition, then, otherwise):
    return sympy.Piecewise((then, condition), (otherwise, True))


def weighted(*v):
    return sum(x * w for x, w in zip(v[: len(v) // 2], v[len(v) // 2 :], strict=True))


#: The rows that SymPy does not have under their own name.
WRITTEN_OUT = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "total": lambda *x: sum(x),
    "wsum": weighted,
    "affine": lambda *v: weighted(*v[:-1]) + v[-1],
    "expm1": lambda x: sympy.exp(x) - 1,
    "log10": lambda x: sympy.log(x, 10),
    "log2": lambda x: sympy.log(x, 2),
    "log1p": lambda x: sympy.log(1 + x),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "relu": lambda x: either(x > 0, x, 0),
    "abs": lambda x: either(x > 0, x, -x),
    "maximum": lambda x, y: either(x > y, x, y),
    "select": lambda a, b, x, y: either(a > b, x, y),
    "minimum": lambda x, y: either(x < y, x, y),
}


def known(name):
    """Whether there is a reference for the operation."""
    return callable(WRITTEN_OUT.get(name) or getattr(sympy, name, None))


def reference(name):
    return WRITTEN_OUT.get(name) or getattr(sympy, name)


@cache
def symbolic(name, count, wrt):
    """The derivative of the reference by the inputs number ``wrt``, over mpmath's numbers."""
    symbols = sympy.symbols(f"x:{count}", real=True)
    formula = reference(name)(*symbols)
    for index in wrt:
        formula = sympy.diff(formula, symbols[index])
    return sympy.lambdify(symbols, formula, "mpmath")
