"""A wrong line, with all that a cause may need to predict it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    added,
    factors,
    multiplied,
    nodes,
)
from micrograd_like.graph import Link
from micrograd_like.marking.facts import MOST_LINKS, MOST_PATHS, Facts
from micrograd_like.marking.hand import Figure, View, worked_out
from micrograd_like.marking.slips.slopes import Slopes
from micrograd_like.marking.updating.updates import Update
from micrograd_like.marking.world.effort import spend
from micrograd_like.marking.world.shape import times

#: Operations of one formula in each of which a slip is looked for.
_MOST_SLIPPED = 60


@dataclass(frozen=True, slots=True)
class LinkSlip:
    """A slip of an operation's row in one link.

    Attributes:
        whole: What it makes of the link.
        wrote, meant: The partial derivative that is wrong, and the right one.
    """

    code: str
    link: Link
    whole: Expr
    wrote: Expr
    meant: Expr


@dataclass(frozen=True)
class Piece:
    """A derivative that the right one is made of, ∂name/∂x for a name on the way down to x.

    Attributes:
        total: The derivative.
        formula: That of the name.
        leaf: What the names in it give by x.
        within: The whole, with another formula for this derivative.
    """

    total: Derivative
    formula: Expr
    leaf: Slopes
    within: Callable[[Expr], Expr]


@dataclass(frozen=True)
class Claim:
    """What was written of ``key``, and is wrong.

    Attributes:
        target: What it should equal, as a formula.
        view: The learner's figures up to this line.
        formula: The wrong formula, or None.
        figure: The wrong number or result of figures put in, or None.
        figures: The wrong figures put in, or None.
        come_to: What these come to, known as far as those that are no givens are written.
        off: Those of them that are not their operands': (figures, operand).
        fits: Whether figures put in are those of a formula, operand by operand.
        sound: True where the line, or the definition it is about, has the right formula.
        update: Of an update of a weight, what it must come to.
        sure: False for what is wrong only if a slip explains it.
        names, others: The names and the derivatives that have been spoken of up to this line.
    """

    facts: Facts
    view: View
    key: Quantity
    target: Expr
    formula: Expr | None = None
    figure: Figure | None = None
    figures: Expr | None = None
    come_to: Figure | None = None
    off: tuple[tuple[Expr, Expr], ...] = ()
    fits: Callable[[Expr, Expr], bool] = lambda figures, formula: False
    sound: bool = False
    update: Update | None = None
    sure: bool = True
    names: Sequence[Quantity] = ()
    others: Sequence[Derivative] = ()

    def stated(self, key: Quantity) -> Figure:
        """The learner's figure of a quantity.

        Raises:
            KeyError, ArithmeticError: There is none.
        """
        if key not in self._figures:
            self._figures[key] = self.view.figure(key)
        return self._figures[key]

    def carried(self, expr: Expr) -> Figure | None:
        """What a formula gives from the learner's figures."""
        return worked_out(expr, self.stated)

    @cached_property
    def _figures(self) -> dict[Quantity, Figure]:
        return {}

    @cached_property
    def forms(self) -> list[Expr]:
        """The right formula in the shapes in which people write it."""
        return [self.target] if self.update else list(self.facts.forms(self.key))

    @property
    def of_gradient(self) -> Claim | None:
        """Of an update, what it says of the gradient.

        None where it says nothing of one, or takes that of another given.
        """
        update = self.update
        if update is None or update.slope is None or not isinstance(update.gradient, Derivative):
            return None
        gradient, slope = update.gradient, update.slope
        if isinstance(slope, Derivative) and slope.wrt in self.facts.truth.sources:
            return None
        return replace(self, key=gradient, target=gradient, formula=slope, update=None)

    @cached_property
    def paths(self) -> list[list[Link]]:
        """The paths of the derivative, if the line is about one and they are few."""
        if not isinstance(self.key, Derivative):
            return []
        paths = self.facts.paths(self.key)
        few = len(paths) < MOST_PATHS and sum(map(len, paths)) <= MOST_LINKS
        return paths if few else []

    @cached_property
    def links(self) -> list[Link]:
        """Every link on the paths, once."""
        return list(dict.fromkeys(link for path in self.paths for link in path))

    @property
    def several_ways(self) -> bool:
        """True for a derivative with several paths, or by what stands in a formula twice."""
        if not isinstance(self.key, Derivative) or self.facts.graph is None:
            return False
        if len(self.facts.terms(self.key)) > 1:
            return True
        formula = self.facts.definitions.get(self.key.of, self.target)
        return self.facts.neighbours(self.key) and times(formula, self.key.wrt) > 1

    def chain(self, other: Mapping[Link, Expr]) -> Expr:
        """The derivative, with other formulas for some links."""
        return added(
            multiplied([other.get(link, self.facts.locals[link]) for link in path])
            for path in self.paths
        )

    def chained(self, link: Link, number: float) -> float | None:
        """What the derivative comes to with another number for one link."""
        graph = self.facts.graph
        if graph is None:
            return None
        partials = graph.partials
        return sum(
            math.prod([number if own == link else partials[own] for own in path])
            for path in self.paths
        )

    @cached_property
    def pieces(self) -> list[Piece]:
        """The derivatives by the same variable that the right one is made of, itself first."""
        key = self.key
        if not isinstance(key, Derivative) or self.facts.graph is None:
            return []
        on_the_way = dict.fromkeys([key.of, *(of for of, _ in self.links)])
        found = ((name, self._formula(name)) for name in on_the_way)
        return [
            Piece(
                Derivative(name, key.wrt), formula, self._leaf(key.wrt), partial(self._with, name)
            )
            for name, formula in found
            if formula is not None and len(nodes(formula, object)) <= _MOST_SLIPPED
        ]

    def _formula(self, name: Quantity) -> Expr | None:
        """The formula of a name; where it is a derivative, that derivative worked out."""
        formula = self.facts.definitions.get(name, name)
        if isinstance(formula, Derivative):
            return self.facts.method(formula)
        return None if formula == name else formula

    def _leaf(self, wrt: Quantity) -> Slopes:
        graph = self.facts.graph
        assert graph is not None
        moved = graph.dependents(wrt) if wrt in graph.users else ()

        def leaf(quantity: Expr) -> Expr | None:
            if quantity == wrt:
                return Number(1)
            assert isinstance(quantity, Name | Derivative)
            return Derivative(quantity, wrt) if quantity in moved else None

        return leaf

    def _with(self, name: Quantity, wrong: Expr) -> Expr:
        """The derivative, with another formula for that of a name on the way."""
        assert isinstance(self.key, Derivative)
        if name == self.key.of:
            return wrong
        upstream, right = Derivative(self.key.of, name), Derivative(name, self.key.wrt)
        if all(any(name in link for link in path) for path in self.paths):
            return multiplied((upstream, wrong))
        return added((self.key, multiplied((upstream, Call("sub", (wrong, right))))))

    @cached_property
    def link_slips(self) -> list[LinkSlip]:
        """Every slip of the table's rows in a link."""
        return [slip for link in self.links for slip in self._slips(link)]

    def _slips(self, link: Link) -> Iterator[LinkSlip]:
        size = self.facts.size(link)
        for code, *pieces in self.facts.slips(link) if size <= _MOST_SLIPPED else ():
            spend(2 * size)
            yield LinkSlip(code, link, *pieces)

    def sources(self) -> Iterator[Quantity]:
        """The numbers that the worksheet starts from."""
        return iter(self.facts.truth.sources)

    def right(self) -> Expr:
        """The quantity itself, as a symbol; of an update, the right formula."""
        return self.target if self.update else self.key

    @cached_property
    def transposed(self) -> dict[Quantity, Quantity]:
        """For every weight of a layer, the one with its indices swapped.

        A layer is a set of sums over the same inputs, each input with a weight of its own: the
        weight acts on one sum alone, the inputs on all of them.
        """
        graph = self.facts.graph
        if graph is None:
            return {}
        sums: dict[Quantity, list[Quantity]] = {}  # what each name acts on in the forward pass
        for user, name in self.facts.locals:
            if user not in self.facts.updates and isinstance(user, Name):
                sums.setdefault(name, []).append(user)
        rows: dict[Quantity, dict[Quantity, Quantity]] = {}
        for (user, name), local in self.facts.locals.items():
            own = [f for _, f in factors(local) if isinstance(f, Name) and sums.get(f) == [user]]
            if len(own) == 1 and sums.get(name) != [user]:
                rows.setdefault(user, {})[name] = own[0]
        layers: dict[tuple[Quantity, ...], list[dict[Quantity, Quantity]]] = {}
        place = {name: place for place, name in enumerate(graph.values)}
        for user in sorted(rows, key=place.__getitem__):
            names = sorted(rows[user], key=place.__getitem__)
            layers.setdefault(tuple(names), []).append(rows[user])
        return {
            row[name]: layer[j][names[i]]
            for names, layer in layers.items()
            for i, row in enumerate(layer[: len(names)])
            for j, name in enumerate(names[: len(layer)])
            if i != j
        }
