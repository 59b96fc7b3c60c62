"""A shape with its numbers: what is true of every name and derivative, here and beside."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from benchmarks.by_rule.expression import (
    ONE,
    ZERO,
    Expr,
    Op,
    Sym,
    Undefined,
    at,
    plus,
    replace,
    slope,
    symbols,
    times,
    walk,
)
from benchmarks.by_rule.shapes import Shape


def exact(text: str) -> Decimal:
    """The number of a given, to 50 digits where it is a fraction such as 1/3."""
    ratio = Fraction(text)
    return Decimal(ratio.numerator) / ratio.denominator


def split(derivative: str) -> tuple[str, str]:
    """("L", "w") of dL/dw."""
    above, below = derivative.split("/")
    return above[1:], below[1:]


class Network:
    """Names and derivatives of a shape, with their numbers.

    Attributes:
        values: The number of every name, and of the derivatives that were asked for.

    Raises:
        Undefined: A formula has no number.
    """

    def __init__(self, shape: Shape, givens: Mapping[str, Decimal] | None = None) -> None:
        self.shape = shape
        self.values = dict(givens or {n: exact(text) for n, text in shape.givens.items()})
        for name, formula in shape.formulas.items():
            self.values[name] = at(formula, self.values)
        self.users: dict[str, list[str]] = {name: [] for name in self.values}
        for user, formula in shape.formulas.items():
            for name in symbols(formula):
                if name in self.users:
                    self.users[name].append(user)
        self.locals: dict[tuple[str, str], Expr] = {}
        self._totals: dict[str, dict[str, Decimal]] = {}

    def local(self, user: str, name: str) -> Expr:
        """∂user/∂name, the other names in its formula held fixed, with names for known pieces."""
        if (user, name) not in self.locals:
            formula = self.shape.formulas[user]
            found = slope(formula, name, self.values)
            known = {f: n for n, f in self.shape.formulas.items() if isinstance(f, Op)}

            def named(e: Expr) -> Expr | None:
                return Sym(known[e]) if isinstance(e, Op) and e in known else None

            self.locals[user, name] = replace(found, named)
        return self.locals[user, name]

    def totals(self, output: str) -> dict[str, Decimal]:
        """The derivatives d output/d name for every name that it depends on."""
        if output not in self._totals:
            found = {output: ONE}
            for name in reversed(list(self.values)):
                if name == output:
                    continue
                terms = [
                    found[user] * at(self.local(user, name), self.values)
                    for user in self.users.get(name, ())
                    if user in found
                ]
                if terms:
                    found[name] = sum(terms, ZERO)
            self._totals[output] = found
        return self._totals[output]

    def true(self, name: str) -> Decimal:
        """The number of a name or derivative.

        Raises:
            KeyError: There is none.
        """
        if "/" not in name:
            return self.values[name]
        above, below = split(name)
        return self.totals(above)[below]

    def known(self, expr: Expr) -> dict[str, Decimal]:
        """The numbers of all that stands in the formula."""
        return {name: self.true(name) for name in symbols(expr) if name != "pi"}

    def number(self, expr: Expr) -> Decimal:
        """What the formula comes to, with true numbers."""
        return at(expr, self.known(expr))

    def total(self, output: str, name: str, rng: random.Random, depth: float) -> Expr:
        """The chain rule for d output/d name, as symbols or worked out (``depth`` from 0 to 1)."""
        terms = []
        reached = self.totals(output)
        for user in self.users[name]:
            if user not in reached:
                continue
            here = self.local(user, name)
            several = len([u for u in self.users[name] if u in self.totals(user)]) > 1
            symbol = Sym(f"d{user}/d{name}")
            factor = here if several or rng.random() < depth else symbol
            if user == output:
                terms.append(here)
                continue
            above: Expr = Sym(f"d{output}/d{user}")
            if rng.random() < depth * 0.6:
                above = self.total(output, user, rng, depth)
            if isinstance(above, Op) and above.op == "add" and rng.random() < 0.5:
                terms.append(times([factor, above]))
            else:
                terms.append(times([above, factor]))
        return plus(terms)

    def moved(self, rng: random.Random) -> Network | None:
        """The same network beside: every given moved by up to a hundredth."""
        givens = {}
        for name in self.shape.givens:
            number = self.values[name]
            step = Decimal(rng.uniform(-0.01, 0.01))
            givens[name] = number * (1 + step) if number else step
        try:
            other = Network(self.shape, givens)
        except Undefined:
            return None
        return other if self._same_sides(other) else None

    def _same_sides(self, other: Network) -> bool:
        for formula in self.shape.formulas.values():
            for e in walk(formula):
                if isinstance(e, Op) and e.op in ("relu", "abs", "max"):
                    inner = e.args[0] if len(e.args) == 1 else e.args[0] - e.args[1]
                    here, there = at(inner, self.values), at(inner, other.values)
                    if (here > 0) != (there > 0):
                        return False
        return True
