"""Primes that mean a derivative: u' and v' beside an f'(x) are du/dx and dv/dx.

A prime is a mark like any other (w' is the next w) unless the document differentiates a function
of one argument by it, and u is a formula in that argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from micrograd_like.formula import Call, Derivative, Expr, Name, names_in, nodes, rewrite
from micrograd_like.worksheet.naming.functions import Functions
from micrograd_like.worksheet.records import Statement


def derivatives_meant(
    reads: Sequence[Statement], functions: Functions, applied: Mapping[str, Set[tuple[str, ...]]]
) -> dict[Name, Derivative]:
    """The primed names of a document that are derivatives, and which.

    Args:
        reads: The statements.
        functions: The functions of the document.
        applied: Quantities that are written with their arguments, f(x) and f'(x), with them.
    """
    if not any(str(read.left).endswith("'") for read in reads):
        return {}
    arguments = {
        functions.argument(call.function.rstrip("()'"))
        for read in reads
        for expr in _exprs(read)
        for call in nodes(expr, Call)
        if call.function.endswith("'()")
    } - {""}
    arguments |= {
        given[0]
        for name, all_given in applied.items()
        for given in all_given
        if name.endswith("'") and given in applied.get(name[:-1], ()) and len(given) == 1
    }
    if len(arguments) != 1:
        return {}
    (argument,) = arguments
    below: dict[str, set[Name]] = {}  # the names in what each name is said to equal
    for read in reads:
        below.setdefault(str(read.left), set()).update(n for e in _exprs(read) for n in names_in(e))
    return {
        Name(name): Derivative(Name(name[:-1]), Name(argument))
        for name in below
        if name.endswith("'")
        and name[:-1] not in below[name]  # w' = w − … is the next w
        and argument in below.get(name[:-1], ())
    }


def put_in_place(read: Statement, meant: Mapping[Name, Derivative]) -> Statement:
    """The statement with these derivatives for the primed names."""

    def rule(node: Expr) -> Expr | None:
        return meant.get(node) if isinstance(node, Name) else None

    return read.rewritten(lambda expr: rewrite(expr, rule))


def _exprs(read: Statement) -> list[Expr]:
    subject = [] if read.subject is None else [read.subject]
    return [*subject, *(part.expr for part in read.parts)]
