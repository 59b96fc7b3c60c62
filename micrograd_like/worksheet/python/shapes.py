"""Arrays that a program uses and never gives: shapes are chosen where they are first used.

They are small, and sizes that nothing makes equal are different, so that rows and columns are
told apart.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from micrograd_like.worksheet.python.library import RANDOM
from micrograd_like.worksheet.python.naming import is_target_name
from micrograd_like.worksheet.python.syntax import target_name
from micrograd_like.worksheet.python.terms import Term

#: Sizes, in the order in which they are taken; beyond these, the last again.
_SIZES = (4, 3, 5, 6)
#: Sizes that stay as they are.
_LARGEST = 6
#: What the uses of a name say, those that say least first.
_RANK = ("data", "like", "bias", "list", "array", "vector", "matrix", "fields")
_PRODUCTS = ("dot", "matmul", "mm")


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
    """

    kinds: dict[str, str]
    like: dict[str, str]
    sizes: frozenset[str]
    size_lists: frozenset[str]
    lists: frozenset[str]
    columns: bool
    flat: bool
    products: Mapping[str, list[tuple[str, bool]]]
    known: Mapping[str, Term] = field(default_factory=dict)
    taken: int = 0
    length: int = 0
    _small: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, module: ast.Module) -> Shapes:
        """Look through a program."""
        kinds: dict[str, str] = {}
        axes: list[int] = []
        kept = False
        like: dict[str, str] = {}
        sizes: set[str] = set()
        size_lists: set[str] = set()
        lists: set[str] = set()
        products: dict[str, list[tuple[str, bool]]] = {}
        for node in ast.walk(module):
            for first, second in _factors(node):
                products.setdefault(first, []).append((second, True))
                products.setdefault(second, []).append((first, False))
            like |= dict(_compared(node))
            for size in _sizes_in(node):
                listed = isinstance(size, ast.Subscript)
                (size_lists if listed else sizes).add(target_name(size))
            axes += [0, 0] * (_picks(node) and isinstance(node.ctx, ast.Load))
            match node:
                case ast.Call(func=ast.Attribute(value=inner, attr="append")):
                    lists.add(target_name(inner))
            for name, kind in _told(node):
                if name and _RANK.index(kind) >= _RANK.index(kinds.get(name, "like")):
                    kinds[name] = kind
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
                        axes += [a for a in (0, 1) if keyword.value.value == a]
                    kept = kept or keyword.arg == "keepdims"
        rows = axes.count(0) > axes.count(1)
        return cls(
            kinds,
            like,
            frozenset(sizes),
            frozenset(size_lists),
            frozenset(lists),
            not rows,
            rows and not kept,
            products,
        )

    def size(self) -> int:
        """A size that is not taken yet."""
        self.taken += 1
        return _SIZES[min(self.taken, len(_SIZES)) - 1]

    def small(self, size: int) -> int:
        """A small size in the place of a large one; other sizes have others."""
        if size <= _LARGEST:
            return size
        taken = {*self._small.values()}
        free = next((s for s in (*_SIZES, 2, 7) if s not in taken), _SIZES[-1])
        return self._small.setdefault(size, free)

    def alone(self, array: Unshaped) -> Term:
        """An array that nothing gives a shape."""
        if array.term is not None:
            return array.term
        if array.of is not None:
            return array.shaped(self.alone(array.of).shape[::-1])
        other = self.known.get(self.like.get(array.base, ""))
        if other is not None:
            return array.shaped(other.shape)
        for other_name, in_front in self.products.get(array.base, ()):
            factor = self.known.get(other_name)
            if factor is not None and factor.ndim == 2 and array.kind != "vector":
                size = self.size()
                inner = (size, factor.shape[0]) if in_front else (factor.shape[1], size)
                return array.shaped(inner)
        if array.kind == "vector" and is_target_name(array.base):
            for other_name in ("X" + array.base[1:], "x" + array.base[1:]):
                rows = self.known.get(other_name)
                if rows is not None and rows.ndim == 2:
                    return array.shaped((rows.shape[0],))
        if array.kind in ("list", "data"):
            self.length = self.length or self.size()
            return array.shaped((self.length,))
        count = 1 if array.kind == "vector" else 2
        return array.shaped(tuple(self.size() for _ in range(count)))

    def product(self, a: Term | Unshaped, b: Term | Unshaped) -> tuple[Term, Term]:
        """The operands of a product of matrices: the inner sizes are the same."""
        if isinstance(a, Unshaped):
            if isinstance(b, Unshaped):
                a = self.alone(a)
            else:
                rows = () if a.kind == "vector" else (self.size(),)
                a = (
                    a.shaped((*rows, b.shape[0] if b.ndim == 1 else b.shape[-2]))
                    if b.ndim
                    else self.alone(a)
                )
        if isinstance(b, Unshaped):
            columns = () if b.kind == "vector" else (self.size(),)
            b = b.shaped((a.shape[-1], *columns)) if a.ndim else self.alone(b)
        return a, b

    def beside(self, array: Unshaped, other: Term, sum_: bool) -> Term:
        """An array beside one in a sum, a difference or a product of elements."""
        if array.kind == "bias" and sum_ and other.ndim == 2:
            rows, columns = other.shape
            if self.flat:
                return array.shaped((columns,))
            return array.shaped((rows, 1) if self.columns else (1, columns))
        return array.shaped(other.shape) if other.ndim else self.alone(array)


def _told(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that a piece of syntax uses as arrays."""
    match node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            yield from ((target_name(side), "array") for side in (left, right))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            for side, other in ((left, right), (right, left)):
                if _is_product(other):
                    yield target_name(side), "bias" if isinstance(op, ast.Add) else "array"
                elif is_target_name(target_name(side)) and isinstance(op, ast.Sub):
                    yield target_name(side), "like"
        case ast.Subscript(
            value=inner,
            slice=ast.Constant(value=str())
            | ast.JoinedStr()
            | ast.BinOp(left=ast.Constant(value=str())),
        ):
            yield target_name(inner), "fields"
        case ast.Subscript(value=matrix, slice=ast.Tuple(elts=[ast.Call(), ast.Name(id=name)])) if (
            _picks(node)
        ):
            yield target_name(matrix), "array"
            yield name, "vector"
        case ast.Assign(
            targets=[ast.Tuple(elts=[_, _])], value=ast.Attribute(value=inner, attr="shape")
        ):
            yield target_name(inner), "matrix"
        case ast.Subscript(
            value=ast.Attribute(value=inner, attr="shape"), slice=ast.Constant(value=1)
        ):
            yield target_name(inner), "matrix"
        case ast.Attribute(value=inner, attr="T" | "shape" | "ndim"):
            yield target_name(inner), "array"
        case ast.Call(func=function, args=arguments, keywords=keywords) if any(
            k.arg in ("axis", "keepdims") for k in keywords
        ):
            owner = [function.value] if isinstance(function, ast.Attribute) else []
            summed = (n for part in (*owner, *arguments[:1]) for n in ast.walk(part))
            yield from ((n.id, "array") for n in summed if isinstance(n, ast.Name))
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="reshape"),
            args=[*_, ast.Constant(value=1)],
        ):
            yield name, "vector"
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=arguments):
            if name in _PRODUCTS:
                yield from ((target_name(part), "array") for part in (inner, *arguments))
            if name == "outer":
                yield from ((target_name(part), "vector") for part in arguments)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple()):
            yield name, "array"
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Name() | ast.BinOp() | ast.Slice()):
            yield name, "list"
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
            yield name, "list"


def _factors(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The names of both factors of a product of matrices, where neither is turned round."""
    match node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            pairs = [(left, right)]
        case ast.Call(func=ast.Attribute(value=ast.Name(), attr=name), args=[left, right]):
            pairs = [(left, right)] if name in _PRODUCTS else []
        case _:
            pairs = []
    for first, second in pairs:
        turned = any(isinstance(n, ast.Attribute) and n.attr == "T" for n in (first, second))
        a, b = target_name(first), target_name(second)
        if a and b and not turned:
            yield a, b


def _compared(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The target and the output of a difference."""
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            a, b = target_name(left), target_name(right)
            if a and b and is_target_name(a) != is_target_name(b):
                yield (a, b) if is_target_name(a) else (b, a)
        case ast.BinOp(
            left=ast.Name(id=name), op=ast.Mult(), right=ast.Call(args=[ast.Name(id=other)])
        ):
            if is_target_name(name) and not is_target_name(other):  # y·log(p)
                yield name, other


def _picks(node: ast.AST) -> TypeGuard[ast.Subscript]:
    """True for ``p[range(m), y]``: of every row the element of its class."""
    match node:
        case ast.Subscript(slice=ast.Tuple(elts=[ast.Call(func=function), ast.expr()])):
            return target_name(function).rpartition(".")[2] in ("range", "arange")
    return False


def _sizes_in(node: ast.AST) -> Iterator[ast.expr]:
    """What stand where the sizes of an array are given."""
    match node:
        case ast.Slice(lower=lower, upper=upper):
            yield from (end for end in (lower, upper) if isinstance(end, ast.Name))
        case ast.Call(
            func=ast.Attribute(attr=name) | ast.Name(id=name), args=arguments, keywords=keywords
        ):
            if name in (*RANDOM, "zeros", "ones", "empty", "full"):
                sizes = [k.value for k in keywords if k.arg == "size"]
                for part in (*arguments, *sizes):
                    yield from _whole_numbers(part)


def _whole_numbers(node: ast.expr) -> Iterator[ast.expr]:
    """The names in a size that are sizes themselves: not x of x.shape[1]."""
    match node:
        case ast.Name() | ast.Attribute(value=ast.Name(id="self")):
            yield node
        case ast.Subscript(value=ast.Name() | ast.Attribute(value=ast.Name(id="self"))):
            yield node
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _whole_numbers(part)
        case ast.BinOp(left=left, right=right):
            yield from _whole_numbers(left)
            yield from _whole_numbers(right)


def _is_product(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.MatMult()):
            return True
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _PRODUCTS
    return False
