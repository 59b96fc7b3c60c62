"""Indices that stand for several numbers: Σ_i x_i·w_i, and templates such as h_t = tanh(a_t)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from micrograd_like.formula import (
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    names_in,
    rewrite,
)
from micrograd_like.worksheet.builder import named_for
from micrograd_like.worksheet.naming.counts import LAST
from micrograd_like.worksheet.naming.names import Names
from micrograd_like.worksheet.tokens.spelling import index_letters, instance, is_shifted

#: Terms that a sum may have.
_MOST = 200


def put_in(expr: Expr, letter: str, number: int, hidden: dict[str, Expr]) -> Expr:
    """The expression with a number for an index.

    Args:
        expr: The expression.
        letter: The index.
        number: The number.
        hidden: What stands for an expression without a name of its own, and the expression;
            those with the number in them are added.
    """

    def rule(node: Expr) -> Expr | None:
        if isinstance(node, Name) and node == letter:
            return Number(number)
        both = isinstance(node, Name | Derivative)
        return quantity_in(node, letter, number, hidden) if both else None  # type: ignore[arg-type]

    return rewrite(expr, rule)


def quantity_in(quantity: Quantity, letter: str, number: int, hidden: dict[str, Expr]) -> Quantity:
    """The quantity with a number for an index (see :func:`put_in`)."""
    if isinstance(quantity, Name):
        if quantity not in hidden:
            return Name(instance(quantity, letter, number))
        inside = put_in(hidden[quantity], letter, number, hidden)
        name = named_for(inside)
        hidden[name] = inside
        return name
    of, wrt = (quantity_in(side, letter, number, hidden) for side in (quantity.of, quantity.wrt))
    return Derivative(of, wrt)


def names_below(expr: Expr, hidden: Mapping[str, Expr]) -> dict[Name, None]:
    """Every name in the expression, those in what stands for other expressions included."""
    found: dict[Name, None] = {}
    stack = [expr]
    while stack:
        for name in names_in(stack.pop()):
            if name in hidden and name not in found:
                stack.append(hidden[name])
            found[name] = None
    return {name: None for name in found if name not in hidden}


def letters_of(names: Iterable[str]) -> set[str]:
    """The index letters that stand in names."""
    return {letter for name in names for letter in index_letters(name)}


def instances(names: Iterable[str], letter: str, known: Names) -> list[int]:
    """The numbers for which the names with this index are in use in the document."""
    own = _own_numbers(names, letter, known.used)
    return sorted(set.intersection(*own)) if own else []


def given_instances(names: Iterable[str], letter: str, known: Names) -> list[int]:
    """The numbers for which those names with this index that are given values have them all."""
    own = [numbers for numbers in _own_numbers(names, letter, known.lefts) if numbers]
    return sorted(set.intersection(*own)) if own else []


def _own_numbers(names: Iterable[str], letter: str, among: Set[str]) -> list[set[int]]:
    """For every name with the index the numbers that it has."""
    return [
        {k for k in range(LAST) if instance(name, letter, k) in among}
        for name in names
        if instance(name, letter, 1) != name and not is_shifted(name)
    ]


def _of_vectors(names: Iterable[str], letter: str, known: Names) -> list[int]:
    """The numbers of the elements that vectors with this index have, where all are vectors."""
    bases = [base for base, _, index in (n.rpartition("_") for n in names) if index == letter]
    shapes = [known.arrays.get(base, ())[base in known.rows :] for base in bases]
    if not shapes or any(len(shape) != 1 for shape in shapes):
        return []
    return [*range(known.base, known.base + min(shape[0] for shape in shapes))]


def each(
    body: Expr, index: str, last: Expr | None, known: Names, hidden: dict[str, Expr]
) -> list[Expr] | str:
    """The terms of a sum over an index, or why they cannot be told."""
    names = list(names_below(body, hidden))
    letter, _, first = index.partition("=")
    if not letter:
        letters = letters_of(names) - known.lefts
        if len(letters) != 1:
            return "What the sum runs over is not said"
        (letter,) = letters
    if isinstance(last, Name) and last.name in known.integers:
        last = Number(known.integers[last.name])
    if first.isdecimal() and isinstance(last, Number) and isinstance(last.value, int):
        numbers: Iterable[int] = range(int(first), last.value + 1)
        if last.value - int(first) >= _MOST:
            return f"expected a sum of at most {_MOST} terms"
    else:
        numbers = _of_vectors(names, letter, known) or instances(names, letter, known)
        numbers = numbers or given_instances(names, letter, known)
        numbers = numbers or range(1, known.sizes.get(letter, 0) + 1)
    terms = [put_in(body, letter, number, hidden) for number in numbers]
    if not terms or all(term == body for term in terms):
        return f"What the sum over {letter} runs over is not said"
    return terms
