"""Writes gradients in the names of a program, each step held against the true derivative.

∂cost/∂X goes back through whatever uses X: through U = W·X it is Wᵀ·∂cost/∂U, through U = f(X)
it is ∂cost/∂U · f′(X). It is put together of the gradients that the program has already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain, permutations

import numpy as np

from micrograd_like.formula import Call, Expr, Name, Number, names, rewrite
from micrograd_like.notation.as_typed import literal
from micrograd_like.notation.writer import Style, written
from micrograd_like.worksheet.naming.functions import slope
from micrograd_like.worksheet.python.edits import parts_of_product, with_other_signs
from micrograd_like.worksheet.python.meaning import Finder
from micrograd_like.worksheet.python.meanings import Meaning, Meanings
from micrograd_like.worksheet.python.pieces import (
    ATOM,
    PRODUCT,
    SUM,
    Piece,
    differences,
    products,
    sums,
)
from micrograd_like.worksheet.python.steps import Step
from micrograd_like.worksheet.python.terms import Term, names_of

#: Variables that may have been taken for another.
_MOST_BESIDE = 12


class Writer:
    """Writes what may stand in one step: in the names that the program has there."""

    def __init__(
        self, finder: Finder, meanings: Meanings, forward: Sequence[int], at: int, cost: Name
    ) -> None:
        self.finder, self.at, self.cost = finder, at, cost
        self.forward = forward
        self.variables = self.finder.snapshots[at]
        sources = [step.source for step in self.finder.steps]
        self.prefix = "np." if any("np." in source for source in sources) else ""
        self.of_self = {b for b in self.variables if any(f"self.{b}" in s for s in sources)}
        found = meanings.found.items()
        here = [(place, meaning) for place, meaning in found if self._is_here(place, meaning)]
        self.known = dict(self._gradient_of(place, meaning) for place, meaning in here)

    def _is_here(self, place: int, meaning: Meaning) -> bool:
        """True for a gradient of the cost that still stands under its name."""
        step = self.finder.steps[place]
        current = self.variables.get(step.base)
        return (
            place < self.at
            and current is not None
            and tuple(current.reshape(-1)) == step.names
            and {*meaning.of} == {self.cost}
            and len(meaning.wrt) == len(step.names)
        )

    def _gradient_of(self, place: int, meaning: Meaning) -> tuple[tuple[Name, ...], Piece]:
        step = self.finder.steps[place]
        table = self.finder.true(meaning.of, meaning.wrt) * meaning.factor
        values = tuple(row.reshape(step.shape) for row in table)
        return meaning.wrt, Piece(self._shown(step.base), ATOM, values)

    def gradient(self, wrt: tuple[Name, ...], shape: tuple[int, ...], deep: int) -> Piece | None:
        """∂cost/∂wrt, up to a factor, of what the program has."""
        if wrt in self.known:
            return self.known[wrt]
        users = [at for at in self.forward if self._used(at) & {*wrt}]
        if deep == 0 or len(users) != 1:
            return None
        user = self.finder.steps[users[0]]
        true = self.finder.true([self.cost] * len(wrt), wrt)
        turned = None
        for piece in chain(self._differences(), self._back_through(user, wrt, shape, deep)):
            if piece is not None and piece.shape == shape and (factor := piece.factor(true)):
                if factor > 0:
                    return piece
                turned = turned or piece
        return turned

    def _differences(self) -> Iterator[Piece | None]:
        maker = self.finder.steps[self.finder.maker[self.cost]]
        for output, target in permutations(self._operands(maker, ()), 2):
            yield from differences(output, target)

    def _used(self, at: int) -> set[Name]:
        return {n for formula in self.finder.steps[at].formulas for n in names(formula)}

    def _back_through(
        self, user: Step, wrt: tuple[Name, ...], shape: tuple[int, ...], deep: int
    ) -> Iterator[Piece | None]:
        """What ∂cost/∂wrt may be, one step from what is computed from it."""
        if user.names == (self.cost,):
            yield self._of_elements([slope(user.formulas[0], n) for n in wrt], shape)
            return
        above = self.gradient(user.names, user.shape, deep - 1)
        if above is None:
            return
        if len(user.names) == len(wrt):
            pairs = zip(user.names, user.formulas, wrt, strict=True)
            slopes = [_named(slope(f, n), f, u) for u, f, n in pairs]
            own = self._of_elements(slopes, shape)
            if own is not None and own.text != "1":
                yield above.times(self._with_slips(own, slopes, user.names, wrt))
        yield from sums(above)
        for other in self._operands(user, wrt):
            beside = [v for v in self._pieces if v.shape == other.shape and v.text != other.text]
            yield from products(above, other, beside[:_MOST_BESIDE])

    def _with_slips(
        self, own: Piece, slopes: Sequence[Expr], outputs: Sequence[Name], wrt: Sequence[Name]
    ) -> Piece:
        """A slope of elements that knows what it comes to with a slip in it."""
        pairs = zip(slopes, outputs, wrt, strict=True)
        wrong = [("derivative-at-input", [_named(f, out, n) for f, out, n in pairs])]
        for code, change in (("missing-factor", parts_of_product), ("sign", with_other_signs)):
            wrong += [(code, [*other]) for other in zip(*map(change, slopes), strict=False)]
        slips = ((code, self._values(formulas, own.shape)) for code, formulas in wrong)
        return replace(own, slips=tuple(slips))

    def _operands(self, user: Step, wrt: tuple[Name, ...]) -> list[Piece]:
        """The variables that stand beside something in its user's formula."""
        inside = {n for formula in user.formulas for n in names(formula)} - {*wrt}
        used = {self._shown(b) for b, v in self.variables.items() if inside & {*v.reshape(-1)}}
        return [piece for piece in self._pieces if piece.text in used]

    @cached_property
    def _pieces(self) -> list[Piece]:
        """The variables of the program, those that are arrays of names."""
        found = ((base, current, names_of(current)) for base, current in self.variables.items())
        return [
            Piece(self._shown(base), ATOM, self._values(elements, current.shape))
            for base, current, elements in found
            if elements and not base.startswith("net_")
        ]

    def _values(self, formulas: Sequence[Expr], shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
        """The numbers of an array's elements at every point."""
        return tuple(
            np.array([point.value(f) for f in formulas]).reshape(shape)
            for point in self.finder.points
        )

    def _of_elements(self, formulas: Sequence[Expr], shape: tuple[int, ...]) -> Piece | None:
        """Formulas of elements as one of arrays, where they are alike but for their index."""
        shown = {self._written(formula, at, shape) for at, formula in enumerate(formulas)}
        text = next(iter(shown))
        if len(shown) != 1 or not text:
            return None
        return Piece(text, _binding(formulas[0]), self._values(formulas, shape))

    def _written(self, formula: Expr, at: int, shape: tuple[int, ...]) -> str:
        """A formula of an array's element, by its variables' names; "" where one has none."""
        called = {name: self._called(name, at, shape) for name in names(formula)}
        if not all(called.values()):
            return ""
        style = replace(
            _NUMPY,
            name=lambda quantity: called[quantity],  # type: ignore[index]
            function=lambda function, arguments: f"{self.prefix}{function}({arguments})",
            where=partial(_where, self.prefix),
        )
        return written(formula, style)

    def _called(self, name: Name, at: int, shape: tuple[int, ...]) -> str:
        """What the program calls a quantity where the element ``at`` of an array is computed."""
        for base, current in self.variables.items():
            if not base.startswith("net_") and name in {*current.reshape(-1)}:
                fits = _fits(current, shape)
                if fits and np.broadcast_to(current, shape).reshape(-1)[at] == name:
                    return self._shown(base)
                if not shape:
                    return name.plain
        return ""

    def _shown(self, base: str) -> str:
        return f"self.{base}" if base in self.of_self else base


_NUMPY = Style(
    name=str,
    number=lambda value, places: literal(Number(value, places)),
    minus="-",
    times="*",
    spaced_times=" * ",
    power="{}**{}".format,
    function=lambda function, arguments: f"{function}({arguments})",
)


def _where(prefix: str, condition: str, then: str, otherwise: str) -> str:
    """A condition as NumPy has it: for 1 and 0 it is enough by itself."""
    if (then, otherwise) == ("1", "0"):
        return f"({condition})"
    return f"{prefix}where({condition}, {then}, {otherwise})"


def _fits(array: Term, shape: tuple[int, ...]) -> bool:
    """True for an array that can be repeated to a shape."""
    pairs = zip(array.shape[::-1], shape[::-1], strict=False)
    return array.ndim <= len(shape) and all(a in (1, b) for a, b in pairs)


def _binding(formula: Expr) -> int:
    match formula:
        case Call("add" | "sub" | "neg"):
            return SUM
        case Name() | Number():
            return ATOM
    return PRODUCT


def _named(formula: Expr, whole: Expr, name: Name) -> Expr:
    """A formula with a quantity's name in the place of what gives it its value."""
    return rewrite(formula, lambda node: name if node == whole else None)
