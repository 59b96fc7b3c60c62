"""The tree of a formula: numbers, names, derivatives and calls, and the three ways through it.

:func:`fold` computes a result for every node, :func:`rewrite` makes another tree,
:func:`nodes` lists the nodes of a kind. All three are loops, so an expression may be as deep
as memory allows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator
from dataclasses import field
from decimal import Decimal
from typing import Any, ClassVar, TypeVar, overload

from micrograd_like.record import record

_A = TypeVar("_A")
_B = TypeVar("_B")


@record
class Number:
    """A constant. Numbers are equal by value, however they are written.

    Attributes:
        places: A mark on the figure: the decimals it was written with; None for an exact number or
            one that nobody wrote.
    """

    value: int | float
    places: int | None = field(default=None, compare=False)
    size: ClassVar[int] = 1

    @property
    def digits(self) -> int:
        """The significant digits that a decimal figure is written with; 0 of another number."""
        if self.places is None:
            return 0
        return max(1, Decimal(repr(self.value)).adjusted() + self.places + 1) if self.value else 1


class Name(str):
    """A quantity, by its name: text of a type of its own, which hashes and sorts as text.

    A name that is given another value is another quantity from there on: the same name in another
    version, which is part of its text, ``w (line 12)``.
    """

    __slots__ = ("_plain", "_version")
    __match_args__ = ("name",)
    size: ClassVar[int] = 1
    _plain: str
    _version: str

    def __new__(cls, text: str, version: str = "") -> Name:
        """Make a name, or a version of it.

        Args:
            text: The name; what is a ``Name`` already stays what it is.
            version: Where it gets the value that is meant, such as "line 12"; none for its first.
        """
        if not version:
            return text if text.__class__ is cls else str.__new__(cls, text)
        name = str.__new__(cls, f"{text} ({version})")
        name._plain, name._version = str(text), version
        return name

    @property
    def name(self) -> str:
        """The name as plain text."""
        return str(self)

    @property
    def plain(self) -> str:
        """The name as it is written, whichever version is meant."""
        return getattr(self, "_plain", self.name)

    @property
    def version(self) -> str:
        """Where it gets the value that is meant; empty for the first version."""
        return getattr(self, "_version", "")


@record
class Derivative:
    """∂of/∂wrt, as one symbol; of a derivative too: ∂(∂E/∂w)/∂w."""

    of: Quantity
    wrt: Quantity
    size: ClassVar[int] = 1
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._hash = hash((self.of, self.wrt))  # type: ignore[misc]

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        """The derivative as a worksheet has it: dE/dw, or d(dE/dw)/dw."""
        of, wrt = (f"({q})" if isinstance(q, Derivative) else q for q in (self.of, self.wrt))
        return f"d{of}/d{wrt}"


#: What a formula is about: the identity of everything that has a value.
Quantity = Name | Derivative


@record
class Call:
    """A function applied to arguments; the operators are calls too (``add``, ``pow``…).

    Attributes:
        size: The nodes of the tree, each time they stand there.
        program: What somebody who works it out again and again has made of it.
    """

    function: str
    arguments: tuple[Expr, ...]
    size: int = field(init=False, repr=False)
    _hash: int = field(init=False, repr=False)
    _quantities: tuple[Quantity, ...] | None = field(default=None, init=False, repr=False)
    _names: tuple[Name, ...] | None = field(default=None, init=False, repr=False)
    program: Any = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        size = 1
        for argument in self.arguments:
            size += argument.size
        self.size = size  # type: ignore[misc]
        self._hash = hash((self.function, self.arguments))  # type: ignore[misc]

    def __reduce__(self) -> tuple[type[Call], tuple[str, tuple[Expr, ...]]]:
        """Pickled by what it says: what is made of it is one process's, and so are hashes."""
        return Call, (self.function, self.arguments)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        """True for the same tree; a loop, so however deep it is."""
        if not isinstance(other, Call) or self._hash != other._hash:
            return False
        stack = [(self, other)]
        while stack:
            a, b = stack.pop()
            if a.function != b.function or len(a.arguments) != len(b.arguments):
                return False
            for own, its in zip(a.arguments, b.arguments, strict=True):
                if own is its:
                    continue
                if isinstance(own, Call) and isinstance(its, Call) and own._hash == its._hash:
                    stack.append((own, its))
                elif isinstance(own, Call) or own != its:
                    return False
        return True


Expr = Number | Name | Derivative | Call
Operand = Expr | tuple[Expr, ...]  # a tuple stands for a family of names

#: The arithmetic operators: the function's name and its Python symbol.
OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}
COMPARISONS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!="}


def fold(
    expr: Expr,
    combine: Callable[[Expr, list[Any]], Any],
    whole: Collection[str] = (),
) -> Any:
    """``combine(node, results of its arguments)`` for every node, innermost first.

    Calls of the functions in ``whole`` are not entered: they get no results. It is a loop,
    so an expression may be as deep as memory allows.
    """
    if not isinstance(expr, Call):  # most formulas that are folded are a name or a number
        return combine(expr, [])
    results: list[Any] = []
    for node, count in inside_out(expr, whole):
        arguments: list[Any] = []
        if count:
            arguments = results[-count:]
            del results[-count:]
        results.append(combine(node, arguments))
    return results[0]


def inside_out(expr: Expr, whole: Collection[str]) -> Iterator[tuple[Expr, int]]:
    """Every node behind its arguments, and how many of these it is entered for."""
    if not isinstance(expr, Call):
        return iter(((expr, 0),))
    before: list[tuple[Expr, int]] = []  # every node before its arguments, and those from the last
    stack: list[Expr] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Call) and node.function not in whole:
            stack += node.arguments
            before.append((node, len(node.arguments)))
        else:
            before.append((node, 0))
    return reversed(before)


def rewrite(expr: Expr, rule: Callable[[Expr], Expr | None], whole: Collection[str] = ()) -> Expr:
    """The expression with what ``rule`` makes of each node, innermost first.

    Args:
        expr: The expression.
        rule: Takes a node whose arguments are rewritten already, and gives what stands in its
            place, or None to leave it. What it gives is not rewritten again.
        whole: Functions whose calls are not entered: the rule gets them as they are.

    Returns:
        The new expression. Parts in which nothing changed are the same objects as before.

    >>> rewrite(Call("neg", (Name("x"),)), lambda n: Number(2) if n == Name("x") else None)
    Call(function='neg', arguments=(Number(value=2, places=None),))
    """
    if not isinstance(expr, Call):
        changed = rule(expr)
        return expr if changed is None else changed
    results: list[Expr] = []
    for node, count in inside_out(expr, whole):
        if count:
            assert isinstance(node, Call)
            arguments = results[-count:]
            del results[-count:]
            if any(map(operator.is_not, arguments, node.arguments)):
                node = Call(node.function, tuple(arguments))
        changed = rule(node)
        results.append(node if changed is None else changed)
    return results[0]


@overload
def nodes(expr: Expr, kind: type[_A], /) -> list[_A]: ...
@overload
def nodes(expr: Expr, kind: type[_A], other: type[_B], /) -> list[_A | _B]: ...
def nodes(expr: Expr, *kinds: type) -> list[Any]:
    """Every node of one or two kinds, each time it stands there: innermost first, left to right.

    >>> nodes(Call("mul", (Name("x"), Call("neg", (Name("y"),)))), Name)
    ['x', 'y']
    """
    found = []
    stack = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, kinds):
            found.append(node)
        if isinstance(node, Call):
            stack += node.arguments
    return found[::-1]


def quantities(expr: Expr) -> tuple[Quantity, ...]:
    """The names and derivatives in ``expr``, each once, in the order they are written."""
    if not isinstance(expr, Call):
        return () if isinstance(expr, Number) else (expr,)
    if expr._quantities is None:  # asked for again and again: found once
        found = tuple(dict.fromkeys(nodes(expr, Name, Derivative)))
        expr._quantities = found  # type: ignore[misc]
        return found
    return expr._quantities


def derivatives(expr: Expr) -> list[Derivative]:
    """The derivatives in ``expr``, each once, in the order they are written."""
    if not isinstance(expr, Call):
        return [expr] if isinstance(expr, Derivative) else []
    return [quantity for quantity in quantities(expr) if isinstance(quantity, Derivative)]


def names(expr: Expr) -> tuple[Name, ...]:
    """The names in ``expr``, each once, in the order they are written."""
    own = quantities(expr)
    if Derivative not in map(type, own):
        return own  # type: ignore[return-value]
    return tuple(quantity for quantity in own if isinstance(quantity, Name))


def names_in(expr: Expr) -> tuple[Name, ...]:
    """The same with those of derivatives."""
    if isinstance(expr, Call):
        if expr._names is None:
            expr._names = _names_of(quantities(expr))  # type: ignore[misc]
        return expr._names
    return _names_of(quantities(expr))


def _names_of(own: tuple[Quantity, ...]) -> tuple[Name, ...]:
    if Derivative not in map(type, own):
        return own  # type: ignore[return-value]
    found: dict[Name, None] = {}
    stack: list[Quantity] = [*reversed(own)]
    while stack:
        quantity = stack.pop()
        if isinstance(quantity, Name):
            found.setdefault(quantity)
        else:
            stack += [quantity.wrt, quantity.of]
    return tuple(found)
