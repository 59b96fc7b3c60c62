"""The assignments of a program in the order in which they are made, element by element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import numpy as np

from micrograd_like.errors import WorksheetError
from micrograd_like.formula import Expr, Name, Number, names, terms
from micrograd_like.worksheet.python.terms import Term
from micrograd_like.worksheet.records import Place

#: Loops and calls, each with the number of its pass.
Passes = tuple[tuple[int, int], ...]
#: Names that one program may have, its elements counted.
MAX_NAMES = 6_000


@dataclass(frozen=True)
class Step:
    """One assignment.

    Attributes:
        place: Where it stands.
        source: Its text.
        base: The name on its left side as Python has it, ``self.`` left out.
        shape: Of what is assigned.
        names: What its elements are called, each version by a name of its own.
        formulas: What gives each its value.
        older: The elements' names before it; none where the name is new.
        augmented: True for ``+=`` and its like, and for elements of an array that is there.
        index: Of a single element, its index; None for a whole array.
        misfit: Why its operands do not fit; its formulas then only say what it rests on.
        hidden: True for what the program does not name: the argument of an activation.
        passes: The loops and calls in which it is made, each with the number of its pass.
        gathered: True for what a loop gives element by element.
        meant: What its formulas were meant as, where that is told: () for what they are.
    """

    place: Place
    source: str
    base: str
    shape: tuple[int, ...]
    names: tuple[Name, ...]
    formulas: tuple[Expr, ...]
    older: tuple[Name, ...] = ()
    augmented: bool = False
    index: tuple[int, ...] | None = None
    misfit: str = ""
    hidden: bool = False
    passes: Passes = ()
    gathered: bool = False
    meant: tuple[Expr, ...] = ()

    def with_formulas(self, formulas: Sequence[Expr]) -> Step:
        """The step with other formulas for its elements."""
        return replace(self, formulas=tuple(formulas))


@dataclass
class Recorder:
    """Takes the steps down, and gives every element of every version a name of its own.

    Attributes:
        steps: Those made so far.
        current: The names of every variable, as it is now.
        snapshots: The same before each step.
        guessed: True where the shape of an array is chosen by the reader.
        counts: Whole numbers that the program has where those of its data may stand.
        silent: True while calls are worked out whose steps have been taken down already.
        maker: The step that gives each name its value.
    """

    steps: list[Step] = field(default_factory=list)
    current: dict[str, Term] = field(default_factory=dict)
    snapshots: list[dict[str, Term]] = field(default_factory=list)
    guessed: bool = False
    counts: set[int] = field(default_factory=set)
    silent: bool = False
    maker: dict[Expr, Step] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def names(
        self, base: str, shape: tuple[int, ...], place: Place, within: tuple[int, ...] = ()
    ) -> Term:
        """New names for the elements of a variable, those of a later version told apart.

        Args:
            base: The variable.
            shape: Of what is named.
            place: Where it is assigned.
            within: The index of a part of the variable that is named.
        """
        term = np.empty(shape, object)
        for index in np.ndindex(*shape):
            term[index] = self.name(base, (*within, *index), place)
        return term

    def name(self, base: str, index: tuple[int, ...], place: Place) -> Name:
        """A new name for one element."""
        plain = f"{base}[{','.join(map(str, index))}]" if index else base
        where = (place.where, f"{place.where}, column {place.column}") if place.line else ()
        word, first = ("statement", len(self._taken) + 1) if place.line else ("number", 2)
        marks = ("", *where)
        later = (f"{word} {n}" for n in range(first, 10**9))
        names = (Name(plain, mark) for mark in chain(marks, later))
        found = next(name for name in names if name not in self._taken)
        if len(self._taken) >= MAX_NAMES:
            raise WorksheetError(f"expected at most {MAX_NAMES:,} names, their elements counted")
        self._taken.add(found)
        return found

    def take(self, step: Step) -> None:
        """Take down a step, and what every variable is before it."""
        self.steps.append(step)
        self.maker.update(dict.fromkeys(step.names, step))
        self.snapshots.append(dict(self.current))

    def formula(self, element: Expr) -> Expr:
        """What gives a name its value; anything else as it is."""
        step = self.maker.get(element)
        return element if step is None else step.formulas[step.names.index(element)]

    def renews(self, start: int) -> bool:
        """True if a step from this one on gives anew what the program starts from, other than 0.

        It goes on from the value before: it is an update, and no sum or recurrence. What begins
        with 0 is one where what is added rests on it.
        """
        made: dict[Expr, set[Expr]] = {}  # from which earlier names each is computed
        for step in self.steps[start:]:
            used = {n for f in step.formulas for n in names(f)}
            rests = {e for n in used for e in made.get(n, {n})}
            made.update(dict.fromkeys(step.names, rests))
            old = {n for n in step.older if n not in made and self._is_start(n)}
            if not rests.isdisjoint(old):
                return True
            if any(_goes_on(f, o, made) for f, o in zip(step.formulas, step.older, strict=False)):
                return True
        return False

    def _is_start(self, name: Name) -> bool:
        """True for what nothing else of the program gives, other than 0: weights, random or not."""
        formula = self.formula(name)
        return formula != Number(0) and not any(n in self.maker for n in names(formula))

    def bind(self, base: str, value: Any) -> None:
        """A variable has these names from here on."""
        self.current[base] = value


def _goes_on(formula: Expr, old: Name, made: Mapping[Expr, set[Expr]]) -> bool:
    """True for an element's old value and something more that is computed from it."""
    parts = terms(formula)
    if ("+", old) not in parts:
        return False
    others = {n for _, part in parts if part != old for n in names(part)}
    return any(old in made.get(n, {n}) for n in others)
