"""The right working of a quantity: formula, numbers put in, result, as a hand writes them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from micrograd_like.derivation.equations import Equation, equation
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    derivatives,
    exact_number,
    nodes,
    quantities,
    rewrite,
    simplify,
)
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.world.shape import replaced
from micrograd_like.marking.world.values import Values, value
from micrograd_like.notation import number

#: Characters of a number that is written out in full though nobody has given it so.
_SHORT = 8
#: Operations and names of a formula that is shown beside the chain.
_MOST_SHOWN = 60


def working(facts: Facts, key: Quantity, left: Quantity) -> Equation | None:
    """The right working: formula, numbers put in, result; every name as the learner writes it.

    Args:
        facts: Of the worksheet.
        key: The quantity.
        left: What it is called on the line.

    Returns:
        None where there is none, or where it would not come to the number.
    """
    found = _working(facts, key, left)
    if found is None:
        return None
    own = named_as_written(found.left)
    assert isinstance(own, Quantity)
    formula, numbers = map(named_as_written, (found.formula, found.numbers))
    return replace(found, left=own, formula=formula, numbers=numbers)


def named_as_written(expr: Expr) -> Expr:
    """The formula with every name as it is written, whichever of its versions is meant."""

    def plain(quantity: Quantity) -> Quantity:
        if isinstance(quantity, Name):
            return Name(quantity.plain)
        return Derivative(plain(quantity.of), plain(quantity.wrt))

    return rewrite(expr, lambda node: plain(node) if isinstance(node, Quantity) else None)


def _working(facts: Facts, key: Quantity, left: Quantity) -> Equation | None:
    here = facts.truth.here
    try:
        formula, true = decided(facts.method(key), here), facts.shown(key)
        known = {leaf: facts.shown(leaf) for leaf in quantities(formula)}
        reached = value(formula, here)
    except (KeyError, ArithmeticError):
        return None
    if reached is None or abs(reached - true) > _close(true) + 2 * facts.noise(key):
        return None
    if facts.sheet.without_number(key):  # its numbers are assumed, and say nothing
        return Equation(
            left, formula, _by_links(facts, key, formula), true, facts.rule(key), closed=False
        )
    given = {leaf: exact(number) for leaf, number in known.items() if _is_given(facts, leaf)}
    others = {leaf: number for leaf, number in known.items() if leaf not in given}
    line = equation(key, formula, others, rule=facts.rule(key), value=true)
    numbers = line.numbers
    for leaf, written_so in given.items():  # what is given is written as it is given
        numbers = replaced(numbers, leaf, written_so)
    return Equation(left, formula, numbers, true, line.rule)


def _is_given(facts: Facts, leaf: Quantity) -> bool:
    """True for what starts from a number, or from figures that come to one of few digits: 1/10."""
    sources = facts.truth.sources
    if leaf not in sources:
        return False
    definition = facts.truth.definitions[leaf]
    return exact_number(definition) is not None or len(repr(sources[leaf])) <= _SHORT


def _by_links(facts: Facts, key: Quantity, formula: Expr) -> Expr:
    """The formula with every link of the chain worked out, where that is no longer than a line."""
    about = formula if isinstance(formula, Derivative) else key  # y' is ∂y/∂x
    forms = (decided(form, facts.truth.here) for form in facts.forms(about))
    short = (form for form in forms if len(nodes(form, object)) <= _MOST_SHOWN)
    return next((simplify(form) for form in short if not derivatives(form)), formula)


def _close(true: float) -> float:
    """How far from a number its working may come; of what is 0 on paper floats leave something."""
    return 1e-6 * abs(true) or 1e-9


def exact(value: float) -> Number:
    """A number with all its digits; of what floats have put behind them, none."""
    short = float(f"{value:.15g}")
    if len(repr(short)) + 1 < len(repr(value)):  # 0.2 of 1 − 0.8
        value = short
    if value.is_integer() and abs(value) < 1e15:
        return Number(int(value))
    return Number(value, max(-int(Decimal(repr(value)).as_tuple().exponent), 0))


def decided(expr: Expr, world: Values) -> Expr:
    """The formula with its conditions decided: 1 for "1 if a > 0 else 0" at a = 2."""

    def rule(node: Expr) -> Expr | None:
        match node:
            case Call("where", (condition, then, otherwise)):
                return then if value(condition, world) else otherwise
        return None

    return rewrite(expr, rule)


def as_written(expr: Expr, places: int) -> Expr:
    """The formula with its numbers rounded as a hand writes them; whole ones stay whole.

    Args:
        expr: The formula.
        places: Decimals of a number.
    """

    def rule(node: Expr) -> Expr | None:
        match node:
            case Number(float() as value) if not value.is_integer():
                return written(value, places)
            case Number(float() as value) if abs(value) < 1e15:
                return Number(int(value))
        return None

    return rewrite(expr, rule)


def written(value: float, places: int) -> Number:
    """A number as a hand writes it: with ``places``, and more where needed for digits to count."""
    shown = number(value, places).replace("−", "-")
    if not shown.lstrip("-").replace(".", "", 1).isdecimal():
        return Number(value)
    decimals = len(shown.partition(".")[2])
    return Number(float(shown), decimals) if decimals else Number(int(shown))
