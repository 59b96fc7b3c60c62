"""The small expression language in which the operation table is written.

A formula such as ``out * (1 - out)`` is parsed once into a tree of four kinds of node;
everything else is an interpreter over that tree: :func:`substitute` puts operands in,
:func:`evaluate` computes with whatever numbers it is given (floats, complex numbers,
``Value`` nodes), :func:`emit` prints source for the engine and the tape, :func:`simplify`
does what a hand would do without thinking (``1 * x``, ``2 - 1``).
"""

from micrograd_like.formula.algebra import (
    Marked,
    added,
    exact_number,
    factors,
    multiplied,
    operands,
    product,
    replaced,
    substitute,
    summed,
    terms,
    without,
)
from micrograd_like.formula.emission import ARRAYS, PYTHON, C, Dialect, emit
from micrograd_like.formula.evaluation import ARITHMETIC, evaluate
from micrograd_like.formula.parsing import parse
from micrograd_like.formula.simplification import simplify
from micrograd_like.formula.tree import (
    COMPARISONS,
    OPERATORS,
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Operand,
    Quantity,
    fold,
    names,
    nodes,
    quantities,
    rewrite,
)

__all__ = [
    "ARITHMETIC",
    "ARRAYS",
    "COMPARISONS",
    "OPERATORS",
    "PYTHON",
    "C",
    "Call",
    "Derivative",
    "Dialect",
    "Expr",
    "Marked",
    "Name",
    "Number",
    "Operand",
    "Quantity",
    "added",
    "emit",
    "evaluate",
    "exact_number",
    "factors",
    "fold",
    "multiplied",
    "names",
    "nodes",
    "operands",
    "parse",
    "product",
    "quantities",
    "replaced",
    "rewrite",
    "simplify",
    "substitute",
    "summed",
    "terms",
    "without",
]
