"""Primes that mean a derivative: u' and v' beside an f'(x) are du/dx and dv/dx.

A prime is a mark like any other (w' is the next w) unless the document differentiates a function
of one argument by it, and u is a formula in that argument; or unless u and u' are formulas in the
same single name, one exercise after the other, or several of them in one rule: u'v + uv'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from micrograd_like.formula import Call, Derivative, Expr, Name, names_in, nodes, rewrite
from micrograd_like.notation import text
from micrograd_like.worksheet.builder import CONSTANTS
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
    said = Counter(read.left for read in reads if isinstance(read.left, Name))
    primed = {n: Name(n[:-1]) for n in said if n.endswith("'") and n[:-1] in said}
    if not primed:
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
    constants = CONSTANTS.keys() - said.keys()
    # The names in what each of them is said to equal.
    below = {name: set[Name]() for name in (*primed, *primed.values())}
    for read in reads:
        if read.left in below:
            below[read.left].update(n for expr in _exprs(read) for n in names_in(expr))
    found = _together(primed, below, constants)
    for name, base in primed.items():
        own = below[name] - constants
        if base in own:  # w' = w − … is the next w
            continue
        names = below[base] - constants
        again = said[base] > 1 and said[name] > 1
        one = names if again and names == own else set()
        shared = {n for n in names if n in arguments} if len(arguments) == 1 else one
        if len(shared) == 1:
            found[name] = Derivative(base, *shared)
    return found


def _together(
    primed: Mapping[Name, Name], below: Mapping[Name, Set[Name]], constants: Set[str]
) -> dict[Name, Derivative]:
    """U' = 2x and v' = 3 beside u = x² + 1 and v = 3x − 2, where a line takes u'v with them.

    And then y' of a y that u and v make up.
    """
    found: dict[Name, Derivative] = {}
    for name, base in primed.items():
        one, own = below[base] - constants, below[name] - constants
        if len(one) == 1 and own <= one:
            found[name] = Derivative(base, *one)
    by = {slope.wrt for slope in found.values()}
    bases = {slope.of for slope in found.values()}
    told = any(below[name] - constants for name in found)
    rules = [n for n in primed if below[n] & found.keys() and below[n] & bases]
    if len(found) < 2 or len(by) > 1 or not told or not rules:
        return {}
    (x,) = by
    for name in rules:
        if primed[name] not in below[name] and below[primed[name]] - constants <= {*bases, x}:
            found[name] = Derivative(primed[name], x)
    return found


def put_in_place(read: Statement, meant: Mapping[Name, Derivative]) -> Statement:
    """The statement with these derivatives for the primed names."""

    def rule(node: Expr) -> Expr | None:
        return meant.get(node) if isinstance(node, Name) else None

    slope = meant.get(read.left) if isinstance(read.left, Name) else None
    changed = read.rewritten(lambda expr: rewrite(expr, rule))
    if slope is None:
        return changed
    said = f"{text(read.left)} as {text(slope)}"
    return replace(changed, read_as="; ".join(filter(None, [changed.read_as, said])))


def _exprs(read: Statement) -> list[Expr]:
    subject = [] if read.subject is None else [read.subject]
    return [*subject, *(part.expr for part in read.parts)]
