"""Updates of a weight, held against gradient descent: w' = w − rate·∂A/∂w."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from micrograd_like.formula import Call, Derivative, Expr, Name, Number
from micrograd_like.marking.truth import leaves, numbers_in
from micrograd_like.worksheet import Statement, Worksheet

#: What a learning rate is called where no update says which given it is.
_RATES = ("alpha", "eta", "lr", "rate", "epsilon", "gamma", "mu")


def expected_updates(sheet: Worksheet) -> dict[str, Expr]:
    """For every name that an update defines, the formula of gradient descent.

    A is the quantity whose derivative stands in the update, unless it is only a step on the
    way to the cost: then it is the cost. The rate is the given that stands beside it; where
    none does, that of the other updates. An update by another rule, with a given of its own
    such as a momentum's or with several derivatives, is a definition like any other and is
    left out.
    """
    updates = [s for s in sheet.statements if s.kind == "update"]
    rules = _Rules(sheet, updates) if updates else None
    expected = {}
    for statement in updates:
        assert isinstance(statement.left, Name)
        formula = rules.expected(statement) if rules else None
        if formula is not None:
            expected[statement.left.name] = formula
    return expected


class _Rules:
    """What the updates of one worksheet have in common."""

    def __init__(self, sheet: Worksheet, updates: Sequence[Statement]) -> None:
        self.sheet = sheet
        self.givens = {
            s.left.name for s in sheet.statements if s.kind == "given" and isinstance(s.left, Name)
        }
        # What the forward pass uses is no learning rate.
        self.forward = {
            key
            for s in sheet.statements
            if s.kind == "definition"
            for key in leaves(s.parts[0].expr)
        }
        rates = [rate for s in updates for rate in self._beside(s)]
        named = [name for name in _RATES if name in self.givens - self.forward]
        self.rates = [name for name, _ in Counter(rates).most_common()] or named
        asked = Counter(s.left.of for s in sheet.statements if isinstance(s.left, Derivative))
        self.main = asked.most_common(1)[0][0] if asked else ""

    def expected(self, statement: Statement) -> Expr | None:
        """W − rate·∂A/∂w, or None where the update follows another rule."""
        assert isinstance(statement.left, Name)
        base = statement.left.name.rstrip("'")
        weight = self._weight(statement.left.name, base, statement)
        found = leaves(statement.parts[0].expr)
        derivatives = [key for key in found if isinstance(key, Derivative)]
        if len(derivatives) != 1:
            return None
        rate = self._rate(statement)
        if rate is None:
            return None
        cost = self._cost(derivatives[0].of, statement)
        return Call("sub", (Name(weight), Call("mul", (rate, Derivative(cost, weight)))))

    def _rate(self, statement: Statement) -> Expr | None:
        """The rate that belongs into the update; None where it has givens of its own."""
        beside = self._beside(statement)
        if len(beside) > 1:
            return None
        if beside:
            return Name(beside[0])
        literal = _only_number(statement.parts[0].expr)
        for rate in self.rates[:1]:
            if literal is None or literal.value != self.sheet.names[rate].data:
                return Name(rate)
        return literal or Number(1)

    def _weight(self, new: str, base: str, statement: Statement) -> str:
        """The name that is updated: the one with the most primes below the new one's."""
        older = [base + "'" * n for n in range(len(new) - len(base))]
        names = leaves(statement.parts[0].expr)
        return next((name for name in reversed(older) if name in names), base)

    def _beside(self, statement: Statement) -> list[str]:
        """The givens in the update's formula that the forward pass does not use."""
        return [
            key
            for key in leaves(statement.parts[0].expr)
            if isinstance(key, str) and key in self.givens - self.forward
        ]

    def _cost(self, named: str, statement: Statement) -> str:
        """What is to be made small: ``named``, unless it is a step on the way to the cost."""
        if named == self.main:
            return named
        before = [
            s
            for s in self.sheet.statements
            if s.kind == "definition" and s.line < statement.line and isinstance(s.left, Name)
        ]
        used = {key for s in before for key in leaves(s.parts[0].expr)}
        if named not in used:
            return named
        last = [s.left.name for s in before if isinstance(s.left, Name) and s.left.name not in used]
        return last[-1] if last else named


def _only_number(expr: Expr) -> Number | None:
    """The number of a formula that has just one."""
    numbers = numbers_in(expr)
    return Number(numbers[0].value) if len(numbers) == 1 else None
