"""Derivatives that cannot be known, since nothing says what is differentiated.

∂L/∂a, where nothing defines L, is declared by its first formula. From there on it stands as a
quantity of its own, which the chain rule carries on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from micrograd_like.formula import (
    Derivative,
    Expr,
    Name,
    Quantity,
    derivatives,
    names_in,
    nodes,
    rewrite,
)
from micrograd_like.graph import reached
from micrograd_like.worksheet.builder import CONSTANTS, stands_in
from micrograd_like.worksheet.records import Problem, Statement


def declared(
    reads: Sequence[Statement],
    problems: Sequence[Problem],
    hidden: Mapping[str, Expr],
    arrays: Mapping[str, Sequence[str]],
) -> dict[Derivative, Name]:
    """The derivatives of a document that no definition decides, and their names.

    Args:
        reads: The statements.
        problems: What could not be read: what it would define is unknown, and no derivative of
            it is declared.
        hidden: What stands for an expression without a name of its own, and the expression.
        arrays: For every element of an array all of them.
    """
    documents = _Definitions(reads, problems, hidden, arrays)
    found: dict[Derivative, Name] = {}
    for read in reads:
        for expr in (*_exprs(read), *hidden.values()):
            for slope in derivatives(expr):
                if documents.leaves_open(slope):
                    found[slope] = Name(str(slope))
    return found


def with_declared(read: Statement, names: Mapping[Derivative, Name]) -> Statement:
    """The statement with its name for every declared derivative."""
    if not names:
        return read
    return read.rewritten(lambda expr: put_names(expr, names))


def put_names(expr: Expr, names: Mapping[Derivative, Name]) -> Expr:
    """The expression with its name for every declared derivative."""

    def rule(node: Expr) -> Expr | None:
        return _renamed(node, names) if isinstance(node, Derivative) else None

    return rewrite(expr, rule)


def _renamed(quantity: Quantity, names: Mapping[Derivative, Name]) -> Quantity:
    if not isinstance(quantity, Derivative):
        return quantity
    if quantity in names:
        return names[quantity]
    return Derivative(_renamed(quantity.of, names), _renamed(quantity.wrt, names))


def _exprs(read: Statement) -> list[Expr]:
    subject = [] if read.subject is None else [read.subject]
    return [read.left, *subject, *(part.expr for part in read.parts)]


class _Definitions:
    """What a document says of its names.

    Attributes:
        given: The names that a statement gives a value or formula, or would if it could be read.
        below: The names in what each of them is said to equal.
        factors: Those of them that stand there for themselves: in w − η ∂L/∂w no L.
        closed: Those of which something is said that is not only figures.
    """

    def __init__(
        self,
        reads: Sequence[Statement],
        problems: Sequence[Problem],
        hidden: Mapping[str, Expr],
        arrays: Mapping[str, Sequence[str]],
    ) -> None:
        self.arrays = arrays
        self.given = {problem.name for problem in problems}
        self.below: dict[str, set[str]] = {}
        self.factors: dict[str, set[str]] = {}
        self.closed: set[str] = set()
        for read in reads:
            if not isinstance(read.left, Name) or read.subject is not None or not read.parts:
                continue
            self.given.add(read.left)
            names = {n for part in read.parts for n in names_in(part.expr)}
            own = {n for part in read.parts for n in nodes(part.expr, Name)}
            self.factors.setdefault(read.left, set()).update(own)
            names |= {n for name in names & hidden.keys() for n in names_in(hidden[name])}
            self.below.setdefault(read.left, set()).update(names)
            if names or read.parts[0].number is not None:
                self.closed.add(read.left)

    def leaves_open(self, slope: Derivative) -> bool:
        """True for ∂A/∂B where A is defined nowhere; or B, and what A rests on is not all known.

        Not where B rests on A.
        """
        of, wrt = slope.of, slope.wrt
        if not (isinstance(of, Name) and isinstance(wrt, Name)):
            return False
        if stands_in(of) or stands_in(wrt) or {of, wrt} & CONSTANTS.keys():
            return False
        if of not in self.given:  # of what rests on it, it is no function
            return of not in reached(wrt, self.factors)
        if wrt in self.given:
            return False
        behind = reached(of, self.below)
        known = {wrt, *self.arrays.get(wrt, ())}  # z2 rests on some of the elements of W alone
        return known.isdisjoint(behind) and not behind - {*CONSTANTS} <= self.closed
