"""A worksheet of one's own as what exercises are made of: its lines, for other numbers.

What the sheet says is believed as far as it defines: givens and definitions. A derivative's
formula is the sheet's where it is true at several draws of the givens, else the chain rule's.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from micrograd_like.errors import WorksheetError, did_you_mean, printable
from micrograd_like.exercises.anew import Kept, Numbers
from micrograd_like.exercises.lines import Lines
from micrograd_like.exercises.oracle import FUNCTIONS, Oracle
from micrograd_like.exercises.shapes import Shape
from micrograd_like.exercises.task import Task
from micrograd_like.formula import (
    Call,
    Derivative,
    Expr,
    Name,
    Number,
    Quantity,
    exact_number,
    names,
    names_in,
    nodes,
    quantities,
    rewrite,
)
from micrograd_like.graph import NamedGraph, reachable
from micrograd_like.graph.roles import is_called_cost, is_called_rate
from micrograd_like.notation import quantity
from micrograd_like.worksheet import Worksheet
from micrograd_like.worksheet.builder import CONSTANTS, Builder, exponentials, stands_in
from micrograd_like.worksheet.records import Statement

#: A worksheet with more names than this is no exercise for a hand.
MOST = 200
_TITLE = 100


@dataclass(frozen=True, eq=False)
class Own:
    """What exercises are made of a worksheet from.

    Attributes:
        title: Its first heading.
        givens: The numbers it starts from.
        kept: Those of them that stay.
        definitions: The formula of every other name, inputs before their users; a later version of
            a name has a prime.
        updates: Those of them that an update gives their value.
        lines: What each line is about, with the formulas that it offers for it.
        left_out: What no exercise can have, in words.
    """

    title: str
    givens: Mapping[Name, Number]
    kept: frozenset[Name]
    definitions: Mapping[Quantity, Expr]
    updates: frozenset[Quantity]
    lines: Mapping[Quantity, tuple[Expr, ...]]
    left_out: tuple[str, ...] = ()

    @cached_property
    def shape(self) -> Shape:
        """The same as a shape has it, as far as an exercise asks for it."""
        values = Oracle(_floats(self.givens), self.definitions)
        off = [str(name) for name in self.definitions if not values[name]]
        held = [str(name) for name in self.givens if name in self.kept or is_called_rate(name)]
        return Shape(
            "from a worksheet",
            self.title,
            givens=(),
            definitions=tuple((Name(str(n)), f) for n, f in self.definitions.items()),
            held=" ".join(held),
            costs=tuple(self._costs()),
            off=" ".join(off),
        )

    def _costs(self) -> Iterator[tuple[str, str, str]]:
        """Each cost with its prediction and its target."""
        for name, formula in self.definitions.items():
            used = names(formula)
            targets = [part for part in used if part in self.givens]
            computed = [part for part in used if part in self.definitions]
            if is_called_cost(name) and len(targets) == len(computed) == 1:
                yield str(name), str(computed[0]), str(targets[0])

    @cached_property
    def numbers(self) -> Numbers:
        """What draws numbers for it."""
        asked = [left for left in self.lines if isinstance(left, Derivative)]
        return Numbers(self.givens, self.kept, self.definitions, asked)

    def task(self, rng: random.Random) -> Task:
        """The worksheet for other numbers.

        Raises:
            WorksheetError: There are none.
        """
        draws = [self.numbers.drawn(rng) for _ in range(3)]
        oracles = [Oracle(_floats(givens), self.definitions) for givens in draws]
        graph = self._graph(draws[0], oracles[0])
        asked = dict(self.lines)
        for slope in self._all_slopes(graph):
            asked[slope] = ()
        steps = Lines(self.givens, self.definitions, self.updates, asked, graph, oracles).steps()
        worlds = tuple(
            {q: oracle[q] for q in (*draws[0], *(step.left for step in steps))}
            for oracle in oracles
        )
        return Task(self.shape, draws[0], graph, self.definitions, steps, worlds)

    def _all_slopes(self, graph: NamedGraph) -> Iterator[Derivative]:
        """Where no derivative is asked for, those of the last quantity that rests on a given."""
        behind = (q for formula in self.definitions.values() for q in nodes(formula, Derivative))
        if any(isinstance(q, Derivative) for q in (*self.lines, *behind)):
            return
        free = [name for name in self.givens if str(name) not in self.shape.held.split()]
        for output in reversed([*self.definitions]):
            if any(graph.between(output, name) for name in free):
                computed = [name for name in self.definitions if name != output]
                for name in (*reversed(computed), *free):
                    if graph.between(output, name):
                        yield Derivative(output, name)
                return

    def _graph(self, givens: Mapping[Name, Number], oracle: Oracle) -> NamedGraph:
        """The graph at these numbers; what is computed from a derivative is where it starts."""
        builder = Builder()
        for given, number in givens.items():
            builder.define(given, number)
        for name, formula in self.definitions.items():
            fixed = bool(nodes(formula, Derivative))
            builder.define(Name(str(name)), Number(oracle[name]) if fixed else formula)
        return NamedGraph([*builder.names.values()])


def own(sheet: Worksheet, keep: Collection[str] = ()) -> Own:
    """What exercises are made of this worksheet from.

    Args:
        sheet: The worksheet, in any format that is read.
        keep: Givens that keep their numbers.

    Raises:
        WorksheetError: A line could not be read, something has no number, or the worksheet
            computes nothing or too much.
    """
    _refuse(sheet)
    renamed = _renaming(sheet)
    formulas = {Name(n): sheet.formulas[Name(n)] for n in sheet.names if n in sheet.formulas}
    givens: dict[Name, Number] = {}
    definitions: dict[Quantity, Expr] = {}
    for defined, formula in formulas.items():
        if isinstance(quantity(defined), Derivative):
            raise WorksheetError(f"expected a formula for what {defined} is the derivative of")
        new, changed = renamed[defined], _changed(formula, renamed)
        number = exact_number(changed)
        if number is not None:
            givens[new] = number
        elif not stands_in(defined):
            definitions[new] = exponentials(changed) if "e" not in formulas else changed
    _refuse_formulas(definitions)
    used = {name for formula in definitions.values() for name in names_in(formula)}
    for constant in CONSTANTS.keys() & (used - givens.keys() - definitions.keys()):
        givens[Name(constant)] = Number(round(CONSTANTS[constant], 6), 6)
    lines, left_out = _lines(sheet, renamed, givens, definitions)
    kept = _kept(givens, definitions, keep)
    updates = frozenset(_renamed(s.left, renamed) for s in sheet.statements if s.kind == "update")
    return Own(_title(sheet), givens, kept, definitions, updates, lines, tuple(left_out))


def _refuse(sheet: Worksheet) -> None:
    """Refuse what is not known in full.

    Raises:
        WorksheetError: So it is.
    """
    if sheet.problems:
        raise WorksheetError(
            f"expected a worksheet of which every line can be read:\n{sheet.problems[0]}"
        )
    for name, why in sheet.opaque.items():
        raise WorksheetError(f"expected the formula of {name}: {why}")
    if not 0 < sum(bool(node.op) for node in sheet.names.values()) <= MOST:
        raise WorksheetError(f"expected 1 to {MOST} formulas in a worksheet for exercises")


def _refuse_formulas(definitions: Mapping[Quantity, Expr]) -> None:
    for name, formula in definitions.items():
        for call in nodes(formula, Call):
            if call.function not in FUNCTIONS:
                raise WorksheetError(f"{name}: there are no exercises with {call.function}")
        sides = (side for q in nodes(formula, Derivative) for side in (q.of, q.wrt))
        if any(isinstance(side, Derivative) for side in sides):
            raise WorksheetError(f"{name}: there are no exercises with a second derivative")
        if lost := next(filter(stands_in, names_in(formula)), None):
            raise WorksheetError(f"{name}: give {lost} a name of its own")


def _renaming(sheet: Worksheet) -> dict[Name, Name]:
    """Every name as an exercise has it: w' for a w that is given another value."""
    found = {Name(name): Name(name) for name in sheet.names if not Name(name).version}
    for name in sheet.formulas:
        if name.version:
            new = f"{name.plain}'"
            while new in found.values():
                new += "'"
            found[name] = Name(new)
    return found


def _renamed(quantity: Quantity, renamed: Mapping[Name, Name]) -> Quantity:
    if isinstance(quantity, Name):
        return renamed.get(quantity, quantity)
    return Derivative(_renamed(quantity.of, renamed), _renamed(quantity.wrt, renamed))


def _changed(expr: Expr, renamed: Mapping[Name, Name]) -> Expr:
    def rule(node: Expr) -> Expr | None:
        return _renamed(node, renamed) if isinstance(node, Name | Derivative) else None

    return rewrite(expr, rule)


def _lines(
    sheet: Worksheet,
    renamed: Mapping[Name, Name],
    givens: Collection[Quantity],
    definitions: Mapping[Quantity, Expr],
) -> tuple[dict[Quantity, tuple[Expr, ...]], list[str]]:
    """What each line is about with the formulas that it offers, and what is left out."""
    lines: dict[Quantity, tuple[Expr, ...]] = {}
    left_out, known = [], {*givens, *definitions}
    for statement in sheet.statements:
        left = _renamed(statement.left, renamed)
        if left in givens or statement.defines:
            continue
        if reason := _unfit(statement, left, known) or _through(left, definitions):
            left_out.append(f"{statement.place.where} is left out: {reason}")
            continue
        changed = (_changed(part.expr, renamed) for part in statement.parts)
        offered = [expr for expr in changed if quantities(expr) and {*names_in(expr)} <= {*known}]
        lines[left] = (*lines.get(left, ()), *offered)
    return lines, left_out


def _unfit(statement: Statement, left: Quantity, known: Collection[Quantity]) -> str:
    """Why an exercise has no such line, or ""."""
    if statement.subject is not None:
        return "its left side is a formula, not a quantity"
    sides = (left,) if isinstance(left, Name) else (left.of, left.wrt)
    if any(isinstance(side, Derivative) for side in sides):
        return "it is about a derivative of a derivative"
    lost = next((side for side in sides if side not in known), None)
    return f"it is about {lost}, which nothing gives a number" if lost is not None else ""


def _through(left: Quantity, definitions: Mapping[Quantity, Expr]) -> str:
    """Why a derivative is none that an exercise works out: an update lies between; or ""."""
    if not isinstance(left, Derivative):
        return ""

    def inputs(name: Quantity) -> tuple[Name, ...]:
        return names_in(definitions[name]) if name in definitions else ()

    for name in reachable([left.of], inputs):
        renewed = name != left.wrt and nodes(definitions.get(name, name), Derivative)
        if renewed and left.wrt in reachable([name], inputs):
            return f"{name}, which is computed from a derivative, lies between"
    return ""


def _kept(
    givens: Mapping[Name, Number], definitions: Mapping[Quantity, Expr], keep: Collection[str]
) -> frozenset[Name]:
    """The givens that keep their numbers: those that are told, and those that mean something else.

    Raises:
        WorksheetError: One that is told is not given.
    """
    for name in keep:
        if Name(name) not in givens:
            raise WorksheetError(
                f"expected one of what is given to be kept: {', '.join(givens)}; got {name!r}"
                f"{did_you_mean(name, givens)}"
            )
    kept = Kept(givens, definitions)
    return frozenset(n for n in givens if n in keep or n in CONSTANTS or kept.stays(n))


def _title(sheet: Worksheet) -> str:
    """The worksheet's first heading, on one line."""
    for line in sheet.lines[:20]:
        said = line.strip()
        if said.startswith("#") and (words := said.lstrip("# ").strip()):
            return printable(words)[:_TITLE]
    return "A worksheet with other numbers."


def _floats(givens: Mapping[Name, Number]) -> dict[Quantity, float]:
    return {name: float(number.value) for name, number in givens.items()}
