"""Inference: what figures tell, where a line holds numbers in the place of names.

In y = w·x, y = 0.5·2 the figures say what w and x are; a definition in figures only is read
as the formula of the names that have just these numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from functools import partial

from micrograd_like.formula import Call, Expr, Name, Number, exact_number, names_in, nodes
from micrograd_like.notation import text
from micrograd_like.worksheet.builder import CONSTANTS
from micrograd_like.worksheet.records import Place, Statement
from micrograd_like.worksheet.resolution.draft import Definition, Draft
from micrograd_like.worksheet.resolution.figures import (
    Known,
    each_figure_moved,
    is_applied,
    opened,
    read_figures,
    with_hidden,
    with_rough,
)
from micrograd_like.worksheet.resolution.numbers import computed, unlike
from micrograd_like.worksheet.resolution.versions import Version

#: Formulas of one quantity whose shape figures may have.
_MOST_SHAPES = 4


def infer(draft: Draft) -> None:
    """Give names without a value the figure in their place in an equally shaped part.

    A figure that contradicts what a name is given as puts the name in doubt.
    """
    figures = _Figures(draft)
    formulas: dict[object, list[Expr]] = {}
    for read in draft.reads:
        own = formulas.setdefault(read.left, [])
        above = len(own)
        for part in read.parts:
            named = any(n not in CONSTANTS for n in names_in(part.expr))
            if part.number is not None and len(own) > above and isinstance(own[-1], Name):
                figures.told.setdefault(own[-1], []).append(part.number)  # z = x = 0.5
            stated = part.number is not None and len(own) > 1 and not isinstance(own[-1], Name)
            formulas_above = [] if stated else own[-_MOST_SHAPES:]
            shapes = [[*opened(formula, part.expr).items()] for formula in formulas_above]
            for shape in figures.likely(shapes):
                for name, number in shape:
                    if name in draft.chosen:
                        if named or part.number is None:
                            figures.contrary(name, number, read)
                    elif name not in CONSTANTS and (not named or len(own) > above):
                        figures.found.setdefault(name, []).append((number, read.place))
            if named:
                own.append(part.expr)
    figures.conclude()


#: Names, and the figures in their places.
_Shape = list[tuple[str, Number]]


@dataclass
class _Figures:
    """Figures in the places of names.

    Attributes:
        draft: What is decided so far.
        found: For every name without a value the figures in its place, with their places.
        told: The same, where a name stands alone before them: they are what it is given as.
        against: The places at which a name's figure is another than the one it is given.
        stated: The numbers that names are stated to have.
    """

    draft: Draft
    found: dict[str, list[tuple[Number, Place]]] = field(default_factory=dict)
    told: dict[str, list[Number]] = field(default_factory=dict)
    against: dict[tuple[str, float], set[Place]] = field(default_factory=dict)
    stated: dict[str, Number] = field(init=False)

    def __post_init__(self) -> None:
        versions = self.draft.versions.all
        self.stated = {v.key: v.number for v in versions if v.number is not None}

    def likely(self, shapes: list[_Shape]) -> list[_Shape]:
        """The shapes without those that put a figure for another factor: h·v for v·h."""
        stated = self.stated
        return [s for s in shapes if not any(unlike(n, stated.get(k)) for k, n in s)] or shapes

    def contrary(self, name: str, number: Number, read: Statement) -> None:
        """Take down a figure that stands where a name is given as another number."""
        draft, (place, _, expr) = self.draft, self.draft.chosen[name]
        given = exact_number(expr)
        if given is None or not unlike(number, given, 0.5):
            return
        if place >= 0 and draft.reads[place].place.file != read.place.file:
            return  # the givens of an assignment are not in doubt for what an answer says
        self.against.setdefault((name, float(number.value)), set()).add(read.place)
        if place >= 0 and draft.reads[place].place.row > read.place.row:
            draft.doubts.setdefault(
                name,
                f"{number.value:g} stands for {name} on {read.place.where}, before it is given "
                f"on {draft.reads[place].place.where}",
            )

    def conclude(self) -> None:
        """Doubt what is contradicted twice; take what all figures agree on."""
        draft = self.draft
        for (name, value), places in self.against.items():
            if len({place.row for place in places}) > 1:
                shown = " and ".join(dict.fromkeys(place.where for place in sorted(places)[:3]))
                draft.doubts.setdefault(
                    name, f"{value:g} stands for {name} on {shown}, unlike what is given"
                )
        for name, numbers in self.found.items():
            number, place = numbers[0]
            told = self.told.get(name, [])
            if told and not any(unlike(other, told[0]) for other in told):
                draft.chosen[name] = Definition(-1, -1, told[0])
                draft.inferred[name] = told[0]
            elif all(not unlike(other, number) for other, _ in numbers):
                best = max((n for n, _ in numbers), key=lambda n: n.places or 0)
                draft.chosen[name] = Definition(-1, -1, best)
                draft.inferred[name] = best
                draft.doubts.setdefault(
                    name, f"{name} = {best.value:g} is taken from the figures of {place.where}"
                )


def read_definitions(draft: Draft) -> None:
    """Read a definition in figures only: a name for each, or a name of unknown dependence."""
    in_figures = {k: d for k, d in draft.chosen.items() if d.place >= 0 and _is_figures(draft, d)}
    if in_figures or any(_hidden(draft, *pair) for pair in draft.asked.items()):
        definitions = _Definitions(draft)
        for key, definition in in_figures.items():
            definitions.read(key, definition)
        definitions.read_beside_names()


def _is_figures(draft: Draft, definition: Definition) -> bool:
    """True for a formula without a name."""
    expr, first = definition.expr, draft.versions.first
    named = any(n not in CONSTANTS or n in first for n in names_in(expr))
    return not named and exact_number(expr) is None


def _hidden(draft: Draft, of: Name, wanted: Set[Name]) -> set[str]:
    """The names that something is differentiated by, and does not rest on."""
    below = draft.below(of)
    return {name for name in wanted if name not in below}


class _Definitions:
    """Definitions in figures, read by what stands above them.

    Attributes:
        draft: What is decided so far.
        known: The numbers of what is given or stated, each from its statement on.
        unused: The names that are computed, and that no definition goes on from.
        results: For every rounded number that a line of several parts comes to, the first one.
        figures: For every figure the first statement that it stands in.
        doubtful: The first statement in doubt.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        numbers = ((v, _number_of(draft, v)) for v in draft.versions.all)
        self.known = Known((v.key, n, v.first) for v, n in numbers if n is not None)
        self.results: dict[float, int] = {}
        self.figures: dict[float, int] = {}
        chosen = draft.chosen.items()
        used = {name for _, definition in chosen for name in names_in(definition.expr)}
        computed = {key for key, definition in chosen if exact_number(definition.expr) is None}
        self.unused = computed - used
        unsure = (place for place, r in enumerate(draft.reads) if r.doubt or not r.parts)
        self.doubtful = next(unsure, len(draft.reads))
        for place, read in enumerate(draft.reads):
            for number in (n for part in read.parts for n in nodes(part.expr, Number)):
                self.figures.setdefault(number.value, place)
            for stated in (part.number for part in read.parts[1:]):
                if stated is not None and stated.places:
                    self.results.setdefault(stated.value, place)

    def read(self, key: str, definition: Definition) -> None:
        """Put names for the figures of a definition, or say that they hide what it rests on."""
        above = self.known.above(definition.place, key)
        formula, sure = read_figures(definition.expr, above, partial(self._likely, key))
        if formula is None and sure:
            rough = with_rough(definition.expr, above)
            names = {*names_in(rough)}
            rounds = _rounds(definition.expr, self.draft.reads[definition.place])
            formula = rough if names and (rounds or names <= self.unused) else None
        if formula is None or not self._taken(key, definition, formula):
            self._unread(key, definition, sure)

    def _likely(self, key: str, names: Iterable[str]) -> list[str]:
        """The name that was computed for this, for nothing else goes on from it: h = tanh(0.1)."""
        found = [name for name in names if name in self.unused]
        if len(found) > 1:
            found = [name for name in found if _index(name) == _index(key)]
        return found if len(found) == 1 else []

    def read_beside_names(self) -> None:
        """Put names for figures that stand beside names, where something is asked of them.

        So w for 0.7 in z = 0.7·x + b, where ∂z/∂w is asked for, w is 0.7, and z rests on no w.
        """
        draft = self.draft
        for of, wanted in draft.asked.items():
            below = draft.below(of) if _hidden(draft, of, wanted) else ()
            chosen = [key for key in below if key in draft.chosen and key not in draft.opaque]
            for key in sorted(chosen, key=lambda key: draft.chosen[key].place):
                hidden, definition = _hidden(draft, of, wanted), draft.chosen[key]
                if hidden and definition.place >= 0:
                    above = self.known.above(definition.place, key)
                    formula = with_hidden(definition.expr, hidden, above)
                    if formula != definition.expr:
                        self._taken(key, definition, formula)

    def _taken(self, key: str, definition: Definition, formula: Expr) -> bool:
        """True if the formula becomes the name's definition: it may not rest on the name."""
        draft, place = self.draft, definition.place
        draft.chosen[key] = definition._replace(expr=formula)
        if draft.circular(key):
            draft.chosen[key] = definition
            return False
        read = draft.reads[place]
        if not self._goes_on(formula):
            draft.doubts.setdefault(key, f"{key} is read from its figures on {read.place.where}")
        read_as = "; ".join(filter(None, [read.read_as, f"the figures as {text(formula)}"]))
        draft.reads[place] = replace(read, read_as=read_as)
        return True

    def _goes_on(self, formula: Expr) -> bool:
        """True for a function of one number that was computed for this, and nothing else."""
        others = [n for n in nodes(formula, Number) if n.places is not None]
        applied = any(map(is_applied, nodes(formula, Call)))
        names = {*names_in(formula)} - CONSTANTS.keys()
        return applied and not others and len(names) == 1 and names <= self.unused

    def _unread(self, key: str, definition: Definition, sure: bool) -> None:
        """Figures that are no formula of names: rounded, or hiding what the name depends on."""
        draft, (place, _, expr) = self.draft, definition
        where = draft.reads[place].place.where
        figures = [*nodes(expr, Number)]
        decimal = any(n.places is not None for n in figures)
        hiding = key in draft.asked and (decimal or len(figures) > 1)
        if not sure or hiding:
            draft.doubts.setdefault(key, f"{key} has only figures on {where}")
            draft.opaque[key] = (
                f"{key} has only figures on {where}, and what it depends on is not known"
            )
        elif self._repeats_a_result(expr, place) or (
            self._repeats(expr, place) and _rounds(expr, draft.reads[place])
        ):
            draft.doubts.setdefault(
                key, f"the figures of {where} give it only as far as they are rounded"
            )

    def _repeats_a_result(self, expr: Expr, place: int) -> bool:
        """True where a figure is what an earlier line of several parts came to, rounded."""
        figures = (n.value for n in nodes(expr, Number) if n.places)
        return any(self.results.get(value, place) < place for value in figures)

    def _repeats(self, expr: Expr, place: int) -> bool:
        """True where a figure may be rounded: it stands on an earlier line, or one is in doubt."""
        figures = (n.value for n in nodes(expr, Number) if n.places is not None)
        stands = any(self.figures.get(value, place) < place for value in figures)
        return stands or self.doubtful < place


def _index(name: str) -> str:
    return name[len(name.rstrip("0123456789")) :]


def _number_of(draft: Draft, version: Version) -> Number | None:
    """The number that a version is given or stated as."""
    chosen = draft.chosen.get(version.key)
    return (None if chosen is None else exact_number(chosen.expr)) or version.number


def _rounds(expr: Expr, read: Statement) -> bool:
    """True where the line's number is not what its figures give, but within their rounding."""
    stated = next((p.number for p in reversed(read.parts) if p.number is not None), None)
    value = computed(expr, {})
    if stated is None or value is None or stated.places is None:
        return False
    off = abs(value - stated.value) - 0.5 * 10.0**-stated.places
    if off <= 1e-12 * abs(value):
        return False
    slack = 0.0
    for moved in each_figure_moved(expr):
        other = computed(moved, {})
        slack += 0.0 if other is None else abs(other - value)
    return off <= slack * (1 + 1e-9)
