"""Updates of a weight, held against gradient descent: w' = w − rate·∂A/∂w.

Only a line of just this shape, w ∓ rate·∂A/∂w, is held against it. Every other rule (momentum,
weight decay, Newton's) is a definition like any other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from micrograd_like.formula import Call, Derivative, Expr, Name, Number, Quantity, quantities
from micrograd_like.graph import NamedGraph
from micrograd_like.marking.shape import Marked, factors, product, terms
from micrograd_like.worksheet import Statement, Worksheet

#: What a learning rate is called where no update says which given it is.
_PRIMES = ("'", "'" * 2, "'" * 3)
_RATES = ("alpha", "eta", "lr", "rate", "epsilon", "gamma", "mu")


@dataclass(frozen=True, slots=True)
class _Update:
    """A line w' = w ∓ rate·∂A/∂u, taken apart.

    rate:  the factors beside the derivative
    """

    statement: Statement
    new: Name
    weight: Name
    rate: tuple[Marked, ...]
    gradient: Derivative


def expected_updates(sheet: Worksheet, graph: NamedGraph | None) -> dict[Quantity, Expr]:
    """For every name that an update defines, the formula of gradient descent.

    A is the quantity whose derivative stands in the update, unless it is only a step on the
    way to the cost: then it is the cost. The rate is what stands beside the derivative; where
    nothing does, or only what the forward pass uses, it is that of the other updates.
    """
    lines = [s for s in sheet.definitions.values() if s.kind == "update"]
    updates = [update for s in lines if (update := _taken_apart(s, sheet)) is not None]
    rules = _Rules(sheet, updates, graph)
    expected = ((update.new, rules.expected(update)) for update in updates)
    return {new: formula for new, formula in expected if formula is not None}


def _taken_apart(statement: Statement, sheet: Worksheet) -> _Update | None:
    """The update's pieces, or None where the line has another shape."""
    assert isinstance(statement.left, Name)
    new = statement.left
    summands = terms(statement.parts[0].expr)
    if len(summands) != 2:
        return None
    older = {Name(new[:end]) for end in range(len(new.rstrip("'")), len(new))}
    for (sign, weight), (_, step) in (summands, summands[::-1]):
        found = _step(step)
        if found is None or sign != "+" or not isinstance(weight, Name):
            continue
        name = weight if weight in older else found[1].wrt
        if not isinstance(name, Name) or name not in older:
            continue
        defined = sheet.definitions.get(name)
        if defined is not None and defined.kind in ("given", "update"):
            return _Update(statement, new, name, *found)
    return None


def _step(step: Expr) -> tuple[tuple[Marked, ...], Derivative] | None:
    """The factors of a step beside its one derivative."""
    found = [f for mark, f in factors(step) if mark == "*" and isinstance(f, Derivative)]
    rest = tuple(pair for pair in factors(step) if not isinstance(pair[1], Derivative))
    inside = (key for _, factor in rest for key in quantities(factor))
    if len(found) != 1 or any(isinstance(key, Derivative) for key in inside):
        return None
    return rest, found[0]


class _Rules:
    """What the updates of one worksheet have in common."""

    def __init__(self, sheet: Worksheet, updates: list[_Update], graph: NamedGraph | None) -> None:
        self.sheet, self.graph = sheet, graph
        asked = Counter(s.left.of for s in sheet.statements if isinstance(s.left, Derivative))
        self.main = asked.most_common(1)[0][0] if asked else None
        given = {name for name, s in sheet.definitions.items() if s.kind == "given"}
        own: Counter[Name] = Counter()  # beside derivatives only
        shared: Counter[Name] = Counter()  # in the forward pass too
        for update in updates:
            forward = self._forward(self._cost(update))
            for name in self._names(update.rate):
                (shared if name in forward else own)[name] += 1
        named = [Name(name) for name in _RATES if name in given]
        self.rates = [n for n, _ in (own or shared).most_common()] or named

    def _names(self, rate: tuple[Marked, ...]) -> list[Name]:
        return [key for _, factor in rate for key in quantities(factor) if isinstance(key, Name)]

    def _forward(self, name: Quantity) -> set[Quantity]:
        """What a quantity is computed from, not going back through updates."""
        found, stack = {name}, [name]
        while stack:
            statement = self.sheet.definitions.get(stack.pop())
            if statement is None or _renews(statement):
                continue
            for key in quantities(statement.parts[0].expr):
                if isinstance(key, Name) and key not in found:
                    found.add(key)
                    stack.append(key)
        return found

    def expected(self, update: _Update) -> Expr | None:
        """The formula w − rate·∂A/∂w, or None where no rate can be told."""
        cost = self._cost(update)
        rate = self._rate(update, cost)
        if rate is None:
            return None
        step = Call("mul", (rate, Derivative(cost, update.weight)))
        return Call("sub", (update.weight, step))

    def _rate(self, update: _Update, cost: Quantity) -> Expr | None:
        names = self._names(update.rate)
        if update.rate and not names:  # a number
            return product(update.rate)
        forward = self._forward(cost)
        if any(name in self.rates or name not in forward for name in names):
            if cost == update.gradient.of:
                return product(update.rate)
            # The chain rule goes on in the update: w − eta·(dE/dz)·dz/dw, say.
            own = [
                (mark, factor)
                for mark, factor in update.rate
                if any(n in self.rates or n not in forward for n in quantities(factor))
            ]
            return product(own)
        if self.rates:
            return self.rates[0]
        return None if names else Number(1)

    def _cost(self, update: _Update) -> Quantity:
        """What is to be made small: what is differentiated, unless it is a step on the way."""
        named = update.gradient.of
        if self.graph is None:
            return named
        reached = self.graph.dependents(update.weight)
        if named not in reached:  # the first step's cost for the second step's weight
            later = (Name(f"{named}{mark}") for mark in _PRIMES)
            return next((name for name in later if name in reached), named)
        if named == self.main:
            return named
        last = named
        seen = {named}
        while users := [u for u in self._users(last, update) if u not in seen]:
            if len(users) > 1:
                return named
            last = users[0]
            seen.add(last)
        # One of several costs that are added up is a cost itself.
        part = all(
            isinstance(self.graph.locals.get((u, named)), Number)
            for u in self._users(named, update)
        )
        return named if part else last

    def _users(self, name: Quantity, update: _Update) -> list[Quantity]:
        """The quantities of the forward pass, up to the update, that a name acts on."""
        assert self.graph is not None
        definitions = self.sheet.definitions
        return [
            user
            for user in self.graph.users.get(name, ())
            if user in definitions
            and definitions[user].line < update.statement.line
            and not _renews(definitions[user])
        ]


def _renews(statement: Statement) -> bool:
    """True for a line that gives a name its new value: w' from w."""
    if not isinstance(statement.left, Name) or not statement.left.name.endswith("'"):
        return False
    base = statement.left.name.rstrip("'")
    names = (key for key in quantities(statement.parts[0].expr) if isinstance(key, Name))
    return any(name.rstrip("'") == base for name in names)
