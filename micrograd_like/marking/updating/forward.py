"""The forward pass that an update looks back on: what it starts from, and what it makes small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from micrograd_like.formula import (
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    factors,
    nodes,
    quantities,
    terms,
)
from micrograd_like.graph import NamedGraph, is_called_cost, named_roles, reachable
from micrograd_like.worksheet import Statement, Worksheet
from micrograd_like.worksheet.resolution.kinds import renewable

#: Costs of one update.
_MOST_COSTS = 8
#: The roles of what the forward pass starts from.
_START = ("given", "parameter")


class Forward:
    """The forward pass of a worksheet, up to any of its lines.

    Attributes:
        sheet: The worksheet.
        renewed: For every name that is a new value of another, that one.
        roles: Of its names.
    """

    def __init__(self, sheet: Worksheet, graph: NamedGraph | None) -> None:
        self.sheet, self._graph = sheet, graph
        copied = _copied(sheet)
        found = ((name, _renewed(sheet, name, copied)) for name in sheet.definitions)
        self.renewed = {name: old for name, old in found if old is not None}
        given = [name for name, s in sheet.definitions.items() if s.kind == "given"]
        self.roles = named_roles(sheet.definitions, given, self.renewed)

    def starts(self, name: Quantity) -> bool:
        """True for what the forward pass starts from: a given, a parameter, a new value of one."""
        return self.roles.get(name) in _START

    def users(self, name: Quantity, line: Statement, but: Quantity | None = None) -> list[Quantity]:
        """What a name acts on directly, up to a line.

        Args:
            name: The name.
            line: The update.
            but: A user that does not count.
        """
        if self._graph is None:
            return []
        definitions = self.sheet.definitions
        return [
            user
            for user in self._graph.users.get(name, ())
            if user != but
            and user in definitions
            and definitions[user].order < line.order
            and user not in self.renewed
            and not nodes(definitions[user].parts[0].expr, Derivative)
        ]

    def beside(self, name: Quantity, line: Statement) -> list[Quantity]:
        """What stands in the formulas of what a name acts on directly, up to a line."""
        formulas = (self.sheet.definitions[user] for user in self.users(name, line))
        return [leaf for statement in formulas for leaf in quantities(statement.parts[0].expr)]

    def reached(self, name: Quantity, line: Statement) -> list[Quantity]:
        """What a name acts on, directly or not, up to a line."""
        return [*reachable((name,), lambda one: self.users(one, line))][1:]

    def costs(self, weight: Quantity, line: Statement, written: Expr) -> list[Quantity]:
        """The quantities that an update may make small, the likeliest first.

        Args:
            weight: What it renews.
            line: Where it stands.
            written: Its formula.
        """
        reached = self.reached(weight, line)
        ends = [name for name in reached if not self.users(name, line)]
        asked = Counter(
            s.left.of
            for s in self.sheet.statements
            if isinstance(s.left, Derivative) and s.order < line.order
        )
        main = [name for name, _ in asked.most_common(1) if name in reached]
        final = [*main, *(name for name in ends if name not in main)]
        for name in final:  # costs that are added up are costs themselves
            final += [part for part in self._summands(name, reached) if part not in final]
        slopes = nodes(written, Derivative)
        named = [key.of for key in slopes if key.of in final]
        like = [name for name in final if name in main or is_called_cost(name)]
        rest = final if slopes else []
        return list(dict.fromkeys([*named, *like, *rest]))[:_MOST_COSTS]

    def _summands(self, name: Quantity, reached: list[Quantity]) -> list[Quantity]:
        assert self._graph is not None
        slopes = ((part, self._graph.locals.get((name, part))) for part in reached)
        return [part for part, slope in slopes if isinstance(slope, Number)]

    def summands(self, cost: Quantity) -> int:
        """How many terms a cost adds up, be it their sum or their mean."""
        statement = self.sheet.definitions.get(cost)
        parts = factors(statement.parts[0].expr) if statement is not None else []
        return max((len(terms(part)) for _, part in parts), default=1)

    def behind(self, names: set[Quantity]) -> set[Quantity]:
        """These names and what they are computed from, not going back through updates."""
        return {*reachable(names, lambda n: () if self.starts(n) else self._mentioned(n))}

    def computed_from(self, name: Quantity) -> Iterator[Quantity]:
        """The name and all that it is computed from, through updates too, as it is found."""
        return reachable((name,), self._mentioned)

    def _mentioned(self, name: Quantity) -> set[Quantity]:
        """The names in the formula of a name."""
        statement = self.sheet.definitions.get(name)
        keys = quantities(statement.parts[0].expr) if statement is not None else ()
        pairs = ((key,) if isinstance(key, Name) else (key.of, key.wrt) for key in keys)
        return {name for pair in pairs for name in pair}


def _copied(sheet: Worksheet) -> dict[Expr, Name]:
    """For every name that is later put into another one, that one: t of t = w − …, w = t."""
    firsts = {name: sheet.definitions[name].parts[0].expr for name in sheet.definitions}
    return {expr: sheet.older[n] for n, expr in firsts.items() if n in sheet.older}


def _renewed(sheet: Worksheet, name: Quantity, copied: Mapping[Expr, Name]) -> Name | None:
    """The name that this one renews: w of w' = w − …, or of w' = … − rate·∂E/∂w."""
    if not isinstance(name, Name):
        return None
    named = quantities(sheet.definitions[name].parts[0].expr)
    slopes = {key.wrt for key in named if isinstance(key, Derivative)}
    olds = [*renewable(name, sheet.older), *filter(None, [copied.get(name)])]
    return next((old for old in olds if old in named or old in slopes), None)
