"""Sizes: the shapes of vectors and matrices that nobody gives, told from how they are used.

Every name has a shape of two dimensions, 1 × 1 for a number. What stands beside one another has
the same, W·x asks that the columns of the one be the rows of the other, and so on: dimensions are
unified, formulas of the forward pass first. What is still open follows what people call such
things, W a matrix and x a column, and in the end every dimension is a small number of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from micrograd_like.formula import Call, Derivative, Expr, Name, Number, names_in, nodes
from micrograd_like.worksheet.grammar.sketch import ELEMENTS, NORM, SUM, TIMES
from micrograd_like.worksheet.tokens.spelling import index_letters

#: A dimension, by its number: 0 is that of a single row or column.
ONE = 0
#: What two dimensions are called.
Shape = tuple[int, int]
SCALAR: Shape = (ONE, ONE)
#: What comes to a number, and what leaves the shape as it is.
_TO_NUMBERS = {"sum", "mean", "norm", "logsumexp", "var", "std", NORM}
_OF_VECTORS = {"softmax", "log_softmax"}
#: The numbers that dimensions are.
_SIZES = (2, 3, 4, 5, 6, 7)
#: What a number beside every element costs, a vector beside every column, a number turned round.
_SPREAD, _BESIDE, _TURNED = 0.6, 0.2, 1.0


class MisfitError(Exception):
    """Two shapes do not fit.

    Attributes:
        loose: True where people leave out what would make them fit: δ x for δ xᵀ.
    """

    def __init__(self, loose: bool = False) -> None:
        super().__init__()
        self.loose = loose


@dataclass
class Sizes:
    """Shapes of names so far, their dimensions unified.

    Attributes:
        shapes: For every name its shape.
        hidden: What stands for an expression, and the expression.
        whole: The names that stand somewhere without an index.
        cost: How far all this is from what people usually mean.
        loose: True where nothing is written as transposed, so that W δ may be Wᵀ δ.
        frozen: Below it dimensions are no longer unified with one another.
    """

    hidden: dict[str, Expr]
    whole: frozenset[str]
    loose: bool = False
    shapes: dict[str, Shape] = field(default_factory=dict)
    cost: float = 0.0
    frozen: int = 0
    _same: list[int] = field(default_factory=lambda: [ONE])
    fixed: dict[int, int] = field(default_factory=dict)

    def copied(self) -> Sizes:
        """The same once more, to try something with."""
        own = (self.shapes.copy(), self.cost, self.frozen, self._same.copy(), self.fixed.copy())
        return Sizes(self.hidden, self.whole, self.loose, *own)

    # Dimensions.

    def new(self) -> int:
        """Another dimension."""
        self._same.append(len(self._same))
        return len(self._same) - 1

    def root(self, dim: int) -> int:
        """The first of the dimensions that are the same as this one."""
        while self._same[dim] != dim:
            dim = self._same[dim]
        return dim

    def unify(self, a: int, b: int) -> None:
        """Let two dimensions be the same; no vector has one element."""
        a, b = sorted((self.root(a), self.root(b)))
        if a == b:
            return
        numbers = {self.fixed[dim] for dim in (a, b) if dim in self.fixed}
        if a == ONE or b < self.frozen or len(numbers) > 1:
            raise MisfitError
        self._same[b] = a
        self.fixed |= dict.fromkeys([a], *numbers) if numbers else {}

    def alike(self, a: Shape, b: Shape) -> Shape:
        """Let two shapes be the same."""
        self.unify(a[0], b[0])
        self.unify(a[1], b[1])
        return a

    def equal(self, a: Shape, b: Shape) -> None:
        """Let what is said to be equal be so: a row may be meant as the column it is beside."""
        if self.rank(a) == self.rank(b) == 1 and self._is_row(a) != self._is_row(b):
            self.cost += _BESIDE
            b = b[::-1]
        self.alike(a, b)

    def made(self, kind: str) -> Shape:
        """The shape of another number, column, row or matrix."""
        rows = self.new() if kind in ("column", "matrix") else ONE
        return rows, self.new() if kind in ("row", "matrix") else ONE

    def freeze(self) -> None:
        """Let the dimensions so far be different, where nothing has made them the same."""
        self.frozen = len(self._same)

    def numbered(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Every vector and matrix, with a number for each dimension."""
        chosen = {**self.fixed}
        taken = {*chosen.values()}
        free = [size for size in _SIZES if size not in taken] or [*_SIZES]
        for name, shape in self.shapes.items():
            for dim in map(self.root, shape):
                if dim != ONE and dim not in chosen:
                    chosen[dim] = free[(len(chosen) - len(self.fixed)) % len(free)]
            if self.rank(shape):
                sizes = tuple(1 if d == ONE else chosen[d] for d in map(self.root, shape))
                yield name, sizes[:1] if sizes[1] == 1 else sizes

    def rank(self, shape: Shape) -> int:
        """How many of its dimensions are more than one row or column."""
        return sum(self.root(dim) != ONE for dim in shape)

    # Expressions.

    def of(self, expr: Expr, wanted: Shape | None = None) -> Shape | None:
        """The shape of an expression; None for one that nothing can be said of.

        Args:
            expr: The expression.
            wanted: The shape that it should have, where two would do.

        Raises:
            MisfitError: Its parts do not fit.
        """
        match expr:
            case Number():
                return SCALAR
            case Name():
                return self.of_name(expr, wanted)
            case Derivative(of, wrt):
                return self._derivative(self.of(of), self.of(wrt))
            case Call("·" | "*" as sign, (a, b)):
                return self._product(sign, a, b, wanted)
            case Call("⊗", (a, b)):
                return self._outer(self.of(a), self.of(b))
            case Call("ᵀ", (a,)):
                inside = self.of(a, None if wanted is None else wanted[::-1])
                self.cost += _TURNED * (inside == SCALAR)
                return None if inside is None else inside[::-1]
            case Call(function, arguments) if function in _TO_NUMBERS:
                for argument in arguments:
                    self.of(argument)
                return SCALAR
            case Call(function, arguments) if function.startswith(SUM):
                return self._sum(function.removeprefix(SUM), arguments, wanted)
            case Call("pow", (a, Number())):
                return self.of(a, wanted)
            case Call("pow", arguments) if any(self.of(a) != SCALAR for a in arguments):
                raise MisfitError
            case Call(function, arguments):
                shapes = [self.of(argument, wanted) for argument in arguments]
                if function in _OF_VECTORS and shapes[0] is not None and not self.rank(shapes[0]):
                    raise MisfitError
                return self._beside(arguments, shapes, function == ELEMENTS)
        raise TypeError(type(expr).__name__)

    def of_name(self, name: Name, wanted: Shape | None) -> Shape | None:
        """The shape of a name: that of what it stands for, an element's, or its own."""
        if name in self.hidden:
            return self.of(self.hidden[name], wanted)
        return self.shapes.get(name, SCALAR)

    def _derivative(self, of: Shape | None, wrt: Shape | None) -> Shape | None:
        """∂of/∂wrt, where one of them is a number."""
        if of is None or wrt is None:
            return None
        if not self.rank(of):
            return wrt
        return None if self.rank(wrt) else of

    def _product(self, sign: str, a: Expr, b: Expr, wanted: Shape | None) -> Shape | None:
        left, right = self.of(a, wanted), self.of(b, wanted)
        if left is None or right is None:
            return None
        if not self.rank(left):
            return right
        if not self.rank(right):
            return left
        if self.rank(left) == self.rank(right) == 1 and self._is_row(left) == self._is_row(right):
            by_element = sign == TIMES or not {*names_in(a)}.isdisjoint(names_in(b))
            return self._of_vectors((left, right), by_element, wanted)
        if wanted is not None and left == right == wanted:
            return left
        rows, columns = map(self.root, left)
        if self.loose and not self._is_row(right) and rows == self.root(right[0]) != columns:
            self.cost += _SPREAD
            return columns, self.root(right[1])
        self.unify(left[1], right[0])
        return left[0], right[1]

    def _of_vectors(
        self, shapes: tuple[Shape, Shape], by_element: bool, wanted: Shape | None
    ) -> Shape:
        """Two columns, or two rows, side by side: x·y, or element by element."""
        try:
            left = self.alike(*shapes)
        except MisfitError:
            if wanted is None or self.rank(wanted) < len(wanted):
                raise MisfitError(loose=True) from None
            sizes = sorted(self.root(max(shape, key=self.root)) for shape in shapes)
            if sizes != sorted(map(self.root, wanted)):  # δ x for δ xᵀ
                raise MisfitError(loose=True) from None
            return wanted
        if wanted is not None:
            return left if self.rank(wanted) else SCALAR
        return left if by_element else SCALAR

    def _is_row(self, shape: Shape) -> bool:
        return self.root(shape[0]) == ONE

    def _outer(self, a: Shape | None, b: Shape | None) -> Shape | None:
        if a is None or b is None:
            return None
        if self.rank(a) + self.rank(b) != 2 or 2 in (self.rank(a), self.rank(b)):
            return self.alike(a, b) if self.rank(a) == self.rank(b) else None
        return max(a, key=self.root), max(b, key=self.root)

    def _sum(self, letter: str, arguments: Sequence[Expr], wanted: Shape | None) -> Shape | None:
        """Σ_i y_i·log p_i, in which whole vectors have as many elements as i has values."""
        body = arguments[0]
        counted = [n for n in names_in(body) if letter and letter in index_letters(n)]
        dims = []
        for name in counted:
            base, _, index = name.partition("_")
            if base in self.shapes and index == letter and self.rank(self.shapes[base]) == 1:
                dims.append(max(map(self.root, self.shapes[base])))
        for one, other in pairwise(dims):
            self.unify(one, other)
        match arguments[1:]:
            case (Number(int(count)),) if dims:
                if self.fixed.setdefault(self.root(dims[0]), count) != count:
                    raise MisfitError
        shape = self.of(body, None if letter else wanted)
        return shape if letter and not counted else SCALAR

    def _beside(
        self, arguments: Sequence[Expr], shapes: Sequence[Shape | None], strict: bool
    ) -> Shape | None:
        """What is made element by element: a number beside an array goes with each of them."""
        if None in shapes:
            return None
        result, whole = SCALAR, False
        for argument, shape in zip(arguments, shapes, strict=True):
            assert shape is not None
            named = bool(nodes(argument, Name, Derivative))
            if not self.rank(shape) or not self.rank(result):
                mixed = (whole and self.rank(shape) != self.rank(result)) and named
                self.cost += _SPREAD * mixed
                if strict and mixed:
                    raise MisfitError
                result = shape if self.rank(shape) else result
            elif self.rank(shape) == self.rank(result):
                self.alike(result, shape)
            else:
                self.cost += _BESIDE
                matrix, vector = sorted((shape, result), key=self.rank, reverse=True)
                side = int(self._is_row(vector))
                self.unify(matrix[side], vector[side])
                result = matrix
            whole |= named
        return result
