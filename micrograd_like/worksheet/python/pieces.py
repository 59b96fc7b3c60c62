"""Pieces of a program that is written for somebody: their text, and their numbers at every point.

A product or sum knows what it would have come to with a common slip: a matrix that is not turned
round, a sum over another axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from micrograd_like.worksheet.python.trial import ratio

#: How tightly a text holds together.
SUM, PRODUCT, ATOM = range(3)

_Binary = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Piece:
    """An expression.

    Attributes:
        text: As the program would write it.
        binding: How tightly that holds together.
        values: Its numbers at every point.
        slips: What it comes to with a slip, by the slip's code.
    """

    text: str
    binding: int
    values: tuple[np.ndarray, ...]
    slips: tuple[tuple[str, tuple[np.ndarray, ...]], ...] = field(default=())

    def inside(self, binding: int) -> str:
        """The text, in brackets where it would fall apart."""
        return f"({self.text})" if self.binding < binding else self.text

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its numbers."""
        shape: tuple[int, ...] = self.values[0].shape
        return shape

    def factor(self, table: np.ndarray) -> float | None:
        """The one factor by which it is a table of points and elements; None without one."""
        return ratio(_flat(self.values), table)

    def slip(self, table: np.ndarray, factor: float, shape: tuple[int, ...]) -> str:
        """The code of the slip that gives a table of this shape, up to the factor; "" for none."""
        near = 1e-6 * abs(factor)
        found = (c for c, own in self.slipped(table, shape) if abs(own - factor) < near)
        return next(found, "")

    def slipped(self, table: np.ndarray, shape: tuple[int, ...]) -> Iterator[tuple[str, float]]:
        """The slips that give a table of this shape, and up to which factor."""
        for code, values in self.slips:
            factor = ratio(table, _flat(values)) if values[0].shape == shape else None
            if factor is not None:
                yield code, factor

    def times(self, other: Piece) -> Piece | None:
        """Their product, element by element, the slips of both carried on."""
        text = f"{self.inside(PRODUCT)} * {other.inside(PRODUCT)}"
        whole = made(text, PRODUCT, np.multiply, self, other)
        if whole is None:
            return None
        left_out = (("missing-factor", self.values), ("missing-factor", other.values))
        return replace(whole, slips=(*left_out, *whole.slips))


def made(text: str, binding: int, compute: _Binary, one: Piece, other: Piece) -> Piece | None:
    """What a function of two pieces gives; None where their shapes do not allow it."""
    values = _computed(compute, one.values, other.values)
    if values is None:
        return None
    slips = [(code, _computed(compute, inner, other.values)) for code, inner in one.slips]
    slips += [(code, _computed(compute, one.values, inner)) for code, inner in other.slips]
    return Piece(text, binding, values, tuple((c, v) for c, v in slips if v is not None))


def _computed(
    compute: _Binary, one: tuple[np.ndarray, ...], other: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, ...] | None:
    try:
        return tuple(np.asarray(compute(a, b)) for a, b in zip(one, other, strict=True))
    except ValueError:
        return None


def _flat(values: tuple[np.ndarray, ...]) -> np.ndarray:
    return np.array([v.reshape(-1) for v in values])


def differences(one: Piece, other: Piece) -> Iterator[Piece | None]:
    """Output − target, which the gradients of many costs come to."""
    found = made(f"{one.text} - {other.text}", SUM, np.subtract, one, other)
    added = _computed(np.add, one.values, other.values)
    if found is not None and added is not None:
        yield replace(found, slips=(("sign", added),))


def sums(above: Piece) -> Iterator[Piece]:
    """What the gradient of something that is repeated may be, as a bias is."""
    yield above
    axes: list[int | None] = [*range(len(above.shape)), None]
    all_sums = [
        (axis, tuple(np.asarray(v.sum(axis=axis, keepdims=keep)) for v in above.values), keep)
        for axis in axes
        for keep in (True, False)
    ]
    for axis, values, keep in all_sums:
        more = ("" if axis is None else f", axis={axis}") + ", keepdims=True" * keep
        others = tuple(("wrong-axis", found) for other, found, _ in all_sums if other != axis)
        if axis is not None or not keep:
            yield Piece(f"np.sum({above.text}{more})", ATOM, values, others)


def products(above: Piece, other: Piece, beside: Sequence[Piece]) -> Iterator[Piece]:
    """What the gradient of a factor of a product may be, with the other factor.

    Args:
        above: The gradient of the product.
        other: The other factor.
        beside: What may have been taken for it.
    """
    plain = replace(above, slips=())
    a, b = above.inside(ATOM), other.inside(ATOM)
    ways: tuple[tuple[str, _Binary, tuple[_Binary, ...]], ...] = (
        (f"{b}.T @ {a}", lambda x, y: y.T @ x, (lambda x, y: y @ x,)),
        (f"{a} @ {b}.T", lambda x, y: x @ y.T, (lambda x, y: x @ y, lambda x, y: x.T @ y)),
        (f"np.outer({a}, {b})", np.outer, (lambda x, y: np.outer(y, x),)),
        (f"np.outer({b}, {a})", lambda x, y: np.outer(y, x), (np.outer,)),
        (f"{a} * {b}", np.multiply, ()),
    )
    for text, compute, turned in ways:
        binding = PRODUCT if "*" in text else SUM if "@" in text else ATOM
        found = made(text, binding, compute, plain, other)
        if found is not None:
            slips = [("transposed", _computed(way, above.values, other.values)) for way in turned]
            slips += [
                ("wrong-operand", _computed(compute, above.values, one.values)) for one in beside
            ]
            yield replace(found, slips=tuple((c, v) for c, v in slips if v is not None))
