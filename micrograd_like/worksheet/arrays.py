"""Vectors and matrices of a worksheet: named elements, each a scalar of the graph.

A formula over them is expanded into one for each element. Nothing is stored as an array: an
:class:`Array` lives only while a line is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from math import prod

from micrograd_like.formula import Call, Derivative, Expr, Name, Number, added
from micrograd_like.notation import normal_name
from micrograd_like.worksheet.tokens.bounds import MAX_WRITTEN, TOO_LONG

NOT_WORKED_OUT = "Jacobians of matrices are not worked out"
#: Elements that the vectors and matrices of one line may have.
MAX_ELEMENTS = 2_000


class ShapeError(Exception):
    """Two shapes do not fit, or an array is too large: what was expected, and what came."""


@dataclass(frozen=True)
class Array:
    """A vector (one dimension) or matrix (rows and columns) of expressions.

    Attributes:
        shape: Its sizes.
        items: Its elements, row by row.
        written: True where it is written out: (2, 1)ᵀ is how people type a column in a line.
        folds: Of ∂z/∂W the shapes of z and W: a row for each element of z, a column for each of W.
    """

    shape: tuple[int, ...]
    items: tuple[Expr, ...]
    written: bool = field(default=False, compare=False)
    folds: tuple[tuple[int, ...], tuple[int, ...]] | None = None

    def __post_init__(self) -> None:
        if len(self.items) > MAX_ELEMENTS:
            raise ShapeError(f"expected at most {MAX_ELEMENTS:,} elements, got {len(self.items):,}")
        if sum(item.size for item in self.items) > MAX_WRITTEN:
            raise ShapeError(TOO_LONG)

    @classmethod
    def of(cls, parts: Sequence[Term]) -> Array:
        """The vector of scalars, or the matrix of equally long rows.

        Raises:
            ShapeError: The rows have different lengths.
        """
        rows = [part for part in parts if isinstance(part, Array)]
        if not rows:
            return cls((len(parts),), tuple(parts))  # type: ignore[arg-type]
        lengths = {row.shape for row in rows}
        if len(rows) < len(parts) or len(lengths) > 1 or len(rows[0].shape) > 1:
            raise ShapeError("expected rows of one length")
        return cls((len(rows), *rows[0].shape), tuple(i for row in rows for i in row.items))

    def each(self, change: Callable[[Expr], Expr]) -> Array:
        """The array of what becomes of every element."""
        return Array(self.shape, tuple(map(change, self.items)))

    def at(self, *index: int) -> Expr:
        """One element, counted from 0."""
        if len(self.shape) == 1:
            return self.items[index[-1]]
        return self.items[index[0] * self.shape[1] + index[1]]

    @property
    def transposed(self) -> Array:
        """Rows for columns; a vector becomes a row, and one that is written out a column."""
        if self.written and len(self.shape) == 1:
            return self
        if len(self.shape) == 1:
            return Array((1, *self.shape), self.items)
        rows, columns = self.shape
        items = tuple(self.at(i, j) for j in range(columns) for i in range(rows))
        return Array((columns, rows), items)

    @property
    def squeezed(self) -> Term:
        """A single element as itself."""
        return self.items[0] if len(self.items) == 1 else self


Term = Expr | Array


def element_names(name: str, shape: tuple[int, ...], first: int) -> list[str]:
    """The names of an array's elements, counted from ``first``: x1, x2; W11, W12, W21, W22.

    Primes stay behind: x1' is an element of x'.
    """
    base = name.rstrip("'")
    primes = name[len(base) :]
    mark = "_" if base[-1].isdecimal() or "'" in base else ""
    long = any(count + first > 10 for count in shape)
    found = []
    for index in product(*(range(first, first + count) for count in shape)):
        inside = ",".join(map(str, index)) if long and len(index) > 1 else "".join(map(str, index))
        behind = f"_{{{inside}}}" if "," in inside else f"{mark}{inside}"
        found.append(normal_name(f"{base}{behind}{primes}"))
    return found


def indexed(matrix: Term, index: Sequence[int | None]) -> Term:
    """An element, row or column of a matrix, None for all of them; one number counts by columns.

    Raises:
        ShapeError: The matrix has none there.
    """
    whole = as_column(matrix)
    assert isinstance(whole, Array)
    rows, columns = whole.shape
    if len(index) == 1:
        place = index[0]
        index = (None, None) if place is None else (place % rows, place // rows)
    chosen = [[*range(n)] if i is None else [i] for i, n in zip(index, whole.shape, strict=True)]
    if any(not 0 <= i < n for own, n in zip(chosen, whole.shape, strict=True) for i in own):
        raise ShapeError(f"the matrix is {rows}×{columns}, and has no such element")
    items = tuple(whole.at(j, i) for i in chosen[1] for j in chosen[0])
    if len(items) == 1:
        return items[0]
    if len(chosen[0]) == 1:
        return Array((1, len(items)), items)
    return Array((len(items), 1), items)


def beside_square(one: Term, other: Term) -> bool:
    """True for a square matrix and a vector, which may be a row or a column of it."""
    shapes = [term.shape for term in (one, other) if isinstance(term, Array)]
    sizes = {size for shape in shapes for size in shape}
    return sorted(map(len, shapes)) == [1, 2] and len(sizes) == 1 and sizes != {1}


def as_column(term: Term) -> Term:
    """A vector as a matrix of one column."""
    vector = isinstance(term, Array) and len(term.shape) == 1
    return Array((*term.shape, 1), term.items) if vector else term  # type: ignore[union-attr]


def elementwise(function: str, arguments: Sequence[Term]) -> Array:
    """A function of every element, scalars and rows repeated as needed.

    Raises:
        ShapeError: Two shapes do not fit.
    """
    own = [argument for argument in arguments if isinstance(argument, Array)]
    folds = next((array.folds for array in own if array.folds is not None), None)
    if folds is not None and len(own) > 1:
        raise ShapeError(NOT_WORKED_OUT)
    shape = reduce(_common, [array.shape for array in own] or [(1,)])
    repeated = [spread(argument, shape) for argument in arguments]
    made = tuple(Call(function, together) for together in zip(*repeated, strict=True))
    return Array(shape, made, folds=folds)


def _common(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    if a == b:
        return a
    long, short = (a, b) if len(a) >= len(b) else (b, a)
    if len(short) == 1 and short[0] in long:
        return long
    if len(long) == 2 and len(short) == 2:
        sizes = tuple(max(x, y) for x, y in zip(a, b, strict=True))
        if all(1 in (x, y) or x == y for x, y in zip(a, b, strict=True)):
            return sizes
    raise ShapeError(f"expected equal shapes, got {shown(a)} and {shown(b)}")


def spread(argument: Term, shape: tuple[int, ...]) -> Sequence[Expr]:
    """The elements of an argument, repeated until they fill the shape."""
    count = reduce(int.__mul__, shape, 1)
    if not isinstance(argument, Array):
        return [argument] * count
    if argument.shape == shape:
        return argument.items
    rows, columns = shape
    if len(argument.shape) == 1:
        if argument.shape[0] == columns:
            return argument.items * rows
        return [item for item in argument.items for _ in range(columns)]
    own_rows, own_columns = argument.shape
    return [
        argument.at(i if own_rows > 1 else 0, j if own_columns > 1 else 0)
        for i in range(rows)
        for j in range(columns)
    ]


def matrix_product(a: Array, b: Array) -> Term:
    """W·x, X·W, x·y, and the outer product of a column with a row.

    Raises:
        ShapeError: The inner sizes differ.
    """
    if b.folds is not None or (a.folds is not None and b.shape == a.folds[0]):
        return _chained(*((a, b) if b.folds is not None else (b, a)))
    if len(a.shape) == len(b.shape) == 1 and a.shape == b.shape:
        return total(elementwise("mul", (a, b)))
    if len(a.shape) == 1 and len(b.shape) == 2 and b.shape[0] == 1 and a.shape[0] != 1:
        items = tuple(Call("mul", (x, y)) for x in a.items for y in b.items)
        return Array((a.shape[0], b.shape[1]), items)
    if len(a.shape) == 2 and a.shape[1] == 1 and len(b.shape) == 1 and b.shape[0] > 1:
        items = tuple(Call("mul", (x, y)) for x in a.items for y in b.items)
        return Array((a.shape[0], b.shape[0]), items)
    left = a if len(a.shape) == 2 else Array((1, *a.shape), a.items)
    right = b if len(b.shape) == 2 else Array((*b.shape, 1), b.items)
    if len(a.shape) == 1 and right.shape[0] != a.shape[0] == right.shape[1]:
        return matrix_product(b, a)  # θ·x, the rows of x being samples
    if left.shape[1] != right.shape[0]:
        raise ShapeError(
            f"{shown(a.shape)} and {shown(b.shape)} cannot be multiplied: the left side has "
            f"{left.shape[1]} columns, the right one {right.shape[0]} rows"
        )
    rows, inner, columns = *left.shape, right.shape[1]
    if 3 * rows * inner * columns > MAX_WRITTEN:
        raise ShapeError(TOO_LONG)
    sums = tuple(
        _sum([Call("mul", (left.at(i, k), right.at(k, j))) for k in range(inner)])
        for i in range(rows)
        for j in range(columns)
    )
    shape = tuple(
        size for size, kept in ((rows, len(a.shape) == 2), (columns, len(b.shape) == 2)) if kept
    )
    return Array(shape, sums).squeezed if shape else sums[0]


def _chained(slopes: Array, inner: Array) -> Array:
    """∂L/∂z·∂z/∂W, and ∂y/∂z·∂z/∂W of a vector y: the sum over the elements of z."""
    assert inner.folds is not None
    of, wrt = inner.folds
    count, width = prod(of), prod(wrt)
    if slopes.shape != of and slopes.shape[-1] != count:
        raise ShapeError(NOT_WORKED_OUT)
    rows = len(slopes.items) // count
    if 3 * rows * count * width > MAX_WRITTEN:
        raise ShapeError(TOO_LONG)
    sums = tuple(
        _sum(
            [
                Call("mul", (slopes.items[i * count + k], inner.items[k * width + j]))
                for k in range(count)
            ]
        )
        for i in range(rows)
        for j in range(width)
    )
    return Array(wrt, sums) if rows == 1 else Array((rows, width), sums, folds=((rows,), wrt))


def outer(a: Term, b: Term) -> Term:
    """a⊗b and a⊗bᵀ: the matrix of every product; of matrices alike, element by element."""
    pair = [term for term in (a, b) if isinstance(term, Array)]
    if not pair:
        return Call("mul", (a, b))  # type: ignore[arg-type]
    if len(pair) < 2 or any(min(array.shape) > 1 < len(array.shape) for array in pair):
        return elementwise("mul", (a, b))
    assert isinstance(a, Array)
    assert isinstance(b, Array)
    items = tuple(Call("mul", (x, y)) for x in a.items for y in b.items)
    return Array((len(a.items), len(b.items)), items)


def total(array: Array) -> Expr:
    """The sum of all elements."""
    return _sum(array.items)


def mean(array: Array) -> Expr:
    """Their mean."""
    return Call("div", (total(array), Number(len(array.items))))


def variance(array: Array, less: int) -> Expr:
    """The sum of the squares of what they are from their mean, by how many they are less some."""
    middle = mean(array)
    squares = array.each(lambda x: Call("pow", (Call("sub", (x, middle)), Number(2))))
    return Call("div", (total(squares), Number(len(array.items) - less)))


def norm(array: Array) -> Expr:
    """The square root of the sum of their squares."""
    return Call("sqrt", (total(array.each(lambda x: Call("pow", (x, Number(2))))),))


def softmax(array: Array) -> Array:
    """e^xᵢ by the sum of them all."""
    powers = array.each(lambda x: Call("exp", (x,)))
    below = total(powers)
    return powers.each(lambda x: Call("div", (x, below)))


def logsumexp(array: Array) -> Expr:
    """The logarithm of the sum of e^xᵢ."""
    return Call("log", (total(array.each(lambda x: Call("exp", (x,)))),))


def log_softmax(array: Array) -> Array:
    """xᵢ less the logarithm of the sum of e^xᵢ."""
    whole = logsumexp(array)
    return array.each(lambda x: Call("sub", (x, whole)))


def less_largest(array: Array) -> tuple[Array, Expr]:
    """The array less its largest element, and that: softmax is the same of both."""
    largest = reduce(lambda a, b: Call("maximum", (a, b)), array.items)
    return array.each(lambda x: Call("sub", (x, largest))), largest


def _sum(terms: Sequence[Expr]) -> Expr:
    return added(terms)


def shown(shape: tuple[int, ...]) -> str:
    """A shape in words."""
    if len(shape) == 1:
        return f"a vector of {shape[0]}"
    return "×".join(map(str, shape))


def derivative(of: Term, wrt: Term) -> Term:
    """∂of/∂wrt by element: of a scalar by each element, of an array element by element."""
    if isinstance(of, Array) and isinstance(wrt, Array):
        return by_element(of, wrt) if of.shape == wrt.shape else unfolded(of, wrt)
    if isinstance(wrt, Array):
        return wrt.each(lambda w: _slope(of, w))  # type: ignore[arg-type]
    if isinstance(of, Array):
        return of.each(lambda f: _slope(f, wrt))
    return _slope(of, wrt)


def by_element(of: Array, wrt: Array) -> Array:
    """∂ofᵢ/∂wrtᵢ of two arrays of one shape."""
    pairs = zip(of.items, wrt.items, strict=True)
    return Array(of.shape, tuple(_slope(a, b) for a, b in pairs))


def jacobian(of: Array, wrt: Array) -> Array:
    """∂ofᵢ/∂wrtⱼ of two vectors, a row for each i."""
    items = tuple(_slope(a, b) for a in of.items for b in wrt.items)
    return Array((*of.shape, *wrt.shape), items)


def unfolded(of: Array, wrt: Array) -> Array:
    """∂of/∂wrt of a vector and a matrix, as part of a chain."""
    items = tuple(_slope(a, b) for a in of.items for b in wrt.items)
    return Array((len(of.items), len(wrt.items)), items, folds=(of.shape, wrt.shape))


def _slope(of: Expr, wrt: Expr) -> Expr:
    assert isinstance(of, Name | Derivative)
    assert isinstance(wrt, Name | Derivative)
    return Derivative(of, wrt)
