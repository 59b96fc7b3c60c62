"""Kinds: whether a name is usually a number, a vector or a matrix, by what it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from micrograd_like.formula import Name
from micrograd_like.graph import is_called_cost, is_called_rate
from micrograd_like.notation import GREEK
from micrograd_like.worksheet.grammar.sizes import Shape
from micrograd_like.worksheet.tokens.spelling import before_renewal
from micrograd_like.worksheet.vocabulary import FUNCTIONS

#: What a name may be, and how far each is from what such a name usually is.
Kinds = Mapping[str | Shape, float]
_MATRIX: Kinds = {"matrix": 0.0, "column": 2.0, "row": 2.0, "scalar": 3.0}
_COLUMN: Kinds = {"column": 0.0, "scalar": 0.5, "row": 1.2, "matrix": 1.5}
_ROW: Kinds = {"row": 0.0, "scalar": 0.5, "column": 1.2, "matrix": 1.5}
_SCALAR: Kinds = {"scalar": 0.0, "column": 2.0, "row": 2.0, "matrix": 3.0}
#: Letters of numbers: rates, strengths, and how many there are of something.
_NUMBERS = {"alpha", "eta", "lambda", "epsilon", "gamma", "mu", "rho", "tau", "beta", "kappa"}
_NUMBERS |= {"m", "n", "N", "M", "K", "k", "d", "lr"}
#: Letters of weights, which stand behind what they are multiplied with where samples are rows.
WEIGHTS = {"W", "V", "U", "Theta"}


def kinds_of(name: Name, shapes: Mapping[str, Shape], rows: bool) -> Kinds:
    """What a name may be, and how far each is from what is usual.

    Args:
        name: The name.
        shapes: The shapes of others.
        rows: Whether vectors are rows.
    """
    vector = _ROW if rows else _COLUMN
    for other in _meant_beside(name):
        if other in shapes:
            return {shapes[other]: 0.0, **vector}
    base = name.rstrip("'0123456789").partition("_")[0].partition("^")[0]
    number = is_cost(name) or is_called_rate(name) or name.rstrip("'") in FUNCTIONS
    if number or base in _NUMBERS:
        return _SCALAR
    if (base[:1].isupper() and base not in GREEK.values()) or base in WEIGHTS:
        return _MATRIX
    return vector


def is_cost(name: str) -> bool:
    """True for a name by which costs go, but for one small letter: c1 may be a bias."""
    letters = name.rstrip("'0123456789_")
    return is_called_cost(Name(name)) and not (len(letters) == 1 and letters.islower())


def _meant_beside(name: str) -> Iterator[str]:
    """The names of which a gradient by its name has the shape: W of dW, z2 of δ2."""
    if name.startswith("delta"):
        yield "z" + name.removeprefix("delta")
    elif name[0] == "d":
        yield name[1:].lstrip("_")
    yield before_renewal(name)
