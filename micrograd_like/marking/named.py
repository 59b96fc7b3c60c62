"""Names that say which derivative they are: dw and grad_w for ∂E/∂w, y' for ∂y/∂x, δ2 for ∂E/∂z2.

Such a name is a name like any other until it is held against what it says. Where it agrees, that
is what it means. Where it does not, it may have been meant as something else (a step Δw, the next
y, ∂h/∂w alone), unless the worksheet settles what its names mean, or a slip in the derivative
leads to just this formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain

from micrograd_like.errors import DomainError
from micrograd_like.formula import Derivative, Expr, Name, Quantity, quantities
from micrograd_like.graph import is_called_cost
from micrograd_like.marking.explain import slips_in
from micrograd_like.marking.facts import Facts
from micrograd_like.marking.updating.forward import Forward
from micrograd_like.notation import text
from micrograd_like.worksheet import Statement

_DELTA = "delta"
_GRADIENT = re.compile(r"d(.+)|grad_?(.+)|(.+)_grad")
#: What people call the sum that an activation is taken of, with which δs are about them.
_SUMS = {"z", "s", "a", "u", "net", "in", "sum", "n"}
#: Slips that may be no slips: what is left is a step, or the quantity itself.
_NO_PROOF = ("unknown", "sign", "constant-factor", "not-differentiated", "not-this-cost")


@dataclass(frozen=True, slots=True)
class Meant:
    """A definition as the claim that its name makes of it.

    Attributes:
        claim: The statement, about the derivative.
        doubt: Why its disagreement is no proof of a mistake, or "".
    """

    claim: Statement
    doubt: str = ""


class NamedDerivatives:
    """The definitions of one worksheet whose names say that they are derivatives."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._forward = Forward(facts.sheet, facts.graph)

    def of(self, statement: Statement) -> Meant | None:
        """What a statement says of a derivative; None where its name says nothing of one."""
        if statement.step:  # of a program its reader has told what each gradient is
            return None
        meant = [slope for slope in self._meanings(statement) if self._exists(slope)]
        if not meant:
            return None
        expr = statement.parts[statement.builds].expr
        slope = next((slope for slope in meant if self._agree(expr, slope)), None)
        if slope is not None:
            return Meant(_claim(statement, slope))
        likeliest = meant[0]
        if not self._is_asked(statement, likeliest):
            return None
        if self._settled(statement):
            return Meant(_claim(statement, likeliest))
        other = self._another(expr, likeliest)
        if other is None and self._is_slip(statement, likeliest):
            return Meant(_claim(statement, likeliest))
        shown = text(other) if other else "something else"
        doubt = f"This is not {text(likeliest)}, but {statement.left} may be meant as {shown}"
        return Meant(_claim(statement, likeliest), doubt)

    def _is_slip(self, statement: Statement, slope: Derivative) -> bool:
        """True where a slip in the derivative leads to just this formula."""
        causes = slips_in(self.facts.sheet, self.facts, statement, slope)
        return causes[0].code not in _NO_PROOF

    def _meanings(self, statement: Statement) -> Iterator[Derivative]:
        """The derivatives that the name of a definition may stand for, the likeliest first."""
        name = statement.left
        if statement.kind != "definition" or not isinstance(name, Name):
            return
        expr = statement.parts[statement.builds].expr
        if name in self.facts.updates or not self.facts.leaves(expr):
            return
        if name.endswith("'"):
            yield from self._by_prime(name, expr)
        elif name.startswith(_DELTA):
            others = {base for base, names in self._deltas.items() if names - {name}}
            said = any(isinstance(part.expr, Derivative) for part in statement.parts)
            for base in () if said or not others else (*sorted(others), *self._bases(name)):
                yield from self._delta(statement, base)
        elif (match := _GRADIENT.fullmatch(name)) is not None:
            wrt = Name(next(filter(None, match.groups())))
            if wrt in self.facts.definitions:
                yield from self._gradients(statement, expr, wrt)

    def _delta(self, statement: Statement, base: str) -> Iterator[Derivative]:
        """∂cost/∂z2 for δ2, if z is the base."""
        wrt = Name(base + str(statement.left).removeprefix(_DELTA))
        if wrt in self.facts.definitions:
            expr = statement.parts[statement.builds].expr
            yield from self._gradients(statement, expr, wrt)

    @cached_property
    def _deltas(self) -> dict[str, set[Name]]:
        """For z, where δ2 is ∂cost/∂z2, all the δs that are such."""
        found: dict[str, set[Name]] = {}
        for statement in self.facts.sheet.statements:
            if not statement.parts or not str(statement.left).startswith(_DELTA):
                continue
            expr = statement.parts[statement.builds].expr
            for base in self._bases(statement.left) & _SUMS:
                slopes = self._delta(statement, base)
                if any(self._exists(slope) and self._agree(expr, slope) for slope in slopes):
                    assert isinstance(statement.left, Name)
                    found.setdefault(base, set()).add(statement.left)
        return found

    def _bases(self, delta: Quantity) -> set[str]:
        """The letters z and h for δ2, where there are z2 and h2."""
        index = str(delta).removeprefix(_DELTA)
        names = map(str, self.facts.definitions) if index else ()
        return {name.removesuffix(index) for name in names if name.endswith(index)} - {_DELTA}

    def _gradients(self, statement: Statement, expr: Expr, wrt: Name) -> Iterator[Derivative]:
        """∂cost/∂w, for what is computed from nothing else than the cost is."""
        reached = self._forward.reached(wrt, statement)
        ends = [name for name in reached if not self._forward.users(name, statement)]
        costs = [name for name in ends if is_called_cost(name)]
        costs += [name for name in reached if is_called_cost(name) and name not in costs]
        behind = self._forward.behind({*(costs or ends)})
        if all(self._sources(leaf) <= behind for leaf in quantities(expr)):
            yield from (Derivative(cost, wrt) for cost in costs or ends)

    def _by_prime(self, name: Name, expr: Expr) -> Iterator[Derivative]:
        """∂y/∂x for y', where y is a formula in x, and y' one in what y is computed from."""
        base = _without_prime(name)
        if not self._is_computed(base) or self.facts.updates:
            return
        primed = {leaf for leaf in quantities(expr) if str(leaf).endswith("'")}
        if not all(self._is_computed(_without_prime(leaf)) for leaf in primed):
            return  # w' is the next w, and y' the next y
        starts = self._sources(base)
        behind = chain.from_iterable(map(self._sources, {*quantities(expr)} - primed))
        if starts.issuperset(behind) and not self.facts.truth.equal(expr, base):
            yield from (Derivative(base, start) for start in sorted(starts))

    def _is_computed(self, name: Name) -> bool:
        defined = self.facts.sheet.definitions.get(name)
        return defined is not None and defined.kind == "definition"

    def _sources(self, quantity: Quantity) -> set[Name]:
        """What a quantity starts from."""
        sides = (quantity,) if isinstance(quantity, Name) else (quantity.of, quantity.wrt)
        behind = self.facts.sheet.rests_on(map(str, sides))
        return {name for name in behind if name in self.facts.truth.sources}

    def _exists(self, slope: Derivative) -> bool:
        try:
            self.facts.true(slope)
        except (KeyError, DomainError):
            return False
        return True

    def _agree(self, expr: Expr, quantity: Quantity) -> bool:
        facts = self.facts
        forms = partial(facts.forms, quantity)
        return facts.truth.holds(expr, quantity, forms, facts.targets(quantity))

    def _is_asked(self, statement: Statement, slope: Derivative) -> bool:
        """True where disagreement tells: of a cost, or of the only thing that y starts from."""
        if str(statement.left).endswith("'"):
            return len(self._sources(slope.of)) == 1
        return is_called_cost(slope.of) and not self._steps_along(statement.left)

    def _steps_along(self, name: Quantity) -> bool:
        """True for the step of an update that is right: w' = w + dw."""
        definitions = self.facts.sheet.definitions
        return any(
            update.right and name in quantities(definitions[new].parts[0].expr)
            for new, update in self.facts.updates.items()
        )

    def _another(self, expr: Expr, slope: Derivative) -> Derivative | None:
        """The derivative of something on the way, that the formula is."""
        between = self.facts.graph.between(slope.of, slope.wrt) if self.facts.graph else ()
        others = (
            Derivative(name, slope.wrt) for name in between if name not in (slope.of, slope.wrt)
        )
        return next((other for other in others if self._agree(expr, other)), None)

    def _settled(self, statement: Statement) -> bool:
        """True where nothing goes on from y', or another dw, or δ, is the derivative it says."""
        name = statement.left
        if str(name).endswith("'"):
            return not (self.facts.graph and self.facts.graph.users.get(name))
        if str(name).startswith(_DELTA):  # it is meant as the others are
            return True
        others = (s for s in self.facts.sheet.statements if s.left != name)
        return any(
            self._agree(other.parts[other.builds].expr, slope)
            for other in others
            if not str(other.left).endswith("'")
            for slope in self._meanings(other)
        )


def _without_prime(name: Quantity) -> Name:
    return Name(str(name)[:-1])


def _claim(statement: Statement, slope: Derivative) -> Statement:
    read = f"{statement.left} as {text(slope)}"
    read_as = "; ".join(filter(None, [statement.read_as, read]))
    return replace(statement, left=slope, kind="claim", builds=-1, read_as=read_as)
