"""Arrays that a program uses and never gives: shapes are chosen where they are first used.

They are small, and sizes that nothing makes equal are different, so that rows and columns are
told apart.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from micrograd_like.worksheet.python.naming import is_target_name, is_weight_name, spelled
from micrograd_like.worksheet.python.syntax import target_name
from micrograd_like.worksheet.python.terms import Term
from micrograd_like.worksheet.python.usage import (
    biased,
    compared,
    counts_rows,
    cuts,
    draws_columns,
    elements_as_sizes,
    factors,
    layout,
    passed,
    picks,
    renamed,
    sizes_in,
    small_factors,
    summed_along,
    summed_whole,
    takes_one_sample,
    told,
)

#: Sizes, in the order in which they are taken; beyond these, the last again.
_SIZES = (4, 3, 5, 6, 7)
#: Sizes that stay as they are.
_LARGEST = 6
#: What the uses of a name say, those that say least first.
_RANK = ("data", "like", "shaped", "bias", "list", "array", "vector", "matrix", "fields")


@dataclass(eq=False)
class Unshaped:
    """An array of which nothing is known yet but its name.

    Attributes:
        base: Its name.
        kind: "array", "vector", "bias" for what is added to a product, or "onehot" for labels.
        make: Gives it a shape.
        of: What it is with rows for columns, where it is that.
    """

    base: str
    kind: str
    make: Callable[[str, tuple[int, ...]], Term]
    of: Unshaped | None = None
    _term: Term | None = field(default=None, repr=False)

    @property
    def term(self) -> Term | None:
        """Its names, once it has a shape."""
        if self.of is None:
            return self._term
        return None if self.of.term is None else self.of.term.T

    def turned(self) -> Unshaped:
        """The same with rows for columns."""
        return Unshaped(self.base, self.kind, self.make, of=self)

    def shaped(self, shape: tuple[int, ...]) -> Term:
        """The array, of this shape if it has none yet."""
        if self.of is not None:
            turned: Term = self.of.shaped(shape[::-1]).T
            return turned
        if self._term is None:
            self._term = self.make(self.base, shape)
        return self._term


@dataclass
class Shapes:
    """What the syntax of a program tells of its free arrays.

    Attributes:
        kinds: The names that are used as arrays, and how.
        like: For a target the output that it is compared with.
        sizes, size_lists: The names that are used as sizes, and those whose elements are.
        lists: The names of lists that grow.
        columns: True where samples are columns: a bias is a column.
        flat: True where a bias has a single axis.
        products: What each name is multiplied with as a matrix, and whether it stands in front.
        narrow: Weights of a single unit, and whether they stand in front.
        single: True where there is one sample at a time.
        cuts: True where parts of arrays are taken, or sizes divided: small sizes may not do.
    """

    kinds: dict[str, str]
    like: dict[str, str]
    sizes: frozenset[str]
    size_lists: frozenset[str]
    lists: frozenset[str]
    columns: bool
    flat: bool
    products: Mapping[str, list[tuple[str, bool]]]
    narrow: frozenset[tuple[str, bool]] = frozenset()
    single: bool = False
    cuts: bool = False
    known: Mapping[str, Term] = field(default_factory=dict)
    _taken: list[int] = field(default_factory=list)
    length: int = 0
    _samples: int = 0
    _added_to: tuple[int, ...] = ()
    _small: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, module: ast.Module) -> Shapes:
        """Look through a program."""
        kinds: dict[str, str] = {}
        axes: list[int] = []
        same: list[tuple[str, str]] = []
        kept = counted = False
        like: dict[str, str] = {}
        sizes: set[str] = set()
        size_lists: set[str] = set()
        lists: set[str] = set()
        products: dict[str, list[tuple[str, bool]]] = {}
        listed = dict(elements_as_sizes(module))
        size_lists |= {*listed.values()}
        for node in ast.walk(module):
            for first, second in factors(node):
                products.setdefault(first, []).append((second, True))
                products.setdefault(second, []).append((first, False))
            like |= dict(compared(node))
            for size in sizes_in(node):
                if size not in listed:
                    element = isinstance(size, ast.Subscript)
                    (size_lists if element else sizes).add(target_name(size))
            axes += [0, 0] * (picks(node) and isinstance(node.ctx, ast.Load))
            match node:
                case ast.Call(func=ast.Attribute(value=inner, attr="append" | "insert" | "extend")):
                    lists.add(target_name(inner))
            counted = counted or counts_rows(node)
            for name, kind in told(node):
                if name and _RANK.index(kind) >= _RANK.index(kinds.get(name, "like")):
                    kinds[name] = kind
            same += renamed(node)
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
                        axes += [a for a in (0, 1) if keyword.value.value == a]
                    kept = kept or keyword.arg == "keepdims"
        along = {name for node in ast.walk(module) for name in summed_along(node)}
        for node in ast.walk(module) if along else ():
            if isinstance(node, ast.Name) and spelled(node.id) in along:
                kinds.setdefault(node.id, "bias")
        kinds = {name: "array" if kind == "shaped" else kind for name, kind in kinds.items()}
        for name, value in [*same, *passed(module)] * 2:
            if kinds.get(name) in ("array", "vector", "matrix"):
                kinds.setdefault(value, kinds[name])
            size_lists |= {value} if name in size_lists else set()
        layouts = [side for node in ast.walk(module) for side in layout(node)]
        rows = axes.count(0) > axes.count(1)
        if layouts.count(True) != layouts.count(False):  # what a product says counts for more
            rows = layouts.count(True) > layouts.count(False)
        return cls(
            kinds,
            like,
            frozenset(sizes),
            frozenset(size_lists),
            frozenset(lists),
            not rows,
            rows and not kept,
            products,
            frozenset(_narrow(module, not rows)),
            single=takes_one_sample(module)
            or (not (axes or counted) and any(map(draws_columns, ast.walk(module)))),
            cuts=any(map(cuts, ast.walk(module))),
            _taken=[number for node in ast.walk(module) for number in small_factors(node)],
        )

    @property
    def shrinks(self) -> bool:
        """True where small sizes stand in the place of large ones."""
        return bool(self._small)

    def kind_of(self, field: str) -> str | None:
        """How a part of a table is used, W2 as W where the program speaks of that."""
        plain = field.rstrip("0123456789")
        known = self.kinds.get(field, self.kinds.get(plain))
        if known is not None or not self.products:
            return known
        bias = spelled(plain) in ("b", "bias", "biases")
        return "bias" if bias else "array" if is_weight_name(plain) else None

    def size(self) -> int:
        """A size that is not taken yet, by another or as a factor."""
        taken = {*self._small.values(), *self._taken}
        self._taken.append(next((s for s in _SIZES if s not in taken), _SIZES[-1]))
        return self._taken[-1]

    def small(self, size: int) -> int:
        """A small size in the place of a large one; other sizes have others."""
        if size <= _LARGEST:
            return size
        taken = {*self._small.values(), *self._taken}
        free = next((s for s in _SIZES if s not in taken), _SIZES[-1])
        return self._small.setdefault(size, free)

    def alone(self, array: Unshaped) -> Term:
        """An array that nothing gives a shape."""
        if array.term is not None:
            return array.term
        if array.of is not None:
            return array.shaped(self.alone(array.of).shape[::-1])
        other = self.known.get(self.like.get(array.base, ""))
        if other is not None and (other.ndim or array.kind == "like"):
            return array.shaped(other.shape)
        for other_name, in_front in self.products.get(array.base, ()):
            factor = self.known.get(other_name)
            if factor is not None and factor.ndim == 2 and array.kind != "vector":
                size = self.size()
                inner = (size, factor.shape[0]) if in_front else (factor.shape[1], size)
                return array.shaped(inner)
        if array.kind in ("vector", "list") and is_target_name(array.base):
            for other_name in ("X" + array.base[1:], "x" + array.base[1:]):
                rows = self.known.get(other_name)
                if rows is not None and rows.ndim == 2:
                    return array.shaped((rows.shape[0],))
        if array.kind in ("list", "data"):
            self.length = self.length or self.size()
            return array.shaped((self.length,))
        if array.kind == "vector":
            return array.shaped((self.size(),))
        axes = [self.samples() if self.counts_samples(array, axis) else 0 for axis in range(2)]
        return array.shaped(tuple(size or self.size() for size in axes))

    def product(self, a: Term | Unshaped, b: Term | Unshaped) -> tuple[Term, Term]:
        """The operands of a product of matrices: the inner sizes are the same."""
        if isinstance(a, Unshaped):
            if isinstance(b, Unshaped):
                narrow = (a.base, True) in self.narrow
                a = a.shaped((1, self.size())) if narrow else self.alone(a)
            else:
                rows = () if a.kind == "vector" else (self._outer(a, True),)
                a = (
                    a.shaped((*rows, b.shape[0] if b.ndim == 1 else b.shape[-2]))
                    if b.ndim
                    else self.alone(a)
                )
        if isinstance(b, Unshaped):
            columns = () if b.kind == "vector" else (self._outer(b, False),)
            b = b.shaped((a.shape[-1], *columns)) if a.ndim else self.alone(b)
        return a, b

    def samples(self) -> int:
        """How many samples there are in free data."""
        self._samples = self._samples or (1 if self.single else self.size())
        return self._samples

    def counts_samples(self, array: Unshaped, axis: int) -> bool:
        """True where the size along an axis of free data is the number of its samples."""
        matrix = array.kind in ("array", "matrix") and array.of is None and array.term is None
        return matrix and axis == int(self.columns) and not is_weight_name(array.base)

    @contextmanager
    def beside_a(self, other: Any) -> Iterator[None]:
        """While the product is worked out that is added to this matrix."""
        before = self._added_to
        self._added_to = other.shape if isinstance(other, np.ndarray) and other.ndim == 2 else ()
        try:
            yield
        finally:
            self._added_to = before

    def _outer(self, array: Unshaped, in_front: bool) -> int:
        """The size of a product on the side of this factor."""
        if self._added_to:
            return self._added_to[0 if in_front else 1]
        if (array.base, in_front) in self.narrow or (self.single and self.columns and not in_front):
            return 1
        data = in_front is not self.columns and not is_weight_name(array.base)
        return self.samples() if data else self.size()

    def beside(self, array: Unshaped, other: Term) -> Term:
        """An array beside one in a sum, a difference or a product of elements."""
        if array.kind == "bias" and other.ndim == 2:
            rows, columns = other.shape
            if self.flat:
                return array.shaped((columns,))
            return array.shaped((rows, 1) if self.columns else (1, columns))
        return array.shaped(other.shape) if other.ndim else self.alone(array)


def _narrow(module: ast.Module, columns: bool) -> Iterator[tuple[str, bool]]:
    """The weights of a single unit: the gradient by its bias is a sum over everything."""
    single = {name for node in ast.walk(module) for name in summed_whole(node)}
    for node in ast.walk(module):
        for bias, first, second in biased(node):
            if spelled(bias) in single:
                yield (first, True) if columns else (second, False)
