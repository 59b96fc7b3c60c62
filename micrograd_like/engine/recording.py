"""Formulas recorded as graphs, so that they hold at every point and not only where they are.

A condition on numbers is decided once; a condition on nodes becomes a ``select`` node, which
decides anew for whatever numbers its graph is computed with. Both of its branches are in the
graph, and both are computed. So that the one not taken is always defined, it is computed at a
safe point instead wherever its condition does not hold:

    y = log(x) if x > 0 else 0        is recorded as
    y = select(x, 0, log(select(x, 0, x, 1)), 0)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from itertools import product
from typing import Any

from micrograd_like.engine.value import ON_NODES, OPERATIONS, Constant, Value, as_value
from micrograd_like.formula import (
    COMPARISONS,
    Call,
    Expr,
    Number,
    evaluate,
    fold,
    nodes,
    quantities,
)
from micrograd_like.ops import FLOAT

#: What a safe point is made of, for as many names as have products of few candidates.
_CANDIDATES = (1.0, 2.0, 0.5, -1.0, -0.5, 3.0, 0.0, 10.0, -10.0, 1e3, -1e3)
_MOST_NAMES = 4

Values = Mapping[Any, Any]


def record(
    expr: Expr,
    values: Values,
    number: Callable[[float], Any] | None = None,
    folding: bool = False,
) -> Any:
    """The formula over nodes.

    Args:
        expr: The formula.
        values: Nodes and numbers, by name, and by derivative where the formula has any; a
            tuple for a family.
        number: If given, makes a node of a constant of the formula.
        folding: True makes one constant of what only constants take part in.

    Returns:
        A node, or a number where only numbers take part.

    Raises:
        DomainError: It is not defined for the numbers that the nodes have now.
    """

    def combine(node: Expr, arguments: list[Any]) -> Any:
        if isinstance(node, Number):
            return node.value if number is None else number(node.value)
        if not isinstance(node, Call):
            return values[node]
        if node.function == "where":
            condition, then, otherwise = node.arguments
            return _Choice(condition, values, number, folding).between(then, otherwise)
        if node.function == "sum":
            return evaluate(node, values, ON_NODES, number)
        if folding and _is_zero(node.function, arguments):
            return Constant(0.0)
        made = ON_NODES[node.function](*arguments)
        if folding and isinstance(made, Value) and all(map(_fixed, arguments)):
            return Constant(made._data)
        return made

    return fold(expr, combine, whole=("where", "sum"))


def _is_zero(function: str, arguments: list[Any]) -> bool:
    """True for 0·x and 0/x with a constant 0."""
    factors = {"mul": arguments, "div": arguments[:1]}.get(function, [])
    return any(_fixed(factor) and _data(factor) == 0 for factor in factors)


class _Choice:
    """A condition over nodes and numbers, and the nodes that decide it.

    Attributes:
        open: What of it depends on nodes that may change; True or False where nothing does.
        holds: Whether it holds now.
    """

    def __init__(self, condition: Expr, values: Values, *options: Any) -> None:
        self._values, self._options = values, options
        self.open = _undecided(condition, values)
        numbers = {key: _data(value) for key, value in values.items()}
        self._numbers = numbers
        self.holds = bool(evaluate(condition, numbers, FLOAT))
        self._sides: dict[Expr, Any] = {}

    def between(self, then: Expr, otherwise: Expr) -> Any:
        """The node that is ``then`` where the condition holds, and ``otherwise`` elsewhere."""
        if isinstance(self.open, bool):
            return record(then if self.open else otherwise, self._values, *self._options)
        first, second = self._branch(then, True), self._branch(otherwise, False)
        if first is None or second is None:  # a branch that is defined at no point we know
            return second if first is None else first
        return self._chosen(self.open, first, second)

    def _branch(self, branch: Expr, wanted: bool) -> Any:
        """A branch that is defined everywhere; None where it cannot be so, and is not taken."""
        if all(call.function in _TOTAL for call in nodes(branch, Call)):
            return record(branch, self._values, *self._options)
        keys = [key for key in dict.fromkeys(quantities(branch)) if _changes(self._values[key])]
        if not keys:
            return record(branch, self._values, *self._options)
        if (safe := self._safe_point(branch, keys, wanted)) is None:
            taken = self.holds is wanted
            return record(branch, self._values, *self._options) if taken else None
        guarded = dict(self._values)
        for key in keys:
            inside, outside = self._values[key], Constant(safe[key])
            pair = (inside, outside) if wanted else (outside, inside)
            guarded[key] = self._chosen(self.open, *pair)
        return record(branch, guarded, *self._options)

    def _safe_point(self, branch: Expr, keys: list[Any], wanted: bool) -> dict[Any, float] | None:
        """Numbers at which the branch is taken, and defined; those of now, if they will do."""
        for numbers in self._points(keys):
            try:
                if bool(evaluate(self.open, numbers, FLOAT)) is wanted:
                    evaluate(branch, numbers, FLOAT)
                    return {key: numbers[key] for key in keys}
            except (ArithmeticError, ValueError):
                continue
        return None

    def _points(self, keys: list[Any]) -> Any:
        yield self._numbers
        names = [
            k for k in dict.fromkeys([*quantities(self.open), *keys]) if _changes(self._values[k])
        ]
        if len(names) <= _MOST_NAMES:
            for point in product(_CANDIDATES, repeat=len(names)):
                yield {**self._numbers, **dict(zip(names, point, strict=True))}

    def _chosen(self, condition: Expr, first: Any, second: Any) -> Any:
        """``first`` where the condition holds, by nodes that each compare two numbers."""
        if first is second or (_fixed(first) and _fixed(second) and _data(first) == _data(second)):
            return first
        match condition:
            case Call("and", parts):
                return reduce(lambda a, c: self._chosen(c, a, second), reversed(parts), first)
            case Call("or", parts):
                return reduce(lambda b, c: self._chosen(c, first, b), reversed(parts), second)
            case Call(comparison, (left, right)):
                a, b = self._side(left), self._side(right)
        match comparison:
            case "gt":
                return _select(a, b, first, second)
            case "lt":
                return _select(b, a, first, second)
            case "ge":
                return _select(b, a, second, first)
            case "le":
                return _select(a, b, second, first)
            case "eq":
                return _select(a, b, second, _select(b, a, second, first))
        return _select(a, b, first, _select(b, a, first, second))

    def _side(self, expr: Expr) -> Any:
        if expr not in self._sides:
            self._sides[expr] = record(expr, self._values, *self._options)
        return self._sides[expr]


#: Functions that are defined for all numbers, short of an overflow.
_TOTAL = {"neg", "add", "sub", "mul", "abs", "maximum", "minimum", "where", "and", "or", "sigmoid"}
_TOTAL |= {*COMPARISONS}


def _select(a: Any, b: Any, first: Any, second: Any) -> Value:
    return OPERATIONS["select"](*map(as_value, (a, b, first, second)))


def _undecided(condition: Expr, values: Values) -> Any:
    """The condition without those parts of it that are between constants: they never change."""
    match condition:
        case Call("and" | "or" as word, parts):
            decisive = word == "or"  # one true decides an or, one false an and
            left = [_undecided(part, values) for part in parts]
            if any(part is decisive for part in left):
                return decisive
            left = [part for part in left if not isinstance(part, bool)]
            if not left:
                return not decisive
            return left[0] if len(left) == 1 else Call(word, tuple(left))
    if any(_changes(values[key]) for key in quantities(condition)):
        return condition
    numbers = {key: _data(values[key]) for key in quantities(condition)}
    return bool(evaluate(condition, numbers, FLOAT))


def _changes(value: Any) -> bool:
    """True for a node that may have another number when its graph is computed again."""
    return isinstance(value, Value) and not isinstance(value, Constant)


def _fixed(value: Any) -> bool:
    return not _changes(value)


def _data(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_data, value))
    return value._data if isinstance(value, Value) else value
