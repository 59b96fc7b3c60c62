"""Arrays for the reader of programs where NumPy is not to be had: in the playground.

It ships with the site alone, as ``numpy``, and has what ``micrograd_like.worksheet.python`` asks
of NumPy. An array is a store of elements and the positions that it shows of it, in the order of
its indices: a part, a transpose, another shape are other positions of one store, as NumPy's
views are. Elements are Python's own objects, floats among them.
"""

from __future__ import annotations

import cmath
import math
import operator
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product, repeat
from typing import Any, Generic, TypeVar

Shape = tuple[int, ...]
#: One part of an index: what it shifts a position by, one after the other, and its shape.
Block = tuple[list[int], Shape]
_T = TypeVar("_T")


class AxisError(ValueError, IndexError):
    """An axis that an array does not have."""


class dtype(Generic[_T]):  # noqa: N801, as NumPy calls it
    """The kind of elements, which annotations name."""


class ndarray:  # noqa: N801, as NumPy calls it
    """An array.

    Args:
        store: Where its elements are, and perhaps others.
        positions: Which of them it has, in the order of their indices, the last axis fastest.
        shape: Its size along every axis.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, store: list[Any], positions: Sequence[int], shape: Shape) -> None:
        self._store, self._positions, self.shape = store, positions, shape

    def __class_getitem__(cls, _: Any) -> type[ndarray]:
        return cls

    # What it has.

    @property
    def elements(self) -> list[Any]:
        """All of them, in the order of their indices."""
        store = self._store
        return [store[position] for position in self._positions]

    @property
    def ndim(self) -> int:
        """How many axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many elements."""
        return len(self._positions)

    @property
    def T(self) -> ndarray:  # noqa: N802, as NumPy calls it
        """The transpose."""
        return self.transpose()

    def item(self) -> Any:
        """The one element."""
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._store[self._positions[0]]

    def copy(self) -> ndarray:
        """The same elements in a store of their own."""
        return _made(self.elements, self.shape)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(self.shape[0]))

    def __bool__(self) -> bool:
        if self.size > 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. "
                "Use a.any() or a.all()"
            )
        return any(self.elements)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __repr__(self) -> str:
        return f"array({self.elements!r}, shape={self.shape})"

    # Other views.

    def _viewed(self, blocks: Iterable[Block]) -> ndarray:
        """What an index shows: every position that its parts come to together."""
        at: list[int] = [0]
        shape: Shape = ()
        for shifts, sizes in blocks:
            at = [position + shift for position in at for shift in shifts]
            shape += sizes
        return ndarray(self._store, [self._positions[i] for i in at], shape)

    def _steps(self) -> list[int]:
        """How far it is from one position to the next along every axis."""
        return [math.prod(self.shape[axis + 1 :]) for axis in range(self.ndim)]

    def reshape(self, *sizes: Any) -> ndarray:
        """The same elements along other axes; -1 is what is left."""
        shape: list[int] = [*(sizes[0] if len(sizes) == 1 and _is_nested(sizes[0]) else sizes)]
        if -1 in shape:
            others = -math.prod(shape)
            shape[shape.index(-1)] = self.size // others if others else 0
        if math.prod(shape) != self.size or min(shape, default=0) < 0:
            wanted = str((*sizes,) if len(sizes) != 1 else sizes[0])
            wanted = wanted if _is_nested(sizes[0]) or len(sizes) > 1 else f"({wanted},)"
            raise ValueError(
                f"cannot reshape array of size {self.size} into shape {wanted.replace(' ', '')}"
            )
        return ndarray(self._store, self._positions, tuple(shape))

    def transpose(self, *axes: int) -> ndarray:
        """The axes in another order; from the last to the first where none is said."""
        order = [_axis(a, self.ndim) for a in axes] or [*range(self.ndim)][::-1]
        if len(axes) not in (0, self.ndim):
            raise ValueError("axes don't match array")
        if len({*order}) != len(order):
            raise ValueError("repeated axis in transpose")
        if order == [*range(self.ndim)]:
            return self
        steps = self._steps()
        return self._viewed((_along(self.shape[a], steps[a]), (self.shape[a],)) for a in order)

    def squeeze(self) -> ndarray:
        """Without the axes of one element."""
        return self.reshape(tuple(n for n in self.shape if n != 1))

    # Elements.

    def __getitem__(self, key: Any) -> Any:
        parts = _parts(key)
        if all(type(part) is int for part in parts):
            return _shown(self._at(parts))
        blocks, taken = self._indexed(parts)
        found = self._viewed(blocks)
        return found.copy() if taken else found  # only a view is written through

    def __setitem__(self, key: Any, value: Any) -> None:
        parts, new = _parts(key), _array(value)
        plain = all(type(part) is int for part in parts)
        old = self._at(parts) if plain else self._viewed(self._indexed(parts)[0])
        while new.ndim > old.ndim and new.shape[0] == 1:
            new = new.reshape(new.shape[1:])
        if new.ndim > old.ndim or any(
            n not in (1, m) for n, m in zip(new.shape[::-1], old.shape[::-1], strict=False)
        ):
            raise ValueError(
                f"could not broadcast input array from shape {_said(new.shape)} "
                f"into shape {_said(old.shape)}"
            )
        elements = broadcast_to(new, old.shape).elements
        for position, element in zip(old._positions, elements, strict=True):
            self._store[position] = element

    def _at(self, indices: Sequence[int]) -> ndarray:
        """What stands at whole numbers along the first axes."""
        if len(indices) > self.ndim:
            raise IndexError(_too_many(len(indices), self.ndim))
        at = 0
        for axis, (index, size) in enumerate(zip(indices, self.shape, strict=False)):
            at = at * size + _within(index, size, axis)
        shape = self.shape[len(indices) :]
        length = math.prod(shape)
        return ndarray(self._store, self._positions[at * length : (at + 1) * length], shape)

    def _indexed(self, key: tuple[Any, ...]) -> tuple[list[Block], bool]:
        """The blocks of an index, and whether it takes elements one by one, for a copy."""
        parts = _spread(key, self.ndim)
        steps, axis = self._steps(), 0
        blocks: list[Block] = []
        listed: list[tuple[int, ndarray]] = []
        for part in parts:
            if part is None:
                blocks.append(([0], (1,)))
                continue
            size, step = self.shape[axis], steps[axis]
            if isinstance(part, slice):
                chosen = range(*part.indices(size))
                blocks.append(([i * step for i in chosen], (len(chosen),)))
            else:  # one index, or an array of them
                given = _array(part)
                places = [_within(operator.index(i), size, axis) * step for i in given.elements]
                listed.append((len(blocks), _made(places, given.shape)))
                blocks.append(([0], ()))
            axis += 1
        if listed:
            together = broadcast_shapes(*(shifts.shape for _, shifts in listed))
            spread = (broadcast_to(shifts, together).elements for _, shifts in listed)
            where = [place for place, _ in listed]
            apart = where[-1] - where[0] >= len(where)
            summed = [sum(shifts) for shifts in zip(*spread, strict=True)]
            blocks.insert(0 if apart else where[0], (summed, together))
        return blocks, any(shifts.shape for _, shifts in listed) or any(map(_is_array, parts))

    # Element by element, and all of them.

    def __add__(self, other: Any) -> Any:
        return add(self, other)

    def __radd__(self, other: Any) -> Any:
        return add(other, self)

    def __sub__(self, other: Any) -> Any:
        return subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return multiply(other, self)

    def __truediv__(self, other: Any) -> Any:
        return _each(_quotient, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _each(_quotient, other, self)

    def __neg__(self) -> Any:
        return _each(operator.neg, self)

    def __abs__(self) -> Any:
        return abs(self)

    def __eq__(self, other: object) -> Any:
        return _each(operator.eq, self, other)

    def __ne__(self, other: object) -> Any:
        return _each(operator.ne, self, other)

    def __gt__(self, other: Any) -> Any:
        return _each(operator.gt, self, other)

    def __ge__(self, other: Any) -> Any:
        return _each(operator.ge, self, other)

    def __lt__(self, other: Any) -> Any:
        return _each(operator.lt, self, other)

    def __le__(self, other: Any) -> Any:
        return _each(operator.le, self, other)

    def __matmul__(self, other: ndarray) -> Any:
        if not self.ndim or not other.ndim:
            raise ValueError("matmul: Input operand does not have enough dimensions")
        a = self if self.ndim > 1 else self[None]
        b = other if other.ndim > 1 else other[:, None]
        if a.shape[-1] != b.shape[-2]:
            raise ValueError(f"matmul: {b.shape[-2]} is different from {a.shape[-1]}")
        outer = broadcast_shapes(a.shape[:-2], b.shape[:-2])
        rows = broadcast_to(a, outer + a.shape[-2:])._rows((-1,))
        columns = broadcast_to(b, outer + b.shape[-2:])._rows((-2,))
        m, n = a.shape[-2], b.shape[-1]
        pairs = (
            (rows[i * m + j], columns[i * n + k])
            for i, j, k in product(range(math.prod(outer)), range(m), range(n))
        )
        found = [sum(map(operator.mul, row, column)) for row, column in pairs]
        sizes = (*outer, *((m,) if self.ndim > 1 else ()), *((n,) if other.ndim > 1 else ()))
        return _shown(_made(found, sizes))

    def _rows(self, axes: Iterable[int]) -> list[list[Any]]:
        """The elements along some axes, for every place on the others."""
        gone = sorted(_axis(axis, self.ndim) for axis in axes)
        kept = [axis for axis in range(self.ndim) if axis not in gone]
        elements = (self.transpose(*kept, *gone) if self.ndim else self).elements
        length = math.prod(self.shape[axis] for axis in gone)
        rows = math.prod(self.shape[axis] for axis in kept)
        return [elements[i * length : (i + 1) * length] for i in range(rows)]

    def _folded(self, fold: Callable[[list[Any]], Any], axis: Any, keepdims: bool) -> Any:
        axes = [*range(self.ndim)] if axis is None else [*axis] if _is_nested(axis) else [axis]
        gone = {_axis(a, self.ndim) for a in axes}
        sizes = [1 if a in gone else n for a, n in enumerate(self.shape)]
        found = _made([fold(row) for row in self._rows(gone)], tuple(sizes))
        if not keepdims:
            kept = tuple(n for a, n in enumerate(self.shape) if a not in gone)
            found = found.reshape(kept)
        return _shown(found)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Along one axis, several, or all."""
        return self._folded(sum, axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
        """The largest, and no number where one is none; ``initial`` where there is no element."""

        def largest(row: list[Any]) -> Any:
            every = row if initial is None else [initial, *row]
            if not every:
                raise ValueError(
                    "zero-size array to reduction operation maximum which has no identity"
                )
            return next((x for x in every if x != x), None) or max(every)

        return self._folded(largest, axis, keepdims)

    def argmax(self) -> int:
        """The place of the largest, or of the first that is no number."""
        elements = self.elements
        none = (i for i, x in enumerate(elements) if x != x)
        return next(none, -1) if any(x != x for x in elements) else elements.index(max(elements))

    def all(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Whether every one is true."""
        return self._folded(lambda row: all(map(bool, row)), axis, keepdims)

    def any(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Whether one is true."""
        return self._folded(lambda row: any(map(bool, row)), axis, keepdims)


# Arrays made.


def array(values: Any, kind: type | None = None) -> ndarray:
    """An array of nested sequences; ``kind`` is what its elements are turned into."""
    found = _array(values).copy()
    return found if kind is None else _made([*map(kind, found.elements)], found.shape)


def asarray(values: Any) -> ndarray:
    """The array itself, or one of nested sequences."""
    return _array(values)


def empty(shape: int | Shape, kind: type = float) -> ndarray:
    """An array whose elements are still to be given."""
    sizes = (shape,) if isinstance(shape, int) else shape
    return _made([None if kind is object else 0.0] * math.prod(sizes), tuple(sizes))


def linspace(low: float, high: float, count: int) -> ndarray:
    """Numbers at equal distances, from the lowest to the highest."""
    step = (high - low) / max(count - 1, 1)
    inner = [low + i * step for i in range(count)]
    return array([*inner[:-1], float(high)] if count > 1 else inner, float)


def ndindex(*shape: int) -> Iterator[Shape]:
    """Every index, the last axis fastest."""
    return product(*map(range, shape))


def unravel_index(at: int, shape: Shape) -> Shape:
    """The index of the element at a place, counted in the order of indices."""
    found = []
    for size in shape[::-1]:
        at, place = divmod(at, size)
        found.append(place)
    return tuple(found[::-1])


# Shapes.


def broadcast_shapes(*shapes: Shape) -> Shape:
    """The shape that all of some are repeated to."""
    length = max(map(len, shapes), default=0)
    found = []
    for sizes in zip(*((1,) * (length - len(s)) + s for s in shapes), strict=True):
        others = {*sizes} - {1}
        if len(others) > 1:
            raise ValueError(
                "shape mismatch: objects cannot be broadcast to a single shape. "
                f"Shapes are {' and '.join(map(_said, shapes))}"
            )
        found.append(others.pop() if others else 1)
    return tuple(found)


def broadcast_to(values: Any, shape: Shape) -> ndarray:
    """An array repeated along axes of one element and along further ones in front."""
    given = _array(values)
    if given.shape == shape:
        return given
    more = len(shape) - given.ndim
    pairs = [*zip(given.shape, shape[max(more, 0) :], strict=False)]
    if more < 0 or any(own not in (1, size) for own, size in pairs):
        raise ValueError(
            "operands could not be broadcast together with remapped shapes "
            f"[original->remapped]: {_said(given.shape)} and requested shape {_said(shape)}"
        )
    blocks = [([0] * size, (size,)) for size in shape[:more]]
    for (own, size), step in zip(pairs, given._steps(), strict=True):
        blocks.append((_along(size, step) if own == size else [0] * size, (size,)))
    return given._viewed(blocks)


def expand_dims(values: Any, axis: int | Shape) -> ndarray:
    """With further axes of one element."""
    given = _array(values)
    axes = (axis,) if isinstance(axis, int) else axis
    places = {_axis(a, given.ndim + len(axes)) for a in axes}
    sizes = iter(given.shape)
    return given.reshape(
        tuple(1 if a in places else next(sizes) for a in range(given.ndim + len(axes)))
    )


def atleast_2d(values: Any) -> ndarray:
    """With axes in front until there are two."""
    given = _array(values)
    return given if given.ndim > 1 else given.reshape((1,) * (2 - given.ndim) + given.shape)


def concatenate(arrays: Iterable[Any], axis: int = 0) -> ndarray:
    """One array behind the other along an axis they have."""
    given = [*map(_array, arrays)]
    if not given:
        raise ValueError("need at least one array to concatenate")
    if not given[0].ndim or len({one.ndim for one in given}) > 1:
        raise ValueError("expected arrays of as many axes, one at least, to concatenate")
    at = _axis(axis, given[0].ndim)
    if len({one.shape[:at] + one.shape[at + 1 :] for one in given}) > 1:
        raise ValueError(
            "all the input array dimensions except for the concatenation axis must match exactly"
        )
    blocks = [one._rows(range(at, one.ndim)) for one in given]
    rows = [element for row in zip(*blocks, strict=True) for part in row for element in part]
    first, length = given[0].shape, sum(one.shape[at] for one in given)
    return _made(rows, (*first[:at], length, *first[at + 1 :]))


def vstack(arrays: Iterable[Any]) -> ndarray:
    """One below the other."""
    return concatenate([*map(atleast_2d, arrays)])


def hstack(arrays: Iterable[Any]) -> ndarray:
    """One beside the other."""
    given = [one if one.ndim else one.reshape(1) for one in map(_array, arrays)]
    return concatenate(given, 0 if given and given[0].ndim == 1 else 1)


def diagonal(values: Any) -> ndarray:
    """The elements whose two indices are the same."""
    given = _array(values)
    if given.ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    places = [*range(min(given.shape))]
    found: ndarray = given[places, places]
    return found


def shape(values: Any) -> Shape:
    """The size along every axis."""
    return _array(values).shape


def size(values: Any) -> int:
    """How many elements."""
    return _array(values).size


# Functions of elements.


def frompyfunc(function: Callable[..., Any], count: int, _: int) -> Callable[..., Any]:
    """A function of ``count`` elements as one of arrays."""

    def each(*values: Any) -> Any:
        assert len(values) == count
        return _each(function, *values)

    return each


def vectorize(function: Callable[..., Any], otypes: Sequence[type]) -> Callable[..., ndarray]:
    """A function of elements as one of arrays, with the kind of its results."""
    return lambda *values: array(_each(function, *values), otypes[0])


def add(a: Any, b: Any) -> Any:
    """The sum, element by element."""
    return _each(operator.add, a, b)


def subtract(a: Any, b: Any) -> Any:
    """The difference, element by element."""
    return _each(operator.sub, a, b)


def multiply(a: Any, b: Any) -> Any:
    """The product, element by element."""
    return _each(operator.mul, a, b)


def outer(a: Any, b: Any) -> ndarray:
    """Every element of one times every element of the other."""
    found: ndarray = multiply(_array(a).reshape(-1, 1), _array(b).reshape(1, -1))
    return found


def abs(values: Any) -> Any:
    """|x|."""
    return _each(operator.abs, values)


def isfinite(values: Any) -> Any:
    """Whether x is neither infinite nor no number."""
    return _each(cmath.isfinite, values)


def log(value: float) -> float:
    """The natural logarithm."""
    return math.log(value) if value > 0 else -math.inf if value == 0 else math.nan


# What all elements come to.


def prod(values: Any, dtype: type = float) -> Any:
    """The product."""
    return dtype(math.prod(_array(values).elements))


def median(values: Any) -> float:
    """The number in the middle."""
    elements = _array(values).elements
    if not elements or any(x != x for x in elements):
        return math.nan
    return float(statistics.median(elements))


def allclose(values: Any, other: float, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    """Whether every element is as good as a number."""
    near = atol + rtol * math.fabs(other)
    return all(x == other or math.fabs(x - other) <= near for x in _array(values).elements)


# What they share.


def _made(elements: list[Any], shape: Shape) -> ndarray:
    return ndarray(elements, range(len(elements)), shape)


def _shown(values: ndarray) -> Any:
    """What computes with arrays gives: an array, or an element where there is no axis."""
    return values if values.shape else values.item()


def _is_nested(value: Any) -> bool:
    return isinstance(value, list | tuple | range)


def _is_array(value: Any) -> bool:
    return isinstance(value, ndarray | list)


def _array(value: Any) -> ndarray:
    """An array, one of nested sequences, or one of a single element."""
    if isinstance(value, ndarray):
        return value
    if not _is_nested(value):
        return _made([value], ())
    inner = [*map(_array, value)]
    if len({one.shape for one in inner}) > 1:
        raise ValueError(
            "setting an array element with a sequence. The requested array has an "
            "inhomogeneous shape"
        )
    elements = [element for one in inner for element in one.elements]
    return _made(elements, (len(inner), *(inner[0].shape if inner else ())))


def _each(function: Callable[..., Any], *values: Any) -> Any:
    """A function of the elements that stand at the same place."""
    given = [*map(_array, values)]
    sizes = given[0].shape
    if any(one.shape != sizes for one in given):
        try:
            sizes = broadcast_shapes(*(one.shape for one in given))
        except ValueError:
            said = " ".join(_said(one.shape) for one in given)
            raise ValueError(
                f"operands could not be broadcast together with shapes {said} "
            ) from None
        given = [broadcast_to(one, sizes) for one in given]
    return _shown(_made([*map(function, *(one.elements for one in given))], sizes))


def _quotient(a: Any, b: Any) -> Any:
    """A quotient, by 0 too."""
    try:
        return a / b
    except ZeroDivisionError:
        return math.copysign(math.inf, a) * math.copysign(1.0, b) if a and a == a else math.nan


def _axis(axis: int, count: int) -> int:
    """An axis counted from the first."""
    if not -count <= axis < count:
        raise AxisError(f"axis {axis} is out of bounds for array of dimension {count}")
    return axis % count


def _along(size: int, step: int) -> list[int]:
    """How far each index along an axis is from the first."""
    return [i * step for i in range(size)]


def _within(index: int, size: int, axis: int) -> int:
    """An index counted from the first element."""
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of bounds for axis {axis} with size {size}")
    return index % size


def _parts(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _spread(parts: tuple[Any, ...], count: int) -> list[Any]:
    """An index with one part for every axis: conditions as the places where they hold."""
    found: list[Any] = []
    for part in parts:
        given = _array(part) if _is_array(part) else None
        if given is not None and given.size and all(isinstance(x, bool) for x in given.elements):
            held = [i for i in ndindex(*given.shape) if given[i]]
            found += [
                _made([index[axis] for index in held], (len(held),)) for axis in range(given.ndim)
            ]
        else:
            found.append(part)
    named = sum(part is not None and part is not Ellipsis for part in found)
    if named > count:
        raise IndexError(_too_many(named, count))
    at = next((i for i, part in enumerate(found) if part is Ellipsis), len(found))
    return [*found[:at], *repeat(slice(None), count - named), *found[at + 1 :]]


def _too_many(given: int, axes: int) -> str:
    return f"too many indices for array: array is {axes}-dimensional, but {given} were indexed"


def _said(shape: Shape) -> str:
    return str(shape).replace(" ", "")
