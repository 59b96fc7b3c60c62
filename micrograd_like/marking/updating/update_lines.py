"""Lines that renew a weight, taken apart: w' = w − rate·slope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeGuard

from micrograd_like.formula import (
    Derivative,
    Expr,
    Marked,
    Name,
    Number,
    Quantity,
    exact_number,
    factors,
    nodes,
    quantities,
    substitute,
    terms,
)
from micrograd_like.graph import is_called_cost, is_called_rate
from micrograd_like.marking.updating.forward import Forward
from micrograd_like.marking.world.values import value
from micrograd_like.worksheet import Statement

#: Names for parts of a step that stand for one another.
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A line that renews a weight, taken apart.

    Attributes:
        written: Its formula, with the names that stand for parts of a step put in.
        steps: The terms beside the weight; none where it is no such sum.
        costs: What it may make small, the likeliest first.
        forward: What the costs are computed from, not going back through updates.
        outside: The names in it that have nothing to do with that.
        foreign: Those that come from something else too: a velocity, a mean that is carried on.
    """

    statement: Statement
    weight: Quantity
    written: Expr
    steps: tuple[Marked, ...]
    costs: tuple[Quantity, ...]
    forward: frozenset[Quantity]
    outside: frozenset[Quantity] = frozenset()
    foreign: frozenset[Quantity] = frozenset()

    @property
    def derivatives(self) -> list[Derivative]:
        """The derivatives in it, each once."""
        return [leaf for leaf in quantities(self.written) if isinstance(leaf, Derivative)]

    @property
    def sure(self) -> bool:
        """True where a derivative stands in it."""
        return bool(self.derivatives)

    @property
    def rates(self) -> list[tuple[str, Name]]:
        """The factors of the steps that are rates, each once."""
        found = (pair for _, step in self.steps for pair in factors(step))
        rates = ((m, f) for m, f in found if self.is_rate(f))
        # What is called a rate is one: a step that is divided by it is another one.
        return list(dict.fromkeys(("*" if is_called_rate(f) else m, f) for m, f in rates))

    def is_rate(self, factor: Expr) -> TypeGuard[Name]:
        """True for a name that the forward pass does not use.

        Where the line has none, a slope called α may be the rate too.
        """
        names = self.outside or {name for name in self.forward if is_called_rate(name)}
        return isinstance(factor, Name) and factor in names


def taken_apart(forward: Forward, name: Quantity) -> Line | None:
    """The line that defines a name, if it renews a weight.

    It does so by its name, or by a step along a derivative.
    """
    statement = forward.sheet.definitions[name]
    if statement.kind == "given":
        return None
    expr = statement.parts[0].expr
    weight = forward.renewed.get(name) or _stepped(expr, name)
    if weight is None or not forward.starts(weight):
        return None
    written = _opened(forward, expr, statement, weight)
    costs = forward.costs(weight, statement, written)
    behind = frozenset(forward.behind({weight, *costs}))
    line = Line(statement, weight, written, _steps(written, weight), tuple(costs), behind)
    return replace(
        line,
        outside=frozenset(_outside(forward, line)),
        foreign=frozenset(_foreign(forward, line)),
    )


def _stepped(expr: Expr, name: Quantity) -> Quantity | None:
    """The given w of w ∓ rate·∂E/∂w, whatever the new name is; or of w ∓ rate·∂w/∂E."""
    summands = terms(expr)
    pairs = (summands, summands[::-1]) if len(summands) == 2 else ()
    for (sign, weight), (_, step) in pairs:
        if sign == "+" and isinstance(weight, Name) and weight != name:
            slopes = [f for m, f in factors(step) if isinstance(f, Derivative) and m == "*"]
            if any(weight in (slope.of, slope.wrt) for slope in slopes):
                return weight
    return None


def _opened(forward: Forward, expr: Expr, statement: Statement, weight: Quantity) -> Expr:
    """The formula with names for parts of the step, g = ∂E/∂w, as what they stand for."""
    for _ in range(_DEEPEST):
        parts: dict[str, Expr | tuple[Expr, ...]] = {
            name: formula
            for name in quantities(expr)
            if isinstance(name, Name) and (formula := _part(forward, name, statement, weight))
        }
        if not parts:
            break
        expr = substitute(expr, parts)
    return expr


def _part(forward: Forward, name: Name, statement: Statement, weight: Quantity) -> Expr | None:
    """What a name stands for that no later quantity of the forward pass is computed from."""
    defined = forward.sheet.definitions.get(name)
    if defined is None or defined.kind != "definition" or name == weight:
        return None
    formula = defined.parts[0].expr
    if nodes(formula, Derivative):
        return formula
    users = [user for user in forward.users(name, statement) if user != statement.left]
    own = [leaf for leaf in quantities(formula) if isinstance(leaf, Name)]
    used = any(forward.users(leaf, statement, name) for leaf in own)
    return formula if not users and used and not is_called_cost(name) else None


def _outside(forward: Forward, line: Line) -> Iterator[Quantity]:
    for name in quantities(line.written):
        if isinstance(name, Name) and line.forward.isdisjoint(forward.computed_from(name)):
            yield name


def _foreign(forward: Forward, line: Line) -> Iterator[Quantity]:
    for name in (key for key in quantities(line.written) if isinstance(key, Name)):
        parts = (part for part in forward.computed_from(name) if part not in line.forward)
        if any(map(forward.starts, parts)):
            yield name


def _steps(expr: Expr, weight: Quantity) -> tuple[Marked, ...]:
    """The terms beside the weight, each with its sign; none where it is not there just once.

    Where it is not there at all, another name may stand in its place.
    """
    marked = [(sign, _without_ones(term)) for sign, term in terms(expr)]
    names = [term for _, term in marked if isinstance(term, Name)]
    base = weight if weight in quantities(expr) or len(names) != 1 else names[0]
    if [sign for sign, term in marked if term == base] != ["+"]:
        return ()
    return tuple((sign, term) for sign, term in marked if term != base)


def _without_ones(term: Expr) -> Expr:
    kept = [(mark, f) for mark, f in factors(term) if f != Number(1)]
    return kept[0][1] if len(kept) == 1 and kept[0][0] == "*" else term


def numbers(line: Line) -> list[tuple[str, Number]]:
    """The numbers that are factors of a step, each once, without their signs."""
    found = [pair for _, step in line.steps for pair in factors(step)]
    return list(dict.fromkeys(_numbers(found)))


def numbers_within(line: Line) -> list[tuple[str, Number]]:
    """Those of the terms that are added up in a factor of a step: of −(0.1·g − 0.1·y·g)."""
    sums = (terms(factor) for _, step in line.steps for _, factor in factors(step))
    found = [pair for added_up in sums for _, term in added_up for pair in factors(term)]
    return list(dict.fromkeys(_numbers(found)))


def numbers_of_rate(line: Line) -> list[tuple[str, Number]]:
    """Those beside a rate, as in η/2·∂E/∂w; behind the gradient they belong to that."""
    found: list[Marked] = []
    for _, step in line.steps:
        beside = groupby(
            factors(step), lambda pair: line.is_rate(pair[1]) or _constant(pair[1]) is not None
        )
        runs = [list(run) for together, run in beside if together]
        found += [pair for run in runs if any(line.is_rate(f) for _, f in run) for pair in run]
    return list(dict.fromkeys(_numbers(found)))


def _numbers(marked: Sequence[Marked]) -> Iterator[tuple[str, Number]]:
    for mark, factor in marked:
        number = _constant(factor)
        if number is not None and number.value not in (0, 1):
            yield mark, Number(abs(number.value), number.places)


def _constant(factor: Expr) -> Number | None:
    """The number of a factor without names: of 0.1, 10^(-2) and e^(-1)."""
    number = exact_number(factor)
    if number is None and not quantities(factor):
        found = value(factor, {})
        return None if found is None else Number(int(found) if found.is_integer() else found)
    return number
